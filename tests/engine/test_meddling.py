"""Code of a user that runs inside a pass, and does to the graph what no pass expects."""

import gc
import sys
import weakref
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd as ag
from autograd import Op, StaleGraphError, Value, recompute, zero_grad
from autograd.engine.graph import gradients, topological_order


def through(action: Callable[[], Any], x: Any) -> Any:
    """``2 * x``, whose rule does something first."""

    def rule(x: Any, out: Any) -> float:
        action()
        return 2.0

    return Op("meddling", lambda x: 2.0 * x, rule)(x)


class TestARule:
    def test_may_run_a_pass_of_the_same_graph(self) -> None:
        x, runs = Value(3.0), [0]

        def again() -> None:
            if not runs[0]:
                runs[0] = 1
                root.backward()

        y = x * x
        root = through(again, y) + y
        root.backward()
        assert (root.grad, y.grad, x.grad) == (2.0, 6.0, 36.0)

    def test_may_ask_for_the_order_and_the_gradients_of_the_same_graph(self) -> None:
        x, seen = Value(3.0), list[Any]()

        def ask() -> None:
            if not seen:
                seen.append(None)
                seen[:] = [len(topological_order(root)), gradients(root)[x]]

        root = through(ask, x * x) * x
        root.backward()
        assert seen == [4, x.grad]
        assert x.grad == 54.0

    def test_may_differentiate_above_itself_with_a_graph(self) -> None:
        x, found = Value(3.0), list[Any]()

        def ask() -> None:
            found.append(ag.gradients(y * 5.0, [x])[0])

        y = x * x
        through(ask, y).backward()
        assert [g.data for g in found] == [30.0]
        assert x.grad == 12.0

    def test_may_raise_and_nothing_has_changed(self) -> None:
        x = Value(3.0)
        x.grad = 7.0

        def fail() -> None:
            raise LookupError

        y = x * x
        root = y + through(fail, y)
        with pytest.raises(LookupError):
            root.backward()
        assert (root.grad, y.grad, x.grad) == (0.0, 0.0, 7.0)

    def test_may_give_leaves_new_numbers(self) -> None:
        x = Value(3.0)

        def change() -> None:
            x.data = 100.0

        through(change, x * x).backward()
        assert x.grad == 12.0

    def test_that_recomputes_below_makes_the_graph_stale(self) -> None:
        x = Value(3.0)

        def change() -> None:
            x.data = 100.0
            recompute(z)

        y = x * x
        z = y * y
        root = through(change, z * 1.0) + z
        with pytest.raises(StaleGraphError):
            root.backward()
        assert (root.grad, z.grad, x.grad) == (0.0, 0.0, 0.0)

    def test_may_clear_gradients_and_those_of_the_pass_still_arrive(self) -> None:
        x = Value(3.0)
        x.grad = 50.0
        root = through(lambda: zero_grad(root), x * x)
        root.backward()
        assert x.grad == 12.0

    def test_may_drop_all_that_holds_the_graph(self) -> None:
        x = Value(3.0)
        held = [x * x]

        def drop() -> None:
            held.clear()
            gc.collect()

        held.append(through(drop, held[0] * held[0]))
        held.pop().backward()
        assert held == []
        assert x.grad == 2.0 * 4.0 * 27.0

    def test_may_make_and_drop_large_graphs(self) -> None:
        def build() -> None:
            y = Value(1.0)
            for _ in range(100_000):
                y = y * 1.0 + 0.0
            y.backward()

        x = Value(3.0)
        through(build, through(build, x * x)).backward()
        assert x.grad == 24.0

    @pytest.mark.parametrize("other", [2.0, 2, np.float64(2.0), Value(2.0), None])
    def test_is_called_once_in_a_pass_whatever_others_give(self, other: Any) -> None:
        x, called = Value(3.0), list[None]()
        y = Op("other", lambda x: x, lambda x, out: other)(x)
        through(lambda: called.append(None), y).backward()
        assert called == [None]
        gradient: Any = x.grad
        found = gradient.data if isinstance(gradient, Value) else gradient
        assert found == (0.0 if other is None else 4.0)

    def test_may_change_the_op_of_a_node_that_waits(self) -> None:
        x = Value(3.0)
        own = Op("own", lambda x: x, lambda x, out: 1.0)

        def change() -> None:
            own.locals = lambda operands, given, out: (10.0,)

        through(change, own(x)).backward()
        assert x.grad == 20.0


class TestOtherCode:
    def test_a_subclass_may_say_at_each_pass_whether_it_is_constant(self) -> None:
        class Choosing(Value):
            answer = False

            @property
            def is_constant(self) -> bool:  # type: ignore[override]
                return self.answer

        x, y = Choosing(1.0), Value(2.0)
        (x * y).backward()
        Choosing.answer = True
        (x * y).backward()
        assert (x.grad, y.grad) == (2.0, 2.0)

    @pytest.mark.parametrize("given", [3, 3.0, Value(3.0), None])
    def test_a_value_that_became_a_constant_holds_no_gradient(self, given: Any) -> None:
        x = Value(1.0)
        x.grad = 2.0
        x.__class__ = type(ag.constant(1.0))
        x.grad = given
        assert x.grad is None

    def test_an_error_of_a_subclass_changes_nothing(self) -> None:
        class Refusing(Value):
            refuses = False

            @property
            def is_constant(self) -> bool:  # type: ignore[override]
                if self.refuses:
                    raise LookupError
                return False

        x, y = Refusing(1.0), Value(2.0)
        root = x * y + y
        Refusing.refuses = True
        with pytest.raises(LookupError):
            root.backward()
        Refusing.refuses = False
        assert (root.grad, x.grad, y.grad) == (0.0, 0.0, 0.0)

    def test_a_profiler_that_computes_changes_no_gradient(self) -> None:
        """Another thread may run where a profiler does, and do the same."""
        others = [Value(1000.0 + i) for i in range(50)]
        xs = [Value(float(i)) for i in range(6)]
        root = ag.dot(xs[:3], xs[3:])
        for x in xs:
            x.data = -1.0  # the pass looks whether that matters
        before = sys.getprofile()
        sys.setprofile(lambda *_: ag.dot(others, others))
        try:
            root.backward()
        finally:
            sys.setprofile(before)
        assert [x.grad for x in xs] == [3.0, 4.0, 5.0, 0.0, 1.0, 2.0]

    def test_a_finalizer_in_the_middle_may_run_a_pass(self) -> None:
        class Held:
            pass

        x, y = Value(3.0), Value(2.0)
        held = [Held()]
        weakref.finalize(held[0], lambda: (y * y).backward())
        root = through(held.clear, x * x)
        root.backward()
        assert (x.grad, y.grad) == (12.0, 4.0)

    def test_a_gradient_of_a_user_s_class_may_run_a_pass_when_it_is_added_to(self) -> None:
        class Adding(Value):
            def __add__(self, other: Any) -> Any:
                y.backward()
                return self.data + other

        x, y = Value(3.0), Value(2.0) * 1.0
        x.grad = Adding(1.0)
        (x * x).backward()
        assert (x.grad, y.grad) == (7.0, 1.0)
