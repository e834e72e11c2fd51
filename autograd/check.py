"""`check_grads`: do forward mode, reverse mode and finite differences agree?

The first two share the rules of the ops, so a wrong rule shows in the third; and since every
derivative is a function again, the same question is asked of it, up to the order wanted.
"""

import copy
import math
from collections.abc import Callable, Iterator, Sequence
from functools import cache, partial
from typing import Any, NamedTuple

from autograd.calculus import identity
from autograd.errors import GradientError, KinkError
from autograd.functional import jacfwd, jacrev
from autograd.graph import edges, topological_order
from autograd.ieee import total
from autograd.kinks import Piece, kink, other_path, piece, pieces
from autograd.message import shown
from autograd.nesting import is_module
from autograd.node import Node
from autograd.op import Op
from autograd.structure import flatten, places
from autograd.value import Value

STEP = (
    2.0**-10
)  # of the size of x: close to the fifth root of the rounding error, the best there is
WEIGHTS = ((-2.0, 1 / 12), (-1.0, -2 / 3), (1.0, 2 / 3), (2.0, -1 / 12))  # error of order step⁴
PYTHON = "the function, which takes another path there,"

Flat = Callable[[list[Any]], list[Any]]
Sampled = Callable[[list[float]], tuple[list[float], list[Piece]]]


def check_grads(
    f: Callable[..., Any],
    args: Any,
    order: int = 2,
    tolerance: float = 1e-7,
    *,
    kinks: str = "raise",
) -> None:
    """Check that all routes to the derivatives of `f` at `args` agree.

    Args:
        f: a function, or an Op, of numbers or structures of them, smooth around `args`.
        args: a tuple of its arguments; anything else is taken for the only argument.
        order: up to which derivative to check.
        tolerance: relative error allowed to finite differences, beside what rounding explains.
        kinks: what to do where a kink, a jump or the border of a domain lies within the steps of
            the finite differences: "raise", or "skip" what they cannot tell.

    Raises:
        GradientError: names the op whose rule is wrong, or the argument, the numbers that
            disagree, and the step of the finite differences.
        KinkError: a GradientError that names the op with the kink, and how far that is.

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
        raise ValueError(f"check_grads: order is an int from 1 on, got {shown(order)}")
    if not tolerance > 0.0:
        raise ValueError(f"check_grads: tolerance is a number above 0, got {shown(tolerance)}")
    if kinks not in ("raise", "skip"):
        raise ValueError(f'check_grads: kinks is "raise" or "skip", got {shown(kinks)}')
    if not callable(f):
        raise TypeError(f"check_grads takes a function, got {type(f).__name__}")
    args = args if isinstance(args, tuple) else (args,)
    at = [float(getattr(x, "data", x)) for x in flatten(args, "check_grads: args")[0]]
    names = [name for i, x in enumerate(args) for name in places(x, f"argument {i}")]

    def outputs(xs: list[Any]) -> list[Any]:
        return flatten(f(*_arguments(args, xs)), "check_grads: the output of the function")[0]

    subject = f"op {f.name!r}" if isinstance(f, Op) else getattr(f, "__name__", repr(f))
    flat: Flat = outputs
    for k in range(1, order + 1):
        _check_one_order(flat, at, names, f"{subject}, order {k}", tolerance, kinks == "skip")
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
    flat: Flat,
    at: list[float],
    names: Sequence[str],
    subject: str,
    tolerance: float,
    skip: bool,
) -> None:
    forward, reverse = jacfwd(flat)(at), jacrev(flat)(at)
    sampled, rounding = _sampled(flat), _Rounding(flat, at)
    largest = max((abs(x) for row in (*forward, *reverse) for x in row if x == x), default=0.0)
    for j, name in enumerate(names):
        columns = {"forward": [row[j] for row in forward], "reverse": [row[j] for row in reverse]}
        place = f"d {name} at {at[j]!r}"
        for mode, column in columns.items():
            told = _compare(sampled, at, j, column, tolerance, rounding)
            for i, difference in told.disagreements.items():
                culprit = _wrong_rule(flat, at, tolerance) or subject
                raise GradientError(
                    f"{culprit}: d output {i} / {place} is {column[i]!r} by "
                    f"{mode} mode and {difference} ({subject})"
                )
            if told.kink and not skip:
                raise KinkError(f"{subject}: {_kink_text(sampled, at, j, told, name)}")
        for i, (x, y) in enumerate(zip(*columns.values(), strict=True)):
            if x != y and abs(x - y) > tolerance * largest + rounding.of_derivative(i, j):
                raise GradientError(
                    f"{subject}: d output {i} / {place} is {x!r} by forward mode "
                    f"and {y!r} by reverse mode"
                )


# --- finite differences ---------------------------------------------------------------------


class _Told(NamedTuple):
    """What finite differences tell.

    Attributes:
        disagreements: for each output with which no step agrees, what they say of it.
        kink: what is not smooth within the steps, empty if nothing is.
        reach: how far the outermost step went that met it.
    """

    disagreements: dict[int, str]
    kink: str
    reach: float


class _Slope(NamedTuple):
    """What the differences of one step say of a derivative."""

    slope: float
    noise: float  # how far rounding may carry it
    step: float
    agrees: bool
    settles: bool  # agrees, and rounding is no excuse


def _compare(
    sampled: Sampled,
    at: list[float],
    j: int,
    derivatives: Sequence[float],
    tolerance: float,
    rounding: "_Rounding | None",
) -> _Told:
    """What finite differences tell of each d output / d input j."""
    slopes: list[list[_Slope]] = [[] for _ in derivatives]
    met, reach, here = "", 0.0, sampled(at)[1]
    for step in _steps(at[j]):
        outputs, kinked = _samples(sampled, at, j, step, here)
        if kinked:
            met, reach = met or kinked, reach or 2.0 * step
            continue
        for i, (derivative, ys) in enumerate(zip(derivatives, outputs, strict=True)):
            wide = partial(rounding.of_both, i, j) if rounding else lambda: (0.0, 0.0)
            slopes[i].append(_slope(derivative, ys, step, tolerance, wide))
        if all(seen[-1].settles for seen in slopes):
            break
    if met == PYTHON and all(any(x.agrees for x in seen) for seen in slopes):
        met = ""  # such as a loop that took a step more
    texts = {i: _against(derivatives[i], seen) for i, seen in enumerate(slopes)}
    return _Told({i: text for i, text in texts.items() if text}, met, reach)


def _slope(
    derivative: float,
    ys: Sequence[float],
    step: float,
    tolerance: float,
    rounding: Callable[[], tuple[float, float]],
) -> _Slope:
    if not all(map(math.isfinite, ys)):  # as at the point itself: there is nothing to compare
        return _Slope(math.nan, 0.0, step, True, True)
    slope = total(*(weight * y for (_, weight), y in zip(WEIGHTS, ys, strict=True))) / step
    noise = 64.0 * math.ulp(max(map(abs, ys))) / step
    size, gap = max(abs(derivative), abs(slope)), abs(derivative - slope)
    agrees = gap < math.inf and gap <= tolerance * size + noise
    if not agrees:
        of_output, of_derivative = rounding()
        noise += of_output / step
        agrees = gap < math.inf and gap <= tolerance * size + noise + of_derivative
    exact = gap == 0.0 or noise <= 10.0 * tolerance * size
    return _Slope(slope, noise, step, agrees, agrees and exact)


def _against(derivative: float, seen: Sequence[_Slope]) -> str:
    """What is said against a derivative: by a step that another bears out, or by all of them.

    One alone may be too coarse, or so fine that rounding is an excuse for everything.
    """
    for x in seen:
        gap = abs(derivative - x.slope)
        tells = not x.agrees and x.noise <= 1e-3 * max(abs(derivative), abs(x.slope))
        if tells and any(
            abs(y.slope - x.slope) <= 0.1 * gap + y.noise / 16.0
            for y in seen
            if not 0.1 < y.step / x.step < 10.0
        ):
            return f"{x.slope!r} by finite differences with step {x.step:.3g}"
    if not seen or any(x.agrees for x in seen):
        return ""
    first = min(seen, key=lambda x: x.noise > 1e-3 * abs(x.slope))
    return f"{first.slope!r} by finite differences with step {first.step:.3g}"


def _steps(x: float) -> tuple[float, ...]:
    """Relative to a small x, which may be close to a pole; then finer; then absolute.

    None at infinity and at nan, where there are no differences.
    """
    first = max(STEP * min(abs(x) or 1.0, 1.0), abs(x) * 2.0**-30)
    if not math.isfinite(x):
        return ()
    steps = (first, first * 2.0**-6, first * 2.0**-12, STEP)
    return tuple(step for step in steps if 0.0 < step < math.inf)


def _sampled(flat: Flat) -> Sampled:
    """The numbers that a function gives, with the pieces it is on."""

    def sampled(xs: list[float]) -> tuple[list[float], list[Piece]]:
        outputs = flat(list(map(Value, xs)))
        return [x._data if isinstance(x, Node) else float(x) for x in outputs], pieces(outputs)

    return sampled


def _samples(
    sampled: Sampled, at: list[float], j: int, step: float, here: Sequence[Piece]
) -> tuple[list[tuple[float, ...]], str]:
    """The numbers of each output around input j, or what kink is met on the way."""
    found = []
    for offset, _ in WEIGHTS:
        outputs, there = sampled(_moved(at, j, offset * step))
        kinked = PYTHON if other_path(here, there) else kink(here, there)
        if kinked:
            return [], kinked
        found.append(outputs)
    return list(zip(*found, strict=True)), ""


def _moved(at: list[float], j: int, way: float) -> list[float]:
    return [*at[:j], at[j] + way, *at[j + 1 :]]


def _kink_text(sampled: Sampled, at: list[float], j: int, told: _Told, name: str) -> str:
    """What is met on the way from input j, and how far from it, found by halving."""
    here, nearest = sampled(at)[1], told.reach
    for way in (told.reach, -told.reach):
        low, high = 0.0, way
        if sampled(_moved(at, j, way))[1] == here:
            continue
        for _ in range(50):
            middle = 0.5 * (low + high)
            met = sampled(_moved(at, j, middle))[1] != here
            low, high = (low, middle) if met else (middle, high)
        nearest = min(nearest, abs(low))
    return (
        f"{told.kink} has a kink, a jump or the border of its domain at a distance of "
        f"{nearest:.3g} from {name} at {at[j]!r}, and the finite differences reach "
        f'{told.reach:.3g} to both sides: check at another point, or pass kinks="skip"'
    )


# --- where the disagreement comes from ------------------------------------------------------


def _wrong_rule(flat: Flat, at: list[float], tolerance: float) -> str:
    """The first op of the graph whose own rule disagrees with its own forward function."""
    for root in flat(list(map(Value, at))):
        for node in topological_order(root) if isinstance(root, Node) else ():
            locals_ = node.locals()
            for j, local in enumerate(locals_):
                if local is None:  # what is chosen, or held fixed, has no slope to compare
                    continue
                numbers, rule = list(node.recorded), float(local)
                told = _compare(_forward(node.op), numbers, j, [rule], tolerance, None)
                for difference in told.disagreements.values():
                    return (
                        f"the rule for operand {j} of {node.describe()} gives {rule!r}, its "
                        f"forward function {difference}"
                    )
    return ""


def _forward(op: Op | None) -> Sampled:
    """The forward function of an op, with the piece it is on."""
    assert op is not None

    def sampled(xs: list[float]) -> tuple[list[float], list[Piece]]:
        out = float(op.forward(*xs))
        return [out], [piece(op, xs, out)]

    return sampled


def _size(x: float, local: Any) -> float:
    return abs(x * (local or 0.0))


class _Rounding:
    """How far rounding may carry the outputs of a function at a point, and their derivatives."""

    def __init__(self, flat: Flat, at: list[float]) -> None:
        self.at = at
        self.outputs = cache(lambda: flat(list(map(Value, at))))
        self.derivatives = cache(lambda: _derivative(flat)(list(map(Value, at))))

    def of_derivative(self, i: int, j: int) -> float:
        return _rounding(self.derivatives()[i * len(self.at) + j])

    def of_both(self, i: int, j: int) -> tuple[float, float]:
        return _rounding(self.outputs()[i]), self.of_derivative(i, j)


def _rounding(root: Any) -> float:
    """How far the roundings of all nodes may carry `root`: a sweep that adds up sizes."""
    if not isinstance(root, Node):
        return 0.0
    reach, found = {root: 1.0}, 0.0
    for node in reversed(topological_order(root)):
        if node.op is None or node not in reach:
            continue
        flows = [(x, abs(float(local))) for _, x, local in edges(node, False)]
        terms = [] if node.op.rules else map(_size, node.recorded, node.locals())
        found += reach[node] * total(abs(node._data), *terms)  # each term that is added inside
        for x, local in flows:
            reach[x] = reach.get(x, 0.0) + reach[node] * local
    return 2.0**-50 * found if math.isfinite(found) else 0.0
