"""The garbage collector rests where it is told to, and no longer."""

import gc

import pytest

from autograd.engine.collector import without_collector


@pytest.mark.parametrize("enabled", [True, False])
def test_collector_rests_meanwhile_and_is_then_as_it_was(enabled: bool) -> None:
    before = gc.isenabled()
    try:
        (gc.enable if enabled else gc.disable)()
        with without_collector():
            assert not gc.isenabled()
        assert gc.isenabled() is enabled
        with pytest.raises(ZeroDivisionError), without_collector():
            raise ZeroDivisionError
        assert gc.isenabled() is enabled
    finally:
        (gc.enable if before else gc.disable)()
