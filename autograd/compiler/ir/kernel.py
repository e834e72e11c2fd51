"""A call of a kernel: which one, and the numbers that it reads."""

from typing import Any, NamedTuple

Name = tuple[Any, ...]  # the kind of a kernel, and what tells it from others of its kind
ROW, SPLAT = "r", "s"  # how a vector of eight is read: eight numbers side by side, or one


class Kernel(NamedTuple):
    """A call of a kernel.

    Attributes:
        name: which one.
        blocks: how many vectors of results it gives; of tiles and transposes, how many of these.
        terms: how many terms each of them has.
        table: for each block the address of the result, then those of the operands; for tiles see
            `tiles.py`, for packs `packs.py`.
        body: the kernels that a loop over samples runs, or a repeat, whose number of runs is its
            `terms`. The table of a loop holds how many samples a slab has, and where its frames are
            (`frames.py`); that of a repeat how many copies come before and after each run, and then
            these.
    """

    name: Name
    blocks: int
    terms: int
    table: list[int]
    body: "list[Kernel]"
