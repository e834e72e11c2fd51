"""`check_grads` passes what is right and says what is wrong."""

import importlib
import random
import re
from collections.abc import Callable
from typing import Any

import pytest

import autograd as ag
from autograd import GradientError, KinkError, Op, Value, check_grads
from autograd.nn.module import Module
from autograd.transforms.check_grads import _Rounding, _rounding
from autograd.transforms.differences import STEP, _slope, _steps
from tests import random_graphs
from tests.domains import UNARY

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


# A name, the forward function, a rule that is wrong, and where to look.
WRONG_RULES: list[tuple[str, Callable[..., Any], Callable[..., Any], float]] = [
    ("a factor", lambda x: x * x * x, lambda x, out: 2.0 * x * x, 0.7),
    ("the sign", ag.sin, lambda x, out: -ag.cos(x), 0.7),
    ("a square too few", ag.tanh, lambda x, out: 1.0 - out, 0.7),
    ("the operand for the result", ag.exp, lambda x, out: x, 0.7),
    ("one millionth of it", ag.exp, lambda x, out: 1.000001 * out, 0.7),
    ("one millionth less", ag.sin, lambda x, out: 0.999999 * ag.cos(x), 0.3),
    ("one millionth more", ag.sin, lambda x, out: ag.cos(x) + 1e-6, 0.3),
    ("a millionth near a large one", lambda x: 1e6 * x * x, lambda x, out: 2000002.0 * x, 3.0),
    ("a constant", lambda x: 3.0 * x, lambda x, out: ag.where(1.0, 3.000001, x), 2.0),
    ("at 0 alone", lambda x: x * x, lambda x, out: ag.where(x, 2.0 * x, 1e-3), 0.0),
    ("near 0", ag.sin, lambda x, out: ag.where(ag.step(1e-3 - x * x), 0.99, ag.cos(x)), 0.01),
    ("near 0, by little", ag.exp, lambda x, out: out + 1e-5 * ag.exp(-1e6 * x * x), 1e-4),
    ("near 0, of a cube", lambda x: x * x * x, lambda x, out: 3.0 * x * x + 1e-6, 1e-5),
    ("one millionth near 0", ag.exp, lambda x, out: 1.000001 * out, 1e-5),
    ("for a tiny operand", ag.expm1, lambda x, out: out, 1e-9),
    ("in the tail", ag.sigmoid, lambda x, out: out, 30.0),
    ("of a quotient", lambda x: 1.0 / (1.0 + x), lambda x, out: -out, 0.5),
    ("of a root", ag.sqrt, lambda x, out: 0.5 * out, 2.0),
    ("nan", lambda x: x * x, lambda x, out: ag.log(-x * x), 0.5),
    ("infinite", lambda x: x * x, lambda x, out: ag.div(x, 0.0), 0.5),
    ("nothing", lambda x: x * x, lambda x, out: 0.0 * x, 0.5),
    ("frozen", lambda x: x * x * x, frozen, 0.5),
]
CALLED = [
    lambda op, x: op(x),
    lambda op, x: 2.0 * op(x) - ag.cos(x),
    lambda op, x: [x * x, ag.sigmoid(op(x) / 3.0) if abs(op(x).data) < 9.0 else op(x)],
]


class TestWrongRules:
    @pytest.mark.parametrize("call", CALLED)
    @pytest.mark.parametrize(
        ("forward", "rule", "at"), [row[1:] for row in WRONG_RULES], ids=[r[0] for r in WRONG_RULES]
    )
    @pytest.mark.parametrize("kinks", ["raise", "skip"])
    def test_each_of_them_fails(
        self, forward: Any, rule: Any, at: float, call: Any, kinks: str
    ) -> None:
        op = Op("wrong", forward, rule)
        with pytest.raises(GradientError) as caught:
            check_grads(lambda x: call(op, x), (at,), kinks=kinks)
        assert type(caught.value) is GradientError

    def test_a_kink_near_by_does_not_hide_a_wrong_rule(self) -> None:
        wrong = Op("wrong", ag.exp, lambda x, out: 1.01 * out)
        with pytest.raises(GradientError, match="'wrong' node") as caught:
            check_grads(lambda x: ag.relu(x - 0.999) + wrong(x), (1.0,))
        assert type(caught.value) is GradientError


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_modes_that_are_too_far_apart_disagree_though_each_agrees_with_differences(
    sign: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    def off(mode: Any, share: float) -> Any:
        return lambda f: lambda at: [[x * (1.0 + share) for x in row] for row in mode(f)(at)]

    here = importlib.import_module("autograd.transforms.check_grads")
    monkeypatch.setattr(here, "jacfwd", off(here.jacfwd, sign * 0.4e-3))
    check_grads(ag.exp, (0.5,), 1, 1e-3)
    monkeypatch.setattr(here, "jacrev", off(here.jacrev, -sign * 0.7e-3))
    with pytest.raises(GradientError, match=r"by forward mode and .* by reverse mode"):
        check_grads(ag.exp, (0.5,), 1, 1e-3)


class TestRounding:
    """A right derivative that rounding made a little wrong passes."""

    def test_a_true_zero_that_comes_out_as_the_rest_of_a_sum(self) -> None:
        draw = random.Random(0)
        for x in [0.6405052129099587, *(draw.uniform(0.1, 2.0) for _ in range(50))]:
            check_grads(lambda x: x * x / x, (x,))

    @pytest.mark.parametrize(
        "f",
        [
            lambda x: (x + 1.0) ** 2 - x * x - 2.0 * x,
            lambda x: (1e8 + ag.sin(x)) - 1e8,
            lambda x: ag.sum([1e9, ag.exp(x), -1e9]),
            lambda x: ag.sin(x) ** 2 + ag.cos(x) ** 2,
            lambda x: ag.log(ag.exp(x)) - x,
            lambda x: x**3 / x**2 - ag.sqrt(x * x),
        ],
    )
    def test_terms_that_cancel(self, f: Any) -> None:
        draw = random.Random(1)
        for _ in range(10):
            check_grads(f, (draw.uniform(0.1, 3.0),))

    def test_what_rounding_hides_is_not_what_it_explains(self) -> None:
        wrong = Op("wrong", lambda x: x * x, lambda x, out: 2.001 * x)
        with pytest.raises(GradientError, match="'wrong'"):
            check_grads(lambda x: (1e3 + wrong(x)) - 1e3, (0.7,))

    def test_random_functions_pass_or_have_a_kink_near_by(self) -> None:
        draw, passed, kinks = random.Random(5), 0, 0
        while passed + kinks < 60:
            function = random_graphs.random_function(draw, draw.randint(2, 8))
            source = function.source(several=False)
            xs = [draw.uniform(-2.0, 2.0) for _ in range(function.inputs)]
            if re.search(r"detach|inf|nan|e[+-]?\d{2,}", source):
                continue
            f = random_graphs.made(source)
            indices = [float(draw.randrange(random_graphs.LENGTH)) for _ in range(2)]
            try:
                check_grads(lambda xs: f(xs, indices), (xs,))  # noqa: B023
                passed += 1
            except KinkError:
                check_grads(lambda xs: f(xs, indices), (xs,), kinks="skip")  # noqa: B023
                kinks += 1
        assert passed > 40


class TestKinks:
    @pytest.mark.parametrize(
        ("f", "at", "op", "distance"),
        [
            (lambda x: ag.maximum(x, 0.9861959), 0.98449401, "maximum", "0.0017"),
            (lambda x: ag.abs(x - 1.0), 0.999, "abs", "0.001"),
            (ag.relu, 0.0, "relu", "0"),
            (lambda x: ag.floor(3.0 * x), 0.6670, "floor", "0.000333"),
            (ag.sqrt, 0.0, "sqrt", "0"),
            (lambda x: ag.where(ag.step(x - 2.0), x * x, 4.0), 2.001, "step", "0.001"),
        ],
    )
    def test_the_error_names_the_op_and_the_distance(
        self, f: Any, at: float, op: str, distance: str
    ) -> None:
        with pytest.raises(KinkError) as caught:
            check_grads(f, (at,))
        text = str(caught.value)
        assert f"order 1: {op} has a kink" in text
        assert f"at a distance of {distance} from argument 0 at {at!r}" in text
        check_grads(f, (at,), kinks="skip")

    def test_a_kink_further_away_is_none(self) -> None:
        check_grads(lambda x: ag.abs(x - 1.0) + ag.maximum(x, 0.5), (0.9,))

    def test_a_branch_of_python_counts_only_if_no_step_tells(self) -> None:
        def f(x: Any) -> Any:
            return x * 2.0 if x > 1.0 else ag.exp(x)

        check_grads(f, (1.0005,))
        with pytest.raises(KinkError, match="the function, which takes another path there, has"):
            check_grads(f, (1.0,))

    @pytest.mark.parametrize("x", [-1.0, 1000.0, float("inf"), float("nan")])
    def test_where_everything_is_nan_or_infinite_there_is_nothing_to_compare(
        self, x: float
    ) -> None:
        check_grads(lambda x: ag.log(x) if x < 0 else ag.exp(x), (x,))

    def test_a_kink_error_is_a_gradient_error(self) -> None:
        assert issubclass(KinkError, GradientError)

    def test_what_to_do_at_kinks_is_one_of_two(self) -> None:
        with pytest.raises(ValueError, match="kinks is one of 'raise', 'skip', got 'ignore'"):
            check_grads(ag.sin, (1.0,), kinks="ignore")


class TestErrors:
    @pytest.mark.parametrize("order", [0, -1, 1.5, "2", None])
    def test_order_is_an_int_from_1_on(self, order: Any) -> None:
        with pytest.raises(ValueError, match=f"order is an int from 1 on, got {order!r}"):
            check_grads(ag.sin, (1.0,), order=order)

    def test_several_arguments_without_a_tuple_are_told_so(self) -> None:
        with pytest.raises(ValueError, match=r"in a tuple, as in check_grads\(f, \(x, y\)\)"):
            check_grads(lambda x, y: x * y, 1.0, 2.0)  # type: ignore[arg-type]

    def test_what_is_no_number_is_named_with_its_place(self) -> None:
        with pytest.raises(TypeError, match=r"args\[0\]\[1\]: .*got str"):
            check_grads(lambda p: p[0], ([1.0, "a"],))
        with pytest.raises(TypeError, match=r"output of the function\[1\]: .*got str"):
            check_grads(lambda x: [x, "a"], (1.0,))

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


def test_what_is_no_function_is_refused_by_name() -> None:
    with pytest.raises(TypeError, match=r"^check_grads takes a function, got a float$"):
        check_grads(3.0, 1.0)  # type: ignore[arg-type]


def test_a_tolerance_that_is_no_number_is_refused_by_name() -> None:
    with pytest.raises(
        TypeError, match=r"^tolerance of check_grads holds one real number, got str"
    ):
        check_grads(lambda x: x, 1.0, tolerance="1e-4")  # type: ignore[arg-type]


# --- the bounds behind it -------------------------------------------------------------------


def test_rounding_is_that_of_all_nodes_wherever_a_leaf_comes_between() -> None:
    a, b = Value(2.0), Value(5.0)
    assert _rounding(a * 3.0 + b) == 2.0**-50 * (11.0 + 6.0)
    assert _rounding(b + a * 3.0) == 2.0**-50 * (11.0 + 6.0)


def test_the_rounding_of_a_result_of_a_batch_counts_in_each_of_its_uses() -> None:
    def used_twice(x: Value) -> Value:
        return x * 3.0 + x * 2.0

    x = Value(2.0)
    of_batch = _rounding(used_twice(ag.vmap(lambda v: v * v)([x, x])[0]))
    of_loop = _rounding(used_twice(x * x))
    assert of_loop < of_batch < 2.0 * of_loop


@pytest.mark.parametrize("x", [0.01, 1.0, 300.0])
def test_steps_become_64_times_as_fine_twice_and_then_are_the_usual_one(x: float) -> None:
    first, second, third, last = _steps(x)
    assert (first / second, second / third, last) == (64.0, 64.0, STEP)


def test_each_derivative_has_the_bound_of_its_own_rounding() -> None:
    """The functions are x·sin(y) and exp(xy), their derivatives by x and y in rows."""
    rounding = _Rounding(lambda at: [at[0] * ag.sin(at[1]), ag.exp(at[0] * at[1])], [0.7, 1.9])
    x, y = map(Value, (0.7, 1.9))
    by_hand = [ag.sin(y), x * ag.cos(y), ag.exp(x * y) * y, ag.exp(x * y) * x]
    found = [rounding.of_derivative(i, j) for i in (0, 1) for j in (0, 1)]
    assert len({*found}) == 4
    for bound, derivative in zip(found, by_hand, strict=True):
        assert 0.2 < bound / _rounding(derivative) < 5.0


@pytest.mark.parametrize(
    ("bounds", "agrees"),
    [((0.0, 0.0), False), ((0.0, 1e-3), True), ((1e-3 * STEP, 0.0), True), ((1e-7, 1e-4), False)],
)
def test_a_derivative_may_be_as_far_off_as_rounding_carries_it_or_the_output(
    bounds: tuple[float, float], agrees: bool
) -> None:
    line = [way * STEP for way in (-2.0, -1.0, 1.0, 2.0)]
    assert _slope(1.0 + 0.75e-3, line, STEP, 1e-6, lambda: bounds).agrees is agrees


def test_what_differs_is_named_once() -> None:
    def cut(x: Value) -> Value:
        return x * x.detach()

    with pytest.raises(GradientError) as caught:
        check_grads(cut, (2.0,))
    assert str(caught.value).count("cut, order 1") == 1
