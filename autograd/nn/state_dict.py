"""State dicts: the numbers of a module or an optimizer by name, and the file that keeps them.

The file is JSON, so reading it runs no code, and the numbers come back bit for bit. JSON itself
has no nan and no inf: they are written as the strings "nan", "inf" and "-inf".
"""

import json
import math
import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from ..data.files import write_file
from ..engine.errors import StateDictError
from ..engine.messages import describe_type, list_few, short_repr
from ..engine.numbers import json_number, number

NOT_FINITE = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}


class Unfit(str):
    """A text in a file that stands where a number should be, but is no float."""

    __slots__ = ()


def _finite(text: str) -> float | Unfit:
    """The number that JSON text stands for. What rounds to inf was another number."""
    x = float(text)
    return x if math.isfinite(x) else Unfit(short_repr(text)[1:-1])


def _refuse_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The entries of a JSON object, if no two have one name."""
    entries = dict(pairs)
    if len(entries) < len(pairs):
        counts = Counter(name for name, _ in pairs)
        twice = [name for name, count in counts.items() if count > 1]
        raise StateDictError(f"has more than one entry for {list_few(twice)}: keep one of each")
    return entries


class IncompatibleKeys(NamedTuple):
    """What of a module and a state dict does not fit together.

    Attributes:
        missing_keys: the names that the state lacks.
        unexpected_keys: the names that it has for nothing.
    """

    missing_keys: list[str]
    unexpected_keys: list[str]


def compare_names(names: Iterable[str], state: Mapping[str, Any]) -> IncompatibleKeys:
    """The names that only one side has.

    Args:
        names: the entries that are wanted.
        state: a mapping from name to number.

    Raises:
        TypeError: if the state is not a mapping.

    Example:
        >>> compare_names(["weight", "bias"], {"bias": 1.0, "scale": 2.0})
        IncompatibleKeys(missing_keys=['weight'], unexpected_keys=['scale'])
    """
    if not isinstance(state, Mapping):
        raise TypeError(
            f"a state dict maps names to numbers, got {type(state).__name__}: "
            "pass what state_dict() gave"
        )
    wanted = dict.fromkeys(names)
    missing = [name for name in wanted if name not in state]
    return IncompatibleKeys(missing, [name for name in state if name not in wanted])


def match_names(owner: str, names: Iterable[str], state: Mapping[str, Any]) -> dict[str, float]:
    """The number in `state` for each of `names`, when the two fit together exactly.

    Args:
        owner: what the state is for, as the message names it.
        names: the entries that are wanted.
        state: a mapping from name to number.

    Raises:
        StateDictError: naming every entry that is missing, extra, or not a number.
        TypeError: if the state is not a mapping.

    Example:
        >>> match_names("Neuron", ["bias"], {"bias": 1})
        {'bias': 1.0}
    """
    wanted = dict.fromkeys(names)
    unfit = compare_names(wanted, state)
    numbers: dict[str, float] = {}
    misshapen = []
    for name in [name for name in wanted if name in state]:
        try:
            numbers[name] = number(state[name])
        except (TypeError, ValueError):
            x = state[name]
            misshapen.append(f"{short_repr(name)} ({x if type(x) is Unfit else type(x).__name__})")
    check_fit(f"the state dict does not fit the {owner}", unfit, misshapen)
    return {name: numbers[name] for name in wanted}


def check_fit(what: str, unfit: IncompatibleKeys, misshapen: Sequence[str] = ()) -> None:
    """Raise a StateDictError that says `what` is wrong, and names the entries, if there are any."""
    complaints = {
        "missing": list(map(short_repr, unfit.missing_keys)),
        "extra": list(map(short_repr, unfit.unexpected_keys)),
        "not a number that a float can hold": misshapen,
    }
    found = [f"{kind}: {list_few(which, str)}" for kind, which in complaints.items() if which]
    if found:
        raise StateDictError(f"{what}; {'; '.join(found)}")


def write(path: str | os.PathLike[str], state: Mapping[str, float]) -> None:
    """Keep `state` in a JSON file, which is either replaced as a whole or left as it was."""
    entries = {name: json_number(x) for name, x in state.items()}
    text = json.dumps(entries, indent=1, allow_nan=False) + "\n"
    write_file(path, text.encode("utf-8"), "the state")


def read(path: str | os.PathLike[str]) -> dict[str, Any]:
    """Read the numbers that `write` kept in the file.

    Raises:
        StateDictError: if the file is not JSON, no JSON object, or one with an entry twice.
    """
    text = Path(path).read_bytes()
    try:
        entries = json.loads(
            text.decode("utf-8"),
            parse_float=_finite,
            parse_int=_finite,
            parse_constant=lambda name: Unfit(f"{name} without quotes"),
            object_pairs_hook=_refuse_duplicates,
        )
    except StateDictError as error:
        raise StateDictError(f"{os.fspath(path)} {error}") from None
    except (ValueError, RecursionError) as error:
        raise StateDictError(f"{os.fspath(path)} is not a JSON file: {error}") from error
    if not isinstance(entries, dict):
        raise StateDictError(
            f"{os.fspath(path)} should hold a JSON object that maps names to numbers, "
            f"and holds {describe_type(entries)}"
        )
    return {name: NOT_FINITE.get(x, x) if type(x) is str else x for name, x in entries.items()}
