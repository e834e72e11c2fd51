"""The engine: what an op is, the calculus, the graph and the chain rule, `Value`.

Read `op.py` (what an operation is; `carrier.py` says what it is applied to), `calculus.py` (one
row for each), `node.py` (what a node remembers), `graph.py` (the order of a graph, and the chain
rule), `value.py` (Python's operators on top), `commit.py` (how a pass adds to every `grad`). None
of the others is needed to follow `backward()`:

- numbers: `ieee.py` (functions that never raise), `numbers.py` (which numbers a Value takes)
- around a Value: `protocols.py` (comparing, printing, copying), `unsupported.py` (what Python asks
  and gets no answer), `ufuncs.py` (functions of numpy), `handmade.py` (nodes made by hand),
  `note.py` (labels)
- around a graph: `watching.py` (who sees new nodes), `choices.py` (gradients through `where` and
  `lookup`), `scatter.py` (those of a table), `rows.py` (gradients of a node of many results),
  `along.py` (the chain rule through a part), `operators.py` (+, -, … of what is no Value),
  `logic.py` (and, or, not), `assignment.py` (what a gradient may be; new numbers of leaves while a
  function is recorded), `hints.py` (what looks at gradients and may warn), `uncleared.py` (such a
  hint), `weighted_sum.py` (that of a neuron), `staleness.py` (operands that have changed)
- the same in C: `native.py` (which engine runs), `native_value.py` (what C takes over), `_native.c`
- around structures: `nesting.py` (how deep they may be)
- around what makes many: `collector.py` (the garbage collector at rest)
- what errors say: `errors.py`, `messages.py`, `arguments.py`, `misuse.py`, `documented.py`,
  `absence.py`, `installation.py`

All of it needs the standard library alone.
"""

from .installation import check_installation
from .native import name as name, why as why

check_installation()  # every module of the package imports from this room
