"""Optimizers: `SGD`, `Adam` and `AdamW` do what PyTorch's of the same names do.

`optimizer.py` has what they share, `schedules.py` the learning rates that change with the steps.
"""

import math
from collections.abc import Sequence
from typing import Any

from ..engine import ieee
from ..engine.arguments import at_least_zero, truth
from ..engine.commit import commit
from ..engine.messages import short_repr
from ..engine.numbers import number
from ..transforms.strict import refuse_recorded
from .optimizer import Memory, Optimizer, Parameters, Update, gradient_of, named_leaves
from .schedules import Schedule, constant_lr, cosine_lr, linear_lr, step_lr, warmup

__all__ = ["SGD", "Adam", "AdamW", "Optimizer", "Schedule", "clip_grad_norm_"]
__all__ += ["constant_lr", "cosine_lr", "linear_lr", "step_lr", "warmup"]


class SGD(Optimizer):
    """Stochastic gradient descent: p ← p - lr·v, with v ← momentum·v + grad + weight_decay·p.

    Args:
        params: the leaves to change: a Module, ``model.named_parameters()`` or a list of Values.
            A state dict knows them by name, or by position in a list without names.
        lr: the learning rate.
        momentum: how much of the velocity v stays from step to step.
        nesterov: step by grad + momentum·v instead of v.
        weight_decay: how strongly each parameter is pulled to 0, as a part of its gradient.

    Raises:
        ValueError: for no or repeated parameters, a negative setting, or nesterov without
            momentum.
        TypeError: if a parameter is not a leaf Value, naming its position.

    Example:
        >>> from autograd import Value
        >>> p = Value(1.0)
        >>> optimizer = SGD([p], lr=0.25)
        >>> (p * p).backward()
        >>> optimizer.step()
        >>> p.data
        0.5
    """

    memories = ("velocity",)

    def __init__(
        self,
        params: Parameters,
        lr: float,
        momentum: float = 0.0,
        weight_decay: float = 0.0,
        *,
        nesterov: bool = False,
    ) -> None:
        self.momentum = at_least_zero("momentum", momentum)
        self.weight_decay = at_least_zero("weight_decay", weight_decay)
        self.nesterov = truth("nesterov", nesterov)
        if nesterov and self.momentum == 0.0:
            raise ValueError("nesterov needs a momentum, such as momentum=0.9, got 0")
        super().__init__(params, lr)

    def _update(self, steps: int) -> Update:
        lr, momentum, weight_decay = self.lr, self.momentum, self.weight_decay

        def update(x: float, gradient: float, memory: Memory) -> tuple[float, Memory]:
            if weight_decay:
                gradient = gradient + weight_decay * x
            if not momentum:
                return x - lr * gradient, memory
            velocity = momentum * memory[0] + gradient
            direction = gradient + momentum * velocity if self.nesterov else velocity
            return x - lr * direction, (velocity,)

        return update


class Adam(Optimizer):
    """Adam (Kingma and Ba, 2015): each parameter steps by its gradient's mean over its size.

    Args:
        params: the leaves to change: a Module, ``model.named_parameters()`` or a list of Values.
            A state dict knows them by name, or by position in a list without names.
        lr: the learning rate.
        betas: how much of the mean gradient and of the mean squared gradient stays at a step.
        eps: what is added to the root of the mean square, so that it is never 0.
        weight_decay: how strongly each parameter is pulled to 0, as a part of its gradient.

    Raises:
        ValueError: for no or repeated parameters, or a setting out of range.
        TypeError: if a parameter is not a leaf Value, naming its position.

    Example:
        >>> from autograd import Value
        >>> p = Value(1.0)
        >>> optimizer = Adam([p], lr=0.25, eps=0.0)
        >>> (p * p).backward()
        >>> optimizer.step()
        >>> p.data
        0.75
    """

    memories, squares = ("mean", "square"), ("square",)

    def __init__(
        self,
        params: Parameters,
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
    ) -> None:
        if not isinstance(betas, (list, tuple)) or len(betas) != 2:
            raise TypeError(
                f"betas is a pair of numbers, such as (0.9, 0.999), got {short_repr(betas)}"
            )
        self.betas = tuple(at_least_zero(f"betas[{i}]", beta, 1.0) for i, beta in enumerate(betas))
        self.eps = at_least_zero("eps", eps)
        self.weight_decay = at_least_zero("weight_decay", weight_decay)
        super().__init__(params, lr)

    def _decay(self, x: float, gradient: float) -> tuple[float, float]:
        """The number and its gradient after the weight decay."""
        return x, gradient + self.weight_decay * x

    def _update(self, steps: int) -> Update:
        beta1, beta2 = self.betas
        rate = self.lr / (1.0 - beta1**steps)
        root = math.sqrt(1.0 - beta2**steps)

        def update(x: float, gradient: float, memory: Memory) -> tuple[float, Memory]:
            if self.weight_decay:
                x, gradient = self._decay(x, gradient)
            mean = beta1 * memory[0] + (1.0 - beta1) * gradient
            square = beta2 * memory[1] + (1.0 - beta2) * gradient * gradient
            size = ieee.sqrt(square) / root + self.eps
            return x - ieee.divide(rate * mean, size), (mean, square)

        return update


class AdamW(Adam):
    """Adam with decoupled weight decay (Loshchilov and Hutter, 2019): p ← (1 - lr·decay)·p first.

    The arguments are those of `Adam`; `weight_decay` is 0.01 unless given.

    Example:
        >>> from autograd import Value
        >>> p = Value(1.0)
        >>> AdamW([p], lr=0.5, weight_decay=0.5).step()
        >>> p.data
        0.75
    """

    def __init__(
        self,
        params: Parameters,
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
    ) -> None:
        super().__init__(params, lr, betas, eps, weight_decay)

    def _decay(self, x: float, gradient: float) -> tuple[float, float]:
        return x * (1.0 - self.lr * self.weight_decay), gradient


def clip_grad_norm_(
    parameters: Parameters,
    max_norm: float,
    norm_type: float = 2.0,
    *,
    error_if_nonfinite: bool = False,
) -> float:
    """Shorten the gradient, taken as one vector, to `max_norm` where it is longer.

    Args:
        parameters: as for an optimizer.
        max_norm: the largest norm that is left as it is.
        norm_type: p of the norm (Σ |g|^p)^(1/p); ``math.inf`` for the largest |g|.
        error_if_nonfinite: raise if the norm is inf or nan, and change nothing.

    Returns:
        The norm it had before. If that is nan, every `grad` becomes nan. If it is inf because a
        `grad` is, the infinite ones share `max_norm` and the others become 0, as in the limit.

    Raises:
        ValueError: for no or repeated parameters, a negative or nan `max_norm`, a `norm_type` not
            above 0; for a norm that is not finite, if asked for.
        TypeError: if a parameter is not a leaf Value, naming its position.

    Example:
        >>> from autograd import Value
        >>> a, b = Value(0.0), Value(0.0)
        >>> a.grad, b.grad = 3.0, 4.0
        >>> clip_grad_norm_([a, b], max_norm=2.5)
        5.0
        >>> a.grad, b.grad
        (1.5, 2.0)
    """
    refuse_recorded("clip_grad_norm_()")
    chosen = list(named_leaves(parameters).values())
    longest = number(max_norm, "max_norm")
    p = number(norm_type, "norm_type")
    if not longest >= 0.0:
        raise ValueError(f"max_norm is at least 0, got {longest!r}")
    if not p > 0.0:
        raise ValueError(f"norm_type is above 0, such as 2.0 or math.inf, got {p!r}")
    largest = ieee.maximum(0.0, *[abs(gradient_of(x)) for x in chosen])
    # Relative to the largest, nothing overflows; where it is infinite, what is finite is 0.
    shares = [_share(x.grad, largest) for x in chosen]
    relative = _norm([abs(getattr(x, "data", x)) for x in shares], p)
    norm = largest * relative
    if truth("error_if_nonfinite", error_if_nonfinite) and not math.isfinite(norm):
        raise ValueError(f"the norm of the gradient is {norm!r}: no gradient was changed")
    if not norm <= longest:
        scale = longest / relative
        pairs = zip(chosen, shares, strict=True)
        commit([(x, "_grad", share * scale) for x, share in pairs if x.is_reached])
    return norm


def _share(gradient: Any, largest: float) -> Any:
    """A gradient over the largest there is, which may be 0 or infinite."""
    if gradient is None or largest == 0.0:
        return 0.0
    if largest == math.inf:
        x = getattr(gradient, "data", gradient)
        return math.copysign(1.0, x) if abs(x) == math.inf else 0.0
    return gradient / largest


def _norm(xs: Sequence[float], p: float) -> float:
    """(Σ x^p)^(1/p) of numbers from 0 to 1, of which one is 1; the largest for p = inf."""
    if p == 2.0:
        return math.hypot(*xs)
    return ieee.maximum(*xs) if p == math.inf else math.fsum(x**p for x in xs) ** (1.0 / p)
