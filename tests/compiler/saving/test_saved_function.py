"""A saved function has the same bits in another process, and what a file cannot hold is refused."""

import functools
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

from autograd import (
    CompiledFileError,
    Op,
    dot,
    hessian,
    lookup,
    nn,
    no_grad,
    optim,
    strict,
    tanh,
    value_and_grad,
    vmap,
)
from autograd.compiler import Compiled, compile, load_compiled
from autograd.compiler.saving.container import Reader, Writer
from tests.bits import bits
from tests.random_graphs import made, random_arguments, random_function

of = functools.partial(compile, backend="python")


class Point(NamedTuple):
    x: Any
    y: Any


def loss(w: Any, x: Any) -> Any:
    return tanh(dot(w["w"], x) + w["b"]) ** 2


def picked(values: Any, i: Any) -> Any:
    return lookup(values, i), [values[0] * 2.0, -0.0]


def added_up(values: Any, i: Any) -> Any:
    return lookup(values, i[0]) * lookup(values, i[1]) + lookup(values, i[0])


def moved(point: Point) -> Point:
    return Point(point.y, point.x * 2.0)


def sum_of_batch(w: Any, xs: Any) -> Any:
    return vmap(lambda w, x: w * x * x, (None, 0), "mean")(w, xs)


W = {"w": [0.5, -1.5], "b": 0.25}
ARRAYS = {"w": np.array([0.5, -1.5]), "b": np.array(0.25)}
CALLS: dict[str, tuple[Callable[..., Any], tuple[Any, ...]]] = {
    "numbers": (lambda x, y: x * y + 1.0, (2.0, 3)),
    "a gradient": (value_and_grad(loss), (W, [1.0, 2.0])),
    "arrays": (value_and_grad(loss), (ARRAYS, np.array([1.0, 2.0]))),
    "a lookup": (picked, ([1.0, 2.0, 3.0], 2.0)),
    "a table": (value_and_grad(added_up), ([1.0, 2.0, 3.0], [2.0, 1.0])),
    "tables of samples": (
        vmap(value_and_grad(added_up), (None, 0), "sum"),
        ([1.0, 2.0, 3.0], [[2.0, 1.0], [0.0, 0.0], [1.0, 2.0]]),
    ),
    "a Hessian": (hessian(loss), (W, [1.0, 2.0])),
    "a named tuple": (moved, (Point(1.0, 2.0),)),
    "a batch inside": (sum_of_batch, (2.0, [float(i) for i in range(11)])),
    "a Module": (lambda model, x: model(x), (nn.MLP(2, [3, 1], rng=0), [0.5, 1.0])),
    "a batch": (vmap(value_and_grad(loss), (None, 0)), (W, [[1.0, 2.0], [3.0, 4.0]])),
    "a mean": (vmap(value_and_grad(loss), (None, 0), "mean"), (W, [[1.0, 2.0]] * 9)),
    "a batch of arrays": (vmap(picked, (0, None)), (np.ones((2000, 3)), 1.0)),
    "a batch of dicts": (vmap(loss, (None, 0)), (W, np.ones((9, 2)))),
    "no results": (lambda x: (), (1.0,)),
}


def saved(compiled: Compiled, folder: Path) -> Path:
    path = folder / "f.compiled"
    compiled.save(path)
    return path


@pytest.mark.parametrize("backend", ["llvm", "python"])
@pytest.mark.parametrize("name", CALLS)
def test_a_loaded_function_has_the_same_bits(name: str, backend: str, tmp_path: Path) -> None:
    f, args = CALLS[name]
    compiled = of(f)
    wanted = compiled(*args)
    again = load_compiled(saved(compiled, tmp_path), backend=backend)
    found = again(*args)
    assert type(found) is type(wanted)
    assert bits(as_lists(found)) == bits(as_lists(wanted))


def as_lists(x: Any) -> Any:
    if isinstance(x, (tuple, list)):
        return [as_lists(item) for item in x]
    if isinstance(x, dict):
        return {key: as_lists(item) for key, item in x.items()}
    return x.tolist() if isinstance(x, np.ndarray) else x


def step(state: Any, datum: Any) -> Any:
    return {"a": state["a"] + datum[0], "b": state["b"] * datum[1]}, (state["a"],)


def test_a_scan_without_data_or_output_is_saved(tmp_path: Path) -> None:
    again = load_compiled(saved_after_scan(lambda x, _: (x * 2.0, None), tmp_path, length=1))
    assert again.scan(1.0, length=10) == (1024.0, None)


def test_a_scan_over_a_tuple_with_a_part_of_none_is_saved(tmp_path: Path) -> None:
    def paired(s: Any, d: Any) -> Any:
        return s + d[0] * d[1], {"a": None, "b": [d[0], None]}

    again = load_compiled(saved_after_scan(paired, tmp_path, ([1.0], [2.0])))
    outputs = {"a": None, "b": [[1.0, None], [2.0, None]]}
    assert again.scan(0.0, ([1.0, 2.0], [3.0, 4.0])) == (11.0, outputs)


def saved_after_scan(f: Callable[..., Any], folder: Path, *data: Any, **length: int) -> Path:
    compiled = of(f)
    compiled.scan(1.0, *data, **length)  # type: ignore[arg-type]
    return saved(compiled, folder)


def test_a_scan_is_saved(tmp_path: Path) -> None:
    compiled = of(step)
    start, data = {"a": 0.0, "b": 1.0}, [[1.0, 2.0], [3.0, 4.0], [5.0, -1.0]]
    wanted = compiled.scan(start, data)
    again = load_compiled(saved(compiled, tmp_path))
    assert again.scan(start, data) == wanted == ({"a": 9.0, "b": -8.0}, ([0.0, 1.0, 4.0],))


def train(model: Any, optimizer: Any, x: Any) -> Any:
    optimizer.zero_grad()
    error = model(x) ** 2
    error.backward()
    optimizer.step()
    return error


def train_in_scan(state: Any, x: Any) -> Any:
    model, optimizer = state
    return state, train(model, optimizer, x)


def pupil() -> tuple[Any, Any]:
    model = nn.Neuron(1, None, rng=0)
    return model, optim.Adam(model, lr=0.25)


def test_a_loaded_training_step_changes_its_model_and_optimizer(tmp_path: Path) -> None:
    compiled = of(train)
    first, second = pupil(), pupil()
    wanted = [compiled(*first, [1.0]) for _ in range(3)]
    again = load_compiled(saved(compiled, tmp_path))
    assert [again(*second, [1.0]) for _ in range(3)] == wanted
    assert second[0].state_dict() == first[0].state_dict()
    assert second[1].state_dict() == first[1].state_dict()


def test_a_loaded_scan_changes_its_model_and_optimizer(tmp_path: Path) -> None:
    compiled = of(train_in_scan)
    first, second = pupil(), pupil()
    _, wanted = compiled.scan(first, [[1.0], [2.0], [3.0]])
    state, found = load_compiled(saved(compiled, tmp_path)).scan(second, [[1.0], [2.0], [3.0]])
    assert found == wanted
    assert state == second
    assert second[0].state_dict() == first[0].state_dict()


def test_another_process_needs_neither_the_function_nor_a_recording(tmp_path: Path) -> None:
    compiled = of(value_and_grad(loss))
    wanted = compiled(W, [1.0, 2.0])
    path = saved(compiled, tmp_path)
    code = (
        "import sys; from autograd.compiler import load_compiled\n"
        f"print(load_compiled(sys.argv[1], backend='python')({W!r}, [1.0, 2.0]))"
    )
    command = [sys.executable, "-c", code, str(path)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    assert done.stdout.strip() == repr(wanted)


def test_every_structure_of_arguments_is_saved_also_static_ones_and_keywords(
    tmp_path: Path,
) -> None:
    def power(x: Any, n: int = 2, *, scale: Any = 1.0) -> Any:
        return scale * x**n

    compiled = of(power, static="n")
    calls: list[tuple[tuple[Any, ...], dict[str, Any]]] = [
        ((3.0,), {}),
        ((3.0, 3), {}),
        ((3.0,), {"n": 3, "scale": 2.0}),
    ]
    wanted = [compiled(*args, **options) for args, options in calls]
    with no_grad():
        wanted.append(compiled(4.0))
    again = load_compiled(saved(compiled, tmp_path))
    assert repr(again) == "Compiled(power, static=['n'], llvm, 4 recordings)"
    assert [again(*args, **options) for args, options in calls] == wanted[:3] == [9.0, 27.0, 54.0]
    with no_grad():
        assert again(4.0) == wanted[3]
    with pytest.raises(TypeError, match="unexpected keyword argument 'm'"):
        again(3.0, m=2)


@pytest.mark.parametrize("static", [["m"], "t", [[]], None])
def test_a_file_with_static_arguments_that_the_function_lacks_is_refused(static: Any) -> None:
    compiled = of(loss)
    compiled(W, [1.0, 2.0])
    reader, writer = Reader(compiled._bytes()), Writer()
    writer.integers.extend(reader.integers(reader.header["integers"]))
    writer.numbers.extend(reader.numbers(reader.header["numbers"]))
    with pytest.raises(CompiledFileError, match="static"):
        Compiled.loaded(writer.content({**reader.header, "static": static}), None, "python")


def test_static_arguments_that_another_function_lacks_are_refused(tmp_path: Path) -> None:
    compiled = of(lambda x, n: x**n, static="n")
    compiled(2.0, 3)
    with pytest.raises(CompiledFileError, match=r"a static argument 'n', and loss has .* w, x"):
        load_compiled(saved(compiled, tmp_path), loss)


ASKED: dict[str, Callable[[Compiled], Any]] = {
    "another structure": lambda f: f(W, np.ones(2)),
    "inside another function": lambda f: of(lambda x: f(W, [x, x]))(1.0),
    "verify": lambda f: f.verify(W, [1.0, 2.0]),
    "strict": lambda f: strict()(f)(W, [1.0, 2.0]),
}


@pytest.mark.parametrize("what", ASKED)
def test_what_else_is_asked_of_a_loaded_function_needs_the_function(
    what: str, tmp_path: Path
) -> None:
    compiled = of(loss)
    compiled(W, [1.0, 2.0])
    again = load_compiled(saved(compiled, tmp_path))
    with pytest.raises(CompiledFileError, match=r"loss is here as it was saved.*'w', 'b'.*list of"):
        ASKED[what](again)


def test_of_a_scan_it_is_told_that_it_was_one(tmp_path: Path) -> None:
    compiled = of(lambda s, x: ((s[0], s[1] + x), None))
    compiled.scan((1.0, 2.0), [3.0])
    again = load_compiled(saved(compiled, tmp_path))
    told = r"for a call of its scan with a tuple of 2, a list with an entry for each sample\. What"
    with pytest.raises(CompiledFileError, match=told):
        again.scan(1.0, [3.0])


def test_with_the_function_other_arguments_are_recorded_and_bits_are_compared(
    tmp_path: Path,
) -> None:
    compiled = of(loss)
    compiled(W, [1.0, 2.0])
    again = load_compiled(saved(compiled, tmp_path), loss, backend="python")
    assert len(again._recordings.values()) == 1
    assert again(ARRAYS, np.array([1.0, 2.0])) == again(W, [1.0, 2.0])
    assert again.verify(W, [1.0, 2.0]) == 1
    assert len(again._recordings.values()) == 2
    both = load_compiled(saved(again, tmp_path))
    assert both(ARRAYS, np.array([1.0, 2.0])) == both(W, [1.0, 2.0])


def test_the_file_of_a_loaded_function_is_the_same_file(tmp_path: Path) -> None:
    compiled = of(loss)
    compiled(W, [1.0, 2.0])
    path = saved(compiled, tmp_path)
    before = path.read_bytes()
    assert saved(load_compiled(path), tmp_path).read_bytes() == before


def test_a_lookup_out_of_range_is_the_error_that_it_is(tmp_path: Path) -> None:
    compiled = of(picked)
    compiled([1.0, 2.0], 1.0)
    again = load_compiled(saved(compiled, tmp_path))
    with pytest.raises(IndexError, match="lookup index 7 is not one of 0 to 1"):
        again([1.0, 2.0], 7.0)


scale = 2.0


def test_a_lookup_out_of_range_in_a_step_is_the_error_that_it_is(tmp_path: Path) -> None:
    def step(total: Any, i: Any) -> Any:
        return total + lookup([1.0, 10.0], i), None

    path = saved_after_scan(step, tmp_path, [0.0, 1.0])
    with pytest.raises(IndexError, match="lookup index 7 is not one of 0 to 1"):
        load_compiled(path).scan(0.0, [1.0, 7.0])


def scaled(x: Any) -> Any:
    return x * scale


def test_what_a_function_reads_besides_is_kept_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compiled = of(scaled)
    compiled(1.0)
    again = load_compiled(saved(compiled, tmp_path))
    monkeypatch.setitem(globals(), "scale", 5.0)
    assert again(1.0) == 2.0
    with pytest.raises(CompiledFileError, match="what it reads has changed since: call it"):
        compiled.save(tmp_path / "later")
    assert compiled(1.0) == 5.0
    assert load_compiled(saved(compiled, tmp_path))(1.0) == 5.0


cube = Op("cube", lambda x: float(repr(x)) ** 3, lambda x, out: 3.0 * x * x)


@pytest.mark.parametrize(
    ("compiled", "args", "reason"),
    [
        (of(lambda x: x), None, "nothing is recorded of <lambda>.*call it"),
        (of(lambda x: cube(x)), (2.0,), "the op 'cube' is computed by a function in Python"),
        (of(lambda x, f: f(x), "f"), (2.0, lambda x: x), "depends on <function.*no file holds"),
        (of(lambda x, a: x, "a"), (2.0, object()), "depends on <object object.*no file holds"),
    ],
)
def test_what_no_file_holds_is_refused_with_the_reason(
    compiled: Compiled, args: Any, reason: str, tmp_path: Path
) -> None:
    if args:
        compiled(*args)
    with pytest.raises(CompiledFileError, match=reason):
        compiled.save(tmp_path / "f")
    assert not (tmp_path / "f").exists()


def test_a_file_that_cannot_be_written_or_read_is_an_error_of_the_system(tmp_path: Path) -> None:
    compiled = of(loss)
    compiled(W, [1.0, 2.0])
    with pytest.raises(OSError, match="cannot save a compiled function"):
        compiled.save(tmp_path / "none" / "f")
    with pytest.raises(FileNotFoundError):
        load_compiled(tmp_path / "none")


@pytest.mark.parametrize("start", range(0, 30, 10))
def test_random_functions_have_the_same_bits(start: int) -> None:
    for seed in range(start, start + 10):
        draw = random.Random(seed)
        function = random_function(draw, draw.randint(1, 40))
        args = random_arguments(draw, function.inputs)
        compiled = of(value_and_grad(made(function.source(several=False))))
        try:
            wanted = compiled(*args)
        except Exception:  # such as a lookup out of range
            continue
        again = Compiled.loaded(compiled._bytes(), None, "python")
        assert bits(again(*args)) == bits(wanted), function.source(several=False)


def test_a_batch_is_given_as_a_batch(tmp_path: Path) -> None:
    compiled = of(vmap(loss, (None, 0)))
    compiled(W, [[1.0, 2.0]])
    path = saved(compiled, tmp_path)
    with pytest.raises(CompiledFileError, match="saved is a vmap, so give that: got loss"):
        load_compiled(path, loss)
    again = load_compiled(path, vmap(loss, (None, 0)))
    assert again(W, [[1.0, 2.0]]) == compiled(W, [[1.0, 2.0]])
    assert again.verify(W, [[1.0, 2.0]]) == 1
