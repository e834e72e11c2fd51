"""Values in a call: what a gradient may flow to among the arguments, and numbers in its place."""

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any, NamedTuple

from ..engine.node import Node
from ..engine.numbers import is_array
from ..nn.module import Module
from ..transforms.tracing import differentiated
from ..transforms.trees import TreeDef, flatten, open_array
from .call_structure import as_lists
from .derived import MOST_LEVELS, Slots
from .effects import is_holder
from .held_structure import HeldStructure

MOST_MODULES = 8  # of which the parameters are remembered


class OnValues(NamedTuple):
    """A call with Values among its arguments.

    Attributes:
        leaves: of the arguments, numbers in the place of Values.
        treedef: the structure of the arguments: a tuple, and a dict of those with a name.
        slots: where the operands are.
        operands: the Values, and the parameters of Modules.
        holders: the Modules, optimizers and schedules.
    """

    leaves: list[Any]
    treedef: TreeDef
    slots: Slots
    operands: list[Any]
    holders: list[Any]

    def is_current(self) -> bool:
        """Whether the Modules have as many parameters as there are operands for them."""
        modules = zip(self.leaves, self.slots, strict=True)
        return all(
            len(list(x.parameters())) == len(slot) for x, slot in modules if isinstance(x, Module)
        )

    def arguments(self, numbers: Sequence[float] | None = None) -> tuple[Any, dict[str, Any]]:
        """The arguments in numbers: those that they had, or these for the operands."""
        leaves = self.leaves
        if numbers is not None:
            pairs = zip(leaves, self.slots, strict=True)
            leaves = [numbers[slot] if type(slot) is int else x for x, slot in pairs]
        return self.treedef.unflatten(leaves)  # type: ignore[no-any-return]


class ValueTaker:
    """Takes the Values from the arguments of calls."""

    def __init__(self) -> None:
        self._modules: dict[int, HeldStructure] = {}  # those of the last calls, by their ids

    def take(self, args: Sequence[Any], options: dict[str, Any]) -> OnValues | None:
        """The call with its Values taken out; None if there are none, nor a Module for them."""
        given = (tuple(args), options)
        try:
            leaves, treedef = flatten(given, opener=open_array, most=MOST_LEVELS)
        except ValueError:  # too deep, which is told with the name of the argument
            return None
        kinds = {type(x): x for x in leaves}
        if not any(map(_may_hold, kinds.values())):
            return None
        if any(map(is_array, kinds.values())):
            leaves, treedef = flatten(as_lists(given), opener=open_array, most=MOST_LEVELS)
        holders = [x for x in leaves if is_holder(x)] if any(map(is_holder, kinds.values())) else []
        parameters = {id(x): self._parameters(x) for x in holders if isinstance(x, Module)}
        own = differentiated.get()
        if not any(isinstance(x, Node) for x in kinds.values()) and (
            not own or all(own.isdisjoint(held) for held in parameters.values())
        ):
            return None
        operands: dict[Node, int] = {}
        slots: list[Any] = []
        for i, x in enumerate(leaves):
            slot: Any = None
            if isinstance(x, Node):
                slot, leaves[i] = operands.setdefault(x, len(operands)), x._data
            elif isinstance(x, Module):
                slot = tuple([operands.setdefault(p, len(operands)) for p in parameters[id(x)]])
            slots.append(slot)
        return OnValues(leaves, treedef, tuple(slots), list(operands), holders)

    def _parameters(self, module: Module) -> Sequence[Node]:
        """The parameters of a Module, those of before if it is as it was."""
        held = self._modules.get(id(module))
        if held is not None and held.same(module):
            return held.parameters
        held = HeldStructure(module, {})
        if not held.is_known:
            return module.parameters()
        if len(self._modules) >= MOST_MODULES:
            self._modules.clear()
        self._modules[id(module)] = held
        return held.parameters


def hold_values(args: Iterable[Any], named: Iterable[Any]) -> bool:
    """Whether arguments seem to hold Values, at a look at each: others may be further inside."""
    if differentiated.get():
        return True
    return any(isinstance(x[0] if type(x) is list and x else x, Node) for x in chain(args, named))


def _may_hold(x: Any) -> bool:
    return isinstance(x, Node) or (isinstance(x, Module) and bool(differentiated.get()))
