"""Runs the notebooks and writes them in a form that no second run changes.

    python tests/notebooks.py [notebooks/01_values_and_gradients.ipynb ...]

runs the notebooks that are named, by default all of them, and writes them back with their outputs.
A notebook that is committed is exactly what this writes; `test_notebooks.py` keeps it so.
"""

import json
import os
import re
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

__all__ = ["CellExecutionError", "read", "run", "texts", "written"]

PROJECT = Path(__file__).parents[1]
NOTEBOOKS = sorted((PROJECT / "notebooks").glob("*.ipynb"))
COMMAND = "python tests/notebooks.py"
TIMEOUT = 600  # seconds for a notebook, of which it takes a few on a quiet machine

METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"file_extension": ".py", "mimetype": "text/x-python", "name": "python"},
}
FOLDED = {"source_hidden": True}  # how JupyterLab writes that the code of a cell is folded

_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")
_SIZE = re.compile(r"(?<=<Drawing) of [\d,]+ characters")  # changes with the last digits inside
_LONG_NUMBER = re.compile(r"\d+\.\d{9,}(?:e-?\d+)?")


def read(path: Path) -> Any:
    """The notebook in a file."""
    return nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]


def run(notebook: Any, path: str | None = None) -> Any:
    """A copy of `notebook`, run from top to bottom in an empty folder.

    Args:
        notebook: from `read`.
        path: the PATH that programs are looked for in; by default that of this process.

    Raises:
        CellExecutionError: if a cell raises.
        TimeoutError: if it hangs: after ten minutes.
    """
    notebook = nbformat.from_dict(notebook)  # type: ignore[no-untyped-call]
    deadline = time.monotonic() + TIMEOUT
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "PYTHONPATH": str(PROJECT), "IPYTHONDIR": folder}
        environment["PATH"] = os.environ["PATH"] if path is None else path
        client = NotebookClient(
            notebook,
            timeout_func=lambda _: max(1, int(deadline - time.monotonic())),
            kernel_name="python3",
            resources={"metadata": {"path": folder}},
            extra_arguments=["--log-level=ERROR"],
        )
        client.execute(env=environment)
    return notebook


def written(notebook: Any) -> str:
    """The text of `notebook`, without what differs from run to run."""
    ran = 0
    cells = []
    for place, cell in enumerate(notebook["cells"], 1):
        kept = {"cell_type": cell["cell_type"], "id": f"cell-{place:02}"}
        if cell["cell_type"] == "code":
            ran += 1
            kept["execution_count"] = ran
            kept["outputs"] = [_stable(output, ran) for output in _joined(cell["outputs"])]
        cells.append({**kept, "metadata": _metadata(cell), "source": _lines(cell["source"])})
    whole = {"cells": cells, "metadata": METADATA, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(whole, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def texts(notebook: Any) -> list[str]:
    """What the code cells of `notebook` wrote as text, with 9 digits of long numbers.

    The last digits of a sigmoid are the platform's.
    """
    found = []
    for cell in notebook["cells"]:
        for output in _joined(cell.get("outputs", [])):
            text = output.get("text") or output.get("data", {}).get("text/plain", "")
            text = _unchanging(text)
            found.append(_LONG_NUMBER.sub(lambda number: f"{float(number[0]):.9g}", text))
    return found


def _metadata(cell: Any) -> dict[str, Any]:
    """The tags of a cell; the code of a solution is folded."""
    tags = cell["metadata"].get("tags", [])
    return ({"jupyter": FOLDED} if "solution" in tags else {}) | ({"tags": tags} if tags else {})


def _joined(outputs: Iterable[Any]) -> list[Any]:
    """The outputs, with what was written to one stream in a row as one: buffering may cut it."""
    joined: list[Any] = []
    for output in outputs:
        last = joined[-1] if joined else {}
        if output["output_type"] == "stream" and last.get("name") == output["name"]:
            joined[-1] = {**last, "text": last["text"] + output["text"]}
        else:
            joined.append(dict(output))
    return joined


def _stable(output: Any, ran: int) -> Any:
    """An output without addresses and with lines of text, as notebook files hold it."""
    output = dict(output)
    if "execution_count" in output:
        output["execution_count"] = ran
    if "text" in output:
        output["text"] = _lines(_unchanging(output["text"]))
    if "data" in output:
        output["data"] = {
            kind: _lines(_unchanging(content)) if isinstance(content, str) else content
            for kind, content in output["data"].items()
        }
    return output


def _unchanging(text: str) -> str:
    return _SIZE.sub("", _ADDRESS.sub("", text))


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)


def main(arguments: Sequence[str]) -> None:
    """Run the notebooks named on the command line, or all, and write them back."""
    for path in map(Path, arguments or map(str, NOTEBOOKS)):
        print(path.name)
        path.write_text(written(run(read(path))), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
