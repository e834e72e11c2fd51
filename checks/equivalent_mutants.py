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
}
