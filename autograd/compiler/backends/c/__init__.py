"""Programs as C text: `function_code.py` (a function), `nests.py` (its loops), `step_code.py`
(what they do).

`reserved_names.py` has the names that C has taken.
"""
