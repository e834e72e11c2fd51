"""`Optimizer`, the base class of all optimizers: what a step is, and the numbers it changes.

A step works out every new number before it assigns the first, and assigns all of them or none. In
a function that is being recorded the numbers are nodes, and the same formulas make more of them.
"""

import copy
import math
from collections.abc import Callable, Mapping, Sequence
from itertools import chain, islice, repeat
from typing import Any, Self

from ..engine import calculus as c
from ..engine.arguments import at_least_zero
from ..engine.assignment import assign
from ..engine.commit import Changes, clear_gradients, commit
from ..engine.errors import StateDictError
from ..engine.hints import hints
from ..engine.logic import logical_and, require
from ..engine.messages import pluralize
from ..engine.numbers import number
from ..engine.uncleared import note_step, warn_if_uncleared
from ..engine.value import Value
from .groups import ParameterGroup, Parameters, parameter_groups
from .stateful import Stateful

Memory = tuple[Any, ...]  # what an optimizer remembers of one parameter
Update = Callable[[Any, Any, Memory], tuple[Any, Memory]]


class Setting:
    """A setting of an optimizer, which all its groups have that have none of their own.

    Args:
        check: a function of its name and what was given, which gives what it is.
    """

    def __init__(self, check: Callable[[str, Any], Any]) -> None:
        self.check = check

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, optimizer: Any, owner: Any = None) -> Any:
        if optimizer is None:
            return self
        groups = optimizer.param_groups
        return getattr(next((x for x in groups if self.name not in x.own), groups[0]), self.name)

    def __set__(self, optimizer: Any, given: Any) -> None:
        optimizer.refuse_outside(f"{self.name} = …")
        x, groups = self.check(self.name, given), optimizer.param_groups
        shared = [group for group in groups if self.name not in group.own]
        if not shared:
            raise AttributeError(
                f"each group of the parameters has its own {self.name}: assign to them, as in "
                f"optimizer.param_groups[0].{self.name} = {x!r}"
            )
        commit([(group, self.name, x) for group in shared])


def learning_rate(name: str, given: Any) -> Any:
    """Check a learning rate: a number, or a node while a function is recorded."""
    if callable(given) and not isinstance(given, Value):
        raise TypeError(
            f"{name} is a number, got a function of the step: give the optimizer the first rate, "
            "and call Schedule(optimizer, cosine_lr(100)).step() after each of its steps"
        )
    if isinstance(given, Value) and given.is_traced:
        valid = logical_and(c.equal(given, c.abs(given)), c.greater(c.INF, given))
        return require(valid, given)
    return at_least_zero(name, given)


def gradient_of(parameter: Value) -> Any:
    """The gradient as a number: none is 0, and one that can be differentiated is its data."""
    grad = parameter.grad
    if isinstance(grad, Value):
        return grad if grad.is_traced else grad.data
    return 0.0 if grad is None else number(grad)


class Optimizer(Stateful):
    """The base class of optimizers. One of your own defines `memories` and `update_rule`.

    Args:
        params: the leaves to change: a Module, ``model.named_parameters()`` or a list of Values; or
            a list of groups, dicts of these ``"params"`` and settings for them.
        settings: the settings by name, of which each is a `Setting` of the class.

    Attributes:
        lr: the learning rate; it may be assigned, as all settings.
        param_groups: the parameters in groups, each with its settings; see `add_param_group`.
        parameters: the Values that a step changes.
        names: their names in a state dict, which are their positions if they were given none.
        steps: how many steps were made.

    Example:
        >>> from autograd import Value, sign
        >>> from autograd.engine.arguments import at_least_zero
        >>> from autograd.optim import Optimizer, Setting
        >>> class Signum(Optimizer):
        ...     memories = ("mean",)  # one number for each parameter, 0 at first
        ...     beta = Setting(at_least_zero)
        ...     def __init__(self, params, lr, beta=0.5):
        ...         super().__init__(params, lr, beta=beta)
        ...     def update_rule(self, group, steps):
        ...         def update(x, gradient, memory):
        ...             mean = group.beta * memory[0] + (1.0 - group.beta) * gradient
        ...             return x - group.lr * sign(mean), (mean,)
        ...         return update
        >>> p = Value(1.0)
        >>> optimizer = Signum([p], lr=0.25)
        >>> (p * p).backward()
        >>> optimizer.step()
        >>> p.data, optimizer.state_dict()
        (0.75, {'lr': 0.25, 'steps': 1.0, 'mean.0': 1.0})
    """

    needs = "the Module that holds its parameters"
    changing = frozenset({"param_groups", "steps", "_memory", "_number_names"})
    memories: tuple[str, ...] = ()  # the names of what is remembered of each parameter
    squares: tuple[str, ...] = ()  # those of them that are never negative
    lr = Setting(learning_rate)

    def __init__(self, params: Parameters, lr: float, **settings: Any) -> None:
        known = [vars(kind) for kind in reversed(type(self).__mro__)]
        checks = {x.name: x.check for one in known for x in one.values() if isinstance(x, Setting)}
        self.param_groups = tuple(parameter_groups(params, {"lr": lr, **settings}, checks))
        self.steps: Any = 0
        self._number_names = self._name_numbers(self.param_groups)
        self._memory = [
            memory
            for group in self.param_groups
            for memory in repeat(self.first_memory(group), len(group.parameters))
        ]

    def add_param_group(self, group: Mapping[str, Any]) -> None:
        """Change more parameters from now on, as those of a layer that is no longer frozen.

        Args:
            group: a dict with ``"params"``, and settings of its own, as in the list of groups that
                an optimizer may be made with.

        Raises:
            ValueError: for no or repeated parameters, or a setting out of range.
            TypeError: for what is no such dict.
        """
        self.refuse_outside("add_param_group()")
        known = [
            {"params": list(zip(x.names, x.parameters, strict=True)), **x.settings}
            for x in self.param_groups
        ]
        shared = {name: getattr(self, name) for name in self.param_groups[0].settings}
        new = parameter_groups([*known, group], shared, self.param_groups[0].checks)[-1]
        memory = [self.first_memory(new)] * len(new.parameters)
        groups = (*self.param_groups, new)
        names = self._name_numbers(groups)
        commit(
            [
                (self, "param_groups", groups),
                (self, "_memory", [*self._memory, *memory]),
                (self, "_number_names", names),
            ]
        )

    @property
    def parameters(self) -> list[Value]:
        """The Values that a step changes."""
        return [x for group in self.param_groups for x in group.parameters]

    @property
    def names(self) -> list[str]:
        """The names of the parameters."""
        return [name for group in self.param_groups for name in group.names]

    def first_memory(self, group: ParameterGroup) -> Memory:
        """What is remembered of a parameter before the first step."""
        return (0.0,) * len(self.memories)

    def update_rule(self, group: ParameterGroup, steps: Any) -> Update:
        """The new number and memory of a parameter of the group, in the step of this number from 1.

        The function takes the number of the parameter, its gradient and its memory. It is written
        with the functions of this library, so that it holds for numbers and for nodes.
        """
        # For each kind of optimizer to write; the one thing in which they differ.
        raise NotImplementedError(
            f"{type(self).__name__} does not say how to update a parameter: define "
            "update_rule(self, group, steps)"
        )

    def _unfit_update(self) -> TypeError:
        """The error about an `update_rule` that gives something else than it is to give."""
        count = pluralize(len(self.memories), "number")
        return TypeError(
            f"update_rule of {type(self).__name__} is to give a function of (x, gradient, memory) "
            f"that returns (new x, new memory), with {count} in the memory: "
            f"{', '.join(self.memories) or 'none'}"
        )

    def step(self) -> None:
        """Change every parameter by its gradient, but no frozen one. A `grad` of None is 0.

        In a compiled function it changes those of the model that is an argument of it, once the
        call has run.
        """
        self.refuse_outside("step()")
        steps, parameters = self.steps + 1, self.parameters
        if hints and not self.is_traced:
            warn_if_uncleared(self, parameters)
        memories = iter(self._memory)
        updated: list[tuple[Any, Memory]] = []
        for group in self.param_groups:
            rule = self.update_rule(group, steps)
            if not callable(rule):
                raise self._unfit_update()
            for p, memory in zip(group.parameters, memories, strict=False):
                x = p if self.is_traced else p.data
                updated.append((x, memory) if p.is_constant else rule(x, gradient_of(p), memory))
        try:
            fits = all(len(memory) == len(self.memories) for _, memory in updated)
        except (TypeError, ValueError):  # no pairs, or no memories
            fits = False
        if not fits:
            raise self._unfit_update()
        new = [(p, x) for p, (x, _) in zip(parameters, updated, strict=True) if x is not p]
        if self.is_traced:
            new = [(p, assign(p, x)._data) for p, x in new]
        changes: Changes = [
            *((p, "_data", number(x)) for p, x in new),
            (self, "_memory", [memory for _, memory in updated]),
            (self, "steps", steps),
        ]
        commit(changes)
        if not self.is_traced:
            note_step(self, parameters)

    def zero_grad(self) -> None:
        """Set the gradient of every parameter to 0."""
        self.refuse_outside("zero_grad()")
        clear_gradients(self.parameters)

    def number_names(self) -> tuple[str, ...]:
        """The names in a state dict of the numbers that change."""
        return self._number_names  # made once, for every call of a compiled step asks

    def _name_numbers(self, groups: Sequence[ParameterGroup]) -> tuple[str, ...]:
        rates = ["lr"] if len(groups) == 1 else [f"lr.{i}" for i in range(len(groups))]
        names = chain.from_iterable(group.names for group in groups)
        memories = [f"{memory}.{name}" for name in names for memory in self.memories]
        return (*rates, "steps", *memories)

    def numbers(self) -> list[Any]:
        """The numbers that change: learning rates, steps, and what is remembered."""
        rates = [group.lr for group in self.param_groups]
        return [*rates, self.steps, *chain.from_iterable(self._memory)]

    def changes(self, numbers: Sequence[Any]) -> Changes:
        """What `commit` has to do to give it these numbers."""
        given = iter(numbers)
        rates: Changes = [(group, "lr", next(given)) for group in self.param_groups]
        steps = next(given)
        width = len(self.memories)
        memory = list(zip(*[given] * width, strict=True)) if width else self._memory
        return [
            *rates,
            (self, "steps", steps if isinstance(steps, Value) else int(steps)),
            (self, "_memory", memory),
        ]

    def check_numbers(self, numbers: Mapping[str, float]) -> None:
        """Raise a StateDictError for impossible numbers."""
        for name, x in numbers.items():
            check_progress(name, x)
            if name.partition(".")[0] in self.squares and x < 0.0:
                raise StateDictError(f"{name!r} is a mean of squares, at least 0, and is {x!r}")

    def load_state_dict(self, state: Mapping[str, float]) -> None:
        """Go on from where the optimizer was whose state this is.

        Raises:
            StateDictError: naming every missing, extra or misshapen entry. Nothing has changed.
        """
        super().load_state_dict(self._by_name(state))

    def _by_name(self, state: Any) -> Any:
        """The state with the names of the parameters, if it has their positions instead.

        So wrote every optimizer before it knew names, and so writes one that is given none.
        """
        by_position = {
            f"{memory}.{position}": f"{memory}.{name}"
            for memory in self.memories
            for position, name in enumerate(self.names)
        }
        if not isinstance(state, Mapping) or set(self.number_names()) <= state.keys():
            return state
        if not by_position.keys() <= state.keys():
            return state
        return {by_position.get(key, key): x for key, x in state.items()}

    def fixed_parts(self) -> dict[str, Any]:
        """The settings of each group but its rate, how many parameters it has, and attributes."""
        groups = [(len(x.names), {**x.settings, "lr": None}, x.own) for x in self.param_groups]
        return {**super().fixed_parts(), "param_groups": groups}

    def refers_to(self) -> list[Any]:
        """The parameters."""
        return self.parameters

    def refer_to(self, others: Sequence[Any]) -> None:
        """Change others in the place of the parameters."""
        given = iter(others)
        for group in self.param_groups:
            new = tuple(islice(given, len(group.parameters)))
            vars(group).update(parameters=new, is_traced=True)

    def __copy__(self) -> Self:
        """An optimizer of the same parameters, with settings and memory of its own."""
        new = object.__new__(type(self))
        vars(new).update(vars(self), param_groups=tuple(map(copy.copy, self.param_groups)))
        return new

    def __repr__(self) -> str:
        count = pluralize(len(self.parameters), "parameter")
        return f"{type(self).__name__}(lr={self.lr!r}, {count})"


def check_progress(name: str, x: float) -> None:
    """Check a learning rate, or a number of steps, in a state dict."""
    if name == "steps" and not (0.0 <= x < math.inf and x == math.floor(x)):
        raise StateDictError(f"'steps' should be a whole number of steps, is {x!r}")
    if name.partition(".")[0] in ("lr", "base_lr") and not 0.0 <= x < math.inf:
        raise StateDictError(f"{name!r} should be finite and at least 0, is {x!r}")
