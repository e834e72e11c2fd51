"""The state of a scan: its numbers in order, and the models and optimizers that it changes."""

from array import array
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from ..engine.value import Value
from ..nn.module import Module
from ..nn.structure import walk
from ..optim.stateful import Stateful
from ..transforms.matching import matched
from ..transforms.scan import other_state
from ..transforms.trees import TreeDef, flatten, open_module, open_node
from .cache_keys import setting
from .call_structure import Places, as_lists, structure
from .effects import Effects, Holder, StandIns, holders, is_holder, numbers_held
from .results import Build, result_builder, result_structure


class ScanState:
    """What a step gives as the new state, beside what it got.

    Args:
        new: the new state, of nodes and stand-ins.
        old: the first state.
        changed: the stand-ins, and what the step changed of them.
        leaves: gets the numbers and nodes of the new state, in the order of the old one.
        arrays: give lists of numbers as arrays.

    Raises:
        TypeError: if the two have different structures, or a model does not stay in its place.
    """

    def __init__(
        self, new: Any, old: Any, changed: StandIns, leaves: list[Any], arrays: bool
    ) -> None:
        ordered = in_order(new, old)
        self._build = result_builder(ordered, leaves, arrays, "the new state")
        self.result = result_structure(ordered)
        self.effects = changed.effects
        places: Places = {}
        structure(old, "state", [], places)
        first = _starts(old)
        starts = [first[owner] for owner in places]
        self.changed = [
            starts[place] + number
            for place, numbers in self.effects.numbers.items()
            for number in numbers
        ]
        held = map(changed.numbers_held, range(len(starts)))
        self.kept = {  # by place, where the numbers are of what stays in its place
            place: range(start, start + len(numbers))
            for place, (start, numbers) in enumerate(zip(starts, held, strict=True))
            if all(leaves[start + i] is x for i, x in enumerate(numbers))
        }
        stays = len(self.kept) == len(starts) and changed.are_distinct(holders([new]))
        if self.effects and not stays:
            raise TypeError(
                "the function of a scan changes a model or an optimizer of the state, and returns "
                "another in its place: return the state as it came, as in return state, loss"
            )

    @classmethod
    def of(
        cls,
        build: Build,
        result: TreeDef,
        effects: Effects,
        changed: list[int],
        kept: dict[int, range],
    ) -> "ScanState":
        """A state with these attributes, as a file has them."""
        state = cls.__new__(cls)
        state._build, state.result, state.effects = build, result, effects
        state.changed, state.kept = changed, kept
        return state

    def take_gradients(self, changed: StandIns, leaves: list[Any]) -> None:
        """Add the gradients of parameters to the numbers of the state."""
        start = len(leaves)
        leaves += changed.gradients.as_state(start)
        self.effects.gradients = gradients = changed.gradients.effects
        where = {place: i for i, (place, _) in enumerate(gradients.taken, start)}
        self.changed += map(where.__getitem__, gradients.given)

    def build(self, numbers: Any, first: Any, places: Places) -> Any:
        """The state with these numbers, and with the models and optimizers that stay in it."""
        built = self._build(numbers)
        kept = {owner for place, owner in enumerate(places) if place in self.kept}
        return _with_holders(built, first, kept) if kept else built


class ChangingState:
    """The models and optimizers in the state of one scan, which change while it runs.

    Args:
        state: what a step does with them.
        first: the first state.
        places: the parameters, optimizers and schedules in it.
    """

    def __init__(self, state: ScanState, first: Any, places: Places) -> None:
        self.state, self.places = state, places
        owners = list(places)
        self.kept = [(owners[place], stretch) for place, stretch in state.kept.items()]
        models = [x for x in holders([first]) if isinstance(x, Module)]
        self.modules = [*models, *(x for model in models for _, x in walk(model))]
        self.settings = self._settings()

    def _settings(self) -> list[Any]:
        """What a step depends on besides numbers."""
        frozen_or_training = [
            x.is_constant if isinstance(x, Value) else x.training for x in self.modules
        ]
        owners = [owner for owner, _ in self.kept if isinstance(owner, Stateful)]
        return [*frozen_or_training, *(setting(owner.fixed_parts()) for owner in owners)]

    def write(self, numbers: Sequence[float]) -> None:
        """Give them the numbers of the state."""
        self.state.effects.write(self.places, [numbers[i] for i in self.state.changed])

    def read(self, state: Sequence[float]) -> "array[float]":
        """The numbers of the state with those that somebody has given them meanwhile.

        Raises:
            TypeError: if something else was changed too, such as a setting.
        """
        if self._settings() != self.settings:
            raise TypeError(
                "progress changed more than numbers of the state, such as a setting: end the scan, "
                "change it, and go on with another scan"
            )
        numbers = [*state]
        for owner, stretch in self.kept:
            if isinstance(owner, Value):
                numbers[stretch.start] = owner.data
            else:
                numbers[stretch.start : stretch.stop] = map(float, owner.numbers())
        gradients = self.state.effects.gradients.before(list(self.places))
        numbers[len(numbers) - len(gradients) :] = gradients
        return array("d", numbers)


def _starts(state: Any) -> dict[Any, int]:
    """For each parameter, optimizer and schedule, where its numbers begin among all of a state."""
    starts: dict[Any, int] = {}
    stop = 0
    for leaf in flatten(as_lists(state))[0]:
        for i, owner in enumerate(_owners(leaf) if is_holder(leaf) else ()):
            starts.setdefault(owner, stop + i)
        stop += len(numbers_held(leaf)) if is_holder(leaf) else 1
    return starts


def _owners(holder: Holder) -> Sequence[Any]:
    """What has the numbers of a holder: the parameters of a model, an optimizer itself."""
    return holder.parameters() if isinstance(holder, Module) else [holder]


def _with_holders(built: Any, first: Any, kept: set[Any]) -> Any:
    """The state with the holders themselves in the place of numbers that are all `kept`."""
    if is_holder(first):
        return first if kept.issuperset(_owners(first)) else built
    opened = open_node(first) if holders([first]) else None
    if opened is None:
        return built
    kind, keys, extra, items = opened
    new = [_with_holders(built[key], item, kept) for key, item in zip(keys, items, strict=True)]
    return TreeDef(kind, keys, extra, ()).unflatten(new)


def in_order(new: Any, old: Any, where: str = "state") -> Any:
    """The new state with its entries in the order of the old one.

    Raises:
        TypeError: if it has another structure, and where.
    """
    old = as_lists(old)
    treedef = flatten(old, where, opener=open_module)[1]
    with suppress(ValueError):  # of one that is too deep, where it differs is told below
        leaves, given = flatten(new, where, opener=open_module)
        if given == treedef and not any(x is None for x in leaves):
            return treedef.unflatten(leaves)  # in a fifth of the time
    return treedef.unflatten(list(matched(new, old, where, other_state, same_kinds=True)))
