"""`to_c` and `to_js`: a function of Values as a program of its own, in C or JavaScript."""

from collections.abc import Callable, Sequence
from typing import Any

from ..engine.arguments import check_function
from ..engine.watching import being_recorded
from ..transforms.vmap import Batch
from .backends.c.function_code import program_to_c
from .backends.c.reserved_names import check_name
from .backends.javascript import check_js_name, program_to_js
from .call_structure import numbers_in
from .captured.outside import Outside
from .compiled import Compiled
from .effects import StandIns
from .ir.program import Program
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
        function changes in its arguments, but for gradients. It allocates nothing;
        the head of the text says how large the arrays are and how to compile it. It returns 0, or
        1 if a lookup is out of range.

    Raises:
        TypeError: for arguments that are no numbers, or a batch: export the function of one sample;
            or for a function that uses gradients of parameters from before the call.
        ValueError: for a name that C does not allow, or that means something there.

    Example:
        >>> print(to_c(lambda x, y: x * y, 2.0, 3.0))
        /*...
        int compiled(...
    """
    check_name(name)
    return program_to_c(_program("to_c", f, example), name)


def to_js(f: Callable[..., Any], *example: Any, name: str = "compiled") -> str:
    """An ES module in JavaScript for a function.

    Arithmetic has the same bits. The functions of a browser's `Math` may differ from Python's in
    the last of them.

    Args:
        f: a function of numbers, in lists, tuples, dicts, arrays and Modules; it may take
            gradients, and may be compiled already.
        example: arguments, for their structure: the numbers in them do not matter.
        name: what the JavaScript function is called.

    Returns:
        A module that exports ``name(inputs)``. It takes the numbers of the arguments in one array,
        in order, and gives an array of those of the results, and then of what the function
        changes in its arguments. It throws a RangeError for another count of numbers, and where a
        lookup is out of range.

    Raises:
        TypeError: for arguments that are no numbers, or a batch: export the function of one sample.
        ValueError: for a name that JavaScript does not allow, or an op that has no JavaScript.

    Example:
        >>> from autograd import to_js, value_and_grad
        >>> print(to_js(value_and_grad(lambda x: x * x), 3.0, name="square"))
        // 1 inputs, 2 outputs: square takes an array of numbers and gives one.
        export const square = ...
    """
    check_js_name(name)
    return program_to_js(_program("to_js", f, example), name)


def _program(asked: str, f: Callable[..., Any], example: tuple[Any, ...]) -> Program:
    """The program of a function, for the export that was `asked` for."""
    check_function(asked, f)
    if being_recorded.get():
        raise TypeError(f"{asked} makes a text of numbers, so no compiled function can call it")
    if isinstance(f.f if isinstance(f, Compiled) else f, Batch):
        raise TypeError(
            f"{asked} takes no vmap: export the function of one sample, and loop over it"
        )
    outside = Outside(f, example)
    args: Sequence[Any] = example
    names: Sequence[str] = [f"argument {i}" for i in range(len(example))]
    if isinstance(f, Compiled):
        f, args, names, *_ = f.bind(example, {})
    pieces = numbers_in(args, names)

    def results(output: Any, changed: StandIns) -> list[Any]:
        if changed.gradients.effects.taken:
            raise TypeError(
                f"{asked} writes a function of the numbers in its arguments, and this one uses "
                "gradients of parameters from before the call: call zero_grad() in it, before "
                "backward()"
            )
        return numbers_and_nodes(output, changed)

    with outside.refusing_draws():
        return stages(f, args, names, pieces, results).program
