"""What the optimizers promise: the published formulas to the bit, resuming, and clear errors."""

import copy
import json
import math
import pickle
import warnings
import weakref
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest

import autograd as ag
from autograd import StateDictError, UnclearedGradientWarning, Value, constant, nn, optim
from autograd.losses import binary_cross_entropy, mse_loss

any_optim: Any = optim  # takes wrong arguments
NAN, INF = math.nan, math.inf
SHARED = Value(1.0)
GRADIENTS = (1.0, -0.5, 2.0, 0.0, 0.25)


def raised(kind: type[BaseException], action: Callable[[], object]) -> str:
    with pytest.raises(kind) as caught:
        action()
    return str(caught.value)


def steps(optimizer: optim.Optimizer, gradients: tuple[float, ...] = GRADIENTS) -> list[float]:
    """The numbers that the only parameter has after each step with these gradients."""
    (parameter,) = optimizer.parameters
    found = []
    for gradient in gradients:
        parameter.grad = gradient
        optimizer.step()
        found.append(parameter.data)
    return found


MAKERS: dict[str, Callable[[list[Value]], optim.Optimizer]] = {
    "sgd": lambda p: optim.SGD(p, 0.1),
    "momentum": lambda p: optim.SGD(p, 0.1, momentum=0.9, weight_decay=0.1),
    "nesterov": lambda p: optim.SGD(p, 0.1, momentum=0.9, nesterov=True),
    "rmsprop": lambda p: optim.RMSprop(p, 0.1, weight_decay=0.1),
    "rmsprop with momentum": lambda p: optim.RMSprop(p, 0.1, momentum=0.9, centered=True),
    "adagrad": lambda p: optim.Adagrad(p, 0.1, lr_decay=0.1, weight_decay=0.1),
    "adam": lambda p: optim.Adam(p, 0.1, weight_decay=0.1),
    "adamw": lambda p: optim.AdamW(p, 0.1),
}
each_optimizer = pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)


class TestSGD:
    # Worked by hand from p = 1 with lr 1/2 and the gradients 1, -1/2, 2, 0, 1/4: every number
    # is a short binary fraction, so the results are exact.
    @pytest.mark.parametrize(
        ("settings", "expected"),
        [
            ({}, [0.5, 0.75, -0.25, -0.25, -0.375]),
            # the velocity v is 1, 0, 2, 1, 3/4
            ({"momentum": 0.5}, [0.5, 0.5, -0.5, -1.0, -1.375]),
            # g + v/2 = 3/2, -1/2, 3, 1/2, 5/8
            ({"momentum": 0.5, "nesterov": True}, [0.25, 0.5, -1.0, -1.25, -1.5625]),
            # g + p/2 = 3/2, -3/8, 35/16 - 1/32 ...: p = 3/4·p - g/2
            ({"weight_decay": 0.5}, [0.25, 0.4375, -0.671875, -0.50390625, -0.5029296875]),
        ],
    )
    def test_steps_are_those_worked_by_hand(
        self, settings: dict[str, Any], expected: list[float]
    ) -> None:
        assert steps(optim.SGD([Value(1.0)], lr=0.5, **settings)) == expected

    def test_all_settings_together_follow_torchs_formula(self) -> None:
        p, v, found = Fraction(1), Fraction(0), []
        half, quarter = Fraction(1, 2), Fraction(1, 4)
        for gradient in map(Fraction, GRADIENTS):
            decayed = gradient + quarter * p
            v = half * v + decayed
            p -= half * (decayed + half * v)
            found.append(float(p))
        optimizer = optim.SGD([Value(1.0)], 0.5, 0.5, nesterov=True, weight_decay=0.25)
        assert steps(optimizer) == found

    def test_a_constant_gradient_brings_the_velocity_to_its_limit(self) -> None:
        optimizer = optim.SGD([Value(0.0)], lr=1.0, momentum=0.5)
        *_, before, after = steps(optimizer, (1.0,) * 60)
        assert before - after == 2.0  # 1 / (1 - momentum)


class TestAdam:
    def test_the_first_step_is_the_learning_rate_whatever_the_gradient(self) -> None:
        for gradient in (1e-150, 0.25, -3.0, 1e150):
            (found,) = steps(optim.Adam([Value(0.0)], lr=0.5, eps=0.0), (gradient,))
            assert found == pytest.approx(-math.copysign(0.5, gradient), rel=1e-15)

    @pytest.mark.parametrize("decay", [0.0, 0.25])
    @pytest.mark.parametrize("decoupled", [False, True])
    def test_steps_follow_the_published_formula(self, decay: float, decoupled: bool) -> None:
        make = optim.AdamW if decoupled else optim.Adam
        optimizer = make([Value(1.0)], lr=0.5, betas=(0.5, 0.75), eps=0.25, weight_decay=decay)
        p, m, v = 1.0, Fraction(0), Fraction(0)
        expected = []
        for t, gradient in enumerate(GRADIENTS, start=1):
            if decoupled:
                p *= 1 - 0.5 * decay
            g = Fraction(gradient) + (0 if decoupled else Fraction(decay) * Fraction(p))
            m = (m + g) / 2
            v = (3 * v + g * g) / 4
            m_hat = m / (1 - Fraction(1, 2**t))
            v_hat = v / (1 - Fraction(3**t, 4**t))
            p -= 0.5 * float(m_hat) / (math.sqrt(v_hat) + 0.25)
            expected.append(p)
        assert steps(optimizer) == pytest.approx(expected, rel=1e-14)

    def test_defaults_are_torchs(self) -> None:
        adam, adamw = optim.Adam([Value(1.0)]), optim.AdamW([Value(1.0)])
        assert (adam.lr, adam.betas, adam.eps) == (1e-3, (0.9, 0.999), 1e-8)
        assert (adam.weight_decay, adamw.weight_decay) == (0.0, 1e-2)

    def test_without_decay_adamw_is_adam(self) -> None:
        adam = optim.Adam([Value(1.0)], 0.1)
        adamw = optim.AdamW([Value(1.0)], 0.1, weight_decay=0.0)
        assert steps(adam) == steps(adamw)

    def test_scaling_the_gradients_changes_nothing_without_eps(self) -> None:
        plain = optim.Adam([Value(1.0)], 0.1, eps=0.0)
        scaled = optim.Adam([Value(1.0)], 0.1, eps=0.0)
        assert steps(plain) == steps(scaled, tuple(8.0 * g for g in GRADIENTS))


class TestRMSprop:
    @pytest.mark.parametrize("momentum", [0.0, 0.5])
    @pytest.mark.parametrize("centered", [False, True])
    @pytest.mark.parametrize("decay", [0.0, 0.25])
    def test_steps_follow_torchs_formula(
        self, momentum: float, centered: bool, decay: float
    ) -> None:
        settings = {"alpha": 0.75, "eps": 0.25, "weight_decay": decay, "momentum": momentum}
        optimizer = optim.RMSprop([Value(1.0)], lr=0.5, **settings, centered=centered)
        p, square, mean, velocity = 1.0, Fraction(0), Fraction(0), 0.0
        expected = []
        for gradient in GRADIENTS:
            g = Fraction(gradient) + Fraction(decay) * Fraction(p)
            square = (3 * square + g * g) / 4
            mean = (3 * mean + g) / 4
            spread = square - mean * mean if centered else square
            step = float(g) / (math.sqrt(spread) + 0.25)
            velocity = momentum * velocity + step
            p -= 0.5 * velocity
            expected.append(p)
        assert steps(optimizer) == pytest.approx(expected, rel=1e-14)

    def test_defaults_are_torchs(self) -> None:
        x = optim.RMSprop([Value(1.0)])
        assert (x.lr, x.alpha, x.eps, x.weight_decay) == (1e-2, 0.99, 1e-8, 0.0)
        assert (x.momentum, x.centered) == (0.0, False)

    def test_a_constant_gradient_makes_no_nan_where_centered(self) -> None:
        optimizer = optim.RMSprop([Value(1.0)], alpha=0.9, centered=True)
        assert all(map(math.isfinite, steps(optimizer, (0.1,) * 500)))


class TestAdagrad:
    @pytest.mark.parametrize("decay", [0.0, 0.25])
    def test_steps_follow_torchs_formula(self, decay: float) -> None:
        optimizer = optim.Adagrad([Value(1.0)], 0.5, 0.25, decay, 2.0, 0.25)
        p, total = 1.0, Fraction(2)
        expected = []
        for t, gradient in enumerate(GRADIENTS, start=1):
            g = Fraction(gradient) + Fraction(decay) * Fraction(p)
            total += g * g
            p -= 0.5 / (1 + (t - 1) * 0.25) * float(g) / (math.sqrt(total) + 0.25)
            expected.append(p)
        assert steps(optimizer) == pytest.approx(expected, rel=1e-14)

    def test_defaults_are_torchs(self) -> None:
        x = optim.Adagrad([Value(1.0)])
        assert (x.lr, x.lr_decay, x.weight_decay) == (1e-2, 0.0, 0.0)
        assert (x.initial_accumulator_value, x.eps) == (0.0, 1e-10)


class TestGroupsOfParameters:
    def make(self, **settings: Any) -> tuple[Value, Value, optim.SGD]:
        p, q = Value(1.0), Value(1.0)
        own: dict[str, Any] = {"params": [("q", q)], "lr": 0.5, "momentum": 0.5}
        return p, q, optim.SGD([{"params": [p]}, own], 0.25, **settings)

    def test_have_settings_of_their_own_beside_those_of_the_optimizer(self) -> None:
        p, q, optimizer = self.make()
        for _ in range(2):
            p.grad = q.grad = 1.0
            optimizer.step()
        assert (p.data, q.data) == (1.0 - 2 * 0.25, 1.0 - 0.5 * (1.0 + 1.5))

    def test_the_rate_of_the_optimizer_is_that_of_the_others(self) -> None:
        _, _, optimizer = self.make()
        assert optimizer.lr == 0.25
        optimizer.lr = 0.125
        assert [group.lr for group in optimizer.param_groups] == [0.125, 0.5]
        assert repr(optimizer) == "SGD(lr=0.125, 2 parameters)"

    def test_settings_are_attributes_and_items_and_are_checked(self) -> None:
        _, q, optimizer = self.make()
        group = optimizer.param_groups[1]
        group["lr"] = 2.0
        assert (group.lr, group["lr"], group["params"], group.names) == (2.0, 2.0, (q,), ("q",))
        assert "momentum is finite and at least 0, got -1.0" in raised(
            ValueError, lambda: setattr(group, "momentum", -1.0)
        )
        text = raised(AttributeError, lambda: setattr(group, "moment", 0.5))
        assert text == (
            "there is no setting 'moment' here: there are lr, momentum, weight_decay, nesterov"
        )
        assert "no setting 'beta'" in raised(AttributeError, lambda: group["beta"])
        assert repr(group) == (
            "ParameterGroup(1 parameter, lr=2.0, momentum=0.5, weight_decay=0.0, nesterov=False)"
        )

    def test_a_rate_that_each_group_has_is_none_of_the_optimizer(self) -> None:
        optimizer = optim.SGD([{"params": [Value(1.0)], "lr": 0.5}], 0.1)
        assert optimizer.lr == 0.5
        text = raised(AttributeError, lambda: setattr(optimizer, "lr", 0.25))
        assert "assign to them, as in optimizer.param_groups[0].lr = 0.25" in text

    def test_a_schedule_multiplies_the_rate_of_each(self) -> None:
        _, _, optimizer = self.make()
        schedule = optim.Schedule(optimizer, optim.linear_lr(4))
        schedule.step()
        assert [group.lr for group in optimizer.param_groups] == [0.1875, 0.375]
        optimizer.param_groups[1].lr = 1.0
        schedule.step()
        assert [group.lr for group in optimizer.param_groups] == [0.125, 0.5]

    def test_state_dicts_go_by_name_and_position_across_groups(self) -> None:
        p, q, optimizer = self.make(momentum=0.25)
        p.grad, q.grad = 1.0, 2.0
        optimizer.step()
        schedule = optim.Schedule(optimizer, optim.linear_lr(4))
        assert optimizer.state_dict() == {
            "lr.0": 0.25,
            "lr.1": 0.5,
            "steps": 1.0,
            "velocity.0": 1.0,
            "velocity.q": 2.0,
        }
        assert schedule.state_dict() == {"base_lr.0": 0.25, "base_lr.1": 0.5, "steps": 0.0}
        _, _, other = self.make(momentum=0.25)
        other.load_state_dict(optimizer.state_dict())
        optim.Schedule(other, optim.linear_lr(4)).load_state_dict(schedule.state_dict())
        assert other.state_dict() == optimizer.state_dict()

    def test_are_copied_with_the_optimizer(self) -> None:
        _, _, optimizer = self.make()
        for again in (
            copy.copy(optimizer),
            copy.deepcopy(optimizer),
            pickle.loads(pickle.dumps(optimizer)),
        ):
            again.param_groups[1].lr = 4.0
            assert [group.lr for group in again.param_groups] == [0.25, 4.0]
        assert [group.lr for group in optimizer.param_groups] == [0.25, 0.5]

    @pytest.mark.parametrize(
        ("groups", "kind", "message"),
        [
            ([{"lr": 0.1}], TypeError, "group 0 of the parameters should be a dict with the entry"),
            ([{"params": [SHARED]}, Value(1.0)], TypeError, "group 1 of the parameters should be"),
            ([{"params": [SHARED], "rate": 1.0}], TypeError, "has no setting 'rate': there are"),
            ([{"params": []}], ValueError, "group 0 of the parameters is empty"),
            ([{"params": [SHARED]}, {"params": [SHARED]}], ValueError, "0 and 1 are the same"),
            ([{"params": [SHARED], "lr": -1.0}], ValueError, "lr is finite and at least 0"),
            ([{"params": [SHARED], "nesterov": True}], ValueError, "nesterov needs a momentum"),
            ([{"params": [1.0]}], TypeError, "parameter 0 should be a Value, is a float"),
        ],
    )
    def test_wrong_ones_are_clear_errors(
        self, groups: Any, kind: type[Exception], message: str
    ) -> None:
        assert message in raised(kind, lambda: any_optim.SGD(groups, 0.1))


class TestTheHintThatGradientsWereNotCleared:
    @staticmethod
    def backward(*parameters: Value) -> None:
        ag.sum([p * p for p in parameters]).backward()

    @staticmethod
    def hinted(run: Callable[[], object]) -> bool:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            run()
        assert all(one.category is UnclearedGradientWarning for one in caught)
        return bool(caught)

    @each_optimizer
    def test_it_comes_when_a_step_is_made_with_what_was_added_to(
        self, make: Callable[[list[Value]], optim.Optimizer]
    ) -> None:
        p, q = Value(1.0), Value(2.0)
        optimizer = make([p, q])
        self.backward(p, q)
        optimizer.step()
        p.grad = 0.0
        used = q.grad
        assert not self.hinted(lambda: self.backward(p, q))
        assert q.grad == used + 2 * q.data
        with pytest.warns(UnclearedGradientWarning, match=r"call optimizer\.zero_grad\(\)") as told:
            optimizer.step()
        assert told[0].filename == __file__

    def test_it_comes_once(self) -> None:
        p = Value(1.0)
        optimizer = optim.SGD([p], 0.1)
        found = []
        for _ in range(4):
            self.backward(p)
            found.append(self.hinted(optimizer.step))
        assert found == [False, True, False, False]

    def test_it_comes_late_too(self) -> None:
        p = Value(1.0)
        optimizer = optim.SGD([p], 0.1)
        for _ in range(3):
            optimizer.zero_grad()
            self.backward(p)
            assert not self.hinted(optimizer.step)
        self.backward(p)
        assert self.hinted(optimizer.step)

    @pytest.mark.parametrize("passes", [1, 2])
    @pytest.mark.parametrize("clip", [optim.clip_grad_norm_, lambda p, most: None])
    def test_it_comes_after_several_passes_and_where_the_sum_is_clipped(
        self, clip: Any, passes: int
    ) -> None:
        p, q = Value(1.0), Value(2.0)
        optimizer = optim.SGD([p, q], 0.1)
        for is_late in (False, True):
            for _ in range(passes):
                self.backward(p, q)
            clip([p, q], 1e-3)
            assert self.hinted(optimizer.step) == is_late

    @pytest.mark.parametrize(
        "clear",
        [
            lambda p, optimizer: optimizer.zero_grad(),
            lambda p, optimizer: setattr(p, "grad", 0),
            lambda p, optimizer: setattr(p, "grad", 0.0),
            lambda p, optimizer: setattr(p, "grad", None),
            lambda p, optimizer: setattr(p, "grad", 0.5),
            lambda p, optimizer: setattr(p, "grad", 0.9 * p.grad),
        ],
    )
    @pytest.mark.parametrize("passes", [0, 1, 2])
    def test_it_does_not_where_they_were_cleared_or_assigned(self, clear: Any, passes: int) -> None:
        """Also where passes have added to them before: those of another loss."""
        p = Value(1.0)
        optimizer = optim.SGD([p], 0.1)
        for _ in range(3):
            self.backward(p)
            assert not self.hinted(optimizer.step)
            for _ in range(passes):
                self.backward(p)
            clear(p, optimizer)

    def test_it_does_not_where_two_losses_go_through_one_model(self) -> None:
        """The generator's loss goes through the discriminator, which clears before its own."""
        d, g = Value(1.0), Value(2.0)
        of_d, of_g = optim.SGD([d], 0.1), optim.SGD([g], 0.1)
        for _ in range(3):
            of_d.zero_grad()
            self.backward(d)
            assert not self.hinted(of_d.step)
            of_g.zero_grad()
            self.backward(d, g)
            assert not self.hinted(of_g.step)

    def test_it_does_not_where_a_step_is_repeated_without_a_pass(self) -> None:
        p = Value(1.0)
        optimizer = optim.SGD([p], 0.1)
        self.backward(p)
        assert not any(self.hinted(optimizer.step) for _ in range(3))

    def test_a_pass_looks_up_the_parameters_and_compares_none(self) -> None:
        compared = []

        class Compared(Value):
            def __eq__(self, other: object) -> Any:
                compared.append(other)
                return self is other

            __hash__ = Value.__hash__

        parameters = [Compared(1.0) for _ in range(50)]
        optimizer = optim.SGD(parameters, lr=0.1)
        self.backward(*parameters)
        optimizer.step()
        compared.clear()
        self.backward(*parameters)
        assert len(compared) < 50  # looked up in a list it would be 50 * 49 / 2

    def test_it_does_not_where_they_add_up_before_a_step(self) -> None:
        p, q = Value(1.0), Value(2.0)
        optimizer, other = optim.SGD([p], 0.1), optim.SGD([q], 0.1)
        for _ in range(2):
            for _ in range(3):
                self.backward(p, q)
            assert not self.hinted(optimizer.step)
            assert not self.hinted(other.step)
            optimizer.zero_grad()
            other.zero_grad()

    def test_as_an_error_it_leaves_all_as_it_was(self) -> None:
        p = Value(1.0)
        optimizer = optim.SGD([p], 0.1)
        self.backward(p)
        optimizer.step()
        self.backward(p)
        before = p.data, p.grad, optimizer.state_dict()
        with warnings.catch_warnings():
            warnings.simplefilter("error", UnclearedGradientWarning)
            with pytest.raises(UnclearedGradientWarning):
                optimizer.step()
        assert (p.data, p.grad, optimizer.state_dict()) == before

    def test_it_can_be_switched_off_and_keeps_no_optimizer_alive(self) -> None:
        p = Value(1.0)
        optimizer = optim.SGD([p], 0.1)
        self.backward(p)
        optimizer.step()
        self.backward(p)
        gone = weakref.ref(optimizer)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UnclearedGradientWarning)
            optimizer.step()
        del optimizer
        assert gone() is None

    def test_parameters_of_a_frozen_part_are_nobodys_business(self) -> None:
        p, q = Value(1.0), Value(2.0)
        optimizer = optim.SGD([p], 0.1)
        self.backward(p, q)
        optimizer.step()
        self.backward(q)
        assert not self.hinted(optimizer.step)


class TestEveryOptimizer:
    @each_optimizer
    @pytest.mark.parametrize("missing", [None, 0, 0.0])
    def test_no_gradient_counts_as_zero(
        self, make: Callable[[list[Value]], optim.Optimizer], missing: Any
    ) -> None:
        one, other = Value(1.0), Value(1.0)
        one.grad, other.grad = missing, -0.0
        for parameter in (one, other):
            make([parameter]).step()
        assert one.data == other.data

    @each_optimizer
    def test_a_nan_gradient_makes_a_nan_and_harms_no_other(
        self, make: Callable[[list[Value]], optim.Optimizer]
    ) -> None:
        a, b, alone = Value(1.0), Value(1.0), Value(1.0)
        a.grad, b.grad, alone.grad = NAN, 0.5, 0.5
        make([a, b]).step()
        make([alone]).step()
        assert math.isnan(a.data)
        assert b.data == alone.data

    @each_optimizer
    @pytest.mark.parametrize("gradient", [INF, 1e308, -INF])
    def test_huge_gradients_never_raise(
        self, make: Callable[[list[Value]], optim.Optimizer], gradient: float
    ) -> None:
        steps(make([Value(1.0)]), (gradient, gradient))

    def test_adam_without_eps_and_gradient_is_zero_over_zero(self) -> None:
        assert math.isnan(steps(optim.Adam([Value(1.0)], eps=0.0), (0.0,))[0])

    @each_optimizer
    def test_a_step_that_fails_changes_nothing(
        self, make: Callable[[list[Value]], optim.Optimizer]
    ) -> None:
        a, b = Value(1.0), Value(2.0)
        optimizer = make([a, b])
        before = optimizer.state_dict()
        a.grad, b._grad = 1.0, "steep"
        raised(TypeError, optimizer.step)
        assert (a.data, b.data, optimizer.state_dict()) == (1.0, 2.0, before)

    def test_gradients_that_can_be_differentiated_count_by_their_number(self) -> None:
        p = Value(3.0)
        (p * p).backward(create_graph=True)
        optim.SGD([p], lr=0.5).step()
        assert p.data == 0.0
        assert p.is_leaf
        p.grad = 0.0

    def test_the_learning_rate_may_be_assigned(self) -> None:
        optimizer = optim.SGD([Value(1.0)], lr=0.5)
        optimizer.lr = 0.25
        assert steps(optimizer, (1.0,)) == [0.75]
        assert "lr is finite and at least 0, got -1.0" in raised(
            ValueError, lambda: setattr(optimizer, "lr", -1)
        )
        assert optimizer.lr == 0.25

    def test_zero_grad_clears_its_parameters(self) -> None:
        p = Value(1.0)
        p.grad = 2.0
        optim.SGD([p], 0.1).zero_grad()
        assert p.grad == 0.0

    def test_parameters_may_come_from_an_iterator(self) -> None:
        assert len(optim.SGD(iter([Value(1.0), Value(1.0)]), 0.1).parameters) == 2

    def test_repr_tells_the_rate_and_the_number_of_parameters(self) -> None:
        assert repr(optim.SGD([Value(1.0), Value(1.0)], 0.1)) == "SGD(lr=0.1, 2 parameters)"

    @pytest.mark.parametrize(
        ("parameters", "kind", "message"),
        [
            ([], ValueError, "the list is empty"),
            (Value(1.0), TypeError, "such as model.parameters(), got Value"),
            ({Value(1.0)}, TypeError, "got set, which has no order to know them by"),
            ({"a": Value(1.0)}, TypeError, "such as model.parameters(), got dict"),
            (
                [("a", Value(1.0)), ("a", Value(2.0))],
                ValueError,
                "two parameters have the name 'a'",
            ),
            ([("a", 1.0)], TypeError, "parameter a should be a Value, is a float"),
            ([(1, Value(1.0))], TypeError, "the name of parameter 0 should be a str, is an int"),
            ([Value(1.0), 2.0], TypeError, "parameter 1 should be a Value, is a float"),
            ([Value(1.0), constant(2.0)], TypeError, "parameter 1 should be a leaf"),
            ([Value(1.0) * 2], TypeError, "parameter 0 should be a leaf with a gradient, is a '*'"),
            ([SHARED, Value(1.0), SHARED], ValueError, "parameters 0 and 2 are the same"),
        ],
    )
    @pytest.mark.parametrize(
        "use", [*MAKERS.values(), lambda p: optim.clip_grad_norm_(p, 1.0)], ids=[*MAKERS, "clip"]
    )
    def test_wrong_parameters_are_named_by_their_position(
        self, use: Callable[[Any], object], parameters: Any, kind: type[Exception], message: str
    ) -> None:
        assert message in raised(kind, lambda: use(parameters))

    @pytest.mark.parametrize(
        ("name", "settings", "kind", "message"),
        [
            ("SGD", {"lr": -0.1}, ValueError, "lr is finite and at least 0, got -0.1"),
            ("SGD", {"lr": NAN}, ValueError, "lr is finite"),
            ("SGD", {"lr": "0.1"}, TypeError, "got str"),
            ("SGD", {"lr": 1.0, "momentum": -1}, ValueError, "momentum is finite and at least 0"),
            ("SGD", {"lr": 1.0, "weight_decay": -1}, ValueError, "weight_decay is finite"),
            ("SGD", {"lr": 1.0, "nesterov": True}, ValueError, "nesterov needs a momentum"),
            ("Adam", {"betas": (0.9, 1.0)}, ValueError, "betas[1] is at least 0 and below 1"),
            ("Adam", {"betas": (-0.1, 0.9)}, ValueError, "betas[0] is at least 0 and below 1"),
            ("Adam", {"betas": 0.9}, TypeError, "betas is a pair"),
            ("Adam", {"eps": -1e-8}, ValueError, "eps is finite and at least 0"),
            ("AdamW", {"weight_decay": -1}, ValueError, "weight_decay is finite"),
            ("RMSprop", {"alpha": 1.0}, ValueError, "alpha is at least 0 and below 1"),
            ("RMSprop", {"centered": 1}, TypeError, "centered is True or False"),
            ("Adagrad", {"lr_decay": -1}, ValueError, "lr_decay is finite and at least 0"),
            ("Adagrad", {"initial_accumulator_value": NAN}, ValueError, "value is finite"),
        ],
    )
    def test_wrong_settings_are_clear_errors(
        self, name: str, settings: dict[str, Any], kind: type[Exception], message: str
    ) -> None:
        make = getattr(any_optim, name)
        assert message in raised(kind, lambda: make([Value(1.0)], **settings))


class TestResuming:
    @each_optimizer
    def test_a_restored_optimizer_takes_the_very_same_steps(
        self, make: Callable[[list[Value]], optim.Optimizer]
    ) -> None:
        optimizer = make([Value(1.0)])
        steps(optimizer)
        optimizer.lr = 0.05
        second = make([Value(optimizer.parameters[0].data)])
        second.load_state_dict(json.loads(json.dumps(optimizer.state_dict())))
        assert steps(second) == steps(optimizer)

    def test_the_state_names_what_it_holds(self) -> None:
        optimizer = optim.Adam([Value(1.0), Value(1.0)], lr=0.5)
        assert list(optimizer.state_dict()) == [
            *("lr", "steps"),
            *("mean.0", "square.0", "mean.1", "square.1"),
        ]

    def test_one_error_names_every_entry_that_does_not_fit_and_nothing_changes(self) -> None:
        optimizer = optim.SGD([Value(1.0)], 0.5)
        state: Any = {"lr": "fast", "velocity.0": 1.0, "velocity.1": 1.0}
        message = raised(StateDictError, lambda: optimizer.load_state_dict(state))
        for part in ("missing: 'steps'", "extra: 'velocity.1'", "'lr' (str)"):
            assert part in message
        assert optimizer.state_dict() == {"lr": 0.5, "steps": 0.0, "velocity.0": 0.0}

    @pytest.mark.parametrize(
        "entry", [{"lr": -1.0}, {"lr": NAN}, {"steps": 1.5}, {"steps": -1}, {"steps": INF}]
    )
    def test_impossible_numbers_are_refused(self, entry: dict[str, float]) -> None:
        optimizer = optim.SGD([Value(1.0)], 0.5)
        state = optimizer.state_dict()
        message = raised(StateDictError, lambda: optimizer.load_state_dict(state | entry))
        assert repr(next(iter(entry))) in message
        assert optimizer.state_dict() == state

    @pytest.mark.parametrize("entry", [{"square.0": -1.0}, {"square.1": -INF}])
    def test_a_negative_mean_of_squares_is_refused(self, entry: dict[str, float]) -> None:
        optimizer = optim.AdamW([Value(1.0), Value(2.0)])
        state = optimizer.state_dict()
        message = raised(StateDictError, lambda: optimizer.load_state_dict(state | entry))
        assert repr(next(iter(entry))) in message
        assert optimizer.state_dict() == state

    def test_the_state_of_a_training_that_diverged_can_be_loaded(self) -> None:
        optimizer = optim.Adam([Value(1.0)])
        state = optimizer.state_dict() | {"mean.0": -INF, "square.0": INF}
        optimizer.load_state_dict(state)
        assert optimizer.state_dict() == state


class TestSchedules:
    @pytest.mark.parametrize(
        ("factor", "expected"),
        [
            (optim.constant_lr(), [1.0] * 6),
            (optim.constant_lr(0.5), [0.5] * 6),
            (optim.linear_lr(4), [1.0, 0.75, 0.5, 0.25, 0.0, 0.0]),
            (optim.linear_lr(4, start=0.0, end=1.0), [0.0, 0.25, 0.5, 0.75, 1.0, 1.0]),
            (optim.cosine_lr(2), [1.0, 0.5, 0.0, 0.0, 0.0, 0.0]),
            (optim.cosine_lr(2, end=0.5), [1.0, 0.75, 0.5, 0.5, 0.5, 0.5]),
            (optim.step_lr(2, gamma=0.5), [1.0, 1.0, 0.5, 0.5, 0.25, 0.25]),
            (optim.warmup(4), [0.25, 0.5, 0.75, 1.0, 1.0, 1.0]),
            (optim.warmup(2, then=optim.linear_lr(2)), [0.5, 1.0, 0.5, 0.0, 0.0, 0.0]),
            (lambda step: 1.0 / (1 + step), [1.0 / (1 + step) for step in range(6)]),
        ],
    )
    def test_the_learning_rate_follows_the_function(
        self, factor: Callable[[int], float], expected: list[float]
    ) -> None:
        optimizer = optim.SGD([Value(1.0)], lr=0.5)
        schedule = optim.Schedule(optimizer, factor)
        found = [optimizer.lr]
        for _ in range(5):
            schedule.step()
            found.append(optimizer.lr)
        assert found == pytest.approx([0.5 * factor for factor in expected], abs=1e-16)

    def test_a_second_schedule_of_an_optimizer_is_an_error_while_the_first_is_there(self) -> None:
        optimizer = optim.SGD([Value(1.0)], lr=0.5)
        first = optim.Schedule(optimizer, optim.linear_lr(4))
        text = raised(ValueError, lambda: optim.Schedule(optimizer, optim.cosine_lr(4)))
        assert "has a schedule already, Schedule(base_lr=0.5, steps=0): make one" in text
        del first
        assert optim.Schedule(optimizer, optim.cosine_lr(4)).base_lr == 0.5

    def test_a_rate_that_is_assigned_is_the_new_one_to_multiply(self) -> None:
        optimizer = optim.SGD([Value(1.0)], lr=0.5)
        schedule = optim.Schedule(optimizer, optim.linear_lr(4))
        schedule.step()
        optimizer.lr = 8.0
        assert optimizer.lr == 8.0
        schedule.step()
        assert (optimizer.lr, schedule.base_lr) == (4.0, 8.0)
        schedule.step()
        assert optimizer.lr == 2.0

    def test_a_warmup_has_its_peak_once(self) -> None:
        factor = optim.warmup(3, then=optim.cosine_lr(5))
        factors = [factor(step) for step in range(9)]
        assert factors.count(max(factors)) == 1
        assert factors[2:] == [optim.cosine_lr(5)(step) for step in range(7)]

    def test_a_restored_schedule_goes_on_where_it_was(self) -> None:
        first = optim.Schedule(optim.SGD([Value(1.0)], 0.5), optim.linear_lr(4))
        first.step()
        second = optim.Schedule(optim.SGD([Value(1.0)], 0.1), optim.linear_lr(4))
        second.load_state_dict(json.loads(json.dumps(first.state_dict())))
        assert second.optimizer.lr == 0.375
        second.step()
        assert second.optimizer.lr == 0.25

    def test_a_function_that_fails_changes_nothing(self) -> None:
        optimizer = optim.SGD([Value(1.0)], 0.5)
        schedule = optim.Schedule(optimizer, lambda step: 1.0 - step * 2.0)
        raised(ValueError, schedule.step)
        assert (optimizer.lr, schedule.steps) == (0.5, 0)

    @pytest.mark.parametrize(
        ("make", "kind"),
        [
            (lambda: any_optim.linear_lr(0), ValueError),
            (lambda: any_optim.cosine_lr(1.5), TypeError),
            (lambda: any_optim.step_lr(-1), ValueError),
            (lambda: any_optim.warmup(True), TypeError),
            (lambda: any_optim.Schedule(None, optim.constant_lr()), TypeError),
            (lambda: any_optim.Schedule(optim.SGD([Value(1.0)], 0.1), 0.5), TypeError),
        ],
    )
    def test_wrong_arguments_are_clear_errors(
        self, make: Callable[[], object], kind: type[Exception]
    ) -> None:
        raised(kind, make)


class TestClipping:
    def make(self, *gradients: Any) -> list[Value]:
        parameters = [Value(0.0) for _ in gradients]
        for parameter, gradient in zip(parameters, gradients, strict=True):
            parameter.grad = gradient
        return parameters

    @pytest.mark.parametrize(
        ("gradients", "longest", "norm", "expected"),
        [
            ((3.0, 4.0), 2.5, 5.0, [1.5, 2.0]),
            ((3.0, 4.0), 5.0, 5.0, [3.0, 4.0]),
            ((3.0, 4.0), INF, 5.0, [3.0, 4.0]),
            ((3.0, 4.0), 0.0, 5.0, [0.0, 0.0]),
            ((3.0, None, -4.0), 2.5, 5.0, [1.5, None, -2.0]),
            ((0.0, 0.0), 0.0, 0.0, [0.0, 0.0]),
            ((3e200, 4e200), 5.0, 5e200, [3.0, 4.0]),
            ((1.5e308, 1.5e308), 1.0, INF, [0.5**0.5, 0.5**0.5]),
            ((3e-320, 4e-320), 0.0, 5e-320, [0.0, 0.0]),
            ((5e-324, -5e-324), 1.0, 5e-324, [5e-324, -5e-324]),
            ((INF, 3.0), 1.0, INF, [1.0, 0.0]),
            ((INF, 3.0, -INF), 1.0, INF, [0.5**0.5, 0.0, -(0.5**0.5)]),
        ],
    )
    def test_a_gradient_that_is_too_long_is_scaled_to_the_limit(
        self, gradients: tuple[Any, ...], longest: float, norm: float, expected: list[Any]
    ) -> None:
        parameters = self.make(*gradients)
        assert optim.clip_grad_norm_(parameters, longest) == pytest.approx(norm, rel=1e-15)
        for parameter, scaled in zip(parameters, expected, strict=True):
            assert parameter.grad == (scaled and pytest.approx(scaled, rel=1e-15))

    def test_a_nan_passes_through_to_all(self) -> None:
        parameters = self.make(NAN, 1.0)
        assert math.isnan(optim.clip_grad_norm_(parameters, 1.0))
        assert all(math.isnan(parameter.grad) for parameter in parameters)

    @pytest.mark.parametrize(
        ("gradients", "kind", "norm"),
        [
            ((3.0, -4.0), 1.0, 7.0),
            ((3.0, -4.0), INF, 4.0),
            ((2.0, -2.0), 3.0, 2.0 * 2.0 ** (1.0 / 3.0)),
            ((1e300, 1e300), 4.0, 1e300 * 2.0**0.25),
        ],
    )
    def test_the_norm_may_be_another(
        self, gradients: tuple[float, ...], kind: float, norm: float
    ) -> None:
        parameters = self.make(*gradients)
        found = optim.clip_grad_norm_(parameters, 1.0, norm_type=kind)
        assert found == pytest.approx(norm, rel=1e-15)
        wanted = [gradient / norm for gradient in gradients]
        assert [x.grad for x in parameters] == pytest.approx(wanted, rel=1e-14)

    @pytest.mark.parametrize("kind", [0.0, -1.0, NAN])
    def test_an_impossible_norm_is_an_error(self, kind: float) -> None:
        text = raised(ValueError, lambda: optim.clip_grad_norm_(self.make(1.0), 1.0, kind))
        assert text.startswith("norm_type is above 0")

    @pytest.mark.parametrize("gradients", [(INF, 1.0), (NAN, 1.0), (1.5e308, 1.5e308)])
    def test_a_norm_that_is_not_finite_is_an_error_if_asked_for(
        self, gradients: tuple[float, ...]
    ) -> None:
        parameters = self.make(*gradients)
        text = raised(
            ValueError, lambda: optim.clip_grad_norm_(parameters, 1.0, error_if_nonfinite=True)
        )
        assert "no gradient was changed" in text
        assert [repr(x.grad) for x in parameters] == [repr(x) for x in gradients]

    @pytest.mark.parametrize("longest", [-1.0, NAN])
    def test_an_impossible_limit_is_an_error(self, longest: float) -> None:
        parameters = self.make(3.0, 4.0)
        raised(ValueError, lambda: optim.clip_grad_norm_(parameters, longest))
        assert [parameter.grad for parameter in parameters] == [3.0, 4.0]


class TestStatesByName:
    def named(self, *names: str) -> tuple[list[tuple[str, Value]], dict[str, Value]]:
        values = {name: Value(1.0) for name in names}
        return list(values.items()), values

    @each_optimizer
    def test_an_order_is_no_part_of_it(self, make: Any) -> None:
        pairs, values = self.named("a", "b")
        first = make(pairs)
        values["a"].grad, values["b"].grad = 1.0, -2.0
        first.step()
        second = make(list(reversed(pairs)))
        second.load_state_dict(first.state_dict())
        assert second.state_dict() == {key: first.state_dict()[key] for key in second.state_dict()}

    def test_a_module_gives_the_names(self) -> None:
        neuron = nn.Neuron(1, rng=0)
        for given in (neuron, neuron.named_parameters()):
            state = optim.SGD(given, 0.1).state_dict()
            assert list(state) == ["lr", "steps", "velocity.weights.0", "velocity.bias"]

    def test_a_state_by_position_still_loads(self) -> None:
        neuron = nn.Neuron(1, rng=0)
        old = {"lr": 0.1, "steps": 3.0, "velocity.0": 5.0, "velocity.1": 7.0}
        optimizer = optim.SGD(neuron, 0.1)
        optimizer.load_state_dict(old)
        assert optimizer.state_dict()["velocity.weights.0"] == 5.0
        assert optimizer.state_dict()["velocity.bias"] == 7.0

    def test_names_that_look_like_positions_are_names(self) -> None:
        pairs, _ = self.named("1", "0")
        optimizer = optim.SGD(pairs, 0.1)
        optimizer.load_state_dict({"lr": 0.1, "steps": 1.0, "velocity.0": 5.0, "velocity.1": 7.0})
        assert list(optimizer.state_dict().items())[2:] == [
            ("velocity.1", 7.0),
            ("velocity.0", 5.0),
        ]

    def test_a_state_of_other_parameters_is_an_error(self) -> None:
        state = optim.SGD(self.named("a", "b")[0], 0.1).state_dict()
        text = raised(
            StateDictError, lambda: optim.SGD(self.named("a", "c")[0], 0.1).load_state_dict(state)
        )
        assert "missing: 'velocity.c'" in text
        assert "extra: 'velocity.b'" in text


class TestTraining:
    def test_adam_learns_xor(self) -> None:
        model = nn.MLP(2, [4, 1], rng=3)
        optimizer = optim.Adam(model.parameters(), lr=0.1)
        inputs, targets = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]
        losses = []
        for _ in range(200):
            loss = binary_cross_entropy([model(x) for x in inputs], targets)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.data)
        assert losses[0] > 0.5
        assert losses[-1] < 0.02
        assert [model(x).data > 0 for x in inputs] == [False, True, True, False]

    @pytest.mark.parametrize("name", ["SGD", "Adam"])
    def test_a_line_is_found(self, name: str) -> None:
        neuron = nn.Neuron(1, None, rng=0)
        optimizer = getattr(optim, name)(neuron.parameters(), lr=0.1)
        schedule = optim.Schedule(optimizer, optim.cosine_lr(300))
        xs = [-1.0, -0.5, 0.0, 0.5, 1.0]
        for _ in range(300):
            optimizer.zero_grad()
            mse_loss([neuron(x) for x in xs], [3.0 * x - 1.0 for x in xs]).backward()
            optim.clip_grad_norm_(neuron.parameters(), 10.0)
            optimizer.step()
            schedule.step()
        assert neuron.weights[0].data == pytest.approx(3.0, abs=1e-3)
        assert neuron.bias.data == pytest.approx(-1.0, abs=1e-3)


SCHEDULES = {
    "constant": optim.constant_lr(0.5),
    "linear": optim.linear_lr(5, end=0.25),
    "cosine": optim.cosine_lr(5),
    "step": optim.step_lr(2),
    "warmup": optim.warmup(2, then=optim.cosine_lr(3)),
}


@pytest.mark.parametrize("name", SCHEDULES)
@pytest.mark.parametrize(
    "copied", [copy.copy, copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))]
)
def test_schedules_may_be_copied_and_pickled(name: str, copied: Any) -> None:
    function = copied(SCHEDULES[name])
    assert [function(i) for i in range(7)] == [SCHEDULES[name](i) for i in range(7)]


def test_an_optimizer_and_its_schedule_are_copied_together() -> None:
    optimizer = optim.Adam([Value(1.0)], lr=0.5)
    schedule = optim.Schedule(optimizer, optim.linear_lr(4))
    schedule.step()
    for again in (copy.deepcopy(schedule), pickle.loads(pickle.dumps(schedule))):
        again.step()
        assert (again.optimizer.lr, again.steps, optimizer.lr) == (0.25, 2, 0.375)


@pytest.mark.parametrize(
    "rule",
    [
        None,
        lambda x, gradient, memory: x,
        lambda x, gradient, memory: None,
        lambda x, gradient, memory: (x,),
        lambda x, gradient, memory: (x, 0.0),
        lambda x, gradient, memory: (x, ()),
    ],
)
def test_an_update_rule_that_gives_something_else_is_told_what_it_is_to_give(rule: Any) -> None:
    class Own(optim.Optimizer):
        memories = ("mean",)

        def update_rule(self, group: Any, steps: Any) -> Any:
            return rule

    parameter = Value(1.0)
    told = r"update_rule of Own is to give .* \(new x, new memory\), with 1 number .*: mean"
    with pytest.raises(TypeError, match=told):
        Own([parameter], lr=0.1).step()
    assert parameter.data == 1.0
