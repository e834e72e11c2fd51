"""`vmap` as it stands: a loop over samples, and the one order in which they are added up."""

import math
import operator
import random
from collections.abc import Callable
from functools import reduce
from typing import Any, NamedTuple, cast

import numpy as np
import pytest
from hypothesis import given, strategies as st

import autograd as ag
from autograd import Value, grad, scan, value_and_grad, vmap
from autograd.nn import Neuron
from autograd.transforms.lane_sum import LANES, SLAB, lane_sum
from autograd.transforms.trees import flatten_numbers


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
    "a dict of which one entry is mapped": (
        vmap(lambda d: d["x"] * d["w"], ({"w": None, "x": 0},)),
        ({"x": [1.0, 2.0], "w": 10.0},),
        [10.0, 20.0],
    ),
    "a tuple of which one item is mapped": (
        vmap(lambda p, y: p[0] * p[1] + y, ((0, None), None)),
        (([1.0, 2.0], 10.0), 0.5),
        [10.5, 20.5],
    ),
    "a list for axes in a tuple": (
        vmap(lambda p: p[0] * p[1], ((0, None),)),
        ([[1.0, 2.0], 10.0],),
        [10.0, 20.0],
    ),
    "a tuple of which all items are mapped": (
        vmap(lambda p: p[0] - p[1], [[0, 0]]),
        (([1.0, 2.0], np.array([3.0, 5.0])),),
        [-2.0, -3.0],
    ),
    "a named tuple with axes of its own": (
        vmap(lambda p: Pair(p.b, p.a), (Pair(0, None),)),
        (Pair([1.0, 2.0], 3.0),),
        Pair([3.0, 3.0], [1.0, 2.0]),
    ),
    "a named tuple with a tuple of axes": (
        vmap(lambda p: p.a * p.b, ((None, 0),)),
        (Pair(3.0, [1.0, 2.0]),),
        [3.0, 6.0],
    ),
    "axes at any depth": (
        vmap(lambda d, x: d["a"][1]["b"] * d["a"][0] + x, ({"a": (None, {"b": 0})}, 0)),
        ({"a": (2.0, {"b": [1.0, 2.0]})}, [0.5, 0.25]),
        [2.5, 4.25],
    ),
    "a mapped dict inside a dict": (
        vmap(lambda d: d["x"]["y"] * d["w"][1], ({"x": 0, "w": None},)),
        ({"w": [1.0, 3.0], "x": {"y": [1.0, 2.0]}},),
        [3.0, 6.0],
    ),
    "a sum with axes of parts": (
        vmap(lambda p: p[0] * p[1], ((0, None),), "sum"),
        (([1.0, 2.0], 10.0),),
        30.0,
    ),
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


def test_a_module_in_a_dict_is_shared() -> None:
    neuron = Neuron(1, None, rng=0)
    found = vmap(lambda d: d["model"]([d["x"]]), ({"model": None, "x": 0},))(
        {"model": neuron, "x": [1.0, 2.0]}
    )
    assert [x.data for x in found] == [neuron([x]).data for x in (1.0, 2.0)]


def test_gradients_flow_to_parts_that_are_mapped_and_shared() -> None:
    batch = vmap(lambda d: d["w"] * d["x"], ({"w": None, "x": 0},), "sum")
    assert grad(batch)({"w": 10.0, "x": [1.0, 2.0]}) == {"w": 3.0, "x": [10.0, 10.0]}


def test_a_batch_with_axes_of_parts_takes_keyword_arguments() -> None:
    batch = vmap(lambda p, *, k: p[0] * p[1] + k, ((0, None),))
    assert batch(([1.0, 2.0], 10.0), k=0.5) == [10.5, 20.5]


def test_keyword_arguments_are_the_same_for_all_samples() -> None:
    assert vmap(lambda x, *, k: x * k)([1.0, 2.0], k=3.0) == [3.0, 6.0]


def by_definition(xs: list[float]) -> float:
    """The order as the head of `lane_sum.py` states it."""
    total = of_slab(xs[:SLAB])
    for start in range(SLAB, len(xs), SLAB):
        total = total + of_slab(xs[start : start + SLAB])
    return total


def of_slab(xs: list[float]) -> float:
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


@pytest.mark.parametrize("count", [SLAB - 1, SLAB, SLAB + 1, 2 * SLAB, 3 * SLAB + 5])
def test_slabs_are_added_up_in_turn(count: int) -> None:
    draw = random.Random(count)
    xs = [draw.gauss(0.0, 1.0) for _ in range(count)]
    assert repr(lane_sum(xs)) == repr(by_definition(xs))
    assert repr(vmap(lambda x: x, 0, "sum")(xs)) == repr(by_definition(xs))


def test_a_slab_is_added_up_by_itself() -> None:
    xs = [1e20] * SLAB + [1.0] * SLAB
    assert lane_sum(xs) == SLAB * 1e20 + SLAB


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
    "no function": (lambda: vmap(3), TypeError, "vmap takes a function of one sample, got an int"),  # type: ignore[call-overload]
    "another axis": (lambda: vmap(abs, 1), ValueError, AXES),
    "another axis in a tuple": (lambda: vmap(abs, (0, -1)), ValueError, f"{AXES}"),
    "a bool": (lambda: vmap(abs, True), ValueError, AXES),
    "a text": (lambda: vmap(abs, "0"), ValueError, AXES),  # type: ignore[call-overload]
    "a dict of arguments": (lambda: vmap(abs, cast(Any, {"x": 0})), ValueError, AXES),
    "another axis in a dict": (lambda: vmap(abs, ({"x": 2},)), ValueError, AXES),
    "axes of another key": (
        lambda: vmap(lambda d: 1.0, ({"x": 0, "w": None},))({"x": [1.0], "y": 1.0}),
        ValueError,
        "in_axes for argument 0 is a dict with 'x', 'w', and argument 0 is a dict with 'x', 'y': "
        "give 0 or None for all of it, or axes of its structure",
    ),
    "axes of a key too few": (
        lambda: vmap(lambda d: 1.0, ({"x": 0},))({"x": [1.0], "y": 1.0}),
        ValueError,
        "in_axes for argument 0 is a dict with 'x', and argument 0 is a dict with 'x', 'y'",
    ),
    "axes of another length": (
        lambda: vmap(lambda x, p: 1.0, (0, (0, None)))([1.0], ([1.0], 2.0, 3.0)),
        ValueError,
        "in_axes for argument 1 is a tuple of 2, and argument 1 is a tuple of 3",
    ),
    "axes of a tuple for a dict": (
        lambda: vmap(lambda d: 1.0, ((0, None),))({0: [1.0], 1: 1.0}),
        ValueError,
        "in_axes for argument 0 is a tuple of 2, and argument 0 is a dict with 0, 1",
    ),
    "axes of parts for a number": (
        lambda: vmap(lambda d: 1.0, ({"a": (0, None)},))({"a": 1.0}),
        ValueError,
        "in_axes for argument 0['a'] is a tuple of 2, and argument 0['a'] is a float: give",
    ),
    "axes of parts for an array": (
        lambda: vmap(lambda d: 1.0, ((0, None),))(np.ones((2, 2))),
        ValueError,
        "in_axes for argument 0 is a tuple of 2, and argument 0 is a ndarray",
    ),
    "axes of parts for a Module": (
        lambda: vmap(lambda d: 1.0, ({"weights": None, "bias": 0},))(Neuron(1, rng=0)),
        ValueError,
        "in_axes for argument 0 is a dict with 'weights', 'bias', and argument 0 is a Neuron: give",
    ),
    "a Module that is mapped": (
        lambda: vmap(lambda d: 1.0, ({"m": 0},))({"m": Neuron(1, rng=0)}),
        TypeError,
        "vmap: argument 0['m'] should have an entry for each sample, is a Neuron: pass a list or "
        "an array, or None in in_axes for an argument that all samples share",
    ),
    "no part that is mapped": (
        lambda: vmap(lambda d: 1.0, ({"m": None}, (None,)))({"m": 1.0}, (1.0,)),
        ValueError,
        "in_axes maps no argument",
    ),
    "a part without entries": (
        lambda: vmap(lambda d: 1.0, ({"x": 0},))({"x": 1.0}),
        TypeError,
        "vmap: argument 0['x'] should have an entry for each sample, is a float",
    ),
    "parts of different lengths": (
        lambda: vmap(lambda d: 1.0, ((0, 0),))(([1.0], [1.0, 2.0])),
        ValueError,
        "vmap needs as many samples in each mapped argument: argument 0[0] has 1, argument 0[1] ",
    ),
    "another reduction": (
        lambda: vmap(abs, 0, "max"),
        ValueError,
        "reduce is one of None, 'sum', 'mean', got 'max'",
    ),
    "too few axes": (
        lambda: vmap(abs, (0,))([1.0], [2.0]),
        ValueError,
        "in_axes is for 1 argument, got 2",
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
        "vmap needs as many samples in each mapped argument: "
        "argument 0['x'] has 1, argument 0['y'] has 2",
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
        lambda: vmap(lambda x: "a", 0, "sum")([1.0]),
        TypeError,
        "vmap: the result of a sample",
    ),
    "results of other keys": (
        lambda: vmap(lambda x: {"a": x} if x > 0.0 else {"b": x})([1.0, -1.0]),
        TypeError,
        "vmap needs results of one structure: that of sample 0 is a dict with 'a', and that of "
        "sample 1 is a dict with 'b'",
    ),
    "results of which some are tuples": (
        lambda: vmap(lambda x: x if x > 0.0 else (x, x))([1.0, -1.0]),
        TypeError,
        "vmap needs results of one structure: that of sample 0 is one number, and that of sample 1",
    ),
    "results of which some are None": (
        lambda: vmap(lambda x: {"a": x if x > 0.0 else None})([1.0, -1.0]),
        TypeError,
        "vmap needs results of one structure: that of sample 0 is one number, and that of sample 1",
    ),
    "outputs of other sizes": (
        lambda: scan(lambda s, x: (s, (x,) if x > 0.0 else (x, x)), 0.0, [1.0, -1.0]),
        TypeError,
        "scan needs outputs of one structure: that of step 0 is a tuple of 1, and that of step 1",
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
    nested = vmap(abs, ({"w": None, "x": 0},))
    assert repr(nested) == "vmap(abs, in_axes=({'w': None, 'x': 0},))"
    assert repr(vmap(abs, (0, None), "sum")) == "vmap(abs, in_axes=(0, None), reduce='sum')"


def test_the_error_about_many_arguments_counts_those_after_the_tenth() -> None:
    with pytest.raises(ValueError, match=r"argument 9 has 10 and 989 more$"):
        vmap(lambda *xs: 1.0)(*[[1.0] * i for i in range(1, 1000)])
