"""What the documentation says of speed is held against what was measured."""

import json
from pathlib import Path
from typing import Any

import pytest
from beside import Samples, goals, ratios, report
from claims import CLAIMS, Claim, stands, verdict
from show import Goal, conclude

NODES: Samples = {"native": [1e-7, 2e-7], "micrograd": [3e-6, 8e-6]}
MEASURED: dict[str, Any] = {
    "machine": "one",
    "python": "3",
    "rounds": 2,
    "seconds_per_node": NODES,
    "bytes_per_node": {"native": 100.0, "micrograd": 400.0},
    "depth": {"native": 1_000_000, "micrograd": 100},
    "import": {"autograd": [0.02, 0.02], "micrograd": [0.01, 0.01]},
    "drawing": {"autograd": [0.001, 0.002]},
}


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.text)
def test_every_claim_stands_where_it_is_said_to(claim: Claim) -> None:
    assert stands(claim)


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


def test_ratios_are_those_of_rounds() -> None:
    found = ratios(NODES, "native")["micrograd"]
    assert [round(x, 9) for x in found] == [30.0, 40.0]


def test_the_report_has_every_engine_and_every_goal(tmp_path: Path) -> None:
    judged = goals(json.loads(json.dumps(MEASURED)))
    assert [(goal.found, goal.met) for goal in judged[:2]] == [(1e6, True), (0.25, True)]
    told = report(MEASURED, judged)
    assert "micrograd" in told
    assert "1,000,000" in told


@pytest.mark.parametrize(("found", "code"), [(1.0, 0), (3.0, 1)])
def test_goals_are_printed_and_kept(
    found: float, code: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "show.json"
    assert conclude([Goal("a drawing", 2.0, found, "ms")], file) == code
    assert capsys.readouterr().out.split()[:2] == ["a", "drawing"]
    (kept,) = json.loads(file.read_text())["goals"]
    assert (kept["found"], kept["met"]) == (found, code == 0)
