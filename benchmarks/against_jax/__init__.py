"""The programs of `programs.py`: each as plain scalar code, compiled here, and on arrays in JAX.

A file has one program, or two that belong together, with its cases: sizes, and what was wanted of
each (`case.py`). `PROGRAMS` finds them by name. Each form makes its data of one fixed seed, so
both compute the same numbers, and gives them in the same structure.
"""

import importlib

from .case import Case

PROGRAMS = {  # the names of programs, and the files that they are in
    "gpt": "gpt",
    "training": "against_c.training",
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
}  # a name with a dot is of another folder: that program is timed beside C


def cases(program: str) -> list[Case]:
    """The sizes that a program is timed at."""
    name = PROGRAMS[program]
    module = importlib.import_module(name if "." in name else f"{__name__}.{name}")
    return list(module.CASES)
