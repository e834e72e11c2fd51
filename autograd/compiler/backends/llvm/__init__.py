"""Programs by LLVM: `backend.py` runs them by `kernels.py`, which `driver.py` calls by `tables.py`.

`machine_code.py` has LLVM make machine code of the text, or takes what an earlier process has left
in the `disk_cache.py`.

The code of a kernel is a `kernel_body.py`: `map_code.py` writes ops, `tile_code.py` tiles of sums,
`pack_code.py` what brings numbers side by side, `lane_code.py` samples into lanes and out of them,
`lookup_code.py` lookups and what they give back, `frame_code.py` loops over the samples of a slab.

The mathematical functions of vectors are `vector_functions.py` (`vector_exp.py`, `vector_erf.py`):
formulas, written with `vector_code.py` and the tables of `vector_tables.py`. `vector_check.py`
compares them with the platform's library before they are used.

`older.py` writes the same for older versions of llvmlite.
"""
