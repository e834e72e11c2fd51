"""`Sequential`: modules and functions, one after the other."""

import inspect
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from .. import random
from ..engine.arguments import vector
from ..engine.messages import short_repr
from ..engine.op import Op
from ..transforms.function_names import signature_of
from .activations import activate, check_activation, describe
from .module import Module

Part = Module | Callable[[Any], Any] | str


class Sequential(Module):
    """Modules and functions one after the other: each gets what the one before it gave.

    An activation, by its name such as ``"relu"`` or as the function `relu`, is applied to each
    element of a list, tuple or array, as any other op of one operand is, and gives a list. Any
    other function gets the whole.

    A key for the random numbers of a `Dropout` is given as ``model(x, key=key)``: the part number
    i that takes one, or any keyword, gets ``fold_in(key, i)``, be it a module or a function.

    Args:
        parts: the modules, functions and names.

    Attributes:
        parts: the same, as a list.

    Example:
        >>> from autograd.nn import Linear
        >>> model = Sequential(Linear(2, 3, rng=0), "relu", Linear(3, 1, rng=1))
        >>> model
        Sequential(0, relu, 2): 13 parameters
          parts.0: Linear(2, 3): 9 parameters
            neurons.0 to neurons.2: 3 x Neuron(2): 3 parameters
          parts.2: Linear(3, 1): 4 parameters
            neurons.0: Neuron(3): 4 parameters
        >>> len(model), len(model[:2]), len(model([1.0, 2.0]))
        (3, 2, 1)
    """

    parts: list[Any]

    def __init__(self, *parts: Part) -> None:
        for i, part in enumerate(parts):
            if isinstance(part, type) or not (isinstance(part, str) or callable(part)):
                several = isinstance(part, (list, tuple))
                advice = ": pass them one by one, as in Sequential(*parts)" if several else ""
                if isinstance(part, type):
                    advice = f", a class: make one, as in {part.__name__}(…)"
                raise TypeError(
                    f"part {i} of a Sequential is a module, a function or the name of an "
                    f"activation, got {short_repr(part)}{advice}"
                )
        self.parts = [
            part if isinstance(part, Module) else check_activation(part) for part in parts
        ]

    def forward(self, x: Any, key: Any = None) -> Any:
        """What the last part gives; `x` itself if there is none."""
        for i, part in enumerate(self.parts):
            if key is not None and _takes_key(part):
                x = part(x, key=random.fold_in(key, i))
            else:
                x = _apply(part, x)
        return x

    def __len__(self) -> int:
        return len(self.parts)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.parts)

    def __getitem__(self, index: int | slice) -> Any:
        """The part of that number, or a Sequential of a slice of them, which it shares."""
        return Sequential(*self.parts[index]) if isinstance(index, slice) else self.parts[index]

    def extra_repr(self) -> str:
        """The functions, and the numbers of the modules, which are shown below."""
        told = (
            str(i) if isinstance(part, Module) else describe(part).removeprefix(", ")
            for i, part in enumerate(self.parts)
        )
        return ", ".join(told)


def _apply(part: Any, x: Any) -> Any:
    """What a part makes of `x`; an op of one operand goes through the elements of a list."""
    elementwise = isinstance(part, str) or (isinstance(part, Op) and len(part.rules) == 1)
    if elementwise and isinstance(x, Iterable):
        return [activate(part, element) for element in vector("the input of a Sequential", x)]
    return activate(part, x)


def _takes_key(part: Any) -> bool:
    """Whether a part takes a key by name, or any keyword."""
    if isinstance(part, (str, Op)) or inspect.isbuiltin(part):  # sorted has a key of another kind
        return False
    # A `__call__` that takes any keyword, as that of Module does, hands it on to `forward`.
    steps = (type(part).__call__, part.forward) if isinstance(part, Module) else (part,)
    for step in steps:
        keywords = _keywords(step)
        if "key" in keywords:
            return True
        if inspect.Parameter.VAR_KEYWORD not in keywords.values():
            return False
    return True


def _keywords(function: Callable[..., Any]) -> dict[str, Any]:
    """The parameters of a function that are given by name, each with its kind."""
    signature = signature_of(function)
    by_place = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.VAR_POSITIONAL)
    parameters = signature.parameters.values() if signature else ()
    return {x.name: x.kind for x in parameters if x.kind not in by_place}
