"""`scan`: a training loop in one call, in portions that change nothing, and can be interrupted."""

import functools
import itertools
import signal
import threading
from collections.abc import Callable
from typing import Any, NamedTuple, cast

import numpy as np
import pytest

import autograd as ag
from autograd import (
    NonFiniteError,
    ScanInterrupted,
    TracedValueError,
    Value,
    compile,
    grad,
    lookup,
    scan,
    value_and_grad,
    vmap,
)
from autograd.compiler.backends.choose import MODULES
from autograd.nn import MLP
from autograd.optim import SGD
from autograd.transforms.trees import flatten_numbers
from tests.bits import bits

BACKENDS = tuple(MODULES)
of = functools.partial(compile, backend="python")


class Pair(NamedTuple):
    a: Any
    b: Any


def running(total: Any, x: Any) -> Any:
    return total + x, total * x


SCANS: dict[str, tuple[Callable[..., Any], Any, Any, Any]] = {
    "numbers": (running, 0.0, [1.0, 2.0, 3.0], (6.0, [0.0, 2.0, 9.0])),
    "one step": (running, 1.0, [2.0], (3.0, [2.0])),
    "ints": (running, 0, (1, 2, 3), (6.0, [0.0, 2.0, 9.0])),
    "a list as state": (
        lambda s, x: ([s[1], s[0] + x], s[0]),
        [1.0, 2.0],
        [10.0, 20.0],
        ([11.0, 22.0], [1.0, 2.0]),
    ),
    "a dict as state": (
        lambda s, x: ({"t": s["t"] + x}, s["t"]),
        {"t": 1.0},
        [2.0, 3.0],
        ({"t": 6.0}, [1.0, 3.0]),
    ),
    "a dict in another order": (
        lambda s, x: ({"b": s["b"] + x, "a": s["a"]}, s["a"] - s["b"]),
        {"a": 1.0, "b": 2.0},
        [10.0, 20.0],
        ({"a": 1.0, "b": 32.0}, [-1.0, -11.0]),
    ),
    "a named tuple as state": (
        lambda s, x: (Pair(s.b, s.a + x), s.a),
        Pair(1.0, 2.0),
        [3.0, 4.0],
        (Pair(4.0, 6.0), [1.0, 2.0]),
    ),
    "no state": (lambda s, x: ((), x * 2.0), (), [1.0, 2.0], ((), [2.0, 4.0])),
    "no outputs": (lambda s, x: (s + x, ()), 0.0, [1.0, 2.0], (3.0, ())),
    "the datum as state": (lambda s, x: (x, s), 0.0, [1.0, 2.0, 3.0], (3.0, [0.0, 1.0, 2.0])),
    "a state that stays": (lambda s, x: (s, x * s), 2.0, [1.0, 2.0], (2.0, [2.0, 4.0])),
    "a number as state": (lambda s, x: (7.0, s), 0.0, [1.0, 2.0], (7.0, [0.0, 7.0])),
    "swapped": (
        lambda s, x: ((s[1], s[0]), s[0]),
        (1.0, 2.0),
        [0.0] * 3,
        ((2.0, 1.0), [1.0, 2.0, 1.0]),
    ),
    "rows as data": (
        lambda s, x: (s + x[0], x[1] * s),
        1.0,
        [[1.0, 2.0], [3.0, 4.0]],
        (5.0, [2.0, 8.0]),
    ),
    "a dict of data": (
        lambda s, d: (s + d["x"], d["y"][0]),
        0.0,
        {"x": [1.0, 2.0], "y": [[3.0], [4.0]]},
        (3.0, [3.0, 4.0]),
    ),
    "a tuple of lists": (
        lambda s, d: (s + d[0], d[1] * s),
        1.0,
        ([1.0, 2.0], [3.0, 4.0]),
        (4.0, [3.0, 8.0]),
    ),
    "a tuple of rows and numbers": (
        lambda s, d: (s + d[0][1], d[1]),
        1.0,
        ([[1.0, 2.0], [3.0, 4.0]], (5.0, 6.0)),
        (7.0, [5.0, 6.0]),
    ),
    "a tuple of an array, a dict and a tuple": (
        lambda s, d: (s + d[0][0] * d[1]["y"], d[2][1]),
        1.0,
        (np.ones((2, 3)), {"y": [3.0, 4.0]}, ([0.0, 0.0], [5.0, 6.0])),
        (8.0, np.array([5.0, 6.0])),
    ),
    "a tuple of lists in a dict": (
        lambda s, d: (s + d["x"][0], d["x"][1]),
        1.0,
        {"x": ([1.0, 2.0], [3.0, 4.0])},
        (4.0, [3.0, 4.0]),
    ),
    "a tuple of numbers": (running, 0.0, (1.0, 2.0), (3.0, [0.0, 2.0])),
    "a tuple of tuples, each a step": (
        lambda s, d: (s + d[0], d[1]),
        0.0,
        ((1.0, 2.0), (3.0, 4.0)),
        (4.0, [2.0, 4.0]),
    ),
    "a named tuple of data": (
        lambda s, d: (s + d.a, d.b),
        0.0,
        Pair([1.0, 2.0], [3.0, 4.0]),
        (3.0, [3.0, 4.0]),
    ),
    "outputs in structures": (
        lambda s, x: (s + x, {"a": (s, [x, x])}),
        0.0,
        [1.0, 2.0],
        (3.0, {"a": ([0.0, 1.0], [[1.0, 1.0], [2.0, 2.0]])}),
    ),
    "arrays of data": (running, 0.0, np.array([1.0, 2.0, 3.0]), (6.0, np.array([0.0, 2.0, 9.0]))),
    "ints in an array, backwards": (
        running,
        0.0,
        np.arange(4, dtype="i4")[:0:-1],
        (6.0, np.array([0.0, 6.0, 5.0])),
    ),
    "an array as state": (
        lambda s, x: ([s[1], s[0] + x], s),
        np.array([1.0, 2.0]),
        [10.0, 20.0],
        (np.array([11.0, 22.0]), np.array([[1.0, 2.0], [2.0, 11.0]])),
    ),
    "arrays beside lists": (
        lambda s, d: (s + d["x"], d["y"]),
        0.0,
        {"x": np.arange(2.0), "y": [[3.0], [4.0]]},
        (1.0, np.array([[3.0], [4.0]])),
    ),
    "a lookup": (lambda s, i: (s + lookup([1.0, s], i), s), 1.0, [0, 1, 1], (8.0, [1.0, 2.0, 4.0])),
    "a batch in a step": (
        lambda s, xs: (s + vmap(lambda x: x * s, 0, "sum")(xs), s),
        1.0,
        [[1.0, 2.0], [0.5, 0.5]],
        (8.0, [1.0, 4.0]),
    ),
}


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("name", SCANS)
def test_each_step_gets_the_state_of_the_one_before(name: str, backend: str) -> None:
    f, state, data, expected = SCANS[name]
    found = compile(f, backend=backend).scan(state, data)
    if isinstance(state, dict):  # whose order is that of the function
        assert found == expected
    else:
        assert repr(found) == repr(expected)


def training(model: Any, datum: Any) -> Any:
    loss, slopes = value_and_grad(lambda m: (m(datum["x"]) - datum["y"]) ** 2)(model)
    return {name: p - 0.1 * slopes[name] for name, p in model.named_parameters()}, loss


def momentum(state: Any, x: Any) -> Any:
    loss, slope = value_and_grad(lambda w: (ag.sin(w) - x) ** 2)(state["w"])
    velocity = 0.9 * state["v"] + slope
    return {"w": state["w"] - 0.1 * velocity, "v": velocity}, loss


DATA = [((i * 0.37) % 3.0 - 1.0) * 0.9**i for i in range(50)]


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_training_loop_has_the_bits_of_a_loop_of_calls(backend: str) -> None:
    state: Any = {"w": 0.5, "v": 0.0}
    compiled, losses = compile(momentum, backend=backend), []
    found = compiled.scan(state, DATA)
    for x in DATA:
        state, loss = momentum(state, x)
        losses.append(loss)
    assert bits(found) == bits((state, losses))


def test_a_module_may_be_the_first_state() -> None:
    model = MLP(1, [2, 1], rng=0)
    before = model.state_dict()
    data: dict[str, Any] = {"x": [[0.5], [1.0]], "y": [1.0, 0.0]}
    state, losses = of(training).scan(model, data)
    other = MLP(1, [2, 1], rng=0)
    for x, y, loss in zip(data["x"], data["y"], losses, strict=True):
        new, expected = training(other, {"x": x, "y": y})
        assert loss == expected
        other.load_state_dict({name: p.data for name, p in new.items()})
    assert (state, model.state_dict()) == (other.state_dict(), before)


def test_one_recording_serves_any_number_of_steps() -> None:
    recordings: Any = []
    compiled = of(lambda s, x: (recordings.append(x), (s + x, s))[1])
    assert [compiled.scan(0.0, [1.0] * n)[0] for n in (1, 3, 10)] == [1.0, 3.0, 10.0]
    assert len(recordings) == 1


def test_what_was_given_stays_as_it_was() -> None:
    state, data = [0.0], np.arange(3.0)
    of(lambda s, x: ([s[0] + x], x)).scan(state, data)
    assert (state, data.tolist()) == ([0.0], [0.0, 1.0, 2.0])


# --- portions, reports and interruptions ----------------------------------------------------


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("every", [1, 7, 49, 50, 51])
def test_portions_change_no_bits(every: int, backend: str) -> None:
    compiled = compile(momentum, backend=backend)
    state = {"w": 0.5, "v": 0.0}
    assert bits(compiled.scan(state, DATA, every=every)) == bits(compiled.scan(state, DATA))


REPORTS: dict[int | None, list[tuple[int, int, float]]] = {
    None: [(10, 10, 324.0)],
    4: [(4, 10, 9.0), (8, 10, 147.0), (10, 10, 324.0)],
    5: [(5, 10, 24.0), (10, 10, 324.0)],
    100: [(10, 10, 324.0)],
}


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("every", REPORTS)
def test_progress_is_told_the_steps_and_the_last_output(every: int | None, backend: str) -> None:
    told: list[Any] = []
    compiled = compile(running, backend=backend)
    data = [float(i) for i in range(10)]
    compiled.scan(0.0, data, every=every, progress=lambda *x: told.append(x))
    found = [(done, count, *flatten_numbers(last)[0]) for done, count, last in told]
    assert found == REPORTS[every]


def test_the_last_output_has_the_structure_of_one_step() -> None:
    told: list[Any] = []
    of(lambda s, x: (s + x, {"loss": s})).scan(
        1.0, [1.0, 2.0], progress=lambda done, count, last: told.append(last)
    )
    assert told == [{"loss": 2.0}]


def stop_at(step: int) -> Callable[[int, int, Any], None]:
    def progress(done: int, count: int, last: Any) -> None:
        if done == step:
            signal.raise_signal(signal.SIGINT)

    return progress


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("arrays", [False, True])
@pytest.mark.parametrize("step", [2, 6, 10])
def test_an_interrupted_scan_can_be_taken_up_where_it_was(
    step: int, arrays: bool, backend: str
) -> None:
    compiled = compile(running, backend=backend)
    numbers = [float(i) for i in range(10)]
    data: Any = np.array(numbers) if arrays else numbers
    whole = compiled.scan(1.0, data)
    with pytest.raises(ScanInterrupted, match=f"after {step} steps") as caught:
        compiled.scan(1.0, data, every=2, progress=stop_at(step))
    stopped = caught.value
    state, outputs = stopped.state, list(stopped.outputs)
    assert (stopped.steps, len(outputs)) == (step, step)
    if step < 10:
        state, rest = compiled.scan(state, data[step:])
        outputs += list(rest)
    assert bits((state, outputs)) == bits((whole[0], list(whole[1])))


def test_an_interruption_is_a_keyboard_interrupt() -> None:
    assert issubclass(ScanInterrupted, KeyboardInterrupt)


@pytest.mark.parametrize("error", [ZeroDivisionError, IndexError])
def test_an_error_of_the_callback_comes_through_and_leaves_what_it_gave(
    error: type[Exception],
) -> None:
    model = MLP(1, [1], rng=0)
    runs = []

    def step(state: Any, x: Any) -> Any:
        runs.append(x)
        model, optimizer = state
        optimizer.zero_grad()
        (model([x]) ** 2).backward()
        optimizer.step()
        return state, None

    def fail(*_: Any) -> None:
        model.parameters()[0].data = 7.0
        raise error("of the callback")

    with pytest.raises(error, match="of the callback"):
        of(step).scan((model, SGD(model, 0.1)), [1.0, 2.0], every=1, progress=fail)
    assert (model.parameters()[0].data, len(runs)) == (7.0, 1)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("index", [2.0, -1.0, 0.5, float("nan")])
def test_an_index_out_of_range_raises_in_whatever_step(index: float, backend: str) -> None:
    compiled = compile(lambda s, i: (s + lookup([1.0, 2.0], i), s), backend=backend)
    with pytest.raises(IndexError, match=f"lookup index {index:g} is not one of 0 to 1"):
        compiled.scan(0.0, [0.0] * 20 + [index])
    assert compiled.scan(0.0, [0.0, 1.0]) == (3.0, [0.0, 1.0])


@pytest.mark.parametrize("backend", BACKENDS)
def test_threads_may_scan_with_one_compiled_function(backend: str) -> None:
    compiled, found = compile(running, backend=backend), {}
    together = threading.Barrier(6)

    def work(k: int) -> None:
        together.wait()
        found[k] = compiled.scan(0.0, [float(k)] * 1000, every=10)[0]

    threads = [threading.Thread(target=work, args=(k,)) for k in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {k: 1000.0 * k for k in range(6)}


# --- steps without data or outputs ----------------------------------------------------------


def doubled(x: Any, datum: None) -> Any:
    assert datum is None
    return x * 2.0, x


@pytest.mark.parametrize("backend", BACKENDS)
def test_without_data_length_says_the_number_of_steps(backend: str) -> None:
    scan = compile(doubled, backend=backend).scan
    assert scan(1.0, length=3) == (8.0, [1.0, 2.0, 4.0])
    assert scan(1.0, None, length=1) == (2.0, [1.0])
    state, outputs = scan(np.array(1.0), length=np.int64(2))  # type: ignore[arg-type]
    assert (state, outputs) == (4.0, [1.0, 2.0])


def test_one_recording_serves_any_length() -> None:
    recordings: Any = []
    compiled = of(lambda s, x: (recordings.append(x), doubled(s, x))[1])
    assert [compiled.scan(1.0, length=n)[0] for n in (1, 3, 10)] == [2.0, 8.0, 1024.0]
    assert recordings == [None]


def test_a_length_beside_data_says_the_same() -> None:
    assert of(running).scan(0.0, [1.0, 2.0], length=2) == of(running).scan(0.0, [1.0, 2.0])


def test_steps_without_data_report_and_are_taken_up_after_an_interrupt() -> None:
    told: list[Any] = []
    compiled = of(doubled)
    compiled.scan(1.0, length=5, every=2, progress=lambda *x: told.append(x))
    assert told == [(2, 5, 2.0), (4, 5, 8.0), (5, 5, 16.0)]
    with pytest.raises(ScanInterrupted) as stopped:
        compiled.scan(1.0, length=10, every=2, progress=stop_at(4))
    left = compiled.scan(stopped.value.state, length=10 - stopped.value.steps)
    assert left[0] == compiled.scan(1.0, length=10)[0] == 1024.0


def test_a_model_and_its_optimizer_are_trained_without_data() -> None:
    def train(state: Any, _: None) -> Any:
        model, optimizer = state
        optimizer.zero_grad()
        loss = (model([0.5]) - 1.0) ** 2
        loss.backward()
        optimizer.step()
        return state, loss

    pairs: Any = []
    for _ in range(2):
        model = MLP(1, [2, 1], rng=0)
        pairs.append((model, SGD(model, lr=0.1, momentum=0.5)))
    _, losses = of(train).scan(pairs[0], length=4)
    assert losses == [train(pairs[1], None)[1].data for _ in range(4)]
    assert pairs[0][0].state_dict() == pairs[1][0].state_dict()


def test_the_step_that_fails_tells_why_where_there_are_no_data() -> None:
    compiled = of(lambda i, _: (i + 1.0, lookup([1.0, 2.0], i)))
    with pytest.raises(IndexError, match="lookup index 2 is not one of 0 to 1"):
        compiled.scan(0.0, length=5)


def test_strict_names_the_step_where_there_are_no_data() -> None:
    compiled = of(lambda x, _: (x - 1.0, 1.0 / x))
    with ag.strict(), pytest.raises(NonFiniteError, match=r"/\(1.0, x = 0.0\)|made inf"):
        compiled.scan(2.0, length=5)


OUTPUTS: dict[str, tuple[Callable[[Any], Any], Any]] = {
    "None": (lambda x: None, None),
    "a part of a tuple": (lambda x: (x, None), ([1.0, 2.0], None)),
    "a part of a dict": (
        lambda x: {"a": None, "b": (x, None)},
        {"a": None, "b": ([1.0, 2.0], None)},
    ),
    "a part of a named tuple": (lambda x: Pair(None, x), Pair(None, [1.0, 2.0])),
    "a part of a list": (lambda x: [x, None], [[1.0, None], [2.0, None]]),
}


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("name", OUTPUTS)
def test_an_output_of_none_stays_none(name: str, backend: str) -> None:
    output, expected = OUTPUTS[name]
    compiled = compile(lambda s, x: (s + x, output(x)), backend=backend)
    last: list[Any] = []
    found = compiled.scan(0.0, [1.0, 2.0], progress=lambda *x: last.append(x[-1]))
    assert found == (3.0, expected)
    assert last == [output(2.0)]
    with ag.strict():
        assert compiled.scan(0.0, [1.0, 2.0]) == (3.0, expected)
    state, arrays = compiled.scan(0.0, np.array([1.0, 2.0]))
    assert repr(arrays) == repr(expected).replace("[1.0, 2.0]", "array([1., 2.])")
    assert state == 3.0


# --- what is no scan ------------------------------------------------------------------------

HALF: Any = 0.5
ENTRIES = "data should have an entry for each step"
REFUSED: dict[str, tuple[Callable[[], Any], type[Exception], str]] = {
    "no pair": (
        lambda: of(lambda s, x: s).scan(0.0, [1.0]),
        TypeError,
        "scan needs a function that gives a pair",
    ),
    "a list of two": (
        lambda: of(lambda s, x: [s, x]).scan(0.0, [1.0]),
        TypeError,
        "the new state and an output for each step, got a list of 2: return (state, output)",
    ),
    "three": (
        lambda: of(lambda s, x: (s, x, x)).scan(0.0, [1.0]),
        TypeError,
        "scan needs a function that gives a pair",
    ),
    "another structure": (
        lambda: of(lambda s, x: ([s], x)).scan(0.0, [1.0]),
        TypeError,
        "scan needs a new state of the structure of the old one",
    ),
    "another length": (
        lambda: of(lambda s, x: (s[:1], x)).scan([0.0, 1.0], [1.0]),
        TypeError,
        "scan needs a new state of the structure",
    ),
    "another key": (
        lambda: of(lambda s, x: ({"b": s["a"]}, x)).scan({"a": 0.0}, [1.0]),
        TypeError,
        "scan needs a new state of the structure",
    ),
    "more keys than none": (
        lambda: of(lambda s, x: ({"a": x}, x)).scan({}, [1.0]),
        TypeError,
        "state was a dict with no entry and is a dict with 'a'",
    ),
    "another kind": (
        lambda: of(lambda s, x: (tuple(s), x)).scan(Pair(0.0, 1.0), [1.0]),
        TypeError,
        "scan needs a new state of the structure",
    ),
    "nothing": (
        lambda: of(lambda s, x: None).scan(0.0, [1.0]),
        TypeError,
        "got None: return (state, output), or (state, None) without output",
    ),
    "one number": (
        lambda: of(lambda s, x: s + x).scan(0.0, [1.0]),
        TypeError,
        "got one number: return (state, output)",
    ),
    "a state that is none": (
        lambda: of(lambda s, x: (None, x)).scan(0.0, [1.0]),
        TypeError,
        "state was one number and is None. Return it as it came",
    ),
    "another length inside": (
        lambda: of(lambda s, x: ({"a": s["a"], "b": [x]}, x)).scan(
            {"a": 0.0, "b": [1.0, 2.0]}, [1.0]
        ),
        TypeError,
        "state['b'] was a list of 2 and is a list of 1",
    ),
    "another key inside": (
        lambda: of(lambda s, x: ([{"b": x}], x)).scan([{"a": 0.0}], [1.0]),
        TypeError,
        "state[0] was a dict with 'a' and is a dict with 'b'",
    ),
    "a number for a row of an array": (
        lambda: of(lambda s, x: ([s[0], x], x)).scan(np.ones((2, 2)), [1.0]),
        TypeError,
        "state[1] was a list of 2 and is one number",
    ),
    "None as data": (
        lambda: of(running).scan(0.0, None),
        ValueError,
        "scan needs data, with an entry for each step, or length=, the number of steps: got",
    ),
    "no part of data": (
        lambda: of(running).scan(0.0, {}),
        ValueError,
        "scan needs at least one step, and the data have none; for steps without data pass length=",
    ),
    "no part of data for a length": (
        lambda: of(running).scan(0.0, {}, length=2),
        ValueError,
        "scan got data without entries and length=2: leave data out",
    ),
    "a part of data that is a number": (
        lambda: of(running).scan(0.0, ([1.0], 2.0)),
        TypeError,
        "data[1] should have an entry for each step, is a float: pass a list or an array",
    ),
    "parts of different lengths": (
        lambda: of(running).scan(0.0, ([1.0], np.ones(2))),
        ValueError,
        "scan needs as many entries in each part of the data: data[0] has 1, data[1] has 2",
    ),
    "length that disagrees": (
        lambda: of(running).scan(0.0, [1.0, 2.0], length=3),
        ValueError,
        "scan got data for 2 steps and length=3: leave length out, or make them agree",
    ),
    "no steps": (
        lambda: of(running).scan(0.0, length=0),
        ValueError,
        "length of scan is at least 1, got 0",
    ),
    "less than no steps": (
        lambda: of(running).scan(0.0, length=-1),
        ValueError,
        "length of scan is at least 1, got -1",
    ),
    "a length that is not whole": (
        lambda: of(running).scan(0.0, [1.0, 2.0], length=cast(Any, 2.5)),
        TypeError,
        "length of scan is a positive int, got 2.5",
    ),
    "a datum that is not there": (
        lambda: of(running).scan(0.0, length=2),
        TypeError,
        "NoneType",
    ),
    "pairs as data": (
        lambda: of(running).scan(0.0, zip([1.0], [2.0], strict=True)),
        TypeError,
        f"{ENTRIES}, is a zip: pass a list, as list(x) gives",
    ),
    "a list of arrays": (
        lambda: of(running).scan(0.0, [(np.ones(2), 1.0), (np.ones(2), 2.0)]),
        TypeError,
        "for steps of several parts pass a dict of them, as {'x': X, 'y': Y}",
    ),
    "static arguments": (
        lambda: of(lambda s, x, n: (s, x), static="n").scan(0.0, [1.0]),
        TypeError,
        "scan gives a function its state and a datum, and no n",
    ),
    "a text in a state": (
        lambda: of(running).scan(["a"], [1.0]),
        TypeError,
        "state[0] is a str, not a number: let the function of one step use it without",
    ),
    "progress that is no function": (
        lambda: of(running).scan(0.0, [1.0], progress=HALF),
        TypeError,
        "progress is a function of (done, all, output), got 0.5",
    ),
    "no data": (lambda: of(running).scan(0.0, []), ValueError, "scan needs at least one"),
    "no rows": (lambda: of(running).scan(0.0, np.zeros(0)), ValueError, "scan needs at least one"),
    "a number as data": (lambda: of(running).scan(0.0, 3.0), TypeError, ENTRIES),
    "an iterator as data": (lambda: of(running).scan(0.0, iter([1.0])), TypeError, ENTRIES),
    "different lengths": (
        lambda: of(lambda s, d: (s, s)).scan(0.0, {"x": [1.0], "y": [1.0, 2.0]}),
        ValueError,
        "scan needs as many",
    ),
    "steps of different structures": (
        lambda: of(running).scan(0.0, [[1.0], [1.0, 2.0]]),
        ValueError,
        "different structures",
    ),
    "an array of complex": (
        lambda: of(running).scan(0.0, np.array([1j])),
        TypeError,
        "data is an array of complex128",
    ),
    "an array of bool": (
        lambda: of(running).scan(0.0, np.array([True])),
        TypeError,
        "data is an array of bool",
    ),
    "a function of the state alone": (
        lambda: of(lambda s: s).scan(0.0, length=2),
        TypeError,
        "the state and a datum, which is None without data, and <lambda> does not take two",
    ),
    "a function of all parts": (
        lambda: of(lambda a, b, x: (a, b + x)).scan((1.0, 2.0), [1.0]),
        TypeError,
        "(missing a required argument: 'x'): pass a function that does, as in lambda state, datum:",
    ),
    "a text as state": (lambda: of(running).scan("a", [1.0]), TypeError, "state is a str"),
    "no number of steps": (
        lambda: of(running).scan(0.0, [1.0], every=0),
        ValueError,
        "every is at least 1, got 0",
    ),
    "half a step": (
        lambda: of(running).scan(0.0, [1.0], every=HALF),
        TypeError,
        "every is a positive int, got 0.5",
    ),
    "a choice": (
        lambda: of(lambda s, x: (max(s, x), x)).scan(0.0, [1.0]),
        TracedValueError,
        "a choice by a traced Value",
    ),
    "a gradient of a scan that reports": (
        lambda: grad(lambda x: of(running).scan(x, [1.0], every=1)[0])(1.0),
        TypeError,
        "a scan that reports cannot be differentiated through",
    ),
    "a report inside": (
        lambda: of(lambda x: of(running).scan(x, [1.0], every=1)[0])(1.0),
        TypeError,
        "a scan inside a compiled function cannot report",
    ),
    "a batch": (lambda: of(vmap(running)).scan(0.0, [1.0]), TypeError, "scan"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_scan_is_refused(name: str) -> None:
    call, error, message = REFUSED[name]
    with pytest.raises(error) as caught:
        call()
    assert message in str(caught.value)


@pytest.mark.parametrize("backend", BACKENDS)
def test_what_is_advised_works(backend: str) -> None:
    scan = compile(lambda s, x: (s + x, ()), backend=backend).scan
    assert scan(0.0, [1.0, 2.0]) == (3.0, ())
    assert scan(0.0, [1.0] * 3) == (3.0, ())
    pairs = compile(lambda s, d: (s + d["x"][1] * d["y"], d["y"]), backend=backend).scan
    state, outputs = pairs(1.0, {"x": np.ones((2, 3)), "y": np.array([2.0, 3.0])})
    assert (state, outputs.tolist()) == (6.0, [2.0, 3.0])


@pytest.mark.parametrize("bad", [np.array([1j]), np.array([True]), np.array(["1"])], ids=str)
def test_data_that_are_no_numbers_are_refused_after_some_that_are(bad: Any) -> None:
    compiled = of(running)
    compiled.scan(0.0, np.ones(2))
    with pytest.raises(TypeError, match="data is an array of"):
        compiled.scan(0.0, bad)


def test_an_interrupt_in_the_middle_of_a_portion_drops_its_steps_and_keeps_the_state() -> None:
    counting = compile(lambda n, x: (n + 1.0, n), backend="python")
    counting.scan(0.0, [0.0])  # recorded, so that the next interrupt meets a step
    (recorded,) = counting._recordings.values()
    run, calls = recorded.executable.run, itertools.count()

    def interrupted(memory: Any, part: int = 0) -> None:
        run(memory, part)
        if next(calls) == 20:
            raise KeyboardInterrupt

    recorded.executable.run = interrupted
    with pytest.raises(ScanInterrupted) as stopped:
        counting.scan(0.0, [0.0] * 100)
    outputs: Any = stopped.value.outputs
    assert stopped.value.state == stopped.value.steps == len(outputs) > 0


def test_a_scan_of_values_has_a_gradient() -> None:
    x, data = Value(2.0), [Value(3.0), Value(4.0)]
    total, products = of(running).scan(x, data)
    (total * products[1]).backward()
    assert (total.data, products[1].data) == (9.0, 20.0)
    assert (x.grad, data[1].grad) == (20.0 + 9.0 * 4.0, 20.0 + 9.0 * 5.0)


# --- data in arrays -------------------------------------------------------------------------

ROWS = np.arange(12.0).reshape(4, 3)
READ_ONLY = ROWS.copy()
READ_ONLY.flags.writeable = False
LAID_OUT = {
    "as rows": ROWS,
    "as columns": np.asfortranarray(ROWS),
    "backwards": ROWS[::-1],
    "every second": np.arange(24.0).reshape(4, 6)[:, ::2],
    "ints": ROWS.astype(int),
    "half the bits": ROWS.astype(np.float32),
    "the other end first": ROWS.astype(">f8"),
    "read only": READ_ONLY,
    "off the grid": np.frombuffer(b"." + ROWS.tobytes(), offset=1).reshape(4, 3),
    "matrices": np.arange(24.0).reshape(4, 2, 3),
}


@pytest.mark.parametrize("backend", tuple(MODULES))
@pytest.mark.parametrize("name", LAID_OUT)
def test_an_array_gives_its_rows_however_it_lies_in_memory(name: str, backend: str) -> None:
    data = LAID_OUT[name]
    before = data.copy()
    counting = compile(lambda n, x: (n + 1.0, x), backend=backend)
    together = compile(lambda n, x: (n + 1.0, x["y"]), backend=backend)
    for state, outputs in [
        counting.scan(0.0, data),
        together.scan(0.0, {"y": data}),
        together.scan(0.0, {"x": np.ones((4, 2)), "y": data, "z": [1.0, 2.0, 3.0, 4.0]}),
    ]:
        assert state == 4.0
        assert outputs.dtype == float
        assert outputs.tolist() == before.astype(float).tolist()
        outputs[:] = 0.0  # which are their own
    assert np.array_equal(data, before)


def test_a_report_that_changes_the_data_does_not_change_what_is_scanned() -> None:
    data = np.ones(5)

    def spoil(done: int, count: int, output: Any) -> None:
        data[:] = 9.0

    assert of(lambda s, x: (s + x, ())).scan(0.0, data, every=1, progress=spoil)[0] == 5.0


# --- in reverse, and of Values --------------------------------------------------------------


def sums(s: Any, x: Any) -> Any:
    return s + x["a"] * s, {"before": s, "nothing": None}


SERIES: dict[str, Any] = {
    "lists": {"a": [1.0, 2.0, 3.0], "b": None},
    "arrays": {"a": np.array([1.0, 2.0, 3.0]), "b": None},
}


@pytest.mark.parametrize("kind", SERIES)
def test_in_reverse_the_first_step_takes_the_last_datum(kind: str) -> None:
    data = SERIES[kind]
    seen: list[Any] = []
    last, outputs = of(sums).scan(
        1.0, data, reverse=True, every=1, progress=lambda *told: seen.append(told)
    )
    wanted, parts = scan(sums, 1.0, data, reverse=True)
    assert (last, list(outputs["before"]), outputs["nothing"]) == (wanted, parts["before"], None)
    assert [(done, x["before"]) for done, _, x in seen] == [(1, 1.0), (2, 4.0), (3, 12.0)]
    assert of(lambda s: of(sums).scan(s, {"a": [1.0, 2.0]}, reverse=True))(1.0) == scan(
        sums, 1.0, {"a": [1.0, 2.0]}, reverse=True
    )
    with pytest.raises(TypeError, match="reverse is True or False, got 1"):
        of(sums).scan(1.0, data, reverse=1)  # type: ignore[arg-type]


def test_an_interrupt_in_reverse_keeps_the_outputs_where_their_data_are() -> None:
    def stop(done: int, _: int, __: Any) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(ScanInterrupted) as caught:
        of(sums).scan(1.0, {"a": [1.0, 2.0, 3.0]}, reverse=True, every=1, progress=stop)
    assert (caught.value.state, caught.value.outputs["before"]) == (12.0, [4.0, 1.0])


@pytest.mark.parametrize("reverse", [False, True])
def test_a_scan_of_values_is_one_node_with_compiled_gradients(reverse: bool) -> None:
    runs: list[None] = []

    def step(s: Any, x: Any) -> Any:
        runs.append(None)
        return sums(s, x)

    def f(run: Any) -> Any:
        def call(w: Any) -> Any:
            last, outputs = run(w, {"a": [w, 2.0, 3.0]}, reverse=reverse)
            return last * outputs["before"][1]

        return call

    compiled, plain = f(of(step).scan), f(functools.partial(scan, sums))
    for x in (0.5, 0.7, 0.9):
        assert grad(compiled)(x) == pytest.approx(grad(plain)(x), rel=1e-14)
    assert len(runs) == 2  # for the results, and for the gradient
    assert grad(grad(compiled))(0.5) == pytest.approx(grad(grad(plain))(0.5), rel=1e-14)
