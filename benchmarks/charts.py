"""Charts of what the benchmarks measured, light and dark: `python benchmarks/charts.py FOLDER`.

FOLDER holds their JSON files, and gets an SVG for each comparison and theme. A bar is a median, the
line on it goes from the least to the largest of the rounds; the scale is logarithmic.
"""

import argparse
import importlib
import sys
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from processes import is_installed, read_results

THEMES = {
    "light": ("#ffffff", "#24292f", "#0969da", "#8c959f"),
    "dark": ("#0d1117", "#e6edf3", "#58a6ff", "#6e7681"),
}
OURS = ("native", "python", "llvm", "autograd")


class Chart(NamedTuple):
    """Bars of several engines.

    Attributes:
        name: of the file.
        title: what is compared.
        unit: of the numbers.
        samples: of each engine, one of each round.
    """

    name: str
    title: str
    unit: str
    samples: dict[str, list[float]]


def charts(results: dict[str, Any]) -> list[Chart]:
    """Every comparison that was measured."""
    found = []
    for workload, samples in results.get("eager", {}).get("steps", {}).items():
        found.append(Chart(f"eager-{slug(workload)}", f"Eager: {workload}", "s a step", samples))
    compiled: dict[str, dict[str, list[float]]] = {}
    for name, seconds in results.get("compiled", {}).get("seconds_per_step", {}).items():
        problem, _, engine = name.rpartition(", by ")
        compiled.setdefault(problem, {})[engine] = seconds
    for problem, samples in compiled.items():
        if len(samples) > 1:
            name, title = f"compiled-{slug(problem)}", f"Compiled: {problem}"
            found.append(Chart(name, title, "s a step", samples))
    beside = results.get("beside", {})
    for key, title, unit in (
        ("seconds_per_node", "A node: forward, backward, deletion", "s a node"),
        ("import", "Import", "s"),
        ("drawing", "A neuron as SVG", "s"),
    ):
        if key in beside:
            found.append(Chart(slug(key), title, unit, beside[key]))
    for key, title, unit in (
        ("bytes_per_node", "Memory of a node after backward", "bytes"),
        ("depth", "Longest chain that goes back, of those tried", "nodes"),
    ):
        if key in beside:
            samples = {name: [max(float(x), 1.0)] for name, x in beside[key].items()}
            found.append(Chart(slug(key), title, unit, samples))
    return found


def slug(text: str) -> str:
    """Letters, digits and hyphens alone."""
    return "-".join("".join(c if c.isalnum() else " " for c in text.lower()).split())


def draw(chart: Chart, theme: str, folder: Path) -> Path:
    """Write a chart in one theme."""
    importlib.import_module("matplotlib").use("Agg")
    pyplot = importlib.import_module("matplotlib.pyplot")
    ground, ink, ours, others = THEMES[theme]
    names = sorted(chart.samples, key=lambda name: median(chart.samples[name]))
    middles = [median(chart.samples[name]) for name in names]
    ends = [
        [m - min(chart.samples[n]) for n, m in zip(names, middles, strict=True)],
        [max(chart.samples[n]) - m for n, m in zip(names, middles, strict=True)],
    ]
    figure, axes = pyplot.subplots(figsize=(7, 0.5 + 0.4 * len(names)), facecolor=ground)
    colors = [ours if name in OURS else others for name in names]
    axes.barh(names, middles, xerr=ends, color=colors, ecolor=ink, log=True)
    axes.invert_yaxis()
    axes.set_facecolor(ground)
    axes.set_title(f"{chart.title} ({chart.unit})", color=ink, loc="left", fontsize=10)
    axes.tick_params(colors=ink, which="both")
    for side in axes.spines.values():
        side.set_visible(False)
    path = folder / f"{chart.name}-{theme}.svg"
    figure.savefig(path, bbox_inches="tight", facecolor=ground, metadata={"Date": None})
    pyplot.close(figure)
    return path


def main() -> None:
    parser = argparse.ArgumentParser(description="Draw what the benchmarks have measured.")
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    results = read_results(folder)
    if not is_installed("matplotlib"):
        sys.exit("there is nothing to draw with")
    for chart in charts(results):
        for theme in THEMES:
            print(draw(chart, theme, folder))


if __name__ == "__main__":
    main()
