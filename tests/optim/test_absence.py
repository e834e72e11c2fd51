"""Names of PyTorch's optim that are not here: the error says what to use instead."""

import pytest

from autograd import optim

ADVICE = {
    "StepLR": "Schedule(optimizer, step_lr(size, gamma))",
    "CosineAnnealingLR": "Schedule(optimizer, cosine_lr(steps))",
    "LambdaLR": "Schedule(optimizer, function)",
    "lr_scheduler": "Schedule(optimizer, function), with a function such as step_lr(size)",
}


@pytest.mark.parametrize("name", ADVICE)
def test_an_attribute_and_an_import_say_what_to_use(name: str) -> None:
    told = f"autograd.optim has no {name}: use {ADVICE[name]}"
    with pytest.raises(AttributeError) as caught:
        getattr(optim, name)
    assert str(caught.value) == told
    with pytest.raises(ImportError) as refused:
        exec(f"from autograd.optim import {name}")
    assert str(refused.value) == told


def test_any_other_name_is_just_not_there() -> None:
    with pytest.raises(AttributeError, match=r"'autograd\.optim' has no attribute 'Nonsense'"):
        optim.Nonsense  # type: ignore[attr-defined] # noqa: B018
    assert not hasattr(optim, "__wrapped__")
