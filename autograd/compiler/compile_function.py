"""`compile`: a function or a batch, compiled."""

import functools
from collections.abc import Callable
from typing import Any, overload

from ..engine.arguments import NOT_GIVEN, refuse_names
from ..transforms.vmap import Batch
from .binding import Function, Static
from .compiled import Compiled
from .compiled_batch import CompiledBatch

# What other libraries call settings of theirs.
_INSTEAD = {
    "static_argnums": 'write static=1, or the name of the argument, as in static="n"',
    "static_argnames": 'write static="n"',
    "donate_argnums": "leave it out, for the arguments stay as they are",
    "donate_argnames": "leave it out, for the arguments stay as they are",
    "inline": "leave it out: a compiled function inside another one is a part of that",
    "fullgraph": "leave it out: a function is recorded whole, or an error says why not",
    "dynamic": "leave it out: each structure of arguments has a recording of its own",
    "mode": "leave it out",
    "nopython": "leave it out",
    "parallel": "write threads=2, of a batch",
}


@overload
def compile(
    f: Function,
    static: Static = (),
    *,
    backend: str | None = None,
    threads: int = 1,
) -> "Compiled": ...
@overload
def compile(
    *, static: Static = (), backend: str | None = None, threads: int = 1
) -> Callable[[Function], "Compiled"]: ...
def compile(
    f: Any = NOT_GIVEN,
    static: Static = (),
    *,
    backend: str | None = None,
    threads: int = 1,
    **others: Any,
) -> Any:
    """A function with the arguments and results of `f`, and its bits, at the speed of vectors.

    Args:
        f: a function of numbers, in lists, tuples, dicts, numpy arrays and Modules. It may take
            gradients, as in ``compile(value_and_grad(loss))``. Without it, a decorator for one,
            as in ``@compile(static="n")``.
        static: the names of arguments that are no numbers, or that the function chooses by in
            Python, or their places: each value of theirs is recorded anew. Those of a `vmap` all
            samples share.
        backend: ``"llvm"``, ``"numpy"`` or ``"python"``; without it the first that works here.
        threads: how many threads a call may take, with the same bits for any number of them. They
            serve a batch, as in ``compile(vmap(…), threads=2)``, that has more than a slab of
            samples (256 of them, see `lane_sum.py`); other functions, and batches inside them, run
            on the calling thread alone.

    Returns:
        A function that records `f` when it is first called with a structure of arguments, and
        runs the recording afterwards. It takes and gives numbers; `f` sees a numpy array as the
        list of its elements or rows, with the array's indexes and ``shape`` and without its
        arithmetic; where an argument is an array, lists of numbers in the results are arrays.
        What ``grad`` and the other transforms make of it is compiled, too: ``grad(compiled)`` is
        ``compile(grad(f))``, recorded once. A call with Values gives Values: it is one node of
        their graph, through which compiled derivatives of any order flow. What flows back from a
        call to a Value is added up for that call first, and then to what comes from elsewhere.
        If something that `f` reads has changed since, such as a global or a setting of a Module,
        a derivative through the call is a `StaleGraphError`. Where an optimizer or a schedule is
        among the arguments, in a batch with arguments by name, and where `f` reads or changes
        gradients of its arguments, it runs `f` itself instead.
        What `f` reads besides its arguments, such as a global or a list that it closes over, is a
        part of the recording: if it changes, `f` is recorded anew at the next call. That takes as
        long as the first call, so pass what changes often as an argument. Of what is not read
        from memory that Python code shows, such as a file, the environment, the clock, a context
        variable or what code of installed packages keeps, the recording keeps the first state.

        A first call that takes over a second tells how far it is: on a terminal, or else to the
        logger ``autograd.compiler``, if that takes messages of the level INFO.

        If `f` is a training step that gets a Module, its optimizer and perhaps a schedule as
        arguments, their numbers change in each call as they do interpreted. So do the gradients of
        parameters: ``backward()`` adds to those from before the call, ``zero_grad()`` clears them,
        and what there is at the end is left in `grad`, where None becomes 0. Whether one was there
        before, as `is_reached` says, may differ from call to call and is not to be asked.

    Raises:
        TypeError: for threads that are no int; when called with what is no number.
        ValueError: for threads below 1, or a static argument that the function does not have.
        TracedValueError: when `f` does something that would hold for one call only, such as
            drawing a random number.
        IndexError: when a lookup is out of range.

    Example:
        >>> from autograd import value_and_grad
        >>> step = compile(value_and_grad(lambda x: x * x))
        >>> step(3.0), step(5.0)
        ((9.0, 6.0), (25.0, 10.0))

        >>> from autograd import Value, grad
        >>> cube = compile(lambda x: x**3)
        >>> x = Value(2.0)
        >>> (cube(x) * 10.0).backward()
        >>> x.grad, grad(cube)(2.0), grad(grad(cube))(2.0)
        (120.0, 12.0, 12.0)

        >>> from autograd import nn, optim
        >>> @compile
        ... def train(model, optimizer, x):
        ...     optimizer.zero_grad()
        ...     loss = model(x) ** 2
        ...     loss.backward()
        ...     optimizer.step()
        ...     return loss
        >>> model = nn.Neuron(1, None, rng=0)
        >>> optimizer = optim.SGD(model, lr=0.25)
        >>> [round(train(model, optimizer, [1.0]), 3) for _ in range(3)]
        [1.424, 0.0, 0.0]
    """
    refuse_names("compile", others, _INSTEAD)
    if f is NOT_GIVEN:
        return functools.partial(compile, static=static, backend=backend, threads=threads)
    if isinstance(f, CompiledBatch):
        static = static or f.static
        f = f.f
    if isinstance(f, Batch):
        return CompiledBatch(f, static, backend, threads)
    return Compiled(f, static, backend, threads)
