"""The layout of a batch: its loops over samples, and the sums over these in their one order.

Results of samples are added up slab by slab, as `lane_sum.py` says: each slab by lanes, and its
sums to those of the slabs before. A batch of any size is a program of four parts, so that whoever
calls it may give slabs to several memories; in a batch whose size is known a repeat goes through
the slabs.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate

from ...engine import calculus as c
from ...transforms.batches import BatchOp
from ...transforms.lane_sum import LANES, SLAB
from .draft import COPY, Draft, columns_of
from .groups import Group, groups
from .lane_sums import PAIRS, lane_sum_steps
from .listing import Listing
from .normal_form import Form
from .program import Copy, Loop, Repeat, Step, whole_vectors
from .scatters import Table, tables

# For each input of a sample its address in the first sample, and how far that of the next one is.
Inputs = list[tuple[int, int]]
BEFORE, ON_SAMPLES, BETWEEN, AFTER = range(4)  # the parts of a batch of any size


class Slab:
    """The places in memory of some samples of a batch of any size, and of what a run gives.

    The numbers that all samples share come first, then two counts of samples, then block by block
    the numbers of each.

    Args:
        shared: how many numbers the samples share.
        room: how many samples there may be at a time.
        widths: for each block how many numbers a sample has there, side by side.

    Attributes:
        samples: the address of how many samples there are this time.
        total: the address of how many there are in all.
        room: how many samples there may be at a time.
        blocks: for each block its first address in the first sample, and its width.
        results: the first address of what the first sample gives; or of the sums, if any.
        sums: how many sums over the samples there are.
    """

    def __init__(self, shared: int, room: int, widths: Sequence[int]) -> None:
        self.samples, self.total, self.room = shared, shared + 1, room
        firsts = accumulate((room * width for width in widths), initial=shared + 2)
        self.blocks = list(zip(firsts, widths, strict=False))
        self.results, self.sums = -1, 0


class BatchLayout:
    """Lays out one batch.

    Args:
        draft: the program so far.
        listing: the listing that the batch is in.
        op: the batch.
        form: where it is, with its operands.
    """

    def __init__(self, draft: Draft, listing: Listing, op: BatchOp, form: Form) -> None:
        self.draft, self.form, self.body = draft, form, listing.bodies[form.position]
        self.count, self.kept = op.batch.count or 0, self.body.kept
        self.added = {j: i for i, j in enumerate(j for j in self.kept if self.kept[j])}
        self.own = {j: i for i, j in enumerate(j for j in self.kept if not self.kept[j])}
        width = len(self.added)  # of the sums: whole vectors, or less than one
        self.width = width if width < LANES else whole_vectors(width)

    def of_any_size(self, slab: Slab) -> None:
        """As parts: what is before all samples, those of a slab, what is between two slabs, and
        what is after the last. The second leaves the sums of its samples in the slab's place."""
        draft = self.draft
        total = self._nothing(self.width)
        own = draft.room(len(self.own) * slab.room)
        draft.next_part()
        inputs = [(first + i, count) for first, count in slab.blocks for i in range(count)]
        sums = self._summed(self._loop(inputs, slab.samples, own))
        slab.results, slab.sums = (sums, self.width) if self.added else (own, 0)
        draft.next_part()
        if self.added:
            plus, back = self._plus(total, sums)
            draft.step(Repeat([plus], 1, [], [back]))
        draft.next_part()
        if self.added:
            plus, _ = self._plus(total, sums)
            draft.step(plus)
            total = plus.out
        self._name(total, own)

    def of_its_size(self) -> None:
        """In one go."""
        inputs, own = self._inputs(), self.draft.room(len(self.own) * self.count)
        if self.added and self.count > SLAB:
            total = self._slab_by_slab(inputs, own)
        else:
            total = self._summed(self._loop(inputs, self._samples(self.count), own))
        self._name(total, own)

    def _slab_by_slab(self, inputs: Inputs, own: int) -> int:
        """The place of the sums: whole slabs by a repeat, then what is left."""
        draft, size = self.draft, len(self.own) * SLAB
        whole, rest = divmod(self.count, SLAB)
        samples = [self._samples(x) for x in (SLAB, rest)]
        total, made = self._nothing(self.width), draft.room(size)
        before, moved = self._brought(inputs)
        with draft.apart() as steps:
            loop = self._loop(moved, samples[0], made)
            plus, back = self._plus(total, self._summed(loop))
            draft.step(plus)
        taken = [Copy(made, 0, own, size, size)] if size else []
        draft.step(Repeat(steps, whole, before, [*taken, back]))
        if not rest:
            return total
        start = whole * SLAB
        left = [
            (first + start * apart, apart, lanes)
            for (first, apart), (_, _, lanes) in zip(inputs, loop.inputs, strict=True)
        ]
        results = [x for x, _, _ in loop.outputs]
        outputs = self._outputs(results, own + whole * size)
        again = replace(loop, samples=samples[1], inputs=left, outputs=outputs)
        plus, _ = self._plus(total, self._summed(again))
        draft.step(plus)
        return plus.out

    def _samples(self, count: int) -> int:
        return self.draft.constant(float(count))

    def _inputs(self) -> Inputs:
        size = len(self.body.inputs)
        numbers = [self.draft.address[x] for x in self.form.operands[: size * self.count]]
        return self.draft.rows(numbers, size)

    def _brought(self, inputs: Inputs) -> tuple[list[Copy], Inputs]:
        """What brings the samples of a slab to one place, and the inputs from there."""
        copies: list[Copy] = []
        moved: dict[tuple[int, int], int] = {}
        start = apart = width = place = -1
        for first, distance in sorted(set(inputs), key=lambda x: x[::-1]):
            if not distance:  # the same for all samples
                moved[first, distance] = first
                continue
            if distance != apart or first >= start + apart:
                start, apart, place = first, distance, self.draft.room(SLAB * distance)
                copies.append(Copy(start, SLAB * apart, place, 0, 0))
            width = first - start + 1
            copies[-1] = copies[-1]._replace(size=(SLAB - 1) * apart + width)
            moved[first, distance] = place + first - start
        return copies, [(moved[x], x[1]) for x in inputs]

    def _loop(self, inputs: Inputs, samples: int, own: int) -> Loop:
        """A loop over samples, whose own results go to `own`, after the step that it needs."""
        draft, body = self.draft, self.body
        outputs = self._outputs(body.outputs, own)
        lanes = draft.room(0)
        address = {x: draft.address[outside] for x, outside in body.shared.items()}
        for x in body.inputs:
            address[x] = draft.room(LANES)
        into = [
            (first, distance, address[x])
            for x, (first, distance) in zip(body.inputs, inputs, strict=True)
        ]
        found = list(groups(body))
        read = set[int]().union(*(form.operands for group in found for form in group.forms))
        scattered: dict[int, list[tuple[Table, int]]] = {}  # of a group, by the id
        # What no step reads comes last: where it is added up at once, it needs no place.
        for group in sorted(found, key=lambda x: all(y.position not in read for y in x.forms)):
            if group.op is c.scattered:
                scattered[id(group)] = self._put_tables(group, address)
                continue
            first = draft.room(LANES * len(group.forms))
            for place, form in enumerate(group.forms):
                address[form.position] = first + LANES * place
        steps: list[Step] = []
        for group in found:
            if group.op is c.scattered:
                for table, out in scattered[id(group)]:
                    steps += table.steps(out, LANES, address, draft.constant)
                continue
            columns, first = columns_of(group.forms, address), address[group.forms[0].position]
            steps.append(Step(group.op, group.runs, columns, first, len(group.forms), LANES))
        outputs = [(address[x], first, apart) for x, first, apart in outputs]
        return Loop(steps, lanes, samples, into, outputs)

    def _put_tables(self, group: Group, address: dict[int, int]) -> list[tuple[Table, int]]:
        """The tables of a group of `scattered`, each with its address."""
        found = tables(group.forms, self.body.constants.__getitem__)
        made = [(table, self.draft.room(LANES * len(table.forms))) for table in found]
        for table, out in made:
            table.put(out, LANES, address)
        return made

    def _outputs(self, results: Sequence[int], own: int) -> list[tuple[int, int, int]]:
        """The outputs of a loop with these results."""
        sums, apart = self.draft.room(LANES * self.width), len(self.own)
        self._fill(sums + LANES * len(self.added), LANES * (self.width - len(self.added)))
        return [
            (x, sums + LANES * self.added[j], 0)
            if j in self.added
            else (x, own + self.own[j], apart)
            for j, x in zip(self.kept, results, strict=True)
        ]

    def _summed(self, loop: Loop) -> int:
        """Run a loop, and give the place of the sums over its samples: lanes, then these."""
        self.draft.step(loop)
        # Lane by lane, in whole vectors: so all but the partial sums lie side by side as they are
        # added, and of these eight vectors are a transpose.
        sums = min([first for _, first, apart in loop.outputs if not apart], default=-1)
        if self.added:
            for step in lane_sum_steps(sums, self.width, self.draft.room):
                self.draft.step(step)
                sums = step.out
        return sums

    def _nothing(self, count: int) -> int:
        """The place of so many sums, which begin as what adds nothing."""
        first = self.draft.room(count)
        self._fill(first, count)
        return first

    def _fill(self, first: int, count: int) -> None:
        """Put what adds nothing into so many places."""
        if count:
            nothing = self.draft.constant(-0.0)
            self.draft.step(Step(None, COPY, [[nothing] * count], first, count))

    def _plus(self, total: int, sums: int) -> tuple[Step, Copy]:
        """The sums of a slab added to those of the slabs before, and what brings them there."""
        width = self.width
        columns = [list(range(first, first + width)) for first in (total, sums)]
        made = self.draft.room(width)
        return Step(None, PAIRS, columns, made, width), Copy(made, 0, total, 0, width)

    def _name(self, total: int, own: int) -> None:
        """Say where the results of the batch are: the sums, and what each sample has of its own."""
        for (j, s), result in self.body.results.items():
            self.draft.address[result] = (
                total + self.added[j] if j in self.added else own + s * len(self.own) + self.own[j]
            )
