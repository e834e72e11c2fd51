"""Packed batch: the numbers of a call of a batch, written into a memory by the engine in C.

`last_batch.py` is the definition. A call with lists and arrays alone, of no more samples than one
run takes, is packed like one before it of as many samples.
"""

from collections.abc import Callable, Sequence
from typing import Any

from ..engine.numbers import is_array
from .ir.batch_layout import Slab
from .packing import Pack, packer, sample_packer
from .workspace import Workspace

PackEntries = Callable[[Any, Any], bool]  # of an argument with an entry for each sample


class BatchPacker:
    """Packs calls like one, of as many samples.

    Args:
        shared: which of the arguments samples share.
        pack: packs these.
        mapped: which of the arguments have an entry for each sample, and what packs them.
        count: how many samples there are.
        slab: where they go.
    """

    def __init__(
        self,
        shared: Sequence[int],
        pack: Pack,
        mapped: Sequence[tuple[int, PackEntries]],
        count: int,
        slab: Slab,
    ) -> None:
        self._shared, self._pack, self._mapped = shared, pack, mapped
        self._size, self._count = len(shared) + len(mapped), float(count)
        self._samples, self._total = slab.samples, slab.total

    def __call__(self, args: Sequence[Any], space: Workspace) -> bool:
        """Write the numbers of these arguments; and whether they are as before."""
        if len(args) != self._size:
            return False
        memory = space.memory
        if not self._pack(tuple([args[i] for i in self._shared]), memory):
            return False
        for (i, pack), place in zip(self._mapped, space.places, strict=True):
            if not pack(args[i], place):
                return False
        memory[self._samples] = memory[self._total] = self._count
        return True


def batch_packer(
    args: Sequence[Any], mapped: Sequence[bool], count: int, slab: Slab
) -> BatchPacker | None:
    """Make what packs calls like this one; None where Python has to read them.

    Args:
        args: the arguments.
        mapped: which of them have an entry for each sample.
        count: how many samples there are.
        slab: where they go.
    """
    shared = [i for i, there in enumerate(mapped) if not there]
    pack = packer([args[i] for i in shared])
    found = [(i, _entries_packer(args[i])) for i, there in enumerate(mapped) if there]
    known = [(i, one) for i, one in found if one is not None]
    if pack is None or count > slab.room or len(known) < len(found):
        return None
    return BatchPacker(shared, pack, known, count, slab)


def _entries_packer(x: Any) -> PackEntries | None:
    """What packs an argument like this one, if C knows it."""
    if is_array(x):
        pack = packer([x])
        return pack and (lambda x, place: pack((x,), place))
    samples, count = sample_packer(x), len(x)
    return samples and (lambda x, place: samples[0](x, place, count))
