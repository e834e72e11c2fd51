"""Operations: a name, a forward function, and a local derivative for each operand.

An `Op` is one row of the calculus: a name, a forward function on floats, and one local
derivative per operand. Ops only ever *state* local derivatives; the one place that multiplies
them with what flows back is the chain rule in `graph.py`.

A rule is written with this library's own functions, so it means whatever it is given: on floats
a number, on Values more graph (which can be differentiated again), on names a formula.
"""

from collections.abc import Callable, Sequence
from typing import Any

from .carrier import Carrier as Carrier, OpCall
from .documented import Documented
from .misuse import check_statement, explain_misuse, wrong_count
from .native import Operation
from .numbers import number

ONE = 1.0  # the constant derivative 1; where this very object is met, no product is made

Rule = float | Callable[..., Any] | None
Locals = Callable[[Sequence[Any], Sequence[Any], Any], Sequence[Any]]


class Op(Operation, Documented):
    """An operation: its name, its forward function, and one local derivative per operand.

    Args:
        name: how it is drawn and printed, such as ``"tanh"``.
        forward: the value, from one float per operand. It must not raise on any float: give inf
            or nan.
        rules: d out / d operand, one per operand (one or two). A function of the operands and
            the result, ``rule(x, out)`` or ``rule(x, y, out)``; or a number, if constant; or
            None where nothing flows back. Never branch in a rule: write a kink with
            `step` or `where`, so that it holds for every input.
        derivatives: instead of `rules`, for any number of operands: ``derivatives(xs, out)``
            gives one local derivative for each of them, None where nothing flows back.
        strong: the derivative can be infinite or nan, so that a zero upstream must give a zero
            contribution, whatever the derivative (0·inf would be nan). So the gradient of √x² at 0
            is 0, not its limit 1.
        taken: of an op that chooses, as `where` does: ``taken(operands, i)`` is 1 where its operand
            number i, from 1 on, is chosen, else 0; None if it never is.
        arrange: turns the arguments of a call into the operands, if they are not just that.

    Ops are the same object after copying, so that tables may be keyed by them. The attribute
    `locals` is the function ``(operands, given, out)`` that gives the local derivatives, whichever
    way they were stated: `given` are the numbers or nodes to take them at, and `operands` tell
    which are plain floats, whose derivatives are not asked for.

    Raises:
        TypeError: if the rules are none of these, or the forward function is not callable.

    Example:
        >>> from autograd import Op, Value
        >>> cube = Op("cube", lambda x: x * x * x, lambda x, out: 3.0 * x * x)
        >>> x = Value(2.0)
        >>> cube(x).backward()
        >>> x.grad
        12.0
    """

    def __init__(
        self,
        name: str,
        forward: Callable[..., float],
        *rules: Rule,
        derivatives: Callable[[Sequence[Any], Any], Sequence[Any]] | None = None,
        strong: bool = False,
        taken: Callable[[Sequence[Any], int], Any] | None = None,
        arrange: Callable[..., Sequence[Any]] | None = None,
    ) -> None:
        check_statement(name, forward, rules, derivatives)
        self.name = self.__name__ = self.__qualname__ = name
        self.forward, self.derivatives = forward, derivatives
        self.strong, self.taken = strong, taken
        self.arrange = arrange or (lambda *operands: operands)
        self.rules = tuple(ONE if r == 1 else float(r) if type(r) is int else r for r in rules)
        self.locals = _from_rules(*self.rules) if rules else _from_derivatives(self)

    def _call(self, *arguments: Any, **options: Any) -> Any:
        """The result as a number, or as a node when an operand is a Value."""
        try:
            operands = self.arrange(*arguments, **options)
            if self.rules and len(operands) != len(self.rules):
                raise wrong_count(self, len(operands))
            for operand in operands:
                if isinstance(operand, Carrier):
                    return operand.apply(self, operands)
            return self.forward(*map(number, operands))
        except (TypeError, ValueError) as error:
            raise explain_misuse(self, arguments, options, error) from error.__cause__

    __call__: OpCall = _call  # type: ignore[assignment]  # the types, for users


def _from_derivatives(op: Op) -> Locals:
    """The `locals` of an op that states all its local derivatives at once."""

    def of_all(operands: Sequence[Any], given: Sequence[Any], out: Any) -> Sequence[Any]:
        found: Sequence[Any] = op.derivatives(given, out)  # type: ignore[misc]
        if len(found) != len(given):
            counts = f"{len(found)} for {len(given)} operands"
            raise ValueError(f"derivatives= of op {op.name!r} gave {counts}")
        return found

    return of_all


def _from_rules(*rules: Rule) -> Locals:
    """The `locals` of an op with a rule for each operand; those of floats are not evaluated."""
    if not any(map(callable, rules)):
        return lambda operands, given, out: rules
    first, *others = map(_as_function, rules)
    if not others:
        return lambda operands, given, out: (first(given[0], out),)
    (second,) = others

    def of_two(operands: Sequence[Any], given: Sequence[Any], out: Any) -> Sequence[Any]:
        (left, right), (x, y) = operands, given
        by_left = None if type(left) is float else first(x, y, out)
        return by_left, None if type(right) is float else second(x, y, out)

    return of_two


def _as_function(rule: Rule) -> Callable[..., Any]:
    """The rule as a function, also if it is a constant."""
    return rule if callable(rule) else lambda *_: rule
