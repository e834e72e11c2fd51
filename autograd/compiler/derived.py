"""Derived functions: what flows back and ahead through a call of a function, as functions.

They are compiled, too, and serve calls on Values (`call_on_values.py`). Of such a call some numbers
are operands, Values that a gradient may flow to:

    back(flow, *args)      from the upstreams of results to the gradients of operands
    ahead(flow, *args)     from the tangents of operands to those of results

What does not flow is not 0, so nothing stands for it; where a choice of the function decides, there
is a mask beside the number (`transforms/flows.py`).
"""

import inspect
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from ..engine.along import flow_connected
from ..engine.choices import as_term
from ..engine.nesting import DEEPEST
from ..engine.node import Node
from ..engine.watching import with_history
from ..nn.module import Module
from ..transforms.flow_kinds import masked
from ..transforms.flows import seeds_of
from ..transforms.function_names import signature_of
from ..transforms.tracing import deeper, flow_forward, fresh_leaves, order_of, tie
from ..transforms.trees import flatten, flatten_numbers, open_array
from .binding import Function
from .cache_keys import twin

MOST_LEVELS = DEEPEST + 2  # of arguments in a tuple, and that in another with those by name

# Of each leaf of the arguments which operand it is, None for no one; of a Module which each of its
# parameters is.
Slots = tuple[Any, ...]
Flowing = Mapping[int, Any]  # by the number of an operand or a result: what flows there


class Request(NamedTuple):
    """Which derivative is asked for, besides the structure of the arguments.

    Attributes:
        slots: where the operands are.
        wanted: for each operand whether a gradient flows to it.
        given: which results have an upstream, or which operands a tangent.
        masked: for each of these whether a mask is beside it.
    """

    slots: Slots
    wanted: tuple[bool, ...]
    given: tuple[int, ...]
    masked: tuple[bool, ...]


class Flow(NamedTuple):
    """The first argument of a derived function.

    Attributes:
        terms: the upstreams or tangents that are given.
        masks: the masks of those that have one.
        operands: the operands that a gradient flows to.
        others: the other operands.
    """

    terms: list[Any]
    masks: list[Any]
    operands: list[Any]
    others: list[Any]


def taken_apart(flowing: Flowing) -> tuple[tuple[int, ...], tuple[bool, ...], list[Any], list[Any]]:
    """What flows as `given` and `masked` of a `Request`, and `terms` and `masks` of a `Flow`."""
    given = tuple(sorted(flowing))
    found = [as_term(flowing[i]) for i in given]
    masks = [mask.number() for mask, _ in found if mask is not None]
    return given, tuple(mask is not None for mask, _ in found), [x for _, x in found], masks


def put_together(results: Mapping[int, Any]) -> dict[int, Any]:
    """What flows, of the results of a derived function."""
    return {i: _flowing(*x) if type(x) is tuple else x for i, x in results.items()}


def _flowing(mask: Any, x: Any) -> Any:
    return masked(mask, x) if isinstance(mask, Node) else x if mask else None


def back(f: Function, request: Request) -> Function:
    """The function from upstreams of the results of `f` to the gradients of operands."""

    def pull(flow: Any, *args: Any, **options: Any) -> Any:
        flow = Flow(*flow)
        with deeper(), with_history():
            inputs = fresh_leaves(flow.operands)
            outputs = _outputs(f, request, (args, options), inputs, flow.others)
            found = seeds_of(outputs, _given(request, flow))
            flow_connected(found, order_of([outputs[j] for j in request.given]))
        tie(inputs, flow.operands)
        return _results(_operands(request, inputs), found)

    return _after(f, pull)


def ahead(f: Function, request: Request) -> Function:
    """The function from tangents of operands to those of the results of `f`."""

    def push(flow: Any, *args: Any, **options: Any) -> Any:
        flow = Flow(*flow)
        with deeper(), with_history():
            inputs = fresh_leaves(flow.operands)
            outputs = _outputs(f, request, (args, options), inputs, flow.others)
            operands, tangents = dict(_operands(request, inputs)), _given(request, flow)
            known = {operands[i]: tangent for i, tangent in tangents.items()}
            flow_forward(known, order_of(outputs), connected=True)
        tie(inputs, flow.operands)
        return _results(enumerate(outputs), known)

    return _after(f, push)


def _after(f: Function, derived: Function) -> Function:
    """The derived function, with a signature: `flow`, and then the arguments of `f`."""
    derived.__name__ = getattr(f, "__name__", derived.__name__)
    signature = signature_of(f)
    if signature is not None:
        name = "flow"
        while name in signature.parameters:
            name += "_"
        first = inspect.Parameter(name, inspect.Parameter.POSITIONAL_ONLY)
        parameters = [first, *signature.parameters.values()]
        derived.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    return derived


def _outputs(
    f: Function, request: Request, given: Any, inputs: Sequence[Any], others: Sequence[Any]
) -> list[Any]:
    """The numbers and nodes that `f` gives, with these for the operands in its arguments."""
    remaining = iter(inputs), iter(others)
    operands = [next(remaining[0] if there else remaining[1]) for there in request.wanted]
    leaves, treedef = flatten(given, opener=open_array, most=MOST_LEVELS)
    filled = [_filled(x, slot, operands) for x, slot in zip(leaves, request.slots, strict=True)]
    args, options = treedef.unflatten(filled)
    return flatten_numbers(f(*args, **options), "the result")[0]


def _filled(x: Any, slot: Any, operands: Sequence[Any]) -> Any:
    """What stands for a leaf of the arguments."""
    if isinstance(x, Module):
        pairs = zip(x.parameters(), slot, strict=True)
        return twin(x, {id(parameter): operands[k] for parameter, k in pairs})
    return x if slot is None else operands[slot]


def _operands(request: Request, inputs: Sequence[Any]) -> list[tuple[int, Any]]:
    """The operands that a gradient flows to, with their numbers."""
    return list(zip((k for k, there in enumerate(request.wanted) if there), inputs, strict=True))


def _given(request: Request, flow: Flow) -> dict[int, Any]:
    """What flows in."""
    masks = iter(flow.masks)
    triples = zip(request.given, request.masked, flow.terms, strict=True)
    return {i: masked(next(masks), x) if has_mask else x for i, has_mask, x in triples}


def _results(targets: Iterable[tuple[int, Any]], found: Mapping[Any, Any]) -> dict[int, Any]:
    """What flows out to these targets: a number, or a mask and a number."""
    results = {}
    for i, x in targets:
        if isinstance(x, Node) and x in found:
            mask, term = as_term(found[x])
            results[i] = +term if mask is None else (mask.number(), +term)
    return results
