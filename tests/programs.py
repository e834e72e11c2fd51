"""The programs that tests marked ``needs`` run, and the Debian packages that have them.

As a script it prints the packages that are missing here, for continuous integration to install.
"""

import os
import shutil

PACKAGES = {
    "dot": "graphviz",
    "chromium": "chromium",
    "gcc": "gcc libc6-dev",
    "clang": "clang",
    "rsvg-convert": "librsvg2-bin",
    "inkscape": "inkscape",
}
OPTIONAL = frozenset({"inkscape"})  # half a gigabyte: used where it is there


def missing(program: str) -> str | None:
    """What to install if the program is not on the PATH, in one line."""
    if shutil.which(program):
        return None
    return f"the program {program} is missing (Debian, Ubuntu: apt install {PACKAGES[program]})"


def required(program: str) -> bool:
    """Whether it must be there: on CI it is, or the set-up is wrong."""
    return bool(os.environ.get("CI")) and program not in OPTIONAL


if __name__ == "__main__":
    print(*(PACKAGES[name] for name in PACKAGES if name not in OPTIONAL and missing(name)))
