"""Recording: what a function may take from outside, what it may make, and what it may call."""

import copy
import functools
import pickle
import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd as ag
from autograd import (
    Op,
    TracedValueError,
    Value,
    compile,
    constant,
    grad,
    gradients,
    lookup,
    no_grad,
    strict,
    to_c,
    value_and_grad,
    vmap,
)
from autograd.compiler.tracing.record import record
from autograd.compiler.tracing.traced import traced_leaf
from autograd.nn import Neuron
from autograd.optim import SGD, clip_grad_norm_
from autograd.optim.schedules import Schedule, constant_lr
from autograd.transforms.trees import flatten_numbers

Function = Callable[..., Any]
of = functools.partial(compile, backend="python")

WEIGHT = Value(3.0, "weight")
DOUBLED = WEIGHT * 2.0
FOUR = constant(4.0)
NEURON = Neuron(1, rng=0)

LEAF = "leaf 'weight' comes from outside"
CAPTURED: dict[str, tuple[Function, str]] = {
    "a leaf": (lambda x: x * WEIGHT, LEAF),
    "a leaf on the left": (lambda x: WEIGHT + x, LEAF),
    "a leaf in a method": (lambda x: WEIGHT.exp() * x, LEAF),
    "what was computed": (lambda x: x - DOUBLED, "the '*' node DOUBLED comes from outside"),
    "in a sum": (lambda x: ag.sum([x, WEIGHT]), LEAF),
    "in a lookup": (lambda x: lookup([WEIGHT, x], 0), LEAF),
    "in a gradient": (lambda x: grad(lambda y: y * WEIGHT)(x), LEAF),
    "in a batch": (lambda x: vmap(lambda y: y * WEIGHT)([x]), LEAF),
    "in a compiled function": (lambda x: of(lambda y: y * WEIGHT)(x), LEAF),
    "for nothing": (lambda x: (x * WEIGHT, x)[1], LEAF),
    "alone": (lambda x: (WEIGHT * WEIGHT, x)[1], LEAF),
    "a module": (lambda x: NEURON([x]), "leaf 'w0' comes from outside"),
}
OF_A_MODULE = "pass the Module that it is a parameter of as an argument, as in compile(lambda"
ADVICE = "and its number may change: pass it as an argument, or wrap it in constant("


@pytest.mark.parametrize("name", CAPTURED)
def test_a_value_from_outside_is_refused_where_it_is_used(name: str) -> None:
    f, what = CAPTURED[name]
    with pytest.raises(TracedValueError) as caught:
        of(f)(2.0)
    message = str(caught.value)
    assert message.startswith(what)
    advice = OF_A_MODULE if name == "a module" else ADVICE
    assert advice in message
    assert f" at {__file__}:{f.__code__.co_firstlineno}: " in message


class Scaled:
    def __init__(self) -> None:
        self.scale = Value(3.0)

    def __call__(self, x: Any) -> Any:
        return x * self.scale


BARE = Value(3.0)
LISTED, HELD = [Value(1.0), Value(2.0)], {"k": [Value(1.0)]}
SCALED = Scaled()


def closing(held: Any) -> Function:
    return lambda x: x * held[1]


NAMED: dict[str, tuple[Function, str]] = {
    "a global": (lambda x: x * BARE, "the Value BARE"),
    "in a list": (lambda x: x * LISTED[1], "the Value LISTED[1]"),
    "in a dict": (lambda x: x * HELD["k"][0], "the Value HELD['k'][0]"),
    "an attribute": (lambda x: x * SCALED.scale, "the Value SCALED.scale"),
    "of the object itself": (Scaled().__call__, "the Value self.scale"),
    "closed over": (closing([Value(1.0), Value(2.0)]), "the Value held[1]"),
    "a default": (lambda x, v=Value(1.0): x * v, "the Value v"),  # noqa: B008
    "of a partial": (functools.partial(lambda v, x: x * v, Value(1.0)), "the Value v"),
    "in a gradient": (grad(lambda x: x * BARE), "the Value BARE"),
    "in a batch": (lambda x: vmap(lambda y: y * BARE)([x])[0], "the Value BARE"),
    "as the result": (lambda x: BARE, "the Value BARE"),
    "computed here": (lambda x: x * (BARE * 2.0), "the Value BARE"),
}


@pytest.mark.parametrize("name", NAMED)
def test_a_value_without_a_label_is_named_as_the_code_names_it(name: str) -> None:
    f, what = NAMED[name]
    with pytest.raises(TracedValueError) as caught:
        of(f)(2.0)
    message = str(caught.value)
    assert message.startswith(f"{what} comes from outside the compiled function, ")
    assert f"wrap it in constant({what.removeprefix('the Value ')}.data)" in message


RETURNED: dict[str, Function] = {
    "a leaf": lambda x: WEIGHT,
    "what was computed": lambda x: {"a": [x, DOUBLED]},
    "a module": lambda x: NEURON,
    "from a batch": lambda x: vmap(lambda y: WEIGHT)([x]),
}


@pytest.mark.parametrize("name", RETURNED)
def test_a_value_from_outside_is_refused_as_a_result(name: str) -> None:
    with pytest.raises(TracedValueError, match="comes from outside the compiled function"):
        of(RETURNED[name])(2.0)


def test_a_value_from_outside_is_refused_as_the_result_of_a_compiled_batch() -> None:
    with pytest.raises(TracedValueError, match="comes from outside the compiled function"):
        of(vmap(lambda x: WEIGHT))([2.0])


def backward_of_a_value_made_here(x: Any) -> Any:
    made = Value(5.0)
    (made * x * x).backward()
    return made.grad


def assigned_between(x: Any) -> Any:
    made = Value(1.0)
    before = made * x
    made.data = 9.0
    return [before, made * x]


def chosen_by_what_was_made_here(x: Any) -> Any:
    made = Value(5.0) * 2.0
    return x * made.data if made > 1.0 else x


def summed_from_zero(x: Any) -> Any:
    total = Value(0.0)
    for _ in range(3):
        total = total + x
    return total


def in_no_grad(x: Any) -> Any:
    with no_grad():
        squared = x * x
    return squared * x


def gradient_in_no_grad(x: Any) -> Any:
    with no_grad():
        slope = grad(lambda y: y * y * x)(x)
    return slope * x


@no_grad()
def decorated_with_no_grad(x: Any) -> Any:
    return x * x


ALLOWED: dict[str, Function] = {
    "a constant from outside": lambda x: x * FOUR + (FOUR * FOUR),
    "a constant made here": lambda x: x * constant(4.0),
    "a Value made here": lambda x: Value(5.0) * x,
    "a Value made here as a result": lambda x: [Value(5.0), Value(5.0) * 2.0, FOUR],
    "a sum from zero": summed_from_zero,
    "a choice by a Value made here": chosen_by_what_was_made_here,
    "backward to a Value made here": backward_of_a_value_made_here,
    "a Value made here and changed": assigned_between,
    "gradients": lambda x: gradients(x * x * x, x),
    "detach": lambda x: x.detach() * x,
    "the gradient through detach": grad(lambda x: x.detach() * x),
    "no_grad": in_no_grad,
    "the gradient through no_grad": grad(in_no_grad),
    "a gradient in no_grad": gradient_in_no_grad,
    "the gradient through one in no_grad": grad(gradient_in_no_grad),
    "a function decorated with no_grad": decorated_with_no_grad,
}


@pytest.mark.parametrize("name", ALLOWED)
def test_what_is_made_inside_and_constants_are_allowed(name: str) -> None:
    f = ALLOWED[name]
    compiled = of(f)
    for x in (3.0, -0.5):
        expected = [getattr(one, "data", one) for one in flatten_numbers(f(Value(x)))[0]]
        assert flatten_numbers(compiled(x))[0] == expected


def test_a_constant_that_is_changed_between_two_uses_counts_as_it_was() -> None:
    def f(x: Any) -> Any:
        k = constant(2.0)
        before = k * x
        k.data = 5.0
        return [before, k * x]

    assert of(f)(3.0) == [6.0, 15.0]


def test_contexts_around_a_call_change_nothing() -> None:
    step = value_and_grad(lambda x: x * x)
    with no_grad():
        assert of(step)(3.0) == (9.0, 6.0)
    with strict():
        assert of(step)(3.0) == (9.0, 6.0)


# --- functions that call compiled ones ------------------------------------------------------

CUBE = of(lambda x: x * x * x)
NESTED: dict[str, tuple[Function, float]] = {
    "compiled": (lambda x: CUBE(x) * 2.0, 54.0),
    "the gradient of a compiled one": (lambda x: grad(CUBE)(x), 27.0),
    "the second derivative of a compiled one": (lambda x: grad(grad(CUBE))(x), 18.0),
    "a compiled gradient": (lambda x: of(grad(CUBE))(x), 27.0),
    "with a number beside": (lambda x: of(lambda y, z: y * z)(x, 3.0), 9.0),
    "with numbers alone": (lambda x: of(lambda y: y * y)(4.0) * x, 48.0),
    "that uses what is around it": (lambda x: of(lambda y: y * x)(2.0), 6.0),
    "made twice": (lambda x: of(of(CUBE))(x), 27.0),
}


@pytest.mark.parametrize("name", NESTED)
def test_a_compiled_function_may_call_another(name: str) -> None:
    f, expected = NESTED[name]
    compiled = of(f)
    assert [compiled(3.0), compiled(3.0)] == [expected] * 2


def test_a_compiled_function_may_call_itself() -> None:
    def power(x: Any, n: int) -> Any:
        return x if n == 1 else x * compiled(x, n - 1)

    compiled = of(power, static="n")
    assert [compiled(2.0, 5), compiled(3.0, 2)] == [32.0, 9.0]


def test_an_error_of_the_function_comes_through_and_nothing_stays_behind() -> None:
    with pytest.raises(ZeroDivisionError):
        of(lambda x: x * (1 // 0))(2.0)
    assert (Value(2.0) * WEIGHT).data == 6.0
    assert of(lambda x: vmap(lambda y: y * y)([x, x]))(2.0) == [4.0, 4.0]


# --- what changes parameters ------------------------------------------------------------

OUTER = Neuron(1, rng=0)
OPTIMIZER = SGD(OUTER.parameters(), lr=0.1)


def with_its_own_optimizer(m: Any) -> Any:
    optimizer = SGD(m.parameters(), lr=0.1)
    loss = m([1.0])
    loss.backward()
    optimizer.step()
    return loss


def with_another_optimizer(m: Any) -> Any:
    OPTIMIZER.step()
    return m([1.0])


def cleared_from_outside(m: Any) -> Any:
    OPTIMIZER.zero_grad()
    return m([1.0])


def clipped_outside(m: Any) -> Any:
    clip_grad_norm_(OUTER.parameters(), 1.0)
    return m([1.0])


def scheduled(m: Any) -> Any:
    Schedule(OPTIMIZER, constant_lr()).step()
    return m([1.0])


def loaded(m: Any) -> Any:
    OUTER.load_state_dict({"weights.0": 0.0, "bias": 0.0})
    return m([1.0])


CHANGING: dict[Function, str] = {
    with_its_own_optimizer: "SGD.step()",
    with_another_optimizer: "SGD.step()",
    cleared_from_outside: "SGD.zero_grad()",
    clipped_outside: "clip_grad_norm_()",
    scheduled: "Schedule.step()",
    loaded: "Neuron.load_state_dict()",
}


AS_ARGUMENTS = "as arguments, as in compile(step)(model, optimizer, x, y)"
INSTEAD = {
    "SGD": AS_ARGUMENTS,
    "Schedule": AS_ARGUMENTS,
    "clip_grad_norm_()": "pass the model as an argument",
    "Neuron": "return the gradients, as compile(value_and_grad(loss)) does",
}


@pytest.mark.parametrize("f", CHANGING)
def test_what_changes_parameters_is_refused_and_changes_none(f: Function) -> None:
    before = OUTER.state_dict()
    OUTER.w[0].grad = 1.0
    with pytest.raises(TracedValueError) as caught:
        of(f)(OUTER)
    message = str(caught.value)
    assert message.startswith(f"{CHANGING[f]} inside a compiled function would change numbers once")
    assert INSTEAD[CHANGING[f].partition(".")[0]] in message
    assert " at " in message
    assert (OUTER.state_dict(), OUTER.w[0].grad) == (before, 1.0)


# --- after the recording --------------------------------------------------------------------

KEPT: list[Any] = []


def keep(x: Any) -> Any:
    KEPT.append(x)
    return x


def kept_at_the_second_line(x: Any) -> Any:
    y = x + 1.0
    KEPT.append(y * 10)
    return y


def kept_by_another_function(x: Any) -> Any:
    keep(2.0 * x)
    return x


def made_by_another_function(x: Any) -> Any:
    def tenfold(y: Any) -> Any:
        return y * 10

    keep(
        tenfold(x),
    )
    return x


def made_by_a_method(x: Any) -> Any:
    y = x.exp()
    return keep(y)


def made_in_a_loop(x: Any) -> Any:
    for _ in range(3):
        x = x * 2.0
    return keep(x)


def made_by_a_model(x: Any) -> Any:
    neuron = Neuron(1, rng=0)
    y = neuron([x])
    return keep(y)


def the_gradient(x: Any) -> Any:
    slope = grad(lambda y: y * y * x)(x)
    return keep(slope)


def in_no_grad_kept(x: Any) -> Any:
    with no_grad():
        y = x * x
    return keep(y)


def in_a_compiled_function(x: Any) -> Any:
    inner = of(lambda y: keep(y * 3.0))
    return inner(x)


def of_the_rows(x: Any) -> Any:
    y = ag.sum([x, x, x])
    return keep(y)


MADE: dict[Function, str] = {
    kept_at_the_second_line: "KEPT.append(y * 10)",
    kept_by_another_function: "keep(2.0 * x)",
    made_by_another_function: "return y * 10",
    made_by_a_method: "y = x.exp()",
    made_in_a_loop: "x = x * 2.0",
    made_by_a_model: "y = neuron([x])",
    the_gradient: "slope = grad(lambda y: y * y * x)(x)",
    in_no_grad_kept: "y = x * x",
    in_a_compiled_function: "inner = of(lambda y: keep(y * 3.0))",
    of_the_rows: "y = ag.sum([x, x, x])",
    keep: "def keep(x: Any) -> Any:",
}


@pytest.mark.parametrize("f", MADE)
def test_a_value_that_was_kept_names_the_line_that_made_it(f: Function) -> None:
    KEPT.clear()
    compiled = of(f)
    compiled(1.0)
    compiled(2.0)
    (kept,) = KEPT
    with pytest.raises(TracedValueError) as caught:
        kept + 0.0
    message = str(caught.value)
    made, used = message.split(", and is used ")
    assert "was kept from a recording" in made
    assert f" It was made at {__file__}:" in made
    assert made.endswith(f": {MADE[f]}")
    assert used.endswith(": kept + 0.0")
    assert MADE[f] in repr(kept)


def kept_from(f: Function, *args: Any) -> Any:
    KEPT.clear()
    f(*args)
    return KEPT[0]


@pytest.fixture(name="kept")
def of_a_recording() -> Any:
    return kept_from(of(lambda x: keep(x * 10.0)), 1.0)


def assign(x: Any, name: str) -> None:
    setattr(x, name, 1.0)


USES: dict[str, Function] = {
    "+": lambda kept: kept + 0.0,
    "+ on the right": lambda kept: 1.0 + kept,
    "* of a Value": lambda kept: Value(2.0) * kept,
    "* with a Value": lambda kept: kept * Value(2.0),
    "** of an int": lambda kept: 2**kept,
    "-": lambda kept: -kept,
    "abs": lambda kept: abs(kept),
    "a method": lambda kept: kept.tanh(),
    "an op": lambda kept: ag.exp(kept),
    "a sum among Values": lambda kept: ag.sum([Value(1.0), kept, Value(2.0)]),
    "where": lambda kept: ag.where(True, kept, Value(2.0)),
    "a lookup": lambda kept: lookup([1.0, 2.0], kept),
    "data": lambda kept: kept.data,
    "item": lambda kept: kept.item(),
    "assigning data": lambda kept: assign(kept, "data"),
    "grad": lambda kept: kept.grad,
    "assigning grad": lambda kept: assign(kept, "grad"),
    "a format": lambda kept: f"{kept:.2f}",
    "float": lambda kept: float(kept),
    "int": lambda kept: int(kept),
    "bool": lambda kept: bool(kept),
    "==": lambda kept: kept == 10.0,
    ">": lambda kept: kept > 0.0,
    "< on the right": lambda kept: Value(0.0) < kept,
    "backward": lambda kept: kept.backward(),
    "gradients": lambda kept: gradients(kept, kept),
    "a gradient at it": lambda kept: grad(lambda x: x * x)(kept),
    "a gradient with it": lambda kept: grad(lambda x: x * kept)(1.0),
    "a batch": lambda kept: vmap(lambda x: x * 2.0)([kept]),
    "detach": lambda kept: kept.detach(),
    "a copy": lambda kept: copy.copy(kept),
    "a deep copy": lambda kept: copy.deepcopy(kept),
    "pickle": lambda kept: pickle.dumps(kept),
    "recompute": lambda kept: ag.recompute(kept),
    "the recorded numbers": lambda kept: kept.recorded,
    "in another recording": lambda kept: of(lambda x: x * kept)(2.0),
    "as the result of another recording": lambda kept: of(lambda x: [x, kept])(2.0),
    "as the result of a sample": lambda kept: of(lambda x: vmap(lambda y: kept)([x]))(2.0),
    "as an argument": lambda kept: of(lambda x: x)(kept),
    "in a list of arguments": lambda kept: of(lambda x: x[1])([1.0, kept]),
    "in a generator": lambda kept: list(kept * i for i in range(3)),  # noqa: C400
}


@pytest.mark.parametrize("name", USES)
def test_a_value_that_was_kept_is_of_no_use(name: str, kept: Any) -> None:
    with pytest.raises(TracedValueError) as caught:
        USES[name](kept)
    message = str(caught.value)
    assert "kept from a recording" in message
    assert f"made at {__file__}:" in message
    assert "of(lambda x: keep(x * 10.0))" in message


def sample_kept(xs: Any) -> Any:
    vmap(lambda x: keep(x * 3.0))(xs)
    return [x * KEPT[0] for x in xs]


def argument_of_a_sample_kept(xs: Any) -> Any:
    vmap(lambda x: keep(x))(xs)
    return [x * KEPT[0] for x in xs]


@pytest.mark.parametrize("f", [sample_kept, argument_of_a_sample_kept])
def test_what_is_kept_from_a_sample_is_of_no_use_in_the_function_around_it(f: Function) -> None:
    KEPT.clear()
    with pytest.raises(TracedValueError, match=r"It was made at .*: vmap\(lambda x: keep\("):
        of(f)([1.0, 2.0])


def failing(x: Any) -> Any:
    keep(x * 2.0)
    raise ZeroDivisionError


WAYS: dict[str, Function] = {
    "a batch": lambda: of(vmap(lambda x: keep(x * 2.0)))([1.0, 2.0]),
    "a scan": lambda: of(lambda s, x: (keep(s * 2.0), x)).scan(0.0, [1.0]),
    "static arguments": lambda: of(lambda x, n: keep(x * n), static="n")(1.0, 2),
    "verify": lambda: of(lambda x: (keep(x * 2.0), x)[1]).verify(1.0),
    "C": lambda: to_c(lambda x: keep(x * 2.0), 1.0),
}


@pytest.mark.parametrize("name", WAYS)
def test_whatever_records_a_function_ends_what_it_made(name: str) -> None:
    kept = kept_from(WAYS[name])
    with pytest.raises(TracedValueError, match="kept from a recording"):
        kept * 1.0


def test_a_recording_that_fails_ends_what_it_made() -> None:
    with pytest.raises(ZeroDivisionError):
        kept_from(of(failing), 1.0)
    with pytest.raises(TracedValueError, match=r": keep\(x \* 2.0\), and is used"):
        KEPT[0] * 1.0


def test_elements_of_an_array_and_parameters_are_kept_no_better() -> None:
    array = kept_from(of(lambda x: [keep(x)[0] * 1.0]), np.ones(2))
    with pytest.raises(TracedValueError, match="leaf 'x\\[0\\]' was kept from a recording"):
        ag.sum(array)
    module = kept_from(of(lambda m, x: keep(m)([x])), NEURON, 1.0)
    with pytest.raises(TracedValueError, match=r"leaf 'm\.weights\.0' was kept from a recording"):
        module([1.0])
    assert NEURON([0.0]).data == 0.0  # the caller's own is as it was


def test_another_thread_may_keep_none_either() -> None:
    found: list[Any] = []

    def use(kept: Any) -> None:
        with pytest.raises(TracedValueError, match="kept from a recording"):
            kept * 1.0
        found.append(1)

    kept = kept_from(of(lambda x: keep(x * 2.0)), 1.0)
    thread = threading.Thread(target=use, args=(kept,))
    thread.start()
    thread.join()
    assert found == [1]


def test_it_may_be_held_and_seen(kept: Any) -> None:
    assert kept in {kept}
    assert str(kept).startswith("<a '*' node kept from a recording, made at ")


# --- the tape -------------------------------------------------------------------------------


def test_the_tape_has_the_traced_nodes_in_the_order_they_were_made() -> None:
    x = traced_leaf(2.0, "x")
    tape, output, *_ = record(lambda x: (x + 1.0) * Value(3.0).exp(), [x])
    assert [node.op.name for node in tape if isinstance(node.op, Op)] == ["+", "*"]
    assert output is tape[-1]
