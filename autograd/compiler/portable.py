"""`Portable`: a function and its recordings, and how they go into a file, a copy or a pickle."""

import copy
import os
from pickle import PicklingError
from types import FunctionType
from typing import Any, Self

from ..data.files import write_file
from ..engine.arguments import check_function, positive_int
from ..engine.errors import CompiledFileError
from ..transforms.function_names import is_importable, name_of, signature_of
from ..transforms.vmap import Batch
from .backends import choose as backends
from .binding import Function, Static, static_names
from .recordings import Recordings
from .saving.saved_function import from_bytes, to_bytes


class Portable:
    """A function to be compiled, with what is recorded of it.

    Attributes:
        f: the function as it was given.
        static: the names of its static arguments.
        backend: what runs it.
        threads: how many threads a call may take.
        of_batch: the class of compiled batches, which knows this one.
    """

    of_batch: "type[Any]"

    def __init__(self, f: Function, static: Static, backend: str | None, threads: int = 1) -> None:
        check_function("compile", f)
        self.threads = positive_int("threads", threads)
        self.f, self.backend, self._wanted = f, backends.chosen(backend), backend
        self._signature = signature_of(f)
        self.static = static_names(static, self._signature)
        self._recordings = Recordings(f)
        self._file: bytes | None = None  # that it was loaded from, without the function

    @classmethod
    def loaded(cls, content: bytes, f: Any, backend: str | None, threads: int = 1) -> Self:
        """The compiled function of a file that `save` has written.

        Args:
            content: the file.
            f: the function itself, None if it is nowhere else.
            backend: as of `compile`.
            threads: likewise.

        Raises:
            CompiledFileError: for anything but such a file, or one of another function.
        """
        saved = from_bytes(content, f, backends.chosen(backend))
        kind = cls.of_batch if isinstance(saved.f, Batch) else cls
        compiled: Self = kind(saved.f, saved.static, backend, threads)
        compiled._recordings.add(saved.recordings)
        compiled._file = content if f is None else None
        return compiled

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the function as it is recorded to a file, which `load_compiled` reads.

        The file has a program for each structure of arguments that the function was called with, as
        data; machine code stays in a cache of the user's (`backends/llvm/disk_cache.py`).
        It keeps what the function read besides its arguments, such as a global, as it was then; on
        how many threads it runs is said where it is loaded.

        Args:
            path: the file; what is there already is replaced.

        Raises:
            CompiledFileError: if nothing is recorded yet; or if it cannot be saved, as a function
                with an op that is plain Python, or with a static argument that is an object.
            OSError: if the file cannot be written.

        Example:
            >>> import os, tempfile
            >>> from autograd.compiler import compile, load_compiled
            >>> f = compile(lambda x, y: x * y + 1.0)
            >>> f(2.0, 3.0)
            7.0
            >>> path = os.path.join(tempfile.mkdtemp(), "f.compiled")
            >>> f.save(path)
            >>> load_compiled(path)(4.0, 5.0)
            21.0
        """
        write_file(path, self._bytes(), "a compiled function")

    def _bytes(self) -> bytes:
        if self._file is not None:
            return self._file
        return to_bytes(self.f, self._signature, self.static, self._recordings)

    def __copy__(self) -> Self:
        if self._file is not None:
            return self.loaded(self._file, None, self._wanted, self.threads)
        return type(self)(self.f, self.static, self._wanted, self.threads)

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        if self._file is not None:
            return copy.copy(self)
        return type(self)(copy.deepcopy(self.f, memo), self.static, self._wanted, self.threads)

    def __reduce__(self) -> Any:
        """As a function is: by its name, if it has one in its module; else with the function.

        A function without such a name, as a lambda is, goes as `save` writes it, if it can.

        Raises:
            PicklingError: for such a function of which nothing is recorded, or not to be saved.
        """
        if is_importable(self):
            return self.__qualname__  # type: ignore[attr-defined]
        inner = self.f.f if isinstance(self.f, Batch) else self.f
        if isinstance(inner, FunctionType) and not is_importable(inner):
            if self._recordings.current():
                try:
                    return self.loaded, (self._bytes(), None, self._wanted, self.threads)
                except CompiledFileError as error:
                    raise PicklingError(str(error)) from None
            raise PicklingError(
                f"the compiled function {name_of(self.f)} has no name in a module to be found by: "
                "pickle its arguments, and compile it where they are loaded; or define it with def "
                "in a module and decorate it with @compile"
            )
        return type(self), (self.f, self.static, self._wanted, self.threads)
