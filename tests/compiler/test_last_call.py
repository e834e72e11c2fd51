"""The last call, remembered: a call that differs is taken as a first one is."""

import gc
import weakref
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest

from autograd import Value, compile, constant, no_grad, strict, value_and_grad, vmap
from autograd.compiler import (
    compiled as compiled_module,
    packing,
)
from autograd.compiler.last_call import MOST_READERS
from autograd.engine.nesting import DEEPEST
from autograd.nn import MLP, Dropout, Module, Neuron
from autograd.optim import SGD, Adam
from tests.bits import bits
from tests.compiler.test_columns import described

np = pytest.importorskip("numpy")
of = partial(compile, backend="python")


class Pair(NamedTuple):
    x: float
    y: float


class Couple(NamedTuple):
    x: float
    y: float


Function = Callable[..., Any]


class Numbers(list[float]):
    pass


class Float(float):
    pass


def leaves(x: Any) -> list[Any]:
    """All numbers in nested arguments; a Module stands for its parameters."""
    if isinstance(x, dict):
        x = [x[key] for key in x]
    if isinstance(x, Module):
        x = x.parameters()
    return [y for item in x for y in leaves(item)] if isinstance(x, (list, tuple)) else [x]


def summed(*args: Any) -> Any:
    return [total + float(i) for i, total in enumerate(leaves(args), 1)]


@contextmanager
def no_readers(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as patched:
        patched.setattr(compiled_module, "MOST_READERS", 0)
        yield


@contextmanager
def in_python(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Calls like the last are read, and their results built, without the engine in C."""
    with monkeypatch.context() as patched:
        patched.setattr(packing, "native", None)
        yield


def outcome(function: Function, args: Any) -> Any:
    try:
        return bits(function(*args))
    except Exception as error:
        return type(error), str(error)


def told(function: Function, calls: list[Any]) -> list[Any]:
    """What each call gives, and how many recordings there are after it."""
    return [(outcome(function, args), len(function._recordings.values())) for args in calls]  # type: ignore[attr-defined]


FLOATS = [1.0, 2.0, 3.0]
ROWS = [[1.0, 2.0], [3.0, 4.0]]
ARRAY = np.array([1.0, 2.0])
NAMED = {"a": 1.0, "b": [2.0]}
CHANGES: dict[str, tuple[Any, Any]] = {
    "other numbers": (FLOATS, [4.0, 5.0, 6.0]),
    "a length": (FLOATS, [1.0, 2.0]),
    "an int for a float": (FLOATS, [1.0, 2, 3.0]),
    "an int that no float holds": ([1, 2], [1, 10**400]),
    "a bool for a float": (FLOATS, [1.0, True, 3.0]),
    "a bool for an int": ([1, 2], [1, True]),
    "a text": (FLOATS, [1.0, "2.0", 3.0]),
    "None": (FLOATS, [1.0, None, 3.0]),
    "a Value": (FLOATS, [1.0, Value(2.0), 3.0]),
    "a number of numpy": (FLOATS, [1.0, np.float64(2.0), 3.0]),
    "a subclass of float": (FLOATS, [1.0, Float(2.0), 3.0]),
    "a list for a number": (FLOATS, [1.0, [2.0], 3.0]),
    "a number for a list": (ROWS, [[1.0, 2.0], 3.0]),
    "a tuple for a list": (FLOATS, (1.0, 2.0, 3.0)),
    "a subclass of list": (FLOATS, Numbers(FLOATS)),
    "another named tuple": (Pair(1.0, 2.0), Couple(1.0, 2.0)),
    "a tuple for a named tuple": (Pair(1.0, 2.0), (1.0, 2.0)),
    "no list": (FLOATS, 1.0),
    "the length of a row": (ROWS, [[1.0, 2.0], [3.0]]),
    "the number of rows": (ROWS, [*ROWS, [5.0, 6.0]]),
    "the lengths of rows in all alike": ([[1.0, 2.0], [3.0, 4.0]], [[1.0], [2.0, 3.0, 4.0]]),
    "the kind of a row": (ROWS, [[1.0, 2.0], (3.0, 4.0)]),
    "a bool in a row": (ROWS, [[1.0, 2.0], [3.0, False]]),
    "the order of keys": (NAMED, {"b": [2.0], "a": 1.0}),
    "a key": (NAMED, {"a": 1.0, "c": [2.0]}),
    "one more key": (NAMED, {**NAMED, "c": 3.0}),
    "the type of a key": ({1: 2.0}, {True: 2.0}),
    "an ordered dict": (NAMED, OrderedDict(NAMED)),
    "an array for a list": (FLOATS, np.array(FLOATS)),
    "a list for an array": (ARRAY, [1.0, 2.0]),
    "the shape of an array": (ARRAY, ARRAY.reshape(2, 1)),
    "an array that would be spread": (ARRAY, np.array([1.0])),
    "a number for an array": ({"a": ARRAY, "b": 1.0}, {"a": 1.0, "b": 1.0}),
    "an array of ints": (ARRAY, np.array([1, 2])),
    "an array of half the bits": (ARRAY, ARRAY.astype(np.float32)),
    "an array of bools": (ARRAY, np.array([True, False])),
    "an array of objects": (ARRAY, np.array([1.0, Value(2.0)], dtype=object)),
    "a masked array": (ARRAY, np.ma.masked_array(ARRAY, [True, False])),
    "an array of strides": (ARRAY, np.arange(4.0)[::2]),
    "a bool beside an array": ([ARRAY, 1.0], [ARRAY, True]),
    "an array without axes": ([ARRAY, 1.0], [ARRAY, np.array(2.0)]),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_call_that_differs_from_the_last_is_taken_as_a_first_one(
    change: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, after = CHANGES[change]
    calls = [(x, 0.5) for x in (before, before, after, after, before, after)]
    found = told(of(summed), calls)
    for otherwise in (in_python, no_readers):
        with otherwise(monkeypatch):
            assert found == told(of(summed), calls)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([1.0, 2.0], [3.0, 4.0, 5.0]),
        ([1.0, 2.0], [3.0, True]),
        ([1.0, 2.0], [3, 4.0]),
        ([1.0, 2.0], [[3.0], [4.0]]),
        ([1.0, 2.0], []),
        ([1, 2.0], [3.0, 4]),
        ([[1.0, 2.0], [3.0, 4.0]], [[5.0, 6.0]] * 3),
        ([[1.0, 2.0], [3.0, 4.0]], [[5.0, 6.0, 7.0]] * 2),
        ([[1.0, 2.0], [3.0, 4.0]], [[5.0, 6.0], [7.0]]),
        ([[1.0, 2.0], [3.0, 4.0]], [[5.0, 6.0], (7.0, 8.0)]),
        ([[1.0, 2.0], [3.0, 4.0]], [[5.0, 6.0], [7.0, None]]),
        ([[1.0, 2.0], [3.0, 4.0]], [[5.0, 6.0], [7, 8]]),
        ([[1.0, 2.0], [3.0, 4.0]], np.ones((2, 2))),
        ([[1.0, [2.0]], [3.0, [4.0]]], [[5.0, [6.0]]] * 3),
        ([{"a": 1.0}, {"a": 2.0}], [{"b": 1.0}, {"b": 2.0}]),
        ([1.0, 2.0], ARRAY),
        (ARRAY, [1.0, 2.0]),
        (ARRAY, np.array([1, 2, 3])),
        (ARRAY, np.array([[1.0], [2.0]])),
        (ARRAY, np.array([True, False])),
        (ARRAY, np.array([])),
        (ARRAY, np.ma.masked_array(ARRAY, [True, False])),
        (np.ones((2, 2, 3)), np.ones((4, 2, 3))),
        (np.ones((2, 2, 3)), np.ones((2, 3, 2))),
        ((ARRAY, ARRAY), (ARRAY, [1.0, 2.0])),
    ],
)
@pytest.mark.parametrize("shared", [(0.5, 0.25), (0.5, True), (0.5, ARRAY)])
def test_so_is_a_call_of_a_batch(
    before: Any, after: Any, shared: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def f(shared: Any, *xs: Any) -> Any:
        return summed(shared, xs)

    batch = vmap(f, (None, 0))
    calls = [(s, x) for s in shared for x in (before, before, after, after, before)]
    found = told(of(batch), calls)
    for otherwise in (in_python, no_readers):
        with otherwise(monkeypatch):
            assert found == told(of(batch), calls)


def test_the_number_of_arguments_may_change() -> None:
    def f(x: Any, y: Any = 2.0) -> Any:
        return x * 10.0 + y

    compiled = of(f)
    assert [compiled(1.0), compiled(1.0), compiled(1.0, 3.0), compiled(1.0, 3.0)] == [
        12,
        12,
        13,
        13,
    ]
    assert [compiled(y=1.0, x=3.0), compiled(1.0, 4.0), compiled(1.0)] == [31, 14, 12]
    with pytest.raises(TypeError):
        compiled(1.0, 2.0, 3.0)


def test_a_static_argument_is_asked_each_time() -> None:
    compiled = of(lambda x, n: x * float(n), static="n")
    assert [compiled(2.0, n) for n in (1, 1, 3, True, 3)] == [2.0, 2.0, 6.0, 2.0, 6.0]


SCALE = 2.0


def test_what_is_read_besides_the_arguments_is_asked_each_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    compiled = of(lambda x: x * SCALE)
    assert [compiled(1.0), compiled(1.0)] == [2.0, 2.0]
    monkeypatch.setitem(globals(), "SCALE", 3.0)
    assert [compiled(1.0), compiled(1.0)] == [3.0, 3.0]


def test_blocks_are_in_force_in_a_call_like_the_last() -> None:
    compiled = of(value_and_grad(lambda x: x / x))
    assert [compiled(1.0), compiled(1.0)] == [(1.0, 0.0)] * 2
    with strict(), pytest.raises(ArithmeticError):
        compiled(0.0)
    inner, model = of(gradients), Neuron(1, rng=0)
    known = [outcome(inner, (model, [1.0])) for _ in range(2)]
    with no_grad():
        changed = outcome(inner, (model, [1.0]))
    assert known[0] == known[1] != changed
    assert outcome(inner, (model, [1.0])) == known[0]


def test_a_lookup_out_of_range_is_told_as_ever() -> None:
    from autograd import lookup

    compiled = of(lambda xs, i: lookup(xs, i))
    assert [compiled([1.0, 2.0], 1.0), compiled([1.0, 2.0], 0.0)] == [2.0, 1.0]
    with pytest.raises(IndexError, match="2"):
        compiled([1.0, 2.0], 2.0)


# --- Modules --------------------------------------------------------------------------------


class Holder(Module):
    """Holds something of every kind that a cache key tells."""

    def __init__(self) -> None:
        self.weights = [Value(1.0), Value(2.0)]
        self.inner = MLP(1, [1], rng=0)
        self.layers = {"a": Value(3.0)}
        self.fixed, self.rate, self.floats = constant(0.5), 0.25, [1.0, 2.0]
        self.options = SimpleNamespace(scale=2.0)
        self.names, self.kinds = ("x", [1]), {1, 2}
        self.function = partial(pow, 2.0)
        self.other: Any = None

    def forward(self, x: Any) -> Any:
        hidden = x * self.weights[0] + self.weights[-1] + self.inner([x]) * self.layers["a"]
        return (
            hidden * self.fixed * self.rate
            + sum(self.floats) * self.options.scale
            + float(self.names[1][0])
            + float(len(self.kinds))
            + self.function(float(len(self.weights)))
            + (0.0 if self.other is None else 1.0)
        )


def change_number(m: Holder) -> None:
    m.weights[0].data = 9.0


def replace_parameter(m: Holder) -> None:
    m.weights[0] = Value(5.0)


def share_a_parameter(m: Holder) -> None:
    m.weights[1] = m.weights[0]


def add_parameter(m: Holder) -> None:
    m.weights.append(Value(7.0))


def take_a_parameter_away(m: Holder) -> None:
    del m.weights[1]


def freeze_one(m: Holder) -> None:
    m.weights[0].is_constant = True


def freeze_inner(m: Holder) -> None:
    m.inner.freeze()


def replace_inner(m: Holder) -> None:
    m.inner = MLP(1, [1], rng=1)


def other_class(m: Holder) -> None:
    m.__class__ = type("Other", (Holder,), {"forward": lambda self, x: x * self.weights[0]})


def other_attributes(m: Holder) -> None:
    vars(m)["inner"] = MLP(1, [2], rng=1)
    m.__dict__ = dict(vars(m))


def setting(m: Holder) -> None:
    m.rate = 0.75


def zero_of_another_sign(m: Holder) -> None:
    m.floats[0] = -0.0


def evaluate(m: Holder) -> None:
    m.eval()


def new_attribute(m: Holder) -> None:
    m.other = 1


def constant_inside(m: Holder) -> None:
    m.fixed.data = 4.0


def name_inside(m: Holder) -> None:
    m.options.scale = 3.0


def list_inside(m: Holder) -> None:
    m.names[1][0] = 2


def set_inside(m: Holder) -> None:
    m.kinds.add(3)


def function_inside(m: Holder) -> None:
    m.function = partial(pow, 3.0)


def key_inside(m: Holder) -> None:
    m.layers = {"b": Value(1.0), **m.layers}


def module_named(m: Holder) -> None:
    m.named_parameters = lambda: [("x", m.weights[0])]  # type: ignore[method-assign]


MUTATIONS = [
    *(change_number, replace_parameter, share_a_parameter, add_parameter, take_a_parameter_away),
    *(freeze_one, freeze_inner, replace_inner, other_class, other_attributes, setting),
    *(zero_of_another_sign, evaluate, new_attribute, constant_inside, name_inside, list_inside),
    *(set_inside, function_inside, key_inside, module_named),
]


def gradients(m: Any, x: Any) -> Any:
    m.zero_grad()
    y = m(x)
    y.backward()
    return y, [p.grad or 0.0 for p in m.parameters()]


@pytest.mark.parametrize("mutate", MUTATIONS, ids=lambda one: one.__name__)
@pytest.mark.parametrize("function", [gradients, lambda m, x: m(x)], ids=["gradients", "forward"])
def test_a_change_of_a_module_is_noticed(
    mutate: Callable[[Holder], None], function: Function, monkeypatch: pytest.MonkeyPatch
) -> None:
    def outcomes() -> list[Any]:
        compiled, model = of(function), Holder()
        found = told(compiled, [(model, 1.0)] * 3)
        mutate(model)
        return found + told(compiled, [(model, 1.0)] * 3 + [(Holder(), 1.0)] * 2 + [(model, 2.0)])

    found = outcomes()
    with no_readers(monkeypatch):
        assert found == outcomes()


def test_the_parameters_of_two_modules_keep_their_places() -> None:
    def step(a: Any, b: Any, x: Any) -> Any:
        a.zero_grad()
        b.zero_grad()
        (a([x]) + 2.0 * b([x])).backward()
        return [[p.grad for p in m.parameters()] for m in (a, b)]

    one, two = Neuron(1, rng=0), Neuron(1, rng=1)
    compiled = of(step)
    for pair in [(one, two), (one, two), (two, one), (one, one), (one, one), (one, two)]:
        assert bits(compiled(*pair, 2.0)) == bits(step(*pair, 2.0))


@pytest.mark.parametrize("kind", [SGD, Adam])
def test_a_training_step_sees_a_change_of_its_optimizer(kind: Any) -> None:
    def step(model: Any, optimizer: Any, x: Any) -> Any:
        optimizer.zero_grad()
        loss = model([x]) ** 2
        loss.backward()
        optimizer.step()
        return loss

    def run(step: Function) -> list[Any]:
        model = MLP(1, [2, 1], rng=0)
        optimizer = kind(model, lr=0.1)
        losses = [step(model, optimizer, 1.0) for _ in range(3)]
        optimizer.lr = 0.01
        losses += [step(model, optimizer, 1.0) for _ in range(3)]
        model.layers[0].freeze()
        losses += [step(model, optimizer, 1.0) for _ in range(3)]
        optimizer = kind(model, lr=0.2)
        losses += [step(model, optimizer, 1.0) for _ in range(3)]
        return [[x.data if isinstance(x, Value) else x for x in losses], model.state_dict()]

    assert bits(run(of(step))) == bits(run(step))


def change_betas(optimizer: Any) -> None:
    optimizer.betas = (0.5, 0.999)


def change_a_group(optimizer: Any) -> None:
    optimizer.param_groups[0].eps = 1e-3


def zero_of_another_sign_as_decay(optimizer: Any) -> None:
    optimizer.weight_decay = -0.0


def set_an_attribute(optimizer: Any) -> None:
    optimizer.note = "new"


def set_an_array(optimizer: Any) -> None:
    optimizer.note = np.zeros(2)


def forget_a_parameter(optimizer: Any) -> None:
    optimizer.__init__(optimizer.parameters[1:], lr=0.1)


OF_OPTIMIZERS = [
    *(change_betas, change_a_group, zero_of_another_sign_as_decay, set_an_attribute, set_an_array),
    forget_a_parameter,
]


@pytest.mark.parametrize("change", OF_OPTIMIZERS, ids=lambda one: one.__name__)
@pytest.mark.parametrize("note", [None, b"\0" * 16, [1.0, "a"]], ids=repr)
def test_a_change_of_an_optimizer_is_noticed(
    change: Callable[[Any], None], note: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def step(model: Any, optimizer: Any, x: Any) -> Any:
        optimizer.zero_grad()
        loss = model([x]) ** 2
        loss.backward()
        optimizer.step()
        return loss

    def outcomes() -> list[Any]:
        model, compiled = MLP(1, [2, 1], rng=0), of(step)
        optimizer = Adam(model, lr=0.1)
        optimizer.note = note  # type: ignore[attr-defined]
        found = told(compiled, [(model, optimizer, 1.0)] * 3)
        change(optimizer)
        found += told(compiled, [(model, optimizer, 1.0)] * 3)
        return [found, bits(optimizer.numbers()), bits(model.state_dict())]

    found = outcomes()
    with no_readers(monkeypatch):
        assert found == outcomes()


def test_another_optimizer_of_the_same_settings_is_read_like_the_last() -> None:
    def step(model: Any, optimizer: Any, x: Any) -> Any:
        optimizer.zero_grad()
        model([x]).backward()
        optimizer.step()

    gc.collect()  # a block that an error has left, in a test before, counts until it is collected
    compiled = of(step)
    for _ in range(4):
        model = Neuron(1, rng=0)
        for _ in range(2):
            compiled(model, SGD(model, lr=0.1), 1.0)
    (recorded,) = compiled._recordings.values()
    assert recorded.readers == 4  # one for each model


def test_a_dropout_is_asked_each_time_whether_it_trains() -> None:
    model = Dropout(0.5)
    model.eval()
    compiled = of(lambda m, x: m([x]))
    assert [compiled(model, 1.0), compiled(model, 1.0)] == [[1.0], [1.0]]
    model.train()
    with pytest.raises(Exception, match="Dropout"):
        compiled(model, 1.0)


def test_a_module_and_what_it_holds_is_not_kept_alive() -> None:
    compiled, model = of(lambda m, x: m([x])), MLP(1, [2, 1], rng=0)
    for _ in range(3):
        compiled(model, 1.0)
    kept = [weakref.ref(x) for x in (model, model.layers[0])]
    del model
    gc.collect()
    assert [one() for one in kept] == [None, None]


def test_readers_are_not_made_for_ever() -> None:
    compiled = of(summed)
    for i in range(3 * MOST_READERS):
        compiled(ARRAY.astype(np.float16 if i % 2 else ">f8"))
    (recorded,) = compiled._recordings.values()
    assert recorded.readers == MOST_READERS


def test_calls_in_c_give_what_those_in_python_do(monkeypatch: pytest.MonkeyPatch) -> None:
    def f(weights: Any, x: Any, rows: Any) -> Any:
        scaled = {name: [w * x for w in ws] for name, ws in weights.items()}
        return {"scaled": scaled, "rows": rows, "pair": Pair(x, -x), "none": ((), [], {})}

    weights = {"a": [1.0, -0.0], "b": (float("nan"), 2)}
    rows: Any
    for rows in ([[1.0, 2.0], [3.0, 4.0]], np.arange(4.0).reshape(2, 2), np.ones((2, 2)).T):
        calls = [(weights, x, rows) for x in (2.0, 3.0, -1, 0.5)]
        found = [described(of(f)(*args)) for args in calls]
        compiled = of(f)
        assert [described(compiled(*args)) for args in calls] == found
        with in_python(monkeypatch):
            compiled = of(f)
            assert [described(compiled(*args)) for args in calls] == found


def test_an_array_that_was_given_stays_as_it_was() -> None:
    compiled = of(lambda x: [2.0 * y for y in x])
    results = [compiled(np.array([1.0, float(i)])) for i in range(4)]
    assert [x.tolist() for x in results] == [[2.0, 2.0 * i] for i in range(4)]
    results[-1][0] = 7.0
    assert compiled(np.array([1.0, 1.0])).tolist() == [2.0, 2.0]


def test_deep_lists_are_read_where_python_is_deep_in_calls_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    nested: Any = 1.0
    for _ in range(DEEPEST):
        nested = [nested]

    def inner(x: Any) -> Any:
        while isinstance(x, list):
            (x,) = x
        return x * 2.0

    def calls_that_work(compiled: Function) -> int:
        compiled(nested)

        def below(calls: int) -> Any:
            return below(calls - 1) if calls else compiled(nested)

        for calls in range(500, 1000, 10):
            try:
                assert below(calls) == 2.0
            except RecursionError:
                break
        return calls

    found = calls_that_work(of(inner))
    with no_readers(monkeypatch):
        assert found >= calls_that_work(of(inner))
