"""What a drawing says: its boxes, the edges between them, and the frames around them."""

from typing import Any

import pytest

import autograd
from autograd import Value, constant
from autograd.engine.graph import topological_order
from autograd.losses import mse_loss
from autograd.nn import MLP, Neuron
from autograd.show.graphs.boxes import Box
from autograd.show.graphs.content import Content, content_of
from autograd.show.graphs.facts import facts_of
from autograd.show.graphs.folding import around, fold
from autograd.show.text import DASH, MINUS, TIMES, decimal


def content(
    root: Value,
    level: str | None = None,
    heat: bool = False,
    focus: Value | None = None,
    radius: int = 1,
) -> Content:
    units, unit_of = fold(topological_order(root), level)
    shown = set(units) if focus is None else around(units, unit_of, focus, radius)
    return content_of(units, unit_of, facts_of(root), shown, heat)


def box(found: Content, name: str) -> Box:
    (one,) = (box for box in found.boxes if box.name == name)
    return one


def texts(found: Content) -> list[tuple[int, int, str]]:
    return [(edge.tail, edge.head, edge.text) for edge in found.edges]


class TestNodes:
    def test_a_box_says_label_op_data_and_gradient(self) -> None:
        x = Value(1 / 3, "x")
        y = x * 3.0
        y.label = "y"
        y.backward()
        found = content(y)
        assert box(found, "x").rows == (("data", "0.3333"), ("grad", "3"))
        assert (box(found, "x").kind, box(found, "x").by) == ("input", "")
        assert box(found, "x").exact == "x (input): data = 0.3333333333333333, grad = 3.0"
        assert (box(found, "y").kind, box(found, "y").by) == ("root", f"{TIMES} 3")

    def test_a_node_without_label_has_the_name_that_words_have_for_it(self) -> None:
        found = content(Value(0.0).tanh().exp())
        assert [(box.name, box.by) for box in found.boxes] == [
            ("v1", ""),
            ("t1", "tanh"),
            ("root", "exp"),
        ]

    def test_a_parameter_says_the_module_that_it_is_used_in(self) -> None:
        found = content(MLP(1, [2, 1], rng=0)([Value(1.0, "x")]))
        exact = [box.exact.split(":")[0] for box in found.boxes if box.kind == "parameter"]
        assert exact[0] == "layers.1.neurons.0.w0 (parameter)"
        assert set(exact) == {
            f"layers.{layer}.neurons.{neuron}.{name} (parameter)"
            for layer, neuron, names in ((0, 0, "w0 b"), (0, 1, "w0 b"), (1, 0, "w0 w1 b"))
            for name in names.split()
        }

    def test_parameters_are_told_from_inputs_by_the_module_that_holds_them(self) -> None:
        found = content(Neuron(1, rng=0)([Value(1.0, "x")]))
        kinds = {box.name: box.kind for box in found.boxes}
        assert (kinds["w0"], kinds["b"], kinds["x"]) == ("parameter", "parameter", "input")

    def test_gradients_are_dashes_while_no_backward_pass_has_reached_them(self) -> None:
        x, k = Value(2.0, "x"), constant(3.0, "k")
        y = x * k
        assert box(content(y), "x").rows[1] == ("grad", DASH)
        y.backward()
        assert box(content(y), "x").rows[1] == ("grad", "3")
        assert box(content(y), "k").rows == (("data", "3"),)
        other = x * Value(1.0, "new")
        assert box(content(other), "new").rows[1] == ("grad", DASH)

    def test_a_gradient_of_zero_that_a_pass_has_found_is_zero(self) -> None:
        x = Value(-1.0, "x")
        x.relu().backward()
        root = x.relu()
        root.backward()
        assert box(content(root), "x").rows[1] == ("grad", "0")

    def test_a_gradient_that_is_a_value_is_shown_as_a_number(self) -> None:
        x = Value(3.0, "x")
        y = x * x
        y.backward(create_graph=True)
        assert box(content(y), "x").rows[1] == ("grad", "6")
        x.grad = 0.0  # a leaf and its connected gradient hold each other

    def test_long_names_are_clipped_and_in_full_when_pointed_at(self) -> None:
        (one,) = content(Value(2.0, "x" * 1000)).boxes
        assert one.name.endswith("…")
        assert "x" * 1000 in one.exact

    def test_a_leaf_that_moved_on_shows_what_it_was_when_it_was_used(self) -> None:
        x = Value(2.0, "x")
        y = x * x
        x.data = 5.0
        found = content(y)
        assert box(found, "x").rows == (("data", "5"), ("was", "2"), ("grad", DASH))
        assert box(found, "x").exact.startswith("x (input): data = 5.0 (2.0 when it was used)")
        assert {edge.text for edge in found.edges} == {f"{TIMES}2"}


class TestEdges:
    def test_there_is_one_for_each_operand_slot(self) -> None:
        x = Value(3.0, "x")
        assert texts(content(x * x)) == [(0, 1, f"{TIMES}3"), (0, 1, f"{TIMES}3")]

    def test_they_carry_the_local_derivative(self) -> None:
        found = content(Value(3.0) / Value(7.0))
        assert [edge.text for edge in found.edges] == [f"{TIMES}0.1429", f"{TIMES}{MINUS}0.06122"]
        assert found.edges[0].exact == "0.14285714285714285"

    def test_where_nothing_flows_they_are_idle(self) -> None:
        found = content(autograd.where(True, Value(3.0), Value(7.0)))
        assert [edge.idle for edge in found.edges] == [False, True]
        assert found.edges[1].text == f"{TIMES}{DASH}"

    def test_the_undefined_derivative_by_a_constant_exponent_is_idle(self) -> None:
        assert [edge.idle for edge in content(Value(-3.0) ** constant(2.0)).edges] == [False, True]

    def test_plain_numbers_stand_in_the_op(self) -> None:
        x = Value(2.0, "x")
        root = x * 3.0 + x * 3.0
        assert [box.by for box in content(root).boxes] == ["", f"{TIMES} 3", f"{TIMES} 3", "+"]

    def test_a_folded_sum_has_an_edge_for_each_operand(self) -> None:
        xs = [Value(float(i), f"x{i}") for i in range(4)]
        found = content(sum(xs[1:], xs[0]) + 5.0, "sum")
        assert found.boxes[-1].by == "Σ + 5"
        assert texts(found) == [(i, 4, f"{TIMES}1") for i in range(4)]

    def test_many_from_one_box_into_a_folded_sum_are_one_edge_with_their_count(self) -> None:
        x = Value(2.0, "x")
        found = content(sum([x] * 1000, Value(1.0, "start")), "sum")
        assert texts(found) == [(0, 2, f"{TIMES}1"), (1, 2, f"{TIMES}1 (1,000)")]
        assert len(set(found.origins.edge_of.values())) == 2


class TestGroups:
    def test_a_group_with_one_output_shows_its_data_and_gradient(self) -> None:
        neuron = Neuron(2, rng=0)
        out = neuron([1.0, 2.0])
        root = out * 2.0
        root.backward()
        group = box(content(root, "neuron"), "Neuron")
        assert group.kind == "group"
        assert group.rows[0] == ("data", decimal(out.data))
        assert group.rows[1:] == (("grad", "2"), ("", "3 parameters, 7 nodes"))

    def test_a_group_with_many_outputs_shows_how_far_they_reach(self) -> None:
        model = MLP(1, [5, 1], rng=0)
        root = model([1.0])
        root.backward()
        outputs = [neuron([1.0]) for neuron in model.layers[0].neurons]
        low, high = min(x.data for x in outputs), max(x.data for x in outputs)
        rows = box(content(root, "layer"), "layers.0").rows
        assert rows[0] == ("data", f"{decimal(low)} … {decimal(high)} (5)")
        assert rows[2] == ("", "10 parameters, 25 nodes")

    def test_a_nan_among_many_outputs_is_not_hidden(self) -> None:
        model = MLP(1, [5, 1], rng=0)
        model.layers[0].neurons[2].bias.data = float("nan")
        rows = box(content(model([1.0]), "layer"), "layers.0").rows
        assert rows[0] == ("data", "nan among 5")

    def test_before_a_backward_pass_its_gradient_is_one_dash(self) -> None:
        rows = box(content(MLP(1, [5, 1], rng=0)([1.0]), "layer"), "layers.0").rows
        assert rows[1] == ("grad", DASH)

    def test_the_group_of_the_root_is_marked(self) -> None:
        found = content(MLP(1, [2, 1], rng=0)([Value(1.0)]), "layer")
        assert [box.kind for box in found.boxes] == ["input", "group", "root-group"]

    def test_a_node_that_is_merely_equal_to_the_root_marks_no_group(self) -> None:
        out = Neuron(1, None, rng=0)([1.0])
        kinds = [box.kind for box in content(out * 1.0, "neuron").boxes]
        assert kinds == ["group", "root"]

    def test_one_edge_stands_for_all_slots_inside_and_has_no_number(self) -> None:
        found = content(MLP(1, [3, 1], rng=0)([Value(1.0)]), "layer")
        assert texts(found) == [(0, 1, ""), (1, 2, "")]
        assert found.edges[0].exact == "used 3 times inside"

    def test_parameters_that_several_calls_share_count_in_each(self) -> None:
        model = Neuron(1, rng=0)
        root = mse_loss([model([1.0]), model([2.0])], [0.0, 0.0])
        groups = [box for box in content(root, "neuron").boxes if box.kind == "group"]
        assert [group.rows[2][1] for group in groups] == ["2 parameters, 3 nodes"] * 2


class TestFrames:
    def test_calls_are_framed_and_nested(self) -> None:
        found = content(MLP(1, [1], rng=0)([Value(1.0, "x")]))
        assert [(frame.outer, frame.title) for frame in found.frames] == [
            (None, "MLP"),
            (0, "Layer layers.0"),
            (1, "Neuron neurons.0"),
        ]
        assert box(found, "x").frame is None
        assert {box.frame for box in found.boxes if box.name != "x"} == {2}

    def test_a_box_for_a_call_lies_in_the_frames_of_its_callers(self) -> None:
        found = content(MLP(1, [1], rng=0)([Value(1.0, "x")]), "neuron")
        assert [frame.title for frame in found.frames] == ["MLP", "Layer layers.0"]
        assert [box.frame for box in found.boxes] == [None, 1]


class TestFocus:
    def test_what_is_left_out_is_counted(self) -> None:
        a, b, c = Value(1.0, "a"), Value(2.0, "b"), Value(3.0, "c")
        product = a * b
        product.label = "product"
        root = (product + c).tanh() + product
        found = content(root, focus=product, radius=0)
        assert [(box.name, box.rows) for box in found.boxes] == [
            ("", (("", "… 2 operands"),)),
            ("product", (("data", "2"), ("grad", DASH))),
            ("", (("", "… 2 uses"),)),
        ]
        assert texts(found) == [(0, 1, ""), (1, 2, "")]

    def test_with_everything_in_reach_nothing_is_left_out(self) -> None:
        root = Value(1.0).tanh() * 2.0
        assert content(root, focus=root, radius=5) == content(root)


class TestHeat:
    def test_it_is_none_unless_asked_for(self) -> None:
        assert {box.heat for box in content(Value(1.0).tanh()).boxes} == {None}

    @pytest.mark.parametrize(
        ("grads", "heats"),
        [
            ((1.0, 1e-2, 1e-4), (1.0, 0.5, 0.0)),
            ((-10.0, 0.0, 1e-300), (1.0, 0.0, 0.0)),
            ((0.0, 0.0, 0.0), (None, None, None)),
            ((1.0, float("nan"), float("inf")), (1.0, 1.0, 1.0)),
        ],
    )
    def test_it_fades_over_four_decades(self, grads: Any, heats: Any) -> None:
        leaves = [Value(1.0) for _ in grads]
        root = autograd.sum(leaves)
        for leaf, grad in zip(leaves, grads, strict=True):
            leaf.grad = grad
        found = content(root, heat=True)
        assert [box.heat for box in found.boxes[:-1]] == pytest.approx(list(heats))


def test_a_node_of_many_results_has_no_number_and_its_edges_have_none() -> None:
    x = Value(2.0, "x")
    _, steps = autograd.scan(lambda total, y: (total + x * y, total), 0.0, [1.0, 3.0])
    shown = content(steps[1])
    boxes = {box.by: dict(box.rows)["data"] for box in shown.boxes}
    assert boxes == {"": "2", "scan(0, 1, 3, ·)": DASH, "result[1, 1]": "2"}
    assert [edge.text for edge in shown.edges] == ["", ""]
