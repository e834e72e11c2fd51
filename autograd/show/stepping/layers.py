"""The order in which a pass is played: all that is given at once, and back as a wave.

`steps` defines the pass: one node after another in the order of `backward()`, which may run down to
the leaves on one side of the graph before it turns to the other. Played, the nodes pass their
gradients on by their distance from the root, so that what is highlighted runs through the picture
once. The sums stay those of `backward()`, to the bit.
"""

from collections.abc import Iterable, Iterator
from functools import reduce
from itertools import takewhile
from operator import add, itemgetter

from ...engine.node import Node
from ...engine.numbers import same
from ..words.naming import natural_order
from .events import Contribute, Event, Final, Forward, Given, Played, Reordered, Seed, start_of

Block = tuple[int, list[Event]]  # a distance from the root, and what a node there passes back


def by_layers(events: Iterable[Event]) -> list[Event]:
    """Order the events of a backward pass by the distance of the nodes from the root.

    The distance is that of the longest way, so each node still gets all of its contributions before
    it passes its gradient on. At equal distance the order stays. What a node has got so far is
    always added in the order of `backward()`, whatever has arrived first: so before + contribution
    may differ from after in the last bits (`Reordered`), and the final gradients are the same bits.

    Args:
        events: those of a right pass, as `steps` gives them.

    Raises:
        ValueError: if they are those of another pass, such as one with a mistake.

    Example:
        >>> from autograd import Value
        >>> from autograd.show.stepping.reverse_mode import steps
        >>> x = Value(3.0, "x")
        >>> a, b = x * x, x + 1.0
        >>> a.label, b.label = "a", "b"
        >>> root = b * a.exp()
        >>> def passing_on(events):
        ...     return [event.names[event.node] for event in events if isinstance(event, Final)]
        >>> passing_on(steps(root))
        ['root', 't1', 'a', 'b', 'x']
        >>> passing_on(by_layers(steps(root)))
        ['root', 't1', 'b', 'a', 'x']
    """
    start, blocks = _blocks(events)
    blocks.sort(key=itemgetter(0))
    sums = _Sums()
    return [*start, *(sums.taken(event) for _, block in blocks for event in block)]


def _blocks(events: Iterable[Event]) -> tuple[list[Event], list[Block]]:
    """The events before anything is passed back, and then those of each node in turn."""
    start, blocks = list[Event](), list[Block]()
    distance, passed, seeds = dict[Node, int](), set[Node](), 0
    for event in events:
        if isinstance(event, Final):
            passed.add(event.node)
            blocks.append((distance.setdefault(event.node, 0), [event]))
        elif isinstance(event, Contribute):
            if event.node not in passed or event.parent in passed:
                raise _no_right_pass(event)
            blocks[-1][1].append(event)
            farther = distance[event.node] + 1
            distance[event.parent] = max(distance.get(event.parent, 0), farther)
        else:
            seeds += isinstance(event, Seed)
            if blocks or seeds > 1:
                raise _no_right_pass(event)
            start.append(event)
    return start, blocks


def _no_right_pass(event: Event) -> ValueError:
    return ValueError(
        f"{event!r} comes where no right backward pass has it: by_layers orders the events of "
        "steps(root); play others as they are, with play(root, events=...)"
    )


class _Sums:
    """The contributions that have arrived, each at its place in the order of `backward()`."""

    def __init__(self) -> None:
        self._arrived: dict[Node, dict[int, float]] = {}
        self._last: dict[Node, tuple[int, float]] = {}  # the last place so far, and the sum

    def taken(self, event: Event) -> Event:
        """The event with the sums that there are in the order in which it is played."""
        if not isinstance(event, Contribute):
            return event
        arrived = self._arrived.setdefault(event.parent, {})
        arrived[event.use] = event.contribution
        last, before = self._last.get(event.parent, (0, start_of(event.contribution)))
        after = event.contribution
        if last and event.use > last:
            after = before + event.contribution
        elif last:
            after = reduce(add, self._in_order(arrived))
        self._last[event.parent] = max(last, event.use), after
        moved = event._replace(before=before, after=after, use=len(arrived))
        exact = not last or same(before + event.contribution, after)
        return moved if exact else Reordered(*moved)

    @staticmethod
    def _in_order(arrived: dict[int, float]) -> Iterator[float]:
        return (arrived[use] for use in sorted(arrived))


def given_together(events: Iterable[Event]) -> list[Played]:
    """Make one event of all leaves that are given, and put it before what is computed.

    They are in the natural order of their names. A leaf that is given alone, and one that is given
    anew, stay as they are.

    Args:
        events: those of a pass, as `steps` and `by_layers` give them, or one with a mistake.

    Example:
        >>> from autograd import Value
        >>> from autograd.show.stepping.reverse_mode import steps
        >>> a, b = Value(2.0, "a"), Value(-3.0, "b")
        >>> for event in given_together(steps(a * a * b))[:3]:
        ...     print(event)
        given: a = 2, b = -3
        t1 = a·a = 4
        root = t1·b = -12
    """
    found: list[Played] = [*events]
    leaves: dict[Node, Forward] = {}
    for event in takewhile(lambda event: isinstance(event, Forward), found):
        if isinstance(event, Forward) and event.node.op is None:
            leaves.setdefault(event.node, event)
    if len(leaves) < 2:
        return found
    first = set(map(id, leaves.values()))
    nodes = natural_order(leaves, found[0].names)
    data = tuple(leaves[node].data for node in nodes)
    together = Given(tuple(nodes), data, found[0].names)
    return [together, *(event for event in found if id(event) not in first)]
