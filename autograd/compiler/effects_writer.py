"""Writing effects: the arguments of a call get their new numbers and gradients in one step."""

from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any

from ..engine.commit import Changes, commit_leaves
from ..engine.hints import hints, look
from ..engine.node import UNREACHED
from ..engine.uncleared import note_step
from ..engine.value import Value
from ..optim.optimizer import Optimizer
from .gradients import GradientEffects


class EffectsWriter:
    """Gives the arguments of calls their new numbers and gradients.

    What is where among them is the same in each call: it is a part of its structure.

    Args:
        numbers: by place, which of the numbers there are changed.
        gradients: what becomes of those of parameters.
        owners: the `Places` of the arguments of one call, in order.
    """

    def __init__(
        self,
        numbers: Mapping[int, Sequence[int]],
        gradients: GradientEffects,
        owners: Sequence[Any],
    ) -> None:
        starts: dict[int, int] = {}  # by place, which of the results is its first number
        count = 0
        for place, which in numbers.items():
            starts[place] = count
            count += len(which)
        others = [place for place in starts if not isinstance(owners[place], Value)]
        parameters = [place for place in starts if isinstance(owners[place], Value)]
        self._others = [(place, starts[place], numbers[place]) for place in others]
        self._parameters = items_at(parameters)
        self._numbers = items_at([starts[place] for place in parameters])
        given, cleared = gradients.given, gradients.cleared
        cleared_places = [place for place, _ in cleared]
        self._reached = items_at([*given, *cleared_places])
        self._gradients = slice(count, count + len(given))
        self._no_gradients = [None if is_none else UNREACHED for _, is_none in cleared]
        self._added_to = gradients.added_to
        optimizers = [place for place in others if isinstance(owners[place], Optimizer)]
        # Those that were cleared before a pass, or are after it, are no more added to.
        stays = not set(gradients.added_to).issubset(cleared_places)
        self._optimizers = optimizers if stays else []

    def write(self, owners: Sequence[Any], numbers: Sequence[float]) -> None:
        """Write the results of a call, all or none.

        Args:
            owners: the `Places` of its arguments, in order.
            numbers: the results, of which the gradients are the last.
        """
        changes: Changes = []
        for place, start, which in self._others:
            new = owners[place].numbers()
            for number, x in zip(which, numbers[start : start + len(which)], strict=True):
                new[number] = x
            changes += owners[place].changes(new)
        done = None
        if hints and self._added_to:
            done = look({owners[place] for place in self._added_to})
        commit_leaves(
            (self._parameters(owners), self._numbers(numbers)),
            (self._reached(owners), [*numbers[self._gradients], *self._no_gradients]),
            changes,
        )
        if done is not None:
            done()
        for place in self._optimizers:
            note_step(owners[place], owners[place].refers_to())


def items_at(places: Sequence[int]) -> Callable[[Sequence[Any]], Sequence[Any]]:
    """Make what gives the items of a list at these places, in one slice where they are in line."""
    start = places[0] if places else 0
    stop = start + len(places)
    in_line = [*places] == [*range(start, stop)]
    return itemgetter(slice(start, stop)) if in_line else itemgetter(*places)
