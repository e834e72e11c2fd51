"""Scans of many kinds, for tests of them: functions that contain one, and their arguments."""

import math
import random
from collections.abc import Callable
from typing import Any

from autograd import (
    clip,
    cos,
    dot,
    exp,
    grad,
    jvp,
    lookup,
    maximum,
    scan,
    sigmoid,
    sin,
    tanh,
    value_and_grad,
    vmap,
    where,
)
from autograd.transforms.trees import flatten

Case = tuple[Callable[..., Any], tuple[Any, ...]]


def numbers(seed: int, *shape: int) -> Any:
    """Nested lists of random numbers."""
    draw = random.Random(seed)

    def some(sizes: tuple[int, ...]) -> Any:
        return [some(sizes[1:]) for _ in range(sizes[0])] if sizes else draw.gauss(0.0, 0.7)

    return some(shape)


def running_sums(start: Any, xs: Any) -> Any:
    return scan(lambda total, x: (total + x, total * x), start, xs)


def recurrent_network(weights: Any, bias: Any, state: Any, xs: Any) -> Any:
    def cell(state: Any, x: Any) -> Any:
        new = [tanh(dot(row, [*state, *x]) + b) for row, b in zip(weights, bias, strict=True)]
        return new, new[0] * x[0]

    return scan(cell, state, xs)


def gated_network(weights: Any, xs: Any) -> Any:
    """Of a dict, with weights that are used outside of it too."""

    def cell(state: Any, x: Any) -> Any:
        gate = sigmoid(weights["gate"] * x + state["h"])
        h = gate * state["h"] + (1.0 - gate) * tanh(weights["in"] * x)
        return {"h": h, "n": state["n"] + 1.0}, {"h": h, "gate": (gate, None)}

    state, outputs = scan(cell, {"n": 0.0, "h": weights["in"]}, xs)
    return state["h"] * weights["gate"], state["n"], outputs["h"], outputs["gate"][0]


def pendulum(angle: Any, speed: Any, friction: Any) -> Any:
    """An ODE by Runge and Kutta, without data and without outputs."""

    def slope(state: Any) -> Any:
        return [state[1], -sin(state[0]) - friction * state[1]]

    def moved(state: Any, slope: Any, h: float) -> Any:
        return [x + h * d for x, d in zip(state, slope, strict=True)]

    def step(state: Any, _: None) -> Any:
        h = 0.1
        a = slope(state)
        b = slope(moved(state, a, h / 2.0))
        c = slope(moved(state, b, h / 2.0))
        d = slope(moved(state, c, h))
        total = [p + 2.0 * q + 2.0 * r + s for p, q, r, s in zip(a, b, c, d, strict=True)]
        return moved(state, total, h / 6.0), None

    return scan(step, [angle, speed], length=12)[0]


def kalman_filter(noise: Any, observed: Any) -> Any:
    def step(state: Any, z: Any) -> Any:
        mean, variance = state
        variance = variance + noise[0]
        gain = variance / (variance + noise[1])
        mean = mean + gain * (z - mean)
        return (mean, (1.0 - gain) * variance), mean

    return scan(step, (0.0, 1.0), observed)


def monte_carlo(q: Any, momenta: Any, chances: Any) -> Any:
    """Steps of a sampler, each accepted or not: data in a tuple."""

    def step(q: Any, datum: Any) -> Any:
        p, chance = datum
        new = q + 0.3 * (p - 0.15 * q)
        better = exp(clip((q * q - new * new) / 2.0, -5.0, 0.0))
        q = where(better > chance, new, q)
        return q, (q, better)

    return scan(step, q, (momenta, chances))


def lookups(table: Any, places: Any) -> Any:
    return scan(lambda s, i: (s * 0.5 + lookup(table, i), maximum(s, i)), 0.0, places)


def batch_in_a_step(w: Any, xs: Any, rates: Any) -> Any:
    """Steps down the gradient of a mean over samples, with the samples in each step."""

    def step(w: Any, rate: Any) -> Any:
        slopes = vmap(lambda x: x * (tanh(w * x) - cos(x)))(xs)
        mean = vmap(lambda x: x * (tanh(w * x) - cos(x)), reduce="mean")(xs)
        return w - rate * mean, slopes

    return scan(step, w, rates)


def shifted(xs: Any) -> Any:
    """States that are the numbers of other places as they are."""
    return scan(lambda s, x: ([s[1], s[2], x], [s[0], 1.0]), [0.0, -0.0, xs[0]], xs)


def unchanged(a: Any, xs: Any) -> Any:
    return scan(lambda s, x: (s, s["a"] * x), {"a": a, "b": 2.0}, xs)


def swapped(a: Any, b: Any) -> Any:
    return scan(lambda s, _: ((s[1], s[0]), None), (a, b), length=3)[0]


def without_state(a: Any, xs: Any) -> Any:
    return scan(lambda s, x: (s, a * x + 1.0), (), xs)


def one_after_another(a: Any, xs: Any) -> Any:
    """A scan over the outputs of another, the last first."""
    state, outputs = scan(lambda s, x: (s + a * x, s), a, xs)
    return scan(lambda s, x: (s * 0.9 + x, s), state, outputs[::-1])


def scan_in_a_scan(a: Any, xs: Any) -> Any:
    return scan(lambda s, x: scan(lambda t, y: (t + y * a, t), s * x, [1.0, a]), 0.5, xs)


def scan_in_a_batch(a: Any, xs: Any) -> Any:
    return vmap(lambda x: scan(lambda s, y: (s + y * a, s), x, [1.0, a]))(xs)


SCANS: dict[str, Case] = {
    "running sums": (running_sums, (0.5, numbers(1, 5))),
    "one step": (running_sums, (0.5, [2.0])),
    "recurrent network": (
        recurrent_network,
        (numbers(2, 9, 12), numbers(3, 9), numbers(4, 9), numbers(5, 7, 3)),
    ),
    "gated network": (gated_network, ({"gate": 0.7, "in": -0.3}, numbers(6, 6))),
    "pendulum": (pendulum, (0.5, 0.0, 0.1)),
    "kalman filter": (kalman_filter, ([0.1, 0.5], numbers(7, 8))),
    "monte carlo": (monte_carlo, (0.3, numbers(8, 6), [0.1, 0.9, 0.5, 0.99, 0.3, 0.7])),
    "lookups": (lookups, (numbers(9, 4), [0.0, 3.0, 1.0, 1.0, 2.0])),
    "batch in a step": (batch_in_a_step, (0.2, numbers(10, 11), [0.5, 0.25, 0.1])),
    "shifted": (shifted, (numbers(11, 5),)),
    "unchanged": (unchanged, (0.5, numbers(12, 4))),
    "swapped": (swapped, (0.5, -0.0)),
    "without state": (without_state, (0.5, numbers(13, 9))),
    "one after another": (one_after_another, (0.5, numbers(14, 9))),
    "scan in a scan": (scan_in_a_scan, (0.5, numbers(15, 3))),
    "scan in a batch": (scan_in_a_batch, (0.5, numbers(16, 3))),
    "nan and infinities": (running_sums, (math.nan, [math.inf, -0.0, 1e308, -math.inf])),
}


# --- derivatives of them --------------------------------------------------------------------


def chosen_output(c: Any, xs: Any) -> Any:
    """One output of many, of which a condition chooses one."""
    _, outputs = scan(lambda s, x: (s + x, (s * x, sin(s))), c, xs)
    return where(c > 0.0, outputs[0][-1], outputs[1][1])


def conditions_in_a_step(a: Any, xs: Any) -> Any:
    """With weights that only some steps use."""

    def step(s: Any, x: Any) -> Any:
        return where(x > 0.0, s * a, s), where(
            x > 0.5, a * x, lookup([s, a], where(s > x, 1.0, 0.0))
        )

    return scan(step, 1.0, xs)


def infinite_derivatives(a: Any, xs: Any) -> Any:
    return scan(lambda s, x: (where(s > 0.0, s * a, a * a) - x, (s * s) ** 0.5), 0.0, xs)


def weights_as_outputs(a: Any, xs: Any) -> Any:
    return scan(lambda s, x: (s * a, (a, x, s, 2.0)), a, xs)


def gradients_by_outputs(a: Any, xs: Any) -> Any:
    """Gradients in samples and in steps, by what a scan gave before."""
    _, v = scan(lambda s, x: (s * x, s * s), a, xs)
    found = vmap(lambda x: x * grad(lambda c: c * sin(v[0]))(v[1]))(xs)
    return scan(lambda s, x: (s + x * grad(lambda c: sin(c * v[1]))(v[0]), x), found[0], xs)


DIFFERENTIATED: dict[str, Case] = {
    **SCANS,
    "recurrent network": (
        recurrent_network,
        (numbers(2, 3, 5), numbers(3, 3), numbers(4, 3), numbers(5, 4, 2)),
    ),
    "batch in a step": (batch_in_a_step, (0.2, numbers(10, 9), [0.5, 0.25])),
    "chosen output": (chosen_output, (0.5, numbers(17, 4))),
    "other chosen output": (chosen_output, (-0.5, numbers(17, 4))),
    "conditions in a step": (conditions_in_a_step, (0.5, [0.7, -0.25, 0.25, -0.5, 0.75])),
    "weights that no step uses": (conditions_in_a_step, (0.5, [-0.7, -0.25])),
    "infinite derivatives": (infinite_derivatives, (0.5, [0.0, 0.25, 0.0])),
    "gradients by outputs": (gradients_by_outputs, (0.5, numbers(19, 3))),
    "weights as outputs": (weights_as_outputs, (0.5, numbers(18, 3))),
}


def derivatives(name: str) -> tuple[Callable[[Any], Any], list[float]]:
    """A function that gives derivatives of a scan, to the second order, and its argument."""
    f, args = DIFFERENTIATED[name]
    leaves, treedef = flatten(args)
    direction = [0.25 * (i % 5) - 0.4 for i in range(len(leaves))]

    def total(xs: Any) -> Any:
        results = flatten(f(*treedef.unflatten(iter(xs))))[0]
        weights = [0.3 + 0.1 * (i % 7) for i in range(len(results))]
        return dot(weights, [0.0 if x is None else x for x in results])

    def all_of_them(xs: Any) -> Any:
        return (
            value_and_grad(total)(xs),
            jvp(grad(total), (xs,), (direction,)),
            grad(lambda xs: dot(grad(total)(xs), direction))(xs),
        )

    return all_of_them, leaves
