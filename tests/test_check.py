"""`check_grads` passes what is right and says what is wrong."""

import re
from typing import Any

import pytest
from domains import UNARY

import autograd as ag
from autograd import GradientError, Op, Value, check_grads
from autograd.module import Module

# Where ops of one operand are smooth: 0.3, or what their domain asks for.
POINTS = {"acosh": (1.7, 30.0)}


def frozen(x: Any, out: Any) -> Any:
    """The right number, with no history."""
    return 3.0 * getattr(x, "data", x) ** 2


WRONG = Op("cube", lambda x: x * x * x, lambda x, out: 2.0 * x * x)
FROZEN = Op("cube", lambda x: x * x * x, frozen)
RIGHT = Op("cube", lambda x: x * x * x, lambda x, out: 3.0 * x * x)


class TestPasses:
    @pytest.mark.parametrize("op", [row.op for row in UNARY], ids=lambda op: op.name)
    def test_every_op_of_one_operand_to_third_order(self, op: Op) -> None:
        for x in POINTS.get(op.name, (0.3, 0.7)):
            check_grads(op, (x,), order=3)

    @pytest.mark.parametrize("name", ["add", "sub", "mul", "div", "pow", "hypot", "atan2", "mod"])
    def test_ops_of_two_operands_to_third_order(self, name: str) -> None:
        check_grads(getattr(ag, name), (1.7, 0.6), order=3)

    @pytest.mark.parametrize("name", ["sum", "mean", "prod", "logsumexp", "maximum", "softmax"])
    def test_ops_of_any_number_of_operands(self, name: str) -> None:
        check_grads(getattr(ag, name), ([0.3, -0.8, 1.1],))

    def test_structures_in_and_out(self) -> None:
        def f(p: Any, k: Any) -> Any:
            return {"y": [p["a"] * p["b"][0], ag.sin(k)], "n": 3.0}

        check_grads(f, ({"a": 0.5, "b": (2.0,)}, 0.25), order=3)

    def test_one_argument_needs_no_tuple(self) -> None:
        check_grads(lambda p: p[0] * p[1], [2.0, 3.0])
        check_grads(ag.sin, 0.5)

    def test_values_count_as_numbers_and_stay_as_they_are(self) -> None:
        x = Value(0.5)
        check_grads(ag.sin, (x,))
        assert (x.data, x.grad, x.is_leaf) == (0.5, 0.0, True)

    def test_the_op_of_a_user(self) -> None:
        check_grads(RIGHT, (2.0,), order=4)

    def test_what_does_not_depend_on_the_argument(self) -> None:
        check_grads(lambda x: 3.0, (1.0,), order=3)

    @pytest.mark.parametrize("x", [100.0, 1000.0])
    def test_a_right_rule_at_a_large_argument(self, x: float) -> None:
        check_grads(ag.sin, (x,))


class Line(Module):
    def __init__(self, op: Op = RIGHT) -> None:
        self.slope, self.offset, self.op = Value(2.0), Value(1.0), op

    def forward(self, x: Any) -> Any:
        return self.op(self.slope) * x + self.offset


class TestModules:
    def test_a_module_may_be_an_argument(self) -> None:
        line = Line()
        check_grads(lambda line, x: line(x), (line, 3.0))
        assert [p.data for p in line.parameters()] == [2.0, 1.0]
        assert [p.grad for p in line.parameters()] == [0.0, 0.0]

    def test_a_wrong_rule_inside_is_found(self) -> None:
        with pytest.raises(GradientError, match="'cube'"):
            check_grads(lambda line, x: line(x), (Line(WRONG), 3.0))


class TestFails:
    def test_a_wrong_rule_is_named_with_operand_numbers_and_step(self) -> None:
        with pytest.raises(GradientError) as caught:
            check_grads(lambda x, y: y * WRONG(ag.sin(x)) + x, (2.0, 0.5))
        said = str(caught.value)
        assert "the rule for operand 0 of a 'cube' node gives 1.65" in said  # 2·sin²
        assert "its forward function 2.48" in said  # 3·sin²
        assert re.search(r"with step \d", said)
        assert "argument 0 at 2.0" in said

    def test_it_names_the_operand_whose_rule_is_wrong(self) -> None:
        scale = Op("scale", lambda x, y: x * y, lambda x, y, out: y, lambda x, y, out: 2.0 * x)
        with pytest.raises(GradientError, match=r"operand 1 of a 'scale' node gives 6\.0"):
            check_grads(scale, (3.0, 5.0))

    def test_a_rule_that_is_right_in_value_but_frozen_fails_in_second_order(self) -> None:
        check_grads(FROZEN, (2.0,), order=1)
        with pytest.raises(
            GradientError, match=r"op 'cube', order 2: .*argument 0 at 2\.0 is 0\.0"
        ):
            check_grads(FROZEN, (2.0,), order=2)

    @pytest.mark.parametrize(
        ("f", "args", "place"),
        [
            (lambda x: x * x.detach(), (2.0,), "argument 0"),
            (lambda x, p: x * p["w"][1].detach(), (2.0, {"w": [1.0, 3.0]}), "argument 1['w'][1]"),
        ],
    )
    def test_it_names_the_argument_when_no_single_op_is_at_fault(
        self, f: Any, args: Any, place: str
    ) -> None:
        with pytest.raises(GradientError) as caught:
            check_grads(f, args)
        assert f"order 1: d output 0 / d {place} at " in str(caught.value)
        assert "the rule" not in str(caught.value)

    def test_it_names_the_output(self) -> None:
        with pytest.raises(GradientError, match="d output 1 / d argument 0"):
            check_grads(lambda x: [x * x, x * x.detach()], (2.0,))

    @pytest.mark.parametrize(
        "choose",
        [
            lambda x: ag.where(False, 1.0, x),
            lambda x: ag.lookup([x, 1.0], 0),
            lambda x: ag.maximum(x, 1.0),
        ],
    )
    def test_a_choosing_op_on_the_way_is_not_blamed(self, choose: Any) -> None:
        with pytest.raises(GradientError, match="'cube'"):
            check_grads(lambda x: WRONG(choose(x)), (2.0,))

    def test_tolerance_is_how_far_finite_differences_may_be_off(self) -> None:
        nearly = Op("nearly", lambda x: x * x, lambda x, out: 2.001 * x)
        check_grads(nearly, (2.0,), order=1, tolerance=1e-2)
        with pytest.raises(GradientError):
            check_grads(nearly, (2.0,), order=1, tolerance=1e-4)


class TestErrors:
    @pytest.mark.parametrize("order", [0, -1, 1.5, "2", None])
    def test_order_is_an_int_from_1_on(self, order: Any) -> None:
        with pytest.raises(ValueError, match=f"order is an int from 1 on, got {order!r}"):
            check_grads(ag.sin, (1.0,), order=order)

    def test_what_is_no_number_is_named_with_its_place(self) -> None:
        with pytest.raises(TypeError, match=r"args\[0\]\[1\]: .*got str"):
            check_grads(lambda p: p[0], ([1.0, "a"],))
        with pytest.raises(TypeError, match=r"output of the function\[1\]: .*got NoneType"):
            check_grads(lambda x: [x, None], (1.0,))

    def test_a_gradient_error_is_an_assertion_error(self) -> None:
        assert issubclass(GradientError, AssertionError)


class TestSteps:
    @pytest.mark.parametrize("x", [1e-3, 1e-6, 1e-10, 1e-15])
    def test_a_wrong_rule_is_found_however_small_the_argument(self, x: float) -> None:
        wrong = Op("wrong", lambda x: ag.exp(x), lambda x, out: 1.01 * out)
        with pytest.raises(GradientError, match="'wrong'"):
            check_grads(wrong, (x,))

    @pytest.mark.parametrize("x", [1e-300, 1e-10, 1e-3, 1e6, 1e300])
    def test_a_right_rule_passes_whatever_the_argument(self, x: float) -> None:
        check_grads(ag.log, (x,), order=1)
        check_grads(ag.exp, (min(x, 700.0),))
        check_grads(lambda x: x * 3.0, (x,))

    @pytest.mark.parametrize(
        ("f", "x"), [(lambda x: (1e4 * x).sin(), 0.0), (lambda x: (100.0 * x).sin(), 10.0)]
    )
    def test_a_function_that_bends_fast_passes(self, f: Any, x: float) -> None:
        check_grads(f, (x,))
