"""Each figure notices what is wrong. That it finds nothing wrong is for ``make check``."""

import json
import math
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from mpmath import mpf  # type: ignore[import-untyped]

from autograd.engine.native import name as engine
from checks import accuracy, accuracy_page, fuzzing, graphs, suites, testing_page, worst
from checks.accuracy_cases import CASES
from checks.exact import UndecidedError
from checks.exact_library import along
from checks.figure import Options
from checks.other_engine import backward, graph_of
from checks.suite import counted
from tests.domains import BINARY, NARY, UNARY
from tests.engine.test_calculus import slope_of
from tests.ulps import ulps_from

SMALL = Options(points=100, graphs=100, fuzz=90, workers=1)
JUNIT = """<testsuites><testsuite>
<testcase classname="a" name="good"/>
<testcase classname="a" name="bad"><failure message="assert 1 == 2&#10;and more"/></testcase>
<testcase classname="a" name="left"><skipped message="no torch"/></testcase>
</testsuite></testsuites>"""


class TestAccuracy:
    def test_every_op_with_a_reference_is_a_case(self) -> None:
        measured = {case.op for case in CASES.values()}
        assert {row.op.name for row in UNARY} | {row.op.name for row in BINARY} <= measured
        assert {*NARY} <= measured

    @pytest.mark.parametrize("name", ["sum", "mean", "dot", "prod", "maximum", "clip", "where"])
    def test_written_derivatives_are_those_of_differences(self, name: str) -> None:
        xs = [mpf(x) for x in (0.5, -1.25, 3.0, 2.0)]
        value, first, second = CASES[name].truth(*xs)
        truth = NARY[name][1]
        assert value == truth(*xs)
        for i in range(4):
            slope = slope_of(truth, i)
            assert abs(slope(*xs) - first[i]) < 1e-15
            for j in range(4):
                assert abs(slope_of(slope, j)(*xs) - second[i][j]) < 1e-15

    @pytest.mark.parametrize("got", [1.0, 1.0 + 2.0**-50, 0.0, -1.0, math.inf, math.nan, 5e-324])
    @pytest.mark.parametrize("true", [mpf(1) / 3, mpf(2) ** -1074, mpf(10) ** 308, mpf(0)])
    def test_errors_of_many_points_are_those_of_one(self, true: Any, got: float) -> None:
        nearest, rest = worst._split(true)
        one = np.ones(1)
        quantity = worst.Quantity((), nearest * one, rest * one, one)
        (found,) = worst.errors(got * one, quantity)
        assert math.isclose(found, ulps_from(true, got), rel_tol=1e-6, abs_tol=1e-9)

    def test_a_wrong_derivative_is_beyond_its_bound(self) -> None:
        case = CASES["tanh"]
        points = case.draw(20, "a few")
        truths = worst.references(case, points)
        good = {truth.which: truth.nearest for truth in truths}
        here = worst.worst_here(case, points, truths, lambda which: good[which])
        assert max(order["of_bound"] for order in here) <= 0.25
        bad = worst.worst_here(case, points, truths, lambda which: good[which] * (1.0 + 1e-13))
        assert min(order["of_bound"] for order in bad) > 1.0

    def test_a_part_has_the_worst_of_each_order(self) -> None:
        result = accuracy.measure("sigmoid", 0, 10)
        assert [0.0 < order["ulp"] < 8.0 for order in result["here"]] == [True] * 3
        verdict = accuracy.judge({"sigmoid: 0": result})
        assert verdict.holds
        assert verdict.line.startswith("1 ops × 3 orders, 10 points: all within their bounds")

    def test_the_page_has_a_line_for_each_order(self) -> None:
        order = {"ulp": 1.5, "of_bound": 0.75, "at": [2.0]}
        part = {"points": 7, "here": [order] * 3, "torch": [{"ulp": math.inf}] * 3}
        lines = accuracy_page.table({"parts": {"exp: 0": part}})
        assert lines[2] == "| `exp` | value | 7 | 1.50 (2) | ∞ | – |"
        assert len(lines) == 5


class TestGraphs:
    def test_they_are_the_same_for_a_seed(self) -> None:
        assert graph_of(3) == graph_of(3) != graph_of(4)

    def test_value_and_derivatives_of_some_are_within_their_bound(self) -> None:
        found = Counter[str]()
        problems = [
            one for seed in range(60) for one in graphs._of_reference(graph_of(seed), found)
        ]
        assert problems == []
        assert found["reference"] > 20

    def test_a_wrong_gradient_is_noticed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def wrong(graph: Any) -> Any:
            value, slopes = backward(graph)
            return value, [slope * (1.0 + 1e-9) for slope in slopes]

        monkeypatch.setattr(graphs, "backward", wrong)
        found = Counter[str]()
        problems = [
            one for seed in range(60) for one in graphs._of_reference(graph_of(seed), found)
        ]
        assert all("the backward pass gives" in problem for problem in problems)
        assert len(problems) > 10

    @pytest.mark.parametrize(
        ("line", "reason"),
        [
            ("ag.relu(x[0])", None),
            ("ag.relu(x[0] / 3.0 - x[0] / 3.0)", "next to a kink"),
            ("ag.maximum(x[0] / 3.0, x[0] / 3.0)", "a tie"),
            ("ag.log(x[0] * 0.0)", "a"),
            ("ag.grad(lambda t: t)(x[0])", "no reference for grad"),
            ("ag.where(ag.sin(x[0] / 3.0) - ag.sin(x[0] / 3.0), x[0], 1.0)", "may be zero"),
            ("ag.atan2(x[0] - 1.0, -2.0)", "π or -π"),
            ("(-2.0) ** ag.clip(x[0], 3.0, 4.0)", "no derivative by the exponent"),
            # mpmath cannot tell the value; over gmpy2 it can, and no float holds it.
            ("ag.gelu(x[0] * -1e200)", "beyond the reference|floats do not hold"),
            ("ag.lookup([0.5, x[0]], 0).detach()", None),
        ],
    )
    def test_what_floats_cannot_tell_is_undecided(self, line: str, reason: str | None) -> None:
        source = f"def f(x, i):\n    return {line}"
        if reason is None:
            assert along(source, [0.0], [], [1.0]).slope == 0
        else:
            with pytest.raises(UndecidedError, match=reason):
                along(source, [1.0], [], [1.0])

    def test_where_a_derivative_of_the_reference_is_none_it_is_undecided(self) -> None:
        with pytest.raises(UndecidedError, match="infinite, or none"):
            along("def f(x, i):\n    return x[0] ** i[0]", [0.0], [2.0], [1.0])

    @pytest.mark.parametrize("of_numbers", ["i[0] / i[1]", "i[0] // i[1]", "i[0] % i[1]"])
    def test_numbers_without_a_derivative_are_exact_ones_too(self, of_numbers: str) -> None:
        """Those of Python would raise where they are divided by 0."""
        with pytest.raises(UndecidedError):
            along(f"def f(x, i):\n    return x[0] * ({of_numbers})", [1.0], [1.0, 0.0], [1.0])
        source = "def f(x, i):\n    return x[0] * i[0].detach() * i[1]"
        assert along(source, [2.0], [3.0, 4.0], [1.0]).slope == 12

    def test_a_part_counts_and_the_line_says_it(self) -> None:
        part = {"graphs": 2, "found": {"engines": 2, "reference": 1}, "wrong": []}
        assert graphs.judge({"a": part}).holds
        assert not graphs.judge({"a": {**part, "wrong": ["graph 1: wrong"]}}).holds
        assert not graphs.judge({"a": {**part, "found": {}}}).holds


class TestFuzzing:
    @pytest.mark.parametrize("kind", ["expressions", "files"])
    def test_some_are_accepted_and_some_refused(self, kind: str) -> None:
        result = fuzzing.measure(kind, 0, 150)
        assert result["wrong"] == []
        assert {*result["found"]} == {"accepted", "refused"}

    def test_another_error_is_told(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def fails(draw: Any) -> str:
            raise RuntimeError("no")

        monkeypatch.setattr(fuzzing, "try_expression", fails)
        result = fuzzing.measure("expressions", 7, 1)
        assert result["wrong"] == ["expressions 7: RuntimeError: no"]
        assert not fuzzing.judge({"a": result}).holds

    def test_parts_are_as_many_as_were_asked_for(self) -> None:
        parts = fuzzing.figure(SMALL).parts
        assert [part.arguments for part in parts] == [("expressions", 0, 60), ("files", 0, 30)]


class TestSuites:
    def test_outcomes_are_counted(self) -> None:
        result = counted(JUNIT)
        assert result["counts"] == {"passed": 1, "failed": 1, "skipped": 1}
        assert (result["failed"], result["skips"]) == (["a::bad: assert 1 == 2"], {"no torch": 1})
        verdict = suites._all_passed({"a": result})
        assert verdict == (False, "1 passed, 1 skipped, 1 failed; a::bad: assert 1 == 2")

    def test_nothing_passed_is_not_all_passed(self) -> None:
        assert not suites._all_passed({"a": counted("<testsuites/>")}).holds

    @pytest.mark.parametrize(("passed", "holds"), [(180, True), (179, False), (0, False)])
    def test_suites_of_peers_are_no_fewer_than_ever(self, passed: int, holds: bool) -> None:
        verdict = suites._as_many_passed({"a": {"counts": {"passed": passed}, "failed": []}})
        assert verdict.holds is holds
        assert ("at least 180" in verdict.line) is not holds

    def test_faults_run_on_every_engine(self) -> None:
        names = [part.arguments[1]["AUTOGRAD_ENGINE"] for part in suites.faults(SMALL).parts]
        assert names == list(dict.fromkeys((engine, "python")))

    def test_what_is_not_reached_is_listed_for_files_below_the_limit(self) -> None:
        def file(percent: float) -> dict[str, Any]:
            summary = {"percent_covered": percent}
            return {"summary": summary, "missing_lines": [7], "missing_branches": [[8, 9]]}

        totals = {"percent_covered": 97.5, "covered_lines": 99, "num_statements": 100}
        totals |= {"covered_branches": 9, "num_branches": 10}
        files = {"good.py": file(98.0), "bad.py": file(50.0)}
        assert suites.summarized({"totals": totals, "files": files}) == {
            "percent": 97.5,
            "lines": 99.0,
            "branches": 90.0,
            "files": {"bad.py": {"percent": 50.0, "lines": [7], "branches": [[8, 9]]}},
        }

    @pytest.mark.parametrize(("percent", "holds"), [(97.0, True), (96.9, False)])
    def test_coverage_below_the_limit_is_not_as_promised(self, percent: float, holds: bool) -> None:
        total = {"percent": percent, "lines": 98.0, "branches": 95.0}
        assert suites._judge_coverage({"total": total}).holds is holds
        assert not suites._judge_coverage({"total": total, "suite": {"failed": ["a"]}}).holds


class TestTestingPage:
    PAGE = f"# Testing\n\n{testing_page.BEGIN}\n\n| a | old | then |\n{testing_page.END}\nmore\n"

    def test_new_figures_take_the_place_of_old_ones_and_others_stay(self) -> None:
        page = testing_page.with_figures(self.PAGE, {"b": "| b | new | now |"})
        page = testing_page.with_figures(page, {"a": "| a | new | now |"})
        assert page.splitlines()[4:8] == [
            "| figure | found | when, and on what |",
            "|---|---|---|",
            "| a | new | now |",
            "| b | new | now |",
        ]
        assert page.endswith(f"{testing_page.END}\nmore\n")

    def test_a_page_without_a_place_for_them_is_an_error(self) -> None:
        with pytest.raises(ValueError, match=r"testing\.md has no lines"):
            testing_page.with_figures("# Testing", {})

    @pytest.mark.parametrize("figure", [accuracy.figure, graphs.figure, fuzzing.figure])
    def test_less_than_is_promised_is_not_the_whole_figure(self, figure: Any) -> None:
        assert figure(Options()).whole
        assert not figure(SMALL).whole

    @pytest.mark.parametrize("left", [{"whole": False}, {"finished": ""}, {}])
    def test_only_whole_figures_are_written_into_pages(
        self, left: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        kept = {"figure": "accuracy", "holds": True, "line": "all well", "parts": {}}
        kept |= {"machine": "m", "python": "3", "finished": "now", "whole": True, **left}
        (tmp_path / "accuracy.json").write_text(json.dumps(kept))
        for page in (testing_page, accuracy_page):
            monkeypatch.setattr(page, "PAGE", tmp_path / f"{page.__name__}.md")
            page.PAGE.write_text(self.PAGE)
            page.write(tmp_path)
            assert (page.PAGE.read_text() != self.PAGE) is (not left), page

    def test_the_page_has_a_place_for_them(self) -> None:
        page = testing_page.PAGE.read_text("utf-8")
        assert testing_page.with_figures(page, {}) == page
