"""Which arguments functions take, and what they say to others."""

import math
import re
from typing import Any

import numpy
import pytest

from autograd import Value
from autograd.engine.arguments import (
    at_least_zero,
    loss_value,
    one_of,
    positive_int,
    refuse_names,
    root_value,
    vector,
)
from autograd.nn import Neuron


def test_arguments_that_a_function_does_not_have_are_refused_with_what_to_write() -> None:
    refuse_names("f", {}, {"old": "write new="})
    with pytest.raises(TypeError, match="f has no argument 'old': write new="):
        refuse_names("f", {"old": 1}, {"old": "write new="})
    with pytest.raises(TypeError, match=r"f has no argument 'other'$"):
        refuse_names("f", ["other"], {"old": "write new="})


def test_a_vector_is_a_list_or_one_alone() -> None:
    x = Value(1.0)
    assert vector("x", [1.0, x]) == [1.0, x]
    assert vector("x", (value for value in (1.0, 2.0))) == [1.0, 2.0]
    assert vector("x", x) == [x]
    assert vector("x", 3) == [3]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({1.0, 2.0}, "x is one number or a list of them, got a set: pass a list"),
        (frozenset([1.0]), "got a frozenset"),
        ({0: 1.0}, "x is one number or a list of them, got a dict: pass a list"),
        ({0: 1.0}.keys(), "got a dict_keys"),
        (numpy.array(2.0), "x is an array without a dimension: pass its number, array.item()"),
        (None, "x holds one real number, got NoneType: pass a number"),
        (True, "x holds one real number, got bool"),
        ("ab", "x holds one real number, got str: convert it first"),
    ],
)
def test_what_has_no_places_or_is_no_number_is_no_vector(given: Any, message: str) -> None:
    with pytest.raises(TypeError) as caught:
        vector("x", given)
    assert message in str(caught.value)


def test_a_root_is_a_value() -> None:
    x = Value(1.0)
    assert root_value("draw", x) is x


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (3.0, r"draw takes the root of a graph, a Value, got float: pass the Value that"),
        ([Value(1.0)], r"got list: pass the Value"),
        (None, r"got NoneType"),
    ],
)
def test_another_root_is_refused(given: Any, message: str) -> None:
    with pytest.raises(TypeError, match=message):
        root_value("draw", given)


def test_a_loss_is_a_value() -> None:
    x = Value(1.0)
    assert loss_value(x) is x
    with pytest.raises(TypeError, match="loss is to give a Value, and gave float: compute it"):
        loss_value(1.0)


def test_what_has_such_a_method_is_told_to_use_it() -> None:
    with pytest.raises(TypeError, match=r"got Neuron: call its own \.zero_grad\(\)"):
        root_value("zero_grad", Neuron(1))


@pytest.mark.parametrize("given", ["LR", None])
def test_one_of_a_few_is_taken(given: Any) -> None:
    one_of("rankdir", given, ("LR", "TB", None))


@pytest.mark.parametrize("given", ["lr", "", 1.0, Value(0.0), ["LR"], numpy.zeros(2)])
def test_none_of_a_few_is_refused_naming_them(given: Any) -> None:
    with pytest.raises(ValueError, match="rankdir is one of 'LR', 'TB', None, got "):
        one_of("rankdir", given, ("LR", "TB", None))


@pytest.mark.parametrize("given", [1, 7, numpy.int64(3)])
def test_a_positive_int_is_taken(given: Any) -> None:
    assert positive_int("size", given) == given
    assert type(positive_int("size", given)) is int


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        (0, ValueError, "size is at least 1, got 0"),
        (-2, ValueError, "size is at least 1, got -2"),
        (True, TypeError, "size is a positive int, got True"),
        (2.0, TypeError, "size is a positive int, got 2.0"),
        ("3", TypeError, "size is a positive int, got '3'"),
    ],
)
def test_no_positive_int_is_refused(given: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        positive_int("size", given)


def test_at_least_zero_is_a_float_below_its_limit() -> None:
    assert at_least_zero("rate", 0) == 0.0
    assert at_least_zero("rate", 0.5, below=1.0) == 0.5
    for wrong in (-0.1, math.inf, math.nan):
        with pytest.raises(ValueError, match="rate is finite and at least 0"):
            at_least_zero("rate", wrong)
    for wrong in (1, 1.5, math.inf, math.nan, -0.1):
        message = re.escape(f"rate is at least 0 and below 1, got {float(wrong)!r}")
        with pytest.raises(ValueError, match=f"^{message}$"):
            at_least_zero("rate", wrong, below=1.0)
