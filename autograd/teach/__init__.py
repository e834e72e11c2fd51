"""Teaching: famous mistakes of backpropagation, and checks of a model's gradients.

`faults.py` runs a backward pass with one famous mistake (`mistakes.py`, `backward.py`) beside the
right one, `comparison.py` and `reasons.py` say where and why they differ. The room `grader` grades
an engine that the reader wrote, the room `audit` checks the gradients of a model. `exercise.py`
checks the answers of the notebooks, `worksheet.py` makes graphs with blanks to fill in.
"""

from . import faults
from .audit.audit import audit
from .audit.findings import Audit, Finding
from .comparison import Comparison
from .grader.findings import Grade
from .grader.grade import grade
from .worksheet import Worksheet, worksheet

__all__ = [
    "Audit",
    "Comparison",
    "Finding",
    "Grade",
    "Worksheet",
    "audit",
    "faults",
    "grade",
    "worksheet",
]
