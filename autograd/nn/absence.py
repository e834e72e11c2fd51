"""Names of PyTorch's nn that are not here, and what to use instead, for error messages."""

from ..engine.absence import LOSSES
from .activations import ACTIVATIONS

_NAMED = {name.replace("_", ""): name for name in ACTIVATIONS}  # relu of ReLU
_INSTEAD = {
    "Parameter": "Value(x), in an attribute of a Module",
    "ParameterList": "a plain list of Values, in an attribute of a Module",
    "ParameterDict": "a plain dict of Values, in an attribute of a Module",
    "ModuleList": "a plain list of modules, in an attribute of a Module",
    "ModuleDict": "a plain dict of modules, in an attribute of a Module",
    "Identity": "the value itself, or a Sequential of nothing",
    "Softmax": "autograd.softmax, also as a part of a Sequential",
    "LogSoftmax": "autograd.log_softmax, also as a part of a Sequential",
    "functional": "the functions of autograd, such as autograd.relu, and those of autograd.losses",
}


def instead_of(name: str) -> str:
    """What to use in the place of a name, nothing if it is not known."""
    if name.lower() in _NAMED:
        return f'"{_NAMED[name.lower()]}", as an activation or as a part of a Sequential'
    return f"autograd.losses.{LOSSES[name]}" if name in LOSSES else _INSTEAD.get(name, "")
