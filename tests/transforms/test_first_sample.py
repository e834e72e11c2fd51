"""Whether a gradient can flow to later samples where none can to the first one."""

from typing import Any

import numpy as np
import pytest

from autograd import Value, constant
from autograd.engine.nesting import DEEPEST
from autograd.transforms.arrays import array_of_scalars
from autograd.transforms.first_sample import flow_more

V, K = Value(1.0), constant(1.0)


def nested(x: Any, levels: int) -> Any:
    for _ in range(levels):
        x = [x]
    return x


@pytest.mark.parametrize(
    ("rest", "first", "more"),
    [
        ([1.0, 2], [3.0], False),
        ([[1.0, (2,)], 3.0], [3.0, 3.0, 3.0], False),
        ([1.0, V], [3.0], True),
        ([[1.0, 2.0], [1.0, (V,)]], [3.0, 3.0], True),
        ([{"a": 1.0}, {"a": V}], [3.0], True),
        ([V, V], [V], False),
        ([[1.0, V], [V, V]], [K, V], True),
        ([[1.0, V], [K, V]], [K, V], False),
        ([K, K], [3.0], False),
        (["a", None, {}], [3.0], False),
        ([array_of_scalars([1.0, V], (2,))], [3.0, 3.0], True),
        ([np.ones(2), V], [0.0, 3.0], True),
        ([], [3.0], False),
        ([nested(1.0, DEEPEST - 1)], [3.0], False),
        ([nested(1.0, DEEPEST)], [3.0], False),
        ([nested(V, DEEPEST)], [3.0], True),
    ],
)
def test_it_can_if_they_have_a_node_where_the_first_has_none(
    rest: Any, first: Any, more: bool
) -> None:
    assert flow_more(rest, first) is more
