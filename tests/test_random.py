"""Random numbers by keys: what they are for ever, what they promise, and how random they look."""

import itertools
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, strategies as st

import autograd as ag
from autograd import Value, check_grads, compile, constant, grad, random, recompute, vmap
from autograd.compiler.backends.choose import MODULES
from autograd.engine import calculus as c, ieee
from autograd.engine.graph import topological_order
from autograd.random import (
    bernoulli,
    categorical,
    fold_in,
    integers,
    key,
    normal,
    permutation,
    split,
    uniform,
)
from tests.bits import bits
from tests.compiler.built_c import STRICT, functions

BACKENDS = tuple(MODULES)
LAST = 2.0**52 - 1.0
keys = st.integers(0, 2**52 - 1).map(float)

DRAWS: dict[str, Callable[[Any], Any]] = {
    "fold_in": lambda k: fold_in(k, 3),
    "split": split,
    "uniform": lambda k: uniform(k, 2),
    "uniform between": lambda k: uniform(k, 2, low=-1.0, high=3.0),
    "normal": lambda k: normal(k, 3),
    "normal elsewhere": lambda k: normal(k, mean=100.0, deviation=15.0),
    "bernoulli": lambda k: bernoulli(k, 0.3, 5),
    "integers": lambda k: integers(k, -3, 4, 5),
    "categorical": lambda k: categorical(k, [0.0, 1.0, -1.0, 0.5], 5),
    "permutation": lambda k: permutation(k, 6),
}
every_draw = pytest.mark.parametrize("name", DRAWS)


def raised(kind: type[BaseException], action: Callable[[], object]) -> str:
    with pytest.raises(kind) as caught:
        action()
    return str(caught.value)


# --- the same for ever ----------------------------------------------------------------------

FOR_EVER: dict[str, tuple[Callable[[], Any], Any]] = {
    "the key of 0": (lambda: key(0), 4030664413150308.0),
    "of the next seed": (lambda: key(1), 45045954576292.0),
    "of a seed below 0": (lambda: key(-1), 1224551739694505.0),
    "of a seed beyond the floats": (lambda: key(10**400), 56517231850803.0),
    "the least": (lambda: fold_in(0, 0), 4274710905007120.0),
    "the largest": (lambda: fold_in(LAST, LAST), 2532236517228299.0),
    "split": (
        lambda: split(key(0), 3),
        [2562561606255012.0, 2987170799559083.0, 3984013635955920.0],
    ),
    "uniform": (
        lambda: uniform(key(0), 3),
        [0.5690029794569478, 0.6632851600316865, 0.8846287338117698],
    ),
    "uniform between": (
        lambda: uniform(key(0), 2, low=-1.0, high=3.0),
        [1.276011917827791, 1.6531406401267459],
    ),
    "bernoulli": (lambda: bernoulli(key(0), 0.3, 8), [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0]),
    "integers": (lambda: integers(key(0), 1, 7, 8), [4, 4, 6, 5, 3, 6, 2, 3]),
    "categorical": (lambda: categorical(key(0), [0.0, 1.0, 2.0], 8), [2, 2, 2, 2, 2, 2, 1, 2]),
    "permutation": (lambda: permutation(key(0), 8), [3, 4, 6, 5, 2, 7, 0, 1]),
}


@pytest.mark.parametrize("name", FOR_EVER)
def test_a_key_gives_the_same_numbers_for_ever(name: str) -> None:
    draw, expected = FOR_EVER[name]
    assert draw() == expected


def test_a_normal_number_is_that_of_box_and_muller() -> None:
    """To the bit with the logarithm and the cosine of the platform."""
    u, v = uniform(key(0), 2)
    radius = math.sqrt(-2.0 * math.log(u + 2.0**-53))
    assert normal(key(0), 2) == [
        radius * math.cos(v * (2.0 * math.pi)),
        radius * math.sin(v * (2.0 * math.pi)),
    ]
    assert normal(key(0), 2) == pytest.approx([-0.5503940448353533, -0.9081880931508124], rel=1e-14)


# --- laws -----------------------------------------------------------------------------------


@given(keys, keys)
def test_a_new_key_is_a_key(k: float, data: float) -> None:
    found = fold_in(k, data)
    assert type(found) is float
    assert 0.0 <= found <= LAST
    assert found % 1.0 == 0.0


@given(keys, keys, keys)
def test_other_data_give_another_key(k: float, one: float, other: float) -> None:
    assert (fold_in(k, one) == fold_in(k, other)) == (one == other)


def test_seeds_of_every_size_give_keys_that_are_spread() -> None:
    seeds = [
        *range(-500, 500),
        *(s * 2**i + j for i in range(40, 300) for s in (1, -1) for j in (0, 1)),
    ]
    found = sorted(map(key, seeds))
    assert len(set(found)) == len(set(seeds))
    for low in range(4):
        share = sum(low / 4 <= k / 2.0**52 < (low + 1) / 4 for k in found) / len(found)
        assert share == pytest.approx(0.25, abs=0.03)


def test_keys_of_split_are_those_of_fold_in() -> None:
    assert split(key(5)) == [fold_in(key(5), 0), fold_in(key(5), 1)]
    assert split(key(5), 9)[:2] == split(key(5))


ONE_AND_MANY: dict[str, Callable[..., Any]] = {
    "uniform": uniform,
    "normal": normal,
    "bernoulli": lambda k, count=None: bernoulli(k, 0.5, count),
    "integers": lambda k, count=None: integers(k, 0, 1000, count),
    "categorical": lambda k, count=None: categorical(k, [0.0] * 9, count),
}


@pytest.mark.parametrize("name", ONE_AND_MANY)
def test_a_longer_list_begins_as_a_shorter_one_does(name: str) -> None:
    draw = ONE_AND_MANY[name]
    assert draw(key(2)) == draw(key(2), 1)[0]
    for count in (1, 2, 3, 8):
        assert draw(key(2), count) == draw(key(2), 9)[:count]


@every_draw
@given(k=keys)
def test_numbers_of_a_plain_key_are_plain(name: str, k: float) -> None:
    found = DRAWS[name](k)
    kind = int if name in ("integers", "categorical", "permutation") else float
    assert {type(x) for x in (found if isinstance(found, list) else [found])} == {kind}


@given(keys, st.floats(-1e9, 1e9), st.floats(0.0, 1e9))
def test_a_uniform_number_lies_between(k: float, low: float, width: float) -> None:
    assert low <= uniform(k, low=low, high=low + width) <= low + width
    assert 0.0 <= uniform(k) < 1.0


@pytest.mark.parametrize("width", [1.0, 3.0, 1e9, 2.0**51, 2.0**52 - 1.0])
def test_the_largest_draw_is_below_the_limit_of_integers(width: float) -> None:
    assert math.floor(LAST * (width * 2.0**-52)) == width - 1.0


@given(keys, st.integers(-9, 9), st.integers(1, 9))
def test_integers_lie_in_their_range(k: float, low: int, width: int) -> None:
    assert set(integers(k, low, low + width, 20)) <= set(range(low, low + width))


def test_a_certain_event_happens_and_an_impossible_one_does_not() -> None:
    for k in (0.0, key(0), LAST):
        assert bernoulli(k, 1.0, 50) == [1.0] * 50
        assert bernoulli(k, 0.0, 50) == [0.0] * 50


@given(keys)
def test_a_class_without_probability_is_not_chosen(k: float) -> None:
    none = -math.inf
    assert set(categorical(k, [none, 0.0, none, none, 1.0, none], 20)) <= {1, 4}
    assert categorical(k, [none, 5.0]) == 1
    assert categorical(k, [0.0, math.inf, 1000.0]) == 1
    assert categorical(k, [-3.0]) == 0


@given(keys, st.integers(1, 20))
def test_a_permutation_has_every_number_once(k: float, count: int) -> None:
    assert sorted(permutation(k, count)) == list(range(count))


# --- how random they look: fixed keys, so that a figure is what it is -------------------------

MANY = 2**15
COUNTED = np.arange(MANY, dtype=float)
NOUGHT = np.zeros(MANY)


def hashed(k: Any, data: Any) -> Any:
    """`fold_in` of arrays: its formula is of floats alone."""
    return ieee.fold_in(k, data)


def chains() -> Any:
    """Of 128 keys, each folded from the one before it, 256 times."""
    k, found = hashed(NOUGHT[:128], COUNTED[:128]), []
    for _ in range(MANY // 128):
        found.append(hashed(k, NOUGHT[:128] + 1.0))
        k = hashed(k, NOUGHT[:128])
    return np.concatenate(found)


STREAMS: dict[str, Callable[[], Any]] = {
    "consecutive data": lambda: hashed(NOUGHT, COUNTED),
    "data of another key": lambda: hashed(NOUGHT + key(1), COUNTED),
    "data in the upper word": lambda: hashed(NOUGHT, COUNTED * 2.0**26),
    "consecutive keys": lambda: hashed(COUNTED, NOUGHT),
    "keys in the upper word": lambda: hashed(COUNTED * 2.0**26, NOUGHT),
    "keys of consecutive seeds": lambda: hashed(hashed(NOUGHT + 2.0, COUNTED), NOUGHT),
    "split keys": lambda: hashed(hashed(NOUGHT, COUNTED // 128), COUNTED % 128),
    "key and data together": lambda: hashed(COUNTED, COUNTED),
    "chains of keys": chains,
}


def surprise(cells: Any, count: int) -> float:
    """Of chi-square, over `count` equally likely cells, in deviations from its mean."""
    expected = len(cells) / count
    square = float(((np.bincount(cells, minlength=count) - expected) ** 2 / expected).sum())
    return (square - count + 1) / math.sqrt(2 * (count - 1))


@pytest.mark.parametrize("name", STREAMS)
def test_numbers_are_spread_evenly_and_independent(name: str) -> None:
    numbers = STREAMS[name]().astype(np.int64)
    assert len(set(numbers.tolist())) == MANY
    for shift in (44, 26, 18, 0):  # the bits at either end of both words
        part = numbers >> shift & 255
        assert abs(surprise(part, 256)) < 4.0
        assert abs(surprise((part[:-1] & 15) * 16 + (part[1:] & 15), 256)) < 5.0
        triples = (part[: MANY // 3 * 3] & 7).reshape(-1, 3)
        assert abs(surprise(triples @ [64, 8, 1], 512)) < 4.0
    centred = numbers * 2.0**-52 - 0.5
    for lag in (1, 2, 128):
        correlation = (centred[:-lag] * centred[lag:]).mean() * 12.0
        assert abs(correlation) < 4.0 / math.sqrt(MANY - lag)


@pytest.mark.parametrize("operand", ["key", "data"])
def test_each_bit_flips_each_bit_half_of_the_time(operand: str) -> None:
    many = 2000
    k, data = hashed(NOUGHT[:many], COUNTED[:many]), hashed(NOUGHT[:many] + 1.0, COUNTED[:many])
    before, places = hashed(k, data).astype(np.int64), np.arange(52)
    for bit in range(52):
        flipped = ((k if operand == "key" else data).astype(np.int64) ^ 1 << bit).astype(float)
        after = hashed(flipped, data) if operand == "key" else hashed(k, flipped)
        changed = (before ^ after.astype(np.int64))[:, None] >> places & 1
        assert np.abs(changed.mean(axis=0) - 0.5).max() < 5.0 * 0.5 / math.sqrt(many)


def test_normal_numbers_have_the_moments_of_their_distribution() -> None:
    z = np.array(normal(key(0), 20_000))
    for power, expected, variance in ((1, 0.0, 1.0), (2, 1.0, 2.0), (3, 0.0, 15.0), (4, 3.0, 96.0)):
        assert abs((z**power).mean() - expected) < 4.0 * math.sqrt(variance / len(z))
    assert abs((z[::2] * z[1::2]).mean()) < 4.0 / math.sqrt(len(z) / 2)
    assert (np.abs(z) < 1.0).mean() == pytest.approx(math.erf(math.sqrt(0.5)), abs=0.015)


def test_choices_have_their_probabilities() -> None:
    many = 10_000
    assert sum(bernoulli(key(0), 0.3, many)) / many == pytest.approx(0.3, abs=0.02)
    dice = integers(key(1), 1, 7, many)
    classes = categorical(key(2), [math.log(0.1), math.log(0.2), math.log(0.7)], many)
    for side in range(1, 7):
        assert dice.count(side) / many == pytest.approx(1 / 6, abs=0.015)
    for i, probability in enumerate((0.1, 0.2, 0.7)):
        assert classes.count(i) / many == pytest.approx(probability, abs=0.02)


def test_every_order_of_three_is_as_likely() -> None:
    orders = [tuple(permutation(k, 3)) for k in split(key(0), 3000)]
    for order in itertools.permutations(range(3)):
        assert orders.count(order) == pytest.approx(500, abs=80)


# --- the same numbers everywhere --------------------------------------------------------------


@every_draw
@given(k=keys)
def test_a_value_gives_nodes_of_the_same_numbers(name: str, k: float) -> None:
    found = DRAWS[name](Value(k))
    assert {type(x) for x in (found if isinstance(found, list) else [found])} == {Value}
    assert bits(found) == bits(DRAWS[name](k)) == bits(DRAWS[name](constant(k)))


@pytest.mark.parametrize("backend", BACKENDS)
@every_draw
def test_a_compiled_draw_has_the_same_bits(name: str, backend: str) -> None:
    compiled = compile(DRAWS[name], backend=backend)
    for k in (0.0, LAST, *split(key(0), 20)):
        assert bits(compiled(k)) == bits(DRAWS[name](k))


@pytest.mark.needs("gcc")
def test_exported_c_has_the_same_bits(tmp_path: Path) -> None:
    def all_draws(k: Any) -> Any:
        return [draw(k) for draw in DRAWS.values()]

    compiled = compile(all_draws, backend="python")
    compiled(0.0)
    (recording,) = compiled._recordings.values()
    (function,) = functions([recording.program], tmp_path, ["gcc", "-O2", *STRICT])
    for k in (0.0, LAST, *split(key(0), 20)):
        assert bits(function([k])) == bits(all_draws(k))


def noisy(x: Any, k: Any) -> Any:
    return ag.tanh(x + normal(k, deviation=0.1)) * bernoulli(fold_in(k, 1), 0.5)


def test_verify_finds_no_difference() -> None:
    compile(noisy, backend="python").verify(0.5, key(0))


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_compiled_function_draws_anew_with_each_key_and_the_same_with_the_same(
    backend: str,
) -> None:
    compiled = compile(uniform, backend=backend)
    drawn = [compiled(k) for k in split(key(0), 50)]
    assert len(set(drawn)) == 50
    assert drawn == [compiled(k) for k in split(key(0), 50)]
    assert drawn == uniform_of_each(split(key(0), 50))


def uniform_of_each(many: list[float]) -> list[float]:
    return [uniform(k) for k in many]


@pytest.mark.parametrize("backend", BACKENDS)
def test_every_step_of_a_scan_draws_anew(backend: str) -> None:
    def by_number(state: Any, step: Any) -> Any:
        return state, uniform(fold_in(state, step))

    def by_chain(state: Any, _: Any) -> Any:
        following, now = split(state)
        return following, uniform(now)

    steps = [float(i) for i in range(30)]
    state, drawn = compile(by_number, backend=backend).scan(key(0), steps)
    assert state == key(0)
    assert list(drawn) == [uniform(fold_in(key(0), i)) for i in range(30)]
    state, drawn = compile(by_chain, backend=backend).scan(key(0), steps)
    expected, k = [], key(0)
    for _ in range(30):
        k, now = split(k)
        expected.append(uniform(now))
    assert list(drawn) == expected
    assert state == k
    assert len(set(expected)) == 30


def test_a_batch_draws_for_each_of_its_keys() -> None:
    many = split(key(0), 7)
    for batch in (vmap(uniform), compile(vmap(uniform), backend="python")):
        assert list(batch(many)) == uniform_of_each(many)


def test_a_graph_that_is_recomputed_with_another_key_has_its_numbers() -> None:
    k = Value(key(0))
    drawn = normal(k)
    k.data = key(1)
    recompute(drawn)
    assert drawn.data == normal(key(1))


def test_graphs_of_draws_are_small() -> None:
    def added(*drawn: Any) -> int:
        return len({id(x) for root in drawn for x in topological_order(root)}) - 1

    k = Value(key(0))
    assert added(fold_in(k, 1)) == 1
    assert added(uniform(k)) == 2
    assert added(bernoulli(k)) == 2
    assert added(integers(k, 0, 9)) == 3
    assert added(*normal(k, 2)) == 12


# --- gradients ------------------------------------------------------------------------------


@every_draw
def test_no_gradient_flows_to_a_key(name: str) -> None:
    def total(k: Any) -> Any:
        found = DRAWS[name](k)
        return ag.sum(found if isinstance(found, list) else [found])

    k = Value(key(0))
    total(k).backward()
    assert k.grad == 0.0
    assert grad(total)(key(0)) == 0.0


def test_the_gradients_of_a_normal_number_are_1_and_z() -> None:
    mean, deviation = Value(3.0), Value(2.0)
    drawn = normal(key(0), mean=mean, deviation=deviation)
    drawn.backward()
    assert (mean.grad, deviation.grad) == (1.0, normal(key(0)))
    assert drawn.data == 3.0 + 2.0 * normal(key(0))


def test_the_gradients_of_a_uniform_number_are_the_shares_of_its_limits() -> None:
    low, high = Value(-1.0), Value(3.0)
    drawn = uniform(key(0), low=low, high=high)
    drawn.backward()
    assert (low.grad, high.grad) == (1.0 - uniform(key(0)), uniform(key(0)))
    assert drawn.data == -1.0 + 4.0 * uniform(key(0))


REPARAMETERISED: dict[str, Callable[[Any, Any], Any]] = {
    "normal": lambda m, s: ag.sum(x * x for x in normal(key(0), 3, mean=m, deviation=s)),
    "uniform": lambda m, s: ag.sum(x * x for x in uniform(key(0), 3, low=m, high=m + s)),
    "dropped": lambda m, s: m * s * bernoulli(key(0), 0.5) / 0.5,
    "chosen": lambda m, s: ag.lookup([m * m, s * s, m * s], categorical(key(0), [0.0, 0.5, 1.0])),
}


@pytest.mark.parametrize("name", REPARAMETERISED)
def test_gradients_of_parameters_are_right(name: str) -> None:
    check_grads(lambda p: REPARAMETERISED[name](*p), [1.5, 0.7], order=2)


def test_no_gradient_flows_through_choices() -> None:
    p, logits = Value(0.4), [Value(0.1), Value(0.2)]
    found = bernoulli(key(0), p) + categorical(key(0), logits)
    assert isinstance(found, Value)
    found.backward()
    assert [x.grad for x in (p, *logits)] == [0.0] * 3


# --- errors ---------------------------------------------------------------------------------

MADE = ": make one with key(seed), split or fold_in"
WRONG: dict[str, tuple[Callable[[], object], type[Exception], str]] = {
    "a key below 0": (
        lambda: uniform(-1),
        ValueError,
        f"key is a whole number from 0 to 2**52 - 1, got -1.0{MADE}",
    ),
    "a fraction": (
        lambda: normal(0.5),
        ValueError,
        f"key is a whole number from 0 to 2**52 - 1, got 0.5{MADE}",
    ),
    "a large number": (
        lambda: split(2**52),
        ValueError,
        f"key is a whole number from 0 to 2**52 - 1, got 4503599627370496.0{MADE}",
    ),
    "a Value of no key": (
        lambda: bernoulli(Value(math.nan)),
        ValueError,
        f"key is a whole number from 0 to 2**52 - 1, got nan{MADE}",
    ),
    "a bool": (
        lambda: uniform(True),
        TypeError,
        f"key holds one real number, got bool{MADE}",
    ),
    "several keys": (
        lambda: uniform(split(key(0))),  # type: ignore[arg-type]
        TypeError,
        f"key holds one real number, got list{MADE}",
    ),
    "data below 0": (
        lambda: fold_in(0, -1),
        ValueError,
        "data of fold_in is a whole number from 0 to 2**52 - 1, got -1.0",
    ),
    "a seed with a fraction": (
        lambda: key(0.5),  # type: ignore[arg-type]
        TypeError,
        "the seed of a key is an int, got 0.5",
    ),
    "a bool as seed": (lambda: key(True), TypeError, "the seed of a key is an int, got True"),
    "no count": (lambda: uniform(0, 0), ValueError, "count is at least 1, got 0"),
    "half a count": (
        lambda: split(0, 1.5),  # type: ignore[arg-type]
        TypeError,
        "count is a positive int, got 1.5",
    ),
    "a count of nothing": (
        lambda: split(0, None),  # type: ignore[arg-type]
        TypeError,
        "count is a positive int, got None",
    ),
    "limits that cross": (
        lambda: uniform(0, low=1.0, high=0.0),
        ValueError,
        "uniform wants low up to high, got low 1.0 and high 0.0",
    ),
    "an infinite limit": (
        lambda: uniform(0, high=math.inf),
        ValueError,
        "high of uniform is finite, got inf",
    ),
    "a text": (
        lambda: uniform(0, low="a"),  # type: ignore[arg-type]
        TypeError,
        "low of uniform holds one real number, got str: convert it first, with float(text)",
    ),
    "a deviation below 0": (
        lambda: normal(0, deviation=-1.0),
        ValueError,
        "deviation of normal is at least 0, got -1.0",
    ),
    "a probability above 1": (
        lambda: bernoulli(0, 1.5),
        ValueError,
        "probability of bernoulli is from 0 to 1, got 1.5",
    ),
    "no integer": (
        lambda: integers(0, 5, 5),
        ValueError,
        "integers wants low below high, got 5 and 5",
    ),
    "a fraction as limit": (
        lambda: integers(0, 0, 1.5),
        ValueError,
        "high of integers is a whole number within ±2**52, got 1.5",
    ),
    "no class": (
        lambda: categorical(0, []),
        ValueError,
        "categorical needs one logit for each class, got none",
    ),
    "one logit": (
        lambda: categorical(0, 1.0),  # type: ignore[arg-type]
        TypeError,
        "categorical takes a list of logits, one for each class, got float",
    ),
    "a nan": (
        lambda: categorical(0, [0.0, math.nan]),
        ValueError,
        "logit 1 of categorical is nan",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_argument_is_named(name: str) -> None:
    action, kind, message = WRONG[name]
    assert raised(kind, action) == message


def test_a_traced_key_is_not_checked_and_still_gives_the_bits_of_the_formula() -> None:
    for k in (-1.0, 0.5, 2.0**60, math.nan):
        for backend in BACKENDS:
            got = compile(lambda k: fold_in(k, 1), backend=backend)(k)
            assert bits(got) == bits(c.fold_in(k, 1.0))


def test_the_room_is_there_when_it_is_used() -> None:
    assert ag.random is random
    assert "random" in dir(ag)


# --- the edges of what is allowed -----------------------------------------------------------


def test_a_range_beyond_the_floats_and_classes_without_a_chance_are_refused() -> None:
    assert "high - low up to 1.8e308" in raised(
        ValueError, lambda: uniform(1.0, 3, low=-1e308, high=1e308)
    )
    no_class = [-math.inf, -math.inf]
    assert "needs a logit above -inf" in raised(ValueError, lambda: categorical(1.0, no_class))


@pytest.mark.parametrize("deviation", [0.0, 5e-324, 1.0])
@pytest.mark.parametrize("mean", [0.0, -0.0, 2.0])
def test_zeros_have_the_same_sign_compiled(mean: float, deviation: float) -> None:
    compile(lambda k, m, d: normal(k, 4, mean=m, deviation=d)).verify(key(3), mean, deviation)
    for low, high in ((0.0, -0.0), (-0.0, -0.0), (mean, mean)):
        compile(lambda k, low, high: uniform(k, 2, low=low, high=high)).verify(key(3), low, high)
