"""Derived functions: from upstreams to gradients, from tangents to tangents, with masks."""

import inspect
from typing import Any

import pytest

import autograd as ag
from autograd import Value, compile
from autograd.compiler.derived import Flow, Request, ahead, back, put_together, taken_apart
from autograd.transforms.flow_kinds import masked
from autograd.transforms.trees import flatten_numbers


def both(x: Any, flow: Any, *, k: Any = 1.0) -> Any:
    return [x * flow * k, {"a": ag.where(x > 0.0, flow, k)}]


def numbers(results: Any) -> Any:
    leaves, treedef = flatten_numbers(results)
    return treedef.unflatten(float(getattr(x, "data", x)) for x in leaves)


SLOTS, ARGS = (0, 1, None), (3.0, 5.0)  # of x, of flow, and of k
CASES: dict[str, tuple[Any, Request, Flow, Any]] = {
    "from one result to all operands": (
        back,
        Request(SLOTS, (True, True), (0,), (False,)),
        Flow([2.0], [], [3.0, 5.0], []),
        {0: 20.0, 1: 12.0},
    ),
    "to those that are wanted": (
        back,
        Request(SLOTS, (False, True), (0,), (False,)),
        Flow([2.0], [], [5.0], [3.0]),
        {1: 12.0},
    ),
    "with a mask where a choice decides": (
        back,
        Request(SLOTS, (True, True), (1,), (False,)),
        Flow([2.0], [], [3.0, 5.0], []),
        {1: (1.0, 2.0)},
    ),
    "from operands to the results they reach": (
        ahead,
        Request(SLOTS, (True, True), (0,), (False,)),
        Flow([1.0], [], [3.0, 5.0], []),
        {0: 10.0},
    ),
    "from an operand that a choice takes": (
        ahead,
        Request(SLOTS, (True, True), (1,), (False,)),
        Flow([1.0], [], [3.0, 5.0], []),
        {0: 6.0, 1: (1.0, 1.0)},
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_what_flows_is_computed_interpreted_and_compiled(name: str) -> None:
    derive, request, flow, expected = CASES[name]
    derived = derive(both, request)
    assert numbers(derived(flow, *ARGS, k=2.0)) == expected
    assert compile(derived)(tuple(flow), *ARGS, k=2.0) == expected


def test_a_masked_flow_comes_in_with_its_mask() -> None:
    request = Request(SLOTS, (True, True), (0,), (True,))
    mask, upstream = Value(0.0), Value(2.0)
    given, has_mask, terms, masks = taken_apart({0: masked(mask, upstream)})
    assert (given, has_mask, terms) == ((0,), (True,), [upstream])
    assert [x.operands for x in masks] == [(mask,)]  # cut off
    pull = compile(back(both, request))
    assert pull((terms, masks, [3.0, 5.0], []), *ARGS, k=2.0)[0][0].data == 0.0
    assert put_together({0: (0.0, 7.0), 1: (1.0, 8.0), 2: 9.0}) == {0: None, 1: 8.0, 2: 9.0}


def test_it_has_the_arguments_of_the_function_after_the_flow() -> None:
    derived = back(both, Request(SLOTS, (True, True), (0,), (False,)))
    assert str(inspect.signature(derived)).startswith("(flow_, /, x: Any, flow: Any, *, k: Any")
    assert derived.__name__ == "both"
