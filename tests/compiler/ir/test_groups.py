"""Groups: what is computed together, level by level."""

from collections.abc import Callable
from typing import Any

import pytest

import autograd as ag
from autograd import Op, vmap
from autograd.compiler.ir.groups import groups
from autograd.compiler.ir.listing import Listing
from autograd.compiler.ir.program import Terms
from autograd.transforms.batches import BatchOp
from tests.compiler.ir.test_simplify import listing_of

XS = [float(i) for i in range(4)]


def told(listing: Listing) -> list[tuple[str, int]]:
    """For each group what it computes, a sum by the signature of its runs, and how often."""
    return [
        (group.op.name if group.op else "".join(map(signature, group.runs)), len(group.forms))
        for group in groups(listing)
    ]


def signature(run: Terms) -> str:
    return f"{'-' if run.subtracted else '+'}{run.terms}{'xy' if run.factors == 2 else 'x'}"


def layered(xs: Any) -> Any:
    hidden = [ag.tanh(x * xs[0] + xs[1]) for x in xs]
    return ag.dot(hidden, xs)


def of_two_depths(xs: Any) -> Any:
    """exp is taken of inputs, and of what is computed first."""
    return [ag.exp(xs[0]), ag.exp(xs[1]), ag.exp(xs[2] * xs[3])]


GROUPS: dict[str, tuple[Callable[[Any], Any], list[tuple[str, int]]]] = {
    "layer by layer": (layered, [("+1xy+1x", 4), ("tanh", 4), ("+4xy", 1)]),
    "one op at two levels is two groups": (
        of_two_depths,
        [("exp", 2), ("+1xy", 1), ("exp", 1)],
    ),
    "two ops at one level are two groups": (
        lambda xs: [ag.exp(xs[0]), ag.sin(xs[1]), ag.exp(xs[2])],
        [("exp", 2), ("sin", 1)],
    ),
    "sums of other signs": (
        lambda xs: [xs[0] + xs[1], xs[0] - xs[1], xs[2] - xs[3]],
        [("+2x", 1), ("+1x-1x", 2)],
    ),
    "sums of other lengths": (
        lambda xs: [ag.sum(xs[::-1]), ag.sum(xs[:3]), ag.sum(xs[1:])],
        [("+4x", 1), ("+3x", 2)],
    ),
    "sums of other factors": (
        lambda xs: [xs[0] * xs[1] + xs[2], xs[0] + xs[1] * xs[2]],
        [("+1xy+1x", 1), ("+1x+1xy", 1)],
    ),
    "maps of other numbers of operands": (
        lambda xs: [ag.maximum(xs), ag.maximum(xs[:2]), ag.maximum(xs[2:])],
        [("maximum", 1), ("maximum", 2)],
    ),
    "numbers are as good as results": (
        lambda xs: [xs[0] * 2.0, xs[1] * xs[2]],
        [("+1xy", 2)],
    ),
    "nothing": (lambda xs: xs, []),
}


@pytest.mark.parametrize("name", GROUPS)
def test_groups(name: str) -> None:
    f, expected = GROUPS[name]
    assert told(listing_of(f, XS)) == expected


def test_ops_of_the_same_name_are_not_of_one_group() -> None:
    first, second = (Op("mine", lambda x: math_free(x), 1.0) for _ in range(2))
    listing = listing_of(lambda xs: [first(xs[0]), second(xs[1])], XS)
    assert told(listing) == [("mine", 1), ("mine", 1)]


def math_free(x: Any) -> float:
    """No formula: Python's own functions."""
    return abs(float(x))


def test_no_operation_of_a_group_needs_another_or_a_later_group() -> None:
    def f(xs: Any) -> Any:
        known = list(xs)
        for i in range(300):
            x, y = known[i * 7 % len(known)], known[-1 - i % 5]
            known.append([x + y, x * y, ag.tanh(x), x - y * y, ag.maximum([x, y])][i % 5])
        return known

    listing = listing_of(f, XS)
    known = {*listing.inputs, *listing.constants}
    for group in groups(listing):
        for form in group.forms:
            assert known.issuperset(form.operands)
        known.update(form.position for form in group.forms)
    assert known.issuperset(listing.outputs)


def test_chain_has_a_group_for_each_link() -> None:
    def chain(xs: Any) -> Any:
        x = xs[0]
        for _ in range(500):
            x = ag.sin(x)
        return x

    assert told(listing_of(chain, XS)) == [("sin", 1)] * 500


def test_results_of_a_batch_are_known_after_it() -> None:
    def f(xs: Any) -> Any:
        return [ag.exp(y) for y in vmap(lambda x: x * x)([ag.sin(x) for x in xs])]

    listing = listing_of(f, XS)
    assert told(listing) == [("sin", 4), ("vmap", 1), ("exp", 4)]


def test_each_batch_is_a_group_of_its_own() -> None:
    def f(xs: Any) -> Any:
        return [vmap(lambda x: x * x)(xs), vmap(lambda x: x * x)(xs)]

    found = groups(listing_of(f, XS))
    assert [len(group.forms) for group in found] == [1, 1]
    assert all(isinstance(group.op, BatchOp) for group in found)
