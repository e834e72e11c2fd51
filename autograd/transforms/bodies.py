"""Bodies of batches and scans, while they are recorded: the gradients that they leave outside.

Interpreted, ``backward()`` in each sample or step adds to the `grad` of nodes around it, one after
the other. A body is recorded once for all of them, or each with nodes of its own, which nothing
outside may use. So what a pass in it gives to a node outside is a further output of the body, and
`grad` of that node the sum of those outputs, which is computed where somebody reads it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from weakref import ref

from ..engine.assignment import recorded_body
from ..engine.errors import TracedValueError
from ..engine.node import UNREACHED, Node
from ..engine.rows import Row
from .gradient_sums import GradientSum, Terms, as_sum
from .strict import source_line

NOTHING_LEFT: Any = object()


class _Left:
    """What a body leaves at a node outside.

    Attributes:
        anew: whether it does not add to what was there before, but takes its place.
        nothing: what then takes its place if there are no terms.
        sum: what it adds.
    """

    def __init__(self) -> None:
        self.anew, self.nothing = False, UNREACHED
        self.sum = GradientSum()

    def add(self, terms: Terms) -> None:
        """Add to it: one after the other outside, or to a sum that may be read inside."""
        made = self.sum
        self.sum = made.plus(terms) if self.anew else GradientSum(*made.terms, terms)

    def total(self) -> Any:
        """What has taken the place of what was there before."""
        return None if self.nothing is None and not self.sum.terms else self.sum.total()

    def outputs(self) -> list[Any]:
        """What is added, one after the other, or what is given in its place."""
        if self.anew and self.sum.terms:
            return [self.sum.total()]
        return [x for terms in self.sum.terms for x in terms()]


class Body:
    """The body of a batch or a scan, or of one sample or step, while it is recorded.

    Attributes:
        outer: the body around it, as long as it is recorded.
        sums: gradients that were given in it, of which no nodes may be made yet.
        further: the further outputs, once they are made.
    """

    def __init__(self) -> None:
        self.outer = recorded_body.get()
        self.sums: list[ref[GradientSum]] = []
        self._made: Sequence[Callable[[int], Sequence[Any]]] = ()
        self._own: set[Node] = set()
        self._seen: list[int] = []  # how many of each of `_made`
        self._left: dict[Node, _Left] = {}
        self._read: set[Node] = set()
        self._sizes: list[int] = []  # how many further outputs each node has
        self.further: list[Any] = []

    @contextmanager
    def inside(self, *made: Callable[[int], Sequence[Any]]) -> Iterator[None]:
        """Inside the block gradients are given to nodes of the body alone.

        Args:
            made: each gives nodes that were made inside so far, from one number on.
        """
        self._made, self._seen = made, [0] * len(made)
        token = recorded_body.set(self)
        try:
            yield
        finally:
            recorded_body.reset(token)
            self.outer, self._made = None, ()  # which come to hold this one

    # --- what the function inside does --------------------------------------------------------

    def add(self, found: Mapping[Node, Any]) -> dict[Node, Any]:
        """Keep those gradients of a pass that are of nodes outside, and give the others."""
        inside = {}
        for x, gradient in found.items():
            if self.owns(x):
                inside[x] = gradient
            elif not isinstance(gradient, Row):  # of a batch or scan, which is nobody's Value
                self._add(x, lambda gradient=gradient: [gradient])  # type: ignore[misc]
        return inside

    def assign(self, x: Node, gradient: Any) -> bool:
        """Keep a gradient that is given to a node outside; and whether it is one."""
        if self.owns(x):
            return False
        left = self._changed(x)
        is_nothing = gradient is UNREACHED or gradient is None
        left.anew, left.nothing = True, gradient if is_nothing else UNREACHED
        left.sum = GradientSum() if is_nothing else GradientSum().plus(lambda: [gradient])
        return True

    def gradient_of(self, x: Node) -> Any:
        """The gradient that a node outside has inside, `NOTHING_LEFT` if it is its own.

        Raises:
            TracedValueError: if it depends on the samples or steps before.
        """
        left = self._left.get(x)
        if left is None:
            self._read.add(x)
            return NOTHING_LEFT if self.outer is None else self.outer.gradient_of(x)
        if not left.anew:
            raise _reads_those_before()
        return left.total()

    def reaches(self, x: Node) -> bool | None:
        """Whether a node has a gradient inside; None if it has the one from outside there.

        Raises:
            TracedValueError: if it depends on the samples or steps before.
        """
        if self.owns(x):
            return None
        left = self._left.get(x)
        if left is None:
            self._read.add(x)
            return None if self.outer is None else self.outer.reaches(x)
        return bool(left.sum.terms)

    def owns(self, x: Any) -> bool:
        """Whether a node was made inside."""
        if x in self._own or getattr(x, "is_forgotten", False):
            return True
        for i, made in enumerate(self._made):
            new = made(self._seen[i])
            self._seen[i] += len(new)
            self._own.update(one for one in new if isinstance(one, Node))
        return x in self._own

    def _add(self, x: Node, terms: Terms) -> None:
        self._changed(x).add(terms)

    def _changed(self, x: Node) -> _Left:
        """What is left at a node outside whose gradient is added to or given.

        Raises:
            TracedValueError: if it was read before, where it would be that of the sample before.
        """
        left = self._left.setdefault(x, _Left())
        if x in self._read and not left.anew:
            raise _reads_those_before()
        return left

    # --- what becomes of it -------------------------------------------------------------------

    def outputs(self) -> list[Any]:
        """Make the further outputs, of nodes outside in the order in which they were reached."""
        for left in self._left.values():
            made = left.outputs()
            self._sizes.append(len(made))
            self.further += made
        return self.further

    def leave(self, outputs: Callable[[int, int, bool], Sequence[Any]]) -> None:
        """Give the nodes outside what is left there, once the body is closed.

        Args:
            outputs: gives the further outputs from one number to before another, those of all
                samples or steps in order, or of the last one.
        """
        outer, start = recorded_body.get(), 0
        for (x, left), size in zip(self._left.items(), self._sizes, strict=True):
            first, start = start, start + size

            def terms(first: int = first, stop: int = start, last: bool = left.anew) -> Any:
                return outputs(first, stop, last)

            if outer is not None and not outer.owns(x):
                if left.anew:
                    outer.assign(x, left.nothing)
                if size:
                    outer._add(x, terms)
            else:
                _give(x, left.nothing if left.anew else x._grad, terms if size else None)


def _give(x: Any, before: Any, terms: Terms | None) -> None:
    """Give a node a gradient: the one of before, and these terms added to it."""
    if terms is None:
        x._grad = before
        return
    total = as_sum(before).plus(terms)
    x._grad = total if x.is_traced else total.total()  # others may be read by anybody


def _reads_those_before() -> TracedValueError:
    return TracedValueError(
        "the gradient of a Value from outside vmap or scan, which is changed inside, would be that "
        "of all samples or steps before: read it after them; or call zero_grad() inside, before "
        "all else, for that of one sample; or keep the sum in the state of the scan "
        f"{source_line()}"
    )


def gradients_inside(found: Mapping[Node, Any]) -> Mapping[Node, Any]:
    """The gradients that a pass has `found`, without those that the body around it keeps."""
    body = recorded_body.get()
    if body is None:
        return found
    _whole().has_passes = True
    return body.add(found)  # type: ignore[no-any-return]


def note_cut() -> None:
    """Note that outputs are cut off in the function that is recorded."""
    _whole().has_cuts = True


def _whole() -> Any:
    """The function that is recorded, around all bodies."""
    body = recorded_body.get()
    while body.outer is not None:
        body = body.outer
    return body


class Outermost(Body):
    """A whole function that is recorded: all gradients that it gives are of its own nodes.

    Args:
        check: raises for a node from outside.
        numbers: what stands for the numbers in the arguments.

    Attributes:
        has_passes: whether ``backward()`` is called in it, or in a body inside.
        has_cuts: whether outputs of a batch or scan are cut off, as if the numbers that they are
            computed from were no Values.
        reads_numbers: whether it reads the gradient of a number in the arguments, which then is a
            Value.
    """

    def __init__(self, check: Callable[[Any], None], numbers: frozenset[Any]) -> None:
        super().__init__()
        self.has_passes = self.has_cuts = self.reads_numbers = False
        self.outer, self._check, self._numbers = None, check, numbers

    def owns(self, x: Any) -> bool:
        """True, or an error."""
        self._check(x)
        return True

    def gradient_of(self, x: Node) -> Any:
        """The gradient that is left at a node outside: none."""
        self.reads_numbers = self.reads_numbers or x in self._numbers
        return NOTHING_LEFT

    def reaches(self, x: Node) -> None:
        """Whether there is a gradient, which the node itself tells."""
        self.gradient_of(x)
