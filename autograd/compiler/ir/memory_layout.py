"""Layout: which place in memory each number has, and so the program.

The results of a group lie side by side, in an order that lets later groups read their operands
side by side too: eight neighbours are one vector.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from ...transforms.batches import BatchOp
from ...transforms.scans import ScanOp
from ...transforms.vmap import LANES
from .groups import Group, groups
from .join_batches import join_batches
from .lane_sums import lane_sum_steps
from .normal_form import Form
from .order import consecutive, is_row, order_groups
from .program import Copy, Loop, Program, Repeat, Statement, Step, Terms
from .simplify import Listing
from .step_kernels import FEW

SLAB = 1024  # the most samples that one run of a batch of any size takes
SLAB_FLOATS = 1 << 20  # the most numbers of samples and results that it takes
COPY = (Terms(False, 1, 1),)
MANY = 4 * LANES  # outputs side by side that are worth a step of their own


class Slab:
    """The places in memory of the samples of a batch and of their results.

    Attributes:
        samples: the address of how many samples there are this time.
        total: the address of how many there are in all.
        room: how many samples there may be at a time.
        blocks: for each block of numbers that a sample has, side by side, its first address in
            the first sample and how many they are.
        results: the first address of what the first sample gives.
    """

    def __init__(self, samples: int, total: int, room: int, blocks: list[tuple[int, int]]) -> None:
        self.samples, self.total, self.room, self.blocks = samples, total, room, blocks
        self.results = -1


class Places:
    """The places of a memory that are taken.

    Attributes:
        size: how many there are.
        constants: the address and the number of each constant, by its repr.
    """

    def __init__(self, size: int) -> None:
        self.size = size
        self.constants: dict[str, tuple[int, float]] = {}

    def constant(self, x: float) -> int:
        """The address of a number that is there from the beginning."""
        key = repr(x)
        if key not in self.constants:
            self.constants[key] = (self.size, x)
            self.size += 1
        return self.constants[key][0]

    def room(self, count: int) -> int:
        """The first of `count` free addresses, which vectors of their own hold to the last."""
        first = -(-self.size // LANES) * LANES
        self.size = first + -(-count // LANES) * LANES
        return first


class Layout:
    """Gives the numbers of a listing their places, and makes the steps between them.

    Args:
        listing: the operations.
        slab: where the samples of a batch of any size are.
        outer: of the body of a scan, the layout of what is around it.
    """

    def __init__(
        self, listing: Listing, slab: Slab | None = None, outer: "Layout | None" = None
    ) -> None:
        self.listing, self.slab = listing, slab
        self.address = [-1] * len(listing.ops)
        self.rank = {x: i for i, x in reversed(list(enumerate(listing.outputs)))}
        self.parts: list[list[Statement]] = [[]]
        self.results = -1  # where the outputs are, once a group of them is put there
        self.places: Places = outer.places if outer else Places(len(listing.inputs))
        self.room, self._constant = self.places.room, self.places.constant
        self.first = self.room(len(listing.inputs)) if outer else 0  # address of the inputs
        for place, x in enumerate(listing.inputs):
            self.address[x] = self.first + place
        for x, outside in listing.shared.items():
            if outer is not None:
                self.address[x] = outer.address[outside]
        if slab is not None:
            ends = [first + slab.room * count for first, count in slab.blocks]
            self.places.size = max([self.places.size, *ends])
        for x, number in listing.constants.items():
            self.address[x] = self._constant(number)
        for group in groups(listing):
            self._group(group)

    def step(self, step: Statement) -> None:
        """One more step of the part at hand."""
        self.parts[-1].append(step)

    def _group(self, group: Group) -> None:
        if isinstance(group.op, BatchOp):
            for form in group.forms:
                self._batch(group.op, form)
        elif isinstance(group.op, ScanOp):
            for form in group.forms:
                self._scan(group.op, form)
        else:
            self._side_by_side(group)

    def _side_by_side(self, group: Group) -> None:
        address = self.address
        forms = order_groups(group.forms, address, self.rank)
        for first, some in self._places(forms):
            for place, form in enumerate(some):
                address[form.position] = first + place
            self.step(Step(group.op, group.runs, _columns(some, address), first, len(some)))

    def _places(self, forms: Sequence[Form]) -> Iterator[tuple[int, Sequence[Form]]]:
        """Where results begin: if they are outputs, in whole vectors, where the outputs are."""
        ranks = [self.rank.get(form.position, -1) for form in forms]
        parts, remaining = list(consecutive(ranks)), iter(forms)
        whole = min(ranks) >= 0 and not any(len(part) % LANES for part in parts)
        if not whole or len(ranks) < MANY * len(parts):
            yield self.room(len(forms)), forms
            return
        if self.results < 0:  # so that the first of these is at the beginning of a vector
            before = -ranks[0] % LANES
            self.results = self.room(before + len(self.listing.outputs)) + before
        for part in parts:
            yield self.results + part[0], [next(remaining) for _ in part]

    def outputs(self) -> int:
        """The first address of the outputs, side by side, after copying those that are not."""
        addresses = [self.address[x] for x in self.listing.outputs]
        if self.results < 0:
            return self.copied(addresses)
        others = [i for i, x in enumerate(addresses) if x != self.results + i]
        for part in consecutive(others):
            for start, stop in pairwise(_cuts(len(part))):
                column = [addresses[i] for i in part[start:stop]]
                first = self.results + part[start]
                self.step(Step(None, COPY, [column], first, stop - start))
        return self.results

    def copied(self, addresses: Sequence[int]) -> int:
        """The place where these numbers are side by side, after copying them if needed."""
        first = addresses[0] if addresses else 0
        if addresses and not is_row(addresses):
            first = self.room(len(addresses))
            self.step(Step(None, COPY, [list(addresses)], first, len(addresses)))
        return first

    # --- batches ----------------------------------------------------------------------------

    def _batch(self, op: BatchOp, form: Form) -> None:
        body, kept = self.listing.bodies[form.position], self.listing.kept[form.position]
        count = self.slab.room if self.slab else op.batch.count or 0
        added = {j: i for i, j in enumerate(j for j in kept if kept[j])}
        own = {j: i for i, j in enumerate(j for j in kept if not kept[j])}
        sums = self._partial_sums(len(added)) if added else -1
        inputs = self._samples(op, body, form)
        samples = self.slab.samples if self.slab else self._constant(float(count))
        if self.slab:
            self.parts.append([])
        loop, address = self._loop(body, inputs, samples)
        first = self.room(len(own) * count)
        for j, x in zip(kept, body.outputs, strict=True):
            place = (sums + LANES * added[j], 0) if j in added else (first + own[j], len(own))
            loop.outputs.append((address[x], *place))
        self.step(loop)
        if self.slab:
            self.slab.results = first
            self.parts.append([])
        totals = self._reduced(sums, len(added)) if added else -1
        for (j, s), result in self.listing.results[form.position].items():
            self.address[result] = (
                totals + added[j] if j in added else first + s * len(own) + own[j]
            )

    def _samples(self, op: BatchOp, body: Listing, form: Form) -> list[tuple[int, int]]:
        """For each input of a sample its address in the first sample, and the distance."""
        size = len(body.inputs)
        if self.slab:
            return [(first + i, count) for first, count in self.slab.blocks for i in range(count)]
        numbers = [self.address[x] for x in form.operands[: size * (op.batch.count or 0)]]
        columns = [numbers[i::size] for i in range(size)]
        if all(map(_is_regular, columns)):
            return [(x[0], x[1] - x[0] if len(x) > 1 else 0) for x in columns]
        first = self.copied(numbers)
        return [(first + i, size) for i in range(size)]

    def _loop(
        self, body: Listing, inputs: Sequence[tuple[int, int]], samples: int
    ) -> tuple[Loop, dict[int, int]]:
        lanes = self.room(0)
        address = {x: self.address[outside] for x, outside in body.shared.items()}
        for x in body.inputs:
            address[x] = self.room(LANES)
        into = [
            (first, distance, address[x])
            for x, (first, distance) in zip(body.inputs, inputs, strict=True)
        ]
        found = list(groups(body))
        read = {x for group in found for form in group.forms for x in form.operands}
        # What no step reads comes last: where it is added up at once, it needs no place.
        for group in sorted(found, key=lambda x: all(y.position not in read for y in x.forms)):
            first = self.room(LANES * len(group.forms))
            for place, form in enumerate(group.forms):
                address[form.position] = first + LANES * place
        steps: list[Step] = []
        for group in found:
            columns, first = _columns(group.forms, address), address[group.forms[0].position]
            steps.append(Step(group.op, group.runs, columns, first, len(group.forms), LANES))
        return Loop(steps, lanes, samples, into), address

    # --- scans ------------------------------------------------------------------------------

    def _scan(self, op: ScanOp, form: Form) -> None:
        inside = Layout(self.listing.bodies[form.position], outer=self)
        kept, stored = self.listing.carried[form.position], self.listing.kept[form.position]
        state, width, count = len(kept), len(stored), op.batch.count
        datum = len(inside.listing.inputs) - state
        if state:
            column = [self.address[x] for x in form.operands[:state]]
            self.step(Step(None, COPY, [column], inside.first, state))
        given = [self.address[x] for x in form.operands[state : state + datum * count]]
        before = self._rows(given, datum, inside.first + state)
        rows = self.room(width * count)
        made = inside.outputs()
        after = [Copy(made + state, 0, rows, width, width)] if width else []
        if state and made != inside.first:
            after.append(Copy(made, 0, inside.first, 0, state))
        [steps] = inside.parts
        self.step(Repeat(steps, count, before, after))
        ends = {j: inside.first + place for place, j in enumerate(kept)}
        columns = {j: rows + place for place, j in enumerate(stored)}
        for (j, i), result in self.listing.results[form.position].items():
            last = j < op.batch.state and i == count - 1
            self.address[result] = ends[j] if last else columns[j] + i * width

    def _rows(self, given: Sequence[int], width: int, to: int) -> list[Copy]:
        """What brings the data, row after row, to where the datum of a step is."""
        columns = [_series(given[i::width]) for i in range(width)]
        if None in columns:
            first = self.copied(given)
            columns = [(first + i, width) for i in range(width)]
        series = list(filter(None, columns))
        # Where a copy of numbers side by side begins.
        starts = [
            place
            for place, (first, apart) in enumerate(series)
            if place == 0 or series[place - 1] != (first - 1, apart)
        ]
        return [
            Copy(*series[start], to + start, 0, stop - start)
            for start, stop in pairwise([*starts, width])
        ]

    def _partial_sums(self, count: int) -> int:
        """Eight for each result, which begin as what adds nothing."""
        nothing = self._constant(-0.0)
        size = LANES * _whole_vectors(count)
        first = self.room(size)
        self.step(Step(None, COPY, [[nothing] * size], first, size))
        return first

    def _reduced(self, sums: int, count: int) -> int:
        """The places of the sums over the eight lanes, in the order of `lane_sum.py`."""
        # Lane by lane, in whole vectors: so all but the partial sums lie side by side as they are
        # added, and of these eight vectors are a transpose.
        width = _whole_vectors(count)
        for step in lane_sum_steps(sums, width, self.room):
            self.step(step)
            sums = step.out
        return sums


def _columns(forms: Iterable[Form], address: Sequence[int] | dict[int, int]) -> list[list[int]]:
    columns = zip(*[form.operands for form in forms], strict=True)
    return [list(map(address.__getitem__, column)) for column in columns]


def _whole_vectors(count: int) -> int:
    """The count rounded up to whole vectors; less than one stays as it is."""
    return count if count < LANES else -(-count // LANES) * LANES


def _cuts(count: int) -> list[int]:
    """Where to cut a copy, so that no step writes beyond its numbers: whole vectors, then few."""
    whole = count - count % LANES
    return [*([0] if whole else []), *range(whole, count, FEW - 1), count]


def _series(addresses: Sequence[int]) -> tuple[int, int] | None:
    """The first and the distance of addresses that are all at one distance, else None."""
    distances = {y - x for x, y in pairwise(addresses)}
    return (addresses[0], next(iter(distances), 0)) if len(distances) < 2 else None


def _is_regular(addresses: Sequence[int]) -> bool:
    """Whether they are all at one distance."""
    distances = {y - x for x, y in pairwise(addresses)}
    return len(distances) < 2 and all(x >= 0 for x in distances)


def layout(listing: Listing, slab: Slab | None = None) -> tuple[Program, list[int]]:
    """The program for a listing, and the address of each of its operations, -1 for none."""
    join_batches(listing)
    made = Layout(listing, slab)
    first = made.outputs()
    program = Program(
        size=made.room(LANES),
        inputs=len(listing.inputs),
        constants=list(made.places.constants.values()),
        parts=made.parts,
        outputs=range(first, first + len(listing.outputs)),
    )
    return program, made.address
