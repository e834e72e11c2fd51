"""The anatomy of a compiled function, as pictures: what is computed together, and where it lies.

`dissection.py` says which part of the memory is whose and how it is read, `groups.py` draws the
groups in the order they are computed, `memory.py` the memory with the vectors that a group reads.
"""

from autograd.anatomy.groups import draw_groups
from autograd.anatomy.memory import draw_memory

__all__ = ["draw_groups", "draw_memory"]
