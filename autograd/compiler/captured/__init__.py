"""Captured state: all that a function reads besides its arguments, and whether it has changed.

`outside.py` says what was read while a function was recorded: `search.py` finds all that it can
reach, by the names that its code reads (`code_names.py`), in the user's own code (`ownership.py`),
and by what simple objects lead to (`parts.py`). `watch.py` compares it at each call. `draws.py`
refuses random numbers.
"""
