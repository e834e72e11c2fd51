"""Which nodes are folded into one box."""

from typing import Any

import pytest

from autograd import Value, sum as autograd_sum
from autograd.engine.graph import topological_order
from autograd.engine.node import Node
from autograd.losses import mse_loss
from autograd.nn import MLP, Layer, Module
from autograd.show.graphs.folding import Unit, around, fold, level_for, operands_of


def units_of(root: Node, level: str | int | None) -> list[Unit]:
    return fold(topological_order(root), level)[0]


def names(units: list[Unit]) -> list[str]:
    return [
        unit.call.kind if unit.call else "Σ" if unit.is_sum else unit.nodes[0].label or "node"
        for unit in units
    ]


@pytest.mark.parametrize(
    ("nodes", "level"), [(1, None), (60, None), (61, "neuron"), (400, "neuron"), (401, "layer")]
)
def test_auto_folds_more_the_more_nodes_there_are(nodes: int, level: str | None) -> None:
    order: list[Node] = [Value(0.0)] * nodes
    assert level_for(order, "auto") == level
    assert level_for(order, "sum") == "sum"
    assert level_for(order, None) is None


def test_without_folding_every_node_is_a_unit() -> None:
    root = MLP(2, [2, 1], rng=0)([1.0, 2.0])
    order = topological_order(root)
    assert [unit.nodes for unit in units_of(root, None)] == [[node] for node in order]


@pytest.mark.parametrize(
    ("level", "wanted"),
    [
        ("neuron", ["x", "Neuron", "Neuron", "Neuron", "node"]),
        ("layer", ["x", "Layer", "Layer", "node"]),
    ],
)
def test_a_network_folds_with_its_parameters(level: str, wanted: list[str]) -> None:
    assert names(units_of(MLP(1, [2, 1], rng=0)([Value(1.0, "x")]) * 2.0, level)) == wanted


@pytest.mark.parametrize(
    ("depth", "wanted"),
    [
        (1, ["x", "Block", "node"]),
        (2, ["x", "Layer", "node", "MLP", "node"]),
        (3, ["x", "Neuron", "node", "Layer", "Layer", "node"]),
        (9, ["x", "Neuron", "node", "Neuron", "Neuron", "Neuron", "node"]),
    ],
)
def test_any_module_folds_to_the_depth_that_is_asked_for(depth: int, wanted: list[str]) -> None:
    class Block(Module):
        def __init__(self) -> None:
            self.first, self.rest = Layer(1, 1, rng=0), MLP(1, [2, 1], rng=0)

        def forward(self, x: Any) -> Any:
            return self.rest([self.first([x]).exp()])

    assert names(units_of(Block()(Value(1.0, "x")) * 2.0, depth)) == wanted


def test_by_sum_no_module_folds() -> None:
    root = MLP(1, [2, 1], rng=0)([Value(1.0, "x")]) * 2.0
    assert len(units_of(root, "sum")) == len(topological_order(root))


def test_parameters_that_groups_share_are_part_of_them() -> None:
    model = MLP(1, [2, 1], rng=0)
    root = mse_loss([model([x]) for x in (1.0, 2.0)], [0.0, 0.0])
    assert names(units_of(root, "layer")).count("Layer") == 4
    units, unit_of = fold(topological_order(root), "layer")
    assert not any(parameter in unit_of for parameter in model.parameters())
    assert all(unit_of[node] in units for node in unit_of)


def test_a_parameter_that_is_used_outside_of_groups_too_stays_a_node() -> None:
    model = MLP(1, [1], rng=0)
    weight = model.layers[0].neurons[0].weights[0]
    assert names(units_of(model([1.0]) + weight * weight, "layer")).count("w0") == 1


def test_units_come_after_those_they_are_computed_from() -> None:
    class Skip(Module):
        def __init__(self) -> None:
            self.first, self.second = Layer(2, 2, rng=0), Layer(2, 1, rng=1)

        def forward(self, xs: Any) -> Any:
            left, right = self.first(xs)
            return self.second([left * right, left]) + right

    for level in (None, "sum", "neuron", "layer"):
        units, unit_of = fold(topological_order(Skip()([Value(1.0), Value(2.0)])), level)
        place = {unit: number for number, unit in enumerate(units)}
        for unit in units:
            assert all(place[tail] < place[unit] for _, tail in operands_of(unit, unit_of))


def total(values: list[Value]) -> Value:
    """A chain of additions, as the builtin sum makes it."""
    return sum(values[1:], values[0])


def values(count: int) -> list[Value]:
    return [Value(float(i), f"x{i}") for i in range(count)]


def test_a_chain_of_additions_folds_to_one_sum_of_all_operands_in_order() -> None:
    xs = values(5)
    units, unit_of = fold(topological_order(total(xs)), "sum")
    (*leaves, folded_sum) = units
    assert [leaf.nodes[0] for leaf in leaves] == xs
    assert folded_sum.is_sum
    assert [node.label for node, _ in operands_of(folded_sum, unit_of)] == [x.label for x in xs]


def test_one_addition_is_no_sum() -> None:
    a, b = values(2)
    assert names(units_of(a + b, "sum")) == ["x0", "x1", "node"]


def test_a_partial_sum_that_is_used_twice_or_has_a_label_is_kept() -> None:
    a, b, c = values(3)
    shared = a + b
    assert names(units_of((shared + c) * shared, "sum")).count("Σ") == 0
    named = a + b
    named.label = "named"
    assert names(units_of(named + c, "sum")) == ["x0", "x1", "named", "x2", "node"]


def test_additions_of_different_calls_stay_apart() -> None:
    class Adds(Module):
        def forward(self, x: Any, y: Any) -> Any:
            return x + y

    a, b, c = values(3)
    assert "Σ" not in names(units_of(Adds()(a, b) + c, "sum"))


def test_the_sum_op_is_one_node_already() -> None:
    assert names(units_of(autograd_sum(values(3)), "sum")) == ["x0", "x1", "x2", "node"]


def test_around_a_focus_are_operands_and_results_up_to_the_radius() -> None:
    a, b, c = values(3)
    product = a * b
    root = (product + c).tanh()
    units, unit_of = fold(topological_order(root), None)
    assert around(units, unit_of, product, 0) == {unit_of[product]}
    near = around(units, unit_of, product, 1)
    assert near == {unit_of[node] for node in (a, b, product, root.parents[0])}
    assert around(units, unit_of, product, 10**30) == set(units)


def test_a_focus_outside_the_graph_is_refused() -> None:
    units, unit_of = fold(topological_order(Value(1.0)), None)
    with pytest.raises(ValueError, match="focus must be a node of the graph"):
        around(units, unit_of, Value(1.0), 1)


def test_a_chain_of_100_000_additions_folds() -> None:
    root = total(values(100_000))
    assert len(units_of(root, "sum")) == 100_001
