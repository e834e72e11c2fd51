"""The primitives: the ops that every native backend spells, and no others.

`lowering.py` computes all other ops of the calculus out of these. The private ones here are what
the calculus has no op for, because nobody differentiates them.
"""

import math

from ..engine import calculus as c
from ..engine.ieee import NAN
from ..engine.op import Op


def _fmod(x: float, y: float) -> float:
    try:
        return math.fmod(x, y)
    except ValueError:
        return NAN


# Comparisons as C has them: 1.0 or 0.0, and 0.0 with a nan.
less: Op = Op("less", lambda x, y: float(x < y), None, None)
at_most: Op = Op("at_most", lambda x, y: float(x <= y), None, None)
same: Op = Op("same", lambda x, y: float(x == y), None, None)

copysign: Op = Op("copysign", math.copysign, None, None)
fmod: Op = Op("fmod", _fmod, None, None)
erfc: Op = Op("erfc", math.erfc, None)
root: Op = Op("root", math.cbrt, None)  # the platform's ∛x, as it comes

# The platform's mathematical library, the very functions that Python calls, by their names in C.
PLATFORM: dict[Op, str] = {
    **{op: op.name for op in (c.exp, c.expm1, c.log, c.log1p, c.log2, c.log10, c.erf, erfc)},
    **{op: op.name for op in (c.sin, c.cos, c.tan, c.asin, c.acos, c.atan, c.atan2)},
    **{op: op.name for op in (c.sinh, c.cosh, c.tanh, c.asinh, c.acosh, c.atanh)},
    c.pow: "pow",
    root: "cbrt",
}

PRIMITIVES: frozenset[Op] = frozenset(
    {
        # IEEE 754 defines these to the bit.
        *(c.add, c.sub, c.mul, c.div, c.neg, c.abs, c.sqrt, copysign, fmod),
        *(less, at_most, same),
        c.where,  # the second operand unless the first is 0 or -0: a nan chooses it too
        # C's, and then + 0.0, for Python rounds to an int, which has no -0. Halves go to even.
        *(c.floor, c.ceil, c.round, c.trunc),
        *PLATFORM,
    }
)
