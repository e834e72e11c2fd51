"""Neural networks, composed of Values: `Module`, and those that are usual.

Read `layers.py` (a neuron, a layer, a network) and `activations.py`, then `module.py` (what a
module can do), with `structure.py` (how it finds its parameters), `calls.py` (how it groups the
nodes it makes) and `state_dict.py` (saving and loading). The others are `sequential.py` (one
after the other), `embedding.py` (a row for each index), `normalization.py` (mean 0, variance 1)
and `dropout.py` (some of the elements, at random). `absence.py` says what to use for names of
PyTorch that are not here.
"""

from typing import TYPE_CHECKING

from ..engine.absence import refuse_absent
from .activations import ACTIVATIONS
from .calls import Call
from .dropout import Dropout
from .embedding import Embedding
from .layers import MLP, Layer, Linear, Neuron
from .module import Module
from .normalization import LayerNorm, RMSNorm
from .sequential import Sequential
from .state_dict import IncompatibleKeys

__all__ = [
    "ACTIVATIONS",
    "MLP",
    "Call",
    "Dropout",
    "Embedding",
    "IncompatibleKeys",
    "Layer",
    "LayerNorm",
    "Linear",
    "Module",
    "Neuron",
    "RMSNorm",
    "Sequential",
]


if not TYPE_CHECKING:  # a type checker reports what is not here
    __getattr__ = refuse_absent(__name__)
