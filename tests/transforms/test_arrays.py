"""What stands for an array in a function of scalars: its elements, with no arithmetic of lists."""

import copy
import pickle
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd as ag
from autograd import compile, dot, grad, lookup, value_and_grad, vmap
from autograd.losses import mse_loss
from autograd.nn import Neuron
from autograd.transforms.arrays import ArrayOfScalars, array_of_scalars

Function = Callable[..., Any]
X = np.array([1.0, 0.0, 2.0])
TABLE = np.arange(6.0).reshape(2, 3)


def of(f: Function) -> Any:
    return compile(f, backend="python")


def stand_in(array: Any) -> Any:
    return array_of_scalars(array.ravel().tolist(), array.shape)


BOTH, LEFT, RIGHT = "[a {} b for a, b in zip(x, y)]", "[a {} b for a in x]", "[a {} b for b in x]"
REFUSED: dict[str, tuple[Function, str]] = {
    "x + x": (lambda x: x + x, BOTH.format("+")),
    "x - x": (lambda x: x - x, BOTH.format("-")),
    "x * x": (lambda x: x * x, BOTH.format("*")),
    "x / x": (lambda x: x / x, BOTH.format("/")),
    "x // x": (lambda x: x // x, BOTH.format("//")),
    "x % x": (lambda x: x % x, BOTH.format("%")),
    "x ** x": (lambda x: x**x, BOTH.format("**")),
    "x @ x": (lambda x: x @ x, "dot(x, y), or [dot(row, y) for row in x] for rows"),
    "x + 1": (lambda x: x + 1.0, LEFT.format("+")),
    "2 * x": (lambda x: 2 * x, RIGHT.format("*")),
    "x * 2": (lambda x: x * 2, LEFT.format("*")),
    "1 / x": (lambda x: 1 / x, RIGHT.format("/")),
    "x ** 2": (lambda x: x**2, LEFT.format("**")),
    "x * a": (lambda x: x * x[0], LEFT.format("*")),
    "a list on the left": (lambda x: [1.0] + x, BOTH.format("+")),  # noqa: RUF005
    "a list on the right": (lambda x: x + [1.0], BOTH.format("+")),  # noqa: RUF005
    "an array on the left": (lambda x: np.ones(3) + x, BOTH.format("+")),
    "an array on the right": (lambda x: x - np.ones(3), BOTH.format("-")),
    "an array times it": (lambda x: np.ones(3) @ x, "dot(x, y)"),
    "a numpy float on the left": (lambda x: np.float64(2.0) * x, "[a * b for"),
    "a numpy int on the left": (lambda x: np.int64(2) * x, "[a * b for"),
    "a numpy int on the right": (lambda x: x * np.int64(2), "[a * b for"),
    "x < x": (lambda x: x < x, BOTH.format("<")),
    "x >= 0": (lambda x: x >= 0.0, LEFT.format(">=")),
    "x == x": (lambda x: x == x.copy(), "[equal(a, b) for a, b in zip(x, y)]"),
    "x & x": (lambda x: x & x, "[logical_and(a, b) for a, b in zip(x, y)]"),
    "-x": (lambda x: -x, "[-a for a in x]"),
    "+x": (lambda x: +x, "[+a for a in x]"),
    "~x": (lambda x: ~x, "[logical_not(a) for a in x]"),
    "abs": (lambda x: abs(x), "[abs(a) for a in x]"),
    "round": (lambda x: round(x), "[round(a) for a in x]"),
    "divmod": (lambda x: divmod(x, 2), "[(a // b, a % b)"),
    "bool": (lambda x: x or [1.0], "len(x) > 0"),
    "float": (lambda x: float(x), "x[0]"),
    "a sum of rows": (lambda x: sum([x, x]), "[a + b for b in x]"),
    "numpy.exp": (lambda x: np.exp(x), "[exp(a) for a in x]"),
    "numpy.hypot": (lambda x: np.hypot(x, x), "[hypot(a, b) for a, b in zip(x, y)]"),
    "numpy.sum": (lambda x: np.sum(x), "sum(x)"),
    "numpy.max": (lambda x: np.max(x), "maximum(x)"),
    "numpy.add": (lambda x: np.add(x, 1.0), LEFT.format("+")),
    "append": (lambda x: x.append(1.0), "y = list(x)"),
    "an assignment": (lambda x: x.__setitem__(0, 1.0), "y = list(x)"),
    "sort": (lambda x: x.sort(), "y = list(x)"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_arithmetic_on_an_array_says_what_to_write_compiled_and_interpreted(
    name: str,
) -> None:
    f, instead = REFUSED[name]
    place = f"at {__file__}:{f.__code__.co_firstlineno}: "
    calls: list[Callable[[], Any]] = [
        lambda: of(f)(X),
        lambda: of(f).verify(X),
        lambda: of(grad(lambda x: f(x) and x[0]))(X),
        lambda: of(vmap(f))(TABLE),
        lambda: of(lambda table: vmap(f)(table))(TABLE),
        lambda: of(lambda s, x: (f(x), s)).scan(0.0, TABLE),
        lambda: vmap(f)(TABLE),
    ]
    for call in calls:
        with pytest.raises(TypeError) as caught:
            call()
        message = str(caught.value)
        assert f"write {instead}" in message
        assert place in message


@pytest.mark.parametrize(
    ("f", "what"),
    [
        (lambda x: x + 1.0, "+"),
        (lambda x: np.add(x, 1.0), "+"),
        (lambda x: np.less_equal(1.0, x), "<="),
        (lambda x: np.exp(x), "numpy's exp"),
        (lambda x: np.sum(x), "numpy's sum"),
        (lambda x: np.prod(x), "numpy's prod"),
        (lambda x: np.max(x), "numpy's maximum"),
    ],
)
def test_an_operator_is_named_as_it_is_written_and_a_function_of_numpy_as_such(
    f: Function, what: str
) -> None:
    with pytest.raises(TypeError, match=rf"^{re.escape(what)} does not work on an array here"):
        vmap(f)(TABLE)


@pytest.mark.parametrize("f", [lambda x: np.asarray(x), lambda x: np.dot(x, x)])
def test_values_do_not_become_an_array_of_objects(f: Function) -> None:
    with pytest.raises(TypeError, match="a function of numpy does not work on an array here"):
        of(f)(X)
    assert np.asarray(f(stand_in(X))).tolist() == np.asarray(f(X)).tolist()


def test_in_place_operators_are_refused() -> None:
    def added(x: Any) -> Any:
        x += [1.0]
        return x

    def repeated(x: Any) -> Any:
        x *= 2
        return x

    for f in (added, repeated):
        with pytest.raises(TypeError, match="does not work on an array here"):
            of(f)(X)


def test_rows_are_gone_through_one_by_one() -> None:
    with pytest.raises(TypeError, match=r"zip\(x, y\)\], row by row at"):
        of(lambda x: x + x)(TABLE)


def test_an_op_and_a_value_on_the_left_name_the_elements() -> None:
    for f in (lambda x: x[0] * x, lambda x: ag.Value(2.0) * x):
        with pytest.raises(TypeError, match=r"\[\w \* \w for \w in"):
            of(f)(X)
    with pytest.raises(TypeError, match=r"as in \[exp\(x\) for x in"):
        of(lambda x: ag.exp(x))(X)


def test_what_numpy_arrays_have_besides_is_refused_with_what_there_is() -> None:
    for name in ("T", "sum", "reshape", "ndim"):
        with pytest.raises(AttributeError, match=f"has no '{name}': it has len.*sum\\(x\\)"):
            getattr(stand_in(X), name)


# --- indexes --------------------------------------------------------------------------------

INDEXES: dict[str, Any] = {
    "the first": 0,
    "the last": -1,
    "an element of a row": (0, 1),
    "from the end": (-1, -2),
    "a slice": slice(1, None),
    "backwards": slice(None, None, -1),
    "nothing": slice(0, 0),
    "a column": (slice(None), 1),
    "columns": (slice(None), slice(1, 3)),
    "a part of a row": (1, slice(None, 2)),
    "nothing of each row": (slice(None), slice(3, None)),
    "columns of nothing": (slice(0, 0), slice(1, None)),
    "a column of nothing": (slice(0, 0), 1),
    "no index": (),
    "a numpy int": np.int64(1),
}


@pytest.mark.parametrize("name", INDEXES)
def test_indexes_and_shapes_are_those_of_the_array(name: str) -> None:
    key = INDEXES[name]
    found, expected = stand_in(TABLE)[key], TABLE[key]
    assert (getattr(found, "shape", ()), np.asarray(found).tolist()) == (
        expected.shape,
        expected.tolist(),
    )
    compiled = of(lambda x: x[key])(TABLE)
    assert (np.shape(compiled), np.asarray(compiled).tolist()) == (
        expected.shape,
        expected.tolist(),
    )


WRONG_INDEXES: dict[str, tuple[Any, type[Exception], str]] = {
    "beyond the end": (2, IndexError, "index 2 is out of range for an axis of 2"),
    "beyond the end of a row": ((0, 3), IndexError, "index 3 is out of range for an axis of 3"),
    "too far from the end": (-3, IndexError, "index -3 is out of range for an axis of 2"),
    "too many": ((0, 0, 0), IndexError, "an array of 2 axes got 3 indexes"),
    "a float": (1.0, TypeError, r"got float: write \[x\[i\] for i in …\]"),
    "a bool": (True, TypeError, "got bool"),
    "a list": ([0, 1], TypeError, "got list"),
    "a new axis": (None, TypeError, "got NoneType"),
    "the rest": (..., TypeError, "got ellipsis"),
}


@pytest.mark.parametrize("name", WRONG_INDEXES)
def test_other_indexes_are_refused(name: str) -> None:
    key, kind, message = WRONG_INDEXES[name]
    with pytest.raises(kind, match=message):
        stand_in(TABLE)[key]


def test_an_index_that_is_traced_names_lookup() -> None:
    with pytest.raises(ag.TracedValueError, match=r"write lookup\(values, i\)"):
        of(lambda x, i: x[i])(X, 1.0)


# --- what takes lists takes it --------------------------------------------------------------

NEURON = Neuron(3, rng=0)
TAKEN: dict[str, tuple[Function, Any]] = {
    "len": (lambda x: x[0] * len(x), 3.0),
    "iteration": (lambda x: [2.0 * a for a in x], [2.0, 0.0, 4.0]),
    "unpacking": (lambda x: [*x, 1.0], [1.0, 0.0, 2.0, 1.0]),
    "the shape": (lambda x: x[0] * x.shape[0], 3.0),
    "an isinstance": (lambda x: 1.0 * isinstance(x, list), 1.0),
    "the builtin sum": (lambda x: sum(x), 3.0),
    "sum": (lambda x: ag.sum(x), 3.0),
    "maximum": (lambda x: ag.maximum(x), 2.0),
    "dot": (lambda x: dot(x, x), 5.0),
    "lookup": (lambda x: lookup(x, x[0]), 0.0),
    "a loss": (lambda x: mse_loss(x, x[::-1]), 2.0 / 3.0),
    "softmax": (lambda x: len(ag.softmax(x)) * x[0], 3.0),
    "a gradient": (lambda x: grad(lambda v: dot(v, v))(x), [2.0, 0.0, 4.0]),
    "a Hessian": (
        lambda x: ag.hessian(lambda v: dot(v, v))(x),
        [[2.0, 0.0, 0.0], [0.0, 2.0, 0.0], [0.0, 0.0, 2.0]],
    ),
    "a copy": (lambda x: copy.copy(x), [1.0, 0.0, 2.0]),
    "the reverse": (lambda x: list(reversed(x)), [2.0, 0.0, 1.0]),
}


@pytest.mark.parametrize("name", TAKEN)
def test_functions_take_it_as_a_list(name: str) -> None:
    f, expected = TAKEN[name]
    assert np.asarray(of(f)(X)).tolist() == expected
    of(f).verify(X)


def test_a_module_takes_it() -> None:
    assert of(lambda m, x: m(x))(NEURON, X) == NEURON(X.tolist()).data


def test_a_row_that_is_looked_up_is_such_an_array() -> None:
    assert of(lambda x: lookup(x, 1))(TABLE).tolist() == [3.0, 4.0, 5.0]
    with pytest.raises(TypeError, match="does not work on an array here"):
        of(lambda x: lookup(x, 1) * 2)(TABLE)


def test_inside_a_gradient_it_is_still_no_list() -> None:
    with pytest.raises(TypeError, match="does not work on an array here"):
        of(value_and_grad(lambda x: ag.sum(x + x)))(X)
    with pytest.raises(TypeError, match="does not work on an array here"):
        of(lambda x: [a * 2 for a in grad(lambda v: dot(v, v))(x) * 2])(X)


def test_lists_that_the_caller_passes_are_lists() -> None:
    assert of(lambda x: x + x)([1.0, 2.0]) == [1.0, 2.0, 1.0, 2.0]
    assert vmap(lambda x: x * 2)([[1.0], [2.0]]) == [[1.0, 1.0], [2.0, 2.0]]


def test_it_can_be_copied_and_pickled() -> None:
    given = stand_in(np.zeros((0, 3)))
    for made in (copy.deepcopy(given), pickle.loads(pickle.dumps(given))):
        assert isinstance(made, ArrayOfScalars)
        assert (made.shape, len(made)) == ((0, 3), 0)


@pytest.mark.parametrize("shape", [(0,), (0, 3), (3, 0), (2, 0, 3)])
def test_empty_arrays_come_back_in_their_shape(shape: tuple[int, ...]) -> None:
    assert of(lambda x: x)(np.zeros(shape)).shape == shape


# --- arrays that are more than numbers ------------------------------------------------------


class Named(np.ndarray):
    pass


ODD: dict[str, tuple[Any, str]] = {
    "masked": (
        np.ma.masked_array([1.0, 2.0], mask=[False, True]),
        "a MaskedArray, which is more than an array of numbers: pass x.filled(0.0), and its mask",
    ),
    "masked, with nothing masked": (np.ma.masked_array([1.0, 2.0]), "is a MaskedArray"),
    "a matrix": (np.ones(2).view(np.matrix), "is a matrix, which is more than an array of numbers"),
    "a subclass": (np.ones(2).view(Named), "is a Named, which is more than an array of numbers"),
    "records": (np.rec.array([(1.0, 2.0)], dtype=[("a", float), ("b", float)]), "is a recarray"),
}


@pytest.mark.parametrize("name", ODD)
def test_an_array_with_more_than_numbers_is_refused_whatever_was_recorded_before(name: str) -> None:
    odd, message = ODD[name]
    double = of(lambda x: [2.0 * a for a in x])
    doubled, interpreted = of(vmap(lambda x: 2.0 * x)), vmap(lambda x: 2.0 * x)
    total = of(lambda s, x: (s + x, s))
    for call in (double, doubled, interpreted, lambda x: total.scan(0.0, x)):
        call(np.ones(2))
        with pytest.raises(TypeError) as caught:
            call(odd)
        assert message in str(caught.value)
        call(np.ones(2))


def test_a_masked_number_is_refused() -> None:
    double = of(lambda x: 2.0 * x)
    assert double(np.array(3.0)) == 6.0
    with pytest.raises(TypeError, match="is a MaskedConstant, which is more than"):
        double(np.ma.masked)


NO_NUMBERS: dict[str, tuple[Any, str]] = {
    "bools": (np.ones(2, bool), "bool, not a numpy array of numbers: pass x.astype(float)"),
    "objects": (np.ones(2, object), "object, not a numpy array of numbers: pass x.astype(float)"),
    "complex numbers": (np.ones(2, complex), "numbers: pass x.real, x.imag or abs(x)"),
    "dates": (np.ones(2, "M8[D]"), "an array of datetime64[D], not a numpy array of numbers"),
    "durations": (np.ones(2, "m8[s]"), "an array of timedelta64[s], not a numpy array of numbers"),
    "fields": (np.ones(2, [("a", float)]), "an array of [('a', '<f8')], not a numpy array"),
    "text": (np.array(["a", "b"]), "an array of <U1, not a numpy array of numbers"),
    "one bool": (np.array(True), "an array of bool, not a numpy array of numbers"),
}


@pytest.mark.parametrize("name", NO_NUMBERS)
def test_an_array_of_what_is_no_real_number_is_refused(name: str) -> None:
    given, message = NO_NUMBERS[name]
    with pytest.raises(TypeError) as caught:
        of(lambda x: x)(given)
    assert message in str(caught.value)


@pytest.mark.parametrize("dtype", [">f8", ">i4", "u1", "f2", "f4", "g"])
def test_verify_sees_the_floats_that_compiled_code_gets(dtype: str) -> None:
    given = np.array([1, 3], dtype) / np.array([3, 1], dtype)
    assert of(lambda x: [a / 3.0 for a in x]).verify(given) == 2
    assert of(vmap(lambda x: x / 3.0)).verify(given) == 2


def test_a_row_that_a_compiled_function_gets_is_no_list_there() -> None:
    compiled = of(lambda row: row[0] * row[2])
    assert vmap(compiled)(TABLE).tolist() == [0.0, 15.0]
    with pytest.raises(TypeError, match=r"\* does not work on an array here"):
        vmap(of(lambda row: row * 2))(TABLE)
