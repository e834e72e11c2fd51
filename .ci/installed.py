"""Whether the package that is installed runs its engine in C, and the README's examples.

python -I .ci/installed.py README.md    # in an empty folder, with the package installed
"""

import doctest
import sys

import autograd
from autograd import engine

assert engine.name == "native", engine.why
options = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
failed, tried = doctest.testfile(
    sys.argv[1], module_relative=False, optionflags=options, encoding="utf-8"
)
python = "{}.{}.{}".format(*sys.version_info)
print(f"{autograd.__file__}, Python {python}: {tried - failed} of {tried} examples pass")
sys.exit(failed > 0 or tried == 0)
