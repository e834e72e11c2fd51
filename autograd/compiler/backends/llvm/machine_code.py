"""Machine code: LLVM makes it of a text, or the cache on disk has it from an earlier process.

Kernels are compiled together, which takes two thirds of the time, and found one by one: each has a
key, the digest of its own text and of all that its code depends on, and the key is in its symbol.
"""

import re
from collections.abc import Container, Sequence
from typing import Any

from . import older as llvm_older
from .disk_cache import DiskCache, cache_folder, digest_of
from .map_code import LIBRARY, Function, declarations
from .vector_functions import FORMULAS

VERSION = "1"  # of what is in the cache
SYMBOL = "kernel"  # of each kernel, until its key is known
EFFORT = 2  # of LLVM, from 0 to 3
# What code in the cache may call: it could not be linked where one of these is missing. The vector
# forms by themselves, for an engine whose code defines one of them in part uses that everywhere.
CALLED = " ".join([*sorted(LIBRARY.values()), "in vectors", *sorted(FORMULAS)])


class Compiler:
    """Compiles texts in LLVM's language, and links them into this process.

    Attributes:
        llvm: the bindings of LLVM.
        older: whether they have an older version of the language.
        cache: what was compiled before.
    """

    def __init__(self) -> None:
        import llvmlite
        import llvmlite.binding as llvm

        llvm.initialize_native_target()
        llvm.initialize_native_asmprinter()
        self.llvm: Any = llvm
        self.older = llvm.llvm_version_info[0] < llvm_older.OLDER_THAN
        self.cache = DiskCache(cache_folder())
        self._triple: str = llvm.get_default_triple()
        self._processor: str = llvm.get_host_cpu_name()
        self.features: dict[str, bool] = llvm.get_host_cpu_features()
        self._features: str = llvm.get_host_cpu_features().flatten()
        versions = (VERSION, llvmlite.__version__, str(llvm.llvm_version_info))
        self.settings = (*versions, self._triple, self._processor, self._features, CALLED)

    def key(self, text: str, effort: int = EFFORT) -> str:
        """The digest of a text and of all else that its machine code depends on."""
        everything = "\n".join((*self.settings, str(effort), text))
        return digest_of(everything.encode())

    def linked(self, text: str, effort: int = EFFORT) -> Any:
        """The engine that has the functions of a text."""
        key = self.key(text, effort)
        _, codes = self.cache.find([key])
        if not codes:
            codes = [self.compile(text, effort)]
            self.cache.store([key], codes[0])
        return self._link(codes)

    def kernels(
        self, texts: Sequence[tuple[str, set[Function]]], in_vectors: Container[str]
    ) -> tuple[Any, list[str]]:
        """The engine that has these kernels, and the symbol of each.

        Args:
            texts: the text of each kernel, where it is called SYMBOL, and the library functions
                that it calls.
            in_vectors: which of these have a vector form.
        """
        keys = [self.key(f"{text}\n{declarations(called, in_vectors)}") for text, called in texts]
        found, codes = self.cache.find(dict.fromkeys(keys))  # kernels may have the same text
        new = {key: one for key, one in zip(keys, texts, strict=True) if key not in found}
        if new:
            called = set().union(*(functions for _, functions in new.values()))
            lines = [_named(text, key) for key, (text, _) in new.items()]
            code = self.compile("\n".join([*lines, declarations(called, in_vectors)]))
            self.cache.store(new, code)
            codes.append(code)
        return self._link(codes), [_symbol(key) for key in keys]

    def compile(self, text: str, effort: int = EFFORT) -> bytes:
        """The machine code of a text, made by LLVM."""
        # No passes: they took three quarters of the time, for the last twentieth of the speed.
        module = self.llvm.parse_assembly(llvm_older.for_older(text) if self.older else text)
        code: bytes = self._machine(effort).emit_object(module)
        return code

    def _machine(self, effort: int = EFFORT) -> Any:
        return self.llvm.Target.from_triple(self._triple).create_target_machine(
            cpu=self._processor, features=self._features, opt=effort, jit=True
        )

    def _link(self, codes: Sequence[bytes]) -> Any:
        """An engine that has all functions of these codes."""
        llvm = self.llvm
        # The engine takes the machine over.
        engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), self._machine())
        for code in codes:
            engine.add_object_file(llvm.ObjectFileRef.from_data(code))
        engine.finalize_object()
        return engine


def _symbol(key: str) -> str:
    return f"{SYMBOL}.{key}"


def _named(text: str, key: str) -> str:
    return re.sub(rf"^define void @{SYMBOL}\(", f"define void @{_symbol(key)}(", text, count=1)
