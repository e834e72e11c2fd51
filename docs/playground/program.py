"""Runs the program that is typed into the playground, and says what is to be shown of it.

It stands in the page beside autograd. What it gives is plain data, for JSON.
"""

import ast
import io
import linecache
import random
import traceback
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from types import CodeType
from typing import Any

import autograd
from autograd import Value, show
from autograd.engine.watching import watching
from autograd.show import play, source_lines

from .deletion import Deletion

FILE = "program"  # what the program is called in places and errors
PRINTED = 100_000  # characters that a program may print before the rest is left out
WRITTEN = 20_000  # characters of a result as text
ROOMS = ("data", "losses", "nn", "optim", "teach")

Shown = dict[str, str]
Said = Callable[[str], object]


def run(text: str, say: Said) -> dict[str, Any]:
    """Run a program; its last expression decides what is shown.

    Args:
        text: the program.
        say: called with what it prints, as it prints it; it must not print itself.

    Returns:
        ``shown``: a list of pages, pictures and texts. ``error``: what went wrong, or None.

    Example:
        >>> printed = []
        >>> run("print('hello')\\n2 * Value(3.0)", printed.append)["shown"][0]["kind"]
        'page'
        >>> printed
        ['hello', '\\n']
        >>> run("1 +", printed.append)["error"]["line"]
        1
    """
    linecache.cache[FILE] = (len(text), None, text.splitlines(keepends=True), FILE)
    random.seed()  # its memory is the same in every page
    names, output, deletion = names_of_autograd(), Output(say), Deletion()
    try:
        body, last = parts(text)
        with redirect_stdout(output), redirect_stderr(output), source_lines(), watching(deletion):
            exec(body, names)
            autograd.label(names)  # for words that the last expression asks for
            result = eval(last, names) if last else None
            autograd.label(names)
            shown = list(pictures(result))
    except BaseException as error:  # SystemExit and KeyboardInterrupt too
        return {"shown": [], "error": told(error)}
    finally:
        result = None
        names.clear()
        deletion.end()
    return {"shown": shown, "error": None}


def names_of_autograd() -> dict[str, Any]:
    """The names that a program has from the start, so that an expression needs no import."""
    names = {name: getattr(autograd, name) for name in autograd.__all__}
    names |= {name: getattr(show, name) for name in show.__all__}
    names |= {name: getattr(autograd, name) for name in ROOMS}
    return {"__name__": "__main__", "__file__": FILE, **names}


def parts(text: str) -> tuple[CodeType, CodeType | None]:
    """A program as code, and the expression at its end, if it ends in one.

    A last line ``y = x * x`` counts as if y stood below it.
    """
    tree = ast.parse(text, FILE)
    last: ast.expr | None = None
    if tree.body and isinstance(tree.body[-1], ast.Expr):
        end = tree.body.pop()
        assert isinstance(end, ast.Expr)
        last = end.value
    elif tree.body and isinstance(tree.body[-1], ast.Assign):
        target = tree.body[-1].targets[-1]
        if isinstance(target, ast.Name):
            last = ast.copy_location(ast.Name(target.id, ast.Load()), target)
    body = compile(tree, FILE, "exec")
    return body, None if last is None else compile(ast.Expression(last), FILE, "eval")


class Output(io.TextIOBase):
    """What a program writes to, which hands it on, up to a limit."""

    def __init__(self, say: Said) -> None:
        self._say, self._room = say, PRINTED

    def writable(self) -> bool:
        """Whether there can be written to it: there can."""
        return True

    def write(self, text: str) -> int:
        """Hand on a text, or that there is no room for more."""
        if self._room > 0:
            self._say(text[: self._room])
            self._room -= len(text)
            if self._room <= 0:
                self._say(f"\n… only the first {PRINTED:,} characters are shown\n")
        return len(text)


# --- what is shown ----------------------------------------------------------------------------


def pictures(result: Any) -> Iterator[Shown]:
    """What is shown of a result: of a tuple, each of its parts."""
    if isinstance(result, tuple) and any(map(_is_picture, result)):
        for part in result:
            yield from pictures(part)
    elif result is not None:
        yield picture(play(result) if isinstance(result, Value) else result)


def _is_picture(result: Any) -> bool:
    return isinstance(result, Value) or hasattr(result, "_repr_mimebundle_")


def picture(result: Any) -> Shown:
    """A result as a page, a picture or a text."""
    page = getattr(result, "html", None)
    if isinstance(page, str):
        return {"kind": "page", "content": page, "text": repr(result)}
    bundle = result._repr_mimebundle_() if hasattr(result, "_repr_mimebundle_") else {}
    for kind, mime in (("picture", "image/svg+xml"), ("page", "text/html")):
        if mime in bundle:
            return {"kind": kind, "content": bundle[mime], "text": str(result)[:WRITTEN]}
    text = result if isinstance(result, str) else repr(result)
    more = f"\n… {len(text) - WRITTEN:,} more characters" if len(text) > WRITTEN else ""
    return {"kind": "text", "content": text[:WRITTEN] + more, "text": ""}


# --- what went wrong --------------------------------------------------------------------------


def told(error: BaseException) -> dict[str, Any]:
    """An error in plain words, with the line of the program that it came from.

    Returns:
        ``what``: the error in words. ``line``: from 1 on, or None. ``path``: the lines that led
        there, outermost first, if there are several. ``advice``: what to do, or an empty text.
    """
    found = traceback.TracebackException.from_exception(error)
    lines = [frame.lineno for frame in found.stack if frame.filename == FILE]
    if isinstance(error, SyntaxError) and error.filename == FILE:
        what = f"{type(error).__name__}: {error.msg}"
        return {"what": what, "line": error.lineno, "path": [], "advice": ""}
    what = "".join(found.format_exception_only()).strip()
    line = lines[-1] if lines else None
    return {"what": what, "line": line, "path": _shortened(lines), "advice": advice(error, what)}


def _shortened(lines: list[int | None]) -> list[int | None]:
    """The first and the last lines of a long path, as of a recursion without end."""
    return lines if len(lines) <= 8 else [*lines[:4], None, *lines[-3:]]


def advice(error: BaseException, what: str) -> str:
    """What to do about an error that newcomers meet, or that comes of where the program runs."""
    if isinstance(error, ModuleNotFoundError):
        name = (error.name or "it").partition(".")[0]
        return (
            f"This page has Python's standard library and autograd, and no {name}: "
            "write it without, or run it on your own machine."
        )
    if isinstance(error, NameError) and "Did you mean" not in what:
        return (
            f"Nothing is called {error.name} here: a line above may say {error.name} = Value(2.0)"
        )
    if isinstance(error, EOFError | OSError):
        return "A page has no keyboard input for input(), no files and no network: write it in."
    if isinstance(error, RecursionError):
        return "A function calls itself without end, or deeper than Python lets it: use a loop."
    if isinstance(error, MemoryError):
        return "The program needs more memory than a page has: make it smaller."
    if isinstance(error, SystemExit):
        return "The program ended itself."
    return ""
