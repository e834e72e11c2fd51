"""The names that the code of a function reads: variables, attributes, imported modules.

A name counts if its value may matter to what the function gives. That of a list which only gets
entries, or of a counter that is only counted up, does not.
"""

import dis
import functools
import inspect
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from types import CellType, CodeType, FunctionType
from typing import Any, NamedTuple

_WHERE_MADE = {"__init__", "__new__", "__post_init__"}
_NOT_IN_CALLS = {
    "__repr__",
    "__str__",
    "__getstate__",
    "__setstate__",
    "__reduce__",
    "__reduce_ex__",
}
_NOT_IN_CALLS |= {"__copy__", "__deepcopy__", "__del__", "__dir__"}
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
_OF_GLOBALS = {"LOAD_FROM_DICT_OR_GLOBALS", "LOAD_GLOBAL", "LOAD_NAME"}
_STORES = {"STORE_ATTR", "STORE_DEREF", "STORE_GLOBAL", "STORE_NAME"}
# With these, code reads by names that stand in texts, or nowhere.
ANY_NAME = {"__dict__", "asdict", "astuple", "attrgetter", "getattr", "globals", "vars"}
_GROWING = (list, set, dict, deque)
_NOTHING: tuple[frozenset[str], ...] = (frozenset(),) * 4
_COUNTING = {"LOAD_CONST", "LOAD_SMALL_INT", "BINARY_OP", "SWAP"}


class CodeNames(NamedTuple):
    """The names that code reads.

    Attributes:
        read: those whose values may matter, of variables and of attributes.
        variables: those of them that may stand for globals.
        added: those that are used for nothing but to add to a collection, as in ``seen.add(x)``.
        modules: the modules that are imported inside.
    """

    read: frozenset[str]
    variables: frozenset[str]
    added: frozenset[str]
    modules: frozenset[str]

    def matters(self, name: str, x: Any) -> bool:
        """Whether it may matter to the code that `name` stands for `x`."""
        return name in self.read or (name in self.added and type(x) not in _GROWING)


@functools.lru_cache(maxsize=4096)
def code_names_of(code: CodeType) -> CodeNames:
    """The names that `code` reads, with those of the functions defined inside.

    Example:
        >>> found = code_names_of((lambda x: runs.append(x) or config.scale * x).__code__)
        >>> sorted(found.read), sorted(found.added)
        (['append', 'config', 'scale'], ['runs'])
    """
    inner = [code_names_of(x) for x in code.co_consts if isinstance(x, CodeType)]
    read, variables, added, modules = (
        set[str]().union(*x) for x in zip(_NOTHING, *inner, strict=True)
    )
    for instruction, after in _instructions(code):
        name = instruction.argval
        if instruction.opname == "IMPORT_NAME":
            modules.add(name)
        elif instruction.opname == "MATCH_CLASS":
            read.add("getattr")
        elif instruction.opname in _LOADS and not _only_counted(name, after):
            adds = after[0].opname in ("LOAD_ATTR", "LOAD_METHOD") and after[0].argval in ADDING
            (added if adds else read).add(name)
            if instruction.opname in _OF_GLOBALS:
                variables.add(name)
    if read & ANY_NAME:
        texts = {x for x in code.co_consts if isinstance(x, str) and x.isidentifier()}
        read, variables = read | texts, variables | texts
    return CodeNames(*map(frozenset, (read, variables, added - read, modules)))


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


def closed_over(f: FunctionType) -> dict[str, tuple[CellType, Any]]:
    """The variables that a function closes over, with what is in them."""
    found = {}
    for name, cell in zip(f.__code__.co_freevars, f.__closure__ or (), strict=True):
        try:
            found[name] = (cell, cell.cell_contents)
        except ValueError:  # not assigned yet
            continue
    return found


def called_by_python(members: Mapping[str, Any], making: bool) -> set[str]:
    """The methods of a class that run without being named."""
    return {
        name
        for name, member in members.items()
        if name.startswith("__")
        and isinstance(inspect.unwrap(member), (FunctionType, staticmethod))
        and name not in _NOT_IN_CALLS
        and (making or name not in _WHERE_MADE)
    }
