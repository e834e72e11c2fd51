"""The audit of a model's gradients: `audit.py` shows each sample to every inspector.

The inspectors: `finite.py` (nan and inf), `reach.py` (parameters without a gradient),
`activations.py` (dead relus), `layers.py` (layers that explode or vanish). Their input is in
`sample.py`, their output in `findings.py`.
"""
