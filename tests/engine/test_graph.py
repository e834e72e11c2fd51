"""The order in which a graph is walked, and the chain rule over it."""

import math
from typing import Any

import pytest

import autograd as ag
from autograd import Op, StaleGraphError, Value, constant
from autograd.engine.calculus import fixed
from autograd.engine.graph import edges, gradients, product, topological_order
from autograd.engine.op import ONE


def ids(nodes: Any) -> list[int]:
    return [id(node) for node in nodes]


class TestTopologicalOrder:
    def test_operands_come_before_results_and_each_node_once(self) -> None:
        x, y = Value(2.0), Value(3.0)
        shared = x * y
        root = ag.sum([shared * shared, shared, -x, 1.0, ag.where(x > 0.0, y, x)])
        order = topological_order(root)
        place = {node: i for i, node in enumerate(order)}
        assert len(place) == len(order)
        assert order[-1] is root
        for node in order:
            assert all(place[parent] < place[node] for parent in node.parents)

    def test_left_operands_come_first(self) -> None:
        a, b, c = Value(1.0), Value(2.0), Value(3.0)
        left, right = a * b, b * c
        root = left + right
        assert ids(topological_order(root)) == ids([a, b, left, c, right, root])
        several = ag.sum([c, left, b])
        assert ids(topological_order(several)) == ids([c, a, b, left, several])

    def test_a_leaf_is_alone(self) -> None:
        x = Value(1.0)
        assert ids(topological_order(x)) == [id(x)]

    def test_constants_are_nodes_and_numbers_are_not(self) -> None:
        k, x = constant(2.0), Value(3.0)
        root = k * x + 1.0
        assert len(topological_order(root)) == 4

    def test_what_is_behind_an_op_can_be_left_out(self) -> None:
        x, y = Value(2.0), Value(3.0)
        product = x * y
        cut = fixed(product)
        root = cut * y
        assert ids(topological_order(root)) == ids([x, y, product, cut, root])
        assert ids(topological_order(root, fixed)) == ids([cut, y, root])
        assert gradients(root) == {root: 1.0, cut: 3.0, y: 6.0}

    @pytest.mark.parametrize("grad", [0.0, 5.0, None, Value(1.0)])
    def test_no_grad_changes(self, grad: Any) -> None:
        k, x = constant(2.0), Value(3.0)
        inner = k * x
        x.grad = inner.grad = grad
        topological_order(inner + x)
        assert (x.grad is grad, inner.grad is grad, k.grad) == (True, True, None)  # type: ignore[comparison-overlap]

    def test_nothing_recurses_where_ops_take_many_operands(self) -> None:
        x = Value(1.0)
        for _ in range(20_000):
            x = ag.sum([x, 1.0])
        assert len(topological_order(x)) == 20_001


class TestEdges:
    def test_an_edge_leads_to_each_operand_that_a_gradient_flows_to(self) -> None:
        x, y, k = Value(2.0), Value(5.0), constant(3.0)
        cases: tuple[tuple[Value, list[tuple[int, Value, float]]], ...] = (
            (x * y, [(0, x, 5.0), (1, y, 2.0)]),
            (x * x, [(0, x, 2.0), (1, x, 2.0)]),
            (x * 3.0, [(0, x, 3.0)]),
            (3.0 - x, [(1, x, -1.0)]),
            (k * x, [(1, x, 3.0)]),
            (ag.where(1.0, x, y), [(1, x, 1.0)]),
            (ag.where(x, y, 2.0), [(1, y, 1.0)]),
            (ag.dot([x, k], [y, x]), [(0, x, 5.0), (2, y, 2.0), (3, x, 3.0)]),
            (x, []),
        )
        for node, expected in cases:
            found = [(slot, id(x), local) for slot, x, local in edges(node, connected=False)]
            assert found == [(slot, id(x), local) for slot, x, local in expected]

    def test_connected_local_derivatives_are_nodes(self) -> None:
        x, y = Value(2.0), Value(5.0)
        (*_, by_x), (*_, by_y) = edges(x * y, connected=True)
        assert (by_x is y, by_y is x) == (True, True)


class TestProduct:
    INFINITE = Op("infinite", lambda x: x, lambda x, out: math.inf, strong=True)

    def test_one_is_passed_on_as_it_comes(self) -> None:
        x = Value(3.0)
        assert product(ag.mul, x, ONE) is x
        assert product(ag.mul, ONE, x) is x

    def test_a_strong_zero_beats_inf_and_nan(self) -> None:
        for local in (math.inf, math.nan, -math.inf):
            assert product(self.INFINITE, 0.0, local) == 0.0
            assert product(self.INFINITE, Value(0.0), Value(local)).data == 0.0

    def test_other_ops_multiply_plainly(self) -> None:
        assert product(ag.mul, 2.0, 3.0) == 6.0
        assert math.isnan(product(ag.mul, 0.0, math.inf))

    def test_the_chain_rule_uses_it_in_every_mode(self) -> None:
        x = Value(0.0)
        y = ag.where(False, x.sqrt(), 0.0 * x.sqrt() + 2.0 * x)
        y.backward()
        assert x.grad == 2.0
        assert ag.gradients(y, x).data == 2.0
        assert ag.jvp(lambda x: 0.0 * x.sqrt() + 2.0 * x, (4.0,), (0.0,)) == (8.0, 0.0)
        assert ag.jvp(ag.sqrt, (0.0,), (0.0,)) == (0.0, 0.0)


class TestGradients:
    def test_they_are_those_of_every_node_that_one_reaches_and_no_grad_changes(self) -> None:
        x, y, other = Value(2.0), Value(5.0), Value(1.0)
        x.grad = 7.0
        root = x * y
        found = gradients(root)
        assert found == {root: 1.0, x: 5.0, y: 2.0}
        assert (x.grad, y.grad, other.grad, root.grad) == (7.0, 0.0, 0.0, 0.0)

    def test_they_start_from_the_seed(self) -> None:
        x = Value(2.0)
        assert gradients(x * 5.0, 10.0)[x] == 50.0

    def test_what_no_gradient_reaches_is_not_there(self) -> None:
        condition, x = Value(1.0), Value(2.0)
        assert condition not in gradients(ag.where(condition, x, 3.0))

    def test_connected_gradients_are_nodes(self) -> None:
        x, seed = Value(3.0), Value(2.0)
        found = gradients(x * x, seed, connected=True)[x]
        assert isinstance(found, Value)
        assert found.data == 12.0

    def test_a_constant_has_none(self) -> None:
        k, x = constant(2.0), Value(3.0)
        assert k not in gradients(k * x)
        assert gradients(k) == {}

    def test_an_error_leaves_every_grad_as_it_was(self) -> None:
        def fail(x: Any, out: Any) -> Any:
            raise RuntimeError

        x = Value(3.0)
        x.grad = 7.0
        inner = x * x
        root = Op("bad", lambda x: x, fail)(inner) * x
        with pytest.raises(RuntimeError):
            root.backward()
        assert (x.grad, inner.grad, root.grad) == (7.0, 0.0, 0.0)


HALF = Op("half", lambda x, y: x * y, None, lambda x, y, out: x)
MOVES: dict[str, Any] = {  # what moves to another number, and a root of it and of x
    "a factor": lambda moved, x: moved * x * x,
    "a constant factor": lambda moved, x: constant(moved.data) * x * x,
    "an exponent": lambda moved, x: x**moved,
    "a condition": lambda moved, x: ag.where(moved, x * x, x),
    "an index": lambda moved, x: ag.lookup([x * x, x, x, x], moved),
    "one of a maximum": lambda moved, x: ag.maximum(x, moved),
    "an operand without a rule": lambda moved, x: HALF(moved, x),
    "an operand of an inner node": lambda moved, x: ag.exp(moved * x),
}


@pytest.mark.parametrize("kind", [Value, constant])
@pytest.mark.parametrize("create", [ag.gradients, lambda y, x: y.backward(create_graph=True)])
@pytest.mark.parametrize("move", MOVES)
def test_a_connected_gradient_refuses_any_operand_that_moved_on(
    move: str, create: Any, kind: Any
) -> None:
    moved, x = kind(1.0), Value(2.0)
    y = MOVES[move](moved, x)
    (changed,) = [moved] if move != "a constant factor" else [p for p in leaves_of(y) if p is not x]
    changed.data = 3.0
    with pytest.raises(StaleGraphError):
        create(y, x)
    assert x.grad == 0.0


def leaves_of(root: Value) -> list[Any]:
    return [node for node in topological_order(root) if node.is_leaf]


def test_a_subclass_that_compares_by_its_number_is_still_known_by_identity() -> None:
    class Comparing(Value):
        def __eq__(self, other: object) -> bool:
            return isinstance(other, Comparing) and self.data == other.data

    a, b = Comparing(2.0), Comparing(2.0)
    (a * b + 3 * a).backward()
    assert (a.grad, b.grad) == (5.0, 2.0)


def test_a_subclass_with_a_hash_of_its_own_is_refused() -> None:
    with pytest.raises(TypeError, match="Hashing: a Value is known by identity"):

        class Hashing(Value):
            def __hash__(self) -> int:
                return 0


def weighted(*weights: float) -> Op:
    """An op of as many operands as there are weights, with these as its local derivatives."""
    return Op(
        "weighted",
        lambda *xs: math.fsum(x * w for x, w in zip(xs, weights, strict=True)),
        derivatives=lambda xs, out: list(weights),
    )


# Local derivatives of one operand in every slot, and their sum from left to right. From right to
# left it is another: 1.0, 0.0, 3.0 and 0.6.
SLOTS = {
    (1.0, 1e16, -1e16): 0.0,
    (1e16, -1e16, 1.0): 1.0,
    (3.0, 1e16, -1e16, 1.0): 5.0,
    (0.1, 0.2, 0.3): 0.6000000000000001,
}
USES: dict[str, Any] = {
    "an op of a user": lambda x, weights: weighted(*weights)(*[x] * len(weights)),
    "dot, weights last": lambda x, weights: ag.dot([x] * len(weights), weights),
    "dot, weights first": lambda x, weights: ag.dot(list(weights), [x] * len(weights)),
}
ROUTES: dict[str, Any] = {
    "backward": lambda f: _backward(f, False),
    "backward that stays a graph": lambda f: _backward(f, True),
    "gradients": lambda f: ag.gradients(f(x := Value(1.0)), x).data,
    "grad": lambda f: ag.grad(f)(1.0),
    "compiled for llvm": lambda f: ag.compile(ag.grad(f), backend="llvm")(1.0),
    "compiled for numpy": lambda f: ag.compile(ag.grad(f), backend="numpy")(1.0),
    "compiled for Python": lambda f: ag.compile(ag.grad(f), backend="python")(1.0),
}


def _backward(f: Any, create_graph: bool) -> float:
    x = Value(1.0)
    f(x).backward(create_graph=create_graph)
    return float(getattr(x.grad, "data", x.grad))


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("use", USES)
@pytest.mark.parametrize("weights", SLOTS, ids=str)
def test_contributions_are_added_from_left_to_right(
    weights: tuple[float, ...], use: str, route: str
) -> None:
    assert ROUTES[route](lambda x: USES[use](x, weights)) == SLOTS[weights]
