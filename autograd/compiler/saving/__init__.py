"""Saving compiled functions: recordings as a file, and back, without running what it holds.

`saved_function.py` is the whole: what `Compiled.save` writes and `load_compiled` reads. It puts
together `saved_recordings.py` (each recording), `programs.py` (its program, as integers) with
`program_checks.py` (that no address leads out of its memory), and `structures.py` (the structures
of arguments and results, as JSON), in a `container.py`. `absent_function.py` stands in for the
function itself, which no file holds.
"""
