"""Losses, composed of Values: how far predictions are from what they should be, as one number.

Each takes Values or numbers, one alone or a list of them, and of a list gives the mean. The
classification losses take logits, the numbers before a sigmoid or softmax, and are written so
that neither a large logit nor a sure and right answer costs them digits. Targets are checked,
except where a compiled function has them anew at each call.

Read `regression.py` (`mse_loss`), then `binary.py` (`hinge_loss`, `binary_cross_entropy`) and
`classification.py` (`cross_entropy`). `checks.py` checks what they are given, `reduction.py` makes
one number of many.
"""

from .binary import binary_cross_entropy, hinge_loss
from .classification import cross_entropy
from .regression import mse_loss

__all__ = ["binary_cross_entropy", "cross_entropy", "hinge_loss", "mse_loss"]
