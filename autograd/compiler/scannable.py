"""`Scannable`: a compiled function of a state and a datum, run step after step."""

from collections.abc import Callable, Sequence
from typing import Any

from ..engine.arguments import positive_int, truth
from ..engine.errors import ScanInterrupted
from ..engine.messages import short_repr
from ..engine.watching import being_recorded, forgetting, unwatched
from ..transforms.compiled_function import CompiledFunction
from ..transforms.scan import scan
from ..transforms.scan_data import reversed_steps
from ..transforms.strict import strict_is_on
from .binding import Function
from .call_structure import Places, ValueInCallError
from .effects import copies, holders, keeping_gradients, undone_on_error
from .finite import check_scan
from .portable import Portable
from .sample_blocks import SampleBlock
from .scan import Progress, RecordedScan, count_of_steps, scan_structure
from .verified import compare_numbers, numbers_in_results
from .verified_scan import first_difference_in_scan, numbers_of_scan, state_numbers


def context_of_call() -> tuple[str, ...]:
    """What a recording depends on besides: inside `no_grad` a backward pass finds nothing."""
    return ("no_grad",) if forgetting() else ()


def _scan_of(f: Function, length: int | None) -> Function:
    """The scan of `f` as a function of a state and data."""
    return lambda state, data: scan(f, state, data, length=length)


def _refuse_static(static: Sequence[str]) -> None:
    if static:
        raise TypeError(
            f"scan gives a function its state and a datum, and no {', '.join(static)}: "
            "compile a function of these two, as in "
            "compile(lambda state, datum: f(state, datum, setting))"
        )


def _checked_report(every: int | None, progress: Progress | None) -> int | None:
    """`every`, once it is sure that a scan can report so."""
    if every is not None:
        every = positive_int("every", every)
    if progress is not None and not callable(progress):
        raise TypeError(
            f"progress is a function of (done, all, output), got {short_repr(progress)}"
        )
    if being_recorded.get() and not (every is None and progress is None):
        raise TypeError(
            "a scan inside a compiled function cannot report: leave every= and progress= out, or "
            "call the scan outside"
        )
    return every


class Scannable(Portable, CompiledFunction):
    """A compiled function as the step of a scan."""

    def scan(
        self,
        state: Any,
        data: Any = None,
        *,
        length: int | None = None,
        reverse: bool = False,
        every: int | None = None,
        progress: Callable[[int, int, Any], None] | None = None,
    ) -> tuple[Any, Any]:
        """Run ``state, output = f(state, datum)`` over all data, as a training loop does.

        Args:
            state: what the first step gets. A model, its optimizer and a schedule in it change in
                place if the function changes them, also when the scan ends early.
            data: an entry for each step, as `scan` takes them: with ``(xs, ys)`` a datum is
                ``(x, y)``. Without data a datum is None.
            length: how many steps there are, if there are no data to say so.
            reverse: whether the first step takes the last datum, and so on; each output stands
                where its datum does.
            every: after how many steps to report; without it, at the end.
            progress: called with the number of steps done, the number of all, and the last output.

        Returns:
            The last state, and the outputs of all steps, as `vmap` gives those of all samples;
            an output of None, or a part of it, stays None. Models and optimizers that stay in their
            place in the state are given as they are there, others as dicts of their numbers. Of
            Values they are those of `autograd.scan`, which can be differentiated through.

        Raises:
            ScanInterrupted: on Ctrl-C, with the state and the outputs so far.
            TypeError: if neither data nor length is given, or the function gives another state.
            ValueError: if the two disagree, or for no steps.

        Example:
            >>> from autograd.compiler import compile
            >>> total = compile(lambda total, x: (total + x, total * x))
            >>> total.scan(0.0, [1.0, 2.0, 3.0])
            (6.0, [0.0, 2.0, 9.0])
            >>> compile(lambda x, _: (x * 2.0, None)).scan(1.0, length=10)
            (1024.0, None)
        """
        every = _checked_report(every, progress)
        _refuse_static(self.static)
        if being_recorded.get():  # while another function is recorded, it is a part of that
            return scan(self.f, state, data, length=length, reverse=reverse)
        options = {"length": length, "every": every, "progress": progress}
        if truth("reverse", reverse):
            return self._scan_reversed(state, data, options)
        pieces: list[Any] = []
        blocks: list[SampleBlock] = []
        places: Places = {}
        try:
            key = (*scan_structure(state, data, pieces, blocks, places), *context_of_call())
        except ValueInCallError:  # a derivative is taken, or may be
            if every is not None or progress is not None:
                raise
            if holders([state]):
                return scan(self.f, state, data, length=length)
            return self.transformed(_scan_of, length)(state, data)  # type: ignore[no-any-return]
        count = count_of_steps(data, blocks, length)
        if strict_is_on():
            return self._scan_strictly(state, data, count, options)
        recorded = self._recordings.find(
            key,
            ([state, data], ()),
            lambda: RecordedScan(self.f, state, data, pieces, blocks, self.backend),
        )
        return recorded((state, data), pieces, blocks, places, count, every, progress)  # type: ignore[no-any-return]

    def _scan_strictly(self, state: Any, data: Any, count: int, options: Any) -> tuple[Any, Any]:
        """The scan, if no operation makes a nan or an inf."""
        (before,) = copies([state])
        with undone_on_error([state]):
            with unwatched():
                results = self.scan(state, data, **options)
            check_scan(self.f, before, data, count, results)
        return results

    def _scan_reversed(self, state: Any, data: Any, options: Any) -> tuple[Any, Any]:
        """The scan whose first step takes the last datum."""
        try:
            last, outputs = self.scan(state, reversed_steps(data), **options)
        except ScanInterrupted as stopped:
            outputs = reversed_steps(stopped.outputs)
            raise ScanInterrupted(stopped.state, outputs, stopped.steps) from None
        return last, reversed_steps(outputs)

    def verify_scan(self, state: Any, data: Any = None, *, length: int | None = None) -> int:
        """Run a scan compiled and step by step interpreted, and compare every bit.

        Models and optimizers in the state are compared too, and stay as they are.

        Args:
            state: as of `scan`.
            data: as of `scan`.
            length: as of `scan`.

        Returns:
            How many numbers were compared: those in all outputs and in the last state.

        Raises:
            CompiledDifferenceError: naming the first step with a node that differs, that node with
                its formula, and both numbers.

        Example:
            >>> from autograd.compiler import compile
            >>> compile(lambda total, x: (total + x, total * x)).verify_scan(0.0, [1.0, 2.0])
            3
        """
        (given,) = copies([state])
        with keeping_gradients([state]):
            last, outputs = self.scan(given, data, length=length)
        found = [*numbers_in_results(outputs), *state_numbers(last, state)]
        blocks: list[SampleBlock] = []
        scan_structure(state, data, [], blocks, {})
        count = count_of_steps(data, blocks, length)
        wanted = numbers_of_scan(self.f, state, data, count)

        def why() -> str | None:
            return first_difference_in_scan(self.f, state, data, count, self.backend)

        return compare_numbers(found, wanted, why)
