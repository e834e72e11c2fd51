"""The compiler: scalar code, recorded once, at the speed of vectors and with the same bits.

Its stages, each a file, in order:

    record          the function runs once on traced Values
    simplify        each operation once, none for nothing
    normal_form     sums of products, and maps
    groups          what can be computed together
    layout          where each number is in memory: the program
    backends        python, numpy or LLVM run it; `to_c` writes it in C

`stages.py` runs them one after the other, `compiled.py` is what a user calls.
"""

from autograd.compiler.compiled import Compiled, compile
from autograd.compiler.export import to_c

__all__ = ["Compiled", "compile", "to_c"]
