"""Charts: `learning_curve.py`, `scatter.py`, `slope.py`, `contours.py` and `outer_product.py`.

They have the theme of `axis.py`. A scatter, a slope and contours stand on the plane of `plane.py`.
"""
