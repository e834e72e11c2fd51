"""Packing: the engine in C writes and builds what the definitions in Python do."""

import gc
from array import array
from typing import Any

import pytest

from autograd.compiler.call_structure import structure
from autograd.compiler.packing import packer, sample_packer, unpacker
from autograd.compiler.results import ResultBuilder, result_builder
from autograd.compiler.workspace import room_for
from autograd.engine.native import native
from autograd.nn import Linear
from tests.compiler.test_columns import RESULTS, described
from tests.compiler.test_last_call import CHANGES, Couple, Pair

np = pytest.importorskip("numpy")
pytestmark = pytest.mark.skipif(native is None, reason="the engine in C is not there")

KNOWN: list[Any] = [
    *(
        1.0,
        2,
        np.float64(0.1),
        [],
        [1.0, np.float64(2.5), 2],
        (1.0, [2.0, ()]),
        Pair(1.0, 2),
        {"a": 1.0, 2: [3.0]},
    ),
    *({"a": {}, "b": ({"c": -0.0},)}, [[1.0, 2.0], [3.0, 4.0]], [[1.0], [2.0, 3.0]]),
    *(np.arange(6.0).reshape(2, 3), [np.ones(2), 1.0], np.ones((0, 2)), np.arange(6.0)[::2]),
    np.asfortranarray(np.arange(24.0).reshape(2, 3, 4)),
    *(np.arange(3, dtype=kind) for kind in "bBhHiIlLqQf"),
    *(np.arange(12).reshape(3, 4)[::2, 1:], np.array([2**62 + 1, -(2**62) - 1])),
    np.array([2**64 - 1, 0.1], dtype=np.uint64),
]


def key_and_numbers(x: Any) -> Any:
    """What the definition says: the structure, and all numbers."""
    pieces: list[Any] = []
    key = structure(x, "x", pieces)
    return key, [float(y) for piece in pieces for y in np.ravel(piece)]


@pytest.mark.parametrize("x", KNOWN, ids=repr)
def test_numbers_are_packed_in_order(x: Any) -> None:
    pack, (_, numbers) = packer((x, 7.0)), key_and_numbers(x)
    memory = room_for(len(numbers) + 2)
    assert pack is not None
    assert pack((x, 7.0), memory)
    assert [y.hex() for y in memory] == [y.hex() for y in (*numbers, 7.0, 0.0)]


@pytest.mark.parametrize("change", CHANGES)
def test_what_is_packed_has_the_structure_and_the_numbers_that_the_key_tells(change: str) -> None:
    before, after = CHANGES[change]
    pack, memory = packer((before,)), room_for(20)
    assert pack is not None
    assert pack((before,), memory)
    if pack((after,), memory):
        key, numbers = key_and_numbers(after)
        assert (key_and_numbers(before)[0], memory.tolist()[: len(numbers)]) == (key, numbers)


def test_what_c_does_not_know_is_left_to_python() -> None:
    class Walked(tuple[float, ...]):
        def __iter__(self) -> Any:
            return iter((3.0,))

    unknown = [Linear(1, 1, rng=0), np.float32(1.0), np.ones(2, bool), np.ones(2, ">f8"), "1"]
    unknown += [np.ones(2, np.float16), np.ones(2, ">i8")]
    assert [packer(([x],)) for x in (*unknown, True, None, Walked((1.0,)))] == [None] * 10
    deep: Any = 1.0
    for _ in range(2000):
        deep = [deep]
    assert packer((deep,)) is None


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ((1.0,), (1.0, 2.0)),
        ((1.0,), ()),
        (({"a": 1.0},), ({"b": 1.0},)),
        (({1: 1.0},), ({True: 1.0},)),
        ((Pair(1.0, 2.0),), (Couple(1.0, 2.0),)),
        (([1.0],), ([1.0, 2.0],)),
        ((np.ones(2),), (np.ones(3),)),
        ((np.ones(2),), (np.ones(2, np.float16),)),
        ((np.ones(2, int),), (np.ones(2, bool),)),
        ((np.ones((1, 2)),), (np.ones((2, 1)),)),
        ((1.0,), (10**400,)),
        ((1.0,), (None,)),
    ],
    ids=repr,
)
def test_arguments_that_differ_are_not_packed(first: Any, second: Any) -> None:
    pack = packer(first)
    assert pack is not None
    assert [pack(x, room_for(9)) for x in (first, second)] == [True, False]


def test_equal_texts_are_one_key() -> None:
    pack, key = packer(({"ab": 1.0},)), "a"
    assert pack is not None
    assert pack(({key + "b": 2.0},), room_for(1))


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("sample", [1.0, [1.0, 2], {"a": [1.0], "b": (2.0, 3.0)}], ids=repr)
def test_samples_are_packed_one_after_the_other(sample: Any, count: int) -> None:
    found = sample_packer([sample] * 2)
    assert found is not None
    pack, width = found
    memory = room_for(width * count)
    assert pack([sample] * count, memory, count)
    assert memory.tolist() == key_and_numbers(sample)[1] * count
    others = ([sample] * (count + 1), (sample,) * count, [None] * count)
    assert [pack(other, memory, count) for other in others] == [False] * 3


def test_samples_of_different_structures_are_left_to_python() -> None:
    for samples in ([], (1.0,), [1.0, [2.0]], [[1.0], [1.0, 2.0]], [1.0, None], np.ones(2)):
        assert sample_packer(samples) is None


@pytest.mark.parametrize("name", RESULTS)
@pytest.mark.parametrize("arrays", [True, False])
def test_results_are_put_together_as_in_python(name: str, arrays: bool) -> None:
    leaves: list[Any] = []
    build = result_builder(RESULTS[name], leaves, arrays)
    assert isinstance(build, ResultBuilder)
    numbers: Any = np.random.default_rng(0).normal(size=len(leaves))
    wanted = described(build(numbers if arrays else numbers.tolist()))
    unpack = unpacker(build)
    assert unpack is not None
    memory = numbers if arrays else array("d", numbers)
    assert described(unpack(memory)) == wanted
    if len(leaves):
        with pytest.raises(ValueError, match="does not have the results"):
            unpack(memory[:-1])


@pytest.mark.parametrize("collects", [True, False])
def test_the_collector_is_left_as_it_was(collects: bool) -> None:
    rows = ((list, 1, 0, (), False), (float, 1, 0, None, False))
    unpack = native.Unpacker(rows, False)
    try:
        if not collects:
            gc.disable()
        assert unpack(array("d", [1.0, 2.0]), 2, 1, None) == [[1.0], [2.0]]
        assert gc.isenabled() is collects
    finally:
        gc.enable()
