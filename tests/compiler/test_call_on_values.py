"""A call of a compiled function on Values: one node, and compiled derivatives of any order."""

import gc
import weakref
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd as ag
from autograd import (
    Value,
    compile,
    constant,
    grad,
    hessian,
    jvp,
    no_grad,
    recompute,
    scan,
    value_and_grad,
    vjp,
    vmap,
)
from autograd.compiler.backends.choose import MODULES
from autograd.engine.errors import NonFiniteError, StaleGraphError
from autograd.nn import MLP, Module
from autograd.optim import SGD
from autograd.transforms.strict import strict
from tests.bits import bits

Function = Callable[..., Any]


def wave(x: Any, y: Any) -> Any:
    return ag.tanh(x * y) * x


def parts(x: Any, rest: Any) -> Any:
    return {"a": ag.exp(x) * rest["y"][0], "b": [x, rest["y"][1] ** 2, 2.0]}


def chosen(x: Any) -> Any:
    return ag.where(x > 0.0, x * x, 1.0 / x)


def of_wave(f: Function) -> Function:
    return lambda x: f(ag.sin(x), x * x) * 3.0


def of_parts(f: Function) -> Function:
    def call(x: Any) -> Any:
        found = f(x * 0.5, {"y": [ag.cos(x), x]})
        return found["a"] * found["b"][1]  # and not b[0]

    return call


def of_chosen(f: Function) -> Function:
    return lambda x: f(x - 1.0) + f(x + 1.0)


def of_one_twice(f: Function) -> Function:
    return lambda x: f(x, x)


def of_samples(f: Function) -> Function:
    return lambda x: ag.sum(vmap(lambda y: f(x, y))([0.5, -2.0, 1.0]))


def of_steps(f: Function) -> Function:
    return lambda x: scan(lambda s, y: (f(s, y), s), x, [0.5, -2.0, 1.0])[0]


def of_gradients(f: Function) -> Function:
    return lambda x: grad(f, 1)(x, 2.0) * x


INSIDE: dict[str, tuple[Function, Function]] = {
    "two arguments": (wave, of_wave),
    "several results": (parts, of_parts),
    "a choice": (chosen, of_chosen),
    "an argument given twice": (wave, of_one_twice),
    "a batch around it": (wave, of_samples),
    "a scan around it": (wave, of_steps),
    "its gradient": (wave, of_gradients),
}

# What is close here is the same but for the order in which the contributions of calls are added.
ORDERS: dict[str, Function] = {
    "first": grad,
    "second": lambda f: grad(grad(f)),
    "third": lambda f: grad(grad(grad(f))),
    "forward": lambda f: lambda x: jvp(f, x, 1.0),
    "forward over reverse": hessian,
    "reverse, by vjp": lambda f: lambda x: vjp(f, x)[1](2.0),
}


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("name", INSIDE)
def test_derivatives_through_a_call_are_those_of_the_interpreted_function(
    name: str, order: str
) -> None:
    f, around = INSIDE[name]
    wanted = ORDERS[order](around(f))(0.7)
    found = ORDERS[order](around(compile(f, backend="python")))(0.7)
    assert found == pytest.approx(wanted, rel=1e-14)


@pytest.mark.parametrize("backend", MODULES)
def test_a_single_call_has_the_bits_of_the_interpreted_function(backend: str) -> None:
    def gradients(f: Function) -> list[float]:
        x, y = Value(0.3), Value(-1.7)
        root = f(x, y)
        root.backward()
        return [root.data, x.grad, y.grad]

    assert bits(gradients(compile(wave, backend=backend))) == bits(gradients(wave))


def test_the_call_is_one_node_and_each_result_another() -> None:
    x = Value(2.0)
    found = compile(parts)(x, {"y": [3.0, 4.0]})
    (call, *_), (same, *_) = found["a"].operands, found["b"][1].operands
    assert (call is same, call.operands, found["b"][1].data) == (True, (x,), 16.0)


def test_results_that_are_not_used_let_nothing_flow_back() -> None:
    both = compile(lambda x: [x * 2.0, ag.log(x)])
    x = Value(0.0)
    both(x)[0].backward()
    assert x.grad == 2.0


def test_a_choice_lets_nothing_flow_to_the_other_operand() -> None:
    x = Value(0.0)
    inner = ag.log(x)  # whose slope here is inf
    compile(lambda y, z: ag.where(z > 0.0, z, y))(inner, x + 1.0).backward()
    assert x.grad == 1.0


def test_it_is_recorded_once_for_each_kind_of_call() -> None:
    runs: list[None] = []

    def square(x: Any, y: Any) -> Any:
        runs.append(None)
        return x * x * y

    f = compile(square)
    for number in (1.0, 2.0, 3.0):
        x = Value(number)
        f(x, 2.0).backward()
        assert x.grad == 4.0 * number
    assert len(runs) == 2  # the function, and its gradient
    assert [grad(f)(number, 1.0) for number in (1.0, 2.0)] == [2.0, 4.0]
    assert len(runs) == 3


def test_parameters_of_a_module_get_their_gradients() -> None:
    def loss(model: Any, x: Any) -> Any:
        return model(x) ** 2

    def gradients(f: Function) -> Any:
        model, x = MLP(2, [3, 1], rng=0), Value(0.5)
        model.parameters()[0].is_constant = True
        f(model, [x, -1.0]).backward()
        return [x.grad, *(p.grad for p in model.parameters())]

    model = MLP(2, [3, 1], rng=0)
    assert gradients(compile(loss)) == gradients(loss)
    twice: Function = lambda f: lambda m: f(m, [0.5, 1.0]) * 2.0  # noqa: E731
    assert grad(twice(compile(loss)))(model) == grad(twice(loss))(model)


def test_settings_and_arguments_with_names() -> None:
    def power(x: Any, *others: Any, n: int, scale: Any = 1.0) -> Any:
        return x**n * scale + sum(others)

    f = compile(power, static="n")
    x, y = Value(2.0), Value(5.0)
    f(x, y, 1.0, n=3, scale=y).backward()
    assert (x.grad, y.grad) == (60.0, 9.0)
    assert grad(f)(2.0, n=4) == 32.0


def test_arrays_beside_a_value_come_as_lists() -> None:
    f = compile(lambda xs, w: [x * w for x in xs])
    w = Value(3.0)
    ag.sum(f(np.array([1.0, 2.0]), w)).backward()
    assert w.grad == 3.0


def test_a_function_that_changes_its_arguments_runs_as_it_stands() -> None:
    def step(model: Any, optimizer: Any, x: Any) -> Any:
        optimizer.zero_grad()
        loss = model(x) ** 2
        loss.backward()
        optimizer.step()
        return loss

    def weights(run: Function) -> Any:
        model = MLP(1, [1], rng=0)
        run(model, SGD(model, lr=0.1), [Value(2.0)])
        return model.state_dict()

    assert weights(compile(step)) == weights(step)


def test_a_module_that_counts_its_calls_is_refused() -> None:
    class Counter(Module):
        def __init__(self) -> None:
            self.count = Value(0.0)

    def count(counter: Any, x: Any) -> Any:
        counter.count.data = counter.count.data + 1.0
        return x * 2.0

    with pytest.raises(ag.TracedValueError):
        compile(count)(Counter(), Value(1.0))


@pytest.mark.parametrize("x", [constant(2.0), Value(2.0)])
def test_without_a_gradient_the_results_are_constants(x: Any) -> None:
    with no_grad():
        found = compile(wave)(x, 1.0)
    assert (found.data, found.is_leaf, found.is_constant) == (wave(2.0, 1.0), True, True)


def test_recompute_runs_the_call_again() -> None:
    x = Value(2.0)
    root = compile(wave)(x, 3.0) * 2.0
    x.data = 0.5
    recompute(root)
    root.backward()
    assert (root.data, x.grad) == (2.0 * wave(0.5, 3.0), 2.0 * grad(wave)(0.5, 3.0))


def test_the_graph_holds_as_recorded_or_is_refused_where_a_leaf_moved_on() -> None:
    x = Value(2.0)
    root = compile(wave)(x, 3.0)
    x.data = 0.5
    root.backward()
    assert x.grad == grad(wave)(2.0, 3.0)
    with pytest.raises(StaleGraphError):
        root.backward(create_graph=True)


def test_a_module_that_moved_on_has_the_gradient_as_recorded() -> None:
    model, x = MLP(1, [1], rng=0), Value(0.5)
    root = compile(lambda m, x: m([x]) ** 2)(model, x)
    with no_grad():
        wanted = grad(lambda x: model([x]) ** 2)(0.5)
    for p in model.parameters():
        p.data = 7.0
    root.backward()
    assert x.grad == wanted


def test_strict_names_the_op_inside_the_call() -> None:
    with strict(), pytest.raises(NonFiniteError, match="log"):
        compile(lambda x: ag.log(x))(Value(-1.0))


def test_an_error_of_the_function_comes_as_it_is() -> None:
    with pytest.raises(ZeroDivisionError) as caught:
        compile(lambda x: x * (1 // 0))(Value(1.0))
    assert caught.value.__context__ is None


def test_a_graph_that_is_dropped_is_freed_at_once() -> None:
    f, x = compile(wave), Value(2.0)
    f(x, 3.0).backward()
    gc.collect()
    gc.disable()
    try:
        root = f(x, 3.0) + 1.0
        root.backward()
        gone = weakref.ref(root.operands[0].operands[0].op)
        del root
        assert gone() is None
    finally:
        gc.enable()


# --- transforms of a compiled function ------------------------------------------------------

TRANSFORMS: dict[str, tuple[Function, tuple[Any, ...]]] = {
    "grad": (grad, (0.3, 0.7)),
    "grad by the second": (lambda f: grad(f, 1), (0.3, 0.7)),
    "grad by both": (lambda f: grad(f, argnums=(0, 1)), (0.3, 0.7)),
    "value_and_grad": (value_and_grad, (0.3, 0.7)),
    "grad of grad": (lambda f: grad(grad(f), 1), (0.3, 0.7)),
    "jacobian": (lambda f: ag.jacobian(f, argnums=(0, 1)), (0.3, 0.7)),
    "jacfwd": (ag.jacfwd, (0.3, 0.7)),
    "jacrev": (ag.jacrev, (0.3, 0.7)),
    "hessian": (hessian, (0.3, 0.7)),
    "vmap": (lambda f: vmap(f, in_axes=(0, None)), ([0.3, 0.5], 0.7)),
    "vmap of grad": (lambda f: vmap(grad(f), in_axes=(0, None), reduce="sum"), ([0.3, 0.5], 0.7)),
}


@pytest.mark.parametrize("name", TRANSFORMS)
def test_a_transform_of_it_is_compiled_and_made_once(name: str) -> None:
    transform, args = TRANSFORMS[name]
    compiled = compile(wave)
    found = transform(compiled)
    assert found is transform(compiled)
    assert bits(found(*args)) == bits(transform(wave)(*args))
    assert type(found) is type(compile(transform(wave)))


def test_jvp_hvp_and_vjp_of_it_have_the_bits_of_the_function() -> None:
    compiled = compile(wave)
    for run in (
        lambda f: jvp(f, (0.3, 0.7), (1.0, 2.0)),
        lambda f: ag.hvp(f, (0.3, 0.7), (1.0, 2.0)),
        lambda f: vjp(f, 0.3, 0.7)[1](2.0),
    ):
        assert bits(run(compiled)) == bits(run(wave))


def test_check_grads_looks_at_the_nodes_of_the_function() -> None:
    ag.check_grads(compile(wave), (0.3, 0.7))
    with pytest.raises(ag.KinkError, match="sign"):
        ag.check_grads(compile(lambda x: ag.abs(x)), 1e-9)


def test_a_compiled_batch_is_compiled_as_another() -> None:
    batch = vmap(compile(wave), in_axes=(0, None))
    again = compile(batch, backend="python")
    assert (again.backend, again([1.0], 2.0)) == ("python", batch([1.0], 2.0))


# --- names, and what changes after the call -------------------------------------------------


@pytest.mark.parametrize("order", ["xyz", "xzy", "yxz", "yzx", "zxy", "zyx"])
def test_gradients_go_to_the_arguments_of_their_names(order: str) -> None:
    def f(x: Any, y: Any = 1.0, *, z: Any = 2.0) -> Any:
        return x * y + z**3

    given = {"x": Value(2.0), "y": Value(3.0), "z": Value(5.0)}
    compile(f)(**{name: given[name] for name in order}).backward()
    assert [x.grad for x in given.values()] == [3.0, 2.0, 75.0]


def test_so_they_do_where_defaults_are_left_out_and_in_batches() -> None:
    def f(x: Any, y: Any = 1.0, z: Any = 2.0) -> Any:
        return x * y + z**3

    assert grad(lambda z: compile(f)(z=z, x=2.0))(5.0) == 75.0
    y = Value(2.0)
    compile(vmap(f, reduce="sum"))([1.0, 2.0], z=5.0, y=y).backward()
    assert y.grad == 3.0


class Scaled(Module):
    def __init__(self) -> None:
        self.weight, self.scale = Value(2.0), 1.0

    def __call__(self, x: Any) -> Any:
        return (self.weight * x) ** 2 * self.scale


def _scale(model: Any) -> None:
    model.scale = 100.0


def _add_a_parameter(model: Any) -> None:
    model.bias = Value(1.0)


@pytest.mark.parametrize("change", [_scale, _add_a_parameter])
def test_a_model_that_is_another_after_the_call_is_told(change: Function) -> None:
    model, x = Scaled(), Value(3.0)
    called = compile(lambda model, x: model(x))
    called(model, x).backward()  # so that its derivative is compiled
    y, x.grad = called(model, x), 0.0
    change(model)
    for use in (y.backward, lambda: recompute(y)):
        with pytest.raises(StaleGraphError, match="changed after it was called with Values"):
            use()
    assert x.grad == 0.0


@pytest.mark.parametrize(
    "call",
    [
        lambda f, x: compile(f)(x),
        lambda f, x: ag.sum(compile(vmap(f))([x, 1.0])),
        lambda f, x: ag.sum(vmap(compile(f))([x, 1.0])),
        lambda f, x: compile(lambda s, d: (f(s) * d, None)).scan(x, [1.0, 2.0])[0],
    ],
)
def test_so_is_what_it_reads_elsewhere(call: Function) -> None:
    scales, x = [2.0], Value(3.0)
    y = call(lambda x: x * scales[0], x)
    scales[0] = 50.0
    with pytest.raises(StaleGraphError, match="changed after"):
        y.backward()
    scales[0] = 2.0
    y.backward()
    assert x.grad in (2.0, 8.0)


def test_a_gradient_stays_connected_inside_no_grad() -> None:
    x = Value(2.0)
    y = compile(lambda x: x**3)(x)
    with no_grad():
        (first,) = ag.gradients(y, [x], create_graph=True)
    first.backward()
    assert x.grad == 12.0


def test_strict_looks_at_no_numbers_of_a_pass_through_a_call() -> None:
    def f(x: Any) -> Any:
        return ag.sqrt(x) * 2.0

    for g in (f, compile(f)):
        x = Value(0.0)
        y: Any = g(x)
        with ag.strict():
            y.backward()
        assert x.grad == float("inf")
