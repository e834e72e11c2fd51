"""Losses, composed of Values: how far predictions are from what they should be, as one number.

Each takes Values or numbers, one alone or a list of them, and of a list gives the mean. The
classification losses take logits, the numbers before a sigmoid or softmax, and are written so
that neither a large logit nor a sure and right answer costs them digits. Targets are checked,
except where a compiled function has them anew at each call.
"""

import operator
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from .engine import calculus as c
from .engine.arguments import vector
from .engine.logic import logical_and, logical_or
from .engine.messages import short_repr
from .engine.numbers import number
from .engine.value import Scalar, Value

Scalars = Scalar | Iterable[Scalar]


def _datum(x: Any) -> float:
    return x.data if isinstance(x, Value) else number(x)


def _mean(losses: Sequence[Value]) -> Value:
    """The mean, which of one loss alone needs no node."""
    return losses[0] if len(losses) == 1 else c.mean(losses)


def _numbers(loss: str, what: str, xs: Any) -> list[Any]:
    """The elements of what a loss was given, once each is a Value or a number."""
    elements = vector(xs)
    for i, x in enumerate(elements):
        if not isinstance(x, Value):
            several = hasattr(x, "__iter__") and not isinstance(x, str)
            advice = "pass all in one list, or take the mean of the losses" if several else ""
            number(x, f"{what} {i} of {loss}", advice)
    return elements


def _number_pairs(loss: str, outputs: Any, targets: Any) -> list[tuple[Any, Any]]:
    """Each output with its target, where both are numbers or Values."""
    return _pairs(loss, _numbers(loss, "output", outputs), _numbers(loss, "target", targets))


def _pairs(loss: str, outputs: Any, targets: Any) -> list[tuple[Any, Any]]:
    """Each output with its target, once it is sure that there are as many."""
    outputs, targets = vector(outputs), vector(targets)
    if len(outputs) != len(targets):
        raise ValueError(
            f"{loss} got {len(outputs)} outputs and {len(targets)} targets: pass one target "
            "for each output"
        )
    if not outputs:
        raise ValueError(f"{loss} needs at least one output and its target, got none")
    return list(zip(outputs, targets, strict=True))


def _check_targets(
    loss: str, pairs: Sequence[tuple[Any, Any]], valid: Callable[[Any], Any], wanted: str
) -> list[tuple[Any, Any]]:
    """The pairs, once each target is known to be `valid`; a traced one is checked at every call."""
    checked = []
    for position, (output, target) in enumerate(pairs):
        if isinstance(target, Value) and target.is_traced:
            # A lookup checks its index whenever the recording runs, and the index is 1 of one.
            target = c.gather(c.where(valid(target), 0.0, 1.0), target)
        elif not valid(_datum(target)):
            raise ValueError(
                f"{loss} wants {wanted}, got {_datum(target)!r} as target {position} "
                f"(of 0 to {len(pairs) - 1})"
            )
        checked.append((output, target))
    return checked


def mse_loss(predictions: Scalars, targets: Scalars) -> Value:
    """The mean squared error, mean of (prediction - target)².

    Args:
        predictions: a Value or number, or a list of them.
        targets: one number or Value for each prediction.

    Raises:
        ValueError: if there are none, or not as many targets as predictions.

    Example:
        >>> from autograd import Value
        >>> a, b = Value(1.0), Value(2.0)
        >>> loss = mse_loss([a, b], [0.0, 4.0])
        >>> loss.backward()
        >>> loss.data, a.grad, b.grad
        (2.5, 1.0, -2.0)
    """
    pairs = _number_pairs("mse_loss", predictions, targets)
    differences = [c.sub(prediction, target) for prediction, target in pairs]
    return _mean([c.mul(difference, difference) for difference in differences])


def hinge_loss(scores: Scalars, targets: Scalars) -> Value:
    """The hinge loss of a support vector machine, mean of relu(1 - target·score).

    Args:
        scores: a Value or number, or a list of them; the sign is the answer.
        targets: -1 or 1 for each score.

    Raises:
        ValueError: if there are none, not as many targets as scores, or other targets.

    Example:
        >>> hinge_loss([2.0, -0.5], [1, 1])
        0.75
    """
    pairs = _number_pairs("hinge_loss", scores, targets)
    wanted = "targets -1 or 1 (for 0 or 1 pass 2 * target - 1)"
    pairs = _check_targets("hinge_loss", pairs, _is_sign, wanted)
    return _mean([c.relu(c.sub(1.0, c.mul(target, score))) for score, target in pairs])


def binary_cross_entropy(logits: Scalars, targets: Scalars) -> Value:
    """The cross-entropy of yes-or-no answers, mean of -t·log p - (1-t)·log(1-p), p = sigmoid(z).

    Args:
        logits: z, a Value or number, or a list of them, before the sigmoid.
        targets: t for each logit, 0 for no, 1 for yes, or a probability between.

    Raises:
        ValueError: if there are none, not as many targets as logits, or a target outside [0, 1].

    Example:
        >>> binary_cross_entropy([0.0, -1000.0], [1, 0])
        0.34657359027997264
    """
    pairs = _number_pairs("binary_cross_entropy", logits, targets)
    wanted = "targets from 0 to 1"
    pairs = _check_targets("binary_cross_entropy", pairs, _is_share, wanted)
    return _mean([_binary(logit, target) for logit, target in pairs])


def _is_sign(target: Any) -> Any:
    """Whether a target is -1 or 1: 1 or 0, or a node of them."""
    return logical_or(c.equal(target, 1.0), c.equal(target, -1.0))


def _is_share(target: Any) -> Any:
    """Whether a target is from 0 to 1: 1 or 0, or a node of them."""
    return logical_and(c.equal(c.clip(target, 0.0, 1.0), target))


def _binary(logit: Any, target: Any) -> Value:
    """t·softplus(-z) + (1-t)·softplus(z): nothing cancels, as in softplus(z) - t·z for t = 1."""
    if not isinstance(target, Value) and target in (0, 1):
        only: Value = c.softplus(c.neg(logit) if target else logit)
        return only
    yes, no = c.softplus(c.neg(logit)), c.softplus(logit)
    both: Value = c.add(c.mul(target, yes), c.mul(c.sub(1.0, target), no))
    return both


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
    for position, (row, _) in enumerate(_pairs("cross_entropy", logits, target)):
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
    return _mean([_cross_entropy(row, one) for row, one in zip(rows, classes, strict=True)])


def _class(target: Any, logits: Sequence[Any]) -> Any:
    """The class that `target` names, as an int, or the Value that holds it."""
    if not logits:
        raise ValueError("cross_entropy needs one logit for each class, got none")
    if isinstance(logits[0], Iterable):
        raise TypeError("cross_entropy got a batch of logits and one target: pass a list of them")
    _numbers("cross_entropy", "logit", logits)
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
