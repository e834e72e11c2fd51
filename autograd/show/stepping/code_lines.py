"""The lines of backward that a page shows beside its picture, right and with the famous mistakes.

The text is Python that runs: tests execute it, and get the gradients of `backward()`, and with a
mistake those of `teach`. Of what it calls, `edges(node)` gives each operand that a node passes a
gradient on to with its local derivative, and nothing for a node that no gradient reaches;
`depth_first(root)` gives each node when a walk along these edges first meets it.
"""

from typing import Any, NamedTuple

RIGHT = (
    "def backward(root):",
    "    order, seen = [], set()",
    "    def visit(node):",
    "        if node not in seen:",
    "            seen.add(node)",
    "            for x in node.parents:",
    "                visit(x)",
    "            order.append(node)",
    "    visit(root)",
    "    for node in order:",
    "        node.grad = 0.0",
    "    root.grad = {seed}",
    "    for node in reversed(order):",
    "        for x, local in edges(node):",
    "            x.grad += node.grad * local",
)
CLEAR, SEED, TURN, EACH, ADD = 10, 11, 12, 13, 14  # lines by what they do
LIT = {"seed": SEED, "final": TURN, "contribute": ADD}  # by the kind of an event
LEGEND = "edges(node): each operand that node passes a gradient on to, with its local derivative."
ORDER = "The picture goes layer by layer; what a node gets is added in the order of the code."
SAME = "No harm with these numbers: all gradients come out right."


class Mistake(NamedTuple):
    """A famous mistake in one line of backward, by the name that it has in `teach.faults`.

    Attributes:
        name: the name.
        title: what is wrong, in a few words.
        line: which line is wrong.
        text: the wrong line.
        harmless: what is said where it changes nothing in a graph.
        legend: what it calls besides `edges`.
    """

    name: str
    title: str
    line: int
    text: str
    harmless: str
    legend: str = ""


MISTAKES = (
    Mistake(
        "assign",
        "= for +=",
        ADD,
        "            x.grad = node.grad * local",
        "No harm in this graph: each node has one use.",
    ),
    Mistake(
        "no_topological_order",
        "no topological order",
        TURN,
        "    for node in depth_first(root):",
        "No harm in this graph: each node that passes its gradient on has got all of it by then. A "
        "leaf passes none on, so what comes later is in time.",
        "depth_first(root): each node as soon as a walk down from the root meets it.",
    ),
    Mistake(
        "parent_set",
        "operands in a set",
        EACH,
        "        for x, local in dict(reversed(edges(node))).items():",
        "No harm in this graph: no node uses another one twice, as x·x does.",
        "dict(…) holds each operand once, as a set does, with the derivative of its first use.",
    ),
    Mistake(
        "no_zero_grad",
        "gradients not cleared",
        CLEAR,
        "        node.grad = node.grad if node.is_leaf else 0.0",
        "No harm in this graph: no leaf gets a gradient.",
        "Two passes, as in two steps of a training: the leaves are still there in the second.",
    ),
)


def source(mistake: Mistake | None = None, seed: str = "1.0") -> str:
    """The lines of backward as one text that runs.

    Args:
        mistake: the mistake in it, if there is one.
        seed: the gradient of the root, as Python writes it.

    Example:
        >>> print(source(MISTAKES[0]).split("\\n")[-1])
                    x.grad = node.grad * local
    """
    lines = list(RIGHT)
    if mistake is not None:
        lines[mistake.line] = mistake.text
    return "\n".join(lines).replace("{seed}", seed)


def code_data() -> dict[str, Any]:
    """All of this for the page, as data for `json.dumps`."""
    return {
        "right": RIGHT,
        "lit": LIT,
        "legend": LEGEND,
        "order": ORDER,
        "same": SAME,
        "mistakes": [mistake._asdict() for mistake in MISTAKES],
    }
