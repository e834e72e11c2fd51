"""The exceptions a user may want to catch, each derived from the standard one that fits.

Everything else that goes wrong is a plain ``TypeError``, ``ValueError`` or ``IndexError``
whose message says what was given, what is wanted, and what to do instead. Each can be pickled: a
process that works for another one hands it over, made anew of its `args`.
"""

from typing import Any

from .messages import pluralize


class StaleGraphError(RuntimeError):
    """A number changed after it was used, and what was asked for needs the old one.

    For a leaf, ``recompute(root)`` runs the recorded graph forward again with the new numbers.
    """

    def __init__(self, changed: str, was: float, now: float) -> None:
        super().__init__(changed, was, now)

    def __str__(self) -> str:
        changed, was, now = self.args
        return (
            f"{changed} was {was!r} when the graph was recorded and is {now!r} now: "
            "call recompute(root) to run the graph forward again with the new numbers"
        )


class NonFiniteError(ArithmeticError):
    """Inside ``strict()``, a node made a nan out of no nan, or an inf out of finite operands."""


class GradientError(AssertionError):
    """``check_grads`` found two routes to one derivative that disagree."""


class KinkError(GradientError):
    """``check_grads`` cannot tell: a kink is so close that finite differences reach beyond it."""


class NoDerivativeError(TypeError):
    """A derivative was asked of a node that was made by hand, without what that takes."""


class UnclearedGradientWarning(UserWarning):
    """An optimizer steps with gradients that it has stepped with, and ``backward()`` added to."""


class StateDictError(ValueError):
    """A state dict does not fit the module: entries are missing, extra or misshapen."""


class TracedValueError(TypeError):
    """While a function is recorded, something asked for a number that each call has anew."""


class ScanInterrupted(KeyboardInterrupt):
    """A scan was interrupted between two steps; nothing that it had is lost.

    Attributes:
        state: the state after the last step.
        outputs: what the steps gave, in the structure that the scan would have returned.
        steps: how many steps were done.
    """

    def __init__(self, state: Any, outputs: Any, steps: int) -> None:
        super().__init__(state, outputs, steps)
        self.state, self.outputs, self.steps = state, outputs, steps

    def __str__(self) -> str:
        done = pluralize(self.steps, "step")
        return f"after {done}, which gave this exception's .state and .outputs"


class CompiledDifferenceError(AssertionError):
    """``verify`` found a compiled function and the interpreted one to differ."""


class CompiledFileError(ValueError):
    """A file is no compiled function, or was changed; or a compiled function cannot be saved."""


class BackendWarning(UserWarning):
    """A backend of ``compile`` is installed and does not work, so that the next one runs."""


class RecordedAgainWarning(UserWarning):
    """A compiled function is recorded again and again, for what it reads changes all the time."""
