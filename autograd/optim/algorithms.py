"""Optimizers: each does what PyTorch's of the same name does.

`optimizer.py` has what they share. The formulas hold for numbers, and for the nodes of a function
that is being recorded, with the same bits.
"""

from typing import Any

from ..engine import calculus as c
from ..engine.arguments import at_least_zero, truth
from ..engine.messages import short_repr
from .groups import ParameterGroup, Parameters
from .optimizer import Memory, Optimizer, Setting, Update

__all__ = ["SGD", "Adagrad", "Adam", "AdamW", "RMSprop"]


def _below_one(name: str, given: Any) -> float:
    return at_least_zero(name, given, 1.0)


def _pair_below_one(name: str, given: Any) -> tuple[float, ...]:
    if not isinstance(given, (list, tuple)) or len(given) != 2:
        raise TypeError(
            f"{name} is a pair of numbers, such as (0.9, 0.999), got {short_repr(given)}"
        )
    return tuple(_below_one(f"{name}[{i}]", beta) for i, beta in enumerate(given))


def _decayed(group: ParameterGroup, x: Any, gradient: Any) -> Any:
    """The gradient of a parameter with the weight decay as a part of it."""
    return gradient + group.weight_decay * x if group.weight_decay else gradient


class SGD(Optimizer):
    """Stochastic gradient descent: p ← p - lr·v, with v ← momentum·v + grad + weight_decay·p.

    Args:
        params: the leaves to change: a Module, ``model.named_parameters()`` or a list of Values;
            or a list of groups, such as ``{"params": model.parameters(), "lr": 0.01}``. A state
            dict knows them by name, or by position in a list without names.
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
    momentum = Setting(at_least_zero)
    weight_decay = Setting(at_least_zero)
    nesterov = Setting(truth)

    def __init__(
        self,
        params: Parameters,
        lr: float,
        momentum: float = 0.0,
        weight_decay: float = 0.0,
        *,
        nesterov: bool = False,
    ) -> None:
        super().__init__(
            params, lr, momentum=momentum, weight_decay=weight_decay, nesterov=nesterov
        )
        for group in self.param_groups:
            if group.nesterov and group.momentum == 0.0:
                raise ValueError("nesterov needs a momentum, such as momentum=0.9, got 0")

    def update_rule(self, group: ParameterGroup, steps: Any) -> Update:
        """The new number and velocity of a parameter."""
        lr, momentum = group.lr, group.momentum

        def update(x: Any, gradient: Any, memory: Memory) -> tuple[Any, Memory]:
            gradient = _decayed(group, x, gradient)
            if not momentum:
                return x - lr * gradient, memory
            velocity = momentum * memory[0] + gradient
            direction = gradient + momentum * velocity if group.nesterov else velocity
            return x - lr * direction, (velocity,)

        return update


class RMSprop(Optimizer):
    """RMSprop (Hinton, 2012): each parameter steps by its gradient over the size it has of late.

    s ← alpha·s + (1 - alpha)·grad², then p ← p - lr·grad/(√s + eps); with `centered`, s - m² is in
    the place of s, where m is the mean gradient; with a momentum, v ← momentum·v + grad/(√s + eps)
    and p ← p - lr·v.

    Args:
        params: as for `SGD`.
        lr: the learning rate.
        alpha: how much of the mean squared gradient stays at a step.
        eps: what is added to the root of the mean square, so that it is never 0.
        weight_decay: how strongly each parameter is pulled to 0, as a part of its gradient.
        momentum: how much of the velocity v stays from step to step.
        centered: divide by the deviation of the gradient from its mean (Graves, 2013).

    Raises:
        ValueError: for no or repeated parameters, or a setting out of range.
        TypeError: if a parameter is not a leaf Value, naming its position.

    Example:
        >>> from autograd import Value
        >>> p = Value(1.0)
        >>> optimizer = RMSprop([p], lr=0.25, alpha=0.75, eps=0.0)
        >>> (p * p).backward()
        >>> optimizer.step()
        >>> p.data
        0.5
    """

    memories, squares = ("square", "mean", "velocity"), ("square",)
    alpha = Setting(_below_one)
    eps = Setting(at_least_zero)
    weight_decay = Setting(at_least_zero)
    momentum = Setting(at_least_zero)
    centered = Setting(truth)

    def __init__(
        self,
        params: Parameters,
        lr: float = 1e-2,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        momentum: float = 0.0,
        *,
        centered: bool = False,
    ) -> None:
        settings = {"alpha": alpha, "eps": eps, "weight_decay": weight_decay}
        super().__init__(params, lr, **settings, momentum=momentum, centered=centered)

    def update_rule(self, group: ParameterGroup, steps: Any) -> Update:
        """The new number of a parameter, its mean square and mean gradient, and its velocity."""
        lr, alpha, momentum = group.lr, group.alpha, group.momentum

        def update(x: Any, gradient: Any, memory: Memory) -> tuple[Any, Memory]:
            square, mean, velocity = memory
            gradient = _decayed(group, x, gradient)
            square = alpha * square + (1.0 - alpha) * gradient * gradient
            spread = square
            if group.centered:
                mean = alpha * mean + (1.0 - alpha) * gradient
                # Rounding may leave less than 0, where every gradient was the same.
                spread = c.maximum(square - mean * mean, 0.0)
            size = c.sqrt(spread) + group.eps
            if not momentum:
                return x - c.div(lr * gradient, size), (square, mean, velocity)
            velocity = momentum * velocity + c.div(gradient, size)
            return x - lr * velocity, (square, mean, velocity)

        return update


class Adagrad(Optimizer):
    """Adagrad (Duchi, Hazan and Singer, 2011): steps by the gradient over all gradients so far.

    s ← s + grad², then p ← p - lr/(1 + (t - 1)·lr_decay)·grad/(√s + eps) in the step t.

    Args:
        params: as for `SGD`.
        lr: the learning rate.
        lr_decay: how much more the learning rate is divided by at each step.
        weight_decay: how strongly each parameter is pulled to 0, as a part of its gradient.
        initial_accumulator_value: s before the first step.
        eps: what is added to the root, so that it is never 0.

    Raises:
        ValueError: for no or repeated parameters, or a setting out of range.
        TypeError: if a parameter is not a leaf Value, naming its position.

    Example:
        >>> from autograd import Value
        >>> p = Value(1.0)
        >>> optimizer = Adagrad([p], lr=0.25, eps=0.0)
        >>> (p * p).backward()
        >>> optimizer.step()
        >>> p.data
        0.75
    """

    memories = squares = ("total",)
    lr_decay = Setting(at_least_zero)
    weight_decay = Setting(at_least_zero)
    initial_accumulator_value = Setting(at_least_zero)
    eps = Setting(at_least_zero)

    def __init__(
        self,
        params: Parameters,
        lr: float = 1e-2,
        lr_decay: float = 0.0,
        weight_decay: float = 0.0,
        initial_accumulator_value: float = 0.0,
        eps: float = 1e-10,
    ) -> None:
        super().__init__(
            params,
            lr,
            lr_decay=lr_decay,
            weight_decay=weight_decay,
            initial_accumulator_value=initial_accumulator_value,
            eps=eps,
        )

    def first_memory(self, group: ParameterGroup) -> Memory:
        """The total of squared gradients before the first step."""
        return (group.initial_accumulator_value,)

    def update_rule(self, group: ParameterGroup, steps: Any) -> Update:
        """The new number of a parameter, and the total of its squared gradients."""
        rate = c.div(group.lr, 1.0 + (steps - 1.0) * group.lr_decay)

        def update(x: Any, gradient: Any, memory: Memory) -> tuple[Any, Memory]:
            gradient = _decayed(group, x, gradient)
            total = memory[0] + gradient * gradient
            return x - c.div(rate * gradient, c.sqrt(total) + group.eps), (total,)

        return update


class Adam(Optimizer):
    """Adam (Kingma and Ba, 2015): each parameter steps by its gradient's mean over its size.

    Args:
        params: the leaves to change: a Module, ``model.named_parameters()`` or a list of Values;
            or a list of groups, such as ``{"params": model.parameters(), "lr": 0.01}``. A state
            dict knows them by name, or by position in a list without names.
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
    betas = Setting(_pair_below_one)
    eps = Setting(at_least_zero)
    weight_decay = Setting(at_least_zero)

    def __init__(
        self,
        params: Parameters,
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(params, lr, betas=betas, eps=eps, weight_decay=weight_decay)

    def decay(self, group: ParameterGroup, x: Any, gradient: Any) -> tuple[Any, Any]:
        """The number and its gradient after the weight decay."""
        return x, gradient + group.weight_decay * x

    def update_rule(self, group: ParameterGroup, steps: Any) -> Update:
        """The new number of a parameter, its mean gradient and mean squared gradient."""
        beta1, beta2 = group.betas
        rate = c.div(group.lr, 1.0 - c.pow(beta1, steps))
        root = c.sqrt(1.0 - c.pow(beta2, steps))

        def update(x: Any, gradient: Any, memory: Memory) -> tuple[Any, Memory]:
            if group.weight_decay:
                x, gradient = self.decay(group, x, gradient)
            mean = beta1 * memory[0] + (1.0 - beta1) * gradient
            square = beta2 * memory[1] + (1.0 - beta2) * gradient * gradient
            size = c.div(c.sqrt(square), root) + group.eps
            return x - c.div(rate * mean, size), (mean, square)

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

    def decay(self, group: ParameterGroup, x: Any, gradient: Any) -> tuple[Any, Any]:
        """The number after the weight decay, and its gradient."""
        return x * (1.0 - group.lr * group.weight_decay), gradient
