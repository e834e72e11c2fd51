"""Optimizers: they change parameters by their gradients. Schedules change the learning rate.

Read `algorithms.py` (`SGD`, `RMSprop`, `Adagrad`, `Adam`, `AdamW`), then `optimizer.py` (a step),
`groups.py` (the parameters), `stateful.py` (the numbers that change from step to step),
`schedules.py` and `clipping.py`. A new optimizer goes into `algorithms.py`.
`absence.py` says what to use for names of PyTorch that are not here.
"""

from typing import TYPE_CHECKING

from ..engine.absence import refuse_absent
from .algorithms import SGD, Adagrad, Adam, AdamW, RMSprop
from .clipping import clip_grad_norm_
from .groups import ParameterGroup
from .optimizer import Optimizer, Setting
from .schedules import Schedule, constant_lr, cosine_lr, linear_lr, step_lr, warmup

__all__ = ["SGD", "Adagrad", "Adam", "AdamW", "Optimizer", "ParameterGroup", "RMSprop", "Schedule"]
__all__ += ["Setting", "clip_grad_norm_", "constant_lr", "cosine_lr", "linear_lr", "step_lr"]
__all__ += ["warmup"]

if not TYPE_CHECKING:  # a type checker reports what is not here
    __getattr__ = refuse_absent(__name__)
