"""Derivatives inside random functions, by each transform, and functions with rules of their own."""

import itertools
import re
from collections.abc import Sequence
from typing import NamedTuple

from tests.random_graphs import TAME
from tests.random_inside import InnerWriter


class Derivative(NamedTuple):
    """A derivative: of a function `{}` at `V`, which is a node.

    Attributes:
        code: how it is taken.
        parameters: those of the function, where `a` and `b` are names.
        parts: how the function reads what it is given.
        places: how to read the numbers that come out.
        result: what the function returns, where `Y` is one of its parts times anything.
    """

    code: str
    parameters: str
    parts: tuple[str, ...]
    places: tuple[str, ...]
    result: str = "Y"


OF_ONE = ("a", ("a",))
OF_LIST = ("a", ("a[0]", "a[1]"))
OF_DICT = ("a", ('a["p"]', 'a["q"]["r"][0]'))
OF_TWO = ("a, b", ("a", "b"))
OF_A_KEYWORD = ("a, *, b", ("a", "b"))
AUX = ', {"n": V, "m": [V, 2], "what": "text", "none": ()})'
DERIVATIVES = [
    Derivative("ag.grad({})(V)", *OF_ONE, ("",)),
    Derivative("ag.grad(ag.grad({}))(V)", *OF_ONE, ("",)),
    Derivative("ag.value_and_grad({})(V)", *OF_ONE, ("[0]", "[1]")),
    Derivative("ag.jvp({}, (V,), (V,))", *OF_ONE, ("[0]", "[1]")),
    Derivative("ag.vjp({}, V)[1](V)", *OF_ONE, ("[0]",)),
    Derivative("ag.vjp({}, V)[1]([V, V])", *OF_ONE, ("[0]",), "[Y, V]"),
    Derivative("ag.jacobian({})(V)", *OF_ONE, ("[0]", "[1]"), "[Y, V]"),
    Derivative("ag.grad({})([V, V])", *OF_LIST, ("[0]", "[1]")),
    Derivative("ag.value_and_grad({})([V, V])", *OF_LIST, ("[0]", "[1][1]")),
    Derivative("ag.hessian({})([V, V])", *OF_LIST, ("[0][1]", "[1][1]")),
    Derivative("ag.jvp({}, ([V, V],), ([V, V],))", *OF_LIST, ("[0]", "[1]")),
    Derivative("ag.hvp({}, ([V, V],), ([V, V],))", *OF_LIST, ("[0]", "[1]")),
    Derivative("ag.jacfwd({})([V, V])", *OF_LIST, ("[0][1]", '[1]["k"][0]'), '(Y, {"k": Y})'),
    Derivative("ag.grad({})(D)", *OF_DICT, ('["p"]', '["q"]["r"][0]')),
    Derivative("ag.grad({}, (0, 1))(V, V)", *OF_TWO, ("[0]", "[1]")),
    Derivative("ag.value_and_grad({}, 1)(V, V)", *OF_TWO, ("[0]", "[1]")),
    Derivative("ag.grad({})(V, b=V)", *OF_A_KEYWORD, ("",)),
    Derivative("ag.grad({}, has_aux=True)(V)", *OF_ONE, ("[0]", '[1]["m"][0]'), f"(Y{AUX}"),
    Derivative(
        "ag.value_and_grad({}, (1, 0), has_aux=True)(V, V)",
        *OF_TWO,
        ("[0][0]", '[0][1]["n"]', "[1][0]", "[1][1]"),
        f"(Y{AUX}",
    ),
]
DICT = '{"p": V, "q": {"r": [V]}}'
LETTER = re.compile(r"\b[abVY]\b")
NUMBER = re.compile(r"\bN\b")

# --- rules ----------------------------------------------------------------------------------

# What a function with a rule takes, how it reads that, and its gradient, where N is a number.
ARGUMENTS: list[tuple[str, tuple[str, ...], str]] = [
    ("V", ("",), "N"),
    ("V", ("",), "N"),
    ("V", ("",), "None"),
    ("[V, V]", ("[0]", "[1]"), "[N, N]"),
    ('{"p": V, "q": (V, 2.0)}', ('["p"]', '["q"][0]'), '{"p": N, "q": (N, 0.0)}'),
]
RESULTS = [("V", [""]), ("V", [""]), ("(V, V)", ["[0]", "[1]"]), ('{"k": [V]}', ['["k"][0]'])]


class DerivativeWriter(InnerWriter):
    """Writes derivatives, and calls of functions with rules."""

    def derivative(self) -> None:
        """A derivative; what is passed is used again, so it is a node."""
        kind = self.draw.choice(DERIVATIVES)
        names = {letter: self.name("a") for letter in "ab"}
        before, after = [
            self._filled(re.sub(r"\bD\b", DICT, code), names) for code in kind.code.split("{}")
        ]
        parameters, *parts = [self._filled(x, names) for x in (kind.parameters, *kind.parts)]
        with self.inside():
            self.names += parts

            def result() -> str:
                times = f"{self.one('V')} * {self.draw.choice(parts)}"
                return self._filled(kind.result, {"Y": times})

            function = self.body(parameters, result)
        name = self.line(f"{before}{function}{after}")
        for place in kind.places:
            self.names.append(self.line(f"{self.one('V')} + {name}{place}"))

    def rule(self) -> None:
        """A call of a function with a rule, that reads nothing but its arguments."""
        chosen = self.draw.choices(ARGUMENTS, k=self.draw.choice([1, 1, 2]))
        names = [self.name("a") for _ in chosen]
        passed = [self._filled(code, {}) for code, _, _ in chosen]
        result, places = self.draw.choice(RESULTS)
        read = [
            [f"{name}{part}" for part in parts]
            for name, (_, parts, _) in zip(names, chosen, strict=True)
        ]
        with self.inside():
            self.names, self.numbers, self.positions, self.columns = (
                [*itertools.chain(*read)],
                [],
                ["1.0"],
                [],
            )
            function = self.body(", ".join(names), lambda: self._filled(result, {}))
        with self.inside():
            self.numbers, self.positions, self.columns = [], ["2.0"], []
            self.names = [
                f"args[{k}]{part}" for k, (_, parts, _) in enumerate(chosen) for part in parts
            ]
            self.names += [f"out{place}" for place in places]
            upstream = [f"upstream{place}" for place in places]
            gradients = [
                NUMBER.sub(lambda _: self._gradient(upstream), code) for _, _, code in chosen
            ]
        rule = f"lambda args, out, upstream: [{', '.join(gradients)}]"
        name = self.line(f"ag.custom_gradient({function}, {rule})({', '.join(passed)})")
        self.names += [f"{name}{place}" for place in places]

    def _gradient(self, upstream: Sequence[str]) -> str:
        """What a rule gives, of what flows back to a result and of what is known."""
        known = f"{self.draw.choice(upstream)} * {self.expression(self.draw.choice(TAME))}"
        return f"ag.clip({known}, -1.0, 1.0)" if self.draw.random() < 0.2 else known

    def _filled(self, code: str, names: dict[str, str]) -> str:
        return LETTER.sub(lambda x: names.get(x[0]) or self.one(x[0]), code)
