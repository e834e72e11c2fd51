"""Error messages for a name that the package does not have: where it is, or what to use instead."""

import importlib
import sys
from collections.abc import Callable, Iterable
from importlib.machinery import PathFinder
from types import ModuleType
from typing import Any

# Names of the array library that has the same import name, and what is there instead here.
_OF_ARRAYS = {
    "numpy": "the functions of this library, such as autograd.exp, or numpy for plain numbers",
    "scipy": "the functions of this library, or scipy for plain numbers",
    "elementwise_grad": "vmap(grad(f))",
    "make_vjp": "vjp",
    "make_jvp": "jvp",
    "make_hvp": "hvp",
    "vector_jacobian_product": "vjp",
    "hessian_vector_product": "hvp",
    "hessian_tensor_product": "hvp",
    "tensor_jacobian_product": "vjp",
    "deriv": "grad",
    "holomorphic_grad": "grad, of real numbers",
    "grad_and_aux": "value_and_grad",
    "multigrad_dict": "grad, which takes dicts",
    "extend": "Op, which makes an operation of functions of your own",
    "checkpoint": "the function itself",
}

# Names of JAX, and of what PyTorch has under the name autograd, and what is there instead here.
_INSTEAD = {
    "jit": "compile",
    "lax": "the functions of autograd itself, such as scan and where",
    "cond": "where(condition, a, b)",
    "switch": "lookup(values, index)",
    "fori_loop": "scan(f, state, length=steps)",
    "while_loop": "scan(f, state, length=steps), which keeps the state by where() once it is done",
    "pmap": "vmap",
    "custom_vjp": "custom_gradient(f, rule)",
    "custom_jvp": "custom_gradient(f, rule)",
    "stop_gradient": "x.detach()",
    "linearize": "jvp, or jacobian for all directions",
    "tree": "lists, tuples and dicts as they are: every transform goes through them",
    "tree_map": "a comprehension: every transform goes through lists, tuples and dicts",
    "tree_util": "lists, tuples and dicts as they are: every transform goes through them",
    "func": "the functions of autograd itself, such as grad, vmap and jacrev",
    "Function": "custom_gradient(f, rule), or Op for an operation of one result",
    "Tensor": "Value(x)",
    "Variable": "Value(x)",
    "backward": "loss.backward()",
    "detect_anomaly": "strict(), and backward(create_graph=True) to look at gradients, too",
    "functional": "the functions of autograd itself, such as jacobian and hessian",
    "gradcheck": "check_grads",
    "gradgradcheck": "check_grads, which goes up to second derivatives",
    "inference_mode": "no_grad",
    "tensor": "Value(x)",
}

# Names that people know ops by, and the name of each here.
OTHER_NAMES = {
    "absolute": "abs",
    "average": "mean",
    "avg": "mean",
    "expit": "sigmoid",
    "fabs": "abs",
    "heaviside": "step",
    "lg": "log10",
    "ln": "log",
    "logistic": "sigmoid",
    "max": "maximum",
    "min": "minimum",
    "power": "pow",
    "product": "prod",
    "sgn": "sign",
    "swish": "silu",
}

# Losses of PyTorch that have another name here, and what that is, in `autograd.losses`.
LOSSES = {
    "BCELoss": "binary_cross_entropy, of logits: the numbers before the sigmoid",
    "BCEWithLogitsLoss": "binary_cross_entropy, which takes logits",
    "CrossEntropyLoss": "cross_entropy",
    "HuberLoss": "huber_loss",
    "KLDivLoss": "kl_div",
    "L1Loss": "l1_loss",
    "MSELoss": "mse_loss",
    "MultiLabelSoftMarginLoss": "binary_cross_entropy, which takes logits",
    "NLLLoss": "nll_loss",
    "SmoothL1Loss": "smooth_l1_loss",
    "binary_cross_entropy_with_logits": "binary_cross_entropy, which takes logits",
}


def absence(package: ModuleType, name: str, rooms: Iterable[str], importing: bool) -> Exception:
    """The error about a name that the package does not have.

    Args:
        package: the package.
        name: the name.
        rooms: the modules of the package whose names are public.
        importing: whether it is asked for by ``from package import name``. Python then has a
            message of its own for an AttributeError, and shows ours only of an ImportError.
    """
    missing = f"module {package.__name__!r} has no attribute {name!r}"
    if name.startswith("_") or PathFinder.find_spec(f"{package.__name__}.{name}", package.__path__):
        return AttributeError(missing)
    advice = ""
    if name in _OF_ARRAYS:
        advice = (
            f"{package.__name__}.{name} belongs to the array library that has the same import "
            f"name. This is the library of scalars: use {_OF_ARRAYS[name]}"
        )
    elif known := _INSTEAD.get(name) or OTHER_NAMES.get(name):
        advice = f"{package.__name__} has no {name}: use {known}"
    else:
        homes = (importlib.import_module(f"{package.__name__}.{room}") for room in rooms)
        home = next((module.__name__ for module in homes if name in module.__all__), "")
        advice = home and f"{name} is in {home}: write from {home} import {name}"
    if advice and importing:
        return ImportError(advice, name=package.__name__)
    return AttributeError(advice or missing, name=name, obj=package)


def refuse_absent(package: str) -> Callable[[str], Any]:
    """The ``__getattr__`` of a room whose file `absence.py` says what to use for some names.

    There the function `instead_of` takes a name and gives what to use, or nothing.
    """

    def refuse(name: str) -> Any:
        importing = sys._getframe(1).f_globals.get("__name__") == "importlib._bootstrap"
        private = name.startswith("_")
        known = "" if private else importlib.import_module(f"{package}.absence").instead_of(name)
        if not known:
            raise AttributeError(f"module {package!r} has no attribute {name!r}", name=name)
        told = f"{package} has no {name}: use {known}"
        if importing:  # see `absence`
            raise ImportError(told, name=package)
        raise AttributeError(told, name=name, obj=sys.modules[package])

    return refuse
