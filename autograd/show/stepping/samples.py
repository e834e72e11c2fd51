"""The samples of a training, recorded one by one, as one graph and the numbers that differ.

Each sample is a graph of its own, and all have one structure. `record_samples` keeps the first and,
for each sample, the numbers that are not the same in all of them: these become leaves, the
columns, so that the page can put those of any sample there. `training.py` makes the page.
"""

import math
import sys
import time
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeGuard

from ...engine.arguments import loss_value
from ...engine.graph import topological_order
from ...engine.messages import short_repr
from ...engine.node import Node
from ...engine.numbers import same
from ...engine.value import Constant, Value
from ...engine.watching import unwatched, with_history
from ...transforms.trees import TreeDef, flatten, open_array
from ..graphs.module_calls import chain
from ..text import MINUS

Loss = Callable[[Any, Any, Any], Value]
MOST_NODES = 100_000  # of a sample: a step over more would take too long in a page
PATIENCE = 1.0  # seconds between two lines that say how far the recording is
Kinds = tuple[type[float], ...]  # what is a number for type checkers
_NUMBERS: Kinds = (int, float)


class Samples(NamedTuple):
    """The graph of the first sample, and what the others have in its place.

    Attributes:
        root: of a copy of the graph, in which each number that differs is a leaf.
        order: its nodes in topological order; nodes go by their places in it.
        parameters: for each parameter of the model that the loss depends on its number among
            those of the model, and its place.
        inputs: the places of the numbers of x.
        columns: the places of the numbers that differ.
        rows: for each sample the numbers of the columns.
        targets: for each sample its y.
        losses: for each sample its loss as recorded.
        output: the place of what the call of the model gave, if there is one such place.
    """

    root: Value
    order: list[Node]
    parameters: dict[int, int]
    inputs: list[int]
    columns: list[int]
    rows: list[list[float]]
    targets: list[Any]
    losses: list[float]
    output: int | None


class _Sample(NamedTuple):
    """One recorded sample.

    Attributes:
        keys: for each node what it is, without its number: so two graphs can be compared.
        numbers: those of the leaves and the plain operands, in the order of the graph.
    """

    order: list[Node]
    inputs: list[Value]
    keys: list[tuple[Any, ...]]
    numbers: list[float]


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
    return _joined(first, rows, [y for _, y in pairs], losses, which, kind)


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
            ys, structure = _flat(y)
            y = structure.unflatten([self._made(x) if _is_number(x) else x for x in ys])
        leaves, treedef = _flat(x)
        alone = len(leaves) == 1
        inputs = list[Value]()
        for i, leaf in enumerate(leaves):
            if _is_number(leaf, kinds):
                inputs.append(Value(leaf, "x" if alone else f"x{i + 1}"))
                leaves[i] = inputs[-1]
        return loss_value(self._loss(self._model, treedef.unflatten(leaves), y)), inputs


def _flat(tree: Any) -> tuple[list[Any], TreeDef]:
    """The leaves of x or y and its structure; arrays of numpy are lists."""
    return flatten(tree.tolist() if hasattr(tree, "tolist") else tree, opener=open_array)


def _has_ints(x: Any) -> bool:
    return any(_is_number(one, (int,)) for one in _flat(x)[0])


def _is_number(x: Any, kinds: Kinds = _NUMBERS) -> TypeGuard[float]:
    return isinstance(x, kinds) and not isinstance(x, bool)


def _read(root: Value, inputs: list[Value], which: Mapping[Node, int], count: int) -> _Sample:
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
    return _Sample(order, inputs, keys, numbers)


def _how_it_differs(first: _Sample, other: _Sample, count: int) -> str:
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


# --- one graph for all samples ----------------------------------------------------------------


def _joined(
    first: _Sample,
    numbers: Sequence[Sequence[float]],
    targets: list[Any],
    losses: list[float],
    which: Mapping[Node, int],
    kind: str,
) -> Samples:
    """The graph of the first sample with a leaf for each number that differs."""
    moving = _moving(numbers)
    copies, leaves = _copy(first, moving, numbers, targets, which)
    root: Any = copies[first.order[-1]]
    if not root.label:
        root.label = "loss"
    order = topological_order(root)
    place = {node: i for i, node in enumerate(order)}
    output = _output(first.order, kind)
    return Samples(
        root,
        order,
        {which[node]: place[copies[node]] for node in first.order if node in which},
        [place[copies[x]] for x in first.inputs if x in copies],
        [place[leaf] for leaf in leaves],
        [[row[i] for i in leaves.values()] for row in numbers],
        targets,
        losses,
        None if output is None else place[copies[output]],
    )


def _moving(numbers: Sequence[Sequence[float]]) -> list[int]:
    """Which of the numbers are not the same in all samples."""
    first = numbers[0]
    return [
        i
        for i, x in enumerate(first)
        if any(row[i] is not x and not same(row[i], x) for row in numbers)
    ]


def _copy(
    first: _Sample,
    moving: Iterable[int],
    numbers: Sequence[Sequence[float]],
    targets: Sequence[Any],
    which: Mapping[Node, int],
) -> tuple[dict[Node, Value], dict[Value, int]]:
    """A copy of the graph for each node, and for each leaf that moves which number it is."""
    differs = set(moving)
    names = _Names(targets)
    copies, leaves = dict[Node, Value](), dict[Value, int]()
    alike = dict[bytes, Value]()  # the leaf of a column of plain numbers

    def column(i: int) -> Value:
        found = _bits([row[i] for row in numbers])
        if found not in alike:
            alike[found] = Constant(numbers[0][i], label=names.of(found))
            leaves[alike[found]] = i
        return alike[found]

    at = 0
    for node in first.order:
        if node.op is None:
            leaf = (Constant if node.is_constant else Value)(node._data, node.label)
            if node in which or node.is_parameter:
                leaf.mark_parameter()
            if at in differs:
                leaves[leaf] = at
                leaf.label = leaf.label or names.of(_bits([row[at] for row in numbers]))
            copies[node] = leaf
            at += 1
            continue
        operands = list[Any]()
        for x in node.operands:
            if isinstance(x, Node):
                operands.append(copies[x])
            else:
                operands.append(column(at) if at in differs else x)
                at += 1
        copy = copies[node] = Value(node._data)
        copy.record(node.op, tuple(operands), node.recorded)
        if hasattr(node, "note"):
            copy.note = node.note
    return copies, leaves


def _bits(column: Sequence[float]) -> bytes:
    return array("d", column).tobytes()


class _Names:
    """Names for columns of numbers: that of y, or of the entry of y, that they are."""

    def __init__(self, targets: Sequence[Any]) -> None:
        self._known = dict[bytes, str]()
        self._count = 0
        rows = [_flat(y)[0] for y in targets]
        widths = {len(row) for row in rows}
        for i in range(min(widths)) if len(widths) == 1 else ():
            column = [row[i] for row in rows]
            if all(isinstance(y, (int, float)) for y in column):
                name = f"y{i + 1}" if max(widths) > 1 else "y"
                self._known.setdefault(_bits(column), name)
                self._known.setdefault(_bits([-y for y in column]), f"{MINUS}{name}")
                self._known.setdefault(_bits([1.0 - y for y in column]), f"1 {MINUS} {name}")

    def of(self, column: bytes) -> str:
        """The name of a column."""
        if column not in self._known:
            self._count += 1
            self._known[column] = f"number {self._count}"
        return self._known[column]


def _output(order: Sequence[Node], kind: str) -> Node | None:
    """What the call of the model gave, if it was called once and gave one node.

    Args:
        order: the nodes in topological order.
        kind: the class of the model.
    """
    outermost = dict[Any, Any]()
    for node in order:
        if node.call is not None and node.call not in outermost:
            outermost[node.call] = chain(node.call)[0]
    calls = {call for call in outermost.values() if call.kind == kind}
    if len(calls) != 1:
        return None
    inside = [node for node in order if outermost.get(node.call) in calls]
    known = set(inside)
    used = {x for node in order if node not in known for x in node.parents} | {order[-1]}
    given = [node for node in inside if node in used]
    return given[0] if len(given) == 1 else None


def json_target(y: Any) -> float | str:
    """What y is, for the page: a number, or a text."""
    if isinstance(y, (int, float)) and not isinstance(y, bool) and math.isfinite(y):
        return y
    return y if isinstance(y, str) else short_repr(y)
