"""Run figures: their parts on all cores, with progress, each result kept as soon as it is there."""

import multiprocessing
import os
import sys
import traceback
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from pathlib import Path
from time import perf_counter

from .figure import Figure, Options, Part, Result, Verdict
from .kept import Kept

ERROR = "error"  # the key of a part that raised


def run(
    figures: Sequence[Figure],
    options: Options,
    folder: Path,
    about: dict[str, str],
    *,
    fresh: bool = False,
    say: Callable[[str], None] = print,
) -> bool:
    """Measure the figures one after the other, and say a line of each.

    Args:
        figures: what is measured.
        options: how much of it, and with how many processes.
        folder: where what was found is kept.
        about: what is noted beside it, such as the machine.
        fresh: whether to forget what an interrupted run has left there.
        say: what the lines are given to.

    Returns:
        Whether all are as promised.

    Raises:
        KeyboardInterrupt: if interrupted; the parts that had ended are kept.
    """
    holds = True
    for figure in figures:
        kept = Kept(folder, figure, options, about, fresh)
        before = kept.content["seconds"]
        start = perf_counter()
        waiting = [part for part in figure.parts if part.name not in kept.parts]
        for part, result, cpu in _results(waiting, 1 if figure.alone else options.workers):
            kept.add(part.name, result, before + perf_counter() - start, cpu)
            _progress(figure, len(kept.parts), kept.content["seconds"])
        verdict = judged(figure, kept)
        kept.finish(verdict)
        sign = "ok    " if verdict.holds else "FAILED"
        seconds, cpu = (kept.content[name] for name in ("seconds", "cpu_seconds"))
        say(f"{sign} {figure.name:<12} {verdict.line} ({seconds:,.0f} s; {cpu:,.0f} of processors)")
        holds &= verdict.holds
    return holds


def judged(figure: Figure, kept: Kept) -> Verdict:
    """The verdict; that of a figure with a part that raised is no other than that."""
    for name, result in kept.parts.items():
        if ERROR in result:
            return Verdict(False, f"{name}: {result[ERROR]}")
    return figure.judge(kept.parts)


Measured = tuple[Result, float]  # with the time on processors, that of its own processes too


def _results(
    parts: Sequence[Part], workers: int
) -> Generator[tuple[Part, Result, float], None, None]:
    """Each part with its result, as they end; at an interrupt none is begun any more."""
    if not parts:
        return
    # Processes of their own, not forks: PyTorch and JAX have threads, which forks lose.
    pool = ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"))
    futures: dict[Future[Measured], Part] = {}
    try:
        futures.update((pool.submit(_measured, part), part) for part in parts)
        for future in as_completed(futures):
            yield futures[future], *future.result()
    finally:
        for future in futures:  # one by one: a pool that is gone at once would not cancel them
            future.cancel()
        pool.shutdown(wait=False)


def _measured(part: Part) -> Measured:
    before = sum(os.times()[:4])
    try:
        result = part.measure(*part.arguments)
    except Exception as error:
        result = {ERROR: f"{type(error).__name__}: {error}", "traceback": traceback.format_exc()}
    return result, sum(os.times()[:4]) - before


def _progress(figure: Figure, done: int, seconds: float) -> None:
    end = "\r" if sys.stderr.isatty() else "\n"
    text = f"       {figure.name}: {done} of {len(figure.parts)} parts, {seconds:,.0f} s"
    print(text, end=end, file=sys.stderr, flush=True)
