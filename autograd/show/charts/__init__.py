"""Charts: `learning_curve.py`, `scatter.py`, `slope.py` and `contours.py`.

They stand on the axes of `axis.py`; all but the first on the plane of `plane.py`.
"""
