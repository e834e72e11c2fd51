"""A faulty backward pass beside the right one: the gradients that differ, and the reason."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import takewhile
from types import MappingProxyType
from typing import NamedTuple

from ..engine.arguments import root_value
from ..engine.graph import gradients, topological_order
from ..engine.messages import pluralize
from ..engine.node import Node
from ..engine.numbers import alike, number
from ..engine.value import Value
from ..show.stepping.events import Contribute, Event, Forward
from ..show.stepping.layers import given_together
from ..show.stepping.names import Names
from ..show.stepping.player import Player, play
from ..show.stepping.reverse_mode import steps
from ..show.text import DASH, align, decimal, how_many, shorten, tell_apart
from ..show.words.explanation import TextAndMarkdown, markdown
from ..show.words.naming import module_beside, paths_of
from ..show.words.term import computed_from
from .backward import AnyBackward, Replace

MOST_ROWS = 24  # of a table: of a larger graph only gradients that differ are shown

Mistake = Callable[[AnyBackward], Iterator[Event]]


class Difference(NamedTuple):
    """A node and the contributions to it in both passes.

    Attributes:
        node: the node.
        right, wrong: the contributions that reach it in either pass, in order.
        arrived: for each node that used it, how many contributions had reached that when the
            faulty pass passed its gradient on, and how many there are.
        names: the names of the nodes.
    """

    node: Node
    right: list[Contribute]
    wrong: list[Contribute]
    arrived: dict[Node, tuple[int, int]]
    names: Names

    @property
    def name(self) -> str:
        """The name of the node."""
        return self.names[self.node]

    @property
    def mistaken(self) -> bool:
        """Whether the mistake was made on the way to the node, even if no number differs."""
        right, wrong = (
            {(event.node, event.slot): repr(event.local) for event in events}
            for events in (self.right, self.wrong)
        )
        return (
            right != wrong
            or len(self.right) != len(self.wrong)
            or any(isinstance(event, Replace) for event in self.wrong)
            or any(arrived != every for arrived, every in self.arrived.values())
        )

    def meaning(self, node: Node) -> str:
        """The name of a node, and what it was computed from."""
        return _meaning(node, self.names)


def _meaning(node: Node, names: Names) -> str:
    if node.op is None:
        return names[node]
    return f"{names[node]} = {shorten(str(computed_from(node, names)))}"


@dataclass(frozen=True, eq=False, repr=False)
class Comparison(TextAndMarkdown):
    """A faulty backward pass beside the right one. It prints as a table, and shows as one.

    Attributes:
        name: of the mistake, such as ``"assign"``.
        mistake: its description, in one sentence.
        right, wrong: d root / d node by node, in reverse topological order, by either pass.
        differing: the nodes whose gradients differ by more than rounding, in the same order.
        first: the first of them, None if there is none.
        why: why that one differs, with the numbers of this graph; or what it takes to see it.
    """

    name: str
    mistake: str
    right: Mapping[Node, float]
    wrong: Mapping[Node, float]
    differing: tuple[Node, ...]
    first: Node | None
    why: str
    _root: Value
    _names: Names
    _events: Callable[[], Iterator[Event]]

    def events(self) -> Iterator[Event]:
        """The events of the faulty pass, after the forward pass, for `play` or for a loop."""
        return self._events()

    def play(self, title: str | None = None) -> Player:
        """The faulty pass as an interactive page, like that of `autograd.show.play`.

        Args:
            title: the heading of the page; by default the name of the mistake, and of the root.
        """
        heading = f"{self.name}: backpropagation from {self._names[self._root]}"
        events = given_together(self.events())
        return play(self._root, events=events, title=heading if title is None else title)

    @property
    def text(self) -> str:
        """The mistake, its effect, and a table of the gradients, for a terminal."""
        (heads, *rows), rest = self._table(), self._rest()
        sides = f"{'<' * (len(heads) - 3)}>>>"
        table = ["", *align([heads, *rows], sides)] if rows else []
        lines = [f"{self.name}: {self.mistake}.", f"{self._verdict()}."]
        return "\n".join([*lines, *table, *rest])

    @property
    def markdown(self) -> str:
        """The comparison as Markdown, with the gradients that differ in bold."""
        (heads, *rows), rest = self._table(), self._rest()
        lines = [f"**{markdown(self.name)}**: {markdown(self.mistake)}."]
        lines += ["", markdown(f"{self._verdict()}.")]
        sides = f"|{':--|' * (len(heads) - 3)}--:|--:|--:|"
        table = ["", f"| {' | '.join(heads)} |", sides] if rows else []
        for row in rows:
            bold = "" if row[-1] == DASH else "**"
            table.append(
                f"| {' | '.join(f'{bold}{markdown(x)}{bold}' if x else '' for x in row)} |"
            )
        return "\n".join([*lines, *table, *(["", markdown(rest[0])] if rest else [])])

    def _verdict(self) -> str:
        if self.first is None:
            return self.why
        verb = "differs" if len(self.differing) == 1 else "differ"
        path = self._module(self.first)
        where = f" in {path}" if path else ""
        return (
            f"{len(self.differing):,} of {pluralize(len(self.right), 'gradient')} "
            f"{verb}, first that of {self._names[self.first]}{where}: {self.why}"
        )

    @cached_property
    def _paths(self) -> dict[Node, str]:
        return paths_of(topological_order(self._root))

    def _table(self) -> list[tuple[str, ...]]:
        """The heads and the rows, with a column for modules if names do not say them."""
        differing, nodes = set(self.differing), self._choose_nodes()
        modules = {node: self._module(node) for node in nodes}
        told = any(modules.values())
        heads = ["gradient of", *(["module"] if told else []), "right", "wrong"]
        rows: list[tuple[str, ...]] = [(*heads, "difference")]
        for node in nodes:
            right, wrong = self.right[node], self.wrong[node]
            numbers, difference = (decimal(right), decimal(wrong)), DASH
            if node in differing:
                numbers, difference = tell_apart(right, wrong), decimal(wrong - right)
            module = [modules[node]] if told else []
            name = _meaning(node, self._names)
            rows.append((name, *module, *numbers, difference))
        return rows

    def _module(self, node: Node) -> str:
        """The path of the module of a node, if its name does not say it."""
        return module_beside(self._names[node], self._paths.get(node, ""))

    def _choose_nodes(self) -> tuple[Node, ...]:
        """All nodes of a small graph; of a large one the first nodes that differ."""
        small = how_many(len(self.right), MOST_ROWS) == len(self.right)
        return tuple(self.right) if small else self.differing[:MOST_ROWS]

    def _rest(self) -> list[str]:
        """A line with the number of gradients that the table leaves out, if any."""
        shown = len(self._choose_nodes())
        hidden, differ = len(self.right) - shown, len(self.differing) - shown
        if not hidden:
            return []
        verdict = f"{differ:,} of which differ" if differ > 0 else "none of which differs"
        return [f"… and {pluralize(hidden, 'gradient')} more, {verdict}"]


def right_gradients(root: Value, gradient: float) -> dict[Node, float]:
    """d root / d node for every node but constants, in reverse topological order."""
    order, found = topological_order(root), gradients(root, number(gradient, "gradient"))
    return {node: found.get(node, 0.0) for node in reversed(order) if not node.is_constant}


def compare_passes(
    name: str,
    mistake: str,
    root: Value,
    gradient: float,
    faulty: Mistake,
    why: Callable[[Difference], str],
    needs: str,
) -> Comparison:
    """Run a backward pass with a mistake beside the right one.

    Args:
        name, mistake: the name of the mistake, and its description.
        root, gradient: where the backward pass starts, and from what.
        faulty: the pass with the mistake.
        why: explains the first gradient that differs.
        needs: the condition for any to differ.
    """
    right = right_gradients(root_value(name, root), gradient)
    order = topological_order(root)
    names, uses = Names(order), dict[Node, int]()
    for event in steps(root, gradient):
        if isinstance(event, Contribute):
            uses[event.parent] = event.uses

    def passes() -> tuple[AnyBackward, Iterator[Event]]:
        run = AnyBackward(order, number(gradient, "gradient"), uses, names)
        return run, faulty(run)

    def events() -> Iterator[Event]:
        yield from takewhile(lambda event: isinstance(event, Forward), steps(root, gradient))
        yield from passes()[1]

    run, moves = passes()
    for _ in moves:
        pass
    wrong = {node: run.gradients.get(node, 0.0) for node in right}
    differing = tuple(node for node in right if not alike(right[node], wrong[node]))
    looked_at = differing[:1] or tuple(right)
    found = _differences(looked_at, steps(root, gradient), passes()[1], names)
    first = differing[0] if differing else None
    reason = _explain_no_difference(found, wrong, needs) if first is None else why(found[0])
    frozen = MappingProxyType(right), MappingProxyType(wrong)
    return Comparison(name, mistake, *frozen, differing, first, reason, root, names, events)


def _differences(
    nodes: Sequence[Node], right: Iterator[Event], wrong: Iterator[Event], names: Names
) -> list[Difference]:
    """The contributions to each of these nodes, in both passes."""
    found = {node: Difference(node, [], [], {}, names) for node in nodes}
    for event in right:
        if isinstance(event, Contribute) and event.parent in found:
            found[event.parent].right.append(event)
    arrived: dict[Node, tuple[int, int]] = {}
    for event in wrong:
        if isinstance(event, Contribute):
            arrived[event.parent] = (event.use, event.uses)
            if event.parent in found:
                difference = found[event.parent]
                difference.wrong.append(event)
                difference.arrived.setdefault(event.node, arrived.get(event.node, (0, 0)))
    return list(found.values())


def _explain_no_difference(
    found: Sequence[Difference], wrong: Mapping[Node, float], needs: str
) -> str:
    """The reason why no gradient differs."""
    reason = needs
    for difference in found:
        if difference.mistaken:
            total = decimal(wrong[difference.node])
            reason = (
                f"the mistake was made in the contributions to {difference.name}, and they come to "
                f"{total} with it and without"
            )
            break
    return f"Nothing differs on this graph: {reason}"
