"""From recorded nodes to a program, stage by stage.

`stages.py` runs them in order: `simplify.py`, `normal_form.py` (sums of products), `groups.py` and
`order.py` (what is computed together), `memory_layout.py` (where it stands in memory), `lanes.py`
(eight at a time), `program.py` (the result, which every backend runs).
"""
