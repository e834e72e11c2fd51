"""Expressions that no one would type, and some that are almost right."""

import random
import string
from collections.abc import Callable, Sequence

from autograd import Value
from autograd.cli.expression import FUNCTIONS, ExpressionError, assignments, evaluate

GOOD = (
    *("tanh(a*b + c)", "a", "-a**2", "where(a, b, c)", "maximum(a, b, c)", "1e-3*a//b % c"),
    *("((a))", "clip(a, -1, 1)", "log(a) - logsumexp(a, b)", "2**-a**b", "sigmoid(softplus(b))"),
    *("sum(a, b, c) / 3", "hypot(a, b) + pi", "0x1F*a", "1_000*a", "leaky_relu(a, 0.1)"),
)
TOKENS = (
    *("a", "b", "c", "pi", "x", "π", "\uff41", "é", "_", "a1", "nan", "inf", "0", "1", "007"),
    *("1e400", "1e-400", ".5", "5.", "1j", "0b1", "1__0", "9" * 30, "+", "-", "*", "/", "//"),
    *(
        "%",
        "**",
        "^",
        "|",
        "&",
        "<",
        "<=",
        "==",
        "!=",
        "=",
        ":=",
        "@",
        "~",
        "not",
        "and",
        "or",
        "if",
        "else",
    ),
    *("lambda", "for", "in", "is", "None", "True", "yield", "await", "import", "(", ")", "[", "]"),
    *("{", "}", ",", ",,", ":", ";", ".", "...", "->", "'", '"', "f'{a}'", "#", "\\", "\n", "\t"),
    *("\0", "\u200b", "\ufeff", "\ud800", "x" * 60, "(" * 60, ")" * 60, "-" * 60, "*a", "**b"),
    *("a=1", "eval", "__import__", "a.data", "a[0]", "abs(", "exp(a", "dot(a, b)", "softmax(a)"),
)
NUMBERS = ("2", "-3", "0.5", "1e308", "5e-324", "inf", "nan", "-0", "")


def _tokens(draw: random.Random) -> str:
    names = (*TOKENS, *FUNCTIONS)
    between = draw.choice(("", " ", " ", ""))
    return between.join(draw.choice(names) for _ in range(draw.randint(0, 12)))


def _characters(draw: random.Random) -> str:
    kinds: tuple[Callable[[], str], ...] = (
        lambda: draw.choice(string.printable),
        lambda: draw.choice("ab01()+-*/.,%e "),
        lambda: chr(draw.randrange(0x250)),
        lambda: chr(draw.randrange(0x110000)),
    )
    kind = draw.choice(kinds)
    return "".join(kind() for _ in range(draw.randint(0, 30)))


def _nearly(draw: random.Random) -> str:
    """A good one with some characters lost, doubled, moved or replaced."""
    text = list(draw.choice(GOOD))
    for _ in range(draw.randint(1, 4)):
        place = draw.randrange(len(text) + 1)
        part = text[place : place + draw.randint(0, 4)]
        new = draw.choice(([], part * 2, [draw.choice(TOKENS)], [draw.choice(string.printable)]))
        text[place : place + len(part)] = new
    return "".join(text)


def _nested(draw: random.Random) -> str:
    """Good, and deep or long."""
    text = draw.choice(GOOD)
    for _ in range(draw.choice((1, 3, 10, 60))):
        wrapped = draw.choice(("({})", "-{}", "tanh({})", "{} + a", "a*({})", "{}**2", "b, {}"))
        text = wrapped.format(text)
    return text


KINDS: Sequence[Callable[[random.Random], str]] = (_tokens, _characters, _nearly, _nearly, _nested)


def expression(draw: random.Random) -> str:
    """Something that may be an expression."""
    return draw.choice(KINDS)(draw)


def try_expression(draw: random.Random) -> str:
    """Evaluate one, with its backward pass: "accepted" or "refused".

    Raises:
        Exception: anything but an ExpressionError that comes out; a note says of what.
    """
    text = expression(draw)
    texts = [f"{name}={draw.choice(NUMBERS[:-1])}" for name in "abc" if name in text]
    if draw.random() < 0.1:
        texts.append(draw.choice((_characters, _tokens))(draw))
    try:
        root: Value = evaluate(text, assignments(texts))
        root.backward()
    except ExpressionError:
        return "refused"
    except BaseException as error:
        error.add_note(f"from {text!r} with {texts!r}")
        raise
    return "accepted"
