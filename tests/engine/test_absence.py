"""Names of the package: what is there when it is used, and what is said of those that are not."""

import builtins
import importlib
import subprocess
import sys

import pytest

import autograd
from autograd.engine.absence import OTHER_NAMES

ROOMS = ("anatomy", "compiler", "data", "losses", "nn", "optim", "show", "teach")
LIGHT = """
import sys
import autograd
assert not hasattr(autograd, "__wrapped__")
assert not {"autograd.compiler", "autograd.show", "autograd.nn"} & set(sys.modules)
assert autograd.nn.MLP and autograd.compile
assert "autograd.show" not in sys.modules
"""


def test_the_rooms_and_the_compiler_come_when_they_are_used() -> None:
    subprocess.run([sys.executable, "-c", LIGHT], check=True)


def test_dir_lists_everything_public() -> None:
    assert set(dir(autograd)) >= {*autograd.__all__, *ROOMS, "compile", "to_c", "sum", "abs"}
    for name in dir(autograd):
        assert getattr(autograd, name) is not None


def test_a_star_import_leaves_the_names_of_python_alone() -> None:
    names: dict[str, object] = {}
    exec("from autograd import *", names)
    for name in dir(builtins):
        assert name not in names or name.startswith("__")
    assert names["tanh"] is autograd.tanh
    assert {"abs", "compile", "pow", "round", "sum"} <= set(dir(autograd))


@pytest.mark.parametrize(
    ("name", "home"),
    [
        ("draw", "autograd.show"),
        ("play", "autograd.show"),
        ("MLP", "autograd.nn"),
        ("Module", "autograd.nn"),
        ("SGD", "autograd.optim"),
        ("cosine_lr", "autograd.optim"),
        ("mse_loss", "autograd.losses"),
        ("load_iris", "autograd.data"),
        ("Compiled", "autograd.compiler"),
        ("audit", "autograd.teach"),
        ("draw_groups", "autograd.anatomy"),
    ],
)
def test_a_name_of_a_room_is_an_error_that_says_where_it_is(name: str, home: str) -> None:
    message = f"{name} is in {home}: write from {home} import {name}"
    with pytest.raises(ImportError) as caught:
        exec(f"from autograd import {name}")
    assert str(caught.value) == message
    with pytest.raises(AttributeError) as missing:
        getattr(autograd, name)
    assert str(missing.value) == message
    assert hasattr(importlib.import_module(home), name)
    assert not hasattr(autograd, name)


@pytest.mark.parametrize("name", ["numpy", "scipy", "elementwise_grad", "make_vjp"])
def test_a_name_of_the_array_library_is_an_error_that_says_so(name: str) -> None:
    with pytest.raises(ImportError, match=f"autograd.{name} belongs to the array library .* use "):
        exec(f"from autograd import {name}")
    with pytest.raises(AttributeError, match="belongs to the array library"):
        getattr(autograd, name)


@pytest.mark.parametrize(
    ("name", "instead"),
    [
        ("jit", "compile"),
        ("lax", "the functions of autograd itself, such as scan and where"),
        ("stop_gradient", r"x\.detach\(\)"),
        ("Function", r"custom_gradient\(f, rule\), or Op"),
        ("max", "maximum"),
        ("ln", "log"),
    ],
)
def test_a_name_of_jax_or_pytorch_is_an_error_that_says_what_to_use(
    name: str, instead: str
) -> None:
    told = f"autograd has no {name}: use {instead}"
    with pytest.raises(ImportError, match=told):
        exec(f"from autograd import {name}")
    with pytest.raises(AttributeError, match=told):
        getattr(autograd, name)


def test_what_is_advised_for_another_name_of_an_op_is_there() -> None:
    assert OTHER_NAMES.keys().isdisjoint(dir(autograd))
    assert set(OTHER_NAMES.values()) <= set(dir(autograd))


def test_any_other_name_is_the_usual_error() -> None:
    with pytest.raises(ImportError, match="cannot import name 'nowhere' from 'autograd'"):
        exec("from autograd import nowhere")
    with pytest.raises(AttributeError, match="module 'autograd' has no attribute 'nowhere'"):
        _ = autograd.nowhere
    with pytest.raises(AttributeError, match="has no attribute '_vector'"):
        _ = autograd._vector
