"""The audit of a model's gradients: `audit.py` shows each sample to every inspector.

The inspectors: `not_finite.py` (nan and inf), `reach.py` (parameters without a gradient),
`activations.py` (dead relus), `layer_gradients.py` (exploding and vanishing gradients). Their input
is in `sample.py`, their output in `findings.py`.
"""
