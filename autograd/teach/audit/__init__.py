"""What is wrong with a model: `audit.py` goes through samples and asks each inspector.

The inspectors: `finite.py` (nan and inf), `reach.py` (parameters without a gradient),
`activations.py` (dead relus), `layers.py` (layers that explode or vanish). `sample.py` is what they
are shown, `findings.py` what they find.
"""
