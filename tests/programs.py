"""The programs and libraries that tests marked ``needs`` use, and the Debian packages of them.

As a script it prints the packages that are missing here, for continuous integration to install.
"""

import ctypes
import os
import shutil

PACKAGES = {
    "dot": "graphviz",
    "chromium": "chromium-headless-shell",
    "gcc": "gcc libc6-dev",
    "clang": "clang",
    "rsvg-convert": "librsvg2-bin",
    "inkscape": "inkscape",
    "npm": "nodejs npm",
    "cairo": "libcairo2",
}
LIBRARIES = {"cairo": ("libcairo.so.2", "libcairo.2.dylib")}
# What may stand for a program. The browser alone, which has no window, takes a third less time than
# with all that is around a page.
NAMES = {"chromium": ("chromium-headless-shell", "chromium")}
OPTIONAL = frozenset({"inkscape", "npm"})  # half a gigabyte each: used where it is there


def missing(program: str) -> str | None:
    """What to install if the program is not on the PATH, or no library loads, in one line."""
    if program in LIBRARIES:
        if any(map(_loads, LIBRARIES[program])):
            return None
        return f"the library {program} is missing (Debian, Ubuntu: apt install {PACKAGES[program]})"
    if path(program):
        return None
    return f"the program {program} is missing (Debian, Ubuntu: apt install {PACKAGES[program]})"


def path(program: str) -> str | None:
    """Where the program is, or the first of those that may stand for it."""
    return next(filter(None, map(shutil.which, NAMES.get(program, (program,)))), None)


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def required(program: str) -> bool:
    """Whether it must be there: on CI it is, or the set-up is wrong."""
    return bool(os.environ.get("CI")) and program not in OPTIONAL


if __name__ == "__main__":
    print(*(PACKAGES[name] for name in PACKAGES if name not in OPTIONAL and missing(name)))
