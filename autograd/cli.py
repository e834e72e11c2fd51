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
        The exit code: 0 if all went well, 1 for what went wrong on the way, 130 for Ctrl-C.
        Wrong arguments end the process with code 2, as argparse does.
    """
    parser = _parser()
    given = parser.parse_args(arguments)
    if given.command is None:
        parser.print_help()
        return 0
    try:
        _make_folder(given.out)
        demo.run(given.data, given.seed, given.epochs, given.hidden, given.out)
        sys.stdout.flush()
    except BrokenPipeError:  # whoever read the output, such as head, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        print(f"autograd demo: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nautograd demo: stopped", file=sys.stderr)
        return 130
    return 0


def _make_folder(out: Path) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
        if not os.access(out, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    except OSError as error:
        reason = f"cannot write to {out}: {error.strerror}; choose another folder with --out"
        raise type(error)(reason) from None


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
        metavar="N[,N...]",
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
