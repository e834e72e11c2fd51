"""A compiled `vmap`: one sample is recorded, and any number of them gives the interpreted bits."""

import functools
import math
import threading
from typing import Any, NamedTuple

import numpy as np
import pytest

import autograd as ag
from autograd import TracedValueError, compile, grad, lookup, value_and_grad, vmap
from autograd.compiler.backends.choose import MODULES
from autograd.nn import MLP
from autograd.transforms.trees import flatten_numbers
from tests.bits import bits

BACKENDS = tuple(MODULES)
COUNTS = (1, 7, 8, 9, 1023, 1024, 1025, 2500)
of = functools.partial(compile, backend="python")


class Pair(NamedTuple):
    a: Any
    b: Any


def samples(count: int) -> list[float]:
    """Numbers of all sizes, so that another order of adding shows."""
    return [(-1.0) ** i * (i % 7 + 0.1) * 2.0 ** (i % 23 - 11) for i in range(count)]


def wave(x: Any, w: Any) -> Any:
    return ag.sin(x * w) + x, x * x


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("reduce", [None, "sum", "mean"])
def test_one_recording_serves_any_number_of_samples(reduce: str | None, backend: str) -> None:
    recordings: Any = []
    batch = vmap(wave, (0, None), reduce)
    compiled = compile(
        vmap(lambda x, w: (recordings.append(x), wave(x, w))[1], (0, None), reduce), backend=backend
    )
    for count in COUNTS:
        assert bits(compiled(samples(count), 1.5)) == bits(batch(samples(count), 1.5))
    assert len(recordings) == 1


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("reduce", [None, "sum", "mean"])
def test_gradients_of_a_shared_module_have_the_interpreted_bits(
    reduce: str | None, backend: str
) -> None:
    model = MLP(2, [3, 1], rng=0)
    batch = vmap(value_and_grad(lambda m, x, y: (m(x) - y) ** 2), (None, 0, 0), reduce)
    compiled = compile(batch, backend=backend)
    for count in (1, 9, 20):
        xs = [[x, 1.0 - x] for x in samples(count)]
        assert bits(compiled(model, xs, samples(count))) == bits(batch(model, xs, samples(count)))


GIVEN: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "the first shared": (vmap(lambda w, x: w * x, (None, 0)), (3.0, [1.0, 2.0])),
    "one axis for all": (vmap(lambda x, y: x - y, 0), ([1.0, 2.0], (3.0, 5.0))),
    "shared structures": (vmap(lambda x, w: x * w["a"][0], (0, None)), ([1.0], {"a": [3.0]})),
    "samples that are lists": (vmap(lambda x: x[0] - x[1]), ([[1.0, 2.0], [5.0, 3.0]],)),
    "samples that are dicts": (vmap(lambda x: x["a"]), ([{"a": 1.0}, {"a": 2.0}],)),
    "each entry of a dict": (vmap(lambda d: d["x"] - d["y"]), ({"x": [1.0], "y": [3.0]},)),
    "each entry of a named tuple": (vmap(lambda p: Pair(p.b, p.a)), (Pair([1, 2], [3, 4]),)),
    "a tuple as a result": (vmap(lambda x: (x, -x)), ([1.0, 2.0],)),
    "a list as a result": (vmap(lambda x: [x, [-x]]), ([1.0, 2.0],)),
    "a list of tuples as a result": (vmap(lambda x: [(x, x)]), ([1.0, 2.0],)),
    "a dict as a result": (vmap(lambda x: {"y": (x,)}), ([1.0, 2.0],)),
    "the same for all": (vmap(lambda x, w: (x, w * w), (0, None)), ([1.0, 2.0], 0.1)),
    "the mean of the same": (vmap(lambda x, w: (w * w, 5.0), (0, None), "mean"), ([1.0] * 9, 0.1)),
    "negative zeros": (vmap(lambda x: x, 0, "sum"), ([-0.0] * 9,)),
    "no result": (vmap(lambda x: ()), ([1.0, 2.0],)),
    "no result, in a list": (vmap(lambda x: []), ([1.0, 2.0],)),
    "a sum of nothing": (vmap(lambda x: (), 0, "sum"), ([1.0, 2.0],)),
    "infinities": (vmap(lambda x: ag.log(x), 0, "sum"), ([0.0, 1.0, math.inf],)),
    "a batch of batches": (vmap(vmap(lambda x: x * 2.0)), ([[1.0, 2.0], [3.0, 4.0]],)),
    "a batch in a sample": (vmap(lambda r: vmap(lambda x: x * x, 0, "sum")(r)), ([[1.0, 2.0]],)),
    "a compiled function of a sample": (vmap(of(lambda x: x * x)), ([1.0, 2.0],)),
    "a lookup": (vmap(lambda v, i: lookup(v, i), (None, 0)), ([1.0, 2.0], [0, 1, 1])),
}


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("name", GIVEN)
def test_structures_are_as_interpreted(name: str, backend: str) -> None:
    batch, args = GIVEN[name]
    compiled = compile(batch, backend=backend)
    expected = batch(*args)
    for _ in range(2):
        found = compiled(*args)
        assert bits(found) == [repr(float(x)) for x in flatten_numbers(expected)[0]]
        assert found == expected or "nan" in bits(found)


SIX = np.arange(6.0).reshape(3, 2)
ARRAYS: dict[str, tuple[Any, tuple[Any, ...], Any]] = {
    "rows": (vmap(lambda x: x[0] - x[1]), (SIX,), np.array([-1.0, -1.0, -1.0])),
    "transposed": (vmap(lambda x: x[2] - x[0]), (SIX.T,), np.array([4.0, 4.0])),
    "ints, backwards": (
        vmap(lambda x: x),
        (np.arange(3, dtype="i4")[::-1],),
        np.array([2.0, 1.0, 0.0]),
    ),
    "half as many bits": (
        vmap(lambda x: x),
        (np.array([0.1], "f4"),),
        np.array([float(np.float32(0.1))]),
    ),
    "lists come back as an axis": (
        vmap(lambda x: [x, [x]][0:1]),
        (SIX[:, 0],),
        np.array([[0.0], [2.0], [4.0]]),
    ),
    "a tuple comes back as arrays": (
        vmap(lambda x: (x[0], [x])),
        (SIX,),
        (np.array([0.0, 2.0, 4.0]), SIX.reshape(3, 1, 2)),
    ),
    "beside lists": (
        vmap(lambda x, y: x * y[0]),
        (np.arange(2.0), [[3.0], [4.0]]),
        np.array([0.0, 4.0]),
    ),
    "shared": (
        vmap(lambda x, w: x * w[0], (0, None)),
        ([1.0, 2.0], np.array([3.0])),
        np.array([3.0, 6.0]),
    ),
    "three axes": (
        vmap(lambda x: x),
        (np.arange(8.0).reshape(2, 2, 2),),
        np.arange(8.0).reshape(2, 2, 2),
    ),
    "in a dict": (vmap(lambda d: d["x"], 0, "sum"), ({"x": np.arange(3.0)},), 3.0),
}


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("name", ARRAYS)
def test_arrays_of_samples_give_arrays(name: str, backend: str) -> None:
    batch, args, expected = ARRAYS[name]
    assert repr(compile(batch, backend=backend)(*args)) == repr(expected)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("reduce", [None, "sum"])
def test_one_index_out_of_range_raises_and_does_no_harm(reduce: str | None, backend: str) -> None:
    compiled = compile(vmap(lookup, (None, 0), reduce), backend=backend)
    expected = vmap(lookup, (None, 0), reduce)([1.0, 2.0], [0, 1])
    for count in (1, 12, 2000):
        with pytest.raises(IndexError, match="lookup index 7 is not one of 0 to 1"):
            compiled([1.0, 2.0], [0] * count + [7])
        assert compiled([1.0, 2.0], [0, 1]) == expected


@pytest.mark.parametrize("backend", BACKENDS)
def test_threads_may_call_one_compiled_batch(backend: str) -> None:
    batch = vmap(wave, (0, None), "sum")
    compiled, wrong = compile(batch, backend=backend), []
    together = threading.Barrier(6)

    def work(k: int) -> None:
        together.wait()
        for count in (k + 1, 9 * k + 1, 1030):
            if bits(compiled(samples(count), float(k))) != bits(batch(samples(count), float(k))):
                wrong.append((k, count))

    threads = [threading.Thread(target=work, args=(k,)) for k in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


RAGGED: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "lists of different lengths": (vmap(lambda x: ag.sum(x) * 2.0), ([[1.0], [2.0, 3.0], [4.0]],)),
    "in a mean": (vmap(lambda x: ag.sum(x) * 2.0, reduce="mean"), ([[1.0], [2.0, 3.0]],)),
    "results of different lengths": (vmap(lambda x: [y * 2.0 for y in x]), ([[1.0], [2.0, 3.0]],)),
    "another argument that all share": (
        vmap(lambda w, x: {"y": w["a"] * x[-1]}, (None, 0)),
        ({"a": 3.0}, [[1.0], [2.0, 3.0]]),
    ),
    "keys of another kind": (vmap(lambda d: ag.sum(list(d.values()))), ([{"a": 1.0}, {"b": 2.0}],)),
    "a gradient": (
        vmap(value_and_grad(lambda w, x: ag.tanh(w * ag.sum(x))), (None, 0), "mean"),
        (0.5, [[1.0], [2.0, 3.0], [0.1, 0.2, 0.3]]),
    ),
}


@pytest.mark.parametrize("name", RAGGED)
def test_samples_of_different_structures_have_a_recording_each(name: str) -> None:
    batch, args = RAGGED[name]
    compiled = of(batch)
    for _ in range(2):
        assert bits(compiled(*args)) == bits(batch(*args))
    assert bits(of(lambda *args: batch(*args))(*args)) == bits(batch(*args))
    assert bits(vmap(of(batch.f), batch.in_axes, batch.reduce)(*args)) == bits(batch(*args))


def test_a_shared_array_has_its_gradient_in_an_array_there_too() -> None:
    batch = vmap(grad(lambda w, x: w[0] * ag.sum(x) + w[1]), (None, 0), "sum")
    found = of(batch)(np.ones(2), [[1.0], [2.0, 3.0]])
    assert (type(found), found.tolist()) == (np.ndarray, [6.0, 2.0])


def test_none_among_samples_and_results_is_the_same_for_all() -> None:
    batch = vmap(lambda x, y: (x["a"] * 2.0, y, None))
    args = ({"a": [1.0, 2.0], "b": None}, None)
    expected = ([2.0, 4.0], None, None)
    assert (batch(*args), of(batch)(*args), of(lambda *args: batch(*args))(*args)) == (
        expected,
        expected,
        expected,
    )
    total = vmap(lambda x: (x, None), reduce="sum")
    assert (total([1.0, 2.0]), of(total)([1.0, 2.0])) == ((3.0, None), (3.0, None))


ENTRY = "should have an entry for each sample, is a float: pass a list or an array, or None in"
NONE = "vmap needs at least one sample, got none"
SEVERAL = "vmap needs as many samples in each mapped argument"
REFUSED: dict[str, tuple[Any, tuple[Any, ...], type[Exception], str]] = {
    "no samples": (vmap(abs), ([],), ValueError, NONE),
    "no rows": (vmap(abs), (np.zeros((0, 2)),), ValueError, NONE),
    "no entries": (vmap(abs), ({},), ValueError, NONE),
    "different lengths": (
        vmap(lambda x, y: x),
        ([1.0], [1.0, 2.0]),
        ValueError,
        f"{SEVERAL}: argument 0 has 1, argument 1 has 2",
    ),
    "different lengths in a dict": (
        vmap(lambda d: 1.0),
        ({"x": [1.0], "y": [1.0, 2.0]},),
        ValueError,
        f"{SEVERAL}: argument 0['x'] has 1, argument 0['y'] has 2",
    ),
    "a number": (vmap(abs), (1.0,), TypeError, f"argument 0 {ENTRY}"),
    "too few axes": (
        vmap(abs, (0,)),
        ([1.0], [2.0]),
        ValueError,
        "in_axes is for 1 argument, got 2",
    ),
    "a list of arrays": (
        vmap(abs),
        ([SIX[0], SIX[1]],),
        TypeError,
        "argument 0 is a list of arrays: pass one array with a row",
    ),
    "None": (vmap(abs), (None,), ValueError, NONE),
    "a text": (vmap(abs), (["a"],), TypeError, "argument 0[0] is a str"),
    "an array of bool": (
        vmap(abs),
        (np.array([True]),),
        TypeError,
        "argument 0 is an array of bool",
    ),
    "an array of complex": (
        vmap(abs),
        (np.array([1j]),),
        TypeError,
        "argument 0 is an array of complex128",
    ),
    "an array of objects": (
        vmap(abs),
        (np.array([1.0], object),),
        TypeError,
        "argument 0 is an array of object",
    ),
    "an array of text": (vmap(abs), (np.array(["1"]),), TypeError, "argument 0 is an array of <U1"),
    "a choice": (
        vmap(lambda x: max(x, 0.0)),
        ([1.0],),
        TracedValueError,
        "a choice by a traced Value",
    ),
    "a result that is none": (
        vmap(lambda x: "a"),
        ([1.0],),
        TypeError,
        "a compiled function returns numbers",
    ),
}


@pytest.mark.parametrize(
    "first", [None, [1.0], np.ones(1)], ids=["at once", "later", "after arrays"]
)
@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_batch_is_refused(name: str, first: Any) -> None:
    batch, args, error, message = REFUSED[name]
    compiled = of(batch)
    if first is not None and batch.f is abs and batch.in_axes == 0:
        compiled(first)
    with pytest.raises(error) as caught:
        compiled(*args)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize("backend", BACKENDS)
def test_keyword_arguments_are_the_same_for_all_samples(backend: str) -> None:
    def f(x: Any, *, k: Any, shift: Any = 0.0) -> Any:
        return [x * a for a in k] if shift == () else [x * a + shift for a in k]

    batch = vmap(f)
    compiled = compile(batch, backend=backend)
    assert compiled([1.0, 2.0], k=[3.0]) == batch([1.0, 2.0], k=[3.0]) == [[3.0], [6.0]]
    assert compiled([1.0], k=[3.0], shift=5.0) == [[8.0]]
    assert compiled([1.0], shift=5.0, k=[3.0, 4.0]) == [[8.0, 9.0]]
    assert compiled.verify([1.0, 2.0], k=[3.0], shift=1.0) == 2
    total = compile(vmap(lambda x, k: x * k, reduce="sum"), backend=backend)
    assert total(np.ones(3), k=2.0) == 6.0
