"""The wheel installed beside pins as hosted notebooks have them: `python .ci/hosted.py`.

python .ci/hosted.py [PYTHON]    # 3.11 or 3.12, for which there are wheels of all of PINS

An image of a notebook host comes with numba, and so with one llvmlite and one range of numpy. What
is installed beside them may change none of them; it has to run with what there is.
"""

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from wheels import ROOT, find_version, make_environment

PINS = ("llvmlite==0.43.0", "numba==0.60.0", "numpy<2.1")
NEW = {"graphviz", "scalar-autograd"}  # what may come with it

# A function that LLVM compiles, one by numpy, and one that numba still compiles.
TRIED = """
import numba
from autograd import Value, compile, engine, tanh, value_and_grad
def f(w, x, b):
    return tanh(sum(wi * xi for wi, xi in zip(w, x)) + b)
arguments = [0.5, -1.5], [2.0, 0.25], 0.125
step = value_and_grad(f, argnums=(0, 1, 2))
expected = step(*arguments)
for options in ({}, {"backend": "llvm"}, {"backend": "numpy"}, {"backend": "python"}):
    assert compile(step, **options)(*arguments) == expected, options
    assert compile(step, **options).verify(*arguments), options
assert compile(step).backend == "llvm"
assert numba.njit(lambda x: x * 2.0)(3.0) == 6.0
print("engine:", engine.name)
"""


def installed(python: str) -> dict[str, str]:
    """The versions of the packages of an environment."""
    command = [python, "-m", "pip", "freeze", "--disable-pip-version-check"]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found = {}
    for line in lines.splitlines():
        name, _, version = line.replace(" @ ", "==").partition("==")
        found[name] = version
    return found


def main() -> None:
    """Make such an environment, install the wheel with all extras of the compiler, and try it."""
    python = sys.argv[1] if sys.argv[1:] else sys.executable
    if find_version(python) not in ("3 11", "3 12"):
        sys.exit(f"{python} is no Python 3.11 or 3.12: name one, as in .ci/hosted.py python3.11")
    with TemporaryDirectory() as name:
        host = make_environment(python, Path(name, "host"))
        subprocess.run([host, "-m", "pip", "install", "-q", *PINS], check=True)
        before = installed(host)
        command = [host, "-m", "pip", "wheel", "-q", "--no-deps", "-w", name, str(ROOT)]
        subprocess.run(command, check=True)
        [wheel] = Path(name).glob("*.whl")
        subprocess.run([host, "-m", "pip", "install", "-q", f"{wheel}[compile]"], check=True)
        after = installed(host)
        changed = {one: after.get(one) for one in before if after.get(one) != before[one]}
        if changed or set(after) - set(before) != NEW:
            sys.exit(f"installing changed {changed} and added {set(after) - set(before)}")
        subprocess.run([host, "-m", "pip", "check"], check=True)
        subprocess.run([host, "-I", "-c", TRIED], check=True, cwd=name)
    print(*(f"{one} {version}" for one, version in before.items()), "are as they were", sep=", ")


if __name__ == "__main__":
    main()
