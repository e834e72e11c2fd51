"""Transforms of compiled functions: what each of them makes is a compiled function."""

from typing import Any

import pytest

from autograd import grad, vmap
from autograd.transforms.compiled_function import CompiledFunction, compiled_too


class Noted(CompiledFunction):
    """Tells what a transform asks of it."""

    f, static = abs, ()

    def transformed(self, transform: Any, *settings: Any, **options: Any) -> Any:
        return transform.__name__, settings, options


def test_a_compiled_function_is_asked_for_what_the_transform_makes() -> None:
    noted: Any = Noted()
    found: list[Any] = [grad(noted, 1, has_aux=True), vmap(noted, in_axes=(0,))]
    assert found == [("grad", (1,), {"has_aux": True}), ("vmap", (), {"in_axes": (0,)})]


def test_a_compiled_function_that_is_given_by_name_is_asked_too() -> None:
    noted: Any = Noted()
    found: list[Any] = [grad(f=noted, has_aux=True), vmap(f=noted), vmap(in_axes=(0,))(noted)]
    assert found == [
        ("grad", (), {"has_aux": True}),
        ("vmap", (), {}),
        ("vmap", (), {"in_axes": (0,), "reduce": None, "out_axes": 0}),
    ]


def test_any_other_function_is_transformed_as_it_is() -> None:
    transform = compiled_too(lambda f, n=1: (f, n))
    assert transform(abs, 2) == (abs, 2)
    with pytest.raises(TypeError):
        transform()
