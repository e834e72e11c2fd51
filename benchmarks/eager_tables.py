"""The tables that `eager.py` prints."""

from collections.abc import Iterable, Iterator, Sequence
from statistics import median

from eager_goals import Results, added_by_import
from goals import Goal, table

PARTS = ("forward", "backward", "deletion")


def report(results: Results, goals: Sequence[Goal]) -> str:
    """Everything that was measured, and the goals."""
    tables = {
        "steps": steps_table,
        "chains": chains_table,
        "memory": memory_table,
        "modules": modules_table,
        "user-ops": user_ops_table,
        "recording": recording_table,
        "demo": demo_table,
        "import": import_table,
    }
    how = f"medians of {results['rounds']} by the {results['clock']} clock"
    lines = [f"{results['machine']}; {results['python']}; {how}"]
    if results.get("steps"):
        lines.append(
            "Losses and gradients of all engines agree: largest relative difference "
            f"{results['largest_relative_difference']:.1e}."
        )
    for name, lines_of in tables.items():
        if results.get(name):
            lines += ["", *lines_of(results[name])]
    return "\n".join([*lines, "", *table(goals)])


def row(name: str, cells: Iterable[str]) -> str:
    return f"{name:<28}" + "".join(f"{cell:>30}" for cell in cells)


def shown(seconds: float) -> str:
    if seconds >= 1e-3:
        return f"{seconds * 1e3:,.2f} ms"
    return f"{seconds * 1e6:.2f} µs" if seconds >= 1e-6 else f"{seconds * 1e9:.0f} ns"


def steps_table(steps: Results) -> Iterator[str]:
    """A line for each engine; how many times as long as the first one it takes, round by round."""
    yield row("loss and gradient", steps)
    first, *_ = engines = list(next(iter(steps.values())))
    for engine in engines:
        cells = []
        for seconds in steps.values():
            if engine not in seconds:
                cells.append("")
                continue
            pairs = zip(seconds[engine], seconds[first], strict=True)
            ratios = [one / other for one, other in pairs]
            spread = f"({min(ratios):.3g}–{max(ratios):.3g})"
            cells.append(f"{shown(median(seconds[engine]))} {median(ratios):.3g}x {spread}")
        yield row(engine, cells)


def chains_table(chains: Results) -> Iterator[str]:
    """Forward, backward and deletion for each length."""
    engines = list(next(iter(chains.values())))
    yield row("a node in a chain of", [f"{engine}: fwd, back, del" for engine in engines])
    for nodes, samples in chains.items():
        cells = [
            ", ".join(f"{1e9 * median(x[part] for x in samples[engine]):.0f}" for part in PARTS)
            for engine in engines
        ]
        yield row(f"{nodes:,}", [f"{cell} ns" for cell in cells])


def memory_table(memory: Results) -> Iterator[str]:
    """Before and after backward."""
    yield row("bytes a node: built, after", ["as traced", "of the process"])
    for engine, process in memory["process"].items():
        kinds = memory["traced"].get(engine), process
        yield row(engine, [", ".join(f"{x:.0f}" for x in sizes or ()) for sizes in kinds])


def modules_table(modules: Results) -> Iterator[str]:
    """The fastest of each, beside the same by hand."""
    yield row("an MLP of Modules, by hand", modules)
    for kind in next(iter(modules.values())):
        fastest = [map(min, zip(*pairs[kind], strict=True)) for pairs in modules.values()]
        yield row(kind, [", ".join(map(shown, pair)) for pair in fastest])


def user_ops_table(seconds: Results) -> Iterator[str]:
    yield row("every tenth a user's op", seconds)
    yield row("a node", [shown(median(samples)) for samples in seconds.values()])


def recording_table(recording: Results) -> Iterator[str]:
    yield row("recording for the compiler", recording["seconds"])
    yield row("a node", [shown(median(samples)) for samples in recording["seconds"].values()])
    yield row("bytes a node", [f"{size:.0f}" for size in recording["bytes"].values()])


def demo_table(demo: Results) -> Iterator[str]:
    """Its two parts."""
    yield row("an epoch of the demo", demo)
    for part in next(iter(demo.values()))[0]:
        yield row(part, [shown(median(x[part] for x in samples)) for samples in demo.values()])


def import_table(seconds: Results) -> Iterator[str]:
    engines = [engine for engine in seconds if engine != "nothing"]
    yield row("import autograd", engines)
    yield row("beyond the start of Python", [shown(added_by_import(seconds, x)) for x in engines])
