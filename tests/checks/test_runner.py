"""Figures run in parts, and what was found is kept, whatever comes between."""

import json
import multiprocessing
import sys
import time
from collections.abc import Mapping
from multiprocessing.connection import wait
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from checks import runner
from checks.figure import Figure, Options, Part, Result, Verdict, shares
from checks.kept import Kept, digest_of_sources, read

ABOUT = {"machine": "one", "python": "3", "engine": "python", "sources": "1"}
OPTIONS = Options(points=10, workers=1)


def squared(x: int) -> Result:
    return {"x": x * x}


def broken() -> Result:
    raise ZeroDivisionError("by nothing")


def judged(parts: Mapping[str, Result]) -> Verdict:
    total = sum(part["x"] for part in parts.values())
    return Verdict(total == 5, f"the sum is {total}")


FIGURE = Figure("sum", [Part("one", squared, (1,)), Part("two", squared, (2,))], judged)


def measured(figure: Figure, folder: Path, **settings: Any) -> tuple[bool, list[str]]:
    """What `run` gives and says, without its time; the parts run here, not in processes."""
    said: list[str] = []
    holds = runner.run([figure], OPTIONS, folder, ABOUT, say=said.append, **settings)
    return holds, [line.rpartition(" (")[0] for line in said]


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """No processes: the parts are measured here, and named in the order in which they begin."""
    begun: list[str] = []

    def results(parts: Any, workers: int) -> Any:
        for part in parts:
            begun.append(part.name)
            yield part, *runner._measured(part)

    monkeypatch.setattr(runner, "_results", results)
    return begun


def test_a_figure_is_one_line_and_a_file(tmp_path: Path) -> None:
    assert measured(FIGURE, tmp_path) == (True, ["ok     sum          the sum is 5"])
    kept = read(tmp_path / "sum.json")
    assert kept["parts"] == {"one": {"x": 1}, "two": {"x": 4}}
    assert (kept["holds"], kept["line"], kept["machine"]) == (True, "the sum is 5", "one")
    assert kept["finished"].endswith(" UTC")


def test_a_figure_that_is_not_as_promised_says_so(tmp_path: Path) -> None:
    figure = FIGURE._replace(parts=FIGURE.parts[:1])
    assert measured(figure, tmp_path) == (False, ["FAILED sum          the sum is 1"])


def test_a_part_that_raises_fails_its_figure_and_no_other_part(tmp_path: Path) -> None:
    figure = FIGURE._replace(parts=[Part("bad", broken), *FIGURE.parts])
    holds, (line,) = measured(figure, tmp_path)
    assert (holds, line) == (False, "FAILED sum          bad: ZeroDivisionError: by nothing")
    assert read(tmp_path / "sum.json")["parts"]["two"] == {"x": 4}


class TestAnInterruptedRun:
    @pytest.fixture
    def interrupted(self, tmp_path: Path) -> Path:
        kept = Kept(tmp_path, FIGURE, OPTIONS, ABOUT, fresh=False)
        kept.add("one", {"x": 1}, 7.0, 5.0)
        return tmp_path

    def test_goes_on_where_it_was(self, interrupted: Path, here: list[str]) -> None:
        assert measured(FIGURE, interrupted)[0]
        assert here == ["two"]
        kept = read(interrupted / "sum.json")
        assert kept["seconds"] >= 7.0
        assert kept["cpu_seconds"] >= 5.0

    def test_is_forgotten_where_that_is_wanted(self, interrupted: Path, here: list[str]) -> None:
        assert measured(FIGURE, interrupted, fresh=True)[0]
        assert here == ["one", "two"]

    @pytest.mark.parametrize(
        "changed",
        [{"options": {}}, {"finished": "now"}, *({name: "another"} for name in ABOUT)],
        ids=str,
    )
    def test_of_something_else_is_not_gone_on_with(
        self, interrupted: Path, here: list[str], changed: dict[str, Any]
    ) -> None:
        path = interrupted / "sum.json"
        path.write_text(json.dumps({**read(path), **changed}))
        assert measured(FIGURE, interrupted)[0]
        assert here == ["one", "two"]


def test_a_file_that_cannot_be_read_is_none(tmp_path: Path) -> None:
    assert read(tmp_path / "nothing.json") == {}
    (tmp_path / "cut.json").write_text('{"parts": {')
    assert read(tmp_path / "cut.json") == {}


def test_the_digest_of_the_sources_stays_while_they_do() -> None:
    assert digest_of_sources() == digest_of_sources()


def test_shares_are_all_of_it() -> None:
    assert shares(5, 5) == [(0, 5)]
    assert shares(11, 5) == [(0, 5), (5, 5), (10, 1)]


def slept(seconds: float) -> Result:
    time.sleep(seconds)
    return {"x": 0}


class TestProcesses:
    """Of `_results` itself: `here` is for the other tests."""

    @pytest.fixture(autouse=True)
    def _there(self, here: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.undo()
        # They begin as it does that has started them, and are to start no pytest.
        monkeypatch.setitem(sys.modules, "__main__", ModuleType("__main__"))

    def test_each_part_has_its_result_and_its_time_on_processors(self) -> None:
        (found,) = runner._results(FIGURE.parts[:1], workers=1)
        assert found[:2] == (FIGURE.parts[0], {"x": 1})
        assert 0.0 <= found[2] < 60.0

    def test_at_an_interrupt_none_is_begun_any_more(self) -> None:
        results = runner._results([Part(str(i), slept, (0.1,)) for i in range(600)], workers=1)
        next(results)
        results.close()
        # Not joined: the pool's thread joins them too, and one of two is told no exit code.
        begun = [process.sentinel for process in multiprocessing.active_children()]
        for sentinel in begun:
            assert wait([sentinel], 30.0)  # a whole minute would be left to be slept
