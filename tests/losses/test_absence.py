"""Names of PyTorch's losses that are not here: the error says what to use instead."""

import pytest

from autograd import losses

ADVICE = {
    "MSELoss": "autograd.losses.mse_loss",
    "CrossEntropyLoss": "autograd.losses.cross_entropy",
    "BCEWithLogitsLoss": "autograd.losses.binary_cross_entropy, which takes logits",
    "binary_cross_entropy_with_logits": "autograd.losses.binary_cross_entropy, which takes logits",
}


@pytest.mark.parametrize("name", ADVICE)
def test_an_attribute_and_an_import_say_what_to_use(name: str) -> None:
    told = f"autograd.losses has no {name}: use {ADVICE[name]}"
    with pytest.raises(AttributeError) as caught:
        getattr(losses, name)
    assert str(caught.value) == told
    with pytest.raises(ImportError) as refused:
        exec(f"from autograd.losses import {name}")
    assert str(refused.value) == told


def test_any_other_name_is_just_not_there() -> None:
    with pytest.raises(AttributeError, match=r"'autograd\.losses' has no attribute 'Nonsense'"):
        losses.Nonsense  # type: ignore[attr-defined] # noqa: B018
    assert not hasattr(losses, "__wrapped__")
