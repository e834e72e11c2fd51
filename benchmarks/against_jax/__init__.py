"""The programs of `programs.py`: each as plain scalar code, compiled here, and on arrays in JAX.

A file has one program, or two that belong together, with its cases: sizes, and what was wanted of
each (`case.py`). `PROGRAMS` finds them by name. Each form makes its data of one fixed seed, so
both compute the same numbers, and gives them in the same structure.
"""

import importlib

from .case import Case

PROGRAMS = {  # the names of programs, and the files that they are in
    "gpt": "gpt",
    "calls": "calls",
    "moons": "moons",
    "mlp": "mlp",
    "digits": "digits",
    "lstm": "lstm",
    "cnn": "cnn",
    "ode": "neural_ode",
    "hmc": "hmc",
    "bundle": "bundle_adjustment",
    "kalman": "kalman",
    "options": "black_scholes",
    "pendulum": "pendulum",
    "process": "gaussian_process",
}


def cases(program: str) -> list[Case]:
    """The sizes that a program is timed at."""
    module = importlib.import_module(f".{PROGRAMS[program]}", __name__)
    return list(module.CASES)
