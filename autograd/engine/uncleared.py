"""The hint that gradients were not cleared: an optimizer steps with what it has stepped with."""

import warnings
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from weakref import WeakSet

from .errors import UnclearedGradientWarning
from .hints import Done, hints, reference
from .node import Node

_told: WeakSet[Any] = WeakSet()  # one hint for each optimizer is enough


class Used:
    """The gradients that an optimizer has stepped with.

    One that was cleared, or assigned anew, is another object than the one remembered. So is one
    that a pass has added to, which is noted: if the optimizer steps with it, it was not cleared.
    Until then nothing is wrong, for a pass of another loss may reach what is cleared later.

    Args:
        parameters: those of the optimizer.
    """

    def __init__(self, parameters: Sequence[Node]) -> None:
        self._parameters = parameters
        self._gradients: list[Any] = [p.grad for p in parameters]
        self._added: set[int] = set()

    def still_there(self) -> list[int]:
        """The numbers of the parameters whose gradients are there yet, or the sums with them."""
        pairs = zip(self._parameters, self._gradients, strict=True)
        return [i for i, (p, gradient) in enumerate(pairs) if gradient and p.grad is gradient]

    def nodes(self) -> list[Node]:
        """The parameters whose gradients are there yet."""
        return [self._parameters[i] for i in self.still_there()]

    def look(self, reached: Collection[Node]) -> Done | None:
        """Note, once they are there, the sums with gradients that a step has used."""
        added = [i for i in self.still_there() if self._parameters[i] in reached]

        def note() -> None:
            self.follow(added)
            self._added.update(added)

        return note if added else None

    def follow(self, which: Sequence[int]) -> None:
        """Take what these parameters have now for what has become of the gradients."""
        for i in which:
            self._gradients[i] = self._parameters[i].grad

    def are_in_a_step(self, read: Collection[Node], added_to: Collection[Node]) -> bool:
        """Whether a step is made with some of them again: see `warn_if_uncleared`."""
        if not (self._added or added_to):  # as in most steps
            return False
        there = [(i, self._parameters[i]) for i in self.still_there()]
        return any((i in self._added or p in added_to) and p in read for i, p in there)


def note_step(optimizer: Any, parameters: Sequence[Node]) -> None:
    """Remember the gradients that the optimizer just stepped with."""
    if optimizer not in _told:
        hints[reference(optimizer)] = Used(parameters)


@contextmanager
def scaling() -> Iterator[None]:
    """Inside the block gradients are scaled: they are no others for that."""
    used = [hint for hint in list(hints.values()) if isinstance(hint, Used)]
    there = [(hint, hint.still_there()) for hint in used]
    yield
    for hint, which in there:
        hint.follow(which)


def warn_if_uncleared(
    optimizer: Any,
    read: Collection[Node],
    added_to: Collection[Node] = (),
    *,
    stacklevel: int = 3,
) -> None:
    """Warn, once, if an optimizer steps with gradients that it has stepped with before.

    Args:
        optimizer: the one that is about to step.
        read: the parameters whose gradients it steps with.
        added_to: those of them to which a pass adds before the step.
        stacklevel: how far the line of the user's code is.
    """
    used = hints.get(reference(optimizer))
    if isinstance(used, Used) and used.are_in_a_step(read, added_to):
        _told.add(optimizer)
        hints.pop(reference(optimizer), None)
        warnings.warn(
            f"{type(optimizer).__name__} steps with gradients that it has stepped with before, to "
            "which backward() has added: call optimizer.zero_grad() after each step; or, if they "
            "are to add up, switch this hint off: "
            "warnings.simplefilter('ignore', autograd.UnclearedGradientWarning)",
            UnclearedGradientWarning,
            stacklevel=stacklevel,
        )
