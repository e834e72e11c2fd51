"""Kinks: on which smooth piece an op is, and where two points are on different ones."""

import math
from collections.abc import Callable
from typing import Any

import pytest

import autograd as ag
from autograd import Value
from autograd.engine import calculus as c
from autograd.transforms.kinks import PIECES, kink, other_path, piece, pieces

INF = math.inf


def pieces_at(f: Callable[[Any], Any], x: float) -> Any:
    return pieces([f(Value(x))])


# A function, where it has a kink, a jump, a pole or a border, and the op that is named.
SHARP: list[tuple[Callable[[Any], Any], float, str]] = [
    (ag.abs, 0.0, "abs"),
    (ag.relu, 0.0, "relu"),
    (ag.leaky_relu, 0.0, "leaky_relu"),
    (lambda x: ag.elu(x, 2.0), 0.0, "elu"),
    (ag.step, 0.0, "step"),
    (ag.sign, 0.0, "sign"),
    (ag.floor, 2.0, "floor"),
    (ag.ceil, -1.0, "ceil"),
    (ag.round, 0.5, "round"),
    (ag.trunc, 3.0, "trunc"),
    (lambda x: x % 2.0, 4.0, "%"),
    (lambda x: 3.0 % x, 1.5, "%"),
    (lambda x: x // 2.0, -2.0, "//"),
    (lambda x: ag.maximum(x, 1.0), 1.0, "maximum"),
    (lambda x: ag.minimum(0.0, x, 2.0), 0.0, "minimum"),
    (lambda x: ag.clip(x, -1.0, 2.0), -1.0, "clip"),
    (lambda x: ag.clip(x, -1.0, 2.0), 2.0, "clip"),
    (lambda x: ag.clip(0.5, x, 2.0), 0.5, "clip"),
    (lambda x: ag.where(ag.step(x - 1.0), x, 0.0), 1.0, "step"),
    (lambda x: ag.lookup([x, 2.0 * x], ag.floor(x)), 1.0, "floor"),
    (lambda x: 1.0 / x, 0.0, "/"),
    (lambda x: x**-2, 0.0, "**"),
    (lambda x: x**0.5, 0.0, "**"),
    (ag.sqrt, 0.0, "sqrt"),
    (ag.cbrt, 0.0, "cbrt"),
    (ag.log, 0.0, "log"),
    (ag.asin, 1.0, "asin"),
    (ag.acosh, 1.0, "acosh"),
    (ag.tan, math.pi / 2, "tan"),
    (lambda x: ag.hypot(x, 0.0), 0.0, "hypot"),
    (lambda x: ag.atan2(x, -1.0), 0.0, "atan2"),
]


@pytest.mark.parametrize(("f", "at", "name"), SHARP)
def test_a_kink_between_two_points_is_named(f: Callable[[Any], Any], at: float, name: str) -> None:
    near, ahead, behind = (pieces_at(f, at + way) for way in (0.0, 1e-3, -1e-3))
    assert {kink(near, ahead), kink(near, behind), kink(ahead, behind)} - {""} == {name}
    assert kink(ahead, pieces_at(f, at + 2e-3)) == ""
    assert kink(behind, pieces_at(f, at - 2e-3)) == ""


SMOOTH: list[tuple[Callable[[Any], Any], float]] = [
    (lambda x: x**2, 0.0),
    (lambda x: x**3 - x * 0.0, 0.0),
    (lambda x: 2.0**x, 2.0),
    (lambda x: 1.0 / x, 0.5),
    (lambda x: ag.atan2(x, 1.0), 0.0),
    (lambda x: ag.hypot(x, 1.0), 0.0),
    (lambda x: ag.maximum(x, -1.0), 0.0),
    (lambda x: ag.floor(x), 0.5),
    (lambda x: ag.softmax([x, 1.0])[0], 1.0),
    (lambda x: ag.logsumexp([x, 1.0]), 1.0),
    (lambda x: ag.log(x - 2.0), 0.0),  # nan all around
]


@pytest.mark.parametrize(("f", "at"), SMOOTH)
def test_where_nothing_is_sharp_the_pieces_are_the_same(f: Callable[[Any], Any], at: float) -> None:
    assert pieces_at(f, at) == pieces_at(f, at + 1e-3) == pieces_at(f, at - 1e-3)


SIDES: list[list[tuple[float, ...]]] = [[(-2.0,), (-0.5,)], [(0.0,)], [(0.5,), (3.0,)]]
ORDERS: list[list[tuple[float, ...]]] = [
    [(1.0, 2.0), (-INF, 0.0)],
    [(1.0, 1.0), (-3.0, -3.0)],
    [(2.0, 1.0)],
]
QUOTIENTS: list[list[tuple[float, ...]]] = [
    [(0.0, 2.0), (1.9, 2.0)],
    [(2.0, 2.0), (3.9, 2.0)],
    [(-0.1, 2.0), (0.1, -2.0)],
]
INDEXES: list[list[tuple[float, ...]]] = [
    [(0.0, 1.0, 2.0), (0.0, 2.0, 1.0)],
    [(1.0, 1.0, 2.0)],
]
# Of each op the operands on each of its pieces.
OPERANDS: dict[ag.Op, list[list[tuple[float, ...]]]] = {
    **dict.fromkeys((c.abs, c.relu, c.leaky_relu, c.elu, c.step, c.sign, c.cbrt), SIDES),
    c.floor: [[(0.0,), (0.9,)], [(1.0,), (1.5,)], [(-0.1,), (-1.0,)]],
    c.ceil: [[(0.1,), (1.0,)], [(1.1,)], [(-1.9,), (-1.0,)]],
    c.round: [[(0.6,), (1.4,)], [(1.5,), (2.5,)], [(-0.6,)]],
    c.trunc: [[(0.1,), (0.9,)], [(1.0,), (1.9,)], [(-1.0,), (-1.9,)]],
    **dict.fromkeys((c.mod, c.floordiv), QUOTIENTS),
    c.div: [[(1.0, -1.0), (-2.0, -3.0)], [(1.0, 0.0)], [(1.0, 2.0), (-1.0, 1.0)]],
    c.pow: [
        [(2.0, 0.5), (0.1, -1.0), (-1.0, 2.0), (-2.0, 0.0), (0.0, 3.0), (0.0, 0.0)],
        [(-1.0, -1.0), (-2.0, -2.0), (-2.0, 0.5), (-2.0, 1.5)],
        [(0.0, -1.0), (0.0, 0.5), (0.0, 1.5)],
    ],
    c.tan: [[(0.0,), (1.5,), (-1.5,)], [(1.6,), (4.7,)], [(-1.6,)], [(INF,), (-INF,)]],
    c.atan2: [
        [(1.0, 1.0), (-1.0, 1.0), (0.0, 1.0), (0.0, 0.0)],
        [(1.0, -1.0), (0.0, -1.0), (2.0, 0.0)],
        [(-1.0, -1.0), (-0.0, -1.0), (-2.0, 0.0)],
    ],
    c.hypot: [[(0.0, 0.0), (-0.0, 0.0)], [(1.0, 0.0), (0.0, 1.0), (-1.0, -1.0), (-1.0, 0.0)]],
    c.maximum: [[(1.0, 2.0), (0.0, 5.0)], [(2.0, 1.0)], [(1.0, 1.0), (3.0, 3.0)]],
    c.minimum: [[(1.0, 2.0), (0.0, 5.0)], [(2.0, 1.0)], [(1.0, 1.0), (3.0, 3.0)]],
    c.clip: [
        [(0.5, 0.0, 1.0), (0.2, 0.0, 1.0)],
        [(-1.0, 0.0, 1.0), (-2.0, 0.0, 2.0)],
        [(0.0, 0.0, 1.0), (-1.0, -1.0, 2.0)],
        [(1.0, 0.0, 1.0), (2.0, 0.0, 2.0)],
        [(2.0, 0.0, 1.0), (9.0, 0.0, 2.0)],
        [(0.5, 1.0, 0.0), (0.0, 1.0, -1.0)],
        [(1.0, 1.0, 1.0)],
        [(2.0, 1.0, 1.0)],
    ],
    **dict.fromkeys((c.greater, c.equal), ORDERS),
    c.where: [[(1.0, 0.0, 2.0), (-2.0, 0.0, 2.0)], [(0.0, 0.0, 2.0)]],
    **dict.fromkeys((c.gather, c.log_share), INDEXES),
    c.scattered: [  # the place, what came before, and places with what comes for them
        [(1.0, 0.0, 1.0, 5.0, 2.0, 6.0), (2.0, 4.0, 2.0, 5.0, 0.0, 6.0)],
        [(1.0, 0.0, 2.0, 5.0, 1.0, 6.0), (2.0, 0.0, 1.0, 5.0, 2.0, 6.0)],
        [(1.0, 0.0, 0.0, 1.0, 2.0, 1.0)],
    ],
}


@pytest.mark.parametrize("op", PIECES, ids=repr)
def test_operands_are_told_apart_where_a_kink_lies_between_and_only_there(op: ag.Op) -> None:
    found = [{piece(op, xs, 0.0) for xs in group} for group in OPERANDS[op]]
    assert [len(group) for group in found] == [1] * len(found)
    assert len(set.union(*found)) == len(found)


@pytest.mark.parametrize("out", [INF, -INF, math.nan])
def test_a_result_that_is_not_finite_is_a_piece_of_its_own(out: float) -> None:
    assert piece(c.exp, [1.0], out) == ("exp", f"None {out}") != piece(c.exp, [1.0], 2.0)
    assert piece(c.exp, [1.0], 2.0) == piece(c.exp, [2.0], 3.0)


def test_another_path_of_python_is_told_apart_from_a_kink() -> None:
    def f(x: Any) -> Any:
        return x * 2.0 if x > 0 else ag.exp(x)

    here, there = pieces_at(f, 1.0), pieces_at(f, -1.0)
    assert other_path(here, there)
    assert kink(here, there) == ""


def test_every_public_op_whose_derivative_jumps_has_a_row() -> None:
    flat = {op for op in vars(c).values() if isinstance(op, ag.Op) and op.rules == (0.0,)}
    choosing = {c.where, c.gather, c.maximum, c.minimum, c.clip, c.greater, c.equal}
    assert flat | choosing <= PIECES.keys()
