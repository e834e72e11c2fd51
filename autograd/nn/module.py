"""`Module`: a part of a network that finds its parameters and groups the nodes it makes.

A module is any object with parameters in its attributes and a `forward` method. Calling it runs
`forward`, and every node made inside remembers the `Call`, so that a drawing can show a thousand
nodes as a few neurons or layers.
"""

import itertools
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import nullcontext
from functools import lru_cache
from typing import Any, NamedTuple
from weakref import WeakValueDictionary

from ..engine.commit import clear_gradients, commit
from ..engine.errors import StateDictError
from ..engine.nesting import DEEPEST, explaining_depth, far_inside
from ..engine.note import Note
from ..engine.protocols import displays
from ..engine.value import Leaf, Value
from ..engine.watching import begin_call, end_call, in_force
from ..transforms.strict import refuse_recorded
from . import state_dict as states

# --- calls ----------------------------------------------------------------------------------


class Call:
    """One call of a module, which the nodes made inside carry as ``value.call``.

    When it has ended, it refers to no module and no node, so it keeps nothing alive. Two calls are
    never equal. It is itself the note (see note.py) of its nodes.

    Attributes:
        kind: the class of the module, such as ``"Neuron"``.
        path: its dotted name in the outermost module, such as ``"layers.0.neurons.1"``; empty
            for the outermost module itself, or if the module is no part of its caller.
        parent: the call that this one was made from, None for the outermost.
        number: 1 for the first call of that kind and path in the outermost call, 2 for the next.
    """

    __slots__ = ("_module", "_numbers", "_paths", "kind", "number", "parent", "path")

    label, parameter = "", False

    def __init__(
        self,
        module: "Module",
        path: str = "",
        parent: "Call | None" = None,
        numbers: dict[Any, int] | None = None,
    ) -> None:
        kind, numbers = type(module).__name__, {} if numbers is None else numbers
        place = path or (kind,)
        self.number = numbers[place] = numbers.get(place, 0) + 1
        self.kind, self.path, self.parent = kind, path, parent
        self._module: Module | None = module  # while it runs
        self._paths: dict[int, str] | None = None  # of the modules it holds, by their ids
        self._numbers = numbers  # how often each was called so far in the outermost call

    @property
    def call(self) -> "Call":
        """This call: the note of a node says which call made it."""
        return self

    def _replace(self, **changes: Any) -> Note:
        """A note that says this call and something else."""
        return Note(call=self)._replace(**changes)

    def calling(self, module: "Module") -> "Call":
        """A call of `module` made from this one, which runs."""
        paths = self._paths
        if paths is None:
            paths = self._paths = {} if self._module is None else _paths_in(self._module, self.path)
        path = paths.get(id(module))
        if path is None:
            path = self._find_path(module)
        return Call(module, path, self, self._numbers)

    def end(self) -> None:
        """Let go of the module and what is known of it."""
        self._module = self._paths = None

    def _find_path(self, module: "Module") -> str:
        """The path of a module further inside; empty for one that is no part of this one."""
        if self._module is None:  # it has ended, in the context that this one is a copy of
            return ""
        name = next((name for name, x in walk(self._module) if x is module), "")
        return f"{self.path}.{name}" if self.path and name else name

    def __repr__(self) -> str:
        return (
            f"Call(kind={self.kind!r}, path={self.path!r}, parent={self.parent!r}, "
            f"number={self.number!r})"
        )


# --- modules --------------------------------------------------------------------------------


_HOLDERS = {list, tuple, dict}


def _members(name: str, holder: Any) -> list[tuple[str, Any]]:
    """The members of a module, list, tuple or dict, with dotted names."""
    if isinstance(holder, (list, tuple)):
        items: Any = enumerate(holder)
    else:
        items = (holder if isinstance(holder, dict) else vars(holder)).items()
    prefix = f"{name}." if name else ""
    return [
        (f"{prefix}{key}", x)
        for key, x in items
        if isinstance(x, (Value, Module, list, tuple, dict))
    ]


def _paths_in(module: "Module", above: str) -> dict[int, str]:
    """The paths of the modules that a module holds, by their ids, for a module of path `above`."""
    prefix = above and f"{above}."
    found: dict[int, str] = {}
    for name, x in vars(module).items():
        if isinstance(x, Module):
            found.setdefault(id(x), f"{prefix}{name}")
        elif isinstance(x, (list, tuple, dict)):
            kinds = set(map(type, x))
            if isinstance(x, dict) or not kinds.isdisjoint(_HOLDERS):
                held = walk(module, nested=False)
                return {id(x): f"{prefix}{name}" for name, x in held}
            if kinds != {Leaf}:  # a list of modules, at a tenth of the time of a walk
                named = zip(map(id, reversed(x)), _numbered(f"{prefix}{name}", len(x)), strict=True)
                found = dict(named) | found
    return found


@lru_cache
def _numbered(name: str, count: int) -> list[str]:
    """The names of the items of a list, the last one first."""
    return [f"{name}.{i}" for i in reversed(range(count))]


def walk(module: "Module", *, nested: bool = True) -> Iterator[tuple[str, Any]]:
    """Every module and Value below `module`, each once, in the order of definition.

    Without `nested`, those that other modules hold are left out.
    """
    seen = {id(module)}
    stack = _members("", module)[::-1]
    while stack:
        name, x = stack.pop()
        if id(x) in seen:
            continue
        seen.add(id(x))
        if isinstance(x, (Value, Module)):
            yield name, x
        if not isinstance(x, Value) and (nested or not isinstance(x, Module)):
            stack += _members(name, x)[::-1]


def _parameters(module: "Module") -> Iterator[tuple[str, Value]]:
    """The leaves that get a gradient, marked as parameters so that drawings can tell."""
    for name, x in walk(module):
        if isinstance(x, Value) and x.is_leaf and not x.is_constant:
            x.mark_parameter()
            yield name, x


_called: WeakValueDictionary[int, "Module"] = WeakValueDictionary()  # their parameters are marked


_INNERMOST_FIRST = "innermost first"  # marks the state of a deep Module


def _no_forward(self: "Module", *args: Any, **kwargs: Any) -> Any:
    # Not an abstract class: a Module that only holds others needs no forward.
    raise NotImplementedError(
        f"{type(self).__name__} has no forward(): define one, it is what a call runs"
    )


class Part(NamedTuple):
    """A module inside another, or neighbours that are alike, as an outline shows it.

    Attributes:
        depth: how many modules are around it.
        name: its name in the module around, such as ``"layers.0"``, or the first and last.
        alike: how many are alike.
        kind: its class.
        shape: what its `extra_repr` says.
        parameters: how many parameters it has, -1 if it was shown above, -2 if it is so deep that
            what it holds is not shown.
    """

    depth: int
    name: str
    alike: int
    kind: str
    shape: str
    parameters: int

    def __str__(self) -> str:
        several = f"{self.alike} x " if self.alike > 1 else ""
        name = f"{self.name}: " if self.name else ""
        if self.parameters < 0:
            why = "shown above" if self.parameters == -1 else "and what it holds"
            return f"{name}{several}{self.kind} ({why})"
        plural = "s" * (self.parameters != 1)
        return f"{name}{several}{self.kind}({self.shape}): {self.parameters} parameter{plural}"


class Module:
    """A part of a network: subclass it, keep Values in attributes, define ``forward``.

    Attributes may hold Values and modules directly, or in lists, tuples and dicts. A subclass
    may override ``__call__`` instead of ``forward``; its nodes then belong to no group.

    Example:
        >>> from autograd import Value
        >>> class Line(Module):
        ...     def __init__(self):
        ...         self.slope, self.offset = Value(2.0), Value(1.0)
        ...     def forward(self, x):
        ...         return self.slope * x + self.offset
        >>> y = Line()(3.0)
        >>> y.data, y.call.kind
        (7.0, 'Line')
    """

    forward: Callable[..., Any] = _no_forward

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """The result of ``forward``; the nodes made inside carry this call."""
        around = in_force()
        caller = around.call
        if caller is None:
            self._mark_parameters()
        call = Call(self) if caller is None else caller.calling(self)
        inside = begin_call(call, around)
        try:
            return self.forward(*args, **kwargs)
        except RecursionError:
            with explaining_depth(self, type(self).__name__) if caller is None else nullcontext():
                raise
        finally:
            call.end()
            end_call(inside, around)

    def _mark_parameters(self) -> None:
        """Mark the parameters as such, at the first call."""
        if _called.get(id(self)) is not self:
            _called[id(self)] = self
            for _ in _parameters(self):
                pass

    def __reduce_ex__(self, protocol: Any) -> Any:
        """Support for `copy` and `pickle`; of a deep Module they get the innermost first."""
        made: Any = super().__reduce_ex__(protocol)
        plain = type(self).__setstate__ is Module.__setstate__
        inner = far_inside(self) if plain else []
        return (*made[:2], (_INNERMOST_FIRST, inner, made[2])) if inner else made

    def __setstate__(self, state: Any) -> None:
        """Take over attributes."""
        if isinstance(state, tuple) and state[0] == _INNERMOST_FIRST:
            state = state[2]
        attributes, slots = state if isinstance(state, tuple) else (state, None)
        vars(self).update(attributes or {})
        for name, x in (slots or {}).items():
            setattr(self, name, x)

    def named_parameters(self) -> list[tuple[str, Value]]:
        """The leaves that get a gradient, each once, with dotted names.

        Raises:
            ValueError: if two have one name, as with the dict keys ``1`` and ``"1"``.

        Example:
            >>> from autograd.nn import Neuron
            >>> [name for name, _ in Neuron(2).named_parameters()]
            ['weights.0', 'weights.1', 'bias']
        """
        named: dict[str, Value] = {}
        for name, x in _parameters(self):
            if named.setdefault(name, x) is not x:
                raise ValueError(
                    f"{type(self).__name__} has two parameters named {name!r}: rename the "
                    "attribute or the dict key of one"
                )
        return list(named.items())

    def parameters(self) -> list[Value]:
        """The leaves that get a gradient, each once, in the order of definition."""
        return [parameter for _, parameter in self.named_parameters()]

    def zero_grad(self) -> None:
        """Set the gradient of every parameter to 0."""
        clear_gradients(self.parameters())

    def state_dict(self) -> dict[str, float]:
        """The number of every parameter, by dotted name."""
        return {name: parameter.data for name, parameter in self.named_parameters()}

    def load_state_dict(self, state: Mapping[str, float]) -> None:
        """Give every parameter the number that `state` has for it.

        Raises:
            StateDictError: naming every missing, extra or misshapen entry. Nothing has changed.
        """
        refuse_recorded(f"{type(self).__name__}.load_state_dict()")
        numbers = states.match_names(type(self).__name__, self.state_dict(), state)
        parameters = dict(self.named_parameters())
        commit([(parameters[name], "_data", x) for name, x in numbers.items()])

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the state dict to a JSON file, which is replaced as a whole or not at all."""
        states.write(path, self.state_dict())

    def load(self, path: str | os.PathLike[str]) -> None:
        """Read the state dict that `save` wrote. Reading runs no code from the file.

        Raises:
            StateDictError: if it is no JSON file, or does not fit. Nothing has changed.
        """
        try:
            self.load_state_dict(states.read(path))
        except StateDictError as error:
            error.add_note(f"while loading {os.fspath(path)}")
            raise

    def extra_repr(self) -> str:
        """The text in the parentheses of the `repr`; for subclasses to define."""
        return ""

    def outline(self) -> list["Part"]:
        """This module and those it holds, each below the one that holds it."""
        return _outline(self, ())

    def __repr__(self) -> str:
        return "\n".join("  " * part.depth + str(part) for part in self.outline())

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return displays["module"](self)


def _outline(module: Module, above: tuple[Module, ...]) -> list[Part]:
    """The module and those it holds; neighbours that are alike in all of theirs share a part."""
    above = (*above, module)
    parts = [
        Part(
            len(above) - 1,
            "",
            1,
            type(module).__name__,
            str(module.extra_repr()),
            sum(1 for _ in _parameters(module)),
        )
    ]
    held = []
    for name, x in walk(module, nested=False):
        if isinstance(x, Module):
            known = any(x is one for one in above)
            end = -1 if known else -2 if len(above) >= DEEPEST else 0
            alone = Part(len(above), "", 1, type(x).__name__, "", end)
            parts_of = [alone] if end else _outline(x, above)
            held.append((name.rpartition(".")[0] or name, parts_of, name))
    for (_, inner), alike in itertools.groupby(held, lambda entry: entry[:2]):
        names = [name for _, _, name in alike]
        name = names[0] if len(names) == 1 else f"{names[0]} to {names[-1]}"
        parts += [inner[0]._replace(name=name, alike=len(names)), *inner[1:]]
    return parts
