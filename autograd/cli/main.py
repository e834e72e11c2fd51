"""The command line: ``python -m autograd`` with ``demo``, ``draw``, ``explain`` or ``step``."""

import argparse
import errno
import io
import os
import sys
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path

from ..data.files import is_stream
from ..engine import name as engine, why
from ..engine.installation import library
from ..engine.value import Value
from ..show import RenderError, draw, explain, formula, play
from ..show.stepping.terminal_stepper import Run, present
from ..show.words.explanation import markdown
from . import demo
from .expression import ExpressionError, assignments, evaluate
from .expression_errors import explain_unused_name, point_at
from .options import make_parser, parse
from .streams import complain, give_up, replace_closed_streams


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command in `arguments`, by default those of the process.

    Returns:
        The exit code: 0 if all went well, 1 for what went wrong on the way, 2 for an expression
        that cannot be read, 130 for Ctrl-C. Wrong arguments end the process with code 2, as
        argparse does.
    """
    replace_closed_streams()
    if isinstance(sys.stdout, io.TextIOWrapper):  # not every terminal can show a θ
        sys.stdout.reconfigure(errors="backslashreplace")
    words = list(sys.argv[1:] if arguments is None else arguments)
    name = " ".join(["autograd", *(word for word in words[:1] if word in COMMANDS)])
    try:
        _run(words)
    except BrokenPipeError:  # the reader of the output, such as head, has closed it
        give_up(sys.stdout)
        return 1
    except (ExpressionError, RenderError, OSError) as error:
        if isinstance(error, OSError) and not error.filename:
            give_up(sys.stdout)
        complain(f"{name}: {_message(error)}")
        return 2 if isinstance(error, ExpressionError) else 1
    except KeyboardInterrupt:
        complain(f"\n{name}: stopped")
        return 130
    return 0


def _run(words: list[str]) -> None:
    """Parse the words and run their command."""
    parser = make_parser()
    try:
        given = parse(parser, words)
        if given.version:
            print(f"scalar-autograd {library().__version__}, engine: {engine} ({why})")
        elif given.command is None:
            parser.print_help()
        else:
            COMMANDS[given.command](given)
    finally:
        sys.stdout.flush()  # here, where its errors are caught


def _message(error: Exception) -> str:
    """The message of an error, without the operating system's number for it."""
    if isinstance(error, OSError) and error.strerror:
        place = repr(error.filename) if error.filename else "cannot write to the standard output"
        return f"{place}: {error.strerror}"
    return str(error)


# --- the commands ---------------------------------------------------------------------------


def _demo(given: argparse.Namespace) -> None:
    _make_folder(given.out)
    demo.run(given.data, given.seed, given.epochs, given.hidden, given.out, given.compiled)


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
        collapse=None if given.collapse == "none" else given.collapse,
        heat=given.heat,
        theme=given.theme,
    )
    drawing.save(given.out)
    _report_written(given.out)


def _report_written(path: Path) -> None:
    """Print the path that was written, unless it is the standard output itself."""
    if not is_stream(path):  # it may be the output itself
        print(f"wrote {path}")


def _explain(given: argparse.Namespace) -> None:
    values = assignments(given.numbers)
    root = _root(given, values)
    nodes = [_look_up("--wrt", name, values) for name in given.wrt or values]
    print(_value(root, given))
    for part in (formula(root), *(explain(root, wrt=node) for node in nodes)):
        print(f"\n{getattr(part, given.format)}")


def _step(given: argparse.Namespace) -> None:
    values = assignments(given.numbers)
    root = _root(given, values)
    if given.html is not None:
        play(root, title=given.expression.strip()).save(given.html)
        _report_written(given.html)
        return
    wrt = None if given.forward is None else _look_up("--forward", given.forward, values)
    present(Run(root, None if wrt is None else {wrt: 1.0}), given.plain)
    if root.is_constant:
        print(NO_PASS)


def _root(given: argparse.Namespace, values: Mapping[str, Value]) -> Value:
    """The Value of the expression, labelled y if no name in it is."""
    root = evaluate(given.expression, values)
    root.label = root.label or ("" if "y" in values else "y")
    return root


def _look_up(option: str, name: str, values: Mapping[str, Value]) -> Value:
    normal = unicodedata.normalize("NFKC", name.strip())
    if normal not in values:
        raise point_at(explain_unused_name(normal, values), f"{option} {name}", len(option) + 1)
    return values[normal]


def _value(root: Value, given: argparse.Namespace) -> str:
    words = f"{' '.join(given.expression.split())} = {root.data!r}"
    if given.format == "latex":
        return f"% {words}"
    return markdown(words) if given.format == "markdown" else words


NO_PASS = 'no backward pass: the expression has no name to differentiate by, as "x*x" x=3 has'
COMMANDS = {"demo": _demo, "draw": _draw, "explain": _explain, "step": _step}
