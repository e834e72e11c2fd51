"""Where things go on the page: `layered.place`, our own layout, and `dot_program.place`.

Both are given a `Plan` of sizes and numbers, and give `Places` (`places.py`).
"""
