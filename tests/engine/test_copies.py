"""Copies of leaves and of what holds them, and classes that are assigned."""

import copy
from typing import Any

import pytest

from autograd import Value


class TestCopies:
    def test_a_graph_is_not_copied_with_what_holds_it(self) -> None:
        x = Value(2.0)
        for holder in ([x * 3.0], {"y": x.exp()}, (x, -x)):
            with pytest.raises(TypeError, match="is not copied or pickled"):
                copy.deepcopy(holder)
            assert copy.copy(holder) == holder

    def test_leaves_with_one_attribute_that_they_share_share_it_in_the_copy(self) -> None:
        x: Any = Value(2.0)
        y: Any = Value(3.0)
        x.held = y.held = [x, y]
        first, second = copy.deepcopy([x, y])
        assert first.held is second.held
        assert first.held == [first, second]
        assert first is not x

    def test_a_class_may_be_assigned_and_the_node_behaves_by_it(self) -> None:
        class Doubled(type(Value(0.0))):  # type: ignore[misc]
            def exp(self) -> Any:
                return super().exp() * 2.0

        x = Value(0.0)
        x.__class__ = Doubled
        assert isinstance(x, Doubled)
        x.exp().backward()
        assert x.grad == 2.0
