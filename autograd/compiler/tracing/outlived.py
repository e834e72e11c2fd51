"""What is left of traced Values after their recording: nodes that only the compiler may read."""

from typing import Any, NoReturn

from ...engine.errors import TracedValueError
from ...engine.native import natively
from ...engine.native_value import take_over_tracing
from ...engine.node import Node
from ...transforms.strict import line_number, line_text, source_line
from .traced import TracedValue

# Where the user's code made a node: a code object, None if there is none, and an instruction in it.
CodePlace = tuple[Any, int]
_GRAD: Any = Node._grad


class OutlivedValue(TracedValue):
    """A traced Value after its recording: any use raises, and names the line that made it.

    In the place of its gradient it keeps where it was made.
    """

    __slots__ = ()

    def refusal(self, what: str = "", instead: str = "") -> TracedValueError:
        """The error about its use."""
        return TracedValueError(
            f"{self.describe()} was kept from a recording, where it stands for the numbers of all "
            f"calls: return it from the compiled function, to get its number. It was made "
            f"{self.origin()}, and is used {source_line()}"
        )

    def origin(self) -> str:
        """The place where it was made."""
        code, instruction = _GRAD.__get__(self)
        if code is None:
            return "in a compiled function"
        return line_text(code.co_filename, line_number(code, instruction))

    def _refuse(self, *_: Any, **__: Any) -> NoReturn:
        raise self.refusal()

    _data = grad = property(_refuse, _refuse)
    is_reached = property(_refuse)
    backward = detach = __copy__ = __deepcopy__ = __format__ = _refuse

    def __repr__(self) -> str:
        return f"<{self.describe()} kept from a recording, made {self.origin()}>"


take_over_tracing(TracedValue, OutlivedValue)


def place_of(x: Node) -> CodePlace:
    """Where a node of a recording was made."""
    return _GRAD.__get__(x)  # type: ignore[no-any-return]


def outlive(node: Node, place: CodePlace) -> None:
    """Let a node that was made at `place` be used no more, but by what reads the recording."""
    node._grad = place
    node.__class__ = OutlivedValue


@natively
def outlive_all(nodes: list[Node], place: CodePlace) -> None:
    """Let nodes that were made at `place` be used no more: see `outlive`."""
    for node in nodes:
        outlive(node, place)
