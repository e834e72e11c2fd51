"""The types that users see: their own code is checked with ``mypy --strict``."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("mypy")
ROOT = Path(__file__).parent.parent

BAD = {
    'Value("3")': "arg-type",
    "exp(Value(1.0)).nothing": "attr-defined",
    'Value(1.0).data = "3"': "assignment",
    "y: str = Value(1.0).grad": "assignment",
    "y: str = exp(Value(1.0))": "assignment",
    'mse_loss(1.0, "a")': "arg-type",
    "y: str = MLP(2, [1])([1.0, 2.0])": "assignment",
    "y: str = grad(exp)(1.0)": "assignment",
}


def test_a_user_s_code_is_checked_as_strictly_as_ours(tmp_path: Path) -> None:
    lines = ["from autograd import Value, exp, grad", "from autograd.losses import mse_loss"]
    lines += ["from autograd.nn import MLP", *BAD]
    text = "\n".join(line.replace("y:", f"y{i}:") for i, line in enumerate(lines))
    (tmp_path / "bad.py").write_text(text, "utf-8")
    shutil.copy(ROOT / "tests/user_code.py", tmp_path / "good.py")
    command = [sys.executable, "-m", "mypy", "--strict", "--no-error-summary"]
    cache = ["--cache-dir", str(ROOT / ".mypy_cache")]
    files = [str(tmp_path / name) for name in ("good.py", "bad.py")]
    told = subprocess.run(
        [*command, *cache, *files], capture_output=True, text=True, check=False, cwd=tmp_path
    ).stdout
    assert re.findall(r"good.py.*", told) == []
    found = re.findall(r"bad.py:(\d+): error: .*\[([\w-]+)\]", told)
    first = len(lines) - len(BAD) + 1
    assert found == [(str(first + i), code) for i, code in enumerate(BAD.values())], told
