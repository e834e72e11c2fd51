"""`load_compiled`: a compiled function from the file that its `save` has written."""

import os
from collections.abc import Callable
from typing import Any

from ..engine.errors import CompiledFileError
from .compiled import Compiled


def load_compiled(
    path: str | os.PathLike[str],
    f: Callable[..., Any] | None = None,
    *,
    backend: str | None = None,
    threads: int = 1,
) -> Compiled:
    """The compiled function that `Compiled.save` wrote to a file, without recording it again.

    Args:
        path: the file. It is data: nothing in it is run before it is checked, and its program reads
            and writes its own memory alone. Classes of named tuples and Modules that its arguments
            or results have are looked up by name, so import their modules first.
        f: the function that was compiled. Then other arguments are recorded as they come, and
            ``verify`` compares the bits; whether it is still the same function is not asked. Of a
            batch, the function that vmap gave.
        backend: as of `compile`; it may be another one than that of the saved function.
        threads: as of `compile`, and of this function alone: a file says nothing of threads.

    Returns:
        A function with the bits of the saved one, for arguments of the structures that it was saved
        for. For others, and inside another recorded function or a derivative, it needs `f`.

    Raises:
        CompiledFileError: if the file is none of a compiled function, is damaged, was changed, or
            has another version.
        OSError: if it cannot be read.
        TypeError: for threads that are no int.
        ValueError: for threads below 1, or a backend that is none.

    Example:
        >>> import os, tempfile
        >>> from autograd import value_and_grad
        >>> from autograd.compiler import compile
        >>> step = compile(value_and_grad(lambda x: x * x))
        >>> step(3.0)
        (9.0, 6.0)
        >>> path = os.path.join(tempfile.mkdtemp(), "step.compiled")
        >>> step.save(path)
        >>> load_compiled(path)(5.0)
        (25.0, 10.0)
    """
    with open(path, "rb") as file:
        content = file.read()
    try:
        return Compiled.loaded(content, f, backend, threads)
    except CompiledFileError as error:
        raise CompiledFileError(f"{os.fsdecode(path)}: {error}") from None
