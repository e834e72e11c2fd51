"""The last call of a batch, remembered: `last_call.py` for arguments with an entry per sample."""

from collections.abc import Hashable, Sequence
from typing import Any

from .call_structure import Piece, Places, is_array
from .last_call import Numbers, Read, reader_of
from .recorded_batch import SAMPLES, SampleBlock, samples_structure


class BatchReader:
    """What the arguments of a batch were, to read those of the next call.

    Args:
        args: the arguments.
        names: what they are called.
        mapped: which of them have an entry for each sample.
        kinds: the structure of each.
    """

    def __init__(
        self,
        args: Sequence[Any],
        names: Sequence[str],
        mapped: Sequence[bool],
        kinds: Sequence[Hashable],
    ) -> None:
        self._reads: list[tuple[Read | None, MappedReader | None]] = []
        pieces: list[Piece] = []
        places: Places = {}
        for x, name, there, key in zip(args, names, mapped, kinds, strict=True):
            if there:
                self._reads.append((None, MappedReader(x, name, key)))
                continue
            read = reader_of(x, name, key, places, SAMPLES.advice)
            read(x, pieces, places)
            self._reads.append((read, None))
        self._numbers = Numbers(pieces)

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


class MappedReader:
    """What an argument was that has an entry for each sample; their number may be another.

    Args:
        x: the argument.
        name: what it is called.
        key: its structure.
    """

    def __init__(self, x: Any, name: str, key: Hashable) -> None:
        self._name, self._key = name, key
        self._kind = type(x) if is_array(x) else None
        if self._kind:
            self._number, self._shape = x.dtype, x.shape[1:]

    def read(self, x: Any, blocks: list[SampleBlock]) -> bool:
        """Add its numbers, if it is as before; and whether it is."""
        if self._kind is None:
            try:
                return samples_structure(x, self._name, blocks) == self._key
            except Exception:  # as in last_call.py
                return False
        if type(x) is not self._kind or x.dtype != self._number or x.shape[1:] != self._shape:
            return False
        count = len(x)
        rows = x if x.ndim == 2 else x.reshape(count, -1) if count else x.reshape(0, 0)
        blocks.append(SampleBlock(count, rows.shape[1], rows))
        return True
