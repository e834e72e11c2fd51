"""Programs by LLVM: `backend.py` runs them by `kernels.py`, made by `map_code.py` and `driver.py`.

`older.py` writes the same for older versions of llvmlite.
"""
