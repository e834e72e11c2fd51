"""A gradient that stays a graph flows to all operands of a choice, and counts where it is taken."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

import autograd as ag
from autograd import Value, constant, grad, gradients, jvp, lookup, recompute, where
from autograd.compiler import compile
from autograd.engine.calculus import step
from autograd.engine.choices import intersect, mask_of, mask_of_operand, masked_term, unite
from autograd.engine.errors import TracedValueError
from autograd.engine.graph import topological_order

CHOICES: dict[str, Callable[[Any, Any, Any], Any]] = {
    "where": where,
    "lookup": lambda i, x, y: lookup([y, x], i),
}
every_choice = pytest.mark.parametrize("choose", CHOICES.values(), ids=list(CHOICES))
SELECTORS = [1.0, 0.0, Value(1.0), Value(0.0), constant(1.0)]


def ops_of(x: Value) -> list[str]:
    return [node.op.name for node in topological_order(x) if node.op is not None]


@every_choice
def test_the_graph_of_a_gradient_is_the_same_whatever_was_chosen(choose: Any) -> None:
    x = Value(3.0)
    taken, other = (gradients(choose(i, x * x, ag.exp(x)) * x, x) for i in (1.0, 0.0))
    assert ops_of(taken) == ops_of(other)


@every_choice
@pytest.mark.parametrize("selector", SELECTORS, ids=repr)
def test_gradients_as_graphs_are_those_in_numbers(choose: Any, selector: Any) -> None:
    leaves = [Value(3.0), Value(5.0)]
    root = choose(selector, leaves[0] * 2.0, leaves[1]) * leaves[1]
    found = gradients(root, leaves)
    assert [x.data for x in found] == gradients(root, leaves, create_graph=False)


@every_choice
@pytest.mark.parametrize("factor", [2.0, constant(2.0), Value(2.0)], ids=repr)
def test_what_was_not_taken_may_be_infinite(choose: Any, factor: Any) -> None:
    """0 times an infinite local derivative is nan: nothing times it is nothing."""

    def guarded(x: Any) -> Any:
        return factor * choose(step(x), x * ag.log(x), ag.sin(x))

    assert [f(0.0) for f in (grad(guarded), grad(grad(guarded)))] == [2.0, 0.0]
    assert grad(grad(grad(guarded)))(0.0) == -2.0
    assert jvp(grad(guarded), 0.0, 1.0) == (2.0, 0.0)
    x = Value(0.0)
    guarded(x).backward(create_graph=True)
    assert x.grad == 2.0


@every_choice
def test_a_leaf_that_was_not_taken_has_gradient_0(choose: Any) -> None:
    x, y = Value(1.0), Value(2.0)
    (choose(1.0, x, y) * -3.0).backward(create_graph=True)
    assert (x.grad, repr(getattr(y.grad, "data", y.grad))) == (-3.0, "0.0")


@every_choice
def test_the_gradient_of_what_was_not_taken_is_what_arrives(choose: Any) -> None:
    x = Value(2.0)
    taken, other = x * x, x * 3.0
    choose(1.0, taken, other).backward(create_graph=True)
    found = [(g * 2.0, 2.0 * g, g + 1.0, 1.0 + g, g - 1.0, ag.exp(g)) for g in (other.grad,)]
    assert found == [(0.0, 0.0, 1.0, 1.0, -1.0, 1.0)]
    recompute(other.grad)  # type: ignore[arg-type]
    assert (taken.grad, other.grad) == (1.0, 0.0)


@every_choice
def test_choices_may_be_as_deep_as_memory_allows(choose: Any) -> None:
    x = Value(1.0)
    y = x
    for i in range(10_000):
        y = choose(float(i % 3 > 0), y, x)
    assert gradients(gradients(y * y, x), x, create_graph=False) == 2.0


# --- compiled -------------------------------------------------------------------------------


def _kept(x: Any, i: Any) -> Any:
    y = x * x
    where(i, y, x).backward(create_graph=True)
    return [y.grad, y.grad * x, x * y.grad, x + y.grad, y.grad - x, ag.exp(y.grad)]


def _plain_choice(x: Any, i: Any) -> Any:
    return grad(lambda w: x * where(True, w, 2.0 * w) + where(False, w * w, x) * w)(3.0) + i


class TestAUnionOfMasks:
    """The first choice is of three values, the other one of two."""

    x, y, z = Value(2.0), Value(3.0), Value(5.0)
    choice = lookup([x, y, z], Value(1.0))
    first, second, third = map(partial(mask_of_operand, choice), (1, 2, 3))
    other = mask_of_operand(where(Value(1.0), x, y), 1)

    def united(self, *masks: Any) -> Any:
        return unite(masks)

    def test_of_one_mask_is_that_mask(self) -> None:
        assert self.united(self.first) == self.united(self.first, self.first) == self.first
        assert self.first.number() is self.first.taken[1]

    def test_of_one_choice_is_1_where_any_of_them_is(self) -> None:
        found = self.united(self.first, self.third)
        assert (found.choice, sorted(found.taken), found.number().data) == (
            self.choice,
            [1, 3],
            0.0,
        )
        assert self.united(self.second, self.third).number().data == 1.0

    def test_with_all_that_may_be_chosen_is_no_mask(self) -> None:
        assert self.united(self.first, self.third, self.second) is None
        assert self.united(self.first, None) is self.united(None, self.first) is None

    def test_of_several_choices_is_1_where_any_of_them_is(self) -> None:
        assert self.united(self.first, self.other).number().data == 1.0
        assert self.united(self.first, self.other).number().operands == (
            self.first.number(),
            self.other.number(),
        )
        mask = mask_of(Value(0.0))
        assert self.united(self.first, mask).number().data == 0.0

    def test_an_intersection_is_1_where_both_are(self) -> None:
        found = [intersect(mask, self.other) for mask in (self.first, self.second)]
        assert [mask.number().data for mask in found if mask] == [0.0, 1.0]
        assert intersect(None, self.first) is intersect(self.first, None) is self.first
        assert intersect(None, None) is None


def test_terms_of_one_mask_add_up_to_one_term_with_that_mask() -> None:
    """So that a sum of many has one choice, and not one for each of them."""
    x, y = Value(2.0), Value(3.0)
    mask, other = (mask_of_operand(where(Value(1.0), x, y), i) for i in (1, 2))
    found = masked_term(mask, x) + masked_term(mask, y)
    assert (found.masks, found.term()[1].operands) == ((None, mask), (x, y))
    assert (found + masked_term(mask, x)).masks == (None, mask)
    assert (found + masked_term(other, x)).masks == ((None, mask), other)
    assert (found + x).op.name == "+"


COMPILED = {"the gradients of inner nodes": _kept, "a choice that is not traced": _plain_choice}


@pytest.mark.parametrize("name", COMPILED)
def test_flows_in_compiled_code(name: str) -> None:
    f = COMPILED[name]
    compiled = compile(f, backend="python")
    for i in (1.0, 0.0):
        found = f(Value(3.0), Value(i))
        expected = [x.data for x in found] if isinstance(found, list) else found.data
        assert compiled(3.0, i) == expected


def test_what_arrives_in_compiled_code_is_traced() -> None:
    def compared(x: Any, i: Any) -> Any:
        y = x * x
        where(i, y, x).backward(create_graph=True)
        return 1.0 if y.grad > 0.0 else 2.0

    with pytest.raises(TracedValueError, match="choice"):
        compile(compared, backend="python")(3.0, 1.0)
