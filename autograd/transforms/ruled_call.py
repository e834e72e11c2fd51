"""Ruled calls: what flows through a call of a function that has a derivative rule of its own.

Such a call is one node with many results, as a batch is (`batches.py`). The nodes that it made are
inside, for a recording and for other operands; no gradient goes through them.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..engine.calculus import fixed
from ..engine.choices import as_term, masked_term, unite
from ..engine.messages import describe_type, pluralize
from ..engine.nesting import is_module, named_numbers
from ..engine.node import Node
from ..engine.numbers import number
from ..engine.rows import Row
from ..engine.watching import with_history
from .batches import Results, Samples, run_samples
from .matching import matched
from .plain_numbers import are_plain
from .replay import replay_outputs
from .samples import InnerOp, Place, Sample, carries_gradient, number_of, run_sample
from .trees import TreeDef, describe, flatten, open_array, open_module

# Of the arguments, the result and what flows back to that: what flows back to each argument.
Rule = Callable[[tuple[Any, ...], Any, Any], Sequence[Any]]


class Arguments:
    """The arguments of a call, and which of their numbers a gradient can flow to.

    Attributes:
        name: the name of the function.
        count: how many arguments there are.
        operands: the nodes in them that a gradient can flow to.
        places: for each number in each argument, those of a Module included, which of them it is.
    """

    def __init__(self, name: str, args: Sequence[Any]) -> None:
        self.name, self.count = name, len(args)
        self._leaves, self._treedef = flatten(tuple(args), f"{name}: args", opener=open_array)
        numbers = [[*map(_numbers, flatten(x, opener=open_array)[0])] for x in args]
        found = [x for held in numbers for xs in held for x in xs if carries_gradient(x)]
        self.operands = list(dict.fromkeys(found))
        self._place = {x: k for k, x in enumerate(self.operands)}
        self.places = [
            [self._place.get(x) if isinstance(x, Node) else None for xs in held for x in xs]
            for held in numbers
        ]
        self._slots = [self._place.get(x) if isinstance(x, Node) else None for x in self._leaves]
        self.operands_of_modules = {
            x for leaf in self._leaves if is_module(leaf) for x in _numbers(leaf)
        }

    def filled(self, operands: Sequence[Any]) -> Any:
        """The arguments with others in the place of the operands; a Module stays itself."""
        pairs = zip(self._leaves, self._slots, strict=True)
        return self._treedef.unflatten([x if k is None else operands[k] for x, k in pairs])


def _numbers(x: Any) -> list[Any]:
    """The numbers in a leaf of the arguments."""
    named = None if isinstance(x, (Node, float)) else named_numbers(x)
    return [x] if named is None else list(named.values())


class RuleOfCall:
    """The rule of a function, for arguments and results of one structure."""

    def __init__(self, rule: Rule, arguments: Arguments, structure: TreeDef) -> None:
        self._rule, self.arguments, self._structure = rule, arguments, structure

    def gradients(
        self, operands: Sequence[Any], out: Sequence[Any], upstream: Sequence[Any]
    ) -> dict[int, Any]:
        """What the rule gives for each operand.

        Args:
            operands: the numbers or nodes that they are.
            out: the results.
            upstream: what flows back to each of them.

        Raises:
            TypeError: if it gives what is no gradient of the arguments.
        """
        args, build = self.arguments.filled(operands), self._structure.unflatten
        with with_history():
            given = self._rule(args, build(out), build(upstream))
        count = self.arguments.count
        if not isinstance(given, (list, tuple)) or len(given) != count:
            raise TypeError(
                f"the rule of {self.arguments.name} gives a gradient for each of its "
                f"{pluralize(count, 'argument')}, in a tuple or list, and None where nothing "
                f"flows back: got {describe(given)}"
            )
        found: dict[int, Any] = {}
        for i, (gradient, places) in enumerate(zip(given, self.arguments.places, strict=True)):
            if gradient is None:
                continue
            leaves = matched(gradient, args[i], f"argument {i}", self._other_structure)
            for x, k in zip(leaves, places, strict=True):
                if k is not None:
                    found[k] = found[k] + self._number(x, i) if k in found else self._number(x, i)
        return found

    def _number(self, x: Any, i: int) -> Any:
        try:
            return x if isinstance(x, Node) else number(x)
        except (TypeError, ValueError) as error:
            raise TypeError(
                f"the rule of {self.arguments.name} gives for argument {i} what is no number: "
                f"{error}"
            ) from None

    def _other_structure(self, found: Any, wanted: Any, where: str) -> TypeError:
        return TypeError(
            f"the rule of {self.arguments.name} gives a gradient of another structure: {where} is "
            f"{_told(wanted)}, and its gradient {_told(found)}; for no gradient at all give None "
            "for the whole argument"
        )


def _told(x: Any) -> str:
    return describe(x) if isinstance(x, Node) or open_module(x) else describe_type(x)


class RuledCall(Samples):
    """A call of a function with a rule: a batch of one sample, with other derivatives.

    Args:
        sample: what the call made.
        rule: its rule.
    """

    def __init__(self, sample: Sample, rule: RuleOfCall) -> None:
        super().__init__([sample], 1, (), run_samples)
        self.rule = rule

    def refuse_hidden(self, made: Sequence[Node]) -> None:
        """Raise if the call uses a Value that is no argument, and that it has not made itself."""
        # No gradient goes through `fixed`, which stands for what is made inside `no_grad`, too.
        unreached = {node.operands[0] for node in self[0].tape if node.op is fixed}
        known = {*made, *unreached, *self.rule.arguments.operands_of_modules}
        for x in self.shared:
            if x not in known and not are_plain([x])[0]:
                name = self.rule.arguments.name
                raise TypeError(
                    f"{name} has a rule for its arguments and uses {x.describe()}, which is none, "
                    "so that no gradient would reach it: pass it as an argument, or its .data"
                )
        self.shared = []

    def results(self, operands: Sequence[Any]) -> list[Any]:
        """The results as nodes of the call, whose operands these are."""
        results = _Results(self, [operands])
        return results.block((j, 0) for j in range(len(self[0].outputs)))

    def again(self, operands: Sequence[Any], known: Mapping[Any, Any]) -> Any:
        """The call for other operands."""
        sample = run_sample(lambda xs: replay_outputs(self[0], xs, {}), operands)
        call = RuledCall(sample, self.rule)
        call.shared = []
        return _Results(call, [operands])

    def through(self, given: Sequence[Any], out: Any) -> Any:
        """What takes rows back and ahead, by the rule."""
        return _Flows(self, given, out)


class RuledOp(InnerOp):
    """A call of a function that has a rule."""

    batch: RuledCall
    whole = (
        "a call of a function with a rule of its own is one node of it: leave the rule out to see "
        "what the function computes"
    )


class _Results(Results):
    """The results of a call, all of which are nodes."""

    @staticmethod
    def op(call: RuledCall) -> InnerOp:
        """The op of the node that has the results."""
        return RuledOp(call.rule.arguments.name, call)

    def new(self, places: Sequence[Place]) -> list[Any]:
        """The results at these places."""
        return [_result(self.node, j) for j, _ in places]


def _result(node: Any, j: int) -> Any:
    return node.op.result(node, float(j), 0.0)


class _Flows:
    """What flows through a call, by its rule.

    Args:
        call: the call.
        given: its operands, or their numbers.
        node: its node, or a number where derivatives are numbers.
    """

    def __init__(self, call: RuledCall, given: Sequence[Any], node: Any) -> None:
        self._rule, self._given, self._connected = call.rule, given, isinstance(node, Node)
        self._node, self._sample = node, call[0]

    def back(self, row: Row) -> Mapping[Any, Any]:
        """The gradients by the operands."""
        count = len(self._sample.outputs)
        entries = [row.entries.get((j, 0)) for j in range(count)]
        found = self._gradients([0.0 if x is None else +x for x in entries])
        mask = unite([as_term(x)[0] for x in entries if x is not None])
        return {k: masked_term(mask, x) for k, x in found.items()}

    def ahead(self, row: Row) -> Mapping[Any, Any]:
        """The tangents of the results: the rule is asked for each, with an upstream of 1."""
        tangents: dict[Any, Any] = {}
        count = len(self._sample.outputs)
        for j in range(count):
            slopes = self._gradients([1.0 if i == j else 0.0 for i in range(count)])
            for k, tangent in row.entries.items():
                if k in slopes:
                    flow = tangent * slopes[k]
                    tangents[j, 0] = tangents[j, 0] + flow if (j, 0) in tangents else flow
        return tangents

    def _gradients(self, upstream: Sequence[Any]) -> dict[int, Any]:
        if self._connected:
            count = len(self._sample.outputs)
            out = [_result(self._node, j) for j in range(count)]
            return self._rule.gradients(self._given, out, upstream)
        found = self._rule.gradients(self._given, [*map(number_of, self._sample.outputs)], upstream)
        return {k: number_of(x) for k, x in found.items()}
