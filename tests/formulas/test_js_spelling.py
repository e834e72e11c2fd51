"""The calculus in JavaScript, in a real browser: every row, value and rules, as in Python."""

import itertools
import math
import random
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from playwright.sync_api import Page

from autograd import Op
from autograd.engine import calculus as c
from autograd.formulas.js_spelling import JS, Functions, Kind, literal, spell_kinds
from autograd.formulas.native_spelling import rows
from autograd.formulas.primitives import PLATFORM, PRIMITIVES
from tests.browser import chromium, new_page, run_on_floats
from tests.domains import BINARY, UNARY, samples
from tests.formulas.test_lowering import DRAWS, SPECIAL

pytestmark = pytest.mark.needs("chromium")
INF, NAN = math.inf, math.nan
Case = tuple[float, ...]

ROWS: list[Kind] = [(op, len(op.rules)) for op in rows().values()]
# Of many operands: how many, and what the first, of a choice its index, is drawn from.
OF_MANY: dict[Kind, Callable[[random.Random], float] | None] = {
    **{(op, n): None for op in (c.sum, c.mean, c.prod, c.maximum, c.minimum) for n in (1, 2, 5)},
    **{(op, n): None for op in (c.logsumexp, c.exp_total, c.largest) for n in (1, 4)},
    **dict.fromkeys([(c.dot, 2), (c.dot, 6), (c.clip, 3), (c.exp_rest, 4)]),
    **dict.fromkeys([(c.portion, 3), (c.complement, 3)]),
    (c.where, 3): lambda draw: draw.choice((0.0, -0.0, 1.0, -2.5, INF, NAN)),
    (c.gather, 4): lambda draw: float(draw.randrange(3)),
    (c.log_share, 4): lambda draw: float(draw.randrange(3)),
    (c.scattered, 6): lambda draw: float(draw.randrange(3)),
}

RUN = """(() => {{ const kinds = {table};
return (xs) => {{
  const [kind, ...numbers] = xs;
  const {{ value, locals }} = kinds[kind];
  const found = [];
  for (let i = 0; i < numbers.length; i += value.length) {{
    const given = numbers.slice(i, i + value.length);
    const out = value(...given);
    found.push(out);
    for (const local of locals(...given, out)) found.push(local === null ? 0 : 1, local ?? 0);
  }}
  return found;
}}; }})()"""


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with chromium() as browser:
        yield new_page(browser)


def domains() -> dict[Op, list[Case]]:
    """Numbers over the domain of each row of one and two operands, drawn as for its accuracy."""
    found = {one.op: [(x,) for x in samples(one.pieces, 600, one.op.name)] for one in UNARY}
    return found | {two.op: samples(two.pieces, 600, two.op.name) for two in BINARY}


def cases(kind: Kind, known: dict[Op, list[Case]]) -> list[Case]:
    op, count = kind
    if kind not in OF_MANY:
        return [*itertools.product(SPECIAL, repeat=count), *known.get(op, [])]
    draw = random.Random(f"{op.name} {count}")
    first = OF_MANY[kind]

    def number() -> float:
        return draw.choice(DRAWS)(draw) if draw.random() < 0.9 else draw.choice(SPECIAL)

    return [
        tuple(first(draw) if first and not i else number() for i in range(count))
        for _ in range(1_500)
    ]


def in_python(op: Op, xs: Case) -> list[float | None]:
    out = op.forward(*xs)
    found = op.locals([None] * len(xs), xs, out)
    return [out, *(None if x is None else float(x) for x in found)]


def in_javascript(page: Page, kinds: Sequence[Kind], many: Sequence[Sequence[Case]]) -> Any:
    """For each kind and each of its cases the value and the local derivatives."""
    code = RUN.format(table=spell_kinds(kinds))
    given = [[float(i), *itertools.chain.from_iterable(xs)] for i, xs in enumerate(many)]
    for (_, count), found in zip(kinds, run_on_floats(page, code, given), strict=True):
        width = 1 + 2 * count
        parts = [found[i : i + width] for i in range(0, len(found), width)]
        yield [
            [value, *(x if there else None for there, x in zip(rest[::2], rest[1::2], strict=True))]
            for value, *rest in parts
        ]


def alike(wanted: float | None, found: float | None, exact: bool) -> bool:
    """The same float with the same sign; of what a platform's function is in, to 1e-12."""
    if wanted is None or found is None or repr(wanted) == repr(found):
        return wanted is found or (wanted is not None and found is not None)
    return not exact and math.isclose(wanted, found, rel_tol=1e-12, abs_tol=1e-321)


def test_every_row_value_and_rules_gives_pythons_numbers(page: Page) -> None:
    kinds, known = [*ROWS, *OF_MANY], domains()
    many = [cases(kind, known) for kind in kinds]
    assert {op for op, _ in kinds} == {op for op in vars(c).values() if isinstance(op, Op)}
    for (op, count), xss, found in zip(kinds, many, in_javascript(page, kinds, many), strict=True):
        exact = is_arithmetic(op, count)
        for xs, numbers in zip(xss, found, strict=True):
            wanted = in_python(op, xs)
            pairs = list(zip(wanted, numbers, strict=True))
            assert all(alike(*pair, exact) for pair in pairs), (op.__name__, xs, pairs)


def is_arithmetic(op: Op, count: int) -> bool:
    """Whether no function of a mathematical library is in its value or its rules."""
    text = spell_kinds([(op, count)])
    return set(re.findall(r"(\w+)\(", text)).isdisjoint(PLATFORM.values())


def test_every_primitive_has_one_spelling() -> None:
    assert set(JS) - {c.identity, c.fixed} | set(PLATFORM) == PRIMITIVES
    assert not set(JS) & set(PLATFORM)


def test_arithmetic_roots_and_choices_are_exact() -> None:
    exact = {op.__name__ for op, count in [*ROWS, *OF_MANY] if is_arithmetic(op, count)}
    assert exact >= {
        *("add", "sub", "mul", "div", "mod", "floordiv", "neg", "abs", "sqrt", "relu", "where"),
        *("sum", "mean", "dot", "prod", "maximum", "minimum", "clip", "round", "step", "hypot"),
        *("div_slope", "gather", "fold_in", "equal", "greater"),
    }
    assert not exact & {"exp", "pow", "tanh", "log", "sin", "gelu", "logsumexp"}


@pytest.mark.parametrize("x", [0.1, 2.0, -0.0, 1e300, -5e-324, INF, -INF, NAN, 2.0**53 + 2])
def test_a_literal_is_the_number_to_the_bit(page: Page, x: float) -> None:
    [[found]] = run_on_floats(page, f"() => [{literal(x)}]", [[]])
    assert repr(found) == repr(x)


def cube(x: Any) -> Any:
    return x * x * x


def test_a_users_op_in_the_functions_of_the_library_has_javascript(page: Page) -> None:
    op = Op("softcube", lambda x: c.tanh(cube(x)), lambda x, out: c.sech2(cube(x)) * 3.0 * x * x)
    xs = [(0.3,), (-2.0,), (0.0,)]
    [found] = in_javascript(page, [(op, 1)], [xs])
    for x, numbers in zip(xs, found, strict=True):
        assert all(alike(*pair, False) for pair in zip(in_python(op, x), numbers, strict=True))


def raises(x: Any) -> float:
    raise RuntimeError("of the user's")


FOREIGN: dict[str, Op] = {
    "forward by math": Op("own", lambda x: math.sin(x), lambda x, out: c.cos(x)),
    "forward by a method of floats": Op("own", lambda x: float.fromhex(x.hex()), 1.0),
    "forward that branches": Op("own", lambda x: x if x > 0 else 0.0, lambda x, out: c.step(x)),
    "forward that raises": Op("own", raises, 1.0),
    "forward that gives nothing": Op("own", lambda x: None, 1.0),  # type: ignore[arg-type,return-value]
    "rule by math": Op("own", lambda x: c.sin(x), lambda x, out: math.cos(x)),
    "rule that gives a text": Op("own", lambda x: c.sin(x), lambda x, out: "alert(1)"),
    "rule that branches": Op("own", lambda x: c.abs(x), lambda x, out: 1.0 if x > 0 else -1.0),
}


@pytest.mark.parametrize("name", FOREIGN)
def test_another_op_of_a_user_has_none_and_the_error_says_why(name: str) -> None:
    with pytest.raises(ValueError, match="the op 'own' has no JavaScript: write its forward "):
        spell_kinds([(FOREIGN[name], 1)])


def test_a_lookup_out_of_range_is_an_error_there_too(page: Page) -> None:
    code = f"({spell_kinds([(c.gather, 3)])})[0].value"
    message = page.evaluate(
        f"() => {{ try {{ ({code})(2, 5, 7) }} catch (e) {{ return e.message }} }}"
    )
    assert message == "lookup index 2 is not one of 0 to 1"


def test_the_text_is_the_same_each_time_and_needs_only_what_it_says() -> None:
    assert spell_kinds(ROWS) == spell_kinds(ROWS)
    assert len(spell_kinds(ROWS)) < 32_000
    assert "erf" not in spell_kinds([(c.tanh, 1), (c.add, 2)])
    assert Functions().helpers() == []
