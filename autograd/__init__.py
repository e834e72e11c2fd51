"""Write scalars. Watch every gradient.

A scalar automatic differentiation engine: `Value` remembers how it was computed, `backward()`
applies the chain rule. Start reading at `op.py`, then `calculus.py`, `graph.py`, `value.py`.
"""

from autograd.calculus import (
    abs,
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
    erf,
    exp,
    expm1,
    floor,
    floordiv,
    gelu,
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
    pow,
    prod,
    relu,
    round,
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
    sum,
    tan,
    tanh,
    trunc,
    where,
)
from autograd.errors import GradientError, NonFiniteError, StaleGraphError, StateDictError
from autograd.note import label
from autograd.op import Op
from autograd.recording import no_grad
from autograd.replay import recompute, zero_grad
from autograd.strict import strict
from autograd.value import Value, constant
