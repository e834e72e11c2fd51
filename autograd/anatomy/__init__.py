"""Pictures of a compiled function: the groups of operations, and their memory.

`dissection.py` finds the parts of the memory, `vectors.py` and `reading.py` how they are read,
`groups.py` draws the groups in the order they are computed, `memory.py` and `cells.py` the memory.
"""

from .groups import draw_groups
from .memory import draw_memory

__all__ = ["draw_groups", "draw_memory"]
