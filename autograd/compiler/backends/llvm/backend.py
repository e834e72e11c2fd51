"""The LLVM backend: a program as a table that compiled kernels read.

A kernel is compiled when a program first needs it, and serves all later ones. Needs llvmlite.
"""

import ctypes
import functools
import os
import platform
import threading
from collections.abc import Callable, Iterable, Sequence
from typing import Any, ClassVar

from ....engine.native import native
from ....transforms.lane_sum import LANES
from ...ir.kernel import Kernel, Name
from ...ir.program import Memory, Program
from ..executable import Shape
from . import driver as llvm_driver, kernels as llvm_kernels, vector_check
from .machine_code import SYMBOL, Compiler
from .map_code import LIBRARY, Function, function_name
from .tables import tables, vector_kernels
from .vector_functions import FORMULAS

MOST_KERNELS = 1 << 16
ALIGNMENT = 64  # bytes: a vector of eight floats never crosses a cache line
GATHERS = ("gather", "gather_row")  # which leave word of a bad index
BEFORE = LANES  # floats before address 0, for word of a bad index; blends may read there


class _Native:
    """The kernels compiled so far, in this process."""

    defined: ClassVar[list[Any]] = []  # modules of functions that LLVM's symbols name for good

    def __init__(self) -> None:
        self.compiler = Compiler()
        # Python itself is linked with the mathematical library; on Windows that has another name.
        self.library = ctypes.CDLL("ucrtbase" if os.name == "nt" else None)
        self.numbers: dict[Name, int] = {("loop",): 0, ("repeat",): 1}
        self.engines: list[Any] = []
        self.lock = threading.Lock()
        self.in_vectors: dict[str, bool] = {}  # which library functions have a vector form
        self._tell_functions()
        driver = self.compiler.linked(llvm_driver.driver(MOST_KERNELS))
        self.engines.append(driver)
        table = ctypes.c_void_p * MOST_KERNELS
        self.functions = table.from_address(driver.get_global_value_address("functions"))
        for (name,), number in self.numbers.items():
            self.functions[number] = driver.get_function_address(f"{name}_kernel")
        self._call = driver.get_function_address("call")
        pointers, counts = [ctypes.c_void_p] * 2, [ctypes.c_int64] * 4
        signature = ctypes.CFUNCTYPE(ctypes.c_int64, *pointers, *counts[:2], *pointers, *counts)
        self.repeat = signature(driver.get_function_address("repeat"))

    def calling(self, argument: int, kept: Any) -> Callable[[], None]:
        """A function that calls the driver with an address of what it keeps, without the GIL."""
        if native is not None:  # in C, at a fifth of the time
            return native.Code(self._call, argument, kept)  # type: ignore[no-any-return]
        call = ctypes.CFUNCTYPE(None, ctypes.c_void_p)(self._call)
        return lambda kept=kept: call(argument)  # type: ignore[misc]

    def _tell_functions(self) -> None:
        """Tell LLVM the addresses of all library functions that code may call.

        Code from the cache may have kernels that nobody asked for, which call vector forms that
        were not compared yet. To link it these need some address: that of ``abort``, as no such
        kernel is called.
        """
        addresses = {function_name(name, 1): name for name in LIBRARY.values()}
        addresses |= {function_name(name, LANES): "abort" for name in FORMULAS}
        for symbol, name in addresses.items():
            if self.compiler.llvm.address_of_symbol(symbol[1:]) is None:
                address = ctypes.cast(getattr(self.library, name), ctypes.c_void_p).value
                self.compiler.llvm.add_symbol(symbol[1:], address)

    def know(self, functions: Iterable[Function]) -> None:
        """Find out which of these library functions have a vector form."""
        new = {name for name, _, width in functions if width > 1} - self.in_vectors.keys()
        good = self._find_good(sorted(new & FORMULAS.keys()))
        self.in_vectors.update((name, name in good) for name in new)

    def vectors(self) -> set[str]:
        """The library functions that have a vector form, of those that were asked for."""
        return {name for name, has in self.in_vectors.items() if has}

    def _has_fma(self) -> bool:
        on_arm = platform.machine().lower() in ("aarch64", "arm64")
        return on_arm or self.compiler.features.get("fma", False)

    def _find_good(self, names: Sequence[str]) -> set[str]:
        """The library functions of which the vector form has all bits, of those that have one."""
        if not names or self.compiler.older or not self._has_fma():
            return set()
        # A formula leaves little to do. Its code may be of an earlier process, which may have had
        # another library: so the bits are compared in each.
        engine = self.compiler.linked(vector_check.module(names), effort=1)
        self.engines.append(engine)
        good = {name for name in names if not self._differs(engine, name)}
        for symbol in (function_name(name, LANES)[1:] for name in good):
            self.compiler.llvm.add_symbol(symbol, engine.get_function_address(symbol))
        if good:
            self.defined.append(engine)
        return good

    def _differs(self, engine: Any, name: str) -> bool:
        address = engine.get_function_address(vector_check.differing(name))
        return vector_check.differences(address, vector_check.samples()) > 0

    def number(self, names: Iterable[Name]) -> dict[Name, int]:
        """The number of each kernel, once those that are new are compiled."""
        with self.lock:
            new = [name for name in dict.fromkeys(names) if name not in self.numbers]
            first = len(self.numbers)
            if first + len(new) > MOST_KERNELS:
                raise RuntimeError(
                    f"programs of this process need more than {MOST_KERNELS} kernels"
                )
            if new:
                texts = [llvm_kernels.kernel(SYMBOL, name) for name in new]
                self.know(function for _, called in texts for function in called)
                engine, symbols = self.compiler.kernels(texts, self.vectors())
                self.engines.append(engine)
                for i, (symbol, kernel) in enumerate(zip(symbols, new, strict=True)):
                    self.functions[first + i] = engine.get_function_address(symbol)
                    self.numbers[kernel] = first + i
            return self.numbers


_compiling = threading.Lock()


def _native() -> _Native:
    with _compiling:  # two threads may be the first
        return _only_native()


@functools.cache
def _only_native() -> _Native:
    return _Native()


class LlvmExecutable:
    """A program, ready to run.

    Args:
        program: what to run.
    """

    def __init__(self, program: Program) -> None:
        self._native, self.program = _native(), program
        made = tables(program, self._native.compiler.cache)
        made.number(self._native.number(made.names))
        self._rows = made.rows
        self._calls = [
            (row.buffer_info()[0], count) for row, count in zip(made.rows, made.counts, strict=True)
        ]
        self._looks_up = any(x in GATHERS for name in made.names for x in name[:2])
        self.size = made.size

    @property
    def kernels(self) -> list[list[Kernel]]:
        """The kernels of each part, for reports: found anew."""
        return vector_kernels(self.program)[1]

    def memory(self) -> Memory:
        """A memory of its own for each call that runs at the same time."""
        raw = (ctypes.c_char * (8 * (self.size + BEFORE) + ALIGNMENT))()
        start = -ctypes.addressof(raw) % ALIGNMENT + 8 * BEFORE
        memory: Any = memoryview(raw).cast("B")[start : start + 8 * self.size].cast("d")
        for address, number in self.program.constants:
            memory[address] = number
        return memory  # type: ignore[no-any-return]

    def ready(self, memory: Memory, part: int = 0) -> Callable[[], None]:
        """The function that runs a part of the program on this memory, outside of the GIL.

        It raises an IndexError if a lookup is out of range.
        """
        table, count = self._calls[part]
        place = _place(memory)
        what = (ctypes.c_int64 * 3)(place, table, count)
        call = self._native.calling(ctypes.addressof(what), (self, memory, what))
        if not self._looks_up:
            return call

        def run() -> None:
            call()
            _check(place)

        return run

    def run(self, memory: Memory, part: int = 0) -> None:
        """Run one part of the program.

        Raises:
            IndexError: if a lookup is out of range.
        """
        self.ready(memory, part)()

    def repeat(
        self, memory: Memory, rows: Memory, results: Memory, shape: Shape, steps: int
    ) -> None:
        """Run the program for each row, in one call of native code."""
        table, count = self._calls[0]
        place, outputs = _place(memory), self.program.outputs.start
        self._native.repeat(
            place, table, count, outputs, _place(rows), _place(results), steps, *shape
        )
        _check(place)


def _place(memory: Memory) -> int:
    """The address of a memory; it may be empty."""
    return ctypes.addressof(ctypes.c_char.from_buffer(memory)) if len(memory) else 0


def _check(place: int) -> None:
    """Raise if a kernel left word of a bad index."""
    bad = (ctypes.c_double * 2).from_address(place + 8 * llvm_driver.BAD_COUNT)
    if bad[0]:
        count, index = bad
        bad[0] = 0.0
        raise IndexError(f"lookup index {index:g} is not one of 0 to {count - 1:g}")
