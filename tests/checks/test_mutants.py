"""Mutants: which tests are chosen for one, and what is said of a sample."""

import pytest

from checks import equivalent_mutants, mutants
from checks.kept import ROOT
from checks.mutant_tests import Reached, runs_at_import, statement_lines, tests_of as chosen_tests
from checks.mutant_trees import SUITES, _changed_lines, _lines_of_types

SOURCE = """x = (1 +
     2)
def f(a,
      b):
    if a:
        return b
    return [a,
            b]
"""


@pytest.mark.parametrize(
    ("line", "lines"), [(1, [1, 2]), (2, [1, 2]), (3, [3, 4]), (5, [5]), (6, [6]), (8, [7, 8])]
)
def test_the_lines_of_a_change_are_those_of_its_statement(line: int, lines: list[int]) -> None:
    assert list(statement_lines(SOURCE, line)) == lines


def line_of(module: str, text: str) -> int:
    lines = (ROOT / module).read_text("utf-8").splitlines()
    return next(i for i, line in enumerate(lines, 1) if line.strip() == text)


def test_lines_in_no_function_run_at_import() -> None:
    assert [line for line in range(1, 9) if runs_at_import(SOURCE, line)] == [1, 2, 3, 4]


def test_the_tests_of_a_part_of_what_runs_at_import_come_before_all_others() -> None:
    module = "autograd/engine/calculus.py"
    line = line_of(module, '"lookup",')
    order = ["tests/engine/test_ieee.py::c", "tests/engine/test_calculus.py::b", "tests/nn/a.py::a"]
    reached = Reached({module: {str(line): order[:1], "1": order[1:]}}, {}, [])
    assert chosen_tests({"module": module, "line": line}, reached) == order


def test_tests_that_reach_the_line_are_chosen_those_of_its_file_first_then_the_quickest() -> None:
    module = "autograd/engine/op.py"
    order = ["tests/engine/test_op.py::d", "tests/nn/test_b.py::quick", "tests/engine/test_a.py::a"]
    seconds = dict(zip(order, (3.0, 0.0, 1.0), strict=True))
    line = line_of(module, "for operand in operands:")
    reached = Reached({module: {"1": [], str(line): sorted(order)}}, seconds, [])
    assert chosen_tests({"module": module, "line": line}, reached) == order


def test_what_runs_at_import_is_reached_by_all_tests_of_the_module() -> None:
    module = "autograd/engine/op.py"
    reached = Reached({module: {"90": ["a"], "91": ["b"]}}, {}, [])
    assert chosen_tests({"module": module, "line": 1}, reached) == ["a", "b"]
    assert chosen_tests({"module": module, "line": 1}, Reached({}, {}, [])) == sorted(SUITES)


def test_tests_of_the_module_that_are_not_traced_are_chosen_last() -> None:
    module = "autograd/engine/op.py"
    line = line_of(module, "for operand in operands:")
    untraced = ["tests/engine/test_op.py::deep", "tests/engine/test_stop.py::deep"]
    reached = Reached({module: {str(line): ["tests/nn/a.py::a"]}}, {}, untraced)
    chosen = chosen_tests({"module": module, "line": line}, reached)
    assert chosen == ["tests/nn/a.py::a", untraced[0]]


def test_what_was_changed_is_read_from_the_difference() -> None:
    diff = "--- mutation diff ---\n--- a\n+++ b\n@@ -1 +1 @@\n same\n-  x + 1\n+  x - 1"
    assert _changed_lines(diff) == ("x + 1", "x - 1")


def test_overloads_are_types() -> None:
    path = ROOT / "autograd/engine/carrier.py"
    source = path.read_text("utf-8").splitlines()
    lines = _lines_of_types(path)
    assert lines
    assert all("class" not in source[line - 1] for line in lines)


KILLED = {"outcome": "killed", "module": "m", "before": "a", "after": "b", "tests": 3}
SURVIVED = {**KILLED, "outcome": "survived"}


class TestTheVerdict:
    def test_the_rate_has_its_interval(self) -> None:
        results = {str(i): KILLED for i in range(19)} | {"x": SURVIVED}
        holds, line = mutants.judge(results, 8000, "7")
        assert holds
        assert line.startswith("19 of 20 mutants killed, 95.0% (76.4% to 99.1%); 0 more change")
        assert line.endswith("a sample of 8,000 in autograd/engine and autograd/transforms, seed 7")

    def test_too_many_survivors_are_not_as_promised(self) -> None:
        results = {str(i): KILLED for i in range(18)} | {
            "x": SURVIVED,
            "y": SURVIVED,
        }
        assert not mutants.judge(results, 8000, "7").holds

    def test_one_that_changes_nothing_does_not_count(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(equivalent_mutants.EQUIVALENT, ("m", "a", "b"), "a and b are the same")
        results = {"x": SURVIVED, "y": KILLED}
        assert mutants.judge(results, 8000, "7").holds
        assert "changes nothing" in mutants.report(results)

    def test_every_one_that_changes_nothing_has_a_reason(self) -> None:
        for (module, before, after), reason in equivalent_mutants.EQUIVALENT.items():
            lines = (ROOT / module).read_text("utf-8")
            assert all(part in lines for part in before.split("  "))
            assert before != after
            assert reason
        assert all(kind.reason for kind in equivalent_mutants.KINDS)

    @pytest.mark.parametrize(
        ("before", "after"),
        [
            ("if x == x or y == y:", "if x == x or y >= y:"),
            ("return xs if kind is float else 0", "return xs if kind == float else 0"),
            ("if known is not Kind.NEVER:", "if known != Kind.NEVER:"),
            ("zip(xs, ys, strict=True)", "zip(xs, ys, strict=False)"),
            ("def f(x: int, *, y: int) -> None:", "def f(x: int, /, y: int) -> None:"),
            ("return xs[0] if len(xs) == 1 else 0", "return xs[ -1] if len(xs) == 1 else 0"),
            ("x = xs[0] if len(set(xs)) == 1", "x = xs[ -1] if len(set(xs)) == 1"),
            ("deque(xs, maxlen=0)", "deque(xs, maxlen= 1)"),
            ("  @lru_cache", ""),
        ],
    )
    def test_some_kinds_change_nothing_wherever_they_are(self, before: str, after: str) -> None:
        assert equivalent_mutants.explained("any", before, after)
        assert not equivalent_mutants.explained("any", after, before)
        assert not equivalent_mutants.explained("any", f"{before} ", after)

    def test_a_line_of_which_any_change_is_explained_is_that_of_its_module(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        any_change = equivalent_mutants.ANY
        monkeypatch.setitem(equivalent_mutants.EQUIVALENT, ("m", "a", any_change), "a is nothing")
        assert equivalent_mutants.explained("m", "a", "c")
        assert not equivalent_mutants.explained("m", "b", "c")
        assert not equivalent_mutants.explained("n", "a", "c")
