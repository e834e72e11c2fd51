"""Losses of a choice among classes, one logit each."""

import operator
from collections.abc import Iterable, Sequence
from typing import Any

from ..engine import calculus as c
from ..engine.arguments import vector
from ..engine.messages import short_repr
from ..engine.value import Scalar, Value
from .checks import Scalars, numbers, pairs_of
from .reduction import mean


def cross_entropy(logits: Scalars | Iterable[Iterable[Scalar]], target: Scalars) -> Value:
    """The cross-entropy of a choice among classes, -log softmax(logits)[target].

    Args:
        logits: a list of Values or numbers, one for each class, before the softmax;
            or one such list for each sample of a batch.
        target: the right class, an int from 0 or a Value that holds one; or one for each sample,
            which gives the mean.

    Raises:
        ValueError: if there are no logits, or not as many for each sample, or not as many
            targets as samples.
        IndexError: if there is no such class.
        TypeError: if a class is no int.

    Example:
        >>> from autograd import Value
        >>> logits = [Value(0.0), Value(0.0)]
        >>> loss = cross_entropy(logits, 1)
        >>> loss.backward()
        >>> loss.data, [z.grad for z in logits]
        (0.6931471805599453, [0.5, -0.5])
        >>> cross_entropy([[0.0, 1000.0], [0.0, 0.0]], [1, 0])
        0.34657359027997264
    """
    if not isinstance(target, Iterable):
        one: Value = _cross_entropy(vector(logits), _class(target, vector(logits)))
        return one
    rows = []
    for position, (row, _) in enumerate(pairs_of("cross_entropy", logits, target)):
        if not isinstance(row, Iterable):
            raise TypeError(
                f"cross_entropy wants a list of logits, one for each class, for each sample, and "
                f"got one number for sample {position}: a model with one output takes "
                "binary_cross_entropy"
            )
        rows.append(vector(row))
    lengths = sorted({len(row) for row in rows})
    if len(lengths) > 1:
        raise ValueError(
            f"cross_entropy needs as many logits for each sample, got {short_repr(lengths)}"
        )
    classes = [_class(one, row) for one, row in zip(vector(target), rows, strict=True)]
    return mean([_cross_entropy(row, one) for row, one in zip(rows, classes, strict=True)])


def _class(target: Any, logits: Sequence[Any]) -> Any:
    """The class that `target` names, as an int, or the Value that holds it."""
    if not logits:
        raise ValueError("cross_entropy needs one logit for each class, got none")
    if isinstance(logits[0], Iterable):
        raise TypeError("cross_entropy got a batch of logits and one target: pass a list of them")
    numbers("cross_entropy", "logit", logits)
    if isinstance(target, Value):
        if not target.is_traced and target.data not in range(len(logits)):
            raise IndexError(f"class {target.data!r} is not one of the {len(logits)} from 0")
        return target
    chosen = _whole(target)
    if chosen is None:
        raise TypeError(
            f"cross_entropy wants a class as an int or a Value, got {short_repr(target)}"
        )
    if not 0 <= chosen < len(logits):
        raise IndexError(f"class {chosen} is not one of the {len(logits)} from 0")
    return chosen


def _whole(x: Any) -> int | None:
    """`x` as an int if it is a whole number and no bool, else None."""
    if isinstance(x, float) and x.is_integer():
        return int(x)
    try:
        return None if isinstance(x, bool) else operator.index(x)
    except TypeError:
        return None


def _cross_entropy(logits: Sequence[Any], target: Any) -> Any:
    """-log softmax(logits)[target], where a loss near 0 keeps all its digits."""
    return c.neg(c.log_share(target if isinstance(target, Value) else float(target), *logits))
