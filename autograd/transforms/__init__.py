"""Transforms: functions that make functions, or look at a graph, by way of the engine.

Read `gradient.py` (`grad`) and `derivatives.py` first (`jvp`, `hessian`, …), then `tracing.py`
below it (how a function is run on fresh Values). The others, by what they are for:

- Structures: `trees.py` (trees of lists, tuples and dicts, and their leaves), `matching.py` (two of
  one structure), `arrays.py` (what stands for an array).
- Batches: `vmap.py` with `axes.py` (which arguments are mapped), `entries.py` (what a sample gets
  of them), `out_axes.py` (where results stand), `first_sample.py` (what the first sample does not
  tell) and `lane_sum.py` (how samples are added up). `batches.py` is a batch as one node.
- Scans: `scan.py` with `scan_data.py`; `scans.py` is a scan as one node.
- What both have: `runs.py` (how a sample or step is run), `samples.py` (what each made),
  `replay.py` (which computes it of other numbers), `bodies.py` and `gradient_sums.py` (what it
  leaves at nodes outside while it is recorded), `plain_numbers.py` (which nodes of a recording are
  numbers interpreted).
- Derivatives of these that stay connected: `flows.py` with `flow_kinds.py`, `batch_flows.py`,
  `scan_flows.py` with `carried_flows.py`.
- Rules of one's own: `custom_gradient.py` with `ruled_call.py` (a call as one node).
- Checks: `check_grads.py` with `differences.py` and `kinks.py`, `strict.py`; and `recompute.py`.
- What is said of functions: `places.py` (lines of the user's code), `signatures.py` (the types of
  gradients), `function_names.py` (what a function is called and takes), `compiled_function.py`
  (what a transform makes of a compiled one).
"""
