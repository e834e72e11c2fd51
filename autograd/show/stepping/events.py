"""The events of a pass, as immutable records that print as sentences.

`reverse_mode.py` makes those of backpropagation and `forward_mode.py` those of forward mode, which
are these in other words: their `Mode`. What the events say, numbers and labels, is what
was noted then.
"""

from typing import Any, NamedTuple, TypeVar

from ...engine.messages import pluralize
from ...engine.node import Node
from ..words.naming import quotient
from ..words.term import computed_from
from .names import Names, why_added, why_final, why_seed

MOST_GIVEN = 40  # numbers that are listed on a line
ABOUT = "≈"  # equal but for rounding
SEED, FINAL = "seed", "final"  # a gradient that is given; that all contributions have reached


class Mode(NamedTuple):
    """The words of a mode.

    Attributes:
        total: what the contributions to a node add up to, as its attribute.
        start, passes, ends: the sentences of a seed, a contribution and a final number.
    """

    total: str
    start: str
    passes: str
    ends: str


REVERSE = Mode(
    "grad",
    "The backward pass starts here: {}.grad = {}",
    "{} passes its gradient on to {}",
    "{}.grad = {}",
)

Kind = TypeVar("Kind", bound=type[Any])


def event(kind: Kind) -> Kind:
    """A class decorator: events are equal if they are of one kind and equal but for `names`.

    As tuples a Seed and a Final could be equal, and names are not compared.
    """

    def equal(self: Any, other: object) -> bool:
        alike = type(self) is type(other)
        return alike and tuple.__eq__(self[:-1], other[:-1])  # type: ignore[index]

    def differs(self: Any, other: object) -> bool:
        return not equal(self, other)

    def hashed(self: Any) -> int:
        return hash((type(self).__name__, *self[:-1]))

    for name, method in (("__eq__", equal), ("__ne__", differs), ("__hash__", hashed)):
        setattr(kind, name, method)
    return kind


@event
class Given(NamedTuple):
    """An event that is played: several leaves have their numbers before anything is computed.

    `steps` has a `Forward` for each of them; `given_together` makes one event of these.

    Attributes:
        nodes: the leaves.
        data: their numbers, as in `Forward`.
    """

    nodes: tuple[Node, ...]
    data: tuple[float, ...]
    names: Names

    def __repr__(self) -> str:
        each = zip(self.nodes[:MOST_GIVEN], self.data, strict=False)
        said = [repr(Forward(node, data, self.names)) for node, data in each]
        more = len(self.nodes) - len(said)
        return f"given: {', '.join([*said, *([f'{more:,} more'] if more else [])])}"

    @property
    def node(self) -> Node:
        """The first of the leaves."""
        return self.nodes[0]


@event
class Forward(NamedTuple):
    """An event: a node gets its number, given or computed from its operands.

    Attributes:
        node: the node.
        data: its number; of a leaf that moved on since, what it was when it was used.
    """

    node: Node
    data: float
    names: Names

    def __repr__(self) -> str:
        names = self.names
        if self.node in names.numbers:
            return f"the constant {self.data:g}"
        interior = self.node.op is not None
        made = f" = {computed_from(self.node, names, names.numbers)}" if interior else ""
        return f"{names[self.node]}{made} = {self.data:g}"


@event
class Seed(NamedTuple):
    """An event: the backward pass starts at the root, with d root / d root."""

    node: Node
    gradient: float
    names: Names

    def __repr__(self) -> str:
        return f"{self.names[self.node]}.{self.mode.total} = {self.gradient:g}, the seed"

    @property
    def mode(self) -> Mode:
        """Reverse mode, or forward mode."""
        return REVERSE

    @property
    def status(self) -> str:
        """The state of the gradient in words."""
        return SEED

    @property
    def why(self) -> str:
        """The reason for the number, in a few words."""
        return why_seed(self.node, self.gradient, self.names)


def factor(x: float) -> str:
    """A factor in 6 digits, with a point: ``2.0``."""
    return repr(float(f"{x:g}"))


def how_far(use: int, uses: int) -> str:
    """The state of a gradient or tangent in words, after some of its contributions."""
    return FINAL if use == uses else came(use, uses)


def came(use: int, uses: int) -> str:
    """The number of contributions so far, in words."""
    return f"{use} of {pluralize(uses, 'use')}"


def start_of(first: float) -> float:
    """What the first contribution is added to: 0, or -0 for -0, which 0 + -0 would not be.

    Example:
        >>> start_of(2.5), start_of(-0.0)
        (0.0, -0.0)
    """
    return first if first == 0.0 else 0.0


@event
class Contribute(NamedTuple):
    """An event: one edge passes back upstream · local derivative, which is added to the gradient.

    Attributes:
        node: the node whose gradient flows on.
        slot: the position of `parent` among its operands.
        parent: the operand that gets the contribution.
        upstream: d root / d node.
        local: d node / d parent, through this slot.
        contribution: their product.
        before: the gradient of the parent so far; before the first contribution `start_of` that.
        after: the gradient with this contribution.
        use: the number of this contribution to the parent, from 1.
        uses: how many there are.
    """

    node: Node
    slot: int
    parent: Node
    upstream: float
    local: float
    contribution: float
    before: float
    after: float
    use: int
    uses: int
    names: Names

    def __repr__(self) -> str:
        names, by = self.names, quotient(self.names[self.node], self.names[self.parent])
        return (
            f"{names[self.gets]}.{self.mode.total} += {factor(self.upstream)} ({self.flow}) × "
            f"{factor(self.local)} ({by}) → "
            f"{self.before:g} + {self.contribution:g} {self.equal} {self.after:g}, {self.status}"
        )

    @property
    def mode(self) -> Mode:
        """Reverse mode, or forward mode."""
        return REVERSE

    @property
    def gives(self) -> Node:
        """The node that passes something on."""
        return self.node

    @property
    def gets(self) -> Node:
        """The node that the contribution is added to."""
        return self.parent

    @property
    def flow(self) -> str:
        """What the first factor is, in words."""
        return "upstream"

    @property
    def equal(self) -> str:
        """The sign between the sum and what it comes to."""
        return "="

    @property
    def status(self) -> str:
        """The state of the sum in words."""
        return how_far(self.use, self.uses)

    @property
    def why(self) -> str:
        """The reason why it is added, in a few words."""
        return why_added(self.parent, self.use, self.names)


class Reordered(Contribute):
    """A contribution that arrives in another order than that in which `backward()` adds it.

    What has arrived is added in the order of `backward()` nevertheless, so before + contribution is
    after only but for rounding.
    """

    __slots__ = ()

    @property
    def equal(self) -> str:
        """The sign between the sum and what it comes to."""
        return ABOUT


@event
class Final(NamedTuple):
    """An event: all contributions have reached a node, so its gradient is final."""

    node: Node
    gradient: float
    names: Names

    def __repr__(self) -> str:
        return f"{self.names[self.node]}.{self.mode.total} = {self.gradient:g}, {self.status}"

    @property
    def mode(self) -> Mode:
        """Reverse mode, or forward mode."""
        return REVERSE

    @property
    def status(self) -> str:
        """The state of the gradient in words."""
        return FINAL

    @property
    def why(self) -> str:
        """The reason why no more is to come, in a few words."""
        return why_final(self.node, self.names)


Event = Forward | Seed | Contribute | Final
Played = Event | Given  # what is played, where several leaves are given at once
