"""Words: names, formulas, derivations, explanations and counts of what is in a graph.

`formula.py` (the expression of a value), `derivation.py` (the rules of an op), `explain.py` (the
chain rule with numbers, with `infinities.py`), `summary.py` (counts, with `hints.py`) and
`manual.py` (``help`` of an op) are what users call. They stand on `notation.py` (how each op is
written), `term.py` (expressions in names), `naming.py`, `paths.py`, `equations.py` and
`explanation.py` (how an answer prints, as text, Markdown and LaTeX).
"""
