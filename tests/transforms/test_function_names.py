"""How functions are called in messages, and which of them pickle finds by name."""

import inspect
from collections.abc import Callable
from typing import Any

import pytest

from autograd import Value
from autograd.transforms.function_names import is_importable, name_of, signature_of


class Nameless:
    """An object with a long repr, a name that is empty, and no signature."""

    __name__ = ""

    def __init__(self, error: type[Exception] = ValueError) -> None:
        self.error = error

    def __repr__(self) -> str:
        return "Nameless(\n    of several lines\n)"

    @property
    def __signature__(self) -> Any:
        raise self.error


def test_a_function_is_called_by_its_name_and_other_things_by_the_first_line_they_print() -> None:
    assert name_of(name_of) == "name_of"
    assert name_of(lambda x: x) == "<lambda>"
    assert name_of(Nameless()) == "Nameless("
    assert name_of(3.0) == "3.0"


@pytest.mark.parametrize("f", [Nameless(ValueError), Nameless(TypeError), 3.0])
def test_what_does_not_tell_its_signature_has_none(f: Any) -> None:
    assert signature_of(f) is None


def test_the_signature_of_a_function_is_that_of_python() -> None:
    def f(x: float, *, y: float = 2.0) -> float:
        return x + y

    assert signature_of(f) == inspect.signature(f)


def inner() -> Callable[[], None]:
    def f() -> None:
        pass

    return f


@pytest.mark.parametrize(
    ("thing", "found"),
    [
        (inner, True),
        (Value, True),
        (Value.backward, True),  # by a path through its class
        (inner(), False),
        (lambda: None, False),
        (Nameless(), False),
        (3.0, False),
    ],
)
def test_pickle_finds_what_its_module_has_under_its_name(thing: Any, found: bool) -> None:
    assert is_importable(thing) is found


def test_another_object_of_the_name_is_another_one() -> None:
    def twin() -> None:
        pass

    twin.__module__, twin.__qualname__ = inner.__module__, inner.__qualname__
    assert not is_importable(twin)
    twin.__module__ = "no.such.module"
    assert not is_importable(twin)
