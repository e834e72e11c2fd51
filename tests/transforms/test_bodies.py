"""Gradients that passes in batches and scans leave at nodes outside, recorded as interpreted."""

from collections.abc import Callable
from typing import Any

import pytest

import autograd as ag
from autograd import Value, optim, scan, vmap
from autograd.compiler import compile
from autograd.engine.errors import TracedValueError
from autograd.nn import Module
from autograd.transforms.gradient_sums import GradientSum, compute_total
from tests.bits import bits

XS = [1.0, -2.0, 0.3]
EXACT = [1.0, -2.0, 0.5]  # products of which are not rounded, whatever their order


class Line(Module):
    """Two parameters."""

    def __init__(self) -> None:
        self.w, self.b = Value(2.0), Value(-1.0)

    def __call__(self, x: Any) -> Any:
        """The line at x."""
        return self.w * x + self.b


def both(model: Any) -> list[Any]:
    return [p.grad for p in model.parameters()]


def passed(y: Any, result: Any) -> Any:
    """The result, or what computes it, after a pass."""
    y.backward()
    return result() if callable(result) else result


def alone(model: Any, x: Any) -> Any:
    """The gradient of one sample."""
    model.zero_grad()
    return passed(model(x) ** 2, lambda: [x * model.w, *both(model)])


def with_steps_inside(model: Any, x: Any) -> Any:
    return scan(lambda s, a: passed(model(a * x) * s, (s * model.b, s)), model.w * x, XS)


def through_what_is_around(model: Any) -> Any:
    h = vmap(lambda x: ag.tanh(model(x)))(XS)
    s = scan(lambda s, x: (ag.tanh(s * x + model.b), s), model.w, XS)
    result = vmap(lambda a: passed((ag.sum(h) + s[0] + s[1][1]) * a * model.b, a * model.w))(XS)
    return result, [x.grad for x in h], s[0].grad, s[1][1].grad


def of_a_value_made_inside(model: Any) -> Any:
    k = Value(3.0)
    own = vmap(lambda x: (z := Value(2.0), passed(z * k * model(x), lambda: z.grad))[1])(XS)
    return own, k.grad


def assigned_inside(model: Any, x: Any) -> Any:
    model.w.grad = 0.5
    result = passed(model(x), lambda: model.w.grad)
    model.w.grad = 2.0 * model.w.grad
    return result


def clipped_inside(model: Any, x: Any) -> Any:
    model.zero_grad()
    return passed(model(x) ** 2, lambda: optim.clip_grad_norm_(model, 1.0))


def twice(model: Any, x: Any) -> Any:
    passed(model(x) ** 2, None)
    return passed(ag.tanh(model(x)), x)


def reached_inside(model: Any, x: Any) -> list[Any]:
    """Which nodes have a gradient, as numbers."""
    model.zero_grad()
    before = model.w.is_reached
    y = model.w * x
    y.backward()
    return [y, *map(float, (before, model.w.is_reached, model.b.is_reached, y.is_reached))]


def none_inside(model: Any, x: Any) -> Any:
    """The gradient of one sample, where that of before is None."""
    model.w.grad = None
    return passed(model(x) ** 2, lambda: model.w.grad * x)


def a_batch_between_passes(model: Any, x: Any) -> Any:
    """What a sample leaves is added one after the other, whatever is in between."""
    twice(model, x)
    vmap(lambda y: model.w * y)(XS)
    return passed(0.7 * model(x * x), x)


def gradient_around(model: Any) -> Any:
    """A node with a gradient that is a sum, of which no node is made yet."""
    y = model.w * model.b
    vmap(lambda x: [(y * y * x).backward(create_graph=True), x][1])(EXACT)
    return y


def a_call_with_a_rule(model: Any, f: Callable[[Any], Any]) -> Any:
    y = gradient_around(model)
    call = ag.custom_gradient(f, lambda args, out, upstream: [upstream])
    return passed(call(y) * y.grad, y.grad)


def called_with_passes(y: Any) -> Any:
    def steps(y: Any) -> Any:
        return scan(lambda s, x: passed(y * y * x, (s * x, None)), y, XS)[0]

    return ag.custom_gradient(steps, lambda args, out, upstream: [upstream])(y)


def first_without_history(model: Any, read: Callable[[Any], Any]) -> Any:
    y = gradient_around(model)
    with ag.no_grad():
        read(y)
    return passed(y.grad * y, y.grad)


PROGRAMS: dict[str, Callable[[Any], Any]] = {
    "a batch": lambda m: vmap(lambda x: passed(m(x) ** 2, m(x)))(XS),
    "a batch, two passes": lambda m: vmap(lambda x: twice(m, x))(XS),
    "a batch, added up": lambda m: vmap(lambda x: passed(m(x) ** 2, m(x)), reduce="mean")(XS),
    "each sample alone": lambda m: vmap(lambda x: alone(m, x))(XS),
    "each sample alone, their mean": lambda m: vmap(lambda x: alone(m, x), reduce="mean")(XS),
    "samples of different structures": lambda m: vmap(
        lambda xs: passed(ag.sum([m(x) ** 2 for x in xs]), m(xs[0]))
    )([XS, XS[:1], XS[:2]]),
    "a scan": lambda m: scan(lambda s, x: passed(m(x) * s, (0.5 * s + m.w, m.b)), 1.0, XS),
    "each step alone": lambda m: scan(lambda s, x: (s + m.b, alone(m, x * s)), 1.0, XS),
    "a batch in a scan": lambda m: scan(
        lambda s, x: (s * m.b, vmap(lambda a: passed(m(a * x) + s, a))(XS)), m.w * 1.0, XS
    ),
    "a scan in a batch": lambda m: vmap(lambda x: with_steps_inside(m, x))(XS),
    "a batch in a batch": lambda m: vmap(
        lambda a: passed(vmap(lambda b: passed(m(a * b), m.w), reduce="sum")(XS) * m.b, a)
    )(XS),
    "a scan in a scan": lambda m: scan(lambda s, x: (s, with_steps_inside(m, x * s)), 0.5, XS),
    "through a batch and a scan around": through_what_is_around,
    "a Value made inside": of_a_value_made_inside,
    "assigned": lambda m: vmap(lambda x: assigned_inside(m, x))(XS),
    "clipped": lambda m: vmap(lambda x: clipped_inside(m, x))(XS),
    "cleared outside, clipped inside": lambda m: (
        m.zero_grad(),
        vmap(lambda x: clipped_inside(m, x))(XS),
    )[1],
    "asked for inside": lambda m: vmap(lambda x: reached_inside(m, x))(XS),
    "None inside": lambda m: vmap(lambda x: none_inside(m, x))(XS),
    "a batch between passes": lambda m: vmap(lambda x: a_batch_between_passes(m, x))(XS),
    "a call with a rule, and a batch in it": lambda m: a_call_with_a_rule(
        m, lambda y: vmap(lambda x: y, reduce="sum")(EXACT)
    ),
    "a call with a rule, and a scan in it": lambda m: a_call_with_a_rule(
        m, lambda y: scan(lambda s, x: (s * x, None), y, EXACT)[0]
    ),
    "a call with a rule, and passes in it": lambda m: vmap(
        lambda x: [called_with_passes(m.w * x), vmap(lambda a: a * m.b, reduce="sum")(XS)]
    )(XS),
    "read first inside no_grad": lambda m: first_without_history(m, lambda y: y.grad),
    "a batch inside no_grad": lambda m: first_without_history(
        m, lambda y: vmap(lambda x: x * y)(EXACT)
    ),
    "in a derivative": lambda m: ag.value_and_grad(
        lambda t: (z := t * m.w, scan(lambda s, x: passed(z * z * x * s, (s * m.b, s)), t, XS))[1][
            0
        ]
    )(m.b * 1.0),
}


def outcome(run: Callable[[Any], Any], name: str) -> list[str]:
    """What a program gives, and the gradients it leaves, which it may read at its end."""
    model = Line()
    model.b.grad = 0.25
    f = run(lambda m: (PROGRAMS[name](m), both(m)))
    return [x for _ in range(2) for x in (*bits(f(model)), *bits(both(model)))]


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_recording_leaves_the_gradients_that_the_interpreted_function_leaves(name: str) -> None:
    assert outcome(compile, name) == outcome(lambda f: f, name)


READ_INSIDE: dict[str, Callable[[Any], Any]] = {
    "a batch": lambda m: vmap(lambda x: passed(m(x), lambda: m.w.grad))(XS),
    "a scan": lambda m: scan(lambda s, x: passed(m(x), lambda: (s, m.w.grad)), 0.0, XS),
    "whether there is one": lambda m: (
        m.zero_grad(),
        vmap(lambda x: passed(m(x), float(m.w.is_reached)))(XS),
    ),
    "before the pass": lambda m: vmap(lambda x: (m.w.grad, m(x).backward())[0])(XS),
    "further inside": lambda m: vmap(
        lambda x: passed(m(x), lambda: vmap(lambda a: a * m.w.grad)(XS))
    )(XS),
}


@pytest.mark.parametrize("name", READ_INSIDE)
def test_what_would_be_of_the_samples_before_is_refused(name: str) -> None:
    with pytest.raises(TracedValueError, match="read it after them; or call zero_grad"):
        compile(READ_INSIDE[name])(Line())


def test_a_sum_is_made_when_it_is_read() -> None:
    asked: list[str] = []

    def first() -> list[float]:
        asked.append("first")
        return [1.0, 2.0]

    terms = GradientSum(first) + 4.0
    assert asked == []
    assert compute_total(terms) == 7.0
    assert compute_total(GradientSum()) == 0.0
    assert compute_total(3.0) == 3.0
    assert asked == ["first"]


CLEARED: dict[str, Callable[[Any], Any]] = {
    "zero_grad": lambda m: m.zero_grad(),
    "set_gradients": lambda m: m.set_gradients({"w": 1.0, "b": 2.0}),
    "in a batch": lambda m: vmap(lambda x: (m.zero_grad(), x)[1])(XS),
}


@pytest.mark.parametrize("name", CLEARED)
def test_a_model_from_outside_is_refused_where_its_gradients_are_changed(name: str) -> None:
    model = Line()
    model.w.grad = 0.5
    with pytest.raises(TracedValueError, match="w comes from outside the compiled"):
        compile(lambda x: (CLEARED[name](model), x)[1])(2.0)
    assert model.w.grad == 0.5


def test_one_that_is_made_inside_is_not() -> None:
    def f(x: Any) -> Any:
        model = Line()
        model.zero_grad()
        return passed(model(x) ** 2, lambda: both(model))

    assert compile(f)(2.0) == f(Value(2.0)) == [12.0, 6.0]
