"""A picture of a compiled function: the groups of operations, in the order they are computed.

`vectors.py` lists the reads of a step, `dissection.py` takes a function apart,
`group_picture.py` draws them.
"""

from .group_picture import draw_groups

__all__ = ["draw_groups"]
