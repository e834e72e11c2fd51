"""What each op of PyTorch's own test suite is called here, and why some have no name here.

The keys are those of OpInfo: the name of an op, after a dot that of its variant.
"""

import fnmatch
import math
from collections.abc import Callable
from typing import Any

import autograd as ag
from autograd import losses

SCALE, ALPHA = 1.0507009873554804934193349852946, 1.6732632423543772848170429916717  # of SELU


def _scaled(sign: float) -> Callable[..., Any]:
    return lambda x, y, alpha=1.0: x + sign * alpha * y


def _clamp(x: Any, low: Any = None, high: Any = None, **ends: Any) -> Any:
    low, high = ends.get("min", low), ends.get("max", high)
    x = x if low is None else ag.maximum(x, low)
    return x if high is None else ag.minimum(x, high)


def _itself(x: Any, *_: Any, **__: Any) -> Any:
    return x * 1.0


def _ways_to_reduce(name: str) -> tuple[str, str]:
    return f"{name}.reduction_no_dim", f"{name}.reduction_with_dim"


def _of_one(op: Callable[..., Any]) -> Callable[..., Any]:
    """An op of any number of operands, of one."""
    return lambda x, *_, **__: op([x])


def _quotient(rounding: Callable[[Any], Any]) -> Callable[..., Any]:
    return lambda x, y, rounding_mode=None: rounding(x / y)


def _elu(x: Any, alpha: float = 1.0, **_: Any) -> Any:
    return ag.elu(x, alpha)


def _celu(x: Any, alpha: float = 1.0, **_: Any) -> Any:
    return ag.elu(x / alpha, 1.0) * alpha


def _logit(x: Any, eps: float | None = None) -> Any:
    x = x if eps is None else ag.clip(x, eps, 1.0 - eps)
    return ag.log(x) - ag.log1p(-x)


def _norm(x: Any, p: Any = 2, *_: Any, **options: Any) -> Any:
    """Of one number, it is its size; unless it is counted."""
    if (options.get("ord", p) if not isinstance(p, str) else 2) == 0:
        return x.detach() * 0.0 + float(x.data != 0.0)
    return ag.abs(x)


def _hardshrink(x: Any, lambd: float = 0.5) -> Any:
    return ag.where(ag.greater(ag.abs(x), lambd), x, 0.0)


def _softshrink(x: Any, lambd: float = 0.5) -> Any:
    return ag.relu(x - lambd) - ag.relu(-x - lambd)


def _threshold(x: Any, threshold: float, value: float) -> Any:
    return ag.where(ag.greater(x, threshold), x, value)


def _leaky_relu(x: Any, negative_slope: float = 0.01, **_: Any) -> Any:
    return ag.leaky_relu(x, negative_slope)


def _gelu(x: Any, approximate: str = "none") -> Any:
    if approximate == "none":
        return ag.gelu(x)
    return 0.5 * x * (1.0 + ag.tanh(math.sqrt(2.0 / math.pi) * (x + 0.044715 * x**3)))


def _softplus(x: Any, beta: float = 1.0, threshold: float = 20.0) -> Any:
    return x * 1.0 if x.data * beta > threshold else ag.softplus(beta * x) / beta


def _xlogy(x: Any, y: Any) -> Any:
    return x * ag.log(y)


def _fmod(x: Any, y: Any) -> Any:
    return x - y * ag.trunc(x / y)


def _hardswish(x: Any, inplace: bool = False) -> Any:
    return x * ag.clip(x + 3.0, 0.0, 6.0) / 6.0


def _mse(x: Any, y: Any, **options: Any) -> Any:
    return losses.mse_loss(x, y, reduction=options.get("reduction", "mean"))


def _of_loss(loss: Callable[..., Any]) -> Callable[..., Any]:
    """With the settings that both have; the others are those of shapes."""
    known = ("reduction", "beta", "delta", "weight", "pos_weight")
    return lambda x, y, **options: loss(x, y, **{k: v for k, v in options.items() if k in known})


ONE: dict[str, Callable[..., Any]] = {
    **{
        name: getattr(ag, name)
        for name in (
            *("abs", "neg", "exp", "expm1", "log", "log2", "log10", "log1p", "sqrt", "sin", "cos"),
            *("tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh"),
            *("sigmoid", "erf", "sign", "floor", "ceil", "trunc"),
        )
    },
    "round": ag.round,
    "round.decimals_0": lambda x, decimals=0: ag.round(x),
    "sgn": ag.sign,
    "positive": _itself,
    "frac": lambda x: x - ag.trunc(x),
    "reciprocal": lambda x: 1.0 / x,
    "rsqrt": lambda x: 1.0 / ag.sqrt(x),
    "square": lambda x: x * x,
    "exp2": lambda x: 2.0**x,
    "erfc": lambda x: 1.0 - ag.erf(x),
    "sinc": lambda x: ag.sin(math.pi * x) / (math.pi * x),
    "deg2rad": lambda x: x * (math.pi / 180.0),
    "rad2deg": lambda x: x * (180.0 / math.pi),
    "logit": _logit,
    "special.ndtr": lambda x: 0.5 * (1.0 + ag.erf(x / math.sqrt(2.0))),
    "special.entr": lambda x: -x * ag.log(x),
    "nn.functional.relu": lambda x, **_: ag.relu(x),
    "nn.functional.relu6": lambda x, **_: ag.clip(x, 0.0, 6.0),
    "nn.functional.leaky_relu": _leaky_relu,
    "nn.functional.elu": _elu,
    "nn.functional.celu": _celu,
    "nn.functional.selu": lambda x, **_: SCALE * ag.elu(x, ALPHA),
    "nn.functional.silu": lambda x, **_: ag.silu(x),
    "nn.functional.gelu": _gelu,
    "nn.functional.softplus": _softplus,
    "nn.functional.logsigmoid": lambda x: -ag.softplus(-x),
    "nn.functional.softsign": lambda x: x / (1.0 + ag.abs(x)),
    "nn.functional.tanhshrink": lambda x: x - ag.tanh(x),
    "nn.functional.mish": lambda x, **_: x * ag.tanh(ag.softplus(x)),
    "nn.functional.hardtanh": lambda x, min_val=-1.0, max_val=1.0: ag.clip(x, min_val, max_val),
    "nn.functional.hardsigmoid": lambda x, **_: ag.clip(x + 3.0, 0.0, 6.0) / 6.0,
    "nn.functional.hardswish": _hardswish,
    "nn.functional.hardshrink": _hardshrink,
    "nn.functional.softshrink": _softshrink,
    "nn.functional.threshold": _threshold,
}
TWO: dict[str, Callable[..., Any]] = {
    "add": _scaled(1.0),
    "sub": _scaled(-1.0),
    "mul": lambda x, y: x * y,
    "div.no_rounding_mode": lambda x, y: x / y,
    "div.trunc_rounding": _quotient(ag.trunc),
    "div.floor_rounding": _quotient(ag.floor),
    "true_divide": lambda x, y: x / y,
    "pow": lambda x, y: x**y,
    "float_power": lambda x, y: x**y,
    "atan2": ag.atan2,
    "hypot": ag.hypot,
    "remainder": lambda x, y: x % y,
    "fmod": _fmod,
    "maximum": ag.maximum,
    "minimum": ag.minimum,
    "max.binary": ag.maximum,
    "min.binary": ag.minimum,
    "fmax": ag.maximum,
    "fmin": ag.minimum,
    "logaddexp": ag.logsumexp,
    "logaddexp2": lambda x, y: ag.logsumexp(x * math.log(2.0), y * math.log(2.0)) / math.log(2.0),
    "xlogy": _xlogy,
    "special.xlog1py": lambda x, y: x * ag.log1p(y),
    "copysign": lambda x, y: ag.abs(x) * ag.sign(y),
    "ldexp": lambda x, y: x * 2.0**y,
    "rsub": lambda x, y, alpha=1.0: y - alpha * x,
    "__radd__": lambda x, y: y + x,
    "__rmul__": lambda x, y: y * x,
    "__rsub__": lambda x, y: y - x,
    "__rdiv__": lambda x, y: y / x,
    "__rpow__": lambda x, y: y**x,
    "__rmod__": lambda x, y: y % x,
    "clamp": _clamp,
    "clamp_min": lambda x, low: ag.maximum(x, low),
    "clamp_max": lambda x, high: ag.minimum(x, high),
    "nn.functional.prelu": lambda x, weight: ag.leaky_relu(x, weight),
    "dist": lambda x, y, p=2: ag.abs(x - y),
    "nn.functional.mse_loss": _mse,
    "nn.functional.l1_loss": _of_loss(losses.l1_loss),
    "nn.functional.smooth_l1_loss": _of_loss(losses.smooth_l1_loss),
    "nn.functional.huber_loss": _of_loss(losses.huber_loss),
    "nn.functional.soft_margin_loss": lambda x, y, **_: ag.softplus(-x * y),
}
MORE: dict[str, Callable[..., Any]] = {
    "lerp": lambda x, y, weight: x + weight * (y - x),
    "addcmul": lambda x, y, z, value=1.0: x + value * y * z,
    "addcdiv": lambda x, y, z, value=1.0: x + value * y / z,
    "where": lambda x, condition, y: ag.where(condition, x, y),
}
# Of one number, which is its own sum, and the only one of its softmax.
REDUCED: dict[str, Callable[..., Any]] = {
    **{name: _of_one(getattr(ag, name)) for name in ("sum", "mean", "prod")},
    **dict.fromkeys(("amax", *_ways_to_reduce("max")), _of_one(ag.maximum)),
    **dict.fromkeys(("amin", *_ways_to_reduce("min")), _of_one(ag.minimum)),
    **dict.fromkeys(("nansum", "nanmean", "median"), _itself),
    **dict.fromkeys(("cumsum", "cumprod", "cummax", "cummin", "logcumsumexp"), _itself),
    "logsumexp": lambda x, *_, **__: ag.logsumexp([x]),
    "softmax": lambda x, *_, **__: ag.softmax([x]),
    "log_softmax": lambda x, *_, **__: ag.log_softmax([x]),
    "nn.functional.softmin": lambda x, *_, **__: ag.softmax([-x]),
    "norm": _norm,
    "linalg.vector_norm": _norm,
}
OURS = {**ONE, **TWO, **MORE, **REDUCED}

# How far the numbers of PyTorch are from what they should be, where it is more than rounding.
INACCURATE = {"nn.functional.hardsigmoid": 1e-7}  # its derivative has 1/6 as a float of 32 bits

# Why the others with samples of zero dimension are left out, by patterns of names.
REASONS = {
    "moves, copies or selects elements of arrays": (
        *("broadcast_to", "clone", "contiguous", "sum_to_size", "conj", "resolve_*", "expand*"),
        *("alias_copy", "masked_*", "meshgrid.*", "view*", "permute*", "real", "roll", "ravel"),
        *("reshape*", "atleast_*", "flatten", "gather", "sort", "msort", "unique*", "put", "take"),
        *("scatter*", "unfold*", "squeeze*", "unsqueeze*", "fill", "tile", "repeat*", "resize*"),
        *("transpose*", "t", "t_copy", "diagflat", "kthvalue", "topk", "mode", "item", "where.*"),
        *("index_*", "take_along_dim", "swapaxes", "positive.*", "detach*", "unflatten"),
    ),
    "draws random numbers": (
        *("*dropout*", "rand*", "normal*", "bernoulli", "*rrelu", "uniform", "cauchy"),
        *("exponential", "geometric", "log_normal"),
    ),
    "changes the type": (
        *("bfloat16", "bool", "byte", "char", "double", "float", "half", "int", "long", "short"),
        *("cdouble", "cfloat", "chalf", "complex", "polar", "*.with_dtype", "angle", "to"),
    ),
    "makes an array": (
        "*_like",
        "new_*",
        "linspace.*",
        "logspace.*",
        "zero_",
        "full",
        "linalg.vander",
    ),
    "has no derivative": (
        *("allclose", "equal", "eq", "ge", "gt", "le", "lt", "ne", "logical_*", "is*", "arg*"),
        *("any", "all", "count_nonzero", "nonzero*", "hash_tensor", "signbit", "nextafter"),
        *("heaviside", "floor_divide", "frexp", "hist*", "igamma*", "native_dropout_backward"),
    ),
    "is a special function that is not here": (
        *("special.*", "i0", "mvlgamma.*", "lgamma", "digamma", "polygamma.*", "erfinv"),
    ),
    "treats missing numbers in a way of its own": ("masked.*", "nan*", "quantile"),
    "gives two numbers, the least and the largest": ("aminmax",),
    "is a loss of several samples, or of a vector": (
        *("*_loss", "*cosine_similarity", "*normalize", "*cross_entropy*"),
    ),
    "is compiled by PyTorch for graphics processors": ("jiterator_*",),
    "rounds to a number of decimals": ("round.decimals_*",),
}


def reason_for(name: str) -> str:
    """Why an op is left out; empty if nothing says so."""
    found = (
        why
        for why, patterns in REASONS.items()
        if any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)
    )
    return next(found, "")
