"""The operations that a grader knows: how each is written, and what its rule is mistaken for.

Values are drawn for each: `positive` where log, sqrt and powers need it, else of both signs.
"""

import math
import re
from collections.abc import Callable, Sequence
from random import Random
from typing import NamedTuple

from .programs import Numbers, Program

# Apart from each other, from 1 and 2, and from their own products: few mistakes look alike.
MAGNITUDES = (0.35, 0.45, 0.6, 0.7, 0.85, 1.15, 1.3, 1.45, 1.65, 1.8)
DRAWS = 4  # of numbers for each program

Wrong = tuple[str, Callable[[float, float, float], float]]  # in words, and of a, b and the result


class Operation(NamedTuple):
    """One way of using an operation.

    Attributes:
        name: its name in a report, such as ``"*"`` or ``"2 * a"``.
        written: an expression in a and b.
        rules: the local derivative for each of its Values, in words.
        built_on: the names of operations that it may be written with.
        plain: for a number as operand, the operation with two Values.
        positive: whether its operands are to be above 0.
        mistaken: for each of its Values, wrong rules that people write.
    """

    name: str
    written: str
    rules: tuple[str, ...]
    built_on: tuple[str, ...] = ()
    plain: str = ""
    positive: bool = False
    mistaken: tuple[tuple[Wrong, ...], ...] = ()

    @property
    def letters(self) -> tuple[str, ...]:
        """The leaves that it uses."""
        return ("a", "b")[: len(self.rules)]

    @property
    def method(self) -> str:
        """The method of a Value that Python calls for it."""
        if self.name.startswith("a**"):
            return "__pow__"
        sign = self.name if self.name in SIGNS else self.name.split()[1:2]
        if not sign:
            return self.name
        return f"__{'r' if self.reflected else ''}{SIGNS[''.join(sign)]}__"

    @property
    def reflected(self) -> bool:
        """Whether a number is on the left."""
        return self.name.startswith("2")

    @property
    def turned(self) -> str:
        """The name with the number on the other side, such as ``"a + 2"`` of ``"2 + a"``."""
        return " ".join(reversed(self.name.split()))


def _power(n: float) -> tuple[tuple[Wrong, ...], ...]:
    return (
        (
            (f"a**{n - 1:g}: the factor {n:g} is missing", lambda a, b, out: a ** (n - 1)),
            (f"{n:g}·a**{n:g}: the exponent is not reduced by 1", lambda a, b, out: n * a**n),
            (
                f"{n - 1:g}·a**{n - 1:g}: the factor is {n:g}",
                lambda a, b, out: (n - 1) * a ** (n - 1),
            ),
            (f"{n:g}·a: the exponent {n - 1:g} is missing", lambda a, b, out: n * a),
        ),
    )


_ROOTS = ("*", "log", "exp")  # what a power may be built on
_ON_POWERS = ("*", "a**-1")
_ANY = ("exp", "+", "*", "/", "a**-1", "a + 2", "a - 2", "2 + a", "2 * a", "2 - a", "2 / a")

OPERATIONS = (
    Operation("+", "a + b", ("1", "1")),
    Operation("*", "a * b", ("b", "a")),
    Operation("-a", "-a", ("−1",), ("*",)),
    Operation("-", "a - b", ("1", "−1"), ("+", "*", "-a")),
    Operation("a**2", "a**2", ("2·a",), _ROOTS, mistaken=_power(2)),
    Operation("a**3", "a**3", ("3·a**2",), (*_ROOTS, "a**2"), "a**2", mistaken=_power(3)),
    Operation(
        "a**-1", "a**-1", ("−1/a**2",), (*_ROOTS, "a**2", "a**3"), "a**2", mistaken=_power(-1)
    ),
    Operation(
        "a**0.5",
        "a**0.5",
        ("0.5·a**−0.5",),
        (*_ROOTS, "a**2", "a**3", "a**-1"),
        "a**2",
        True,
        mistaken=_power(0.5),
    ),
    Operation(
        "/",
        "a / b",
        ("1/b", "−a/b**2"),
        _ON_POWERS,
        positive=True,
        mistaken=(
            (("b", lambda a, b, out: b), ("a", lambda a, b, out: a)),
            (
                ("−a/b: the square of b is missing", lambda a, b, out: -a / b),
                ("−1/b**2: the factor a is missing", lambda a, b, out: -1 / b**2),
                ("1/b**2", lambda a, b, out: 1 / b**2),
                ("a", lambda a, b, out: a),
                ("1/a", lambda a, b, out: 1 / a),
            ),
        ),
    ),
    Operation(
        "relu",
        "a.relu()",
        ("1 for a > 0, else 0",),
        mistaken=(
            (
                ("1 for every a", lambda a, b, out: 1.0),
                ("the result instead of 1", lambda a, b, out: out),
                ("1 for a < 0, else 0", lambda a, b, out: float(a < 0)),
                ("a for every a", lambda a, b, out: a),
            ),
        ),
    ),
    Operation(
        "tanh",
        "a.tanh()",
        ("1 − tanh(a)**2",),
        (*_ANY, "-", "sigmoid"),
        mistaken=(
            (
                ("1 − tanh(a): the square is missing", lambda a, b, out: 1 - out),
                ("1 − a**2: the result is to be squared", lambda a, b, out: 1 - a * a),
                ("1 + tanh(a)**2", lambda a, b, out: 1 + out * out),
                ("tanh(a)**2: 1 − is missing", lambda a, b, out: out * out),
                ("tanh(a)", lambda a, b, out: out),
                ("1 − tanh(tanh(a))**2", lambda a, b, out: 1 - math.tanh(out) ** 2),
                ("tanh(a)·(1 − tanh(a)), the rule of sigmoid", lambda a, b, out: out * (1 - out)),
            ),
        ),
    ),
    Operation(
        "exp",
        "a.exp()",
        ("exp(a)",),
        mistaken=(
            (
                ("a", lambda a, b, out: a),
                ("1", lambda a, b, out: 1.0),
                ("a·exp(a)", lambda a, b, out: a * out),
                ("a·exp(a − 1), the rule of a power", lambda a, b, out: a * math.exp(a - 1)),
                ("exp(exp(a))", lambda a, b, out: math.exp(out)),
            ),
        ),
    ),
    Operation(
        "log",
        "a.log()",
        ("1/a",),
        positive=True,
        mistaken=(
            (
                ("a", lambda a, b, out: a),
                ("log(a)", lambda a, b, out: out),
                ("1/log(a)", lambda a, b, out: 1 / out),
                ("1/a**2", lambda a, b, out: 1 / a**2),
            ),
        ),
    ),
    Operation(
        "sigmoid",
        "a.sigmoid()",
        ("sigmoid(a)·(1 − sigmoid(a))",),
        (*_ANY, "-a", "tanh"),
        mistaken=(
            (
                ("sigmoid(a)", lambda a, b, out: out),
                ("1 − sigmoid(a)", lambda a, b, out: 1 - out),
                ("1 − sigmoid(a)**2, as that of tanh", lambda a, b, out: 1 - out * out),
                ("a·(1 − a): the result is to be used", lambda a, b, out: a * (1 - a)),
            ),
        ),
    ),
    Operation("sin", "a.sin()", ("cos(a)",), mistaken=((("sin(a)", lambda a, b, out: out),),)),
    Operation("cos", "a.cos()", ("−sin(a)",), mistaken=((("cos(a)", lambda a, b, out: out),),)),
    Operation(
        "sqrt",
        "a.sqrt()",
        ("0.5/sqrt(a)",),
        ("a**0.5",),
        positive=True,
        mistaken=(
            (("0.5/a", lambda a, b, out: 0.5 / a), ("1/sqrt(a)", lambda a, b, out: 1 / out)),
        ),
    ),
    Operation("a + 2", "a + 2", ("1",), ("+",), "+"),
    Operation("a * 2", "a * 2", ("2",), ("*",), "*"),
    Operation("a - 2", "a - 2", ("1",), ("-", "+", "-a"), "-"),
    Operation("a / 2", "a / 2", ("1/2",), ("/", *_ON_POWERS), "/"),
    Operation("2 + a", "2 + a", ("1",), ("+", "a + 2"), "+"),
    Operation("2 * a", "2 * a", ("2",), ("*", "a * 2"), "*"),
    Operation("2 - a", "2 - a", ("−1",), ("-", "+", "-a", "2 + a", "a + 2"), "-"),
    Operation("2 / a", "2 / a", ("−2/a**2",), ("/", *_ON_POWERS, "2 * a"), "/", True),
)
BASIC = ("+", "*")
SIGNS = {"+": "add", "-": "sub", "*": "mul", "/": "truediv", "-a": "neg"}
BY_NAME = {operation.name: operation for operation in OPERATIONS}


def draw_numbers(names: Sequence[str], random: Random, *, positive: bool = False) -> Numbers:
    """A number for each name, all of different size."""
    chosen = random.sample(MAGNITUDES, len(names))
    signs = [1 if positive else random.choice((-1, 1)) for _ in names]
    return {name: sign * x for name, sign, x in zip(names, signs, chosen, strict=True)}


def programs_of(operation: Operation, seed: int, lines: Sequence[str] = ()) -> list[Program]:
    """The operation alone, or what `lines` does with it, for several draws of numbers.

    Args:
        operation: what is graded.
        seed: of the draws.
        lines: what to run instead of ``y = …``; other leaves than a and b are drawn as well.
    """
    lines = tuple(lines) or (f"y = {operation.written}", "y.backward()")
    text = "\n".join(lines)
    letters = sorted(set(re.findall(r"\b[abcd]\b", text)))
    random = Random(f"{seed} {text}")
    found = []
    for draw in range(DRAWS):
        leaves = draw_numbers(letters, random, positive=operation.positive)
        if not operation.positive:  # each sign is seen
            leaves["a"] = abs(leaves["a"]) * (1 if draw % 2 == 0 else -1)
        found.append(Program(leaves, lines))
    return found
