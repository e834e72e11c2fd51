"""Contributions to a node are added in one order, in a graph of numbers and in a recording.

The order of a sum is part of its bits. A recording has one body for all samples or steps, and masks
where something flows in some of them alone: they must not change in which order the others come. So
here a node enters a batch or a scan in many ways, inside of another, in programs of many ops.
"""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

import autograd as ag
from autograd import compile, grad, lookup, scan, vmap, where
from tests.compiler.differential import outcome

Function = Callable[..., Any]
POINTS = (0.35, -0.62, 1.17, 0.81)


def _several_uses(a: Any, s: Any, w: Any) -> Any:
    u = ag.exp(0.3 * s)
    return ag.sin(u) * u + u * a + ag.cos(w) * u


def _several_lookups(a: Any, s: Any, w: Any) -> Any:
    table = [s * w, a, w]
    found = [lookup(table, ag.step(a - w)), s * a, lookup(table, ag.step(s)), lookup(table, 2)]
    return ag.exp(0.1 * ag.sum(found)) * s


# Of a datum, a state or another datum, and what is captured: each is an operand more than once.
OPS: dict[str, Function] = {
    "sum": lambda a, s, w: ag.exp(0.1 * ag.sum([a, s, s, w])),
    "mul": lambda a, s, w: a * s * s * w,
    "dot": lambda a, s, w: ag.dot([a, s, w], [s, s, a]),
    "prod": lambda a, s, w: ag.prod([a, s, s, w]),
    "div": lambda a, s, w: a / (1.0 + s * s) - s / (2.0 + w * w),
    "max": lambda a, s, w: ag.maximum([a * s, s, w * s, w]) * s,
    "hypot": lambda a, s, w: ag.hypot(a, s) * ag.hypot(s, w),
    "softmax": lambda a, s, w: ag.softmax([a, s, s, w])[0],
    "log_softmax": lambda a, s, w: ag.log_softmax([a, s, s, w])[1],
    "logsumexp": lambda a, s, w: ag.logsumexp([a, s, w, s]),
    "where": lambda a, s, w: where(a > w, ag.sin(a) * s, ag.exp(s)) * ag.exp(s) * w,
    "lookup": _several_lookups,
    "several uses": _several_uses,
}
OFTEN = ("max", "softmax", "lookup", "several uses")  # the others take a minute
# How x, and a node h of the body around, enter: as data, as state or factor, as what is captured.
ENTRIES: dict[str, Callable[[Any, Any], tuple[list[Any], Any, Any]]] = {
    "data twice": lambda x, h: ([x, x], h, 0.4),
    "data of around twice": lambda x, h: ([h, h], 0.4, x),
    "data and state": lambda x, h: ([x, h], x, h),
    "data and captured": lambda x, h: ([x, h], 0.4, x),
    "data beside numbers": lambda x, h: ([x, 0.7, h, x], x, 1.2),
    "all": lambda x, h: ([x, h, x], x, x),
}


def _in_batch(op: Function, data: Sequence[Any], s: Any, w: Any) -> Any:
    return ag.dot(vmap(lambda a, b: op(a, b, w))(data, data[::-1]), [s] * len(data))


def _in_scan(op: Function, data: Sequence[Any], s: Any, w: Any) -> Any:
    return scan(lambda z, a: (op(a, z, w), None), s, data)[0]


def _in_outputs(op: Function, data: Sequence[Any], s: Any, w: Any) -> Any:
    return scan(lambda z, a: (op(z, a, w), op(a, z, w)), s, data)[1][0]


INSIDE = {"batch": _in_batch, "scan": _in_scan, "outputs of a scan": _in_outputs}
# What is around them: nothing flows back to some of the samples or steps.
AROUND: dict[str, Callable[[Function, Any], Any]] = {
    "a choice": lambda f, x: where(x > 0.0, f(x, ag.tanh(x)), 2.0),
    "a batch": lambda f, x: vmap(lambda h: f(x, h))([x, 0.7, ag.tanh(x)])[2],
    "a batch beside numbers": lambda f, x: vmap(lambda h: f(x, h), reduce="sum")([x, 0.7]),
    "a scan": lambda f, x: scan(lambda h, _: (x, f(x, h)), x, None, length=2)[1][0],
    "a scan of data": lambda f, x: ag.sum(scan(lambda h, d: (0.5 * h, f(h, d)), x, [x, 0.6])[1]),
}


def _orders(f: Function) -> Function:
    """What `f` gives, its derivative, and its second one."""
    orders = f, grad(f), grad(grad(f))
    return lambda x: [g(x) for g in orders]


@pytest.mark.parametrize("around", AROUND)
@pytest.mark.parametrize("inside", INSIDE)
@pytest.mark.parametrize(
    "op", [x if x in OFTEN else pytest.param(x, marks=pytest.mark.slow) for x in OPS]
)
def test_what_enters_more_than_once_is_added_up_in_one_order(
    op: str, inside: str, around: str
) -> None:
    for name, enter in ENTRIES.items():

        def f(x: Any, enter: Function = enter) -> Any:
            return AROUND[around](lambda y, h: INSIDE[inside](OPS[op], *enter(y, h)), x)

        interpreted = _orders(f)
        compiled = compile(interpreted, backend="python")
        for x in POINTS:
            assert outcome(compiled, x).bits == outcome(interpreted, ag.Value(x)).bits, (name, x)


# --- the smallest of each kind --------------------------------------------------------------


def _masked_steps(x: Any) -> Any:
    """Masks of a choice, through steps in which the state is an operand twice."""
    return where(x > 0.0, scan(lambda s, a: (ag.softmax([a, s, s])[0], None), -0.46, [x, x])[0], 2)


def _last_step_alone(x: Any) -> Any:
    """What flows to the state of the last step, and of no other, is 1."""

    def step(s: Any, a: Any) -> Any:
        u = ag.exp(x)
        return where(a > 0.5, ag.sin(x) * u, u) * u, None

    return scan(step, x, [1.0])[0]


def _lookups(x: Any) -> Any:
    """Several lookups at numbers, which wait for one another as those at nodes do."""

    def at(i: Any) -> Any:
        u = ag.exp(x)
        table = [ag.sin(x) * u, u * u, ag.cos(x) * u]
        return ag.sum([lookup(table, k) for k in i]) * u

    return vmap(at, reduce="sum")([[1.0, 2.0, 1.0], [2.0, 0.0, 1.0], [0.0, 1.0, 2.0]])


def _the_same_for_all_that_are_nodes(x: Any) -> Any:
    def around(h: Any) -> Any:
        return ag.dot(vmap(lambda a: a * ag.exp(a))([x, h, x]), [x, x, x])

    return vmap(around, reduce="sum")([x, 0.7])


def _numbers_beside_nodes(x: Any) -> Any:
    """To a number in the data nothing flows back, yet what flows elsewhere has the same place."""
    w = ag.tanh(x)
    return vmap(lambda a: ag.exp(a * w), reduce="sum")([0.7, x])


def _numbers_beside_nodes_twice(x: Any) -> Any:
    """In two arguments, each in other samples."""
    w = ag.cos(x)
    data = [ag.tanh(x), 0.7, x], [1.2, x * x, 0.4]
    return vmap(lambda a, b: a * b * w, reduce="sum")(*data) * x


def _from_later_samples(x: Any) -> Any:
    """What flows to the second sample alone is taken from outside beside what flows to both."""
    a, b = vmap(lambda d: (x, d * 2.0))([x, x])
    v = a[0] + a[1]
    return (v + b[1]) / v


def _each_from_another_sample(x: Any) -> Any:
    a, b = vmap(lambda d: (d * 3.0, d * 2.0))([x, x])
    return (a[0] + b[1]) / a[0]


def _one_node_twice(x: Any) -> Any:
    a, b = vmap(lambda d: (d, d))([x, x])
    v = a[0] + a[1]
    return (v + b[1]) / v


def _from_earlier_steps(x: Any) -> Any:
    """As from later samples, for the gradient goes through the last step first."""
    a, b = scan(lambda s, _: (s, (x, s * 2.0)), ag.sin(x), None, length=2)[1]
    v = a[0] + a[1]
    return (v + b[0]) / v


def _a_number_of_one_sample(x: Any) -> Any:
    """The result of a sample of numbers is one, and leads to no other sample."""
    h = ag.tanh(x)
    return h * vmap(lambda a: a * a)([0.7, h])[0] * x * x


def _a_number_of_the_first_step(x: Any) -> Any:
    h = ag.tanh(x)
    return scan(lambda s, a: (s * a, s), 0.7, [h, x])[1][0] * x * h * h


def _computed_from_numbers(x: Any) -> Any:
    """What flows back to `a[0]` is computed from the number `a[1]` alone."""
    s, (a, b) = scan(lambda s, q: (2.0 * s, (2.0 * q, 3.0 * s)), ag.tanh(x), [ag.cos(x), 0.7])
    return s * b[0] + a[0] * a[1] + a[0]


SMALLEST = [
    *(_masked_steps, _last_step_alone, _lookups),
    *(_the_same_for_all_that_are_nodes, _numbers_beside_nodes),
    *(_numbers_beside_nodes_twice, _from_later_samples, _each_from_another_sample),
    *(_one_node_twice, _from_earlier_steps),
    *(_a_number_of_one_sample, _a_number_of_the_first_step, _computed_from_numbers),
]


@pytest.mark.parametrize("f", SMALLEST)
def test_so_it_is_in_the_third_derivative(f: Function) -> None:
    interpreted = _orders(grad(f))
    compiled = compile(interpreted, backend="python")
    for k in range(30):
        x = 0.35 + 0.037 * k
        assert outcome(compiled, x).bits == outcome(interpreted, ag.Value(x)).bits, x
