"""The structure of arguments and results: what a recording is for, and what comes back."""

import functools
import math
import threading
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
import pytest

import autograd as ag
from autograd import Value, compile, constant, value_and_grad, vmap
from autograd.compiler.backends.choose import MODULES
from autograd.compiler.call_structure import ValueInCallError, structure
from autograd.engine.errors import TracedValueError
from autograd.nn import MLP, Module
from autograd.transforms.trees import flatten

BACKENDS = tuple(MODULES)
of = functools.partial(compile, backend="python")


class Pair(NamedTuple):
    a: Any
    b: Any


def text(x: Any) -> str:
    """With types and the sign of zeros; an array shows that it is one."""
    return repr(x)


STRUCTURES: dict[str, tuple[Callable[..., Any], tuple[Any, ...], Any]] = {
    "a number": (lambda x: x * 2.0, (3.0,), 6.0),
    "an int is held as a float": (lambda x: x / 2, (3,), 1.5),
    "an int rounds as a float does": (lambda x: x, (2**60 + 1,), 2.0**60),
    "numpy scalars": (
        lambda x, y, z: [x, y, z],
        (np.float64(1), np.int32(2), np.float32(0.5)),
        [1.0, 2.0, 0.5],
    ),
    "a list": (lambda x: [x[1], x[0]], ([1.0, 2.0],), [2.0, 1.0]),
    "a tuple": (lambda x: (x[1], x[0]), ((1.0, 2.0),), (2.0, 1.0)),
    "a dict": (lambda x: {"c": x["a"] - x["b"]}, ({"a": 1.0, "b": 2.0},), {"c": -1.0}),
    "keys of a dict in any order": (lambda x: x["a"] - x["b"], ({"b": 2.0, "a": 1.0},), -1.0),
    "keys of any kind": (lambda x: x[1] - x["b"], ({1: 1.0, "b": 2.0},), -1.0),
    "a named tuple": (lambda p: Pair(p.b, p.a), (Pair(1.0, [2.0]),), Pair([2.0], 1.0)),
    "nested": (
        lambda x: {"y": [(x[0]["a"][1], Pair(x[1], 0.5))]},
        ([{"a": (1.0, 2.0)}, 3.0],),
        {"y": [(2.0, Pair(3.0, 0.5))]},
    ),
    "nothing in it": (lambda x, y, z: [], ([], (), {}), []),
    "results of no structure": (lambda x: ((), [], {}), (1.0,), ((), [], {})),
    "no arguments": (lambda: [1.0, 2.5], (), [1.0, 2.5]),
    "numbers that are no Values": (
        lambda x: (1, 2.5, np.float64(3), x),
        (4.0,),
        (1.0, 2.5, 3.0, 4.0),
    ),
    "an argument as a result, twice": (lambda x: [x, x], (4.0,), [4.0, 4.0]),
    "a negative zero": (lambda x: [x, -x, x * 1.0], (-0.0,), [-0.0, 0.0, -0.0]),
    "special values": (lambda x: [x[0], x[1]], ([math.inf, math.nan],), [math.inf, math.nan]),
}


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("name", STRUCTURES)
def test_arguments_and_results_keep_their_structure(name: str, backend: str) -> None:
    f, args, expected = STRUCTURES[name]
    compiled = compile(f, backend=backend)
    assert [text(compiled(*args)), text(compiled(*args))] == [text(expected)] * 2


SIX = np.arange(6.0)
ARRAYS: dict[str, tuple[Callable[..., Any], tuple[Any, ...], Any]] = {
    "one axis": (lambda x: [x[1], x[0]], (np.array([1.0, 2.0]),), np.array([2.0, 1.0])),
    "two axes": (lambda x: x, (SIX.reshape(2, 3),), SIX.reshape(2, 3)),
    "three axes": (lambda x: x, (SIX.reshape(1, 3, 2),), SIX.reshape(1, 3, 2)),
    "columns first": (lambda x: x, (np.asfortranarray(SIX.reshape(2, 3)),), SIX.reshape(2, 3)),
    "transposed": (lambda x: x, (SIX.reshape(2, 3).T,), SIX.reshape(2, 3).T.copy()),
    "every other, backwards": (lambda x: x, (SIX[::-2],), np.array([5.0, 3.0, 1.0])),
    "ints": (lambda x: x, (np.arange(3),), np.arange(3.0)),
    "bytes": (lambda x: x, (np.arange(3, dtype="u1"),), np.arange(3.0)),
    "half as many bits": (
        lambda x: x,
        (np.array([0.1], "f4"),),
        np.array([float(np.float32(0.1))]),
    ),
    "the other byte order": (lambda x: x, (np.array([0.1], ">f8"),), np.array([0.1])),
    "a scalar result": (lambda x: x[0], (SIX,), 0.0),
    "a tuple of arrays": (
        lambda x: ([x[0]], [[x[1]], [x[2]]]),
        (SIX,),
        (np.array([0.0]), np.array([[1.0], [2.0]])),
    ),
    "a dict of arrays": (lambda x: {"a": [x[1], 7]}, (SIX,), {"a": np.array([1.0, 7.0])}),
    "lists that are no array": (
        lambda x: [[x[0]], [x[1], x[2]]],
        (SIX,),
        [np.array([0.0]), np.array([1.0, 2.0])],
    ),
    "beside a number": (lambda s, x: [s * x[1], s], (3.0, SIX), np.array([3.0, 3.0])),
    "beside a list": (lambda s, x: [s[0] * x[1]], ([3.0], SIX), np.array([3.0])),
    "in a dict": (lambda d: [d["x"][1]], ({"x": SIX},), np.array([1.0])),
    "no elements": (lambda x: 1.0, (np.zeros((0, 2)),), 1.0),
    "no elements come back": (lambda x: x, (np.zeros(0),), np.zeros(0)),
    "no axes": (lambda x: x * 2.0, (np.array(3.0),), 6.0),
}


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("name", ARRAYS)
def test_an_array_stands_for_nested_lists(name: str, backend: str) -> None:
    f, args, expected = ARRAYS[name]
    assert text(compile(f, backend=backend)(*args)) == text(expected)


def test_arrays_that_come_back_are_the_callers_own() -> None:
    given, compiled = np.arange(2.0), of(lambda x: x)
    first, second = compiled(given), compiled(given)
    first += 10.0
    assert (given.tolist(), second.tolist(), first.tolist()) == (
        [0.0, 1.0],
        [0.0, 1.0],
        [10.0, 11.0],
    )


def test_lists_that_come_back_are_the_callers_own() -> None:
    given, compiled = [1.0, 2.0], of(lambda x: x)
    first = compiled(given)
    first[0] = 10.0
    assert (given, compiled(given)) == ([1.0, 2.0], [1.0, 2.0])


NAME_IT = "not a number: name the argument in static="
FLOAT = "convert it with float(x)"
PASS = "Pass its .data, or the Module that holds it; and to differentiate, compile the gradient"
REFUSED: dict[str, tuple[Any, type[Exception], str, str]] = {
    "bool": (True, TypeError, "x is a bool,", NAME_IT),
    "str": ("relu", TypeError, "x is a str,", NAME_IT),
    "a function": (abs, TypeError, "x is a builtin_function_or_method,", NAME_IT),
    "complex": (1j, TypeError, "x is no number", "got complex: take its .real"),
    "Decimal": (Decimal(1), TypeError, "x is no number", f"got Decimal: {FLOAT}"),
    "Fraction": (Fraction(1), TypeError, "x is no number", f"got Fraction: {FLOAT}"),
    "a set": ({1.0}, TypeError, "x is no number", "got a set: pass list(x)"),
    "a generator": ((x for x in [1.0]), TypeError, "x is no number", "got a generator: pass list"),
    "an int too large": (10**400, ValueError, "x is no number", "an int of 1329 bits is beyond"),
    "in a list": ([1.0, ["a"]], TypeError, "x[1][0] is a str,", NAME_IT),
    "in a dict": ({"a": [1j]}, TypeError, "x['a'][0] is no number", "got complex"),
    "an array of bool": (np.array([True]), TypeError, "x is an array of bool", ""),
    "an array of complex": (np.array([1j]), TypeError, "x is an array of complex128", ""),
    "an array of objects": (np.array([1.0], object), TypeError, "x is an array of object", ""),
    "an array of text": (np.array(["a"]), TypeError, "x is an array of <U1", ""),
    "an array of dates": (
        np.array(["2020"], "M8[D]"),
        TypeError,
        "x is an array of datetime64",
        "",
    ),
}
VALUES: dict[str, tuple[Any, str]] = {
    "a Value": (Value(1.0), "x is a Value:"),
    "a constant": (constant(1.0), "x is a Constant:"),
    "a Value in a list": ([Value(1.0)], "x[0] is a Value:"),
    "a Value in a dict": ({"a": (1.0, Value(1.0))}, "x['a'][1] is a Value:"),
}


@pytest.mark.parametrize("first", [None, 1.0, np.ones(1)], ids=["at once", "later", "after arrays"])
@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_number_is_refused_with_its_place(name: str, first: Any) -> None:
    x, error, start, advice = REFUSED[name]
    compiled = of(lambda x: 1.0)
    if first is not None:
        compiled(first)
    with pytest.raises(error) as caught:
        compiled(x)
    assert str(caught.value).startswith(start)
    assert advice in str(caught.value)


@pytest.mark.parametrize("name", VALUES)
def test_a_value_is_told_from_what_is_no_number_with_its_place(name: str) -> None:
    x, start = VALUES[name]
    with pytest.raises(ValueInCallError) as caught:
        structure(x, "x", [])
    assert str(caught.value).startswith(start)
    assert PASS in str(caught.value)


@pytest.mark.parametrize("name", VALUES)
@pytest.mark.parametrize("first", [None, 1.0], ids=["at once", "later"])
def test_a_call_with_a_value_gives_values(name: str, first: Any) -> None:
    compiled, x = of(lambda x: x), VALUES[name][0]
    if first is not None:
        compiled(first)
    results, treedef = flatten(compiled(x))
    assert treedef == flatten(x)[1]
    assert {(y.data, y.is_constant) for y in results} == {(1.0, name == "a constant")}


@pytest.mark.parametrize("result", ["text", 1j, {1.0}, np.zeros(1)], ids=repr)
def test_results_that_are_no_numbers_are_refused(result: Any) -> None:
    with pytest.raises(
        TypeError, match="a compiled function returns numbers, in lists, tuples and dicts: "
    ):
        of(lambda x: [x, {"a": result}])(1.0)


RESULTS: dict[str, tuple[Any, str]] = {
    "an array": (np.zeros(1), "the result[1]['a'] is a ndarray: return x.tolist()"),
    "a set": ({1.0}, "the result[1]['a'] is a set: return list(x)"),
    "text": ("b", "the result[1]['a'] is a str: a Value holds one real number, got str: convert"),
}


@pytest.mark.parametrize("name", RESULTS)
def test_a_result_that_is_no_number_is_named_with_its_place(name: str) -> None:
    result, message = RESULTS[name]
    with pytest.raises(TypeError) as caught:
        of(lambda x: [x, {"a": result}])(1.0)
    assert message in str(caught.value)
    assert of(lambda x: [x, ()])(1.0) == [1.0, ()]


@pytest.mark.parametrize("flag", [True, np.True_], ids=repr)
def test_a_flag_anywhere_in_a_result_is_0_or_1(flag: Any) -> None:
    assert of(lambda x: [[x, 1.0], [flag, x]])(2.0) == [[2.0, 1.0], [1.0, 2.0]]
    for f, expected in (
        (lambda x: flag, 1.0),
        (lambda x: (x, flag), (2.0, 1.0)),
        (lambda x: [x, {"a": flag}], [2.0, {"a": 1.0}]),
    ):
        results = of(f)(2.0), of(vmap(f))([2.0])
        assert repr(of(lambda xs, f=f: vmap(f)(xs))([2.0])) == repr(results[1])
        wanted = expected, ([2.0], [1.0]) if isinstance(expected, tuple) else [expected]
        assert repr(results) == repr(wanted)


def test_an_int_beyond_all_floats_is_refused_in_a_list_too() -> None:
    with pytest.raises(ValueError, match="an int of 1329 bits is beyond"):
        of(lambda x: [x, 10**400])(1.0)


def test_none_holds_nothing_in_arguments_and_results() -> None:
    def f(x: Any, scale: Any) -> Any:
        return {"y": x["a"] if scale is None else x["a"] * scale, "rest": (None, [x["b"]])}

    compiled = of(f)
    for scale in (None, 3.0, None):
        for _ in range(2):
            found = compiled({"a": 2.0, "b": None}, scale)
            assert found == f({"a": 2.0, "b": None}, scale)
    assert (of(lambda x: None)(1.0), of(lambda x: x)(None), of(lambda x: [x, None])(1.0)) == (
        None,
        None,
        [1.0, None],
    )
    with pytest.raises(TypeError, match="NoneType"):
        compiled({"a": None, "b": None}, 2.0)


# --- modules --------------------------------------------------------------------------------


class Line(Module):
    """With a setting, a constant, and whatever else."""

    def __init__(self, setting: Any = 3.0, k: float = 5.0) -> None:
        self.a, self.b, self.setting, self.k = Value(2.0, "a"), Value(1.0), setting, constant(k)

    def forward(self, x: Any) -> Any:
        return self.a * x + self.b + self.k


def test_parameters_of_a_module_are_traced_and_the_module_stays_as_it_was() -> None:
    line, recordings = Line(), []

    def call(m: Line, x: Any) -> Any:
        recordings.append(m)
        return m(x)

    compiled = of(call)
    assert compiled(line, 3.0) == 12.0
    line.a.data = 10.0
    assert (compiled(line, 3.0), compiled(Line(), 3.0)) == (36.0, 12.0)
    assert (len(recordings), line.a.is_traced, line.a.grad, line.a.is_leaf) == (1, False, 0.0, True)


def test_the_gradient_by_a_module_is_that_of_its_named_parameters() -> None:
    model = MLP(2, [3, 1], rng=0)
    step = value_and_grad(lambda m, x: (m(x) - 1.0) ** 2)
    assert of(step)(model, [0.5, -1.0]) == step(model, [0.5, -1.0])
    assert of(lambda m: m)(model) == model.state_dict()
    assert {p.grad for p in model.parameters()} == {0.0}


CHANGED: dict[str, tuple[Callable[..., Any], list[Any]]] = {
    "appended": (lambda xs: xs.append(1.0), [[1.0, 2.0]]),
    "assigned": (lambda xs: xs.__setitem__(0, xs[1]), [[1.0, 2.0]]),
    "in another order": (lambda xs: xs.reverse(), [[1.0, 2.0]]),
    "a new key": (lambda d: d.setdefault("y", 2.0), [{"x": 1.0}]),
    "further inside": (lambda x, d: d["rows"][1].pop(), [1.0, {"rows": [[1.0], [2.0]]}]),
    "a sample of a batch": (vmap(lambda row: row.pop()), [[[1.0, 2.0], [3.0, 4.0]]]),
}


@pytest.mark.parametrize("name", CHANGED)
def test_a_change_of_a_list_or_dict_among_the_arguments_is_refused(name: str) -> None:
    f, args = CHANGED[name]
    with pytest.raises(TracedValueError, match=r"changes .*, which would change once.*a copy"):
        compile(f)(*args)


def test_a_change_of_an_attribute_of_a_module_is_refused_in_a_batch_too() -> None:
    def counted(model: Any, x: Any) -> Any:
        model.calls = model.calls + 1
        return model([x])

    model: Any = MLP(1, [1])
    model.calls = 0
    with pytest.raises(TracedValueError, match="the function changes 'calls' of MLP, which would"):
        compile(vmap(counted, (None, 0)))(model, [1.0, 2.0])


def test_a_copy_may_be_changed() -> None:
    def f(xs: Any) -> Any:
        xs = list(xs)
        xs.append(3.0)
        return xs

    assert compile(f)([1.0]) == [1.0, 3.0]


def test_errors_of_binding_name_the_function() -> None:
    def train(x: Any) -> Any:
        return x

    for args, told in (((), "missing a required argument: 'x'"), ((1.0, 2.0), "too many")):
        with pytest.raises(TypeError, match=rf"^train\(\) {told}"):
            compile(train)(*args)


def test_backward_inside_gives_gradients_and_leaves_them() -> None:
    def gradients_of(m: Line, x: Any) -> Any:
        (m(x) ** 2).backward()
        return [p.grad for p in m.parameters()]

    line = Line()
    assert of(gradients_of)(line, 3.0) == [72.0, 24.0]
    assert [p.grad for p in line.parameters()] == [72.0, 24.0]


def test_a_module_without_parameters_and_one_in_a_list() -> None:
    class Twice(Module):
        def forward(self, x: Any) -> Any:
            return x * 2.0

    assert of(lambda ms, x: ms[0](x) + ms[1](x))([Twice(), Line()], 3.0) == 18.0


def scaled(m: Any, x: Any) -> Any:
    return m.a * x * use(m.setting)


def use(setting: Any) -> Any:
    """A number that depends on a setting, whatever it is."""
    if callable(setting):
        return setting(1.0)
    if isinstance(setting, str):
        return len(setting)
    if isinstance(setting, (list, tuple, set, frozenset, np.ndarray)):
        return sum(float(x) for x in setting)
    if isinstance(setting, dict):
        return use(list(setting.values()))
    if isinstance(setting, bool):
        return 10.0 if setting else 20.0
    return math.copysign(1.0, setting) * (1.0 + abs(float(setting)))


SETTINGS: dict[str, tuple[Any, Any]] = {
    "numbers": (3.0, 4.0),
    "signs of zero": (0.0, -0.0),
    "texts": ("relu", "tanhs"),
    "flags": (True, False),
    "a flag and a number": (True, 1),
    "lists": ([1.0, 2.0], [1.0, 3.0]),
    "lists with signs of zero": ([0.0], [-0.0, 2.0]),
    "dicts": ({"a": 1.0}, {"a": 2.0}),
    "numpy ints": (np.int64(3), np.int64(4)),
    "numpy floats": (np.float32(3), np.float32(4)),
    "arrays": (np.array([1.0]), np.array([2.0])),
    "fractions": (Fraction(1, 3), Fraction(2, 3)),
    "sets": ({1.0}, {2.0}),
    "functions": (math.exp, math.tanh),
    "ops": (ag.exp, ag.tanh),
}


@pytest.mark.parametrize("name", SETTINGS)
def test_settings_of_a_module_are_part_of_the_structure(name: str) -> None:
    one, other = SETTINGS[name]
    compiled, line = of(scaled), Line(one)
    for setting in (one, other, one):
        line.setting = setting
        assert compiled(line, 3.0) == 6.0 * use(setting)


FRESH: dict[str, Callable[[float], Any]] = {
    "functions": lambda k: lambda x: x * k,
    "arrays": lambda k: np.array([k]),
    "numpy ints": lambda k: np.int64(int(k)),
    "fractions": lambda k: Fraction(int(k) + 1, 3),
    "sets": lambda k: {k},
}


@pytest.mark.parametrize("name", FRESH)
def test_a_setting_that_is_gone_is_not_taken_for_the_next_one(name: str) -> None:
    compiled = of(scaled)
    found = [compiled(Line(FRESH[name](float(k))), 1.0) for k in range(6)]
    assert found == [2.0 * use(FRESH[name](float(k))) for k in range(6)]


CHANGES: dict[str, tuple[Any, Callable[[Any], Any]]] = {
    "a list": ([1.0], lambda x: x.append(5.0)),
    "a dict": ({"a": 1.0}, lambda x: x.update(a=5.0)),
    "a set": ({1.0}, lambda x: x.add(5.0)),
    "an array": (np.array([1.0]), lambda x: x.fill(5.0)),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_setting_that_changes_in_place_counts(name: str) -> None:
    setting, change = CHANGES[name]
    compiled, line = of(scaled), Line(setting)
    before = compiled(line, 1.0), 2.0 * use(setting)
    change(setting)
    assert (before[0], compiled(line, 1.0)) == (before[1], 2.0 * use(setting))


def test_constants_of_a_module_are_settings() -> None:
    compiled, line = of(lambda m: m.a / m.k), Line(k=0.0)
    found = [compiled(line)]
    line.k = constant(-0.0)
    found.append(compiled(line))
    line.k.data = 4.0
    assert [*found, compiled(line)] == [math.inf, -math.inf, 0.5]


def test_settings_that_are_nan_are_recorded_once() -> None:
    recordings: Any = []
    compiled = of(lambda m, x: (recordings.append(m), m.a * x)[1])
    for _ in range(3):
        compiled(Line(float("nan")), 1.0)
    assert len(recordings) == 1


def test_which_parameters_are_one_is_part_of_the_structure() -> None:
    def tied(name: str) -> Line:
        line = Line()
        line.setting = getattr(line, name)
        return line

    compiled = of(lambda m: m.a * m.b + 10.0 * m.setting)
    assert [compiled(tied(name)) for name in ("a", "b", "a")] == [22.0, 12.0, 22.0]


def test_a_module_may_hold_itself() -> None:
    line = Line()
    line.setting = [line]
    assert of(lambda m, x: m.setting[0](x))(line, 3.0) == 12.0


UNCOPIED: dict[str, Any] = {
    "a lock": threading.Lock(),
    "a generator": (x for x in range(3)),
    "a compiled function": of(abs),
}


@pytest.mark.parametrize("name", UNCOPIED)
def test_a_module_may_hold_what_cannot_be_copied(name: str) -> None:
    assert of(lambda m, x: m(x))(Line(UNCOPIED[name]), 3.0) == 12.0
