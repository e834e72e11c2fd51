"""What a Value does not do is a TypeError that says what to write instead."""

import math
import operator
import statistics
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from autograd import TracedValueError, Value, compile

ACTIONS: dict[str, tuple[Callable[[Any], Any], str]] = {
    "float": (lambda v: float(v), r"autograd\.exp"),
    "int": (lambda v: int(v), r"int\(value\.data\).*autograd\.trunc"),
    "complex": (lambda v: complex(v), r"complex\(value\.data\)"),
    "round": (lambda v: round(v), r"round\(value\.data, digits\).*autograd\.round"),
    "round to digits": (lambda v: round(v, 1), r"round\(value\.data, digits\).*autograd\.round"),
    "floor": (lambda v: math.floor(v), r"math\.floor\(value\.data\).*autograd\.floor"),
    "ceil": (lambda v: math.ceil(v), r"math\.ceil\(value\.data\).*autograd\.ceil"),
    "trunc": (lambda v: math.trunc(v), r"math\.trunc\(value\.data\).*autograd\.trunc"),
    "sqrt": (lambda v: math.sqrt(v), r"value\.data.*autograd\."),
    "gcd": (lambda v: math.gcd(v, 2), r"int\(value\.data\)"),
    "mean": (lambda v: statistics.mean([v, v]), r"value\.data.*autograd\.mean"),
    "fmean": (lambda v: statistics.fmean([v, v]), r"value\.data.*autograd\."),
    "range": (lambda v: range(v), r"int\(value\.data\).*autograd\.lookup"),
    "index": (lambda v: [1, 2, 3][v], r"int\(value\.data\).*autograd\.lookup"),
    "slice": (lambda v: [1, 2, 3][:v], r"int\(value\.data\).*autograd\.lookup"),
    "divmod": (lambda v: divmod(v, 2), r"x // y, x % y.*\.data"),
    "divmod of a number": (lambda v: divmod(2, v), r"x // y, x % y.*\.data"),
    "element": (lambda v: v[0], r"value\.data.*autograd\."),
    "len": (lambda v: len(v), r"value\.data.*autograd\."),
    "loop": (lambda v: [x for x in v], r"value\.data.*autograd\."),  # noqa: C416
    "unpack": (lambda v: [*v], r"value\.data.*autograd\."),
    "contains": (lambda v: 1.0 in v, r"value\.data.*autograd\."),
    "builtin sum": (lambda v: sum(v), r"value\.data.*autograd\.sum"),
    "matmul": (lambda v: v @ v, r"x \* y.*autograd\.dot"),
    "matmul of a list": (lambda v: [1.0] @ v, r"x \* y.*autograd\.dot"),
    "shift": (lambda v: v << 1, r"int\(value\.data\)"),
    "shift of a number": (lambda v: 1 >> v, r"int\(value\.data\)"),
    "and": (lambda v: v & v, r"int\(value\.data\).*logical_and"),
    "or of a bool": (lambda v: True | v, r"int\(value\.data\).*logical_or"),
    "xor": (lambda v: v ^ 2, r"int\(value\.data\).*write \*\*"),
    "not": (lambda v: ~v, r"int\(value\.data\).*logical_not"),
}


@pytest.mark.parametrize(("action", "advice"), ACTIONS.values(), ids=ACTIONS)
def test_it_is_refused_with_advice(action: Callable[[Any], Any], advice: str) -> None:
    with pytest.raises(TypeError, match=advice):
        action(Value(2.0))


@pytest.mark.parametrize("action", [action for action, _ in ACTIONS.values()], ids=ACTIONS)
def test_of_a_traced_value_too(action: Callable[[Any], Any]) -> None:
    with pytest.raises(TypeError, match=r"autograd\.|lookup|write|the Value itself") as caught:
        compile(action)(2.0)
    if "cut the graph" in str(caught.value):
        raise AssertionError("a traced Value has no .data to take")


def test_the_number_of_a_traced_value_is_refused_for_what_it_is() -> None:
    for action in (float, int, complex, round, statistics.mean):
        with pytest.raises(TracedValueError):
            compile(lambda x: action([x]) if action is statistics.mean else action(x))(2.0)  # noqa: B023


def test_a_class_that_knows_values_is_asked() -> None:
    class Matrix:
        def __rmatmul__(self, other: Any) -> str:
            return "matrix"

        __rlshift__ = __rand__ = __rmatmul__

    left: Any = Value(1.0)
    assert left @ Matrix() == "matrix"
    assert (left << Matrix(), left & Matrix()) == ("matrix", "matrix")
    with pytest.raises(TypeError):
        operator.xor(left, Matrix())


def test_a_value_counts_as_no_collection_and_no_function() -> None:
    assert not isinstance(Value(1.0), Iterable)
    assert not callable(Value(1.0))
