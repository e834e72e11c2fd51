"""The text of ``help(autograd.exp)``: for each op a description, its call and its derivatives."""

import inspect
from functools import cache

from ...engine import calculus as c
from ...engine.op import Op
from .derivation import derivation

WHAT: dict[Op, str] = {
    c.abs: "The absolute value |x|. At 0 its derivative is 0.",
    c.acos: "The angle from 0 to π whose cosine is x; nan outside -1 to 1.",
    c.acosh: "The inverse of cosh; nan below 1.",
    c.add: "The sum x + y.",
    c.asin: "The angle from -π/2 to π/2 whose sine is x; nan outside -1 to 1.",
    c.asinh: "The inverse of sinh.",
    c.atan: "The angle from -π/2 to π/2 whose tangent is x.",
    c.atan2: "The angle from -π to π of the point (x, y). At (0, 0) it has no derivative.",
    c.atanh: "The inverse of tanh; ±inf at ±1, nan outside -1 to 1.",
    c.cbrt: "The cube root, of negative numbers too. At 0 its derivative is inf.",
    c.ceil: "The least whole number from x on. Its derivative is 0.",
    c.clip: "x, but at least low and at most high.",
    c.cos: "The cosine of x in radians.",
    c.cosh: "The hyperbolic cosine, (exp(x) + exp(-x))/2.",
    c.div: "The quotient x/y, as IEEE 754 has it: 1/0 is inf, 0/0 is nan.",
    c.dot: "The sum of the products of two lists, xs[0]*ys[0] + xs[1]*ys[1] + …",
    c.elu: "x above 0, alpha*(exp(x) - 1) below.",
    c.equal: "1 where x equals y, else 0. Its derivatives are 0.",
    c.erf: "The error function.",
    c.exp: "The exponential function; inf from about 709.8 on.",
    c.expm1: "exp(x) - 1, accurate for small x.",
    c.floor: "The greatest whole number up to x. Its derivative is 0.",
    c.floordiv: "The quotient x/y rounded down, as in Python. Its derivatives are 0.",
    c.fold_in: "A random key of a key and a number (see autograd.random).",
    c.gelu: "x times the normal distribution function of x.",
    c.greater: "1 where x is greater than y, else 0. Its derivatives are 0.",
    c.hypot: "The length √(x² + y²), safe from overflow. At (0, 0) its derivatives are 0.",
    c.leaky_relu: "x above 0, negative_slope*x below.",
    c.log: "The natural logarithm; -inf at 0, nan below.",
    c.log10: "The logarithm to base 10; -inf at 0, nan below.",
    c.log1p: "log(1 + x), accurate for small x; -inf at -1, nan below.",
    c.log2: "The logarithm to base 2; -inf at 0, nan below.",
    c.logsumexp: "log(exp(x₁) + exp(x₂) + …), safe from overflow.",
    c.maximum: "The largest value; those that tie share the derivative. nan if any is nan.",
    c.mean: "The mean of the values, of which there is at least one.",
    c.minimum: "The smallest value; those that tie share the derivative. nan if any is nan.",
    c.mod: "The remainder of x/y, with the sign of y, as in Python.",
    c.mul: "The product x*y.",
    c.neg: "The negative -x.",
    c.pow: "x to the power of y; nan for a negative x with a y that is not whole (see cbrt).",
    c.prod: "The product of the values; of none it is 1.",
    c.relu: "x above 0, else 0. At 0 its derivative is 0.",
    c.round: "The nearest whole number, of two the even one. Its derivative is 0.",
    c.sigmoid: "The logistic function 1/(1 + exp(-x)), from 0 to 1.",
    c.sign: "1 above 0, -1 below, 0 at 0. Its derivative is 0.",
    c.silu: "x*sigmoid(x), also called swish.",
    c.sin: "The sine of x in radians.",
    c.sinh: "The hyperbolic sine, (exp(x) - exp(-x))/2.",
    c.softplus: "log(1 + exp(x)), a smooth relu.",
    c.sqrt: "The square root; nan below 0. At 0 its derivative is inf.",
    c.step: "1 above 0, else 0. Its derivative is 0.",
    c.sub: "The difference x - y.",
    c.sum: "The sum of the values, from left to right; of none it is 0.",
    c.tan: "The tangent of x in radians.",
    c.tanh: "The hyperbolic tangent, from -1 to 1.",
    c.trunc: "The whole part of x, rounded towards 0. Its derivative is 0.",
    c.where: "x where the condition is not 0, else y. Only the one that is taken gets a gradient.",
}


@cache
def page(op: Op) -> str:
    """The help text of an op.

    Example:
        >>> from autograd import exp
        >>> print(page(exp))
        exp(x, /): The exponential function; inf from about 709.8 on.
        <BLANKLINE>
        Takes a Value or number; gives a node, or a float where no Value is given.
        <BLANKLINE>
        d exp(u)/du = exp(u)
    """
    one = len(op.rules) == 1 and len(signature(op).parameters) == 1
    takes = "a Value or number" if one else "Values or numbers"
    what = f"{name(op)}{signature(op)}: {WHAT.get(op, 'An op.')}"
    how = f"Takes {takes}; gives a node, or a float where no Value is given."
    return "\n\n".join([what, how, str(derivation(op))])


def name(op: Op) -> str:
    """The name of an op in Python, such as ``"add"`` for +."""
    return next((name for name, x in vars(c).items() if x is op), op.name)


def signature(op: Op) -> inspect.Signature:
    """The signature of an op, as `help` shows it."""
    arranged = inspect.signature(op.arrange)
    if [x.name for x in arranged.parameters.values()] != ["operands"]:
        bare = [x.replace(annotation=inspect.Parameter.empty) for x in arranged.parameters.values()]
        return inspect.Signature(bare)
    if not op.rules:
        return inspect.Signature([inspect.Parameter("values", inspect.Parameter.VAR_POSITIONAL)])
    kind = inspect.Parameter.POSITIONAL_ONLY
    return inspect.Signature([inspect.Parameter(x, kind) for x in _operands(op)])


def _operands(op: Op) -> list[str]:
    """The names that the op's rules give to its operands."""
    count = len(op.rules)
    for rule in filter(inspect.isfunction, op.rules):
        names = list(inspect.signature(rule).parameters)
        if len(names) == count + 1:
            return names[:count]
    return ["x", "y"][:count]
