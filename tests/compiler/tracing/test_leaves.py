"""What is a leaf where a function is interpreted counts as one where it is recorded.

So are copies, what is detached, and what is computed inside `no_grad`.
"""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from autograd import (
    Value,
    compile,
    custom_gradient,
    dot,
    grad,
    hessian,
    no_grad,
    scan,
    value_and_grad,
    vmap,
)
from autograd.nn import Module
from autograd.transforms.trees import flatten
from tests.bits import bits


class Line(Module):
    """Two parameters, and two that are frozen in a part."""

    def __init__(self, inner: Any = None) -> None:
        self.w, self.b, self.inner = Value(2.0), Value(-0.5), inner

    def forward(self, x: Any) -> Any:
        """The line at x, bent."""
        return (self.w * (self.inner(x) if self.inner else x) + self.b).tanh()


def passed(model: Any, x: Any) -> Any:
    """The gradients of a pass through the model."""
    (model(x) ** 2).backward()
    return [p.grad for p in model.parameters()]


def of_a_copy(model: Any, x: Any) -> Any:
    return passed(copy.deepcopy(model), x)


def of_a_copy_with_gradients(model: Any, x: Any) -> Any:
    passed(model, x)
    return passed(copy.deepcopy(model), x)


def of_a_copy_of_a_copy(model: Any, x: Any) -> Any:
    return passed(copy.deepcopy(copy.deepcopy(model)), x)


def of_a_shallow_copy(model: Any, x: Any) -> Any:
    return passed(copy.copy(model), x)


def of_a_list(model: Any, x: Any) -> Any:
    w, b = copy.deepcopy([model.w, model.b])
    (w * x + b).backward()
    return w.grad, b.grad, model.w.grad


def of_a_tied_copy(model: Any, x: Any) -> Any:
    tied = copy.deepcopy(model)
    tied.also = tied.w
    return passed(copy.deepcopy(tied), x)


def of_a_moving_average(model: Any, x: Any) -> Any:
    slow = copy.deepcopy(model)
    slow.zero_grad()
    with no_grad():
        slow.w, slow.b = 0.9 * slow.w + 0.1 * model.b, 0.9 * slow.b + 0.1 * x
    return passed(slow, x)


def of_what_is_detached(model: Any, x: Any) -> Any:
    kept = copy.deepcopy(model)
    kept.k = kept.w.detach()  # a constant, which is no parameter
    (kept.k * model.b * x).backward()
    return kept.k.grad, float(kept.k.requires_grad), float(kept.k.is_reached), passed(kept, x)


def of_a_copy_of_what_is_detached(model: Any, x: Any) -> Any:
    kept = copy.deepcopy(model)
    kept.mean = (kept.w * x).detach()
    again = copy.deepcopy(kept)
    k = copy.copy(again.mean)
    (again.mean * k * model.b).backward()
    return k.grad, float(k.requires_grad), again.mean.grad, model.b.grad, passed(again, x)


def by_a_copy(model: Any, x: Any) -> Any:
    value, gradient = value_and_grad(lambda m: m(x) ** 2)(copy.deepcopy(model))
    return value, list(gradient.values())


def in_a_batch(model: Any, x: Any) -> Any:
    def sample(y: Any) -> Any:
        own = copy.deepcopy(model)
        own.zero_grad()
        return passed(own, x * y)

    return vmap(sample)([1.0, -2.0])


def in_a_scan(model: Any, x: Any) -> Any:
    def step(total: Any, y: Any) -> Any:
        own = copy.deepcopy(model)
        own.zero_grad()
        found = passed(own, total * y)
        return total + found[0], found

    return scan(step, x, [1.0, -2.0])


def with_a_detached_factor(model: Any, x: Any) -> Any:
    return grad(lambda y: y**3 * (y * model.w).detach())(x)


FUNCTIONS: list[Callable[[Any, Any], Any]] = [
    of_a_copy,
    of_a_copy_with_gradients,
    of_a_copy_of_a_copy,
    of_a_shallow_copy,
    of_a_list,
    of_a_tied_copy,
    of_a_moving_average,
    of_what_is_detached,
    of_a_copy_of_what_is_detached,
    by_a_copy,
    in_a_batch,
    in_a_scan,
    with_a_detached_factor,
]


@pytest.mark.parametrize("is_frozen", [False, True])
@pytest.mark.parametrize("f", FUNCTIONS)
def test_it_does_what_it_does_interpreted(f: Callable[[Any, Any], Any], is_frozen: bool) -> None:
    found = []
    for run in (f, compile(f, backend="python")):
        model = Line(Line().freeze() if is_frozen else None)
        result = run(model, 0.3)
        left = model.parameters()
        found.append((bits([result, [p.grad for p in left]]), [p.is_reached for p in left]))
    assert found[0] == found[1]


# What is detached in a sample or a step, or before it, and comes out or goes in.
DETACHED: dict[str, Callable[[Any], Any]] = {
    "out of a batch": lambda x: vmap(lambda a: ((a * x[0]).detach(), a * x[1]))(x[:2]),
    "out of a scan": lambda x: scan(lambda s, a: (s * a, (s * x[1]).detach()), x[0], x),
    "as the state of a scan": lambda x: scan(lambda s, a: (((s + a) * x[1]).detach(), a), x[0], x),
    "out of a scan in a batch": lambda x: vmap(
        lambda a: scan(lambda s, b: (s * b, (x[2] * 1.0).detach()), a, x[1:])
    )(x[:2]),
    "out of a batch in a scan": lambda x: scan(
        lambda s, a: (s * a, vmap(lambda b: (b * x[2]).detach())(x[:2])), x[0], x
    ),
    "out of a scan in a scan": lambda x: scan(
        lambda s, a: (s, scan(lambda t, b: ((t * b).detach(), t * s), a, x[:2])), x[0], x
    ),
    "of a step, into a scan in it": lambda x: scan(
        lambda s, a: (
            s * a,
            (lambda d: scan(lambda t, b: (t * d[1] * b, t), x[1], x[:2]))(
                scan(lambda t, b: (t * s, b.detach()), a, x)[1]
            )[0],
        ),
        x[0],
        x,
    ),
    "of a step, out of a batch in it": lambda x: scan(
        lambda s, a: (
            s * a,
            (lambda c: vmap(lambda b: [b * s, c])(x[:2]))((s * x[2]).detach())[0],
        ),
        x[0],
        x,
    ),
    "of a step, out of a scan in it": lambda x: scan(
        lambda s, a: (
            s * a,
            (lambda c: scan(lambda t, b: (t * b, c), a, x[:2]))((s * x[2]).detach()),
        ),
        x[0],
        x,
    ),
    "into a batch": lambda x: vmap(lambda a, b: a * b * x[1])([x[0].detach(), x[0] * 2.0], x[1:]),
    "into a scan": lambda x: scan(
        lambda s, a: (s * a + x[2], s * a), x[0].detach(), [(x[1] * x[2]).detach(), x[1]]
    ),
    "into a rule": lambda x: custom_gradient(
        lambda a, b: a * b, lambda args, out, upstream: [upstream * args[1], upstream]
    )((x[0] * x[1]).detach(), x[2]),
    "out of a rule": lambda x: custom_gradient(
        lambda a: [(a * a).detach(), a], lambda args, out, upstream: [upstream[0] + upstream[1]]
    )(x[0] * x[1]),
}
NUMBERS = [0.7, -1.2, 0.3]


@pytest.mark.parametrize("inside", ["itself", "each sample"])
@pytest.mark.parametrize("derivatives", [value_and_grad, hessian])
@pytest.mark.parametrize("name", DETACHED)
def test_what_is_detached_goes_in_and_out_as_interpreted(
    name: str, derivatives: Callable[..., Any], inside: str
) -> None:
    def total(x: Any) -> Any:
        x = [a * 1.0 for a in x]
        parts = [y for y in flatten(DETACHED[name](x))[0] if isinstance(y, Value)]
        return dot(parts, [*parts[1:], x[0]])

    f: Callable[..., Any] = derivatives(total)
    numbers: list[Any] = NUMBERS
    if inside == "each sample":
        f, numbers = vmap(f), [NUMBERS, NUMBERS[::-1]]
    assert bits(compile(f, backend="python")(numbers)) == bits(f(numbers))
