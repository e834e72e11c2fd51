"""The command line: ``python -m autograd demo``."""

import argparse
import errno
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from autograd import demo


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command that `arguments`, or those of the process, ask for.

    Returns:
        The exit code: 0 if all went well, 1 for what went wrong on the way.
        Wrong arguments end the process with code 2, as argparse does.
    """
    parser = _parser()
    given = parser.parse_args(arguments)
    if given.command is None:
        parser.print_help()
        return 0
    try:
        given.out.mkdir(parents=True, exist_ok=True)
        if not os.access(given.out, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        demo.run(given.data, given.seed, given.epochs, given.hidden, given.out)
    except OSError as error:
        reason = error.strerror or str(error)
        print(f"autograd demo: cannot write to {given.out}: {reason}", file=sys.stderr)
        print("choose another folder with --out", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nautograd demo: stopped", file=sys.stderr)
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="autograd", description="A scalar autograd engine: write scalars, watch gradients."
    )
    commands = parser.add_subparsers(dest="command", metavar="command")
    train = commands.add_parser(
        "demo",
        help="train a network of scalar Values and draw what happened",
        description="Train a network of scalar Values on a data set, with a held-out test part, "
        "and write neuron.svg (the graph of one neuron's loss) and loss.svg (the learning curve).",
    )
    train.add_argument(
        "--data", choices=list(demo.SUITED), default="iris", help="the data set (default: iris)"
    )
    train.add_argument(
        "--seed", type=int, default=0, help="for the split, the weights and the order (default: 0)"
    )
    train.add_argument("--epochs", type=_positive, help="passes over the training part")
    train.add_argument(
        "--hidden",
        type=_sizes,
        metavar="N[,N…]",
        help="neurons of each hidden layer, such as 8 or 16,16",
    )
    train.add_argument(
        "--out", type=Path, default=Path("out"), help="where the drawings go (default: out/)"
    )
    return parser


def _positive(text: str) -> int:
    try:
        number = int(text)
    except ValueError:
        number = 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"expected a whole number from 1 on, got {text!r}")
    return number


def _sizes(text: str) -> list[int]:
    return [_positive(part) for part in text.split(",")]
