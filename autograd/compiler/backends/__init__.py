"""Backends run a program: LLVM, `numpy.py`, plain `python.py`; and C text. `choose.py` picks one.

`repeat.py` is the loop of a scan.
"""
