"""Scans, interpreted: a step after the other, the data in every structure, clear errors."""

import importlib
import math
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import pytest

from autograd import (
    Value,
    check_grads,
    compile,
    constant,
    grad,
    hessian,
    jacrev,
    jvp,
    no_grad,
    recompute,
    scan,
    sqrt,
    sum as total,
    tanh,
    vmap,
    where,
)
from autograd.engine.graph import topological_order
from autograd.transforms.scan import run_as_loop
from autograd.transforms.trees import flatten
from tests.scans import DIFFERENTIATED, derivatives


class Pair(NamedTuple):
    x: Any
    y: Any


def test_the_state_of_one_step_is_that_of_the_next() -> None:
    assert scan(lambda total, x: (total + x, total * x), 0.0, [1.0, 2.0, 3.0]) == (
        6.0,
        [0.0, 2.0, 9.0],
    )


@pytest.mark.parametrize(
    "data",
    [
        ([1.0, 2.0], [3.0, 4.0]),
        (np.array([1.0, 2.0]), [3.0, 4.0]),
        (np.array([1.0, 2.0]), np.array([3.0, 4.0])),
        [(1.0, 3.0), (2.0, 4.0)],
        ((1.0, 3.0), (2.0, 4.0)),
        [[1.0, 3.0], [2.0, 4.0]],
        np.array([[1.0, 3.0], [2.0, 4.0]]),
        Pair([1.0, 2.0], (3.0, 4.0)),
    ],
)
def test_the_datum_of_a_step_may_have_parts(data: Any) -> None:
    assert scan(lambda s, d: (s + d[0] * d[1], d[1]), 0.0, data) == (11.0, [3.0, 4.0])


def test_the_data_may_be_a_dict_in_a_tuple() -> None:
    data = ({"a": [1.0, 2.0]}, [3.0, 4.0])
    assert scan(lambda s, d: (s + d[0]["a"] * d[1], None), 0.0, data) == (11.0, None)


def test_in_reverse_the_last_datum_comes_first_and_outputs_stand_where_their_data_do() -> None:
    def f(xs: Any) -> Any:
        return scan(lambda s, x: (s * x, (s, {"a": [s + x]})), 2.0, xs, reverse=True)

    xs = [1.0, 2.0, 3.0]
    wanted = (12.0, ([12.0, 6.0, 2.0], {"a": [[13.0], [8.0], [5.0]]}))
    assert f(xs) == compile(f)(xs) == wanted
    assert scan(lambda s, x: (s, x), 0.0, xs, reverse=True) == (0.0, xs)
    assert grad(lambda xs: f(xs)[1][0][1])(xs) == [0.0, 0.0, 2.0]
    assert scan(lambda s, _: (s + 1.0, s), 0.0, length=3, reverse=True) == (3.0, [2.0, 1.0, 0.0])
    with pytest.raises(TypeError, match="reverse is True or False, got 1"):
        scan(lambda s, x: (s, x), 0.0, xs, reverse=1)  # type: ignore[arg-type]


def test_without_data_the_datum_is_none() -> None:
    assert scan(lambda s, d: (s * 2.0, d is None), 1.0, length=3) == (8.0, [True, True, True])


def test_outputs_keep_their_structure_and_none_is_none() -> None:
    state, outputs = scan(
        lambda s, x: ({"s": s["s"] + x}, {"a": x, "b": (None, [x, x])}), {"s": 0.0}, [1.0, 2.0]
    )
    assert state == {"s": 3.0}
    assert outputs == {"a": [1.0, 2.0], "b": (None, [[1.0, 1.0], [2.0, 2.0]])}


def test_an_array_in_the_state_is_a_list_of_its_elements() -> None:
    state, outputs = scan(lambda s, _: ([s[1], s[0] + s[1]], s[0]), np.ones(2), length=4)
    assert (state, outputs) == ([5.0, 8.0], [1.0, 1.0, 2.0, 3.0])


def test_a_gradient_flows_through_all_steps() -> None:
    x, a = Value(2.0), Value(3.0)
    last, _ = scan(lambda s, _: (s * a, None), x, length=3)
    last.backward()
    assert (x.grad, a.grad) == (27.0, 54.0)


# --- gradients ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [x for x in DIFFERENTIATED if "nan" not in x])
def test_derivatives_are_those_of_the_loop(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    f, xs = derivatives(name)
    found = flatten(f(xs))[0]
    monkeypatch.setattr(importlib.import_module("autograd.transforms.scan"), "run", run_as_loop)
    assert found == pytest.approx(flatten(f(xs))[0], rel=1e-10, abs=1e-10)


@pytest.mark.parametrize("order", [1, 2, 3, 4])
def test_a_scan_in_each_sample_of_a_batch_has_derivatives_that_can_be_differentiated(
    order: int,
) -> None:
    def f(w: Any) -> Any:
        return vmap(lambda x: scan(lambda a, _: (a * w, None), x, length=5)[0], reduce="sum")([1.0])

    derivative: Any = f
    for _ in range(order):
        derivative = grad(derivative)
    wanted = math.perm(5, order) * 1.5 ** (5 - order)
    w = Value(1.5)
    assert (derivative(1.5), derivative(w).data) == (wanted, wanted)


def test_a_scan_is_one_node_whatever_the_number_of_steps() -> None:
    def nodes(steps: int) -> int:
        x = Value(0.5)
        last, _ = scan(lambda s, _: (tanh(s * x + 1.0), s), x, length=steps)
        return len(topological_order(last))

    assert nodes(2) == nodes(20) == 3  # the number, the scan, and its last state


def test_a_scan_is_one_node_if_a_gradient_flows_to_its_data_in_any_step() -> None:
    x = Value(2.0)
    last, _ = scan(lambda s, d: (s + d * d, None), 1.0, [3.0, 5.0, x])
    assert (last.data, len(topological_order(last))) == (39.0, 3)
    last.backward()
    assert x.grad == 4.0


def test_numbers_alone_give_numbers() -> None:
    last, outputs = scan(lambda s, x: (s + x, (s, "text")), 0.0, [1.0, 2.0])
    assert [type(last), *map(type, outputs[0])] == [float] * 3
    assert outputs[1] == ["text", "text"]


def test_no_grad_and_constants_stop_the_gradient() -> None:
    x = Value(0.5)
    with no_grad():
        assert scan(lambda s, _: (s * x, s), x, length=3)[0].is_leaf
    last, _ = scan(lambda s, _: (s * constant(2.0), None), x, length=3)
    last.backward()
    assert x.grad == 8.0


def test_recompute_runs_the_steps_again() -> None:
    x, a = Value(2.0), Value(3.0)
    last, outputs = scan(lambda s, d: (s * a + d, s), x, [1.0, 2.0])
    root = last * outputs[1]
    x.data = 1.0
    recompute(root)
    assert root.data == 14.0 * 4.0
    root.backward()
    assert (x.grad, a.grad) == (9.0 * 4.0 + 14.0 * 3.0, 7.0 * 4.0 + 14.0 * 1.0)


def test_gradients_agree_with_differences() -> None:
    f, (weights, bias, state, xs) = DIFFERENTIATED["recurrent network"]
    check_grads(lambda w, h: f(w, bias, h, xs)[0][0], (weights, state))


# --- errors ---------------------------------------------------------------------------------


def same(s: Any, x: Any) -> Any:
    return s, x


@pytest.mark.parametrize(
    ("arguments", "options", "error", "told"),
    [
        ((3.0, 0.0, [1.0]), {}, TypeError, "a function of a state and a datum, got a float"),
        (
            (lambda s: s, 0.0, [1.0]),
            {},
            TypeError,
            r"<lambda> does not take two \(too many .*: pass",
        ),
        ((lambda s, x, y: s, 0.0, [1.0]), {}, TypeError, r"\(missing a required argument: 'y'\)"),
        ((same, 0.0), {}, ValueError, "or length=, the number of steps: got neither"),
        ((same, 0.0, []), {}, ValueError, "at least one step"),
        ((same, 0.0, {}), {"length": 2}, ValueError, "and length=2: leave data out"),
        ((same, 0.0, 3.0), {}, TypeError, "an entry for each step, is a float"),
        ((same, 0.0, [1.0]), {"length": 2}, ValueError, "data for 1 step.* and length=2"),
        ((same, 0.0), {"length": 0}, ValueError, "length of scan is at least 1, got 0"),
        ((same, 0.0), {"length": 2.5}, TypeError, "length of scan is a positive int, got 2.5"),
        ((same, 0.0, ([1.0], [1.0, 2.0])), {}, ValueError, r"data\[0\] has 1, .*data\[1\] has 2"),
        ((same, 0.0, ([1.0], 2.0)), {}, TypeError, r"data\[1\] should have an entry for each step"),
        ((lambda s, x: s, 0.0, [1.0]), {}, TypeError, "gives a pair"),
        ((lambda s, x: ([s], x), 0.0, [1.0]), {}, TypeError, "one number and is a list of 1"),
        (
            (lambda s, x: (s, None if x else (x,)), 0.0, [0.0, 1.0]),
            {},
            TypeError,
            "that of step 0 is a tuple of 1, and that of step 1 is None",
        ),
    ],
)
def test_what_cannot_be_a_scan_is_refused(
    arguments: Any, options: Any, error: type[Exception], told: str
) -> None:
    with pytest.raises(error, match=told):
        scan(*arguments, **options)


@pytest.mark.parametrize(
    ("later", "told"),
    [
        ([1.0, 2.0], "state was a tuple of 2 and is a list of 2"),
        ((1.0, [2.0]), r"state\[1\] was one number and is a list of 1"),
        ((1.0,), "state was a tuple of 2 and is a tuple of 1"),
        ({0: 1.0, 1: 2.0}, "state was a tuple of 2 and is a dict with"),
    ],
)
@pytest.mark.parametrize("start", [0.0, Value(0.0)], ids=repr)
def test_a_state_that_has_another_structure_after_a_later_step_is_refused(
    start: Any, later: Any, told: str
) -> None:
    with pytest.raises(TypeError, match=told):
        scan(lambda s, x: (s if x < 2.0 else later, x), (start, 1.0), [0.0, 1.0, 2.0])


def test_a_state_may_have_its_keys_in_another_order_after_each_step() -> None:
    last, _ = scan(lambda s, x: ({"b": s["a"], "a": s["b"]}, x), {"a": 1.0, "b": 2.0}, length=3)
    assert last == {"a": 2.0, "b": 1.0}


@pytest.mark.parametrize("order", [1, 2, 3, 4])
def test_a_tangent_that_is_0_flows_on_for_the_sake_of_its_own_tangent(order: int) -> None:
    def step(s: Any, x: Any) -> Any:
        return s * s + x * x, s * x

    def whole(run: Any) -> Any:
        def f(x: Any) -> Any:
            last, outputs = run(step, x * x, [x, x * 2.0, x * x])
            return last + total(outputs) * x

        for _ in range(order):
            f = partial(lambda f, x: jvp(f, x, 1.0)[1], f)
        return f(0.0)

    assert whole(scan) == whole(run_as_loop)


@pytest.mark.parametrize("run", [scan, lambda *args: compile(partial(scan, args[0]))(*args[1:])])
def test_what_a_step_does_not_choose_is_no_tangent_however_steep_what_follows_is(run: Any) -> None:
    """The square root has an infinite slope at 0, which what is left out must not meet."""

    def whole(run: Any) -> Any:
        def f(x: Any) -> Any:
            last, outputs = run(step, (x, x), [0.0, 1.0, 0.0])
            return sqrt(last[1]) + total([sqrt(y) for y in outputs])

        return [
            f(4.0),
            jvp(f, 4.0, 1.0),
            grad(grad(f))(4.0),
            jvp(partial(lambda f, x: jvp(f, x, 1.0)[1], f), 4.0, 1.0),
            jvp(grad(f), 4.0, 1.0),
        ]

    def step(s: Any, c: Any) -> Any:
        return (s[0] * 0.5, where(c, s[0], 0.0)), where(c, s[0] * s[0], 0.0)

    found = whole(run)
    assert found == whole(run_as_loop)
    assert all(map(math.isfinite, flatten(found)[0]))


@pytest.mark.parametrize("step", [0, 1, 2])
@pytest.mark.parametrize("output", [0, 1, 2])
def test_a_gradient_flows_back_to_any_output_of_any_step_alone(output: int, step: int) -> None:
    def derivatives_of(run: Any) -> Any:
        def f(x: Any) -> Any:
            return run(lambda s, d: (s * x, (s * d, s * s, s + x)), x, [2.0, 3.0, 5.0])[1][step]

        return [d(lambda x: f(x)[output])(3.0) for d in (grad, hessian)]

    assert derivatives_of(run_as_loop) == derivatives_of(
        lambda *args: (0, [*zip(*scan(*args)[1], strict=True)])
    )


def test_data_of_different_lengths_have_the_derivatives_of_a_plain_loop() -> None:
    def step(s: Any, x: Any) -> Any:
        return tanh(s * total([y * y for y in x]) + s), s

    def whole(run: Any) -> Any:
        def f(w: Any, data: Any) -> Any:
            last, outputs = run(step, w, data)
            return last + total([y * y for y in outputs])

        return f

    def twice_ahead(f: Any) -> Any:
        """Along all data, twice."""
        return lambda w, data: jvp(
            lambda d: jvp(lambda d: f(w, d), d, data)[1], data, [[1.0] * len(x) for x in data]
        )

    data = [[0.1], [0.2, 0.3, 0.5], [], [0.4]]
    for derivative in (
        twice_ahead,
        lambda f: grad(f, (0, 1)),
        lambda f: hessian(f, (0, 1)),
        lambda f: jacrev(grad(f, 1)),
        lambda f: lambda w, data: jvp(lambda w: f(w, data), w, 1.0),
    ):
        found, wanted = (
            flatten(derivative(whole(run))(1.5, data))[0] for run in (scan, run_as_loop)
        )
        assert found == pytest.approx(wanted, rel=1e-12)
