"""What nodes are called in words and formulas."""

import pytest

from autograd import Value, constant
from autograd.engine.graph import topological_order
from autograd.show.words.naming import latex_name, names_of


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
