"""Optimisers: they change parameters by their gradients. Schedules change the learning rate.

Read `algorithms.py` (`SGD`, `Adam`, `AdamW`), then `optimizer.py` (what they share) and
`schedules.py`. A new optimiser goes into `algorithms.py`.
"""

from .algorithms import SGD, Adam, AdamW, clip_grad_norm_
from .optimizer import Optimizer
from .schedules import Schedule, constant_lr, cosine_lr, linear_lr, step_lr, warmup

__all__ = ["SGD", "Adam", "AdamW", "Optimizer", "Schedule", "clip_grad_norm_"]
__all__ += ["constant_lr", "cosine_lr", "linear_lr", "step_lr", "warmup"]
