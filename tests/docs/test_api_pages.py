"""The pages of the API: every public name stands on one of them, once."""

import importlib
import re
from collections import Counter
from types import ModuleType

import pytest

import autograd
from autograd import anatomy, compiler, data, losses, nn, optim, random, show, teach
from tests.documents import ROOT, blocks_in

ROOMS = (anatomy, compiler, data, losses, nn, optim, random, show, teach)
BUILTINS = ("abs", "compile", "pow", "round", "sum")  # public, and not for ``import *``

_DIRECTIVE = re.compile(r"^\.\. (currentmodule|automodule|auto\w+):: (\S+)$", re.MULTILINE)


def documented() -> Counter[int]:
    """How often each object is documented, by its id."""
    found: Counter[int] = Counter()
    for page in (ROOT / "docs" / "api").glob("*.md"):
        for text in blocks_in(page, "{eval-rst}"):
            module: ModuleType = autograd
            for kind, name in _DIRECTIVE.findall(text):
                if kind == "currentmodule":
                    module = importlib.import_module(name)
                elif kind == "automodule":
                    room = importlib.import_module(name)
                    found.update(id(getattr(room, public)) for public in room.__all__)
                else:
                    found[id(getattr(module, name))] += 1
    return found


def public_names() -> dict[str, object]:
    """Every public name, and what it stands for."""
    found = {f"autograd.{name}": getattr(autograd, name) for name in autograd.__all__}
    found |= {f"autograd.{name}": getattr(autograd, name) for name in BUILTINS}
    for room in ROOMS:
        found |= {f"{room.__name__}.{name}": getattr(room, name) for name in room.__all__}
    return found


def test_every_public_name_is_documented() -> None:
    counts = documented()
    missing = [
        name
        for name, thing in public_names().items()
        if not isinstance(thing, ModuleType) and not counts[id(thing)]
    ]
    assert missing == []


def test_no_name_is_documented_twice() -> None:
    names = {id(thing): name for name, thing in public_names().items()}
    assert [names.get(thing, thing) for thing, count in documented().items() if count > 1] == []


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.__name__)
def test_every_room_is_among_those_of_the_package(room: ModuleType) -> None:
    assert room.__name__.removeprefix("autograd.") in autograd._ROOMS


def test_no_room_of_the_package_is_left_out() -> None:
    assert len(autograd._ROOMS) == len(ROOMS)
