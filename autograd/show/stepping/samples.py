"""Records the samples of a training one by one: the loss of each, as a graph of one structure.

`one_graph.py` makes one graph of all, and `training.py` the page.
"""

import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeGuard

from ...engine.arguments import loss_value
from ...engine.graph import topological_order
from ...engine.messages import short_repr
from ...engine.node import Node
from ...engine.value import Constant, Value
from ...engine.watching import unwatched, with_history
from .one_graph import Sample, Samples, flat, join

Loss = Callable[[Any, Any, Any], Value]
MOST_NODES = 100_000  # of a sample: a step over more would take too long in a page
PATIENCE = 1.0  # seconds between two lines that say how far the recording is
Kinds = tuple[type[float], ...]  # what is a number for type checkers
_NUMBERS: Kinds = (int, float)


def record_samples(
    model: Any, loss: Loss, data: Iterable[Any], parameters: Sequence[Value]
) -> Samples:
    """Record the loss of each sample, and find what differs between them.

    Args:
        model: what `loss` takes first.
        loss: the loss of one sample, ``loss(model, x, y)``.
        data: the pairs (x, y).
        parameters: those of the model that are trained.

    Raises:
        TypeError: if `data` does not hold pairs, or `loss` gives no Value.
        ValueError: if there is no sample, the graph of one is too large, or is another than that
            of the first sample.
    """
    which: dict[Node, int] = {parameter: i for i, parameter in enumerate(parameters)}
    pairs, kind = list(_pairs(data)), type(model).__name__
    if not pairs:
        raise ValueError("there is no sample: data is to hold pairs (x, y)")
    with unwatched(), with_history():
        try:
            return _record(_Asker(model, loss, None), pairs, which, kind)
        except OtherGraphError as error:
            try:  # a loss that looks at y may record the same for one that is no plain number
                return _record(_Asker(model, loss, Constant), pairs, which, kind)
            except Exception:
                raise error from None


class OtherGraphError(ValueError):
    """Raised for a sample whose graph is not that of the first."""


def _record(
    ask: "_Asker", pairs: Sequence[tuple[Any, Any]], which: Mapping[Node, int], kind: str
) -> Samples:
    first, rows, losses = None, list[list[float]](), list[float]()
    for count, (x, y) in enumerate(_in_time(pairs), 1):
        root, inputs = ask(x, y, count)
        one = _read(root, inputs, which, count)
        first = first or one
        if one.keys != first.keys:
            raise OtherGraphError(_how_it_differs(first, one, count))
        rows.append(one.numbers)
        losses.append(root.data)
    assert first is not None
    return join(first, rows, [y for _, y in pairs], losses, which, kind)


def _pairs(data: Iterable[Any]) -> Iterator[tuple[Any, Any]]:
    for count, pair in enumerate(data, 1):
        if not isinstance(pair, (tuple, list)) or len(pair) != 2:
            raise TypeError(
                f"data holds pairs (x, y), and sample {count} is {short_repr(pair)}: pass "
                "list(zip(xs, ys)), of the inputs and of what is wanted of them"
            )
        yield pair[0], pair[1]


def _in_time(pairs: Sequence[tuple[Any, Any]]) -> Iterator[tuple[Any, Any]]:
    """The pairs; once a second it is said how many are recorded."""
    due = time.monotonic() + PATIENCE
    for count, pair in enumerate(pairs):
        if time.monotonic() >= due:
            print(f"recorded {count:,} of {len(pairs):,} samples", file=sys.stderr, flush=True)
            due = time.monotonic() + PATIENCE
        yield pair


class _Asker:
    """Asks for the loss of a sample, whose numbers are Values.

    Whole numbers are Values, too, unless the loss takes them for indexes, which is found out with
    the first sample. The numbers in y are plain, or what `made` makes of them.
    """

    def __init__(self, model: Any, loss: Loss, made: type[Value] | None) -> None:
        self._model, self._loss, self._made = model, loss, made
        self._kinds: Kinds | None = None

    def __call__(self, x: Any, y: Any, count: int) -> tuple[Value, list[Value]]:
        try:
            if self._kinds is not None:
                return self._asked(x, y, self._kinds)
            try:
                found = self._asked(x, y, _NUMBERS)
                self._kinds = _NUMBERS
            except (TypeError, IndexError) as error:
                if not _has_ints(x):
                    raise
                try:
                    found = self._asked(x, y, (float,))
                except (TypeError, IndexError):
                    raise error from None
                self._kinds = (float,)
            return found
        except Exception as error:
            error.add_note(f"in the loss of sample {count}")
            raise

    def _asked(self, x: Any, y: Any, kinds: Kinds) -> tuple[Value, list[Value]]:
        if self._made is not None:
            ys, structure = flat(y)
            y = structure.unflatten([self._made(x) if _is_number(x) else x for x in ys])
        leaves, treedef = flat(x)
        alone = len(leaves) == 1
        inputs = list[Value]()
        for i, leaf in enumerate(leaves):
            if _is_number(leaf, kinds):
                inputs.append(Value(leaf, "x" if alone else f"x{i + 1}"))
                leaves[i] = inputs[-1]
        return loss_value(self._loss(self._model, treedef.unflatten(leaves), y)), inputs


def _has_ints(x: Any) -> bool:
    return any(_is_number(one, (int,)) for one in flat(x)[0])


def _is_number(x: Any, kinds: Kinds = _NUMBERS) -> TypeGuard[float]:
    return isinstance(x, kinds) and not isinstance(x, bool)


def _read(root: Value, inputs: list[Value], which: Mapping[Node, int], count: int) -> Sample:
    """What a recorded graph is, apart from its numbers, and these."""
    order = topological_order(root)
    if len(order) > MOST_NODES:
        raise ValueError(
            f"the loss of sample {count} has {len(order):,} nodes, a page trains up to "
            f"{MOST_NODES:,}: pass a smaller model or shorter samples, and let loss(model, x, y) "
            "be that of one sample"
        )
    place = {node: i for i, node in enumerate(order)}
    entered: dict[Node, int] = {node: i for i, node in enumerate(inputs)}
    keys, numbers = list[tuple[Any, ...]](), list[float]()
    for node in order:
        if node.op is None:
            keys.append((node.is_constant, which.get(node), entered.get(node)))
            numbers.append(node._data)
        else:
            operands = node.operands
            keys.append((node.op, *[place[x] if isinstance(x, Node) else None for x in operands]))
            numbers += [x for x in operands if not isinstance(x, Node)]
    return Sample(order, inputs, keys, numbers)


def _how_it_differs(first: Sample, other: Sample, count: int) -> str:
    what = f"it has {len(other.order):,} nodes, not {len(first.order):,}"
    for node, key, wanted in zip(other.order, other.keys, first.keys, strict=False):
        if key != wanted:
            what = f"{node.describe()} is another, or has other operands"
            break
    return (
        f"the graph of sample {count} is not that of sample 1, which the page trains with: {what}, "
        "as after an if in Python, or of a longer sequence. Choose with where(condition, a, b) in "
        "the loss, and pass samples of one length"
    )
