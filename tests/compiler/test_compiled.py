"""`compile`: how a compiled function is called, what is recorded when, what it composes with."""

import copy
import functools
import gc
import math
import pickle
import threading
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import pytest

import autograd as ag
from autograd import (
    Op,
    Value,
    check_grads,
    compile,
    grad,
    hessian,
    hvp,
    jacfwd,
    jacobian,
    jacrev,
    jvp,
    scan,
    value_and_grad,
    vjp,
    vmap,
)
from autograd.compiler import recordings as recordings_module
from autograd.compiler.backends.choose import MODULES
from autograd.compiler.recorded import Recorded
from autograd.compiler.recordings import MOST_RECORDINGS
from autograd.compiler.tracing.outlived import OutlivedValue
from autograd.losses import cross_entropy
from autograd.nn import MLP, Module
from autograd.transforms.trees import flatten_numbers
from tests.bits import bits

BACKENDS = tuple(MODULES)
Function = Callable[..., Any]
of = functools.partial(compile, backend="python")


# --- calls ----------------------------------------------------------------------------------


def positional(x: Any, y: Any = 2.0, *, z: Any = 1.0) -> Any:
    """Shown by help()."""
    return x * 100.0 + y * 10.0 + z


def many(x: Any, *xs: Any, k: Any = 0.0, **named: Any) -> Any:
    return [x, list(xs), k, named]


CALLS: dict[str, tuple[Function, Callable[[Function], Any]]] = {
    "by position": (positional, lambda f: [f(1.0), f(1.0, 3.0)]),
    "by name": (positional, lambda f: [f(x=1.0), f(1.0, y=3.0), f(y=3.0, x=1.0)]),
    "by name alone": (positional, lambda f: [f(1.0, z=5.0), f(1.0, 3.0, z=5.0)]),
    "any number": (many, lambda f: [f(1.0), f(1.0, 2.0, 3.0), f(1.0, 2.0, k=3.0)]),
    "any names": (many, lambda f: [f(1.0, b=2.0), f(1.0, b=2.0, c=[3.0])]),
    "no arguments": (lambda: 1.0, lambda f: [f(), f()]),
    "a partial": (functools.partial(positional, z=4.0), lambda f: [f(1.0), f(1.0, z=5.0)]),
    "an op": (ag.tanh, lambda f: [f(0.5), f(0.25)]),
    "an op of many": (ag.hypot, lambda f: [f(3.0, 4.0)]),
    "a builtin": (abs, lambda f: [f(-1.0)]),
    "the sum of a list": (sum, lambda f: [f([1.0, 2.0])]),
}


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("name", CALLS)
def test_a_call_is_that_of_the_function(name: str, backend: str) -> None:
    f, calls = CALLS[name]
    found, expected = calls(compile(f, backend=backend)), calls(f)
    assert found == expected
    assert bits(found) == bits(expected)


class Scale:
    def __init__(self) -> None:
        self.k = 3.0

    def method(self, x: Any) -> Any:
        return self.k * x

    __call__ = method


def test_methods_and_callable_objects_may_be_compiled() -> None:
    assert of(Scale().method)(2.0) == of(Scale())(2.0) == 6.0


def test_a_method_may_be_decorated() -> None:
    class Line(Module):
        def __init__(self) -> None:
            self.slope = Value(3.0)

        @compile
        def at(self, x: Any) -> Any:
            return self.slope * x

    line = Line()
    assert line.at(2.0) == 6.0
    line.slope.data = 4.0
    assert line.at(2.0) == 8.0


def test_a_compiled_function_goes_by_the_name_of_the_function() -> None:
    compiled: Any = compile(positional)
    assert (compiled.__name__, compiled.__doc__) == ("positional", "Shown by help().")
    assert compiled.__wrapped__ is compiled.f is positional


@dataclass
class Line:
    slope: float


WRONG: Any = 1.5
MISSED: dict[str, tuple[Callable[[], Any], type[Exception], str]] = {
    "too few": (lambda: of(positional)(), TypeError, "'x'"),
    "too few by position": (lambda: of(lambda x, y: x)(1.0), TypeError, "'y'"),
    "too many": (lambda: of(lambda x: x)(1.0, 2.0), TypeError, "positional argument"),
    "an unknown name": (lambda: of(positional)(1.0, q=1.0), TypeError, "'q'"),
    "twice": (lambda: of(positional)(1.0, x=1.0), TypeError, "'x'"),
    "no function": (lambda: of(WRONG), TypeError, "compile takes a function, got a float"),
    "another backend": (
        lambda: compile(abs, backend="cuda"),
        ValueError,
        "backend is one of 'llvm', 'numpy', 'python', got 'cuda'",
    ),
    "an unknown static name": (
        lambda: of(positional, static="k"),
        ValueError,
        "static names arguments of the function, which are x, y, z: got 'k'",
    ),
    "static at no place": (
        lambda: of(positional, static=3),
        ValueError,
        "static is the place of an argument, of 2 that come in order: got 3",
    ),
    "a setting of another library": (
        lambda: compile(positional, static_argnums=1),  # type: ignore[call-overload]
        TypeError,
        "compile has no argument 'static_argnums': write static=1, or the name of the argument",
    ),
    "a setting of none": (
        lambda: compile(positional, colour=1),  # type: ignore[call-overload]
        TypeError,
        "compile has no argument 'colour'",
    ),
    "a mapping": (
        lambda: of(positional)(MappingProxyType({"a": 1.0}), 1.0),
        TypeError,
        "x is no number: got a mappingproxy: pass dict(x)",
    ),
    "an object that holds numbers": (
        lambda: of(positional)(Line(1.0), 1.0),
        TypeError,
        "x is a Line, not a number: pass its numbers in a dict or a named tuple, or name the",
    ),
    "static that is no name": (lambda: of(positional, static=WRONG), TypeError, "static"),
    "static that cannot be hashed": (
        lambda: of(lambda x, n: x, static="n")(1.0, [1]),
        TypeError,
        "a static argument must be hashable, got n = [1]",
    ),
}


@pytest.mark.parametrize("name", MISSED)
def test_a_wrong_call_says_what_is_wrong(name: str) -> None:
    call, error, message = MISSED[name]
    with pytest.raises(error) as caught:
        call()
    assert message in str(caught.value)


RUNS: dict[str, Callable[[Function], Any]] = {
    "a call": lambda f: of(f)(1.0, 7),
    "a batch": lambda f: of(vmap(f))([1.0, 2.0], [7, 0]),
    "a scan": lambda f: of(lambda s, i: (s, f(s, i))).scan(1.0, [7, 0]),
    "a gradient of it compiled": lambda f: grad(of(f))(1.0, 7),
}


@pytest.mark.parametrize("name", RUNS)
def test_an_index_error_of_the_users_code_comes_through_at_once(name: str) -> None:
    runs = []

    def failing(x: Any, i: Any) -> Any:
        runs.append(x)
        try:
            return {"x": x}["key"]
        except KeyError as error:
            raise IndexError("of the function") from error

    with pytest.raises(IndexError, match="of the function") as caught:
        RUNS[name](failing)
    assert len(runs) == 1
    assert isinstance(caught.value.__cause__, KeyError)


@pytest.mark.parametrize("name", RUNS)
def test_an_index_that_a_loss_refuses_in_the_first_call_is_explained(name: str) -> None:
    with pytest.raises(IndexError, match="class 7 is not one of the 2 from 0"):
        RUNS[name](lambda x, i: cross_entropy([x, 2.0], i))


def test_a_backend_that_is_not_installed_says_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None if name != "sys" else name)
    with pytest.raises(ImportError, match="needs llvmlite: pip install"):
        compile(abs, backend="llvm")
    assert compile(abs).backend == "python"


# --- static ---------------------------------------------------------------------------------


def power(x: Any, n: int, mode: str = "plain") -> Any:
    for _ in range(n):
        x = x * 2.0
    return -x if mode == "negative" else x


@pytest.mark.parametrize("static", [("n", "mode"), ["mode", "n"]], ids=str)
def test_static_arguments_are_handed_to_the_function_as_they_are(static: Any) -> None:
    compiled = of(power, static=static)
    found = [compiled(1.0, 2), compiled(1.0, n=3), compiled(1.0, 2, "negative"), compiled(5.0, 2)]
    assert found == [4.0, 8.0, -4.0, 20.0]


def typed(x: Any, n: Any) -> Any:
    inner = n[0] if isinstance(n, tuple) else n
    kind = {bool: 1.0, int: 2.0, float: 3.0}[type(inner)]
    return x * kind * math.copysign(1.0, inner)


ALIKE = [1, 1.0, True, (1,), (1.0,), (True,), 0.0, -0.0, (0.0,), (-0.0,)]


@pytest.mark.parametrize("static", [1, -1, [1], (1, "n")], ids=str)
def test_a_static_argument_may_be_named_by_its_place(static: Any) -> None:
    compiled = of(lambda x, n: x**n, static=static)
    assert (set(compiled.static), compiled(2.0, 3), compiled(2.0, n=4)) == ({"n"}, 8.0, 16.0)


def test_static_arguments_that_are_equal_but_not_the_same_are_told_apart() -> None:
    compiled = of(typed, static="n")
    assert [compiled(1.0, n) for n in ALIKE * 2] == [typed(1.0, n) for n in ALIKE * 2]


def test_a_static_nan_is_one_structure() -> None:
    runs: Any = []
    compiled = of(lambda x, n: (runs.append(n), x)[1], static="n")
    for _ in range(3):
        compiled(1.0, float("nan"))
    assert len(runs) == 1


# --- what is recorded when ------------------------------------------------------------------


def counted() -> tuple[list[Any], Any]:
    runs: Any = []

    def f(x: Any) -> Any:
        runs.append(x)
        return ag.sum(flatten_numbers(x)[0])

    return runs, of(f)


def test_the_function_runs_once_for_each_structure() -> None:
    runs, compiled = counted()
    for x in (1.0, 2, [1.0], [5.0], (1.0,), [1.0, 2.0], {"a": 1.0}, {"b": 1.0}, [[1.0]], 3.0, [7]):
        compiled(x)
    assert len(runs) == 7


def recordings() -> int:
    return sum(type(x) is Recorded for x in gc.get_objects())


def test_a_thousand_structures_do_not_leak() -> None:
    gc.collect()
    before = recordings()
    runs, compiled = counted()
    for i in range(1000):
        compiled({f"name {i}": 1.0})
    gc.collect()
    assert (len(runs), recordings() - before) == (1000, MOST_RECORDINGS)
    del compiled
    runs.clear()
    gc.collect()
    assert recordings() == before


def test_the_recording_that_was_not_used_for_longest_makes_room() -> None:
    runs, compiled = counted()
    for i in range(MOST_RECORDINGS + 5):
        compiled({f"name {i}": 1.0})
        compiled({"name 0": 2.0})
    assert len(runs) == MOST_RECORDINGS + 5
    compiled({f"name {MOST_RECORDINGS + 4}": 1.0})
    assert len(runs) == MOST_RECORDINGS + 5
    compiled({"name 1": 1.0})
    assert len(runs) == MOST_RECORDINGS + 6


def test_a_compiled_function_keeps_no_argument_alive() -> None:
    class Held(list[float]):
        pass

    compiled, model, xs = of(lambda m, x: m(x)), MLP(1, [1]), Held([1.0])
    compiled(model, xs)
    kept = weakref.ref(model), weakref.ref(xs)
    del model, xs
    gc.collect()
    assert [one() for one in kept] == [None, None]


def test_what_is_dropped_is_freed_at_once() -> None:
    gc.collect()
    gc.disable()
    try:
        compiled = of(lambda x: x * 2.0)
        compiled(1.0)
        kept = weakref.ref(compiled)
        del compiled
        assert kept() is None
    finally:
        gc.enable()


def test_the_nodes_of_batches_and_scans_are_freed_without_the_collector() -> None:
    def total(xs: list[Any]) -> Any:
        def step(so_far: Any, x: Any) -> tuple[Any, None]:
            return so_far + vmap(lambda y: y * x, reduce="sum")(xs), None

        return scan(step, 0.0, xs)[0]

    gc.collect()
    gc.disable()
    try:
        assert of(value_and_grad(total))([1.0, 2.0]) == (9.0, [6.0, 6.0])
        assert not any(type(x) is OutlivedValue for x in gc.get_objects())
    finally:
        gc.enable()


# --- threads --------------------------------------------------------------------------------


def in_threads(count: int, work: Callable[[int], None]) -> None:
    together, failed = threading.Barrier(count), []

    def run(k: int) -> None:
        together.wait()
        try:
            work(k)
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=run, args=(k,)) for k in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]


def slope_of_waves(xs: Any) -> Any:
    return value_and_grad(lambda xs: ag.sum([ag.sin(x) * x for x in xs]))(xs)


@pytest.mark.parametrize("most", [2, MOST_RECORDINGS])
@pytest.mark.parametrize("backend", BACKENDS)
def test_threads_may_call_and_record_at_once(
    backend: str, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recordings_module, "MOST_RECORDINGS", most)
    compiled = compile(slope_of_waves, backend=backend)
    sizes = range(1, 6) if most == 2 else range(1, 20)
    expected = {
        (k, n): slope_of_waves([0.5 * k + i for i in range(n)]) for k in range(6) for n in sizes
    }

    def work(k: int) -> None:
        for n in [*sizes, *reversed(sizes)]:
            assert bits(compiled([0.5 * k + i for i in range(n)])) == bits(expected[k, n])

    in_threads(6, work)


def test_threads_that_need_one_structure_record_it_once() -> None:
    runs, compiled = counted()
    in_threads(8, lambda k: compiled([float(k)] * 50))
    assert len(runs) == 1


# --- composition: the bits of the interpreted function --------------------------------------


def product(x: Any) -> Any:
    return x[0] ** 2 * ag.exp(x[1]) * ag.sin(x[0] * x[1])


def outputs(x: Any) -> Any:
    return [x[0] * x[1], ag.sin(x[0]), x[1] / x[0]]


def gradient_step(x: Any, rate: Any) -> Any:
    loss, slope = value_and_grad(product)(x)
    return loss, [p - rate * s for p, s in zip(x, slope, strict=True)]


def adam(model: Any, memory: Any, steps: Any, x: Any) -> Any:
    """A whole step, written in Values."""
    loss, slopes = value_and_grad(lambda m: (m(x) - 1.0) ** 2)(model)
    new, kept = {}, {}
    for name, parameter in model.named_parameters():
        first, second = memory[name]
        first = 0.9 * first + 0.1 * slopes[name]
        second = 0.999 * second + 0.001 * slopes[name] * slopes[name]
        size = ag.sqrt(second / (1.0 - 0.999**steps)) + 1e-8
        new[name] = parameter - 0.01 * first / (1.0 - 0.9**steps) / size
        kept[name] = first, second
    return loss, new, kept


MODEL = MLP(2, [3, 1], rng=0)
MEMORY = {name: (0.01, 0.02) for name, _ in MODEL.named_parameters()}
X, DIRECTION = [0.75, -1.25], [1.0, 0.5]
COMPOSED: dict[str, tuple[Function, tuple[Any, ...]]] = {
    "value_and_grad": (value_and_grad(product), (X,)),
    "by several arguments": (
        value_and_grad(lambda x, y: x * ag.exp(y), argnums=(0, 1)),
        (0.5, 2.0),
    ),
    "grad of grad": (grad(lambda x: grad(lambda y: ag.tanh(y) * y)(x)), (0.75,)),
    "the third derivative": (grad(grad(grad(lambda x: ag.exp(x) * x**3))), (0.75,)),
    "hessian": (hessian(product), (X,)),
    "jacobian": (jacobian(outputs), (X,)),
    "jacfwd": (jacfwd(outputs), (X,)),
    "hvp": (lambda x, u: hvp(product, (x,), (u,)), (X, DIRECTION)),
    "jvp": (lambda x, u: jvp(outputs, (x,), (u,)), (X, DIRECTION)),
    "vjp": (lambda x, u: vjp(outputs, x)[1](u), (X, [1.0, -2.0, 0.5])),
    "grad inside": (lambda x: [x[0] * s for s in grad(product)(x)], (X,)),
    "a gradient step": (gradient_step, (X, 0.1)),
    "a step of Adam": (adam, (MODEL, MEMORY, 3.0, X)),
    "a compiled function inside": (lambda x: grad(of(product))(x), (X,)),
    "a batch inside": (lambda x: vmap(value_and_grad(lambda y: ag.exp(y) * y), 0, "mean")(x), (X,)),
}


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("name", COMPOSED)
def test_transforms_have_the_interpreted_bits(name: str, backend: str) -> None:
    f, args = COMPOSED[name]
    interpreted = grad(product) if name == "a compiled function inside" else f
    compiled = compile(f, backend=backend)
    for factor in (1.0, -0.5):
        changed = [scaled(x, factor) for x in args]
        assert bits(compiled(*changed)) == bits(interpreted(*changed))


def scaled(x: Any, factor: float) -> Any:
    if isinstance(x, Module):
        return x
    leaves, treedef = flatten_numbers(x)
    return treedef.unflatten(iter([leaf * factor if leaf < 0.0 else leaf for leaf in leaves]))


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("name", ["exp", "tanh", "gelu", "erf", "softplus"])
def test_gradients_pass_the_check_through_compiled_code(name: str, backend: str) -> None:
    function = getattr(ag, name)
    compiled = compile(lambda x: function(x) * x, backend=backend)
    slope = compile(grad(lambda x: function(x) * x), backend=backend)
    check_grads(Op(f"compiled {name}", compiled, lambda x, out: slope(x)), (0.75,), order=1)


@pytest.mark.parametrize("backend", BACKENDS)
def test_routes_to_a_compiled_derivative_agree(backend: str) -> None:
    reverse, forward = (compile(route(outputs), backend=backend)(X) for route in (jacrev, jacfwd))
    value, step = compile(outputs, backend=backend), 2.0**-20
    for j in range(2):
        above, below = (value([x + s * (i == j) for i, x in enumerate(X)]) for s in (step, -step))
        for i, (high, low) in enumerate(zip(above, below, strict=True)):
            assert reverse[i][j] == pytest.approx(forward[i][j], rel=1e-14)
            assert reverse[i][j] == pytest.approx((high - low) / (2.0 * step), rel=1e-6)


def test_compiled_code_can_be_differentiated_from_outside() -> None:
    for transform in (grad, hessian, jacobian):
        assert transform(of(product))(X) == transform(product)(X)
    check_grads(of(product), (X,))


# --- decorators, copies, what is shown ------------------------------------------------------


@compile(static="n", backend="python")
def power_of(x: Any, n: int) -> Any:
    return x**n


@compile
def squared(x: Any) -> Any:
    return x * x


@compile(backend="python")
@vmap(in_axes=(0, None))
def products(x: Any, y: Any) -> Any:
    return x * y


def test_compile_may_decorate_with_its_options() -> None:
    assert [power_of(2.0, 3), power_of(2.0, n=2)] == [8.0, 4.0]
    assert (power_of.static, power_of.backend) == (("n",), "python")
    assert compile(backend="python")(abs)(-2.0) == 2.0
    with pytest.raises(TypeError, match="compile takes a function, got None"):
        compile(None)  # type: ignore[call-overload]


class Steps(Module):
    def __init__(self) -> None:
        self.slope = Value(3.0)

    @compile(static="n")
    def at(self, x: Any, n: int) -> Any:
        return self.slope * x * float(n)


def test_a_method_may_be_decorated_with_options() -> None:
    assert Steps().at(2.0, n=2) == 12.0


COPIES: dict[str, Callable[[Any], Any]] = {
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "pickle": lambda x: pickle.loads(pickle.dumps(x)),
}
COPIED: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "a decorated function": (squared, (3.0,)),
    "one with static arguments": (power_of, (3.0, 2)),
    "a decorated method": (Steps.at, (Steps(), 2.0, 3)),
    "a function": (compile(positional, "z"), (3.0,)),
    "a method": (of(Scale().method), (3.0,)),
    "an object": (of(Scale()), (3.0,)),
    "a partial": (of(functools.partial(positional, z=4.0)), (3.0,)),
    "a batch": (of(vmap(positional, (0, None))), ([3.0, 4.0], 5.0)),
    "a decorated batch": (products, ([3.0, 4.0], 5.0)),
}


@pytest.mark.parametrize("way", COPIES)
@pytest.mark.parametrize("name", COPIED)
def test_compiled_functions_are_copied_and_pickled_as_functions_are(name: str, way: str) -> None:
    compiled, args = COPIED[name]
    again = COPIES[way](compiled)
    assert again(*args) == compiled(*args)
    assert (again.static, again.backend, again.f is None) == (compiled.static, compiled.backend, 0)


def test_a_decorated_function_is_pickled_by_its_name() -> None:
    assert pickle.loads(pickle.dumps([squared, Steps.at])) == [squared, Steps.at]


def test_a_copy_has_a_copy_of_the_object_whose_method_it_is() -> None:
    scale = Scale()
    compiled = of(scale.method)
    again = copy.deepcopy(compiled)
    scale.k = 5.0
    assert [compiled(1.0), again(1.0)] == [5.0, 3.0]
    assert pickle.loads(pickle.dumps({"scale": scale, "f": of(scale.method)}))["f"](1.0) == 5.0


LOCAL: dict[str, Callable[[], Any]] = {
    "a lambda": lambda: of(lambda x: x),
    "a batch": lambda: of(vmap(lambda x: x, in_axes=(0,))),
    "a gradient": lambda: of(value_and_grad(positional)),
}


@pytest.mark.parametrize("name", LOCAL)
def test_what_has_no_name_to_be_found_by_is_copied_and_pickled_once_it_is_recorded(
    name: str,
) -> None:
    compiled = LOCAL[name]()
    x: Any = [1.0] if name == "a batch" else 1.0
    with pytest.raises(pickle.PicklingError, match=r"has no name in a module.*decorate it"):
        pickle.dumps(compiled)
    assert copy.deepcopy(compiled)(x) == copy.copy(compiled)(x) == compiled(x)
    again = pickle.loads(pickle.dumps(compiled))
    assert again(x) == compiled(x)
    assert pickle.loads(pickle.dumps(again))(x) == copy.deepcopy(again)(x) == compiled(x)


def test_a_compiled_function_shows_what_it_is() -> None:
    compiled = of(power, static=["n", "mode"])
    assert repr(compiled) == "Compiled(power, static=['n', 'mode'], python, 0 recordings)"
    compiled(1.0, 2)
    assert repr(compiled) == "Compiled(power, static=['n', 'mode'], python, 1 recording)"
    assert repr(of(vmap(abs))) == "Compiled(vmap(abs, in_axes=0), python, 0 recordings)"
