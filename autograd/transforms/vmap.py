"""Batches: one function applied to many samples, and what comes out added up or averaged.

Run as it stands a batch is a loop, `compile` records one sample and runs eight at a time, also on
several threads; all add up in the order of `lane_sum.py`. Where gradients flow through it, it is
one node: `batches.py`.
"""

import functools
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, overload

from ..engine.arguments import NOT_GIVEN, check_function, one_of
from ..engine.calculus import div
from ..engine.watching import forgetting
from .axes import Axes, are_nested, axes_of, check_axes, parts_of
from .batches import results_of
from .compiled_function import compiled_too
from .entries import split, stack
from .first_sample import flow_more
from .function_names import is_importable, name_of
from .lane_sum import lane_sum
from .matching import rows_alike
from .out_axes import OutAxes, check_out_axes, placed
from .runs import Run, as_given, leave_gradients
from .samples import carries_gradient
from .trees import flatten, open_array

Function = Callable[..., Any]

# How a batch is recorded, where a function that contains one is: set by the compiler.
recording_batch: ContextVar[Callable[..., Any] | None] = ContextVar("recording_batch", default=None)


@contextmanager
def as_loops() -> Iterator[None]:
    """Inside the block every batch is a plain loop, also where it would be recorded."""
    token = recording_batch.set(None)
    try:
        yield
    finally:
        recording_batch.reset(token)


@overload
def vmap(
    f: Function, in_axes: Axes = 0, reduce: str | None = None, *, out_axes: OutAxes = 0
) -> "Batch": ...
@overload
def vmap(
    *, in_axes: Axes = 0, reduce: str | None = None, out_axes: OutAxes = 0
) -> Callable[[Callable[..., Any]], "Batch"]: ...
@compiled_too
def vmap(
    f: Any = NOT_GIVEN, in_axes: Axes = 0, reduce: str | None = None, *, out_axes: OutAxes = 0
) -> Any:
    """The function that applies `f` to every sample of a batch.

    Args:
        f: a function of one sample; without it, a decorator for one.
        in_axes: for each argument 0, if it holds one entry for each sample, or None, if it is the
            same for all of them; one number for all arguments. For an argument with parts of both
            kinds a dict or tuple with the axes of its items, as in ``({"w": None, "x": 0}, 0)``.
        reduce: None for the results of all samples; ``"sum"`` or ``"mean"`` to add them up or
            average them, as training does with ``vmap(value_and_grad(loss), …, reduce="mean")``.
        out_axes: where the samples stand in the results: 0 for lists with an entry for each
            sample; 1, or another axis, for nested lists in which they stand further in, and None
            for a result that is the same for all samples and is given once. For several results
            a tuple or dict of axes, as in ``(0, None)``.

    Returns:
        A function with the arguments of `f`. Of an argument that is mapped, the elements of a
        list, tuple or array are the samples, a row of an array being the list of its elements
        (`arrays.py`); of a dict or named tuple each entry is mapped. The results are lists of one
        for each sample, inside the tuples and dicts that `f` returns; None stays None. Keyword
        arguments are the same for all samples. Of a compiled function it is a compiled batch.

        Gradients of any order go through it, interpreted and compiled with the same bits. In a
        graph all samples are one node, whose results are nodes of their own; what the function
        keeps elsewhere of a sample has its gradient too. In a compiled function the gradient is a
        loop over samples again. `recompute` runs the samples anew; `explain`, `steps` and `play`,
        which go edge by edge, refuse such a graph.

    Raises:
        TypeError: when called, for results of different structure.
        ValueError: for other axes or reductions; when called, for axes that do not fit the
            arguments or results, for no samples or different numbers of them, for results of
            different structure that are to be added up, or for results that are not the same for
            all samples where `out_axes` is None.
        TracedValueError: inside a compiled function, where `out_axes` is None for a result that is
            computed from the samples, for its recording cannot tell whether all give the same.

    Example:
        >>> from autograd import value_and_grad, vmap
        >>> vmap(lambda x, w: x * w, in_axes=(0, None))([1.0, 2.0], 10.0)
        [10.0, 20.0]
        >>> vmap(value_and_grad(lambda w, x: (w - x) ** 2), (None, 0), "mean")(3.0, [1.0, 2.0])
        (2.5, 3.0)
        >>> vmap(lambda d: d["w"] * d["x"], in_axes=({"w": None, "x": 0},))(
        ...     {"w": 10.0, "x": [1.0, 2.0]}
        ... )
        [10.0, 20.0]
        >>> vmap(lambda x: ([x, -x], 2.0), out_axes=(1, None))([1.0, 2.0, 3.0])
        ([[1.0, 2.0, 3.0], [-1.0, -2.0, -3.0]], 2.0)
        >>> from autograd import grad
        >>> grad(lambda w: vmap(lambda x: (w - x) ** 2, reduce="mean")([1.0, 2.0]))(3.0)
        3.0
    """
    if f is NOT_GIVEN:
        return functools.partial(vmap, in_axes=in_axes, reduce=reduce, out_axes=out_axes)
    return Batch(f, in_axes, reduce, out_axes=out_axes)


class Batch:
    """A function of a batch, which `vmap` makes of a function of one sample.

    Attributes:
        f: the function of one sample.
        in_axes: 0 or None, for all arguments or for each, or for the parts of each.
        reduce: None, ``"sum"`` or ``"mean"``.
        out_axes: where the samples stand in the results.
    """

    def __init__(
        self,
        f: Function,
        in_axes: Axes,
        reduce: str | None,
        names: Sequence[str] = (),
        out_axes: OutAxes = 0,
    ) -> None:
        check_function("vmap", f, "a function of one sample")
        one_of("reduce", reduce, (None, "sum", "mean"))
        check_axes(in_axes)
        check_out_axes(out_axes, reduce)
        self.f, self.in_axes, self.reduce, self.out_axes = f, in_axes, reduce, out_axes
        self.is_nested, self._names = are_nested(in_axes), names
        functools.update_wrapper(self, f, updated=())

    def __reduce__(self) -> Any:
        """Copy and pickle it as a function, by its name, if it has one in its module."""
        if is_importable(self):
            return self.__qualname__  # type: ignore[attr-defined]
        return Batch, (self.f, self.in_axes, self.reduce, self._names, self.out_axes)

    def __repr__(self) -> str:
        reduce = f", reduce={self.reduce!r}" if self.reduce else ""
        out_axes = "" if self.out_axes == 0 else f", out_axes={self.out_axes!r}"
        return f"vmap({name_of(self.f)}, in_axes={self.in_axes!r}{reduce}{out_axes})"

    def mapped(self, count: int) -> list[bool]:
        """For each of `count` arguments whether it has an entry for each sample."""
        return [axis == 0 for axis in axes_of(self.in_axes, count)]

    def names(self, count: int) -> Sequence[str]:
        """What errors call each of `count` arguments."""
        return self._names or [f"argument {i}" for i in range(count)]

    def in_parts(self, args: Sequence[Any]) -> tuple["Batch", list[Any]]:
        """The batch as one of the parts that its axes take these arguments into, and the parts."""
        found = parts_of(args, self.in_axes)
        axes = [0 if there else None for there in found.mapped]
        f = found.function(self.f)
        return Batch(f, axes, self.reduce, found.names, self.out_axes), found.parts

    def __call__(self, *args: Any, **options: Any) -> Any:
        """The results of `f` for every sample, or their sum or mean."""
        if self.is_nested:
            batch, parts = self.in_parts(args)
            return batch(*parts, **options)
        mapped = self.mapped(len(args))
        record = recording_batch.get()
        if record is not None:
            return record(self, args, options)
        samples = split(args, mapped, self.names(len(args)))
        return self.combine(_results(self.f, samples, mapped, options))

    def combine(self, results: Sequence[Any]) -> Any:
        """The result of the batch, from those of its samples."""
        if self.reduce is None:
            return placed(stack(results), self.out_axes)
        rows, treedef = rows_alike(results, lambda _: "vmap: the result of a sample")
        totals = [lane_sum(column) for column in zip(*rows, strict=True)]
        if self.reduce == "mean":
            totals = [div(total, float(len(results))) for total in totals]
        return treedef.unflatten(totals)


def _results(
    f: Function, samples: Sequence[Sequence[Any]], mapped: Sequence[bool], options: dict[str, Any]
) -> list[Any]:
    """The results of `f` for each sample: of one node, if a gradient can flow to them.

    Whether one can is what the first sample tells, if those after it have their nodes where it has.
    """
    if forgetting():
        return [f(*sample, **options) for sample in samples]
    first = _SampleRun(f, samples[0], mapped, options)
    flows = first.flows()
    if not flows:
        rest = [x for xs in samples[1:] for x, there in zip(xs, mapped, strict=True) if there]
        if not flow_more(rest, first.numbers):
            leave_gradients([first])
            return [first.output, *(f(*sample, **options) for sample in samples[1:])]
    runs = [first, *(_SampleRun(f, sample, mapped, options) for sample in samples[1:])]
    if not (flows or any(map(_SampleRun.flows, runs))):
        leave_gradients(runs)
        return [run.output for run in runs]
    results = results_of([run.made for run in runs], [run.numbers for run in runs])
    leave_gradients(runs, results)
    return [
        run.treedef.unflatten(results.block((j, s) for j in range(run.size)))
        for s, run in enumerate(runs)
    ]


class _SampleRun(Run):
    """One sample: its numbers, its nodes, its output and the structure of that."""

    def __init__(
        self, f: Function, sample: Sequence[Any], mapped: Sequence[bool], options: dict[str, Any]
    ) -> None:
        own = [x for x, there in zip(sample, mapped, strict=True) if there]
        leaves, treedef = flatten(own, "vmap: a sample", opener=open_array)

        def call(inputs: Sequence[Any]) -> Sequence[Any]:
            is_fresh = any(map(carries_gradient, leaves))
            parts = iter(treedef.unflatten(as_given(leaves, inputs)) if is_fresh else own)
            args = [next(parts) if there else x for x, there in zip(sample, mapped, strict=True)]
            self.output = f(*args, **options)
            outputs, self.treedef = flatten(self.output, "vmap: the result", opener=open_array)
            self.size = len(outputs)
            return outputs

        self.run(call, leaves)
