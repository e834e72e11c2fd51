"""Errors of the library that another process raised come over as they are."""

import pickle

import pytest

from autograd import ScanInterrupted, StaleGraphError
from autograd.compiler.call_on_values import StaleCallError
from autograd.engine import errors

ERRORS = {
    **{
        name: error(f"told by {name}")
        for name, error in vars(errors).items()
        if name.endswith(("Error", "Warning")) and error is not StaleGraphError
    },
    "StaleGraphError": StaleGraphError("leaf 'x'", 1.0, 2.0),
    "StaleCallError": StaleCallError("f"),
    "ScanInterrupted": ScanInterrupted(1.5, [2.0, None], 2),
}


@pytest.mark.parametrize("name", list(ERRORS))
def test_an_error_of_another_process_says_and_holds_the_same(name: str) -> None:
    error = ERRORS[name]
    found = pickle.loads(pickle.dumps(error))
    assert type(found) is type(error)
    assert str(found) == str(error)
    assert vars(found) == vars(error)


def test_the_messages_are_those_of_their_numbers() -> None:
    assert str(ERRORS["StaleGraphError"]).startswith(
        "leaf 'x' was 1.0 when the graph was recorded and is 2.0 now: call recompute(root)"
    )
    assert str(ERRORS["StaleCallError"]).startswith("what f reads, such as a global")
    assert str(ERRORS["ScanInterrupted"]).startswith("after 2 steps, which gave this exception's")
