"""Recording a function: `traced.py` (what stands for a number), `tape.py` (the nodes), `record.py` (running the function
once), `batches.py` (loops over samples), `variables.py` (what users call their Values).
"""
