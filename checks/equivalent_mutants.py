"""Mutants that change nothing that a program could see, and why.

The keys are the module, the line as it is and the line as it was changed.
"""

EQUIVALENT: dict[tuple[str, str, str], str] = {}
