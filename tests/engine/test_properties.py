"""Laws that hold for every expression: checked on random graphs with shared nodes.

A `Program` is a list of steps, each of which applies an op to earlier nodes. Run on Values it
is a graph; run on complex numbers it gives a reference, for an analytic f has
f'(x) = Im f(x + ih) / h to the last few bits when h is tiny.
"""

import cmath
import math
from collections.abc import Callable, Sequence
from typing import Any

from hypothesis import given, settings, strategies as st

import autograd as ag
from autograd import Value, gradients, recompute
from autograd.engine.graph import topological_order
from autograd.transforms.derivatives import grad, hvp, jacfwd, jacrev, jvp, vjp
from tests.bits import bits

Arithmetic = dict[str, Callable[..., Any]]

ON_VALUES: Arithmetic = {
    "add": lambda a, b, c: a + b,
    "sub": lambda a, b, c: a - b,
    "scaled": lambda a, b, c: 0.5 * a,
    "product": lambda a, b, c: ag.sin(a * b),
    "quotient": lambda a, b, c: a / ag.hypot(b, 2.0),
    "power": lambda a, b, c: (a * a + 1.5) ** -1.5,
    "exp": lambda a, b, c: ag.exp(-a * a),
    "log": lambda a, b, c: ag.log(a * a + 2.0),
    "tanh": lambda a, b, c: ag.tanh(a),
    "sigmoid": lambda a, b, c: ag.sigmoid(a),
    "softplus": lambda a, b, c: ag.softplus(ag.atan(a)),
    "mean": lambda a, b, c: ag.mean([a, b, a, c]),
    "sum": lambda a, b, c: ag.sum([a, 1.0, b]),
    "dot": lambda a, b, c: ag.atan(ag.dot([a, 0.5], [b, c])),
    "prod": lambda a, b, c: ag.sin(ag.prod([a, b, c])),
    "logsumexp": lambda a, b, c: ag.logsumexp([ag.sin(a), ag.sin(b), 0.5]),
}


def _logistic(z: complex) -> complex:
    return 1.0 / (1.0 + cmath.exp(-z)) if z.real > 0 else cmath.exp(z) / (1.0 + cmath.exp(z))


ON_COMPLEX: Arithmetic = {
    "add": lambda a, b, c: a + b,
    "sub": lambda a, b, c: a - b,
    "scaled": lambda a, b, c: 0.5 * a,
    "product": lambda a, b, c: cmath.sin(a * b),
    "quotient": lambda a, b, c: a / cmath.sqrt(b * b + 4.0),
    "power": lambda a, b, c: 1.0 / ((a * a + 1.5) * cmath.sqrt(a * a + 1.5)),
    "exp": lambda a, b, c: cmath.exp(-a * a),
    "log": lambda a, b, c: cmath.log(a * a + 2.0),
    "tanh": lambda a, b, c: cmath.tanh(a),
    "sigmoid": lambda a, b, c: _logistic(a),
    "softplus": lambda a, b, c: cmath.log(1.0 + cmath.exp(cmath.atan(a))),
    "mean": lambda a, b, c: (a + b + a + c) / 4.0,
    "sum": lambda a, b, c: a + 1.0 + b,
    "dot": lambda a, b, c: cmath.atan(a * b + 0.5 * c),
    "prod": lambda a, b, c: cmath.sin(a * b * c),
    "logsumexp": lambda a, b, c: cmath.log(
        cmath.exp(cmath.sin(a)) + cmath.exp(cmath.sin(b)) + cmath.exp(0.5)
    ),
}

INPUTS = 3
Program = list[tuple[str, int, int, int]]

earlier = st.integers(1, 5)  # how many steps back, so that nodes are shared and graphs are deep
programs = st.lists(
    st.tuples(st.sampled_from(sorted(ON_VALUES)), earlier, earlier, earlier),
    min_size=1,
    max_size=40,
)
points = st.lists(st.floats(-2.0, 2.0), min_size=INPUTS, max_size=INPUTS)
numbers = st.floats(-2.0, 2.0)
few = settings(deadline=None, derandomize=True, max_examples=100)


def run(program: Program, xs: Sequence[Any], ops: Arithmetic = ON_VALUES) -> Any:
    """The last node, plus some of each input so that none is out of reach."""
    nodes = list(xs)
    for name, *back in program:
        nodes.append(ops[name](*(nodes[-min(i, len(nodes))] for i in back)))
    return nodes[-1] + 0.25 * xs[0] - 0.5 * xs[1] + 0.125 * xs[2]


def function(program: Program) -> Callable[[Sequence[Any]], Any]:
    return lambda xs: run(program, xs)


def record(program: Program, xs: Sequence[float]) -> tuple[Value, list[Value], float]:
    """The root, the leaves, and the largest gradient on the way, which rounding grows with."""
    leaves = [Value(x) for x in xs]
    root = run(program, leaves)
    root.backward()
    largest = max(1.0, *(abs(node.grad) for node in topological_order(root)))
    return root, leaves, largest


def agree(xs: Sequence[float], ys: Sequence[float], scale: float) -> bool:
    return all(abs(x - y) <= 1e-12 * scale for x, y in zip(xs, ys, strict=True))


def test_both_arithmetics_have_the_same_steps() -> None:
    assert ON_VALUES.keys() == ON_COMPLEX.keys()


@few
@given(programs, points)
def test_gradients_are_those_of_a_complex_step(program: Program, xs: list[float]) -> None:
    _, leaves, scale = record(program, xs)
    step = 1e-200
    for i, leaf in enumerate(leaves):
        shifted = [complex(x, step * (i == j)) for j, x in enumerate(xs)]
        reference = run(program, shifted, ON_COMPLEX).imag / step
        assert agree([leaf.grad], [reference], scale)


@few
@given(programs, points)
def test_values_are_those_of_complex_numbers(program: Program, xs: list[float]) -> None:
    root, _, scale = record(program, xs)
    assert agree([root.data], [run(program, list(map(complex, xs)), ON_COMPLEX).real], 10 * scale)


@few
@given(programs, points, points)
def test_forward_mode_equals_reverse_mode(
    program: Program, xs: list[float], direction: list[float]
) -> None:
    _, leaves, scale = record(program, xs)
    _, forward = jvp(function(program), (xs,), (direction,))
    reverse = math.fsum(leaf.grad * t for leaf, t in zip(leaves, direction, strict=True))
    assert agree([forward], [reverse], 10 * scale)


@few
@given(programs, points)
def test_jacobians_are_the_same_by_either_mode(program: Program, xs: list[float]) -> None:
    def f(p: Any) -> list[Any]:
        return [run(program, p), run(program[: len(program) // 2], p)]

    scale = max(record(program, xs)[2], record(program[: len(program) // 2], xs)[2])
    for forward, reverse in zip(jacfwd(f)(xs), jacrev(f)(xs), strict=True):
        assert agree(forward, reverse, scale)


@few
@given(programs, points)
def test_gradients_with_create_graph_have_the_same_bits(program: Program, xs: list[float]) -> None:
    _, leaves, _ = record(program, xs)
    numeric = [leaf.grad for leaf in leaves]
    again = [Value(x) for x in xs]
    assert bits(gradients(run(program, again), again)) == bits(numeric)
    assert bits(grad(function(program))(xs)) == bits(numeric)
    assert bits(vjp(function(program), xs)[1](1.0)[0]) == bits(numeric)


@few
@given(programs, points, points)
def test_recompute_gives_the_bits_of_a_graph_built_afresh(
    program: Program, xs: list[float], moved: list[float]
) -> None:
    leaves = [Value(x) for x in xs]
    root = run(program, leaves)
    for leaf, x in zip(leaves, moved, strict=True):
        leaf.data = x
    recompute(root)
    root.backward()
    fresh, again, _ = record(program, moved)
    assert bits(root) == bits(fresh)
    assert bits([leaf.grad for leaf in leaves]) == bits([leaf.grad for leaf in again])


@few
@given(programs, points)
def test_two_calls_of_backward_add_up_to_twice_one(program: Program, xs: list[float]) -> None:
    root, leaves, _ = record(program, xs)
    once = [leaf.grad for leaf in leaves]
    root.backward()
    assert [leaf.grad for leaf in leaves] == [2.0 * x for x in once]


@few
@given(st.lists(st.sampled_from(sorted(ON_VALUES)), min_size=1, max_size=6), points, points, points)
def test_the_hessian_is_symmetric(
    names: list[str], xs: list[float], u: list[float], v: list[float]
) -> None:
    program: Program = [(name, 1, 2, 3) for name in names]
    along_u, along_v = (hvp(function(program), (xs,), (t,)) for t in (u, v))
    left = math.fsum(x * t for x, t in zip(along_u, v, strict=True))
    right = math.fsum(x * t for x, t in zip(along_v, u, strict=True))
    sizes = [abs(x) for x in (*along_u, *along_v)]
    assert abs(left - right) <= 1e-10 * max(1.0, *sizes)


@few
@given(programs, programs, points, numbers, numbers)
def test_differentiation_is_linear(
    one: Program, other: Program, xs: list[float], a: float, b: float
) -> None:
    found = grad(lambda p: a * run(one, p) + b * run(other, p))(xs)
    (_, first, size), (_, second, other_size) = record(one, xs), record(other, xs)
    expected = [a * x.grad + b * y.grad for x, y in zip(first, second, strict=True)]
    assert agree(found, expected, 4 * (size + other_size))


@few
@given(programs, programs, points)
def test_the_product_rule(one: Program, other: Program, xs: list[float]) -> None:
    found = grad(lambda p: run(one, p) * run(other, p))(xs)
    f, first, size = record(one, xs)
    g, second, other_size = record(other, xs)
    expected = [x.grad * g.data + f.data * y.grad for x, y in zip(first, second, strict=True)]
    assert agree(found, expected, (1 + abs(f.data) + abs(g.data)) * (size + other_size))


@few
@given(programs, programs, numbers)
def test_the_chain_rule(one: Program, other: Program, x: float) -> None:
    """d/dx f(g(x)) = f'(g(x))·g'(x), each differentiated on its own."""

    def f(y: Any) -> Any:
        return run(one, [y, 0.5 * y, ag.sin(y)])

    def g(y: Any) -> Any:
        return run(other, [y, 0.5 * y, ag.sin(y)])

    inside = g(x)
    outer, inner = grad(f)(inside), grad(g)(x)
    sizes = [record(p, [y, 0.5 * y, math.sin(y)])[2] for p, y in ((one, inside), (other, x))]
    assert agree([grad(lambda y: f(g(y)))(x)], [outer * inner], 10 * sizes[0] * sizes[1])
