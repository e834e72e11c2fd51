"""A batch as one node: its derivatives are those of the plain loop, whatever their order."""

import gc
import math
import operator
import weakref
from functools import partial, reduce
from typing import Any

import pytest

import autograd as ag
from autograd import Value, constant, grad, scan, vmap
from autograd.engine.errors import NonFiniteError, StaleGraphError
from autograd.engine.graph import topological_order
from autograd.engine.rows import RowOp
from autograd.engine.watching import watching
from autograd.nn import MLP
from autograd.show import draw, explain, play, steps, summary
from autograd.transforms.samples import own_nodes
from autograd.transforms.trees import flatten_numbers
from tests.batch_cases import CASES, DERIVATIVES, XS, as_batch, as_loop
from tests.bits import bits


@pytest.mark.parametrize("derivative", DERIVATIVES)
@pytest.mark.parametrize("name", CASES)
def test_derivatives_are_those_of_a_plain_loop(name: str, derivative: str) -> None:
    of = DERIVATIVES[derivative]
    found, wanted = (
        flatten_numbers(of(partial(CASES[name], x))(0.7, XS))[0] for x in (as_batch, as_loop)
    )
    for x, y in zip(found, wanted, strict=True):
        assert x == pytest.approx(y, rel=1e-12, abs=1e-12, nan_ok=True)


@pytest.mark.parametrize("name", CASES)
def test_gradients_have_the_same_bits_as_numbers_and_as_values(name: str) -> None:
    def gradients(create_graph: bool) -> Any:
        w, xs = Value(0.7), list(map(Value, XS))
        CASES[name](as_batch, w, xs).backward(create_graph=create_graph)
        return [w.grad, *(x.grad for x in xs)]

    assert bits(gradients(False)) == bits(gradients(True))


def test_gradients_of_what_is_shared_are_added_in_the_order_of_a_batch() -> None:
    xs = [1.0, 1e16, 1.0, -1e16, *[0.0] * 4, 1.0]
    w = Value(1.0)
    sum(vmap(lambda x: x * w)(xs)).backward()
    one_after_another = reduce(operator.add, xs)  # from Python 3.12 on sum() rounds less
    assert (w.grad, one_after_another) == (vmap(lambda x: x, reduce="sum")(xs), 1.0)
    assert w.grad != one_after_another


def test_a_sample_that_no_gradient_reaches_gets_none() -> None:
    w, xs = Value(2.0), [Value(3.0), Value(math.inf)]
    vmap(lambda x: x * w)(xs)[0].backward()
    assert (w.grad, xs[0].grad, xs[1].grad, xs[1].is_reached) == (3.0, 2.0, 0.0, False)


def test_a_result_without_gradients_is_a_number() -> None:
    w = Value(2.0)
    first, second = vmap(lambda x: (x * w, x))([1.0, 2.0])
    assert [type(x) for x in (*first, *second)] == [Value, Value, float, float]
    assert vmap(lambda x: constant(x))([1.0])[0].is_constant


def test_results_that_no_gradient_can_flow_through_are_those_of_the_samples() -> None:
    model, rows = MLP(2, [2, 1], rng=0).freeze(), [[1.0, 2.0], [0.5, -1.0]]
    wanted = [model(row).data for row in rows]
    assert [x.data for x in vmap(model)(rows)] == wanted
    gradients = grad(lambda m: vmap(m, reduce="sum")(rows))(model)
    assert set(gradients.values()) == {0.0}
    state, outputs = scan(lambda s, x: (s + model(x), s), 0.0, rows)
    assert (state.data, outputs[1].data) == (sum(wanted), wanted[0])


def test_samples_may_be_of_any_kind() -> None:
    w = Value(2.0)
    found = vmap(lambda x, name: w * x[name])([{"a": 1.0}, {"b": 3.0}], ["a", "b"])
    assert [x.data for x in found] == [2.0, 6.0]


def test_what_a_sample_keeps_elsewhere_has_its_gradient() -> None:
    kept = []
    x, w = Value(3.0), Value(2.0)

    def keeping(x: Any) -> Any:
        kept.append(x * w)
        return x * w

    vmap(keeping)([x])
    kept[0].backward()
    assert (x.grad, w.grad) == (2.0, 3.0)


def test_a_module_learns_by_the_mean_of_a_batch() -> None:
    model = MLP(2, [2, 1], rng=0)
    rows, wanted = [[1.0, 2.0], [0.5, -1.0], [3.0, 0.0]], [1.0, 0.0, -1.0]
    loss = vmap(lambda x, y: (model(x) - y) ** 2, reduce="mean")(rows, wanted)
    loss.backward()
    of = vmap(ag.value_and_grad(lambda m, x, y: (m(x) - y) ** 2), (None, 0, 0), "mean")(
        model, rows, wanted
    )
    assert loss.data == of[0]
    assert [p.grad for p in model.parameters()] == pytest.approx(list(of[1].values()), rel=1e-12)


def test_inside_no_grad_the_results_have_no_history() -> None:
    w = Value(2.0)
    with ag.no_grad():
        (found,) = vmap(lambda x: x * w)([3.0])
    assert (found.data, found.is_leaf) == (6.0, True)
    with ag.no_grad():
        assert grad(lambda w: sum(vmap(lambda x: x * w * w)([3.0])))(2.0) == 12.0


def test_strict_finds_what_a_sample_makes_and_hands_on_what_it_was_given() -> None:
    w = Value(1.0)
    with ag.strict():
        assert vmap(lambda x: x * w)([math.inf])[0].data == math.inf
        with pytest.raises(NonFiniteError, match=r"^log\(0.0\) made -inf"):
            vmap(lambda x: ag.log(x * w))([1.0, 0.0])


RAGGED = [[0.1], [0.2, 0.3, 0.5], [], [0.4]]
OF_RAGGED: dict[str, Any] = {
    "gradients": lambda f: grad(f, (0, 1)),
    "a gradient of a gradient": lambda f: grad(grad(f)),
    "a jacobian of a gradient": lambda f: ag.jacobian(grad(f), 1),
    "a third derivative": lambda f: grad(grad(grad(f))),
    "forward mode": lambda f: lambda w, xs: ag.jvp(lambda w: f(w, xs), w, 1.0),
    "forward over forward": lambda f: ag.jacfwd(ag.jacfwd(f, 1), 1),
    "forward over reverse": lambda f: ag.hessian(f, (0, 1)),
}


@pytest.mark.parametrize("derivative", OF_RAGGED)
def test_samples_of_different_lengths_have_the_derivatives_of_a_plain_loop(
    derivative: str,
) -> None:
    def sample(w: Any, x: Any) -> Any:
        return ag.tanh(w * ag.sum([y * y for y in x]) + w)

    def batch(w: Any, xs: Any) -> Any:
        return ag.sum([y * y for y in vmap(sample, (None, 0))(w, xs)])

    def loop(w: Any, xs: Any) -> Any:
        return ag.sum([y * y for y in [sample(w, x) for x in xs]])

    of = OF_RAGGED[derivative]
    found, wanted = (flatten_numbers(of(f)(0.7, RAGGED))[0] for f in (batch, loop))
    assert found == pytest.approx(wanted, rel=1e-12)


def test_the_nodes_of_a_sample_are_none_of_those_around_the_batch() -> None:
    seen: list[Any] = []
    x = Value(2.0)
    with watching(seen.append):
        (vmap(lambda v: v * v - 1.0)([x + 1.0, x])[0] / 2.0).exp()
    assert {"*", "-"} < {node.op.name for node in seen}
    found: list[Any] = own_nodes(seen)
    assert [node.op.name for node in found] == ["+", "vmap", "vmap", "vmap", "/", "exp"]
    assert own_nodes(seen[:1]) == found[:1]


def test_none_in_the_results_is_none_for_all_samples() -> None:
    assert vmap(lambda x: (x, None))([1.0, 2.0]) == ([1.0, 2.0], None)
    assert vmap(lambda x: None)([1.0, 2.0]) is None
    w = Value(2.0)
    found, nothing = vmap(lambda x: ({"y": x * w, "z": None}, None), reduce="mean")([1.0, 3.0])
    found["y"].backward()
    assert (found["z"], nothing, w.grad) == (None, None, 2.0)


def test_a_graph_with_a_batch_is_freed_without_the_collector() -> None:
    w = Value(2.0)
    root = ag.sum(vmap(lambda x: x * w)([1.0, 2.0]))
    root.backward()
    gone = [weakref.ref(node.op) for node in topological_order(root) if isinstance(node.op, RowOp)]
    gc.disable()
    try:
        del root
        assert [ref() for ref in gone] == [None] * 3
    finally:
        gc.enable()


class TestOnAGraphThatIsThere:
    def graph(self) -> tuple[Value, list[Value], Value]:
        w, xs = Value(0.5, "w"), [Value(1.0, "x"), Value(2.0)]
        return w, xs, sum(vmap(lambda x: ag.tanh(x * w) * w)(xs))

    def test_it_is_one_node_with_a_node_for_each_result(self) -> None:
        w, xs, root = self.graph()
        names = [node.op.name for node in topological_order(root) if node.op]
        assert sorted(names) == ["+", "vmap", "vmap", "vmap"]
        (batch,) = [x for x in topological_order(root) if set(x.operands) >= {w, *xs}]
        assert batch.operands == (*xs, w)
        root.backward()
        assert repr(batch.grad) == "<a row of 2: (0, 1): 1.0, (0, 0): 1.0>"

    def test_recompute_runs_the_samples_again(self) -> None:
        w, xs, root = self.graph()
        w.data, xs[1].data = 0.75, 3.0
        ag.recompute(root)
        root.backward()
        other = Value(0.75)
        again = sum(vmap(lambda x: ag.tanh(x * other) * other)([1.0, 3.0]))
        again.backward()
        assert (root.data, w.grad) == (again.data, other.grad)

    def test_clearing_and_a_second_pass_are_as_on_any_graph(self) -> None:
        w, _, root = self.graph()
        root.backward()
        first = w.grad
        root.backward()
        assert w.grad == 2.0 * first
        ag.zero_grad(root)
        root.backward()
        assert w.grad == first

    def test_a_stale_operand_is_an_error_where_it_matters(self) -> None:
        w, _, root = self.graph()
        w.data = 2.0
        root.backward()
        with pytest.raises(StaleGraphError, match=r"leaf 'w' was 0\.5"):
            root.backward(create_graph=True)

    def test_it_is_drawn_and_counted_and_not_followed_edge_by_edge(self) -> None:
        w, _, root = self.graph()
        root.backward()
        assert "vmap" in draw(root).svg
        assert "vmap" in str(summary(root))
        for look in (lambda: explain(root, wrt=w), lambda: play(root), lambda: list(steps(root))):
            with pytest.raises(TypeError, match="follows a graph edge by edge, and all samples"):
                look()

    def test_check_grads_looks_into_it(self) -> None:
        ag.check_grads(lambda w: sum(vmap(lambda x: ag.tanh(x * w) * w)([1.0, 2.0])), 0.5)
        wrong = ag.Op("wrong", lambda x: x * x, lambda x, out: 3.0 * x)
        with pytest.raises(ag.GradientError, match="the rule for operand 0 of a 'wrong' node"):
            ag.check_grads(lambda w: sum(vmap(lambda x: wrong(x * w))([1.0, 2.0])), 0.5)
