"""A compiled function as the bytes of a file, and back."""

import inspect
import struct
from collections.abc import Callable, Hashable, Sequence
from typing import Any, NamedTuple

from ...engine.errors import CompiledFileError
from ...engine.messages import list_few, short_repr
from ...transforms.function_names import name_of, signature_of
from ...transforms.lane_sum import LANES, SLAB
from ...transforms.trees import flatten, is_none
from ...transforms.vmap import Batch
from ..binding import static_names
from ..recorded_program import RecordedProgram
from ..recordings import Recordings
from .absent_function import absent_function, parameters_of
from .container import Reader, Writer
from .programs import ProgramReader, ProgramWriter
from .saved_recordings import read_recording, recording_header
from .structures import count_leaves, decoded, described, encoded


class Saved(NamedTuple):
    """What a file holds.

    Attributes:
        f: the function that was given, or what stands in for it.
        static: the names of its static arguments.
        recordings: its recordings, by the structures of arguments that they are for.
    """

    f: Callable[..., Any]
    static: tuple[str, ...]
    recordings: dict[Hashable, RecordedProgram]


def to_bytes(
    f: Callable[..., Any],
    signature: inspect.Signature | None,
    static: Sequence[str],
    recordings: Recordings,
) -> bytes:
    """The file of a compiled function.

    Raises:
        CompiledFileError: if nothing is recorded, or a recording holds what no file can.
    """
    current = recordings.current()
    if not current:
        raise CompiledFileError(
            f"nothing is recorded of {name_of(f)}, or what it reads has changed since: call it "
            "with arguments like those it is to be saved for"
        )
    writer = Writer()
    programs = ProgramWriter(writer)
    try:
        headers = [recording_header(key, recorded, programs) for key, recorded in current.items()]
    except CompiledFileError as error:
        raise CompiledFileError(f"{name_of(f)} cannot be saved: {error}") from None
    batch = _batch(f) if isinstance(f, Batch) else None
    return writer.content(
        {
            "name": name_of(f.f if isinstance(f, Batch) else f),
            "parameters": parameters_of(signature),
            "static": list(static),
            "batch": batch,
            "lanes": LANES,
            "slab": SLAB,
            "arguments": [_described(key) for key in current],
            "ops": list(programs.ops),
            "recordings": headers,
        }
    )


def _batch(batch: Batch) -> dict[str, Any]:
    """What a batch is besides its function, as JSON."""
    axes = {"in_axes": _axes(batch.in_axes), "out_axes": _axes(batch.out_axes)}
    return {**axes, "reduce": batch.reduce}


def _axes(axes: Any) -> list[Any]:
    """Axes as JSON: their structure, and an int or None for each leaf."""
    leaves, treedef = flatten(axes, is_leaf=is_none)
    return [encoded(treedef), [None if axis is None else int(axis) for axis in leaves]]


def from_bytes(content: bytes, f: Callable[..., Any] | None, backend: str) -> Saved:
    """What a file holds, once all of it is checked.

    Args:
        content: the file.
        f: the function itself, if it is there.
        backend: what runs the programs.

    Raises:
        CompiledFileError: for anything but what `to_bytes` gives.
    """
    source = Reader(content)
    try:
        return _read(source, f, backend)
    except CompiledFileError:
        raise
    except (
        *(ArithmeticError, AttributeError, LookupError, MemoryError, RecursionError),
        *(TypeError, ValueError, struct.error),
    ) as error:
        raise CompiledFileError(
            f"it does not hold what a compiled function has ({type(error).__name__}: {error})"
        ) from None


def _read(source: Reader, f: Callable[..., Any] | None, backend: str) -> Saved:
    header = source.header
    if (header["lanes"], header["slab"]) != (LANES, SLAB):
        raise CompiledFileError("its batches are added up in another order than this library's")
    function = f if f is not None else _absent(header)
    if isinstance(function, Batch) is not (header["batch"] is not None):
        instead = "a vmap, so give that" if header["batch"] else "no vmap, so give it without"
        raise CompiledFileError(f"the function that was saved is {instead}: got {name_of(f)}")
    programs = ProgramReader(source, header["ops"])
    read = [read_recording(one, function, programs, backend) for one in header["recordings"]]
    return Saved(function, _static(header["static"], function), dict(read))


def _static(names: Any, function: Callable[..., Any]) -> tuple[str, ...]:
    """The names of static arguments, if the function has such arguments."""
    signature = signature_of(function)
    known = list(signature.parameters) if signature else []
    given = [names] if isinstance(names, (str, int)) else names
    for name in given if isinstance(given, (list, tuple)) else ():
        if name not in known:
            raise CompiledFileError(
                f"it has a static argument {short_repr(name)}, and {name_of(function)} has the "
                f"arguments {list_few(known, str)}"
            )
    return static_names(names, signature)


def _absent(header: dict[str, Any]) -> Callable[..., Any]:
    known = list(map(str, header["arguments"]))
    absent = absent_function(str(header["name"]), header["parameters"], known)
    batch = header["batch"]
    if batch is None:
        return absent
    in_axes, out_axes = map(_axes_of, (batch["in_axes"], batch["out_axes"]))
    return Batch(absent, in_axes, batch["reduce"], out_axes=out_axes)


def _axes_of(written: Sequence[Any]) -> Any:
    """The axes that `_axes` wrote."""
    structure, leaves = decoded(written[0]), written[1]
    if count_leaves(structure) != len(leaves):  # which may be more than there is memory for
        raise CompiledFileError("it has another number of axes than it says")
    return structure.unflatten(leaves)


def _described(key: Any) -> str:
    """The arguments of a recording in words."""
    kinds = [kind for kind in key if kind is not None and kind not in ("scan", "no_grad")]
    told = ", ".join(map(described, kinds)) or "no arguments"
    return f"its scan with {told}" if key[:1] == ("scan",) else told
