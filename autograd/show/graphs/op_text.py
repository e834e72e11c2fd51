"""The name of an op in its box, with the plain numbers that it is applied to: × 2, max(0, ·)."""

from collections.abc import Mapping

from ...engine import calculus
from ...engine.node import Node
from ..svg import clip
from ..text import decimal, shorten
from ..words.notation import NOTATION, Written, spelling, write_number

PLACE = "·"  # of an operand whose number is in another box
BASE_SIZE, BASE_ROOM = 14.0, 60.0  # of the name of what is raised to a power
INFIX = (calculus.add, calculus.sub, calculus.mul, calculus.div)


def op_text(node: Node, names: Mapping[Node, str]) -> str:
    """The op of a node, with its plain numbers.

    Args:
        node: the result of an op.
        names: of all nodes.

    Example:
        >>> from autograd import Value
        >>> x = Value(3.0)
        >>> [op_text(y, {x: "x"}) for y in (x * 2, 1 - x, x**2, x.tanh(), x.clip(0, 1))]
        ['× 2', '1 −', 'x²', 'tanh', 'clip(·, 0, 1)']
    """
    op, operands = node.op, node.operands
    assert op is not None, "the node is a result"
    if len(node.parents) == len(operands):
        return spelling(op)
    shown = [PLACE if isinstance(x, Node) else write_number(x).text for x in operands]
    if op in INFIX and len(operands) == 2:
        return f" {spelling(op)} ".join(shown).replace(PLACE, "").strip()
    if op is calculus.pow:
        base, exponent = (
            clip(names[x], BASE_SIZE, BASE_ROOM) if isinstance(x, Node) else decimal(x)
            for x in operands
        )
        write = NOTATION[op].write
        assert write is not None, "a power has a notation"
        return write(Written(base, ""), Written(exponent, "")).text
    return shorten(f"{spelling(op)}({', '.join(shown)})", 60)
