"""The facts of a graph: read once, for every view of it."""

from autograd import Value
from autograd.nn import MLP, Neuron
from autograd.show.graphs.facts import facts_of
from autograd.show.graphs.view import view


def test_a_graph_has_its_order_its_names_and_what_moved_on() -> None:
    x = Value(3.0, "x")
    y = x * x
    x.data = 5.0
    facts = facts_of(y)
    assert facts.order == [x, y]
    assert facts.root is y
    assert facts.names == {x: "x", y: "root"}
    assert facts.moved == {x: 3.0}


def test_a_node_has_the_path_of_its_call() -> None:
    root: Value = MLP(1, [2, 1], rng=0)([Value(1.0, "x")])
    assert "layers.0.neurons.1" in facts_of(root).paths.values()


def test_a_view_of_the_facts_is_that_of_the_graph() -> None:
    root = Neuron(2, rng=0)([Value(1.0, "x"), Value(2.0, "y")])
    assert view(facts_of(root), None) == view(root, None)
