"""The example that reads digits: it learns, with the same bits however it is run or resumed."""

import json
import sys
from pathlib import Path
from random import Random
from types import ModuleType
from typing import Any

import pytest

from autograd import compile
from autograd.data import Dataset
from examples import digits
from examples.checkpoint import write_checkpoint
from examples.digit_picture import draw_digits
from examples.digits import BATCH, PIXELS, Learner, batches, learn, main, read
from tests.bits import bits

EPOCHS = 3
Captured = pytest.CaptureFixture[str]


def drawn(count: int, seed: int = 0) -> Dataset:
    """Made-up digits: one of ten patterns of strokes, with noise."""
    rng = Random(seed)
    patterns = [[float(rng.random() < 0.4) for _ in range(PIXELS)] for _ in range(10)]
    targets = tuple(i % 10 for i in range(count))
    images = tuple(
        tuple(min(max(ink + rng.gauss(0.0, 0.2), 0.0), 1.0) for ink in patterns[digit])
        for digit in targets
    )
    names = tuple(f"pixel {i}" for i in range(PIXELS))
    return Dataset("drawn", images, targets, names, tuple("0123456789"))


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A narrow network, which is fast to interpret, in a folder of its own."""
    monkeypatch.setattr(digits, "SIZES", [4, 10])
    monkeypatch.setattr(digits, "load_digits", lambda: drawn(100))
    monkeypatch.chdir(tmp_path)


def losses(learner: Learner, data: Dataset, epochs: int, *, interpreted: bool = False) -> list[str]:
    return bits([learner.learn_epoch(data, interpreted=interpreted) for _ in range(epochs)])


def state(learner: Learner) -> list[str]:
    return bits([part.state_dict() for part in learner.parts().values()])


# --- learning -------------------------------------------------------------------------------


def test_compiled_and_interpreted_learning_have_the_same_bits() -> None:
    data, compiled, interpreted = drawn(70), Learner(0, EPOCHS, 70), Learner(0, EPOCHS, 70)
    assert losses(compiled, data, 2) == losses(interpreted, data, 2, interpreted=True)
    assert state(compiled) == state(interpreted)


def test_a_step_is_verified() -> None:
    learner, (batch,) = Learner(0, EPOCHS, 40), batches(drawn(40), 0.0, 0)
    parts = learner.model, learner.optimizer, learner.schedule
    weights = 4 * (PIXELS + 1) + 10 * (4 + 1)
    assert compile(digits.step).verify(parts, batch) > 3 * weights


def test_it_learns_to_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(digits, "LEARNING_RATE", 0.05)
    train, test = drawn(250).split(0.2, Random(0))
    learner = Learner(0, 20, len(train))
    course = learn(learner, train, test, None, interpreted=False)
    assert course["training"][-1] < 0.2 * course["training"][0]
    assert course["held out"][-1] < 0.2 * course["held out"][0]
    assert course["accuracy"][-1] > 0.95
    assert learner.optimizer.lr == 0.0


def test_an_epoch_has_each_digit_at_most_once_in_an_order_of_its_own() -> None:
    data = drawn(BATCH * 3 + 5)
    first, second = batches(data, 7.0, 0), batches(data, 7.0, 1)
    assert [len(batch.digits) for batch in first] == [BATCH] * 3
    assert len({tuple(image) for batch in first for image in batch.images}) == BATCH * 3
    assert first == batches(data, 7.0, 0)
    assert first != second
    assert first != batches(data, 8.0, 0)
    of = dict(zip(data.inputs, map(float, data.targets), strict=True))
    assert [of[tuple(image)] for image in first[0].images] == first[0].digits


def test_a_digit_is_read_as_that_of_the_highest_logit() -> None:
    learner, data = Learner(0, EPOCHS, 40), drawn(5)
    loss, guesses = read(learner.model, data)
    rows = [[logit.data for logit in learner.model(image)] for image in data.inputs]
    assert guesses == [row.index(max(row)) for row in rows]
    found = [digits.loss_of(learner.model, x, y).data for x, y in zip(*data_of(data), strict=True)]
    assert loss == pytest.approx(sum(found) / 5, rel=1e-15)


def data_of(data: Dataset) -> tuple[Any, Any]:
    return data.inputs, data.targets


# --- checkpoints and reports ----------------------------------------------------------------


@pytest.mark.parametrize("done", [1, 2])
def test_a_training_that_goes_on_has_the_bits_of_one_that_never_ended(done: int) -> None:
    data, whole, first, second = drawn(70), *(Learner(seed, EPOCHS, 70) for seed in (0, 0, 1))
    wanted = losses(whole, data, EPOCHS)
    before = losses(first, data, done)
    first.save(Path("c.json"))
    second.load(Path("c.json"))
    assert before + losses(second, data, EPOCHS - done) == wanted
    assert state(second) == state(whole)


def test_patience_and_ctrl_c_end_the_training(monkeypatch: pytest.MonkeyPatch) -> None:
    train, test = drawn(100).split(0.2, Random(0))
    for ending in (lambda *_, **__: False, interrupted):
        learner = Learner(0, EPOCHS, len(train))
        monkeypatch.setattr(type(learner.report), "__call__", ending)
        learn(learner, train, test, None, interpreted=False)
        assert learner.epoch == 1


def interrupted(*_: object, **__: object) -> bool:
    raise KeyboardInterrupt


# --- the command ----------------------------------------------------------------------------


def said(words: str, capsys: Captured) -> list[str]:
    main(words.split())
    return capsys.readouterr().out.splitlines()


def test_the_command_says_how_it_went_and_draws(capsys: Captured) -> None:
    lines = said("--epochs 2 --log log.csv --save c.json", capsys)
    assert lines[0] == "80 digits to learn from, 20 held out"
    assert [line[:12] for line in lines[1:3]] == ["epoch 1 of 2", "epoch 2 of 2"]
    assert " of 20 read right, " in lines[3]
    assert lines[4] == "the pictures are in out/digits"
    assert len(Path("log.csv").read_text().splitlines()) == 3
    assert Path("out/digits/learning.svg").read_text().startswith("<svg")
    assert ", read as " in Path("out/digits/wrong.svg").read_text()
    assert json.loads(Path("c.json").read_text())["epoch"] == 2.0


def test_the_command_goes_on_from_a_checkpoint(
    capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = said("--epochs 2 --save c.json --log whole.csv", capsys)
    with monkeypatch.context() as patch:
        patch.setattr(digits.Learner, "save", saving_once)
        said("--epochs 2 --save half.json --log parts.csv", capsys)
    after = said("--epochs 2 --load half.json --save again.json --log parts.csv", capsys)
    assert after[1] == whole[2]
    assert Path("again.json").read_bytes() == Path("c.json").read_bytes()
    assert Path("parts.csv").read_bytes() == Path("whole.csv").read_bytes()


def test_a_training_that_is_over_is_only_shown(capsys: Captured) -> None:
    said("--epochs 2 --save c.json", capsys)
    lines = said("--epochs 2 --load c.json", capsys)
    assert len(lines) == 3
    assert lines[-1] == "the pictures are in out/digits"


def saving_once(learner: Learner, path: Path) -> None:
    """Write a checkpoint, and be interrupted."""
    write_checkpoint(path, learner.parts(), key=learner.key, epoch=1, epochs=2)
    raise KeyboardInterrupt


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("--epochs 0", "--epochs and --patience should be 1 or more"),
        ("--patience 0", "--epochs and --patience should be 1 or more"),
        ("--epochs x", "invalid int value: 'x'"),
    ],
)
def test_wrong_options_end_with_code_2(words: str, message: str, capsys: Captured) -> None:
    with pytest.raises(SystemExit) as caught:
        main(words.split())
    assert caught.value.code == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("--load empty.json", "while loading empty.json: the state dict does not fit"),
        ("--load three.json", "three.json is of a training of 3 epochs: pass --epochs 3"),
    ],
)
def test_files_that_do_not_fit_are_named(words: str, message: str) -> None:
    Path("empty.json").write_text("{}")
    Learner(0, 3, 80).save(Path("three.json"))
    with pytest.raises(SystemExit) as caught:
        main(["--epochs", "1", *words.split()])
    assert message in str(caught.value)


def test_without_scikit_learn_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    monkeypatch.setitem(sys.modules, "sklearn", None)
    with pytest.raises(SystemExit, match="pip install scikit-learn"):
        digits.load_digits()


def test_the_digits_of_scikit_learn_get_pixels_from_0_to_1(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    numpy = pytest.importorskip("numpy")
    sklearn: Any = ModuleType("sklearn")
    sklearn.datasets = ModuleType("datasets")
    rows, targets = numpy.array([[16.0] + [0.0] * 62 + [4.0]]), numpy.array([3])
    sklearn.datasets.load_digits = lambda return_X_y: (rows, targets)  # noqa: N803
    monkeypatch.setitem(sys.modules, "sklearn", sklearn)
    data = digits.load_digits()
    assert data.inputs == ((1.0, *[0.0] * 62, 0.25),)
    assert data.targets == (3,)


def test_a_picture_has_a_line_for_each_digit() -> None:
    data = drawn(6)
    picture = draw_digits(data, [1, 1, 2, 3, 4, 0], "Some digits")
    assert picture.text.startswith("0, read as 1; 1, read as 1; ")
    assert picture.svg.count("<rect") == 1 + sum(ink > 0 for row in data.inputs for ink in row)
