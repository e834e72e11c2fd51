"""The last call of a batch, remembered: `last_call.py` for arguments with an entry per sample."""

from collections.abc import Hashable, Sequence
from itertools import chain
from typing import Any

from ..engine.numbers import is_array
from ..transforms.axes import Axes, parts_of
from .batch_binding import BatchCall
from .call_structure import Piece, Places
from .last_call import NumberKinds, ReadArgument, is_floats, is_rows, reader_of
from .packing import sample_packer
from .sample_blocks import SampleBlock, samples_structure
from .workspace import room_for


class BatchReader:
    """What the arguments of a batch were, to read those of the next call.

    Args:
        call: the call.
        kinds: the structure of each argument.
    """

    def __init__(self, call: BatchCall, kinds: Sequence[Hashable]) -> None:
        self._reads: list[tuple[ReadArgument | None, MappedReader | None]] = []
        pieces: list[Piece] = []
        places: Places = {}
        for x, name, there, key in zip(call.args, call.names, call.mapped, kinds, strict=True):
            if there:
                self._reads.append((None, MappedReader(x, name, key)))
                continue
            read = reader_of(x, name, key, places)
            read(x, pieces, places)
            self._reads.append((read, None))
        self._numbers = NumberKinds(pieces)

    def read(self, args: Sequence[Any]) -> tuple[Sequence[Piece], list[SampleBlock]] | None:
        """The numbers that samples share, and those of each, if all else is as before."""
        if len(args) != len(self._reads):
            return None
        pieces: list[Piece] = []
        places: Places = {}
        blocks: list[SampleBlock] = []
        for x, (read, mapped) in zip(args, self._reads, strict=True):
            alike = mapped.read(x, blocks) if mapped else read and read(x, pieces, places)
            if not alike:
                return None
        checked = self._numbers.checked(pieces)
        return None if checked is None else (checked, blocks)


class PartsReader:
    """What the arguments of a batch were of which parts are mapped.

    Args:
        reader: reads the parts.
        args: the arguments.
        in_axes: their axes.
    """

    def __init__(self, reader: BatchReader, args: Sequence[Any], in_axes: Axes) -> None:
        self._reader, self._in_axes = reader, in_axes
        self._treedef = parts_of(args, in_axes).treedef

    def read(self, args: Sequence[Any]) -> tuple[Sequence[Piece], list[SampleBlock]] | None:
        """The numbers that samples share, and those of each, if all else is as before."""
        try:
            found = parts_of(args, self._in_axes)
        except ValueError:  # as in last_call.py
            return None
        return self._reader.read(found.parts) if found.treedef == self._treedef else None


class MappedReader:
    """What an argument was that has an entry for each sample; their number may be another.

    Args:
        x: the argument.
        name: what it is called.
        key: its structure.
    """

    def __init__(self, x: Any, name: str, key: Hashable) -> None:
        self._name, self._key, self._kind = name, key, type(x)
        self._read = MappedReader._read_anew
        found = sample_packer(x)
        if found is not None:
            self._pack, self._width = found
            self._read = MappedReader._read_packed
        elif is_array(x):
            self._number, self._shape = x.dtype, x.shape[1:]
            self._read = MappedReader._read_array
        elif type(x) is list and is_floats(x):
            self._read = MappedReader._read_floats
        elif type(x) is list and type(x[0]) is list and is_rows(x, len(x), len(x[0])):
            self._width = len(x[0])
            self._read = MappedReader._read_rows

    def read(self, x: Any, blocks: list[SampleBlock]) -> bool:
        """Add its numbers, if it is as before; and whether it is."""
        return type(x) is self._kind and self._read(self, x, blocks)

    def _read_anew(self, x: Any, blocks: list[SampleBlock]) -> bool:
        try:
            return samples_structure(x, self._name, blocks) == self._key
        except Exception:  # as in last_call.py
            return False

    def _read_packed(self, x: Any, blocks: list[SampleBlock]) -> bool:
        count = len(x)
        memory = room_for(count * self._width)
        blocks.append(SampleBlock(self._name, count, self._width, memory))
        return self._pack(x, memory, count)

    def _read_array(self, x: Any, blocks: list[SampleBlock]) -> bool:
        if x.dtype != self._number or x.shape[1:] != self._shape:
            return False
        count = len(x)
        rows = x if x.ndim == 2 else x.reshape(count, -1) if count else x.reshape(0, 0)
        blocks.append(SampleBlock(self._name, count, rows.shape[1], rows))
        return True

    def _read_floats(self, x: Any, blocks: list[SampleBlock]) -> bool:
        numbers = x[:]
        blocks.append(SampleBlock(self._name, len(numbers), 1, numbers))
        return is_floats(numbers)

    def _read_rows(self, x: Any, blocks: list[SampleBlock]) -> bool:
        count = len(x)
        if not is_rows(x, count, self._width):
            return False
        numbers = [*chain.from_iterable(x)]
        blocks.append(SampleBlock(self._name, count, self._width, numbers))
        return len(numbers) == count * self._width and is_floats(numbers)
