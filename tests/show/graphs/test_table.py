"""The content of a drawing as a text table."""

from autograd import Value
from autograd.nn import MLP
from autograd.show.graphs.table import table_of
from autograd.show.graphs.view import view


def test_each_box_is_a_line_with_what_it_is_computed_from() -> None:
    x = Value(3.0, "x")
    y = x * x + 1.0
    y.label = "y"
    y.backward()
    assert table_of(view(y)).split("\n") == [
        "   name  kind      says             computed from (local derivative)",
        "1  x     input     data 3, grad 6",
        "2  t1    op ×      data 9, grad 1   1 ×3, 1 ×3",
        "3  y     root + 1  data 10, grad 1  2 ×1",
    ]


def test_a_group_says_its_outputs_and_size() -> None:
    (*_, last) = table_of(view(MLP(1, [1], None, rng=0)([Value(0.0, "x")]), "layer")).split("\n")
    says = "data 0, grad –, 2 parameters, 4 nodes"
    assert last.split() == ["2", "layers.0", "root-group", "Layer", *says.split(), "1"]
