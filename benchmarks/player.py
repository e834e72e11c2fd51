"""How large the player's pages are, how fast they go from frame to frame, and follow a drag.

    python benchmarks/player.py [--json FILE]

Run it from the project's folder. The graphs are those of `ordinary.py`. The pages are opened in
headless Chromium, which measures for itself: every frame in turn, forward and back, up to where the
browser knows all sizes again, so that only painting is left. The number is that of the slowest
frame, each at its median of five. A drag gives an input other numbers, up to where all that hangs
on them is on the screen: the number is the median of forty, at the last event, where most is shown.
The start is the time from the beginning of the document to where the page is unpacked and all sizes
are known, the median of five; the page says it by itself, for what asks it takes of its time. A
training of 2-8-1 on the moons runs for two seconds as fast as it goes: 300 steps a second is a step
in 3.3 ms, and 60 frames a second a frame in 16.7 ms, at the median. The exit code is 1 if a goal is
missed.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from random import Random
from statistics import median

from ordinary import graphs
from playwright.sync_api import Browser, Page, sync_playwright
from processes import a_file
from show import Goal, conclude

from autograd import Value
from autograd.data import moons
from autograd.engine.graph import topological_order
from autograd.losses import binary_cross_entropy
from autograd.nn import MLP
from autograd.show.stepping.player import play
from autograd.show.stepping.training import play_training

sys.path.insert(0, str(Path(__file__).parents[1]))  # the clone that this file is in

from tests.browser import long_names
from tests.programs import missing, path

BYTES = {10: 30_000, 50: 90_000, 300: 500_000}  # of a page, by the number of nodes
MILLISECONDS = {50: 16.0, 300: 50.0}  # of a frame
DRAG = {50: 8.0, 300: 16.0}  # milliseconds from another number to all that follow
READY = {10: 100.0, 50: 100.0, 300: 100.0}  # milliseconds until a page is there
TIMED = ("expression", "network")
STEP, FRAME = 1000 / 300, 16.8  # milliseconds of a training, of a step and of a frame

FRAMES = """() => {
  const there = [...Array(count()).keys()];
  const order = [...there, ...there.toReversed()];
  const times = order.map(() => []);
  for (let round = 0; round < 5; round++) {
    order.forEach((step, place) => {
      const start = performance.now();
      show(step);
      document.body.offsetHeight;
      levels[level].svg.getBBox();
      times[place].push(performance.now() - start);
    });
  }
  return Math.max(...times.map((five) => five.sort((a, b) => a - b)[2]));
}"""


DRAGGED = """() => {
  show(count() - 1);
  const times = [...Array(40).keys()].map((step) => {
    const start = performance.now();
    take([[inputs[0], 0.5 + step / 100]]);
    document.body.offsetHeight;
    levels[level].svg.getBBox();
    return performance.now() - start;
  });
  return times.sort((a, b) => a - b)[20];
}"""

TRAINED = """async () => {
  document.getElementById("pace").value = "0";
  const [begun, before, frames] = [performance.now(), steps(), []];
  document.getElementById("train").click();
  for (let last = begun; last < begun + 2000; ) {
    const now = await new Promise(requestAnimationFrame);
    frames.push(now - last);
    last = now;
  }
  const step = (performance.now() - begun) / (steps() - before);
  document.getElementById("train").click();
  return [step, frames.sort((a, b) => a - b)[Math.floor(frames.length / 2)]];
}"""

BEGIN = """() => new MutationObserver(() => {
  if (window.ready || !document.getElementById("count")) return;
  document.body.offsetHeight;
  const { responseEnd, navigationStart } = performance.timing;
  window.ready = performance.now() - (responseEnd - navigationStart);
  console.log(window.ready);
}).observe(document, { childList: true, subtree: true })"""


def goals(browser: Browser, folder: Path) -> Iterator[Goal]:
    for nodes, kind, root in graphs():
        count = len(topological_order(root))
        file = folder / f"{kind}{nodes}.html"
        play(root).save(file)
        yield Goal(f"page of {kind} of {count} nodes", BYTES[nodes], file.stat().st_size, "bytes")
        if kind not in TIMED:
            continue
        if nodes in READY:
            times = [until_ready(browser, file) for _ in range(5)]
            yield Goal(f"start of {kind} of {count} nodes", READY[nodes], median(times), "ms")
        if nodes in MILLISECONDS:
            page = opened(browser, file)
            for level in page.locator("#level option").all_inner_texts():
                unfold = "(name) => unfold(drawings.findIndex((one) => one.name === name))"
                page.evaluate(unfold, level)
                name = f"frame of {kind} of {count} nodes, {level}"
                yield Goal(name, MILLISECONDS[nodes], page.evaluate(FRAMES), "ms")
                name = f"drag in {kind} of {count} nodes, {level}"
                yield Goal(name, DRAG[nodes], page.evaluate(DRAGGED), "ms")
            page.close()


def of_training(browser: Browser, folder: Path) -> Iterator[Goal]:
    """A network of 2-8-1 that learns the moons in the page."""
    data = moons(100, 0.1, Random(0))

    def loss(model: MLP, x: list[Value], y: int) -> Value:
        return binary_cross_entropy(model(x), y)

    file = folder / "training.html"
    pairs = zip(data.inputs, data.targets, strict=True)
    play_training(MLP(2, [8, 1], rng=0), loss, pairs, momentum=0.9).save(file)
    page = opened(browser, file)
    step, frame = page.evaluate(TRAINED)
    yield Goal("step of a training of the moons", STEP, step, "ms")
    yield Goal("frame of a training of the moons", FRAME, frame, "ms")
    page.close()


def opened(browser: Browser, file: Path) -> Page:
    page = browser.new_page(viewport={"width": 1200, "height": 800})
    page.add_init_script(f"({BEGIN})();{long_names()}")
    page.goto(file.as_uri())
    page.locator("#count").wait_for()
    return page


def until_ready(browser: Browser, file: Path) -> float:
    page = browser.new_page(viewport={"width": 1200, "height": 800})
    page.add_init_script(f"({BEGIN})()")
    with page.expect_console_message() as said:
        page.goto(file.as_uri(), wait_until="commit")
    page.close()
    return float(said.value.text)


def main() -> int:
    parser = argparse.ArgumentParser(description="How soon a page is there, and how it plays.")
    parser.add_argument("--json", type=a_file, metavar="FILE", help="write what was found to FILE")
    arguments = parser.parse_args()
    if lack := missing("chromium"):
        parser.exit(1, f"player.py opens its pages in Chromium: {lack}\n")
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        browser = playwright.chromium.launch(
            executable_path=path("chromium"), args=["--no-sandbox"]
        )
        found = chain(goals(browser, folder), of_training(browser, folder))
        code = conclude(found, arguments.json)
        browser.close()
    return code


if __name__ == "__main__":
    raise SystemExit(main())
