"""Print what the random programs of a seed tell: ``python -m tests.random_sessions 7 500``.

Two engines are to print the same. The last line, on stderr, says what the programs were like.
"""

import sys

from autograd.engine.native import name

from .programs import Summary, programs


def main(seed: str, count: int) -> None:
    """Run the programs, print what each tells, and then how they were."""
    summary = Summary()
    for session in programs(seed, count):
        print("\n".join(session.told))
        summary.add(session)
    print(f"{name}: {summary}", file=sys.stderr)


if __name__ == "__main__":
    if len(sys.argv) != 3 or not sys.argv[2].isdecimal() or not int(sys.argv[2]):
        sys.exit("usage: python -m tests.random_sessions SEED COUNT, as in … 7 500")
    main(sys.argv[1], int(sys.argv[2]))
