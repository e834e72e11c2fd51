"""`vmap` as it stands: a loop over samples, and the one order in which they are added up."""

import math
import operator
from collections.abc import Callable
from functools import reduce
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given, strategies as st

import autograd as ag
from autograd import Value, grad, value_and_grad, vmap
from autograd.nn import Neuron
from autograd.transforms.trees import flatten_numbers
from autograd.transforms.vmap import LANES, lane_sum


class Pair(NamedTuple):
    a: Any
    b: Any


def doubled(x: Any) -> Any:
    return x * 2.0


APPLIED: dict[str, tuple[Any, tuple[Any, ...], Any]] = {
    "a list": (vmap(doubled), ([1.0, 2.0],), [2.0, 4.0]),
    "a tuple": (vmap(doubled), ((1.0, 2.0),), [2.0, 4.0]),
    "one sample": (vmap(doubled), ([1.0],), [2.0]),
    "two arguments": (vmap(lambda x, y: x - y), ([1.0, 2.0], [3.0, 5.0]), [-2.0, -3.0]),
    "one that is shared": (vmap(lambda x, w: x * w, (0, None)), ([1.0, 2.0], 3.0), [3.0, 6.0]),
    "the first shared": (vmap(lambda w, x: x * w, [None, 0]), (3.0, [1.0, 2.0]), [3.0, 6.0]),
    "a shared list": (vmap(lambda x, w: x * w[1], (0, None)), ([1.0], [3.0, 4.0]), [4.0]),
    "samples that are lists": (
        vmap(lambda x: x[0] - x[1]),
        ([[1.0, 2.0], [5.0, 3.0]],),
        [-1.0, 2.0],
    ),
    "each entry of a dict": (
        vmap(lambda d: d["x"] - d["y"]),
        ({"x": [1.0, 2.0], "y": [3.0, 5.0]},),
        [-2.0, -3.0],
    ),
    "each entry of a named tuple": (
        vmap(lambda p: Pair(p.b, p.a)),
        (Pair([1.0, 2.0], [3.0, 4.0]),),
        Pair([3.0, 4.0], [1.0, 2.0]),
    ),
    "nested dicts": (vmap(lambda d: d["x"]["y"][0]), ({"x": {"y": [[1.0], [2.0]]}},), [1.0, 2.0]),
    "an array": (vmap(lambda x: x[0] * x[1]), (np.arange(6.0).reshape(3, 2),), [0.0, 6.0, 20.0]),
    "an array of ints": (vmap(doubled), (np.array([1, 2]),), [2.0, 4.0]),
    "a result that is a tuple": (
        vmap(lambda x: (x, -x)),
        ([1.0, 2.0],),
        ([1.0, 2.0], [-1.0, -2.0]),
    ),
    "a result that is a list": (vmap(lambda x: [x, -x]), ([1.0, 2.0],), [[1.0, -1.0], [2.0, -2.0]]),
    "a result that is a dict": (vmap(lambda x: {"y": (x,)}), ([1.0, 2.0],), {"y": ([1.0, 2.0],)}),
    "a sum": (vmap(doubled, 0, "sum"), ([1.0, 2.0, 3.0],), 12.0),
    "a mean": (vmap(doubled, 0, "mean"), ([1.0, 2.0, 3.0],), 4.0),
    "sums of a structure": (
        vmap(lambda x: {"y": [x, (-x,)]}, reduce="sum"),
        ([1.0, 2.0],),
        {"y": [3.0, (-3.0,)]},
    ),
    "samples of different lengths": (vmap(lambda x: x[0]), ([[1.0], [2.0, 3.0]],), [1.0, 2.0]),
    "a batch of batches": (vmap(vmap(doubled, 0, "sum")), ([[1.0, 2.0], [3.0]],), [6.0, 6.0]),
}


@pytest.mark.parametrize("name", APPLIED)
def test_the_function_is_applied_to_every_sample(name: str) -> None:
    batch, args, expected = APPLIED[name]
    assert repr(batch(*args)) == repr(expected)


def test_keyword_arguments_are_the_same_for_all_samples() -> None:
    assert vmap(lambda x, *, k: x * k)([1.0, 2.0], k=3.0) == [3.0, 6.0]


def by_definition(xs: list[float]) -> float:
    """The order as the head of `vmap.py` states it."""
    lanes: list[Any] = [None] * LANES
    for i, x in enumerate(xs):
        lanes[i % LANES] = x if i < LANES else lanes[i % LANES] + x
    for half in (4, 2, 1):
        for i in range(half):
            if lanes[i + half] is not None:
                lanes[i] = lanes[i] + lanes[i + half]
    return float(lanes[0])


@given(st.lists(st.floats(-1e20, 1e20), min_size=1, max_size=40))
def test_samples_are_added_in_eight_lanes_and_then_by_halves(xs: list[float]) -> None:
    assert repr(lane_sum(xs)) == repr(by_definition(xs))
    assert repr(vmap(lambda x: x, 0, "sum")(xs)) == repr(by_definition(xs))
    assert repr(vmap(lambda x: x, 0, "mean")(xs)) == repr(by_definition(xs) / len(xs))


def test_the_order_is_not_that_from_left_to_right() -> None:
    xs = [1e20, 1.0, -1e20, *[0.0] * 6]
    from_left_to_right = reduce(operator.add, xs)  # which sum does not give from Python 3.12 on
    assert (lane_sum(xs), from_left_to_right) == (1.0, 0.0)


@pytest.mark.parametrize("count", [1, 3, 8, 9, 17])
def test_a_sum_of_negative_zeros_keeps_its_sign(count: int) -> None:
    assert math.copysign(1.0, lane_sum([-0.0] * count)) == -1.0


def test_the_mean_of_gradients_trains() -> None:
    step = vmap(value_and_grad(lambda w, x: (w - x) ** 2), (None, 0), "mean")
    assert step(3.0, [1.0, 2.0]) == (2.5, 3.0)


def test_a_module_may_be_shared() -> None:
    neuron = Neuron(1, rng=0)
    loss = value_and_grad(lambda m, x: m([x]) ** 2)
    each = [loss(neuron, x)[1]["bias"] for x in (1.0, 2.0)]
    found = vmap(loss, (None, 0), "sum")(neuron, [1.0, 2.0])
    assert found[1]["bias"] == each[0] + each[1]


def test_a_batch_can_be_differentiated() -> None:
    def total(w: Any, xs: Any) -> Any:
        return vmap(lambda x: ag.exp(w * x), 0, "sum")(xs)

    assert grad(total)(0.0, [1.0, 2.0, 3.0]) == 6.0
    x = Value(2.0)
    vmap(lambda y: y * y, 0, "mean")([x, x]).backward()
    assert x.grad == 4.0


def test_values_stay_values() -> None:
    found = vmap(doubled)([Value(1.0), Value(2.0)])
    assert [x.data for x in flatten_numbers(found)[0]] == [2.0, 4.0]


AXES = "in_axes is 0, for an argument with an entry for each sample, or None"
REFUSED: dict[str, tuple[Callable[[], Any], type[Exception], str]] = {
    "no function": (lambda: vmap(3), TypeError, "vmap takes a function of one sample, got int"),  # type: ignore[call-overload]
    "another axis": (lambda: vmap(abs, 1), ValueError, AXES),
    "another axis in a tuple": (lambda: vmap(abs, (0, -1)), ValueError, f"{AXES}"),
    "a bool": (lambda: vmap(abs, True), ValueError, AXES),
    "a text": (lambda: vmap(abs, "0"), ValueError, AXES),  # type: ignore[arg-type]
    "another reduction": (
        lambda: vmap(abs, 0, "max"),
        ValueError,
        "reduce is one of None, 'sum', 'mean', got 'max'",
    ),
    "too few axes": (
        lambda: vmap(abs, (0,))([1.0], [2.0]),
        ValueError,
        "in_axes is for 1 argument(s), got 2",
    ),
    "nothing mapped": (lambda: vmap(abs, None)([1.0]), ValueError, "in_axes maps no argument"),
    "no arguments": (
        lambda: vmap(lambda: 1.0)(),
        ValueError,
        "vmap maps arguments that are",
    ),
    "no samples": (lambda: vmap(abs)([]), ValueError, "vmap needs at least one sample, got none"),
    "no rows": (
        lambda: vmap(abs)(np.zeros((0, 2))),
        ValueError,
        "vmap needs at least one sample, got none",
    ),
    "an empty dict": (
        lambda: vmap(abs)({}),
        ValueError,
        "vmap needs at least one sample, got none",
    ),
    "different lengths": (
        lambda: vmap(lambda x, y: x)([1.0], [2.0, 3.0]),
        ValueError,
        "vmap needs as many samples in each mapped argument: argument 0 has 1, argument 1 has 2",
    ),
    "different lengths in a dict": (
        lambda: vmap(lambda d: 1.0)({"x": [1.0], "y": [2.0, 3.0]}),
        ValueError,
        "vmap: argument 0 has entries of different lengths",
    ),
    "a number": (
        lambda: vmap(abs)(1.0),
        TypeError,
        "vmap: argument 0 should have an entry for each sample, is a float: pass a list or an "
        "array, or None in in_axes for an argument that all samples share",
    ),
    "a number in a dict": (
        lambda: vmap(abs)({"x": 1.0}),
        TypeError,
        "vmap: argument 0['x'] should have an entry",
    ),
    "results that cannot be added": (
        lambda: vmap(lambda x: None, 0, "sum")([1.0]),
        TypeError,
        "vmap: the result of a sample",
    ),
    "results that differ": (
        lambda: vmap(lambda x: x, 0, "sum")([[1.0], [1.0, 2.0]]),
        ValueError,
        "vmap: the result of a sample",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_batch_is_refused(name: str) -> None:
    call, error, message = REFUSED[name]
    with pytest.raises(error) as caught:
        call()
    assert str(caught.value).startswith(message)


def test_vmap_may_decorate_with_its_options() -> None:
    @vmap(in_axes=(0, None), reduce="sum")
    def scaled(x: Any, k: Any) -> Any:
        return x * k

    assert scaled([1.0, 2.0], 10.0) == 30.0


def test_a_batch_shows_what_it_maps() -> None:
    assert repr(vmap(doubled)) == "vmap(doubled, in_axes=0)"
    assert repr(vmap(abs, (0, None), "sum")) == "vmap(abs, in_axes=(0, None), reduce='sum')"


def test_the_error_about_many_arguments_counts_those_after_the_tenth() -> None:
    with pytest.raises(ValueError, match=r"argument 9 has 10 and 989 more$"):
        vmap(lambda *xs: 1.0)(*[[1.0] * i for i in range(1, 1000)])
