"""Names of PyTorch's nn that are not here: the error says what to use instead."""

import importlib

import pytest

from autograd import nn
from autograd.engine.absence import LOSSES

ADVICE = {
    "ModuleList": "a plain list of modules, in an attribute of a Module",
    "Parameter": "Value(x), in an attribute of a Module",
    "ReLU": '"relu", as an activation or as a part of a Sequential',
    "LeakyReLU": '"leaky_relu", as an activation or as a part of a Sequential',
    "tanh": '"tanh", as an activation or as a part of a Sequential',
    "CrossEntropyLoss": "autograd.losses.cross_entropy",
    "MSELoss": "autograd.losses.mse_loss",
    "BCEWithLogitsLoss": "autograd.losses.binary_cross_entropy, which takes logits",
}


@pytest.mark.parametrize("name", ADVICE)
def test_an_attribute_and_an_import_say_what_to_use(name: str) -> None:
    told = f"autograd.nn has no {name}: use {ADVICE[name]}"
    with pytest.raises(AttributeError) as caught:
        getattr(nn, name)
    assert str(caught.value) == told
    with pytest.raises(ImportError) as refused:
        exec(f"from autograd.nn import {name}")
    assert str(refused.value) == told


def test_what_is_advised_is_there() -> None:
    losses = importlib.import_module("autograd.losses")
    for instead in LOSSES.values():
        assert instead.split(",")[0] in losses.__all__


def test_any_other_name_is_just_not_there() -> None:
    with pytest.raises(AttributeError, match=r"module 'autograd\.nn' has no attribute 'Nonsense'"):
        nn.Nonsense  # type: ignore[attr-defined] # noqa: B018
    with pytest.raises(ImportError, match="cannot import name 'Nonsense'"):
        exec("from autograd.nn import Nonsense")
    assert not hasattr(nn, "__wrapped__")


def test_files_of_the_room_are_still_found() -> None:
    assert importlib.import_module("autograd.nn.layers").MLP is nn.MLP
