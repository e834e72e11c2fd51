"""Names of PyTorch's optim that are not here: the error says what to use instead."""

import pytest

from tests.absent_names import check_advice, check_other_names

ADVICE = {
    "StepLR": "Schedule(optimizer, step_lr(size, gamma))",
    "CosineAnnealingLR": "Schedule(optimizer, cosine_lr(steps))",
    "LambdaLR": "Schedule(optimizer, function)",
    "lr_scheduler": "Schedule(optimizer, function), with a function such as step_lr(size)",
}


@pytest.mark.parametrize("name", ADVICE)
def test_an_attribute_and_an_import_say_what_to_use(name: str) -> None:
    check_advice("optim", name, ADVICE[name])


def test_any_other_name_is_just_not_there() -> None:
    check_other_names("optim")
