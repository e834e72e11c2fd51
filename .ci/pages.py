"""What all pages of a kind have in common, in as little room as can be: `make pages`.

python .ci/pages.py

Run it when a file in `autograd/show/stepping/page` was changed, or what else goes into all pages.
It needs Node.js for terser, which shortens the scripts, and `pip install --group pages` for zopfli,
which looks for the shortest deflate. What the names that tests speak to pages by have become, the
same in all kinds, is kept in `tests/page_names.json`, for tests to go on speaking by them.
"""

import ast
import json
import re
import subprocess
import zlib
from base64 import b85encode
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import zopfli.zlib

from autograd.show.stepping.page_code import deflated
from autograd.show.stepping.page_kinds import KINDS, digest_of, source

ROOT = Path(__file__).parents[1]
PACKED = ROOT / "autograd/show/stepping/page/packed"
NAMES = ROOT / "tests/page_names.json"
SPEAKERS = ["tests/browser.py", "benchmarks/player.py", "benchmarks/gallery_pages.py"]
TERSER = "terser@5.51.4"
PIECE = 1024  # bytes in which a bit is looked for
NAME = re.compile(r"[A-Za-z_$][\w$]*")
PROGRAM = re.compile(r"[(\[.=]|^\w+$")  # a text with one of these may be a bit of a program
USED = re.compile(r"(?<![\w$.#'\"-])[A-Za-z_$][\w$]*(?![\w'\"-])")
TOP = re.compile(r"^(?:const|let|class|function) (.*?)(?: =|;|\(| \{$)", re.MULTILINE)


def spoken() -> set[str]:
    """The names in those texts of tests and benchmarks that can be programs."""
    files = [*(ROOT / "tests/show").rglob("*.py"), *(ROOT / name for name in SPEAKERS)]
    sources = [source for file in files if "evaluate" in (source := file.read_text("utf-8"))]
    found = [text for source in sources for text in texts(ast.parse(source))]
    return {name for text in found if PROGRAM.search(text) for name in USED.findall(text)}


def texts(tree: ast.AST) -> Iterator[str]:
    """The texts of a file, without its docstrings."""
    notes = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in notes:
            yield node.value


def shortened(script: str, kept: list[str], names: Path | None = None) -> str:
    """A program with short names, and nothing that is not needed but for what is kept.

    Args:
        script: the program.
        kept: the names of what stays, though the program may do without it.
        names: the file of the short names so far, to go on with, if others are to have the same.
    """
    with TemporaryDirectory() as folder:
        # One word for both is shorter. To assign to a constant raises in a page as it is written.
        text = re.sub(r"\bconst ", "let ", script)
        (file := Path(folder, "page.js")).write_text(text, "utf-8")
        options = {
            "ecma": 2022,
            "module": names is None,
            "compress": {"toplevel": True, "passes": 3, "lhs_constants": False, "top_retain": kept},
            "mangle": {"toplevel": True, "reserved": [name for name in kept if len(name) < 4]},
        }
        (settings := Path(folder, "settings.json")).write_text(json.dumps(options), "utf-8")
        command = ["npx", "--yes", TERSER, str(file), "--config-file", str(settings)]
        if names is not None:
            command += ["--name-cache", str(names)]
        found = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    return re.sub(r"\bconst ", "let ", found.strip())


def left_open(data: bytes) -> bytes:
    """Deflated data that more can go on behind.

    Of its last block the bit is cleared that says so: the one without which the same comes out and
    the stream goes on. An empty block behind it fills the last byte.

    Raises:
        ValueError: if there is no such bit.
    """
    text, more = zlib.decompress(data, wbits=-15), deflated("more")
    for start in range((len(data) - 1) // PIECE * PIECE, -1, -PIECE):
        reader = zlib.decompressobj(wbits=-15)
        begun = reader.decompress(data[:start])
        for place in range(8 * min(PIECE, len(data) - start) - 1, -1, -1):
            rest = bytearray(data[start:])
            rest[place >> 3] ^= 1 << (place & 7)
            for gap in (b"", b"\0"):
                opened = bytes(rest) + gap + b"\0\0\xff\xff"
                try:
                    if begun + reader.copy().decompress(opened + more) == text + b"more":
                        return data[:start] + opened
                except zlib.error:
                    continue
    raise ValueError("this is no deflated data that ends")


def keep(name: str, text: str, packed: str) -> None:
    """Write down what a text is packed into, with the digest of the text."""
    file = PACKED / f"{name}.txt"
    file.write_text(f"{digest_of(text)}\n{packed}\n", "utf-8", newline="\n")


def main() -> None:
    """Pack the common part of every kind of page."""
    spoken_names = spoken()
    with TemporaryDirectory() as folder:
        names = Path(folder, "names.json")
        # The one with the most names first: they are the shortest for what is most often used.
        for name, kind in sorted(KINDS.items(), key=lambda item: -len(item[1].script())):
            script = kind.script()
            top = {word for found in TOP.findall(script) for word in NAME.findall(found)}
            text = kind.text(shortened(script, sorted(top & spoken_names), names))
            # Without the two bytes before and the four behind it, of zlib.
            data = left_open(zopfli.zlib.compress(text.encode("utf-8"), numiterations=20)[2:-4])
            keep(name, kind.text(), b85encode(data).decode())
            print(f"{name:18} {len(kind.text()):9,} characters, {len(data):7,} bytes packed")
        short = json.loads(names.read_text("utf-8"))["vars"]["props"]
    unpack = source("unpack.js")
    keep("unpack", unpack, shortened(unpack, []))
    found = {name: short[f"${name}"] for name in sorted(spoken_names) if f"${name}" in short}
    NAMES.write_text(json.dumps(found, indent=0) + "\n", "utf-8", newline="\n")


if __name__ == "__main__":
    main()
