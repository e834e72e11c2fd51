"""From recorded nodes to a program, stage by stage.

`stages.py` runs them: `simplify.py` (into a `listing.py` of `operations.py`, of which each is there
once; with batches inside of samples `unrolled.py`), then
`memory_layout.py` with `batch_layout.py` (the places in memory, in a `draft.py` of the program),
which ask for `join_batches.py` (one loop for batches over the same samples) with `needed.py`,
`groups.py` and `order.py` (what is computed together), these for `normal_form.py` (sums of
products), and for `scatters.py` (what comes added to the places of a table). The result is a
`program.py`, which every backend runs. For LLVM `lanes.py` cuts it into vectors of eight, step by
step (`step_kernels.py`; `reads.py` says how operands are read), for calls of a `kernel.py`:
`packs.py` brings scattered numbers side by side, and `tiles.py` finds sums that read alike, to be
computed together. A loop over samples goes slab by slab, through the `frames.py` of a slab;
`sample_lanes.py` brings samples in and out, `products.py` are added up within it, and
`lane_sums.py` after it.
"""
