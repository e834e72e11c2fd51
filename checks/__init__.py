"""The proof: everything that this library promises, measured at length. One line for each figure.

    python -m checks [FIGURE …] [--points N] [--graphs N] [--fuzz N] [--workers N] [--fresh]

Run it from the project's folder, where the project is installed with the dependency group `check`;
``make check`` does both. A figure has parts, which run on all cores. What each has found is kept in
``out/check``, so that a run that was interrupted goes on where it was. The exit code is 1 if a
figure is not as promised.

Read `figure.py` (what a figure is) and `runner.py` (how they run and are kept), then a figure:
`accuracy.py` with `accuracy_cases.py` (the ops), `peer_ops.py` (the same of PyTorch and JAX),
`worst.py` (the largest error) and `accuracy_page.py` (the table in the documentation); `graphs.py`
with `exact.py` and `exact_library.py` (60 digits and a bound) and `other_engine.py`; `fuzzing.py`
with `fuzzed_expressions.py` and `fuzzed_files.py`; `suites.py` with `suite.py` for the figures that
are runs of pytest: faults, coverage, peers. `testing_page.py` writes the figures into the
documentation. `mutants.py` is a command of its own, ``make mutants``, with `mutant_trees.py` (one
change, in a copy of the project), `mutant_tests.py` (the tests that reach it) and
`equivalent_mutants.py`. `kept.py` is the file of a figure.
"""
