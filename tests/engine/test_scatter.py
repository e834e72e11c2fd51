"""What lookups in a table give back is added up at its places, in the order of numbers."""

from collections.abc import Callable
from typing import Any

import pytest

import autograd as ag
from autograd import Value, constant, grad, gradients, hessian, lookup, recompute, vmap, where
from autograd.engine.graph import topological_order
from tests.bits import bits


def _several(t: Any, i: Any, w: Any) -> Any:
    return ag.sum([x * lookup(t, k) for k, x in zip(i, w, strict=True)])


def _squares(t: Any, i: Any, w: Any) -> Any:
    return ag.sum([x * lookup(t, k) ** 2.0 for k, x in zip(i, w, strict=True)])


def _after_other_uses(t: Any, i: Any, w: Any) -> Any:
    return _several(t, i, w) * ag.dot(t, t[::-1])


def _before_other_uses(t: Any, i: Any, w: Any) -> Any:
    return ag.sum(t) + _squares(t, i, w) + 1e16 * t[0]


def _between_other_uses(t: Any, i: Any, w: Any) -> Any:
    found = lookup(t, i[0])
    for k, x in zip(i, w, strict=True):
        found = found * 0.5 + lookup(t, k) * t[1] + 1e17 * x * t[2]
    return found


def _in_two_tables(t: Any, i: Any, w: Any) -> Any:
    found = lookup(t, i[0])
    for k, x in zip(i, w, strict=True):
        found = found * x + lookup(t, k) + lookup([t[2], found, t[0]], k) * 1e17
    return found


def _with_a_value_twice(t: Any, i: Any, w: Any) -> Any:
    return _squares([t[0], t[1], t[0]], i, w)


def _if_it_is_used(t: Any, i: Any, w: Any) -> Any:
    return ag.sum([where(x, lookup(t, k), t[1]) for k, x in zip(i, w, strict=True)])


def _of_computed_values(t: Any, i: Any, w: Any) -> Any:
    """What no lookup takes has an infinite slope, which must not come in as 0 times infinity."""
    return _squares([t[0] * t[1], ag.exp(t[2]), ag.sqrt(t[0] - t[0])], [0.0 * k for k in i], w)


def _of_rows(t: Any, i: Any, w: Any) -> Any:
    rows = [[x, x * x] for x in t]
    return ag.sum([ag.dot(lookup(rows, k), [x, 1.0]) for k, x in zip(i, w, strict=True)])


def _in_batches(t: Any, i: Any, w: Any) -> Any:
    sample = vmap(lambda k, x: lookup(t, k) * lookup(t, 2.0 - k) * x, reduce="sum")
    return sample(i, w) * lookup(t, i[0])


def _in_scans(t: Any, i: Any, w: Any) -> Any:
    def step(state: Any, datum: Any) -> Any:
        k, x = datum
        return state * lookup(t, k) + lookup(t, 2.0 - k) * x, None

    return ag.scan(step, t[0], (i, w))[0]


PROGRAMS: dict[str, Callable[..., Any]] = {
    name: f
    for name, f in globals().items()
    if name.startswith("_") and callable(f) and name[1].isalpha()
}
every_program = pytest.mark.parametrize("f", PROGRAMS.values(), ids=list(PROGRAMS))
ARGUMENTS = [
    ([2.0, 3.0, 0.5], [1.0, 1.0, 2.0], [0.1, 0.7, -1e16]),
    ([2.0, -0.0, 1e-300], [0.0, 2.0, 0.0], [-0.0, 0.0, -0.0]),
    ([1.0, 3.0, -4.0], [2.0, 1.0, 0.0], [1e17, -1e17, 3.0]),
]
every_call = pytest.mark.parametrize("args", ARGUMENTS, ids=["repeated", "zeros", "each"])


def values(xs: list[float]) -> list[Value]:
    return list(map(Value, xs))


def count(xs: list[Any], name: str) -> int:
    nodes = {node for x in xs for node in topological_order(x)}
    return sum(node.op is not None and node.op.name == name for node in nodes)


@every_program
@every_call
def test_a_gradient_as_a_graph_has_the_bits_of_that_in_numbers(f: Any, args: Any) -> None:
    t, i, w = map(values, args)
    numbers = gradients(f(t, i, w), [*t, *w], create_graph=False)
    found = gradients(f(t, i, w), [*t, *w])
    assert bits([x.data for x in found]) == bits(numbers)


@every_program
def test_it_chooses_anew_when_it_is_recomputed(f: Any) -> None:
    t, i, w = map(values, ARGUMENTS[0])
    found = gradients(f(t, i, w), t)
    for leaves, numbers in zip((t, i, w), ARGUMENTS[2], strict=True):
        for leaf, x in zip(leaves, numbers, strict=True):
            leaf.data = x
    for gradient in found:
        recompute(gradient)
    assert bits([x.data for x in found]) == bits(grad(f)(*ARGUMENTS[2]))


@every_program
@every_call
def test_second_derivatives_compiled_have_the_bits_of_interpreted_ones(f: Any, args: Any) -> None:
    assert bits(ag.compile(hessian(f))(*args)) == bits(hessian(f)(*args))


def test_a_table_has_an_operation_for_each_place_whatever_the_number_of_lookups() -> None:
    for lookups in (2, 40):
        t, i = values([1.0] * 7), values([3.0] * lookups)
        found = gradients(_several(t, i, [2.0] * lookups), t)
        assert count(found, "scattered") == 2 * 7  # sums, and how many terms they have
        assert not count(found, "=")
        assert [x.data for x in found] == [0.0] * 3 + [2.0 * lookups] + [0.0] * 3


def test_what_came_before_is_what_it_adds_to() -> None:
    t, i = values([1.0, 2.0]), values([1.0, 1.0])
    found = gradients(ag.sum([lookup(t, k) for k in i]) + t[0] * 5.0 + t[1] * 3.0, t)
    assert [x.data for x in found] == [5.0, 5.0]
    assert count(found, "scattered") == 2


def test_a_single_lookup_is_masked_and_of_numbers_alone_no_operation_is_made() -> None:
    t = values([1.0, 2.0])
    once = gradients(lookup(t, Value(1.0)) * 3.0, t)
    known = gradients(lookup(t, 1) * 3.0 + lookup(t, 1.0) + lookup(t, 0), t)
    assert count([*once, *known], "scattered") == 0
    assert [x.data for x in (*once, *known)] == [0.0, 3.0, 1.0, 4.0]


def test_an_index_that_is_a_number_makes_the_graph_of_one_that_is_a_node() -> None:
    t, w = values([1.0, 2.0, 3.0]), values([0.5, 0.7])
    found = [gradients(_several(t, i, w), t) for i in ([2.0, 1.0], values([2.0, 1.0]))]
    assert [count(x, "scattered") for x in found] == [3, 6]  # of numbers it is known what comes
    assert bits([x.data for x in found[0]]) == bits([x.data for x in found[1]])


def test_a_constant_in_a_table_gets_no_gradient() -> None:
    t = [Value(1.0), constant(2.0), Value(3.0)]
    found = gradients(_several(t, values([1.0, 2.0, 2.0]), [1.0, 2.0, 3.0]), [t[0], t[2]])
    assert [x.data for x in found] == [0.0, 5.0]


@pytest.mark.parametrize("nested", [False, True])
def test_tables_that_share_a_value_may_follow_one_another_without_end(nested: bool) -> None:
    lookups = 3000
    (shared, *others), i = values([1.0, 2.0, 3.0]), Value(1.0)
    total: Any = others[0]
    for k in range(lookups):
        other = total if nested else others[k % 2]
        total = lookup([shared, other], i) + (0.0 if nested else total)
    found = gradients(total, [shared, *others], create_graph=True)
    half = 0.0 if nested else lookups / 2
    assert [x.data for x in found] == [0.0, 1.0 + half, half]
