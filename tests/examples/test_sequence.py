"""The recurrent cells of the examples: PyTorch's formulas, and the same bits compiled."""

import math
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest

from autograd import Value, check_grads, compile, random
from autograd.optim import Adam
from examples import sequence
from examples.reporting import Report
from examples.sequence import CELLS, LSTM, RNN, Reader, Task, learn, main, make_sequence
from tests.bits import bits

each_cell = pytest.mark.parametrize("kind", CELLS.values(), ids=CELLS)
INPUTS = [[0.5, -1.0], [2.0, 0.25], [-0.75, 1.5]]
Captured = pytest.CaptureFixture[str]


def sigmoid(x: float) -> float:
    return 1.0 / (1.0 + math.exp(-x))


def neurons(layer: Any, both: list[float], f: Callable[[float], float]) -> list[float]:
    """f(W·(x, h) + b), in plain numbers."""
    return [
        f(sum(w.data * x for w, x in zip(one.weights, both, strict=True)) + one.bias.data)
        for one in layer.neurons
    ]


def data(xs: list[Value]) -> list[float]:
    return [x.data for x in xs]


# --- the cells ------------------------------------------------------------------------------


def test_an_rnn_is_that_of_pytorch() -> None:
    cell = RNN(2, 3, Random(0))
    state, h = cell.start(), [0.0] * 3
    for x in INPUTS:
        state = cell(x, *state)
        h = neurons(cell.layer, x + h, math.tanh)
        assert data(state[0]) == pytest.approx(h, rel=1e-14)


def test_an_lstm_is_that_of_pytorch() -> None:
    cell = LSTM(2, 3, Random(0))
    state, h, c = cell.start(), [0.0] * 3, [0.0] * 3
    for x in INPUTS:
        state = cell(x, *state)
        i = neurons(cell.input_gate, x + h, sigmoid)
        f = neurons(cell.forget_gate, x + h, sigmoid)
        g = neurons(cell.candidate, x + h, math.tanh)
        o = neurons(cell.output_gate, x + h, sigmoid)
        c = [f[k] * c[k] + i[k] * g[k] for k in range(3)]
        h = [o[k] * math.tanh(c[k]) for k in range(3)]
        assert data(state[0]) == pytest.approx(h, rel=1e-14)
        assert data(state[1]) == pytest.approx(c, rel=1e-14)


def test_small_numbers_are_exact() -> None:
    rnn, lstm = RNN(1, 2, Random(0)), LSTM(1, 2, Random(0))
    for parameter in [*rnn.parameters(), *lstm.parameters()]:
        parameter.data = 0.0
    assert data(rnn([5.0], [1.0, 2.0])[0]) == [0.0, 0.0]
    h, c = lstm([5.0], [1.0, 2.0], [4.0, -2.0])
    assert data(c) == [2.0, -1.0]  # half of the memory stays, for sigmoid(0) is 1/2
    assert data(h) == [0.5 * math.tanh(2.0), -0.5 * math.tanh(1.0)]


def test_a_memory_that_forgets_nothing_has_the_derivative_1() -> None:
    cell, c = LSTM(1, 2, Random(0)), [Value(0.5), Value(-0.25)]
    for neuron in cell.forget_gate.neurons:
        neuron.bias.data = 1000.0
    for neuron in cell.input_gate.neurons:
        neuron.bias.data = -1000.0
    memory: list[Value] = c
    for _ in range(100):
        _, memory = cell([1.0], [0.0, 0.0], memory)
    memory[0].backward()
    assert [x.grad for x in c] == [1.0, 0.0]


def test_cells_have_one_number_for_each_weight_and_bias() -> None:
    rng = Random(0)
    assert len(RNN(2, 3, rng).parameters()) == 3 * (2 + 3 + 1)
    assert len(LSTM(2, 3, rng).parameters()) == 4 * 3 * (2 + 3 + 1)
    assert [neuron.bias.data for neuron in LSTM(2, 3, rng).forget_gate.neurons] == [3.0] * 3


@each_cell
def test_gradients_through_time_are_right(kind: type[Any]) -> None:
    reader = Reader(kind, 2, 0)
    check_grads(lambda *xs: reader(xs), (1.0, -0.5, 0.25), order=2)
    weight = reader.parameters()[1]  # of the state, so that each step uses it

    def of_weight(w: Any) -> Any:
        cell = reader.cell
        layer = cell.layer if kind is RNN else cell.forget_gate
        layer.neurons[0].weights[1] = w
        return reader([1.0, -0.5, 0.25])

    check_grads(of_weight, (weight.data,), order=2)


@each_cell
def test_a_reader_is_verified(kind: type[Any]) -> None:
    reader = Reader(kind, 3, 0)
    assert compile(Reader.forward).verify(reader, [1.0, -0.5, 0.25, 2.0]) == 1


# --- the task -------------------------------------------------------------------------------


def test_a_sequence_starts_with_what_is_asked_and_goes_on_with_noise() -> None:
    found = [make_sequence(key, 5) for key in random.split(random.key(0), 100)]
    assert {(numbers[0], start) for numbers, start in found} == {(1.0, 1.0), (-1.0, 0.0)}
    assert all(len(numbers) == 5 for numbers, _ in found)
    noise = [x for numbers, _ in found for x in numbers[1:]]
    assert len(set(noise)) == 400
    assert -1.0 <= min(noise) < -0.9 < 0.9 < max(noise) < 1.0
    assert make_sequence(7.0, 5) == make_sequence(7.0, 5)


@each_cell
def test_compiled_and_interpreted_learning_have_the_same_bits(
    kind: type[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sequence, "BATCH", 10)
    compiled, interpreted = Reader(kind, 2, 0), Reader(kind, 2, 0)
    losses = learn(Task(3), compiled, 3, 0)
    assert bits(losses) == bits(learn(Task(3), interpreted, 3, 0, interpreted=True))
    assert bits(compiled.state_dict()) == bits(interpreted.state_dict())


@each_cell
def test_a_step_is_verified(kind: type[Any]) -> None:
    reader = Reader(kind, 2, 0)
    state = reader, Adam(reader, 0.01)
    count = compile(Task(3).step).verify(state, random.key(0))
    assert count >= 3 * len(reader.parameters())


@each_cell
def test_both_learn_over_a_short_gap(kind: type[Any]) -> None:
    task, reader = Task(4), Reader(kind, 4, 0)
    losses = learn(task, reader, 300, 0)
    assert losses[0] == pytest.approx(math.log(2.0), abs=0.3)
    assert max(losses[-10:]) < 0.1
    assert task.accuracy(reader, random.key(1)) == 1.0


def test_only_the_lstm_learns_over_a_long_gap() -> None:
    found = {}
    for name, kind in CELLS.items():
        task, reader = Task(40), Reader(kind, 8, 0)
        learn(task, reader, 150, 0)
        found[name] = task.accuracy(reader, random.key(1))
    assert found["RNN"] < 0.6
    assert found["LSTM"] > 0.95


def test_slopes_are_the_root_mean_squares_of_the_gradients_from_the_last_back() -> None:
    task, reader = Task(3), Reader(LSTM, 2, 0)
    squares = [0.0, 0.0, 0.0]
    for key in random.split(random.key(5), 4):
        xs = [Value(x) for x in make_sequence(key, 3)[0]]
        reader(xs).backward()
        squares = [s + x.grad**2 / 4 for s, x in zip(squares, reversed(xs), strict=True)]
    found = task.slopes(reader, random.key(5), 4)
    assert found == pytest.approx([s**0.5 for s in squares], rel=1e-13)


# --- the command ----------------------------------------------------------------------------

SMALL = "--length 3 --hidden 2 --steps 4"


def said(words: str, capsys: Captured) -> list[str]:
    main(words.split())
    return capsys.readouterr().out.splitlines()


def test_the_command_trains_both_and_draws(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sequence, "BATCH", 8)
    compiled, interpreted = said(SMALL, capsys), said(f"{SMALL} --interpreted", capsys)
    assert compiled[0] == "RNN: 11 parameters"
    assert compiled[6] == "LSTM: 35 parameters"
    assert [line.partition(", after")[0] for line in compiled] == [
        line.partition(", after")[0] for line in interpreted
    ]
    assert compiled[-1] == "the pictures are in out/sequence"
    for name in ("learning", "gradients"):
        assert Path(f"out/sequence/{name}.svg").read_text().startswith("<svg")


@pytest.mark.parametrize("interpreted", [False, True])
def test_ctrl_c_keeps_what_was_learned(
    interpreted: bool, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    def interrupt(_: object, done: int, **figures: float) -> bool:
        if done == 2:
            raise KeyboardInterrupt
        return True

    monkeypatch.setattr(sequence, "BATCH", 4)
    monkeypatch.setattr(Report, "__call__", interrupt)
    reader, whole = Reader(RNN, 2, 0), Reader(RNN, 2, 0)
    losses = learn(Task(3), reader, 5, 0, interpreted=interpreted)
    assert "stopped after 2 of 5 steps" in capsys.readouterr().out
    monkeypatch.undo()
    monkeypatch.setattr(sequence, "BATCH", 4)
    keys = random.split(random.key(0), 5)[:2]
    state = whole, Adam(whole, sequence.LEARNING_RATE)
    assert bits(losses) == bits([Task(3).step(state, key)[1] for key in keys])
    assert bits(reader.state_dict()) == bits(whole.state_dict())


@pytest.mark.parametrize("words", ["--length 1", "--hidden 1", "--steps 0"])
def test_wrong_options_end_with_code_2(words: str, capsys: Captured) -> None:
    with pytest.raises(SystemExit) as caught:
        main(words.split())
    assert caught.value.code == 2
    assert "--length and --hidden should be 2 or more, --steps 1 or more" in capsys.readouterr().err
