"""A node's note: its label, the module call that made it, and whether it is a parameter."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from .messages import short_repr
from .native import slots
from .op import Carrier, Op


class Note(NamedTuple):
    """A label, a module call, and whether a module holds the node as a parameter.

    The nodes of one call share one note, which is the call itself until they get a label.
    """

    label: str = ""
    call: Any = None
    parameter: bool = False


BLANK, OF_PARAMETER = Note(), Note(parameter=True)


class Noted(Carrier):
    """A carrier with a note, which takes no room or time until something is written on it."""

    __slots__ = slots("note")

    note: Note
    op: Op | None

    @property
    def label(self) -> str:
        """The name in drawings and messages."""
        return getattr(self, "note", BLANK).label

    @label.setter
    def label(self, label: str) -> None:
        if not isinstance(label, str):
            raise TypeError(f"a label is a str, got {type(label).__name__}")
        note = getattr(self, "note", None)
        self.note = Note(label) if note is None else note._replace(label=label)

    @property
    def call(self) -> Any:
        """The module call that made this node, or None."""
        return getattr(self, "note", BLANK).call

    @property
    def is_parameter(self) -> bool:
        """Whether a module is known to hold this leaf: it was called, or asked for parameters."""
        return getattr(self, "note", BLANK).parameter

    def mark_parameter(self) -> None:
        """Mark this leaf as a parameter of a module, so that drawings can tell it from an input."""
        note = getattr(self, "note", BLANK)
        if not note.parameter:
            self.note = OF_PARAMETER if note is BLANK else note._replace(parameter=True)

    def describe(self) -> str:
        """The name of the node in error messages: its label, or else the op that made it."""
        if self.label:
            return f"{'leaf' if self.op is None else 'node'} {self.label!r}"
        return "a leaf without label" if self.op is None else f"a {self.op.name!r} node"


def label(names: dict[str, Any]) -> None:
    """Label every Value among `names` that has no label yet, as in ``label(locals())``."""
    if not isinstance(names, Mapping):
        raise TypeError(
            f"label takes names with their Values, as locals() has, got {short_repr(names)}"
        )
    for name, value in names.items():
        if isinstance(value, Noted) and not value.label and not name.startswith("_"):
            value.label = name
