"""The command ``python -m checks``: see the docstring of the package."""

import argparse
import os
import sys

from autograd.engine.native import name as engine

from . import accuracy, accuracy_page, fuzzing, graphs, suites, testing_page
from .figure import Figure, Options
from .kept import ROOT, digest_of_sources
from .runner import run

# The benchmarks are scripts, so they are found by their folder.
sys.path.append(str(ROOT / "benchmarks"))
from processes import a_count, machine, python_version

FOLDER = ROOT / "out" / "check"
FIGURES = {
    "accuracy": accuracy.figure,
    "graphs": graphs.figure,
    "fuzz": fuzzing.figure,
    "faults": suites.faults,
    "peers": suites.peers,
    "coverage": suites.coverage,
}
COUNTED = {
    "points": "where each op is measured",
    "graphs": "random programs",
    "fuzz": "expressions and files broken at random",
    "workers": "processes at a time",
}


def about() -> dict[str, str]:
    """Where and of what figures are."""
    return {
        "machine": machine(),
        "python": python_version(),
        "engine": engine,
        "sources": digest_of_sources(),
    }


def main() -> int:
    """Measure what was asked for. 0 if all is as promised, 1 if not, 130 if interrupted."""
    usual = Options(workers=os.cpu_count() or 1)
    parser = argparse.ArgumentParser(prog="python -m checks", description="Measure the promises.")
    parser.add_argument("figures", nargs="*", metavar="FIGURE", help=f"of {', '.join(FIGURES)}")
    for option, default in usual._asdict().items():
        told = f"{COUNTED[option]} (default: {default:,})"
        parser.add_argument(f"--{option}", type=a_count, default=default, metavar="N", help=told)
    parser.add_argument("--fresh", action="store_true", help="forget an interrupted run")
    arguments = parser.parse_args()
    if unknown := [name for name in arguments.figures if name not in FIGURES]:
        parser.error(f"no figure {unknown[0]!r}: choose of {', '.join(FIGURES)}")
    options = Options(*(getattr(arguments, option) for option in Options._fields))
    chosen = arguments.figures or list(FIGURES)
    figures: list[Figure] = [FIGURES[name](options) for name in chosen]
    try:
        holds = run(figures, options, FOLDER, about(), fresh=arguments.fresh)
    except KeyboardInterrupt:
        print("Interrupted. The same command goes on from here.", file=sys.stderr)
        return 130
    finally:
        accuracy_page.write(FOLDER)
        testing_page.write(FOLDER)
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
