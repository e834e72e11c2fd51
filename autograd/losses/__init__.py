"""Losses, composed of Values: how far predictions are from what they should be, as one number.

Each takes Values or numbers, one alone or a list of them, and of a list gives the mean, the sum or
the loss of each, as `reduction` says. The names, the settings and the numbers are PyTorch's, but
that `binary_cross_entropy` takes logits, as `cross_entropy` does: the numbers before a sigmoid or
softmax. So neither a large logit nor a sure and right answer costs digits. Targets are checked, in
a compiled function at each call.

Read `regression.py` (`mse_loss`, `l1_loss`, `huber_loss`, `smooth_l1_loss`), then `binary.py`
(`hinge_loss`, `binary_cross_entropy`), `classification.py` (`cross_entropy`, `nll_loss`) and
`divergence.py` (`kl_div`). `checks.py` checks what they are given, and `samples.py` rows of logits
with their targets; `reduction.py` makes one number of many, and `absence.py` says what to use
for names of PyTorch that are not here.
"""

from typing import TYPE_CHECKING

from ..engine.absence import refuse_absent
from .binary import binary_cross_entropy, hinge_loss
from .classification import cross_entropy, nll_loss
from .divergence import kl_div
from .regression import huber_loss, l1_loss, mse_loss, smooth_l1_loss

__all__ = ["binary_cross_entropy", "cross_entropy", "hinge_loss", "huber_loss", "kl_div"]
__all__ += ["l1_loss", "mse_loss", "nll_loss", "smooth_l1_loss"]

if not TYPE_CHECKING:  # a type checker reports what is not here
    __getattr__ = refuse_absent(__name__)
