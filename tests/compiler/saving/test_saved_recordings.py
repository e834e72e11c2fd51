"""What a file says of a recording is compared with its program before anything is built of it."""

from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from autograd import CompiledFileError, vmap
from autograd.compiler import Compiled, compile
from autograd.compiler.saving.container import Reader, Writer

MANY = 2**40  # more than any memory holds
LIST = {"tree": [{"name": ["builtins", "list"]}, {"range": MANY}, None, {"tuple": []}]}


def called(f: Callable[..., Any], *args: Any) -> Compiled:
    compiled = compile(f, backend="python")
    compiled(*args)
    return compiled


def scanned() -> Compiled:
    compiled = compile(lambda s, x: (s * x, [s]), backend="python")
    compiled.scan(1.0, [2.0])
    return compiled


KINDS: dict[str, Callable[[], Compiled]] = {
    "call": lambda: called(lambda x: [x * 2.0], 1.0),
    "batch": lambda: called(vmap(lambda x: [x * 2.0]), [1.0, 2.0]),
    "sum": lambda: called(vmap(lambda x: [x * 2.0], 0, "sum"), [1.0, 2.0]),
    "scan": scanned,
}


@cache
def content(kind: str) -> bytes:
    return KINDS[kind]()._bytes()


def with_entry(content: bytes, path: tuple[Any, ...], x: Any) -> bytes:
    """The file with another entry in its header, and a good digest."""
    reader, writer = Reader(content), Writer()
    header = reader.header
    writer.integers.extend(reader.integers(header["integers"]))
    writer.numbers.extend(reader.numbers(header["numbers"]))
    place: Any = header
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = x
    return writer.content(header)


FIRST = ("recordings", 0)
PARTS = (*FIRST, "program", "parts", 0)
SIZE = (*FIRST, "program", "size")
SLAB = (*FIRST, "slab")
AXES = ("batch", "out_axes")
ZERO: dict[str, Any] = {"tree": [None, {"tuple": []}, {"tuple": []}, {"tuple": []}]}
BAD: dict[str, tuple[str, tuple[Any, ...], Any, str]] = {
    "steps fewer than none": ("batch", PARTS, -1, "no count"),
    "half a step": ("batch", PARTS, 0.5, "no count"),
    "a size that is no int": ("call", SIZE, 8.0, "no count"),
    "a memory that nothing uses": ("call", SIZE, 2**28, "larger than what it uses"),
    "results without end": ("call", (*FIRST, "result"), LIST, "other results"),
    "results of samples without end": ("batch", (*FIRST, "result"), LIST, "other results"),
    "sums without end": ("sum", (*FIRST, "result"), LIST, "other results"),
    "outputs of a scan without end": ("scan", (*FIRST, "result"), LIST, "other results"),
    "states without end": ("scan", (*FIRST, "state"), LIST, "other results"),
    "a place that is no int": ("batch", (*SLAB, 3), 8.0, "have no place"),
    "a place that is a bool": ("batch", (*SLAB, 4), False, "have no place"),
    "sums beyond its memory": ("batch", (*SLAB, 4), MANY, "beyond its memory"),
    "other sums beyond its memory": ("sum", (*SLAB, 4), MANY, "beyond its memory"),
    "axes without end": ("batch", AXES, [LIST, [0]], "number of axes"),
    "an axis that is no int": ("batch", AXES, [ZERO, [0.5]], "out_axes is an int"),
    "an axis of a sum": ("sum", AXES, [ZERO, [1]], "out_axes is for the results of all"),
    "a sum where there is an axis": ("batch", (*FIRST, "reduce"), "sum", "other slabs"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_saved_loads(kind: str) -> None:
    assert Compiled.loaded(content(kind), None, "python")._bytes() == content(kind)


@pytest.mark.parametrize("name", BAD)
def test_a_file_with_a_wrong_count_is_refused_before_anything_is_built(name: str) -> None:
    kind, path, x, reason = BAD[name]
    with pytest.raises(CompiledFileError, match=reason):
        Compiled.loaded(with_entry(content(kind), path, x), None, "python")


def test_axes_are_checked_against_the_sum_of_each_recording() -> None:
    of_sum = with_entry(content("sum"), ("batch", "reduce"), None)
    assert Compiled.loaded(of_sum, None, "python") is not None
    with pytest.raises(CompiledFileError, match="out_axes is for the results of all samples"):
        Compiled.loaded(with_entry(of_sum, AXES, [ZERO, [1]]), None, "python")
