"""Layout: which place in memory each number has, and so the program.

The results of a group lie side by side, in an order that lets later groups read their operands
side by side too: eight neighbours are one vector.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from ...engine import calculus as c
from ...transforms.batches import BatchOp
from ...transforms.lane_sum import LANES
from ...transforms.scans import ScanOp
from .batch_layout import BatchLayout, Slab
from .draft import COPY, Allocator, Draft, columns_of
from .groups import Group, groups
from .join_batches import join_batches
from .listing import Listing
from .normal_form import Form
from .order import consecutive, order_groups, side_by_side
from .program import Copy, Program, Repeat, Step
from .scatters import tables
from .step_kernels import FEW

MANY = 4 * LANES  # outputs side by side that are worth a step of their own


class Layout(Draft):
    """Gives the numbers of a listing their places, and makes the steps between them.

    Args:
        listing: the operations.
        slab: where the samples of a batch of any size are.
        outer: of the body of a scan, the layout of what is around it.
    """

    def __init__(
        self, listing: Listing, slab: Slab | None = None, outer: "Layout | None" = None
    ) -> None:
        allocator = outer.allocator if outer else Allocator(len(listing.inputs))
        super().__init__(allocator, len(listing.ops))
        self.listing, self.slab = listing, slab
        self.rank = {x: i for i, x in reversed(list(enumerate(listing.outputs)))}
        self.results = -1  # where the outputs are, once a group of them is put there
        self.first = self.room(len(listing.inputs)) if outer else 0  # address of the inputs
        for place, x in enumerate(listing.inputs):
            self.address[x] = self.first + place
        for x, outside in listing.shared.items():
            if outer is not None:
                self.address[x] = outer.address[outside]
        if slab is not None:
            ends = [first + slab.room * count for first, count in slab.blocks]
            self.allocator.size = max([self.allocator.size, *ends])
        for x, number in listing.constants.items():
            self.address[x] = self.constant(number)
        for group in groups(listing):
            self._group(group)

    def _group(self, group: Group) -> None:
        if isinstance(group.op, BatchOp):
            for form in group.forms:
                batch = BatchLayout(self, self.listing, group.op, form)
                if self.slab:
                    batch.of_any_size(self.slab)
                else:
                    batch.of_its_size()
        elif isinstance(group.op, ScanOp):
            for form in group.forms:
                self._scan(group.op, form)
        elif group.op is c.scattered:
            for table in tables(group.forms, self.listing.constants.__getitem__):
                out = self.room(len(table.forms))
                table.put(out, 1, self.address)
                self.step(*table.steps(out, 1, self.address, self.constant))
        else:
            self._side_by_side(group)

    def _side_by_side(self, group: Group) -> None:
        address = self.address
        forms = order_groups(group.forms, address, self.rank)
        for first, some in self._places(forms):
            for place, form in enumerate(some):
                address[form.position] = first + place
            self.step(Step(group.op, group.runs, columns_of(some, address), first, len(some)))

    def _places(self, forms: Sequence[Form]) -> Iterator[tuple[int, Sequence[Form]]]:
        """Where results begin: if they are outputs, in whole vectors, where the outputs are."""
        ranks = [self.rank.get(form.position, -1) for form in forms]
        parts, remaining = list(consecutive(ranks)) if min(ranks) >= 0 else [], iter(forms)
        whole = bool(parts) and not any(len(part) % LANES for part in parts)
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
        addresses = list(map(self.address.__getitem__, self.listing.outputs))
        if self.results < 0:
            return self.copied(addresses)
        others = [i for i, x in enumerate(addresses) if x != self.results + i]
        for part in consecutive(others):
            for start, stop in pairwise(_cuts(len(part))):
                column = [addresses[i] for i in part[start:stop]]
                first = self.results + part[start]
                self.step(Step(None, COPY, [column], first, stop - start))
        return self.results

    # --- scans ------------------------------------------------------------------------------

    def _scan(self, op: ScanOp, form: Form) -> None:
        inside = Layout(self.listing.bodies[form.position], outer=self)
        carried, kept = inside.listing.carried, inside.listing.kept
        state, width, count = len(carried), len(kept), op.batch.count
        datum = len(inside.listing.inputs) - state
        if state:
            column = [self.address[x] for x in form.operands[:state]]
            self.step(Step(None, COPY, [column], inside.first, state))
        numbers = form.operands[state : state + datum * count]
        given = list(map(self.address.__getitem__, numbers))
        before = self._data(given, datum, inside.first + state)
        rows = self.room(width * count)
        made = inside.outputs()
        after = [Copy(made + state, 0, rows, width, width)] if width else []
        if state and made != inside.first:
            after.append(Copy(made, 0, inside.first, 0, state))
        [steps] = inside.parts
        self.step(Repeat(steps, count, before, after))
        ends = {j: inside.first + place for place, j in enumerate(carried)}
        columns = {j: rows + place for place, j in enumerate(kept)}
        for (j, i), result in inside.listing.results.items():
            last = j < op.batch.state and i == count - 1
            self.address[result] = ends[j] if last else columns[j] + i * width

    def _data(self, given: Sequence[int], width: int, to: int) -> list[Copy]:
        """What brings the data, row after row, to where the datum of a step is."""
        copies: list[Copy] = []
        for part in side_by_side(self.rows(given, width, backwards=True)):
            copies.append(Copy(*part[0], to, 0, len(part)))
            to += len(part)
        return copies


def _cuts(count: int) -> list[int]:
    """Where to cut a copy, so that no step writes beyond its numbers: whole vectors, then few."""
    whole = count - count % LANES
    return [*([0] if whole else []), *range(whole, count, FEW - 1), count]


def layout(listing: Listing, slab: Slab | None = None) -> tuple[Program, list[int]]:
    """The program for a listing, and the address of each of its operations, -1 for none."""
    join_batches(listing)
    made = Layout(listing, slab)
    first = made.outputs()
    program = Program(
        size=made.room(LANES),
        inputs=len(listing.inputs),
        constants=list(made.allocator.constants.values()),
        parts=made.parts,
        outputs=range(first, first + len(listing.outputs)),
    )
    return program, made.address
