"""The notebooks in JupyterLite, which runs them in the browser, in `out/site/lite`: `make lite`.

python .ci/lessons.py [FOLDER]

Needs `pip install --group lite`, and npm for Pyodide (`pyodide_files.py`). What the kernel imports
is listed in `lessons.txt`; all of it is in the folder, and no page asks for anything elsewhere.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zipfile import ZipFile

from pyodide_files import CACHE, ROOT, SITE, download, unpack

LISTED = ROOT / ".ci/lessons.txt"
KERNEL = "@jupyterlite/pyodide-kernel-extension"
PYTHON = "3.14"  # that of Pyodide


def download_wheels() -> list[Path]:
    """The wheels that are listed, checked by pip, in the cache."""
    folder = CACHE / "wheels" / hashlib.sha256(LISTED.read_bytes()).hexdigest()[:12]
    if not folder.exists():
        pip("download", "--no-deps", "--require-hashes", "--only-binary", ":all:", "-r", LISTED,
            "--python-version", PYTHON, "--platform", "any", "-d", folder)  # fmt: skip
    return sorted(folder.glob("*.whl"))


def make_wheel(folder: Path) -> Path:
    """The wheel of this project, without the engine in C, in a folder."""
    pip("wheel", "--no-deps", "-w", folder, ROOT)
    [wheel] = folder.glob("*.whl")
    return wheel


def kernel_wheels() -> list[Path]:
    """The wheels that the kernel brings along, the latest of each package."""
    folder = Path(sys.prefix, "share/jupyter/labextensions", KERNEL, "static/pypi")
    found = {wheel.name.partition("-")[0]: wheel for wheel in sorted(folder.glob("*.whl"))}
    if not found:
        sys.exit("jupyterlite-pyodide-kernel is missing: pip install --group lite")
    return [wheel for name, wheel in found.items() if name != "widgetsnbextension"]


def pip(*arguments: object) -> None:
    """Run pip, which builds no engine in C.

    Raises:
        SystemExit: with what it says, if it fails.
    """
    command = [sys.executable, "-m", "pip", "-q", "--disable-pip-version-check", *arguments]
    environment = {**os.environ, "AUTOGRAD_ENGINE": "python"}
    ran = subprocess.run([*map(str, command)], env=environment, capture_output=True, text=True)
    if ran.returncode:
        sys.exit(f"pip {arguments[0]} failed:\n{ran.stderr[-2000:]}")


def entry(wheel: Path) -> dict[str, Any]:
    """The entry of a wheel in the lock file of Pyodide. What it depends on is loaded anyway."""
    name, version = wheel.name.split("-")[:2]
    with ZipFile(wheel) as archive:
        tops = {path.partition("/")[0].removesuffix(".py") for path in archive.namelist()}
    return {
        "name": name.replace("_", "-").lower(),
        "version": version,
        "file_name": wheel.name,
        "sha256": hashlib.sha256(wheel.read_bytes()).hexdigest(),
        "imports": sorted(top for top in tops if top.isidentifier()),
        "depends": [],
        "install_dir": "site",
        "package_type": "package",
        "unvendored_tests": False,
    }


def settings(packages: list[str]) -> dict[str, Any]:
    """The settings of JupyterLite: Pyodide and its packages are those of the site, and no other."""
    kernel = {
        "pyodideUrl": "./static/pyodide/pyodide.mjs",
        "disablePyPIFallback": True,
        "loadPyodideOptions": {"packages": packages},
    }
    data = {
        "appName": "Lessons",
        "exposeAppInBrowser": True,  # for tests, which run all cells
        "litePluginSettings": {f"{KERNEL}:kernel": kernel},
        # It looks for news elsewhere, and for extensions to install.
        "disabledExtensions": [
            "@jupyterlab/apputils-extension:announcements",
            "@jupyterlab/extensionmanager-extension",
        ],
    }
    return {"jupyter-lite-schema-version": 0, "jupyter-config-data": data}


def joined(notebook: Path) -> str:
    """A notebook with each text in one piece: JupyterLite reads no lists of lines in outputs."""
    data = json.loads(notebook.read_text("utf-8"))
    for cell in data["cells"]:
        for output in cell.get("outputs", []):
            for texts in (output, output.get("data", {})):
                texts |= {
                    kind: "".join(text)
                    for kind, text in texts.items()
                    if isinstance(text, list) and kind != "traceback"
                }
    return json.dumps(data)


def build(folder: Path) -> None:
    """Write JupyterLite with the notebooks into a folder, in the place of what is there.

    Args:
        folder: the folder, which is made.
    """
    with TemporaryDirectory() as name:
        source, own = Path(name, "source"), Path(name, "own")
        wheels = [*download_wheels(), *kernel_wheels(), make_wheel(own)]
        entries = {one["name"]: one for one in map(entry, wheels)}
        pyodide = source / "static/pyodide"
        unpack(download(), pyodide, entries)
        for wheel in wheels:
            shutil.copy(wheel, pyodide)
        (source / "jupyter-lite.json").write_text(json.dumps(settings([*entries])), "utf-8")
        (contents := source / "lessons").mkdir()
        for notebook in (ROOT / "notebooks").glob("*.ipynb"):
            (contents / notebook.name).write_text(joined(notebook), "utf-8")
        shutil.rmtree(folder, ignore_errors=True)
        lite(source, contents, folder)


def lite(source: Path, contents: Path, folder: Path) -> None:
    """Run the build of JupyterLite.

    Args:
        source: the folder of its settings, and of Pyodide.
        contents: the folder of the notebooks.
        folder: where it writes to.

    Raises:
        SystemExit: with what it says, if it fails.
    """
    command = [sys.executable, "-m", "jupyterlite_core", "build", "--no-sourcemaps"]
    command += ["--no-unused-shared-packages", "--apps", "lab", "--apps", "notebooks"]
    command += [f"--lite-dir={source}", f"--contents={contents}", f"--output-dir={folder}"]
    ran = subprocess.run(command, cwd=source, capture_output=True, text=True)
    if ran.returncode:
        sys.exit(f"JupyterLite cannot be built:\n{ran.stdout[-1000:]}\n{ran.stderr[-2000:]}")


def main() -> None:
    """Build it, and say where it is and how large."""
    folder = Path(sys.argv[1]).absolute() if sys.argv[1:] else SITE / "lite"
    build(folder)
    size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    print(f"{folder}: {size / 1e6:.1f} MB; show it with python -m http.server -d {folder}")


if __name__ == "__main__":
    main()
