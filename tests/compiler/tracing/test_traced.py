"""A traced Value: nothing that holds for one call only can be taken of it, and choices by it."""

import functools
import math
import pickle
from collections.abc import Callable
from typing import Any

import pytest

import autograd as ag
from autograd import TracedValueError, Value, compile, grad, hessian, lookup, no_grad, vmap, where
from autograd.compiler.backends.choose import MODULES
from autograd.transforms.trees import flatten_numbers

BACKENDS = tuple(MODULES)
Function = Callable[..., Any]
of = functools.partial(compile, backend="python")
INF, NAN = math.inf, math.nan

CHOOSE = (
    "write where(condition, a, b), maximum(a, b) or minimum(a, b), and logical_and(a, b), "
    "logical_or(a, b) or logical_not(a) for and, or, not"
)
EQUAL = "write equal(a, b)"
outside, unchanging = Value(1.0), ag.constant(1.0)
UPDATE = "pass an optimizer and call its step() to update parameters"
APPLY = "apply the functions of this library, such as autograd.exp, to the Value itself"
LOOK_UP = "write lookup(values, i) for values[i]"
STATIC = "or name the argument in static="


def chosen_by(x: Any) -> Any:
    if x:
        return x
    return -x


def repeated(x: Any) -> Any:
    for _ in range(x):
        x = x * 2.0
    return x


def assigned(x: Any) -> Any:
    x.data = 0.0
    return x


def kept_in_no_grad(x: Any) -> Any:
    with no_grad():
        return (x * x).data


BAKED: dict[str, tuple[Function, str]] = {
    "if": (lambda x: 1.0 if x else 2.0, CHOOSE),
    "not": (lambda x: not x, CHOOSE),
    "and": (lambda x: x and 1.0, CHOOSE),
    "bool": (lambda x: bool(x), CHOOSE),
    "<": (lambda x: 1.0 if x < 0.0 else 2.0, CHOOSE),
    "<=": (lambda x: 1.0 if x <= 0.0 else 2.0, CHOOSE),
    ">": (lambda x: 1.0 if x > 0.0 else 2.0, CHOOSE),
    ">=": (lambda x: 1.0 if x >= 0.0 else 2.0, CHOOSE),
    "a comparison of three": (lambda x: where(0.0 < x < 1.0, 1.0, 2.0), CHOOSE),
    "not of a comparison": (lambda x: where(not x > 0.0, 1.0, 2.0), CHOOSE),
    "==": (lambda x: x == 0.0, EQUAL),
    "== on the right": (lambda x: 0 == x, EQUAL),  # noqa: SIM300
    "== of two": (lambda x: x == x * 1.0, EQUAL),
    "== of a Value": (lambda x: Value(1.0) == x, EQUAL),
    "== of a leaf from outside": (lambda x: outside == x, EQUAL),
    "!= of a constant from outside": (lambda x: unchanging != x, "write logical_not(equal(a, b))"),
    "a leaf from outside in a list": (lambda x: outside in [x], EQUAL),
    "!=": (lambda x: x != 0.0, "write logical_not(equal(a, b))"),
    "a comparison of a result": (lambda x: 1.0 if x * x > 0.0 else 2.0, CHOOSE),
    "max": (lambda x: max(x, 0.0), CHOOSE),
    "min": (lambda x: min(0.0, x), CHOOSE),
    "max of a list": (lambda x: max([x, x * 2.0]), CHOOSE),
    "sorted": (lambda x: sorted([x, 1.0]), CHOOSE),
    "in": (lambda x: 1.0 if x in [1.0] else 2.0, EQUAL),
    "any": (lambda x: any([x]), CHOOSE),
    "float": (lambda x: float(x), APPLY),
    "float of a result": (lambda x: float(x * x), APPLY),
    "complex": (lambda x: complex(x), APPLY),
    "data": (lambda x: x * x.data, UPDATE),
    "data of a detached one": (lambda x: x.detach().data, UPDATE),
    "new data": (lambda x: setattr(x, "data", x * 2.0), f"return the new number, or {UPDATE}"),
    "item": (lambda x: x.item(), APPLY),
    "math": (lambda x: math.exp(x), APPLY),
    "math.isnan": (lambda x: math.isnan(x), APPLY),
    "math.fsum": (lambda x: math.fsum([x, x]), APPLY),
    "%": (lambda x: "%f" % x, APPLY),  # noqa: UP031 # the old way to format asks for a float
    "int": (lambda x: [1.0, 2.0, 3.0][int(x)], LOOK_UP),
    "an index": (lambda x: [1.0, 2.0, 3.0][x], LOOK_UP),
    "a slice": (lambda x: [1.0, 2.0, 3.0][:x], LOOK_UP),
    "range": (lambda x: [0.0 for _ in range(x)], LOOK_UP),
    "math.floor": (lambda x: [1.0, 2.0, 3.0][math.floor(x)], LOOK_UP),
    "math.ceil": (lambda x: [1.0, 2.0, 3.0][math.ceil(x)], LOOK_UP),
    "round": (lambda x: [1.0, 2.0, 3.0][round(x)], LOOK_UP),
    "math.trunc": (lambda x: [1.0, 2.0, 3.0][math.trunc(x)], LOOK_UP),
    "in a gradient": (lambda x: grad(lambda y: y * y.data)(x), UPDATE),
    "in a batch": (lambda x: vmap(lambda y: max(y, 0.0))([x, x]), CHOOSE),
    "in another compiled function": (lambda x: of(lambda y: y * float(y))(x), APPLY),
}


@pytest.mark.parametrize("name", BAKED)
def test_a_choice_or_a_number_of_one_call_is_refused_and_told_what_to_write(name: str) -> None:
    f, instead = BAKED[name]
    with pytest.raises(TracedValueError) as caught:
        of(f)(2.0)
    message = str(caught.value)
    assert f"{instead}, {STATIC} at {__file__}:{f.__code__.co_firstlineno}: " in message


LINES: dict[Function, tuple[int, str]] = {
    chosen_by: (1, "if x:"),
    repeated: (1, "for _ in range(x):"),
    assigned: (1, "x.data = 0.0"),
    kept_in_no_grad: (2, "return (x * x).data"),
}


@pytest.mark.parametrize("f", LINES)
def test_the_message_ends_with_the_users_line(f: Function) -> None:
    below, source = LINES[f]
    with pytest.raises(TracedValueError) as caught:
        of(f)(2.0)
    line = f.__code__.co_firstlineno + below
    assert str(caught.value).endswith(f" at {__file__}:{line}: {source}")


def test_whoever_assigns_a_number_is_told_to_return_it() -> None:
    with pytest.raises(TracedValueError, match="return"):
        of(assigned)(2.0)


NUMBERS_INSIDE: dict[str, Function] = {
    "recorded": lambda x: (x * x).recorded[0],
    "local derivatives": lambda x: (x * x).local_derivatives[0](),
    "pickled": lambda x: float(len(pickle.dumps(x))),
}


@pytest.mark.parametrize("name", NUMBERS_INSIDE)
def test_no_other_way_leads_to_the_number(name: str) -> None:
    with pytest.raises(TracedValueError):
        of(NUMBERS_INSIDE[name])(2.0)


def labelled(x: Any) -> Any:
    x.label = f"{x} {x:.3f}"
    return x * 2.0


ALLOWED: dict[str, Function] = {
    "round": lambda x: ag.round(x),
    "abs": lambda x: abs(x),
    "pow": lambda x: pow(x, 2) + 2.0**x,
    "// and %": lambda x: x // 2 + x % 2,
    "the builtin sum": lambda x: sum([x, x, x]),
    "a key of a dict": lambda x: {x: x * 2.0}[x],
    "a label": labelled,
    "an isinstance": lambda x: x * 3.0 if isinstance(x, Value) else x,
    "its backward": lambda x: ((x * x * x).backward(), x.grad)[1],
    "where": lambda x: where(x - 1.0, ag.maximum(x, 0.0), ag.minimum(x, 0.0)),
}


@pytest.mark.parametrize("name", ALLOWED)
def test_whatever_holds_for_every_call_is_allowed(name: str) -> None:
    f = ALLOWED[name]
    compiled = of(f)
    assert [compiled(x) for x in (2.5, -1.0)] == [f(Value(x)) for x in (2.5, -1.0)]


def test_a_refused_function_may_be_called_again() -> None:
    calls: list[int] = []

    def f(x: Any) -> Any:
        calls.append(1)
        return x.data if len(calls) == 1 else x

    compiled = of(f)
    with pytest.raises(TracedValueError):
        compiled(2.0)
    assert compiled(3.0) == 3.0


def test_a_static_argument_may_be_looked_at() -> None:
    compiled = of(lambda x, n: [x * float(i) for i in range(n)] if n else [x], static="n")
    assert [compiled(2.0, n) for n in (0, 3)] == [[2.0], [0.0, 2.0, 4.0]]


# --- choosing by index ----------------------------------------------------------------------

VALUES = [1.0, -2.0, 3.0]
OUT_OF_RANGE = (-1.0, 3.0, 0.5, 5e-324, -5e-324, NAN, INF, -INF, 2.0**60)


@pytest.mark.parametrize("backend", BACKENDS)
def test_one_recording_of_a_lookup_serves_every_index(backend: str) -> None:
    recordings: Any = []
    compiled = compile(lambda v, i: (recordings.append(i), lookup(v, i))[1], backend=backend)
    assert [compiled(VALUES, i) for i in (0, 1, 2.0, -0.0)] == [1.0, -2.0, 3.0, 1.0]
    assert len(recordings) == 1


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("index", OUT_OF_RANGE)
def test_an_index_out_of_range_raises_as_interpreted_and_does_no_harm(
    index: float, backend: str
) -> None:
    compiled = compile(lambda v, i: [v[0] * 2.0, lookup(v, i)], backend=backend)
    messages = []
    for f in (lookup, compiled):
        with pytest.raises(IndexError) as caught:
            f(VALUES, index)
        messages.append(str(caught.value))
    assert messages == [f"lookup index {index:g} is not one of 0 to 2"] * 2
    assert compiled(VALUES, 1) == [2.0, -2.0]
    with pytest.raises(IndexError):
        compiled(VALUES, index)


def test_a_lookup_that_no_result_needs_still_checks_its_index() -> None:
    with pytest.raises(IndexError, match="lookup index 3 is not one of 0 to 2"):
        of(lambda v, i: (lookup(v, i), v[0])[1])(VALUES, 3)


@pytest.mark.parametrize("backend", BACKENDS)
def test_rows_are_looked_up_as_a_whole(backend: str) -> None:
    rows = [[1.0, 2.0], [3.0, 4.0]]
    compiled = compile(grad(lambda rows, i: ag.prod(lookup(rows, i))), backend=backend)
    assert compiled(rows, 1) == [[0.0, 0.0], [4.0, 3.0]]
    assert compiled(rows, 0) == [[2.0, 1.0], [0.0, 0.0]]


def cubed(v: Any, i: Any) -> Any:
    return lookup(v, i) ** 3


def of_logarithms(v: Any, i: Any) -> Any:
    return lookup([ag.log(x) for x in v], i) * v[0]


def either(v: Any, i: Any) -> Any:
    return where(i - 1.0, ag.sqrt(v[0]) * v[2], ag.log(v[1]) + v[2] ** 2)


def nested_choices(v: Any, i: Any) -> Any:
    return where(i, lookup([v[0], where(i - 1.0, ag.log(v[1]), v[2]), 1.0 / v[0]], i), v[1])


CHOICES = (cubed, of_logarithms, either, nested_choices)
POINTS = ([2.0, 3.0, 5.0], [0.0, 0.0, 0.0], [-1.0, -0.0, INF], [INF, NAN, 1.0], [0.0, 4.0, NAN])


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize(
    "transform", [lambda f: f, grad, hessian], ids=["value", "grad", "hessian"]
)
@pytest.mark.parametrize("f", CHOICES)
def test_only_what_is_taken_gets_a_gradient_of_any_order(
    f: Function, transform: Function, backend: str
) -> None:
    compiled, interpreted = compile(transform(f), backend=backend), transform(f)
    for point in POINTS:
        for i in (0.0, 1.0, 2.0):
            values = interpreted([Value(x) for x in point], i)
            expected = [x.data for x in flatten_numbers(values)[0]]
            found = flatten_numbers(compiled(point, i))[0]
            assert list(map(repr, found)) == list(map(repr, expected))


def test_the_gradient_of_a_lookup_is_that_of_the_row_taken() -> None:
    compiled = of(grad(of_logarithms))
    assert compiled([2.0, 4.0, 0.0], 1) == [math.log(4.0), 0.5, 0.0]
    assert compiled([2.0, 0.0, 4.0], 2) == [math.log(4.0), 0.0, 0.5]


def _passed(x: Any, **options: Any) -> Any:
    z = 1.0 * x
    (z * z * z).backward(**options)
    return z.grad


def _inside_no_grad(f: Function) -> Function:
    def g(x: Any) -> Any:
        with no_grad():
            found = f(x)
        return found * x

    return g


GRADIENTS_INSIDE: dict[str, Function] = {
    "of a pass": lambda x: _passed(x) * x,
    "of a pass from a number": lambda x: _passed(x, gradient=3.0) * x,
    "of a pass that makes a graph": lambda x: _passed(x, create_graph=True) * x,
    "by chosen nodes": lambda x: ag.gradients(x**3, x, create_graph=False) * x,
    "by chosen nodes, as a graph": lambda x: ag.gradients(x**3, x) * x,
    "of a batch without history": _inside_no_grad(
        lambda x: ag.sum(vmap(lambda a: a * x)([1.0, 2.0]))
    ),
    "of a scan without history": _inside_no_grad(
        lambda x: ag.scan(lambda s, a: (s * a + x, None), x, [1.0, 2.0])[0]
    ),
}


@pytest.mark.parametrize("name", GRADIENTS_INSIDE)
def test_what_is_a_number_interpreted_gets_no_gradient(name: str) -> None:
    f = GRADIENTS_INSIDE[name]
    compiled, first, second = of(f), of(grad(f)), of(grad(grad(f)))
    for x in (2.0, 3.0, -0.5):  # of which none is kept from the first call
        assert compiled(x) == f(Value(x)).data
        assert first(x) == grad(f)(x)
        assert second(x) == grad(grad(f))(x)


def test_in_a_batch_neither() -> None:
    def sample(x: Any, a: Any) -> Any:
        with no_grad():
            found = ag.sum(vmap(lambda b: a * b * x)([1.0, 2.0]))
        return found * x + _passed(a * x)

    f = grad(lambda x: vmap(sample, (None, 0), "sum")(x, [0.5, 1.5]))
    assert of(f)(2.0) == f(2.0)


def test_an_index_gets_no_gradient() -> None:
    assert of(grad(lambda i, v: lookup(v, i)))(1.0, VALUES) == 0.0
