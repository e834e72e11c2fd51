"""Lowering: every op of one step out of the primitives, without a branch, with the same bits."""

import ctypes
import inspect
import itertools
import math
import random
import struct
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import pytest

from autograd.engine import calculus as c
from autograd.engine.op import Op
from autograd.formulas import primitives
from autograd.formulas.lowering import LOWERED, STEPS
from autograd.formulas.primitives import PRIMITIVES
from autograd.formulas.symbol import Symbol

INF, NAN = math.inf, math.nan
CALCULUS = {op for op in vars(c).values() if isinstance(op, Op)}
PRIVATE = {op for op in vars(primitives).values() if isinstance(op, Op)}
BY_INDEX = {c.gather, c.scattered}  # a choice that the compiler makes otherwise


def by_name(ops: Iterable[Op]) -> list[Op]:
    return sorted(ops, key=lambda op: op.name)


rows = pytest.mark.parametrize("op", by_name(LOWERED.keys() & STEPS), ids=repr)

EDGES = [0.0, 5e-324, sys.float_info.min, 1e-308, 2.0**-1000, 2.0**-500, 1e-16, 0.3, 0.5, 1.0]
EDGES += [math.nextafter(1.0, 0.0)]
EDGES += [math.nextafter(1.0, 2.0), 1.5, 2.0, 3.0, 99.9, 100.0, 350.0, 700.0, 700.5, 710.0, 745.5]
EDGES += [2.0**52 + 1.0, 2.0**53 + 2.0, 2.0**500, 2.0**1001, 1e308, sys.float_info.max, INF]
SPECIAL = [*EDGES, *(-x for x in EDGES), NAN]
FEWER = [0.0, 5e-324, 1.0, 1.5, 700.0, 1e308, INF]  # for three operands


def arity(op: Op) -> int:
    return len(inspect.signature(LOWERED[op]).parameters)


def bits(x: float) -> str:
    """Tells every two floats apart, but not one nan from another."""
    assert type(x) is float
    return repr(x)


def specials(count: int) -> Iterable[tuple[float, ...]]:
    chosen = SPECIAL if count < 3 else [*FEWER, *(-x for x in FEWER), NAN]
    return itertools.product(chosen, repeat=count)


def any_bits(draw: random.Random) -> float:
    return float(struct.unpack("d", struct.pack("Q", draw.getrandbits(64)))[0])


DRAWS: list[Callable[[random.Random], float]] = [
    any_bits,
    lambda draw: draw.choice((1, -1)) * 10.0 ** draw.uniform(-300, 300),
    lambda draw: draw.uniform(-750.0, 750.0),
    lambda draw: draw.uniform(-3.0, 3.0),
    lambda draw: 0.5 * draw.randint(-20, 20),
    lambda draw: 1.0 + draw.choice((1, -1)) * 2.0 ** draw.uniform(-53, -1),
]


def random_operands(op: Op, count: int) -> Iterable[tuple[float, ...]]:
    """Numbers over the whole range; among two or three, half are of similar size."""
    draw = random.Random(op.name)
    for i in range(count):
        first = draw.choice(DRAWS)(draw)
        similar = i % 2 == 0
        others = [
            first * draw.uniform(-9.0, 9.0) if similar else draw.choice(DRAWS)(draw)
            for _ in range(arity(op) - 1)
        ]
        yield (first, *others)


class Unseen(Symbol):
    """A symbol that nothing may be decided by."""

    __slots__ = ()

    def _refuse(self, *_: Any) -> Any:
        raise AssertionError("a formula looks at a symbol")

    __ne__ = __float__ = __int__ = __index__ = _refuse


class Recording:
    """The steps that are left of an op once it is lowered, and what is lowered in it, and so on."""

    def __init__(self, op: Op) -> None:
        self.steps: list[tuple[Op, tuple[Any, ...]]] = []
        self.count = arity(op)
        self.result = LOWERED[op](*[Unseen(self, i) for i in range(self.count)])

    def make(self, op: Op, operands: Sequence[Any]) -> Symbol:
        if op in LOWERED:
            return LOWERED[op](*operands)  # type: ignore[no-any-return]
        self.steps.append((op, tuple(operands)))
        return Unseen(self, self.count + len(self.steps) - 1)

    def run(self, xs: Sequence[float]) -> float:
        """The steps done on floats."""
        known = list(xs)

        def number(x: Any) -> float:
            return known[x.name] if isinstance(x, Symbol) else x  # type: ignore[no-any-return]

        for op, operands in self.steps:
            known.append(op.forward(*map(number, operands)))
        return number(self.result)


def differences(op: Op, many: Iterable[tuple[float, ...]]) -> list[Any]:
    """Where the formula, or its steps, give other bits than the op's forward function."""
    recording, formula = Recording(op), LOWERED[op]
    found = []
    for xs in many:
        expected = bits(op.forward(*xs))
        got = bits(formula(*xs)), bits(recording.run(xs))
        if got != (expected, expected):
            found.append((xs, expected, got))
    return found


def test_every_op_is_a_primitive_or_lowered_or_a_choice_by_index() -> None:
    assert set(LOWERED) | PRIMITIVES | BY_INDEX == CALCULUS | PRIVATE
    assert PRIVATE <= PRIMITIVES
    assert not PRIMITIVES & set(LOWERED)
    assert not BY_INDEX & (PRIMITIVES | set(LOWERED))


@rows
def test_formula_takes_the_operands_of_its_op(op: Op) -> None:
    assert arity(op) == (len(op.rules) or {c.clip: 3}.get(op, 2))


@rows
def test_formula_has_the_bits_of_the_op_at_all_special_values(op: Op) -> None:
    assert differences(op, specials(arity(op))) == []


@rows
@pytest.mark.parametrize("count", [1_000, pytest.param(100_000, marks=pytest.mark.slow)])
def test_formula_has_the_bits_of_the_op_over_the_whole_range(op: Op, count: int) -> None:
    assert differences(op, random_operands(op, count)) == []


@rows
def test_formula_leaves_only_primitives_and_looks_at_no_symbol(op: Op) -> None:
    assert {step for step, _ in Recording(op).steps} <= PRIMITIVES


COSTLY = {c.exp, c.expm1, c.log, c.log1p, c.pow, primitives.root, primitives.erfc, primitives.fmod}
CALLS = {
    c.sigmoid: [c.exp],
    c.sigmoid_slope: [c.exp],
    c.sech2: [c.exp],
    c.softplus: [c.exp, c.log1p],
    c.silu: [c.exp],
    c.silu_slope: [c.exp],
    c.silu_bend: [c.exp],
    c.elu: [c.expm1],
    c.gauss: [c.exp, c.expm1],
    c.normal_density: [c.exp, c.expm1],
    c.normal_distribution: [c.exp, c.expm1, primitives.erfc],
    c.gelu: [c.exp, c.expm1, primitives.erfc],
    c.gelu_slope: [c.exp, c.expm1, primitives.erfc],
    c.scaled_exp: [c.exp],
    c.exp_difference: [c.exp],
    # The second one is of 1 but where the first is no normal number.
    c.power_slope: [c.pow, c.pow],
    c.power_bend: [c.pow, c.pow],
    c.power_mixed: [c.log, c.pow, c.pow],
    c.power_log: [c.log, c.pow, c.pow],
    c.power_log_square: [c.log, c.pow, c.pow],
    # Powers of two, each in two steps: of what goes in, of what comes out.
    c.unit_slope: [c.pow] * 6,
    c.unit_mixed: [c.pow] * 8,
    c.inversion_slope: [c.pow] * 4,
    c.inversion_mixed: [c.pow] * 8,
    c.cbrt: [primitives.root],
    c.cbrt_slope: [primitives.root],
    c.mod: [primitives.fmod],
    c.floordiv: [primitives.fmod],
}


@rows
def test_formula_calls_no_costly_function_twice_for_nothing(op: Op) -> None:
    assert [step for step, _ in Recording(op).steps if step in COSTLY] == CALLS.get(op, [])


# --- the primitives -------------------------------------------------------------------------

LIBRARY = ctypes.CDLL(None)  # the C library that Python itself runs on


def c_function(name: str, count: int) -> Callable[..., float]:
    function = LIBRARY[name]
    function.restype, function.argtypes = ctypes.c_double, [ctypes.c_double] * count
    return function


NAMES = {c.abs: "fabs", c.round: "rint", primitives.root: "cbrt"}
NAMES |= {op: op.name for op in (c.exp, c.expm1, c.log, c.log1p, c.log2, c.log10, c.sqrt)}
NAMES |= {op: op.name for op in (c.sin, c.cos, c.tan, c.asin, c.acos, c.atan, c.atan2)}
NAMES |= {op: op.name for op in (c.sinh, c.cosh, c.tanh, c.asinh, c.acosh, c.atanh)}
NAMES |= {op: op.name for op in (c.floor, c.ceil, c.trunc, c.erf, primitives.erfc)}
NAMES |= {primitives.copysign: "copysign", primitives.fmod: "fmod", c.pow: "pow"}
ROUNDED = {c.floor, c.ceil, c.round, c.trunc}
SPELLED: dict[Op, Callable[..., float]] = {
    c.add: lambda x, y: x + y,
    c.sub: lambda x, y: x - y,
    c.mul: lambda x, y: x * y,
    c.neg: lambda x: -x,
    primitives.less: lambda x, y: 1.0 if x < y else 0.0,
    primitives.at_most: lambda x, y: 1.0 if x <= y else 0.0,
    primitives.same: lambda x, y: 1.0 if x == y else 0.0,
}


def spelled(op: Op) -> Callable[..., float]:
    """What a backend writes for a primitive."""
    if op in SPELLED:
        return SPELLED[op]
    function = c_function(NAMES[op], len(op.rules))
    return (lambda x: function(x) + 0.0) if op in ROUNDED else function


@pytest.mark.parametrize("op", by_name({*NAMES, *SPELLED}), ids=repr)
def test_primitive_is_to_the_bit_what_c_gives(op: Op) -> None:
    function, draw = spelled(op), random.Random(op.name)
    drawn = [tuple(kind(draw) for _ in op.rules) for kind in DRAWS for _ in range(300)]
    for xs in (*specials(len(op.rules)), *drawn):
        assert bits(op.forward(*xs)) == bits(function(*xs)), xs


def test_every_primitive_is_compared_with_c_but_for_the_quotient_and_the_choice() -> None:
    assert {*NAMES, *SPELLED} == PRIMITIVES - {c.div, c.where}


@pytest.mark.parametrize(
    ("condition", "taken"),
    [(1.0, 1.0), (-5e-324, 1.0), (INF, 1.0), (NAN, 1.0), (0.0, 2.0), (-0.0, 2.0)],
)
def test_where_takes_its_second_operand_unless_the_first_is_zero(
    condition: float, taken: float
) -> None:
    assert c.where(condition, 1.0, 2.0) == taken


@pytest.mark.parametrize("op", by_name(PRIVATE), ids=repr)
def test_nothing_flows_back_through_a_private_primitive(op: Op) -> None:
    assert set(op.rules) == {None}
