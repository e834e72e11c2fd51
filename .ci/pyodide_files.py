"""Pyodide, which is Python for web pages: its package from npm, checked, and what is made with it.

Needs Node.js with npm, which downloads the package once, into `out/cache`.
"""

import base64
import hashlib
import json
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
CACHE = ROOT / "out/cache"
SITE = ROOT / "out/site"
VERSION = "314.0.6"  # that of Python 3.14, which jupyterlite-pyodide-kernel 0.8.6 is made for
INTEGRITY = (
    "sha512-BKDTJyIqFxC4BExLqeRS3f5xvXZIjOt8C3zGLN/Cc7tF"
    "xSwvKVhVkchQQ2AGLOtR4YrVOIFxbV8poyDOOmWwxQ=="
)
NEEDED = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip")
LOCK = "pyodide-lock.json"  # which packages there are; ours has those alone that are here


def download(version: str = VERSION, integrity: str = INTEGRITY) -> Path:
    """The package as npm packs it, from the cache or from npm.

    Args:
        version: of Pyodide.
        integrity: the digest of the package as npm writes it, ``sha512-`` and its base 64.

    Raises:
        SystemExit: if there is no npm, it cannot be downloaded, or is another than was pinned.
    """
    package = CACHE / f"pyodide-{version}.tgz"
    if not package.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        command = ["npm", "pack", f"pyodide@{version}", "--pack-destination", str(CACHE)]
        try:
            subprocess.run(command, check=True, capture_output=True, text=True)
        except FileNotFoundError:
            sys.exit("npm is missing, which downloads Pyodide (Debian, Ubuntu: apt install npm)")
        except subprocess.CalledProcessError as error:
            sys.exit(f"npm cannot download pyodide {version}:\n{error.stderr}")
    found = digest_of(package.read_bytes())
    if found != integrity:
        package.unlink()
        sys.exit(f"pyodide {version} has the digest {found}, and {integrity} was pinned: not used")
    return package


def digest_of(data: bytes) -> str:
    """The digest of some bytes, as npm writes it."""
    return "sha512-" + base64.b64encode(hashlib.sha512(data).digest()).decode()


def unpack(package: Path, folder: Path, packages: dict[str, Any] | None = None) -> None:
    """Write the files of Pyodide that a page needs, and a list of the packages that are there.

    Args:
        package: from `download`.
        folder: the folder to write to, which is made.
        packages: entries of the lock file. No other is known, so no page asks elsewhere for one.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with tarfile.open(package) as archive:
        for name in NEEDED:
            (folder / name).write_bytes(_read(archive, name))
        lock = json.loads(_read(archive, LOCK))
    lock["packages"] = packages or {}
    (folder / LOCK).write_text(json.dumps(lock), "utf-8")


def locked(package: Path) -> dict[str, Any]:
    """All entries of the lock file of Pyodide, by the names of their packages."""
    with tarfile.open(package) as archive:
        found: dict[str, Any] = json.loads(_read(archive, LOCK))["packages"]
    return found


def _read(archive: tarfile.TarFile, name: str) -> bytes:
    file = archive.extractfile(f"package/{name}")
    assert file is not None, name
    return file.read()


def package_files(wanted: Callable[[Path], bool] = lambda _: True) -> Iterator[Path]:
    """The files of the package `autograd` that run in a page: Python, and what it reads.

    Args:
        wanted: which of them.
    """
    for file in sorted((ROOT / "autograd").rglob("*")):
        if file.suffix in (".py", ".js", ".css", ".html", ".txt", ".csv") and wanted(file):
            yield file
