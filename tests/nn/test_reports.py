"""What a state dict that does not fit is said to lack and to have for nothing."""

from pathlib import Path
from typing import Any

import pytest

from autograd import StateDictError, nn

NEURON = {"weights.0": 1.0, "weights.1": 2.0, "bias": 3.0}


@pytest.mark.parametrize(
    ("state", "missing", "unexpected"),
    [
        (NEURON, [], []),
        ({"bias": 9.0}, ["weights.0", "weights.1"], []),
        ({**NEURON, "scale": 9.0, "b": "text"}, [], ["scale", "b"]),
        ({"scale": 9.0, "weights.1": 9.0}, ["weights.0", "bias"], ["scale"]),
        ({}, list(NEURON), []),
    ],
)
def test_what_fits_is_loaded_and_the_rest_is_reported(
    state: Any, missing: list[str], unexpected: list[str]
) -> None:
    neuron = nn.Neuron(2, rng=0)
    expected = {**neuron.state_dict(), **{k: x for k, x in state.items() if k in NEURON}}
    report = neuron.load_state_dict(state, strict=False)
    assert (report.missing_keys, report.unexpected_keys) == (missing, unexpected)
    assert neuron.state_dict() == expected


def test_a_strict_load_reports_that_nothing_is_wrong() -> None:
    assert nn.Neuron(2).load_state_dict(NEURON) == nn.IncompatibleKeys([], [])


@pytest.mark.parametrize("strict", [True, False])
def test_a_misshapen_entry_always_raises_and_nothing_changes(strict: bool) -> None:
    neuron = nn.Neuron(2, rng=0)
    before = neuron.state_dict()
    with pytest.raises(StateDictError, match=r"not a number that a float can hold: 'bias' \(str\)"):
        neuron.load_state_dict({**NEURON, "bias": "3"}, strict=strict)  # type: ignore[dict-item]
    assert neuron.state_dict() == before


@pytest.mark.parametrize("strict", [None, 0])
def test_strict_is_true_or_false_and_a_state_a_mapping(strict: Any) -> None:
    with pytest.raises(TypeError, match="strict is True or False"):
        nn.Neuron(2).load_state_dict(NEURON, strict=strict)
    wrong: Any = [1.0]
    with pytest.raises(TypeError, match="a state dict maps names to numbers, got list"):
        nn.Neuron(2).load_state_dict(wrong, strict=False)


def test_files_are_read_the_same_way(tmp_path: Path) -> None:
    source, target = nn.Neuron(2, rng=0), nn.Neuron(3, rng=1)
    source.save(tmp_path / "model.json")
    report = target.load(tmp_path / "model.json", strict=False)
    assert report == nn.IncompatibleKeys(["weights.2"], [])
    assert target.w[1].data == source.w[1].data
