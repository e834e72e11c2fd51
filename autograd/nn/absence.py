"""Error messages for names of PyTorch's nn that are not here: what to use instead."""

import sys

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
    "MSELoss": "autograd.losses.mse_loss",
    "CrossEntropyLoss": "autograd.losses.cross_entropy",
    "functional": "the functions of autograd, such as autograd.relu, and those of autograd.losses",
}


def absence(package: str, name: str, importing: bool) -> Exception:
    """The error about a name that the package does not have.

    Args:
        package: the name of the package.
        name: the name.
        importing: whether it is asked for by ``from package import name``. Python then has a
            message of its own for an AttributeError, and shows ours only of an ImportError.
    """
    instead, activation = _INSTEAD.get(name, ""), _NAMED.get(name.lower(), "")
    if activation:
        instead = f'"{activation}", as an activation or as a part of a Sequential'
    if not instead:
        return AttributeError(f"module {package!r} has no attribute {name!r}", name=name)
    told = f"{package} has no {name}: use {instead}"
    if importing:
        return ImportError(told, name=package)
    return AttributeError(told, name=name, obj=sys.modules[package])
