"""Backends run a program: LLVM, `numpy.py`, plain `python.py`. `choose.py` picks one.

C is text that others compile, and `javascript.py` an ES module; both take samples `one_by_one.py`.
`repeat.py` is the loop of a scan.
"""
