"""Teaching: what goes wrong in backpropagation, famous mistakes and troubled networks.

`faults` runs a backward pass with one famous mistake beside the right one, `audit` says what is
wrong with the gradients of a model. This room stands on `show` and on modules.
"""

from autograd.teach import faults
from autograd.teach.audit import audit
from autograd.teach.comparison import Comparison
from autograd.teach.findings import Audit, Finding

__all__ = ["Audit", "Comparison", "Finding", "audit", "faults"]
