"""Recording a function: `traced.py` (what stands for a number), `refusals.py` (what that cannot
do), `outlived.py` (what is left of it afterwards), `tape.py` (the nodes that are made of them),
`record.py` (running the function once), `batches.py` (loops over samples), `scans.py` (steps one
after the other), `plain_outputs.py` (which of their results are plain numbers), `variables.py`
(what users call their Values).
"""
