"""The anatomy of a compiled function, as a picture: what is computed together, and in which order.

`vectors.py` says how a step reads its operands, `dissection.py` makes the parts of a function,
`groups.py` draws them.
"""

from .groups import draw_groups

__all__ = ["draw_groups"]
