"""Formulas: the ops as symbols, in primitive steps, and spelled in other languages.

Read `symbol.py` (a name that ops can be applied to), `primitives.py` (the ops that every backend
knows), `lowering.py` with `expansions.py` (the others in terms of these), `c_spelling.py` (the
same in C), `native_spelling.py` (the table of the native
engine), `native_programs.py` (its ops of many operands).
The compiler stands on this room; it knows the engine alone.
"""
