"""Functions of eight numbers at once: the bits of the platform's library, or the library itself."""

import math
import random
from array import array
from typing import Any

import pytest

import autograd as ag
from autograd.compiler import compile
from autograd.compiler.backends.llvm import vector_check
from autograd.compiler.backends.llvm.backend import _Native, _native
from autograd.compiler.backends.llvm.map_code import Function, declarations
from autograd.compiler.backends.llvm.vector_functions import FORMULAS, operands_of
from autograd.engine import calculus as c
from autograd.engine.op import Op
from autograd.transforms.lane_sum import LANES
from tests.bits import bits

OPS: dict[str, Op] = {op.name: op for op in (c.erf, c.exp, c.expm1, c.log, c.log1p, c.tanh)}
OPS["pow"] = c.pow
SPANS = {  # where each formula takes all of its ways
    "erf": [(-1e-8, 1e-8), (-0.85, 0.85), (0.8, 1.3), (-3.0, 3.0), (-6.5, 6.5), (1e-307, 1e-300)],
    "exp": [(-1.0, 1.0), (-20.0, 20.0), (-512.0, 512.0), (-760.0, 760.0)],
    "expm1": [(-0.4, 0.4), (-3.0, 3.0), (-45.0, 45.0), (-710.0, 710.0)],
    "log": [(0.9, 1.1), (0.0, 2.0), (0.0, 1e3), (-1.0, 1e300)],
    "log1p": [(-1e-3, 1e-3), (-1.0, 1.0), (-2.0, 100.0), (0.0, 1e17)],
    "pow": [(0.9, 1.1), (0.0, 3.0), (-4.0, 30.0), (-1e5, 1e5)],
    "tanh": [(-1e-3, 1e-3), (-1.0, 1.0), (-3.0, 3.0), (-25.0, 25.0)],
}
BEYOND = [math.inf, -math.inf, math.nan, 0.0, -0.0, 5e-324, -1.0, 1e-310, 800.0, -800.0, 1e308]


KEPT: list[Any] = []  # engines, whose functions are gone with them


def address_of_differing(native: _Native, name: str) -> int:
    """The address of the function that compares a vector function with the library."""
    native.know([(name, operands_of(name), LANES)])
    engine = native.compiler.linked(vector_check.module([name]))
    KEPT.append(engine)
    return int(engine.get_function_address(vector_check.differing(name)))


@pytest.mark.parametrize("name", FORMULAS)
def test_a_compiled_function_has_the_bits_of_the_interpreted_one(name: str) -> None:
    draw, op = random.Random(name), OPS[name]
    compiled = compile(lambda *xs: [op(*x) for x in zip(*xs, strict=True)], backend="llvm")
    for low, high in SPANS[name]:
        for _ in range(20):
            xs = [[draw.uniform(low, high) for _ in range(64)] for _ in range(operands_of(name))]
            assert bits(compiled(*xs)) == bits(map(op, *xs))


EXPONENTS = [0.0, -0.0, 1.0, -1.0, 2.0, 3.0, 4.0, 0.5, -0.5, 1e-30, 2.0**53 + 2.0, 1e300]


@pytest.mark.parametrize("exponent", [*EXPONENTS, math.inf, -math.inf, math.nan])
def test_powers_have_the_sign_and_the_edges_of_the_library(exponent: float) -> None:
    draw = random.Random(1)
    compiled = compile(lambda xs, y: [x**y for x in xs], backend="llvm")
    for low, high in ((0.5, 2.0), (-3.0, 3.0), (-1e200, 1e200), (-1e-300, 1e-300)):
        xs = [draw.uniform(low, high) for _ in range(64)]
        assert bits(compiled(xs, exponent)) == bits(c.pow(x, exponent) for x in xs)


KNOWN = [(2.5, 1.0), (-0.0, 1.0), (5e-324, 1.0), (-math.inf, 1.0), (math.nan, 1.0)]
KNOWN += [(3.0, 0.0), (-3.0, -0.0), (math.nan, 0.0), (1.0, 7.5), (1.0, math.nan), (1.0, 1.0)]


@pytest.mark.parametrize("other", [*KNOWN, (2.5, 2.0), (-3.0, 0.5)])
def test_powers_that_are_known_may_stand_beside_any(other: tuple[float, float]) -> None:
    compiled = compile(lambda xs, ys: [x**y for x, y in zip(xs, ys, strict=True)], backend="llvm")
    for start in range(len(KNOWN) - 7):
        xs, ys = zip(*KNOWN[start : start + 7], other, strict=True)
        assert bits(compiled(list(xs), list(ys))) == bits(map(c.pow, xs, ys))


@pytest.mark.parametrize("name", FORMULAS)
def test_a_number_beyond_the_formula_may_stand_in_any_lane(name: str) -> None:
    op = OPS[name]
    compiled = compile(lambda *xs: [op(*x) for x in zip(*xs, strict=True)], backend="llvm")
    for number in BEYOND:
        for lane in range(8):
            for which in range(operands_of(name)):
                xs = [[0.25 + i / 16 for i in range(8)] for _ in range(operands_of(name))]
                xs[which][lane] = number
                assert bits(compiled(*xs)) == bits(map(op, *xs))


@pytest.mark.parametrize("f", [ag.sigmoid, ag.softplus, c.sech2, ag.sinh, ag.gelu])
def test_what_is_made_of_them_has_the_bits_of_the_interpreted_function(f: Op) -> None:
    xs = [random.Random(i).uniform(-30.0, 30.0) for i in range(256)] + BEYOND
    assert bits(compile(lambda xs: [f(x) for x in xs], backend="llvm")(xs)) == bits(map(f, xs))


# --- whether they are used ------------------------------------------------------------------


@pytest.fixture
def native() -> _Native:
    """A process, as it were, that has compiled nothing yet."""
    return _Native()


def declared(native: _Native, function: Function) -> str:
    """The declaration of a library function as a kernel gets it."""
    native.know([function])
    return declarations([function], native.vectors())


def test_a_function_is_compared_when_vectors_first_need_it(native: _Native) -> None:
    native.number([("map", c.tanh, "r", 1)])
    assert native.in_vectors == {}
    native.number([("map", c.tanh, "r", LANES)])
    assert set(native.in_vectors) == {"tanh"}


def test_a_formula_with_one_other_bit_is_not_used(
    native: _Native, monkeypatch: pytest.MonkeyPatch
) -> None:
    exp = FORMULAS["exp"]
    monkeypatch.setitem(FORMULAS, "exp", lambda x: (exp(x)[0], exp(x)[1] * (1.0 + 2.0**-52)))
    assert "call double @library.exp.1" in declared(native, ("exp", 1, LANES))
    assert native.in_vectors == {"exp": False}


def test_without_fma_lanes_call_the_library(
    native: _Native, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(native, "_has_fma", lambda: False)
    assert "call double @library.tanh.1" in declared(native, ("tanh", 1, LANES))


def test_a_function_without_a_formula_is_called_lane_by_lane(native: _Native) -> None:
    text = declared(native, ("atan2", 2, LANES))
    assert text.count("call double @library.atan2.1") == 8


def test_samples_are_whole_vectors_and_the_same_each_time() -> None:
    samples = vector_check.samples()
    assert len(samples) == vector_check.SAMPLES
    assert repr(vector_check.samples.__wrapped__()) == repr(samples)


@pytest.mark.slow
@pytest.mark.parametrize("name", FORMULAS)
def test_forty_million_numbers_have_the_bits_of_the_library(name: str) -> None:
    native, draw = _native(), random.Random(name)
    differing = address_of_differing(native, name)
    if not native.in_vectors[name]:
        pytest.skip(f"{name} of this platform has other bits, so lanes call it")
    for low, high in SPANS[name]:
        numbers = array("d", [draw.uniform(low, high) for _ in range(80_000)])
        assert vector_check.differences(differing, numbers, rounds=128) == 0
