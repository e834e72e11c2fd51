"""The layout of a drawing: places boxes, arrows and frames on the page.

`places.py` has the input, a `Plan`, and the output, `Places`. `layered.py` computes it, step by
step: `rows.py` (long drawings), `nested.py` (frames are graphs within graphs), `ranks.py` (ranks),
`ordering.py` (few crossings), `placing.py` (coordinates), `routing.py` (curves).
"""
