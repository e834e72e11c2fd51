"""Gradients of parameters: what a call finds there, and what ``backward()`` in it leaves there.

While a function is recorded, a parameter of a Module in the arguments has a gradient of before the
call: where the function needs it, it is a number like those in the arguments (`GradientStandIns`).
A call reads it from the parameter, and gives that the gradient of after it (`GradientEffects`).
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from ..engine.assignment import recorded_body
from ..engine.node import UNREACHED, Node
from ..transforms.flows import NOTHING
from ..transforms.gradient_sums import GradientSum, Terms, compute_total
from ..transforms.samples import number_of
from .tracing.traced import TracedValue, traced_leaves


class GradientEffects(NamedTuple):
    """The gradients of parameters that a program takes, and gives.

    Attributes:
        taken: those that are inputs, after all others: of which place, and whether it is added to,
            so that where there is none it stands for nothing.
        given: the places of those that are results, after all others.
        cleared: those that are cleared: of which place, and whether what is left is None.
        added_to: the places of those of before the call that a pass adds to.
        elsewhere: whether the function leaves gradients at its numbers, which may be Values.
    """

    taken: Sequence[tuple[int, bool]] = ()
    given: Sequence[int] = ()
    cleared: Sequence[tuple[int, bool]] = ()
    added_to: Sequence[int] = ()
    elsewhere: bool = False

    def before(self, owners: Sequence[Any]) -> list[float]:
        """Those that are inputs, of the parameters in these places."""
        found = [owners[place]._grad for place, _ in self.taken]
        if set(map(type, found)) == {float}:  # as most are
            return found
        pairs = zip(found, self.taken, strict=True)
        return [_number_before(x, added_to) for x, (_, added_to) in pairs]


NO_GRADIENTS = GradientEffects()


def _none(added_to: bool) -> float:
    """The number of a gradient that is not there."""
    return NOTHING if added_to else 0.0


def _number_before(gradient: Any, added_to: bool) -> float:
    """The number of a gradient from before the call."""
    return _none(added_to) if gradient is UNREACHED or gradient is None else number_of(gradient)


class _Before(GradientSum):
    """The gradient that a parameter has before the call.

    Args:
        leaf: gives the traced leaf that stands for it, where it is added to or read as it is.
    """

    __slots__ = ("_leaf",)

    is_there = None

    def __init__(self, leaf: Callable[[bool], Any]) -> None:
        super().__init__(lambda: [leaf(True)])
        self._leaf = leaf

    def total(self) -> Any:
        """The leaf: 0 where there is no gradient."""
        return self._leaf(False)


class GradientStandIns:
    """The gradients of stand-ins for parameters, while a function is recorded.

    Args:
        owners: for each of the `Places` what is there, and what stands in for it.
        leaves: gets the traced leaves that the program takes for them, after others.

    Attributes:
        effects: what the function does with them, once it is recorded.
        nodes: the numbers and nodes that it gives.
    """

    def __init__(self, owners: Sequence[tuple[Any, Any]], leaves: list[TracedValue]) -> None:
        self._leaves = leaves
        self._others = len(leaves)
        self._made: dict[tuple[int, bool], TracedValue] = {}
        self._owners = owners
        self._before: dict[int, _Before] = {}
        self.effects, self.nodes = NO_GRADIENTS, list[Any]()
        for place, (x, twin) in enumerate(owners):
            if not isinstance(x, Node) or not isinstance(twin, TracedValue):
                continue
            if twin.is_constant:
                twin._grad = None
            else:
                twin._grad = self._before[place] = _Before(self._leaf_of(place))

    def _leaf_of(self, place: int) -> Callable[[bool], TracedValue]:
        return lambda added_to: self._leaves_for([(place, added_to)])[0]

    def _leaves_for(self, keys: Sequence[tuple[int, bool]]) -> list[TracedValue]:
        """The leaves for gradients of before, of which those that are new are made at once."""
        new = [key for key in keys if key not in self._made]
        numbers = [_number_before(self._owners[place][0]._grad, added) for place, added in new]
        made = traced_leaves(numbers, [f"{self._owners[place][1].label}.grad" for place, _ in new])
        self._made.update(zip(new, made, strict=True))
        self._leaves += made
        return list(map(self._made.__getitem__, keys))

    def numbers(self) -> list[float]:
        """Those that were inputs while the function was recorded."""
        owners = [x for x, _ in self._owners]
        return self.effects.before(owners)

    def settle(self) -> None:
        """Find out what the function has done, while it is still recorded."""
        given, cleared = dict[int, Any](), list[tuple[int, bool]]()
        for place, before in self._before.items():
            gradient = self._owners[place][1]._grad
            if gradient is UNREACHED or gradient is None:
                cleared.append((place, gradient is None))
            elif gradient is not before:
                given[place] = compute_total(gradient)
        elsewhere = uses_gradients(self._leaves[: self._others], [twin for _, twin in self._owners])
        self.nodes = list(given.values())
        added_to = [place for place, added in self._made if added]
        self.effects = GradientEffects([*self._made], [*given], cleared, added_to, elsewhere)

    def release(self) -> None:
        """Let go, once the function is recorded, of what leads back to this."""
        self._before.clear()

    def as_state(self, start: int) -> list[Any]:
        """Let them be numbers of the state of a scan, from `start` on, and give the new ones.

        Of each that is taken, given or cleared the state has a number, for a step takes what the
        one before has given: one for adding to it, and one more where it is read as it is.
        """
        effects, cleared = self.effects, dict(self.effects.cleared)
        places = {*(place for place, _ in effects.taken), *effects.given, *cleared}
        read = {key for key in self._made if not key[1]}
        keys = sorted({*((place, True) for place in places), *read})
        new = dict(zip(effects.given, self.nodes, strict=True))
        leaves = self._leaves_for(keys)
        del self._leaves[self._others :]
        self._leaves[start:start] = leaves
        self.effects = effects._replace(taken=keys)
        return [
            _none(added_to) if place in cleared else new.get(place, leaf)
            for (place, added_to), leaf in zip(keys, leaves, strict=True)
        ]


def uses_gradients(leaves: Sequence[TracedValue], but: Iterable[Any]) -> bool:
    """Whether a function that is recorded reads or leaves gradients of leaves, but for these."""
    whole = recorded_body.get()
    if whole is not None and (whole.reads_numbers or (whole.has_passes and whole.has_cuts)):
        return True
    others = {id(x) for x in but}
    reached = (x for x in leaves if x._grad is not UNREACHED and not x.is_constant)
    return any(id(x) not in others for x in reached)


class SharedGradientError(Exception):
    """A compiled batch would change the gradient of what all its samples share."""


class _Refused(GradientSum):
    """The gradient of a parameter that all samples of a compiled batch share."""

    __slots__ = ()

    @property
    def is_there(self) -> None:  # type: ignore[override]
        """An error."""
        raise SharedGradientError

    def total(self) -> Any:
        """An error."""
        raise SharedGradientError

    def plus(self, terms: Terms) -> GradientSum:
        """An error."""
        raise SharedGradientError


def refuse_gradients(parameters: Sequence[Any]) -> Callable[[], bool]:
    """Let a `SharedGradientError` be raised where one of these gradients of before is used.

    Returns:
        What says whether one of them was cleared or assigned, so that the last sample leaves it.
    """
    shared = [x for x in parameters if not x.is_constant]
    for x in shared:
        x._grad = _Refused()

    return lambda: any(type(x._grad) is not _Refused for x in shared)
