"""The data sets: what is in them, how they divide and scale, and what they refuse."""

import math
import os
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Callable
from dataclasses import FrozenInstanceError, replace
from pathlib import Path
from random import Random
from typing import Any

import pytest

import autograd
from autograd.data import Dataset, circles, load, load_iris, moons, spirals, xor

NAMES = ["iris", "moons", "circles", "spirals", "xor"]
GENERATORS: dict[str, tuple[Callable[..., Dataset], int]] = {  # and the fewest samples
    "moons": (moons, 2),
    "circles": (circles, 2),
    "spirals": (spirals, 2),
    "xor": (xor, 4),
}
every_name = pytest.mark.parametrize("name", NAMES)
every_generator = pytest.mark.parametrize(("make", "fewest"), GENERATORS.values(), ids=GENERATORS)


def column_sums(dataset: Dataset) -> list[float]:
    return [math.fsum(column) for column in zip(*dataset.inputs, strict=True)]


# --- Iris ---


def test_iris_has_fifty_flowers_of_each_species() -> None:
    iris = load_iris()
    assert len(iris) == 150
    assert iris.targets == (0,) * 50 + (1,) * 50 + (2,) * 50
    assert iris.class_names == ("setosa", "versicolor", "virginica")
    assert iris.feature_names == ("sepal_length", "sepal_width", "petal_length", "petal_width")


def test_iris_has_the_sums_of_fishers_table() -> None:
    iris = load_iris()
    assert column_sums(iris) == pytest.approx([876.5, 458.6, 563.7, 179.9], rel=1e-12)
    by_species = [column_sums(replace(iris, inputs=iris.inputs[i:][:50], targets=(0,) * 50))
                  for i in (0, 50, 100)]  # fmt: skip
    assert by_species == [
        pytest.approx([250.3, 171.4, 73.1, 12.3], rel=1e-12),
        pytest.approx([296.8, 138.5, 213.0, 66.3], rel=1e-12),
        pytest.approx([329.4, 148.7, 277.6, 101.3], rel=1e-12),
    ]


@pytest.mark.parametrize(
    ("row", "flower"), [(35, (4.9, 3.1, 1.5, 0.2)), (38, (4.9, 3.6, 1.4, 0.1))]
)
def test_iris_has_fishers_numbers_where_many_copies_are_misprinted(
    row: int, flower: tuple[float, ...]
) -> None:
    assert load_iris().inputs[row - 1] == flower


def test_iris_loads_from_a_zip_with_nothing_installed(tmp_path: Path) -> None:
    package = Path(autograd.__file__).parent
    with zipfile.ZipFile(tmp_path / "library.zip", "w") as library:
        for path in package.rglob("*"):
            if path.suffix in (".py", ".csv"):
                library.write(path, path.relative_to(package.parent))
    code = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "import autograd.data; print(autograd.data.__file__, len(autograd.data.load_iris()))"
    )
    command = [sys.executable, "-I", "-S", "-c", code, str(tmp_path / "library.zip")]
    surroundings = {**os.environ, "AUTOGRAD_ENGINE": "python"}  # a zip holds no engine in C
    printed = subprocess.run(
        command, check=True, capture_output=True, text=True, env=surroundings
    ).stdout
    assert "library.zip" in printed
    assert printed.split()[-1] == "150"


# --- the generators ---


@every_generator
def test_the_same_seed_draws_the_same_points(make: Callable[..., Dataset], fewest: int) -> None:
    assert make(20, 0.1, Random(7)) == make(20, 0.1, Random(7))
    assert make(20, 0.1, Random(7)) != make(20, 0.1, Random(8))


@every_generator
def test_classes_take_turns_and_are_of_equal_size(
    make: Callable[..., Dataset], fewest: int
) -> None:
    dataset = make(40, 0.1, Random(0))
    assert dataset.targets == (0, 1) * 20
    assert dataset.feature_names == ("x", "y")


def test_moons_are_half_circles_that_reach_into_each_other() -> None:
    dataset = moons(200, 0.0, Random(0))
    for (x, y), target in zip(dataset.inputs, dataset.targets, strict=True):
        centre, side = ((0.0, 0.0), 1.0) if target == 0 else ((1.0, 0.5), -1.0)
        assert math.dist((x, y), centre) == pytest.approx(1.0)
        assert (y - centre[1]) * side >= 0.0


def test_circles_have_radius_one_and_one_half() -> None:
    dataset = circles(200, 0.0, Random(0))
    radii = [math.hypot(*point) for point in dataset.inputs]
    assert radii == pytest.approx([1.0, 0.5] * 100)


@pytest.mark.parametrize("arms", [2, 3, 5])
def test_spiral_arms_are_one_arm_turned(arms: int) -> None:
    dataset = spirals(40 * arms, 0.0, Random(0), arms=arms)
    assert dataset.class_names == tuple(f"arm {arm}" for arm in range(arms))
    for (x, y), arm in zip(dataset.inputs, dataset.targets, strict=True):
        along = (math.hypot(x, y) - 0.1) / 0.9
        angle = 2.0 * math.pi * (along + arm / arms)
        assert 0.0 <= along <= 1.0
        assert math.cos(math.atan2(y, x) - angle) == pytest.approx(1.0)


def test_four_points_of_xor_without_noise_are_the_truth_table() -> None:
    table = xor(4, 0.0, Random(0))
    assert all(
        target == int(x != y) for (x, y), target in zip(table.inputs, table.targets, strict=True)
    )
    assert len(set(table.inputs)) == 4


@every_generator
def test_noise_is_the_standard_deviation_of_each_coordinate(
    make: Callable[..., Dataset], fewest: int
) -> None:
    samples = 4000
    # The places are drawn before the noise, so the same seed gives the same places.
    clean, noisy = make(samples, 0.0, Random(3)), make(samples, 0.25, Random(3))
    for axis in (0, 1):
        shifts = [b[axis] - a[axis] for a, b in zip(clean.inputs, noisy.inputs, strict=True)]
        assert math.fsum(shifts) / samples == pytest.approx(0.0, abs=0.02)
        assert math.fsum(d * d for d in shifts) / samples == pytest.approx(0.0625, rel=0.05)


REFUSED: dict[str, tuple[dict[str, Any], type[Exception], str]] = {
    "no samples": ({"samples": 0}, ValueError, "samples is at least {fewest}, got 0"),
    "negative samples": ({"samples": -5}, ValueError, "samples is at least {fewest}, got -5"),
    "half a sample": ({"samples": 2.5}, TypeError, "samples is an int, got 2.5"),
    "a flag": ({"samples": True}, TypeError, "samples is an int, got True"),
    "negative noise": ({"noise": -0.1}, ValueError, "noise is finite and at least 0, got -0.1"),
    "nan noise": ({"noise": math.nan}, ValueError, "noise is finite and at least 0, got nan"),
    "inf noise": ({"noise": math.inf}, ValueError, "noise is finite and at least 0, got inf"),
    "noise in words": ({"noise": "some"}, TypeError, "noise holds one real number, got str"),
    "a seed": ({"rng": 1}, TypeError, "such as random.Random(0), got int"),
}


@every_generator
@pytest.mark.parametrize(("wrong", "error", "message"), REFUSED.values(), ids=REFUSED)
def test_generators_refuse_bad_arguments(
    make: Callable[..., Dataset],
    fewest: int,
    wrong: dict[str, Any],
    error: type[Exception],
    message: str,
) -> None:
    with pytest.raises(error) as raised:
        make(**{"samples": 20, "noise": 0.1, "rng": Random(0), **wrong})
    assert message.format(fewest=fewest) in str(raised.value)


@every_generator
def test_generators_take_as_few_samples_as_their_shape_has_parts(
    make: Callable[..., Dataset], fewest: int
) -> None:
    assert len(make(fewest, 0.1, Random(0))) == fewest
    with pytest.raises(ValueError, match=f"samples is at least {fewest}"):
        make(fewest - 1, 0.1, Random(0))


def test_spirals_need_two_arms_and_a_sample_for_each() -> None:
    with pytest.raises(ValueError, match="arms is at least 2, got 1"):
        spirals(10, 0.1, Random(0), arms=1)
    with pytest.raises(TypeError, match="arms is an int, got"):
        spirals(10, 0.1, Random(0), arms=2.0)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="samples is at least 3, got 2"):
        spirals(2, 0.1, Random(0), arms=3)


# --- load ---


@every_name
def test_load_finds_each_data_set_by_its_name(name: str) -> None:
    dataset = load(name, Random(0))
    assert dataset.name == name
    assert dataset == load(name, Random(0))
    counts = Counter(dataset.targets)
    assert sorted(counts) == list(range(len(dataset.class_names)))
    assert len(set(counts.values())) == 1
    assert all(type(x) is float for row in dataset.inputs for x in row)


def test_load_lists_the_names_it_knows() -> None:
    with pytest.raises(
        ValueError, match="'moon': choose one of iris, moons, circles, spirals, xor"
    ):
        load("moon", Random(0))


def test_load_refuses_a_seed_for_a_generator_of_random_numbers() -> None:
    with pytest.raises(TypeError, match=r"such as random.Random\(0\), got int"):
        load("iris", 0)  # type: ignore[arg-type]


# --- what can be done with a data set ---


@every_name
@pytest.mark.parametrize("test_fraction", [0.001, 0.2, 0.5, 0.999])
def test_split_gives_every_sample_to_one_part(name: str, test_fraction: float) -> None:
    dataset = load(name, Random(0))
    train, test = dataset.split(test_fraction, Random(1))
    given = Counter(zip(dataset.inputs, dataset.targets, strict=True))
    parts = [Counter(zip(part.inputs, part.targets, strict=True)) for part in (train, test)]
    assert parts[0] + parts[1] == given
    assert set(train.targets) == set(test.targets) == set(dataset.targets)


def test_split_divides_each_class_in_the_same_proportion() -> None:
    targets = (0,) * 10 + (1,) * 30
    dataset = Dataset("uneven", tuple((float(i),) for i in range(40)), targets, ("x",), ("a", "b"))
    train, test = dataset.split(0.2, Random(0))
    assert Counter(test.targets) == {0: 2, 1: 6}
    assert Counter(train.targets) == {0: 8, 1: 24}


def test_split_shuffles_by_the_seed_alone() -> None:
    iris = load_iris()
    assert iris.split(0.2, Random(5)) == iris.split(0.2, Random(5))
    assert iris.split(0.2, Random(5)) != iris.split(0.2, Random(6))
    train, test = iris.split(0.2, Random(5))
    assert list(train.targets) != sorted(train.targets)
    assert list(test.targets) != sorted(test.targets)


def test_split_passes_over_a_class_without_samples() -> None:
    dataset = Dataset("gap", ((0.0,), (1.0,)), (1, 1), ("x",), ("none", "all"))
    train, test = dataset.split(0.5, Random(0))
    assert train.targets == test.targets == (1,)


@pytest.mark.parametrize("fraction", [0.0, 1.0, -0.1, 1.5, math.nan, True, "a fifth", None])
def test_split_refuses_what_is_no_fraction(fraction: Any) -> None:
    with pytest.raises(ValueError, match="test_fraction must be between 0 and 1, got"):
        load_iris().split(fraction, Random(0))


def test_split_refuses_a_class_that_cannot_be_in_both_parts() -> None:
    dataset = Dataset("lone", ((0.0,), (1.0,), (2.0,)), (0, 0, 1), ("x",), ("many", "one"))
    with pytest.raises(ValueError, match="class 'one' has one sample, and each part needs one"):
        dataset.split(0.5, Random(0))


def test_split_refuses_a_seed_for_a_generator_of_random_numbers() -> None:
    with pytest.raises(TypeError, match=r"such as random.Random\(0\), got int"):
        load_iris().split(0.2, 0)  # type: ignore[arg-type]


@every_name
def test_standardized_features_have_mean_zero_and_deviation_one(name: str) -> None:
    dataset = load(name, Random(0)).standardized()
    for column in zip(*dataset.inputs, strict=True):
        assert math.fsum(column) / len(column) == pytest.approx(0.0, abs=1e-12)
        assert math.fsum(x * x for x in column) / len(column) == pytest.approx(1.0, rel=1e-12)


def test_standardized_scales_the_test_part_like_the_training_part() -> None:
    train = Dataset("t", ((0.0,), (4.0,)), (0, 0), ("x",), ("a",))
    test = Dataset("t", ((2.0,), (6.0,)), (0, 0), ("x",), ("a",))
    assert test.standardized(like=train).inputs == ((0.0,), (2.0,))
    assert test.standardized().inputs == ((-1.0,), (1.0,))


def test_standardized_only_shifts_a_feature_that_never_varies() -> None:
    # 0.1 + 0.1 + 0.1 rounds up, so a mean by the sum would leave a deviation of 1e-17.
    dataset = Dataset("flat", ((0.1,),) * 3, (0, 0, 0), ("x",), ("a",))
    assert dataset.standardized().inputs == ((0.0,),) * 3


def test_standardized_refuses_other_features_and_a_data_set_without_samples() -> None:
    iris = load_iris()
    with pytest.raises(ValueError, match=r"like has the features \('x', 'y'\), but this data set"):
        iris.standardized(like=moons(4, 0.1, Random(0)))
    with pytest.raises(ValueError, match="'iris' has no samples to take mean and deviation of"):
        iris.standardized(like=replace(iris, inputs=(), targets=()))


def test_a_data_set_cannot_be_changed() -> None:
    iris = load_iris()
    with pytest.raises(FrozenInstanceError):
        iris.name = "roses"  # type: ignore[misc]


MISFITS: dict[str, tuple[dict[str, Any], str]] = {
    "a target short": ({"targets": (0,)}, "got 2 rows and 1 target"),
    "an input short": ({"inputs": ((1.0, 2.0), (3.0,))}, "row 1 has 1 inputs, but there are 2"),
    "no such class": ({"targets": (0, 2)}, "target 1 is 2, but it must be the index of one of"),
    "counted from behind": ({"targets": (-1, 0)}, "target 0 is -1, but it must be the index"),
    "a class by name": ({"targets": ("a", "b")}, "target 0 is 'a', but it must be the index"),
}


@pytest.mark.parametrize(("wrong", "message"), MISFITS.values(), ids=MISFITS)
def test_a_data_set_refuses_parts_that_do_not_fit(wrong: dict[str, Any], message: str) -> None:
    fitting = Dataset("d", ((1.0, 2.0), (3.0, 4.0)), (0, 1), ("x", "y"), ("a", "b"))
    with pytest.raises(ValueError, match=message):
        replace(fitting, **wrong)


def test_a_data_set_shows_its_sizes() -> None:
    assert repr(load_iris()) == "Dataset('iris', 150 samples, 4 features, 3 classes)"
