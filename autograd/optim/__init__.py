"""Optimizers: they change parameters by their gradients. Schedules change the learning rate.

Read `algorithms.py` (`SGD`, `RMSprop`, `Adagrad`, `Adam`, `AdamW`), then `optimizer.py` (a step),
`groups.py` (the parameters), `stateful.py` (the numbers that change from step to step),
`schedules.py` and `clipping.py`. A new optimizer goes into `algorithms.py`.
"""

from .algorithms import SGD, Adagrad, Adam, AdamW, RMSprop
from .clipping import clip_grad_norm_
from .groups import ParameterGroup
from .optimizer import Optimizer, Setting
from .schedules import Schedule, constant_lr, cosine_lr, linear_lr, step_lr, warmup

__all__ = ["SGD", "Adagrad", "Adam", "AdamW", "Optimizer", "ParameterGroup", "RMSprop", "Schedule"]
__all__ += ["Setting", "clip_grad_norm_", "constant_lr", "cosine_lr", "linear_lr", "step_lr"]
__all__ += ["warmup"]
