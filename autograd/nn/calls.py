"""`Call`: one call of a module, which the nodes made inside remember."""

from typing import Any

from ..engine.native import natively
from ..engine.note import Note
from ..engine.watching import running
from .structure import Structure, paths_in, walk


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

    def __init__(self, module: Structure, caller: "Call | None" = None) -> None:
        self.kind = type(module).__name__
        self.path, self.parent = "" if caller is None else caller._path_of(module), caller
        self._module: Structure | None = module  # while it runs
        self._paths: dict[int, str] | None = None  # of the modules it holds, by their ids
        # How often each was called so far in the outermost call.
        self._numbers: dict[Any, int] = {} if caller is None else caller._numbers
        place = self.path or (self.kind,)
        self.number = self._numbers[place] = self._numbers.get(place, 0) + 1

    @property
    def call(self) -> "Call":
        """This call: the note of a node says which call made it."""
        return self

    def _replace(self, **changes: Any) -> Note:
        """A note that says this call and something else."""
        return Note(call=self)._replace(**changes)

    def end(self) -> None:
        """Let go of the module and what is known of it."""
        self._module = self._paths = None

    def _path_of(self, module: Structure) -> str:
        """The path of a module that this call makes a call of."""
        paths = self._paths
        if paths is None:
            paths = self._paths = {} if self._module is None else paths_in(self._module, self.path)
        path = paths.get(id(module))
        return self._find_path(module) if path is None else path

    def _find_path(self, module: Structure) -> str:
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


@natively
def call_inside(
    module: Any, caller: Call, arguments: tuple[Any, ...], options: dict[str, Any]
) -> Any:
    """The result of a module's ``forward`` in a call that another one makes."""
    call = Call(module, caller)
    running.set(call)
    try:
        return module.forward(*arguments, **options)
    finally:
        running.set(caller)
        call.end()
