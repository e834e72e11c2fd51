"""Calls of compiled batches: axes of parts, keywords and static arguments, as interpreted."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

import autograd as ag
from autograd import compile, load_compiled, value_and_grad, vmap
from autograd.compiler.backends.choose import MODULES
from autograd.nn import Neuron
from tests.bits import bits

BACKENDS = tuple(MODULES)


class Pair(NamedTuple):
    a: Any
    b: Any


def of(f: Any, **options: Any) -> Any:
    return compile(f, backend="python", **options)


def as_lists(x: Any) -> Any:
    """The results with lists of numbers in the place of arrays, tuples and Values."""
    if isinstance(x, dict):
        return {key: as_lists(item) for key, item in x.items()}
    if isinstance(x, (tuple, list)):
        return [as_lists(item) for item in x]
    return x.tolist() if hasattr(x, "tolist") else getattr(x, "data", x)


# --- axes of parts --------------------------------------------------------------------------

NEURON = Neuron(2, rng=0)
NESTED: dict[str, tuple[Any, list[tuple[Any, ...]]]] = {
    "a dict": (
        vmap(lambda d: ag.tanh(d["w"] * d["x"]), ({"w": None, "x": 0},)),
        [({"w": 10.0, "x": [0.1, 0.2]},), ({"w": 0.5, "x": [0.3] * 9},)],
    ),
    "a dict beside a list": (
        vmap(lambda d, y: d["w"][1] * d["x"] - y, ({"w": None, "x": 0}, 0)),
        [({"w": [1.0, 3.0], "x": [0.1, 0.2]}, [1.0, 2.0])],
    ),
    "a dict in another order": (
        vmap(lambda d: d["w"] - d["x"], ({"w": None, "x": 0},)),
        [({"x": [0.1, 0.2], "w": 3.0},), ({"w": 3.0, "x": [0.1]},)],
    ),
    "a tuple": (vmap(lambda p: p[0] / p[1], ((0, None),)), [(([1.0, 2.0], 3.0),)]),
    "a list": (vmap(lambda p: p[0] / p[1], ((0, None),)), [([[1.0, 2.0], 3.0],)]),
    "a shared tuple inside a tuple": (
        vmap(lambda p: p[0] * p[1][0] + p[1][1], ((0, None),)),
        [(([1.0, 2.0], (3.0, 4.0)),)],
    ),
    "two mapped items": (
        vmap(lambda p: p[0] * p[1][0] + p[1][1], ((0, 0),), "sum"),
        [(([1.0, 2.0], [[3.0, 4.0], [5.0, 6.0]]),)],
    ),
    "a named tuple": (
        vmap(lambda p: Pair(p.b, p.a * p.b), (Pair(0, None),)),
        [(Pair([1.0, 2.0], 3.0),)],
    ),
    "arrays": (
        vmap(lambda d: ag.dot(d["w"], d["x"]), ({"w": None, "x": 0},)),
        [({"w": np.array([1.0, 2.0]), "x": np.arange(6.0).reshape(3, 2)},)],
    ),
    "an array beside a list": (
        vmap(lambda p, y: p[0][1] * p[1] + y, ((0, None), None)),
        [((np.ones((4, 2)), 2.0), 0.5)],
    ),
    "a Module in a tuple": (
        vmap(lambda p: p[0](p[1]), ((None, 0),)),
        [((NEURON, [[1.0, 2.0], [3.0, 4.0], [0.5, -1.0]]),)],
    ),
    "a Module beside parts": (
        vmap(lambda m, p: m(p["x"]) - p["y"], (None, {"x": 0, "y": 0}), "mean"),
        [(NEURON, {"x": [[1.0, 2.0], [3.0, 4.0]], "y": (0.5, 0.25)})],
    ),
    "a gradient": (
        vmap(
            value_and_grad(lambda d, y: (d["w"] * d["x"] - y) ** 2),
            ({"w": None, "x": 0}, 0),
            "mean",
        ),
        [({"w": 2.0, "x": [0.5] * 11}, [float(i) for i in range(11)])],
    ),
    "at any depth": (
        vmap(lambda d: d["a"][1]["b"] * d["a"][0], ({"a": (None, {"b": 0})},)),
        [({"a": (2.0, {"b": [1.0, 2.0]})},)],
    ),
    "a mapped dict inside a tuple": (
        vmap(lambda p: p[0]["x"] * p[0]["y"] - p[1], ((0, None),)),
        [(({"x": [1.0, 2.0], "y": [3.0, 4.0]}, 5.0),)],
    ),
}


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("name", NESTED)
def test_axes_of_parts_give_the_interpreted_bits(name: str, backend: str) -> None:
    batch, calls = NESTED[name]
    compiled = compile(batch, backend=backend)
    for args in [*calls, *calls]:  # each anew, and read as the one before
        wanted = batch(*args)
        assert bits(as_lists(compiled(*args))) == bits(as_lists(wanted))
        assert compiled.verify(*args) > 0
    assert len(compiled._recordings.values()) <= len(calls)


@pytest.mark.parametrize("name", NESTED)
def test_axes_of_parts_work_inside_a_compiled_function(name: str) -> None:
    batch, calls = NESTED[name]
    inside = compile(lambda *args: batch(*args), backend="python")
    assert bits(as_lists(inside(*calls[0]))) == bits(as_lists(batch(*calls[0])))


@pytest.mark.parametrize("name", sorted(set(NESTED) - {"a named tuple"}))
def test_axes_of_parts_are_saved(name: str, tmp_path: Path) -> None:
    batch, calls = NESTED[name]
    compiled = of(batch)
    wanted = compiled(*calls[0])
    compiled.save(tmp_path / "f")
    again = load_compiled(tmp_path / "f", backend="python")
    assert bits(as_lists(again(*calls[0]))) == bits(as_lists(wanted))


def test_a_saved_batch_keeps_its_axes(tmp_path: Path) -> None:
    compiled = of(NESTED["a named tuple"][0])
    compiled(Pair([1.0, 2.0], 3.0))
    compiled.save(tmp_path / "f")
    again = load_compiled(tmp_path / "f")
    assert again.f.in_axes == (Pair(0, None),)  # type: ignore[attr-defined]
    assert again(Pair([2.0], 5.0)) == Pair([5.0], [10.0])


def test_strict_and_profile_take_axes_of_parts() -> None:
    compiled = of(vmap(lambda d: d["w"] / d["x"], ({"w": None, "x": 0},)))
    with ag.strict():
        assert compiled({"w": 1.0, "x": [2.0]}) == [0.5]
        with pytest.raises(ag.NonFiniteError):
            compiled({"w": 1.0, "x": [2.0, 0.0]})
    assert "argument" not in str(compiled.profile({"w": 1.0, "x": [2.0]}))


REFUSED: dict[str, tuple[Any, tuple[Any, ...], type[Exception], str]] = {
    "another key": (
        ({"x": 0},),
        ({"y": [1.0]},),
        ValueError,
        "in_axes for argument 0 is a dict with 'x', and argument 0 is a dict with 'y': give 0",
    ),
    "another length": (
        (None, (0, None)),
        (1.0, ([1.0],)),
        ValueError,
        "in_axes for argument 1 is a tuple of 2, and argument 1 is a tuple of 1",
    ),
    "a Module": (
        ((0, None),),
        (NEURON,),
        ValueError,
        "in_axes for argument 0 is a tuple of 2, and argument 0 is a Neuron: give 0 or None",
    ),
    "a Module that is mapped": (
        ({"m": 0},),
        ({"m": NEURON},),
        TypeError,
        "argument 0['m'] should have an entry for each sample, is a Neuron: pass a list or an",
    ),
    "a part without entries": (
        ({"x": 0, "w": None},),
        ({"x": 1.0, "w": 2.0},),
        TypeError,
        "argument 0['x'] should have an entry for each sample, is a float",
    ),
    "parts of different lengths": (
        ((0, 0),),
        (([1.0], [1.0, 2.0]),),
        ValueError,
        "vmap needs as many samples in each mapped argument",
    ),
    "a text in a shared part": (
        ((0, None),),
        (([1.0], "a"),),
        TypeError,
        "argument 0[1] is a str, not a number",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_axes_that_do_not_fit_are_refused_with_the_place(name: str) -> None:
    axes, args, error, message = REFUSED[name]
    with pytest.raises(error) as caught:
        of(vmap(lambda *args: 1.0, axes))(*args)
    assert str(caught.value).startswith(message)


def test_a_call_of_another_structure_is_read_anew() -> None:
    compiled = of(vmap(lambda d: d["x"] * d["w"], ({"w": None, "x": 0},)))
    for _ in range(2):
        assert compiled({"w": 2.0, "x": [1.0, 2.0]}) == [2.0, 4.0]
    assert compiled({"x": [1.0, 2.0], "w": 2}) == [2.0, 4.0]
    with pytest.raises(ValueError, match="argument 0 is a dict with 'w': give 0 or None"):
        compiled({"w": 2.0})
    with pytest.raises(ValueError, match=r"in_axes is for 1 argument, got 2"):
        compiled({"w": 2.0, "x": [1.0]}, 1.0)


# --- keywords and static arguments ----------------------------------------------------------


def scaled(x: Any, k: Any = 2.0, *, shift: Any = 0.0, setting: str = "plain") -> Any:
    y = x * k + shift
    return y if setting == "plain" else {"squared": y * y}


def chosen(x: Any, setting: Any, w: Any) -> Any:
    return x * w if setting in ("product", 2) else x + w


CALLS: dict[str, tuple[Any, Any, list[tuple[tuple[Any, ...], dict[str, Any]]]]] = {
    "defaults": (vmap(scaled), "setting", [(([1.0, 2.0],), {})]),
    "a static keyword": (
        vmap(scaled),
        "setting",
        [(([1.0, 2.0],), {"setting": "squared"}), (([1.0],), {"setting": "plain"})],
    ),
    "numbers and a static keyword": (
        vmap(scaled),
        "setting",
        [(([1.0, 2.0],), {"k": 3.0, "setting": "squared", "shift": 0.5})],
    ),
    "a keyword that could come in order": (vmap(scaled), (), [(([1.0, 2.0],), {"k": 3.0})]),
    "a structure by name": (
        vmap(lambda x, *, p: x * p["a"][0] + p["a"][1]),
        (),
        [(([1.0, 2.0],), {"p": {"a": [2.0, 3.0]}})],
    ),
    "an array and a Module by name": (
        vmap(lambda x, *, m, shift: m(x) + shift[0]),
        (),
        [((np.ones((3, 2)),), {"shift": np.array([0.5]), "m": NEURON})],
    ),
    "a static argument in order": (
        vmap(chosen, (0, None, None)),
        "setting",
        [(([1.0, 2.0], "product", 3.0), {}), (([1.0, 2.0], "sum", 3.0), {})],
    ),
    "a static number": (
        vmap(chosen, (0, None, 0)),
        ["setting"],
        [(([1.0, 2.0], 2, [3.0, 4.0]), {}), (([1.0, 2.0], 3, [3.0, 4.0]), {})],
    ),
    "a static argument by name": (
        vmap(chosen, 0),
        "setting",
        [(([1.0, 2.0],), {"w": 3.0, "setting": "product"})],
    ),
    "all that is static": (
        vmap(chosen, (0, None, None)),
        ("setting", "w"),
        [(([1.0, 2.0], "sum", 3), {}), (([1.0, 2.0], "sum", 4), {})],
    ),
    "a static argument beside parts": (
        vmap(lambda p, n: p["x"] * p["w"] * len(n), ({"x": 0, "w": None}, None)),
        "n",
        [(({"x": [1.0, 2.0], "w": 3.0}, "abc"), {}), (({"x": [1.0], "w": 3.0}, ""), {})],
    ),
    "a static function": (
        vmap(lambda x, f: f(x), (0, None), "mean"),
        "f",
        [(([1.0, 2.0], ag.exp), {}), (([1.0, 2.0], ag.tanh), {})],
    ),
    "any keywords": (
        vmap(lambda x, **k: x * k["a"] - k.get("b", 0.0)),
        (),
        [(([1.0, 2.0],), {"a": 2.0}), (([1.0, 2.0],), {"b": 1.0, "a": 2.0})],
    ),
}


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("name", CALLS)
def test_keywords_and_static_arguments_give_the_interpreted_bits(name: str, backend: str) -> None:
    batch, static, calls = CALLS[name]
    compiled = compile(batch, static, backend=backend)
    for args, options in [*calls, *calls]:
        found = compiled(*args, **options)
        assert bits(as_lists(found)) == bits(as_lists(batch(*args, **options)))
        assert compiled.verify(*args, **options) > 0
    assert len(compiled._recordings.values()) == len(calls)


@pytest.mark.parametrize("name", sorted(set(CALLS) - {"a static function"}))
def test_batches_with_keywords_and_static_arguments_are_saved(name: str, tmp_path: Path) -> None:
    batch, static, calls = CALLS[name]
    compiled = of(batch, static=static)
    wanted = [compiled(*args, **options) for args, options in calls]
    compiled.save(tmp_path / "f")
    again = load_compiled(tmp_path / "f", backend="python")
    found = [again(*args, **options) for args, options in calls]
    assert bits(as_lists(found)) == bits(as_lists(wanted))


def test_strict_and_profile_take_static_arguments() -> None:
    compiled = of(vmap(chosen, (0, None, None)), static="setting")
    with ag.strict():
        assert compiled([1.0], "sum", 2.0) == [3.0]
        with pytest.raises(ag.NonFiniteError):
            compiled([1e300], "product", 1e300)
    assert compiled.profile([1.0], "sum", 2.0).groups


def test_what_has_to_be_static_says_so() -> None:
    for setting in ("mean", True, abs):
        with pytest.raises(
            TypeError, match=r"argument 1 is .*, not a number: name the argument in"
        ):
            of(vmap(lambda x, k: x, (0, None)))([1.0], setting)
        assert of(vmap(lambda x, k: x, (0, None)), static="k")([1.0], setting) == [1.0]


WRONG: dict[str, tuple[Callable[[], Any], type[Exception], str]] = {
    "a static argument that is mapped": (
        lambda: of(vmap(chosen), static="setting")([1.0], ["sum"], [2.0]),
        TypeError,
        "setting is static, so all samples share it: give None for it in in_axes, got 0, or pass",
    ),
    "a static argument that is not hashable": (
        lambda: of(vmap(chosen, (0, None, None)), static="setting")([1.0], ["sum"], 2.0),
        TypeError,
        "a static argument must be hashable, got setting = ['sum']",
    ),
    "a name that is none": (
        lambda: of(vmap(chosen), static="sitting"),
        ValueError,
        "static names arguments of the function, which are x, setting, w: got 'sitting'",
    ),
    "only static arguments": (
        lambda: of(vmap(chosen), static="setting")(setting="sum"),
        ValueError,
        "vmap maps arguments that are passed in order, got none",
    ),
    "a keyword twice": (
        lambda: of(vmap(scaled, (0, None)), static="k")([1.0], 2.0, k=3.0),
        TypeError,
        "got multiple values for argument 'k'",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_static_arguments_that_cannot_be_are_refused(name: str) -> None:
    call, error, message = WRONG[name]
    with pytest.raises(error) as caught:
        call()
    assert message in str(caught.value)


BY_NAME: dict[str, Callable[..., Any]] = {
    "itself": lambda batch: batch,
    "grad": ag.grad,
    "value_and_grad": value_and_grad,
    "hessian": ag.hessian,
}


@pytest.mark.parametrize("name", BY_NAME)
def test_what_is_passed_by_name_is_the_same_for_all_samples_in_derivatives_too(name: str) -> None:
    derivative = BY_NAME[name]
    for f, w in ((lambda x, w: x * w[1] * x, [4.0, 5.0, 6.0]), (lambda x, w: x * w * x, 2.0)):
        batch = vmap(f, reduce="sum")
        wanted = bits(derivative(batch)([1.0, 2.0, 3.0], w=w))
        assert bits(compile(derivative(batch))([1.0, 2.0, 3.0], w=w)) == wanted
        assert bits(derivative(compile(batch))([1.0, 2.0, 3.0], w=w)) == wanted


def test_a_file_tells_what_is_passed_by_name(tmp_path: Path) -> None:
    f = compile(lambda x, y: x - y)
    f(1.0, 2.0), f(y=2.0, x=1.0), f(1.0, y=2.0)
    f.save(tmp_path / "f.autograd")
    loaded = load_compiled(tmp_path / "f.autograd")
    assert loaded(5.0, 2.0) == loaded(y=2.0, x=5.0) == loaded(5.0, y=2.0) == 3.0
