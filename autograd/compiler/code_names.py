"""Which names the code of a function reads: of variables, attributes and imported modules.

A name counts if its value may matter to what the function gives. That of a list which only gets
entries, or of a counter that is only counted up, does not.
"""

import dis
import functools
from collections.abc import Iterator, Sequence
from types import CodeType
from typing import NamedTuple

ADDING = ("add", "append", "appendleft", "extend", "extendleft", "insert", "update")
_LOADS = {
    "LOAD_ATTR",
    "LOAD_CLASSDEREF",
    "LOAD_DEREF",
    "LOAD_FROM_DICT_OR_DEREF",
    "LOAD_FROM_DICT_OR_GLOBALS",
    "LOAD_GLOBAL",
    "LOAD_METHOD",
    "LOAD_NAME",
    "LOAD_SUPER_ATTR",
    "IMPORT_FROM",
}
_STORES = {"STORE_ATTR", "STORE_DEREF", "STORE_GLOBAL", "STORE_NAME"}
_COUNTING = {"LOAD_CONST", "LOAD_SMALL_INT", "BINARY_OP", "SWAP"}


class Names(NamedTuple):
    """The names that code reads.

    Attributes:
        read: those whose values may matter.
        added: those that are used for nothing but to add to a collection, as in ``seen.add(x)``.
        modules: the modules that are imported inside.
    """

    read: frozenset[str]
    added: frozenset[str]
    modules: frozenset[str]


@functools.lru_cache(maxsize=4096)
def names_of(code: CodeType) -> Names:
    """The names that `code` reads, with those of the functions defined inside.

    Example:
        >>> found = names_of((lambda x: runs.append(x) or config.scale * x).__code__)
        >>> sorted(found.read), sorted(found.added)
        (['append', 'config', 'scale'], ['runs'])
    """
    read: set[str] = set()
    added: set[str] = set()
    modules: set[str] = set()
    for instruction, after in _instructions(code):
        name = instruction.argval
        if instruction.opname == "IMPORT_NAME":
            modules.add(name)
        elif instruction.opname in _LOADS and not _only_counted(name, after):
            adds = after[0].opname in ("LOAD_ATTR", "LOAD_METHOD") and after[0].argval in ADDING
            (added if adds else read).add(name)
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            names = names_of(inner)
            read |= names.read
            added |= names.added
            modules |= names.modules
    return Names(frozenset(read), frozenset(added - read), frozenset(modules))


def _instructions(code: CodeType) -> Iterator[tuple[dis.Instruction, Sequence[dis.Instruction]]]:
    """Each instruction, with those that come next."""
    found = list(dis.get_instructions(code))
    for i, instruction in enumerate(found[:-1]):  # the last one returns or raises
        yield instruction, found[i + 1 : i + 6]


def _only_counted(name: str, after: Sequence[dis.Instruction]) -> bool:
    """Whether the value is used for nothing but its own next one, as in ``count += 1``."""
    for instruction in after:
        if instruction.opname in _STORES:
            return bool(instruction.argval == name)
        if instruction.opname not in _COUNTING:
            return False
    return False
