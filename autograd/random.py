"""Random numbers by keys: each number is a function of a key, and so an argument as any other.

A key is a whole float from 0 to 2**52 - 1, made by `key`, `split` or `fold_in`. The same key gives
the same numbers for ever, interpreted and compiled; other keys give others. So draws are new in
every call of a compiled function that gets a new key, and in every step of a scan that folds the
step into its key. Draw once with a key: what is drawn twice is the same.

A key that is a number gives plain numbers, a key that is a Value gives nodes. No gradient flows
to a key; those of the distribution's parameters, as of `mean` and `deviation`, do flow. A traced
key is not checked: one that is no key, as -1 or 0.5, gives numbers that nobody has tested.
Parameters that are Values are not checked either.

All numbers come from one row of the calculus, `fold_in`, and have all its 52 bits, the same on
every machine; `normal` and `categorical` take the log, cos and exp of the platform. Keys that are
folded from one key never meet. Any two others are the same with a chance of 2**-52, so that a chain
of keys, each split from the one before it, comes round after about 2**25 steps: where there are
more, fold the number of the step into one key.

Measured: over 2**20 consecutive data, consecutive keys, split keys and chains of them, 702 figures
(uniformity in one to three dimensions, correlations, collisions, birthday spacings) are within 3.5
deviations of what is expected, from the sixth of the ten rounds on, and so are 25 figures over at
least 2**25 numbers. Each bit of key and data flips each bit of the result half of the time, within
4.5 deviations over 4000 trials.
"""

import math
from collections.abc import Callable, Iterable
from typing import Any

from .engine import calculus as c
from .engine.arguments import integer, positive_int
from .engine.carrier import Carrier
from .engine.numbers import number
from .engine.value import Scalar

BITS = 52
ALL = 2.0**BITS  # how many keys there are
UNIT = 2.0**-BITS

__all__ = [
    "bernoulli",
    "categorical",
    "fold_in",
    "integers",
    "key",
    "normal",
    "permutation",
    "split",
    "uniform",
]


def key(seed: int) -> float:
    """The key of a seed.

    Args:
        seed: any int. Different seeds from 0 to 2**52 - 1 give different keys; others do but for
            a chance of 2**-52.

    Raises:
        TypeError: if the seed is no int.

    Example:
        >>> key(0), key(1)
        (4030664413150308.0, 45045954576292.0)
    """
    rest = integer("the seed of a key", seed)
    words = [abs(rest) >> i & (1 << BITS) - 1 for i in range(0, rest.bit_length() or 1, BITS)]
    found = 2.0 * len(words) + (rest < 0)
    for word in words:
        found = c.fold_in(found, word)
    return found


def fold_in(key: Scalar, data: Scalar) -> Any:
    """A new key of a key and a number, such as the number of a step.

    Args:
        key: a key.
        data: a whole number from 0 to 2**52 - 1; different ones give different keys.

    Raises:
        TypeError: if one of them is no number.
        ValueError: if one of them is not whole or out of range.

    Example:
        >>> base = key(0)
        >>> [uniform(fold_in(base, step)) for step in range(2)]
        [0.09534674327018111, 0.9404789960332485]
    """
    return c.fold_in(_key(key), _whole("data of fold_in", data))


def split(key: Scalar, count: int = 2) -> list[Any]:
    """Several new keys of one, which is then used up: ``fold_in(key, i)`` for i from 0.

    Args:
        key: a key.
        count: how many keys.

    Raises:
        TypeError: if the key is no number, or the count no int.
        ValueError: if it is no key, or the count is below 1.

    Example:
        >>> for_weights, for_noise = split(key(0))
        >>> for_weights == for_noise
        False
    """
    keys: list[Any] = _draws(key, positive_int("count", count), lambda bits: bits)
    return keys


def uniform(key: Scalar, count: int | None = None, *, low: Scalar = 0.0, high: Scalar = 1.0) -> Any:
    """A number from low to high, high not included but for rounding: low + (high - low)·u.

    Args:
        key: a key.
        count: None for one number, or how many to give in a list.
        low: the least number. Gradients flow to it, and to `high`.
        high: what all are below.

    Raises:
        TypeError: if one of them is no number.
        ValueError: if it is no key, the count is below 1, a limit is not finite, low is above
            high, or high - low is beyond the floats.

    Example:
        >>> uniform(key(0)), uniform(key(0), 2)
        (0.5690029794569478, [0.5690029794569478, 0.6632851600316865])
    """
    low, high = _finite("low of uniform", low), _finite("high of uniform", high)
    if not isinstance(low, Carrier) and not isinstance(high, Carrier) and low > high:
        raise ValueError(f"uniform wants low up to high, got low {low!r} and high {high!r}")
    width = c.sub(high, low)
    if _is(width, math.inf):
        raise ValueError(f"uniform wants high - low up to 1.8e308, got low {low!r}, high {high!r}")
    scale = c.mul(width, UNIT)
    plain = _is(low, 0.0) and _is(high, 1.0)
    return _draws(key, count, lambda bits: _moved(c.mul(bits, scale), low, plain))


def normal(
    key: Scalar, count: int | None = None, *, mean: Scalar = 0.0, deviation: Scalar = 1.0
) -> Any:
    """A number of the normal distribution, mean + deviation·z, by Box and Muller (1958).

    Two draws u and v give two numbers z, √(-2 log u)·cos(2πv) and √(-2 log u)·sin(2πv).

    Args:
        key: a key.
        count: None for one number, or how many to give in a list.
        mean: of the distribution. Gradients flow to it, and to `deviation`.
        deviation: the standard deviation, at least 0.

    Raises:
        TypeError: if one of them is no number.
        ValueError: if it is no key, the count is below 1, or mean or deviation is not finite, or
            the deviation negative.

    Example:
        >>> normal(key(0), 2)
        [-0.5503940448353533, -0.9081880931508124]
    """
    mean, deviation = _finite("mean of normal", mean), _finite("deviation of normal", deviation)
    if not isinstance(deviation, Carrier) and deviation < 0.0:
        raise ValueError(f"deviation of normal is at least 0, got {deviation!r}")
    wanted = 1 if count is None else positive_int("count", count)
    bits = split(key, wanted + wanted % 2)
    found = []
    for i in range(0, wanted, 2):
        inside = c.mul(c.add(bits[i], 0.5), UNIT)  # above 0 and below 1
        radius = c.sqrt(c.mul(c.log(inside), -2.0))
        angle = c.mul(bits[i + 1], 2.0 * math.pi * UNIT)
        for direction in (c.cos, c.sin)[: wanted - i]:
            z = c.mul(radius, direction(angle))
            scaled = z if _is(deviation, 1.0) else c.mul(z, deviation)
            found.append(_moved(scaled, mean, scaled is z and _is(mean, 0.0)))
    return found[0] if count is None else found


def bernoulli(key: Scalar, probability: Scalar = 0.5, count: int | None = None) -> Any:
    """1.0 with a probability, else 0.0. No gradient flows.

    Args:
        key: a key.
        probability: of a 1, from 0 to 1.
        count: None for one number, or how many to give in a list.

    Raises:
        TypeError: if one of them is no number.
        ValueError: if it is no key, the count is below 1, or the probability not from 0 to 1.

    Example:
        >>> bernoulli(key(0), 0.5, 8)
        [0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 1.0, 1.0]
    """
    probability = _finite("probability of bernoulli", probability)
    if not isinstance(probability, Carrier) and not 0.0 <= probability <= 1.0:
        raise ValueError(f"probability of bernoulli is from 0 to 1, got {probability!r}")
    limit = c.mul(probability, ALL)
    return _draws(key, count, lambda bits: c.greater(limit, bits))


def integers(key: Scalar, low: Scalar, high: Scalar, count: int | None = None) -> Any:
    """A whole number from low to high - 1: an int, or a node of a Value.

    Each is as likely but for one part in 2**52 / (high - low).

    Args:
        key: a key.
        low: the least number, whole.
        high: one more than the largest, whole.
        count: None for one number, or how many to give in a list.

    Raises:
        TypeError: if one of them is no number.
        ValueError: if it is no key, the count is below 1, or low and high are not whole, or low
            is not below high.

    Example:
        >>> integers(key(0), 1, 7, 4)
        [4, 4, 6, 5]
    """
    low, high = _finite("low of integers", low), _finite("high of integers", high)
    for name, x in (("low", low), ("high", high)):
        if not isinstance(x, Carrier) and (x % 1.0 or abs(x) >= ALL):
            raise ValueError(f"{name} of integers is a whole number within ±2**52, got {x!r}")
    if not isinstance(low, Carrier) and not isinstance(high, Carrier) and low >= high:
        raise ValueError(f"integers wants low below high, got {low:g} and {high:g}")
    scale = c.mul(c.sub(high, low), UNIT)
    plain = _is(low, 0.0)
    return _draws(key, count, lambda bits: _index(_moved(c.floor(c.mul(bits, scale)), low, plain)))


def categorical(key: Scalar, logits: Iterable[Scalar], count: int | None = None) -> Any:
    """The index of a class, with the probabilities softmax(logits): an int, or a node of a Value.

    It is the number of shares, added up from the first one, that one uniform draw has reached: no
    branch, and no class of a logit -inf. If all are -inf, in Values that are not checked, each is
    as likely. No gradient flows. For probabilities pass their logarithms.

    Args:
        key: a key.
        logits: one Value or number for each class, as before a softmax.
        count: None for one index, or how many to give in a list.

    Raises:
        TypeError: if one of them is no number.
        ValueError: if it is no key, the count is below 1, there are no logits, one is nan, or all
            are -inf.

    Example:
        >>> categorical(key(0), [0.0, 1.0, 2.0], 8)
        [2, 2, 2, 2, 2, 2, 1, 2]
    """
    if not isinstance(logits, Iterable):
        kind = type(logits).__name__
        raise TypeError(f"categorical takes a list of logits, one for each class, got {kind}")
    scores = [_number(f"logit {i} of categorical", x) for i, x in enumerate(logits)]
    if not scores:
        raise ValueError("categorical needs one logit for each class, got none")
    for i, x in enumerate(scores):
        if not isinstance(x, Carrier) and x != x:
            raise ValueError(f"logit {i} of categorical is nan")
    top = c.largest(*scores)
    if _is(top, -math.inf):
        raise ValueError("categorical needs a logit above -inf: no class has a probability above 0")
    reached = [c.exp_difference(scores[0], top)]
    for x in scores[1:]:
        reached.append(c.add(reached[-1], c.exp_difference(x, top)))
    scale = c.mul(reached[-1], UNIT)

    def chosen(bits: Any) -> Any:
        drawn = c.mul(bits, scale)  # below the last of the sums, however it is rounded
        return _index(c.sub(len(reached), c.sum(c.greater(x, drawn) for x in reached)))

    return _draws(key, count, chosen)


def permutation(key: Scalar, count: int) -> list[Any]:
    """The numbers from 0 to count - 1 in random order: ints, or nodes of a key that is a Value.

    They are the ranks of as many draws, no two of which are equal. Of a Value each rank is a sum
    of comparisons: count² nodes.

    Args:
        key: a key.
        count: how many numbers.

    Raises:
        TypeError: if the key is no number, or the count no int.
        ValueError: if it is no key, or the count is below 1.

    Example:
        >>> permutation(key(0), 5)
        [1, 2, 4, 3, 0]
    """
    drawn = split(key, count)
    if isinstance(drawn[0], Carrier):
        return [c.sum(c.greater(x, y) for y in drawn if y is not x) for x in drawn]
    rank = {x: i for i, x in enumerate(sorted(drawn))}
    return [rank[x] for x in drawn]


def _draws(key: Any, count: int | None, make: Callable[[Any], Any]) -> Any:
    """What is made of the bits of one draw; or a list of it, for as many draws as count says."""
    checked = _key(key)
    if count is None:
        return make(c.fold_in(checked, 0.0))
    return [make(c.fold_in(checked, float(i))) for i in range(positive_int("count", count))]


def _key(key: Any) -> Any:
    """A key as a float or a Value, once its number is that of a key where it is known."""
    return _whole("key", key, ": make one with key(seed), split or fold_in")


def _whole(name: str, given: Any, advice: str = "") -> Any:
    x = _number(name, given, advice.removeprefix(": "))
    if getattr(x, "is_traced", False):
        return x
    known = getattr(x, "data", x)
    if not 0.0 <= known < ALL or known % 1.0:
        raise ValueError(f"{name} is a whole number from 0 to 2**52 - 1, got {known!r}{advice}")
    return x


def _finite(name: str, given: Any) -> Any:
    x = _number(name, given)
    if not isinstance(x, Carrier) and not math.isfinite(x):
        raise ValueError(f"{name} is finite, got {x!r}")
    return x


def _number(name: str, given: Any, advice: str = "") -> Any:
    return given if isinstance(given, Carrier) else number(given, name, advice)


def _is(x: Any, known: float) -> bool:
    """Whether `x` is a plain number, and this one."""
    return not isinstance(x, Carrier) and x == known


def _moved(x: Any, by: Any, plain: bool) -> Any:
    """x + by, without a step where it is `plain` that this is x; 0.0 makes another of a -0.0."""
    return x if plain else c.add(x, by)


def _index(x: Any) -> Any:
    """A whole number as an int, so that it can be an index, if it is no Value."""
    return x if isinstance(x, Carrier) else int(x)
