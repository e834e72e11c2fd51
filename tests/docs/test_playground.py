"""The playground: what runs its programs, how it is built, and, slowly, the page in a browser."""

import io
import json
import re
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import playground
import pyodide_files
import pytest
from playwright.sync_api import BrowserContext, FrameLocator, Page

from autograd import Value
from autograd.engine.watching import watching
from docs.playground import program
from docs.playground.deletion import Deletion
from tests.browser import chromium
from tests.site import served, visit

EXAMPLES = {example["title"]: example["text"] for example in playground.examples()}


def run(text: str) -> dict[str, Any]:
    """What a program shows, with what it printed."""
    printed: list[str] = []
    found = program.run(text, printed.append)
    assert json.loads(json.dumps(found)) == found
    return found | {"printed": "".join(printed)}


# --- programs ---------------------------------------------------------------------------------


@pytest.mark.parametrize("title", EXAMPLES)
def test_every_example_shows_a_page_or_a_picture(title: str) -> None:
    found = run(EXAMPLES[title])
    assert found["error"] is None
    assert [shown["kind"] in ("page", "picture") for shown in found["shown"]] == [True]


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("2 * Value(3.0)", ["page"]),
        ("x = Value(3.0)\ny = x * x", ["page"]),
        ("draw(Value(2.0) * 3.0)", ["picture"]),
        ("y = Value(2.0) * 3.0\ndraw(y), y, 3", ["picture", "page", "text"]),
        ("nn.Neuron(2, rng=0)", ["page"]),
        ("1, 2", ["text"]),
        ("None", []),
        ("import math", []),
        ("x, y = 1, 2", []),
        ("", []),
    ],
)
def test_the_last_expression_decides_what_is_shown(text: str, kinds: list[str]) -> None:
    found = run(text)
    assert (found["error"], [shown["kind"] for shown in found["shown"]]) == (None, kinds)


def test_a_text_is_shown_as_it_is_and_a_long_one_is_cut() -> None:
    assert run("'<b>'")["shown"] == [{"kind": "text", "content": "<b>", "text": ""}]
    (shown,) = run("'x' * 30_000")["shown"]
    assert shown["content"] == "x" * 20_000 + "\n… 10,000 more characters"


def test_values_have_the_names_of_the_variables_and_the_lines_of_the_program() -> None:
    found = run("x = Value(3.0)\ny = x * x\nprint(explain(y, x))\nformula(y)")
    assert found["shown"][0]["content"].startswith("y = x")
    assert (
        "program, line 2: y = x * x"
        in run("x = Value(3.0)\ny = x * x\ndraw(y)")["shown"][0]["content"]
    )


def test_what_is_printed_comes_as_it_is_printed_up_to_a_limit() -> None:
    assert run("print('a', end='')\nprint(1, 2)")["printed"] == "a1 2\n"
    printed = run("for _ in range(3):\n    print('x' * 60_000)")["printed"]
    assert printed.endswith("\n… only the first 100,000 characters are shown\n")
    assert len(printed) < 100_100


def test_programs_share_no_names() -> None:
    run("mine = 1")
    assert run("mine")["error"]["what"] == "NameError: name 'mine' is not defined"


@pytest.mark.parametrize(
    ("text", "line", "what", "advice"),
    [
        ("x = 1\ny = (2", 2, "SyntaxError: '(' was never closed", ""),
        ("if 1:\nx = 2", 2, "IndentationError: expected an indented block", ""),
        ("import nowhere.at", 1, "No module named 'nowhere'", "and autograd, and no nowhere"),
        ("y = x * 2", 1, "name 'x' is not defined", "x = Value(2.0)"),
        ("xvalue = 1\nxvlue", 2, "name 'xvlue' is not defined", ""),
        ("Value([1, 2])", 1, "TypeError: a Value holds one real number, got list", ""),
        ("1 / 0", 1, "ZeroDivisionError", ""),
        ("open('/nowhere/at/all')", 1, "FileNotFoundError", "no files and no network"),
        ("raise EOFError", 1, "EOFError", "no keyboard input"),
        ("raise MemoryError", 1, "MemoryError", "more memory than a page has"),
        ("import sys\nsys.exit()", 2, "SystemExit", "ended itself"),
        ("raise KeyboardInterrupt", 1, "KeyboardInterrupt", ""),
    ],
)
def test_an_error_names_its_line_and_what_to_do(
    text: str, line: int, what: str, advice: str
) -> None:
    found = run(text)
    assert found["shown"] == []
    assert found["error"]["line"] == line
    assert what in found["error"]["what"]
    assert advice in found["error"]["advice"]


def test_an_error_in_a_function_names_the_lines_that_led_there() -> None:
    error = run("def f(x):\n    return x / 'b'\n\nf(Value(2.0))")["error"]
    assert (error["line"], error["path"]) == (2, [4, 2])
    error = run("def f(n):\n    return f(n + 1)\nf(0)")["error"]
    assert (error["line"], error["path"]) == (2, [3, 2, 2, 2, None, 2, 2, 2])
    assert "use a loop" in error["advice"]


def test_a_graph_that_is_too_large_for_a_page_is_told() -> None:
    error = run("y = x = Value(1.0)\nfor _ in range(20_000):\n    y = y + x\ny")["error"]
    assert error["line"] is None
    assert error["what"].startswith("ValueError: 20,001 nodes are too many to play")


def test_a_list_keeps_the_nodes_that_are_needed_and_lets_go_of_the_others() -> None:
    with watching(deletion := Deletion()):
        x = Value(1.0)
        kept = x * 2.0
        _ = (x + 1.0) + 2.0
    _ = None
    deletion.sweep()
    assert deletion.nodes == [x, kept]
    deletion.end()
    assert deletion.nodes == []


def test_nodes_that_are_not_needed_do_not_pile_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("docs.playground.deletion.MANY", 100)
    with watching(deletion := Deletion()):
        for _ in range(1_000):
            _ = Value(1.0) * 2.0
    assert len(deletion.nodes) <= 101


# --- the builder ------------------------------------------------------------------------------


def test_the_page_has_the_examples_and_names_no_other_site() -> None:
    page = playground.page()
    (data,) = re.findall(r'<script id="programs" type="application/json">(.*?)</script>', page)
    assert {example["title"]: example["text"] for example in json.loads(data)} == EXAMPLES
    sources = [page, *((playground.SOURCES / name).read_text() for name in playground.COPIED)]
    assert not [text for text in sources if re.search(r"https?:|//[a-z]+\.", text)]


def test_the_files_in_the_page_are_those_of_the_package_that_run_there() -> None:
    files = playground.files()
    assert f"{playground.LIBRARY}/autograd/engine/value.py" in files
    assert f"{playground.LIBRARY}/autograd/show/stepping/page/player.js" in files
    assert f"{playground.LIBRARY}/playground/program.py" in files
    assert {name.rpartition(".")[2] for name in files} == {"py", "js", "css", "html", "txt", "csv"}


def test_a_package_of_another_digest_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pyodide_files, "CACHE", tmp_path)
    package = tmp_path / "pyodide-1.0.tgz"
    package.write_bytes(b"right")
    digest = pyodide_files.digest_of(b"right")
    assert pyodide_files.download("1.0", digest) == package
    package.write_bytes(b"wrong")
    with pytest.raises(SystemExit, match=r"pyodide 1\.0 has the digest sha512-.* not used"):
        pyodide_files.download("1.0", digest)
    assert not package.exists()


def test_a_page_knows_no_packages_but_those_that_are_there(tmp_path: Path) -> None:
    package = tmp_path / "pyodide.tgz"
    lock = json.dumps({"info": {"python": "3.14"}, "packages": {"numpy": {}}})
    with tarfile.open(package, "w:gz") as archive:
        for name in (*pyodide_files.NEEDED, pyodide_files.LOCK, "README.md"):
            data = (lock if name == pyodide_files.LOCK else name).encode()
            (entry := tarfile.TarInfo(f"package/{name}")).size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    pyodide_files.unpack(package, tmp_path / "files")
    found = {file.name for file in (tmp_path / "files").iterdir()}
    assert found == {*pyodide_files.NEEDED, pyodide_files.LOCK}
    written = json.loads((tmp_path / "files" / pyodide_files.LOCK).read_text())
    assert written == {"info": {"python": "3.14"}, "packages": {}}


# --- the page, which downloads Pyodide when it is built -----------------------------------------


IS_DARK = "matchMedia('(prefers-color-scheme: dark)').matches"
BECOMES_DARK = """new Promise((resolve) => {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  if (dark.matches) resolve();
  dark.onchange = resolve;
})"""

in_browser = [pytest.mark.slow, pytest.mark.needs("npm", "chromium")]


@pytest.fixture(scope="module")
def visitor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrowserContext]:
    folder = tmp_path_factory.mktemp("site")
    playground.build(folder / "playground")
    with (
        served(folder) as origin,
        chromium() as browser,
        # The theme that playwright would set otherwise goes for frames, whatever the page says.
        visit(browser, origin, base_url=f"{origin}/playground/", color_scheme="null") as context,
    ):
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        yield context


class Opened:
    """The playground in a tab."""

    def __init__(self, page: Page) -> None:
        self.page, self.said = page, list[str]()
        page.on("console", lambda message: self.said.append(message.text))
        page.on("pageerror", lambda error: self.said.append(str(error)))

    def state(self, word: str) -> None:
        """Wait until it says that it is in this state."""
        self.page.locator("#state", has_text=word).wait_for()

    def run(self, text: str, word: str = "Done.") -> None:
        self.page.fill("#text", text)
        self.page.press("#text", "Control+Enter")
        self.page.locator("#run:enabled").wait_for()
        self.state(word)

    def choose(self, title: str) -> None:
        self.page.select_option("#examples", label=title)
        self.page.locator("#run:enabled").wait_for()
        self.state("Done.")

    @property
    def frame(self) -> FrameLocator:
        return self.page.frame_locator("#shown iframe")

    def error(self) -> str:
        return self.page.inner_text("#error")


@pytest.fixture
def opened(visitor: BrowserContext) -> Iterator[Opened]:
    found = Opened(visitor.new_page())
    found.page.goto(".")
    found.state("Done.")
    yield found
    found.page.evaluate("localStorage.clear()")
    found.page.close()
    assert found.said == []


class TestInBrowser:
    pytestmark = in_browser

    def test_it_starts_with_an_example_that_can_be_dragged(self, opened: Opened) -> None:
        number = opened.frame.get_by_label("a", exact=True).first
        opened.frame.get_by_role("button", name="Last").click()
        before = opened.frame.locator("#drawing").inner_text()
        number.fill("2.5")
        number.press("Enter")
        assert opened.frame.locator("#drawing").inner_text() != before

    def test_a_network_is_trained(self, opened: Opened) -> None:
        opened.choose("Training: a network learns exclusive or")
        opened.frame.get_by_role("button", name="One step").click()
        opened.frame.get_by_text(re.compile("Step 1: loss = ")).first.wait_for()

    def test_every_example_runs(self, opened: Opened) -> None:
        for title in EXAMPLES:
            opened.choose(title)
            assert not opened.page.is_visible("#error")

    def test_a_wrong_program_is_told_and_its_line_marked(self, opened: Opened) -> None:
        opened.run("x = 1\nimport numpy", "stopped with an error")
        assert "Line 2: ModuleNotFoundError: No module named 'numpy'" in opened.error()
        assert opened.page.locator("#lines .wrong").inner_text() == "2"
        opened.page.get_by_role("button", name="Go to line 2").click()
        assert opened.page.evaluate("getSelection().toString()") == "import numpy"
        opened.page.press("#text", "Home")
        opened.page.keyboard.type("# ")
        assert opened.page.locator("#lines .wrong").count() == 0
        chosen = opened.page.locator("#examples option:checked")
        assert chosen.text_content() == "none, your own program"

    def test_a_loop_without_end_can_be_stopped(self, opened: Opened) -> None:
        opened.page.fill("#text", "while True:\n    pass")
        opened.page.press("#text", "Control+Enter")
        opened.state("Still running")
        opened.page.click("#stop")
        assert opened.error() == "The program was stopped. Its text is as it was."
        assert opened.page.input_value("#text") == "while True:\n    pass"
        opened.state("Ready.")
        opened.run("1 + 1")
        assert opened.page.inner_text("#shown pre") == "2"

    def test_long_chains_are_deleted(self, opened: Opened) -> None:
        chain = "y = x = Value(1.0)\nfor _ in range(50_000):\n    y = y + x\ny.backward()\n"
        opened.run(f"{chain}y = None\nx.grad")
        assert opened.page.inner_text("#shown pre") == "50001.0"

    def test_what_goes_too_deep_starts_python_again(self, opened: Opened) -> None:
        opened.run("x = []\nfor _ in range(100_000):\n    x = [x]\nrepr(x)", "Ready.")
        assert "goes too deep for this page" in opened.error()
        assert "Maximum call stack size exceeded" in "".join(opened.said)  # as Pyodide says
        opened.said.clear()
        opened.run("1 + 1")

    def test_a_program_stands_in_the_address_and_does_not_run_unasked(
        self, opened: Opened, visitor: BrowserContext
    ) -> None:
        opened.run("1 + 2  # ünï")
        opened.page.click("#share")
        opened.state("Copied")
        address = opened.page.evaluate("navigator.clipboard.readText()")
        other = visitor.new_page()
        other.goto(address)
        (shared := Opened(other)).state("Ready.")
        assert other.input_value("#text") == "1 + 2  # ünï"
        assert other.inner_text("#shown") == "Press Run."
        other.click("#run")
        shared.state("Done.")
        other.close()
        (cut := visitor.new_page()).goto(address[:-9])
        cut.locator("#error", has_text="it was cut").wait_for()
        cut.close()

    def test_results_are_shown_in_frames_that_see_nothing_of_the_page(self, opened: Opened) -> None:
        script = "document.body.append(`ran`); try { parent.document.title = `changed` } catch {}"
        opened.run(f"class Shown:\n    html = '<body><script>{script}</script>'\nShown()")
        opened.frame.get_by_text("ran").wait_for()
        assert opened.page.title() == "Playground · autograd"

    def test_keys_indent_and_leave_the_editor(self, opened: Opened) -> None:
        page = opened.page
        page.fill("#text", "")
        page.focus("#text")
        page.keyboard.type("if 1:")
        for key in ("Enter", "x", "Enter", "Tab", "y", "Shift+Tab"):
            page.keyboard.press(key)
        assert page.input_value("#text") == "if 1:\n    x\n    y"
        page.keyboard.press("Escape")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.id") != "text"

    @pytest.mark.parametrize("width", [360, 1280])
    def test_nothing_is_wider_than_the_screen(self, opened: Opened, width: int) -> None:
        opened.page.set_viewport_size({"width": width, "height": 740})
        opened.run("x = Value(2.0)\nprint('x' * 500)\ndraw(x * x), x * x, 'y' * 500")
        assert opened.page.evaluate("document.documentElement.scrollWidth") == width

    def test_the_theme_goes_for_the_result_too(self, opened: Opened) -> None:
        colour = "getComputedStyle(document.body).backgroundColor"
        inside = opened.page.frames[-1]
        assert inside.evaluate(IS_DARK) is False
        light = opened.page.evaluate(colour)
        for _ in range(2):  # from that of the system to light, and to dark
            opened.page.click("#theme")
        assert opened.page.evaluate(colour) != light
        inside.evaluate(BECOMES_DARK)
