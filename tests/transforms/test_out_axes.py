"""`out_axes`: where the samples stand in the results of a batch, interpreted and compiled."""

from typing import Any, NamedTuple

import numpy as np
import pytest

from autograd import TracedValueError, Value, compile, grad, load_compiled, vmap
from autograd.compiler.backends.choose import MODULES
from autograd.transforms.out_axes import placed

BACKENDS = tuple(MODULES)
XS = [1.0, 2.0, 3.0]


class Pair(NamedTuple):
    a: Any
    b: Any


def row(x: Any) -> Any:
    return [x, x + 0.5]


def table(x: Any) -> Any:
    return [[x, x + 0.5, x + 0.25], [-x, -x - 0.5, 2.0]]


CASES: dict[str, tuple[Any, Any, Any]] = {  # of one sample, the axes, the results of two samples
    "none further in": (lambda x: [x, 9.0], 0, [[1.0, 9.0], [2.0, 9.0]]),
    "one further in": (lambda x: [x, 9.0], 1, [[1.0, 2.0], [9.0, 9.0]]),
    "the last": (lambda x: [[x, 9.0]], -1, [[[1.0, 2.0], [9.0, 9.0]]]),
    "two further in": (lambda x: [[x, 9.0]], 2, [[[1.0, 2.0], [9.0, 9.0]]]),
    "the same for all": (lambda x: [7.0, [8.0]], None, [7.0, [8.0]]),
    "for each part": (
        lambda x: (x, [x, 9.0], 7.0),
        (0, 1, None),
        ([1.0, 2.0], [[1.0, 2.0], [9.0, 9.0]], 7.0),
    ),
    "one for all parts": (
        lambda x: {"a": [x], "b": [9.0, x]},
        1,
        {"a": [[1.0, 2.0]], "b": [[9.0, 9.0], [1.0, 2.0]]},
    ),
    "of a dict": (lambda x: {"a": x, "b": 7.0}, {"b": None, "a": 0}, {"a": [1.0, 2.0], "b": 7.0}),
    "of a named tuple": (
        lambda x: Pair(x, (7.0, x)),
        (0, (None, 0)),
        Pair([1.0, 2.0], (7.0, [1.0, 2.0])),
    ),
    "None among the results": (lambda x: (x, None), (0, 1), ([1.0, 2.0], None)),
}


@pytest.mark.parametrize("name", CASES)
def test_the_samples_stand_where_the_axes_say(name: str) -> None:
    f, axes, expected = CASES[name]
    batch = vmap(f, out_axes=axes)
    assert batch([1.0, 2.0]) == expected
    for backend in BACKENDS:
        compiled = compile(batch, backend=backend)
        assert [compiled([1.0, 2.0]) for _ in range(2)] == [expected] * 2
    assert compile(lambda xs: batch(xs))([1.0, 2.0]) == expected
    assert vmap(compile(f), out_axes=axes)([1.0, 2.0]) == expected


@pytest.mark.parametrize("axis", [0, 1, 2, -1, -2, -3])
def test_arrays_have_the_axis_as_numpy_places_it(axis: int) -> None:
    expected = np.moveaxis(np.array([table(x) for x in XS]), 0, axis)
    batch = vmap(table, out_axes=axis)
    assert batch(XS) == expected.tolist()
    found = compile(batch)(np.array(XS))
    assert (type(found), found.tolist()) == (np.ndarray, expected.tolist())


def test_what_is_the_same_for_all_samples_of_an_array_is_a_float() -> None:
    found = compile(vmap(lambda x: 7.0, out_axes=None))(np.array(XS))
    assert (type(found), found) == (float, 7.0)


def test_gradients_go_through_moved_results() -> None:
    batch = vmap(lambda x, w: [x * w, w * w], (0, None), out_axes=1)

    def f(w: Any) -> Any:
        products, squares = batch(XS, w)
        return products[0] * products[2] + squares[1]

    assert grad(f)(2.0) == grad(lambda w: w * 3.0 * w + w * w)(2.0)
    assert compile(grad(f))(2.0) == grad(f)(2.0)
    once = vmap(lambda x, w: w * w, (0, None), out_axes=None)
    assert grad(lambda w: once(XS, w))(3.0) == 6.0
    assert grad(lambda w: compile(once)(XS, w))(3.0) == 6.0


def test_a_file_of_a_compiled_batch_keeps_them(tmp_path: Any) -> None:
    compiled = compile(vmap(lambda x: (row(x), 7.0), out_axes=(1, None)))
    expected = compiled(XS)
    compiled.save(tmp_path / "f")
    assert load_compiled(tmp_path / "f")(XS) == expected
    assert repr(vmap(row, out_axes=1)) == "vmap(row, in_axes=0, out_axes=1)"


REFUSED: dict[str, tuple[Any, str]] = {
    "no int": (lambda: vmap(row, out_axes=1.0), "out_axes is an int, .*: got 1.0"),
    "a bool": (lambda: vmap(row, out_axes=(True, 0)), r"out_axes is an int, .*: got \(True, 0\)"),
    "a reduction beside it": (
        lambda: vmap(row, reduce="sum", out_axes=1),
        "out_axes is for the results of all samples, and reduce='sum' gives one",
    ),
    "an axis that is not there": (
        lambda: vmap(row, out_axes=2)(XS),
        "out_axes is 2 for the result, which has 2 axes with that of the samples: give one from -2",
    ),
    "a tuple for a list": (
        lambda: vmap(row, out_axes=(0, 0))(XS),
        "the out_axes for the result are a tuple of 2, and it is a list of 3",
    ),
    "other keys": (
        lambda: vmap(lambda x: {"a": x}, out_axes={"b": 0})(XS),
        "the out_axes for the result are a dict with 'b', and it is a dict with 'a': give axes of",
    ),
    "results that differ": (
        lambda: vmap(lambda x: (x, [7.0, x]), out_axes=(0, None))(XS),
        r"out_axes is None for the result\[1\], .*: \[7.0, 1.0\] for the first and \[7.0, 2.0\]",
    ),
    "results that differ, compiled": (
        lambda: compile(vmap(lambda x: x, out_axes=None))(XS),
        "out_axes is None for the result, which is not the same for all samples",
    ),
    "lists of different lengths": (
        lambda: vmap(lambda x: x, out_axes=1)([[1.0], [1.0, 2.0]]),
        "out_axes moves the samples in the result, which has lists of different lengths",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_axes_that_do_not_fit_are_refused(name: str) -> None:
    call, message = REFUSED[name]
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize(
    "f",
    [
        lambda x, w: x * w,
        lambda x, w: [w, (x, 7.0)],
        lambda x, w: vmap(lambda y: y * x)([w, w]),
        lambda x, w: grad(lambda y: y * x)(w),
    ],
)
def test_inside_a_compiled_function_what_samples_compute_is_not_the_same_for_all(f: Any) -> None:
    compiled = compile(lambda xs, w: vmap(f, (0, None), out_axes=None)(xs, w))
    with pytest.raises(TracedValueError, match="out_axes is None for the result, which a compiled"):
        compiled([1.0, 1.0], 3.0)


def test_inside_a_compiled_batch_results_of_another_are_not_compared_by_numbers() -> None:
    compiled = compile(vmap(lambda x: vmap(lambda y: y * 2.0, out_axes=None)([x, x])))
    with pytest.raises(TracedValueError, match="give an axis for it and take the entry of one"):
        compiled([1.0, 2.0])


@pytest.mark.parametrize(
    "f",
    [
        lambda x, w: w,
        lambda x, w: [w * w, (7.0, w)],
        lambda x, w: vmap(lambda y: y * w)([w, 1.0]),
        lambda x, w: grad(lambda y: y * w)(w),
    ],
)
def test_inside_a_compiled_function_what_comes_from_outside_is(f: Any) -> None:
    batch = vmap(f, (0, None), out_axes=None)
    for xs in ([1.0, 2.0], [[1.0], [2.0, 3.0]]):
        assert batch(xs, 3.0) == f(1.0, 3.0)
    assert compile(lambda xs, w: batch(xs, w))([1.0, 2.0], 3.0) == f(1.0, 3.0)


def test_values_are_compared_by_their_numbers() -> None:
    x, y = Value(1.0), Value(1.0)
    assert placed([x, y], None) is x
    with pytest.raises(ValueError, match="not the same"):
        placed([x, Value(2.0)], None)
