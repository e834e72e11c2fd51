"""What the documentation says of speed is held against what was measured."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from against_jax import PROGRAMS, cases
from beside import Samples, goals, ratios, report
from claims import CLAIMS, Claim, claims_of_programs, line_of, verdict
from processes import is_whole, measure_parts, read_results
from show import Goal, conclude

NODES: Samples = {"native": [1e-7, 2e-7], "micrograd": [3e-6, 8e-6]}
MEASURED: dict[str, Any] = {
    "machine": "one",
    "python": "3",
    "rounds": 2,
    "engines": ["native", "micrograd"],
    "seconds_per_node": NODES,
    "bytes_per_node": {"native": 100.0, "micrograd": 400.0},
    "depth": {"native": 1_000_000, "micrograd": 100},
    "import": {"autograd": [0.02, 0.02], "micrograd": [0.01, 0.01]},
    "drawing": {"autograd": [0.001, 0.002]},
}


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.text)
def test_every_claim_stands_where_it_is_said_to(claim: Claim) -> None:
    assert line_of(claim)


def test_a_verdict_names_the_line_also_of_a_claim_that_goes_over_two(tmp_path: Path) -> None:
    (tmp_path / "page.md").write_text("One\n\nand two and\n  three.\n", "utf-8")
    assert line_of(Claim("page.md", "two and three.", lambda results: 1.0, 0.0), tmp_path) == 3
    line = line_of(CLAIMS[0])
    assert f"{CLAIMS[0].file}:{line}: " in verdict(CLAIMS[0], {})[1]


def test_every_program_of_the_table_is_a_claim() -> None:
    found = {claim.text.strip("| "): claim for claim in claims_of_programs()}
    names = [case.name for program in PROGRAMS for case in cases(program)]
    assert list(found) == names
    case = {"case": names[0], "ratio_of_medians": found[names[0]].least}
    assert verdict(found[names[0]], {"programs": {"cases": [case]}})[0]
    slower = {**case, "ratio_of_medians": 0.9 * found[names[0]].least}
    holds, told = verdict(found[names[0]], {"programs": {"cases": [slower]}})
    assert not holds
    assert told.startswith("NOT SO   docs/programs.md:")


@pytest.mark.parametrize(
    ("files", "told"),
    [({}, "run make bench"), ({"eager.json": '{"steps": '}, "is not whole")],
)
def test_a_folder_without_results_is_refused(
    files: dict[str, str], told: str, tmp_path: Path
) -> None:
    for name, text in files.items():
        (tmp_path / name).write_text(text, "utf-8")
    with pytest.raises(SystemExit, match=told):
        read_results(tmp_path)


@pytest.mark.parametrize(
    ("found", "holds", "told"),
    [(10.0, True, "holds"), (9.0, False, "NOT SO"), (99.0, False, "NOT")],
)
def test_a_claim_holds_between_its_ends(found: float, holds: bool, told: str) -> None:
    claim = Claim("README.md", "10 to 24 times as fast", lambda results: found, 10.0, 24.0)
    assert verdict(claim, {})[0] is holds
    assert verdict(claim, {})[1].startswith(told)


def test_a_claim_that_was_not_measured_is_unknown_and_one_that_was_reworded_fails() -> None:
    claim = Claim("README.md", "10 to 24 times as fast", lambda results: results["eager"], 0.0)
    assert verdict(claim, {}) == (True, verdict(claim, {})[1])
    assert verdict(claim, {})[1].startswith("unknown")
    reworded = claim._replace(text="a thousand times as fast")
    assert not verdict(reworded, {"eager": 1.0})[0]
    assert verdict(reworded, {})[1].startswith("CHANGED")


def test_an_interrupt_keeps_the_parts_that_were_measured_and_a_failure_all_others() -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    def failing() -> None:
        raise SystemExit("the process of one ended early")

    results: dict[str, Any] = {"machine": "one"}
    parts = {"depth": lambda: 1, "memory": failing, "nodes": interrupted, "import": lambda: 2}
    assert is_whole(results)
    measure_parts(parts, results)
    assert results == {
        "machine": "one",
        "depth": 1,
        "failed": ["memory"],
        "interrupted": "nodes",
    }
    assert not is_whole(results)


@pytest.mark.parametrize("part", ["seconds_per_node", "bytes_per_node", "depth", "import"])
def test_a_part_that_was_not_measured_is_left_out(part: str) -> None:
    results = {name: found for name, found in MEASURED.items() if name != part}
    assert len(goals(results)) in (2, 3)
    assert report(results, goals(results)).startswith("one; 3; medians of 2")


def test_ratios_are_those_of_rounds() -> None:
    found = ratios(NODES, "native")["micrograd"]
    assert [round(x, 9) for x in found] == [30.0, 40.0]


def test_the_report_has_every_engine_and_every_goal(tmp_path: Path) -> None:
    judged = goals(json.loads(json.dumps(MEASURED)))
    assert [(goal.found, goal.met) for goal in judged[:2]] == [(1e6, True), (0.25, True)]
    told = report(MEASURED, judged)
    assert "micrograd" in told
    assert "1,000,000" in told


def test_goals_that_were_measured_before_an_interrupt_are_kept(tmp_path: Path) -> None:
    def measured() -> Iterator[Goal]:
        yield Goal("a drawing", 2.0, 1.0, "ms")
        raise KeyboardInterrupt

    assert conclude(measured(), tmp_path / "show.json") == 1
    kept = json.loads((tmp_path / "show.json").read_text())
    assert [goal["name"] for goal in kept["goals"]] == ["a drawing"]
    assert kept["interrupted"]


@pytest.mark.parametrize(("found", "code"), [(1.0, 0), (3.0, 1)])
def test_goals_are_printed_and_kept(
    found: float, code: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "show.json"
    assert conclude([Goal("a drawing", 2.0, found, "ms")], file) == code
    assert capsys.readouterr().out.split()[:2] == ["a", "drawing"]
    (kept,) = json.loads(file.read_text())["goals"]
    assert (kept["found"], kept["met"]) == (found, code == 0)
