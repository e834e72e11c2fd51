"""Numbers that others have published, each found by several routes."""

import itertools
import math
from collections.abc import Callable
from typing import Any

import pytest

import autograd as ag
from autograd import Value, grad, hessian, hvp, jacfwd, jacrev, jvp, recompute, vjp

Function = Callable[..., Any]


def by_backward(f: Function, xs: list[float]) -> list[float]:
    leaves = [Value(x) for x in xs]
    f(*leaves).backward()
    return [float(leaf.grad) for leaf in leaves]


def by_create_graph(f: Function, xs: list[float]) -> list[float]:
    leaves = [Value(x) for x in xs]
    f(*leaves).backward(create_graph=True)
    found = [float(leaf.grad.data) for leaf in leaves]  # type: ignore[attr-defined]
    for leaf in leaves:
        leaf.grad = None  # a leaf and its gradient hold each other
    return found


def by_recomputing(f: Function, xs: list[float]) -> list[float]:
    leaves = [Value(x + 0.5) for x in xs]
    root = f(*leaves)
    for leaf, x in zip(leaves, xs, strict=True):
        leaf.data = x
    recompute(root)
    root.backward()
    return [float(leaf.grad) for leaf in leaves]


def by_directions(f: Function, xs: list[float]) -> list[float]:
    units = [[float(i == j) for j in range(len(xs))] for i in range(len(xs))]
    return [jvp(f, tuple(xs), tuple(unit))[1] for unit in units]


ROUTES: dict[str, Callable[[Function, list[float]], list[float]]] = {
    "backward": by_backward,
    "create_graph": by_create_graph,
    "recompute": by_recomputing,
    "grad": lambda f, xs: list(grad(f, range(len(xs)))(*xs)),
    "vjp": lambda f, xs: list(vjp(f, *xs)[1](1.0)),
    "jvp": by_directions,
    "jacfwd": lambda f, xs: list(jacfwd(f, range(len(xs)))(*xs)),
    "jacrev": lambda f, xs: list(jacrev(f, range(len(xs)))(*xs)),
}


def readme(a: Any, b: Any) -> Any:
    """The expression of micrograd's README."""
    c = a + b
    c = c + c + 1
    c = c + 1 + c + (-a)
    d = a * b + b**3
    d = d + d * 2 + ag.relu(b + a)
    d = d + 3 * d + ag.relu(b - a)
    f = (c - d) ** 2
    return f / 2.0 + 10.0 / f


def rosenbrock(*xs: Any) -> Any:
    return ag.sum([100.0 * (y - x * x) ** 2 + (1.0 - x) ** 2 for x, y in itertools.pairwise(xs)])


STRIKE, DIVIDEND, RATE, YEARS, VOLATILITY = 100.0, 0.1, 0.1, 0.5, 0.36


def normal_distribution(x: Any) -> Any:
    return 0.5 * (1.0 + ag.erf(x / math.sqrt(2.0)))


def option(spot: Any, sign: float) -> Any:
    """The Black-Scholes price of a call (sign 1) or a put (sign -1)."""
    spread = VOLATILITY * math.sqrt(YEARS)
    drift = (RATE - DIVIDEND + VOLATILITY**2 / 2) * YEARS
    d1 = (ag.log(spot / STRIKE) + drift) / spread
    stock = spot * math.exp(-DIVIDEND * YEARS) * normal_distribution(sign * d1)
    bond = STRIKE * math.exp(-RATE * YEARS) * normal_distribution(sign * (d1 - spread))
    return sign * (stock - bond)


def call(spot: Any) -> Any:
    return option(spot, 1.0)


def put(spot: Any) -> Any:
    return option(spot, -1.0)


PUBLISHED: dict[str, tuple[Function, list[float], list[float], float]] = {
    "micrograd": (readme, [-4.0, 2.0], [138.83381924198251, 645.57725947521866], 1e-15),
    "rosenbrock": (rosenbrock, [0.1, 0.2, 0.3], [-9.4, 15.6, 52.0], 1e-14),
    "call": (call, [105.0], [0.594628659730], 1e-11),
    "put": (put, [105.0], [-0.356600764771], 1e-11),
}


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("name", PUBLISHED)
def test_gradients_are_the_published_ones(name: str, route: str) -> None:
    f, xs, expected, tolerance = PUBLISHED[name]
    assert ROUTES[route](f, xs) == pytest.approx(expected, rel=tolerance)


def test_the_value_of_the_readme_expression() -> None:
    assert readme(Value(-4.0), Value(2.0)).data == 24.704081632653061
    assert readme(-4.0, 2.0) == 24.704081632653061


HESSIAN = [[-66.0, -40.0, 0.0], [-40.0, 130.0, -80.0], [0.0, -80.0, 200.0]]
SLOPES: list[Function] = [lambda xs, i=i: grad(valley)(xs)[i] for i in range(3)]
UNITS = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]


def valley(xs: Any) -> Any:
    return rosenbrock(*xs)


@pytest.mark.parametrize(
    "route",
    [
        hessian(valley),
        jacrev(grad(valley)),
        jacfwd(jacfwd(valley)),
        jacrev(jacfwd(valley)),
        lambda xs: [hvp(valley, (xs,), (unit,)) for unit in UNITS],
        lambda xs: [grad(slope)(xs) for slope in SLOPES],
    ],
    ids=["hessian", "reverse²", "forward²", "reverse over forward", "hvp", "grad of grad"],
)
def test_the_hessian_of_rosenbrock(route: Function) -> None:
    for row, expected in zip(route([0.1, 0.2, 0.3]), HESSIAN, strict=True):
        assert row == pytest.approx(expected, rel=1e-13, abs=1e-13)


def test_a_put_is_a_call_less_a_forward() -> None:
    """Parity: the deltas differ by exp(-dividend·years), and the gammas do not."""
    assert grad(call)(105.0) - grad(put)(105.0) == pytest.approx(math.exp(-0.05), rel=1e-14)
    assert hessian(call)(105.0) == pytest.approx(hessian(put)(105.0), rel=1e-12)
