"""Normal form: sums of products and maps, written line by line."""

import math
import random
from collections.abc import Callable
from typing import Any

import pytest

import autograd as ag
from autograd.compiler import compile
from autograd.compiler.ir.listing import Listing
from autograd.compiler.ir.normal_form import Form, normal_form
from autograd.compiler.ir.program import Terms
from autograd.engine import calculus as c
from tests.bits import bits
from tests.compiler.ir.test_simplify import listing_of

INPUTS = "abcdefgh"


def lines(listing: Listing) -> list[str]:
    """A line for each form; a to h are the inputs, 1 is the first form, 2 the second, …"""
    names = {x: INPUTS[i] for i, x in enumerate(listing.inputs)}
    names |= {x: repr(number) for x, number in listing.constants.items()}
    forms = normal_form(listing)
    names |= {form.position: str(1 + i) for i, form in enumerate(forms)}
    return [line(form, [names[x] for x in form.operands]) for form in forms]


def line(form: Form, operands: list[str]) -> str:
    if form.op is not None:
        return f"{form.op.name}({', '.join(operands)})"
    remaining = iter(operands)
    terms = [
        ("- " if run.subtracted else "+ ") + "·".join(next(remaining) for _ in range(run.factors))
        for run in form.runs
        for _ in range(run.terms)
    ]
    return " ".join(terms).removeprefix("+ ")


def of(f: Callable[..., Any]) -> list[str]:
    return lines(listing_of(f, *[1.0 + i for i in range(f.__code__.co_argcount)]))


FORMS: dict[str, tuple[Callable[..., Any], list[str]]] = {
    # sums
    "a left spine is one sum": (lambda a, b, c, d: a + b + c + d, ["a + b + c + d"]),
    "with its signs": (lambda a, b, c, d: a - b + c - d, ["a - b + c - d"]),
    "a right spine is not": (lambda a, b, c: a + (b + c), ["b + c", "a + 1"]),
    "nor is a tree": (lambda a, b, c, d: a + b + (c + d), ["c + d", "a + b + 1"]),
    "a difference is not taken apart": (lambda a, b, c: a - (b - c), ["b - c", "a - 1"]),
    "what is used twice does not go on": (
        lambda a, b, c: (a + b + c) * (a + b),
        ["a + b", "1 + c", "2·1"],
    ),
    "nor what is used as both sides": (lambda a, b: (a + b) + (a + b), ["a + b", "1 + 1"]),
    "an output does not go on": (lambda a, b, c: [a + b, a + b + c], ["a + b", "1 + c"]),
    "a map's operand ends a sum": (lambda a, b, c: ag.exp(a + b) + c, ["a + b", "exp(1)", "2 + c"]),
    "numbers are terms": (lambda a: 1.0 + a + 2.0, ["1.0 + a + 2.0"]),
    # products
    "products become terms": (lambda a, b, c, d: a * b + c * d, ["a·b + c·d"]),
    "subtracted ones too": (lambda a, b, c, d: a * b - c * d, ["a·b - c·d"]),
    "and squares": (lambda a, b: a * a + b, ["a·a + b"]),
    "a product used twice is computed once": (
        lambda a, b, c: (a * b + c) * (a * b),
        ["a·b", "1 + c", "2·1"],
    ),
    "also as both terms of a sum": (lambda a, b: a * b + a * b, ["a·b", "1 + 1"]),
    "a product that is an output is kept": (lambda a, b, c: [a * b, a * b + c], ["a·b", "1 + c"]),
    "a product has two factors": (lambda a, b, c: a * b * c, ["a·b", "1·c"]),
    "of three one pair is a factor": (lambda a, b, c, d: a * b * c + d, ["a·b", "1·c + d"]),
    "a sum is a factor as it is": (lambda a, b, c: (a + b) * c, ["a + b", "1·c"]),
    "a product alone is a sum of one": (lambda a, b: a * b, ["a·b"]),
    # signs
    "a negation becomes a sign": (lambda a, b: a + -b, ["a - b"]),
    "subtracted it is added": (lambda a, b: a - -b, ["a + b"]),
    "in front too": (lambda a, b: -a + b, ["- a + b"]),
    "a negation alone is a sum of one": (lambda a: -a, ["- a"]),
    "two are two": (lambda a: c.neg(c.neg(a)), ["- a", "- 1"]),
    "of a product it is not folded twice": (lambda a, b, c: -(a * b) + c, ["a·b", "- 1 + c"]),
    "of a factor it is kept": (lambda a, b: -a * b, ["- a", "1·b"]),
    "used twice it is computed once": (lambda a, b: (-a + b) * -a, ["- a", "1 + b", "2·1"]),
    "as an output it is kept": (lambda a, b: [-a, b - a, b + -a], ["- a", "b - a", "b + 1"]),
    # maps
    "maps are as they are": (
        lambda a, b: ag.maximum([a, b, a]) / 2.0,
        ["maximum(a, b, a)", "/(1, 2.0)"],
    ),
    "a dot product is one sum": (
        lambda a, b, c, d: ag.dot([a, b], [c, d]) + 1.0,
        ["a·c + b·d + 1.0"],
    ),
    "what is not needed is not there": (lambda a, b: [a + b, ag.exp(a + b)][0], ["a + b"]),
    "nothing is computed for an input": (lambda a, b: [b, 2.0], []),
}


@pytest.mark.parametrize("name", FORMS)
def test_normal_form(name: str) -> None:
    f, expected = FORMS[name]
    assert of(f) == expected


INF, NAN = math.inf, math.nan
SPECIAL = [0.0, -0.0, 1.0, -1.0, 5e-324, 1e308, -1e308, INF, -INF, NAN]


@pytest.mark.parametrize("name", FORMS)
def test_it_keeps_the_bits_and_the_signs_of_zeros(name: str) -> None:
    f, _ = FORMS[name]
    compiled, draw = compile(f, backend="python"), random.Random(name)
    for _ in range(200):
        xs = [draw.choice(SPECIAL) for _ in range(f.__code__.co_argcount)]
        found, wanted = compiled(*xs), f(*map(ag.Value, xs))
        if not isinstance(wanted, list):
            found, wanted = [found], [wanted]
        assert bits(found) == bits(x.data if isinstance(x, ag.Value) else x for x in wanted), xs


# --- signatures -----------------------------------------------------------------------------

SIGNATURES: dict[str, tuple[Callable[..., Any], tuple[Terms, ...]]] = {
    "a": (lambda a: -a, (Terms(True, 1, 1),)),
    "a·b": (lambda a, b: a * b, (Terms(False, 2, 1),)),
    "alike, so one run": (lambda a, b, c: a + b + c, (Terms(False, 1, 3),)),
    "another sign, another run": (
        lambda a, b, c: a - b - c,
        (Terms(False, 1, 1), Terms(True, 1, 2)),
    ),
    "another number of factors": (
        lambda a, b, c, d: a * b + c * d - a - b + c,
        (Terms(False, 2, 2), Terms(True, 1, 2), Terms(False, 1, 1)),
    ),
}


@pytest.mark.parametrize("name", SIGNATURES)
def test_terms_that_are_alike_and_neighbours_are_a_run(name: str) -> None:
    f, runs = SIGNATURES[name]
    (form,) = normal_form(listing_of(f, *[1.0] * f.__code__.co_argcount))
    assert form.runs == runs
    assert len(form.operands) == sum(run.factors * run.terms for run in runs)


def test_map_has_no_runs() -> None:
    (form,) = normal_form(listing_of(lambda a: ag.exp(a), 1.0))
    assert (form.op, form.runs) == (ag.exp, ())


def test_sum_of_ten_thousand_products_is_one_form() -> None:
    def f(xs: Any) -> Any:
        total = xs[0] * xs[1]
        for x in xs:
            total = total + x * xs[0]
        return total

    (form,) = normal_form(listing_of(f, [float(i) for i in range(10_000)]))
    assert form.runs == (Terms(False, 2, 10_001),)
