"""A block of attention: its formula, what it may look at, and a task that it learns."""

import math
from pathlib import Path
from random import Random
from typing import Any

import pytest

from autograd import check_grads
from examples.attention import (
    LENGTH,
    SIGN,
    Attention,
    Block,
    Softmax,
    Sorter,
    Task,
    attention_picture,
    graph_picture,
    learn,
    main,
    tasks,
    write_answers,
)
from examples.reporting import Report
from tests.bits import bits

Captured = pytest.CaptureFixture[str]
VECTORS = [[0.5, -1.0], [1.5, 0.25], [-0.75, 2.0]]
TASK = Task((7, 2, 9, 0, 4), (0, 2, 4, 7, 9))


def numbers(rows: Any) -> list[list[float]]:
    return [[x.data for x in row] for row in rows]


# --- the task -------------------------------------------------------------------------------


def test_a_task_is_digits_and_the_same_in_order() -> None:
    learned, tested = tasks(Random(0))
    for digits, answer in [*learned[::100], *tested]:
        assert list(answer) == sorted(digits)
        assert len(set(digits)) == LENGTH


def test_no_set_of_digits_is_learned_and_tested() -> None:
    learned, tested = tasks(Random(0))
    assert len(learned) == 202 * math.factorial(LENGTH)
    assert len(tested) == 50
    assert not {task.answer for task in learned} & {task.answer for task in tested}


# --- the network ----------------------------------------------------------------------------


def test_shares_are_in_proportion_to_the_exponentials_of_scores() -> None:
    assert Softmax()([0.0, math.log(3.0)]) == pytest.approx([0.25, 0.75], rel=1e-15)


def test_attention_is_softmax_of_queries_and_keys_times_values() -> None:
    layer = Attention(2, Random(0))
    query, key, value = (
        [numbers([part(x)])[0] for x in VECTORS] for part in (layer.query, layer.key, layer.value)
    )
    for i, found in enumerate(numbers(layer(VECTORS))):
        scores = [
            math.exp(sum(a * b for a, b in zip(query[i], key[j], strict=True)) / math.sqrt(2.0))
            for j in range(i + 1)
        ]
        wanted = [
            sum(score * value[j][k] for j, score in enumerate(scores)) / sum(scores)
            for k in range(2)
        ]
        assert found == pytest.approx(wanted, rel=1e-14)


def test_the_weights_of_a_vector_are_1_in_all_and_none_is_for_a_later_one() -> None:
    weights = numbers(Attention(2, Random(0)).weights(VECTORS))
    assert [len(row) for row in weights] == [1, 2, 3]
    assert [math.fsum(row) for row in weights] == pytest.approx([1.0, 1.0, 1.0], rel=1e-15)


def test_what_comes_later_changes_no_bit_of_what_was_before() -> None:
    block = Block(2, Random(0))
    changed = [*VECTORS[:2], [100.0, -100.0]]
    assert bits(numbers(block(VECTORS))[:2]) == bits(numbers(block(changed))[:2])


def test_the_order_of_what_was_read_does_not_count() -> None:
    model = Sorter(4, Random(0))
    first, second = (numbers(model([*x, SIGN, 0, 2])) for x in ((7, 2, 9, 0, 4), (4, 0, 9, 7, 2)))
    assert len(first) == 3
    for row, other in zip(first, second, strict=True):
        assert row == pytest.approx(other, rel=1e-12)


def test_the_derivatives_of_a_block_are_right() -> None:
    block = Block(2, Random(1))
    check_grads(lambda xs: block(xs)[-1], (VECTORS,))
    check_grads(lambda layer: layer(VECTORS[:2])[-1], (Attention(2, Random(0)),))


def test_the_loss_is_the_mean_cross_entropy_of_the_answer() -> None:
    model = Sorter(4, Random(0))
    terms = []
    for row, digit in zip(
        numbers(model([*TASK.digits, SIGN, 0, 2, 4, 7])), TASK.answer, strict=True
    ):
        terms.append(math.log(sum(map(math.exp, row))) - row[digit])
    assert model.loss(*TASK).data == pytest.approx(sum(terms) / LENGTH, rel=1e-14)


def test_an_answer_is_made_digit_by_digit_from_its_own() -> None:
    model, questions = Sorter(4, Random(0)), [TASK.digits, (1, 3, 5, 8, 6)]
    answers = write_answers(model, questions)
    for digits, answer in zip(questions, answers, strict=True):
        rows = numbers(model([*digits, SIGN, *answer[:-1]]))
        assert answer == [row.index(max(row)) for row in rows]


# --- learning -------------------------------------------------------------------------------


def learned(compiled: bool, steps: int, width: int = 2) -> tuple[list[float], dict[str, float]]:
    rng = Random(0)
    model, course = Sorter(width, rng), tasks(rng)[0]
    batches = [rng.sample(course, 3) for _ in range(steps)]
    return learn(model, batches, compiled), model.state_dict()


def test_compiled_learning_has_the_same_bits() -> None:
    assert bits(learned(True, 3)) == bits(learned(False, 3))


def test_the_loss_falls() -> None:
    losses, _ = learned(True, 150, width=8)
    assert max(losses[-5:]) < losses[0] / 2.0


def test_an_interrupted_training_keeps_its_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(self: object, done: int, **figures: float) -> None:
        if done == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(Report, "__call__", stop)
    compiled, interpreted = learned(True, 5), learned(False, 5)
    assert len(compiled[0]) == 2
    assert bits(compiled) == bits(interpreted)


# --- pictures, and the command --------------------------------------------------------------


def test_the_picture_says_where_the_block_looks() -> None:
    picture = attention_picture(Sorter(2, Random(0)), TASK)
    squares = 6 + 7 + 8 + 9 + 10
    assert picture.svg.count("<rect class=") == 1 + squares + 5  # the page, and the scale
    assert all(f">{share:g}</text>" in picture.svg for share in (0, 0.25, 0.5, 0.75, 1))
    assert picture.text.startswith("After > it looks at 7 0.")
    assert picture.text.count("After ") == LENGTH


def test_the_graph_of_attention_shows_its_parts_and_the_gradients() -> None:
    picture = graph_picture(Random(1))
    for part in ("query", "key", "value", "softmax"):
        assert part in picture.text
    assert "…" not in picture.svg
    assert "> 0.4104<" in picture.svg  # d heard / d x0


def said(words: list[str], capsys: Captured) -> list[str]:
    main(words)
    return capsys.readouterr().out.splitlines()


def test_both_ways_print_and_draw_the_same(tmp_path: Path, capsys: Captured) -> None:
    short = ["--steps", "2", "--width", "2", "--out"]
    compiled = said([*short, str(tmp_path / "a")], capsys)
    interpreted = said([*short, str(tmp_path / "b"), "--interpreted"], capsys)
    assert compiled[0] == interpreted[0] == "96 parameters"
    assert [line for line in compiled if ">" in line] == [x for x in interpreted if ">" in x]
    for name in ("weights", "graph"):
        files = [tmp_path / folder / f"attention_{name}.svg" for folder in "ab"]
        assert files[0].read_bytes() == files[1].read_bytes()


@pytest.mark.parametrize("words", [["--steps", "0"], ["--width", "1"], ["--no"]])
def test_a_wrong_option_is_explained(words: list[str], capsys: Captured) -> None:
    with pytest.raises(SystemExit):
        main(words)
    assert "error: " in capsys.readouterr().err


@pytest.mark.slow
def test_it_sorts_digits_that_it_never_saw_together(tmp_path: Path, capsys: Captured) -> None:
    lines = said(["--out", str(tmp_path)], capsys)
    assert "right for 50 of 50 sets of digits that it never saw" in lines
