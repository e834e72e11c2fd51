"""Files of compiled functions that somebody has changed, each with the digest of what it holds."""

from random import Random
from typing import Any

from autograd.compiler.saving.container import Reader, Writer


def changed(content: bytes, rng: Random) -> bytes:
    """The file with one integer, number or part of the header changed, and a good digest."""
    reader = Reader(content)
    header, writer = reader.header, Writer()
    writer.integers.extend(reader.integers(header["integers"]))
    writer.numbers.extend(reader.numbers(header["numbers"]))
    kind = rng.choice(["integer", "integer", "integer", "number", "header"])
    if kind == "integer":
        place = rng.randrange(len(writer.integers))
        near = writer.integers[place] + rng.choice([-8, -1, 1, 2, 7, 8, 64])
        writer.integers[place] = rng.choice([near, near, rng.randrange(-9, 4000), 2**31 - 1])
    elif kind == "number" and writer.numbers:
        place = rng.randrange(len(writer.numbers))
        writer.numbers[place] = rng.choice([0.0, 2.5, 9.0, 1e4, 1e300, -1.0, float("nan")])
    else:
        change_number(header, rng)
    return writer.content(header)


def places_in(header: Any) -> list[tuple[Any, Any]]:
    """Every place in a header, as what holds it, and its key or index there."""
    found: list[tuple[Any, Any]] = []
    stack = [header]
    while stack:
        x = stack.pop()
        places = list(x.items() if isinstance(x, dict) else enumerate(x))
        found += [(x, key) for key, _ in places]
        stack += [item for _, item in places if isinstance(item, (dict, list))]
    return found


def change_number(header: Any, rng: Random) -> None:
    """Give one number somewhere in a header another value."""
    numbers = [(x, key) for x, key in places_in(header) if type(x[key]) is int]
    x, key = rng.choice(numbers)
    x[key] += rng.choice([-8, -1, 1, 2, 8, 1000])


ANYTHING: tuple[Any, ...] = (
    None,
    True,
    -1,
    1.5,
    2**70,
    "",
    "tanh",
    [],
    [1],
    [[]],
    {},
    {"tuple": []},
)


def with_another(content: bytes, place: int, rng: Random) -> bytes:
    """The file with anything in one place of its header, counted as by `places_in`."""
    reader = Reader(content)
    header, writer = reader.header, Writer()
    writer.integers.extend(reader.integers(header["integers"]))
    writer.numbers.extend(reader.numbers(header["numbers"]))
    x, key = places_in(header)[place]
    x[key] = rng.choice(ANYTHING)
    return writer.content(header)
