"""A `vmap` inside a compiled function: a loop over one recorded sample, with the same bits."""

import functools
from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd as ag
from autograd import Value, compile, grad, hessian, jvp, lookup, value_and_grad, vmap
from autograd.compiler.backends.choose import MODULES
from autograd.compiler.tracing import traced
from autograd.engine.native import native
from autograd.nn import MLP
from autograd.transforms.batches import Results
from autograd.transforms.samples import ResultOp, place_in_batch
from tests.bits import bits

BACKENDS = tuple(MODULES)
Function = Callable[..., Any]
of = functools.partial(compile, backend="python")


def squared_error(m: Any, x: Any, y: Any) -> Any:
    return (m(x) - y) ** 2


def training_step(w: Any, xs: Any) -> Any:
    loss, slope = vmap(value_and_grad(lambda w, x: (w - x) ** 2), (None, 0), "mean")(w, xs)
    return loss, w - 0.1 * slope


def module_step(m: Any, xs: Any, ys: Any) -> Any:
    loss, slopes = vmap(value_and_grad(squared_error), (None, 0, 0), "mean")(m, xs, ys)
    new = {name: p - 0.1 * slopes[name] for name, p in m.named_parameters()}
    return loss, new


def two_batches(xs: Any) -> Any:
    scaled = vmap(lambda x: x * 2.0)(xs)
    return vmap(lambda x, y: x * y, 0, "sum")(xs, scaled), ag.sum(scaled)


def of_what_is_computed(xs: Any, w: Any) -> Any:
    return vmap(lambda x: ag.exp(x * w))([x - w for x in xs])


XS = [0.5, -1.25, 3.0, 0.1, 0.7, -0.3, 2.0, 1.0, 4.0, 0.9, -2.0]
MODEL = MLP(1, [2, 1], rng=0)
INSIDE: dict[str, tuple[Function, tuple[Any, ...]]] = {
    "all results": (lambda xs, w: vmap(lambda x: ag.sin(x) * w)(xs), (XS, 2.0)),
    "a sum": (lambda xs, w: vmap(lambda x: ag.sin(x) * w, 0, "sum")(xs), (XS, 2.0)),
    "a mean": (lambda xs, w: vmap(lambda x, w: x * w, (0, None), "mean")(xs, w), (XS, 0.1)),
    "one sample": (lambda x: vmap(lambda x: x * x, 0, "mean")([x]), (3.0,)),
    "numbers as samples": (lambda w: vmap(lambda x: x * w)([1.0, 2.0]), (3.0,)),
    "a keyword argument": (lambda xs, w: vmap(lambda x, w: x * w)(xs, w=w), (XS, 2.0)),
    "a dict": (lambda d: vmap(lambda d: d["x"] - d["y"])(d), ({"x": XS, "y": XS[::-1]},)),
    "results in structures": (lambda xs: vmap(lambda x: {"y": (x, [x])})(xs), (XS,)),
    "the same for all samples": (lambda xs, w: vmap(lambda x: w * w)(xs), (XS, 2.0)),
    "no result": (lambda xs: vmap(lambda x: ())(xs), (XS,)),
    "a batch in a batch": (
        lambda xs: vmap(lambda r: vmap(lambda x: x * x, 0, "sum")(r))(xs),
        ([[1.0, 2.0], [3.0, 4.0]],),
    ),
    "a compiled batch": (lambda xs: of(vmap(lambda x: x * x, 0, "sum"))(xs), (XS,)),
    "one batch after another": (two_batches, (XS,)),
    "of what is computed": (of_what_is_computed, (XS, 0.3)),
    "a lookup": (lambda v, i: vmap(lookup, (None, 0), "sum")(v, i), ([0.1, 0.2], [0, 1, 1])),
    "a training step": (training_step, (3.0, XS)),
    "a training step of a module": (module_step, (MODEL, [[x] for x in XS], XS)),
    "gradients inside": (lambda xs: vmap(grad(grad(lambda x: x**4)))(xs), (XS,)),
    "a gradient of something else": (
        lambda xs, w: (grad(lambda w: w * w)(w), vmap(ag.exp)(xs)),
        (XS, 2.0),
    ),
}


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("name", INSIDE)
def test_a_batch_inside_has_the_interpreted_bits(name: str, backend: str) -> None:
    f, args = INSIDE[name]
    compiled = compile(f, backend=backend)
    assert bits(compiled(*args)) == bits(compiled(*args)) == bits(f(*args))


@pytest.mark.parametrize("count", [1, 7, 8, 9, 1023, 1024, 1025])
def test_any_number_of_samples(count: int) -> None:
    xs = [2.0 ** (i % 23 - 11) for i in range(count)]
    f, _ = INSIDE["a sum"]
    assert bits(compile(f)(xs, 1.5)) == bits(f(xs, 1.5))


def test_a_sample_is_recorded_once_whatever_their_number() -> None:
    runs: Any = []
    of(lambda xs: vmap(lambda x: (runs.append(x), x * x)[1], 0, "sum")(xs))([1.0] * 100)
    assert len(runs) == 1


def test_arrays_give_arrays() -> None:
    found = of(lambda xs: vmap(lambda x: x * 2.0)(xs))(np.arange(3.0))
    assert repr(found) == repr(np.array([0.0, 2.0, 4.0]))


@pytest.mark.parametrize("backend", BACKENDS)
def test_an_index_out_of_range_in_one_sample_raises(backend: str) -> None:
    compiled = compile(lambda v, i: vmap(lookup, (None, 0), "sum")(v, i), backend=backend)
    with pytest.raises(IndexError, match="lookup index 2 is not one of 0 to 1"):
        compiled([0.1, 0.2], [0, 2, 1])
    assert compiled([0.1, 0.2], [1, 1, 1]) == 0.2 + 0.2 + 0.2


def batch_sum(w: Any, xs: Any) -> Any:
    return vmap(lambda x: x * w, 0, "sum")(xs)


THROUGH: dict[str, Function] = {
    "grad": lambda w, xs: grad(batch_sum)(w, xs),
    "grad of a compiled batch": lambda w, xs: grad(
        lambda w: of(vmap(lambda x, w: x * w, (0, None), "sum"))(xs, w)
    )(w),
    "hessian": lambda w, xs: hessian(batch_sum)(w, xs),
    "jvp": lambda w, xs: jvp(lambda w: batch_sum(w, xs), w, 1.0),
    "backward": lambda w, xs: (batch_sum(w, xs).backward(), w.grad)[1],
}


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("name", THROUGH)
def test_a_gradient_through_a_batch_has_the_interpreted_bits(name: str, backend: str) -> None:
    f, args = THROUGH[name], (2.0, [1.0, 3.0, -0.0])
    w = Value(args[0]) if name == "backward" else args[0]
    assert bits(compile(f, backend=backend)(*args)) == bits(f(w, args[1]))


def test_a_gradient_inside_is_that_through_the_batch() -> None:
    def inside(w: Any, xs: Any) -> Any:
        return vmap(grad(lambda w, x: x * w), (None, 0), "sum")(w, xs)

    assert of(inside)(2.0, [1.0, 3.0]) == grad(batch_sum)(2.0, [1.0, 3.0])


REFUSED: dict[str, tuple[Function, type[Exception], str]] = {
    "no samples": (lambda x: vmap(abs)([]), ValueError, "vmap needs at least one sample, got none"),
    "different lengths": (
        lambda x: vmap(lambda a, b: a)([x], [x, x]),
        ValueError,
        "vmap needs as many samples in each mapped argument",
    ),
    "a number": (lambda x: vmap(abs)(x), TypeError, "vmap: argument 0 should have an entry"),
    "a result that is none": (
        lambda x: vmap(lambda y: "a")([x]),
        TypeError,
        "vmap: the result of a sample",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_batch_is_refused(name: str) -> None:
    f, error, message = REFUSED[name]
    with pytest.raises(error) as caught:
        of(f)(1.0)
    assert str(caught.value).startswith(message)


def test_samples_are_taken_apart_by_name_not_by_the_order_of_their_keys() -> None:
    samples = [{"a": 1.0, "b": 2.0}, {"b": 2.0, "a": 1.0}]
    assert compile(lambda xs: vmap(lambda x: x["a"] * 1.0)(xs))(samples) == [1.0, 1.0]


# --- blocks ---------------------------------------------------------------------------------


def blocks(f: Function, *args: Any) -> tuple[int, int]:
    """How many blocks of results a recording makes, and how many results by themselves."""
    counts = Counter[str]()
    new, record_node = Results.new, traced.record_node

    def count_block(self: Results, places: Any) -> Any:
        counts["blocks"] += 1
        return new(self, places)

    def count_result(op: Any, operands: Any) -> Any:
        counts["results"] += isinstance(op, ResultOp)
        return record_node(op, operands)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Results, "new", count_block)
        patch.setattr(traced, "record_node", count_result)
        of(f)(*args)
    return counts["blocks"], counts["results"]


def by_samples(w: list[Any], xs: list[list[Any]]) -> Any:
    return vmap(lambda x: ag.tanh(ag.dot(w, x)), reduce="mean")(xs)


def by_steps(w: list[list[Any]], xs: list[list[Any]]) -> Any:
    def layer(rows: list[list[Any]], matrix: list[Any]) -> Any:
        return vmap(lambda x: [ag.dot(matrix, x) * a for a in x])(rows), None

    rows, _ = ag.scan(layer, xs, w)
    return vmap(ag.sum, reduce="mean")(rows)


@pytest.mark.parametrize("f", [by_samples, by_steps])
def test_the_results_of_a_gradient_are_as_many_blocks_whatever_their_number(f: Any) -> None:
    def sizes(width: int) -> tuple[int, int]:
        row = [0.1 * i for i in range(width)]
        return blocks(value_and_grad(f), row if f is by_samples else [row, row], [row, row, row])

    few, many = sizes(3), sizes(24)
    assert few[0] == many[0] > 0
    assert native is None or few[1] == many[1] == 0  # C makes a block in one call


def test_all_results_of_a_batch_have_one_op() -> None:
    made = []

    def f(xs: list[Any]) -> Any:
        w = Value(0.0) + xs[0]
        made.extend(vmap(lambda x: x * w)(xs))
        return made[0]

    of(f)([1.0, 2.0, 3.0])
    assert [x.op for x in made] == [made[0].op] * 3  # one op for all results of a batch
    assert [place_in_batch(x) for x in made] == [(0, 0), (0, 1), (0, 2)]
