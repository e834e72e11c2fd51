"""`Dropout`: in training some of the elements are 0, at random."""

import random as python_random
from collections.abc import Iterable
from typing import Any

from .. import random
from ..engine import calculus as c
from ..engine.arguments import vector
from ..engine.errors import TracedValueError
from ..engine.numbers import number
from ..engine.watching import being_recorded
from ..transforms.strict import source_line
from .module import Module


class Dropout(Module):
    """Dropout: in training yᵢ = xᵢ·mᵢ / (1 - p), where mᵢ is 0 with probability p, else 1.

    After Srivastava et al. (2014), scaled in training, as PyTorch's Dropout. In evaluation, after
    ``eval()``, the elements are as they were, and no node is made.

    Which elements are 0 follows from a key, see `autograd.random`: ``dropout(x, key=key)``.
    Without one it is drawn from Python's `random`, so that ``random.seed(n)`` makes it
    reproducible; a compiled function needs one, for it draws anew with each key that it gets.

    Args:
        p: the probability of a 0, from 0 to 1.

    Attributes:
        p: as given.

    Raises:
        TracedValueError: when called in training without a key, in a function that is compiled.

    Example:
        >>> from autograd import random
        >>> Dropout(0.5)([1.0, 2.0, 3.0, 4.0, 5.0], key=random.key(0))
        [0.0, 0.0, 0.0, 0.0, 10.0]
    """

    def __init__(self, p: float = 0.5) -> None:
        self.p = number(p, "p")
        if not 0.0 <= self.p <= 1.0:
            raise ValueError(f"p is a probability from 0 to 1, got {self.p!r}")

    def forward(self, x: Any, key: Any = None) -> Any:
        """What is kept of `x`, a list or one number, by a key; of a list it is a list."""
        elements, keep = vector("the input of a Dropout", x), 1.0 - self.p
        if not self.training or self.p == 0.0 or not elements:
            return elements if isinstance(x, Iterable) else x
        kept = random.bernoulli(_key() if key is None else key, keep, len(elements))
        scale = 1.0 / keep if keep else 0.0
        dropped = [c.mul(x, c.mul(m, scale)) for x, m in zip(elements, kept, strict=True)]
        return dropped if isinstance(x, Iterable) else dropped[0]

    def extra_repr(self) -> str:
        """The probability."""
        return f"p={self.p:g}"


def _key() -> float:
    """A new key, by Python's own generator of random numbers."""
    if being_recorded.get():
        raise TracedValueError(
            "Dropout in a compiled function would drop the same elements in every call: pass the "
            "function a key and hand it on, as in model(x, key=key), or call model.eval() "
            f"{source_line()}"
        )
    return random.key(python_random.getrandbits(random.BITS))
