"""What stands in for the arguments of a call while a function is recorded.

A traced Value takes the place of each number, in the order in which `call_structure.py` finds them.
"""

import copy
from collections.abc import Callable
from typing import Any

from ..engine.errors import TracedValueError
from ..engine.numbers import is_array
from ..nn.module import Module
from ..optim.stateful import Stateful
from ..transforms.arrays import array_of_scalars
from ..transforms.trees import flatten, open_array
from .cache_keys import twin
from .tracing.traced import TracedConstant, TracedValue

MakeLeaves = Callable[[list[str]], list[TracedValue]]  # with these labels


def stand_in(x: Any, where: str, make: MakeLeaves, twins: dict[int, Any]) -> Any:
    """The argument with a traced leaf in the place of each number, in the order of `structure`.

    Args:
        x: the argument.
        where: what it is called; a leaf gets its place as a label.
        make: makes the next leaves.
        twins: by their ids, what stands in for Modules and their parameters, for all arguments.
    """
    leaves, treedef = flatten(x, where, opener=open_array)
    places = treedef.places(where)
    if {float, int}.issuperset(map(type, leaves)):
        return treedef.unflatten(make(places))
    parts = zip(leaves, places, strict=True)
    return treedef.unflatten([_leaf_stand_in(x, place, make, twins) for x, place in parts])


def _leaf_stand_in(x: Any, where: str, make: MakeLeaves, twins: dict[int, Any]) -> Any:
    if isinstance(x, Module):
        for name, parameter in x.named_parameters():
            (new,) = make([f"{where}.{name}"])  # each has a number, also one that was there before
            if parameter.is_constant:  # frozen
                new.__class__ = TracedConstant
            twins.setdefault(id(parameter), new)
        return twin(x, twins)  # for the parameters of the Module itself are not this function's
    if isinstance(x, Stateful):
        numbers = make([f"{where}.{name}" for name in x.number_names()])
        new = twins.setdefault(id(x), copy.copy(x))
        if not new.is_traced:  # else it was an argument before
            new.take_numbers(numbers)
        return new
    if not is_array(x):
        return make([where])[0]
    labels = [where]
    for count in x.shape:
        indexes = [f"[{i}]" for i in range(count)]
        labels = [label + index for label in labels for index in indexes]
    return array_of_scalars(make(labels), x.shape)


def keep_parts(x: Any, where: str) -> Callable[[], None]:
    """Make what looks whether a function has changed the lists and dicts of a stand-in.

    Raises:
        TracedValueError: when called, if it has: a call would leave those that it is given alone.
    """
    leaves, treedef = flatten(x, opener=open_array)

    def check() -> None:
        now, new = flatten(x, opener=open_array)
        if new != treedef or any(a is not b for a, b in zip(now, leaves, strict=True)):
            raise TracedValueError(
                f"the function changes {where}, which would change once, while it is recorded: "
                "change a copy, as in list(xs) or dict(d), and return what is new"
            )

    return check
