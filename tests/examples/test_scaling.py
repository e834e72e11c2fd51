"""What a data-parallel step costs on more workers: the formula, and where it is least."""

import pytest

from examples.scaling import Costs, fastest, most_workers, report, seconds_a_step

COSTS = Costs(summing=0.1, rest=0.01, task=0.0002, size=50_000)
GIGABIT = 1e9 / 8  # 0.4 ms for 50 kB


@pytest.mark.parametrize(
    ("workers", "seconds"),
    [(1, 0.01 + 0.1 + 2 * 0.0006), (4, 0.01 + 0.025 + 8 * 0.0006), (50, 0.01 + 0.002 + 100 * 6e-4)],
)
def test_the_sums_are_shared_out_and_two_tasks_are_added_for_each(
    workers: int, seconds: float
) -> None:
    assert seconds_a_step(COSTS, workers, GIGABIT) == pytest.approx(seconds, rel=1e-12)


@pytest.mark.parametrize("bandwidth", [GIGABIT / 10, GIGABIT, 10 * GIGABIT])
def test_the_best_number_of_workers_is_where_a_step_is_shortest(bandwidth: float) -> None:
    tried = min(range(1, 200), key=lambda n: seconds_a_step(COSTS, n, bandwidth))
    assert most_workers(COSTS, bandwidth) == tried


def test_small_work_is_for_one() -> None:
    tiny = Costs(summing=0.00003, rest=0.00001, task=0.0002, size=8_000)
    assert most_workers(tiny, GIGABIT) == 1
    assert seconds_a_step(tiny, 2, GIGABIT) > seconds_a_step(tiny, 1, GIGABIT)


def test_steps_take_turns_and_the_first_does_not_count() -> None:
    seen: list[str] = []
    found = fastest({name: lambda name=name: seen.append(name) for name in "ab"}, rounds=2)  # type: ignore[misc]
    assert seen == ["a", "b"] * 3
    assert list(found) == ["a", "b"]
    assert min(found.values()) >= 0.0


def test_the_report_names_what_was_measured_and_what_is_computed() -> None:
    assert report(COSTS, {"this process": 0.11, "2 processes of Dask": 0.0625}) == [
        "measured, the fastest of ten:",
        "     110.0 ms a step, this process",
        "      62.5 ms a step, 2 processes of Dask",
        "     100.0 ms of one process for the sums over all samples",
        "      10.0 ms of one process for the new weights",
        "      0.20 ms a task that does nothing",
        "50.0 kB go to each worker for each of its two tasks",
        "computed, ms a step:",
        "  workers    1 Gbit/s  10 Gbit/s",
        "        1       111.2      110.5",
        "        2        62.4       61.0",
        "        4        39.8       36.9",
        "        8        32.1       26.3",
        "       16        35.5       23.9",
        "       32        51.5       28.5",
        "with 1 Gbit/s more than 9 workers make a step longer; "
        "of what each adds the network takes 67%, the scheduler the rest",
        "with 10 Gbit/s more than 14 workers make a step longer; "
        "of what each adds the network takes 17%, the scheduler the rest",
    ]
