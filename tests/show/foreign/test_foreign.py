"""Graphs of micrograd, of microgpt and of homework like them are shown as they are."""

import copy
import os
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from micrograd.engine import Value as Micrograd
from micrograd.nn import MLP

from autograd import NoDerivativeError, Value
from autograd.engine.graph import topological_order
from autograd.show import (
    draw,
    draw_dot,
    explain,
    formula,
    play,
    steps,
    summary,
    tangent_steps,
    to_dot,
)
from autograd.show.foreign.conversion import to_values
from autograd.show.foreign.reading import OPERANDS
from autograd.show.stepping.events import Final
from tests.show.foreign.homework import Bare, Lecture, Record, Slotted


def labelled(make: Callable[[float], Any], **numbers: float) -> list[Any]:
    leaves = []
    for name, number in numbers.items():
        leaf = make(number)
        leaf.label = name
        leaves.append(leaf)
    return leaves


def converted(root: Any) -> Value:
    (value,) = to_values("draw", root)
    assert isinstance(value, Value)
    return value


def local_derivatives(root: Any) -> list[float]:
    return [local() for local in converted(root).local_derivatives]


def micrograd_expression() -> tuple[Any, list[Any]]:
    """The expression of micrograd's README, cut short."""
    a, b = labelled(Micrograd, a=-4.0, b=2.0)
    c = a + b
    d = a * b + b**3
    c = c + c + 1
    c = c + 1 + c + (-a)
    d = d + d * 2 + (b + a).relu()
    e = c - d
    f = e**2
    g = f / 2.0 + 10.0 / f
    return g, [a, b]


class TestMicrograd:
    def test_a_small_graph_is_written_drawn_and_explained(self) -> None:
        a, b, c = labelled(Micrograd, a=2.0, b=-3.0, c=10.0)
        y = (a * b + c).relu()
        assert str(formula(y)) == "root = relu(a·b + c)\nwhere a = 2, b = −3, c = 10"
        assert ">×−3<" in draw(y).svg
        assert str(explain(y, a)).startswith("droot/da: 1 path leads from root back to a")
        assert explain(y, a).gradient == -3.0
        assert summary(y).ops == {"*": 1, "+": 1, "relu": 1}
        assert "a.grad += 1.0 (upstream) × -3.0" in play(y).text()
        assert to_dot(y).startswith("digraph {")
        assert draw_dot(y).source == to_dot(y)

    def test_the_gradients_are_those_that_micrograd_finds(self) -> None:
        g, leaves = micrograd_expression()
        g.backward()
        for leaf in leaves:
            assert explain(g, leaf).gradient == pytest.approx(leaf.grad, rel=1e-12)
        finals = [event for event in steps(g) if isinstance(event, Final)]
        for event in finals:
            assert event.gradient == pytest.approx(event.node.grad, rel=1e-12)
        assert len(finals) == summary(g).nodes

    @pytest.mark.parametrize("seed", range(50))
    def test_random_graphs_have_its_gradients(self, seed: int) -> None:
        choose = random.Random(seed)
        leaves = [Micrograd(choose.uniform(0.5, 2.0) * choose.choice((-1, 1))) for _ in range(3)]
        nodes = list(leaves)
        for _ in range(12):
            x, y = choose.choice(nodes), choose.choice(nodes)
            nodes.append(choose.choice([x + y, x - y, x * y, x**2, x.relu(), -x]))
        root = sum(nodes)
        root.backward()
        for leaf in leaves:
            assert explain(root, leaf).gradient == pytest.approx(leaf.grad, rel=1e-9)
            assert explain(root, leaf).count > 0
        assert "not known" not in draw(root, collapse=None).svg

    def test_a_network_has_its_gradients(self) -> None:
        random.seed(1)
        model = MLP(3, [4, 4, 1])
        loss = sum((model([x, 1.0, -x]) - 1.0) ** 2 for x in (0.5, -0.5, 2.0))
        loss.backward()
        for p in model.parameters()[::7]:
            assert explain(loss, p).gradient == pytest.approx(p.grad, rel=1e-12)

    def test_the_operands_are_in_the_order_in_which_they_were_written(self) -> None:
        leaves = labelled(Micrograd, **{f"x{i}": float(i + 2) for i in range(10)})
        for left in leaves:
            for right in leaves:
                assert [x.label for x in converted(left * right).operands] == [
                    left.label,
                    right.label,
                ]

    def test_a_square_has_two_edges_though_the_set_has_one(self) -> None:
        (x,) = labelled(Micrograd, x=3.0)
        assert len((x * x)._prev) == 1
        assert draw(x * x).svg.count(">×3<") == 2
        assert str(formula(x * x)) == "root = x·x\nwhere x = 3"
        assert explain(x * x, x).gradient == 6.0
        assert explain(x + x, x).gradient == 2.0

    @pytest.mark.parametrize("exponent", [2, -1, 0.5, 1e-05, 3.0])
    def test_an_exponent_is_read_from_the_name(self, exponent: float) -> None:
        (x,) = labelled(Micrograd, x=4.0)
        y = x**exponent
        y.backward()
        assert converted(y).operands[1] == exponent
        assert explain(y, x).gradient == pytest.approx(x.grad)

    def test_forward_mode_and_focus_take_nodes_of_the_graph(self) -> None:
        a, b = labelled(Micrograd, a=2.0, b=3.0)
        c = a * b
        y = c + b
        assert str(list(tangent_steps(y, {b: 1.0}))[-1]) == "root.tangent = 3, final"
        assert draw(y, focus=c, radius=0).svg != draw(y, focus=b, radius=0).svg

    def test_of_a_node_that_is_not_in_the_graph_there_is_no_path(self) -> None:
        a, b, c = labelled(Micrograd, a=2.0, b=3.0, c=4.0)
        assert "root does not depend on c" in str(explain(a * b, c))

    def test_a_graph_deeper_than_python_recurses(self) -> None:
        x = y = Micrograd(1.0)
        for _ in range(20_000):
            y = y * 1.0
        assert summary(y).depth == 20_000
        assert explain(y, x).gradient == 1.0


class TestGradients:
    def test_before_a_backward_pass_there_are_none(self) -> None:
        a, b = labelled(Micrograd, a=2.0, b=0.0)
        y = a * b
        assert not converted(y).is_reached
        assert "no backward pass has run" in str(summary(y))
        y.backward()
        assert [x.grad for x in topological_order(converted(y))] == [0.0, 2.0, 1.0]
        assert summary(y).hints == ()
        assert "grad 0" in draw(y).text  # of a

    @pytest.mark.parametrize("none", [None, "absent"])
    def test_they_may_be_missing(self, none: Any) -> None:
        x, y = Bare(2.0), Bare(3.0)
        x.grad = y.grad = none
        if none == "absent":
            del x.grad, y.grad
        assert not converted(Bare(6.0, [x, y])).is_reached

    def test_one_that_is_a_node_shows_its_number(self) -> None:
        x = Bare(2.0)
        x.grad = Bare(5.0)  # type: ignore[assignment]
        assert converted(Bare(2.0, [x])).operands[0].grad == 5.0


class TestLookAlikes:
    def test_the_lecture(self) -> None:
        x1, x2, w1, w2 = (
            Lecture(number, label=name)
            for name, number in {"x1": 2.0, "x2": 0.0, "w1": -3.0, "w2": 1.0}.items()
        )
        n = x1 * w1 + x2 * w2 + Lecture(6.8813735870195432, label="b")
        n.label = "n"
        o = n.tanh()
        o.label = "o"
        o.backward()
        assert str(formula(o)).startswith("n = x1·w1 + x2·w2 + b\no = tanh(n)\nwhere x1 = 2")
        assert explain(o, w1).gradient == pytest.approx(w1.grad)
        assert "n.grad += 1.0 (upstream) × 0.5 (∂o/∂n)" in play(o).text()

    def test_microgpt(self) -> None:
        a, b = Slotted(2.0), Slotted(3.0)
        y = (a * b + a).relu() * a
        # The script names no op. + and × are told by the number and both local derivatives.
        assert str(formula(y)) == "root = f(v1·v2 + v1)·v1\nwhere v1 = 2, v2 = 3"
        assert explain(y, a).gradient == 16.0
        assert ">f<" in draw(y).svg
        assert "t2.grad += 2.0 (upstream) × 1.0 (∂t3/∂t2)" in play(y).text()

    def test_microgpts_numbers_are_shown_though_leaves_moved_on(self) -> None:
        a, b = Slotted(2.0), Slotted(3.0)
        y = a * b
        a.data = 10.0
        assert local_derivatives(y) == [3.0, 2.0]

    def test_a_dataclass(self) -> None:
        a, b = Record(2.0, name="a"), Record(2.0, name="b")
        y = (a - b) * (a + b)
        assert str(formula(y)) == "root = (a − b)·(a + b)\nwhere a = 2, b = 2"
        assert explain(y, a).gradient == 4.0
        assert explain(y, b).gradient == -4.0
        assert summary(y).inputs == 2  # equal, and not the same

    def test_without_an_op_the_picture_is_one_without_local_derivatives(self) -> None:
        a, b = Bare(2.0), Bare(3.0)
        y = Bare(7.0, [Bare(6.0, [a, b]), a])
        picture = draw(y)
        assert "the local derivative is not known" in picture.svg
        assert "×" not in picture.text
        assert "nothing flows back" not in picture.svg
        assert str(formula(y)) == "root = f(f(v1, v2), v1)\nwhere v1 = 2, v2 = 3"
        assert summary(y).ops == {"f": 2}
        for ask in (lambda: explain(y, a), lambda: play(y), lambda: list(steps(y))):
            with pytest.raises(NoDerivativeError, match="its op is not said"):
                ask()

    @pytest.mark.parametrize("name", OPERANDS)
    @pytest.mark.parametrize(
        "container", [tuple, list, set, frozenset, lambda xs: dict.fromkeys(xs).keys()]
    )
    def test_operands_by_any_of_the_names(self, name: str, container: Any) -> None:
        class Hashed(SimpleNamespace):
            __hash__ = object.__hash__  # type: ignore[assignment]

        a, b = (Hashed(data=x, label=y, **{name: container([])}) for x, y in ((2, "a"), (3, "b")))
        y = Hashed(data=6, op="*", **{name: container([a, b])})
        assert str(formula(y)) == "root = a·b\nwhere a = 2, b = 3"

    def test_parents_are_the_operands_where_there_are_children_too(self) -> None:
        a = SimpleNamespace(data=2.0, parents=[], children=[])
        y = SimpleNamespace(data=-2.0, parents=[a], children=[], op="neg")
        a.children.append(y)
        assert str(formula(y)) == "root = −v1\nwhere v1 = 2"

    def test_operands_in_a_list_stay_as_they_are(self) -> None:
        a, b = Record(2.0, name="a"), Record(3.0, name="b")
        y = Record(7.0, [b, a, b], "mix")
        y._local_grads = (1.0, 2.0, 3.0)  # type: ignore[attr-defined]
        y._backward = lambda: (a.data, b.data)  # type: ignore[attr-defined]
        assert str(formula(y)) == "root = mix(b, a, b)\nwhere b = 3, a = 2"
        assert explain(y, b).gradient == 4.0

    def test_numbers_among_the_operands(self) -> None:
        x = Record(3.0, name="x")
        assert str(formula(Record(5.0, [x, 2], "+"))) == "root = x + 2\nwhere x = 3"

    def test_values_of_this_library_among_the_operands(self) -> None:
        x = Value(3.0, "x")
        assert explain(Record(9.0, [x, x], "*"), x).gradient == 6.0

    @pytest.mark.parametrize("number", [np.float32(2.0), np.float64(2.0), np.int64(2), 2])
    def test_numbers_of_any_kind(self, number: Any) -> None:
        x = Record(number, name="x")
        assert str(formula(Record(number * number, [x, x], "*"))) == "root = x·x\nwhere x = 2"


class TestWhatCanBeSaid:
    """A local derivative is shown if name, numbers and the given derivatives agree, or not."""

    @pytest.mark.parametrize(
        ("op", "operands", "data", "locals"),
        [
            ("+", [2.0, 3.0], 5.0, [1.0, 1.0]),
            ("add", [2.0, 3.0], 5.0, [1.0, 1.0]),
            ("__mul__", [2.0, 3.0], 6.0, [3.0, 2.0]),
            ("-", [2.0, 3.0], -1.0, [1.0, -1.0]),
            ("/", [3.0, 2.0], 1.5, [0.5, -0.75]),
            ("truediv", [3.0, 2.0], 1.5, [0.5, -0.75]),
            ("**", [3.0, 2.0], 9.0, [6.0, 9.887510598012987]),
            ("power", [3.0, 2.0], 9.0, [6.0, 9.887510598012987]),
            ("neg", [2.0], -2.0, [-1.0]),
            ("ReLU", [-2.0], 0.0, [0.0]),
            ("Tanh", [0.0], 0.0, [1.0]),
            ("exp", [0.0], 1.0, [1.0]),
            ("log", [2.0], 0.6931471805599453, [0.5]),
            ("sigmoid", [0.0], 0.5, [0.25]),
            ("sin", [0.0], 0.0, [1.0]),
            ("sum", [1.0, 2.0, 3.0], 6.0, [1.0, 1.0, 1.0]),
            ("max", [1.0, 2.0], 2.0, [0.0, 1.0]),
        ],
    )
    def test_of_an_op_by_its_name(
        self, op: str, operands: list[float], data: float, locals: list[float]
    ) -> None:
        found = local_derivatives(Record(data, [Record(x) for x in operands], op))
        assert found == pytest.approx(locals)

    @pytest.mark.parametrize("op", ["**2", "^2", "pow(2)", "** 2"])
    def test_of_a_power_by_its_exponent(self, op: str) -> None:
        assert local_derivatives(Record(9.0, [Record(3.0)], op))[0] == 6.0

    @pytest.mark.parametrize("op", ["LeakyReLU", "leaky_relu"])
    def test_of_a_leaky_relu_by_its_usual_slope(self, op: str) -> None:
        assert local_derivatives(Record(-0.02, [Record(-2.0)], op))[0] == 0.01
        with pytest.raises(NoDerivativeError):
            local_derivatives(Record(-0.2, [Record(-2.0)], op))

    @pytest.mark.parametrize("op", ["swoosh", "**n", "rest", "", "where"])
    def test_nothing_of_a_name_that_is_not_known(self, op: str) -> None:
        with pytest.raises(NoDerivativeError, match="draw and summary need none"):
            local_derivatives(Record(4.0, [Record(2.0), Record(2.0)], op))

    @pytest.mark.parametrize("operands", [[1.0], [1.0, 2.0, 3.0]])
    def test_nothing_of_another_number_of_operands(self, operands: list[float]) -> None:
        with pytest.raises(NoDerivativeError):
            local_derivatives(Record(6.0, [Record(x) for x in operands], "*"))

    def test_nothing_after_an_operand_has_changed(self) -> None:
        a, b = labelled(Micrograd, a=2.0, b=3.0)
        y = a * b
        a.data -= 0.5
        assert "the local derivative is not known" in draw(y).svg
        with pytest.raises(
            NoDerivativeError,
            match=r"a Value made by '\*' has no local derivatives: its number 6 is not clearly "
            r"'\*' of its operands \(1.5, 3\). If these have changed since, compute the graph anew",
        ):
            explain(y, b)

    def test_what_is_given_rather_than_what_the_name_says(self) -> None:
        x, y = Record(2.0), Record(3.0)
        wrong = Record(6.0, [x, y], "*")
        wrong._local_grads = (2.0, 3.0)  # type: ignore[attr-defined]  # a mistake to be seen
        assert local_derivatives(wrong) == [2.0, 3.0]
        assert ">×3<" in draw(wrong).svg

    def test_a_set_without_a_closure(self) -> None:
        def node(data: float, operands: Any = (), op: str = "", label: str = "") -> Any:
            return Lecture(data, operands, op, label)

        a, b, c = node(2.0, label="a"), node(3.0, label="b"), node(2.0, label="c")
        assert str(formula(node(6.0, (b, a), "*"))) == "root = a·b\nwhere a = 2, b = 3"
        assert str(formula(node(1.0, (a, b), "-"))) == "root = b − a\nwhere b = 3, a = 2"
        assert str(formula(node(9.0, (b,), "*"))) == "root = b·b\nwhere b = 3"
        for unclear in (node(0.0, (a, c), "-"), node(4.0, (a,), "**"), node(7.0, (b,), "*")):
            with pytest.raises(NoDerivativeError):
                local_derivatives(unclear)

    def test_local_derivatives_beside_a_set(self) -> None:
        a, b = Lecture(2.0), Lecture(3.0)
        square, product = Lecture(4.0, (a,)), Lecture(6.5, (a, b))
        square._local_grads = (2.0, 2.0)  # type: ignore[attr-defined]
        assert local_derivatives(square) == [2.0, 2.0]
        product._local_grads = (3.0, 2.0)  # type: ignore[attr-defined]
        with pytest.raises(NoDerivativeError):  # nothing says which is whose
            local_derivatives(product)

    def test_pictures_do_not_depend_on_the_order_of_sets(self) -> None:
        program = (
            "import sys; sys.path.insert(0, sys.argv[1])\n"
            "from tests.show.foreign.homework import Lecture\n"
            "from autograd.show import draw\n"
            "noise = [object() for _ in range(int(sys.argv[2]))]\n"
            "xs = [Lecture(float(i)) for i in range(1, 6)]\n"
            "print(draw(Lecture(15.0, [Lecture(2 * x.data, (x,), 'f') for x in xs], 'g')).svg)\n"
        )
        seen = set()
        for seed in range(4):
            command = [
                sys.executable,
                "-c",
                program,
                str(Path(__file__).parents[3]),
                str(seed * 1000),
            ]
            environment = {**os.environ, "PYTHONHASHSEED": str(seed)}
            run = subprocess.run(command, env=environment, capture_output=True, check=True)
            seen.add(run.stdout)
        assert len(seen) == 1


class TestTheReadersObjects:
    def test_they_are_left_as_they_were(self) -> None:
        g, leaves = micrograd_expression()
        g.backward()
        nodes, stack = {}, [g]
        while stack:
            node = stack.pop()
            nodes[id(node)] = node
            stack += [x for x in node._prev if id(x) not in nodes]
        before = {key: copy.copy(vars(node)) for key, node in nodes.items()}
        draw(g, heat=True)
        play(g)
        explain(g, leaves[0])
        summary(g)
        assert {key: vars(node) for key, node in nodes.items()} == before

    def test_nothing_of_theirs_is_called(self) -> None:
        (x,) = labelled(Micrograd, x=2.0)
        y = x * x

        def raises() -> None:
            raise AssertionError

        y._backward = raises
        assert explain(y, x).gradient == 4.0


class TestWhatIsNoGraph:
    @pytest.mark.parametrize("function", [draw, play, summary, formula, steps, to_dot])
    def test_a_node_that_does_not_say_what_it_was_computed_from(self, function: Any) -> None:
        lone = SimpleNamespace(data=1.0, grad=0.0, op="+")
        with pytest.raises(
            TypeError,
            match=rf"{function.__name__} takes the root of a graph, and a SimpleNamespace made by "
            r"'\+' does not say what it was computed from: keep that in a tuple, list or set",
        ):
            function(lone)

    def test_a_cycle(self) -> None:
        a = Record(1.0, name="a")
        b = Record(1.0, [a], "f")
        a.parents.append(b)
        with pytest.raises(ValueError, match="draw takes a graph, and a Record 'a' was computed"):
            draw(a)
        a.parents[:] = [a]
        with pytest.raises(ValueError, match="from itself: its operands are to be those that it"):
            play(a)

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"data": "2"}, "a Record 'x' cannot be read: data holds one real number, got str"),
            ({"data": np.ones(2)}, "data holds one real number, got ndarray"),
            ({"grad": "2"}, "grad holds one real number, got str"),
            ({"parents": "ab"}, "its parents is a str: make it a tuple, list or set of the nodes"),
            ({"parents": [None]}, "None is among its operands, which are nodes with `data`"),
            ({"parents": {}}, "its parents is a dict"),
            ({"_local_grads": (1.0,)}, "it has 1 local derivative for 0 operands"),
        ],
    )
    def test_what_a_node_cannot_hold(self, change: dict[str, Any], message: str) -> None:
        x = Record(2.0, name="x")
        vars(x).update(change)
        with pytest.raises(TypeError, match=message):
            draw(Record(2.0, [x], "f"))

    def test_a_node_of_this_library_and_one_of_another(self) -> None:
        x = Value(2.0)
        with pytest.raises(TypeError, match="explain takes nodes of one graph, got a Value of"):
            explain(x * x, Micrograd(2.0))
