"""Mutants that change nothing that a program could see, and why.

Only of those that no test notices this is asked. `KINDS` are about any line; the keys of
`EQUIVALENT` are the module, the line as it is and the line as it was changed, or `ANY` change.
"""

import re
from typing import NamedTuple


class Kind(NamedTuple):
    """Mutants of one kind, wherever they are.

    Attributes:
        changed: what stands in the changed line, as a regular expression.
        original: what stood there before, where \\1 and so on are parts of what was found.
        reason: why no program could see it.
    """

    changed: str
    original: str
    reason: str

    def explains(self, before: str, after: str) -> bool:
        """Whether one line is the other but for one change of this kind."""
        return any(
            after[: found.start()] + found.expand(self.original) + after[found.end() :] == before
            for found in re.finditer(self.changed, after)
        )


# Classes, ops, members of enums, bodies, and what stands for no argument.
_SINGLE = (
    r"(float|int|bool|str|tuple|list|dict|Leaf|Value|Kind\.[A-Z]+|c\.\w+|equal|fixed|body"
    r"|NOT_GIVEN)\b"
)
KINDS = (
    Kind(r"(def \w+\(.*), /, ", r"\1, *, ", "what all callers name may be given by place, too"),
    Kind(r"\b(\w+) [<>]= \1\b", r"\1 == \1", "nan alone is neither equal to itself nor at most"),
    Kind(rf" == {_SINGLE}", r" is \1", "there is one of each, which is equal to itself alone"),
    Kind(rf" != {_SINGLE}", r" is not \1", "there is one of each, which is equal to itself alone"),
    Kind("^$", "  @natively", "which is about the engine in C alone"),
    Kind(
        "strict=False", "strict=True", "lengths that the lines before it have made the same stay so"
    ),
)

ANY = ""  # any change of the line that no test notices

EQUIVALENT: dict[tuple[str, str, str], str] = {
    (
        "autograd/engine/arguments.py",
        'if getattr(given, "ndim", 1) == 0:',
        'if getattr(given, "ndim", 2) == 0:',
    ): "what has no `ndim` is no array without a dimension: any number above 0 says so",
    (
        "autograd/transforms/scan.py",
        "if structure != self.structure:  # perhaps in another order",
        "if structure is not self.structure:  # perhaps in another order",
    ): "matching a state with a structure equal to its own gives the state as it is",
    (
        "autograd/engine/ieee.py",
        "if NORMAL <= abs(out) < INF or out != out:",
        "if NORMAL <= abs(out) != INF or out != out:",
    ): "a size is never above infinity",
    (
        "autograd/transforms/check_grads.py",
        "return 0.0, 0.0",
        "return 0.0, -1.0",
    ): "what does not agree without any rounding does not with less than none",
    (
        "autograd/transforms/carried_flows.py",
        "self.steps, self.final = steps, steps.count - 1",
        ANY,
    ): "what flows back to the last state comes with what flows to the results of the last step",
    (
        "autograd/transforms/samples.py",
        "super().__init__(name, lambda *xs: 0.0, derivatives=lambda xs, out: ())",
        "super().__init__(name, lambda *xs: -1.0, derivatives=lambda xs, out: ())",
    ): "the forward function of a batch's op stands there and is never called",
    (
        "autograd/engine/ieee.py",
        "scale = 2.0**100 if large < 2.0**-1000 else 0.25 if large > 2.0**1000 else 1.0",
        ANY,
    ): "a power of two scales without rounding: one as good, or a threshold that is",
    (
        "autograd/engine/ieee.py",
        "return 2.0**-600 if large > 2.0**500 else 2.0**600 if large < 2.0**-500 else 1.0",
        ANY,
    ): "a power of two scales without rounding: one as good, or a threshold that is",
    (
        "autograd/engine/ieee.py",
        "if h == 0.0:",
        "if h <= 0.0:",
    ): "a hypotenuse is never below zero",
    (
        "autograd/engine/ieee.py",
        "return math.copysign(INF, function(math.copysign(1.0, x)))",
        ANY,
    ): "a function that overflows is odd, or above zero everywhere",
    (
        "autograd/engine/ieee.py",
        "return (0.0 if x <= 0.0 else x) + math.log1p(math.exp(-abs(x)))",
        "return (0.0 if x < 0.0 else x) + math.log1p(math.exp(-abs(x)))",
    ): "at 0 and -0 the sum is log(2), whichever of them is added",
    (
        "autograd/engine/misuse.py",
        'after = f", as in {op.name}({names[0]}, {names[i + 1]}=…)" if i + 1 < len(names) else ""',
        'after = f", as in {op.name}({names[0]}, {names[i + 1]}=…)" if i + 1 != len(names) else ""',
    ): "one of the names is meant, so that the next is at most one beyond them",
    (
        "autograd/transforms/tracing.py",
        "return topological_order(roots[0])",
        "return topological_order(roots[ -1])",
    ): "of one root the first is the last",
    (
        "autograd/engine/ieee.py",
        "if not abs(x) < 100.0:",
        ANY,
    ): "from 39 on the exponential is 0 by itself",
    (
        "autograd/engine/numbers.py",
        'return getattr(x, "ndim", 0) > 0',
        'return getattr(x, "ndim", 0) != 0',
    ): "an array has no fewer axes than none",
    (
        "autograd/engine/numbers.py",
        'return getattr(x, "ndim", 0) > 0',
        'return getattr(x, "ndim", -1) > 0',
    ): "what has no `ndim` is no array: any number up to 0 says so",
    (
        "autograd/engine/handmade.py",
        "if len(made) == 1 and isinstance(made[0], str) and not named:",
        "if len(made) == 1 and isinstance(made[ -1], str) and not named:",
    ): "of one argument the first is the last",
    (
        "autograd/engine/ufuncs.py",
        'if method != "__call__" or options:',
        'if method > "__call__" or options:',
    ): "the other methods begin with letters, which come after it",
    (
        "autograd/engine/ieee.py",
        "product = divide(product, x) if not exact and i < by else product",
        "product = divide(product, x) if not exact and i != by else product",
    ): "of the steps 0 and 1 those below 1 or 2 are those other than it; below 0 all is exact",
    (
        "autograd/engine/ieee.py",
        "large, small = (y, x) if x < y else (x, y)",
        "large, small = (y, x) if x <= y else (x, y)",
    ): "the larger of two that are the same is either",
    (
        "autograd/engine/value.py",
        "elif given is float or given is int:",
        "elif given is float and given is int:",
    ): "the op itself makes the same node, in twice the time",
    (
        "autograd/transforms/flows.py",
        "(j, s) for j in made.used() for s in (numbers[:1] if added[j] else numbers)",
        "(j, s) for j in made.used() for s in (numbers[: 2] if added[j] else numbers)",
    ): "a sum over all samples is asked for twice, and used once",
    (
        "autograd/transforms/batches.py",
        "(self.node,) = make(op, [operands], [0.0])",
        ANY,
    ): "the number of a batch's own node is never read, only those of its results",
    (
        "autograd/transforms/flows.py",
        "row += [] if not is_masked else [1.0 if mask is None else mask.number()]",
        "row += [] if not is_masked else [ 2.0 if mask is None else mask.number()]",
    ): "a mask that is a number is only asked whether it is 0",
    (
        "autograd/transforms/flows.py",
        "if self.batch.is_rolled and len(set(map(tuple, columns.kinds))) > 1:",
        "if self.batch.is_rolled and len(set(map(tuple, columns.kinds))) > 0:",
    ): "where one kind flows to all samples the run itself finds what trying it out does",
    (
        "autograd/transforms/check_grads.py",
        "return 0.0, 0.0",
        "return -1.0, 0.0",
    ): "what does not agree without any rounding does not with less than none",
    (
        "autograd/transforms/carried_flows.py",
        "others = sorted({j for j, i in self.entries if j >= state or i != self.final})",
        "others = sorted({j for j, i in self.entries if j >= state or i <= self.final})",
    ): "a column of the state to whose other steps nothing flows is one of None alone",
}


def explained(module: str, before: str, after: str) -> bool:
    """Whether a mutant that no test notices is one that changes nothing."""
    return (
        (module, before, after) in EQUIVALENT
        or (module, before, ANY) in EQUIVALENT
        or any(kind.explains(before, after) for kind in KINDS)
    )
