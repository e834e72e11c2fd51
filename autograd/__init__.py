"""Write scalars. Watch every gradient.

A scalar automatic differentiation engine: `Value` remembers how it was computed, `backward()`
applies the chain rule. Start reading in the room `engine`: `op.py`, `calculus.py`, `node.py`,
`graph.py`, `value.py`. Above it stand `transforms` (gradients of functions), `formulas`, `nn`,
`losses`, `optim`, `data`, `random.py` (draws by keys), `show` (pictures and words), `teach`,
`compiler`, `anatomy`, `cli`.
"""

__version__ = "0.1.0"

import importlib
import sys
from typing import TYPE_CHECKING, Any

if sys.version_info < (3, 11):  # noqa: UP036 # an older Python, which reads this file alone
    raise ImportError(
        "autograd needs Python 3.11 or later, and this is {}.{}: install one from python.org, or "
        "name the one to use, as in python3.11 -m autograd".format(*sys.version_info),
        name=__name__,  # so that python -m autograd shows one line, and no traceback
    )

from .engine.calculus import (
    abs as abs,
    acos,
    acosh,
    add,
    asin,
    asinh,
    atan,
    atan2,
    atanh,
    cbrt,
    ceil,
    clip,
    cos,
    cosh,
    div,
    dot,
    elu,
    equal,
    erf,
    exp,
    expm1,
    floor,
    floordiv,
    gelu,
    greater,
    hypot,
    leaky_relu,
    log,
    log1p,
    log2,
    log10,
    log_softmax,
    logsumexp,
    lookup,
    maximum,
    mean,
    minimum,
    mod,
    mul,
    neg,
    pow as pow,
    prod,
    relu,
    round as round,
    sigmoid,
    sign,
    silu,
    sin,
    sinh,
    softmax,
    softplus,
    sqrt,
    step,
    sub,
    sum as sum,
    tan,
    tanh,
    trunc,
    where,
)
from .engine.errors import (
    BackendWarning,
    CompiledDifferenceError,
    CompiledFileError,
    GradientError,
    KinkError,
    NoDerivativeError,
    NonFiniteError,
    RecordedAgainWarning,
    ScanInterrupted,
    StaleGraphError,
    StateDictError,
    TracedValueError,
    UnclearedGradientWarning,
)
from .engine.logic import logical_and, logical_not, logical_or
from .engine.native_value import programs as _programs
from .engine.note import label
from .engine.op import Op
from .engine.protocols import displays as _displays
from .engine.value import Value, constant
from .engine.watching import no_grad
from .transforms.check_grads import check_grads
from .transforms.custom_gradient import custom_gradient
from .transforms.derivatives import (
    grad,
    gradients,
    hessian,
    hvp,
    jacfwd,
    jacobian,
    jacrev,
    jvp,
    value_and_grad,
    vjp,
)
from .transforms.places import checks as _checks
from .transforms.recompute import recompute, zero_grad
from .transforms.scan import scan
from .transforms.strict import strict
from .transforms.vmap import vmap

if TYPE_CHECKING:
    from .compiler import compile as compile, load_compiled, to_c, to_js

# ``from autograd import *`` leaves Python's own sum, round, abs, pow and compile as they are.
__all__ = [
    "BackendWarning",
    "CompiledDifferenceError",
    "CompiledFileError",
    "GradientError",
    "KinkError",
    "NoDerivativeError",
    "NonFiniteError",
    "Op",
    "RecordedAgainWarning",
    "ScanInterrupted",
    "StaleGraphError",
    "StateDictError",
    "TracedValueError",
    "UnclearedGradientWarning",
    "Value",
    "acos",
    "acosh",
    "add",
    "asin",
    "asinh",
    "atan",
    "atan2",
    "atanh",
    "cbrt",
    "ceil",
    "check_grads",
    "clip",
    "constant",
    "cos",
    "cosh",
    "custom_gradient",
    "div",
    "dot",
    "elu",
    "equal",
    "erf",
    "exp",
    "expm1",
    "floor",
    "floordiv",
    "gelu",
    "grad",
    "gradients",
    "greater",
    "hessian",
    "hvp",
    "hypot",
    "jacfwd",
    "jacobian",
    "jacrev",
    "jvp",
    "label",
    "leaky_relu",
    "load_compiled",
    "log",
    "log1p",
    "log2",
    "log10",
    "log_softmax",
    "logical_and",
    "logical_not",
    "logical_or",
    "logsumexp",
    "lookup",
    "maximum",
    "mean",
    "minimum",
    "mod",
    "mul",
    "neg",
    "no_grad",
    "prod",
    "recompute",
    "relu",
    "scan",
    "sigmoid",
    "sign",
    "silu",
    "sin",
    "sinh",
    "softmax",
    "softplus",
    "sqrt",
    "step",
    "strict",
    "sub",
    "tan",
    "tanh",
    "to_c",
    "to_js",
    "trunc",
    "value_and_grad",
    "vjp",
    "vmap",
    "where",
    "zero_grad",
]


# What is imported when it is used: the compiler takes longer to import than all the rest.
_LATER = dict.fromkeys(("compile", "load_compiled", "to_c", "to_js"), "compiler")
_ROOMS = ("anatomy", "compiler", "data", "losses", "nn", "optim", "random", "show", "teach")


def _display_value(value: Value) -> dict[str, str]:
    from .show.notebook import of_value

    return of_value(value)


def _display_module(module: Any) -> dict[str, str]:
    from .show.notebook import of_module

    return of_module(module)


def _manual() -> Any:
    from .show.words import manual

    return manual


def _pack_programs(op: Op, count: int) -> Any:
    from .formulas.native_programs import pack_programs

    return pack_programs(op, count)


def _frozen_choices(loss: Any, arguments: tuple[Any, ...]) -> list[str]:
    from .compiler.frozen import frozen_choices

    model, x, *others = arguments  # a page can change the numbers of the model and of x alone
    return frozen_choices(lambda model, x: loss(model, x, *others), model, x)


# What the rooms below get from those above them, which are imported when they are used.
_displays.update(value=_display_value, module=_display_module)
Op.manual = staticmethod(_manual)
_programs.append(_pack_programs)
_checks.append(_frozen_choices)


def __getattr__(name: str) -> Any:
    if name in _ROOMS:
        return importlib.import_module(f"{__name__}.{name}")
    if name in _LATER:
        return getattr(importlib.import_module(f"{__name__}.{_LATER[name]}"), name)
    importing = sys._getframe(1).f_globals.get("__name__") == "importlib._bootstrap"
    absence = importlib.import_module(f"{__name__}.engine.absence").absence
    raise absence(sys.modules[__name__], name, _ROOMS, importing)


def __dir__() -> list[str]:
    return sorted({*globals(), *_LATER, *_ROOMS})
