"""A check at import for the array library that has the same import name."""

import os
import sys
from types import ModuleType

# Files of that library. The two share a folder, where the one installed later replaces the
# other's __init__.py, and the one uninstalled later takes it away.
THEIRS = ("core.py", "tracer.py", "differential_operators.py", os.path.join("numpy", "__init__.py"))
MEND = (
    "Remove both with `pip uninstall autograd scalar-autograd`, then install one of them, "
    "`pip install scalar-autograd` or `pip install autograd`, and the other in an environment of "
    "its own (`python -m venv`)."
)


def library() -> ModuleType:
    """This package, under the name that it was imported by."""
    return sys.modules[str(__package__).rpartition(".")[0]]


def check_installation() -> None:
    """Raise an ImportError if files of the array library are mixed with those of this package.

    Raises:
        ImportError: with what happened and how to mend it.
    """
    name, folder = library().__name__, os.path.dirname(os.path.dirname(__file__))
    if name == "autograd" and any(os.path.exists(os.path.join(folder, file)) for file in THEIRS):
        raise ImportError(
            f"two libraries are installed in {folder}: scalar-autograd, and the array library "
            "that the package index calls autograd, which others depend on. They have the same "
            f"import name, and the later one has overwritten files of the other. {MEND}",
            name=name,
            path=folder,
        )
    if getattr(library(), "__file__", None) is None:
        raise ImportError(
            f"{folder} has no __init__.py: it goes when the array library that the package index "
            "calls autograd is uninstalled, which has the same import name. "
            "Mend it with `pip install --force-reinstall scalar-autograd`.",
            name=name,
            path=folder,
        )
