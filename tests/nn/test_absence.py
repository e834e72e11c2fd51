"""Names of PyTorch's nn that are not here: the error says what to use instead."""

import importlib

import pytest

from autograd import nn
from autograd.engine.absence import LOSSES
from tests.absent_names import check_advice, check_other_names

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
    check_advice("nn", name, ADVICE[name])


def test_what_is_advised_is_there() -> None:
    losses = importlib.import_module("autograd.losses")
    for instead in LOSSES.values():
        assert instead.split(",")[0] in losses.__all__


def test_any_other_name_is_just_not_there() -> None:
    check_other_names("nn")


def test_files_of_the_room_are_still_found() -> None:
    assert importlib.import_module("autograd.nn.layers").MLP is nn.MLP
