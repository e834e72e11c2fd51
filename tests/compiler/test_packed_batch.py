"""Packed batch: calls of as many samples are packed by the engine in C, with the same results."""

from collections.abc import Callable
from typing import Any

import pytest

from autograd import dot, exp, lookup, value_and_grad, vmap
from autograd.compiler import compile
from autograd.compiler.compiled_batch import CompiledBatch
from autograd.compiler.packed_batch import batch_packer
from autograd.compiler.recorded_batch import MOST_COUNTS
from autograd.engine.native import native
from autograd.transforms.lane_sum import SLAB

np = pytest.importorskip("numpy")
pytestmark = pytest.mark.skipif(native is None, reason="the engine in C is not there")


def loss(w: Any, x: Any, y: Any) -> Any:
    return exp(dot(w["a"], x) * 0.1 + w["b"]) * y


def compiled() -> Any:
    return compile(vmap(value_and_grad(loss), (None, 0, 0), "mean"))


def lists(count: int, shift: float = 0.0) -> tuple[Any, ...]:
    xs = [[i * 0.01 + shift, 1.0 - i * 0.02] for i in range(count)]
    return {"a": [0.5 + shift, -1.0], "b": 0.25}, xs, [1.0 + i for i in range(count)]


def arrays(count: int, shift: float = 0.0) -> tuple[Any, ...]:
    w, xs, ys = lists(count, shift)
    return {**w, "a": np.array(w["a"])}, np.array(xs), np.array(ys)


def packers(f: CompiledBatch) -> Any:
    return f._recordings.last._packers


@pytest.mark.parametrize("given", [lists, arrays])
def test_calls_of_as_many_samples_have_the_results_that_a_first_call_has(
    given: Callable[..., Any],
) -> None:
    f = compiled()
    for count, shift in ((9, 0.0), (9, 1.0), (9, 2.0), (4, 2.0), (4, 3.0), (9, 3.0)):
        args = given(count, shift)
        assert repr(f(*args)) == repr(compiled()(*args))
    assert set(packers(f)) == {4, 9}


def test_calls_that_differ_are_read_anew() -> None:
    f = compiled()
    w, xs, ys = arrays(9)
    for _ in range(3):
        f(w, xs, ys)
    for other in (
        ({**w, "b": 3}, xs, ys),
        ({"b": 0.25, "a": w["a"]}, xs, ys),
        (w, xs[::-1], ys),
        (w, np.asfortranarray(xs), ys),
        (w, xs.tolist(), ys),
    ):
        assert repr(f(*other)) == repr(compiled()(*other))
    for wrong in ((w, xs, ys[:-1]), (w, xs[:, :1], ys), (w, xs), (w, 1.0, ys), ()):
        with pytest.raises((TypeError, ValueError, IndexError)) as expected:
            compiled()(*wrong)
        with pytest.raises(expected.type) as raised:
            f(*wrong)
        assert str(raised.value) == str(expected.value)


def test_results_are_not_those_of_the_next_call() -> None:
    f = compiled()
    found = [f(*arrays(9, float(i))) for i in range(4)]
    assert repr(found) == repr([compiled()(*arrays(9, float(i))) for i in range(4)])


def test_more_samples_than_a_slab_has_are_not_packed() -> None:
    f = compiled()
    for _ in range(3):
        f(*arrays(SLAB + 1))
    assert packers(f) == {SLAB + 1: None}


def test_ways_to_pack_are_not_kept_for_ever() -> None:
    f = compiled()
    for count in range(1, MOST_COUNTS + 4):
        f(*arrays(count))
    assert len(packers(f)) == MOST_COUNTS


def test_a_lookup_out_of_range_is_told_of_as_before() -> None:
    f: Any = compile(vmap(lambda x, i: lookup([x, x * 2.0], i), reduce="sum"))
    xs, good, bad = np.ones(3), np.zeros(3), np.array([0.0, 2.0, 0.0])
    for _ in range(3):
        assert f(xs, good) == 3.0
    with pytest.raises(IndexError, match="2"):
        f(xs, bad)
    assert f(xs, good) == 3.0


def test_what_c_does_not_know_has_no_packer() -> None:
    slab = None
    assert batch_packer(({1.5: object()}, [1.0]), (False, True), 1, slab) is None  # type: ignore[arg-type]
