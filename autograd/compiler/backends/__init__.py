"""Backends run a program: LLVM, `numpy.py`, plain `python.py`. `choose.py` picks one.

What they make of it is an `executable.py`. C is text that others compile, and `javascript.py` an ES
module; both take samples `one_by_one.py`.
"""
