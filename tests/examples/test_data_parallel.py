"""The example that learns on several workers: with the bits of one process, whatever happens."""

import pickle
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from autograd import compile, value_and_grad, vmap
from tests.bits import bits

numpy = pytest.importorskip("numpy")

from examples import data_parallel  # noqa: E402 # it ends where numpy is missing
from examples.data_parallel import (  # noqa: E402
    Learner,
    draw_shard,
    layers_of,
    learn,
    loss_of,
    main,
    network,
    shard_bounds,
    sum_slabs,
    summed,
)
from examples.reporting import Report  # noqa: E402
from examples.workers import Here  # noqa: E402

SAMPLES = 1100  # four slabs and a part of one
Captured = pytest.CaptureFixture[str]


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """A narrow network, which is fast to interpret."""
    monkeypatch.setattr(data_parallel, "INPUTS", 4)
    monkeypatch.setattr(data_parallel, "SIZES", [3, 2, 1])


def in_shards(count: int) -> Here:
    """This process, which takes the samples as so many workers would."""
    here = Here()
    here.count = count
    return here


def interpreted(batch: Callable[..., Any]) -> Callable[..., Any]:
    """A batch, one Value at a time, for arrays."""
    return lambda layers, *columns: batch(
        [layer.tolist() for layer in layers], *(column.tolist() for column in columns)
    )


def course(learner: Learner, steps: int, *before: float) -> list[str]:
    """The losses of some steps, after those before, and what was learned in them."""
    losses = [*before, *(learner.step() for _ in range(steps))]
    return bits([losses, *(part.state_dict() for part in learner.parts().values())])


# --- the order of the sums ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("samples", "shards", "bounds"),
    [
        (1100, 1, [(0, 1100)]),
        (1100, 2, [(0, 512), (512, 1100)]),
        (1100, 4, [(0, 256), (256, 512), (512, 768), (768, 1100)]),
        (1100, 9, [(0, 256), (256, 512), (512, 768), (768, 1024), (1024, 1100)]),
        (256, 3, [(0, 256)]),
        (1, 1, [(0, 1)]),
    ],
)
def test_a_shard_is_whole_slabs(samples: int, shards: int, bounds: list[tuple[int, int]]) -> None:
    assert shard_bounds(samples, shards) == bounds


@pytest.mark.usefixtures("small")
class TestOfASmallNetwork:
    def test_the_network_is_an_mlp(self) -> None:
        learner = Learner(Here(), 9)
        for x in learner.shards[0].inputs.tolist():
            assert bits(network(layers_of(learner.numbers()), x)) == bits(learner.model(x).data)

    @pytest.mark.parametrize("reduce", ["sum", "mean"])
    @pytest.mark.parametrize("shards", [1, 2, 4])
    def test_the_sums_are_those_of_one_batch(self, shards: int, reduce: str) -> None:
        learner = Learner(in_shards(shards), SAMPLES)
        sums = learner.sums() / (1.0 if reduce == "sum" else float(SAMPLES))
        batch = vmap(value_and_grad(loss_of), (None, 0, 0), reduce)
        whole = draw_shard(batch, learner.key, 0, SAMPLES)
        for run in (compile(batch), interpreted(batch)):
            loss, layers = run(layers_of(learner.numbers()), whole.inputs, whole.targets)
            wanted = [loss, *(x for layer in layers for x in numpy.ravel(layer).tolist())]
            assert bits(sums.tolist()) == bits(wanted)

    def test_a_step_is_that_of_the_optimizer(self) -> None:
        learner, plain = (Learner(in_shards(2), 600) for _ in range(2))
        plain.update = data_parallel.update
        assert course(learner, 3) == course(plain, 3)

    def test_compiled_and_interpreted_slabs_learn_the_same(self) -> None:
        learner, plain = (Learner(in_shards(2), 300) for _ in range(2))
        plain.batch = interpreted(summed)
        plain.share_out()
        assert course(learner, 2) == course(plain, 2)

    def test_a_shard_is_the_same_wherever_it_is_cut(self) -> None:
        whole, part = (draw_shard(summed, 7.0, i, 300) for i in (0, 256))
        assert bits(whole.inputs[256:].tolist()) == bits(part.inputs.tolist())
        assert bits(whole.targets[256:].tolist()) == bits(part.targets.tolist())

    def test_any_number_of_shards_learns_the_same(self) -> None:
        once, *others = [course(Learner(in_shards(n), SAMPLES), 3) for n in (1, 2, 4)]
        assert others == [once, once]

    def test_the_compiled_sums_are_pickled_as_their_program(self) -> None:
        learner = Learner(Here(), 300)
        (shard,) = learner.shards
        other = pickle.loads(pickle.dumps(shard))
        numbers = learner.numbers()
        assert bits([x.tolist() for x in sum_slabs(other, numbers)]) == bits(
            [x.tolist() for x in sum_slabs(shard, numbers)]
        )
        assert b"data_parallel" not in pickle.dumps(shard.batch)  # not as a name to be found


# --- learning, and going on -----------------------------------------------------------------


@pytest.mark.usefixtures("small")
class TestLearning:
    def test_it_learns(self) -> None:
        learner = Learner(Here(), 256)
        losses = [learner.step() for _ in range(150)]
        assert losses[-1] < 0.5 * losses[0]

    @pytest.mark.parametrize("done", [1, 3])
    def test_a_run_that_goes_on_has_the_bits_of_one_that_never_ended(
        self, done: int, tmp_path: Path
    ) -> None:
        whole, first = Learner(Here(), SAMPLES), Learner(in_shards(2), SAMPLES)
        learn(whole, 4, Report(4), tmp_path / "whole.json")
        learn(first, done, Report(4), tmp_path / "part.json")
        second = Learner(in_shards(3), 256, seed=1)
        second.load(tmp_path / "part.json")
        learn(second, 4, Report(4), tmp_path / "part.json")
        assert (tmp_path / "part.json").read_bytes() == (tmp_path / "whole.json").read_bytes()

    @pytest.mark.parametrize("times", [1, 2])
    def test_ctrl_c_keeps_what_was_learned(
        self, times: int, tmp_path: Path, capsys: Captured
    ) -> None:
        path, learner, other = tmp_path / "c.json", Learner(Here(), 256), Learner(Here(), 256)
        before = signal.getsignal(signal.SIGINT)

        def interrupted(*_: object) -> None:
            for _time in range(times):
                signal.raise_signal(signal.SIGINT)

        report: Any = Report(4)
        report.show = interrupted
        learn(learner, 4, report, path)
        assert capsys.readouterr().out == "\nstopped after 1 of 4 steps\n"
        assert signal.getsignal(signal.SIGINT) is before
        other.load(path)
        assert other.steps == 1
        assert course(other, 2) == course(learner, 2)

    def test_a_checkpoint_is_written_as_it_learns(self, tmp_path: Path) -> None:
        learner, path, seen = Learner(Here(), 256), tmp_path / "c.json", []

        class Looking(Report):
            def show(self, epoch: int, figures: object) -> None:
                seen.append(path.exists())

        learn(learner, 3, Looking(3), path)
        assert seen == [False, True, True]


# --- the command ----------------------------------------------------------------------------


def said(words: str, capsys: Captured) -> list[str]:
    main(words.split())
    return capsys.readouterr().out.splitlines()


@pytest.mark.usefixtures("small")
class TestTheCommand:
    @pytest.fixture(autouse=True)
    def folder(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)

    def test_it_says_how_it_goes(self, capsys: Captured) -> None:
        lines = said("--samples 600 --steps 2 --log log.csv --save c.json", capsys)
        assert lines[0] == "600 samples, in slabs of 256, on this process"
        assert [line[:18] for line in lines[1:]] == ["step 1 of 2  loss ", "step 2 of 2  loss "]
        assert len(Path("log.csv").read_text().splitlines()) == 3
        assert [line[:11] for line in said("--steps 3 --load c.json", capsys)[1:]] == [
            "step 3 of 3"
        ]

    def test_the_report_measures_and_computes(
        self, capsys: Captured, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        @contextmanager
        def here(count: int) -> Iterator[Here]:
            yield in_shards(count)

        monkeypatch.setattr(data_parallel, "workers_of", here)
        lines = said("--report --samples 300", capsys)
        assert [line.split(" a step, ")[-1] for line in lines[1:4]] == [
            "this process",
            "1 process of Dask",
            "2 processes of Dask",
        ]

    @pytest.mark.parametrize(
        ("words", "told"),
        [
            *((words, "--workers 0 or more") for words in ("--steps 0", "--samples 0")),
            ("--workers -1", "--workers 0 or more"),
            ("--samples 99999999999999", "--samples should be 268,435,456 at most"),
        ],
    )
    def test_wrong_options_end_with_code_2(self, words: str, told: str, capsys: Captured) -> None:
        with pytest.raises(SystemExit) as caught:
            main(words.split())
        assert caught.value.code == 2
        assert told in capsys.readouterr().err

    @pytest.mark.parametrize("words", ["--workers 2", "--scheduler tcp://127.0.0.1:1", "--report"])
    def test_without_dask_it_says_what_to_install(
        self, words: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name in ("dask", "dask.distributed", "distributed"):
            monkeypatch.setitem(sys.modules, name, None)
        with pytest.raises(SystemExit, match="missing: pip install dask distributed"):
            main(words.split())
