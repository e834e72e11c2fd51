"""Files of weights, of optimizers and of compiled functions, broken in every way."""

import functools
import json
import random
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from autograd import CompiledFileError, StateDictError, lookup, tanh, value_and_grad, vmap
from autograd.compiler import Compiled, compile
from autograd.compiler.saving.container import Reader
from autograd.nn import MLP, state_dict as states
from autograd.optim import Adam
from tests.changed_files import changed, places_in, with_another

ODD = (
    *("nan", "NaN", "Infinity", "1e999", "-1e999", "null", "true", '"inf"', '"x"', "[]", "{}"),
    *("[[[[", '{"a":1}', "1" * 400, "\\", '"', "\ud800", "\0", "", "0x1", "1.", "-", "[" * 2000),
)


@functools.cache
def _model() -> tuple[MLP, Adam, dict[str, bytes]]:
    """A model, its optimizer, and their files."""
    model = MLP(2, [3, 1], rng=0)
    optimizer = Adam(model.parameters(), 0.1)
    model([1.0, 2.0]).backward()
    optimizer.step()
    files = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, state in (("model", model.state_dict()), ("optimizer", optimizer.state_dict())):
            path = Path(folder, name)
            states.write(path, state)
            files[name] = path.read_bytes()
    return model, optimizer, files


@functools.cache
def _compiled() -> list[bytes]:
    """Files of compiled functions of several kinds."""
    calls: list[tuple[Callable[..., Any], tuple[Any, ...]]] = [
        (value_and_grad(lambda x, y: tanh(x[0] * y) + x[1]), ([1.0, 2.0], 3.0)),
        (lambda xs, i: lookup(xs, i), ([1.0, 2.0, 3.0], 1.0)),
        (vmap(value_and_grad(lambda w, x: w * x * x), (None, 0), "mean"), (2.0, [1.0] * 9)),
    ]
    files = []
    for f, args in calls:
        function = compile(f, backend="python")
        function(*args)
        files.append(function._bytes())
    return files


def _broken_text(draw: random.Random, content: bytes) -> bytes:
    """With bytes lost, doubled or replaced; with an odd entry; or cut off."""
    kind = draw.randrange(4)
    if kind == 0:
        return content[: draw.randrange(len(content))]
    if kind == 1:
        entries = json.loads(content)
        name = draw.choice([*entries, "other"])
        text = json.dumps({key: x for key, x in entries.items() if key != name})
        odd = draw.choice(ODD)
        return f'{text[:-1]}, "{name}": {odd}}}'.encode("utf-8", "surrogatepass")
    broken = bytearray(content)
    for _ in range(draw.randint(1, 4)):
        place = draw.randrange(len(broken) + 1)
        odd_bytes = draw.choice(ODD).encode("utf-8", "surrogatepass")
        twice = bytes(broken[place : place + 9] * 2)
        new = draw.choice((b"", twice, odd_bytes, draw.randbytes(3)))
        broken[place : place + draw.randint(0, 9)] = new
    return bytes(broken)


def _try_state(draw: random.Random, path: Path) -> None:
    model, optimizer, files = _model()
    name = draw.choice(list(files))
    path.write_bytes(_broken_text(draw, files[name]))
    if name == "model":
        before = model.state_dict()
        try:
            model.load(path, strict=draw.random() < 0.8)
        except StateDictError:
            assert repr(model.state_dict()) == repr(before), "a refused file has changed the model"
            raise
    else:
        optimizer.load_state_dict(states.read(path))


def _try_compiled(draw: random.Random) -> None:
    content = draw.choice(_compiled())
    kind = draw.randrange(3)
    if kind == 0:
        broken = bytearray(content)
        for _ in range(draw.randint(1, 3)):
            broken[draw.randrange(len(broken))] = draw.randrange(256)
        content = bytes(broken[: draw.choice((len(broken), draw.randrange(len(broken))))])
    elif kind == 1:
        content = changed(content, draw)
    else:
        places = len(places_in(Reader(content).header))
        content = with_another(content, draw.randrange(places), draw)
    Compiled.loaded(content, None, "python")


def try_file(draw: random.Random, folder: Path) -> str:
    """Load a broken file: "accepted" or "refused".

    Raises:
        Exception: anything but a StateDictError or CompiledFileError that comes out.
    """
    try:
        if draw.random() < 0.6:
            _try_state(draw, folder / "state.json")
        else:
            _try_compiled(draw)
    except (StateDictError, CompiledFileError):
        return "refused"
    return "accepted"
