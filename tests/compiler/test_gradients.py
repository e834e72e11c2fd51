"""Gradients of parameters and Values in the arguments after a compiled call: as interpreted."""

import copy
import gc
import random
import warnings
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

import autograd as ag
from autograd import (
    StaleGraphError,
    TracedValueError,
    UnclearedGradientWarning,
    Value,
    compile,
    load_compiled,
    optim,
    scan,
    vmap,
)
from autograd.compiler.tracing.traced import TracedValue
from autograd.nn import Module
from autograd.transforms.trees import flatten
from tests.bits import bits

Function = Callable[..., Any]
XS = [1.0, -2.0, 0.3]


class Line(Module):
    """Two parameters, and one that is frozen."""

    def __init__(self) -> None:
        self.w, self.b, self.k = Value(2.0), Value(-1.0), ag.constant(0.5)

    def __call__(self, x: Any) -> Any:
        """The line at x."""
        return self.w * x + self.b * self.k


def added(model: Any, optimizer: Any, x: Any) -> Any:
    (model(x) ** 2).backward()
    return model(x)


def cleared_first(model: Any, optimizer: Any, x: Any) -> Any:
    model.zero_grad()
    return added(model, optimizer, x)


def cleared_last(model: Any, optimizer: Any, x: Any) -> Any:
    added(model, optimizer, x)
    optimizer.step()
    optimizer.zero_grad()


def read(model: Any, optimizer: Any, x: Any) -> Any:
    before = model.w.grad
    added(model, optimizer, x)
    return before, model.w.grad, model.b.grad


def one_alone(model: Any, optimizer: Any, x: Any) -> Any:
    model.w.grad = 0.0
    return added(model, optimizer, x)


def assigned(model: Any, optimizer: Any, x: Any) -> Any:
    model.w.grad = model.b.grad
    model.b.grad = 2.0 * x


def batch_of_passes(model: Any) -> None:
    vmap(lambda x: (model(x) ** 2).backward())(XS)


def assigned_before_a_batch(model: Any, optimizer: Any, x: Any) -> Any:
    model.w.grad = 2.0 * x
    batch_of_passes(model)


def of_a_copy(model: Any, optimizer: Any, x: Any) -> Any:
    w = copy.copy(model.w)
    (w * x).backward()
    added(model, optimizer, x)
    return w.grad, copy.copy(model.w).grad


def read_in_the_next_batch(model: Any, optimizer: Any, x: Any) -> Any:
    batch_of_passes(model)
    read = vmap(lambda y: model.w.grad * y)(XS)
    batch_of_passes(model)
    return read, scan(lambda total, y: (total + model.b.grad * y, None), x, XS)


FUNCTIONS: dict[str, Function] = {
    "a pass": added,
    "cleared first": cleared_first,
    "cleared last": cleared_last,
    "read": read,
    "one cleared": one_alone,
    "assigned": assigned,
    "of a copy": of_a_copy,
    "frozen": lambda model, optimizer, x: (model.k.grad, model(x)),
    "assigned before a batch": assigned_before_a_batch,
    "read in the next batch": read_in_the_next_batch,
    "a step alone": lambda model, optimizer, x: optimizer.step(),
    "cleared alone": lambda model, optimizer, x: model.zero_grad(),
    "norm of those of before": lambda model, optimizer, x: optim.clip_grad_norm_(model, 0.5),
}
SCANNED = ["a pass", "cleared first", "cleared last", "one cleared", "read", "assigned"]


def after(run: Callable[[Function], Function], f: Function) -> list[Any]:
    """What three calls give and leave, with a gradient from before and a pass between them."""
    model = Line()
    optimizer = optim.SGD(model, 0.1, momentum=0.9)
    model.b.grad = -0.0
    if f is FUNCTIONS["norm of those of before"]:  # which gives one to those that have none
        model.w.grad = 0.0
    g, found = run(f), list[Any]()
    for x in XS:
        found.append(bits(g(model, optimizer, x)))
        found.append(bits([y for p in (model.w, model.b) for y in (p.data, p.grad)]))
        found.append((model.k.grad, model.w.is_reached, model.b.is_reached))
        (model.w * 0.5).backward()
    return found


@pytest.mark.filterwarnings("ignore::autograd.UnclearedGradientWarning")
@pytest.mark.parametrize("backend", ["llvm", "python"])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_parameters_have_the_gradients_that_the_interpreted_function_leaves(
    name: str, backend: str
) -> None:
    f = FUNCTIONS[name]
    assert after(lambda f: compile(f, backend=backend), f) == after(lambda f: f, f)


@pytest.mark.filterwarnings("ignore::autograd.UnclearedGradientWarning")
@pytest.mark.parametrize("name", SCANNED)
def test_so_they_have_after_a_scan(name: str) -> None:
    def step(state: Any, x: Any) -> Any:
        return state, FUNCTIONS[name](*state, x)

    def run(scan: Function) -> Any:
        model = Line()
        state = model, optim.SGD(model, 0.1, momentum=0.9)
        model.w.grad = 0.25
        seen: list[Any] = []
        for _ in range(2):
            _, losses = scan(step, state, XS, seen)
            seen.append(bits([p.grad for p in (model.w, model.b)]))
        return bits(losses), seen, bits([p.data for p in model.parameters()])

    def loop(step: Function, state: Any, data: Any, seen: Any) -> Any:
        losses = []
        for x in data:
            losses.append(step(state, x)[1])
            seen.append(bits([p.grad for p in (state[0].w, state[0].b)]))
        if isinstance(losses[0], tuple):
            return state, [*zip(*losses, strict=True)]
        return state, None if losses[0] is None else losses

    def compiled(step: Function, state: Any, data: Any, seen: Any) -> Any:
        def progress(done: int, count: int, loss: Any) -> None:
            seen.append(bits([p.grad for p in (state[0].w, state[0].b)]))

        return compile(step).scan(state, data, every=1, progress=progress)

    assert run(compiled) == run(loop)


def test_a_gradient_that_is_assigned_while_a_scan_reports_is_added_to() -> None:
    def set_it(done: int, count: int, output: Any) -> None:
        model.w.grad = 10.0

    model = Line()
    step = compile(lambda model, x: (model, added(model, None, x)))
    step.scan(model, [1.0, 1.0], every=1, progress=set_it)
    assert model.w.grad == 10.0
    step.scan(model, [1.0])
    assert model.w.grad == 10.0 + 2.0 * 1.5


def test_those_that_are_cleared_after_the_last_step_stay_so() -> None:
    model = Line()
    step = compile(lambda model, x: (model, added(model, None, x)))
    step.scan(model, [1.0, 2.0], every=1, progress=lambda *_: model.zero_grad())
    assert (model.w.is_reached, bits([model.w.grad])) == (False, ["0.0"])


@pytest.mark.parametrize("name", ["a pass", "cleared first", "cleared last", "read"])
def test_a_gradient_of_none_is_none_that_is_there(name: str) -> None:
    def run(f: Function) -> Any:
        model = Line()
        model.w.grad = model.b.grad = None
        f(model, optim.SGD(model, 0.1), 0.3)
        return bits([model.w.grad, model.b.grad, model.w.data])

    assert run(compile(FUNCTIONS[name])) == run(FUNCTIONS[name])


def forget(model: Any) -> None:
    model.w.grad = None


def forget_and_add(model: Any) -> None:
    forget(model)
    (model.w * 3.0).backward()


def add_and_forget(model: Any) -> None:
    forget_and_add(model)
    forget(model)


def forget_and_clear(model: Any) -> None:
    forget(model)
    model.zero_grad()


def forget_in_a_batch(model: Any) -> None:
    vmap(lambda x: forget(model))(XS)


def forget_and_add_in_a_batch(model: Any) -> None:
    forget_in_a_batch(model)
    batch_of_passes(model)


def forget_in_a_batch_in_a_batch(model: Any) -> None:
    vmap(lambda x: forget_in_a_batch(model))(XS)


FORGETTING = [
    *(forget, forget_and_add, add_and_forget, forget_and_clear),
    *(forget_in_a_batch, forget_and_add_in_a_batch, forget_in_a_batch_in_a_batch),
]


@pytest.mark.parametrize("f", FORGETTING)
def test_a_gradient_that_becomes_none_is_none(f: Function) -> None:
    def run(g: Function) -> Any:
        model = Line()
        model.w.grad = 3.0
        g(model)
        return model.w.grad, model.w.is_reached

    def scanned(model: Any) -> None:
        compile(lambda model, x: (model, f(model))).scan(model, XS)

    assert run(compile(f)) == run(scanned) == run(f)


def test_a_gradient_that_becomes_none_is_none_after_a_call_of_a_saved_function(
    tmp_path: Path,
) -> None:
    compiled = compile(forget)
    compiled(Line())
    compiled.save(tmp_path / "forget")
    model = Line()
    load_compiled(tmp_path / "forget")(model)
    assert model.w.grad is None


@pytest.mark.parametrize("given", [0, 2, True, "x", [1.0], 1j, None])
def test_what_may_be_a_gradient_is_the_same_as_interpreted(given: Any) -> None:
    def assign(model: Any) -> None:
        model.w.grad = model.frozen.grad = given

    def run(f: Function) -> Any:
        model: Any = Line()
        model.frozen = Value(1.0)
        model.frozen.is_constant, model.frozen.grad = True, None
        with suppress(TypeError):
            f(model)
        return repr((model.w.grad, model.frozen.grad))

    assert run(compile(assign)) == run(assign)


def test_whether_one_is_there_from_before_the_call_is_not_to_be_asked() -> None:
    def reached(model: Any) -> float:
        return 1.0 if model.w.is_reached else 2.0

    def cleared(model: Any) -> list[float]:
        model.zero_grad()
        before = reached(model)
        (model(1.0) ** 2).backward()
        return [before, reached(model)]

    assert compile(cleared)(Line()) == [2.0, 1.0]
    with pytest.raises(
        TracedValueError, match=r"call zero_grad\(\) in the function, before it asks"
    ):
        compile(reached)(Line())


def test_a_file_keeps_it(tmp_path: Path) -> None:
    f = compile(added)
    model = Line()
    f(model, optimizer := optim.SGD(model, 0.1), 0.3)
    f.save(tmp_path / "f.autograd")
    load_compiled(tmp_path / "f.autograd")(model, optimizer, 0.3)
    other = Line()
    for _ in range(2):
        added(other, None, 0.3)
    assert bits([model.w.grad, model.b.grad]) == bits([other.w.grad, other.b.grad])


def test_a_batch_leaves_them_sample_by_sample() -> None:
    def sample(model: Any, x: Any) -> Any:
        (model(x) ** 2).backward()
        return model(x)

    def alone(model: Any, x: Any) -> Any:
        model.zero_grad()
        sample(model, x)
        return [model.w.grad, model.b.grad]

    def inside_a_scan(model: Any, x: Any) -> Any:
        return scan(lambda total, y: (total + y, sample(model, x * y)), 0.0, XS)

    def inside_a_batch(model: Any, x: Any) -> Any:
        return vmap(lambda y: sample(model, x * y), reduce="sum")(XS)

    samples: list[Function] = [sample, alone, inside_a_scan, inside_a_batch]
    for f in samples:
        for reduce in (None, "mean"):
            batch = vmap(f, (None, 0), reduce)
            models = Line(), Line()
            assert bits(batch(models[0], XS)) == bits(compile(batch)(models[1], XS))
            assert bits([models[0].w.grad]) == bits([models[1].w.grad])


def test_those_of_the_last_sample_are_compiled_as_it_is() -> None:
    def sample(model: Any, x: Any) -> Any:
        model.zero_grad()
        (model(x) * x.tanh()).backward()  # a method that plain numbers do not have
        return model(x)

    models = Line(), Line()
    compile(vmap(sample, (None, 0)))(models[0], XS)
    vmap(sample, (None, 0))(models[1], list(map(Value, XS)))
    assert bits([models[0].w.grad, models[0].b.grad]) == bits([models[1].w.grad, models[1].b.grad])


def test_whether_those_of_before_are_there_is_not_to_be_asked_in_a_sample() -> None:
    batch = vmap(lambda model, x: x * float(model.w.is_reached), (None, 0))
    with pytest.raises(TracedValueError, match="before it asks"):
        compile(batch)(Line(), XS)


@pytest.mark.parametrize(
    "change",
    [
        lambda model: model.zero_grad(),
        lambda model: setattr(model.w, "grad", 2.0),
        lambda model: vmap(lambda x: model.zero_grad())(XS),
    ],
)
def test_samples_and_steps_may_not_read_one_before_they_change_it(change: Function) -> None:
    def sample(model: Any, x: Any) -> Any:
        read = model.w.grad * x
        change(model)
        return read

    functions: list[Function] = [
        lambda model: vmap(lambda x: sample(model, x))(XS),
        lambda model: scan(lambda total, x: (total, sample(model, x)), 0.0, XS),
    ]
    for f in functions:
        with pytest.raises(TracedValueError, match="would be that of all samples"):
            compile(f)(Line())


@pytest.mark.parametrize("start", [0.0, 0.5])
def test_a_graph_from_before_a_step_is_refused_though_the_first_call_changes_nothing(
    start: float,
) -> None:
    functions: list[Function] = [
        lambda model: model.w.sin(),
        lambda model: vmap(lambda x: x * model.w * model.w, reduce="sum")(XS),
        lambda model: scan(lambda total, x: (total * model.w + x, None), 1.0, XS)[0],
    ]
    for f in functions:

        def late(model: Any, optimizer: Any, f: Function = f) -> Any:
            y = f(model)
            optimizer.step()
            y.backward()

        model = Line()
        model.w.grad = start
        with pytest.raises(StaleGraphError, match=r"model\.w"):
            compile(late)(model, optim.SGD(model, 0.1))


def test_what_is_frozen_does_not_change_in_a_step() -> None:
    def frozen(model: Any, optimizer: Any) -> Any:
        y = model.k * ag.sin(model.k)
        optimizer.step()
        (model.w * y).backward()
        return y

    model = Line()
    assert compile(frozen)(model, optim.SGD(model, 0.1)) == 0.5 * ag.sin(0.5)


def test_values_in_the_arguments_have_them_too_and_what_they_are_computed_from() -> None:
    def f(x: Any, y: Any) -> Any:
        z = x * y
        z.backward()
        return z, x.grad

    results = []
    functions: list[Function] = [f, compile(f)]
    for g in functions:
        w = Value(2.0)
        given = 3.0 * w, Value(5.0)
        results.append(bits([*g(*given), w.grad, given[0].grad, given[1].grad]))
    assert results[0] == results[1]


CHOICES: list[Function] = [
    lambda model, x: ag.where(x > 0.0, model.w * 2.0, model.b * 3.0),
    lambda model, x: ag.lookup([model.b * 3.0, model.w * 2.0], ag.greater(x, 0.0)),
    lambda model, x: ag.sum(vmap(lambda y: ag.where(y < 2.0 * x, model.w, model.b))(XS)),
]


@pytest.mark.parametrize("choice", CHOICES)
def test_what_a_choice_does_not_take_has_a_gradient_of_0(choice: Function) -> None:
    """As of a graph that stays, for the recording serves either choice."""

    def passed(model: Any, x: Any) -> None:
        choice(model, x).backward()

    def connected(model: Any) -> None:
        choice(model, 1.0).backward(create_graph=True)

    def run(f: Function) -> Any:
        model = Line()
        f(model)
        return bits([model.w.grad, model.b.grad]), model.w.is_reached, model.b.is_reached

    compiled = compile(passed)
    assert run(lambda model: compiled(model, 1.0)) == run(connected)
    found, *reached = run(lambda model: passed(model, 1.0))
    assert (found, reached) == (run(connected)[0], [True, False])


@pytest.mark.parametrize("seed", range(12))
def test_a_sum_that_is_a_graph_is_one_node_for_all_that_use_it(seed: int) -> None:
    """Outside of batches and inside: its gradient is added up before it goes on to its terms."""
    numbers = random.Random(seed)
    c = [numbers.uniform(-2.0, 2.0) for _ in range(7)]

    def f(model: Any, x: Any) -> Any:
        model.w.grad = g = ag.gradients(ag.tanh(model(x * c[0])) ** 2, model.w)
        vmap(lambda y: (model(x * y) * c[1]).backward())(XS)
        total = g * ag.gradients(ag.tanh(model(x * c[2])), model.b) * c[3]
        for factor in c[4:6]:
            total += ag.sum(vmap(lambda y, k=factor: model.w.grad * y * model.b * k)(XS))
        total += model.w.grad * g * c[6]
        total += ag.sum(vmap(lambda y: g * y * ag.sin(model.w.grad))(XS))
        model.zero_grad()
        total.backward()
        return total

    def run(f: Function) -> Any:
        model = Line()
        return bits([f(model, 0.4), model.w.grad, model.b.grad])

    assert run(compile(f, backend="python")) == run(f)


def test_values_in_the_arguments_may_be_asked_for_theirs() -> None:
    w = Value(2.0)
    (3.0 * w).backward()
    functions: list[Function] = [
        lambda w: w * w.grad,
        lambda w: ag.sum(vmap(lambda x: x * w.grad)(XS)) * w,
    ]
    for f in functions:
        assert bits([compile(f)(w)]) == bits([f(w)])


def test_a_hint_says_that_a_step_was_not_followed_by_clearing() -> None:
    def step(model: Any, optimizer: Any) -> Any:
        added(model, optimizer, 0.5)
        optimizer.step()

    model = Line()
    optimizer = optim.SGD(model, 0.1)
    compiled = compile(step)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        compiled(model, optimizer)
        assert not caught
        compiled(model, optimizer)
    assert [x.category for x in caught] == [UnclearedGradientWarning]
    assert caught[0].filename == __file__


def step_of_one(model: Any, other: Any, optimizer: Any) -> None:
    """A step of a model, whose loss goes through another model too."""
    optimizer.zero_grad()
    (other(model(0.5)) ** 2).backward()
    optimizer.step()


def step_uncleared(model: Any, other: Any, optimizer: Any) -> None:
    (other(model(0.5)) ** 2).backward()
    optimizer.step()


@pytest.mark.parametrize("compiled", [(), (0,), (1,), (0, 1)])
@pytest.mark.parametrize(("second", "is_hinted"), [(step_of_one, False), (step_uncleared, True)])
def test_two_steps_in_turns_are_hinted_at_as_interpreted(
    second: Function, is_hinted: bool, compiled: Any
) -> None:
    steps = [compile(f) if i in compiled else f for i, f in enumerate((step_of_one, second))]
    models = Line(), Line()
    optimizers = [optim.SGD(model, 0.1) for model in models]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for _ in range(3):
            steps[0](models[0], models[1], optimizers[0])
            steps[1](models[1], models[0], optimizers[1])
    assert [x.category for x in caught] == [UnclearedGradientWarning] * is_hinted
    assert {x.filename for x in caught} <= {__file__}


@pytest.mark.filterwarnings("error")
def test_no_hint_is_given_where_a_step_is_followed_by_clearing() -> None:
    model = Line()
    optimizer = optim.SGD(model, 0.1)
    compiled = compile(cleared_last)
    for _ in range(2):
        compiled(model, optimizer, 0.5)
    (model(0.5) ** 2).backward()


def test_after_an_error_they_are_as_before() -> None:
    def f(model: Any, x: Any) -> Any:
        (model(x) ** 2).backward()
        return ag.lookup([model.w, model.b], x)

    model = Line()
    model.w.grad = 0.5
    compiled = compile(f)
    compiled(model, 1.0)
    before = bits([model.w.grad])
    with pytest.raises(IndexError):
        compiled(model, 7.0)
    with ag.strict(), pytest.raises(ag.NonFiniteError):
        compile(added)(model, optim.SGD(model, 0.1), 1e200)
    assert bits([model.w.grad]) == before


def passed(y: Any, result: Any) -> Any:
    y.backward()
    return result


NESTED: dict[str, Function] = {
    "a step": cleared_first,
    "those of before": read,
    "a batch": lambda model, _, x: vmap(lambda a: passed(model(a), a))([x, x]),
    "a scan in a batch": lambda model, _, x: vmap(
        lambda a: ag.scan(lambda s, b: (s, passed(model(a * s) * b, s)), 1.0, [a, x])[0]
    )([x, x]),
    "an error": lambda model, _, x: passed(model(x), {"y": x}["x"]),
}


@pytest.mark.parametrize("name", NESTED)
def test_what_was_recorded_is_freed_without_the_collector(name: str) -> None:
    def traced() -> list[TracedValue]:
        return [x for x in gc.get_objects() if isinstance(x, TracedValue)]

    gc.collect()
    gc.disable()
    try:
        before = traced()  # those that other tests hold
        model = Line()
        with suppress(KeyError):
            compile(NESTED[name])(model, optim.SGD(model, 0.1), 0.5)
        assert len(traced()) <= len(before)
    finally:
        gc.enable()


OF_NUMBERS: dict[str, Callable[[Any], Any]] = {
    "a batch": lambda x: vmap(lambda a: a * a, reduce="mean")(x),
    "each sample": lambda x: vmap(lambda a: [a * a, 3.0 * a])(x)[1][0],
    "a scan": lambda x: scan(lambda s, a: (s * a, a), 1.0, x)[0],
    "a batch of a scan": lambda x: vmap(lambda a: a * 2.0)(
        scan(lambda s, a: (s, s + a), 1.0, x)[1]
    ),
    "beside what is not": lambda x: vmap(lambda a: [a * a, a * x[0]])(x)[1][0],
    "a batch inside of a sample": lambda x: vmap(
        lambda a: [vmap(lambda b: b * a)(x), a * a][-1], reduce="mean"
    )(x),
    "beside what is not, inside of a sample": lambda x: vmap(
        lambda a: vmap(lambda b: [b * a, b * b])(x)[1][1], reduce="sum"
    )(x),
    "beside what is not, in a scan": lambda x: scan(
        lambda s, a: ([s[0] * a, s[1] * x[1]], a * a), [1.0, 1.0], x
    ),
}


@pytest.mark.parametrize("name", OF_NUMBERS)
def test_a_pass_finds_the_gradients_of_numbers_behind(name: str) -> None:
    def passed(x: Any) -> Any:
        x = [a if isinstance(a, Value) else Value(a) for a in x]
        ag.sum(flatten([OF_NUMBERS[name](x)])[0]).backward()
        return [a.grad for a in x]

    numbers = [0.5, -1.5, 2.0]
    assert bits(compile(passed, backend="python")(numbers)) == bits(passed(numbers))


@pytest.mark.parametrize("name", OF_NUMBERS)
def test_a_pass_leaves_them_at_values_in_the_arguments(name: str) -> None:
    def passed(x: Any) -> None:
        ag.sum(flatten([OF_NUMBERS[name](x)])[0]).backward()

    found = []
    for f in (passed, compile(passed, backend="python")):
        values = [*map(Value, [0.5, -1.5, 2.0])]
        f(values)
        found.append(bits([a.grad for a in values]))
    assert found[0] == found[1]
