"""A program of `programs.py` that is timed beside C, written by hand for it."""
