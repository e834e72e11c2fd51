"""The playground of the site, in `out/site/playground`: `make playground`.

python .ci/playground.py [FOLDER]

Its sources are in `docs/playground`. Python for web pages comes from npm (`pyodide_files.py`), and
Node.js runs it once to write down its memory after the imports, with which the page starts.
"""

import gzip
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from string import Template
from tempfile import TemporaryDirectory

from pyodide_files import ROOT, SITE, download, package_files, unpack

SOURCES = ROOT / "docs/playground"
COPIED = ("style.css", "playground.js", "editor.js", "address.js", "worker.js")
IN_PYTHON = ("program.py", "deletion.py")  # what runs programs
EXAMPLE = re.compile(r"^## ([^\n]+)\n\n```python\n(.*?)```$", re.MULTILINE | re.DOTALL)
LIBRARY = "/lib/python3.14/site-packages"  # where Pyodide looks for packages
# What is imported and has run once before the memory is written down, so that it is quick.
BEGIN = """
import autograd.compiler, autograd.random
from playground.program import run

for text in (
    "Value(2.0) * 3.0",
    "draw(Value(2.0) * 3.0)",
    "teach.faults.assign(Value(2.0) * 3.0).play()",
    "play_training(nn.Neuron(1, rng=0), lambda f, x, y: (f([x]) - y) ** 2, [(0.5, 1.0)])",
):
    error = run(text, print)["error"]
    assert error is None, error
"""


def examples() -> list[dict[str, str]]:
    """The programs of the menu, from `examples.md`: a heading is the title of what is below."""
    text = (SOURCES / "examples.md").read_text("utf-8")
    return [{"title": title, "text": program} for title, program in EXAMPLE.findall(text)]


def page() -> str:
    """The page with its examples."""
    data = json.dumps(examples()).replace("<", "\\u003c")
    return Template((SOURCES / "index.html").read_text("utf-8")).substitute(examples=data)


def files() -> dict[str, str]:
    """The texts of the package and of what runs programs, by their paths in the page."""
    texts = {
        f"{LIBRARY}/{file.relative_to(ROOT).as_posix()}": file.read_text("utf-8")
        for file in package_files()
    }
    for name in IN_PYTHON:
        texts[f"{LIBRARY}/playground/{name}"] = (SOURCES / name).read_text("utf-8")
    return texts


def build(folder: Path) -> None:
    """Write the playground into a folder, in the place of what is there.

    Args:
        folder: the folder, which is made.
    """
    shutil.rmtree(folder, ignore_errors=True)
    unpack(download(), folder / "pyodide")
    for name in COPIED:
        shutil.copy(SOURCES / name, folder)
    (folder / "index.html").write_text(page(), "utf-8")
    texts = json.dumps(files())
    (folder / "files.bin").write_bytes(gzip.compress(texts.encode("utf-8"), mtime=0))
    (folder / "memory.bin").write_bytes(gzip.compress(memory(folder / "pyodide", texts), mtime=0))


def memory(pyodide: Path, texts: str) -> bytes:
    """The memory of Python after `BEGIN`.

    Args:
        pyodide: the folder of Pyodide, the same that the page has.
        texts: the files that Python finds, as JSON.

    Raises:
        SystemExit: if there is no Node.js, or it fails.
    """
    with TemporaryDirectory() as name:
        (given := Path(name, "files.json")).write_text(texts, "utf-8")
        (begin := Path(name, "begin.py")).write_text(BEGIN, "utf-8")
        files = [ROOT / ".ci/snapshot.mjs", pyodide, given, begin, Path(name, "memory")]
        try:
            subprocess.run(["node", *files], check=True, capture_output=True, text=True)
        except FileNotFoundError:
            sys.exit("Node.js is missing, 20 or later (Debian, Ubuntu: apt install nodejs)")
        except subprocess.CalledProcessError as error:
            sys.exit(f"Python cannot be started in Node.js:\n{error.stderr[-2000:]}")
        return Path(name, "memory").read_bytes()


def main() -> None:
    """Build it, and say where it is and how large."""
    folder = Path(sys.argv[1]) if sys.argv[1:] else SITE / "playground"
    build(folder)
    size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    print(f"{folder}: {size / 1e6:.1f} MB; show it with python -m http.server -d {folder}")


if __name__ == "__main__":
    main()
