"""Each recording as data, and back: its structure, its program, and how results are built.

A recording is one of a call, of a batch or of a scan. What comes from a file is checked here as a
whole: that a call puts as many numbers into the memory as the program takes, and takes out as many
as it gives.
"""

from collections.abc import Callable, Hashable
from itertools import repeat
from typing import Any

from ...engine.errors import CompiledFileError
from ...transforms.lane_sum import SLAB
from ...transforms.out_axes import check_out_axes
from ...transforms.trees import TreeDef
from ..backends.executable import Shape
from ..columns import all_results_builder
from ..effects import Effects
from ..gradients import GradientEffects
from ..ir.batch_layout import AFTER, Slab
from ..ir.program import Program
from ..recorded import Recorded
from ..recorded_batch import RecordedBatch
from ..recorded_program import RecordedProgram, Sizes
from ..results import Build, result_builder
from ..scan import RecordedScan
from ..scan_state import ScanState
from .container import want
from .program_checks import check_program
from .programs import Header, ProgramReader, ProgramWriter
from .structures import count_leaves, count_numbers, decoded, encoded, widths

CALL, BATCH, SCAN = "call", "batch", "scan"


def recording_header(key: Hashable, recorded: RecordedProgram, into: ProgramWriter) -> Header:
    """Write a recording, and give what the header says of it.

    Args:
        key: the structure that it is for.
        recorded: the recording.
        into: gets its program.

    Raises:
        CompiledFileError: if it holds what no file can.
    """
    header: Header = {
        "key": encoded(key),
        "arrays": recorded.arrays,
        "sizes": list(recorded.sizes),
        "result": encoded(recorded.result),
        "program": into.write(recorded.program),
    }
    if isinstance(recorded, RecordedScan):
        state = recorded.state
        return {
            "kind": SCAN,
            **header,
            "state": encoded(state.result),
            "shape": list(recorded.shape),
            "changed": state.changed,
            "kept": [[place, x.start, x.stop] for place, x in state.kept.items()],
            **_effects_header(state.effects),
        }
    if isinstance(recorded, RecordedBatch):
        slab = recorded.slab
        return {
            "kind": BATCH,
            **header,
            "mapped": list(recorded.mapped),
            "reduce": recorded.reduce,
            "slab": [slab.samples, slab.total, slab.room, slab.results, slab.sums],
            "leaves gradients": [recorded.leaves_gradients, recorded.leaves_gradients_of_last],
        }
    assert isinstance(recorded, Recorded)
    return {"kind": CALL, **header, **_effects_header(recorded.effects)}


def read_recording(
    header: Header, f: Callable[..., Any], source: ProgramReader, backend: str
) -> tuple[Hashable, RecordedProgram]:
    """A recording, ready to be called, and the structure that it is for.

    Args:
        header: what the header of the file says of it.
        f: the function, or what stands in for it.
        source: has its program.
        backend: what runs it.

    Raises:
        CompiledFileError: unless all of it fits together.
    """
    key = decoded(header["key"])
    want(type(key) is tuple, "it has a structure of no arguments")
    program = source.read(header["program"])
    recorded = _READ[header["kind"]](header, key, program, f)
    recorded.arrays = bool(header["arrays"])
    nodes, operations = header["sizes"]
    recorded.sizes = Sizes(int(nodes), int(operations))
    recorded.use(program, backend)
    return key, recorded


def _read_call(header: Header, key: Any, program: Program, f: Any) -> Recorded:
    recorded = Recorded.__new__(Recorded)
    recorded.effects = _read_effects(header)
    recorded.result = _tree(header["result"])
    recorded.build, leaves = _builder(
        result_builder, recorded.result, header["arrays"], len(program.outputs)
    )
    want(len(program.parts) == 1, "it has more than one part")
    inputs = sum(map(count_numbers, key)) + len(recorded.effects.gradients.taken)
    want(program.inputs == inputs, "it takes other arguments than it says")
    results = leaves + len(recorded.effects)
    want(results == len(program.outputs), "it gives other results than it says")
    check_program(program)
    return recorded


def _read_batch(header: Header, key: Any, program: Program, f: Any) -> RecordedBatch:
    recorded = RecordedBatch.__new__(RecordedBatch)
    recorded.reduce, recorded.result = header["reduce"], _tree(header["result"])
    recorded.leaves_gradients, recorded.leaves_gradients_of_last = map(
        bool, header["leaves gradients"]
    )
    recorded.mapped, recorded.out_axes = list(map(bool, header["mapped"])), f.out_axes
    want(recorded.reduce in (None, "sum", "mean"), "it reduces in no known way")
    check_out_axes(recorded.out_axes, recorded.reduce)
    want(len(recorded.mapped) <= len(key), "it has fewer arguments than it says")
    builder = result_builder if recorded.reduce else all_results_builder
    most = len(program.outputs) if recorded.reduce else program.size
    recorded.build, leaves = _builder(builder, recorded.result, header["arrays"], most)
    recorded.width = max(leaves, 1)
    kinds = list(zip(key, recorded.mapped, strict=False))
    shared = sum(count_numbers(kind) for kind, there in kinds if not there)
    sizes = [width for kind, there in kinds if there for width in widths(kind)]
    want(all(type(place) is int for place in header["slab"]), "its samples have no place")
    samples, total, room, results, sums = header["slab"]
    slab = recorded.slab = Slab(shared, room, sizes)
    slab.results, slab.sums = results, sums
    fits = (samples, total, program.inputs) == (slab.samples, slab.total, shared + 2)
    want(fits and room >= 1 and bool(sizes), "it takes other arguments than it says")
    want(len(program.parts) == AFTER + 1, "it has other parts than a batch has")
    if recorded.reduce:
        want(len(program.outputs) == recorded.width, "it gives other results than it says")
        want(room == SLAB, "it adds up other slabs than this library does")
        given = range(results, results + sums)  # on threads
    else:
        given = range(results, results + room * recorded.width)
    want(min(results, sums) >= 0, "its results have no place")
    want(max(given.stop, results + sums) <= program.size, "its results are beyond its memory")
    blocks = [range(first, first + room * width) for first, width in slab.blocks]
    check_program(program, {samples: room}, [*blocks, given])
    return recorded


def _read_scan(header: Header, key: Any, program: Program, f: Any) -> RecordedScan:
    recorded = RecordedScan.__new__(RecordedScan)
    recorded.f, recorded.result = f, _tree(header["result"])
    recorded.shape = Shape(*map(int, header["shape"]))
    arrays, size, most = header["arrays"], recorded.shape.state, len(program.outputs)
    recorded.build_outputs, leaves = _builder(all_results_builder, recorded.result, arrays, most)
    recorded.build_output, _ = _builder(result_builder, recorded.result, arrays, most)
    state = _tree(header["state"])
    build, states = _builder(result_builder, state, arrays, most)
    changed = list(map(int, header["changed"]))
    kept = {int(place): range(start, stop) for place, start, stop in header["kept"]}
    effects = _read_effects(header)
    more = len(effects.gradients.taken)
    recorded.state = ScanState.of(build, state, effects, changed, kept)
    want(key[:1] == (SCAN,) and len(key) >= 3, "it has a structure of no scan")
    datum = 0 if key[2] is None else sum(widths(key[2]))
    good = (states + more, datum, leaves) == tuple(recorded.shape)
    good = good and states == count_numbers(key[1])
    want(good and program.inputs == states + more + datum, "it takes other arguments than it says")
    want(len(program.outputs) == states + more + leaves, "it gives other results than it says")
    want(len(program.parts) == 1, "it has more than one part")
    want(len(changed) == len(effects), "it changes other numbers than it says")
    inside = all(0 <= place < size for place in changed) and all(place >= 0 for place in kept)
    inside = inside and all(0 <= x.start <= x.stop <= size for x in kept.values())
    want(inside, "it changes other numbers than it says")
    check_program(program)
    return recorded


_READ: dict[str, Callable[[Header, Any, Program, Any], RecordedProgram]] = {
    CALL: _read_call,
    BATCH: _read_batch,
    SCAN: _read_scan,
}


def _builder(
    make: Callable[[Any, list[Any], bool], Build], result: TreeDef | None, arrays: bool, most: int
) -> tuple[Build, int]:
    """What puts results into their structure, and how many there are: not more than `most`."""
    if result is None:
        return lambda numbers: None, 0
    leaves: list[Any] = []
    count = count_leaves(result)
    want(count <= most, "it gives other results than it says")  # or there may be no memory
    build = make(result.unflatten(repeat(0.0, count)), leaves, arrays)
    return build, len(leaves)


def _tree(x: Any) -> TreeDef:
    found = decoded(x)
    if type(found) is not TreeDef:
        raise CompiledFileError("it gives a result of no structure")
    return found


def _effects_header(effects: Effects) -> Header:
    """What the header says of effects, which `_read_effects` reads."""
    plain = [x if isinstance(x, bool) else list(x) for x in effects.gradients]
    numbers = [[place, numbers] for place, numbers in effects.numbers.items()]
    return {"effects": numbers, "gradients": plain}


def _read_effects(header: Header) -> Effects:
    changed = [(int(place), int(x)) for place, numbers in header["effects"] for x in numbers]
    taken, given, cleared, added_to, elsewhere = header["gradients"]
    gradients = GradientEffects(
        [(int(place), bool(added)) for place, added in taken],
        list(map(int, given)),
        [(int(place), bool(is_none)) for place, is_none in cleared],
        list(map(int, added_to)),
        bool(elsewhere),
    )
    places = [place for place, _ in (*gradients.taken, *gradients.cleared)]
    places += [*gradients.given, *gradients.added_to]
    good = all(min(one) >= 0 for one in changed) and all(place >= 0 for place in places)
    want(good, "it changes other numbers than it says")
    return Effects(changed, gradients)
