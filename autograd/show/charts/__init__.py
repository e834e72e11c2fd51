"""Charts: `learning_curve.py` and `scatter.py`, on the axes of `axis.py`."""
