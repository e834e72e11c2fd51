"""Neural networks, composed of Values: `Module`, `Neuron`, `Layer`, `MLP`.

Read `layers.py` (a neuron, a layer, a network), then `module.py` (how a module finds its parameters
and groups the nodes it makes) and `state_dict.py` (saving and loading).
"""

from .layers import ACTIVATIONS, MLP, Layer, Neuron
from .module import Call, Module

__all__ = ["ACTIVATIONS", "MLP", "Call", "Layer", "Module", "Neuron"]
