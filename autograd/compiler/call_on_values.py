"""Calls on Values: a call of a compiled function as one node of the graph.

The node has an operand for each Value in the arguments and each parameter of a Module there, and a
node of its own for each result. What flows back or ahead through it is computed by compiled
functions (`derived.py`), recorded when they are first needed. Called with Values, for a gradient
that stays connected, these are such a node again: so there are derivatives of any order.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from ..engine.errors import StaleGraphError
from ..engine.node import Node
from ..engine.rows import Row
from ..engine.value import Constant
from ..engine.watching import forgetting, unwatched, with_history
from ..transforms.batches import Samples, run_samples
from ..transforms.samples import InnerOp, Place, Sample, carries_gradient, number_of
from ..transforms.tracing import differentiated
from ..transforms.trees import TreeDef, flatten
from .derived import Flow, Flowing, Request, ahead, back, put_together, taken_apart
from .values_in_call import OnValues

# Makes the compiled function for what is derived of a function, or finds it.
Derive = Callable[[Callable[..., Any], Request], Callable[..., Any]]


def call_on_values(f: Callable[..., Any], name: str, call: OnValues, derive: Derive) -> Any:
    """The results of a call as nodes.

    Args:
        f: the compiled function.
        name: what it is called.
        call: the call.
        derive: see `Derive`.

    Raises:
        LeavesGradientsError: if the function has to run itself.
    """
    made = _Call(f, name, call, derive)
    results = _Results(made, call.operands)
    places = [(j, 0) for j in range(len(made[0].outputs))]
    return made.structure.unflatten(results.new(places))


class StaleCallError(StaleGraphError):
    """What a compiled function reads besides numbers changed between its call and a derivative."""

    def __init__(self, name: str) -> None:
        RuntimeError.__init__(self, name)

    def __str__(self) -> str:
        return (
            f"what {self.args[0]} reads, such as a global, a setting or the parameters of a "
            "Module, changed after it was called with Values, and its derivative needs what was "
            "there: take the derivative before the change, or call it again"
        )


class LeavesGradientsError(Exception):
    """The function leaves gradients at Values in its arguments, and what they are computed from."""


class _Call(Samples):
    """A call: the one sample of a batch, as the engine sees it, whose nodes are not there.

    Attributes:
        structure: the structure of its results.
        made_for: what its recording depends on.
    """

    structure: TreeDef

    def __init__(
        self, f: Any, name: str, call: OnValues, derive: Derive, made_for: Any = None
    ) -> None:
        super().__init__([Sample([], [], ())], 1, (), run_samples)
        self.f, self.name, self.call, self.derive = f, name, call, derive
        self.wanted = tuple(map(carries_gradient, call.operands))
        self.made_for = made_for or self._made_for()
        if made_for:
            self.check()
        self._run(list(map(number_of, call.operands)))

    def _made_for(self) -> Any:
        """What the recording that would serve the call now depends on."""
        with with_history():
            recorded, *_ = in_numbers(self.f.recorded, self.call.arguments(), {})
        if recorded.leaves_gradients:
            raise LeavesGradientsError
        return recorded.made_for

    def check(self) -> None:
        """Raise a StaleCallError if the function would not be the one that was called."""
        if not self.call.is_current() or self._made_for() != self.made_for:
            raise StaleCallError(self.name)

    def compute(self, *numbers: float) -> float:
        """Find the results for these numbers of the operands."""
        self.check()
        self._run(numbers)
        return 0.0  # as the number of the node

    def _run(self, numbers: Sequence[float]) -> None:
        args, options = self.call.arguments(numbers)
        results = in_numbers(self.f, args, options)
        found, self.structure = flatten(results, "the result")
        self.samples = [Sample([], [], found)]

    def again(self, operands: Sequence[Any], known: Mapping[Any, Any]) -> Any:
        """The call for other operands, in the derivative of a batch or a scan around it."""
        call = self.call._replace(operands=list(operands))
        return _Results(_Call(self.f, self.name, call, self.derive, self.made_for), operands)

    def through(self, given: Sequence[Any], out: Any) -> Any:
        """What takes rows back and ahead, for the operands or their numbers."""
        return _Flows(self, given)


class _CallOp(InnerOp):
    """The op of the node of a call."""

    batch: _Call
    whole = (
        "a call of a compiled function is one node of it: call the function that was compiled, "
        "its __wrapped__, to see each of them"
    )


class _Results:
    """The results of a call.

    Args:
        call: the call.
        operands: its operands.

    Attributes:
        node: its node; a number if no gradient flows to it.
    """

    def __init__(self, call: _Call, operands: Sequence[Any]) -> None:
        self._call = call
        self.node: Any = 0.0
        if any(call.wanted) and not forgetting():
            op = _CallOp(call.name, call)
            self.node = op(*operands)
            op.forward = call.compute  # only now, for it has run

    def new(self, places: Sequence[Place]) -> list[Any]:
        """The results at these places, as nodes."""
        if not isinstance(self.node, Node):
            return [Constant(self._call[0].outputs[j]) for j, _ in places]
        result: Any = self.node.op.result  # type: ignore[union-attr]
        return [result(self.node, float(j), 0.0) for j, _ in places]


class _Flows:
    """What flows through a call.

    Args:
        call: the call.
        given: its operands, or their numbers.
    """

    def __init__(self, call: _Call, given: Sequence[Any]) -> None:
        self._call, self._given = call, given

    def back(self, row: Row) -> Flowing:
        """The gradients by the operands."""
        entries: Mapping[Any, Any] = row.entries
        return self._flow(back, {j: x for (j, _), x in entries.items()})

    def ahead(self, row: Row) -> Mapping[Place, Any]:
        """The tangents of the results."""
        wanted, entries = self._call.wanted, cast("Mapping[int, Any]", row.entries)
        flowing = {k: x for k, x in entries.items() if wanted[k]}
        return {(j, 0): x for j, x in self._flow(ahead, flowing).items()}

    def _flow(self, derived: Callable[..., Any], flowing: Flowing) -> dict[int, Any]:
        call, wanted = self._call, self._call.wanted
        call.check()
        given, masked, terms, masks = taken_apart(flowing)
        operands: tuple[list[Any], list[Any]] = [], []
        for x, there in zip(self._given, wanted, strict=True):
            operands[not there].append(x)
        compiled = call.derive(derived, Request(call.call.slots, wanted, given, masked))
        args, options = call.call.arguments()
        flow = tuple(Flow([*map(_plain, terms)], masks, *operands))
        is_connected = any(isinstance(x, Node) for part in flow for x in part)
        # One that stays connected does so inside of no_grad, too. Of numbers it makes no nodes that
        # strict would look at.
        with with_history() if is_connected else unwatched():
            return put_together(in_numbers(compiled, (flow, *args), options))


def _plain(x: Any) -> Any:
    """A term as an argument: a float or a node."""
    return x if isinstance(x, Node) else float(+x)


def in_numbers(f: Callable[..., Any], args: Sequence[Any], options: dict[str, Any]) -> Any:
    """The results of a compiled function for a Module in its arguments as it is: in numbers."""
    token = differentiated.set(frozenset())
    try:
        return f(*args, **options)
    finally:
        differentiated.reset(token)
