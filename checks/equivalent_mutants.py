"""Mutants that change nothing that a program could see, and why.

The keys are the module, the line as it is and the line as it was changed.
"""

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
        "autograd/engine/uncleared.py",
        "grad and p.grad is grad",
        "grad and p.grad <= grad",
    ): "`may_warn` only saves a look: `warn_if_uncleared` asks again, with `is`",
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
        "autograd/transforms/scan_flows.py",
        "self.steps, self.final = steps, steps.count - 1",
        "self.steps, self.final = steps, steps.count ** 1",
    ): "what flows back to the last state comes with what flows to the results of the last step",
    (
        "autograd/transforms/samples.py",
        "super().__init__(name, lambda *xs: 0.0, derivatives=lambda xs, out: ())",
        "super().__init__(name, lambda *xs: -1.0, derivatives=lambda xs, out: ())",
    ): "the forward function of a batch's op stands there and is never called",
    (
        "autograd/transforms/kinks.py",
        'return next((name for (name, x), (_, y) in zip(here, there, strict=True) if x != y), "")',
        'return next((name for (name, x), (_, y) in zip(here, there, strict=False) if x != y), "")',
    ): "both paths were found to have the same ops before",
    (
        "autograd/engine/ieee.py",
        "scale = 2.0**100 if large < 2.0**-1000 else 0.25 if large > 2.0**1000 else 1.0",
        "scale = 2.0**100 if large < 2.0**-1000 else 0.25 if large >= 2.0**1000 else 1.0",
    ): "a power of two scales without rounding: one as good, or a threshold that is",
    (
        "autograd/engine/ieee.py",
        "return 2.0**-600 if large > 2.0**500 else 2.0**600 if large < 2.0**-500 else 1.0",
        "return 2.0**~600 if large > 2.0**500 else 2.0**600 if large < 2.0**-500 else 1.0",
    ): "a power of two scales without rounding: one as good, or a threshold that is",
    (
        "autograd/engine/ieee.py",
        "return 2.0**-600 if large > 2.0**500 else 2.0**600 if large < 2.0**-500 else 1.0",
        "return 2.0**-600 if large > 2.0**500 else 2.0**600 if large < 2.0**~500 else 1.0",
    ): "a power of two scales without rounding: one as good, or a threshold that is",
    (
        "autograd/engine/ieee.py",
        "scale = 2.0**100 if large < 2.0**-1000 else 0.25 if large > 2.0**1000 else 1.0",
        "scale = 2.0**100 if large < 2.0--1000 else 0.25 if large > 2.0**1000 else 1.0",
    ): "a power of two scales without rounding: one as good, or a threshold that is",
    (
        "autograd/engine/ieee.py",
        "return 2.0**-600 if large > 2.0**500 else 2.0**600 if large < 2.0**-500 else 1.0",
        "return 2.0**-600 if large > 2.0**500 else 2.0**600 if large <= 2.0**-500 else 1.0",
    ): "a power of two scales without rounding: one as good, or a threshold that is",
    (
        "autograd/engine/ieee.py",
        "if large == INF and x == x and y == y:",
        "if large == INF and x <= x and y == y:",
    ): "nan alone is not equal to itself, nor at most itself",
    (
        "autograd/engine/ieee.py",
        "return 2.0**-600 if large > 2.0**500 else 2.0**600 if large < 2.0**-500 else 1.0",
        "return 2.0**-600 if large > 2.0**500 else 2.0** 599 if large < 2.0**-500 else 1.0",
    ): "a power of two scales without rounding: one as good, or a threshold that is",
    (
        "autograd/engine/ieee.py",
        "if h == 0.0:",
        "if h <= 0.0:",
    ): "a hypotenuse is never below zero",
    (
        "autograd/engine/ieee.py",
        "scale = 2.0**100 if large < 2.0**-1000 else 0.25 if large > 2.0**1000 else 1.0",
        "scale = 2.0**100 if large < 1.0**-1000 else 0.25 if large > 2.0**1000 else 1.0",
    ): "a power of two scales without rounding: one as good, or a threshold that is",
    (
        "autograd/engine/ieee.py",
        "return math.copysign(INF, function(math.copysign(1.0, x)))",
        "return math.copysign(INF, function(math.copysign( 0.0, x)))",
    ): "a function that overflows is odd, or above zero at 0",
    (
        "autograd/engine/ieee.py",
        "return (0.0 if x <= 0.0 else x) + math.log1p(math.exp(-abs(x)))",
        "return (0.0 if x < 0.0 else x) + math.log1p(math.exp(-abs(x)))",
    ): "at 0 and -0 the sum is log(2), whichever of them is added",
    (
        "autograd/engine/ieee.py",
        "scale = 2.0**100 if large < 2.0**-1000 else 0.25 if large > 2.0**1000 else 1.0",
        "scale = 2.0**100 if large <= 2.0**-1000 else 0.25 if large > 2.0**1000 else 1.0",
    ): "a power of two scales without rounding: one as good, or a threshold that is",
    (
        "autograd/engine/ieee.py",
        "return 2.0**-600 if large > 2.0**500 else 2.0**600 if large < 2.0**-500 else 1.0",
        "return 2.0**-600 if large > 2.0** 499 else 2.0**600 if large < 2.0**-500 else 1.0",
    ): "a power of two scales without rounding: one as good, or a threshold that is",
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
}
