"""The calculus: every operation of the library, one row each.

A row says the name, the forward function on floats, and the local derivative for each operand
as an expression in the operands and the result. The expressions use this table's own functions
and plain + - *, never `math`, never a branch: see `op.py` for what that buys. (Which operand
`where` and `lookup` take is decided by a number, and recorded.)

Rows that begin with "derivatives of other rows" are private. They exist because the composed
formula would cancel: 1 - tanh² loses every digit in the tails, its derivative near 0.
Accuracy, against a 60-digit reference: values within 2 ULP, first derivatives within 4, second
within 8, times the condition near a zero; gelu, erf and logsumexp state bounds of their own.
"""

import builtins
import math
import operator
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from typing import Any, overload

from . import ieee
from .carrier import C, Carrier
from .messages import describe_type, short_repr
from .nesting import refuse_depth
from .numbers import flag_as_number, number
from .op import ONE, Op

NAN, INF = ieee.NAN, ieee.INF


def _is_ordered(x: Any) -> bool:
    """Whether `x` gives values one by one, each at its place, as a set or a dict does not."""
    if type(x) in (list, tuple):  # sooner than by what an Iterable is
        return True
    return isinstance(x, Iterable) and not isinstance(x, (Mapping, Set))


def _one_per_operand(*values: Any) -> Sequence[Any]:
    """The operands of an n-ary op, given as one iterable or one by one."""
    if len(values) != 1:
        return values
    if not _is_ordered(values[0]):
        raise TypeError(f"expected a list of values, got {describe_type(values[0])}")
    return tuple(values[0])


def _at_least_one(*values: Any) -> Sequence[Any]:
    operands = _one_per_operand(*values)
    if not operands:
        raise ValueError("expected at least one value, got none")
    return operands


def _leaky_relu_operands(x: Any, negative_slope: Any = 0.01) -> Sequence[Any]:
    return (x, negative_slope)


def _elu_operands(x: Any, alpha: Any = 1.0) -> Sequence[Any]:
    return (x, alpha)


def _clip_operands(x: Any, low: Any = -INF, high: Any = INF) -> Sequence[Any]:
    return (x, low, high)


def _pairs(xs: Iterable[Any], ys: Iterable[Any]) -> Sequence[Any]:
    if not (_is_ordered(xs) and _is_ordered(ys)):
        kinds = f"{type(xs).__name__} and {type(ys).__name__}"
        raise TypeError(f"dot takes two lists of values, got {kinds}: write x * y for two numbers")
    xs, ys = tuple(xs), tuple(ys)
    if len(xs) != len(ys):
        raise ValueError(f"dot needs two vectors of one length, got {len(xs)} and {len(ys)}")
    return (*xs, *ys)


# --- arithmetic -----------------------------------------------------------------------------

add: Op = Op("+", operator.add, 1.0, 1.0)
sub: Op = Op("-", operator.sub, 1.0, -1.0)
mul: Op = Op("*", operator.mul, lambda x, y, out: y, lambda x, y, out: x)
div: Op = Op(
    "/",
    ieee.divide,
    lambda x, y, out: div(1.0, y),
    lambda x, y, out: div_slope(x, y),
    strong=True,
)
mod: Op = Op("%", ieee.modulo, 1.0, lambda x, y, out: -floordiv(x, y), strong=True)
floordiv: Op = Op("//", ieee.floor_divide, 0.0, 0.0)
pow: Op = Op(
    "**",
    ieee.power,
    lambda x, y, out: power_slope(x, y),
    lambda x, y, out: power_log(x, y),
    strong=True,
)
neg: Op = Op("neg", operator.neg, -1.0)
abs: Op = Op("abs", operator.abs, lambda x, out: sign(x))

# --- exponentials and logarithms ------------------------------------------------------------

exp: Op = Op("exp", ieee.ieee(math.exp), lambda x, out: out, strong=True)
expm1: Op = Op("expm1", ieee.ieee(math.expm1), lambda x, out: exp(x), strong=True)
log: Op = Op(
    "log",
    ieee.log,
    lambda x, out: div(1.0, nonnegative(x)),
    strong=True,
)
log1p: Op = Op(
    "log1p",
    ieee.ieee(math.log1p, poles={-1.0: -INF}),
    lambda x, out: div(1.0, nonnegative(1.0 + x)),
    strong=True,
)
log2: Op = Op(
    "log2",
    ieee.ieee(math.log2, poles={0.0: -INF}),
    lambda x, out: div(1.0 / math.log(2.0), nonnegative(x)),
    strong=True,
)
log10: Op = Op(
    "log10",
    ieee.ieee(math.log10, poles={0.0: -INF}),
    lambda x, out: div(1.0 / math.log(10.0), nonnegative(x)),
    strong=True,
)
sqrt: Op = Op("sqrt", ieee.ieee(math.sqrt), lambda x, out: div(0.5, out), strong=True)
cbrt: Op = Op("cbrt", ieee.cbrt, lambda x, out: cbrt_slope(x), strong=True)

# --- circular and hyperbolic functions ------------------------------------------------------

sin: Op = Op("sin", ieee.ieee(math.sin), lambda x, out: cos(x), strong=True)
cos: Op = Op("cos", ieee.ieee(math.cos), lambda x, out: -sin(x), strong=True)
tan: Op = Op("tan", ieee.ieee(math.tan), lambda x, out: 1.0 + out * out, strong=True)
asin: Op = Op("asin", ieee.ieee(math.asin), lambda x, out: asin_slope(x), strong=True)
acos: Op = Op("acos", ieee.ieee(math.acos), lambda x, out: -asin_slope(x), strong=True)
atan: Op = Op("atan", math.atan, lambda x, out: div(div(1.0, hypot(1.0, x)), hypot(1.0, x)))
atan2: Op = Op(
    "atan2",
    math.atan2,
    lambda y, x, out: inversion(x, y),
    lambda y, x, out: -inversion(y, x),
    strong=True,
)
sinh: Op = Op("sinh", ieee.ieee(math.sinh), lambda x, out: cosh(x), strong=True)
cosh: Op = Op("cosh", ieee.ieee(math.cosh), lambda x, out: sinh(x), strong=True)
tanh: Op = Op("tanh", math.tanh, lambda x, out: sech2(x))
asinh: Op = Op("asinh", math.asinh, lambda x, out: div(1.0, hypot(1.0, x)))
acosh: Op = Op("acosh", ieee.ieee(math.acosh), lambda x, out: acosh_slope(x), strong=True)
atanh: Op = Op(
    "atanh",
    ieee.ieee(math.atanh, poles={1.0: INF, -1.0: -INF}),
    lambda x, out: atanh_slope(x),
    strong=True,
)
hypot: Op = Op(
    "hypot",
    ieee.hypot,
    lambda x, y, out: unit(x, y),
    lambda x, y, out: unit(y, x),
    strong=True,
)

# --- activations ----------------------------------------------------------------------------

sigmoid: Op = Op("sigmoid", ieee.sigmoid, lambda x, out: sigmoid_slope(x))
relu: Op = Op("relu", ieee.relu, lambda x, out: step(x))
leaky_relu: Op = Op(
    "leaky_relu",
    ieee.leaky_relu,
    lambda x, slope, out: where(step(x), step(x), slope),
    lambda x, slope, out: where(step(x), 0.0, x),
    arrange=_leaky_relu_operands,
)
elu: Op = Op(
    "elu",
    ieee.elu,
    lambda x, alpha, out: where(step(x), step(x), scaled_exp(x, alpha)),
    lambda x, alpha, out: where(step(x), 0.0, expm1(x)),
    arrange=_elu_operands,
)
silu: Op = Op("silu", ieee.silu, lambda x, out: silu_slope(x))
gelu: Op = Op(
    "gelu",
    ieee.gelu,
    lambda x, out: gelu_slope(x),
)
softplus: Op = Op("softplus", ieee.softplus, lambda x, out: sigmoid(x))
erf: Op = Op("erf", math.erf, lambda x, out: 2.0 / math.sqrt(math.pi) * gauss(x))

# --- steps: flat wherever they have a derivative --------------------------------------------

step: Op = Op("step", ieee.step, 0.0)
sign: Op = Op("sign", ieee.sign, 0.0)
floor: Op = Op("floor", ieee.rounding(math.floor), 0.0)
ceil: Op = Op("ceil", ieee.rounding(math.ceil), 0.0)
round: Op = Op("round", ieee.rounding(builtins.round), 0.0)
trunc: Op = Op("trunc", ieee.rounding(math.trunc), 0.0)

# --- comparisons: 1 or 0, and 0 with a nan, as Python compares ------------------------------

equal: Op = Op("equal", ieee.equal, None, None)
greater: Op = Op("greater", ieee.greater, None, None)

# --- random numbers: `random.py` draws them --------------------------------------------------

fold_in: Op = Op("fold_in", ieee.fold_in, None, None)

# --- any number of operands -----------------------------------------------------------------

sum: Op = Op(
    "sum", ieee.total, derivatives=lambda xs, out: [ONE] * len(xs), arrange=_one_per_operand
)
mean: Op = Op(
    "mean",
    ieee.mean,
    derivatives=lambda xs, out: [1.0 / len(xs)] * len(xs),
    arrange=_at_least_one,
)
dot: Op = Op(
    "dot",
    ieee.dot,
    derivatives=lambda xs, out: [*xs[len(xs) // 2 :], *xs[: len(xs) // 2]],
    arrange=_pairs,
)


def _products_of_the_others(xs: Sequence[Any], out: Any) -> list[Any]:
    """For each operand of a product the product of all others, without a division."""
    before, after = [1.0], [1.0]
    for x in xs[:-1]:
        before.append(before[-1] * x)
    for x in xs[:0:-1]:
        after.append(after[-1] * x)
    return list(map(operator.mul, before, reversed(after)))


def _shares_of_the_tied(xs: Sequence[Any], out: Any) -> list[Any]:
    """1/m for each of the m operands that tie for the extreme, 0 for the others; 0/0 at nan."""
    tied = [equal(x, out) for x in xs]
    count = sum(tied)
    return [div(one, count) for one in tied]


def _clip_derivatives(xs: Sequence[Any], out: Any) -> list[Any]:
    x, low, high = xs
    above = div(greater(maximum(x, low), high), equal(out, out))  # 0/0, nan, with a nan
    below = (1.0 - above) * greater(low, x)
    return [(1.0 - above) * (1.0 - below), below, above]


prod: Op = Op("prod", ieee.product, derivatives=_products_of_the_others, arrange=_one_per_operand)
maximum: Op = Op("maximum", ieee.maximum, derivatives=_shares_of_the_tied, arrange=_at_least_one)
minimum: Op = Op("minimum", ieee.minimum, derivatives=_shares_of_the_tied, arrange=_at_least_one)
logsumexp: Op = Op(
    "logsumexp",
    ieee.logsumexp,
    derivatives=lambda xs, out: softmax(xs),
    arrange=_at_least_one,
    strong=True,
)
clip: Op = Op(
    "clip",
    ieee.clip,
    derivatives=_clip_derivatives,
    arrange=_clip_operands,
)

# --- choosing ops: only the operand taken gets a contribution -------------------------------


def _position(xs: Sequence[float]) -> int:
    """The position among the operands (index, *values) of the value that the index names."""
    if not 0.0 <= xs[0] < len(xs) - 1 or xs[0] % 1.0:
        raise IndexError(f"lookup index {xs[0]:g} is not one of 0 to {len(xs) - 2}")
    return 1 + int(xs[0])


def _branch(xs: Sequence[float]) -> int:
    """The position among the operands (condition, x, y) of the one that is taken."""
    return 1 if xs[0] else 2


def _only(
    position: Callable[[Sequence[Any]], int],
) -> Callable[[Sequence[Any], Any], list[Any]]:
    """The derivatives of a choice: 1 for the operand taken, nothing for the others."""

    def derivatives(xs: Sequence[Any], out: Any) -> list[Any]:
        flows: list[Any] = [None] * len(xs)
        flows[position([getattr(xs[0], "data", xs[0]), *xs[1:]])] = ONE  # names hold it
        return flows

    return derivatives


def _lookup_operands(index: Any, *values: Any) -> Sequence[Any]:
    return (index, *values)


def _where_operands(condition: Any, x: Any, y: Any) -> Sequence[Any]:
    """The operands (condition, x, y), where a bool of Python or numpy counts as 1 or 0."""
    return (flag_as_number(condition), x, y)


where: Op = Op(
    "where",
    lambda condition, x, y: x if condition else y,
    derivatives=_only(_branch),
    taken=lambda xs, i: where(xs[0], float(i == 1), float(i == 2)),
    arrange=_where_operands,
)
gather: Op = Op(
    "lookup",
    lambda *xs: xs[_position(xs)],
    derivatives=_only(_position),
    taken=lambda xs, i: equal(xs[0], i - 1.0),
    arrange=_lookup_operands,
)


@overload
def lookup(values: Iterable[float], index: float) -> float: ...  # type: ignore[overload-overlap]
@overload
def lookup(values: Iterable[C | float], index: C | float) -> C: ...
@overload
def lookup(values: Iterable[Any], index: Any) -> Any: ...
def lookup(values: Iterable[Any], index: Any) -> Any:
    """``values[index]`` as a node; of nested lists, such as rows, the same for each element.

    Args:
        values: a sequence of Values or numbers, or a sequence of equally long rows of them.
        index: an int from 0 to ``len(values) - 1``, or a Value that holds one.

    Raises:
        IndexError: when the index is out of range or not whole.
        TypeError: when the values are no list, or some are rows and some are not.
        ValueError: when the rows are of different lengths.

    Example:
        >>> from autograd import Value, lookup
        >>> a, b = Value(2.0), Value(3.0)
        >>> lookup([a, b], 1).backward()
        >>> a.grad, b.grad
        (0.0, 1.0)
    """
    if not _is_ordered(values):
        kind = type(values).__name__
        raise TypeError(f"lookup takes a list of values, or of rows of them, got {kind}")
    values = tuple(values)
    if not values:
        raise IndexError("lookup finds nothing in an empty list of values")
    rows = [x for x in values if isinstance(x, (list, tuple))]
    if not rows:
        return gather(index, *values)
    lengths = sorted({len(row) for row in rows})
    if len(rows) < len(values):
        raise TypeError(f"lookup needs values or rows, {len(rows)} of the {len(values)} are rows")
    if len(lengths) > 1:
        raise ValueError(f"lookup needs rows of one length, got lengths {short_repr(lengths)}")
    if lengths[0] and isinstance(rows[0][0], (list, tuple)):
        refuse_depth(values, "values of lookup")
    if lengths == [0]:
        gather(index, *[0.0] * len(rows))  # for nothing, but with the same check of the index
    row = [lookup(column, index) for column in zip(*rows, strict=True)]
    return row if type(rows[0]) in (list, tuple) else type(rows[0])(row)  # of an array


# --- derivatives of other rows --------------------------------------------------------------


def _scattered(place: float, total: float, *pairs: float) -> float:
    """The total, and of the pairs (index, x) each x whose index this place is, in order."""
    for index, x in zip(pairs[::2], pairs[1::2], strict=True):
        if index == place:
            total += x
    return total


def _arrivals(xs: Sequence[Any], out: Any) -> list[Any]:
    """The derivatives of a place: 1 for the total before, and for each x that comes for it."""
    taken = [equal(index, xs[0]) for index in xs[2::2]]
    return [None, ONE, *(y for mask in taken for y in (None, _if_taken(mask)))]


def _if_taken(mask: Any) -> Any:
    """The derivative by an operand that a number says is taken, or what stands for a number."""
    return mask if type(mask) is not float else ONE if mask else None


# What lookups in a table give back to one place of it, added to what came before: see scatter.py.
# All places of a table have the same pairs, so that backends add each x where it belongs alone.
scattered: Op = Op(
    "scattered",
    _scattered,
    derivatives=_arrivals,
    taken=lambda xs, i: ONE if i == 1 else equal(xs[i - 1], xs[0]) if i % 2 else None,
    arrange=lambda place, total, *pairs: (place, total, *pairs),
)
strong_product: Op = Op(  # x·y, and 0 where x is 0
    "strong*", ieee.strong_product, lambda x, y, out: y, lambda x, y, out: x, strong=True
)
div_slope: Op = Op(  # -x/y²
    "div_slope",
    ieee.div_slope,
    lambda x, y, out: div_slope(1.0, y),
    lambda x, y, out: div_bend(x, y),
    strong=True,
)
div_bend: Op = Op(  # 2x/y³
    "div_bend",
    ieee.div_bend,
    lambda x, y, out: div_bend(1.0, y),
    lambda x, y, out: -3.0 * div(out, y),
    strong=True,
)
power_slope: Op = Op(  # y·x**(y-1)
    "power_slope",
    ieee.power_slope,
    lambda x, y, out: power_bend(x, y),
    lambda x, y, out: power_mixed(x, y),
    strong=True,
)
power_bend: Op = Op(  # y·(y-1)·x**(y-2)
    "power_bend",
    ieee.power_bend,
    lambda x, y, out: where(  # y·(y-1)·(y-2)·x**(y-3), with a small y first: a float may hold it
        step(abs(y) - 1.0),
        strong_product(y, power_bend(x, y - 1.0)),
        strong_product(out, div(y - 2.0, x)),
    ),
    lambda x, y, out: strong_product(
        pow(x, y - 2.0), 2.0 * y - 1.0 + strong_product(y * (y - 1.0), log(x))
    ),
    strong=True,
)
power_mixed: Op = Op(  # x**(y-1)·(1 + y·log x)
    "power_mixed",
    ieee.power_mixed,
    lambda x, y, out: strong_product(
        pow(x, y - 2.0), 2.0 * y - 1.0 + strong_product(y * (y - 1.0), log(x))
    ),
    lambda x, y, out: strong_product(
        pow(x, y - 1.0), strong_product(log(x), 2.0 + strong_product(y, log(x)))
    ),
    strong=True,
)
power_log: Op = Op(  # x**y·log x
    "power_log",
    ieee.power_log,
    lambda x, y, out: power_mixed(x, y),
    lambda x, y, out: power_log_square(x, y),
    strong=True,
)
power_log_square: Op = Op(  # x**y·log²x
    "power_log_square",
    ieee.power_log_square,
    lambda x, y, out: strong_product(
        pow(x, y - 1.0), strong_product(log(x), 2.0 + strong_product(y, log(x)))
    ),
    lambda x, y, out: strong_product(out, log(x)),
    strong=True,
)
cbrt_slope: Op = Op(  # 1/(3·∛x²)
    "cbrt_slope",
    ieee.cbrt_slope,
    lambda x, out: -div(2.0 * out, 3.0 * x),
    strong=True,
)
nonnegative: Op = Op("nonnegative", ieee.nonnegative, 1.0)
asin_slope: Op = Op(  # 1/√(1 - x²)
    "asin_slope",
    ieee.asin_slope,
    lambda x, out: div(x * out, (1.0 - x) * (1.0 + x)),
    strong=True,
)
acosh_slope: Op = Op(  # 1/√(x² - 1)
    "acosh_slope",
    ieee.acosh_slope,
    lambda x, out: -div(div(x, x - 1.0) * out, x + 1.0),
    strong=True,
)
atanh_slope: Op = Op(  # 1/(1 - x²)
    "atanh_slope",
    ieee.atanh_slope,
    lambda x, out: 2.0 * x * out * out,
    strong=True,
)
unit: Op = Op(  # x/√(x² + y²)
    "unit",
    ieee.unit,
    lambda x, y, out: unit_slope(x, y),
    lambda x, y, out: unit_mixed(x, y),
    strong=True,
)
inversion: Op = Op(  # x/(x² + y²)
    "inversion",
    ieee.inversion,
    lambda x, y, out: inversion_slope(x, y),
    lambda x, y, out: inversion_mixed(x, y),
    strong=True,
)


def _exponent(x: Any) -> Any:
    """The exponent of a power of two close to x."""
    return where(x, floor(log2(abs(x))), 0.0)


def _scale_by_power_of_two(exponent: Any, *xs: Any) -> list[Any]:
    """x·2**exponent for each x, also where that power is beyond the floats."""
    near = clip(exponent, -1000.0, 1000.0)
    first, second = pow(2.0, near), pow(2.0, clip(exponent - near, -1000.0, 1000.0))
    return [x * first * second for x in xs]


def _split_exponent(x: Any) -> tuple[Any, Any]:
    """A number near 1, and the exponent that makes it x."""
    exponent = _exponent(x)
    return _scale_by_power_of_two(-exponent, x)[0], exponent


def _by_hypot(x: Any, y: Any, power: int, *factors: tuple[Any, Any]) -> Any:
    """The product of two factors, by default of y - x and y + x, over √(x² + y²)**power.

    Exponents go apart from the numbers until the end, so that no step overflows. At infinity it
    is 0.
    """
    larger = maximum(abs(x), abs(y))
    scale = _exponent(larger)
    x, y = _scale_by_power_of_two(-scale, x, y)
    (left, i), (right, j) = factors or ((y - x, scale), (y + x, scale))
    quotient = div(left * right, ieee.product(*[hypot(x, y)] * power))
    (found,) = _scale_by_power_of_two(i + j - power * scale, quotient)
    return where(equal(larger, INF), div(1.0, larger), found)  # nan with a nan


unit_slope: Op = Op(  # y²/√(x² + y²)³
    "unit_slope",
    lambda x, y: _by_hypot(x, y, 3, *[_split_exponent(y)] * 2),
    lambda x, y, out: -3.0 * out * inversion(x, y),
    lambda x, y, out: inversion(y, x) * (2.0 * unit_slope(y, x) - out),
    strong=True,
)
unit_mixed: Op = Op(  # -x·y/√(x² + y²)³
    "unit_mixed",
    lambda x, y: -_by_hypot(x, y, 3, _split_exponent(x), _split_exponent(y)),
    lambda x, y, out: inversion(y, x) * (2.0 * unit_slope(y, x) - unit_slope(x, y)),
    lambda x, y, out: inversion(x, y) * (2.0 * unit_slope(x, y) - unit_slope(y, x)),
    strong=True,
)
inversion_slope: Op = Op(  # (y² - x²)/(x² + y²)²
    "inversion_slope",
    lambda x, y: _by_hypot(x, y, 4),
    lambda x, y, out: 2.0 * (inversion(y, x) * inversion_mixed(x, y) - inversion(x, y) * out),
    lambda x, y, out: -2.0 * (inversion(x, y) * inversion_mixed(x, y) + inversion(y, x) * out),
    strong=True,
)
inversion_mixed: Op = Op(  # -2·x·y/(x² + y²)²
    "inversion_mixed",
    lambda x, y: -2.0 * _by_hypot(x, y, 4, _split_exponent(x), _split_exponent(y)),
    lambda x, y, out: -2.0 * (inversion(x, y) * out + inversion(y, x) * inversion_slope(x, y)),
    lambda x, y, out: 2.0 * (inversion(x, y) * inversion_slope(x, y) - inversion(y, x) * out),
    strong=True,
)
sech2: Op = Op("sech2", ieee.sech2, lambda x, out: -2.0 * tanh(x) * out)
sigmoid_slope: Op = Op("sigmoid_slope", ieee.sigmoid_slope, lambda x, out: -tanh(0.5 * x) * out)
silu_slope: Op = Op("silu_slope", ieee.silu_slope, lambda x, out: silu_bend(x))
silu_bend: Op = Op(  # 2s + x·s', with s the slope of the sigmoid, s" = s·(1 - 6s)
    "silu_bend",
    ieee.silu_bend,
    lambda x, out: strong_product(
        sigmoid_slope(x), x * (1.0 - 6.0 * sigmoid_slope(x)) - 3.0 * tanh(0.5 * x)
    ),
)
scaled_exp: Op = Op(  # y·exp(x)
    "scaled_exp",
    ieee.scaled_exp,
    lambda x, scale, out: out,
    lambda x, scale, out: exp(x),
    strong=True,
)
gelu_slope: Op = Op(  # Φ + x·φ
    "gelu_slope",
    ieee.gelu_slope,
    lambda x, out: strong_product(normal_density(x), 2.0 - x * x),
)
gauss: Op = Op("gauss", ieee.gauss, lambda x, out: strong_product(out, -2.0 * x), strong=True)
normal_density: Op = Op(
    "normal_density",
    ieee.normal_density,
    lambda x, out: strong_product(out, -x),
    strong=True,
)
normal_distribution: Op = Op(
    "normal_distribution", ieee.normal_distribution, lambda x, out: normal_density(x)
)
largest: Op = Op(  # from where a softmax counts: it cancels in the end, so nothing flows back
    "largest", ieee.maximum, derivatives=lambda xs, out: [None] * len(xs)
)
exp_difference: Op = Op(  # exp(x - m), where m is the largest x and cancels in the end
    "exp_difference", ieee.exp_difference, lambda x, m, out: out, None, strong=True
)
exp_total: Op = Op(  # Σ xᵢ of the operands (m, x₀, x₁ …), the exponentials from m on
    "exp_total", ieee.exp_total, derivatives=lambda xs, out: [None, *[ONE] * (len(xs) - 1)]
)
exp_rest: Op = Op(  # Σ xᵢ without the one that is more than half of it, of (Σ xᵢ, x₀, x₁ …)
    "exp_rest",
    ieee.exp_rest,
    derivatives=lambda xs, out: [None, *(1.0 - greater(x, out) for x in xs[1:])],
)
share: Op = Op(  # x/(x + y)
    "share",
    ieee.share,
    lambda x, others, out: div(share(others, x), x + others),
    lambda x, others, out: -div(out, x + others),
    strong=True,
)


def _parts(values: Sequence[Any]) -> list[tuple[Any, Any, Any]]:
    """For each value exp(x - m), m the largest, with the rest and the total of them all."""
    top = largest(*values)
    parts = [exp_difference(x, top) for x in values]
    total = exp_total(top, *parts)
    rest = exp_rest(total, *parts)
    return [(x, rest, total) for x in parts]


def _portion_slopes(xs: Sequence[Any], out: Any) -> list[Any]:
    """Local derivatives of x/(x + rest) for an operand above half of the total, else of x/total.

    1 - p, where p is the share of x, would cancel only in the first case, in which there is the
    rest; a total that leaves one out needs a sum for each.
    """
    x, rest, total = xs
    larger = greater(x, rest)
    smaller = sub(1.0, larger)
    of_larger = div(share(rest, x), x + rest)
    return [
        strong_product(larger, of_larger) + smaller * div(1.0, total),
        strong_product(larger, -div(share(x, rest), x + rest)),
        smaller * div_slope(x, total),
    ]


portion: Op = Op(  # x/total
    "portion",
    lambda x, rest, total: ieee.divide(x, total),
    derivatives=_portion_slopes,
    strong=True,
)


complement: Op = Op(  # 1 - x/total
    "complement",
    ieee.complement,
    derivatives=lambda xs, out: [-x for x in _portion_slopes(xs, out)],
    strong=True,
)


def _log_share_slopes(xs: Sequence[Any], out: Any) -> list[Any]:
    """1 - p for the value that the index names, else -p, where p are the shares."""
    index = xs[0]

    def slope(i: int, *part: Any) -> Any:
        if isinstance(index, Carrier):
            return where(equal(index, float(i)), complement(*part), -portion(*part))
        return complement(*part) if index == i else -portion(*part)

    return [None, *(slope(i, *part) for i, part in enumerate(_parts(xs[1:])))]


log_share: Op = Op(  # log(exp(xᵢ)/Σ exp(xⱼ)) of the operands (i, x₀, x₁ …)
    "log_share",
    lambda index, *xs: ieee.log_share(xs, _position((index, *xs)) - 1),
    derivatives=_log_share_slopes,
    strong=True,
)
identity: Op = Op("identity", lambda x: x, 1.0)
fixed: Op = Op("fixed", lambda x: x, None)  # the number alone: nothing flows back

# --- on top of the rows ---------------------------------------------------------------------


def _numbers(name: str, values: Any) -> Sequence[Any]:
    """The values of a softmax as a list, each checked to be a Value or a number."""
    try:
        operands = _at_least_one(values)
    except (TypeError, ValueError) as error:
        raise type(error)(f"{name}: {error}") from None
    return [
        x if isinstance(x, Carrier) else number(x, f"value {i} of {name}")
        for i, x in enumerate(operands)
    ]


@overload
def softmax(values: Iterable[float]) -> list[float]: ...  # type: ignore[overload-overlap]
@overload
def softmax(values: Iterable[C | float]) -> list[C]: ...
@overload
def softmax(values: Iterable[Any]) -> list[Any]: ...
def softmax(values: Iterable[Any]) -> list[Any]:
    """exp(xᵢ) / Σ exp(xⱼ), safe from overflow, with derivatives that are exact in the tails.

    Example:
        >>> from autograd import softmax
        >>> softmax([1000.0, 1000.0])
        [0.5, 0.5]
    """
    return [portion(*part) for part in _parts(_numbers("softmax", values))]


@overload
def log_softmax(values: Iterable[float]) -> list[float]: ...  # type: ignore[overload-overlap]
@overload
def log_softmax(values: Iterable[C | float]) -> list[C]: ...
@overload
def log_softmax(values: Iterable[Any]) -> list[Any]: ...
def log_softmax(values: Iterable[Any]) -> list[Any]:
    """xᵢ - log Σ exp(xⱼ), accurate where the softmax itself would round to 0 or 1.

    Example:
        >>> from autograd import log_softmax
        >>> log_softmax([0.0, 1000.0])
        [-1000.0, 0.0]
    """
    operands = _numbers("log_softmax", values)
    return [log_share(float(i), *operands) for i in range(len(operands))]


for _name, _op in list(globals().items()):
    if isinstance(_op, Op):  # what an op is called in Python, and where pickle finds it
        _op.__name__ = _op.__qualname__ = _name
        _op.__module__ = __name__
