"""`check_grads`: do forward mode, reverse mode and finite differences agree?

The first two share the rules of the ops, so a wrong rule shows in the third; and since every
derivative is a function again, the same question is asked of it, up to the order wanted.
"""

import copy
import math
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any

from ..engine.arguments import check_function, one_of
from ..engine.calculus import identity
from ..engine.errors import GradientError, KinkError
from ..engine.graph import edges, topological_order
from ..engine.ieee import total
from ..engine.messages import short_repr
from ..engine.nesting import is_module
from ..engine.node import Node
from ..engine.numbers import number
from ..engine.op import Op
from ..engine.rows import RowOp
from ..engine.value import Value
from .compiled_function import CompiledFunction
from .derivatives import jacfwd, jacrev
from .differences import DifferenceReport, Sampled, compare_derivatives, move
from .kinks import Piece, piece, pieces
from .samples import source_of, with_samples
from .trees import flatten_numbers

Flat = Callable[[list[Any]], list[Any]]


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
        autograd.engine.errors.GradientError: the rule for operand 0 of a 'cube' node gives 8.0, ...
    """
    _check_order(order)
    if not number(tolerance, "tolerance of check_grads") > 0.0:
        raise ValueError(f"check_grads: tolerance is a number above 0, got {short_repr(tolerance)}")
    one_of("check_grads: kinks", kinks, ("raise", "skip"))
    check_function("check_grads", f)
    args = args if isinstance(args, tuple) else (args,)
    at = [float(getattr(x, "data", x)) for x in flatten_numbers(args, "check_grads: args")[0]]
    treedefs = [flatten_numbers(x)[1] for x in args]
    names = [name for i, treedef in enumerate(treedefs) for name in treedef.places(f"argument {i}")]

    def flat_of(f: Callable[..., Any]) -> Flat:
        def outputs(xs: list[Any]) -> list[Any]:
            output = f(*_arguments(args, xs))
            return flatten_numbers(output, "check_grads: the output of the function")[0]

        return outputs

    subject = f"op {f.name!r}" if isinstance(f, Op) else getattr(f, "__name__", repr(f))
    flat = flat_of(f)  # of a compiled function the interpreted one has the nodes to look at
    plain = flat_of(f.f) if isinstance(f, CompiledFunction) else flat
    for k in range(1, order + 1):
        told = f"{subject}, order {k}"
        _check_one_order(flat, plain, at, names, told, tolerance, kinks == "skip")
        flat, plain = _derivative(flat), _derivative(plain)


def _check_order(order: Any) -> None:
    if type(order) is int and order >= 1:
        return
    instead = ""
    if type(order) is not bool and isinstance(order, (float, list, tuple, dict, Node)):
        instead = (
            ": pass several arguments of the function in a tuple, as in check_grads(f, (x, y))"
        )
    raise ValueError(f"check_grads: order is an int from 1 on, got {short_repr(order)}{instead}")


def _arguments(args: Sequence[Any], xs: Sequence[Any]) -> list[Any]:
    """The arguments with `xs` in the place of their numbers."""
    remaining = iter(xs)
    return [
        _twin(x, remaining) if is_module(x) else flatten_numbers(x)[1].unflatten(remaining)
        for x in args
    ]


def _twin(module: Any, xs: Iterator[Any]) -> Any:
    """A copy of a Module whose parameters are computed from `xs`, none of them frozen."""
    twin = copy.deepcopy(module).unfreeze()
    for parameter in twin.parameters():
        x = next(xs)
        parameter.data = x._data if isinstance(x, Node) else x
        if isinstance(x, Node):
            parameter.record(identity, (x,), (x._data,))
    return twin


def _derivative(flat: Flat) -> Flat:
    """All partial derivatives of all outputs, in a flat list."""
    rows = jacrev(flat)
    return lambda xs: [x for row in rows(xs) for x in row]


def _check_one_order(
    flat: Flat,
    plain: Flat,
    at: list[float],
    names: Sequence[str],
    subject: str,
    tolerance: float,
    skip: bool,
) -> None:
    forward, reverse = jacfwd(flat)(at), jacrev(flat)(at)
    sampled, rounding = _sample_function(plain), _Rounding(plain, at)
    largest = max((abs(x) for row in (*forward, *reverse) for x in row if x == x), default=0.0)
    for j, name in enumerate(names):
        columns = {"forward": [row[j] for row in forward], "reverse": [row[j] for row in reverse]}
        place = f"d {name} at {at[j]!r}"
        for mode, column in columns.items():
            told = compare_derivatives(sampled, at, j, column, tolerance, rounding.of_both)
            for i, difference in told.disagreements.items():
                told_of = f"d output {i} / {place} is {column[i]!r} by {mode} mode and {difference}"
                culprit = _wrong_rule(plain, at, tolerance)
                raise GradientError(
                    f"{culprit}: {told_of} ({subject})" if culprit else f"{subject}: {told_of}"
                )
            if told.kink and not skip:
                raise KinkError(f"{subject}: {_kink_text(sampled, at, j, told, name)}")
        for i, (x, y) in enumerate(zip(*columns.values(), strict=True)):
            if x != y and abs(x - y) > tolerance * largest + rounding.of_derivative(i, j):
                raise GradientError(
                    f"{subject}: d output {i} / {place} is {x!r} by forward mode "
                    f"and {y!r} by reverse mode"
                )


def _sample_function(flat: Flat) -> Sampled:
    """The numbers that a function gives, with the pieces it is on."""

    def sampled(xs: list[float]) -> tuple[list[float], list[Piece]]:
        outputs = flat(list(map(Value, xs)))
        return [x._data if isinstance(x, Node) else float(x) for x in outputs], pieces(outputs)

    return sampled


def _kink_text(sampled: Sampled, at: list[float], j: int, told: DifferenceReport, name: str) -> str:
    """A sentence about the kink near input j: where it is, found by bisection."""
    here, nearest = sampled(at)[1], told.reach
    for way in (told.reach, -told.reach):
        low, high = 0.0, way
        if sampled(move(at, j, way))[1] == here:
            continue
        for _ in range(50):
            middle = 0.5 * (low + high)
            met = sampled(move(at, j, middle))[1] != here
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
        for node in with_samples(topological_order(root)) if isinstance(root, Node) else ():
            if isinstance(node.op, RowOp):
                continue
            locals_ = node.all_locals()
            for j, local in enumerate(locals_):
                if local is None:  # what is chosen, or held fixed, has no slope to compare
                    continue
                numbers, rule = list(node.recorded), float(local)
                told = compare_derivatives(
                    _forward(node.op), numbers, j, [rule], tolerance, _no_rounding
                )
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


def _no_rounding(i: int, j: int) -> tuple[float, float]:
    return 0.0, 0.0


def _size(x: float, local: Any) -> float:
    return abs(x * (local or 0.0))


class _Rounding:
    """Bounds of the rounding errors in the outputs of a function, and in their derivatives."""

    def __init__(self, flat: Flat, at: list[float]) -> None:
        self.at = at
        self.outputs = cache(lambda: flat(list(map(Value, at))))
        self.derivatives = cache(lambda: _derivative(flat)(list(map(Value, at))))

    def of_derivative(self, i: int, j: int) -> float:
        return _rounding(self.derivatives()[i * len(self.at) + j])

    def of_both(self, i: int, j: int) -> tuple[float, float]:
        return _rounding(self.outputs()[i]), self.of_derivative(i, j)


def _rounding(root: Any) -> float:
    """A bound of the rounding error in `root`: the sum over all nodes, by one backward sweep."""
    if not isinstance(root, Node):
        return 0.0
    reach, found = {root: 1.0}, 0.0
    for node in reversed(list(with_samples(topological_order(root)))):
        if node.op is None or node not in reach:
            continue
        source = source_of(node)
        if source is not None:
            reach[source] = reach.get(source, 0.0) + reach[node]
            continue
        flows = [(x, abs(float(local))) for _, x, local in edges(node, False)]
        alone = node.op.rules or isinstance(node.op, RowOp)
        terms = [] if alone else map(_size, node.recorded, node.all_locals())
        found += reach[node] * total(abs(node._data), *terms)  # each term that is added inside
        for x, local in flows:
            reach[x] = reach.get(x, 0.0) + reach[node] * local
    return 2.0**-50 * found if math.isfinite(found) else 0.0
