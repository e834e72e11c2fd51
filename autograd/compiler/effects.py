"""Effects: the new numbers that a function gives to its arguments, such as the weights of a model.

A training step changes the parameters of a Module and what an optimizer remembers. While it is
recorded, stand-ins get the new numbers, as nodes. They are further results of the program, which a
call writes to the arguments it was given, all or none, as the interpreted function does.
"""

import copy
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any, NamedTuple

from ..engine.assignment import assign
from ..engine.commit import commit
from ..engine.errors import NonFiniteError, TracedValueError
from ..engine.node import Node
from ..engine.value import Value
from ..nn.module import Module
from ..optim.stateful import Changes, Stateful
from ..transforms.trees import flatten, kind_of_node, open_array
from .cache_keys import setting
from .call_structure import MOST_OF_RESULTS, Places, as_lists

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


def numbers_in(holder: Holder) -> list[Any]:
    """The numbers of a holder in order; those of a Module are its parameters."""
    return holder.parameters() if isinstance(holder, Module) else holder.numbers()


class Effect(NamedTuple):
    """One number that a function changes.

    Attributes:
        owner: which of the `Places` in the arguments has it: a parameter, an optimizer, a schedule.
        number: which of the numbers of the owner it is.
        node: what it becomes.
    """

    owner: int
    number: int
    node: Any


class StandIns:
    """What stands in for parameters, optimizers and schedules while a function is recorded.

    Args:
        places: those in the arguments.
        twins: by its id, what stands in for one.

    Raises:
        TypeError: for an optimizer whose parameters are in no argument.
    """

    def __init__(self, places: Places, twins: Mapping[int, Any]) -> None:
        for x in places:
            if isinstance(x, Stateful) and id(x) in twins:
                _connect(twins[id(x)], x.refers_to(), twins)
        self.twins = [twins[id(x)] for x in places]
        self.before = list(map(_numbers_of, self.twins))
        self.holders = [x for x in twins.values() if is_holder(x)]
        self.attributes = list(map(self._attributes, self.holders))

    def _attributes(self, holder: Holder) -> dict[str, Hashable]:
        """What a holder has besides its numbers, by attribute."""
        places: Places = {twin: i for i, twin in enumerate(self.twins)}
        parts = holder.fixed_parts() if isinstance(holder, Stateful) else vars(holder)
        return {name: setting(x, places) for name, x in parts.items()}

    def effects(self, tape: Iterable[Node]) -> list[Effect]:
        """What the function that made these nodes has changed.

        Raises:
            TracedValueError: for a change of something else than numbers.
        """
        for holder, before in zip(self.holders, self.attributes, strict=True):
            now = self._attributes(holder)
            changed = [name for name in now | before if now.get(name) != before.get(name)]
            if changed:
                raise TracedValueError(
                    f"the function changes {changed[0]!r} of {type(holder).__name__}, which would "
                    "change once, while it is recorded: return the new number or Value, and keep "
                    "it outside or in the state of a scan"
                )
        assigned = {node.operands[0] for node in tape if node.op is assign}
        return [
            Effect(owner, index, x)
            for owner, (twin, before) in enumerate(zip(self.twins, self.before, strict=True))
            for index, (x, was) in enumerate(zip(_numbers_of(twin), before, strict=True))
            if x is not was or x in assigned
        ]


def _connect(stand_in: Stateful, refers_to: Sequence[Any], twins: Mapping[int, Any]) -> None:
    """Let an optimizer or a schedule refer to what stands in for its parameters."""
    try:
        stand_in.refer_to([twins[id(other)] for other in refers_to])
    except KeyError:
        raise TypeError(
            f"{type(stand_in).__name__} is an argument without {stand_in.needs}: pass that too, as "
            "in compile(step)(model, optimizer, x, y)"
        ) from None


def _numbers_of(owner: Any) -> list[Any]:
    return [owner] if isinstance(owner, Value) else owner.numbers()


def write(effects: Sequence[Effect], places: Places, numbers: Sequence[float]) -> None:
    """Give the arguments of a call their new numbers."""
    owners = list(places)
    changes: Changes = []
    new: dict[int, list[Any]] = {}
    for (i, index, _), x in zip(effects, numbers, strict=True):
        if isinstance(owners[i], Value):
            changes.append((owners[i], "_data", x))
        else:
            if i not in new:
                new[i] = owners[i].numbers()
            new[i][index] = x
    for i, of_owner in new.items():
        changes += owners[i].changes(of_owner)
    commit(changes)


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
    try:
        yield
    except NonFiniteError:
        commit(before)
        raise


def _now(holder: Holder) -> list[float]:
    return [x.data if isinstance(x, Value) else x for x in numbers_in(holder)]


def with_numbers(x: Any, numbers: Iterator[float]) -> Any:
    """A copy of an argument that has the next of these numbers."""
    leaves, treedef = flatten(as_lists(copy.deepcopy(x)))
    new = []
    for leaf in leaves:
        if is_holder(leaf):
            commit(_changes(leaf, list(islice(numbers, len(numbers_in(leaf))))))
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
