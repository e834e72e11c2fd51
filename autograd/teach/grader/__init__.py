"""The grader of the reader's own engine: `grade.py` goes through an engine part by part.

`programs.py` has what is run, `operations.py` the operations. `rules.py` grades each operation,
and `causes.py` finds the one that spoils others. `structure.py` grades the pass, with wrong passes
to compare with in `walks.py`, and `endurance.py` a second pass and large graphs, which are deleted
node by node in `deletion.py`. The report is in `findings.py`.
"""
