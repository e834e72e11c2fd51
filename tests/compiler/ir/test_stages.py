"""All stages together: functions of every size and shape, called in every way."""

import copy
import functools
import gc
import itertools
import random
import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd as ag
from autograd import Value, hessian, no_grad, value_and_grad, vmap
from autograd.compiler import compile
from autograd.compiler.backends.choose import MODULES
from autograd.compiler.call_structure import structure
from autograd.compiler.ir.stages import Leaves, stages
from autograd.compiler.verified import numbers_and_nodes
from autograd.engine.errors import TracedValueError
from autograd.nn import MLP
from autograd.nn.module import Module
from tests.bits import bits

every_backend = pytest.mark.parametrize("backend", MODULES)
Function = Callable[..., Any]


def interpreted(f: Function, xs: Any) -> Any:
    """The numbers of f, as Values give them."""
    return [x._data for x in numbers_and_nodes(f([Value(x) for x in xs]))]


def compiled(f: Function, xs: Any, backend: str) -> list[float]:
    return numbers_and_nodes(compile(f, backend=backend)(xs))


# --- what the stages keep -------------------------------------------------------------------


def test_stages_keep_the_tape_the_listing_the_program_and_the_places() -> None:
    pieces: list[Any] = []
    structure([1.0, 2.0], "xs", pieces)
    made = stages(
        lambda xs: ag.exp(xs[0] * xs[1] + 1.0), [[1.0, 2.0]], ["xs"], pieces, numbers_and_nodes
    )
    assert [node.op for node in made.tape] == [ag.mul, ag.add, ag.exp]
    assert [op for op in made.listing.ops if op] == [ag.mul, ag.add, ag.exp]
    assert [node.op for node, _ in made.places()] == [ag.add, ag.exp]
    assert all(made.address[made.listing.positions[node]] == at for node, at in made.places())


def test_leaves_are_made_in_order_of_numbers_and_arrays() -> None:
    leaves = Leaves([1.0, np.array([[2.0, 3.0], [4.0, 5.0]]), 6.0])
    made = [*leaves(["0"]), *leaves(["1", "2", "3", "4"]), *leaves(["5"])]
    assert [x._data for x in made] == [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]
    assert [x.label for x in leaves.made] == ["0", "1", "2", "3", "4", "5"]


# --- deep and wide --------------------------------------------------------------------------


def chain(links: int, step: Function) -> Function:
    def f(xs: Any) -> Any:
        x = xs[0]
        for i in range(links):
            x = step(i, x)
        return x

    return f


CHAINS: dict[str, Function] = {
    "maps": lambda i, x: ag.sin(x),
    "maps and sums": lambda i, x: ag.sin(x) if i % 2 else x * 0.5 + 0.25,
    "sums of one sign": lambda i, x: x + 0.1,
    "sums of alternating signs": lambda i, x: x + 0.1 if i % 2 else x - 0.3,
    "products": lambda i, x: x * 1.0001,
    "right spines": lambda i, x: 0.1 - x,
    "both operands": lambda i, x: (x + x) * 0.49,
    "choices": lambda i, x: ag.where(x, x * 0.99, x + 1.0),
}
DEPTHS = [
    pytest.param(2_000, id="2,000"),
    pytest.param(100_000, id="100,000", marks=pytest.mark.slow),
]


@every_backend
@pytest.mark.parametrize("links", DEPTHS)
@pytest.mark.parametrize("name", CHAINS)
def test_chain_has_the_bits(name: str, links: int, backend: str) -> None:
    f = chain(links, CHAINS[name])
    assert bits(compiled(f, [0.3], backend)) == bits(interpreted(f, [0.3]))


@every_backend
@pytest.mark.parametrize("links", DEPTHS)
def test_chain_and_its_gradient_have_the_bits(links: int, backend: str) -> None:
    f = value_and_grad(chain(links, CHAINS["maps and sums"]))
    assert bits(compile(f, backend=backend)([0.3])) == bits(f([0.3]))


@every_backend
@pytest.mark.parametrize("links", DEPTHS)
def test_chain_inside_a_batch_has_the_bits(links: int, backend: str) -> None:
    f = vmap(chain(links, CHAINS["maps and sums"]), reduce="mean")
    xs = [[0.1 * i] for i in range(9)]
    assert bits(compile(f, backend=backend)(xs)) == bits(f([[Value(x) for x in row] for row in xs]))


WIDE: dict[str, Function] = {
    "a sum": lambda xs: ag.sum(xs),
    "a sum of squares": lambda xs: ag.dot(xs, xs),
    "a mean of maps": lambda xs: ag.mean([ag.tanh(x * x + 1.0) for x in xs]),
    "results": lambda xs: [ag.exp(x) - x for x in xs],
    "extremes": lambda xs: [ag.maximum(xs), ag.minimum(xs)],
    "logsumexp": lambda xs: ag.logsumexp(xs),
    "neighbours": lambda xs: ag.sum([x * y for x, y in itertools.pairwise(xs)]),
    "far apart": lambda xs: [x * y for x, y in zip(xs, xs[::-1], strict=True)],
}
WIDTHS = [
    pytest.param(1_000, id="1,000"),
    pytest.param(250_000, id="250,000", marks=pytest.mark.slow),
]


@every_backend
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", WIDE)
def test_wide_function_has_the_bits(name: str, width: int, backend: str) -> None:
    draw = random.Random(width)
    xs = [draw.uniform(-1.0, 1.0) for _ in range(width)]
    assert bits(compiled(WIDE[name], xs, backend)) == bits(interpreted(WIDE[name], xs))


@pytest.mark.slow
def test_million_nodes_have_the_bits() -> None:
    f = WIDE["a mean of maps"]
    draw = random.Random(0)
    xs = [draw.uniform(-1.0, 1.0) for _ in range(333_334)]
    assert bits(compiled(f, xs, "llvm")) == bits(interpreted(f, xs))


@every_backend
def test_sums_of_all_signatures_have_the_bits(backend: str) -> None:
    def f(xs: Any) -> Any:
        draw, sums = random.Random(5), []
        for _ in range(40):
            total = draw.choice(xs)
            for _ in range(30):
                x, y, kind = draw.choice(xs), draw.choice(xs), draw.randrange(4)
                total = [total + x, total - x, total + x * y, total - x * y][kind]
            sums.append(total)
        return sums

    xs = [0.1 * i - 1.3 for i in range(20)]
    assert bits(compiled(f, xs, backend)) == bits(interpreted(f, xs))


INF = float("inf")
ZEROS: dict[str, tuple[Function, tuple[Any, ...], Any]] = {
    "divided by": (lambda x: [x / 0.0, x / -0.0], (1.0,), [INF, -INF]),
    "divided by, the other first": (lambda x: [x / -0.0, x / 0.0], (1.0,), [-INF, INF]),
    "added": (lambda x: [x + 0.0, x + -0.0, x - 0.0, x - -0.0], (-0.0,), [0.0, -0.0, -0.0, 0.0]),
    "as results": (
        lambda x: [x, 0.0, -0.0, ag.constant(-0.0), ag.constant(0.0)],
        (1.0,),
        [1.0, 0.0, -0.0, -0.0, 0.0],
    ),
    "as branches": (
        lambda x: [ag.where(x, 0.0, -0.0), ag.where(x, -0.0, 0.0)],
        (0.0,),
        [-0.0, 0.0],
    ),
    "of constants": (
        lambda x: [x / ag.constant(-2.0).relu(), x / -ag.constant(-2.0).relu()],
        (1.0,),
        [INF, -INF],
    ),
    "in a batch": (
        vmap(lambda x: [x / 0.0, x / -0.0]),
        ([1.0, -1.0],),
        [[INF, -INF], [-INF, INF]],
    ),
    "in a batch and outside": (
        lambda xs, y: [vmap(lambda x: x / 0.0)(xs), y / -0.0],
        ([1.0, -1.0], 1.0),
        [[INF, -INF], -INF],
    ),
    "in a gradient": (ag.grad(lambda x: ag.sum([x * 0.0, x * -0.0])), (1.0,), 0.0),
    "in a gradient alone": (ag.grad(lambda x: x * -0.0), (1.0,), -0.0),
}


@every_backend
@pytest.mark.parametrize("name", ZEROS)
def test_zeros_of_both_signs_stay_apart(name: str, backend: str) -> None:
    f, args, expected = ZEROS[name]
    assert bits(compile(f, backend=backend)(*args)) == bits(expected)


# --- calls of every kind --------------------------------------------------------------------


def with_defaults(x: Any, y: Any = 1.0, z: Any = 2.0) -> Any:
    return x + 10.0 * y + 100.0 * z


CALLS: list[tuple[tuple[float, ...], dict[str, float]]] = [
    ((1.0,), {}),
    ((1.0, 5.0), {}),
    ((1.0,), {"y": 5.0}),
    ((1.0,), {"z": 5.0}),
    ((1.0,), {"z": 5.0, "y": 7.0}),
    ((1.0, 2.0, 3.0), {}),
    ((), {"y": 5.0, "x": 3.0}),
    ((), {"z": 5.0, "x": 3.0}),
]


@every_backend
def test_arguments_by_name_are_told_apart_whatever_was_called_before(backend: str) -> None:
    f = compile(with_defaults, backend=backend)
    for args, options in [*CALLS, *CALLS[::-1]]:
        assert f(*args, **options) == with_defaults(*args, **options), (args, options)


STATIC: dict[str, tuple[Function, Any, Any]] = {
    "zeros of two signs": (lambda x, s: ag.atan2(s, x), 0.0, -0.0),
    "an int and a bool": (lambda x, s: x * (2.0 if s is True else 3.0), 1, True),
    "an int and a float": (lambda x, s: x * (2.0 if type(s) is int else 3.0), 1, 1.0),
    "the same inside a tuple": (lambda x, s: x * (2.0 if s[0] is True else 3.0), (1,), (True,)),
    "zeros inside a tuple": (lambda x, s: ag.atan2(s[0], x), (0.0,), (-0.0,)),
    "strings": (lambda x, s: getattr(ag, s)(x), "exp", "sin"),
    "functions": (lambda x, s: s(x), ag.exp, ag.sin),
}


@pytest.mark.parametrize("name", STATIC)
def test_static_arguments_that_differ_are_recorded_apart(name: str) -> None:
    f, first, second = STATIC[name]
    g = compile(lambda x, s: f(x, s), static="s")
    for s in (first, second, first):
        wanted = f(Value(-1.5), s)
        assert repr(g(-1.5, s)) == repr(wanted.data if isinstance(wanted, Value) else wanted), s


class Scaled(Module):
    """A module with a setting."""

    def __init__(self, setting: Any) -> None:
        self.weight = Value(2.0)
        self.setting = setting


SETTINGS: dict[str, tuple[Function, Any, Any]] = {
    "numbers": (lambda s, x: s * x, 2.0, 3.0),
    "zeros of two signs": (lambda s, x: ag.atan2(s, x), 0.0, -0.0),
    "lists": (lambda s, x: s[0] * x, [2.0], [3.0]),
    "lists and tuples": (lambda s, x: 2.0 * x if isinstance(s, list) else x, [2.0], (2.0,)),
    "functions": (lambda s, x: s(x), ag.exp, ag.sin),
    "arrays": (lambda s, x: s[0] * x, np.array([2.0]), np.array([3.0])),
    "sets": (lambda s, x: len(s) * x, {1}, {1, 2}),
}


@pytest.mark.parametrize("name", SETTINGS)
def test_modules_with_other_settings_are_recorded_apart(name: str) -> None:
    f, first, second = SETTINGS[name]
    g = compile(lambda module, x: f(module.setting, x * module.weight))
    for s in (first, second, first):
        wanted = f(s, Value(-1.5) * 2.0)
        assert repr(g(Scaled(s), -1.5)) == repr(wanted.data), s


def test_setting_that_is_gone_is_not_taken_for_one_that_came_to_its_place() -> None:
    g = compile(lambda module, x: module.setting(x) * module.weight)
    for k in range(5):
        assert g(Scaled(lambda x, k=k: x * k), 1.0) == 2.0 * k


def test_setting_that_was_changed_in_place_is_recorded_anew() -> None:
    module = Scaled(np.array([2.0]))
    g = compile(lambda module, x: x * module.setting[0] * module.weight)
    assert g(module, 1.0) == 4.0
    module.setting[0] = 5.0
    assert g(module, 1.0) == 10.0


def test_keys_that_are_equal_but_differ_come_back_as_they_were() -> None:
    g = compile(lambda d: {key: x * 2.0 for key, x in d.items()})
    assert repr(g({1: 2.0})) == "{1: 4.0}"
    assert repr(g({True: 3.0})) == "{True: 6.0}"


def test_empty_array_comes_back_as_an_array() -> None:
    found = compile(lambda xs, y: (xs, y * 2.0))(np.zeros((0, 3)), 1.0)
    assert isinstance(found[0], np.ndarray)
    assert found[1] == 2.0


RETURNED: dict[str, tuple[Function, Any]] = {
    "nothing": (lambda x, y: [], []),
    "a number": (lambda x, y: 3, 3.0),
    "an argument twice": (lambda x, y: (y, x, [y]), (2.0, 1.0, [2.0])),
    "a dict": (lambda x, y: {"a": x, "b": [y, {}]}, {"a": 1.0, "b": [2.0, {}]}),
    "ragged lists": (lambda x, y: [[x], [x, y], []], [[1.0], [1.0, 2.0], []]),
}


@every_backend
@pytest.mark.parametrize("name", RETURNED)
def test_structure_of_results(name: str, backend: str) -> None:
    f, expected = RETURNED[name]
    assert compile(f, backend=backend)(1.0, 2.0) == expected


# --- inside of a compiled function ----------------------------------------------------------


def gradient_by_backward(x: Any) -> Any:
    y = x * x * x
    y.backward()
    return x.grad


def without_history(x: Any) -> Any:
    with no_grad():
        y = x
        for _ in range(3_000):
            y = ag.sin(y)
    return y * x


def its_copy(x: Any) -> Any:
    return copy.deepcopy(x) * x


def copy_of_a_module(x: Any) -> Any:
    module = MLP(1, [2, 1], rng=0)
    module.layers[0].neurons[0].bias = x
    return copy.deepcopy(module)([x]) * x


INSIDE: dict[str, Function] = {
    "backward": gradient_by_backward,
    "no_grad": without_history,
    "the gradient of no_grad": value_and_grad(without_history),
    "the gradient of a copy": value_and_grad(its_copy),
    "the gradient of a copy of a module": value_and_grad(copy_of_a_module),
    "a choice by a number": hessian(lambda x: ag.where(Value(1.0), x * x * x, x)),
    "a partial function": functools.partial(lambda a, x: a * x, 3.0),
}


@every_backend
@pytest.mark.parametrize("name", INSIDE)
def test_inside_of_a_compiled_function(name: str, backend: str) -> None:
    f = INSIDE[name]
    wanted = f(Value(0.5)) if name in ("backward", "no_grad") else f(0.5)
    found = compile(f, backend=backend)(0.5)
    assert found == (wanted.data if isinstance(wanted, Value) else wanted)


def test_compiled_function_may_be_called_with_numbers_inside_another() -> None:
    inner = compile(lambda x: x * 2.0)
    outer = compile(lambda y: inner(3.0) * y + inner(y))
    assert outer(5.0) == 40.0
    assert inner(4.0) == 8.0


@pytest.mark.parametrize("keep", [lambda x: x, lambda x: x * 2.0], ids=["an argument", "a result"])
def test_traced_value_kept_from_an_earlier_recording_is_refused(keep: Function) -> None:
    kept: list[Any] = []

    def f(x: Any) -> Any:
        x = x[0] if isinstance(x, list) else x
        kept.append(keep(x))
        return kept[0] * x

    g = compile(f)
    g(3.0)
    with pytest.raises(TracedValueError, match="compiled function"):
        g([4.0])


def test_error_while_recording_leaves_all_as_it_was() -> None:
    broken = [True]

    def f(x: Any) -> Any:
        y = ag.exp(x)
        if broken:
            raise ZeroDivisionError
        return y

    g = compile(f)
    with pytest.raises(ZeroDivisionError):
        g(1.0)
    broken.clear()
    assert g(0.0) == 1.0
    assert gc.isenabled()
    x = Value(3.0)
    (x * x).backward()
    assert x.grad == 6.0


# --- batches and scans at their edges -------------------------------------------------------

EMPTY: dict[str, Any] = {"a list": [], "an array": np.zeros(0), "rows": np.zeros((0, 3))}


@every_backend
@pytest.mark.parametrize("name", EMPTY)
def test_batch_of_no_samples_is_refused_as_the_interpreted_one(name: str, backend: str) -> None:
    f = vmap(lambda x: ag.sum(x) if isinstance(x, list) else x)
    with pytest.raises(ValueError, match="sample"):
        f(EMPTY[name])
    with pytest.raises(ValueError, match="sample"):
        compile(f, backend=backend)(EMPTY[name])


@every_backend
@pytest.mark.parametrize("reduce", [None, "sum"])
def test_samples_may_give_nothing(reduce: Any, backend: str) -> None:
    f = vmap(lambda x: [], reduce=reduce)
    expected: list[Any] = [] if reduce else [[], []]
    assert f([1.0, 2.0]) == expected
    assert compile(f, backend=backend)([1.0, 2.0]) == expected
    assert compile(lambda xs: f(xs), backend=backend)([1.0, 2.0]) == expected


@every_backend
def test_steps_of_a_scan_may_give_nothing(backend: str) -> None:
    shift = compile(lambda state, x: ([*state[1:], x], []), backend=backend)
    assert shift.scan([1.0, 2.0, 3.0], [4.0, 5.0]) == ([3.0, 4.0, 5.0], [[], []])


# --- threads --------------------------------------------------------------------------------


def test_functions_may_be_recorded_in_threads_at_once() -> None:
    def f(k: int, xs: Any) -> Any:
        return ag.logsumexp([ag.tanh(x * k) for x in xs])

    wrong: list[object] = []

    def work(k: int) -> None:
        for n in range(1, 15):
            xs = [0.1 * i * k for i in range(n)]
            g = value_and_grad(lambda xs: f(k, xs))
            if compile(g)(xs) != g(xs):
                wrong.append((k, n))

    threads = [threading.Thread(target=work, args=(k,)) for k in range(1, 7)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    assert gc.isenabled()
