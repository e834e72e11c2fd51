"""Programs by LLVM: `backend.py` runs them by `kernels.py`, which `driver.py` calls.

The code of a kernel is a `kernel_body.py`: `map_code.py` writes ops, `tile_code.py` tiles of sums,
`pack_code.py` what brings numbers side by side, `frame_code.py` loops over the samples of a slab.

`older.py` writes the same for older versions of llvmlite.
"""
