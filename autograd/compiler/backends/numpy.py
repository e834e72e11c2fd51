"""The numpy backend: each step of a program as a few array operations, with the same bits.

A step works on an array of rows. Outside of loops a row is one number of the memory; inside, it
is that number for each of many samples, in an array of the loop's own. numpy's exp, log, tanh …
have other bits than `math`, so those ops are applied number by number.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from ...engine import calculus as c
from ...engine.op import Op
from ...formulas.lowering import LOWERED
from ...formulas.primitives import at_most, copysign, fmod, less, same
from ...formulas.symbol import Symbol
from ...transforms.lane_sum import LANES
from ..ir.program import Loop, Memory, Repeat, Statement, Step
from . import python
from .python import NEUTRAL, Runnable

Array = npt.NDArray[np.float64]
Rows = npt.NDArray[np.intp]

# Numbers in a loop's array. 10,000 samples of a network of 1,900 nodes took 23 ms of processor time
# by 2**19, 34 by 2**17 and 38 by 2**22.
BODY = 1 << 19


class NumpyExecutable(python.PythonExecutable):
    """A program, ready to run on arrays."""

    def prepare(self, step: Statement) -> Runnable:
        """Make a step ready to run."""
        if isinstance(step, Repeat):
            return super().prepare(step)
        if isinstance(step, Loop):
            return _ArraySamples(step)
        return _step(step, _addresses(step), step.out)

    def run(self, memory: Memory, part: int = 0) -> None:
        """Run a part of the program, as `PythonExecutable` does."""
        rows: Any = np.asarray(memory)
        with np.errstate(all="ignore"):
            super().run(rows, part)


def _step(step: Step, columns: Rows, out: int) -> Runnable:
    """The step, with the rows of its operands and of its first result."""
    if step.op is c.scattered:
        return _Scatter(columns, out, step.count)
    results = slice(out, out + step.count)
    return _Sum(step, columns, results) if step.op is None else _Map(step.op, columns, results)


def _addresses(step: Step) -> Rows:
    """The addresses of operands: of `scattered` in one row, else a row for each operand."""
    if step.op is c.scattered:
        return np.concatenate([np.array(column, dtype=np.intp) for column in step.columns])
    return np.array(step.columns, dtype=np.intp)


# --- sums -----------------------------------------------------------------------------------


class _Sum:
    """A step of sums: the terms of all of them as one array, added along its first axis.

    Operands are copied also where they lie evenly: views of them measured no faster.
    """

    def __init__(self, step: Step, columns: Rows, results: slice) -> None:
        self._results = results
        self._runs: list[tuple[slice, bool, list[Rows]]] = []
        self._terms = at = 0
        for subtracted, factors, terms in step.runs:
            part = columns[at : at + terms * factors]
            where = slice(self._terms, self._terms + terms)
            self._runs.append((where, subtracted, [part[i::factors] for i in range(factors)]))
            at += terms * factors
            self._terms += terms

    def run(self, rows: Array) -> None:
        results = rows[self._results]
        if self._terms == 1:
            self._write_terms(rows, results[None])
        else:
            terms = np.empty((self._terms, *results.shape))
            self._write_terms(rows, terms)
            _add(terms, results)

    def _write_terms(self, rows: Array, terms: Array) -> None:
        for where, subtracted, (first, *second) in self._runs:
            part = terms[where]
            rows.take(first, axis=0, out=part, mode="clip")  # the mode that needs no buffer
            if second:
                part *= rows.take(second[0], axis=0)
            if subtracted:
                np.negative(part, out=part)  # a - b is a + (-b), also in the sign of a zero


def _add(terms: Array, results: Array) -> None:
    """Add up along the first axis, strictly in order.

    numpy adds pairwise along an axis that is contiguous in memory. So `terms` must be in C order,
    where it adds row after row; and where a row is one number, running totals are taken.
    """
    if results.size == 1:
        results[...] = np.add.accumulate(terms, axis=0)[-1]
    else:
        np.add.reduce(terms, axis=0, initial=NEUTRAL, out=results)


# --- maps -----------------------------------------------------------------------------------


class _Map:
    """A step that applies an op."""

    def __init__(self, op: Op, columns: Rows, results: slice) -> None:
        self._op, self._columns, self._results = op, columns, results

    def run(self, rows: Array) -> None:
        rows[self._results] = apply(self._op, list(rows.take(self._columns, axis=0)))


def apply(op: Op, operands: Sequence[Any]) -> Any:
    """`op` of arrays and numbers, element by element, to the bits of its forward function.

    Example:
        >>> apply(c.relu, [np.array([-1.0, 2.0])]).tolist()
        [0.0, 2.0]
    """
    if op in _SPELLED:
        return _SPELLED[op](*operands)
    if op in LOWERED:
        return LOWERED[op](*[Symbol(_ARRAYS, x) for x in operands]).name
    arrays = np.broadcast_arrays(*operands)
    numbers = [array.ravel().tolist() for array in arrays]
    flat = np.fromiter(map(op.forward, *numbers), np.float64, arrays[0].size)
    return flat.reshape(arrays[0].shape)


class _Scatter:
    """A step that adds what comes for the places of a table, in order."""

    def __init__(self, addresses: Rows, out: int, count: int) -> None:
        self._first, pairs, self._out, self._count = addresses[0], addresses[1:], out, count
        self._indices, self._coming = np.split(pairs, 2)

    def run(self, rows: Array) -> None:
        places = rows[self._indices] - rows[self._first]
        here = (places >= 0.0) & (places < self._count) & (places % 1.0 == 0.0)
        # In the order of the pairs: `add.at` adds one after the other, also to the same number.
        at = tuple(np.argwhere(here).T)
        results = self._out + places[at].astype(np.intp)
        np.add.at(rows, (results, *at[1:]), rows[self._coming][at])


class _Arrays:
    """Computes formulas on arrays."""

    def make(self, op: Op, operands: Sequence[Any]) -> Symbol:
        return Symbol(self, apply(op, [x.name if isinstance(x, Symbol) else x for x in operands]))


_ARRAYS = _Arrays()


def _chosen(values: Sequence[Any], position: Callable[[Array], Rows]) -> Array:
    """For each element the one of `values` whose number `position` finds in their columns."""
    arrays = np.array(np.broadcast_arrays(*values))
    flat = arrays.reshape(len(arrays), -1)
    chosen: Array = flat[position(flat), np.arange(flat.shape[1])]
    return chosen.reshape(arrays.shape[1:])


def _gather(index: Array, *values: Array) -> Array:
    within = (index >= 0.0) & (index < len(values)) & (index % 1.0 == 0.0)
    if not within.all():
        wrong = tuple(np.argwhere(~within.T)[0][::-1])  # of the first sample
        c.gather.forward(*(float(x[wrong]) for x in (index, *values)))  # raises IndexError
    return _chosen(values, lambda _: index.ravel().astype(np.intp))


def _as_numbers(compare: Callable[..., Any]) -> Callable[[Any, Any], Any]:
    return lambda x, y: compare(x, y).astype(np.float64)


def _rounding(function: Callable[..., Any]) -> Callable[[Any], Any]:
    return lambda x: function(x) + 0.0  # Python rounds to an int, which has no -0


# The ops that numpy computes to the bits of their forward functions. The first of equal extremes
# is taken, for 0.0 and -0.0 are equal; a nan counts as one.
_SPELLED: dict[Op, Callable[..., Any]] = {
    c.add: np.add,
    c.sub: np.subtract,
    c.mul: np.multiply,
    c.div: np.divide,
    c.neg: np.negative,
    c.abs: np.absolute,
    c.sqrt: np.sqrt,
    copysign: np.copysign,
    fmod: np.fmod,
    less: _as_numbers(np.less),
    at_most: _as_numbers(np.less_equal),
    same: _as_numbers(np.equal),
    c.floor: _rounding(np.floor),
    c.ceil: _rounding(np.ceil),
    c.round: _rounding(np.rint),
    c.trunc: _rounding(np.trunc),
    c.where: lambda condition, x, y: np.where(np.not_equal(condition, 0.0), x, y),
    c.maximum: lambda *xs: _chosen(xs, lambda flat: flat.argmax(axis=0)),
    c.minimum: lambda *xs: _chosen(xs, lambda flat: flat.argmin(axis=0)),
    c.gather: _gather,
}


# --- loops ----------------------------------------------------------------------------------


class _ArraySamples:
    """A loop, a block of samples at a time.

    Its array has a row for each address with lanes, and then one for each of the other addresses
    that the body reads, which holds the same number for every sample.
    """

    def __init__(self, loop: Loop) -> None:
        self._loop = loop
        columns = list(map(_addresses, loop.steps))
        outputs = np.array(loop.outputs, dtype=np.intp).reshape(-1, 3)
        read = np.unique(np.concatenate([x.ravel() for x in (*columns, outputs[:, 0])]))
        self._shared = read[read < loop.lanes]
        self._inputs = np.array(loop.inputs, dtype=np.intp).reshape(-1, 3)
        self._input_rows = (self._inputs[:, 2] - loop.lanes) // LANES
        ends = [step.out + step.count * LANES for step in loop.steps]
        ends += [address + LANES for _, _, address in loop.inputs]
        self._own = (max(ends, default=loop.lanes) - loop.lanes) // LANES
        self._body = [
            _step(step, self._row(addresses), int(self._row(np.array(step.out))))
            for step, addresses in zip(loop.steps, columns, strict=True)
        ]
        size = self._own + len(self._shared)
        self._block = max(BODY // max(size, 1) // LANES, 1) * LANES
        self._outputs = outputs[outputs[:, 2] != 0]
        self._sums = outputs[outputs[:, 2] == 0]

    def _row(self, addresses: Rows) -> Rows:
        own = (addresses - self._loop.lanes) // LANES
        shared = self._own + np.searchsorted(self._shared, addresses)
        return np.where(addresses < self._loop.lanes, shared, own)

    def run(self, memory: Array) -> None:
        samples = int(memory[self._loop.samples])
        rows = np.empty((self._own + len(self._shared), min(samples, self._block)))
        rows[self._own :] = memory[self._shared][:, None]
        partial = self._sums[:, 1, None] + np.arange(LANES)
        sums = np.full(partial.shape, -0.0)
        for start in range(0, samples, self._block):
            numbers = np.arange(start, min(start + self._block, samples))
            rows = np.ascontiguousarray(rows[:, : len(numbers)])
            self._run_block(memory, rows, numbers, sums)
        memory[partial] = sums

    def _run_block(self, memory: Array, rows: Array, numbers: Rows, sums: Array) -> None:
        """Run the body for samples of these numbers."""
        first, apart = self._inputs[:, 0, None], self._inputs[:, 1, None]
        rows[self._input_rows] = memory[first + apart * numbers]
        for step in self._body:
            step.run(rows)
        first, apart = self._outputs[:, 1, None], self._outputs[:, 2, None]
        memory[first + apart * numbers] = rows[self._row(self._outputs[:, 0])]
        _add_to_lanes(sums, rows[self._row(self._sums[:, 0])])


def _add_to_lanes(sums: Array, results: Array) -> None:
    """Add each sample's results to its lane, eight samples after eight samples."""
    for start in range(0, results.shape[1], LANES):
        eight = results[:, start : start + LANES]
        sums[:, : eight.shape[1]] += eight
