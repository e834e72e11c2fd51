"""The anatomy of a compiled function, as pictures: what is computed together, and where it lies.

`dissection.py` says which part of the memory is whose, `vectors.py` and `reading.py` how it is
read, `groups.py` draws the groups in the order they are computed, `memory.py` and `cells.py` the
memory.
"""

from .groups import draw_groups
from .memory import draw_memory

__all__ = ["draw_groups", "draw_memory"]
