"""What is nested deeper than Python's recursion goes, or holds itself."""

import copy
import functools
import math
import pickle
from collections.abc import Callable
from typing import Any

import pytest

import autograd as ag
from autograd import Value, compile, grad, to_c, value_and_grad, vmap
from autograd.engine.nesting import DEEPEST, depth_of, inside_out
from autograd.nn import MLP, Module
from autograd.show import draw
from autograd.transforms.trees import flatten_numbers

of = functools.partial(compile, backend="python")


def nested(depth: int, kind: Callable[[Any], Any], x: Any = 1.0) -> Any:
    for _ in range(depth):
        x = kind(x)
    return x


def innermost(x: Any) -> Any:
    while isinstance(x, (list, tuple, dict)):
        x = next(iter(x.values() if isinstance(x, dict) else x))
    return x


def double(x: Any) -> Any:
    return innermost(x) * 2.0


def of_itself(kind: str) -> Any:
    x: Any = {} if kind == "dict" else [1.0]
    if kind == "dict":
        x["self"] = x
    else:
        x.insert(0, [(x,)])
    return x


KINDS: dict[str, Callable[[Any], Any]] = {
    "list": lambda x: [x],
    "tuple": lambda x: (x,),
    "dict": lambda x: {"a": x},
}
WAYS: dict[str, Callable[[Any], Any]] = {
    "compile": of(double),
    "compiled gradient": of(value_and_grad(double)),
    "verify": of(double).verify,
    "vmap of a dict": lambda x: vmap(double)(
        nested(1, KINDS["dict"], nested(1000, KINDS["dict"], x))
    ),
    "compiled vmap": lambda x: of(vmap(double))([x]),
    "compiled vmap of it": of(vmap(double)),
    "compiled vmap with it": lambda x: of(vmap(lambda x, y: x, (0, None)))([1.0], x),
    "scan": lambda x: of(lambda s, y: (s, y)).scan(x, [1.0]),
    "scan of it": lambda x: of(lambda s, y: (s, 1.0)).scan(1.0, [x]),
    "to_c": lambda x: to_c(double, x),
    "grad": grad(double),
    "jacobian": ag.jacobian(double),
    "hessian": ag.hessian(double),
    "jvp": lambda x: ag.jvp(double, (x,), (x,)),
    "vjp": lambda x: ag.vjp(double, x),
    "gradients": lambda x: ag.gradients(Value(1.0) * 2.0, x),
    "check_grads": lambda x: ag.check_grads(double, x),
    "flatten": flatten_numbers,
    "the result": lambda x: of(lambda y: x)(1.0),
    "the result of a sample": lambda x: of(vmap(lambda y: x))([1.0]),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_deep_structure_is_refused(way: str, kind: str) -> None:
    with pytest.raises((ValueError, TypeError)) as caught:
        WAYS[way](nested(5000, KINDS[kind]))
    assert "levels deep, and " in str(caught.value)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("kind", ["list", "dict"])
def test_a_structure_that_holds_itself_is_refused(way: str, kind: str) -> None:
    with pytest.raises(ValueError, match="holds itself, so it has no end"):
        WAYS[way](of_itself(kind))


@pytest.mark.parametrize("kind", KINDS)
def test_the_deepest_structure_is_taken(kind: str) -> None:
    x = nested(DEEPEST, KINDS[kind])
    assert innermost(of(value_and_grad(double))(x)[1]) == innermost(grad(double)(x)) == 2.0
    assert of(double).verify(x) == 1
    leaves, treedef = flatten_numbers(x)
    assert treedef.unflatten(leaves) == x
    assert double(of(lambda x: x)(x)) == 2.0
    with pytest.raises(ValueError, match="x is nested 101 levels deep"):
        of(double)(KINDS[kind](x))


def test_a_static_argument_may_be_deep() -> None:
    compiled = of(lambda x, n: x * innermost(n), static="n")
    for y in (2.0, 3.0, 2.0):
        assert compiled(1.0, nested(500, lambda x: (x,), y)) == y
    assert len(compiled._recordings.values()) == 2


def test_the_depth_of_what_is_shared_is_that_of_its_longest_way() -> None:
    shared = nested(3, KINDS["list"])
    assert depth_of([shared, [[shared]], shared]) == 6
    assert depth_of(of_itself("list")) == math.inf
    assert (depth_of(1.0), depth_of([]), depth_of([[1.0], []])) == (0, 1, 2)
    assert [x for x, _ in inside_out([[1.0], {"a": (2.0,)}])][:3] == [[1.0], (2.0,), {"a": (2.0,)}]


# --- Modules --------------------------------------------------------------------------------


class Chain(Module):
    def __init__(self, inner: Any = None) -> None:
        self.w, self.inner = Value(1.0), inner

    def forward(self, x: Any) -> Any:
        x = self.w * x
        return self.inner(x) if self.inner is not None else x


def chain(depth: int) -> Any:
    return nested(depth, Chain, None)


@pytest.mark.parametrize("again", [copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))])
@pytest.mark.parametrize("depth", [3, DEEPEST, DEEPEST + 1, 400, 1500])
def test_deep_modules_are_copied_and_pickled(depth: int, again: Callable[[Any], Any]) -> None:
    model = chain(depth)
    model.parameters()[-1].data = 7.0
    model.top = [model]
    other = again(model)
    assert other.state_dict() == model.state_dict()
    assert set(map(id, other.parameters())).isdisjoint(map(id, model.parameters()))
    assert list(vars(other)) == list(vars(model)) == ["w", "inner", "top"]
    assert other.top[0] is other
    assert copy.copy(model).inner is model.inner


@pytest.mark.parametrize("again", [copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))])
def test_modules_that_hold_deep_lists_are_copied_and_pickled(again: Callable[[Any], Any]) -> None:
    model = Chain()
    model.rows = nested(700, KINDS["list"])  # type: ignore[attr-defined]
    assert innermost(again(model).rows) == 1.0
    assert of(lambda m, x: m.w * x)(model, 3.0) == 3.0


class Slotted(Module):
    __slots__ = ("extra",)

    def __init__(self) -> None:
        self.w, self.extra = Value(1.0), Value(2.0)


class Stated(Chain):
    def __getstate__(self) -> Any:
        return {**vars(self), "kept": True}

    def __setstate__(self, state: Any) -> None:
        vars(self).update(state)


@pytest.mark.parametrize(
    "again", [copy.copy, copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))]
)
def test_modules_with_slots_or_a_state_of_their_own_are_copied(again: Callable[[Any], Any]) -> None:
    assert again(Slotted()).extra.data == 2.0
    assert again(Stated()).kept
    assert again(MLP(1, [2], rng=0)).state_dict() == MLP(1, [2], rng=0).state_dict()


def test_a_model_and_a_part_of_it_are_copied_together() -> None:
    model = chain(400)
    parts = [model.inner.inner, model, model.parameters()]
    inner, outer, parameters = copy.deepcopy(parts)
    assert outer.inner.inner is inner
    assert outer.parameters()[5] is parameters[5]


@pytest.mark.untraced
def test_a_call_through_too_many_modules_says_so() -> None:
    x = Value(2.0)
    assert chain(200)(x).data == 2.0
    for call in (chain(1500), of(lambda m, x: m(x)), grad(lambda m, x: m(x))):
        args = (x,) if isinstance(call, Chain) else (chain(1500), 2.0)
        with pytest.raises(ValueError, match=r"1500 levels deep, too deep for Python.*in a loop"):
            call(*args)


def test_a_module_that_calls_itself_says_so() -> None:
    model = Chain()
    model.inner = model
    for call in (model, functools.partial(of(lambda m, x: m(x)), model)):
        with pytest.raises(ValueError, match="holds a Module that holds itself"):
            call(2.0)


def test_recursion_of_the_user_stays_what_it_is() -> None:
    class Endless(Module):
        def forward(self, x: Any) -> Any:
            return self.forward(x)

    for call in (Endless(), of(lambda x: Endless()(x))):
        with pytest.raises(RecursionError):
            call(1.0)


def test_deep_modules_are_shown_as_far_as_a_reader_goes() -> None:
    lines = repr(chain(1500)).split("\n")
    assert len(lines) == DEEPEST + 1
    assert lines[0] == "Chain(): 1,500 parameters"
    assert lines[-1].strip() == "inner: Chain (and what it holds)"


@pytest.mark.untraced
def test_what_walks_deep_modules_works() -> None:
    model = chain(1500)
    model.load_state_dict(model.state_dict())
    assert len(flatten_numbers(model)[0]) == len(grad(lambda m: m.w * 2.0)(model)) == 1500
    assert of(lambda m, x: m.w * x)(chain(300), 3.0) == 3.0
    assert "svg" in draw(chain(200)(2.0), collapse="layer").svg
