"""What an op is: how a row is checked, and what a call makes of its operands."""

from typing import Any

import pytest

from autograd import Value
from autograd.engine import calculus as c
from autograd.engine.documented import method_of
from autograd.engine.op import ONE, Carrier, Op

HALVE = Op("halve", lambda x: x / 2.0, 0.5)
PRODUCT = Op("product", lambda x, y: x * y, lambda x, y, out: y, lambda x, y, out: x)


@pytest.mark.parametrize(
    ("arguments", "named", "message"),
    [
        ((1, abs, 1.0), {}, "needs a name and a forward function"),
        (("f", 2.0, 1.0), {}, "needs a name and a forward function"),
        (("f", abs), {}, "one or two rules, or derivatives="),
        (("f", abs, 1.0, 1.0, 1.0), {}, "one or two rules, or derivatives="),
        (("f", abs, 1.0), {"derivatives": lambda xs, out: xs}, "one or two rules"),
        (("f", abs, "x"), {}, "a rule is a function, a number or None, not 'x'"),
        (("f", abs, True), {}, "a rule is a function, a number or None, not True"),
    ],
)
def test_a_row_that_says_too_little_or_too_much_raises(
    arguments: tuple[Any, ...], named: dict[str, Any], message: str
) -> None:
    with pytest.raises(TypeError, match=message):
        Op(*arguments, **named)


def test_constant_rules_are_held_as_floats_and_one_as_the_same_object() -> None:
    op = Op("f", lambda x, y: x + 2 * y, 1, 2)
    assert op.rules == (1.0, 2.0)
    assert op.rules[0] is ONE
    assert type(op.rules[1]) is float


@pytest.mark.parametrize(
    ("op", "operands", "message"),
    [
        (HALVE, (1.0, 2.0), r"halve takes 1 operand, got 2"),
        (HALVE, (), r"halve takes 1 operand, got 0"),
        (PRODUCT, (1.0,), r"product takes 2 operands, got 1"),
        (PRODUCT, (Value(1.0), 2.0, 3.0), r"product takes 2 operands, got 3"),
    ],
)
def test_a_wrong_number_of_operands_names_both_counts(
    op: Op, operands: tuple[Any, ...], message: str
) -> None:
    with pytest.raises(TypeError, match=message):
        op(*operands)


@pytest.mark.parametrize("x", [3.0, 3])
def test_plain_numbers_give_a_float(x: float) -> None:
    assert HALVE(x) == 1.5
    assert type(HALVE(x)) is float


@pytest.mark.parametrize("x", ["1", None, True, 1j, [1.0]])
def test_what_is_not_a_number_raises(x: Any) -> None:
    with pytest.raises(TypeError, match="holds one real number"):
        HALVE(x)
    with pytest.raises(TypeError, match="holds one real number"):
        PRODUCT(Value(1.0), x)


def test_a_carrier_among_the_operands_makes_a_node() -> None:
    x = Value(3.0)
    y = PRODUCT(2.0, x)
    assert isinstance(y, Value)
    assert (y.data, y.op, y.operands) == (6.0, PRODUCT, (2.0, x))


def test_a_carrier_that_does_not_say_how_raises() -> None:
    with pytest.raises(TypeError, match="Carrier does not say what halve makes of it"):
        HALVE(Carrier())


def test_a_rule_of_none_lets_nothing_flow_back() -> None:
    x, y = Value(3.0), Value(4.0)
    Op("first", lambda x, y: x, 1.0, None)(x, y).backward()
    assert (x.grad, y.grad) == (1.0, 0.0)


@pytest.mark.parametrize(("strong", "expected"), [(True, 0.0), (False, float("nan"))])
def test_a_strong_op_turns_a_zero_upstream_into_zero(strong: bool, expected: float) -> None:
    x = Value(1.0)
    (Op("steep", lambda x: x, float("inf"), strong=strong)(x) * 0.0).backward(create_graph=True)
    assert x.grad.data == expected or x.grad.data != x.grad.data != expected  # type: ignore[attr-defined]


def test_arrange_turns_the_arguments_into_the_operands() -> None:
    op = Op("scale", lambda x, k: x * k, 2.0, None, arrange=lambda x, k=2.0: (x, k))
    assert (op(3.0), op(3.0, 5.0)) == (6.0, 15.0)


@pytest.mark.parametrize("found", [(), (1.0,), (1.0, 1.0, 1.0)])
def test_another_number_of_derivatives_than_of_operands_names_both(found: Any) -> None:
    op = Op("pair", lambda x, y: x + y, derivatives=lambda xs, out: found)
    y = op(Value(1.0), Value(2.0))
    with pytest.raises(ValueError, match=rf"^derivatives= of op 'pair' gave {len(found)} for 2 op"):
        y.backward()


def test_a_method_says_whether_it_takes_more_than_the_value() -> None:
    assert method_of(c.clip).__doc__ == "The node ``clip(self, …)``."
    assert method_of(c.exp, lambda x: c.exp(x)).__doc__ == "The node ``exp(self)``."
    assert method_of(c.clip).__qualname__ == "Value.clip"
    assert method_of(c.clip)(Value(5.0), 0.0, high=2.0).data == 2.0


def test_an_op_prints_as_its_name() -> None:
    assert repr(HALVE) == "Op('halve')"
