"""Learning rate schedules: functions of the step, and `Schedule`, which applies one.

Such a function takes the number of steps made so far and gives the factor by which the first
learning rate is multiplied. Any function of an int will do; the usual ones are made here.
"""

import math
import weakref
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any
from weakref import WeakKeyDictionary

from ..engine.arguments import at_least_zero, positive_int
from ..engine.commit import commit
from ..engine.messages import short_repr
from ..engine.numbers import number
from ..nn.state_dict import match_names
from ..transforms.strict import refuse_recorded
from .optimizer import Optimizer, progress

Factor = Callable[[int], float]


def constant_lr(factor: float = 1.0) -> Factor:
    """`factor` at every step.

    Example:
        >>> constant_lr()(7)
        1.0
    """
    return partial(_constant, number(factor, "factor"))


def _constant(factor: float, step: int) -> float:
    return factor


def linear_lr(steps: int, start: float = 1.0, end: float = 0.0) -> Factor:
    """A straight line from `start` to `end`, which is reached after `steps` and kept.

    Example:
        >>> [linear_lr(4)(step) for step in (0, 1, 4, 9)]
        [1.0, 0.75, 0.0, 0.0]
    """
    positive_int("steps", steps)
    return partial(_linear, steps, number(start, "start"), number(end, "end"))


def _linear(steps: int, start: float, end: float, step: int) -> float:
    return end if step >= steps else start + (end - start) * (step / steps)


def cosine_lr(steps: int, end: float = 0.0) -> Factor:
    """From 1 to `end` along half a cosine, flat at both ends (Loshchilov and Hutter, 2017).

    Example:
        >>> [round(cosine_lr(4)(step), 3) for step in (0, 1, 2, 4, 9)]
        [1.0, 0.854, 0.5, 0.0, 0.0]
    """
    positive_int("steps", steps)
    return partial(_cosine, steps, number(end, "end"))


def _cosine(steps: int, end: float, step: int) -> float:
    if step >= steps:
        return end
    return end + (1.0 - end) * 0.5 * (1.0 + math.cos(math.pi * step / steps))


def step_lr(size: int, gamma: float = 0.1) -> Factor:
    """A factor that is multiplied by `gamma` after every `size` steps.

    Example:
        >>> [step_lr(10, gamma=0.5)(step) for step in (0, 9, 10, 20)]
        [1.0, 1.0, 0.5, 0.25]
    """
    positive_int("size", size)
    return partial(_step, size, number(gamma, "gamma"))


def _step(size: int, gamma: float, step: int) -> float:
    return gamma ** (step // size)


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


def _warmup(steps: int, after: Factor, step: int) -> float:
    return (step + 1) / steps * after(0) if step < steps else after(step - steps + 1)


_schedules: WeakKeyDictionary[Optimizer, weakref.ref[Any]] = WeakKeyDictionary()


class Schedule:
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
        self.base_lr, self.steps, self._lr = optimizer.lr, 0, optimizer.lr
        self._move(self.base_lr, 0)
        _schedules[optimizer] = weakref.ref(self)

    def _move(self, base_lr: float, steps: int) -> None:
        factor = number(self.function(steps), "what the function of a Schedule gives")
        lr = at_least_zero("lr", base_lr * factor)
        changes = {"base_lr": base_lr, "steps": steps, "_lr": lr}
        commit([(self.optimizer, "_lr", lr), *((self, name, x) for name, x in changes.items())])

    def step(self) -> None:
        """Count one step, after that of the optimizer, and set its learning rate."""
        refuse_recorded(f"{type(self).__name__}.step()")
        by_hand = self.optimizer.lr != self._lr
        self._move(self.optimizer.lr if by_hand else self.base_lr, self.steps + 1)

    def state_dict(self) -> dict[str, float]:
        """The first learning rate and the number of steps."""
        return {"base_lr": self.base_lr, "steps": float(self.steps)}

    def load_state_dict(self, state: Mapping[str, float]) -> None:
        """Go on from where the schedule was whose state this is, and set the learning rate.

        Raises:
            StateDictError: naming every missing, extra or misshapen entry. Nothing has changed.
        """
        self._move(*progress(match_names("Schedule", self.state_dict(), state), "base_lr"))

    def __repr__(self) -> str:
        return f"Schedule(base_lr={self.base_lr!r}, steps={self.steps})"
