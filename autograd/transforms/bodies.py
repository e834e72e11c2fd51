"""Bodies of batches and scans, while they are recorded: the gradients that they leave outside.

Interpreted, ``backward()`` in each sample or step adds to the `grad` of nodes around it, one after
the other. A body is recorded once for all of them, or each with nodes of its own, which nothing
outside may use. So what a pass in it gives to a node outside is a further output of the body, and
`grad` of that node the sum of those outputs, which is computed where somebody reads it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Protocol
from weakref import ref

from ..engine.assignment import recorded_body
from ..engine.errors import TracedValueError
from ..engine.node import UNREACHED, Node
from ..engine.rows import Row
from ..engine.watching import being_recorded, with_history
from .strict import source_line

# Nodes and numbers, which are made when they are asked for: anew each time, for those that are made
# inside of another body are no use outside of it.
Terms = Callable[[], Sequence[Any]]

NOTHING_LEFT: Any = object()


class GradientSum:
    """A gradient as what was added to it so far, in order: its nodes are made when it is read.

    They are nodes of the body that it is given in, also for what reads it further inside: that is
    why they are made before a sample inside is begun, see `compute_sums`.

    Args:
        terms: what was added.

    Attributes:
        is_there: whether there is a gradient; None if that may differ from call to call.
    """

    __slots__ = ("__weakref__", "_made", "terms")

    is_there: bool | None = True

    def __init__(self, *terms: Terms) -> None:
        self.terms = terms
        self._made: tuple[Any, Any] | None = None  # the body that it was computed in, and the sum

    def __add__(self, new: Any) -> "GradientSum":
        return self.plus(lambda: [new])

    def plus(self, terms: Terms) -> "GradientSum":
        """The sum with further terms: of the node that was read, if it was."""
        body = recorded_body.get()
        is_read = self._made is not None and _is_inside(body, self._made[0])
        made = GradientSum(*([lambda: [self.total()]] if is_read else self.terms), terms)
        if body is not None:
            body.sums.append(ref(made))
        return made

    def total(self) -> Any:
        """The sum, as a node or a number; 0 of nothing."""
        body = recorded_body.get()
        if self._made is None or not _is_inside(body, self._made[0]):
            with with_history():  # which they have, wherever they are read first
                self._made = body, _sum(self.terms)
        return self._made[1]


def compute_sums() -> None:
    """Make the nodes of gradients before a sample or a call with a rule is begun, and at its end.

    An interpreted function has them by then. Nodes that are made inside are no use outside.
    """
    body = recorded_body.get()
    if body is not None:
        sums, body.sums = body.sums, []
        for reference in sums:
            compute_total(reference())


def _is_inside(body: Any, other: Any) -> bool:
    """Whether a body is another one, or inside of it."""
    while body is not other and body is not None:
        body = body.outer
    return body is other


def _sum(terms: Iterable[Terms]) -> Any:
    total: Any = None
    for some in terms:
        for x in some():
            total = x if total is None else total + x
    return 0.0 if total is None else total


def compute_total(gradient: Any) -> Any:
    """The gradient, as a node or a number, if it is a sum; others are as they are."""
    return gradient.total() if isinstance(gradient, GradientSum) else gradient


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
    total = _as_sum(before).plus(terms)
    x._grad = total if x.is_traced else total.total()  # others may be read by anybody


def _as_sum(gradient: Any) -> GradientSum:
    if isinstance(gradient, GradientSum):
        return gradient
    is_nothing = gradient is UNREACHED or gradient is None
    return GradientSum() if is_nothing else GradientSum(lambda: [gradient])


def _reads_those_before() -> TracedValueError:
    return TracedValueError(
        "the gradient of a Value from outside vmap or scan, which is changed inside, would be that "
        "of all samples or steps before: read it after them; or call zero_grad() inside, before "
        "all else, for that of one sample; or keep the sum in the state of the scan "
        f"{source_line()}"
    )


def body_of_run() -> Body | None:
    """The body of one sample or step, if it is recorded."""
    return Body() if being_recorded.get() else None


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


class Run(Protocol):
    """A sample or step that has run.

    Attributes:
        made: what it made, its outputs followed by further ones.
        size: how many outputs it has.
        body: what it leaves outside, while it is recorded.
    """

    made: Any
    size: int
    body: Body | None


def leave_gradients(runs: Sequence[Run], results: Any = None) -> None:
    """Give the nodes outside the gradients that samples or steps leave there, in order.

    Args:
        runs: the samples or steps.
        results: those of the node that they are; None if they are none.
    """

    def leave(s: int, run: Run) -> None:
        def outputs(start: int, stop: int, last: bool) -> Sequence[Any]:
            places = range(run.size + start, run.size + stop)
            if results is None:
                return [run.made.outputs[j] for j in places]
            return results.new([(j, s) for j in places])  # type: ignore[no-any-return]

        if run.body is not None:
            run.body.leave(outputs)

    for s, run in enumerate(runs):
        leave(s, run)
