"""numpy's functions on Values are ops of this library, or errors that say what to do."""

import operator
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd as ag
from autograd import Value, compile, grad, gradients
from autograd.engine.ufuncs import _OPS

POINTS = {"arccosh": 1.5}  # where most functions have a value: 0.4
ONE_OPERAND = sorted(name for name in _OPS if getattr(getattr(np, name, None), "nin", 0) == 1)
TWO_OPERANDS = sorted(name for name in _OPS if getattr(getattr(np, name, None), "nin", 0) == 2)


@pytest.mark.parametrize("name", ONE_OPERAND)
def test_a_function_of_one_operand_is_that_of_numpy_and_has_a_gradient(name: str) -> None:
    x = Value(POINTS.get(name, 0.4))
    y = getattr(np, name)(x)
    assert isinstance(y, Value)
    assert np.isclose(y.data, getattr(np, name)(x.data), rtol=1e-15)
    assert np.isfinite(gradients(y, x).data)


@pytest.mark.parametrize("name", TWO_OPERANDS)
@pytest.mark.parametrize("first", [0.7, -2.5])
def test_a_function_of_two_operands_is_that_of_numpy(name: str, first: float) -> None:
    second = 3.0
    function = getattr(np, name)
    expected = function(first, second)
    for a, b in ((Value(first), Value(second)), (Value(first), second), (first, Value(second))):
        found = function(a, b)
        assert np.isclose(getattr(found, "data", found), expected, rtol=1e-15)
        assert isinstance(found, Value) == (expected.dtype != bool)


@pytest.mark.parametrize(
    "scalar", [np.float64(2), np.float32(2), np.int64(2), np.uint8(2), np.array(2.0)]
)
def test_a_numpy_number_on_the_left_makes_a_node(scalar: Any) -> None:
    x = Value(3.0)
    for y, expected in (
        (scalar + x, 5.0),
        (scalar - x, -1.0),
        (scalar * x, 6.0),
        (scalar / x, 2.0 / 3.0),
        (scalar**x, 8.0),
        (scalar // x, 0.0),
        (scalar % x, 2.0),
    ):
        assert isinstance(y, Value)
        assert y.data == expected
        assert y.parents == (x,)
    assert ((scalar < x), (scalar > x), (scalar <= x), (scalar >= x)) == (True, False, True, False)


def test_they_work_where_a_function_is_differentiated_and_compiled() -> None:
    def f(x: Any) -> Any:
        return np.exp(x) * np.float64(2) + np.maximum(x, 0.0)

    assert grad(f)(1.0) == grad(lambda x: ag.exp(x) * 2 + ag.maximum(x, 0.0))(1.0)
    assert compile(f)(1.0) == f(Value(1.0)).data
    assert grad(grad(np.sin))(1.0) == -np.sin(1.0)


REFUSED: dict[str, tuple[Callable[[Value], Any], str]] = {
    "array * value": (lambda v: np.array([1.0, 2.0]) * v, "for x in array.tolist"),
    "array + value": (lambda v: np.array([1.0, 2.0]) + v, "for x in array.tolist"),
    "array @ value": (lambda v: np.ones(2) @ v, "the array function matmul"),
    "value * array": (lambda v: v * np.array([1.0, 2.0]), "got ndarray"),
    "add of an array": (lambda v: np.add(v, np.ones(2)), "for x in array.tolist"),
    "isnan": (lambda v: np.isnan(v), r"value\.data"),
    "out": (lambda v: np.add(v, 1.0, out=np.ones(1)), r"with out takes no Values"),
    "where": (lambda v: np.exp(v, where=True), r"with where takes no Values"),
    "reduce": (lambda v: np.add.reduce(v), r"with \.reduce .* autograd\.sum"),
    "a word": (lambda v: np.add(v, "x"), "got str"),
    "a bool": (lambda v: np.bool_(True) * v, "got bool"),
    "sum": (lambda v: np.sum([v, v]), r"value\.data for .* autograd\.sum"),
    "mean": (lambda v: np.mean([v, v]), r"autograd\.mean"),
    "mean of one": (lambda v: np.mean(v), r"autograd\.mean"),
    "dot": (lambda v: np.dot([v], [v]), r"autograd\.dot"),
    "np.where": (lambda v: np.where(True, v, 0.0), r"autograd\.where"),
    "array": (lambda v: np.array([v]), r"value\.data for"),
    "array of one": (lambda v: np.array(v), r"value\.data for"),
    "array of rows": (lambda v: np.asarray([[v, 1.0], [v, 2.0]]), r"value\.data for"),
    "array of floats": (lambda v: np.array([v], dtype=float), r"value\.data for"),
}


@pytest.mark.parametrize(("action", "advice"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_is_a_type_error_with_advice(
    action: Callable[[Value], Any], advice: str
) -> None:
    with pytest.raises(TypeError, match=advice):
        action(Value(2.0))


def test_an_array_is_compared_with_a_value_element_by_element() -> None:
    v, array = Value(2.0), np.array([1.0, 2.0, 3.0])
    assert (array == v).tolist() == (v == array).tolist() == [False, True, False]
    assert (array != v).tolist() == (v != array).tolist() == [True, False, True]
    assert (array < v).tolist() == (v > array).tolist() == [True, False, False]  # type: ignore[attr-defined]


def test_an_array_of_objects_holds_values_if_it_is_asked_for() -> None:
    a, b = Value(1.0), Value(2.0)
    array = np.array([[a, b], [b, a]], dtype=object)
    assert array.shape == (2, 2)
    assert array[0, 1] is b
    assert (array[0] * 2.0)[0].data == 2.0


@pytest.mark.parametrize(
    "use",
    [
        lambda array, v: array * v,
        lambda array, v: array**v,
        lambda array, v: array < v,
        lambda array, v: np.ma.exp(v),
        lambda array, v: operator.setitem(array, 0, v),
    ],
)
def test_a_masked_array_takes_no_value_in_silence(use: Callable[[Any, Value], Any]) -> None:
    array = np.ma.array([1.0, 2.0], mask=[False, True])
    with pytest.raises(TypeError, match="a masked array does not hold Values: go through its"):
        use(array, Value(2.0))
