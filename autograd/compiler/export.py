"""`to_c`: a function of Values as a C program of its own."""

from collections.abc import Callable, Sequence
from typing import Any

from ..engine.watching import being_recorded
from ..transforms.vmap import Batch
from .backends.c.function_code import program_to_c
from .backends.c.reserved_names import check_name
from .call_structure import structure
from .captured.outside import Outside
from .compiled import Compiled
from .ir.stages import stages
from .verified import numbers_and_nodes


def to_c(f: Callable[..., Any], *example: Any, name: str = "compiled") -> str:
    """Portable C99 for a function, with its bits.

    Args:
        f: a function of numbers, in lists, tuples, dicts, arrays and Modules; it may take
            gradients, and may be compiled already.
        example: arguments, for their structure: the numbers in them do not matter.
        name: what the C function is called.

    Returns:
        One function ``int name(const double *inputs, double *outputs, double *memory)``. It takes
        the numbers of the arguments in order and gives those of the results, and then of what the
        function changes in its arguments. It allocates nothing;
        the head of the text says how large the arrays are and how to compile it. It returns 0, or
        1 if a lookup is out of range.

    Raises:
        TypeError: for arguments that are no numbers, or a batch: export the function of one sample.
        ValueError: for a name that C does not allow, or that means something there.

    Example:
        >>> print(to_c(lambda x, y: x * y, 2.0, 3.0))
        /*...
        int compiled(...
    """
    check_name(name)
    if not callable(f):
        raise TypeError(f"to_c takes a function, got {type(f).__name__}")
    if being_recorded.get():
        raise TypeError("to_c makes a text of numbers, so no compiled function can call it")
    if isinstance(f.f if isinstance(f, Compiled) else f, Batch):
        raise TypeError("to_c takes no vmap: export the function of one sample, and loop over it")
    outside = Outside(f, example)
    args: Sequence[Any] = example
    names: Sequence[str] = [f"argument {i}" for i in range(len(example))]
    if isinstance(f, Compiled):
        f, args, names, *_ = f.bind(example, {})
    pieces: list[Any] = []
    for x, where in zip(args, names, strict=True):
        structure(x, where, pieces)
    with outside.refusing_draws():
        made = stages(f, args, names, pieces, numbers_and_nodes)
    return program_to_c(made.program, name)
