"""The last call, remembered: whether another call has its structure, and the numbers in that.

`structure` finds out anew what each call has, builds a cache key for it and looks the recording up.
Most calls are like the one before. So what was found is kept with the recording, as functions that
go through the arguments once, compare, and gather the numbers. Where anything differs, even if it
would make no other key, they leave the call to `structure`, which knows what it means.
"""

from collections.abc import Callable, Hashable, Sequence
from functools import partial
from itertools import chain, repeat
from operator import attrgetter
from typing import Any

from ..engine.numbers import is_array
from ..nn.module import Module
from ..optim.stateful import Stateful
from .call_structure import Piece, Places, structure
from .held_structure import HeldState, HeldStructure

# Adds the numbers of an argument to the pieces, if it is as before; and whether it is.
ReadArgument = Callable[[Any, list[Piece], Places], bool]

OTHER: Any = object()  # what a call gives that differs from the last one
MOST_READERS = 8  # made for a recording, whose calls differ again and again in what makes no key
_form = attrgetter("dtype", "shape")
_NO_PLACES: Places = {}


class NumberKinds:
    """What kinds of numbers the arguments have, floats or ints or arrays of these shapes.

    Args:
        pieces: the numbers in the arguments.
    """

    def __init__(self, pieces: Sequence[Piece]) -> None:
        self.size, self.kinds = len(pieces), [*map(type, pieces)]
        self._floats = self.kinds.count(float) == self.size
        self._places = [i for i, x in enumerate(pieces) if is_array(x)]
        self._forms = [*map(_form, self._arrays(pieces))]

    def _arrays(self, pieces: Sequence[Piece]) -> Sequence[Any]:
        return pieces if len(self._places) == self.size else [pieces[i] for i in self._places]

    def checked(self, pieces: Sequence[Piece]) -> Sequence[Piece] | None:
        """These numbers, if they are of the same kinds; else None."""
        kinds = [*map(type, pieces)]
        if self._floats:
            return pieces if kinds.count(float) == self.size == len(kinds) else None
        if kinds != self.kinds:
            return None
        if self._forms:
            return pieces if [*map(_form, self._arrays(pieces))] == self._forms else None
        try:
            return [*map(float, pieces)]
        except OverflowError:  # of an int
            return None


class CallReader:
    """What the arguments of a call were, to read those of the next.

    Args:
        reads: what reads each argument.
        pieces: the numbers in the arguments.
    """

    def __init__(self, reads: Sequence[ReadArgument], pieces: Sequence[Piece]) -> None:
        self._reads, self._count, self._numbers = reads, len(reads), NumberKinds(pieces)
        self._plain = all(read is _leaf for read in reads)
        floats = self._plain and set(self._numbers.kinds) == {float}
        self._floats = (float,) * len(reads) if floats else None

    def read(self, args: Sequence[Any]) -> tuple[Sequence[Piece], Places] | None:
        """The numbers in the arguments, and what `Places` there are, if all else is as before."""
        if self._floats is not None:  # as in most small functions, at half the time
            return (args, _NO_PLACES) if tuple(map(type, args)) == self._floats else None
        if len(args) != self._count:
            return None
        places: Places = {}
        pieces: Any = args
        if not self._plain:
            pieces = []
            for read, x in zip(self._reads, args, strict=True):
                if read is _leaf:  # without a call
                    pieces.append(x)
                elif not read(x, pieces, places):
                    return None
        checked = self._numbers.checked(pieces)
        return None if checked is None else (checked, places)


def call_reader(
    args: Sequence[Any], names: Sequence[str], kinds: Sequence[Hashable]
) -> CallReader | None:
    """Make what reads calls like this one, for its recording; None if something is odd.

    Args:
        args: the arguments.
        names: what they are called.
        kinds: the structure of each.
    """
    places: Places = {}
    pieces: list[Piece] = []
    reads = []
    for x, name, key in zip(args, names, kinds, strict=True):
        read = reader_of(x, name, key, places)
        if not read(x, pieces, places):
            return None
        reads.append(read)
    return CallReader(reads, pieces)


def reader_of(x: Any, name: str, key: Hashable, places: Places) -> ReadArgument:
    """Make a function that reads an argument like this one.

    Args:
        x: the argument.
        name: what it is called.
        key: its structure.
        places: the parameters, optimizers and schedules in the arguments before it.
    """
    by_key = partial(_by_key, name, key)
    if isinstance(x, Module):
        held = HeldStructure(x, places)
        return held.read if held.is_known else by_key
    if isinstance(x, Stateful):
        state = HeldState(x, places)
        return state.read if state.is_known else by_key
    try:
        return _reader(x) or by_key
    except RecursionError:  # of deep lists, where Python is deep in calls already
        return by_key


def _by_key(name: str, key: Hashable, x: Any, pieces: list[Piece], places: Places) -> bool:
    """ReadArgument an argument of any kind, as a first call does."""
    try:
        return structure(x, name, pieces, places) == key
    except Exception:  # which is told when it is read anew, unless an argument before has another
        return False


def _leaf(x: Any, pieces: list[Piece], places: Places) -> bool:
    pieces.append(x)
    return True


def _nothing(x: Any, pieces: list[Piece], places: Places) -> bool:
    return x is None


def _reader(x: Any) -> ReadArgument | None:
    """Make a function that reads what is like `x`; None for what has parts of another kind."""
    if x is None:
        return _nothing
    kind = type(x)
    if kind is float or kind is int or is_array(x):
        return _leaf
    if kind is dict:
        items: Any = x.values()
    elif kind is list or kind is tuple or (isinstance(x, tuple) and hasattr(x, "_fields")):
        items = x
    else:
        return None
    reads: list[Any] = [_reader(item) for item in items]
    if None in reads:
        return None
    if kind is dict:
        return _dict_reader(x, reads)
    if len(reads) > 1 and _are_rows(x):
        return _rows_reader(x)
    return _sequence_reader(kind, reads)


def _sequence_reader(kind: Any, reads: Sequence[ReadArgument]) -> ReadArgument:
    size = len(reads)

    def read(x: Any, pieces: list[Piece], places: Places) -> bool:
        if type(x) is not kind or len(x) != size:
            return False
        pieces += x
        return True

    def read_each(x: Any, pieces: list[Piece], places: Places) -> bool:
        if type(x) is not kind or len(x) != size:
            return False
        return all(map(_call, reads, x, repeat(pieces), repeat(places)))

    return read if all(one is _leaf for one in reads) else read_each


def _call(read: ReadArgument, x: Any, pieces: list[Piece], places: Places) -> bool:
    try:
        return read(x, pieces, places)
    except RecursionError:  # as above; the call is read anew
        return False


def _dict_reader(x: dict[Any, Any], reads: Sequence[ReadArgument]) -> ReadArgument:
    keys, kinds, ids = [*x], [*map(type, x)], [*map(id, x)]

    def alike(x: dict[Any, Any]) -> bool:  # where the keys are the same objects, at half the time
        return [*map(id, x)] == ids or ([*x] == keys and [*map(type, x)] == kinds)

    def read(x: Any, pieces: list[Piece], places: Places) -> bool:
        if type(x) is not dict or not alike(x):
            return False
        pieces += x.values()
        return True

    def read_each(x: Any, pieces: list[Piece], places: Places) -> bool:
        if type(x) is not dict or not alike(x):
            return False
        return all(map(_call, reads, x.values(), repeat(pieces), repeat(places)))

    return read if all(one is _leaf for one in reads) else read_each


def _are_rows(x: Sequence[Any]) -> bool:
    """Whether all items are lists of numbers, of one length."""
    return (
        type(x[0]) is list
        and is_rows(x, len(x), len(x[0]))
        and set(map(type, chain.from_iterable(x))) <= {float, int}
    )


def is_floats(x: Sequence[Any]) -> bool:
    """Whether all items are floats, and of no subclass."""
    return [*map(type, x)].count(float) == len(x)


def is_rows(x: Sequence[Any], count: int, width: int) -> bool:
    """Whether `x` has so many items, all of them lists of this length."""
    return [*map(type, x)].count(list) == count == len(x) and [*map(len, x)].count(width) == count


def _rows_reader(x: Sequence[Any]) -> ReadArgument:
    kind, size, width = type(x), len(x), len(x[0])

    def read(x: Any, pieces: list[Piece], places: Places) -> bool:
        if type(x) is not kind or not is_rows(x, size, width):
            return False
        pieces += chain.from_iterable(x)
        return True

    return read
