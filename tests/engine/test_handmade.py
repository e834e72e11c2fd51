"""Nodes made by hand, and scripts in the style of microgpt and micrograd that make them."""

import math
import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd as ag
from autograd import NoDerivativeError, TracedValueError, Value, compile, constant, no_grad
from autograd.engine.watching import watching
from autograd.optim import Adam
from autograd.show import draw, explain, summary


class TestAsInMicrogpt:
    """A number for each child is its local derivative."""

    def test_backward_multiplies_with_the_numbers(self) -> None:
        a, b = Value(2.0), Value(3.0)
        y = Value(a.data * b.data, (a, b), (b.data, a.data))
        (y * a).backward()
        assert (y.data, y.grad, a.grad, b.grad) == (6.0, 2.0, 12.0, 4.0)

    @pytest.mark.parametrize("container", [tuple, list])
    def test_any_number_of_children_by_place_or_by_name(self, container: Any) -> None:
        values = [Value(float(i)) for i in range(5)]
        slopes = [float(2**i) for i in range(5)]
        for y in (
            Value(1.0, container(values), container(slopes)),
            Value(1.0, children=container(values), local_grads=container(slopes)),
            Value(1.0, container(values), local_grads=container(slopes), label="y"),
            Value(1.0, container(values), container(slopes), "y"),
        ):
            y.backward()
            assert [x.grad for x in values] == slopes
            assert y.label in ("", "y")
            for x in values:
                x.grad = 0

    def test_a_child_that_comes_twice_has_two_edges(self) -> None:
        x = Value(3.0)
        Value(9.0, (x, x), (x.data, x.data)).backward()
        assert x.grad == 6.0

    @pytest.mark.parametrize("slope", [1, True, np.float64(1.0), np.int64(1)])
    def test_a_local_derivative_is_any_number(self, slope: Any) -> None:
        x = Value(3.0)
        Value(0.0, (x,), (slope,)).backward()
        assert x.grad == 1.0

    def test_an_infinite_one_is_multiplied_as_it_is(self) -> None:
        x = Value(0.0)
        (Value(0.0, (x,), (math.inf,)) * 0.0).backward()
        assert math.isnan(x.grad)

    def test_transforms_take_it_once(self) -> None:
        def cube(x: Any) -> Value:
            return Value(x.data**3, (x,), (3 * x.data**2,))

        assert ag.grad(cube)(2.0) == 12.0
        assert ag.jvp(cube, 2.0, 1.0) == (8.0, 12.0)
        with pytest.raises(NoDerivativeError, match="no second derivative goes through a number"):
            ag.hessian(cube)(2.0)

    def test_a_second_derivative_is_refused_and_changes_no_grad(self) -> None:
        x = Value(2.0)
        y = Value(4.0, (x,), (4.0,)) * x
        with pytest.raises(NoDerivativeError, match="made by hand"):
            y.backward(create_graph=True)
        assert (x.grad, y.grad) == (0.0, 0.0)

    def test_it_is_not_computed_again(self) -> None:
        x = Value(2.0)
        y = Value(4.0, (x,), (4.0,)) + 1.0
        x.data = 3.0
        with pytest.raises(TypeError, match="a node made by hand cannot be computed again"):
            ag.recompute(y)
        assert y.data == 5.0

    def test_a_compiled_function_refuses_it_by_name(self) -> None:
        with pytest.raises(TracedValueError, match="a node made by hand would hold for this call"):
            compile(lambda x: Value(1.0, (x,), (2.0,)) * x)(3.0)

    def test_watchers_see_it_and_no_grad_forgets_it(self) -> None:
        x, seen = Value(2.0), list[Any]()
        with watching(seen.append):
            y = Value(4.0, (x,), (4.0,))
        assert seen == [y]
        with no_grad():
            assert Value(4.0, (x,), (4.0,)).is_leaf

    def test_it_is_drawn_and_explained(self) -> None:
        a, b = Value(2.0, label="a"), Value(3.0, label="b")
        y = Value(6.0, (a, b), (3.0, 2.0)) * a
        assert "by hand" in draw(y).svg
        assert "by hand(a, b)" in str(explain(y, wrt=a))


class TestAsInMicrograd:
    """The name of the operation, and no derivative."""

    def test_it_is_a_node_with_that_name(self) -> None:
        a, b = Value(2.0), Value(3.0)
        for y in (
            Value(5.0, (a, b), "+"),
            Value(5.0, [a, b], _op="+"),
            Value(5.0, _children=(a, b), _op="+"),
        ):
            assert (y._op, y.operands, y.data) == ("+", (a, b), 5.0)
        assert set(Value(5.0, {a, b}, "+")._prev) == {a, b}

    def test_a_gradient_through_it_is_refused_and_changes_no_grad(self) -> None:
        a = Value(2.0)
        y = Value(math.tanh(2.0), (a,), "tanh") * a
        with pytest.raises(NoDerivativeError, match="a 'tanh' node made by hand has no local"):
            y.backward()
        assert (a.grad, y.grad) == (0.0, 0.0)

    def test_what_needs_no_gradient_works(self) -> None:
        a = Value(2.0, label="a")
        y = Value(4.0, (a,), "square") + 1.0
        assert "square" in draw(y).svg
        assert "square" in str(summary(y))

    def test_a_leaf_may_be_written_out(self) -> None:
        for leaf in (
            Value(2.0, ()),
            Value(2.0, (), ""),
            Value(2.0, (), "", label="x"),
            Value(2.0, (), "", "x"),
            Value(2.0, (), ()),
            Value(2.0, _children=(), _op=""),
        ):
            assert (leaf.is_leaf, leaf.data, leaf._op, len(leaf._prev)) == (True, 2.0, "", 0)
            assert leaf.label in ("", "x")


class TestLabels:
    def test_the_second_place_is_a_label_if_it_is_a_str(self) -> None:
        assert Value(2.0, "a").label == Value(2.0, label="a").label == "a"
        assert constant(2.0, "k").label == "k"

    @pytest.mark.parametrize("label", [3, ["a"], ("a",)])
    def test_a_label_is_a_str(self, label: Any) -> None:
        with pytest.raises(TypeError, match="a label is a str"):
            Value(2.0, label=label)


X = Value(1.0)


@pytest.mark.parametrize(
    ("made", "named"),
    [
        ((3,), {}),
        ((None,), {}),
        ((0,), {}),
        ((X,), {}),
        ((Value(0.0),), {}),
        (((1.0,), (1.0,)), {}),
        (((X,), (1.0, 2.0)), {}),
        (((X,), ()), {"_op": 3}),
        (((X,), 5), {}),
        (((X,), X), {}),
        (((X,), (X,)), {}),
        (((X,), ("x",)), {}),
        (((), (1.0,)), {}),
        (("a", "b"), {}),
        (("a",), {"label": "b"}),
        (((), "", "a"), {"label": "b"}),
        (((X,), "+", "a", "b"), {}),
        ((), {"lable": "a"}),
        ((np.array([1.0]),), {}),
    ],
)
def test_anything_else_is_an_error_that_lists_the_forms(made: Any, named: Any) -> None:
    with pytest.raises(TypeError, match=r"Value\(data, children, local_grads\)") as caught:
        Value(1.0, *made, **named)
    assert "label='x'" in str(caught.value)
    assert "Value(data, children, '+')" in str(caught.value)


def test_a_constant_has_no_children() -> None:
    with pytest.raises(TypeError, match="a constant has no children"):
        constant(2.0, (X,), (1.0,))


# --- scripts as people write them -----------------------------------------------------------


def trained(relu: Callable[[Value], Value], exp: Callable[[Value], Value]) -> list[float]:
    """The losses of a small network, with the two functions that the script brings along."""
    draw_from = random.Random(7)
    weights = [[Value(draw_from.gauss(0, 1)) for _ in range(2)] for _ in range(4)]
    last = [Value(draw_from.gauss(0, 1)) for _ in range(4)]
    parameters = [*last, *(w for row in weights for w in row)]
    losses = []
    for _ in range(5):
        loss = Value(0)
        for x, y, target in [(1.0, 2.0, 1.0), (-1.0, 0.5, 0.0), (0.3, -2.0, 1.0)]:
            hidden = [relu(row[0] * x + row[1] * y) for row in weights]
            out = sum((w * h for w, h in zip(last, hidden, strict=True)), Value(0))
            probability = 1 / (1 + exp(-out))
            loss = loss + (probability - target) ** 2
        loss.backward()
        for p in parameters:
            p.data -= 0.1 * p.grad
            p.grad = 0
        losses.append(loss.data)
    return losses


def test_functions_that_build_their_nodes_train_as_the_librarys_own_do() -> None:
    def relu(x: Value) -> Value:
        return Value(max(0, x.data), (x,), (float(x.data > 0),))

    def exp(x: Value) -> Value:
        e = math.exp(x.data)
        return Value(e, (x,), (e,))

    assert trained(relu, exp) == trained(ag.relu, ag.exp)


def test_an_optimizer_that_keeps_its_moments_on_the_parameters() -> None:
    ours: list[Any] = [Value(1.0), Value(-2.0)]
    theirs = [Value(1.0), Value(-2.0)]
    optimizer = Adam(theirs, lr=0.1)
    for p in ours:
        p.m = p.v = 0.0
    for step in range(1, 6):
        for a, b in (ours, theirs):
            (a * a + (a - b) ** 2).backward()
        for p in ours:
            p.m = 0.9 * p.m + (1.0 - 0.9) * p.grad
            p.v = 0.999 * p.v + (1.0 - 0.999) * p.grad**2
            unbiased = p.m / (1 - 0.9**step), p.v / (1 - 0.999**step)
            p.data -= 0.1 * unbiased[0] / (unbiased[1] ** 0.5 + 1e-8)
            p.grad = 0
        optimizer.step()
        optimizer.zero_grad()
        wanted = [p.data for p in theirs]
        assert [p.data for p in ours] == pytest.approx(wanted, rel=1e-14)


def test_a_class_that_adds_methods_of_its_own() -> None:
    class Scalar(Value):
        def log(self) -> Any:
            return Scalar(math.log(self.data), (self,), (1 / self.data,))

        def softplus(self) -> Any:
            grown = math.exp(self.data)
            return Scalar(math.log1p(grown), children=(self,), local_grads=(grown / (1 + grown),))

    x = Scalar(2.0)
    y = x.log().softplus() * 3
    y.backward()
    wanted = Value(2.0)
    (ag.softplus(ag.log(wanted)) * 3).backward()
    assert x.grad == pytest.approx(wanted.grad, rel=1e-15)


def test_a_backward_of_its_own_that_walks_the_children() -> None:
    def backward(root: Value) -> dict[Value, float]:
        order: list[Value] = []
        seen: set[Value] = set()

        def visit(v: Value) -> None:
            if v not in seen:
                seen.add(v)
                for child in v._children:
                    visit(child)
                order.append(v)

        visit(root)
        grads = dict.fromkeys(order, 0.0) | {root: 1.0}
        for v in reversed(order):
            for child, local in zip(v._children, v._local_grads, strict=True):
                grads[child] += local * grads[v]
        return grads

    a, b = Value(2.0), Value(-3.0)
    y = ag.sum([(a * b + 10).tanh(), a * a, 1.0])
    grads = backward(y)
    y.backward()
    assert (grads[a], grads[b]) == (a.grad, b.grad)


def test_drawing_code_for_micrograd() -> None:
    def trace(root: Value) -> tuple[list[str], list[tuple[str, str]]]:
        nodes: set[Value] = set()
        edges: set[tuple[Value, Value]] = set()

        def build(v: Value) -> None:
            if v not in nodes:
                nodes.add(v)
                for child in v._prev:
                    edges.add((child, v))
                    build(child)

        build(root)
        named = {v: v.label or v._op for v in nodes}
        return sorted(named.values()), sorted((named[a], named[b]) for a, b in edges)

    a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    y = (a * a + b).relu()
    assert trace(y) == (
        ["*", "+", "a", "b", "relu"],
        [("*", "+"), ("+", "relu"), ("a", "*"), ("b", "+")],
    )
    assert (a * a)._prev == {a}
    assert list((a - b)._prev) == [a, b]
    assert (a * 2.0)._prev | {b} == {a, b}
