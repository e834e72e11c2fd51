"""State dicts: the numbers of a module or an optimizer by name, and the file that keeps them.

The file is JSON, so reading it runs no code, and the numbers come back bit for bit. JSON itself
has no nan and no inf: they are written as the strings "nan", "inf" and "-inf".
"""

import json
import math
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from autograd.errors import StateDictError
from autograd.files import write_file
from autograd.number import number

NOT_FINITE = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}


def fitted(owner: str, names: Iterable[str], state: Mapping[str, Any]) -> dict[str, float]:
    """The number in `state` for each of `names`, when the two fit together exactly.

    Args:
        owner: what the state is for, as the message names it.
        names: the entries that are wanted.
        state: a mapping from name to number.

    Raises:
        StateDictError: naming every entry that is missing, extra, or not a number.
        TypeError: if the state is not a mapping.

    Example:
        >>> fitted("Neuron", ["bias"], {"bias": 1})
        {'bias': 1.0}
    """
    if not isinstance(state, Mapping):
        raise TypeError(
            f"a state dict maps names to numbers, got {type(state).__name__}: "
            "pass what state_dict() gave"
        )
    wanted = dict.fromkeys(names)
    numbers: dict[str, float] = {}
    misshapen = []
    for name in wanted.keys() & state.keys():
        try:
            numbers[name] = number(state[name])
        except (TypeError, ValueError):
            misshapen.append(name)
    complaints = {
        "missing": [repr(name) for name in wanted if name not in state],
        "extra": [repr(name) for name in state if name not in wanted],
        "not a number that a float can hold": [
            f"{name!r} ({type(state[name]).__name__})" for name in wanted if name in misshapen
        ],
    }
    found = [f"{what}: {', '.join(which)}" for what, which in complaints.items() if which]
    if found:
        raise StateDictError(f"the state dict does not fit the {owner}; {'; '.join(found)}")
    return {name: numbers[name] for name in wanted}


def write(path: str | os.PathLike[str], state: Mapping[str, float]) -> None:
    """Keep `state` in a JSON file, which is either replaced as a whole or left as it was."""
    entries = {name: x if math.isfinite(x) else repr(x) for name, x in state.items()}
    text = json.dumps(entries, indent=1, allow_nan=False) + "\n"
    write_file(path, text.encode("utf-8"), "the state")


def read(path: str | os.PathLike[str]) -> dict[str, Any]:
    """What `write` kept in the file.

    Raises:
        StateDictError: if the file is not JSON, or no JSON object.
    """
    try:
        entries = json.loads(Path(path).read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise StateDictError(f"{os.fspath(path)} is not a JSON file: {error}") from error
    if not isinstance(entries, dict):
        raise StateDictError(
            f"{os.fspath(path)} should hold a JSON object that maps names to numbers, "
            f"and holds a {type(entries).__name__}"
        )
    return {name: NOT_FINITE.get(x, x) if isinstance(x, str) else x for name, x in entries.items()}
