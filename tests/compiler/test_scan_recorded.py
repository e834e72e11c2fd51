"""Scans inside compiled functions: recorded once, with the bits of the interpreted ones."""

import functools
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd as ag
from autograd import (
    TracedValueError,
    compile,
    exp,
    grad,
    load_compiled,
    scan,
    sin,
    value_and_grad,
    where,
)
from autograd.compiler import profile_run
from autograd.compiler.backends.choose import MODULES
from autograd.nn import MLP
from autograd.optim import SGD
from autograd.transforms.trees import flatten
from tests.bits import bits
from tests.compiler.built_c import STRICT, functions
from tests.scans import DIFFERENTIATED, SCANS, derivatives, numbers, running_sums

of = functools.partial(compile, backend="python")
scans = pytest.mark.parametrize("name", SCANS)


@pytest.mark.parametrize("backend", MODULES)
@scans
def test_recorded_scan_has_the_bits_of_the_interpreted_one(name: str, backend: str) -> None:
    f, args = SCANS[name]
    compiled = compile(f, backend=backend)
    for _ in range(2):
        assert bits(compiled(*args)) == bits(f(*args))


@pytest.mark.parametrize("backend", MODULES)
@pytest.mark.parametrize("name", DIFFERENTIATED)
def test_derivatives_of_a_recorded_scan_have_the_bits_of_the_interpreted(
    name: str, backend: str
) -> None:
    f, xs = derivatives(name)
    compiled = compile(f, backend=backend)
    for scale in (1.0, -0.5):
        args = xs if name == "lookups" else [scale * x for x in xs]
        assert bits(compiled(args)) == bits(f(args))


@pytest.mark.parametrize("backend", MODULES)
def test_recorded_scan_serves_other_numbers(backend: str) -> None:
    f, (weights, bias, state, xs) = SCANS["recurrent network"]
    compiled = compile(f, backend=backend)
    for seed in range(3):
        args = (weights, bias, state, numbers(seed, 7, 3))
        assert bits(compiled(*args)) == bits(f(*args))
    arrays = [np.array(x) for x in (weights, bias, state, xs)]
    assert bits([list(x) for x in compiled(*arrays)]) == bits(f(weights, bias, state, xs))


@pytest.mark.needs("gcc")
def test_c_has_the_bits_of_the_interpreted_scan(tmp_path: Path) -> None:
    programs = []
    differentiated = "gated network", "batch in a step", "conditions in a step", "chosen output"
    cases = [*SCANS.values(), *((f, (xs,)) for f, xs in map(derivatives, differentiated))]
    for f, args in cases:
        compiled = of(f)
        compiled(*args)
        programs += [one.program for one in compiled._recordings.values()]
    built = functions(programs, tmp_path, ["gcc", "-O0", *STRICT])
    for (f, args), call in zip(cases, built, strict=True):
        assert bits(call(flatten(args)[0])) == bits(f(*args))


@scans
def test_saved_scan_has_the_same_bits(name: str, tmp_path: Path) -> None:
    f, args = SCANS[name]
    compiled = of(f)
    compiled(*args)
    compiled.save(tmp_path / "f")
    assert bits(load_compiled(tmp_path / "f", backend="python")(*args)) == bits(f(*args))


@scans
def test_recorded_scan_is_verified_and_explained(name: str) -> None:
    f, args = SCANS[name]
    compiled = of(f)
    assert compiled.verify(*args) == len(bits(f(*args)))
    assert name == "scan in a batch" or ", each after the other:" in compiled.explain()


def test_recorded_scan_is_profiled_step_by_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(profile_run, "SHARE", 0.001)
    f, args = SCANS["batch in a step"]
    told = str(of(f).profile(*args))
    assert "3 steps of samples" in told


def test_what_is_recorded_does_not_grow_with_the_steps() -> None:
    def recorded(steps: int) -> Any:
        def f(a: Any, xs: Any) -> Any:
            return scan(lambda s, x: (s * a + sin(x), None), a, xs)[0]

        compiled = of(value_and_grad(f))
        compiled(0.5, numbers(0, steps))
        (one,) = compiled._recordings.values()
        return one.sizes

    few, many = recorded(3), recorded(300)
    assert few.operations == many.operations
    assert many.nodes - few.nodes == 2 * 297  # results: a state, and the gradient of a datum


def test_the_scan_of_a_compiled_function_is_recorded_too() -> None:
    step = of(lambda total, x: (total + x, total * x))
    whole = of(lambda start, xs: step.scan(start, xs))
    assert whole(0.5, [1.0, 2.0]) == running_sums(0.5, [1.0, 2.0])
    with pytest.raises(TypeError, match="cannot report"):
        of(lambda xs: step.scan(0.0, xs, every=2))([1.0, 2.0])


def test_a_gradient_flows_through_the_scan_of_a_compiled_function() -> None:
    step = of(lambda total, x: (total + x, total * x))

    def last(x: Any) -> Any:
        total, outputs = step.scan(x, [x, 2.0])
        return total * outputs[1]

    assert grad(last)(3.0) == of(grad(last))(3.0) == 56.0


def test_a_model_in_the_state_is_trained() -> None:
    def step(state: Any, x: Any) -> Any:
        model, optimizer = state
        error = (model([x]) - 1.0) ** 2
        optimizer.zero_grad()
        error.backward()
        optimizer.step()
        return state, error

    def train(model: Any, optimizer: Any, xs: Any) -> Any:
        return scan(step, (model, optimizer), xs)[1]

    losses = []
    for run in (train, of(train)):
        model = MLP(1, [2, 1], rng=0)
        found = run(model, SGD(model, lr=0.1), [0.5, -0.25, 1.0])
        losses.append(bits([found, [p.data for p in model.parameters()]]))
    assert losses[0] == losses[1]


# --- errors ---------------------------------------------------------------------------------


def test_a_choice_in_a_step_is_refused_with_its_line() -> None:
    def step(s: Any, x: Any) -> Any:
        return (s if x > 0.0 else -s), x

    with pytest.raises(TracedValueError, match=r"a choice by a traced Value.*if x > 0\.0"):
        of(lambda xs: scan(step, 1.0, xs))([1.0, 2.0])


def test_a_state_of_another_structure_is_refused() -> None:
    with pytest.raises(TypeError, match="state was one number and is a list of 1"):
        of(lambda xs: scan(lambda s, x: ([s], x), 1.0, xs))([1.0, 2.0])


def test_steps_on_data_of_different_structures_are_recorded_one_by_one() -> None:
    def f(w: Any) -> Any:
        data = [[w], [w * 2.0, 0.5], [0.1]]
        last, outputs = scan(lambda s, x: (ag.tanh(s + ag.sum(x)), s * x[-1]), w, data)
        return last + ag.sum(outputs)

    for transform in (lambda f: f, grad, lambda f: grad(grad(f))):
        assert bits(of(transform(f))(0.3)) == bits(transform(f)(0.3))


def test_a_step_kept_from_a_scan_is_refused() -> None:
    kept: list[Any] = []

    def step(s: Any, x: Any) -> Any:
        kept.append(s * x)
        return s + x, None

    with pytest.raises(TracedValueError, match="was kept from a recording"):
        of(lambda xs: scan(step, 1.0, xs)[0] * kept[0])([1.0, 2.0])


@pytest.mark.parametrize("backend", MODULES)
def test_a_lookup_out_of_range_raises(backend: str) -> None:
    f, (table, places) = SCANS["lookups"]
    compiled = compile(f, backend=backend)
    compiled(table, places)
    with pytest.raises(IndexError, match="lookup index 4 is not one of 0 to 3"):
        compiled(table, [0.0, 4.0, 1.0, 9.0, 2.0])


def test_an_optimizer_step_for_a_model_outside_of_the_state_is_refused() -> None:
    def train(model: Any, optimizer: Any, xs: Any) -> Any:
        def step(s: Any, x: Any) -> Any:
            error = model([x]) ** 2
            optimizer.zero_grad()
            error.backward()
            optimizer.step()
            return s + error, None

        return scan(step, 0.0, xs)[0]

    model = MLP(1, [1], rng=0)
    with pytest.raises(TracedValueError, match="put both there, as in scan"):
        of(train)(model, SGD(model, lr=0.1), [1.0, 2.0])


def test_a_state_that_nothing_flows_to_has_no_part_in_a_gradient() -> None:
    """The order of its terms is that of the interpreted function, where there are none for it."""

    def f(x: Any) -> Any:
        _, outputs = scan(lambda s, _: (x[0], x[1]), x[0], length=2)
        return where(x[0], x[0], x[0]) * (exp(x[0] * x[1]) + outputs[1] * x[1])

    second = grad(lambda x: grad(f)(x)[0])
    compiled = compile(second, backend="python")
    for i in range(40):
        x = [0.1 + 0.05 * i, 1.8764644981040046]
        assert bits(compiled(x)) == bits(second(x))
