"""`check_grads`: do forward mode, reverse mode and finite differences agree?

The first two share the rules of the ops, so a wrong rule shows in the third; and since every
derivative is a function again, the same question is asked of it, up to the order wanted.
"""

import copy
import math
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from autograd.calculus import identity
from autograd.errors import GradientError
from autograd.functional import jacfwd, jacrev
from autograd.graph import topological_order
from autograd.ieee import total
from autograd.nesting import is_module
from autograd.node import Node
from autograd.op import Op
from autograd.structure import flatten, places
from autograd.value import Value

STEP = (
    2.0**-10
)  # of the size of x: close to the fifth root of the rounding error, the best there is
WEIGHTS = ((-2.0, 1 / 12), (-1.0, -2 / 3), (1.0, 2 / 3), (2.0, -1 / 12))  # error of order step⁴

Flat = Callable[[list[Any]], list[Any]]


def check_grads(f: Callable[..., Any], args: Any, order: int = 2, tolerance: float = 1e-6) -> None:
    """Check that all routes to the derivatives of `f` at `args` agree.

    Args:
        f: a function, or an Op, of numbers or structures of them, smooth around `args`.
        args: a tuple of its arguments; anything else is taken for the only argument.
        order: up to which derivative to check.
        tolerance: relative error allowed to finite differences.

    Raises:
        GradientError: names the op whose rule is wrong, or the argument, the numbers that
            disagree, and the step of the finite differences.

    Example:
        >>> import autograd
        >>> from autograd import check_grads
        >>> check_grads(lambda x, y: x * autograd.sin(y), (2.0, 0.5))
        >>> cube = autograd.Op("cube", lambda x: x * x * x, lambda x, out: 2.0 * x * x)
        >>> check_grads(cube, (2.0,))
        Traceback (most recent call last):
        ...
        autograd.errors.GradientError: the rule for operand 0 of a 'cube' node gives 8.0, ...
    """
    if type(order) is not int or order < 1:
        raise ValueError(f"check_grads: order is an int from 1 on, got {order!r}")
    if not tolerance > 0.0:
        raise ValueError(f"check_grads: tolerance is a number above 0, got {tolerance!r}")
    args = args if isinstance(args, tuple) else (args,)
    at = [float(getattr(x, "data", x)) for x in flatten(args, "check_grads: args")[0]]
    names = [name for i, x in enumerate(args) for name in places(x, f"argument {i}")]

    def outputs(xs: list[Any]) -> list[Any]:
        return flatten(f(*_arguments(args, xs)), "check_grads: the output of the function")[0]

    subject = f"op {f.name!r}" if isinstance(f, Op) else getattr(f, "__name__", repr(f))
    flat: Flat = outputs
    for k in range(1, order + 1):
        _check_one_order(flat, at, names, f"{subject}, order {k}", tolerance)
        flat = _derivative(flat)


def _arguments(args: Sequence[Any], xs: Sequence[Any]) -> list[Any]:
    """The arguments with `xs` in the place of their numbers."""
    remaining = iter(xs)
    return [_twin(x, remaining) if is_module(x) else flatten(x)[1](remaining) for x in args]


def _twin(module: Any, xs: Iterator[Any]) -> Any:
    """A copy of a Module whose parameters are computed from `xs`."""
    twin = copy.deepcopy(module)
    for parameter in twin.parameters():
        x = next(xs)
        parameter.data = x._data if isinstance(x, Node) else x
        if isinstance(x, Node):
            parameter.op, parameter.left, parameter.x = identity, x, x._data
    return twin


def _derivative(flat: Flat) -> Flat:
    """All partial derivatives of all outputs, in a flat list."""
    rows = jacrev(flat)
    return lambda xs: [x for row in rows(xs) for x in row]


def _check_one_order(
    flat: Flat, at: list[float], names: Sequence[str], subject: str, tolerance: float
) -> None:
    forward, reverse = jacfwd(flat)(at), jacrev(flat)(at)
    largest = max((abs(x) for row in (*forward, *reverse) for x in row if x == x), default=0.0)
    for j, name in enumerate(names):
        columns = {"forward": [row[j] for row in forward], "reverse": [row[j] for row in reverse]}
        for mode, column in columns.items():
            for i, difference in _disagreements(flat, at, j, column, tolerance).items():
                culprit = _wrong_rule(flat, at, tolerance) or subject
                raise GradientError(
                    f"{culprit}: d output {i} / d {name} at {at[j]!r} is {column[i]!r} by "
                    f"{mode} mode and {difference} ({subject})"
                )
        for i, (x, y) in enumerate(zip(*columns.values(), strict=True)):
            if x != y and abs(x - y) > tolerance * largest:
                raise GradientError(
                    f"{subject}: d output {i} / d {name} at {at[j]!r} is {x!r} by forward mode "
                    f"and {y!r} by reverse mode"
                )


def _disagreements(
    flat: Flat, at: list[float], j: int, derivatives: Sequence[float], tolerance: float
) -> dict[int, str]:
    """What finite differences say of each d output / d input j with which no step agrees.

    A step tells something if rounding leaves it three digits; without such a step the first counts.
    """
    agreed: set[int] = set()
    said: dict[int, str] = {}  # by steps that tell something
    doubt: dict[int, str] = {}  # by the first step, if that does not
    for step in _steps(at[j]):
        slopes, noise = _finite_differences(flat, at, j, step)
        for i, (derivative, slope) in enumerate(zip(derivatives, slopes, strict=True)):
            size = max(abs(derivative), abs(slope))
            agrees = derivative == slope or abs(derivative - slope) <= tolerance * size + noise[i]
            text = "" if agrees else f"{slope!r} by finite differences with step {step:.3g}"
            doubt.setdefault(i, text)
            if derivative == slope or noise[i] <= 1e-3 * size:
                agreed |= {i} if agrees else set()
                said.setdefault(i, text)
        if len(agreed) == len(derivatives):
            break
    found = {i: said.get(i, text) for i, text in doubt.items() if i not in agreed}
    return {i: text for i, text in found.items() if text}


def _steps(x: float) -> tuple[float, ...]:
    """Relative to a small x, which may be close to a pole; then finer; then absolute."""
    first = max(STEP * min(abs(x) or 1.0, 1.0), abs(x) * 2.0**-30)
    return (first, first * 2.0**-6, first * 2.0**-12, STEP)


def _numbers(flat: Flat, xs: list[float]) -> list[float]:
    return [x._data if isinstance(x, Node) else float(x) for x in flat(list(map(Value, xs)))]


def _finite_differences(
    flat: Flat, at: list[float], j: int, step: float
) -> tuple[list[float], list[float]]:
    """d outputs / d input j by differences, and how far rounding may carry each."""
    samples = [
        _numbers(flat, [*at[:j], at[j] + offset * step, *at[j + 1 :]]) for offset, _ in WEIGHTS
    ]
    slopes, noise = [], []
    for outputs in zip(*samples, strict=True):
        terms = [weight * y for (_, weight), y in zip(WEIGHTS, outputs, strict=True)]
        slopes.append(total(*terms) / step)
        noise.append(64.0 * math.ulp(max(map(abs, outputs))) / step)
    return slopes, noise


def _wrong_rule(flat: Flat, at: list[float], tolerance: float) -> str:
    """The first op of the graph whose own rule disagrees with its own forward function."""
    for root in flat(list(map(Value, at))):
        for node in topological_order(root) if isinstance(root, Node) else ():
            if None in node.locals():  # what is chosen, or held fixed, has no slope to compare
                continue
            for j, local in enumerate(node.local_derivatives):
                forward, numbers = partial(_forward, node), list(node.recorded)
                for difference in _disagreements(
                    forward, numbers, j, [local()], tolerance
                ).values():
                    return (
                        f"the rule for operand {j} of {node.describe()} gives {local()!r}, its "
                        f"forward function {difference}"
                    )
    return ""


def _forward(node: Node, xs: list[Any]) -> list[Any]:
    assert node.op is not None
    return [node.op.forward(*(x._data for x in xs))]
