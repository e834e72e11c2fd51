"""Batches slab by slab: the bits that samples have one after another, at the edges of slabs.

Up to 128 samples go through the kernels together (`frames.py`), up to 256 are added up by
themselves (`lane_sum.py`).
"""

import pickle
import random
from collections.abc import Callable, Sequence
from typing import Any

import pytest

import autograd as ag
from autograd import compile, lookup, value_and_grad, vmap
from autograd.compiler.ir.frames import MOST_FRAMES
from autograd.transforms.lane_sum import LANES, SLAB as ADDED

pytest.importorskip("llvmlite")

SLAB = MOST_FRAMES * LANES
COUNTS = [1, 7, 8, 9, 63, 64, 65, SLAB - 1, SLAB, SLAB + 1, 1000]
INPUTS, HIDDEN = 3, 5  # so that tiles of products have all shapes


def numbers(draw: random.Random, *shape: int) -> Any:
    """Lists of numbers, some of which are zeros of either sign."""
    if not shape:
        return draw.choice([draw.gauss(0.0, 1.0)] * 8 + [0.0, -0.0])
    return [numbers(draw, *shape[1:]) for _ in range(shape[0])]


def network(w: dict[str, Any], x: Sequence[Any], wanted: Any) -> Any:
    hidden = [ag.tanh(ag.dot(row, x) + b) for row, b in zip(w["w"], w["b"], strict=True)]
    return (ag.dot(w["v"], hidden) - wanted) ** 2


def weights(draw: random.Random) -> dict[str, Any]:
    shapes = {"w": (HIDDEN, INPUTS), "b": (HIDDEN,), "v": (HIDDEN,)}
    return {name: numbers(draw, *shape) for name, shape in shapes.items()}


def two_layers(w: dict[str, Any], x: Sequence[Any], wanted: Any) -> Any:
    """The gradient of a matrix times a matrix, some of whose products are negated."""
    made = [ag.dot(row, x) for row in w["w"]]
    return ag.sum([(a - wanted) * a - b for a, b in zip(made, w["b"], strict=True)])


def looked_up(w: dict[str, Any], x: Sequence[Any], index: Any) -> Any:
    made = lookup(w["b"], index) * x[0] + lookup([x[1], w["v"][0], x[2]], index % 3)
    return ag.exp(lookup(w["w"], index)[1] * made - 4.0)


def of_order_two(w: dict[str, Any], x: Sequence[Any], wanted: Any) -> Any:
    _, slope = value_and_grad(network, argnums=1)(w, x, wanted)
    return ag.dot(slope, slope)


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "a network": value_and_grad(network),
    "outer products": value_and_grad(two_layers),
    "a network's value": network,
    "a gradient of a gradient": value_and_grad(of_order_two),
    "lookups": value_and_grad(looked_up),
    "each sample's own gradient": value_and_grad(network, argnums=1),
}


def bits(x: Any) -> Any:
    """Numbers by their digits, in which zeros have signs."""
    return repr(x)


@pytest.mark.parametrize("reduce", [None, "sum", "mean"])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_batches_of_any_size_have_the_bits_of_the_interpreted_function(
    name: str, reduce: str | None
) -> None:
    draw = random.Random(f"{name} {reduce}")
    batch = vmap(FUNCTIONS[name], (None, 0, 0), reduce)
    compiled = compile(batch, backend="llvm")
    for count in COUNTS if (name, reduce) == ("a network", "sum") else [7, SLAB + 1]:
        w, xs = weights(draw), numbers(draw, count, INPUTS)
        ys = [float(draw.randrange(HIDDEN)) for _ in range(count)]
        assert bits(compiled(w, xs, ys)) == bits(batch(w, xs, ys)), count


@pytest.mark.parametrize("count", [9, SLAB, SLAB + 3, ADDED, ADDED + 1, 2 * ADDED, 3 * ADDED + 5])
def test_batches_inside_of_a_compiled_function_do_so_too(count: int) -> None:
    draw = random.Random(count)

    def f(w: dict[str, Any], xs: Any, ys: Any) -> Any:
        value, slope = vmap(value_and_grad(network), (None, 0, 0), "mean")(w, xs, ys)
        rows = vmap(looked_up, (None, 0, 0))(slope, xs, ys)
        return value, slope, vmap(lambda x, row: x[0] * row, (0, 0), "sum")(xs, rows)

    w, xs = weights(draw), numbers(draw, count, INPUTS)
    ys = [float(draw.randrange(HIDDEN)) for _ in range(count)]
    assert bits(compile(f, backend="llvm")(w, xs, ys)) == bits(f(w, xs, ys))


def test_scan_with_a_batch_in_each_step_does_so_too() -> None:
    draw = random.Random(1)

    def step(v: Any, datum: Any) -> Any:
        xs, ys = datum["x"], datum["y"]
        loss = value_and_grad(lambda v, x, y: (ag.tanh(ag.dot(v, x)) - y) ** 2)
        value, slope = vmap(loss, (None, 0, 0), "mean")(v, xs, ys)
        return [a - 0.1 * b for a, b in zip(v, slope, strict=True)], value

    count = 2 * ADDED + 5
    data = [{"x": numbers(draw, count, INPUTS), "y": numbers(draw, count)} for _ in range(3)]
    state = numbers(draw, INPUTS)
    expected, losses = state, []
    for datum in data:
        expected, value = step(expected, datum)
        losses.append(value)
    assert bits(compile(step, backend="llvm").scan(state, data)) == bits((expected, losses))


@pytest.mark.parametrize("backend", ["llvm", "numpy", "python"])
@pytest.mark.parametrize("count", [ADDED + 1, 2 * ADDED])
def test_a_batch_may_have_sums_and_results_of_each_sample(count: int, backend: str) -> None:
    """The gradient by what samples share is added up, that by each of them is not."""
    draw = random.Random(count)

    def total(w: dict[str, Any], xs: Any, ys: Any, scale: Any) -> Any:
        return ag.sum(vmap(lambda x, y, z: network(w, x, y) * z)(xs, ys, [scale] * count))

    f = value_and_grad(total, argnums=(0, 1, 3))
    given = (weights(draw), numbers(draw, count, INPUTS), numbers(draw, count), 0.5)
    compiled = compile(f, backend=backend)
    assert bits(compiled(*given)) == bits(f(*given))
    assert bits(pickle.loads(pickle.dumps(compiled))(*given)) == bits(f(*given))


def test_samples_from_anywhere_are_brought_slab_by_slab() -> None:
    draw, count = random.Random(3), ADDED + 9

    def f(rows: Any, w: Any) -> Any:
        mixed = [[row[2], w, row[0], y] for row, y in zip(rows, reversed(rows), strict=True)]
        added = vmap(lambda a, row: ag.tanh(a[2] * row[1]) + a[0] - a[1] * a[3][1], reduce="sum")
        return added(mixed, rows), vmap(lambda row: row[1] * w, reduce="sum")(rows)

    rows = numbers(draw, count, INPUTS)
    assert bits(compile(f, backend="llvm")(rows, 0.3)) == bits(f(rows, 0.3))


def test_a_scan_in_a_file_may_have_slabs_inside() -> None:
    def f(state: Any, data: Any, xs: Any) -> Any:
        def step(a: Any, b: Any) -> Any:
            return vmap(lambda x: ag.tanh(a * x + b), reduce="mean")(xs), a

        return ag.scan(step, state, data)

    given = (0.5, [0.1, 0.2, -0.3], numbers(random.Random(2), 2 * ADDED + 1))
    compiled = compile(f, backend="llvm")
    assert bits(compiled(*given)) == bits(f(*given))
    assert bits(pickle.loads(pickle.dumps(compiled))(*given)) == bits(f(*given))


def test_index_out_of_range_is_told_in_whatever_slab_it_is() -> None:
    batch = compile(vmap(lambda table, i: lookup(table, i), (None, 0), "sum"), backend="llvm")
    for place in (0, SLAB - 1, SLAB, SLAB + 7):
        indices = [1.0] * (SLAB + 8)
        indices[place] = 4.0
        with pytest.raises(IndexError, match="lookup index 4 is not one of 0 to 2"):
            batch([1.0, 2.0, 3.0], indices)
    assert batch([1.0, 2.0, 3.0], [2.0] * (SLAB + 8)) == 3.0 * (SLAB + 8)
