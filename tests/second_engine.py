"""Run the tests of behaviour on the engine in Python too, where all others ran in C.

As a script, ``python -m tests.second_engine``, with options of pytest; with ``--all`` first, the
whole suite, slow tests too. Without the engine in C all tests have run on Python's before, and it
says so.

It leaves half of the processors to what runs beside it, unless ``-n`` says otherwise; and for one
it starts no workers, each of which collects all tests anew.
"""

import os
import subprocess
import sys

from autograd.engine.native import name, why

# What computes with Values itself. The rest draws, prints, compiles and explains what they hold,
# or spells what the calculus says of plain numbers.
ROOMS = (
    *("tests/engine", "tests/formulas/test_expansions.py", "tests/transforms", "tests/nn"),
    "tests/optim",
    *("tests/losses", "tests/teach", "tests/data", "tests/anatomy", "tests/compiler/tracing"),
    *("tests/compiler/test_effects.py", "tests/test_random.py", "tests/test_microgpt.py"),
    *("tests/test_seeds.py", "autograd", "README.md", "docs"),
)
# What says the same of both: engines that learners wrote, in hundreds, with Values as what they are
# compared with; and derivatives of losses, which are ops that were compared bit by bit.
LEFT_OUT = (
    "tests/losses/test_checks.py::test_derivatives_agree_with_finite_differences[",
    "tests/losses/test_checks.py::test_weights_can_be_differentiated_too[",
    "tests/teach/test_grader.py::test_a_right_engine_is_not_blamed[",
    "tests/teach/test_grader.py::test_the_mistake_of_a_wrong_engine_is_named[",
)


HALF = (os.cpu_count() or 1) // 2


def main(*options: str) -> int:
    """The status of pytest, or 0 where there is no second engine."""
    if name == "python":
        print(f"The tests have run on the engine in Python alone: {why}")
        return 0
    if options[:1] == ("--all",):
        chosen = [*options[1:], "-m", "not both"]
    else:
        left_out = [f"--deselect={tests}" for tests in LEFT_OUT]
        chosen = [*options, "-m", "not both and not slow", *left_out, *ROOMS]
    workers = str(HALF) if HALF > 1 else "0"
    command = [sys.executable, "-m", "pytest", "-n", workers, *chosen]
    return subprocess.run(command, env={**os.environ, "AUTOGRAD_ENGINE": "python"}).returncode


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
