"""The JSON data of a training: the graph as the engine of the page takes it, and the samples.

README.md says what is in it.
"""

from collections.abc import Sequence
from operator import itemgetter
from typing import Any

from ...engine import calculus as c
from ...engine.messages import pluralize, short_repr
from ...engine.node import Node
from ...engine.numbers import json_number
from ...engine.op import Op
from ...formulas.js_spelling import Kind
from ..text import decimal, join_words
from ..words.naming import names_of
from .columns import is_finite
from .one_graph import Samples

MOST_TARGETS = 6  # that are named


def training_data(
    samples: Samples,
    kinds: Sequence[Kind],
    settings: tuple[float, float],
    frozen: Sequence[str],
) -> dict[str, Any]:
    """The data of a training.

    Args:
        samples: what is trained on.
        kinds: the ops of the graph, each with how many operands it has.
        settings: the rate and the momentum at first.
        frozen: what Python chose while it recorded the loss.
    """
    rate, momentum = settings
    return {
        "rate": rate,
        "momentum": momentum,
        "tape": _tape(samples.order, kinds),
        "parameters": _parameters(samples),
        "inputs": samples.inputs,
        "columns": samples.columns,
        "samples": [list(map(json_number, row)) for row in samples.rows],
        "targets": list(map(_target, samples.targets)),
        "output": samples.output,
        "structures": samples.structures,
        "frozen": [*frozen, *_told_ways(samples)],
    }


def _told_ways(samples: Samples) -> list[str]:
    """What there is to say where the loss is not computed in the same way for all samples."""
    if samples.structures == 1:
        return []
    members: dict[int, list[int]] = {}
    for i, way in sorted(enumerate(samples.ways), key=itemgetter(1)):
        members.setdefault(way, []).append(i)
    kinds = [dict.fromkeys(_written(samples.targets[i]) for i in one) for one in members.values()]
    if len({y for ys in kinds for y in ys}) == sum(map(len, kinds)) <= MOST_TARGETS:
        ways = join_words([f"y = {' or '.join(ys)}" for ys in kinds])
        differ = f"The loss has a formula for each of {ways}, as after an if in Python"
    else:
        like = [
            f"{pluralize(len(one), 'sample')} like sample {one[0] + 1}" for one in members.values()
        ]
        differ = f"The loss has {len(like)} formulas, as after an if: {join_words(like)}"
    return [f"{differ}. The graph has all of them, and its lookup takes that of the sample."]


def _written(y: Any) -> str:
    y = _target(y)
    return y if isinstance(y, str) else decimal(y)


def _target(y: Any) -> float | str:
    """What y is, for the page: a number, or a text."""
    y = y.tolist() if hasattr(y, "tolist") else y  # of numpy
    if is_finite(y) and not isinstance(y, bool):
        return y
    return y if isinstance(y, str) else short_repr(y)


def _parameters(samples: Samples) -> list[dict[str, Any]]:
    names, order = names_of(samples.order), samples.order
    return [
        {"name": names[order[place]], "place": place, "data": json_number(order[place]._data)}
        for _, place in sorted(samples.parameters.items())
    ]


def _tape(order: Sequence[Node], kinds: Sequence[Kind]) -> dict[str, list[Any]]:
    """A graph as the engine of the page takes it: for each node its op and its operands.

    An operand below 0 is a plain number, the first of them -1.
    """
    known = {kind: i for i, kind in enumerate(kinds)}
    place = {node: i for i, node in enumerate(order)}
    numbers = dict[str, int]()
    ops, operands, leaves, constants = list[int](), list[int](), list[Any](), list[int]()
    for i, node in enumerate(order):
        if node.op is None:
            ops.append(-1)
            leaves.append(json_number(node._data))
            constants += [i] if node.is_constant else []
            continue
        ops.append(known[node.op, len(node.operands)])
        for x in node.operands:
            if isinstance(x, Node):
                operands.append(place[x])
            else:
                operands.append(-1 - numbers.setdefault(repr(x), len(numbers)))
    return {
        "ops": ops,
        "operands": operands,
        "counts": [count for _, count in kinds],
        "leaves": leaves,
        "constants": constants,
        "steady": [int(_is_steady(op)) for op, _ in kinds],
        "numbers": [json_number(float(x)) for x in numbers],
    }


def _is_steady(op: Op) -> bool:
    """Whether the local derivatives are the same for all numbers, as of +."""
    if op.rules:
        return not any(map(callable, op.rules))
    return op in (c.sum, c.mean)
