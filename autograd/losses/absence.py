"""Names of PyTorch's losses that are not here, and what to use instead, for error messages."""

from ..engine.absence import LOSSES


def instead_of(name: str) -> str:
    """What to use in the place of a name, nothing if it is not known."""
    return f"autograd.losses.{LOSSES[name]}" if name in LOSSES else ""
