"""Formulas: the ops as symbols, in primitive steps, and spelled in other languages.

Read `symbol.py` (a name that ops can be applied to), `primitives.py` (the ops that every backend
knows), `lowering.py` with `expansions.py` (the others in terms of these), `spelling.py` with
`c_spelling.py` and `js_spelling.py` (the same in C and JavaScript), `native_spelling.py` (the table
of the native engine), `native_programs.py` (its ops of many operands).
The compiler and live pages stand on this room; it knows the engine alone.
"""
