"""The commands of ``python -m autograd`` and their options.

`main.py` does what is asked for. An expression may begin with a minus and still be no option, and
options may stand before, between and after the numbers.
"""

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..data.files import is_stream
from ..show.graphs.draw import DIRECTIONS, NO_ENGINE, THEMES
from ..show.graphs.folding import COLLAPSE
from . import demo

if TYPE_CHECKING:
    from _typeshed import SupportsWrite

OF_AN_EXPRESSION = ("draw", "explain", "step")  # the commands that read one
FLAGS = ("--", "--heat", "--help", "--plain")  # what takes no word after it
SUFFIXES = (".svg", ".png", ".pdf", ".dot")
PAGE = ".html"
OF_MODULES = ("neuron", "layer")  # how to collapse what no expression has
EXAMPLE = '"tanh(a*b + c)" a=2 b=-3 c=10'


def parse(parser: argparse.ArgumentParser, words: list[str]) -> argparse.Namespace:
    """Parse the words; options may stand before, between and after the numbers."""
    reads_expression = bool(words) and words[0] in OF_AN_EXPRESSION
    shielded = [*_shield_expressions(words)] if reads_expression else words
    given, rest = parser.parse_known_args(shielded)
    if reads_expression:  # argparse leaves over what comes after an option
        given.numbers = [*given.numbers, *(word for word in rest if not word.startswith("-"))]
        rest = [word for word in rest if word.startswith("--") and word != "--"]
    refuse = given.refuse if given.command else parser.error
    if rest:
        name = " ".join(filter(None, (parser.prog, given.command)))
        refuse(f"unrecognized arguments: {' '.join(rest)}; '{name} --help' lists what there is")
    if given.command == "step" and given.plain and given.html:  # while --plain --forward x is fine
        refuse("argument --html: not allowed with argument --plain")
    return given


def _shield_expressions(words: Sequence[str]) -> Iterator[str]:
    """Put a blank before expressions such as -a*b, which argparse takes for options."""
    command, *words = words
    yield command
    expression_seen = wants_word = False
    for word in words:
        option = word.startswith("--") or word == "-h"
        if command == "draw" and not option:
            option = word == "-o" or (not wants_word and _names_file(word, expression_seen))
        yield f" {word}" if word.startswith("-") and not option else word
        expression_seen |= not option and not wants_word
        spelled_out = word.startswith("--") and "=" not in word and word not in FLAGS
        wants_word = option and (word == "-o" or spelled_out)


def _names_file(word: str, expression_seen: bool) -> bool:
    """Whether a word is the option -o with its file, such as -ograph.svg, and not the sum -o+1."""
    return word.startswith("-o") and (expression_seen or word.lower().endswith(SUFFIXES))


class _Parser(argparse.ArgumentParser):
    """A parser that says when its help cannot be written, which argparse lets pass."""

    def print_help(self, file: "SupportsWrite[str] | None" = None) -> None:
        print(self.format_help(), end="", file=file)


def make_parser() -> argparse.ArgumentParser:
    """The parser for every command and its options."""
    parser = _Parser(
        prog="autograd", description="A scalar autograd engine: write scalars, watch gradients."
    )
    parser.add_argument(
        "--version", action="store_true", help="show the version, and which engine runs, and why"
    )
    commands = parser.add_subparsers(dest="command", metavar="command")
    for name, add, words in (
        ("demo", _add_demo, "train a network of scalar Values and draw it"),
        ("draw", _add_draw, "draw the graph of an expression"),
        ("explain", _add_explain, "explain the gradients of an expression"),
        ("step", _add_step, "step through the backpropagation of an expression"),
    ):
        command = commands.add_parser(name, help=words)
        command.set_defaults(refuse=command.error)
        add(command)
    return parser


def _add_demo(train: argparse.ArgumentParser) -> None:
    train.description = (
        "Train a network of scalar Values on a data set, with a held-out test part, and write "
        "neuron.svg (the graph of one neuron's loss), network.svg (that of the whole network, "
        "layer by layer) and loss.svg (the learning curve)."
    )
    train.add_argument(
        "--data", choices=list(demo.SUITED), default="iris", help="the data set (default: iris)"
    )
    train.add_argument(
        "--seed",
        type=_whole,
        default=0,
        help="for the split, the weights and the order (default: 0)",
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
    native = "train at native speed, with the same numbers, and say how much faster that is"
    train.add_argument("--compiled", action="store_true", help=native)


def _add_draw(picture: argparse.ArgumentParser) -> None:
    picture.description = (
        "Draw the graph of an expression, with the number and the gradient of every node. "
        f"Example: autograd draw {EXAMPLE} -o graph.svg"
    )
    _add_expression(picture)
    picture.add_argument(
        "-o",
        "--out",
        type=_file,
        default="graph.svg",
        metavar="FILE",
        help="a name that ends in .svg, .png, .pdf or .dot (default: graph.svg)",
    )
    picture.add_argument("--title", type=str.strip, help="a heading (default: the expression)")
    collapse = tuple(how or "none" for how in COLLAPSE if how not in OF_MODULES)
    for name, choices, words in (
        ("--rankdir", DIRECTIONS, "compute from left to right or from top to bottom"),
        ("--collapse", collapse, "show as one box what repeats, or each chain of +"),
        ("--theme", THEMES, "colours; auto follows the reader's system"),
    ):
        help_words = f"{words} (default: {choices[0]})"
        picture.add_argument(name, choices=choices, default=choices[0], help=help_words)
    picture.add_argument("--engine", type=_refuse_engine, help=argparse.SUPPRESS)
    picture.add_argument("--heat", action="store_true", help="colour by the size of the gradients")


def _add_explain(words: argparse.ArgumentParser) -> None:
    words.description = (
        "Write an expression as a formula and explain its gradients by the chain rule. "
        f"Example: autograd explain {EXAMPLE} --wrt a"
    )
    _add_expression(words)
    words.add_argument(
        "--wrt",
        action="append",
        metavar="NAME",
        help="what to differentiate by; may be repeated (default: every name, in order)",
    )
    words.add_argument(
        "--format",
        choices=("text", "markdown", "latex"),
        default="text",
        help="how to write it (default: text)",
    )


def _add_step(stepper: argparse.ArgumentParser) -> None:
    stepper.description = (
        "Step through the forward and the backward pass of an expression, key by key. "
        f"Example: autograd step {EXAMPLE}"
    )
    _add_expression(stepper)
    plain = "list all steps, as is done where there is no terminal"
    stepper.add_argument("--plain", action="store_true", help=plain)
    ways = stepper.add_mutually_exclusive_group()
    page = "write a page that plays in a browser"
    ways.add_argument("--html", type=_page, metavar="FILE", help=page)
    ways.add_argument("--forward", metavar="NAME", help="forward mode, from this name on")


def _add_expression(command: argparse.ArgumentParser) -> None:
    command.add_argument("expression", help='such as "tanh(a*b + c)", in quotes')
    command.add_argument(
        "numbers",
        nargs="*",
        default=[],
        metavar="name=number",
        help="for each name in the expression",
    )


def _file(text: str) -> str:
    """Check a file name for a drawing."""
    return _ending_in(SUFFIXES, text)


def _refuse_engine(_: str) -> str:
    """Refuse the option --engine, which was removed."""
    raise argparse.ArgumentTypeError(NO_ENGINE)


def _page(text: str) -> str:
    """Check a file name for a page."""
    return _ending_in((PAGE,), text)


def _ending_in(suffixes: Sequence[str], text: str) -> str:
    name = text.strip()
    if "\0" in name or not (Path(name).suffix.lower() in suffixes or is_stream(name)):
        kinds = " or ".join(filter(None, (", ".join(suffixes[:-1]), suffixes[-1])))
        raise argparse.ArgumentTypeError(f"expected a name that ends in {kinds}, got {text!r}")
    return name


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        wrong = f"expected a whole number such as 7, got {text!r}"
        raise argparse.ArgumentTypeError(wrong) from None


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
