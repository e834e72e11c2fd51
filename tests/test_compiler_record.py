"""Recording: what a function may take from outside, what it may make, and what it may call."""

import functools
from collections.abc import Callable
from typing import Any

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
    value_and_grad,
    vmap,
)
from autograd.compiler.record import record
from autograd.compiler.traced import traced_leaf
from autograd.nn import Neuron
from autograd.structure import flatten

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
    "what was computed": (lambda x: x - DOUBLED, "a '*' node comes from outside"),
    "in a sum": (lambda x: ag.sum([x, WEIGHT]), LEAF),
    "in a lookup": (lambda x: lookup([WEIGHT, x], 0), LEAF),
    "in a gradient": (lambda x: grad(lambda y: y * WEIGHT)(x), LEAF),
    "in a batch": (lambda x: vmap(lambda y: y * WEIGHT)([x]), LEAF),
    "in a compiled function": (lambda x: of(lambda y: y * WEIGHT)(x), LEAF),
    "for nothing": (lambda x: (x * WEIGHT, x)[1], LEAF),
    "alone": (lambda x: (WEIGHT * WEIGHT, x)[1], LEAF),
    "a module": (lambda x: NEURON([x]), "leaf 'w0' comes from outside"),
}
ADVICE = "and its number may change: pass it as an argument, or wrap it in constant("


@pytest.mark.parametrize("name", CAPTURED)
def test_a_value_from_outside_is_refused_where_it_is_used(name: str) -> None:
    f, what = CAPTURED[name]
    with pytest.raises(TracedValueError) as caught:
        of(f)(2.0)
    message = str(caught.value)
    assert message.startswith(what)
    assert ADVICE in message
    assert f" at {__file__}:{f.__code__.co_firstlineno}: " in message


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
        expected = [getattr(one, "data", one) for one in flatten(f(Value(x)))[0]]
        assert flatten(compiled(x))[0] == expected


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


def test_a_traced_value_of_another_recording_is_refused() -> None:
    kept: Any = []
    of(lambda x: (kept.append(x), x)[1])(1.0)
    with pytest.raises(TracedValueError, match="comes from"):
        of(lambda x: x * kept[0])(2.0)


def test_an_error_of_the_function_comes_through_and_nothing_stays_behind() -> None:
    with pytest.raises(ZeroDivisionError):
        of(lambda x: x * (1 // 0))(2.0)
    assert (Value(2.0) * WEIGHT).data == 6.0
    assert of(lambda x: vmap(lambda y: y * y)([x, x]))(2.0) == [4.0, 4.0]


# --- the tape -------------------------------------------------------------------------------


def test_the_tape_has_the_traced_nodes_in_the_order_they_were_made() -> None:
    x = traced_leaf(2.0, "x")
    tape, output, _ = record(lambda x: (x + 1.0) * Value(3.0).exp(), [x])
    assert [node.op.name for node in tape if isinstance(node.op, Op)] == ["+", "*"]
    assert output is tape[-1]
