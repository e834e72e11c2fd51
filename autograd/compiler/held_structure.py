"""What a Module, or an optimizer, holds besides its numbers, remembered for the next call.

A cache key has all of that (`cache_keys.py`), and takes as long to make as the Module is large.
Here the objects themselves are compared, and the bytes of settings, so all is the same that a key
would tell, or it is not known to be.
"""

import marshal
from collections.abc import Sequence
from functools import partial
from operator import attrgetter, is_
from types import BuiltinMethodType, SimpleNamespace
from typing import Any
from weakref import ref

from ..engine.value import Value
from ..nn.module import Module
from ..optim.stateful import Stateful
from ..transforms.tracing import differentiated
from .cache_keys import is_record
from .call_structure import Piece, Places, places_of
from .captured.watch import Watch

_UNCHANGING = (str, int, bool, float, complex, bytes, type(None), type(...))
_PLAIN = (str, int, bool, float, type(None))  # settings whose bytes tell what they are
_frozen = attrgetter("is_constant")


class HeldStructure:
    """What a Module holds, and whether that is still the same.

    A compiled function does not keep the Module alive by it, nor what was in one that is gone.

    Args:
        module: the Module.
        places: the parameters, optimizers and schedules in the arguments before it.

    Attributes:
        is_known: whether all that a key would tell is compared.
        parameters: those of the Module.
    """

    def __init__(self, module: Module, places: Places) -> None:
        this = ref(self)  # for nothing holds itself, and waits for the collector
        self._module = ref(module, partial(_forget, this))
        self._kind, self._attributes = type(module), vars(module)
        self._before, self._places = [*places], {**places}
        self.parameters: list[Value] = []
        self._watch: Watch | None = None
        self.is_known = self._look_into(module)

    def _look_into(self, module: Module) -> bool:
        """Note what there is to compare; and whether that is all that a key would tell."""
        plain = type(module).named_parameters is Module.named_parameters
        if not plain or "named_parameters" in vars(module):
            return False
        self.parameters = module.parameters()
        for parameter in self.parameters:
            self._places.setdefault(parameter, len(self._places))
        self._frozen = [*map(_frozen, self.parameters)]
        watch, seen = Watch(), set(map(id, self.parameters))
        stack: list[Any] = [vars(module)]
        while stack:
            x = stack.pop()
            if id(x) in seen or isinstance(x, _UNCHANGING):
                continue
            seen.add(id(x))
            held = None if x is module else _held(x, watch)
            if held is None:
                return False
            stack += held
        self._watch = watch.close()
        return True

    def forget(self) -> None:
        """Keep nothing alive any more."""
        self._watch, self._attributes = None, {}
        self._before, self._places, self.parameters = [], {}, []

    def same(self, x: Any) -> bool:
        """Whether `x` is the Module, and holds the same."""
        return (
            x is self._module()
            and x.__class__ is self._kind
            and vars(x) is self._attributes
            and (self._watch is None or self._watch.same())
            and [*map(_frozen, self.parameters)] == self._frozen
        )

    def read(self, x: Any, pieces: list[Piece], places: Places) -> bool:
        """Add its numbers and its parameters, if it is the same; and whether it is."""
        before = self._before
        alike = len(places) == len(before) and sum(map(is_, places, before)) == len(before)
        if not alike or differentiated.get() or not self.same(x):
            return False
        pieces += [parameter._data for parameter in self.parameters]
        places.update(self._places)
        return True


class HeldState:
    """What an optimizer or a schedule holds besides its numbers, and whether another holds it.

    Args:
        x: the optimizer or the schedule.
        places: the parameters, optimizers and schedules in the arguments before it.

    Attributes:
        is_known: whether all that a key would tell is compared.
    """

    def __init__(self, x: Stateful, places: Places) -> None:
        self._kind, self._names = type(x), tuple(x.number_names())
        self._settings = _settings(x)
        self._owners = places_of(x, {**places})
        self.is_known = self._settings is not None and _is_plain(x.fixed_parts())

    def read(self, x: Any, pieces: list[Piece], places: Places) -> bool:
        """Add its numbers, and what they belong to, if it holds the same; and whether it does."""
        try:
            alike = (
                type(x) is self._kind
                and tuple(x.number_names()) == self._names
                and _settings(x) == self._settings
                and places_of(x, places) == self._owners
            )
            if alike:
                pieces += map(float, x.numbers())
            return alike
        except Exception:  # as in last_call.py
            return False


def _settings(x: Stateful) -> bytes | None:
    """The bytes of its settings, each with its type; None where one has none."""
    try:
        return marshal.dumps(x.fixed_parts(), 2)  # which does not count references
    except ValueError:
        return None


def _is_plain(x: Any) -> bool:
    """Whether all settings are plain ones: the bytes of an array, say, have no type."""
    if type(x) is dict:
        return all(map(_is_plain, (*x, *x.values())))
    if type(x) in (list, tuple, frozenset):
        return all(map(_is_plain, x))
    return type(x) in _PLAIN


def _forget(this: "ref[HeldStructure]", _: Any) -> None:
    held = this()
    if held is not None:
        held.forget()


def _held(x: Any, watch: Watch) -> Sequence[Any] | None:
    """Watch over what `x` holds, and give it; None for what may change unseen."""
    kind: Any = type(x)
    if isinstance(x, Value):
        if x.is_traced or type(x._data) is not float:
            return None
        watch.node(x)
        watch.attribute(x, "is_constant")
        return ()
    if isinstance(x, (Module, SimpleNamespace)) or is_record(x):
        watch.attribute(x, "__class__")
        watch.attribute(x, "__dict__")
        x = vars(x)
    if isinstance(x, dict):
        watch.collection(x)
        watch.collection(x.values())
        return [*x, *x.values()]
    if isinstance(x, list):
        if set(map(type, x)) == {float}:
            watch.floats(x)
            return ()
        watch.collection(x)
        return x
    if isinstance(x, tuple):
        return x
    if kind is partial:
        return x.func, x.args, x.keywords
    if kind in (set, frozenset):
        watch.collection(x)
        return [*x]
    if hasattr(kind, "dtype") and hasattr(kind, "tobytes"):
        return None
    return () if kind is BuiltinMethodType or kind.__hash__ is object.__hash__ else None
