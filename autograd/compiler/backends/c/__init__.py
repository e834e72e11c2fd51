"""Programs as C text: `code.py` (a function), `nests.py` (its loops), `steps.py` (what they do).

`names.py` has the names that C has taken.
"""
