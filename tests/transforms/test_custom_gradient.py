"""`custom_gradient`: what a rule gives flows back, interpreted and compiled, to any order."""

import functools
from collections.abc import Callable
from typing import Any, NamedTuple, cast

import numpy as np
import pytest

import autograd as ag
from autograd import (
    Value,
    check_grads,
    compile,
    constant,
    custom_gradient,
    grad,
    hessian,
    jacobian,
    jvp,
    load_compiled,
    no_grad,
    recompute,
    scan,
    value_and_grad,
    vjp,
    vmap,
    where,
)
from autograd.compiler.backends.choose import MODULES
from autograd.nn import Neuron
from autograd.show import explain, formula
from tests.bits import bits

BACKENDS = tuple(MODULES)


class Pair(NamedTuple):
    a: Any
    b: Any


def cube(x: Any) -> Any:
    return x * x * x


def product_and_quotient(x: Any, y: Any) -> Any:
    return x * y, {"q": ag.div(x, y)}


def of_both(args: Any, out: Any, upstream: Any) -> Any:
    (x, y), (u, v) = args, (upstream[0], upstream[1]["q"])
    return [u * y + ag.div(v, y), u * x - ag.div(v * out[1]["q"], y)]


def in_parts(point: Any, scale: Any) -> Any:
    return [point["a"] * scale, Pair(point["b"][0] * point["b"][1], scale)]


def of_parts(args: Any, out: Any, upstream: Any) -> Any:
    point, scale = args
    u, (v, w) = upstream
    b = point["b"]
    return {"b": [v * b[1], v * b[0]], "a": u * scale}, u * point["a"] + w


RULED_CUBE = custom_gradient(cube, lambda args, out, u: [u * 3.0 * args[0] * args[0]])
RULED_BOTH = custom_gradient(product_and_quotient, of_both)
RULED_PARTS = custom_gradient(in_parts, of_parts)


def of_both_results(f: Any) -> Any:
    def call(x: Any, y: Any) -> Any:
        product, rest = f(ag.sin(x), y)
        return product * rest["q"] + ag.exp(rest["q"]) * f(y, x)[0]

    return call


# The function with a rule that is right, without it, and arguments for both.
RIGHT: dict[str, tuple[Any, Any, tuple[Any, ...]]] = {
    "one number": (RULED_CUBE, cube, (1.5,)),
    "inside of others": (
        lambda x: ag.exp(RULED_CUBE(ag.sin(x))) * x,
        lambda x: ag.exp(cube(ag.sin(x))) * x,
        (0.7,),
    ),
    "of itself": (lambda x: RULED_CUBE(RULED_CUBE(x)), lambda x: cube(cube(x)), (1.1,)),
    "several results": (
        of_both_results(RULED_BOTH),
        of_both_results(product_and_quotient),
        (0.5, 2.0),
    ),
    "one of several results": (
        lambda x, y: RULED_BOTH(x, y)[1]["q"],
        lambda x, y: product_and_quotient(x, y)[1]["q"],
        (0.5, 2.0),
    ),
    "one Value as both": (lambda x: RULED_BOTH(x, x)[0], lambda x: x * x, (1.5,)),
    "a number as an argument": (
        lambda x: RULED_BOTH(x, 2.0)[0] + RULED_BOTH(3.0, x)[1]["q"],
        lambda x: x * 2.0 + ag.div(3.0, x),
        (1.5,),
    ),
    "structures": (
        lambda p, s: RULED_PARTS(p, s)[0] * RULED_PARTS(p, s * s)[1].a + RULED_PARTS(p, s)[1].b,
        lambda p, s: in_parts(p, s)[0] * in_parts(p, s * s)[1].a + in_parts(p, s)[1].b,
        ({"a": 0.5, "b": [2.0, 3.0]}, 1.5),
    ),
    "a batch": (
        lambda xs, y: vmap(lambda x: RULED_BOTH(x, y)[1]["q"], 0, "sum")(xs) * y,
        lambda xs, y: vmap(lambda x: ag.div(x, y), 0, "sum")(xs) * y * 1.0,
        ([1.0, 2.0, 3.0], 2.0),
    ),
    "a scan": (
        lambda xs, y: scan(lambda s, x: (RULED_BOTH(s, x)[0] + y, None), y, xs)[0],
        lambda xs, y: scan(lambda s, x: (s * x + y, None), y, xs)[0],
        ([1.0, 2.0, 0.5], 2.0),
    ),
    "a choice": (
        lambda x: where(ag.greater(x, 1.0), RULED_CUBE(x), x),
        lambda x: where(ag.greater(x, 1.0), cube(x), x),
        (1.5,),
    ),
    "a choice that leaves it": (
        lambda x: where(ag.greater(x, 1.0), RULED_CUBE(x), x * x),
        lambda x: where(ag.greater(x, 1.0), cube(x), x * x),
        (0.5,),
    ),
}
ORDERS: dict[str, Callable[[Any], Any]] = {
    "value": lambda f: f,
    "gradient": value_and_grad,
    "hessian": hessian,
    "gradient of a gradient": lambda f: grad(lambda *xs: _total(grad(f)(*xs))),
}


def _total(x: Any) -> Any:
    items = list(x.values()) if isinstance(x, dict) else x if isinstance(x, (list, tuple)) else [x]
    return ag.sum([_total(item) if isinstance(item, (list, tuple)) else item for item in items])


def flat(x: Any) -> list[float]:
    if isinstance(x, dict):
        return [leaf for item in x.values() for leaf in flat(item)]
    if isinstance(x, (list, tuple)):
        return [leaf for item in x for leaf in flat(item)]
    return [x.data if isinstance(x, Value) else float(x)]


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("name", RIGHT)
def test_a_right_rule_gives_the_derivatives_of_the_function(name: str, order: str) -> None:
    ruled, plain, args = RIGHT[name]
    transform = ORDERS[order]
    assert flat(transform(ruled)(*args)) == pytest.approx(flat(transform(plain)(*args)), rel=1e-12)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("name", RIGHT)
def test_compiled_derivatives_have_the_interpreted_bits(
    name: str, order: str, backend: str
) -> None:
    ruled, _, args = RIGHT[name]
    f = ORDERS[order](ruled)
    assert bits(flat(compile(f, backend=backend)(*args))) == bits(flat(f(*args)))


@pytest.mark.parametrize("name", sorted(set(RIGHT) - {"a choice that leaves it"}))
def test_right_rules_pass_check_grads(name: str) -> None:
    ruled, _, args = RIGHT[name]
    check_grads(ruled, args, order=2)


def test_a_rule_is_taken_as_it_is() -> None:
    clipped = custom_gradient(lambda x: x, lambda args, out, u: [ag.clip(u, -1.0, 1.0)])
    assert grad(lambda x: clipped(x) ** 2)(3.0) == 1.0
    assert grad(lambda x: 0.25 * clipped(x) ** 2)(1.0) == 0.5
    reversed_ = custom_gradient(lambda x: x, lambda args, out, u: (-u,))
    x = Value(2.0, "x")
    y = reversed_(x) * 3.0
    y.backward()
    assert (y.data, x.grad) == (6.0, -3.0)


def test_what_is_computed_in_numbers_is_a_result_too() -> None:
    rounded = custom_gradient(
        lambda x: float(round(x.data if isinstance(x, Value) else x)), lambda args, out, u: [u]
    )
    assert rounded(1.7) == 2.0
    assert grad(lambda x: rounded(x) ** 2)(1.7) == 4.0
    again = custom_gradient(ag.round, lambda args, out, u: [u])
    f = value_and_grad(lambda x: again(x) ** 2)
    assert compile(f)(1.7) == f(1.7) == (4.0, 4.0)


def newton(a: Any) -> Any:
    with no_grad():
        x = 1.0
        for _ in range(30):
            x = 0.5 * (x + a / x)
    return x


def test_an_implicit_function_needs_no_history() -> None:
    root = custom_gradient(newton, lambda args, x, u: [u / (2.0 * x)])
    assert grad(root)(4.0) == 0.25
    assert grad(grad(root))(4.0) == -1.0 / 32.0
    for f in (grad(root), grad(grad(root)), lambda a: root(a) * a):
        assert compile(f)(4.0) == f(4.0)


def test_a_module_gets_a_gradient_for_each_parameter() -> None:
    def rule(args: Any, out: Any, upstream: Any) -> Any:
        neuron, xs = args
        weights = [name for name, _ in neuron.named_parameters() if name != "bias"]
        return {
            "bias": upstream,
            **{w: upstream * x for w, x in zip(weights, xs, strict=True)},
        }, None

    neuron = Neuron(2, None, rng=0)
    ruled = custom_gradient(lambda m, xs: m(xs), rule)
    step = value_and_grad(lambda m, xs: ruled(m, xs) ** 2)
    plain = value_and_grad(lambda m, xs: m(xs) ** 2)
    for found in (step, compile(step)):
        assert flat(found(neuron, [1.0, 2.0])) == flat(plain(neuron, [1.0, 2.0]))
    (ruled(neuron, [1.0, 2.0]) * 1.0).backward()
    assert neuron.bias is not None
    assert neuron.bias.grad == 1.0
    assert grad(lambda xs: ruled(neuron, xs))([1.0, 2.0]) == [0.0, 0.0]


def test_what_is_no_number_is_handed_on() -> None:
    def power(x: Any, n: int, name: str = "x") -> Any:
        return x**n if name == "x" else x

    ruled = custom_gradient(power, lambda args, out, u: [u * args[1], None, None])
    assert grad(ruled)(3.0, 4) == grad(lambda x: ruled(x, n=4))(3.0) == 4.0
    assert compile(grad(lambda x: ruled(x, 4)))(3.0) == 4.0
    assert ruled(3.0, 4, name="y") == 3.0


def test_forward_mode_takes_the_rule_for_one_result_after_another() -> None:
    assert jvp(RULED_CUBE, (2.0,), (0.5,)) == (8.0, 6.0)
    found = jvp(
        lambda x, y: [RULED_BOTH(x, y)[0], RULED_BOTH(x, y)[1]["q"]], (1.0, 2.0), (1.0, 0.0)
    )
    assert found == ([2.0, 0.5], [2.0, 0.5])
    assert jacobian(RULED_CUBE)(2.0) == 12.0
    value, back = vjp(RULED_CUBE, 2.0)
    assert (value, back(2.0)) == (8.0, (24.0,))


def test_forward_mode_tells_hundreds_of_results_apart() -> None:
    factors = [float(i) for i in range(300)]
    many = custom_gradient(
        lambda x: [x * a for a in factors], lambda args, out, u: [ag.dot(u, factors)]
    )
    assert jvp(many, 2.0, 1.0)[1] == factors


def test_constants_and_no_grad_get_none() -> None:
    assert RULED_CUBE(2.0) == 8.0
    k = constant(2.0)
    assert RULED_CUBE(k).is_constant or RULED_CUBE(k).data == 8.0
    with no_grad():
        assert RULED_CUBE(Value(2.0)).op is None
    x = Value(2.0)
    RULED_BOTH(x, k)[0].backward()
    assert [x.grad, k.grad] == [2.0, None]


def test_a_node_is_named_as_the_function() -> None:
    y = RULED_CUBE(Value(2.0, "x"))
    assert y.op.name == y.operands[0].op.name == "cube"
    assert RULED_CUBE.__name__ == "cube"


def test_what_follows_edges_says_that_a_call_is_one_node() -> None:
    x = Value(2.0, "x")
    with pytest.raises(TypeError, match=r"explain follows .* a call of a function with a rule"):
        explain(RULED_CUBE(x), wrt=x)
    assert "cube" in str(formula(RULED_CUBE(x)))


def test_a_graph_with_rules_runs_again_with_other_numbers() -> None:
    x, y = Value(2.0), Value(3.0)
    z = RULED_BOTH(x, y)[0] * RULED_CUBE(x)
    x.data = 5.0
    recompute(z)
    z.backward()
    assert (z.data, x.grad, y.grad) == (1875.0, 1500.0, 625.0)


def test_a_compiled_function_with_a_rule_is_saved(tmp_path: Any) -> None:
    compiled = compile(grad(lambda xs, y: vmap(lambda x: RULED_BOTH(x, y)[0], 0, "sum")(xs), 1))
    wanted = compiled([1.0, 2.0], 3.0)
    compiled.save(tmp_path / "f")
    assert load_compiled(tmp_path / "f")([1.0, 2.0], 3.0) == wanted == 3.0


def test_arrays_are_lists_of_numbers_in_a_compiled_function() -> None:
    doubled = custom_gradient(
        lambda xs: [2.0 * x for x in xs], lambda args, out, u: [[2.0 * x for x in u]]
    )
    f = compile(grad(lambda xs: ag.dot(doubled(xs), xs)))
    assert f(np.array([1.0, 2.0])).tolist() == [4.0, 8.0]


same = functools.partial(custom_gradient, lambda x, y: x + y["a"])
HIDDEN = Value(3.0, "w")
WRONG: dict[str, tuple[Callable[[], Any], str]] = {
    "no function": (
        lambda: custom_gradient(cast(Any, 3), lambda a, o, u: u),
        "custom_gradient takes a function, got an int",
    ),
    "no rule": (
        lambda: custom_gradient(cube, cast(Any, None)),
        "custom_gradient takes a rule, a function of (args, out, upstream), got None",
    ),
    "one gradient too few": (
        lambda: grad(same(lambda a, o, u: [u]))(1.0, {"a": 2.0}),
        "the rule of <lambda> gives a gradient for each of its 2 arguments, in a tuple or list, "
        "and None where nothing flows back: got a list of 1",
    ),
    "a gradient alone": (
        lambda: grad(custom_gradient(cube, lambda a, o, u: u))(1.0),
        "the rule of cube gives a gradient for each of its 1 argument, in a tuple or list, and "
        "None where nothing flows back: got one number",
    ),
    "a number for a dict": (
        lambda: grad(same(lambda a, o, u: [u, u]))(1.0, {"a": 2.0}),
        "the rule of <lambda> gives a gradient of another structure: argument 1 is a dict with 'a'"
        ", and its gradient a float; for no gradient at all give None for the whole argument",
    ),
    "another key": (
        lambda: grad(same(lambda a, o, u: [u, {"b": u}]))(1.0, {"a": 2.0}),
        "argument 1 is a dict with 'a', and its gradient a dict with 'b'",
    ),
    "None inside": (
        lambda: grad(same(lambda a, o, u: [u, {"a": None}]))(1.0, {"a": 2.0}),
        "argument 1['a'] is a float, and its gradient None; for no gradient at all",
    ),
    "a text": (
        lambda: grad(same(lambda a, o, u: ["a", None]))(1.0, {"a": 2.0}),
        "the rule of <lambda> gives for argument 0 what is no number: ",
    ),
    "a Value that is no argument": (
        lambda: custom_gradient(lambda x: x * HIDDEN, lambda a, o, u: [u])(Value(1.0)),
        "<lambda> has a rule for its arguments and uses leaf 'w', which is none, so that no",
    ),
    "a Value that is no argument, of numbers": (
        lambda: custom_gradient(lambda x: x * HIDDEN, lambda a, o, u: [u])(1.0),
        "which is none, so that no gradient would reach it: pass it as an argument, or its .data",
    ),
    "a traced Value that is no argument": (
        lambda: compile(
            grad(lambda x, y: custom_gradient(lambda x: x * y, lambda a, o, u: [u])(x), (0, 1))
        )(1.0, 2.0),
        "which is none, so that no gradient would reach it",
    ),
    "a keyword that has no place": (
        lambda: custom_gradient(lambda x, *, k: x * k, lambda a, o, u: [u])(1.0, k=2.0),
        "<lambda> has a rule for arguments in order, got the keywords k",
    ),
    "a result that is no number": (
        lambda: custom_gradient(lambda x: "a", lambda a, o, u: [u])(1.0),
        "<lambda>: the result: a Value holds one real number, got str",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_be_a_rule_is_refused(name: str) -> None:
    call, message = WRONG[name]
    with pytest.raises(TypeError) as caught:
        call()
    assert message in str(caught.value)


def _sine(y: Any) -> Any:
    """A function with a rule, that uses a number."""
    return ag.custom_gradient(lambda a: ag.sin(a) * y, lambda args, out, up: [up * y * args[0]])


USES: dict[str, tuple[Callable[..., Any], bool]] = {
    "the function": (lambda x, y: _sine(y)(x), True),
    "what is computed of it": (lambda x, y: _sine(2.0 * y)(x), True),
    "its gradient": (ag.grad(lambda x, y: _sine(y)(x) * y), True),
    "in a batch": (lambda x, y: ag.vmap(lambda a: _sine(y)(a * x), reduce="sum")([1.0, 2.0]), True),
    "a gradient by it": (ag.grad(lambda x, y: _sine(y)(x) * y, (0, 1)), False),
    "a Value of it": (lambda x, y: _sine(ag.Value(0.0) + y)(x), False),
}


@pytest.mark.parametrize("name", USES)
def test_a_number_among_the_arguments_of_a_compiled_function_may_be_used(name: str) -> None:
    f, may = USES[name]
    compiled = ag.compile(f)
    if may:
        assert bits(compiled(0.7, 1.3)) == bits(f(0.7, 1.3))
        return
    for g in (f, compiled):
        with pytest.raises(TypeError, match="which is none, so that no gradient would reach it"):
            g(0.7, 1.3)


def test_a_rule_in_a_scan_gets_what_flows_back_from_another_scan() -> None:
    """What flows there has a mask, and its node was kept from a step that was only tried out."""
    same = custom_gradient(lambda x: x, lambda args, out, u: [u * args[0]])

    def f(x: Any) -> Any:
        inside = ag.scan(lambda s, a: (x, same(s)), x, [1.0])[1][0]
        last, before = ag.scan(lambda s, a: (s, x), inside, [1.0, 1.0])
        return last * before[1]

    second = grad(lambda x: grad(f)(x))
    assert compile(second)(-7.0) == second(-7.0) == -21.0
