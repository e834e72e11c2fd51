"""Functions with batches inside that gradients flow through, beside the same as plain loops.

Each takes a number and a list of numbers. `samples` stands for vmap, or for a plain loop.
"""

from collections.abc import Callable, Sequence
from typing import Any

import autograd as ag
from autograd import Op, constant, grad, lookup, no_grad, value_and_grad, vmap, where
from autograd.transforms.lane_sum import lane_sum

Samples = Callable[..., Callable[..., Any]]
CUBE = Op("cube", lambda x: x * x * x, lambda x, out: 3.0 * x * x)
XS = [0.3, -0.7, 0.0, -0.0, 1.2, 5.0, -2.0, 0.125, 3.0, -1.0]


def as_batch(f: Any, reduce: str | None = None) -> Callable[..., Any]:
    return vmap(f, reduce=reduce)


def as_loop(f: Any, reduce: str | None = None) -> Callable[..., Any]:
    """The same with a node for each operation of each sample."""

    def results(*columns: Sequence[Any]) -> Any:
        found = [f(*sample) for sample in zip(*columns, strict=True)]
        if reduce is None:
            several = isinstance(found[0], tuple)
            return tuple(map(list, zip(*found, strict=True))) if several else found
        return lane_sum(found) / (len(found) if reduce == "mean" else 1.0)

    return results


def captured(samples: Samples, w: Any, xs: Any) -> Any:
    return sum(samples(lambda x: ag.tanh(x * w) * w + x)(xs))


def computed_outside(samples: Samples, w: Any, xs: Any) -> Any:
    v = ag.exp(w)
    return samples(lambda x: ag.sin(v * x) * w, "mean")(xs) * v


def added_up(samples: Samples, w: Any, xs: Any) -> Any:
    return samples(lambda x: CUBE(x * w), "sum")(xs)


def several_results(samples: Samples, w: Any, xs: Any) -> Any:
    first, second = samples(lambda x: (where(w - x, x * w, w * w * x), x * x))(xs)
    return first[1] * second[2] + sum(first)


def chosen(samples: Samples, w: Any, xs: Any) -> Any:
    found = samples(lambda x: ag.exp(x * w))(xs)
    return lookup(found, 4) * w + where(w, found[0], found[1])


def infinite_where_it_is_not_used(samples: Samples, w: Any, xs: Any) -> Any:
    found = samples(lambda x: ag.exp(ag.exp(x * x * w)) * w)(xs)
    return where(w, found[0], found[5]) + found[1]


def one_result(samples: Samples, w: Any, xs: Any) -> Any:
    return samples(lambda x: x * ag.exp(w))(xs)[3]


def no_use_of_the_sample(samples: Samples, w: Any, xs: Any) -> Any:
    return sum(samples(lambda x: w * w)(xs))


def no_use_of_what_is_shared(samples: Samples, w: Any, xs: Any) -> Any:
    return sum(samples(lambda x: x * x)(xs)) + w


def chosen_inside(samples: Samples, w: Any, xs: Any) -> Any:
    return sum(samples(lambda x: where(ag.relu(x), ag.log(x) * w, lookup([x, w, x * w], 1)))(xs))


def a_batch_in_a_batch(samples: Samples, w: Any, xs: Any) -> Any:
    row = xs[:3]
    return sum(samples(lambda x: samples(lambda y: ag.exp(-x * y) * w * x, "sum")(row))(xs))


def a_gradient_inside(samples: Samples, w: Any, xs: Any) -> Any:
    return sum(samples(lambda x: grad(lambda z: ag.sin(z * w) * z)(x) * x)(xs))


def a_gradient_by_what_is_shared(samples: Samples, w: Any, xs: Any) -> Any:
    values, gradients = samples(lambda x: value_and_grad(lambda v: ag.sin(v * x))(w))(xs)
    return sum(values) * sum(gradients)


def a_gradient_by_results_of_another(samples: Samples, w: Any, xs: Any) -> Any:
    v = samples(lambda x: ag.sin(x * w))(xs)
    return sum(samples(lambda x: grad(lambda z: ag.exp(z * v[0]) * x)(v[1]))(xs))


def a_choice_that_another_batch_reads(samples: Samples, w: Any, xs: Any) -> Any:
    def one(x: Any) -> Any:
        chosen = where(w, w * w, w)
        return samples(lambda y: chosen * (y % x))([w, x])[0]

    return sum(samples(one)(xs[:2]))


def one_after_another(samples: Samples, w: Any, xs: Any) -> Any:
    first = samples(lambda x: x * w)(xs)
    return sum(samples(lambda x, y: ag.tanh(x) * y * w)(first, xs))


def held_fixed(samples: Samples, w: Any, xs: Any) -> Any:
    k = constant(2.0)

    def one(x: Any) -> Any:
        with no_grad():
            y = x * w
        return k * w * x + y * w

    return sum(samples(one)(xs))


CASES: dict[str, Callable[[Samples, Any, Any], Any]] = {
    f.__name__.replace("_", " "): f
    for f in (
        captured,
        computed_outside,
        added_up,
        several_results,
        chosen,
        infinite_where_it_is_not_used,
        one_result,
        no_use_of_the_sample,
        no_use_of_what_is_shared,
        chosen_inside,
        a_batch_in_a_batch,
        a_gradient_inside,
        a_gradient_by_what_is_shared,
        a_gradient_by_results_of_another,
        a_choice_that_another_batch_reads,
        one_after_another,
        held_fixed,
    )
}


def _along(f: Any, of: Any = ag.jvp) -> Callable[..., Any]:
    def directional(w: Any, xs: Any) -> Any:
        return of(f, (w, xs), (1.5, [0.5 * i for i, _ in enumerate(xs)]))

    return directional


def _backward(f: Any) -> Callable[..., Any]:
    def gradients(w: Any, xs: Any) -> Any:
        found = f(w, xs)
        return ag.gradients(found, w)

    return grad(gradients)


DERIVATIVES: dict[str, Callable[[Any], Callable[..., Any]]] = {
    "value and gradient": lambda f: value_and_grad(f, (0, 1)),
    "a gradient of a gradient": lambda f: grad(grad(f)),
    "a jacobian of a gradient": lambda f: ag.jacobian(grad(f), 1),
    "a third derivative": lambda f: grad(grad(grad(f))),
    "hvp": lambda f: _along(f, ag.hvp),
    "forward mode": _along,
    "forward over forward": lambda f: ag.jacfwd(ag.jacfwd(f)),
    "gradients of a graph": _backward,
}
