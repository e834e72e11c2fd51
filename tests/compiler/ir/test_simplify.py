"""Simplify: what is left of a recorded function, written as formulas."""

import itertools
import math
import random
from collections.abc import Callable, Sequence
from typing import Any

import pytest

import autograd as ag
from autograd import Value, lookup, no_grad, vmap
from autograd.compiler import compile
from autograd.compiler.ir.listing import Listing
from autograd.compiler.ir.normal_form import normal_form
from autograd.compiler.ir.simplify import simplify
from autograd.compiler.tracing.record import record
from autograd.compiler.tracing.traced import traced_leaf
from autograd.compiler.verified import numbers_and_nodes
from autograd.engine import calculus as c
from tests.bits import bits

INF, NAN = c.INF, c.NAN
INPUTS = "xyzw"


def listing_of(f: Callable[..., Any], *args: Any) -> Listing:
    """What is left of `f`, recorded for these numbers and lists of them."""
    leaves: list[Any] = []

    def leaf(x: Any) -> Any:
        if isinstance(x, list):
            return [leaf(item) for item in x]
        leaves.append(traced_leaf(x))
        return leaves[-1]

    recording = record(f, [leaf(x) for x in args])
    return simplify(recording.tape, leaves, numbers_and_nodes(recording.output))


def written(listing: Listing, position: int) -> str:
    """An operation as a formula: x, y, z, w are the inputs, [ ] is computed outside of a batch."""
    if position in listing.shared:
        assert listing.outer is not None
        return f"[{written(listing.outer, listing.shared[position])}]"
    if position in listing.inputs:
        return INPUTS[listing.inputs.index(position)]
    if position in listing.constants:
        return repr(listing.constants[position])
    op = listing.ops[position]
    assert op is not None
    operands = [written(listing, x) for x in listing.operands[position]]
    if len(operands) == 2 and not op.name.isidentifier():
        return f"({operands[0]} {op.name} {operands[1]})"
    return f"{op.name}({', '.join(operands)})"


def formulas(f: Callable[..., Any], count: int = 2) -> list[str]:
    """What the outputs of a function of so many numbers are."""
    listing = listing_of(f, *[1.5 + i for i in range(count)])
    return [written(listing, x) for x in listing.outputs]


def constant(x: float) -> Value:
    """A number that is a node of its own, made while recording."""
    return Value(x)


# --- rules ----------------------------------------------------------------------------------

RULES: dict[str, tuple[Callable[..., Any], list[str]]] = {
    "x * 1": (lambda x, y: x * 1.0, ["x"]),
    "1 * x": (lambda x, y: 1.0 * x, ["x"]),
    "1 strong* x": (lambda x, y: c.strong_product(1.0, x), ["x"]),
    "x strong* 1 loses the sign of a zero": (
        lambda x, y: c.strong_product(x, 1.0),
        ["(x + 0.0)"],
    ),
    "x + -0": (lambda x, y: x + -0.0, ["x"]),
    "-0 + x": (lambda x, y: -0.0 + x, ["x"]),
    "identity": (lambda x, y: c.identity(x) * y, ["(x * y)"]),
    "detach": (lambda x, y: x.detach() * y, ["(x * y)"]),
    "no_grad": (no_grad()(lambda x, y: ag.tanh(x * y)), ["tanh((x * y))"]),
    "where of a number": (lambda x, y: c.where(constant(2.0), x, y), ["x"]),
    "where of 0": (lambda x, y: c.where(constant(0.0), x, y), ["y"]),
    "where of -0": (lambda x, y: c.where(constant(-0.0), x, y), ["y"]),
    "where of nan": (lambda x, y: c.where(constant(NAN), x, y), ["x"]),
    "lookup of a number": (lambda x, y: lookup([x, y], constant(1.0)), ["y"]),
    "op of numbers": (lambda x, y: x * ag.exp(constant(1.0)), ["(x * 2.718281828459045)"]),
    "op of numbers of numbers": (lambda x, y: x + ag.tanh(constant(1.0) - 1.0), ["(x + 0.0)"]),
    "a product of numbers, then 1": (lambda x, y: x * (constant(0.5) * 2.0), ["x"]),
    "sum": (lambda x, y: ag.sum([x, y, x]), ["((x + y) + x)"]),
    "sum of one": (lambda x, y: ag.sum([x]), ["x"]),
    "prod": (lambda x, y: ag.prod([x, y, x]), ["((x * y) * x)"]),
    "prod with 1": (lambda x, y: ag.prod([1.0, x, 1.0]), ["x"]),
    "dot": (lambda x, y: ag.dot([x, y], [y, 3.0]), ["((x * y) + (y * 3.0))"]),
    "mean": (lambda x, y: ag.mean([x, y]), ["((x + y) / 2.0)"]),
    "equal operations": (
        lambda x, y: [ag.exp(x * y), ag.exp(x * y)],
        ["exp((x * y))", "exp((x * y))"],
    ),
}


@pytest.mark.parametrize("rule", RULES)
def test_rule(rule: str) -> None:
    f, expected = RULES[rule]
    assert formulas(f) == expected


KEPT: dict[str, tuple[Callable[..., Any], list[str]]] = {
    "x + 0, which makes -0 a 0": (lambda x, y: x + 0.0, ["(x + 0.0)"]),
    "x - 0": (lambda x, y: x - 0.0, ["(x - 0.0)"]),
    "x * 0, which may be nan": (lambda x, y: x * 0.0, ["(x * 0.0)"]),
    "0 strong* x": (lambda x, y: c.strong_product(0.0, x), ["(0.0 strong* x)"]),
    "x * -1": (lambda x, y: x * -1.0, ["(x * -1.0)"]),
    "x - x": (lambda x, y: x - x, ["(x - x)"]),
    "x / x": (lambda x, y: x / x, ["(x / x)"]),
    "x ** 2": (lambda x, y: x**2, ["(x ** 2.0)"]),
    "x ** 0": (lambda x, y: x**0, ["(x ** 0.0)"]),
    "sums to the right": (lambda x, y: x + (y + x), ["(x + (y + x))"]),
    "factors as they stand": (lambda x, y: [x * y, y * x], ["(x * y)", "(y * x)"]),
    "two negations": (lambda x, y: c.neg(c.neg(x)), ["neg(neg(x))"]),
    "where of an operand": (lambda x, y: c.where(x, y, y), ["where(x, y, y)"]),
}


@pytest.mark.parametrize("kept", KEPT)
def test_what_would_change_bits_is_kept(kept: str) -> None:
    f, expected = KEPT[kept]
    assert formulas(f) == expected


SPECIAL = [0.0, -0.0, 1.0, -2.5, 5e-324, 1e308, INF, -INF, NAN]


@pytest.mark.parametrize("name", [*RULES, *KEPT])
def test_either_has_the_bits_of_the_function_and_its_signs_of_zero(name: str) -> None:
    f, _ = {**RULES, **KEPT}[name]
    compiled = compile(f, backend="python")
    for x, y in itertools.product(SPECIAL, repeat=2):
        wanted = [z._data for z in numbers_and_nodes(f(Value(x), Value(y)))]
        assert bits(numbers_and_nodes(compiled(x, y))) == bits(wanted), (x, y)


# --- once each, and none for nothing --------------------------------------------------------


def test_zeros_of_both_signs_are_two_constants_and_all_nans_one() -> None:
    listing = listing_of(lambda x: [x + 0.0, x + -0.0, x * NAN, x + -NAN, x + INF - INF], 1.0)
    assert bits(list(listing.constants.values())) == bits([0.0, -0.0, NAN, INF])


def test_many_constants_in_turns_are_told_apart() -> None:
    numbers = [*map(float, range(40)), -0.0, math.nan]
    f = compile(lambda xs: [x + k for x in xs for k in numbers])
    assert f.verify([1.0, 2.0, -0.0]) == 3 * 42


def test_equal_operations_are_one() -> None:
    f = lambda x, y: [ag.tanh(x * y) + ag.tanh(x * y), ag.tanh(x.detach() * y) * 1.0]  # noqa: E731
    listing = listing_of(f, 1.0, 2.0)
    assert [op for op in listing.ops if op] == [c.mul, c.tanh, c.add]


def computed(f: Callable[..., Any], *args: Any) -> list[str]:
    """What is computed for the outputs, as formulas."""
    listing = listing_of(f, *args)
    return [written(listing, form.position) for form in normal_form(listing)]


def test_what_no_output_needs_is_not_computed() -> None:
    def f(x: Value, y: Value) -> Any:
        ag.exp(ag.tanh(x) * y)
        return ag.sin(x)

    assert computed(f, 1.0, 2.0) == ["sin(x)"]


def test_neither_is_what_a_constant_leaves_out() -> None:
    assert computed(lambda x, y: c.where(constant(1.0), x, ag.exp(y)) + y, 1.0, 2.0) == ["(x + y)"]


def test_lookup_is_computed_though_no_output_needs_it_once_for_each_index_and_length() -> None:
    def f(x: Value, i: Value) -> Value:
        lookup([x, x], i)
        lookup([x, 2.0 * x], i)
        lookup([x, x, x], i)
        return x

    assert computed(f, 1.0, 0.0) == ["lookup(y, x, x)", "lookup(y, x, x, x)"]


def test_outputs_may_be_inputs_constants_and_the_same() -> None:
    assert formulas(lambda x, y: [y, 2.0, y, constant(-0.0), x]) == ["y", "2.0", "y", "-0.0", "x"]


def test_operands_stand_before_results() -> None:
    draw = random.Random(0)

    def f(*xs: Any) -> Any:
        known = list(xs)
        for _ in range(200):
            op = draw.choice([c.add, c.mul, c.logsumexp, c.dot, c.where])
            some = [draw.choice([*known, 1.0, 0.5]) for _ in range(3)]
            made = {c.logsumexp: [some], c.dot: [some, some[::-1]], c.where: some}
            known.append(op(*made.get(op, some[:2])))
        return known[-1]

    listing = listing_of(f, 1.0, 2.0, 3.0)
    for position, operands in enumerate(listing.operands):
        assert all(x < position for x in operands)


# --- batches --------------------------------------------------------------------------------


def batch(f: Callable[..., Any], in_axes: Sequence[int | None]) -> tuple[Listing, Listing]:
    """The listing of a function of xs, the samples, and y, shared by all; and the batch's own."""
    listing = listing_of(vmap(f, tuple(in_axes)), [1.0, 2.0, 3.0], 5.0)
    return listing, next(iter(listing.bodies.values()))


OF_A_SAMPLE: dict[str, tuple[Callable[..., Any], list[str]]] = {
    "what all share is computed outside": (
        lambda x, y: x * ag.exp(y * 2.0),
        ["(x * [exp((w * 2.0))])"],
    ),
    "numbers come from outside": (lambda x, y: x * 3.0, ["(x * [3.0])"]),
    "the sums of a chain are not taken apart": (
        lambda x, y: x + y + y * y,
        ["((x + [w]) + [(w * w)])"],
    ),
    "a sum that begins with what all share": (
        lambda x, y: y + y + x,
        ["([(w + w)] + x)"],
    ),
    "rules hold inside": (lambda x, y: c.where(constant(0.0), y, x) * 1.0, ["x"]),
    "an output that all share": (lambda x, y: [ag.tanh(y), 2.0, x], ["[tanh(w)]", "[2.0]", "x"]),
}


@pytest.mark.parametrize("name", OF_A_SAMPLE)
def test_in_a_batch(name: str) -> None:
    f, expected = OF_A_SAMPLE[name]
    _, body = batch(f, (0, None))
    assert [written(body, x) for x in body.outputs] == expected


def test_equal_operations_in_a_batch_are_one() -> None:
    _, body = batch(lambda x, y: ag.sin(x * y) - ag.sin(x * y), (0, None))
    assert [op for op in body.ops if op] == [c.mul, c.sin, c.sub]


def test_what_is_computed_outside_stands_before_the_batch_which_names_it() -> None:
    listing, body = batch(lambda x, y: x * ag.exp(y) + ag.log(y), (0, None))
    (position,) = listing.bodies
    outside = [written(listing, x) for x in body.shared.values()]
    assert outside == ["w", "exp(w)", "log(w)"]
    assert listing.operands[position][3:] == tuple(sorted(body.shared.values()))
    assert all(x < position for x in body.shared.values())


def test_lookup_in_a_batch_that_no_output_needs_is_computed() -> None:
    def f(x: Value, y: Value) -> Value:
        lookup([y, y], x)
        return y

    _, body = batch(f, (0, None))
    assert [form.op for form in normal_form(body)] == [c.gather]


def test_index_that_all_samples_share_is_checked_outside() -> None:
    def f(x: Value, y: Value) -> Value:
        lookup([1.0] * 9, y)
        return x

    listing, body = batch(f, (0, None))
    assert not [op for op in body.ops if op]
    assert c.gather in listing.ops


@pytest.mark.parametrize("backend", ["python", "numpy", "llvm"])
def test_batch_that_no_output_needs_still_checks_its_indices(backend: str) -> None:
    def f(xs: Any, indices: Any) -> Any:
        vmap(lambda x, i: lookup([1.0, x], i))(xs, indices)
        return xs[0]

    compiled = compile(f, backend=backend)
    assert compiled([1.0, 2.0], [0.0, 1.0]) == 1.0
    with pytest.raises(IndexError, match="lookup index 7 is not one of 0 to 1"):
        compiled([1.0, 2.0], [0.0, 7.0])
