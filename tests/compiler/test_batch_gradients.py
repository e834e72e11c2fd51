"""Gradients through a batch inside a compiled function: batches too, with the interpreted bits."""

from functools import partial
from typing import Any

import pytest

import autograd as ag
from autograd import Value, grad, lookup, scan, value_and_grad, vmap
from autograd.compiler import compile, load_compiled
from autograd.compiler.backends.choose import MODULES
from autograd.compiler.ir.program import Loop
from autograd.compiler.ir.stages import Stages, stages
from autograd.compiler.verified import numbers_and_nodes
from autograd.nn import MLP
from autograd.optim import Adam
from autograd.transforms.samples import ResultOp
from tests.batch_cases import CASES, DERIVATIVES, XS, as_batch
from tests.bits import bits

BACKENDS = tuple(MODULES)


@pytest.mark.parametrize("derivative", DERIVATIVES)
@pytest.mark.parametrize("name", CASES)
def test_derivatives_have_the_interpreted_bits(name: str, derivative: str) -> None:
    f = DERIVATIVES[derivative](partial(CASES[name], as_batch))
    wanted = bits(f(0.7, XS))
    for backend in BACKENDS:
        assert bits(compile(f, backend=backend)(0.7, XS)) == wanted, backend


def stages_of(f: Any, count: int) -> Stages:
    xs = [0.1 * i for i in range(count)]
    return stages(f, [0.5, xs], ["w", "xs"], [0.5, *xs], numbers_and_nodes)


def computed(made: Stages) -> int:
    return len([x for x in made.tape if not isinstance(x.op, ResultOp)])


@pytest.mark.parametrize("derivative", [grad, lambda f: grad(grad(f))])
def test_the_number_of_operations_does_not_depend_on_that_of_samples(derivative: Any) -> None:
    def f(w: Any, xs: Any) -> Any:
        return vmap(lambda x: ag.tanh(x * w) * ag.exp(w * x), reduce="mean")(xs)

    few, many = (stages_of(derivative(f), count) for count in (8, 80))
    assert [x.op for x in few.tape if isinstance(x.op, ResultOp)]  # one for each number
    assert computed(few) == computed(many)
    assert [len(x.ops) for x in few.listing.bodies.values()] == [
        len(x.ops) for x in many.listing.bodies.values()
    ]


def test_a_gradient_by_what_is_shared_computes_nothing_else() -> None:
    def f(w: Any, xs: Any) -> Any:
        return grad(lambda w: vmap(lambda x: ag.sin(x * w) * 2.0, reduce="sum")(xs))(w)

    listing = stages_of(f, 8).listing
    (position,) = listing.bodies  # the batch itself is not computed
    body = listing.bodies[position]
    (output,) = body.outputs
    needed = {output}
    for x in range(output, -1, -1):
        needed.update(body.operands[x] if x in needed else ())
    names = [op.name for i, op in enumerate(body.ops) if op and i in needed]
    assert names == ["*", "cos", "strong*", "*"]


def test_what_surely_flows_in_some_step_of_a_scan_is_no_choice_outside_of_it() -> None:
    def middle(w: Any, xs: Any) -> Any:
        _, outputs = scan(lambda s, x: (s * w + x, s * x), w, xs)
        return outputs[len(xs) // 2]

    names = {node.op.name for node in stages_of(grad(middle), 8).tape if node.op}
    assert names == {"identity", "scan", "fixed", "+"}


def loops_of(f: Any) -> int:
    return len([x for x in stages_of(f, 8).program.parts[0] if isinstance(x, Loop)])


def test_a_batch_and_its_gradient_are_one_loop_if_that_does_not_wait_for_its_results() -> None:
    def mean(w: Any, xs: Any) -> Any:
        return vmap(lambda x: ag.tanh(x * w), reduce="mean")(xs)

    assert loops_of(value_and_grad(mean)) == 1
    assert loops_of(value_and_grad(lambda w, xs: mean(w, xs) * 3.0 + w * w)) == 1
    assert loops_of(value_and_grad(lambda w, xs: ag.exp(mean(w, xs)))) == 2
    assert loops_of(lambda w, xs: (mean(w, xs), mean(w, xs[:4]))) == 2


def one_of_several_results(x: Any) -> Any:
    a, b = ag.atan(x), ag.tanh(ag.atan(x))
    found = vmap(lambda y, z: (y, x))([x, a, b, ag.exp(b * a), a], [b, x, b, a, a])[0]
    return ag.sum([x, a, found[4], b]) * x


def one_of_several_outputs(x: Any) -> Any:
    a, b = ag.atan(x), ag.tanh(ag.atan(x))
    _, found = scan(lambda s, y: (s * y, y * x + s), x, [x, b, ag.exp(a), a])
    return ag.sum([x, a, found[1], b]) * x


@pytest.mark.parametrize("f", [one_of_several_results, one_of_several_outputs])
def test_where_nothing_flows_there_is_no_term_that_changes_the_order_of_others(f: Any) -> None:
    second = grad(grad(f))
    compiled = compile(second, backend="python")
    for i in range(40):
        x = 0.1 * i - 2.0
        assert bits(compiled(x)) == bits(second(x))


def test_a_tangent_of_what_is_shared_flows_to_samples_whose_data_have_none() -> None:
    def f(x: Any) -> Any:
        return ag.sin(vmap(lambda y: y * x[0], reduce="sum")([x[1], x[1], x[0]]))

    for of in (ag.jacfwd, ag.hessian):
        assert bits(compile(of(f))([0.3, 0.5])) == bits(of(f)([0.3, 0.5]))


def training_step(model: Any, optimizer: Any, rows: Any, wanted: Any) -> Any:
    optimizer.zero_grad()
    loss = vmap(lambda x, y: (model(x) - y) ** 2, reduce="mean")(rows, wanted)
    loss.backward()
    optimizer.step()
    return loss


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_training_step_through_a_batch_is_the_interpreted_one(backend: str) -> None:
    rows, wanted = [[0.1 * i, 1.0 - 0.3 * i] for i in range(11)], [0.2 * i for i in range(11)]

    def trained(step: Any) -> list[str]:
        model = MLP(2, [3, 1], rng=0)
        optimizer = Adam(model.parameters(), lr=0.1)
        losses = [step(model, optimizer, rows, wanted) for _ in range(3)]
        return bits([losses, [p.data for p in model.parameters()]])

    assert trained(compile(training_step, backend=backend)) == trained(training_step)


def test_frozen_parameters_get_no_gradient() -> None:
    def gradients(model: Any, rows: Any) -> Any:
        return grad(lambda m: vmap(lambda x: m(x), reduce="sum")(rows))(model)

    model = MLP(2, [2, 1], rng=0)
    model.layers[0].freeze()
    rows = [[1.0, 2.0], [-0.5, 3.0]]
    assert bits(compile(gradients)(model, rows)) == bits(gradients(model, rows))


def test_a_batch_inside_an_optimizer_of_arrays_and_dicts() -> None:
    def loss(p: Any, data: Any) -> Any:
        return vmap(lambda d: (p["a"] * d["x"][0] + p["b"] - d["y"]) ** 2, reduce="mean")(data)

    data = {"x": [[1.0], [2.0], [3.0]], "y": [2.0, 4.0, 6.5]}
    f = value_and_grad(loss)
    p = {"a": 0.5, "b": -1.0}
    assert compile(f)(p, data) == f(p, data)


def test_an_index_out_of_range_is_an_error_of_the_gradient_too() -> None:
    f = compile(grad(lambda w, i: vmap(lambda k: lookup([w, w * w], k), reduce="sum")(i)))
    assert f(3.0, [0, 1, 1]) == 13.0
    with pytest.raises(IndexError, match="lookup index 2 is not one of 0 to 1"):
        f(3.0, [0, 2, 1])


@pytest.mark.parametrize("backend", BACKENDS)
def test_an_index_is_checked_where_nothing_flows_back_from_the_samples(backend: str) -> None:
    def f(w: Any, xs: Any) -> Any:
        return vmap(lambda x: lookup([1.0, 2.0, 3.0], x) * w, reduce="sum")(xs)

    def nothing(w: Any, xs: Any) -> Any:
        return vmap(lambda x: (lookup([w, w], x), ())[1])(xs)

    for function, wanted in ((grad(grad(f)), 0.0), (nothing, ())):
        compiled = compile(function, backend=backend)
        assert compiled(0.5, [0.0, 1.0, 1.0]) == function(0.5, [0.0, 1.0, 1.0]) == wanted
        with pytest.raises(IndexError, match="lookup index 4 is not one of"):
            compiled(0.5, [0.0, 4.0, 1.0])


def test_a_saved_function_has_both_kinds_of_results_in_one_loop(tmp_path: Any) -> None:
    f = grad(lambda w, xs: vmap(lambda x: ag.tanh(x * w) * w, reduce="sum")(xs), (0, 1))
    compiled = compile(f)
    wanted = compiled(0.5, XS)
    compiled.save(tmp_path / "f")
    assert bits(load_compiled(tmp_path / "f")(0.5, XS)) == bits(wanted)


def test_it_verifies() -> None:
    f = compile(value_and_grad(lambda w, xs: vmap(lambda x: ag.tanh(x * w), reduce="mean")(xs)))
    assert f.verify(0.5, XS) == 2


@pytest.mark.parametrize("reduce", ["sum", "mean", None])
def test_a_derivative_through_one_batch_may_be_taken_inside_another(reduce: Any) -> None:
    def f(w: Any, xs: Any) -> Any:
        v = Value(0.0) + w
        made = vmap(lambda x: x * v * v, reduce=reduce)(xs)
        total = made if reduce else ag.sum(made)
        last, _ = scan(lambda s, x: (ag.tanh(s * v + x), None), v, xs)
        inside = vmap(lambda x: ag.gradients(total * last, v) * x, reduce="sum")(xs)
        return inside * v

    for function in (f, grad(f)):
        assert bits(compile(function)(0.5, XS)) == bits(function(0.5, XS))


@pytest.mark.parametrize("derivative", [lambda f: grad(grad(f)), ag.hessian])
def test_scans_that_follow_one_another_in_each_sample_can_be_differentiated_twice(
    derivative: Any,
) -> None:
    def sample(x: Any, w: Any) -> Any:
        first, _ = scan(lambda total, _: (total * w, None), x, length=3)
        last, _ = scan(lambda total, _: (total * first, None), w, length=2)
        return last

    f = derivative(lambda w, xs: vmap(sample, (0, None), "sum")(xs, w))
    assert bits(compile(f)(0.7, XS)) == bits(f(0.7, XS))


class TestACompiledFunctionOfValues:
    def test_it_can_be_differentiated(self) -> None:
        f: Any = lambda w, xs: vmap(lambda x: ag.tanh(x * w), reduce="mean")(xs)  # noqa: E731
        g = compile(f)
        g(0.5, XS)
        for of in (grad, value_and_grad, lambda f: grad(grad(f)), lambda f: ag.hessian(f, 1)):
            assert bits(of(g)(0.5, XS)) == bits(of(f)(0.5, XS))
        w = Value(0.5)
        g(w, XS).backward()
        assert w.grad == grad(f)(0.5, XS)

    def test_a_module_that_is_differentiated_by_has_gradients(self) -> None:
        f: Any = lambda m, x: m(x) ** 2  # noqa: E731
        g, model = compile(f), MLP(2, [2, 1], rng=0)
        for _ in range(3):
            assert g(model, [1.0, 2.0]) == f(model, [1.0, 2.0]).data
            assert value_and_grad(g)(model, [1.0, 2.0]) == value_and_grad(f)(model, [1.0, 2.0])

    def test_it_may_use_methods_of_values_where_it_gets_numbers(self) -> None:
        f: Any = lambda w, x: w * x.exp()  # noqa: E731
        assert grad(compile(f))(2.0, 0.0) == 1.0

    def test_a_batch_of_it_and_it_of_a_batch_can_be_differentiated(self) -> None:
        g = compile(lambda w, x: ag.exp(w * x))
        assert grad(lambda w: sum(vmap(lambda x: g(w, x))([1.0, 2.0])))(0.0) == 3.0
        batch = compile(vmap(lambda x, w: ag.exp(w * x), (0, None), "sum"))
        assert grad(lambda w: batch([1.0, 2.0], w))(0.0) == 3.0
