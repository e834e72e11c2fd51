"""Names of PyTorch's optim that are not here, and what to use instead, for error messages."""

_BY_FUNCTION = {  # schedules that are classes there, and functions of the step here
    "ConstantLR": "constant_lr(factor)",
    "CosineAnnealingLR": "cosine_lr(steps)",
    "ExponentialLR": "step_lr(1, gamma)",
    "LambdaLR": "function",
    "LinearLR": "linear_lr(steps, start, end)",
    "StepLR": "step_lr(size, gamma)",
}
_INSTEAD = {
    "LRScheduler": "Schedule",
    "clip_grad_norm": "clip_grad_norm_",
    "lr_scheduler": "Schedule(optimizer, function), with a function such as step_lr(size)",
    "SequentialLR": "Schedule(optimizer, warmup(steps, then=function))",
}


def instead_of(name: str) -> str:
    """What to use in the place of a name, nothing if it is not known."""
    if name in _BY_FUNCTION:
        return f"Schedule(optimizer, {_BY_FUNCTION[name]})"
    return _INSTEAD.get(name, "")
