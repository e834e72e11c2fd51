"""Effects: the new numbers that a function gives to its arguments, such as the weights of a model.

A training step changes the parameters of a Module and what an optimizer remembers. While it is
recorded, stand-ins get the new numbers, as nodes. They are further results of the program, which a
call writes to the arguments it was given, all or none, as the interpreted function does.
"""

import copy
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any

from ..engine.assignment import assign
from ..engine.commit import Changes, commit
from ..engine.errors import NonFiniteError, TracedValueError
from ..engine.hints import hints
from ..engine.node import Node
from ..engine.uncleared import warn_if_uncleared
from ..engine.value import Value
from ..nn.module import Module
from ..optim.optimizer import Optimizer
from ..optim.stateful import Stateful
from ..transforms.strict import levels_to_user
from ..transforms.trees import flatten, kind_of_node, open_array
from .cache_keys import setting
from .call_structure import MOST_OF_RESULTS, Places, as_lists
from .effects_writer import EffectsWriter
from .gradients import NO_GRADIENTS, GradientEffects, GradientStandIns
from .tracing.traced import TracedValue

Holder = Module | Stateful


def is_holder(x: Any) -> bool:
    """Whether `x` holds numbers that a function can change."""
    return isinstance(x, (Module, Stateful))


def holders(args: Iterable[Any]) -> list[Holder]:
    """The Modules, optimizers and schedules in the arguments, in order."""
    found: list[Holder] = []
    for x in args:
        alone = kind_of_node(x.__class__) is None
        leaves = [x] if alone else flatten(x, opener=open_array, most=MOST_OF_RESULTS)[0]
        found += filter(is_holder, leaves)
    return found


def numbers_held(x: Any) -> list[Any]:
    """What a parameter, a Module, an optimizer or a schedule has: Values and numbers, in order."""
    if isinstance(x, Value):
        return [x]
    return x.parameters() if isinstance(x, Module) else x.numbers()


class Effects:
    """The numbers that a function changes, in the order in which they are results.

    Args:
        changed: each as which of the `Places` in the arguments has it, a parameter, an optimizer or
            a schedule, and which of the numbers there it is.
        gradients: those of parameters, whose results are the last.

    Attributes:
        numbers: the same, by place; a parameter has one number.
    """

    def __init__(
        self, changed: Iterable[tuple[int, int]], gradients: GradientEffects = NO_GRADIENTS
    ) -> None:
        self.gradients = gradients
        self.numbers: dict[int, list[int]] = {}
        for place, number in changed:
            self.numbers.setdefault(place, []).append(number)
        self._writer: EffectsWriter | None = None

    def __len__(self) -> int:
        """How many results they are."""
        return sum(map(len, self.numbers.values())) + len(self.gradients.given)

    def __bool__(self) -> bool:
        return bool(self.numbers or self.gradients.given or self.gradients.cleared)

    def write(self, places: Places, numbers: Sequence[float]) -> None:
        """Give the arguments of a call their new numbers, and the parameters their gradients."""
        owners = list(places)
        if self._writer is None:
            self._writer = EffectsWriter(self.numbers, self.gradients, owners)
        self._writer.write(owners, numbers)

    def gradients_before(self, places: Places) -> list[float]:
        """The gradients that the program takes; with a hint if a step has used them before."""
        if not self.gradients.taken:
            return []
        owners = list(places)
        if hints:
            read = {owners[i] for i, _ in self.gradients.taken}
            added_to = {owners[i] for i in self.gradients.added_to}
            for optimizer in (owners[i] for i in self.numbers if isinstance(owners[i], Optimizer)):
                warn_if_uncleared(optimizer, read, added_to, stacklevel=levels_to_user() + 1)
        return self.gradients.before(owners)


class StandIns:
    """What stands in for Modules, optimizers and schedules while a function is recorded.

    Args:
        places: the parameters, optimizers and schedules in the arguments.
        twins: by its id, what stands in for one, and for a Module.
        leaves: the traced leaves of the program, which gets those for gradients of before a call.

    Attributes:
        gradients: those of stand-ins for parameters.
        effects: the numbers that the function changed, once it is recorded.
        nodes: what they become.

    Raises:
        TypeError: for an optimizer whose parameters are in no argument.
    """

    def __init__(self, places: Places, twins: Mapping[int, Any], leaves: list[TracedValue]) -> None:
        for x in places:
            if isinstance(x, Stateful) and id(x) in twins:
                _connect(twins[id(x)], x.refers_to(), twins)
        self.owners = [twins[id(x)] for x in places]
        pairs = list(zip(places, self.owners, strict=True))
        self.gradients = GradientStandIns(pairs, leaves)
        self.effects, self.nodes = Effects(()), list[Any]()
        self._holders = [x for x in twins.values() if is_holder(x)]
        self._before = list(map(numbers_held, self.owners))
        self._places: Places = {owner: i for i, owner in enumerate(self.owners)}
        self._check_attributes = keep_attributes(self._holders, self._places)

    def compare(self, tape: Iterable[Node]) -> None:
        """Find out what the function that made these nodes has changed.

        Raises:
            TracedValueError: for a change of something else than numbers.
        """
        self._check_attributes()
        nodes = tape if self.owners else ()  # as far as there is anything to assign to
        assigned = {node.operands[0] for node in nodes if node.op is assign}
        found = []
        for place, (owner, before) in enumerate(zip(self.owners, self._before, strict=True)):
            for number, (x, was) in enumerate(zip(numbers_held(owner), before, strict=True)):
                if x is not was or x in assigned:
                    found.append((place, number))
                    self.nodes.append(x)
        self.effects = Effects(found, self.gradients.effects)

    def numbers_held(self, place: int) -> list[Any]:
        """What the stand-in of one of the places has now, in order."""
        return numbers_held(self.owners[place])

    def are_distinct(self, found: Sequence[Holder]) -> bool:
        """Whether each of these is a stand-in, and none comes twice."""
        known = {id(x) for x in self._holders}
        ids = list(map(id, found))
        return known.issuperset(ids) and len(set(ids)) == len(ids)


def keep_attributes(found: Sequence[Holder], places: Places) -> Callable[[], None]:
    """Make what looks whether a function has changed something else of holders than numbers.

    Args:
        found: what stands in for them.
        places: the places of what stands in for parameters, optimizers and schedules.

    Raises:
        TracedValueError: when called, if it has.
    """
    before = [_describe(holder, places) for holder in found]

    def check() -> None:
        for holder, attributes in zip(found, before, strict=True):
            now = _describe(holder, places)
            changed = [x for x in now | attributes if now.get(x) != attributes.get(x)]
            if changed:
                raise TracedValueError(
                    f"the function changes {changed[0]!r} of {type(holder).__name__}, which would "
                    "change once, while it is recorded: return the new number or Value, and keep "
                    "it outside or in the state of a scan"
                )

    return check


def _describe(holder: Holder, places: Places) -> dict[str, Hashable]:
    """What a holder has besides its numbers, by attribute."""
    parts = holder.fixed_parts() if isinstance(holder, Stateful) else vars(holder)
    return {name: setting(x, places) for name, x in parts.items()}


def _connect(stand_in: Stateful, refers_to: Sequence[Any], twins: Mapping[int, Any]) -> None:
    """Let an optimizer or a schedule refer to what stands in for its parameters."""
    try:
        stand_in.refer_to([twins[id(other)] for other in refers_to])
    except KeyError:
        raise TypeError(
            f"{type(stand_in).__name__} is an argument without {stand_in.needs}: pass that too, as "
            "in compile(step)(model, optimizer, x, y)"
        ) from None


def _changes(holder: Holder, numbers: Sequence[Any]) -> Changes:
    """What `commit` has to do to give a holder these numbers; a Value stays as it is."""
    if isinstance(holder, Stateful):
        return holder.changes(numbers)
    pairs = zip(holder.parameters(), numbers, strict=True)
    return [(p, "_data", x) for p, x in pairs if x is not p]


@contextmanager
def undone_on_error(args: Sequence[Any]) -> Iterator[None]:
    """Inside the block the arguments may change; after a NonFiniteError they are as before."""
    before = [change for holder in holders(args) for change in _changes(holder, _now(holder))]
    before += gradients_there(args)
    try:
        yield
    except NonFiniteError:
        commit(before)
        raise


def gradients_there(args: Sequence[Any]) -> Changes:
    """The gradients of the parameters in the arguments, as what `commit` does to give them back."""
    modules = [holder for holder in holders(args) if isinstance(holder, Module)]
    return [(p, "_grad", p._grad) for module in modules for p in module.parameters()]


def move_gradients(found: Changes, args: Sequence[Any]) -> None:
    """Give the parameters in other arguments of the same structure gradients that were there."""
    pairs = zip(gradients_there(args), found, strict=True)
    commit([(p, name, gradient) for (p, name, _), (_, _, gradient) in pairs])


@contextmanager
def keeping_gradients(args: Sequence[Any]) -> Iterator[None]:
    """After the block the parameters in the arguments have the gradients of before it."""
    before = gradients_there(args)
    try:
        yield
    finally:
        commit(before)


def _now(holder: Holder) -> list[float]:
    return [x.data if isinstance(x, Value) else x for x in numbers_held(holder)]


def with_numbers(x: Any, numbers: Iterator[float]) -> Any:
    """A copy of an argument that has the next of these numbers."""
    leaves, treedef = flatten(as_lists(copy.deepcopy(x)))
    new = []
    for leaf in leaves:
        if is_holder(leaf):
            commit(_changes(leaf, list(islice(numbers, len(numbers_held(leaf))))))
        new.append(leaf if is_holder(leaf) else next(numbers))
    return treedef.unflatten(new)


def numbers_left(args: Sequence[Any]) -> list[float]:
    """The numbers in the arguments that a function could have changed."""
    found = holders(args)
    could = any(isinstance(holder, Stateful) for holder in found)
    return [float(x) for holder in found for x in _now(holder)] if could else []


def copies(args: Sequence[Any]) -> Sequence[Any]:
    """The arguments, or copies of all if a function could change some, to run it once more."""
    return copy.deepcopy(args) if any(isinstance(x, Stateful) for x in holders(args)) else args
