"""The LLVM backend: a program as a table that compiled kernels read.

A kernel is compiled when a program first needs it, and serves all later ones. Needs llvmlite.
"""

import ctypes
import functools
import os
import platform
import threading
from array import array
from collections.abc import Callable, Iterable, Sequence
from typing import Any, ClassVar

from ....engine.native import native
from ....transforms.vmap import LANES
from ...ir.kernel import Kernel, Name
from ...ir.lanes import Lanes
from ...ir.program import Memory, Program
from ..repeat import Shape
from . import driver as llvm_driver, kernels as llvm_kernels, older as llvm_older, vector_check
from .map_code import Function, declarations, function_name
from .vector_functions import FORMULAS

MOST_KERNELS = 1 << 16
ALIGNMENT = 64  # bytes: a vector of eight floats never crosses a cache line
GATHERS = ("gather", "gather_row")  # which leave word of a bad index
BEFORE = LANES  # floats before address 0, for word of a bad index; blends may read there


class _Native:
    """The kernels compiled so far, in this process."""

    defined: ClassVar[list[Any]] = []  # modules of functions that LLVM's symbols name for good

    def __init__(self) -> None:
        import llvmlite.binding as llvm

        llvm.initialize_native_target()
        llvm.initialize_native_asmprinter()
        self.llvm: Any = llvm
        # Python itself is linked with the mathematical library; on Windows that has another name.
        self.library = ctypes.CDLL("ucrtbase" if os.name == "nt" else None)
        self.functions = (ctypes.c_void_p * MOST_KERNELS)()
        self.numbers: dict[Name, int] = {("loop",): 0, ("repeat",): 1}
        self.modules: list[Any] = []
        self.lock = threading.Lock()
        self.told: set[str] = set()  # the library functions whose addresses LLVM knows
        self.in_vectors: dict[str, bool] = {}  # which library functions have a vector form
        self.older = llvm.llvm_version_info[0] < llvm_older.OLDER_THAN
        driver = self._compile(llvm_driver.driver(ctypes.addressof(self.functions)))
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

    def _compile(self, text: str, effort: int = 2) -> Any:
        # No passes: they took three quarters of the time, for the last twentieth of the speed.
        llvm = self.llvm
        module = llvm.parse_assembly(llvm_older.for_older(text) if self.older else text)
        machine = llvm.Target.from_default_triple().create_target_machine(
            cpu=llvm.get_host_cpu_name(),
            features=llvm.get_host_cpu_features().flatten(),
            opt=effort,
            jit=True,
        )
        engine = llvm.create_mcjit_compiler(module, machine)  # which takes the machine over
        engine.finalize_object()
        self.modules.append(engine)
        return engine

    def _declared(self, functions: Iterable[Function]) -> str:
        """The declarations of library functions, whose addresses LLVM is told."""
        functions = set(functions)
        for name in sorted({name for name, _, _ in functions} - self.told):
            address = ctypes.cast(getattr(self.library, name), ctypes.c_void_p).value
            self.llvm.add_symbol(function_name(name, 1)[1:], address)
            self.told.add(name)
        for name in sorted({name for name, _, width in functions if width > 1}):
            if name not in self.in_vectors:
                self.in_vectors[name] = self._has_vectors(name)
        return declarations(functions, {name for name, has in self.in_vectors.items() if has})

    def _has_fma(self) -> bool:
        on_arm = platform.machine().lower() in ("aarch64", "arm64")
        return on_arm or self.llvm.get_host_cpu_features().get("fma", False)

    def _has_vectors(self, name: str) -> bool:
        """Whether there is a vector form of a library function that has all its bits."""
        if name not in FORMULAS or self.older or not self._has_fma():
            return False
        engine = self._compile(vector_check.module(name), effort=1)  # a formula leaves little to do
        differing = engine.get_function_address("differing")
        if vector_check.differences(differing, vector_check.samples()):
            return False
        symbol = function_name(name, LANES)[1:]
        self.llvm.add_symbol(symbol, engine.get_function_address(symbol))
        self.defined.append(engine)
        return True

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
                symbols = [f"kernel.{first + i}" for i in range(len(new))]
                text, called = llvm_kernels.kernels(list(zip(symbols, new, strict=True)))
                engine = self._compile(f"{text}\n{self._declared(called)}")
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


def _takes_samples(kernel: Kernel) -> bool:
    """Whether what is in its body is inside a loop over samples."""
    return kernel.name == ("loop",)


def _name(kernel: Kernel, inside: bool) -> Name:
    """The name of its code, which is another one inside a loop over samples."""
    return (llvm_kernels.IN_LOOP, *kernel.name) if inside else kernel.name


def _names(kernels: Sequence[Kernel], inside: bool = False) -> Iterable[Name]:
    for kernel in kernels:
        yield _name(kernel, inside)
        yield from _names(kernel.body, _takes_samples(kernel))


def _table(
    kernels: Sequence[Kernel], numbers: dict[Name, int], inside: bool = False
) -> "array[int]":
    """The program as `run` reads it: for each kernel its number, size, blocks, terms, table."""
    table = array("i")
    for kernel in kernels:
        _, blocks, terms, entries, body = kernel
        inner = array("i", entries)
        inner += _table(body, numbers, _takes_samples(kernel))
        size = llvm_driver.HEADER + len(inner)
        table.extend((numbers[_name(kernel, inside)], size, blocks, terms))
        table += inner
    return table


class LlvmExecutable:
    """A program, ready to run.

    Args:
        program: what to run.
    """

    def __init__(self, program: Program) -> None:
        # The last vector of a step may reach beyond a program that is not laid out in eights.
        lanes = Lanes((program.size // LANES + 2) * LANES)
        for steps in program.parts:
            lanes.measure(steps)
        parts = [list(lanes.kernels(steps)) for steps in program.parts]
        compiled = _native()
        numbers = compiled.number(name for kernels in parts for name in _names(kernels))
        self._tables = [_table(kernels, numbers) for kernels in parts]
        self._calls = [
            (table.buffer_info()[0], len(kernels))
            for table, kernels in zip(self._tables, parts, strict=True)
        ]
        self.kernels = parts
        self._native, self.program = compiled, program
        self._looks_up = any(
            x in GATHERS for kernels in parts for name in _names(kernels) for x in name[:2]
        )
        self.size = lanes.size + LANES

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
        """Run the program for each row, as `repeat.repeat` does, in one call."""
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
