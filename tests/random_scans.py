"""Random functions with a scan inside: cells of random operations on states, data and weights."""

import random
from collections.abc import Callable
from typing import Any

from autograd import dot, exp, lookup, maximum, scan, sigmoid, sin, tanh, vmap, where

ONE: list[Callable[[Any], Any]] = [tanh, sin, sigmoid, lambda x: exp(-x * x), lambda x: -x]
TWO: list[Callable[[Any, Any], Any]] = [
    lambda x, y: x * y,
    lambda x, y: x + y,
    lambda x, y: x - 0.5 * y,
    lambda x, y: where(x > y, x, y * x),
    lambda x, y: maximum(x, y),
    lambda x, y: lookup([x, y], where(x > 0.0, 1.0, 0.0)),
    lambda x, y: vmap(lambda z: z * x + y, reduce="mean")([x, y, 0.5]),
]


def random_scan(seed: int) -> Callable[[Any], Any]:
    """A function of five numbers, of which some are states, data and weights of a scan.

    The same operations in each call, whatever the numbers are.
    """
    draw = random.Random(seed)
    size, width, steps = draw.randint(0, 3), draw.randint(0, 2), draw.randint(1, 5)
    plan = [(draw.random(), draw.random(), draw.random()) for _ in range(draw.randint(1, 8))]
    ends = [draw.random() for _ in range(size + 2)]
    start = [draw.choice([0.0, -0.0, 0.5, None]) for _ in range(size)]
    used = draw.sample(["last", "first output", "all outputs", "chosen"], draw.randint(1, 4))

    def cell(xs: Any) -> Callable[[Any, Any], Any]:
        def step(state: Any, datum: Any) -> Any:
            known = [*state, *(datum or ()), xs[0], xs[1], 0.25]
            for kind, a, b in plan:
                x, y = (known[int(at * len(known))] for at in (a, b))
                number = int(kind * (len(ONE) + len(TWO)))
                known.append(ONE[number](x) if number < len(ONE) else TWO[number - len(ONE)](x, y))
            found = [known[-1 - int(at * at * len(known))] for at in ends]
            return found[:size], (found[size], [found[size + 1]])

        return step

    def f(xs: Any) -> Any:
        first = [xs[2] if x is None else x for x in start]
        data = [[xs[(i + j) % 5] for j in range(width)] for i in range(steps)] if width else None
        state, (outputs, others) = scan(cell(xs), first, data, length=steps)
        results = {
            "last": dot([0.5] * size, state) if size else xs[3],
            "first output": outputs[0] * outputs[-1],
            "all outputs": dot([1.5] * steps, [x for (x,) in others]),
            "chosen": where(xs[4] > 0.0, others[0][0], xs[0] * outputs[0]),
        }
        total = 0.0
        for name in used:
            total = total + results[name]
        return total

    return f
