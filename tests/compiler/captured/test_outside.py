"""What a function reads besides its arguments, and changes between two calls."""

import contextlib
import enum
import functools
import sys
import types
import warnings
import weakref
from collections import OrderedDict, UserDict, defaultdict, deque, namedtuple
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import pytest

import autograd as ag
from autograd import (
    Op,
    RecordedAgainWarning,
    TracedValueError,
    Value,
    compile,
    constant,
    value_and_grad,
    vmap,
)
from autograd.nn import MLP, Module
from autograd.optim import SGD
from autograd.transforms.trees import flatten_numbers

of = functools.partial(compile, backend="python")


def bits(results: Any) -> list[str]:
    return [repr(float(getattr(x, "_data", x))) for x in flatten_numbers(results)[0]]


Case = Callable[[], tuple[Any, Callable[[], None]]]  # a function, and what changes its outside
CASES: dict[str, Case] = {}


def case(make: Case) -> Case:
    CASES[make.__name__.replace("_", " ")] = make
    return make


# --- what a function closes over ------------------------------------------------------------


@case
def a_number() -> Any:
    k = 2.0

    def change() -> None:
        nonlocal k
        k = 3.0

    return lambda x: x * k, change


@case
def a_list() -> Any:
    ks = [2.0, 1.0]
    return lambda x: x * ks[0], lambda: ks.__setitem__(0, 3.0)


@case
def the_sign_of_a_zero() -> Any:
    ks = [0.0]
    return lambda x: x * ks[0], lambda: ks.__setitem__(0, -0.0)


@case
def the_sign_of_a_zero_in_a_variable() -> Any:
    box = {"k": 0.0}
    return lambda x: x * box["k"], lambda: box.update(k=-0.0)


@case
def the_length_of_a_list() -> Any:
    ks = [2.0]
    return lambda x: sum(x * k for k in ks), lambda: ks.append(5.0)


@case
def a_list_in_lists() -> Any:
    rows: Any = [[[1.0]], [[2.0, "text"]]]
    return lambda x: x * rows[1][0][0], lambda: rows[1][0].__setitem__(0, 3.0)


@case
def a_list_in_a_tuple() -> Any:
    held = (1.0, [2.0])
    return lambda x: x * held[1][0], lambda: held[1].append(held[1].pop() + 1.0)


@case
def a_dict() -> Any:
    config: Any = {"k": 2.0, "deep": {"k": 1.0}}
    return lambda x: x * config["k"] + config["deep"]["k"], lambda: config["deep"].update(k=4.0)


@case
def the_keys_of_a_dict() -> Any:
    config = {1.0: 1.0}

    def change() -> None:
        config[2.0] = config.pop(1.0)

    return lambda x: x * sum(config), change


@case
def dicts_of_other_kinds() -> Any:
    a, b = OrderedDict(k=2.0), defaultdict(float, k=3.0)
    return lambda x: x * a["k"] + b["k"], lambda: b.update(k=4.0)


@case
def a_deque() -> Any:
    last = deque([1.0, 2.0], maxlen=2)
    return lambda x: x * last[0], lambda: last.append(3.0)


@case
def a_set() -> Any:
    on = {"bias"}
    return lambda x: x + 1.0 if "bias" in on else x, lambda: on.clear()


@case
def an_array() -> Any:
    w = np.array([1.0, 2.0])
    return lambda x: x * float(w[1]), lambda: w.__setitem__(1, 5.0)


@case
def a_view_of_an_array() -> Any:
    w = np.arange(6.0).reshape(2, 3)
    column = w[:, 1]
    return lambda x: x * float(column[1]), lambda: w.__setitem__((1, 1), 9.0)


@case
def an_array_without_axes() -> Any:
    w = np.array(2.0)
    return lambda x: x * float(w), lambda: w.__setitem__((), 5.0)


@case
def a_constant() -> Any:
    k = constant(2.0)
    return lambda x: x * k, lambda: setattr(k, "data", 3.0)


@case
def the_number_of_a_value() -> Any:
    k = Value(2.0)
    return lambda x: x * k.data, lambda: setattr(k, "data", 3.0)


@case
def the_gradient_of_a_value() -> Any:
    k = Value(2.0)
    return lambda x: x - 0.1 * k.grad, lambda: (k * k).backward()


@case
def a_module() -> Any:
    model = MLP(1, [2, 1], rng=0)
    return (
        lambda x: x * model.layers[0].neurons[1].weights[0].data,
        lambda: setattr(model.layers[0].neurons[1].weights[0], "data", 7.0),
    )


@case
def the_state_dict_of_a_module() -> Any:
    model = MLP(1, [1], rng=0)
    return (
        lambda x: x * sum(model.state_dict().values()),
        lambda: setattr(model.parameters()[1], "data", 7.0),
    )


@case
def the_learning_rate_of_an_optimizer() -> Any:
    optimizer = SGD([Value(1.0)], lr=0.5)
    return lambda x: x * optimizer.lr, lambda: setattr(optimizer, "lr", 0.25)


# --- functions ------------------------------------------------------------------------------

SCALE = 2.0
TABLE = {"a": [1.0, 2.0]}


def scaled(x: Any) -> Any:
    return x * SCALE


def scaled_again(x: Any) -> Any:
    return scaled(x) + 1.0


def set_scale(to: float) -> None:
    global SCALE
    SCALE = to


@case
def a_global() -> Any:
    set_scale(2.0)
    return scaled, lambda: set_scale(3.0)


@case
def a_global_of_a_function_that_is_called() -> Any:
    set_scale(2.0)
    return lambda x: sum([scaled_again(y) for y in [x]]), lambda: set_scale(4.0)


@case
def a_list_in_a_global() -> Any:
    TABLE["a"] = [1.0, 2.0]
    return lambda x: x * TABLE["a"][1], lambda: TABLE["a"].append(TABLE["a"].pop(0))


@case
def a_closure_in_a_closure() -> Any:
    ks = [2.0]

    def inner(x: Any) -> Any:
        return x * ks[0]

    def outer(x: Any) -> Any:
        return inner(x) + 1.0

    return outer, lambda: ks.__setitem__(0, 3.0)


@case
def a_default() -> Any:
    def f(x: Any, ks: Any = [2.0]) -> Any:  # noqa: B006 # which is what this is about
        return x * ks[0]

    wrapper: Any = lambda x: f(x)  # noqa: E731
    return wrapper, lambda: f.__defaults__[0].append(f.__defaults__[0].pop() + 1.0)  # type: ignore[index]


@case
def defaults_that_are_assigned() -> Any:
    def f(x: Any, k: float = 2.0) -> Any:
        return x * k

    return lambda x: f(x), lambda: setattr(f, "__defaults__", (3.0,))


@case
def a_default_by_name() -> Any:
    ks = {"k": 2.0}

    def f(x: Any, *, options: Any = ks) -> Any:
        return x * options["k"]

    return lambda x: f(x), lambda: ks.update(k=3.0)


@case
def an_attribute_of_a_function() -> Any:
    def f(x: Any) -> Any:
        return x * f.k  # type: ignore[attr-defined]

    f.k = 2.0  # type: ignore[attr-defined]
    return f, lambda: setattr(f, "k", 3.0)


@case
def a_function_that_is_replaced() -> Any:
    rule = {"f": ag.tanh}
    return lambda x: rule["f"](x), lambda: rule.update(f=ag.sin)


@case
def a_partial() -> Any:
    ks = [2.0]
    f = functools.partial(lambda ks, x: x * ks[0], ks)
    return lambda x: f(x), lambda: ks.__setitem__(0, 3.0)


@case
def a_partial_itself() -> Any:
    ks = [2.0]
    return functools.partial(lambda ks, x: x * ks[0], ks), lambda: ks.__setitem__(0, 3.0)


@case
def a_decorated_function() -> Any:
    ks = [2.0]

    def twice(f: Any) -> Any:
        @functools.wraps(f)
        def g(x: Any) -> Any:
            return f(f(x))

        return g

    return twice(lambda x: x * ks[0]), lambda: ks.__setitem__(0, 3.0)


@case
def an_operator_that_is_a_wrapped_function() -> Any:
    ks = [2.0]

    class Scale:
        @functools.lru_cache(0)  # noqa: B019 # which keeps nothing
        def __call__(self, x: Any) -> Any:
            return x * ks[0]

    scale = Scale()
    return lambda x: scale(x), lambda: ks.__setitem__(0, 3.0)


@case
def a_bound_method_of_a_list() -> Any:
    ks = [2.0]
    get = ks.__getitem__
    return lambda x: x * get(0), lambda: ks.__setitem__(0, 3.0)


@case
def a_gradient() -> Any:
    ks = [2.0]
    return value_and_grad(lambda x: x * x * ks[0]), lambda: ks.__setitem__(0, 3.0)


@case
def a_compiled_function() -> Any:
    ks = [2.0]
    inner = of(lambda x: x * ks[0])
    return lambda x: inner(x) + 1.0, lambda: ks.__setitem__(0, 3.0)


@case
def an_op_of_the_user() -> Any:
    ks = [2.0]
    op = Op("scaled", lambda x: x * ks[0], lambda x, out: ks[0])
    return lambda x: op(x), lambda: ks.__setitem__(0, 3.0)


@case
def a_module_of_python() -> Any:
    config = types.ModuleType("my_config")
    config.K = 2.0  # type: ignore[attr-defined]
    return lambda x: x * config.K, lambda: setattr(config, "K", 3.0)


# --- objects --------------------------------------------------------------------------------


class Plain:
    k = 2.0

    def __init__(self) -> None:
        self.own = 1.0
        self.history: list[float] = []

    @property
    def doubled(self) -> float:
        return self.own * 2.0

    @functools.cached_property
    def kept(self) -> float:
        return self.own

    def method(self, x: Any) -> Any:
        return x * self.own * self.k

    def __call__(self, x: Any) -> Any:
        return x * self.own


@dataclass
class Settings:
    k: float = 2.0
    inner: list[float] = field(default_factory=lambda: [1.0])


@dataclass(slots=True)
class Slotted:
    k: float = 2.0


class Pair(NamedTuple):
    first: Any
    second: Any


@case
def an_attribute() -> Any:
    x = Plain()
    return lambda y: y * x.own, lambda: setattr(x, "own", 3.0)


@case
def a_method() -> Any:
    x = Plain()
    return x.method, lambda: setattr(x, "own", 3.0)


@case
def a_callable_object() -> Any:
    x = Plain()
    return x, lambda: setattr(x, "own", 3.0)


@case
def a_property() -> Any:
    x = Plain()
    return lambda y: y * x.doubled, lambda: setattr(x, "own", 3.0)


@case
def an_attribute_by_getattr() -> Any:
    x, name = Plain(), "own"
    return lambda y: y * getattr(x, name), lambda: setattr(x, name, 3.0)


@case
def an_attribute_of_the_class() -> Any:
    class Own(Plain):
        pass

    x = Own()
    return x.method, lambda: setattr(Own, "k", 5.0)


@case
def an_attribute_over_that_of_the_class() -> Any:
    x = Plain()
    return x.method, lambda: setattr(x, "k", 5.0)


@case
def a_method_that_is_replaced() -> Any:
    class Own(Plain):
        pass

    x = Own()
    return lambda y: x.method(y), lambda: setattr(Own, "method", lambda self, y: y * 7.0)


@case
def a_dataclass() -> Any:
    s = Settings()
    return lambda x: x * s.k * s.inner[0], lambda: s.inner.__setitem__(0, 4.0)


@case
def a_dataclass_with_slots() -> Any:
    s = Slotted()
    return lambda x: x * s.k, lambda: setattr(s, "k", 4.0)


@case
def a_namespace() -> Any:
    s = types.SimpleNamespace(k=2.0)
    return lambda x: x * s.k, lambda: setattr(s, "k", 4.0)


@case
def a_named_tuple_of_lists() -> Any:
    pair = Pair([1.0], 2.0)
    return lambda x: x * pair.first[0], lambda: pair.first.__setitem__(0, 4.0)


@case
def objects_in_objects() -> Any:
    s = types.SimpleNamespace(model=types.SimpleNamespace(layers=[Plain(), Plain()]))
    return lambda x: x * s.model.layers[1].own, lambda: setattr(s.model.layers[1], "own", 9.0)


class Mode(enum.Enum):
    SLOW = 1.0
    FAST = 2.0


@case
def a_member_of_an_enumeration() -> Any:
    s = types.SimpleNamespace(mode=Mode.SLOW)
    return lambda x: x * s.mode.value, lambda: setattr(s, "mode", Mode.FAST)


@case
def an_attribute_by_a_pattern() -> Any:
    s = Settings()

    def f(x: Any) -> Any:
        match s:
            case Settings(k, _):
                return x * k

    return f, lambda: setattr(s, "k", 3.0)


@case
def a_view_of_a_dict() -> Any:
    ks = {"a": 1.0}
    values = ks.values()
    return lambda x: x * sum(values), lambda: ks.update(b=2.0)


@case
def a_dict_of_the_users() -> Any:
    class Config(dict[str, float]):
        __getattr__ = dict.__getitem__

    config: Any = Config(k=2.0)
    return lambda x: x * config.k, lambda: config.update(k=4.0)


@case
def the_content_of_another_dict_class() -> Any:
    config = UserDict(k=3.0)
    return lambda x: x * config["k"], lambda: config.update(k=4.0)


@case
def what_a_weak_reference_is_to() -> Any:
    x = Plain()
    there = weakref.ref(x)
    return lambda y: y * there().own, lambda: setattr(x, "own", 3.0)  # type: ignore[union-attr]


@case
def an_object_in_an_array() -> Any:
    rows = np.array([[2.0], [1.0, 2.0]], dtype=object)
    return lambda x: x * rows[0][0], lambda: rows[0].__setitem__(0, 3.0)


@case
def bytes_that_change() -> Any:
    held = bytearray(b"\x02"), memoryview(bytearray(b"\x02"))
    return lambda x: x * held[0][0] * held[1][0], lambda: held[1].__setitem__(0, 3)


@case
def a_global_by_its_text() -> Any:
    set_scale(2.0)
    return lambda x: x * globals()["SCALE"], lambda: set_scale(5.0)


@case
def what_is_imported_inside() -> Any:
    config = types.ModuleType("a_module_of_this_test")
    config.K = 2.0  # type: ignore[attr-defined]
    sys.modules[config.__name__] = config

    def f(x: Any) -> Any:
        from a_module_of_this_test import K  # type: ignore[import-not-found]

        return x * K

    return f, lambda: setattr(config, "K", 3.0)


@case
def what_a_base_reads() -> Any:
    class Base:
        k = 2.0

        def f(self, x: Any) -> Any:
            return x * self.k

    class Derived(Base):
        def f(self, x: Any) -> Any:
            return super().f(x)

    x = Derived()
    return lambda y: x.f(y), lambda: setattr(Base, "k", 3.0)


@case
def a_descriptor() -> Any:
    class Stored:
        def __get__(self, x: Any, kind: Any = None) -> Any:
            return x.__dict__["stored"]

    class Own:
        v = Stored()

    x: Any = Own()
    x.stored = 2.0
    return lambda y: y * x.v, lambda: setattr(x, "stored", 3.0)


@case
def a_context_manager() -> Any:
    ks = [2.0]

    @contextlib.contextmanager
    def setting() -> Iterator[float]:
        yield ks[0]

    def f(x: Any) -> Any:
        with setting() as k:
            return x * k

    return f, lambda: ks.__setitem__(0, 3.0)


@case
def an_object_made_inside() -> Any:
    class Own:
        k = 2.0

        def __init__(self, x: Any) -> None:
            self.x = x * self.k

    return lambda x: Own(x).x, lambda: setattr(Own, "k", 3.0)


@case
def a_static_method() -> Any:
    ks = [2.0]

    class Own:
        @staticmethod
        def f(x: Any) -> Any:
            return x * ks[0]

        @classmethod
        def g(cls, x: Any) -> Any:
            return cls.f(x)

    return lambda x: Own.g(x), lambda: ks.__setitem__(0, 3.0)


@pytest.mark.parametrize("name", CASES)
def test_a_change_outside_is_recorded_anew(name: str) -> None:
    f, change = CASES[name]()
    compiled = of(f)
    for _ in range(2):
        assert bits(compiled(1.5)) == bits(f(1.5))
    before = bits(f(1.5))
    change()
    assert bits(f(1.5)) != before
    for x in (1.5, 2, 1.5):
        assert bits(compiled(x)) == bits(f(float(x)))


# --- what stands in arguments ---------------------------------------------------------------


def test_a_class_attribute_of_a_module_argument_counts() -> None:
    class Scaled(Module):
        k = 2.0

        def __init__(self) -> None:
            self.w = Value(1.0)

        def forward(self, x: Any) -> Any:
            return self.w * x * self.k

    compiled, model = of(lambda m, x: m(x)), Scaled()
    assert compiled(model, 3.0) == 6.0
    Scaled.k = 5.0
    assert compiled(model, 3.0) == compiled([model][0], 3.0) == 15.0


def test_a_function_in_a_module_argument_counts() -> None:
    ks = [2.0]
    model = MLP(1, [1, 1], activation=lambda x: x * ks[0], rng=0)
    compiled = of(lambda m, x: m(x))
    for k in (2.0, 3.0):
        ks[0] = k
        assert compiled(model, 3.0) == model(3.0).data


def test_an_object_in_a_module_argument_counts() -> None:
    class Holder(Module):
        def __init__(self) -> None:
            self.w, self.settings = Value(1.0), Plain()

        def forward(self, x: Any) -> Any:
            return self.w * x * self.settings.own

    model, compiled = Holder(), of(lambda m, x: m[0](x))
    assert compiled([model], 3.0) == 3.0
    model.settings.own = 2.0
    assert compiled([model], 3.0) == 6.0


def test_what_a_static_argument_reads_counts() -> None:
    ks = [2.0]
    compiled = of(lambda x, rule: rule(x), static="rule")
    rule = lambda x: x * ks[0]  # noqa: E731
    assert compiled(3.0, rule) == 6.0
    ks[0] = 3.0
    assert compiled(3.0, rule) == 9.0


def test_batches_and_scans_see_changes() -> None:
    ks = [2.0]
    batch = of(vmap(lambda x: x * ks[0]))
    running = of(lambda total, x: (total + x * ks[0], total))
    for k in (2.0, 3.0, 2.0):
        ks[0] = k
        assert batch([1.0, 2.0]) == [k, 2.0 * k]
        assert running.scan(0.0, [1.0, 2.0])[0] == 3.0 * k


# --- what is recorded when ------------------------------------------------------------------


def counted(f: Any) -> tuple[list[Any], Any]:
    runs: list[Any] = []

    def g(*xs: Any) -> Any:
        runs.append(xs)
        return f(*xs)

    return runs, of(g)


def test_numbers_that_come_back_are_not_recorded_again() -> None:
    ks = [2.0]
    runs, compiled = counted(lambda x: x * ks[0])
    for k in [2.0, 3.0] * 20:
        ks[0] = k
        assert compiled(1.0) == k
    assert len(runs) == 2


def test_equal_numbers_in_other_objects_are_not_recorded_again() -> None:
    box = types.SimpleNamespace(ks=[2.0, 3.0], inner={"k": 1e300})
    runs, compiled = counted(lambda x: x * box.ks[0] * box.inner["k"])
    compiled(1.0)
    box.ks, box.inner = [float("2"), float("3")], {"k": float("1e300")}
    compiled(1.0)
    assert len(runs) == 1
    box.ks[0] = 4.0
    assert compiled(1.0) == 4e300
    assert len(runs) == 2


def test_what_no_code_reads_does_not_count() -> None:
    trainer, log = Plain(), []
    steps = 0

    def f(x: Any) -> Any:
        nonlocal steps
        steps += 1
        log.append(x)
        trainer.seen = x  # type: ignore[attr-defined]
        return trainer.method(x)

    compiled = of(f)
    for i in range(5):
        assert compiled(1.0) == 2.0
        trainer.history.append(float(i))
        trainer.best = i  # type: ignore[attr-defined]
    assert (steps, len(log)) == (1, 1)


class Trainer:
    def __init__(self) -> None:
        self.model, self.history, self.steps = MLP(1, [1], rng=0), [0.0], 0
        self.step = of(self.loss)

    def loss(self, model: Any, x: Any) -> Any:
        self.steps += 1
        return model(x) ** 2.0

    def fit(self) -> None:
        for _ in range(5):
            self.history.append(self.step(self.model, 1.0))
            self.model.parameters()[0].data = min(self.history)


def test_an_object_that_trains_is_recorded_once() -> None:
    trainer = Trainer()
    trainer.fit()
    assert (trainer.steps, len(trainer.step._recordings.values())) == (1, 1)


def test_a_function_that_changes_what_it_reads_is_recorded_at_each_call() -> None:
    count = [0.0]

    def f(x: Any) -> Any:
        count[0] += 1.0
        return x * count[0]

    compiled = of(f)
    assert [compiled(1.0) for _ in range(4)] == [1.0, 2.0, 3.0, 4.0]


def test_a_table_that_a_function_fills_is_recorded_twice_at_most() -> None:
    table: dict[int, float] = {}
    runs, compiled = counted(lambda x: x * table.setdefault(3, 9.0))
    assert [compiled(1.0) for _ in range(4)] == [9.0] * 4
    assert len(runs) == 2


def test_many_changes_are_told_with_the_name_of_what_changes() -> None:
    config = {"lr": 0.0, "other": 1.0}
    compiled = of(lambda x: x * config["lr"] * config["other"])

    def change() -> None:
        for i in range(30):
            config["lr"] = float(i)
            assert compiled(1.0) == i

    with pytest.warns(RecordedAgainWarning, match=r"10th time .*config\['lr'\]: pass it") as told:
        change()
    assert len(told) == 1
    assert told[0].filename == __file__


def test_lists_and_objects_may_hold_themselves() -> None:
    loop: list[Any] = [2.0]
    loop.append(loop)
    me = types.SimpleNamespace(k=3.0)
    me.me = me
    compiled = of(lambda x: x * loop[1][1][0] * me.me.me.k)
    assert compiled(1.0) == 6.0
    loop[0], me.k = 5.0, 4.0
    assert compiled(1.0) == 20.0


def test_deep_lists_outside_are_watched() -> None:
    deep: Any = [2.0]
    inner = deep
    for _ in range(5000):
        deep = [deep]

    def f(x: Any) -> Any:
        at = deep
        while isinstance(at[0], list):
            at = at[0]
        return x * at[0]

    compiled = of(f)
    assert compiled(1.0) == 2.0
    inner[0] = 3.0
    assert compiled(1.0) == 3.0


def items() -> Iterator[float]:
    yield from (1.0, 2.0, 3.0)


ITERATORS: dict[str, Callable[[], Any]] = {
    "a generator": items,
    "an iterator of a list": lambda: iter([1.0, 2.0]),
    "a map": lambda: map(float, range(3)),
    "an enumeration": lambda: enumerate([1.0]),
}


@pytest.mark.parametrize("name", ITERATORS)
def test_an_iterator_is_refused_by_name(name: str) -> None:
    batches = ITERATORS[name]()
    with pytest.raises(TracedValueError, match=r"batches is an iterator.*pass the item"):
        of(lambda x: x * next(batches))(1.0)


def test_an_iterator_of_ones_own_is_recorded_at_each_call() -> None:
    class Count:
        def __init__(self) -> None:
            self.n = 0.0

        def __iter__(self) -> Any:
            return self

        def __next__(self) -> float:
            self.n += 1.0
            return self.n

    numbers = Count()
    compiled = of(lambda x: x * next(numbers))
    assert [compiled(1.0) for _ in range(3)] == [1.0, 2.0, 3.0]


def test_a_file_may_be_written_to(capsys: pytest.CaptureFixture[str]) -> None:
    out = sys.stdout
    compiled = of(lambda x: (print("recorded", file=out), x * 2.0)[1])
    assert compiled(1.0) == compiled(1.0) == 2.0
    assert capsys.readouterr().out == "recorded\n"


def test_a_function_of_numbers_alone_is_watched_by_nothing() -> None:
    compiled = of(lambda x, y: ag.sin(x) * y + sum([x, y]))
    compiled(1.0, 2.0)
    assert [one.watch for one in compiled._recordings.values()] == [None]


def test_warnings_are_of_their_own_category() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.simplefilter("ignore", RecordedAgainWarning)
        ks = [0.0]
        compiled = of(lambda x: x * ks[0])
        for i in range(20):
            ks[0] = float(i)
            compiled(1.0)


def test_a_named_tuple_class_may_be_used_inside() -> None:
    point = namedtuple("point", "x y")
    assert of(lambda x: sum(point(x, x * 2.0)))(1.0) == 3.0


def test_an_object_that_answers_to_any_name_is_watched_as_any_other() -> None:
    numbers = [2.0]

    class Settings:
        def __getattr__(self, name: str) -> float:
            if name.startswith("__"):
                raise AttributeError(name)
            return numbers[0]

    settings = Settings()
    compiled = of(lambda x: x * settings.rate)
    assert compiled(1.0) == 2.0
    numbers[0] = 3.0
    assert compiled(1.0) == 3.0
