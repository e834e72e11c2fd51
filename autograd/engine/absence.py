"""Error messages for a name that the package does not have: where it is, or what to use instead."""

import importlib
from collections.abc import Iterable
from importlib.machinery import PathFinder
from types import ModuleType

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
    else:
        homes = (importlib.import_module(f"{package.__name__}.{room}") for room in rooms)
        home = next((module.__name__ for module in homes if name in _public(module)), "")
        advice = home and f"{name} is in {home}: write from {home} import {name}"
    if advice and importing:
        return ImportError(advice, name=package.__name__)
    return AttributeError(advice or missing, name=name, obj=package)


def _public(module: ModuleType) -> Iterable[str]:
    """The names that a module is for: those it lists, or else those it defines."""
    listed: Iterable[str] | None = getattr(module, "__all__", None)
    if listed is not None:
        return listed
    mine = (
        name for name, x in vars(module).items() if getattr(x, "__module__", "") == module.__name__
    )
    return [name for name in mine if not name.startswith("_")]
