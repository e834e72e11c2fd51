"""Recording a function: `traced.py` (what stands for a number), `record.py` (running the function
once), `batches.py` (loops over samples), `variables.py` (what users call their Values).
"""
