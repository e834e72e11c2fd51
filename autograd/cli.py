"""The command line: ``python -m autograd`` with ``demo``, ``draw`` or ``explain``."""

import argparse
import errno
import io
import os
import sys
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from autograd import demo
from autograd.expression import ExpressionError, assignments, evaluate
from autograd.refusal import absent, pointed
from autograd.show import DotError, draw, explain, formula
from autograd.show.folding import COLLAPSE
from autograd.show.picture import DIRECTIONS, ENGINES, THEMES
from autograd.show.words.explanation import markdown
from autograd.value import Value

OF_AN_EXPRESSION = ("draw", "explain")  # the commands that read one
FLAGS = ("--", "--heat", "--help")  # what takes no word after it
SUFFIXES = (".svg", ".png", ".pdf", ".dot")
OF_MODULES = ("neuron", "layer")  # how to collapse what no expression has
EXAMPLE = '"tanh(a*b + c)" a=2 b=-3 c=10'


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command that `arguments`, or those of the process, ask for.

    Returns:
        The exit code: 0 if all went well, 1 for what went wrong on the way, 2 for an expression
        that cannot be read, 130 for Ctrl-C. Wrong arguments end the process with code 2, as
        argparse does.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):  # not every terminal can show a θ
        sys.stdout.reconfigure(errors="backslashreplace")
    parser = _parser()
    given = _parsed(parser, list(sys.argv[1:] if arguments is None else arguments))
    if given.command is None:
        parser.print_help()
        return 0
    try:
        given.run(given)
        sys.stdout.flush()
    except BrokenPipeError:  # whoever read the output, such as head, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except (ExpressionError, DotError, OSError) as error:
        print(f"autograd {given.command}: {_said(error)}", file=sys.stderr)
        return 2 if isinstance(error, ExpressionError) else 1
    except KeyboardInterrupt:
        print(f"\nautograd {given.command}: stopped", file=sys.stderr)
        return 130
    return 0


def _said(error: Exception) -> str:
    """What went wrong, without the number that the operating system has for it."""
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename!r}: {error.strerror}" if error.filename else error.strerror
    return str(error)


def _parsed(parser: argparse.ArgumentParser, words: list[str]) -> argparse.Namespace:
    """The arguments, where options may stand before, between and after the numbers."""
    reads_expression = bool(words) and words[0] in OF_AN_EXPRESSION
    given, rest = parser.parse_known_args([*_shielded(words)] if reads_expression else words)
    if reads_expression:  # argparse leaves over what comes after an option
        given.numbers = [*given.numbers, *(word for word in rest if not word.startswith("-"))]
        rest = [word for word in rest if word.startswith("--") and word != "--"]
    if rest:
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    return given


def _shielded(words: Sequence[str]) -> Iterator[str]:
    """Expressions such as -a*b behind a blank, or argparse would take them for options."""
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


# --- the commands ---------------------------------------------------------------------------


def _demo(given: argparse.Namespace) -> None:
    _make_folder(given.out)
    demo.run(given.data, given.seed, given.epochs, given.hidden, given.out)


def _make_folder(out: Path) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
        if not os.access(out, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    except OSError as error:
        reason = f"cannot write to {out}: {error.strerror}; choose another folder with --out"
        raise type(error)(reason) from None


def _draw(given: argparse.Namespace) -> None:
    root = evaluate(given.expression, assignments(given.numbers))
    root.backward()
    drawing = draw(
        root,
        title=given.expression.strip() if given.title is None else given.title or None,
        rankdir=given.rankdir,
        engine=given.engine,
        collapse=None if given.collapse == "none" else given.collapse,
        heat=given.heat,
        theme=given.theme,
    )
    drawing.save(given.out)
    print(f"wrote {given.out}")


def _explain(given: argparse.Namespace) -> None:
    values = assignments(given.numbers)
    root = evaluate(given.expression, values)
    root.label = root.label or ("" if "y" in values else "y")
    nodes = [_named(name, values) for name in given.wrt or values]
    print(_value(root, given))
    for part in (formula(root), *(explain(root, wrt=node) for node in nodes)):
        print(f"\n{getattr(part, given.format)}")


def _named(name: str, values: Mapping[str, Value]) -> Value:
    normal = unicodedata.normalize("NFKC", name.strip())
    if normal not in values:
        raise pointed(absent(normal, values), f"--wrt {name}", len("--wrt "))
    return values[normal]


def _value(root: Value, given: argparse.Namespace) -> str:
    words = f"{' '.join(given.expression.split())} = {root.data!r}"
    if given.format == "latex":
        return f"% {words}"
    return markdown(words) if given.format == "markdown" else words


# --- their arguments ------------------------------------------------------------------------


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="autograd", description="A scalar autograd engine: write scalars, watch gradients."
    )
    commands = parser.add_subparsers(dest="command", metavar="command")
    _add_demo(commands.add_parser("demo", help="train a network of scalar Values and draw it"))
    _add_draw(commands.add_parser("draw", help="draw the graph of an expression"))
    _add_explain(commands.add_parser("explain", help="explain the gradients of an expression"))
    return parser


def _add_demo(train: argparse.ArgumentParser) -> None:
    train.description = (
        "Train a network of scalar Values on a data set, with a held-out test part, and write "
        "neuron.svg (the graph of one neuron's loss), network.svg (that of the whole network, "
        "layer by layer) and loss.svg (the learning curve)."
    )
    train.set_defaults(run=_demo)
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


def _add_draw(picture: argparse.ArgumentParser) -> None:
    picture.description = (
        "Draw the graph of an expression, with the number and the gradient of every node. "
        f"Example: autograd draw {EXAMPLE} -o graph.svg"
    )
    picture.set_defaults(run=_draw)
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
        ("--engine", ENGINES, "what finds the places"),
        ("--collapse", collapse, "whether a chain of + becomes one box"),
        ("--theme", THEMES, "colours; auto follows the reader's system"),
    ):
        help_words = f"{words} (default: {choices[0]})"
        picture.add_argument(name, choices=choices, default=choices[0], help=help_words)
    picture.add_argument("--heat", action="store_true", help="colour by the size of the gradients")


def _add_explain(words: argparse.ArgumentParser) -> None:
    words.description = (
        "Write an expression as a formula and explain its gradients by the chain rule. "
        f"Example: autograd explain {EXAMPLE} --wrt a"
    )
    words.set_defaults(run=_explain)
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
    """A name that a drawing can be saved by."""
    name = text.strip()
    if Path(name).suffix.lower() not in SUFFIXES or "\0" in name:
        wanted = f"a name that ends in {', '.join(SUFFIXES[:-1])} or {SUFFIXES[-1]}"
        raise argparse.ArgumentTypeError(f"expected {wanted}, got {text!r}")
    return name


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
