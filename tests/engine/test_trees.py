"""Trees in C: what the compiler may not ask for is an error, and no fault of memory."""

import ctypes
import gc
import weakref
from array import array
from typing import Any

import pytest

from autograd.engine.native import native

pytestmark = pytest.mark.skipif(native is None, reason="the engine in C is not there")

NUMBER = (float, 1, 0, None, False)
PAIR = (tuple, 2, 0, None, True)


@pytest.mark.parametrize(
    "rows",
    [
        (),
        (NUMBER, NUMBER),
        ((list, 2, 0, None, False), NUMBER),
        ((dict, 2, 0, ("a",), True),),
        ((dict, 1, 0, None, True),),
        ((list, -1, 0, None, True),),
        ((float, 1, -1, None, False),),
        ((list, 1, 0, None),),
        (((list, 1, 0, (), False),) * 2000 + (NUMBER,)),
        (1,),
    ],
)
@pytest.mark.parametrize("kind", ["Packer", "Unpacker"])
def test_rows_have_to_fit_together(rows: Any, kind: str) -> None:
    with pytest.raises((ValueError, TypeError, SystemError)):
        getattr(native, kind)(rows, False)


@pytest.mark.parametrize("rows", [((float, 2, 0, None, False),), ((float, 1, 1, None, False),)])
def test_numbers_are_packed_without_gaps(rows: Any) -> None:
    with pytest.raises(ValueError, match="do not fit together"):
        native.Packer(rows, False)


@pytest.mark.parametrize("row", [(list, 1, 0, (), True), (bytes, 1, 0, (1,), False)])
def test_results_have_a_row_for_each_part(row: Any) -> None:
    with pytest.raises(ValueError, match="do not fit together"):
        native.Unpacker((row,), False)


@pytest.mark.parametrize(
    ("memory", "error"),
    [
        (array("d", [0.0]), ValueError),
        (array("f", [0.0, 0.0]), TypeError),
        (memoryview(b"0123456789abcdef").cast("d"), BufferError),
        (memoryview(array("d", [0.0] * 4))[::2], BufferError),
        ([0.0, 0.0], TypeError),
    ],
    ids=["too small", "of floats", "read only", "with gaps", "a list"],
)
def test_a_memory_is_a_buffer_of_doubles(memory: Any, error: Any) -> None:
    with pytest.raises(error):
        native.Packer((PAIR,), False)((1.0, 2.0), memory)


@pytest.mark.parametrize("given", [(), (1,), (1, 2, 3, 4), ((1.0,), array("d", [0.0]), -1)])
def test_a_packer_takes_arguments_and_a_memory(given: Any) -> None:
    with pytest.raises((TypeError, ValueError)):
        native.Packer((NUMBER,), False)(*given)


@pytest.mark.parametrize(
    "given",
    [
        (),
        (array("d"),),
        (array("d", [1.0]), 2, 1, None),
        (array("d", [1.0]), 1, 0, None),
        (array("d", [1.0]), -1, 1, None),
        (array("d", [1.0]), 1, 1, ()),
        (array("d", [1.0]), 1, 1, []),
        (array("d", [1.0]), 1, 1),
        (array("d", [1.0]), None, 1, None),
    ],
)
def test_an_unpacker_takes_what_has_the_results(given: Any) -> None:
    with pytest.raises((TypeError, ValueError)):
        native.Unpacker((NUMBER,), False)(*given)


def test_arrays_need_their_columns() -> None:
    unpack = native.Unpacker(((float, 2, 0, (2,), False),), True)
    with pytest.raises(ValueError, match="does not have the results"):
        unpack(array("d", [1.0, 2.0]), 1, 2, ())
    with pytest.raises(IndexError):
        unpack(array("d", [1.0, 2.0] * 2), 2, 2, ([[1.0, 2.0]],))
    assert unpack(array("d", [1.0, 2.0]), 1, 2, (["a"],)) == ["a"]


def test_an_error_of_what_joins_the_items_is_raised() -> None:
    def join(items: Any) -> Any:
        raise KeyError(*items)

    rows: Any
    for rows in (
        ((join, 1, 0, (), False), NUMBER),
        ((tuple, 1, 0, (), False), (join, 1, 0, (), False), NUMBER),
        ((dict, 1, 0, ("a",), False), (join, 1, 0, (), False), NUMBER),
        ((dict, 1, 0, ([],), False), NUMBER),
    ):
        with pytest.raises((KeyError, TypeError)):
            native.Unpacker(rows, False)(array("d", [1.0]))


def test_trees_do_not_keep_a_cycle_alive() -> None:
    class Held:
        def join(self, items: Any) -> Any:
            return items

    held: Any = Held()
    held.unpack = native.Unpacker(((held.join, 0, 0, (), False),), False)
    assert held.unpack(array("d")) == []
    kept = weakref.ref(held)
    del held
    gc.collect()
    assert kept() is None


def test_machine_code_is_called_with_its_argument() -> None:
    found: list[int] = []
    function = ctypes.CFUNCTYPE(None, ctypes.c_void_p)(found.append)
    address = ctypes.cast(function, ctypes.c_void_p).value
    call = native.Code(address, 5, function)
    assert (call(), call(), found) == (None, None, [5, 5])
    with pytest.raises(TypeError, match="called with nothing"):
        call(1)


def test_machine_code_keeps_what_it_belongs_to_and_no_cycle() -> None:
    class Kept:
        call: Any

    kept: Any = Kept()
    kept.call = native.Code(0, 0, kept)
    there = weakref.ref(kept)
    gc.collect()
    assert there() is kept
    del kept
    gc.collect()
    assert there() is None
