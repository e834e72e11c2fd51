"""Learning rate schedules: functions of the step, and `Schedule`, which applies one.

Such a function takes the number of steps made so far and gives the factor by which the first
learning rate is multiplied. Any function of an int will do; the usual ones are made here.
"""

import itertools
import math
import weakref
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any
from weakref import WeakKeyDictionary

from ..engine import calculus as c
from ..engine.arguments import positive_int
from ..engine.commit import Changes, commit
from ..engine.messages import short_repr
from ..engine.numbers import number
from ..engine.value import Value
from ..nn.state_dict import match_names
from ..transforms.strict import refuse_recorded
from .optimizer import Optimizer, check_progress, learning_rate
from .stateful import Stateful

Factor = Callable[[int], float]


def constant_lr(factor: float = 1.0) -> Factor:
    """`factor` at every step.

    Example:
        >>> constant_lr()(7)
        1.0
    """
    return partial(_constant, number(factor, "factor"))


def _constant(factor: float, step: Any) -> Any:
    return factor


def linear_lr(steps: int, start: float = 1.0, end: float = 0.0) -> Factor:
    """A straight line from `start` to `end`, which is reached after `steps` and kept.

    Example:
        >>> [linear_lr(4)(step) for step in (0, 1, 4, 9)]
        [1.0, 0.75, 0.0, 0.0]
    """
    positive_int("steps", steps)
    return partial(_linear, steps, number(start, "start"), number(end, "end"))


def _linear(steps: int, start: float, end: float, step: Any) -> Any:
    return _either(step < steps, lambda: start + (end - start) * (step / float(steps)), lambda: end)


def _either(condition: Any, this: Callable[[], Any], that: Callable[[], Any]) -> Any:
    """`this` if the condition holds, else `that`; where it is a node, a node of both."""
    if isinstance(condition, Value):
        return c.where(condition, this(), that())
    return this() if condition else that()


def cosine_lr(steps: int, end: float = 0.0) -> Factor:
    """From 1 to `end` along half a cosine, flat at both ends (Loshchilov and Hutter, 2017).

    Example:
        >>> [round(cosine_lr(4)(step), 3) for step in (0, 1, 2, 4, 9)]
        [1.0, 0.854, 0.5, 0.0, 0.0]
    """
    positive_int("steps", steps)
    return partial(_cosine, steps, number(end, "end"))


def _cosine(steps: int, end: float, step: Any) -> Any:
    def falling() -> Any:
        return end + (1.0 - end) * 0.5 * (1.0 + c.cos(math.pi * step / float(steps)))

    return _either(step < steps, falling, lambda: end)


def step_lr(size: int, gamma: float = 0.1) -> Factor:
    """A factor that is multiplied by `gamma` after every `size` steps.

    Example:
        >>> [step_lr(10, gamma=0.5)(step) for step in (0, 9, 10, 20)]
        [1.0, 1.0, 0.5, 0.25]
    """
    positive_int("size", size)
    return partial(_step, size, number(gamma, "gamma"))


def _step(size: int, gamma: float, step: Any) -> Any:
    return c.pow(gamma, step // size)


def warmup(steps: int, then: Factor | None = None) -> Factor:
    """A straight line up in `steps` steps, to where the schedule `then` starts and goes on.

    The last step of the line is the first of `then`, so that the highest rate comes once.

    Example:
        >>> factor = warmup(2, then=linear_lr(4))
        >>> [factor(step) for step in (0, 1, 2, 3, 6)]
        [0.5, 1.0, 0.75, 0.5, 0.0]
    """
    positive_int("steps", steps)
    if then is not None and not callable(then):
        raise TypeError(f"then is a function such as linear_lr(100), got {short_repr(then)}")
    after = constant_lr() if then is None else then
    return partial(_warmup, steps, after)


def _warmup(steps: int, after: Factor, step: Any) -> Any:
    return _either(
        step < steps,
        lambda: (step + 1) / float(steps) * after(0),
        lambda: after(step - steps + 1),
    )


_schedules: WeakKeyDictionary[Optimizer, weakref.ref[Any]] = WeakKeyDictionary()


class Schedule(Stateful):
    """Keeps the learning rate of an optimizer at its first value times ``function(step)``.

    A rate that is assigned to ``optimizer.lr`` in between is the new one to multiply.

    Args:
        optimizer: its `lr` now is the one that is multiplied.
        function: from the number of steps made so far, from 0, to the factor.

    Raises:
        TypeError: for anything else.
        ValueError: if the optimizer has a schedule already.

    Attributes:
        base_lr: the learning rate that is multiplied.
        steps: how many steps were made.

    Example:
        >>> from autograd import Value
        >>> from autograd.optim import SGD
        >>> optimizer = SGD([Value(1.0)], lr=0.5)
        >>> schedule = Schedule(optimizer, linear_lr(2))
        >>> for _ in range(2):
        ...     optimizer.step()
        ...     schedule.step()
        ...     optimizer.lr
        0.25
        0.0
    """

    needs = "its optimizer"
    changing = frozenset({"optimizer", "steps", "_base_rates", "_rates"})

    def __init__(self, optimizer: Optimizer, function: Factor) -> None:
        if not isinstance(optimizer, Optimizer) or not callable(function):
            wrong = function if isinstance(optimizer, Optimizer) else optimizer
            raise TypeError(
                "Schedule needs an optimizer and a function such as cosine_lr(100), "
                f"got {short_repr(wrong)} for the {'second' if wrong is function else 'first'}"
            )
        other = _schedules.get(optimizer)
        if other is not None and other() is not None:
            raise ValueError(
                f"the optimizer has a schedule already, {other()!r}: make one function of both, "
                "as warmup(steps, then=cosine_lr(100)) does, or delete the other one first"
            )
        self.optimizer, self.function = optimizer, function
        rates = [group.lr for group in optimizer.param_groups]
        self.steps: Any = 0
        self._base_rates = rates  # those that are multiplied
        self._rates = rates  # those that it has set
        self._move(rates, 0)
        _schedules[optimizer] = weakref.ref(self)

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Take over attributes, as the schedule of the optimizer among them."""
        vars(self).update(state)
        _schedules.setdefault(self.optimizer, weakref.ref(self))

    @property
    def base_lr(self) -> float:
        """The learning rate that is multiplied; of several groups, that of the first."""
        return self._base_rates[0]  # type: ignore[no-any-return]

    def _move(self, base_rates: list[Any], steps: Any) -> None:
        factor = self.function(steps)
        if not (self.is_traced and isinstance(factor, Value)):
            factor = number(factor, "what the function of a Schedule gives")
        rates = [learning_rate("lr", base * factor) for base in base_rates]
        commit(
            [
                *zip(self.optimizer.param_groups, itertools.repeat("lr"), rates, strict=False),
                (self, "_rates", rates),
                (self, "_base_rates", base_rates),
                (self, "steps", steps),
            ]
        )

    def step(self) -> None:
        """Count one step, after that of the optimizer, and set its learning rate."""
        self.refuse_outside("step()")
        groups = self.optimizer.param_groups
        # A rate that is not the one it has set was assigned by hand.
        base_rates = [
            c.where(c.equal(group.lr, rate), base, group.lr)
            for group, rate, base in zip(groups, self._rates, self._base_rates, strict=True)
        ]
        self._move(base_rates, self.steps + 1)

    def number_names(self) -> tuple[str, ...]:
        """The names of the numbers that change; a state dict has those up to the steps."""
        count = len(self._rates)
        numbered = [""] if count == 1 else [f".{i}" for i in range(count)]
        return (*(f"base_lr{i}" for i in numbered), "steps", *(f"lr{i}" for i in numbered))

    def numbers(self) -> list[Any]:
        """The learning rates that are multiplied, the steps, and the rates that it has set."""
        return [*self._base_rates, self.steps, *self._rates]

    def changes(self, numbers: Sequence[Any]) -> Changes:
        """What `commit` has to do to give it these numbers."""
        count = len(self._rates)
        steps = numbers[count]
        return [
            (self, "_base_rates", list(numbers[:count])),
            (self, "steps", steps if isinstance(steps, Value) else int(steps)),
            (self, "_rates", list(numbers[count + 1 :])),
        ]

    def state_dict(self) -> dict[str, float]:
        """The learning rate that is multiplied, and the number of steps."""
        return dict(itertools.islice(super().state_dict().items(), len(self._rates) + 1))

    def check_numbers(self, numbers: Mapping[str, float]) -> None:
        """Raise a StateDictError for impossible numbers."""
        for name, x in numbers.items():
            check_progress(name, x)

    def load_state_dict(self, state: Mapping[str, float]) -> None:
        """Go on from where the schedule was whose state this is, and set the learning rate.

        Raises:
            StateDictError: naming every missing, extra or misshapen entry. Nothing has changed.
        """
        refuse_recorded("Schedule.load_state_dict()")
        numbers = match_names("Schedule", self.state_dict(), state)
        self.check_numbers(numbers)
        *base_rates, steps = numbers.values()
        self._move(base_rates, int(steps))

    def refers_to(self) -> list[Any]:
        """The optimizer."""
        return [self.optimizer]

    def refer_to(self, others: Sequence[Any]) -> None:
        """Set the learning rate of another optimizer."""
        (self.optimizer,) = others

    def __repr__(self) -> str:
        return f"Schedule(base_lr={self.base_lr!r}, steps={self.steps})"
