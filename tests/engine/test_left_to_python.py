"""What the engine in C leaves to Python: what somebody has changed, or wrote."""

from typing import Any

import pytest

import autograd as ag
from autograd import Op, Value
from autograd.engine import calculus as c


class TestWhatItLeavesToPython:
    def test_an_op_that_was_changed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        x = Value(1.0)
        monkeypatch.setattr(c.sin, "forward", lambda x: 7.0)
        monkeypatch.setattr(c.sin, "locals", lambda operands, given, out: (5.0,))
        y = x.sin() + ag.sin(x)
        y.backward()
        assert (y.data, x.grad) == (14.0, 10.0)

    def test_a_subclass_that_has_operators_of_its_own(self) -> None:
        class Odd(Value):
            def __add__(self, other: Any) -> Any:
                return "added"

            def __rmul__(self, other: Any) -> Any:
                return super().__rmul__(other) + 1.0

        assert Odd(2.0) + 1.0 == "added"
        assert (3.0 * Odd(2.0)).data == 7.0
        assert (Odd(2.0) - 1.0).data == 1.0

    @pytest.mark.parametrize("local", [ag.mul(2, 3), 6, True])
    def test_local_derivatives_of_any_kind(self, local: Any) -> None:
        x = Value(2.0)
        Op("f", lambda x: x, lambda x, out: local)(x * 1.0).backward()
        assert x.grad == float(local)

    def test_gradients_of_any_kind(self) -> None:
        x, y = Value(2.0), Value(3.0)
        x.grad, y.grad = None, Value(1.0)
        (x * y).backward()
        assert (x.grad, y.grad.data) == (3.0, 3.0)
