"""Layout: where the boxes, arrows and frames of a drawing go on the page.

`places.py` says what a layout is given, a `Plan`, and what it gives back, `Places`. `layered.py`
does it, step by step: `nested.py` (frames are graphs within graphs), `ranks.py` (ranks),
`ordering.py` (few crossings), `placing.py` (coordinates), `routing.py` (curves).
"""
