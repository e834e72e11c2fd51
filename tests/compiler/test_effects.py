"""A training step is written once: what it changes in its arguments is the same when compiled."""

import contextlib
import copy
import gc
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pytest

import autograd as ag
from autograd import (
    ScanInterrupted,
    StaleGraphError,
    StateDictError,
    TracedValueError,
    compile,
    nn,
    optim,
)
from autograd.compiler.backends.choose import MODULES
from autograd.compiler.tracing.traced import TracedValue
from autograd.losses import hinge_loss, mse_loss
from tests.bits import bits

BACKENDS = tuple(MODULES)
each_backend = pytest.mark.parametrize("backend", BACKENDS)

OPTIMIZERS: dict[str, Callable[[Any], optim.Optimizer]] = {
    "sgd": lambda m: optim.SGD(m, 0.1),
    "momentum": lambda m: optim.SGD(m, 0.1, momentum=0.9, weight_decay=0.1),
    "nesterov": lambda m: optim.SGD(m, 0.1, momentum=0.9, nesterov=True),
    "rmsprop": lambda m: optim.RMSprop(m, 0.1, momentum=0.5, weight_decay=0.1, centered=True),
    "adagrad": lambda m: optim.Adagrad(m, 0.1, lr_decay=0.1, weight_decay=0.1),
    "adam": lambda m: optim.Adam(m, 0.1, weight_decay=0.1),
    "adamw": lambda m: optim.AdamW(m, 0.1),
    "groups": lambda m: optim.Adam(
        [
            {"params": m.layers[0].named_parameters(), "lr": 0.5},
            {"params": m.layers[1].parameters(), "weight_decay": 0.1},
        ],
        0.1,
    ),
}
SCHEDULES: dict[str, Callable[[int], float]] = {
    "constant": optim.constant_lr(0.5),
    "linear": optim.linear_lr(3, end=0.25),
    "cosine": optim.cosine_lr(4),
    "step": optim.step_lr(2),
    "warmup": optim.warmup(2, then=optim.cosine_lr(3)),
    "of one's own": lambda step: 1.0 / (1.0 + step),
}
XS = [[1.0, -2.0], [0.5, 0.25], [-1.0, 1.0], [2.0, 0.0], [0.0, -0.5]]
YS = [1.0, -1.0, 0.5, 0.0, 2.0]


def train(model: Any, optimizer: Any, x: Any, y: Any) -> Any:
    """One training step, written once."""
    optimizer.zero_grad()
    loss = mse_loss(model(x), y)
    loss.backward()
    optim.clip_grad_norm_(model, 2.0)
    optimizer.step()
    return loss


def train_state(state: Any, datum: Any) -> Any:
    """The same as the step of a scan, with a schedule."""
    model, optimizer, schedule = state
    loss = train(model, optimizer, datum["x"], datum["y"])
    schedule.step()
    return state, loss


def made(optimizer: str, schedule: str = "cosine") -> tuple[Any, Any, Any]:
    model = nn.MLP(2, [3, 1], rng=0)
    first = OPTIMIZERS[optimizer](model)
    return model, first, optim.Schedule(first, SCHEDULES[schedule])


def gradients(model: Any) -> list[Any]:
    return bits([p.grad for p in model.parameters()])


def states(*objects: Any) -> list[list[str]]:
    return [bits(list(x.state_dict().values())) for x in objects]


class TestACall:
    @each_backend
    @pytest.mark.parametrize("name", OPTIMIZERS)
    def test_changes_what_the_interpreted_step_changes(self, name: str, backend: str) -> None:
        compiled, interpreted = made(name)[:2], made(name)[:2]
        step = compile(train, backend=backend)
        for x, y in zip(XS, YS, strict=True):
            assert bits(step(*compiled, x, y)) == bits(train(*interpreted, x, y))
            assert states(*compiled) == states(*interpreted)

    def test_is_recorded_once_whatever_the_numbers(self) -> None:
        model, optimizer, _ = made("adam")
        step = compile(train)
        for x, y in zip(XS, YS, strict=True):
            step(model, optimizer, x, y)
            optimizer.lr = 0.9 * optimizer.lr
        other = nn.MLP(2, [3, 1], rng=1)
        step(other, optim.Adam(other, 0.3, weight_decay=0.1), XS[0], YS[0])
        assert repr(step).endswith("1 recording)")

    def test_is_recorded_anew_where_a_setting_changed(self) -> None:
        compiled, interpreted = made("adam")[:2], made("adam")[:2]
        step = compile(train)
        for eps in (1e-8, 0.5):
            compiled[1].eps = interpreted[1].eps = eps
            step(*compiled, XS[0], YS[0])
            train(*interpreted, XS[0], YS[0])
            assert states(*compiled) == states(*interpreted)

    def test_takes_its_arguments_in_any_order_and_place(self) -> None:
        model, optimizer, schedule = made("momentum")
        other = made("momentum")

        def step(given: Any, *, schedule: Any, x: Any) -> Any:
            loss = train(given["model"], given["optimizers"][0], x, 1.0)
            schedule.step()
            return loss

        compile(step)(
            schedule=schedule, x=np.array(XS[0]), given={"optimizers": [optimizer], "model": model}
        )
        step({"optimizers": [other[1]], "model": other[0]}, schedule=other[2], x=XS[0])
        assert states(model, optimizer, schedule) == states(*other)

    def test_may_make_several_steps_and_use_the_new_numbers(self) -> None:
        def several(model: Any, optimizer: Any, x: Any) -> Any:
            losses = [train(model, optimizer, x, y) for y in YS[:3]]
            return losses, model(x)

        model, optimizer, _ = made("adam")
        assert compile(several).verify(model, optimizer, XS[0]) == 4 + 3 * 13 + 2

    def test_may_step_with_gradients_that_are_assigned(self) -> None:
        def step(model: Any, optimizer: Any, xs: Any, ys: Any) -> Any:
            loss_of = ag.value_and_grad(lambda model, x, y: mse_loss(model(x), y))
            mean = ag.vmap(loss_of, in_axes=(None, 0, 0), reduce="mean")
            loss, gradient = mean(model, xs, ys)
            model.set_gradients(gradient)
            optimizer.step()
            return loss

        compiled, interpreted = made("adam")[:2], made("adam")[:2]
        assert bits(compile(step)(*compiled, XS, YS)) == bits(step(*interpreted, XS, YS))
        assert states(*compiled) == states(*interpreted)

    def test_changes_nothing_where_it_fails(self) -> None:
        def step(model: Any, optimizer: Any, x: Any, y: Any) -> Any:
            optimizer.zero_grad()
            loss = hinge_loss(model(x), y)
            loss.backward()
            optimizer.step()
            return loss

        model, optimizer, _ = made("adam")
        before = states(model, optimizer)
        with pytest.raises(ValueError, match="hinge_loss wants targets -1 or 1"):
            compile(step)(model, optimizer, XS[0], 0.0)
        assert states(model, optimizer) == before

    def test_changes_nothing_under_strict_where_a_number_is_not_finite(self) -> None:
        model, optimizer, _ = made("sgd")
        before = states(model, optimizer)
        with ag.strict(), pytest.raises(ag.NonFiniteError):
            compile(train)(model, optimizer, XS[0], 1e200)
        assert states(model, optimizer) == before

    def test_under_strict_makes_one_step(self) -> None:
        compiled, interpreted = made("adam")[:2], made("adam")[:2]
        with ag.strict():
            compile(train)(*compiled, XS[0], YS[0])
        train(*interpreted, XS[0], YS[0])
        assert states(*compiled) == states(*interpreted)

    def test_leaves_the_gradients_of_the_step(self) -> None:
        compiled, interpreted = made("sgd")[:2], made("sgd")[:2]
        step = compile(train)
        for x, y in zip(XS, YS, strict=True):
            step(*compiled, x, y)
            train(*interpreted, x, y)
            assert gradients(compiled[0]) == gradients(interpreted[0])

    def test_verify_compares_what_changes_and_changes_nothing(self) -> None:
        model, optimizer, _ = made("adam")
        before = states(model, optimizer)
        assert compile(train).verify(model, optimizer, XS[0], YS[0]) == 1 + 3 * 13 + 2
        assert states(model, optimizer) == before

    def test_as_c_it_gives_the_new_numbers_after_the_results(self) -> None:
        model, optimizer, _ = made("momentum")
        text = ag.to_c(train, model, optimizer, XS[0], YS[0])
        assert text.startswith(f"/* {13 + 2 + 13 + 3} inputs, {1 + 13 + 1 + 13} outputs")


class TestAScan:
    @each_backend
    @pytest.mark.parametrize("name", OPTIMIZERS)
    def test_changes_what_a_loop_changes(self, name: str, backend: str) -> None:
        compiled, interpreted = made(name), made(name)
        scanned = compile(train_state, backend=backend).scan(compiled, {"x": XS, "y": YS})
        losses = [
            train_state(interpreted, {"x": x, "y": y})[1] for x, y in zip(XS, YS, strict=True)
        ]
        assert bits(scanned[1]) == bits(losses)
        assert states(*compiled) == states(*interpreted)

    @pytest.mark.parametrize("name", SCHEDULES)
    def test_follows_a_schedule(self, name: str) -> None:
        compiled, interpreted = made("sgd", name), made("sgd", name)
        step = compile(train_state)
        for rate in (None, 0.7):  # which is assigned in between
            if rate is not None:
                compiled[1].lr = interpreted[1].lr = rate
            step.scan(compiled, {"x": XS, "y": YS})
            for x, y in zip(XS, YS, strict=True):
                train_state(interpreted, {"x": x, "y": y})
            assert states(*compiled) == states(*interpreted)

    def test_gives_back_the_model_and_the_optimizer_that_it_was_given(self) -> None:
        model, optimizer, schedule = made("adam")
        step, data = compile(train_state), {"x": XS, "y": YS}
        state, _ = step.scan((model, optimizer, schedule), data)
        assert state == (model, optimizer, schedule)
        for name, one in zip(("m", "o", "s"), state, strict=True):
            assert one is {"m": model, "o": optimizer, "s": schedule}[name]
        again, _ = step.scan(state, data)
        assert again == state
        assert repr(step).endswith("1 recording)")

    def test_gives_back_what_is_in_dicts_and_named_tuples_beside_numbers(self) -> None:
        class State(NamedTuple):
            parts: dict[str, Any]
            count: Any
            table: Any

        def step(state: Any, x: Any) -> Any:
            loss = train(state.parts["model"], state.parts["optimizer"], x, 1.0)
            return State(state.parts, state.count + 1.0, [[2.0 * y for y in state.table[0]]]), loss

        model, optimizer, _ = made("adam")
        parts = {"optimizer": optimizer, "model": model}
        for table in ([[1.0, 2.0]], np.array([[1.0, 2.0]])):
            state, _ = compile(step).scan(State(parts, 0.0, table), XS)
            assert state.parts == parts
            assert state.count == 5.0
            assert bits(np.asarray(state.table).tolist()) == ["32.0", "64.0"]

    def test_goes_on_with_the_numbers_that_progress_assigns(self) -> None:
        compiled, interpreted = made("adam"), made("adam")

        def meddle(state: Any) -> None:
            state[1].lr = 0.5
            state[0].parameters()[0].data = 2.0

        compile(train_state).scan(
            compiled,
            {"x": XS, "y": YS},
            every=2,
            progress=lambda done, steps, loss: meddle(compiled),
        )
        for i, (x, y) in enumerate(zip(XS, YS, strict=True), start=1):
            train_state(interpreted, {"x": x, "y": y})
            if i in (2, 4, 5):
                meddle(interpreted)
        assert states(*compiled) == states(*interpreted)

    def test_ends_where_progress_changes_more_than_numbers(self) -> None:
        state = made("adam")
        with pytest.raises(TypeError, match="progress changed more than numbers of the state"):
            compile(train_state).scan(
                state,
                {"x": XS, "y": YS},
                every=2,
                progress=lambda done, steps, loss: setattr(state[1], "eps", 0.5),
            )

    def test_shows_the_model_of_the_moment_to_progress(self) -> None:
        compiled, interpreted = made("adam"), made("adam")
        seen: list[Any] = []
        compile(train_state).scan(
            compiled,
            {"x": XS, "y": YS},
            every=2,
            progress=lambda done, steps, loss: seen.append((done, states(*compiled))),
        )
        wanted = []
        for i, (x, y) in enumerate(zip(XS, YS, strict=True), start=1):
            train_state(interpreted, {"x": x, "y": y})
            wanted += [(i, states(*interpreted))] if i in (2, 4, 5) else []
        assert seen == wanted

    @pytest.mark.parametrize("error", [KeyboardInterrupt, ZeroDivisionError])
    def test_keeps_the_steps_that_were_done_when_it_ends_early(
        self, error: type[BaseException]
    ) -> None:
        compiled, interpreted = made("adam"), made("adam")

        def stop(done: int, steps: int, loss: Any) -> None:
            if done == 3:
                raise error

        with pytest.raises(ScanInterrupted if error is KeyboardInterrupt else error):
            compile(train_state).scan(compiled, {"x": XS, "y": YS}, every=1, progress=stop)
        for x, y in zip(XS[:3], YS[:3], strict=True):
            train_state(interpreted, {"x": x, "y": y})
        assert states(*compiled) == states(*interpreted)

    @each_backend
    def test_keeps_the_steps_before_one_that_fails_and_says_why_it_does(self, backend: str) -> None:
        def step(state: Any, datum: Any) -> Any:
            model, optimizer = state
            optimizer.zero_grad()
            loss = hinge_loss(model(datum["x"]), datum["y"])
            loss.backward()
            optimizer.step()
            return state, loss

        compiled, interpreted = made("adam")[:2], made("adam")[:2]
        with pytest.raises(ValueError, match=r"hinge_loss wants targets -1 or 1 .* got 0\.5"):
            compile(step, backend=backend).scan(
                compiled, {"x": XS, "y": [1.0, -1.0, 1.0, 0.5, 1.0]}
            )
        for x, y in zip(XS, [1.0, -1.0, 1.0], strict=False):
            step(interpreted, {"x": x, "y": y})
        assert states(*compiled) == states(*interpreted)

    def test_does_not_change_a_model_that_the_function_does_not_change(self) -> None:
        def step(state: Any, x: Any) -> Any:
            loss, gradient = ag.value_and_grad(lambda m: mse_loss(m(x), 1.0))(state)
            return {n: p - 0.1 * gradient[n] for n, p in state.named_parameters()}, loss

        model = nn.MLP(2, [3, 1], rng=0)
        before = states(model)
        state, _ = compile(step).scan(model, XS)
        assert states(model) == before
        assert state != model.state_dict()

    def test_gives_back_what_stays_in_its_place(self) -> None:
        (model, optimizer, _), other = made("adam"), nn.MLP(2, [1], rng=1)
        state = {"m": (model, optimizer), "other": other, "n": [0.0]}

        def step(state: Any, x: Any) -> Any:
            return {**state, "n": [state["n"][0] + 1.0]}, None

        last, _ = compile(step).scan(state, XS)
        assert last["m"] == (model, optimizer)
        assert last["other"] is other
        assert last["n"] == [float(len(XS))]

    def test_gives_the_numbers_of_models_that_take_the_place_of_others(self) -> None:
        models = nn.MLP(2, [1], rng=0), nn.MLP(2, [1], rng=1), nn.MLP(2, [1], rng=2)
        step = compile(lambda state, x: ((state[1], state[0], state[2]), state[0](x)))
        last, _ = step.scan(models, XS[:3])
        assert last == (models[1].state_dict(), models[0].state_dict(), models[2])

    def test_refuses_numbers_in_the_place_of_a_model_that_gets_gradients(self) -> None:
        def step(model: Any, x: Any) -> Any:
            model.zero_grad()
            model(x).backward()
            return {name: p - 0.1 * p.grad for name, p in model.named_parameters()}, None

        with pytest.raises(TypeError, match="return the state as it came"):
            compile(step).scan(nn.MLP(2, [1], rng=0), XS)

    @pytest.mark.parametrize(
        "moved",
        [
            lambda a, b: (b, a),
            lambda a, b: (a, {name: 0.5 * p for name, p in b.named_parameters()}),
        ],
    )
    def test_refuses_another_model_in_the_place_of_one_beside_a_changed_one(
        self, moved: Any
    ) -> None:
        def step(state: Any, x: Any) -> Any:
            a, b, model, optimizer = state
            loss = train(model, optimizer, x, (a(x) + b(x)).detach())
            return (*moved(a, b), model, optimizer), loss

        a, b = nn.MLP(2, [1], rng=0), nn.MLP(2, [1], rng=1)
        with pytest.raises(TypeError, match="return the state as it came"):
            compile(step).scan((a, b, *made("sgd")[:2]), XS)

    @pytest.mark.parametrize(
        "returned",
        [lambda a, b, o: (a, a, o), lambda a, b, o: (a, b, copy.copy(o))],
    )
    def test_refuses_another_model_or_optimizer_in_the_place_of_one(self, returned: Any) -> None:
        def step(state: Any, x: Any) -> Any:
            a, b, optimizer = state
            optimizer.zero_grad()
            loss = (a(x) - b(x) - 1.0) ** 2
            loss.backward()
            optimizer.step()
            return returned(a, b, optimizer), loss

        a, b = nn.MLP(2, [3, 1], rng=0), nn.MLP(2, [3, 1], rng=1)
        with pytest.raises(TypeError, match="returns another in its place"):
            compile(step).scan((a, b, optim.SGD(a, 0.1)), XS)

    def test_refuses_another_state_in_the_place_of_a_changed_one(self) -> None:
        def step(state: Any, x: Any) -> Any:
            model, optimizer = state
            old = {name: 1.0 * p for name, p in model.named_parameters()}
            loss = train(model, optimizer, x, 1.0)
            return (old, optimizer), loss

        with pytest.raises(TypeError, match="return the state as it came"):
            compile(step).scan(made("sgd")[:2], XS)


def without_clearing(model: Any, optimizer: Any) -> Any:
    loss = model(XS[0])
    loss.backward()
    optimizer.step()
    return loss


def with_another_setting(model: Any, optimizer: Any) -> Any:
    loss = train(model, optimizer, XS[0], 1.0)
    optimizer.eps = 2.0 * optimizer.eps
    return loss


def with_a_new_attribute(model: Any, optimizer: Any) -> Any:
    model.last = model(XS[0])
    return model.last


def with_a_list_that_grows(model: Any, optimizer: Any) -> Any:
    model.layers.append(model.layers[1])
    return 0.0


def in_a_batch(model: Any, optimizer: Any) -> Any:
    return ag.vmap(lambda x: train(model, optimizer, x, 1.0))(XS)


def stale(model: Any, optimizer: Any) -> Any:
    loss = train(model, optimizer, XS[0], 1.0)
    loss.backward()
    return loss


REFUSED: dict[str, tuple[Any, type[Exception], str]] = {
    "a setting": (with_another_setting, TracedValueError, "changes 'param_groups' of Adam"),
    "an attribute": (with_a_new_attribute, TracedValueError, "changes 'last' of MLP"),
    "a list": (with_a_list_that_grows, TracedValueError, "changes 'layers' of MLP"),
    "a batch": (in_a_batch, TracedValueError, "a step of an optimizer inside vmap would be one"),
    "a graph of old weights": (stale, StaleGraphError, "when the graph was recorded"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_would_not_be_the_interpreted_step_is_refused(name: str) -> None:
    f, error, text = REFUSED[name]
    model, optimizer, _ = made("adam")
    before = states(model, optimizer)
    with pytest.raises(error) as caught:
        compile(f)(model, optimizer)
    assert text in str(caught.value)
    assert states(model, optimizer) == before


@pytest.mark.parametrize(
    ("argument", "needed"),
    [
        (lambda m, o, s: o, "Adam is an argument without the Module that holds its parameters"),
        (lambda m, o, s: (m, s), "Schedule is an argument without its optimizer"),
        (lambda m, o, s: (nn.MLP(2, [3, 1]), o), "Adam is an argument without the Module"),
    ],
)
def test_what_refers_to_something_else_needs_it_as_an_argument(argument: Any, needed: str) -> None:
    with pytest.raises(TypeError, match=needed):
        compile(lambda given: 0.0)(argument(*made("adam")))


FACTOR = 2.0


class Scaled(optim.Optimizer):
    """A user's own optimizer, whose rule reads a global."""

    def update_rule(self, group: Any, steps: Any) -> Any:
        return lambda x, gradient, memory: (x - FACTOR * group.lr * gradient, memory)


def test_a_users_optimizer_and_schedule_are_recorded_anew_where_what_they_read_changed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def own() -> Any:
        model = nn.MLP(2, [3, 1], rng=0)
        optimizer = Scaled(model, 0.1)
        return model, optimizer, optim.Schedule(optimizer, lambda step: FACTOR / (1.0 + step))

    def step(model: Any, optimizer: Any, schedule: Any) -> Any:
        loss = train(model, optimizer, XS[0], 1.0)
        schedule.step()
        return loss

    compiled, interpreted, native = own(), own(), compile(step)
    for factor in (2.0, 2.0, 0.5, 2.0):
        monkeypatch.setitem(globals(), "FACTOR", factor)
        native(*compiled)
        step(*interpreted)
        assert states(*compiled) == states(*interpreted)
    assert repr(native).endswith("2 recordings)")


class Counting(optim.Optimizer):
    """A user's own optimizer, with an attribute that its rule reads."""

    def __init__(self, params: Any, factor: float) -> None:
        super().__init__(params, 0.1)
        self.factor, self.calls = factor, 0

    def update_rule(self, group: Any, steps: Any) -> Any:
        return lambda x, gradient, memory: (x - self.factor * gradient, memory)


class CountingInStep(Counting):
    """One that counts its steps where no recording sees it."""

    def step(self) -> None:
        super().step()
        self.calls += 1


def test_the_attributes_of_a_users_optimizer_are_a_part_of_the_recording() -> None:
    native = compile(train)
    for factor in (0.1, 0.3, 0.1):
        models = nn.MLP(2, [3, 1], rng=0), nn.MLP(2, [3, 1], rng=0)
        steps: list[Any] = [native, train]
        for step, model in zip(steps, models, strict=True):
            step(model, Counting(model, factor), XS[0], 1.0)
        assert states(models[0]) == states(models[1])
    assert repr(native).endswith("2 recordings)")
    with pytest.raises(TracedValueError, match="changes 'calls' of CountingInStep"):
        native(models[0], CountingInStep(models[0], 0.1), XS[0], 1.0)


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_rate_that_is_none_is_an_error_of_the_call(backend: str) -> None:
    def step(model: Any, optimizer: Any, schedule: Any, rate: Any) -> Any:
        optimizer.lr = rate
        loss = train(model, optimizer, XS[0], 1.0)
        schedule.step()
        return loss

    model = nn.MLP(2, [3, 1], rng=0)
    optimizer = optim.SGD(model, 0.1)
    schedule = optim.Schedule(optimizer, lambda step: 1.0 - 0.6 * step)
    native = compile(step, backend=backend)
    native(model, optimizer, schedule, 0.1)
    before = states(model, optimizer, schedule)
    for rate, told in ((0.1, "got -0.0"), (-1.0, "got -1.0"), (float("inf"), "got inf")):
        with pytest.raises(ValueError, match="lr is finite and at least 0, " + told):
            native(model, optimizer, schedule, rate)
    assert states(model, optimizer, schedule) == before


def test_a_step_from_outside_or_a_rate_is_refused_where_it_is_no_argument() -> None:
    _, optimizer, _ = made("sgd")

    def assigned(x: Any) -> Any:
        optimizer.lr = x
        return x

    def assigned_to_group(x: Any) -> Any:
        optimizer.param_groups[0]["lr"] = 0.5
        return x

    for f in (assigned, assigned_to_group):
        with pytest.raises(TracedValueError, match=r"lr = … inside a compiled function"):
            compile(f)(0.5)
    assert optimizer.lr == 0.1


def test_a_module_may_hold_its_optimizer_in_any_order_of_arguments() -> None:
    class Trainer(nn.Module):
        def __init__(self) -> None:
            self.model = nn.MLP(2, [3, 1], rng=0)
            self.optimizer = optim.Adam(self.model, 0.1)

        def run(self, x: Any) -> Any:
            return train(self.model, self.optimizer, x, 1.0)

    orders: list[Callable[[Any], Any]] = [lambda t: (t, t.optimizer), lambda t: (t.optimizer, t)]
    for order in orders:
        trainer, other = Trainer(), Trainer()

        def step(first: Any, second: Any, x: Any) -> Any:
            held: Any = first if isinstance(first, nn.Module) else second
            return held.run(x)

        compile(step)(*order(trainer), XS[0])
        interpreted: Any = step
        interpreted(*order(other), XS[0])
        assert states(trainer, trainer.optimizer) == states(other, other.optimizer)


def test_a_step_may_return_nothing() -> None:
    compiled, interpreted = made("adam")[:2], made("adam")[:2]

    def step(model: Any, optimizer: Any, x: Any) -> None:
        train(model, optimizer, x, 1.0)

    native = compile(step)
    for x in XS:
        assert native(*compiled, x) is None
        step(*interpreted, x)
    assert states(*compiled) == states(*interpreted)
    assert native.verify(*compiled, XS[0]) == 3 * 13 + 2


def test_schedules_that_are_made_alike_share_a_recording() -> None:
    native = compile(train_state)
    for _ in range(3):
        native.scan(made("sgd", "linear"), {"x": XS, "y": YS})
        model = nn.MLP(2, [3, 1], rng=0)
        optimizer = optim.SGD(model, 0.1)
        schedule = optim.Schedule(optimizer, optim.linear_lr(3, end=0.25))
        native.scan((model, optimizer, schedule), {"x": XS, "y": YS})
    assert repr(native).endswith("1 recording)")


@pytest.mark.untraced
def test_a_recording_keeps_no_node() -> None:
    def kept() -> set[int]:
        gc.collect()
        return {id(x) for x in gc.get_objects() if isinstance(x, TracedValue)}

    before, native, step = kept(), compile(train_state), compile(train)
    native.scan(made("adam"), {"x": XS, "y": YS})
    step(*made("adam")[:2], XS[0], 1.0)
    assert kept() <= before  # what errors of earlier tests held may have gone


def test_a_compiled_function_is_differentiated_by_a_module() -> None:
    model = nn.MLP(2, [1], rng=0)
    native = compile(lambda model, x: model(x))
    for derive in (ag.grad, ag.value_and_grad, ag.jacobian):
        wanted = derive(lambda model, x: model(x))(model, XS[0])
        assert derive(native)(model, XS[0]) == wanted
    assert ag.grad(lambda x: native(model, XS[0]) * x)(2.0) == native(model, XS[0])


def test_shared_parameters_change_once() -> None:
    class Tied(nn.Module):
        def __init__(self) -> None:
            self.first, self.second = nn.Neuron(2, rng=0), nn.Neuron(2, rng=1)
            self.second.weights = self.first.weights

        def forward(self, x: Any) -> Any:
            return self.first(x) + self.second(x)

    compiled, interpreted = Tied(), Tied()
    steps: list[Any] = [compile(train), train]
    for step, model in zip(steps, (compiled, interpreted), strict=True):
        optimizer = optim.Adam(model, 0.1)
        for x, y in zip(XS, YS, strict=True):
            step(model, optimizer, x, y)
    assert states(compiled) == states(interpreted)
    assert compiled.second.weights is compiled.first.weights


def test_a_checkpoint_between_compiled_steps_resumes_to_the_same_losses() -> None:
    first, step, data = made("adam"), compile(train_state), {"x": XS, "y": YS}
    step.scan(first, data)
    kept = copy.deepcopy([x.state_dict() for x in first])
    wanted = step.scan(first, data)[1]
    second = made("adam")
    for x, state in zip(second, kept, strict=True):
        x.load_state_dict(state)
    assert bits(step.scan(second, data)[1]) == bits(wanted)


@pytest.mark.parametrize("longest", [1e-3, 1e3])
@pytest.mark.parametrize("kind", [1.0, 2.0, 3.0, float("inf")])
def test_clipping_gives_the_same_norm_and_gradients_compiled(longest: float, kind: float) -> None:
    def clipped(model: Any) -> Any:
        model.zero_grad()
        model(XS[0]).backward()
        norm = optim.clip_grad_norm_(model, longest, kind, error_if_nonfinite=True)
        return norm, [p.grad for p in model.parameters()]

    model = nn.MLP(2, [3, 1], rng=0)
    assert bits(compile(clipped)(model)) == bits(clipped(copy.deepcopy(model)))


def test_a_norm_that_is_not_finite_is_an_error_of_the_call() -> None:
    def clipped(model: Any, x: Any) -> Any:
        model.zero_grad()
        (model(x) * 1e308).backward()
        return optim.clip_grad_norm_(model, 1.0, error_if_nonfinite=True)

    native = compile(clipped)
    model = nn.Neuron(1, None, rng=0)
    assert native(model, [1.0]) == 1e308 * 2.0**0.5
    with pytest.raises(ValueError, match="the norm of the gradient is inf"):
        native(model, [1e10])


@pytest.mark.parametrize("backend", BACKENDS)
def test_inside_no_grad_a_step_finds_no_gradients_as_interpreted(backend: str) -> None:
    compiled, interpreted = made("momentum"), made("momentum")
    native = compile(train, backend=backend)
    scanned = compile(train_state, backend=backend)
    for inside in (False, True, False):
        with ag.no_grad() if inside else contextlib.nullcontext():
            assert bits(native(*compiled[:2], XS[0], 1.0)) == bits(
                train(*interpreted[:2], XS[0], 1.0)
            )
            scanned.scan(compiled, {"x": XS, "y": YS})
            for x, y in zip(XS, YS, strict=True):
                train_state(interpreted, {"x": x, "y": y})
        assert states(*compiled) == states(*interpreted)


def test_groups_of_modules_with_the_same_names_have_the_group_in_every_name() -> None:
    first, second = nn.Neuron(1, rng=0), nn.Neuron(1, rng=1)
    groups: list[dict[str, Any]] = [{"params": first}, {"params": second, "lr": 0.5}]
    optimizer = optim.SGD(groups, 0.1)
    assert optimizer.names == ["0.weights.0", "0.bias", "1.weights.0", "1.bias"]


def test_gradients_by_name_are_set_and_checked() -> None:
    neuron = nn.Neuron(1, rng=0)
    with pytest.raises(StateDictError, match=r"missing: 'bias'; extra: 'base'"):
        neuron.set_gradients({"weights.0": 1.0, "base": 2.0})
    with pytest.raises(StateDictError, match=r"do not fit the Neuron; missing: 'bias'$"):
        neuron.set_gradients({"weights.0": 1.0})
    with pytest.raises(TypeError, match=r"takes gradients by name, got a list: .* or grad gives"):
        neuron.set_gradients([1.0, 2.0])  # type: ignore[arg-type]  # as gradients() gives
    assert neuron.weights[0].grad == 0.0
    neuron.set_gradients({"weights.0": 1.0, "bias": 2.0})
    assert [p.grad for p in neuron.parameters()] == [1.0, 2.0]
