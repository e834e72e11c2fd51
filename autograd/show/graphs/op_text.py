"""The name of an op in its box, with the plain numbers it is applied to: × 2, clip(·, 0, 1)."""

import re
from collections.abc import Mapping

from ...engine import calculus
from ...engine.node import Node
from ...transforms.samples import ResultOp
from ..svg import clip
from ..text import shorten
from ..words.notation import NOTATION, Written, own_function, spelling, write_number

PLACE = Written("·", "")  # of an operand whose number is in another box
RESULT = Written("result", "")  # of a node of many, which is in another box
BASE_SIZE, BASE_ROOM = 14.0, 70.0  # of the name of what is raised to a power
INFIX = (calculus.add, calculus.sub, calculus.mul, calculus.div)
CALLED = (calculus.dot, calculus.prod)  # their sign is that of a place
MANY = re.compile("(·, ){2,}·")  # of these the box has no room for each
MOST = 60  # characters


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
    if op is calculus.pow:
        parts = [_base(x, names) if isinstance(x, Node) else write_number(x) for x in operands]
    else:
        place = RESULT if isinstance(op, ResultOp) else PLACE
        parts = [place if isinstance(x, Node) else write_number(x) for x in operands]
    if op in INFIX and len(operands) == 2:
        sides = (part.text.replace(PLACE.text, "") for part in parts)
        return f" {spelling(op)} ".join(sides).strip()
    write = NOTATION[op].write if op in NOTATION and op not in CALLED else own_function(op)
    if write is None:  # a private row: its expansion would be too long
        return spelling(op)
    return shorten(MANY.sub("…", write(*parts).text), MOST)


def _base(x: Node, names: Mapping[Node, str]) -> Written:
    return Written(clip(names[x], BASE_SIZE, BASE_ROOM), "")
