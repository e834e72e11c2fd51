"""The grader names the mistake of a wrong engine, and blames no right one."""

import json
from collections import Counter
from typing import Any

import pytest

from autograd import Value
from autograd.teach import grade
from autograd.teach.grader.findings import KINDS
from tests.teach import function_engines, other_engines, written_engines
from tests.teach.written_engines import WALKS, Engine, closures, tuples

RIGHT = [*written_engines.RIGHT, *other_engines.RIGHT, *function_engines.RIGHT]
WRONG = [*written_engines.WRONG, *other_engines.WRONG, *function_engines.WRONG]
# What they keep from program to program grows, and each walks through all of it: 2 to 4 s each.
GROWING = (
    "named, not_cleared a list of the class",
    "pulling, not_cleared a list of the class",
    "functions, not_cleared, what was seen is kept",
)
SEEDS = {"written": 0, "other": 2026}


def seed_of(engine: Engine) -> int:
    return SEEDS["written" if engine in written_engines.WRONG else "other"]


def by_name(name: str) -> Any:
    return next(engine for engine in [*RIGHT, *WRONG] if engine.name == name).value


def one_of_each(engines: list[Engine], kept: int) -> list[Any]:
    """All as parameters; beyond `kept` of a style with one mistake, those of make test-all."""
    seen: Counter[object] = Counter()
    found = []
    for engine in engines:
        of = (engine.name.split(",")[0], engine.kind, engine.where)
        seen[of] += 1
        slow = seen[of] > kept or engine.name in GROWING
        marks = [pytest.mark.slow] if slow else []
        found.append(pytest.param(engine, id=engine.name, marks=marks))
    return found


def test_there_are_many_engines_and_no_two_are_the_same() -> None:
    assert len(WRONG) >= 120
    assert len(RIGHT) >= 40
    assert len({engine.source for engine in [*RIGHT, *WRONG]}) == len(RIGHT) + len(WRONG)


@pytest.mark.parametrize("engine", one_of_each(RIGHT, 2))
def test_a_right_engine_is_not_blamed(engine: Engine) -> None:
    report = grade(engine.value, seed_of(engine))
    assert report.mistakes == (), report.text
    assert {finding.kind for finding in report.limits} <= {"not_cleared", "too_deep", "every_path"}


@pytest.mark.parametrize("engine", one_of_each(WRONG, 1))
def test_the_mistake_of_a_wrong_engine_is_named(engine: Engine) -> None:
    (mistake,) = grade(engine.value, seed_of(engine)).mistakes
    assert (mistake.kind, mistake.where) == (engine.kind, engine.where), mistake.what
    assert not engine.operation or engine.operation in mistake.operations


def test_our_own_engine_is_right_and_has_no_limits() -> None:
    report = grade(Value)
    assert (report.ok, report.findings, report.skipped) == (True, (), ())


def test_every_kind_of_mistake_is_in_the_tables_or_tested_below() -> None:
    assert set(KINDS) - {engine.kind for engine in WRONG} == {
        "surface",
        "missing_operator",
        "slow",
        "every_path",
        "unnamed",
    }


# --- the report -----------------------------------------------------------------------------


def test_the_report_shows_the_graph_with_what_is_expected_and_found() -> None:
    report = grade(by_name("closures, ="))
    (mistake,) = report.mistakes
    program = str(mistake.program)
    given: dict[str, Any] = {"Value": by_name("closures, =")}
    exec(program, given)
    assert mistake.found == {"a.grad": given["a"].grad}
    given = {"Value": Value}
    exec(program, given)
    assert mistake.expected == {"a.grad": given["a"].grad}
    for line in program.splitlines():
        assert f"    {line}\n" in report.text
    assert "    a.grad is to be 2, and is 1\n" in report.text
    assert report.text.startswith("Value: 1 mistake, 1 limit\n\n= for +=: a is used twice")


def test_the_report_says_what_is_right_and_what_could_not_be_judged() -> None:
    report = grade(by_name("closures, a stack"))
    assert "5,000 nodes in a row" in report.passed
    assert any("+, *" in text for text in report.passed)
    assert report.absent == ("log", "sigmoid", "sin", "cos", "sqrt")
    assert report.skipped == ("a second backward pass",)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("closures, a stack", "No topological order, by a stack"),
        ("closures, recursion once", "No topological order, by recursion"),
        ("tuples, a queue", "No topological order, by a queue"),
        ("tanh by (1 - t), 0", "it looks like 1 − tanh(a): the square is missing"),
        ("log by -1 / self.data, 0", "the sign is turned"),
        ("* by self.data, other.data, 0", "the rule of b was taken"),
        ("a**2 by self.data**(n - 1), 0", "the factor 2 is missing"),
        ("= in tanh", "in the rule of tanh"),
        ("a reflected operator that calls itself", "2 + a calls itself for ever"),
        ("named, + by 2.0", "the gradient is 2 times that"),
        ("named, relu by 0.0", "nothing arrives"),
    ],
)
def test_the_mistake_is_said_in_words(name: str, said: str) -> None:
    assert said in " ".join(grade(by_name(name)).text.split())


def test_the_same_report_is_json_for_a_course_grader() -> None:
    report = grade(by_name("tuples, a queue"), seed=3)
    data = json.loads(report.json)
    assert data == report.data
    assert (data["class"], data["seed"], data["ok"]) == ("Value", 3, False)
    (mistake,) = data["mistakes"]
    assert (mistake["kind"], mistake["where"]) == ("no_topological_order", "queue")
    assert mistake["expected"].keys() == mistake["found"].keys()


def test_numbers_that_json_cannot_hold_are_texts() -> None:
    infinite = closures(d_exp="float('inf')")
    report = grade(Engine("", infinite).value)
    assert json.loads(report.json)["mistakes"][0]["found"] == {"a.grad": "inf"}


def test_the_same_seed_gives_the_same_report_and_others_other_numbers() -> None:
    first, again, other = (grade(by_name("closures, ="), seed).text for seed in (1, 1, 2))
    assert first == again != other


def test_a_notebook_shows_the_graph_as_code() -> None:
    report = grade(by_name("closures, ="))
    assert f"```python\n{report.mistakes[0].program}\n```" in report._repr_markdown_()


# --- engines that break off -----------------------------------------------------------------


def kinds(source: str) -> list[str]:
    return [finding.kind for finding in grade(Engine("", source).value).findings]


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("class Value: pass", "Value(1.5) raises TypeError: Value() takes no arguments"),
        (
            "class Value:\n    def __init__(self, x): self.data = x",
            "a Value has no grad and no backward",
        ),
        (
            "class Value:\n    data, grad = 'x', 0\n    def __init__(self, x): pass\n"
            "    def backward(self): pass",
            "a.data is a str, where a number is to be",
        ),
        (
            "class Value:\n    grad = 1\n    def __init__(self, x): self.data = x\n"
            "    def backward(self): pass",
            "data and grad of Value(1.5) are to be 1.5 and 0",
        ),
    ],
)
def test_a_class_that_is_no_value_yet_is_told_what_it_lacks(source: str, said: str) -> None:
    report = grade(Engine("", source).value)
    assert [(x.kind, x.what) for x in report.mistakes] == [("surface", said)]
    assert report.skipped == ("everything else",)


def test_an_operator_that_is_missing_is_named() -> None:
    source = closures(operators="").replace("def __mul__", "def times")
    report = grade(Engine("", source).value)
    missing = next(x for x in report.mistakes if x.kind == "missing_operator")
    assert missing.operations == ("*",)


def test_a_class_that_cannot_be_hashed_raises_once() -> None:
    equal = "    def __eq__(self, other):\n        return self.data == other.data\n"
    (mistake,) = grade(
        Engine("", closures(operators=written_engines.OPERATORS + equal)).value
    ).mistakes
    assert mistake.what.startswith("TypeError: unhashable type: 'Value'")


def test_an_error_in_a_rule_is_told_with_the_lines_that_raise_it() -> None:
    (mistake,) = grade(Engine("", closures(d_tanh="tt")).value).mistakes
    assert (mistake.kind, mistake.operations) == ("raises", ("tanh",))
    assert mistake.what == "NameError: name 'tt' is not defined"
    assert "y = a.tanh()" in str(mistake.program)


def test_a_loop_without_an_end_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autograd.teach.grader.programs.MOST_LINES", 10_000)
    endless = "def backward(self):\n    while True:\n        self.grad = 1.0\n"
    assert "raises" in kinds(closures(endless))


def test_a_pass_that_walks_every_path_is_right_and_told_so() -> None:
    report = grade(by_name("pulling, path by path"))
    assert report.ok
    assert "every_path" in [finding.kind for finding in report.limits]


def test_the_trace_function_is_the_one_before() -> None:
    import sys

    before = sys.gettrace()
    grade(by_name("tuples, stack"))
    assert sys.gettrace() is before


def test_two_wrong_operations_that_may_be_built_on_each_other_are_named() -> None:
    wrong = {"tanh": "1 - self.data", "sigmoid": "self.data"}
    (mistake,) = grade(Engine("", other_engines.named(**wrong)).value).mistakes
    assert set(mistake.operations) == {"tanh", "sigmoid"}


def test_two_mistakes_are_both_named() -> None:
    source = tuples(d_log="self.data", operators=written_engines.direct(d_sub="1"))
    assert kinds(source) == ["wrong_rule", "wrong_rule"]


@pytest.mark.parametrize("given", [Value(1.0), "Value", None])
def test_what_is_no_class_is_an_error(given: Any) -> None:
    with pytest.raises(TypeError, match="grade takes the class itself, such as Value, got "):
        grade(given)


def test_a_seed_that_is_no_int_is_an_error() -> None:
    with pytest.raises(TypeError, match=r"seed is an int, got 1\.5"):
        grade(Value, seed=1.5)  # type: ignore[arg-type]


def test_an_engine_with_numbers_of_32_bits_is_right() -> None:
    source = closures(WALKS["stack"]).replace("self.data = data", "self.data = float32(data)")
    report = grade(Engine("", "from numpy import float32\n" + source).value)
    assert report.mistakes == (), report.text
