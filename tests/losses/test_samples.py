"""The samples of a choice among classes: what is a batch, what a target is, and clear errors."""

from typing import Any

import numpy as np
import pytest

from autograd import Value, compile
from autograd.losses import cross_entropy, nll_loss

ROWS = [[0.5, 1.0, -2.0], [0.0, 3.0, 0.25]]
SHARES = [[0.5, 0.5, 0.0], [0.25, 0.25, 0.5]]


@pytest.mark.parametrize("targets", [[2, 0], SHARES])
def test_lists_tuples_arrays_iterators_and_values_are_the_same_samples(targets: Any) -> None:
    def values(x: Any) -> Any:
        return [values(one) for one in x] if isinstance(x, list) else Value(x)

    expected = cross_entropy(ROWS, targets)
    assert cross_entropy(tuple(map(tuple, ROWS)), tuple(targets)) == expected
    assert cross_entropy(np.array(ROWS), np.array(targets)) == expected
    assert cross_entropy(iter(map(iter, ROWS)), iter(targets)) == expected
    assert cross_entropy(values(ROWS), values(targets)).data == expected


def test_the_logits_tell_whether_a_list_of_targets_is_a_batch_or_one_sample() -> None:
    row, shares = ROWS[0], SHARES[0]
    assert cross_entropy(row, shares) == cross_entropy([row], [shares])
    assert cross_entropy(row, np.array(shares)) == cross_entropy(row, shares)
    assert cross_entropy(row, [Value(x) for x in shares]).data == cross_entropy(row, shares)


@pytest.mark.parametrize("labels", [[0, 1, 1], [0.0, 0.0, 0.0], [1, 1, 1]])
def test_labels_of_a_model_with_one_output_are_no_probabilities(labels: Any) -> None:
    """Interpreted and compiled: what tells is the numbers, and not their types."""
    losses: list[Any] = [cross_entropy, compile(cross_entropy)]
    for loss in losses:
        for targets in (labels, np.array(labels)):
            with pytest.raises(ValueError, match="one output takes binary_cross_entropy"):
                loss(ROWS[0], targets)
    losses = [nll_loss, compile(nll_loss)]
    for loss in losses:
        with pytest.raises((ValueError, TypeError), match="nll_loss"):
            loss(ROWS[0], labels)


@pytest.mark.parametrize("shares", [[0, 1, 0], [0.0, 0.5, 0.0], [0.5, 0.5, 1], [1.0, 0.0, 0.0]])
def test_other_numbers_for_one_sample_are_its_probabilities(shares: Any) -> None:
    expected = cross_entropy([ROWS[0]], [shares])
    assert cross_entropy(ROWS[0], shares) == compile(cross_entropy)(ROWS[0], shares) == expected


@pytest.mark.parametrize(
    ("logits", "target"),
    [({0: 1.0, 1: 2.0}, 0), ([[1.0], [2.0]], {0, 1}), ([1.0, 2.0], {0.5, 0.4}), ([{1.0}], [0])],
)
def test_what_has_no_order_is_refused(logits: Any, target: Any) -> None:
    with pytest.raises(TypeError, match=r"of cross_entropy is one number or a list of them, got a"):
        cross_entropy(logits, target)


@pytest.mark.parametrize(
    ("logits", "target", "kind", "message"),
    [
        ([], 0, ValueError, "one logit for each class, got none"),
        ([[]], [0], ValueError, "one logit for each class, got none"),
        ([], [], ValueError, "at least one output"),
        ([1.0, 2.0], 2, IndexError, "class 2 is not one of the 2 from 0"),
        ([1.0, 2.0], -1, IndexError, "class -1 is not"),
        ([[1.0, 2.0]], [5], IndexError, "class 5 is not"),
        ([1.0, 2.0], 1e300, IndexError, "is not one of the 2 from 0"),
        ([1.0, 2.0], 1.5, TypeError, "a class as an int or a Value, got 1.5"),
        ([1.0, 2.0], True, TypeError, "a class as an int or a Value, got True"),
        ([[1.0, 2.0]], 1, TypeError, "a batch of logits and one target"),
        ([[1.0, 2.0], [1.0]], [0, 0], ValueError, "as many logits for each sample, got [1, 2]"),
        ([[1.0, 2.0]], [0, 1], ValueError, "got 1 outputs and 2 targets"),
    ],
)
def test_wrong_arguments_are_clear_errors(
    logits: Any, target: Any, kind: type[Exception], message: str
) -> None:
    with pytest.raises(kind) as caught:
        cross_entropy(logits, target)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("target", "settings", "kind", "message"),
    [
        (0, {"weight": [1.0]}, ValueError, "got 1 weights for 2 classes: pass one for each class"),
        (0, {"weight": 1.0}, ValueError, "got 1 weights for 2 classes"),
        (0, {"weight": [1.0, "2"]}, TypeError, "weight 1 of cross_entropy holds one real number"),
        (0, {"ignore_index": None}, TypeError, "ignore_index of cross_entropy is an int, got None"),
        (0, {"ignore_index": 0.5}, TypeError, "ignore_index of cross_entropy is an int, got 0.5"),
        (0, {"ignore_index": 10**400}, ValueError, "ignore_index of cross_entropy holds a float"),
        (0, {"ignore_index": Value(1.0)}, TypeError, "ignore_index of cross_entropy is an int"),
        (-100, {"ignore_index": 1}, IndexError, "class -100 is not one of the 2 from 0"),
        (0, {"label_smoothing": 1.5}, ValueError, "is from 0 to 1, got 1.5"),
        (0, {"label_smoothing": -0.1}, ValueError, "label_smoothing of cross_entropy is from 0"),
        (0, {"label_smoothing": float("nan")}, ValueError, "is from 0 to 1, got nan"),
        (0, {"label_smoothing": Value(0.1)}, TypeError, "label_smoothing of cross_entropy holds"),
        (0, {"reduction": "avg"}, ValueError, "reduction of cross_entropy is one of 'mean', 'sum'"),
        ([0.5, 0.5], {"ignore_index": 1}, ValueError, "that are classes, got 1 with probabilities"),
        ([], {}, ValueError, "got 0 probabilities for 2 classes"),
        ([0.5], {}, ValueError, "got 1 probabilities for 2 classes: pass one for each class"),
        ([0.5, 1.5], {}, ValueError, "probabilities from 0 to 1, got 1.5 as target 1 (of 0 to 1)"),
        ([0.5, "1"], {}, TypeError, "target 1 of cross_entropy holds one real number, got str"),
    ],
)
def test_wrong_settings_and_probabilities_are_clear_errors(
    target: Any, settings: dict[str, Any], kind: type[Exception], message: str
) -> None:
    with pytest.raises(kind) as caught:
        cross_entropy([0.5, 1.0], target, **settings)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("targets", "kind", "message"),
    [
        ([[0.5, 0.5, 0.0], 1], TypeError, "a class for each sample or a list of probabilities"),
        ([[0.5, 0.5, 0.0], [1.0]], ValueError, "1 probabilities for 3 classes of sample 1: pass"),
        ([SHARES[0], [0, 0, -1]], ValueError, "got -1.0 as target 2 (of 0 to 2) of sample 1"),
        ([0.5, 0.5], TypeError, "cross_entropy wants a class as an int or a Value, got 0.5"),
        ([Value(0.5), 1], TypeError, "cross_entropy wants a class as an int or a Value, got 0.5"),
        ([Value(3.0), 1], IndexError, "class 3 is not one of the 3 from 0"),
    ],
)
def test_wrong_targets_of_a_batch_are_named_with_their_sample(
    targets: Any, kind: type[Exception], message: str
) -> None:
    with pytest.raises(kind) as caught:
        cross_entropy(ROWS, targets)
    assert message in str(caught.value)


def test_nll_loss_takes_classes_alone_and_names_what_it_takes() -> None:
    with pytest.raises(TypeError, match=r"nll_loss wants a class as an int or a Value, got \[0.5"):
        nll_loss([-0.5, -1.0], [0.5, 0.5])
    with pytest.raises(TypeError, match="a batch of log-probabilities and one target"):
        nll_loss([[-0.5, -1.0]], 0)
    with pytest.raises(ValueError, match="nll_loss needs one log-probability for each class"):
        nll_loss([], 0)


def test_a_compiled_loss_names_the_sample_too() -> None:
    compiled = compile(cross_entropy)
    assert compiled(ROWS, SHARES) == cross_entropy(ROWS, SHARES)
    with pytest.raises(ValueError, match=r"got 2.0 as target 2 \(of 0 to 2\) of sample 1"):
        compiled(ROWS, [SHARES[0], [0.0, 0.0, 2.0]])
