"""What nodes are called in words and formulas."""

import pytest

from autograd import Value, constant
from autograd.engine.graph import topological_order
from autograd.nn import MLP, Layer
from autograd.show.words.naming import latex_name, module_beside, names_of, quotient


def named(root: Value) -> list[str]:
    return list(names_of(topological_order(root)).values())


def test_labels_come_first_and_the_rest_is_numbered() -> None:
    a, v = Value(2.0, "a"), Value(3.0)
    assert named((a * v + constant(4.0)).tanh()) == ["a", "v1", "t1", "4", "t2", "root"]


def test_nodes_with_one_label_are_told_apart() -> None:
    one, two, three = (Value(1.0, "w") for _ in range(3))
    assert named(one * two * three)[:2] == ["w", "w_2"]
    assert sorted(named(one * two * three)) == ["root", "t1", "w", "w_2", "w_3"]


@pytest.mark.parametrize("label", ["w_2", "t1", "v1", "root"])
def test_a_label_that_looks_like_a_number_of_ours_keeps_its_name(label: str) -> None:
    taken = Value(1.0, label)
    names = named(Value(1.0, "w") * Value(2.0, "w") * taken * Value(3.0) + 1.0)
    assert label in names
    assert len(set(names)) == len(names)


def test_long_and_hostile_labels_are_one_short_line() -> None:
    (name, *_) = named(Value(1.0, "a\nb" + "x" * 100) * 2.0)
    assert name == "a b" + "x" * 36 + "…"
    assert named(Value(1.0, "\n") * 2.0)[0] == "unnamed"


@pytest.mark.parametrize(
    ("name", "latex"),
    [
        ("w", "w"),
        ("w0", "w_{0}"),
        ("w_12", "w_{12}"),
        ("w0_2", "w_{0}^{(2)}"),
        ("loss", r"\mathrm{loss}"),
        ("a b", r"\text{a b}"),
        ("θ", r"\text{θ}"),
        ("50% {x}", r"\text{50\% \{x\}}"),
        ("$<|>`", r"\text{\textdollar{}\textless{}\textbar{}\textgreater{}\textquoteleft{}}"),
        ("\\alpha^2~", r"\text{\textbackslash{}alpha\textasciicircum{}2\textasciitilde{}}"),
    ],
)
def test_names_in_latex_are_safe(name: str, latex: str) -> None:
    assert latex_name(name) == latex


# --- parameters ------------------------------------------------------------------------------


def test_a_parameter_whose_label_is_shared_has_the_path_of_its_module() -> None:
    names = named(MLP(1, [2, 1], rng=0)([Value(1.0, "x")]))
    assert {name for name in names if "." in name} == {
        f"layers.{path}"
        for path in (
            *("0.neurons.0.w0", "0.neurons.0.b", "0.neurons.1.w0", "0.neurons.1.b"),
            *("1.neurons.0.w0", "1.neurons.0.w1", "1.neurons.0.b"),
        )
    }


def test_labels_that_are_unique_need_no_path() -> None:
    names = named(MLP(2, [1], rng=0)([Value(1.0, "x"), 2.0]))
    assert {"w0", "w1", "b", "x"} <= set(names)


def test_an_input_keeps_its_label_where_a_parameter_has_it_too() -> None:
    names = named(MLP(1, [1], rng=0)([Value(1.0, "b")]))
    assert {"b", "layers.0.neurons.0.b", "layers.0.neurons.0.w0"} <= set(names)


def test_a_parameter_of_two_modules_has_the_path_of_the_first_that_uses_it() -> None:
    layer = Layer(1, 3, rng=0)
    layer.neurons[1].weights = layer.neurons[0].weights
    one, two, three = layer([2.0])
    names = named(one + two + three)
    assert [name for name in names if "w0" in name] == ["neurons.0.w0", "neurons.2.w0"]


def test_parameters_of_two_models_that_are_called_alike_are_told_apart() -> None:
    one, two = MLP(1, [1], rng=0), MLP(1, [1], rng=1)
    names = named(one([1.0]) * two([1.0]))
    assert {"layers.0.neurons.0.b", "layers.0.neurons.0.b_2"} <= set(names)


def test_a_derivative_by_a_path_keeps_the_d_apart() -> None:
    assert quotient("loss", "layers.0.w1", "d") == "dloss/d layers.0.w1"


@pytest.mark.parametrize(
    ("name", "path", "beside"), [("t1", "cells.0", "cells.0"), ("cells.0.w", "cells.0", "")]
)
def test_a_module_is_told_beside_a_name_that_does_not_say_it(
    name: str, path: str, beside: str
) -> None:
    assert module_beside(name, path) == beside
