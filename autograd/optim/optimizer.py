"""`Optimizer`, the base class of all optimizers, and the checks they share.

A step works out every new number before it assigns the first, and assigns all of them or none.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Set
from itertools import repeat
from typing import Any

from ..engine.arguments import at_least_zero
from ..engine.commit import clear_gradients, commit
from ..engine.errors import StateDictError
from ..engine.messages import short_repr
from ..engine.numbers import number
from ..engine.uncleared import note_step
from ..engine.value import Constant, Value
from ..nn.module import Module
from ..nn.state_dict import match_names
from ..transforms.strict import refuse_recorded

Memory = tuple[float, ...]  # what an optimizer remembers of one parameter
Update = Callable[[float, float, Memory], tuple[float, Memory]]


Parameters = Module | Iterable[Value] | Iterable[tuple[str, Value]]


def named_leaves(parameters: Parameters) -> dict[str, Value]:
    """The parameters by name, each checked to be a leaf that gets a gradient.

    Args:
        parameters: a Module or pairs of a name and a Value, which gives the names; or Values in
            order, whose names are their positions: "0", "1", ….
    """
    if isinstance(parameters, Module):
        parameters = parameters.named_parameters()
    if not isinstance(parameters, Iterable) or isinstance(parameters, (Set, Mapping, str)):
        kind = type(parameters).__name__
        why = ", which has no order to know them by" if isinstance(parameters, Set) else ""
        raise TypeError(
            f"parameters is a list of Values, such as model.parameters(), got {kind}{why}"
        )
    found: dict[str, Value] = {}
    places: dict[Value, str] = {}
    for position, given in enumerate(parameters):
        pair: Any = given if isinstance(given, tuple) and len(given) == 2 else None
        name, x = pair or (str(position), given)
        if not isinstance(name, str):
            kind = type(name).__name__
            raise TypeError(f"the name of parameter {position} should be a str, is a {kind}")
        if not isinstance(x, Value):
            raise TypeError(f"parameter {name} should be a Value, is a {type(x).__name__}")
        constant = isinstance(x, Constant)  # and no parameter that is frozen, which may change
        if constant or not x.is_leaf:
            why = "a constant" if constant else x.describe()
            raise TypeError(f"parameter {name} should be a leaf with a gradient, is {why}")
        if x in places:
            raise ValueError(f"parameters {places[x]} and {name} are the same Value")
        if name in found:
            raise ValueError(f"two parameters have the name {short_repr(name)}")
        found[name], places[x] = x, name
    if not found:
        raise ValueError("there is no parameter to change: the list is empty")
    return found


def gradient_of(parameter: Value) -> float:
    """The gradient as a number: none is 0, and one that can be differentiated is its data."""
    grad = parameter.grad
    return 0.0 if grad is None else grad.data if isinstance(grad, Value) else number(grad)


class Optimizer:
    """The base class of optimizers. One of your own defines `memories` and ``_update``.

    Attributes:
        lr: the learning rate; it may be assigned.
        parameters: the Values that a step changes.
        names: their names in a state dict, which are their positions if they were given none.
        steps: how many steps were made.
    """

    memories: tuple[str, ...] = ()  # the names of what is remembered of each parameter
    squares: tuple[str, ...] = ()  # those of them that are never negative

    def __init__(self, params: Parameters, lr: float) -> None:
        named = named_leaves(params)
        self.names, self.parameters = list(named), list(named.values())
        self.lr = lr
        self.steps = 0
        self._memory: list[Memory] = [(0.0,) * len(self.memories)] * len(self.parameters)

    @property
    def lr(self) -> float:
        """The learning rate."""
        return self._lr

    @lr.setter
    def lr(self, lr: float) -> None:
        if callable(lr):
            raise TypeError(
                "lr is a number, got a function of the step: give the optimizer the first rate, "
                "and call Schedule(optimizer, cosine_lr(100)).step() after each of its steps"
            )
        self._lr = at_least_zero("lr", lr)

    def _update(self, steps: int) -> Update:
        """The new number and memory of a parameter, in the step with that number, from 1."""
        # For each kind of optimizer to write; the one thing in which they differ.
        raise NotImplementedError(f"{type(self).__name__} does not say how to update a parameter")

    def step(self) -> None:
        """Change every parameter by its gradient, but no frozen one. A `grad` of None is 0."""
        refuse_recorded(f"{type(self).__name__}.step()")
        update = self._update(self.steps + 1)
        updated = [
            (parameter.data, memory)
            if parameter.is_constant
            else update(parameter.data, gradient_of(parameter), memory)
            for parameter, memory in zip(self.parameters, self._memory, strict=True)
        ]
        numbers = [number(x) for x, _ in updated]
        memory = [memory for _, memory in updated]
        commit(
            [
                *zip(self.parameters, repeat("_data"), numbers, strict=False),
                (self, "_memory", memory),
                (self, "steps", self.steps + 1),
            ]
        )
        note_step(self, self.parameters)

    def zero_grad(self) -> None:
        """Set the gradient of every parameter to 0."""
        refuse_recorded(f"{type(self).__name__}.zero_grad()")
        clear_gradients(self.parameters)

    def state_dict(self) -> dict[str, float]:
        """The state by name: all that changes from step to step, for another one to go on with.

        The other settings are those that the optimizer is made with.
        """
        state = {"lr": self.lr, "steps": float(self.steps)}
        for parameter, memory in zip(self.names, self._memory, strict=True):
            names = [f"{name}.{parameter}" for name in self.memories]
            state.update(zip(names, memory, strict=True))
        return state

    def load_state_dict(self, state: Mapping[str, float]) -> None:
        """Go on from where the optimizer was whose state this is.

        Raises:
            StateDictError: naming every missing, extra or misshapen entry. Nothing has changed.
        """
        refuse_recorded(f"{type(self).__name__}.load_state_dict()")
        numbers = match_names(type(self).__name__, self.state_dict(), self._by_name(state))
        lr, steps = progress(numbers, "lr")
        for key, x in numbers.items():
            if key.partition(".")[0] in self.squares and x < 0.0:
                raise StateDictError(f"{key!r} is a mean of squares, at least 0, and is {x!r}")
        memory = [
            tuple(numbers[f"{name}.{parameter}"] for name in self.memories)
            for parameter in self.names
        ]
        commit([(self, "_lr", lr), (self, "steps", steps), (self, "_memory", memory)])

    def _by_name(self, state: Any) -> Any:
        """The state with the names of the parameters, if it has their positions instead.

        So wrote every optimizer before it knew names, and so writes one that is given none.
        """
        by_position = {
            f"{memory}.{position}": f"{memory}.{name}"
            for memory in self.memories
            for position, name in enumerate(self.names)
        }
        if not isinstance(state, Mapping) or self.state_dict().keys() <= state.keys():
            return state
        if not by_position.keys() <= state.keys():
            return state
        return {by_position.get(key, key): x for key, x in state.items()}

    def __repr__(self) -> str:
        return f"{type(self).__name__}(lr={self.lr!r}, {len(self.parameters)} parameters)"


def progress(numbers: Mapping[str, float], rate: str) -> tuple[float, int]:
    """The learning rate and the number of steps that a state dict holds."""
    lr, steps = numbers[rate], numbers["steps"]
    if not 0.0 <= lr < math.inf:
        raise StateDictError(f"{rate!r} should be finite and at least 0, is {lr!r}")
    if not (0.0 <= steps < math.inf and steps == math.floor(steps)):
        raise StateDictError(f"'steps' should be a whole number of steps, is {steps!r}")
    return lr, int(steps)
