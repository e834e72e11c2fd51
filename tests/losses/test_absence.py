"""Names of PyTorch's losses that are not here: the error says what to use instead."""

import pytest

from tests.absent_names import check_advice, check_other_names

ADVICE = {
    "MSELoss": "autograd.losses.mse_loss",
    "CrossEntropyLoss": "autograd.losses.cross_entropy",
    "BCEWithLogitsLoss": "autograd.losses.binary_cross_entropy, which takes logits",
    "binary_cross_entropy_with_logits": "autograd.losses.binary_cross_entropy, which takes logits",
}


@pytest.mark.parametrize("name", ADVICE)
def test_an_attribute_and_an_import_say_what_to_use(name: str) -> None:
    check_advice("losses", name, ADVICE[name])


def test_any_other_name_is_just_not_there() -> None:
    check_other_names("losses")
