"""The command line, as a new user meets it."""

import contextlib
import io
import os
import re
import subprocess
import sys
import tomllib
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

import autograd
from autograd import Value, engine
from autograd.cli import demo, main as cli, options
from autograd.show import draw
from autograd.show.graphs.draw import DIRECTIONS, THEMES
from autograd.show.text import MINUS

ROOT = Path(cli.__file__).parents[2]
SVG = "{http://www.w3.org/2000/svg}"


def test_the_demo_runs_from_a_clone_with_nothing_installed(tmp_path: Path) -> None:
    # -S and -I leave the standard library alone: no installed package, no user settings.
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); import autograd.cli.main as m; m.main()"
    run = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code, "demo", "--epochs", "3", "--out", "drawings"],
        cwd=tmp_path,
        env={"PATH": os.devnull, "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stderr == ""
    assert "epoch   3 of 3" in run.stdout
    for name in ("neuron.svg", "network.svg", "loss.svg"):
        assert f"wrote {Path('drawings', name)}" in run.stdout
        assert ET.parse(tmp_path / "drawings" / name).getroot().tag.endswith("svg")


def test_the_pictures_of_the_documents_are_those_of_the_demo(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["demo", "--epochs", "1", "--out", str(tmp_path)]) == 0
    for name in ("neuron.svg", "network.svg"):
        drawn, committed = (
            [element.text or "" for element in ET.parse(folder / name).iter(f"{SVG}text")]
            for folder in (tmp_path, ROOT / "docs")
        )
        names, shown = ([t for t in texts if t[:1].isalpha()] for texts in (drawn, committed))
        assert shown == names


def test_the_version_tells_the_engine_and_why_it_is_that(tmp_path: Path) -> None:
    chosen = os.environ.get("AUTOGRAD_ENGINE", "")
    run = subprocess.run(
        [sys.executable, "-S", "-m", "autograd", "--version"],
        cwd=ROOT,
        env={"PATH": os.devnull, "HOME": str(tmp_path), "AUTOGRAD_ENGINE": chosen},
        capture_output=True,
        text=True,
        check=True,
    )
    told = f"{engine.name} ({engine.why})"
    assert run.stdout == f"scalar-autograd {autograd.__version__}, engine: {told}\n"
    assert run.stderr == ""


def test_the_version_is_written_once() -> None:
    written = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert "version" in written["project"]["dynamic"]
    assert written["tool"]["setuptools"]["dynamic"]["version"]["attr"] == "autograd.__version__"
    assert re.fullmatch(r"\d+\.\d+\.\d+", autograd.__version__)


def test_the_default_demo_learns_iris(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["demo", "--out", str(tmp_path)]) == 0
    (line,) = [line for line in capsys.readouterr().out.splitlines() if line.startswith("held-out")]
    assert float(line.split()[2]) >= 0.93


@pytest.mark.parametrize("data", list(demo.SUITED))
def test_every_data_set_trains(
    data: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--data", data, "--epochs", "1", "--hidden", "3,2", "--seed", "7"]
    assert cli.main(["demo", *options, "--out", str(tmp_path)]) == 0
    assert "[3, 2, " in capsys.readouterr().out


def test_the_same_seed_gives_the_same_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def lines(seed: str) -> list[str]:
        cli.main(["demo", "--epochs", "2", "--seed", seed, "--out", str(tmp_path)])
        return [line for line in capsys.readouterr().out.splitlines() if "epoch" in line]

    assert lines("1") == lines("1")
    assert lines("1") != lines("2")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--data", "mnist"], "choose from 'iris', 'moons'"),
        (["--seed", "x"], "argument --seed: expected a whole number such as 7, got 'x'"),
        (["--epochs", "0"], "a whole number from 1 on, got '0'"),
        (["--hidden", "8,"], "a whole number from 1 on, got ''"),
        (["--hidden", "eight"], "got 'eight'"),
        (["--speed"], "unrecognized arguments: --speed"),
    ],
)
def test_wrong_options_are_named(
    options: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        cli.main(["demo", *options])
    assert caught.value.code == 2
    assert said in capsys.readouterr().err


# --- draw and explain -----------------------------------------------------------------------

NUMBERS = ("a=2", "b=-3", "c=10")
Captured = pytest.CaptureFixture[str]


def drawn(words: list[str], folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """What `draw` writes to graph.svg in `folder`."""
    monkeypatch.chdir(folder)
    assert cli.main(["draw", *words]) == 0
    return (folder / "graph.svg").read_text("utf-8")


def explained(words: list[str], capsys: Captured) -> str:
    assert cli.main(["explain", *words]) == 0
    said = capsys.readouterr()
    assert said.err == ""
    return said.out


def test_draw_writes_the_graph_with_its_gradients(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    svg = drawn(["tanh(a*b + c)", *NUMBERS], tmp_path, monkeypatch)
    assert capsys.readouterr().out == "wrote graph.svg\n"
    assert ET.fromstring(svg).tag.endswith("svg")
    for shown in ("tanh(a*b + c)", "0.9993", f"{MINUS}0.004023", "0.002682", "0.001341"):
        assert shown in svg


def test_draw_and_explain_run_from_a_shell_with_nothing_installed(tmp_path: Path) -> None:
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from autograd.cli.main import main; "
    for words in (
        ["draw", "-a*θ", "a=2", "θ=-3", "-o", "x.svg"],
        ["explain", "-a*θ", "a=2", "θ=-3"],
    ):
        run = subprocess.run(
            [
                *(sys.executable, "-I", "-S", "-X", "utf8", "-c", f"{code} sys.exit(main())"),
                *(word.encode() for word in words),  # whatever the locale of the tests
            ],
            cwd=tmp_path,
            env={"PATH": os.devnull, "HOME": str(tmp_path)},
            capture_output=True,
            encoding="utf-8",
            check=True,
        )
        assert run.stderr == ""
    assert "θ" in run.stdout
    assert "θ" in (tmp_path / "x.svg").read_text("utf-8")


def test_a_terminal_that_lacks_a_character_gets_its_number(tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "autograd", "explain", "θ*2".encode(), "θ=3".encode()],
        cwd=ROOT,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        check=True,
    )
    assert run.stdout.startswith(rb"\u03b8*2 = 6.0")


@pytest.mark.parametrize("command", ["draw", "explain", "step"])
@pytest.mark.parametrize("options", [[], ["--out=graph.svg"], ["--out", "graph.svg"]])
@pytest.mark.parametrize("place", range(4))
def test_options_come_before_between_or_after_the_numbers(
    command: str, options: list[str], place: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if command == "explain":
        options = [word.replace("out", "format").replace("graph.svg", "latex") for word in options]
    if command == "step":
        options = [word.replace("out", "html").replace("svg", "html") for word in options]
    words = ["-a*b", "a=2", "b=-3"]
    monkeypatch.chdir(tmp_path)
    assert cli.main([command, *words[:place], *options, *words[place:]]) == 0


@pytest.mark.parametrize(
    "words",
    [
        ["-a*b", "a=2", "b=-3"],
        ["-a*b", "--heat", "a=2", "--theme", "dark", "b=-3"],
        ["-o", "graph.svg", "-a*b", "a=2", "b=-3"],
        ["--", "-a*b", "a=2", "b=-3"],
        ["--", "--a*b", "a=-2", "b=-3"],
        ["-a*b", "--", "a=2", "b=-3"],
        ["-a*b", "--heat", "--", "a=2", "b=-3"],
        ["-6 * -a", "a=1"],
        ["-o*2", "o=-3"],
        ["-heat", "heat=-6"],
        ["6"],
        ["-(-6)"],
    ],
)
def test_an_expression_may_begin_with_a_minus(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert re.search("> ?6<", drawn(words, tmp_path, monkeypatch))


@pytest.mark.parametrize(
    ("options", "shown"),
    [
        ([], "<title>a*b + c</title>"),
        (["--title", "Mine <3"], "<title>Mine &lt;3</title>"),
        (["--title", "-x"], "<title>-x</title>"),
    ],
)
def test_the_title_is_the_expression_or_a_given_one(
    options: list[str], shown: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    svg = drawn([" a*b + c", *NUMBERS, *options], tmp_path, monkeypatch)
    assert shown in re.sub("<title[^>]*>", "<title>", svg)


@pytest.mark.parametrize(
    "options",
    [["--rankdir", "TB"], ["--heat"], ["--theme", "dark"], ["--theme", "light"], ["--title", ""]],
)
def test_each_option_of_draw_changes_the_drawing(
    options: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ["tanh(a*b + c)", *NUMBERS]
    plain = drawn(words, tmp_path, monkeypatch)
    assert drawn([*words, *options], tmp_path, monkeypatch) != plain


def test_collapse_folds_a_sum(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words = ["a + b + c", *NUMBERS, "--collapse"]
    folded, plain = (drawn([*words, how], tmp_path, monkeypatch) for how in ("sum", "none"))
    assert folded != plain
    assert drawn([*words, "auto"], tmp_path, monkeypatch) == plain


def test_draw_writes_dot_by_the_name(tmp_path: Path, capsys: Captured) -> None:
    assert cli.main(["draw", "a*2", "a=1", "-o", str(tmp_path / "graph.dot")]) == 0
    assert "digraph" in (tmp_path / "graph.dot").read_text("utf-8")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["-o", "missing/graph.svg"], "'missing/graph.svg': cannot save a graph (No such"),
        (["-o", "graph.png"], "pip install resvg-py"),
        (["-o", "graph.pdf"], "apt install librsvg2-bin"),
    ],
)
def test_what_goes_wrong_in_drawing_is_said(
    words: list[str],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Captured,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", os.devnull)
    for renderer in ("resvg_py", "cairosvg"):
        monkeypatch.setitem(sys.modules, renderer, None)
    assert cli.main(["draw", "a*2", "a=1", *words]) == 1
    captured = capsys.readouterr()
    assert captured.err.startswith("autograd draw: ")
    assert said in captured.err
    assert "Errno" not in captured.err
    assert captured.out == ""
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "words",
    [
        ["a*2", "a=1", "-o{}"],
        ["-a*2", "a=1", "-o{}"],
        ["-o{}", "-a*2", "a=1"],
        ["-a*2", "-o{}", "a=1"],
        ["-o={}", "a*2", "a=1"],
        ["--heat", "--title", "-x", "-o{}", "a*2", "a=1"],
    ],
)
@pytest.mark.parametrize("name", ["b.svg", "b.SVG", "b.dot"])
def test_the_file_may_be_glued_to_its_option(name: str, words: list[str], tmp_path: Path) -> None:
    assert cli.main(["draw", *(word.format(tmp_path / name) for word in words)]) == 0
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("command", ["draw", "explain", "step"])
@pytest.mark.parametrize(
    "words",
    [["-o*2", "o=1"], ["--{}", "-o*2", "o=1"], ["-o+1", "--{}", "o=1"], ["-out", "out=1"]],
)
def test_an_expression_that_begins_with_minus_o_is_no_file(
    command: str, words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    option = {"draw": "theme=dark", "explain": "format=latex", "step": "plain"}[command]
    assert cli.main([command, *(word.format(option) for word in words)]) == 0


def test_explain_has_no_file_so_that_minus_o_is_an_expression(capsys: Captured) -> None:
    assert explained(["-o", "o=3"], capsys).startswith("-o = -3.0\n")


# What a bug of ours would raise; a user's mistakes have exceptions of their own.
@pytest.mark.parametrize("error", [RecursionError, NotImplementedError, ValueError, RuntimeError])
@pytest.mark.parametrize(
    ("words", "broken"),
    [
        (["demo"], "demo.run"),
        (["draw", "1"], "draw"),
        (["explain", "1"], "formula"),
        (["step", "1"], "present"),
    ],
)
def test_a_mistake_of_ours_keeps_its_traceback(
    error: type[Exception],
    words: list[str],
    broken: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*args: object, **options: object) -> None:
        raise error("ours")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(f"autograd.cli.main.{broken}", fail)
    with pytest.raises(error, match="ours"):
        cli.main(words)


def test_an_error_of_the_system_names_the_file_without_a_number(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Captured
) -> None:
    def fail(*args: object) -> None:
        raise FileNotFoundError(2, "No such file or directory", "loss.svg")

    monkeypatch.setattr(demo, "run", fail)
    assert cli.main(["demo", "--out", str(tmp_path)]) == 1
    assert capsys.readouterr().err == "autograd demo: 'loss.svg': No such file or directory\n"


def test_explain_says_the_value_the_formula_and_every_gradient(capsys: Captured) -> None:
    out = explained(["tanh(a*b + c)", *NUMBERS], capsys)
    assert out.startswith("tanh(a*b + c) = 0.999329299739067\n\ny = tanh(a·b + c)\n")
    places = [out.index(f"dy/d{name} = ") for name in "abc"]
    assert places == sorted(places)
    assert f"dy/da = {MINUS}0.004023" in out


@pytest.mark.parametrize(
    ("words", "name"),
    [(["a*2", "a=1"], "y"), (["y*2", "y=1"], "root"), (["a*y", "a=1", "y=1"], "root")],
)
def test_the_root_is_y_unless_that_is_a_variable(
    words: list[str], name: str, capsys: Captured
) -> None:
    out = explained(words, capsys)
    assert f"\n{name} = " in out
    assert f"\nd{name}/d{words[1][0]}: 1 path leads from {name} back" in out


def test_a_variable_alone_keeps_its_name(capsys: Captured) -> None:
    assert "da/da = 1" in explained(["a", "a=1"], capsys)


def test_wrt_chooses_names_in_its_order(capsys: Captured) -> None:
    words = ["a*b + c", *NUMBERS]
    out = explained([*words, "--wrt", "c", "--wrt", "a"], capsys)
    assert out.index("dy/dc = ") < out.index("dy/da = ")
    assert "dy/db" not in out


def test_wrt_takes_a_name_as_the_expression_does(capsys: Captured) -> None:
    ligature = "\N{LATIN SMALL LIGATURE FI}"
    assert "dy/dfi = 2" in explained([f"{ligature}*2", "fi=1", "--wrt", ligature], capsys)


@pytest.mark.parametrize(
    ("form", "parts"),
    [
        ("text", ["a*b = -6.0", "y = a·b", f"dy/da = {MINUS}3"]),
        ("markdown", ["a\\*b = ", "a \\cdot b", "$\\frac{"]),
        ("latex", ["% a*b = -6.0", "a \\cdot b", "\\begin{aligned}"]),
    ],
)
def test_explain_writes_text_markdown_or_latex(
    form: str, parts: list[str], capsys: Captured
) -> None:
    out = explained(["a*b", "a=2", "b=-3", "--format", form], capsys)
    for part in parts:
        assert part in out


def test_an_expression_of_numbers_has_no_gradient_to_explain(capsys: Captured) -> None:
    assert explained(["1 + 2"], capsys) == "1 + 2 = 3.0\n\ny = 3\n"


@pytest.mark.parametrize("command", ["draw", "explain", "step"])
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["tahn(a)", "a=2"], "did you mean 'tanh'?\n  tahn(a)\n  ^\n"),
        (["a + ^", "a=2"], "this does not fit here"),
        (["", "a=2"], "the expression is empty"),
        (["-a*d", "a=2"], "add d=<number> (given: 'a')\n  -a*d\n     ^\n"),
        (["a", "a=2", "z=3"], "'z' is not in the expression: leave it out\n  z=3\n  ^\n"),
        (["a", "a="], "a number is missing here: write it out, as in a=0.5\n  a=\n    ^\n"),
        (["a", "a=2,"], "'2,' is no number: write digits alone, as in a=0.5\n  a=2,\n    ^\n"),
        (["softmax(a)", "a=2"], "softmax gives several numbers, an expression has one"),
        (["a", "a=1", "a=2"], "'a' is given twice"),
        (["a", "tanh=1"], "'tanh' has a meaning in expressions already"),
        (["a=2", "a*a"], "the expression comes first, in quotes\n  a*a\n  ^\n"),
        (["a", "+", "b"], "the expression comes first, in quotes"),
        (["a", "-b", "b=1"], "expected name=number"),
        (["(" * 1000], "levels deep"),
    ],
)
def test_an_expression_that_cannot_be_read_is_shown_with_a_caret(
    command: str,
    words: list[str],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Captured,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli.main([command, *words]) == 2
    captured = capsys.readouterr()
    assert captured.err.startswith(f"autograd {command}: ")
    assert said in captured.err
    assert captured.out == ""
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("names", [[], ["a=1"], ["a=1", "b=2"]])
def test_wrt_of_another_name_is_refused(names: list[str], capsys: Captured) -> None:
    expression = " + ".join(["1", *(name[0] for name in names)])
    assert cli.main(["explain", expression, *names, "--wrt", "q"]) == 2
    captured = capsys.readouterr()
    choice = ", ".join(name[0] for name in names) or "there is no name in it"
    assert captured.err == (
        f"autograd explain: 'q' is not in the expression: choose from {choice}\n"
        "  --wrt q\n"
        "        ^\n"
    )
    assert captured.out == ""


def test_wrt_of_a_name_that_is_nearly_right_asks_for_it(capsys: Captured) -> None:
    words = ["weight*bias", "weight=1", "bias=2", "--wrt", "wieght"]
    assert cli.main(["explain", *words]) == 2
    assert "did you mean 'weight'? Else choose from weight, bias\n" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["draw"], "required: expression\n"),
        (["explain"], "required: expression\n"),
        (["draw", "a", "a=1", "--speed"], "unrecognized arguments: --speed"),
        (["draw", "--speed", "a", "a=1", "--heat", "b=1"], "unrecognized arguments: --speed"),
        (["draw", "a", "a=1", "--rankdir", "RL"], "choose from 'LR', 'TB'"),
        (
            ["draw", "a", "a=1", "--engine", "dot"],
            "argument --engine: draw has one layout, its own",
        ),
        (["draw", "--engine=builtin", "a", "a=1"], "leave engine out"),
        (["draw", "a", "a=1", "--theme", "pink"], "choose from 'auto', 'light', 'dark'"),
        (["draw", "a", "a=1", "--collapse", "x"], "choose from 'auto', 'repeats', 'sum', 'none'"),
        (
            ["draw", "a", "a=1", "--collapse", "layer"],
            "choose from 'auto', 'repeats', 'sum', 'none'",
        ),
        (["draw", "a", "a=1", "--out"], "expected one argument"),
        (["draw", "a", "-o", "graph.gif"], "ends in .svg, .png, .pdf or .dot, got 'graph.gif'"),
        (["draw", "a", "-ograph.gif"], "ends in .svg, .png, .pdf or .dot, got 'graph.gif'"),
        (["draw", "a", "-o", "graph"], "got 'graph'"),
        (["draw", "a", "-o", ".svg"], "got '.svg'"),
        (["draw", "a", "-o", ""], "got ''"),
        (["draw", "a", "-o", "a\0.svg"], "got 'a\\x00.svg'"),
        (["draw", "--heat", "a", "-ograph"], "got 'graph'"),
        (["draw", "a", "a=1", "--wrt", "a"], "unrecognized arguments: --wrt"),
        (["explain", "a", "a=1", "--format", "pdf"], "choose from 'text', 'markdown', 'latex'"),
        (["explain", "a", "a=1", "--wrt"], "expected one argument"),
        (["explain", "a", "a=1", "--heat"], "unrecognized arguments: --heat"),
        (["step"], "required: expression\n"),
        (["step", "a", "a=1", "--html", "page.svg"], "a name that ends in .html, got 'page.svg'"),
        (["step", "a", "a=1", "--html"], "expected one argument"),
        (["step", "a", "a=1", "--forward"], "expected one argument"),
        (["step", "a", "a=1", "--wrt", "a"], "unrecognized arguments: --wrt"),
        (["step", "a", "a=1", "--forward", "a", "--html", "x.html"], "not allowed with argument"),
        (["step", "a", "a=1", "--html", "x.html", "--plain"], "not allowed with argument --plain"),
        (["demo", "a", "a=1"], "arguments: a a=1; 'autograd demo --help' lists what there is\n"),
    ],
)
def test_wrong_arguments_end_with_code_2(words: list[str], said: str, capsys: Captured) -> None:
    with pytest.raises(SystemExit) as caught:
        cli.main(words)
    assert caught.value.code == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.startswith(f"usage: autograd {words[0]} ")


@pytest.mark.parametrize("words", [["3"], ["2*3 + 1", "--plain"]])
def test_an_expression_without_names_says_why_nothing_is_passed_back(
    words: list[str], capsys: Captured
) -> None:
    assert cli.main(["step", *words]) == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith("no backward pass: the expression")


@pytest.mark.parametrize("command", ["demo", "draw", "explain", "step"])
def test_every_command_has_a_help(command: str, capsys: Captured) -> None:
    with pytest.raises(SystemExit) as caught:
        cli.main([command, "--help"])
    assert caught.value.code == 0
    assert f"usage: autograd {command}" in capsys.readouterr().out


def test_the_help_of_the_demo_names_every_file_it_writes(tmp_path: Path, capsys: Captured) -> None:
    assert cli.main(["demo", "--epochs", "1", "--out", str(tmp_path)]) == 0
    with pytest.raises(SystemExit):
        cli.main(["demo", "--help"])
    said = capsys.readouterr().out.partition("usage")[2]
    assert all(path.name in said for path in tmp_path.iterdir())


def test_the_command_line_offers_what_the_drawing_takes(capsys: Captured) -> None:
    with pytest.raises(SystemExit):
        cli.main(["draw", "--help"])
    said = capsys.readouterr().out
    for choices in (DIRECTIONS, THEMES):
        assert f"{{{','.join(choices)}}}" in said


def test_every_suffix_that_is_offered_is_one_a_drawing_is_saved_by() -> None:
    with pytest.raises(ValueError, match="saved as") as caught:
        draw(Value(1.0)).save("graph.gif")
    assert " ".join(sorted(options.SUFFIXES)) in str(caught.value)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(max_size=12).filter(lambda text: not text.startswith("-")), max_size=4))
def test_no_words_bring_a_traceback(words: list[str]) -> None:
    with contextlib.redirect_stderr(io.StringIO()), contextlib.redirect_stdout(io.StringIO()):
        assert cli.main(["explain", "a", *words]) in (0, 2)


def test_ctrl_c_ends_quietly(monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    def interrupt(*args: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "evaluate", interrupt)
    assert cli.main(["explain", "a", "a=1"]) == 130
    assert capsys.readouterr().err == "\nautograd explain: stopped\n"


# --- step -----------------------------------------------------------------------------------


def listed(words: list[str], capsys: Captured) -> str:
    assert cli.main(["step", *words]) == 0
    said = capsys.readouterr()
    assert said.err == ""
    return said.out


@pytest.mark.parametrize("options", [[], ["--plain"]])
def test_step_lists_the_events_where_there_is_no_terminal(
    options: list[str], capsys: Captured
) -> None:
    out = listed(["a*b", *options, "a=2", "b=-3"], capsys)
    assert out == (
        "y = a·b\nwhere a = 2, b = -3\n"
        "\n"
        "1  a = 2\n"
        "2  b = -3\n"
        "3  y = a·b = -6\n"
        "4  y.grad = 1, the seed\n"
        "5  y.grad = 1, final\n"
        "6  a.grad += 1.0 (upstream) × -3.0 (∂y/∂a) → 0 + -3 = -3, final\n"
        "7  b.grad += 1.0 (upstream) × 2.0 (∂y/∂b) → 0 + 2 = 2, final\n"
        "8  b.grad = 2, final\n"
        "9  a.grad = -3, final\n"
        "\n"
        "name  made by  data  gradient\n"
        "a     input    2     -3        final\n"
        "b     input    -3    2         final\n"
        "y     a·b      -6    1         final\n"
    )


@pytest.mark.parametrize("options", [["--forward", "b"], ["--forward=b", "--plain"]])
def test_step_goes_forward_from_a_name(options: list[str], capsys: Captured) -> None:
    out = listed(["-a*b", *options, "a=2", "b=-3"], capsys)
    assert "b.tangent = 1, the seed\n" in out
    assert "\ny     t1·b     6     -2       final\n" in out
    assert ".grad" not in out


def test_step_forward_from_another_name_is_refused(capsys: Captured) -> None:
    assert cli.main(["step", "a", "a=1", "--forward", "q"]) == 2
    assert capsys.readouterr() == (
        "",
        "autograd step: 'q' is not in the expression: choose from a\n"
        "  --forward q\n"
        "            ^\n",
    )


def test_step_writes_a_page(tmp_path: Path, capsys: Captured) -> None:
    page = tmp_path / "page.html"
    assert listed(["tanh(a*b + c)", *NUMBERS, "--html", str(page)], capsys) == f"wrote {page}\n"
    content = page.read_text("utf-8")
    assert content.startswith("<!doctype html>")
    assert "tanh(a*b + c)" in content


def test_step_says_why_a_page_cannot_be_written(tmp_path: Path, capsys: Captured) -> None:
    assert cli.main(["step", "a", "a=1", "--html", str(tmp_path / "missing" / "page.html")]) == 1
    captured = capsys.readouterr()
    assert captured.err.startswith("autograd step: ")
    assert "page.html': cannot save a player (No such file" in captured.err
    assert captured.out == ""


# --- the rest -------------------------------------------------------------------------------


def test_an_unknown_command_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["dmeo"])
    assert "dmeo" in capsys.readouterr().err


def test_no_command_prints_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([]) == 0
    out = capsys.readouterr().out
    assert all(command in out for command in ("demo", "draw", "explain", "step"))


def test_a_folder_that_cannot_be_written_is_said_before_training(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "file"
    file.write_text("kept")
    assert cli.main(["demo", "--out", str(file)]) == 1
    said = capsys.readouterr()
    assert "cannot write to" in said.err
    assert "--out" in said.err
    assert said.out == ""
    assert file.read_text() == "kept"


def test_an_interrupt_keeps_what_was_learned(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = []

    def train_then_stop(*args: object) -> None:
        calls.append(args)
        if len(calls) == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr(demo, "_train_one_epoch", train_then_stop)
    assert cli.main(["demo", "--epochs", "9", "--out", str(tmp_path)]) == 0
    assert "stopped after 2 of 9 epochs" in capsys.readouterr().err
    assert (tmp_path / "neuron.svg").exists()
    assert (tmp_path / "loss.svg").exists()
