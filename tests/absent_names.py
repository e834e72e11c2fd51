"""Checks of a module's answers to names that PyTorch has and it has not."""

import importlib

import pytest


def check_advice(room: str, name: str, instead: str) -> None:
    """The name as an attribute and in an import is an error that says what to use."""
    told = f"autograd.{room} has no {name}: use {instead}"
    with pytest.raises(AttributeError) as caught:
        getattr(importlib.import_module(f"autograd.{room}"), name)
    assert str(caught.value) == told
    with pytest.raises(ImportError) as refused:
        exec(f"from autograd.{room} import {name}")
    assert str(refused.value) == told


def check_other_names(room: str) -> None:
    """A name that no library has is just not there."""
    module = importlib.import_module(f"autograd.{room}")
    with pytest.raises(AttributeError, match=rf"'autograd\.{room}' has no attribute 'Nonsense'"):
        module.Nonsense  # noqa: B018
    with pytest.raises(ImportError, match="cannot import name 'Nonsense'"):
        exec(f"from autograd.{room} import Nonsense")
    assert not hasattr(module, "__wrapped__")
