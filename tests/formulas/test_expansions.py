"""Expansions: an op of many operands computed by ops of few, with the bits of its forward."""

import itertools
import math
import random
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from autograd import Op, Value, value_and_grad
from autograd.compiler import compile
from autograd.compiler.backends.choose import MODULES
from autograd.engine import calculus as c
from autograd.formulas.lowering import LOWERED, STEPS, expansion
from tests.bits import bits

SPECIAL = [0.0, -0.0, 1.0, -1.5, 5e-324, 1e308, -1e308, math.inf, -math.inf, math.nan]
EXPANDED = sorted(LOWERED.keys() - STEPS, key=lambda op: op.name)
every_expansion = pytest.mark.parametrize("op", EXPANDED, ids=repr)
every_backend = pytest.mark.parametrize("backend", MODULES)


def operand_lists(op: Op, draw: random.Random) -> list[list[float]]:
    """All short lists of special numbers, and long ones of all sizes."""
    least = 0 if op in (c.sum, c.prod, c.dot) else 1
    lists = [list(xs) for n in range(least, 3) for xs in itertools.product(SPECIAL, repeat=n)]
    lists += [[draw.choice(SPECIAL) for _ in range(5)] for _ in range(200)]
    for length in (8, 9, 100):
        lists.append([draw.uniform(-1.0, 1.0) * 10.0 ** draw.randint(-9, 9) for _ in range(length)])
    if op in (c.portion, c.complement):
        return [xs[:3] for xs in lists if len(xs) > 2]
    if op is c.log_share:
        return [[float(i), *xs] for xs in lists for i in {0, len(xs) // 2, len(xs) - 1}]
    return [[*xs, *xs[::-1]] for xs in lists] if op is c.dot else lists


@every_expansion
def test_expansion_has_the_bits_of_the_forward_function(op: Op) -> None:
    for xs in operand_lists(op, random.Random(op.name)):
        assert bits([LOWERED[op](*xs)]) == bits([op.forward(*xs)]), xs


def applied(op: Op, xs: Sequence[Any]) -> Any:
    if op in (c.largest, c.log_share, c.exp_total, c.exp_rest, c.portion, c.complement):
        return op(*[xs[i] for i in range(len(xs))])
    return op(xs[: len(xs) // 2], xs[len(xs) // 2 :]) if op is c.dot else op(xs)


@every_backend
@every_expansion
def test_so_has_the_compiled_op(op: Op, backend: str) -> None:
    compiled = compile(lambda xs: applied(op, xs), backend=backend)
    for xs in operand_lists(op, random.Random(op.name)):
        assert bits([compiled(xs)]) == bits([op.forward(*xs)]), xs


def test_every_op_of_any_number_of_operands_is_expanded_or_known_to_the_backends() -> None:
    many = {op for op in vars(c).values() if isinstance(op, Op) and op.derivatives}
    assert many - STEPS == set(EXPANDED)


def test_an_op_is_expanded_unless_it_is_one_step() -> None:
    assert all(expansion(op) is None for op in STEPS)
    assert all(expansion(op) is LOWERED[op] for op in EXPANDED)


# --- ops of the user's own ------------------------------------------------------------------

_swish = Op(
    "my swish",
    lambda x: x * c.sigmoid(x),
    lambda x, out: c.sigmoid(x) + x * c.sigmoid_slope(x),
)
_blend = Op(
    "my blend",
    lambda x, y, z: c.where(c.greater(x, 0.0), c.logsumexp([y, z]), c.dot([x, y], [y, z])),
    derivatives=lambda xs, out: [xs[1], xs[0] * xs[2], 1.0],
)
_two = Op("my two", lambda x: 2.0, 0.0)
_same = Op("my same", lambda x: x, 1.0)
OF_THE_LIBRARY: dict[str, tuple[Op, int]] = {
    "of one operand": (_swish, 1),
    "of three operands": (_blend, 3),
    "a constant": (_two, 1),
    "its operand": (_same, 1),
    "of another op of the user's": (Op("my sum", lambda x, y: _swish(x) - y, 1.0, 1.0), 2),
}
NUMBERS = [0.5, -0.0, -3.0, math.inf, math.nan]


@every_backend
@pytest.mark.parametrize("name", OF_THE_LIBRARY)
def test_op_written_in_functions_of_the_library_compiles_everywhere(
    name: str, backend: str
) -> None:
    op, arity = OF_THE_LIBRARY[name]
    compiled = compile(lambda xs: 3.0 * op(*xs), backend=backend)
    for xs in itertools.product(NUMBERS, repeat=arity):
        assert bits([compiled(list(xs))]) == bits([3.0 * op.forward(*xs)]), xs


@every_backend
def test_so_does_its_gradient(backend: str) -> None:
    f = value_and_grad(lambda x: _swish(x * x) * _blend(x, 2.0, x))
    assert bits(compile(f, backend=backend)(0.7)) == bits(f(0.7))


def _by_table(x: float) -> float:
    return {0.5: 1.0}.get(x, x)


OF_PYTHON: dict[str, Callable[[float], float]] = {
    "math": lambda x: math.hypot(x, 1.0),
    "a branch": lambda x: x if x < 0.0 else 2.0 * x,
    "a truth": lambda x: x and 1.0,
    "a number of it": lambda x: float(x) + 1.0,
    "text": lambda x: float(str(x)),
    "a format": lambda x: float(f"{x:.1f}"),
    "a method of floats": lambda x: float(x.is_integer()),
    "an attribute of floats": lambda x: x.real,
    "bits": lambda x: float.fromhex(x.hex()),
    "a remainder": lambda x: x % 3.0,
    "a builtin": lambda x: abs(x) + max(x, 0.0),
    "a type": lambda x: 2.0 * x if isinstance(x, float) else 3.0 * x,
    "a table": _by_table,
}


def _op(name: str) -> Op:
    return Op(f"my {name}", OF_PYTHON[name], 1.0)


@pytest.mark.parametrize("backend", ["python", "numpy"])
@pytest.mark.parametrize("name", OF_PYTHON)
def test_op_written_in_functions_of_python_runs_where_python_can_call_it(
    name: str, backend: str
) -> None:
    op = _op(name)
    compiled = compile(lambda xs: [op(x) for x in xs], backend=backend)
    xs = [0.5, -2.0, 7.25] * 3
    assert bits(compiled(xs)) == bits(op(Value(x)).data for x in xs)


@pytest.mark.parametrize("name", OF_PYTHON)
def test_llvm_says_that_such_an_op_has_no_native_code(name: str) -> None:
    op = _op(name)
    with pytest.raises(TypeError, match=r"no native code.*functions of this library.*numpy"):
        compile(lambda x: op(x), backend="llvm")(2.0)


@every_backend
def test_op_of_many_operands_in_python_keeps_their_order(backend: str) -> None:
    seen: list[Sequence[float]] = []

    def middle(*xs: Any) -> Any:
        seen.append(xs)
        return sorted(xs)[1]

    op = Op("my median", middle, derivatives=lambda xs, out: [0.0, 1.0, 0.0])
    compiled = compile(lambda x, y, z: op(z, x, y), backend=backend)
    if backend == "llvm":
        with pytest.raises(TypeError, match="my median"):
            compiled(1.0, 2.0, 3.0)
    else:
        assert compiled(1.0, 2.0, 3.0) == 2.0
        assert seen[-1] == (3.0, 1.0, 2.0)
