"""The compiler: scalar code, recorded once, at the speed of vectors and with the same bits.

`compile_function.py` gives what a user calls, a `compiled.py` or a `compiled_batch.py`; `scan.py`
is a loop of calls on a `scan_state.py`, which `scannable.py` offers, `export.py` writes C and
JavaScript. A call with Values (`values_in_call.py`) is one node, in `call_on_values.py`, whose
derivatives `derived.py` makes. A call like the last one is read by `last_call.py` (`last_batch.py`,
`held_structure.py`; in C by `packing.py` and `packed_batch.py`). Any other finds the recording for
the structure of its arguments (`call_structure.py`, `binding.py`, `batch_binding.py`,
`cache_keys.py`) and for what else it reads (the room `captured`) among its `recordings.py`, or
makes one: the room `tracing` records the function of what `stand_in.py` makes of them, `ir` turns
the nodes into a program, `backends` run it, `effects.py` gives a model its new weights, and
`gradients.py` what ``backward()`` left there, both at once (`effects_writer.py`). `first_call.py`
tells how far that is if it takes long. `portable.py` copies and pickles a compiled function, and
saves it to a file (the room `saving`), which `loading.py` reads. `recorded.py`, `recorded_batch.py`
(with the numbers of its samples in `sample_blocks.py`) and `scan.py` are each a
`recorded_program.py`, what was recorded, with a `workspace.py` for each call at a time, or for each
of the `threads.py` of a batch; `results.py` puts numbers into the structure of the result,
`columns.py` those of all samples. `explained.py` shows the stages, `profiled.py` where the time
goes (`profile_run.py` measures it, `source_lines.py` finds the lines), `verified.py`
(`verified_scan.py`) compares the bits, `finite.py` finds the first nan under `strict`, and
`frozen.py` where a function chooses by the number of a Value.
"""

from .compile_function import compile
from .compiled import Compiled
from .export import to_c, to_js
from .loading import load_compiled

__all__ = ["Compiled", "compile", "load_compiled", "to_c", "to_js"]
