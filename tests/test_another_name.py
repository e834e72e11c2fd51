"""The package works under another name, beside the array library that has its own."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.test_architecture import MODULES, PACKAGE

USE = """
import copy, pickle, sys
import scalar_autograd as ag
from scalar_autograd.losses import mse_loss
from scalar_autograd.nn import MLP
from scalar_autograd.optim import SGD
from scalar_autograd.show import draw, explain, play
from scalar_autograd.teach import audit
import autograd, autograd.numpy

assert autograd.numpy.ones == "theirs"
model = MLP(2, [3, 1], rng=0)
optimizer = SGD(model.parameters(), lr=0.1)
points = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]
loss = mse_loss([model(x) for x in points], [1.0, -1.0, 1.0, -1.0])
loss.backward()
optimizer.step()
twin = pickle.loads(pickle.dumps(copy.deepcopy(model)))
assert [p.data for p in twin.parameters()] == [p.data for p in model.parameters()]
assert ag.compile(ag.grad(lambda x: ag.sin(x) * x), backend="python")(0.0) == 0.0
assert draw(loss).svg.startswith("<svg")
assert "text/html" in (ag.Value(2.0) * 3.0)._repr_mimebundle_()
assert "exp" in ag.exp.__doc__ and play(ag.Value(2.0) * 3.0).html
assert not [name for name, x in sys.modules.items() if x is ag and name != "scalar_autograd"]
theirs = [name for name in sys.modules if name.split(".")[0] == "autograd"]
assert theirs == ["autograd", "autograd.numpy"], theirs
print("both work")
"""


@pytest.fixture
def both(tmp_path: Path) -> Path:
    """A folder with this package as `scalar_autograd`, and a stand-in for the array library."""
    shutil.copytree(PACKAGE, tmp_path / "scalar_autograd")  # and its bytecode: so it starts fast
    theirs = tmp_path / "autograd"
    for file in ("__init__.py", "core.py", "tracer.py", "differential_operators.py"):
        theirs.mkdir(exist_ok=True)
        (theirs / file).write_text("")
    (theirs / "numpy").mkdir()
    (theirs / "numpy" / "__init__.py").write_text("ones = 'theirs'\n")
    return tmp_path


def output(code: str, folder: Path) -> str:
    # -S and -I leave the standard library alone: no installed package is found.
    found = f"import sys; sys.path[:0] = [{str(folder)!r}]"
    command = [sys.executable, "-I", "-S", "-X", "utf8", "-c", f"{found}\n{code}"]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_it_works_under_another_name_beside_the_array_library(both: Path) -> None:
    assert output(USE, both) == "both work\n"


def test_every_module_is_imported_under_another_name(both: Path) -> None:
    needing = ("compiler.backends.numpy", "compiler.backends.llvm", "show.graphs.graphviz")
    names = [name for name in MODULES if name != "__main__" and not name.startswith(needing)]
    lines = [f"import scalar_autograd.{name}".rstrip(".") for name in names]
    lines.append("print(*[name for name in sys.modules if name.split('.')[0] == 'autograd'])")
    assert output("\n".join(lines), both) == "\n"


def test_the_command_works_under_another_name(both: Path) -> None:
    code = (
        "import runpy; sys.argv = ['autograd', 'explain', 'a*b', 'a=2', 'b=3', '--wrt=a']; "
        "runpy.run_module('scalar_autograd', run_name='__main__')"
    )
    assert "∂" in output(code, both)
