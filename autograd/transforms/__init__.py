"""Transforms: functions that make functions, or look at a graph, by way of the engine.

Read `gradient.py` (`grad`) and `derivatives.py` first (`jvp`, `hessian`, …), then `tracing.py`
below it (how a function is run on fresh Values), `trees.py` (trees of lists, tuples and dicts, and
their leaves), `matching.py` (two of one structure), `arrays.py` (what stands for an array),
`vmap.py` with `axes.py` (which arguments are mapped), `entries.py` (what a sample gets of them) and
`out_axes.py` (where results stand), `batches.py` (a batch as one node) with `samples.py` (what each
sample made; `replay.py` computes it of other numbers), `runs.py` (how each is run), `bodies.py` and
`gradient_sums.py` (what it leaves at nodes outside while it is recorded), `plain_numbers.py` (which
nodes of a recording are numbers interpreted) and `first_sample.py` (what the first one does not
tell), `lane_sum.py` (how samples are added up) and, for derivatives that stay connected,
`batch_flows.py` and `flows.py` with `flow_kinds.py`, `scan.py` with `scan_data.py`, `scans.py`,
`scan_flows.py` and `carried_flows.py` (the same of steps), `custom_gradient.py` with
`ruled_call.py` (a call as one node), `check_grads.py` with `differences.py` and `kinks.py`,
`recompute.py` and `strict.py`. `places.py` names lines of the user's code, `signatures.py` has the
types of gradients, `function_names.py` what a function is called and takes, and
`compiled_function.py` what a transform makes of a compiled one.
"""
