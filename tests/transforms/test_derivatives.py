"""Derivatives as functions: values, nesting, structures, modules, and what errors say."""

import itertools
import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pytest

import autograd as ag
from autograd import Value, compile, constant, no_grad, vmap
from autograd.engine.messages import describe_type
from autograd.nn.module import Module
from autograd.transforms.derivatives import (
    grad,
    gradients,
    hessian,
    hvp,
    jacfwd,
    jacobian,
    jacrev,
    jvp,
    value_and_grad,
    vjp,
)

Function = Callable[..., Any]
Route = Callable[[Function, float], Any]
FEW_ULP = 2.0**-50


def by_backward(f: Function, x: float) -> float:
    leaf = Value(x)
    f(leaf).backward()
    return float(leaf.grad)


def recorded(f: Function, x: float, order: int) -> float:
    leaf = Value(x)
    output = f(leaf)
    for _ in range(order):
        output = gradients(output, leaf)
    return float(output.data)


def along(f: Function) -> Function:
    """The derivative of `f` by forward mode, as a function again."""
    return lambda x: jvp(f, (x,), (1.0,))[1]


def back(f: Function) -> Function:
    """The derivative of `f` by a vjp, as a function again."""
    return lambda x: vjp(f, x)[1](1.0)[0]


def second(f: Function) -> Function:
    """The second derivative of `f` by a Hessian-vector product, as a function again."""
    return lambda x: hvp(f, (x,), (1.0,))


ONCE: dict[str, Callable[[Function], Function]] = {
    "grad": grad,
    "value_and_grad": lambda f: lambda x: value_and_grad(f)(x)[1],
    "jvp": along,
    "vjp": back,
    "jacfwd": jacfwd,
    "jacrev": jacrev,
    "jacobian": jacobian,
}
TWICE: dict[str, Callable[[Function], Function]] = {"hessian": hessian, "hvp": second}

# A function, where, and its first three derivatives there.
SINES = (math.exp(0.5) * math.sin(0.5), math.exp(0.5) * math.cos(0.5))
LOG = math.log(2.0)
CASES: dict[str, tuple[Function, float, tuple[float, float, float]]] = {
    "cube": (lambda x: x**3, 2.0, (12.0, 12.0, 6.0)),
    "shared": (lambda x: (x * x) * (x * x) + x * x, -1.5, (-16.5, 29.0, -36.0)),
    "quotient": (lambda x: 1.0 / x, 4.0, (-1 / 16, 1 / 32, -3 / 128)),
    "product": (
        lambda x: ag.exp(x) * ag.sin(x),
        0.5,
        (SINES[0] + SINES[1], 2 * SINES[1], 2 * (SINES[1] - SINES[0])),
    ),
    "power": (
        lambda x: x**x,
        2.0,
        (
            4 * (1 + LOG),
            4 * ((1 + LOG) ** 2 + 0.5),
            4 * ((1 + LOG) ** 3 + 1.5 * (1 + LOG) - 0.25),
        ),
    ),
    "n-ary": (
        lambda x: ag.prod([x, x, 2.0, ag.sum([x, 1.0])]),
        3.0,
        (66.0, 40.0, 12.0),
    ),
    "chosen": (lambda x: ag.where(x > 0.0, x**3, ag.log(x)), 1.0, (3.0, 6.0, 6.0)),
}


class TestEveryRouteGivesTheDerivative:
    @pytest.mark.parametrize("case", CASES)
    @pytest.mark.parametrize("route", ONCE)
    def test_first(self, route: str, case: str) -> None:
        f, x, (first, _, _) = CASES[case]
        found = ONCE[route](f)(x)
        assert type(found) is float
        assert found == pytest.approx(first, rel=1e-13)
        assert found == pytest.approx(by_backward(f, x), rel=FEW_ULP)
        assert found == pytest.approx(recorded(f, x, 1), rel=FEW_ULP)

    @pytest.mark.parametrize("case", CASES)
    def test_second(self, case: str) -> None:
        f, x, (_, expected, _) = CASES[case]
        routes = [outer(inner(f)) for outer in ONCE.values() for inner in ONCE.values()]
        routes += [twice(f) for twice in TWICE.values()]
        for route in routes:
            found = route(x)
            assert type(found) is float
            assert found == pytest.approx(expected, rel=1e-13)
            assert found == pytest.approx(recorded(f, x, 2), rel=4 * FEW_ULP)

    @pytest.mark.parametrize("case", CASES)
    def test_third(self, case: str) -> None:
        f, x, (_, _, expected) = CASES[case]
        mixed: tuple[Function, ...] = (grad, along, back, jacfwd, jacrev)
        routes = [a(b(c(f))) for a, b, c in itertools.product(mixed, repeat=3)]
        routes += [twice(once(f)) for twice in TWICE.values() for once in mixed]
        routes += [once(twice(f)) for twice in TWICE.values() for once in mixed]
        for route in routes:
            found = route(x)
            assert type(found) is float
            assert found == pytest.approx(expected, rel=1e-12)
            assert found == pytest.approx(recorded(f, x, 3), rel=16 * FEW_ULP)

    def test_nesting_goes_to_any_order(self) -> None:
        f: Function = ag.exp
        for _ in range(6):
            f = grad(f)
        assert f(0.5) == math.exp(0.5)

    def test_value_comes_with_the_derivative(self) -> None:
        assert value_and_grad(lambda x: x * x)(3.0) == (9.0, 6.0)
        assert jvp(lambda x: x * x, (3.0,), (0.5,)) == (9.0, 3.0)
        output, pull = vjp(lambda x: x * x, 3.0)
        assert (output, pull(0.5), pull(2.0)) == (9.0, (3.0,), (12.0,))

    def test_forward_mode_does_not_recurse(self) -> None:
        def deep(x: Any) -> Any:
            for _ in range(50_000):
                x = x * 1.0
            return x

        assert jvp(deep, (2.0,), (3.0,)) == (2.0, 3.0)


class TestAnInnerTransformDoesNotSeeWhatAnOuterOneDiffersBy:
    INNER: tuple[Function, ...] = (grad, along, back, jacfwd, jacrev)

    @pytest.mark.parametrize("inner", INNER)
    @pytest.mark.parametrize("outer", INNER)
    def test_the_classic(self, outer: Function, inner: Function) -> None:
        """d/dx [x · d/dy (x·y) at 2] at 1, which is d/dx x²; a confusion gives 3 or 1."""
        assert outer(lambda x: x * inner(lambda y: x * y)(2.0))(1.0) == 2.0

    @pytest.mark.parametrize("inner", INNER)
    @pytest.mark.parametrize("outer", INNER)
    def test_a_sum_at_the_outer_point(self, outer: Function, inner: Function) -> None:
        """d/dx [x · d/dy (x + y) at x] is 1."""
        assert outer(lambda x: x * inner(lambda y: x + y)(x))(3.0) == 1.0

    @pytest.mark.parametrize("inner", INNER)
    @pytest.mark.parametrize("outer", INNER)
    def test_an_inner_point_that_depends_on_the_outer(
        self, outer: Function, inner: Function
    ) -> None:
        """d/dx [d/dy (x·y³) at x²] = d/dx 3x⁵."""
        assert outer(lambda x: inner(lambda y: x * y**3)(x * x))(2.0) == 15 * 2.0**4

    def test_three_levels(self) -> None:
        """d/dx d/dy d/dz (x·y²·z³), all at 2: 12·y·z² = 2·2·3·4."""

        def inner(x: Any, y: Any) -> Any:
            return grad(lambda z: x * y**2 * z**3)(2.0)

        assert grad(lambda x: grad(lambda y: inner(x, y))(2.0))(2.0) == 48.0

    def test_what_is_detached_does_not_move(self) -> None:
        assert grad(lambda x: x * x.detach())(3.0) == 3.0


def product(x: Any, y: Any) -> Any:
    return x * y


class Pair(NamedTuple):
    a: Any
    b: Any


STRUCTURES: tuple[tuple[Any, Function, Any], ...] = (
    ([2.0, 3.0], lambda p: p[0] * p[1], [3.0, 2.0]),
    ((2.0, 3.0), lambda p: p[0] * p[1], (3.0, 2.0)),
    ({"a": 2.0, "b": 3}, lambda p: p["a"] * p["b"], {"a": 3.0, "b": 2.0}),
    (Pair(2, 3.0), lambda p: p.a * p.b, Pair(3.0, 2.0)),
    (np.float64(2.0), lambda p: p * 3.0, 3.0),
    (
        {"w": [[2.0, 3.0], (5.0,)], "b": Pair(7.0, [])},
        lambda p: p["w"][0][0] * p["w"][0][1] * p["w"][1][0] + p["b"].a,
        {"w": [[15.0, 10.0], (6.0,)], "b": Pair(1.0, [])},
    ),
    ([], lambda p: 1.0, []),
)


class TestStructures:
    @pytest.mark.parametrize(("point", "f", "expected"), STRUCTURES)
    def test_a_gradient_has_the_structure_of_its_argument(
        self, point: Any, f: Function, expected: Any
    ) -> None:
        for route in (grad, jacfwd, jacrev, lambda f: lambda x: vjp(f, x)[1](1.0)[0]):
            found = route(f)(point)
            assert found == expected
            assert type(found) is type(expected)

    def test_a_jacobian_holds_the_argument_in_every_place_of_the_output(self) -> None:
        def f(p: Any) -> Any:
            return {"product": p["a"] * p["b"], "both": (p["a"], 3.0)}

        expected = {
            "product": {"a": 3.0, "b": 2.0},
            "both": ({"a": 1.0, "b": 0.0}, {"a": 0.0, "b": 0.0}),
        }
        for route in (jacfwd, jacrev, jacobian):
            assert route(f)({"a": 2.0, "b": 3.0}) == expected

    def test_a_hessian_is_a_structure_of_structures(self) -> None:
        found = hessian(lambda p: p["a"] ** 2 * p["b"])({"a": 2.0, "b": 3.0})
        assert found == {"a": {"a": 6.0, "b": 4.0}, "b": {"a": 4.0, "b": 0.0}}

    def test_tangents_and_upstream_come_in_structures(self) -> None:
        def f(p: Any) -> Any:
            return [p["a"] * p["b"], p["a"]]

        point = {"a": 2.0, "b": 3.0}
        assert jvp(f, (point,), ({"a": 1.0, "b": 10.0},)) == ([6.0, 2.0], [23.0, 1.0])
        assert vjp(f, point)[1]([1.0, 10.0]) == ({"a": 13.0, "b": 2.0},)
        assert hvp(lambda p: f(p)[0], (point,), ({"a": 1.0, "b": 0.0},)) == {"a": 0.0, "b": 1.0}

    def test_keys_name_the_places_in_whatever_order(self) -> None:
        """A dict is the same dict in another order, for tangents and upstream too."""
        tangents = {"b": 0.0, "a": 1.0}
        assert jvp(lambda p: p["a"] * 2.0, ({"a": 2.0, "b": 3.0},), (tangents,)) == (4.0, 2.0)
        pull = vjp(lambda x: {"a": x, "b": 3.0 * x}, 1.0)[1]
        assert pull({"b": 1.0, "a": 0.0}) == (3.0,)

    @pytest.mark.parametrize(
        ("argnums", "expected"),
        [
            (0, 3.0),
            (1, 2.0),
            (-1, 2.0),
            ((0,), (3.0,)),
            ([1, 0], (2.0, 3.0)),
            ((-2, 1), (3.0, 2.0)),
        ],
    )
    def test_argnums_choose_the_arguments(self, argnums: Any, expected: Any) -> None:
        assert grad(product, argnums)(2.0, 3.0) == expected
        assert value_and_grad(product, argnums)(2.0, 3.0) == (6.0, expected)
        for route in (jacfwd, jacrev, jacobian):
            assert route(product, argnums)(2.0, 3.0) == expected

    def test_a_hessian_by_two_arguments_has_four_blocks(self) -> None:
        found = hessian(lambda x, y: x * x * y, argnums=(0, 1))(2.0, 3.0)
        assert found == ((6.0, 4.0), (4.0, 0.0))
        assert hvp(lambda x, y: x * x * y, (2.0, 3.0), (1.0, 0.0)) == (6.0, 4.0)

    def test_the_only_argument_needs_no_tuple(self) -> None:
        def f(p: Any) -> Any:
            return p[0] ** 2 * p[1]

        assert jvp(f, [2.0, 3.0], [1.0, 0.0]) == (12.0, 12.0)
        assert hvp(f, [2.0, 3.0], [1.0, 0.0]) == [6.0, 4.0]

    def test_the_other_arguments_arrive_as_they_are(self) -> None:
        seen: list[Any] = []

        def f(x: Any, *rest: Any) -> Any:
            seen.extend(rest)
            return x

        grad(f)(2.0, "text", None, 3)
        assert seen == ["text", None, 3]


def square(x: Any) -> Any:
    return x * x


BY_PLACE: dict[str, Callable[[], Any]] = {
    "backward": lambda: Value(1.0).backward(1.0, True),  # type: ignore[call-arg]
    "gradients": lambda: gradients(Value(1.0), [], False),  # type: ignore[call-overload]
    "grad": lambda: grad(square, 0, True),  # type: ignore[call-overload]
    "value_and_grad": lambda: value_and_grad(square, 0, True),  # type: ignore[call-overload]
}


@pytest.mark.parametrize("name", BY_PLACE)
def test_options_are_given_by_name(name: str) -> None:
    with pytest.raises(TypeError, match="positional argument"):
        BY_PLACE[name]()


class TestOtherResults:
    """With `has_aux` a function gives a pair, of which the second is handed on."""

    @staticmethod
    def f(x: Any) -> Any:
        return x * x, {"half": [x / 2.0, None], "name": "x", "three": 3}

    def test_numbers_in_them_are_as_the_others(self) -> None:
        aux = {"half": [1.5, None], "name": "x", "three": 3}
        assert value_and_grad(self.f, has_aux=True)(3.0) == ((9.0, aux), 6.0)
        assert grad(self.f, has_aux=True)(3.0) == (6.0, aux)
        assert grad(lambda x, y: (x * y, y), (0, 1), has_aux=True)(3.0, 2.0) == ((2.0, 3.0), 2.0)

    def test_they_stay_connected_inside_another_transform(self) -> None:
        def inner(x: Any) -> Any:
            gradient, aux = grad(lambda y: (y**3, y * x), has_aux=True)(x)
            return gradient * aux

        assert grad(inner)(2.0) == 12.0 * 2.0**3
        assert compile(grad(inner))(2.0) == 12.0 * 2.0**3

    def test_inside_another_transform_numbers_are_values_and_the_rest_as_it_is(self) -> None:
        def inner(x: Any) -> Any:
            gradient, aux = grad(lambda y: (y * x, {"name": "x", "two": 2.0}), has_aux=True)(x)
            assert isinstance(aux["two"], Value)
            assert aux == {"name": "x", "two": 2.0}
            return gradient * aux["two"]

        assert grad(inner)(3.0) == 2.0

    def test_compiled_and_in_batches(self) -> None:
        f = value_and_grad(lambda x: (x * x, [x / 2.0]), has_aux=True)
        assert compile(f)(3.0) == ((9.0, [1.5]), 6.0)
        assert vmap(f)([3.0, 4.0]) == (([9.0, 16.0], [[1.5], [2.0]]), [6.0, 8.0])

    def test_what_is_no_pair_is_refused(self) -> None:
        told = "grad with has_aux=True needs a function that returns a pair.*got one number"
        with pytest.raises(TypeError, match=told):
            grad(lambda x: x, has_aux=True)(1.0)
        with pytest.raises(TypeError, match="has_aux is True or False, got 1"):
            grad(lambda x: x, has_aux=1)  # type: ignore[call-overload]
        with pytest.raises(TypeError, match="has_aux is True or False, got None"):
            grad(lambda x: x, has_aux=None)  # type: ignore[call-overload]
        with pytest.raises(TypeError, match="and has_aux=True for other results"):
            grad(lambda x: (x, x))(1.0)


class TestWhatDoesNotDepend:
    @pytest.mark.parametrize("output", [3.0, 3, constant(3.0), Value(3.0)])
    def test_a_constant_has_derivative_0(self, output: Any) -> None:
        def f(x: Any) -> Any:
            return output

        assert grad(f)(2.0) == 0.0
        assert value_and_grad(f)(2.0) == (3.0, 0.0)
        assert jvp(f, (2.0,), (1.0,)) == (3.0, 0.0)
        assert vjp(f, 2.0)[1](1.0) == (0.0,)
        assert (jacfwd(f)(2.0), jacrev(f)(2.0), hessian(f)(2.0)) == (0.0, 0.0, 0.0)
        assert grad(grad(f))(2.0) == 0.0

    def test_the_argument_itself_has_derivative_1(self) -> None:
        def f(x: Any) -> Any:
            return x

        assert value_and_grad(f)(2.0) == (2.0, 1.0)
        assert jvp(f, (2.0,), (3.0,)) == (2.0, 3.0)
        assert vjp(f, 2.0)[0] == 2.0
        assert vjp(f, 2.0)[1](3.0) == (3.0,)
        assert hessian(f)(2.0) == 0.0
        assert jacrev(lambda p: p)([2.0, 3.0]) == jacfwd(lambda p: p)([2.0, 3.0])
        assert jacrev(lambda p: p)([2.0, 3.0]) == [[1.0, 0.0], [0.0, 1.0]]

    def test_steps_are_flat_but_connected(self) -> None:
        assert grad(lambda x: ag.floor(x) * x)(2.5) == 2.0


class TestConnectedResults:
    def test_at_values_the_derivative_is_a_value_of_the_graph(self) -> None:
        x = Value(3.0)
        first = grad(lambda y: y**3)(x)
        assert isinstance(first, Value)
        first.backward()
        assert (first.data, x.grad) == (27.0, 18.0)

    ROUTES: tuple[tuple[Function, float], ...] = (
        (lambda f, x: value_and_grad(f)(x)[0], 27.0),
        (lambda f, x: jvp(f, (x,), (1.0,))[0], 27.0),
        (lambda f, x: vjp(f, x)[0], 27.0),
        (lambda f, x: vjp(f, x)[1](1.0)[0], 18.0),
        (lambda f, x: jvp(f, (x,), (1.0,))[1], 18.0),
        (lambda f, x: jacfwd(f)(x), 18.0),
        (lambda f, x: jacrev(f)(x), 18.0),
        (lambda f, x: hessian(f)(x), 6.0),
        (lambda f, x: hvp(f, (x,), (1.0,)), 6.0),
        (lambda f, x: grad(lambda p: f(p["x"]))({"x": x, "n": 1.0})["x"], 18.0),
    )

    @pytest.mark.parametrize(("route", "derivative"), ROUTES)
    def test_every_transform_stays_connected(self, route: Function, derivative: float) -> None:
        x = Value(3.0)
        route(lambda y: y**3, x).backward()
        assert x.grad == derivative

    def test_connected_to_a_value_that_was_computed(self) -> None:
        x = Value(2.0)
        grad(lambda y: y**3)(x * x).backward()
        assert x.grad == 6 * 4.0 * 4.0

    @pytest.mark.parametrize("f", [lambda y: y, lambda y: 2.0 * y, lambda y: 3.0])
    def test_a_derivative_that_is_constant_is_a_value_all_the_same(self, f: Function) -> None:
        """What type a result has does not depend on what the function happens to compute."""
        assert isinstance(grad(f)(Value(3.0)), Value)

    def test_a_value_that_returns_itself_stays_connected(self) -> None:
        x = Value(3.0)
        output, _ = value_and_grad(lambda y: y)(x)
        output.backward()
        assert x.grad == 1.0

    def test_tangents_and_upstream_may_be_values(self) -> None:
        t = Value(2.0)
        jvp(lambda x: x * x, (3.0,), (t,))[1].backward()
        vjp(lambda x: x * x, 3.0)[1](t)[0].backward()
        assert t.grad == 12.0

    def test_the_same_value_in_two_places_is_two_variables(self) -> None:
        x = Value(3.0)
        found = grad(lambda p: p[0] ** 2 * p[1])([x, x])
        assert [d.data for d in found] == [18.0, 9.0]

    def test_a_captured_argument_is_held_fixed(self) -> None:
        x = Value(3.0)
        assert grad(lambda y: y * x)(x).data == 3.0

    @pytest.mark.parametrize("route", [*ONCE.values(), *TWICE.values()])
    def test_no_grad_changes(self, route: Callable[[Function], Function]) -> None:
        x, w = Value(3.0), Value(5.0)
        x.grad, w.grad = 7.0, 11.0
        route(lambda y: y * y * w)(x)
        route(lambda y: y * y * w)(2.0)
        assert (x.grad, w.grad) == (7.0, 11.0)

    def test_plain_numbers_at_the_top_though_values_are_captured(self) -> None:
        w = Value(5.0)
        found = value_and_grad(lambda x: x * w)(2.0)
        assert found == (10.0, 5.0)
        assert [type(x) for x in found] == [float, float]


class TestInsideNoGrad:
    def test_transforms_record_all_the_same(self) -> None:
        with no_grad():
            assert grad(lambda x: x**3)(2.0) == 12.0
            assert grad(grad(lambda x: x**3))(2.0) == 12.0
            assert jvp(lambda x: x**3, (2.0,), (1.0,)) == (8.0, 12.0)
            assert vjp(lambda x: x**3, 2.0)[1](1.0) == (12.0,)
            assert (hessian(lambda x: x**3)(2.0), jacrev(lambda x: x**3)(2.0)) == (12.0, 12.0)
            assert hvp(lambda x: x**3, (2.0,), (1.0,)) == 12.0

    def test_results_have_no_history(self) -> None:
        with no_grad():
            output, first = value_and_grad(lambda y: y * y)(Value(3.0))
        assert (output.is_leaf, first.is_leaf) == (True, True)

    def test_no_grad_within_the_function_holds(self) -> None:
        def f(x: Any) -> Any:
            with no_grad():
                square = x * x
            return x * square

        assert grad(f)(3.0) == 9.0


class Line(Module):
    def __init__(self) -> None:
        self.slope, self.offsets = Value(2.0), [Value(1.0)]

    def forward(self, x: Any) -> Any:
        return self.slope**2 * x + self.slope * self.offsets[0]


def apply(line: Any, x: Any) -> Any:
    return line(x)


GRADIENT = {"slope": 13.0, "offsets.0": 2.0}
HESSIAN = {
    "slope": {"slope": 6.0, "offsets.0": 1.0},
    "offsets.0": {"slope": 1.0, "offsets.0": 0.0},
}


class TestModules:
    def test_a_gradient_has_the_names_of_the_parameters(self) -> None:
        line = Line()
        for route in (grad, jacfwd, jacrev):
            found = route(apply)(line, 3.0)
            assert found == GRADIENT
            assert {type(x) for x in found.values()} == {float}
        assert value_and_grad(apply)(line, 3.0) == (14.0, GRADIENT)
        assert grad(apply, argnums=(0, 1))(line, 3.0) == (GRADIENT, 4.0)
        assert vjp(apply, line, 3.0)[1](1.0) == (GRADIENT, 4.0)

    def test_directions_have_the_names_of_the_parameters(self) -> None:
        direction = {"slope": 1.0, "offsets.0": 10.0}
        assert jvp(apply, (Line(), 3.0), (direction, 0.0)) == (14.0, 33.0)
        product = hvp(lambda line: line(3.0), (Line(),), (direction,))
        assert product == {"slope": 16.0, "offsets.0": 1.0}

    def test_a_hessian_has_them_twice(self) -> None:
        assert hessian(apply)(Line(), 3.0) == HESSIAN
        assert jacrev(grad(apply))(Line(), 3.0) == HESSIAN
        assert jacrev(jacfwd(apply))(Line(), 3.0) == HESSIAN

    def test_a_gradient_by_parameters_can_be_differentiated_by_the_input(self) -> None:
        assert grad(lambda x: grad(apply)(Line(), x)["slope"])(3.0) == 4.0

    def test_the_function_gets_the_module_itself(self) -> None:
        line = Line()
        grad(lambda given: apply(given, 3.0 if given is line else math.nan))(line)

    def test_nothing_is_left_in_grad(self) -> None:
        line = Line()
        for route in (grad, value_and_grad, jacfwd, jacrev, hessian):
            route(apply)(line, 3.0)
        jvp(apply, (line, 3.0), ({"slope": 1.0, "offsets.0": 0.0}, 0.0))
        assert [parameter.grad for parameter in line.parameters()] == [0.0, 0.0]
        assert all(parameter.is_leaf for parameter in line.parameters())


class TestGradients:
    def test_each_input_gets_its_gradient_in_the_same_structure(self) -> None:
        a, b, other = Value(2.0), Value(3.0), Value(1.0)
        y = a * b
        found: Any = gradients(y, {"a": a, "rest": [b, other]})
        assert {"a": found["a"].data, "rest": [x.data for x in found["rest"]]} == {
            "a": 3.0,
            "rest": [2.0, 0.0],
        }
        assert gradients(y, (a, other), create_graph=False) == (3.0, 0.0)
        assert (a.grad, b.grad, y.grad) == (0.0, 0.0, 0.0)

    def test_an_input_may_be_an_interior_node(self) -> None:
        x = Value(2.0)
        square = x * x
        assert gradients(square * square, square, create_graph=False) == 8.0

    def test_no_path_gives_a_value_that_needs_no_gradient(self) -> None:
        found = gradients(Value(2.0) * 2.0, Value(1.0))
        assert (found.data, found.is_constant) == (0.0, True)

    @pytest.mark.parametrize(("output", "inputs"), [(3.0, Value(1.0)), (Value(1.0), [1.0])])
    def test_numbers_are_refused(self, output: Any, inputs: Any) -> None:
        with pytest.raises(TypeError, match=r"Values of a recorded graph, got float"):
            gradients(output, inputs)


def same(x: Any, *rest: Any) -> Any:
    return x


TRANSFORMS = {
    **{f.__name__: f for f in (grad, value_and_grad, jacobian, jacfwd, jacrev, hessian)},
    "vjp": lambda f: vjp(f, 1.0),
    "jvp": lambda f: jvp(f, 1.0, 1.0),
    "hvp": lambda f: hvp(f, 1.0, 1.0),
}


class TestErrors:
    @pytest.mark.parametrize("output", [[Value(1.0)], (1.0,), {"a": 1.0}])
    @pytest.mark.parametrize("transform", [grad, value_and_grad, hessian])
    def test_an_output_that_is_no_value_names_jacobian(
        self, transform: Function, output: Any
    ) -> None:
        with pytest.raises(TypeError, match=rf"got {type(output).__name__}: .* use jacobian"):
            transform(lambda x: output)(1.0)

    @pytest.mark.parametrize("output", [None, "1", True])
    def test_an_output_that_is_no_number_asks_for_the_value(self, output: Any) -> None:
        with pytest.raises(TypeError, match=f"got {type(output).__name__}: return the Value"):
            grad(lambda x: output)(1.0)

    @pytest.mark.parametrize("given", [3.0, None, Value(2.0)])
    @pytest.mark.parametrize("transform", TRANSFORMS.values(), ids=TRANSFORMS)
    def test_what_is_no_function_is_refused_before_the_call(
        self, transform: Function, given: Any
    ) -> None:
        with pytest.raises(TypeError, match=f"takes a function, got {describe_type(given)}"):
            transform(given)

    def test_for_a_value_in_the_place_of_a_function_gradients_is_named(self) -> None:
        x = Value(2.0)
        with pytest.raises(
            TypeError, match=r"got a Value: .* already are gradients\(value, inputs"
        ):
            grad(x * x, [x])  # type: ignore[call-overload]  # as torch.autograd.grad is called

    def test_one_module_in_two_arguments_is_refused(self) -> None:
        line = Line()
        with pytest.raises(ValueError, match="two arguments"):
            grad(lambda a, b: a.slope * b.slope, (0, 1))(line, line)

    def test_a_module_inside_a_structure_is_refused(self) -> None:
        with pytest.raises(TypeError, match=r"argument 0\[0\] is a Line: pass a Module as its own"):
            grad(lambda pair: pair[0](pair[1]))((Line(), 3.0))

    def test_keyword_arguments_are_handed_on(self) -> None:
        assert grad(lambda x, k: k * x * x)(3.0, k=2.0) == 12.0

    @pytest.mark.parametrize("argnums", [1, -2, (0, 1), [5]])
    @pytest.mark.parametrize("transform", [grad, value_and_grad, jacfwd, jacrev, hessian])
    def test_argnums_out_of_range(self, transform: Function, argnums: Any) -> None:
        with pytest.raises(ValueError, match=r"argnums -?\d is out of range for 1 argument"):
            transform(same, argnums)(1.0)

    @pytest.mark.parametrize("argnums", [True, "0", (0, True), (0.0,), 1.0, None])
    @pytest.mark.parametrize("transform", [grad, value_and_grad, jacfwd, jacrev, hessian])
    def test_argnums_that_are_no_ints(self, transform: Function, argnums: Any) -> None:
        with pytest.raises(TypeError, match="argnums is an int or a sequence of ints, got"):
            transform(same, argnums)
        with pytest.raises(TypeError, match="argnums is an int or a sequence of ints, got"):
            transform(compile(same), argnums)

    @pytest.mark.parametrize("argnums", [(0, 0), (0, -2)])
    def test_argnums_that_name_an_argument_twice(self, argnums: Any) -> None:
        with pytest.raises(ValueError, match="argnums"):
            grad(lambda x, y: x * y, argnums)(2.0, 3.0)

    @pytest.mark.parametrize(
        ("arguments", "place", "advice"),
        [
            (("a",), "argument 0:", "got str.*float"),
            (([1.0, "a"],), r"argument 0\[1\]:", "got str.*float"),
            (({"w": [1.0, {"b": 1j}]},), r"argument 0\['w'\]\[1\]\['b'\]:", "got complex.*real"),
            ((np.array([1.0]),), "argument 0:", "got ndarray.*tolist"),
            ((Pair(1.0, True),), r"argument 0\[1\]:", "got bool"),
        ],
    )
    @pytest.mark.parametrize("transform", [grad, value_and_grad, jacfwd, jacrev, hessian])
    def test_what_is_no_number_is_named_with_its_place(
        self, transform: Function, arguments: Any, place: str, advice: str
    ) -> None:
        with pytest.raises(TypeError, match=f"{place}.*{advice}"):
            transform(same)(*arguments)

    def test_an_int_beyond_the_floats_is_a_value_error_with_its_place(self) -> None:
        with pytest.raises(ValueError, match=r"argument 0\[0\]: .*beyond"):
            grad(lambda p: p[0])([10**400])

    @pytest.mark.parametrize("tangents", [([1.0],), ([1.0, 2.0, 3.0],), (1.0,), ([1.0, 2.0], 3.0)])
    def test_tangents_of_another_size(self, tangents: Any) -> None:
        with pytest.raises(ValueError, match=r"tangents must hold 2 numbers, got \d"):
            jvp(lambda p: p[0], ([1.0, 2.0],), tangents)
        with pytest.raises(ValueError, match="tangents"):
            hvp(lambda p: p[0], ([1.0, 2.0],), tangents)

    @pytest.mark.parametrize(
        ("primal", "tangent"),
        [
            ({"a": 1.0, "b": 2.0}, {"a": 1.0, "c": 2.0}),
            ([1.0, [2.0, 3.0]], [[1.0, 2.0], 3.0]),
        ],
    )
    def test_tangents_of_another_structure(self, primal: Any, tangent: Any) -> None:
        with pytest.raises(ValueError, match="tangents"):
            jvp(lambda p: 1.0, (primal,), (tangent,))

    @pytest.mark.parametrize("upstream", [1.0, [1.0], [1.0, 2.0, 3.0]])
    def test_upstream_of_another_size(self, upstream: Any) -> None:
        with pytest.raises(ValueError, match=r"upstream must hold 2 numbers, got \d"):
            vjp(lambda x: [x, x], 1.0)[1](upstream)

    def test_tangents_and_upstream_that_are_no_numbers(self) -> None:
        with pytest.raises(TypeError, match=r"tangents\[0\]\[1\]: .*got str"):
            jvp(lambda p: p[0], ([1.0, 2.0],), ([1.0, "x"],))
        with pytest.raises(TypeError, match=r"upstream\[1\]: .*got str"):
            vjp(lambda x: [x, x], 1.0)[1]([1.0, "x"])
        with pytest.raises(ValueError, match=r"the upstream must hold 2 numbers, got 1"):
            vjp(lambda x: [x, x], 1.0)[1]([1.0, None])

    def test_none_in_a_structure_stays_none(self) -> None:
        assert grad(lambda p: p[0] * p[0])([3.0, None, {"b": None}]) == [6.0, None, {"b": None}]
        assert jacobian(lambda x: [x, None])(1.0) == [1.0, None]
        assert jvp(lambda p: (p[0] * 2.0, None), ([1.0, None],), ([1.0, None],)) == (
            (2.0, None),
            (2.0, None),
        )

    @pytest.mark.parametrize("transform", [jacfwd, jacrev])
    def test_an_output_that_is_no_number_is_named_with_its_place(self, transform: Function) -> None:
        with pytest.raises(TypeError, match=r"the output\[1\]: .*got str"):
            transform(lambda x: [x, "x"])(1.0)

    def test_an_error_in_the_function_comes_through_and_leaves_no_trace(self) -> None:
        def fail(x: Any) -> Any:
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            grad(fail)(1.0)
        assert type(grad(lambda x: x * x)(3.0)) is float
