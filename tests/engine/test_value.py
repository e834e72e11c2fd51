"""What a Value promises: the semantics that everything else stands on."""

import copy
import gc
import itertools
import math
import operator
import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import autograd as ag
from autograd import Op, StaleGraphError, Value, constant, no_grad, recompute, zero_grad
from autograd.engine.native import name as engine
from autograd.nn import MLP, Neuron

TWINS: tuple[Callable[[Any], Any], ...] = (
    copy.copy,
    copy.deepcopy,
    lambda x: pickle.loads(pickle.dumps(x)),
)


class Slotted(Value):
    __slots__ = ("exponent", "never_set", "unit")

    def __init__(self, data: float, unit: str, exponent: int) -> None:
        super().__init__(data)
        self.unit, self.exponent = unit, exponent


class Measured(Value):
    made = 0

    def __init__(self, *, source: str) -> None:
        super().__init__(20.0)
        self.source, self.children = source, list[Value]()
        Measured.made += 1


class Stateful(Value):
    cache: Any

    def __getstate__(self) -> Any:
        return {"cache": None}

    def __setstate__(self, state: Any) -> None:
        self.__dict__.update(state)


REFLECTED = [
    (name, f"__r{name}__", getattr(operator, name))
    for name in ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow")
]


class Foreign:
    """Says for every operation which of its methods was asked."""

    def __lt__(self, other: object) -> Any:
        return "__lt__", other

    def __le__(self, other: object) -> Any:
        return "__le__", other

    def __gt__(self, other: object) -> Any:
        return "__gt__", other


for _, _name, _ in REFLECTED:
    setattr(Foreign, _name, lambda self, other, name=_name: (name, other))


class TestWhatAValueHolds:
    @pytest.mark.parametrize("x", [2, 2.0, np.float64(2), np.float32(2), np.int64(2)])
    def test_ints_floats_and_numpy_scalars_become_floats(self, x: Any) -> None:
        value = Value(x)
        assert type(value.data) is float
        assert value.data == 2.0

    @pytest.mark.parametrize(
        ("x", "advice"),
        [
            ("2", "float(text)"),
            (None, "0.0"),
            (True, "where(flag"),
            (np.bool_(True), "where(flag"),
            (2j, ".real"),
            (Decimal(2), "float(x)"),
            (Fraction(1, 2), "float(x)"),
            ([1.0], "[Value(x) for x in"),
            (np.array([1.0]), "tolist()"),
            (Value(2.0), ".data"),
        ],
        ids=lambda x: type(x).__name__,
    )
    def test_anything_else_is_a_type_error_that_says_what_to_do(self, x: Any, advice: str) -> None:
        with pytest.raises(TypeError, match=type(x).__name__) as caught:
            Value(x)
        assert advice in str(caught.value)

    def test_an_int_beyond_the_floats_is_a_value_error(self) -> None:
        with pytest.raises(ValueError, match="beyond"):
            Value(10**400)
        with pytest.raises(ValueError, match="beyond"):
            Value(1.0) + 10**400

    def test_grad_starts_at_zero_and_both_may_be_assigned(self) -> None:
        p = Value(2.0)
        assert p.grad == 0.0
        (p * 3.0).backward()
        p.data -= 0.5 * p.grad
        p.grad = 0
        assert (p.data, p.grad) == (0.5, 0)

    @pytest.mark.parametrize("x", ["2", None, True, Value(1.0)])
    def test_data_takes_numbers_only(self, x: Any) -> None:
        p = Value(2.0)
        with pytest.raises(TypeError):
            p.data = x
        assert p.data == 2.0

    def test_data_of_a_computed_value_cannot_be_assigned(self) -> None:
        y = Value(2.0) * 3.0
        with pytest.raises(AttributeError, match="recompute"):
            y.data = 1.0

    @pytest.mark.parametrize(
        "leaf",
        [
            Value(1.0),
            constant(1.0),
            Value(1.0).detach(),
            Neuron(1, rng=0).bias,
            Measured(source="s"),
        ],
    )
    def test_anything_may_be_kept_on_a_leaf(self, leaf: Any) -> None:
        leaf.m, leaf.v, leaf.colour = 0.0, [1.0], "red"
        for twin in (leaf, *(twin_of(leaf) for twin_of in TWINS)):
            assert (twin.m, twin.v, twin.colour) == (0.0, [1.0], "red")
        del leaf.colour
        assert not hasattr(leaf, "colour")

    def test_a_computed_value_has_no_room_for_more(self) -> None:
        x: Any = Value(2.0)
        for computed in (x * x, x + 1.0, 2.0 - x, x.exp(), ag.sum([x, x])):
            with pytest.raises(AttributeError, match="m"):
                computed.m = 0.0
            assert not hasattr(computed, "__dict__")
        slots = [name for kind in Value.__mro__ for name in getattr(kind, "__slots__", ())]
        held = 8 * len(slots) if engine == "python" else 72
        assert object.__sizeof__(x * x) == object.__sizeof__(object()) + held

    def test_a_leaf_is_a_value_like_any_other(self) -> None:
        x = Value(2.0)
        assert isinstance(x, Value)
        assert type(x).__name__ == type(x * x).__name__ == "Value"
        assert repr(x) == repr(x * 1.0)

    def test_labels_name_values_in_messages(self) -> None:
        a, b = Value(1.0, label="a"), Value(2.0)
        b.label = "b"
        assert repr(a) == "Value(data=1.0, grad=0.0, label='a')"
        assert b.label == "b"
        total = a + b
        total.label = "total"
        assert total.label == "total"
        with pytest.raises(TypeError, match="str"):
            b.label = 3  # type: ignore[assignment]

    def test_label_names_the_values_of_a_namespace(self) -> None:
        a, b = Value(1.0), Value(2.0, label="kept")
        ag.label({"a": a, "b": b, "_": Value(0.0), "n": 3})
        assert (a.label, b.label) == ("a", "kept")


class TestTheRecord:
    def test_operands_keep_their_order_and_plain_numbers(self) -> None:
        a, b = Value(6.0), Value(3.0)
        assert [id(x) for x in (a / b).operands] == [id(a), id(b)]
        assert (2.0 - a).operands == (2.0, a)
        assert (a**2).operands == (a, 2.0)
        assert ag.sum([a, 1, b, a]).operands == (a, 1.0, b, a)
        assert (a - b).op is ag.sub
        assert a.operands == ()

    def test_parents_are_the_operands_that_are_values(self) -> None:
        x = Value(3.0)
        assert [id(p) for p in (x * x).parents] == [id(x), id(x)]
        assert (x * 2.0).parents == (x,)
        assert ag.sum([x, 1.0, x]).parents == (x, x)

    def test_local_derivatives_are_callables_one_per_operand(self) -> None:
        a, b = Value(6.0), Value(3.0)
        cases = {a * b: [3.0, 6.0], a + b: [1.0, 1.0], a / b: [1 / 3, -2 / 3], a**2: [12.0]}
        for node, expected in cases.items():
            found = [local() for local in node.local_derivatives]
            assert found[: len(expected)] == expected
            assert len(found) == len(node.operands)
        assert [f() for f in ag.where(0.0, a, b).local_derivatives] == [0.0, 0.0, 1.0]

    def test_the_builtin_sum_leaves_no_trace_of_its_zero(self) -> None:
        a, b = Value(1.0), Value(2.0)
        total = sum([a, b])
        assert isinstance(total, Value)
        assert total.parents == (a, b)
        assert 0 + a is a
        assert (0.0 + a) is not a
        for other in (1, -1, 2):
            y = other + a
            assert (y.data, y.parents) == (other + 1.0, (a,))

    def test_a_constant_gets_no_gradient(self) -> None:
        k, x = constant(3.0), Value(2.0)
        (k * x + k).backward()
        assert (k.grad, x.grad) == (None, 3.0)  # type: ignore[comparison-overlap]
        assert (k * x).parents == (k, x)
        assert isinstance(k, Value)

    @pytest.mark.parametrize("create_graph", [False, True])
    def test_a_constant_gets_no_gradient_when_asked_for_either(self, create_graph: bool) -> None:
        k, x = constant(3.0), Value(2.0)
        for root in (k * x, ag.sum([k, x]), k.exp()):
            assert ag.gradients(root, k, create_graph=create_graph) == 0.0

    def test_numpy_truth_chooses_like_any_other(self) -> None:
        a = Value(1.0)
        assert ag.where(np.float64(1.0) < 2.0, a, 2.0).data == 1.0

    def test_the_forward_function_of_an_op_must_give_a_number(self) -> None:
        with pytest.raises(TypeError, match="got NoneType"):
            Op("bad", lambda x: None, 1.0)(Value(1.0))  # type: ignore[arg-type, return-value]

    def test_detach_stops_the_gradient(self) -> None:
        x = Value(3.0)
        (x * (x * 2.0).detach()).backward()
        assert x.grad == 6.0

    def test_item_and_is_leaf(self) -> None:
        x = Value(3.0)
        assert (x.item(), x.is_leaf, (x + 1).is_leaf) == (3.0, True, False)


class Noted(Value):
    source: str


class TestBackward:
    def test_shared_nodes_add_up(self) -> None:
        x = Value(3.0)
        y = x * x
        (y + y * x).backward()
        assert x.grad == 2 * 3.0 + 3 * 9.0

    def test_calling_twice_adds_exactly_once_more(self) -> None:
        x = Value(0.3)
        y = x.sin() * x.exp()
        y.backward()
        once = [node.grad for node in (x, y, *y.parents)]
        y.backward()
        assert [node.grad for node in (x, y, *y.parents)] == [2 * grad for grad in once]

    def test_two_heads_over_a_shared_node_add_up(self) -> None:
        x = Value(2.0)
        shared = x * x
        (shared * 3.0).backward()
        (shared * 5.0).backward()
        assert (shared.grad, x.grad) == (8.0, 32.0)

    def test_a_seed_scales_all_gradients(self) -> None:
        x = Value(3.0)
        (x * x).backward(gradient=2.0)
        assert x.grad == 12.0
        for create_graph in (False, True):
            with pytest.raises(TypeError, match=r"^gradient holds one real number, got str"):
                (x * x).backward(gradient="2", create_graph=create_graph)

    def test_a_grad_of_none_counts_as_none_yet(self) -> None:
        x = Value(3.0)
        x.grad = None
        (x * x).backward()
        assert x.grad == 6.0

    def test_a_leaf_is_its_own_root(self) -> None:
        x = Value(3.0)
        x.backward()
        assert x.grad == 1.0

    @pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
    def test_an_exception_midway_leaves_every_grad_as_it_was(
        self, error: type[BaseException]
    ) -> None:
        def fail(x: Any, out: Any) -> Any:
            raise error

        bad = Op("bad", lambda x: x, fail)
        x = Value(3.0)
        x.grad = 7.0
        y = bad(x * x) * x
        nodes = (x, y, *y.parents)
        before = [node.grad for node in nodes]
        with pytest.raises(error):
            y.backward()
        assert [node.grad for node in nodes] == before

    def test_a_rule_may_take_gradients_itself(self) -> None:
        """Even of a node of the graph that is being walked: its sums are put back."""
        w = Value(3.0)

        def rule(x: Any, out: Any) -> Any:
            return ag.gradients(w * w * w, w, create_graph=False)

        x = Value(1.0)
        odd = Op("odd", lambda x: x, rule)
        for y in (w * 2.0 + odd(x), odd(x) + w * 2.0):
            w.grad = x.grad = 0.0
            y.backward()
            assert (w.grad, x.grad) == (2.0, 27.0)

    def test_create_graph_gives_gradients_that_can_be_differentiated(self) -> None:
        x = Value(2.0)
        (x**3).backward(create_graph=True)
        first = x.grad
        x.grad = 0
        first.backward()  # type: ignore[attr-defined]
        assert (first.data, x.grad) == (12.0, 12.0)  # type: ignore[attr-defined]

    def test_create_graph_adds_up_over_two_calls(self) -> None:
        x = Value(0.0)
        y = x**3 + x**2  # the first derivative is 0 here, the second is not
        y.backward(create_graph=True)
        y.backward(create_graph=True)
        doubled, x.grad = x.grad, 0
        doubled.backward()  # type: ignore[attr-defined]
        assert x.grad == 2 * 2.0

    @pytest.mark.parametrize("given", [0, 2, 0.5, -0.0, np.float32(0.5), np.int64(3)])
    def test_a_gradient_that_is_assigned_is_held_as_a_float(self, given: Any) -> None:
        x = Value(3.0)
        x.grad = given
        assert (repr(x.grad), x.is_reached) == (repr(float(given)), True)

    @pytest.mark.parametrize("given", ["1", True, 1j, [1.0], np.array([1.0]), Value])
    def test_what_is_no_number_is_no_gradient(self, given: Any) -> None:
        x = Value(3.0)
        x.grad = 0.5
        with pytest.raises(TypeError, match="a gradient holds one real number, got "):
            x.grad = given
        with pytest.raises(ValueError, match=r"beyond 1\.8e308"):
            x.grad = 10**400
        assert x.grad == 0.5

    @pytest.mark.parametrize("given", [0.0, 1.0, 2, Value(1.0), None])
    def test_a_constant_has_no_gradient_whatever_is_assigned(self, given: Any) -> None:
        k, frozen = constant(3.0), Neuron(1).freeze().bias
        k.grad = frozen.grad = given
        assert (k.grad, k.is_reached, frozen.grad, frozen.is_reached) == (None, False) * 2

    def test_gradient_may_be_a_value_with_create_graph(self) -> None:
        x, s = Value(3.0), Value(2.0)
        (x * x).backward(gradient=s, create_graph=True)
        gradient, x.grad = x.grad, 0
        gradient.backward()  # type: ignore[attr-defined]
        assert (gradient.data, s.grad) == (12.0, 6.0)  # type: ignore[attr-defined]
        with pytest.raises(TypeError, match=r"\.data"):
            (x * x).backward(gradient=s)

    def test_results_are_the_same_bits_in_every_process(self) -> None:
        code = (
            "from autograd import *\n"
            "xs = [Value(0.1 * i) for i in range(20)]\n"
            "y = sum([a * b.sin() for a in xs for b in xs]).tanh()\n"
            "y.backward(); print([x.grad.hex() for x in xs])"
        )
        outputs = {
            subprocess.run(
                [sys.executable, "-c", code],
                env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
                capture_output=True,
                check=True,
            ).stdout
            for seed in ("0", "1", "2")
        }
        assert len(outputs) == 1

    def test_contributions_are_added_from_left_to_right_starting_from_the_first(self) -> None:
        # In reverse topological order 1e16 arrives first, then -1e16, then 1.
        x = Value(1.0)
        y = ((x * 1.0) + (x * -1e16)) + (x * 1e16)
        y.backward()
        assert x.grad == (1e16 + -1e16) + 1.0
        assert x.grad != (1.0 + -1e16) + 1e16


class TestStrongZeros:
    """A zero upstream gives zero, whatever the derivative, in every mode."""

    CASES: tuple[tuple[Callable[[Any], Any], float], ...] = (
        (lambda x: 1.0 / (1.0 + ag.exp(-x)), -1000.0),
        (lambda x: ag.clip(ag.exp(x), 0.0, 10.0), 1000.0),
        (lambda x: ag.minimum(ag.cosh(x), 5.0), 1000.0),
        (lambda x: ag.sqrt(x) * 0.0, 0.0),
        (lambda x: ag.where(ag.step(x), ag.log(x), 0.0) + x * 0.0, 0.0),
        (lambda x: ag.sin(x) * 0.0, math.inf),
    )

    @pytest.mark.parametrize(("f", "at"), CASES)
    def test_numeric_and_connected_gradients_are_zero(
        self, f: Callable[[Any], Any], at: float
    ) -> None:
        x = Value(at)
        y = f(x)
        assert ag.gradients(y, x, create_graph=False) == 0.0
        assert ag.gradients(y, x).data == 0.0

    def test_the_zero_holds_in_the_gradient_of_a_gradient(self) -> None:
        x, w = Value(0.0), Value(0.0)
        y = 0.0 * ag.gradients(w * ag.sqrt(x), x)
        assert ag.gradients(y, w, create_graph=False) == 0.0
        assert ag.gradients(y, w).data == 0.0


class TestNumbersThatChange:
    @pytest.mark.parametrize(
        "f", [lambda x, y: x * y, lambda x, y: y / x, lambda x, y: ag.dot([x, y], [y, x])]
    )
    def test_numeric_gradients_are_those_of_the_graph_as_recorded(
        self, f: Callable[[Value, Value], Value]
    ) -> None:
        x, y = Value(2.0), Value(0.0)
        root = f(x, y)
        root.backward()
        expected = x.grad, y.grad
        x.data, y.data = 5.0, 7.0
        zero_grad(root)
        root.backward()
        assert (x.grad, y.grad) == expected

    def test_connected_gradients_raise_naming_the_leaf_and_the_way_out(self) -> None:
        x, y = Value(2.0, label="rate"), Value(0.0)
        root = x * y
        x.data = 5.0
        with pytest.raises(StaleGraphError, match=r"'rate' was 2.0.*is 5.0.*recompute\(root\)"):
            root.backward(create_graph=True)
        assert (x.grad, y.grad) == (0.0, 0.0)
        with pytest.raises(StaleGraphError):
            ag.gradients(root, x)

    def test_recompute_runs_the_graph_forward_again(self) -> None:
        x = Value(2.0)
        root = ag.sum([x * x, x.sin(), 1.0]) ** x
        x.data = 0.5
        recompute(root)
        root.backward()
        again = Value(0.5)
        fresh = ag.sum([again * again, again.sin(), 1.0]) ** again
        fresh.backward()
        assert (root.data, x.grad) == (fresh.data, again.grad)

    def test_recompute_leaves_no_mixture_in_another_graph(self) -> None:
        a = Value(2.0)
        shared = a * a
        one, other = shared * shared, shared + 1.0
        a.data = 3.0
        recompute(other)
        with pytest.raises(StaleGraphError, match="recompute"):
            one.backward()
        recompute(one)
        one.backward()
        assert a.grad == 4 * 27.0

    def test_recompute_follows_a_choice_that_flips(self) -> None:
        x = Value(2.0)
        y = ag.where(ag.step(x), x * 10.0, x)
        x.data = -2.0
        recompute(y)
        y.backward()
        assert (y.data, x.grad) == (-2.0, 1.0)

    def test_recompute_of_a_gradient_follows_a_choice_that_flips(self) -> None:
        x = Value(2.0)
        y = ag.where(ag.step(x), x * x, x)
        y.backward(create_graph=True)
        gradient = x.grad
        x.data = -2.0
        recompute(gradient)  # type: ignore[arg-type]
        assert gradient.data == 1.0  # type: ignore[attr-defined]
        x.grad = None

    def test_zero_grad_clears_a_graph(self) -> None:
        x = Value(2.0)
        y = x * x
        y.backward()
        zero_grad(y)
        assert (x.grad, y.grad) == (0.0, 0.0)


class TestDepth:
    def test_a_million_nodes_work_under_the_default_recursion_limit(self) -> None:
        x = Value(1.0)
        y = x
        for _ in range(1_000_000):
            y = y + 1.0
        y.backward()
        assert x.grad == 1.0
        x.data = 2.0
        recompute(y)
        assert y.data == 1_000_002.0
        del y

    def test_second_order_works_at_depth(self) -> None:
        x = Value(1.0)
        y = x
        for _ in range(1_000_000):
            y = y + 1.0
        (y * y).backward(create_graph=True)
        first, x.grad = x.grad, 0
        first.backward()  # type: ignore[attr-defined]
        assert (first.data, x.grad) == (2_000_002.0, 2.0)  # type: ignore[attr-defined]

    @pytest.mark.untraced
    def test_dropping_the_root_frees_the_graph_without_the_collector(self) -> None:
        def nodes() -> int:
            return sum(isinstance(x, Value) for x in gc.get_objects())

        gc.collect()
        gc.disable()
        try:
            before = nodes()
            x = Value(2.0)
            y = ag.sum([x * x, ag.where(x > 1, x, 0.0), ag.softmax([x, x])[0]]).tanh()
            y.backward()
            del x, y
            assert nodes() == before
        finally:
            gc.enable()


class TestPythonProtocols:
    def test_comparisons_are_of_the_data(self) -> None:
        a, b = Value(1.0), Value(2.0)
        assert a < b
        assert a <= 1
        assert b > 1.5
        assert b >= b
        assert b < 3
        assert np.float32(1.0) < b
        assert (b > np.array([1.0, 3.0])).tolist() == [True, False]  # type: ignore[attr-defined]
        with pytest.raises(TypeError, match="not supported between"):
            assert b < "3"

    @pytest.mark.parametrize(
        "number", [1.0, 1, True, np.float64(1.0), np.float32(1.0), np.int64(1), Fraction(1)]
    )
    def test_with_a_number_equality_is_of_the_data(self, number: Any) -> None:
        for v in (Value(1.0), constant(1.0), Value(0.5) * 2.0):
            assert v == number
            assert number == v
            assert operator.ne(v, number) is False
            assert v + 1.0 != number

    def test_between_values_equality_is_identity(self) -> None:
        x, y = Value(1.0), Value(1.0)
        for other in (y, constant(1.0), x * 1.0):
            assert x != other
            assert operator.eq(x, other) is False
        assert x == x
        nan = Value(math.nan)
        assert nan == nan
        assert nan != math.nan

    def test_with_anything_else_equality_is_what_that_says(self) -> None:
        class Anything:
            def __eq__(self, other: object) -> bool:
                return isinstance(other, Value)

            __hash__ = None  # type: ignore[assignment]

        v = Value(1.0)
        assert v == Anything()
        assert operator.ne(v, Anything()) is False
        for other in ("1", None, [1.0], (1.0,)):
            assert v != other
            assert operator.eq(v, other) is False
        assert (v == np.array([1.0, 2.0])).tolist() == [True, False]
        assert (np.array([1.0, 2.0]) != v).tolist() == [False, True]

    def test_lists_find_this_value_and_not_one_of_the_same_number(self) -> None:
        a, b, c = Value(0.0), Value(0.0), Value(0.0)
        values = [a, b, c]
        assert [values.index(x) for x in (a, b, c)] == [0, 1, 2]
        assert values.count(b) == 1
        assert Value(0.0) not in values
        values.remove(c)
        assert [x is y for x, y in zip(values, [a, b], strict=True)] == [True, True]
        assert {a: 1, b: 2}.get(c) is None
        assert [a, b] == [a, b] != [a, c]

    def test_the_parameters_of_a_layer_are_told_from_the_others(self) -> None:
        model = MLP(2, [3, 3, 1], rng=0)
        first = model.layers[0].parameters()
        assert len([p for p in model.parameters() if p not in first]) == 16

    @pytest.mark.parametrize("shift", [0.0, 1.0, -1.0, math.nan])
    def test_equal_and_greater_compare_numbers_as_python_does(self, shift: float) -> None:
        x = 2.0
        y = x + shift
        for a, b in itertools.product((x, Value(x)), (y, Value(y))):
            equal, greater = ag.equal(a, b), ag.greater(a, b)
            assert (equal == (x == y), greater == (x > y)) == (True, True)
            assert (type(equal) is float) == (type(a) is type(b) is float)
        a = Value(x)
        (ag.equal(a, y) + ag.greater(y, a)).backward()
        assert a.grad == 0.0

    def test_hashing_is_by_identity(self) -> None:
        a, b = Value(1.0), Value(1.0)
        assert len({a, b}) == 2
        assert {a: "a"}[a] == "a"

    @pytest.mark.parametrize(("x", "truth"), [(0.0, False), (-0.0, False), (2.0, True)])
    def test_truth_is_being_nonzero(self, x: float, truth: bool) -> None:
        assert bool(Value(x)) is truth
        assert bool(Value(math.nan)) is True

    @pytest.mark.parametrize(
        ("convert", "advice"),
        [
            (float, r"\.data.*autograd\.exp"),
            (math.exp, r"\.data.*autograd\.exp"),
            (math.floor, r"\.data.*autograd\.floor"),
            (lambda v: np.float64(v), r"\.data.*autograd\.sum"),
            (lambda v: math.hypot(v), r"\.data.*autograd\.exp"),
        ],
    )
    def test_turning_into_a_float_in_silence_is_an_error(self, convert: Any, advice: str) -> None:
        with pytest.raises(TypeError, match=advice):
            convert(Value(1.0))

    def test_format_shows_the_data(self) -> None:
        assert f"{Value(1 / 3):.3f}" == "0.333"
        assert f"{Value(2.0)}" == "Value(data=2.0, grad=0.0)"

    @pytest.mark.parametrize("scalar", [np.float64(2.0), np.float32(2.0), np.int64(2)])
    def test_numpy_scalars_on_the_left_work(self, scalar: Any) -> None:
        v = Value(3.0)
        for result, expected in [(scalar * v, 6.0), (scalar - v, -1.0), (scalar**v, 8.0)]:
            assert type(result) is Value
            assert result.data == expected

    @pytest.mark.parametrize("array", [np.array([1.0, 2.0]), np.array([[1.0]])])
    def test_numpy_arrays_never_become_arrays_of_objects(self, array: Any) -> None:
        v = Value(3.0)
        for operate in (operator.mul, operator.add, operator.pow):
            with pytest.raises(TypeError):
                operate(array, v)
            with pytest.raises(TypeError):
                operate(v, array)

    @pytest.mark.parametrize("other", ["2", None, 2j, [1.0], True, Decimal(1)])
    def test_operands_that_are_no_numbers_raise(self, other: Any) -> None:
        v = Value(3.0)
        for operate in (operator.mul, operator.add, operator.pow):
            with pytest.raises(TypeError):
                operate(other, v)
            with pytest.raises(TypeError):
                operate(v, other)

    def test_leaves_copy_and_pickle(self) -> None:
        x = Value(3.0, label="x")
        (x * x).backward()
        for twin in (copy.copy(x), copy.deepcopy(x), pickle.loads(pickle.dumps(x))):
            assert (twin.data, twin.grad, twin.label) == (3.0, 6.0, "x")
            assert twin is not x
        k = pickle.loads(pickle.dumps(constant(2.0)))
        assert (k.data, k.grad, k.is_constant) == (2.0, None, True)

    def test_a_subclass_keeps_its_attributes_when_copied(self) -> None:
        x = Noted(3.0)
        x.source = "sensor"
        assert copy.deepcopy(x).source == "sensor"
        assert type(x * 2.0) is Value

    @pytest.mark.parametrize("twin_of", TWINS)
    def test_a_subclass_keeps_what_it_has_in_slots(self, twin_of: Any) -> None:
        x = Slotted(3.0, "kelvin", 2)
        x.label, x.grad = "x", 7.0
        twin = twin_of(x)
        assert (type(twin), twin.data, twin.grad, twin.label) == (Slotted, 3.0, 7.0, "x")
        assert (twin.unit, twin.exponent) == ("kelvin", 2)
        assert (twin * 2.0).data == 6.0
        assert not hasattr(twin, "never_set")

    @pytest.mark.parametrize("twin_of", TWINS)
    def test_a_copy_does_not_run_the_subclass_s_own_init(self, twin_of: Any) -> None:
        before = Measured.made
        x = Measured(source="sensor")
        x.children = [Slotted(1.0, "m", 1)]
        twin = twin_of(x)
        assert (twin.data, twin.source, twin.children[0].unit) == (20.0, "sensor", "m")
        assert Measured.made == before + 1
        twin.backward()
        assert (twin.grad, x.grad) == (1.0, 0.0)

    @pytest.mark.parametrize("twin_of", TWINS)
    def test_a_subclass_may_say_itself_what_its_state_is(self, twin_of: Any) -> None:
        x = Stateful(3.0)
        x.cache = object()
        twin = twin_of(x)
        assert (twin.data, twin.label, twin.cache) == (3.0, "", None)

    def test_a_copy_is_still_a_parameter(self) -> None:
        neuron = Neuron(1, rng=0)
        (weight, _) = neuron.parameters()
        assert copy.copy(weight).is_parameter

    @pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy, pickle.dumps])
    def test_computed_values_do_not_copy_or_pickle(self, duplicate: Any) -> None:
        with pytest.raises(TypeError, match=r"detach\(\)"):
            duplicate(Value(3.0) * 2.0)


class TestOperators:
    CASES: tuple[tuple[Callable[[Any, Any], Any], float, float], ...] = (
        (lambda x, y: x + y, 7.5, 2.0),
        (lambda x, y: x - y, 7.5, 2.0),
        (lambda x, y: x * y, 7.5, 2.0),
        (lambda x, y: x / y, 7.5, 2.0),
        (lambda x, y: x % y, -7.5, 2.0),
        (lambda x, y: x // y, -7.5, 2.0),
        (lambda x, y: x**y, 7.5, 2.0),
    )

    @pytest.mark.parametrize(("operate", "x", "y"), CASES)
    def test_operators_give_what_floats_give_on_either_side(
        self, operate: Callable[[Any, Any], Any], x: float, y: float
    ) -> None:
        expected = operate(x, y)
        for left, right in ((Value(x), Value(y)), (Value(x), y), (x, Value(y)), (Value(x), int(y))):
            result = operate(left, right)
            assert (type(result), result.data) == (Value, expected)

    @pytest.mark.parametrize("v", [Value(3.0), constant(3.0), Slotted(3.0, "m", 1)])
    def test_a_foreign_class_with_the_reflected_method_is_asked(self, v: Value) -> None:
        for _, name, operate in REFLECTED:
            assert operate(v, Foreign()) == (name, v)
        assert (v < Foreign()) == ("__gt__", v)  # type: ignore[comparison-overlap]
        assert (v >= Foreign()) == ("__le__", v)  # type: ignore[comparison-overlap]
        total: Any = v
        total *= Foreign()
        assert total == ("__rmul__", v)

    def test_without_one_the_error_is_of_the_value(self) -> None:
        class Other:
            def __radd__(self, other: object) -> str:
                return "sum"

        assert Value(3.0) + Other() == "sum"
        for operate in (operator.mul, operator.sub):
            with pytest.raises(TypeError, match=r"right operand .* holds one real number, got O"):
                operate(Value(3.0), Other())
        with pytest.raises(TypeError, match=r"right operand .* holds one real number, got O"):
            ag.add(Value(3.0), Other())

    class Row(tuple[float, ...]):
        __slots__ = ()

    class Ratio(Fraction):
        def __rmul__(self, other: object) -> Any:
            return "wrong"

    @pytest.mark.parametrize(
        "other",
        [
            *("2", None, True, 2j, [1.0], (1.0,), Decimal(1), Fraction(1, 2), np.array([1.0])),
            *(Row((1.0,)), Ratio(1, 2), np.array([[1.0]]).view(np.matrix), np.bool_(True)),
        ],
        ids=lambda x: type(x).__name__,
    )
    def test_what_is_refused_by_name_is_not_asked(self, other: Any) -> None:
        for _, _, operate in REFLECTED:
            with pytest.raises(TypeError, match=f"got {type(other).__name__}"):
                operate(Value(3.0), other)

    def test_signs(self) -> None:
        x = Value(-2.0)
        assert ((-x).data, (+x) is x, abs(x).data) == (2.0, True, 2.0)

    def test_methods_are_the_functions(self) -> None:
        names = (
            "abs exp expm1 log log1p log2 log10 sqrt cbrt sin cos tan asin acos atan sinh cosh "
            "tanh asinh acosh atanh sigmoid relu leaky_relu elu silu gelu softplus erf clip step "
            "sign floor ceil round trunc"
        )
        for name in names.split():
            x = Value(1.0 if name == "acosh" else 0.5)
            by_method, by_function = getattr(x, name)(), getattr(ag, name)(x)
            assert by_method.op is by_function.op
            assert by_method.data == by_function.data

    def test_methods_take_the_parameters_of_the_functions(self) -> None:
        x = Value(-2.0)
        assert x.leaky_relu(0.5).data == -1.0
        assert x.elu(2.0).data == 2.0 * math.expm1(-2.0)
        assert x.clip(-1.0, 1.0).data == -1.0


class TestNoGrad:
    def test_what_is_computed_inside_has_no_history(self) -> None:
        x = Value(2.0)
        with no_grad():
            y = x * x
            n = ag.sum([x, y])
        assert (y.is_leaf, y.operands, n.is_leaf, n.data) == (True, (), True, 6.0)
        assert not (x * x).is_leaf

    def test_it_is_a_decorator_too(self) -> None:
        @no_grad()
        def square(x: Value) -> Value:
            return x * x

        assert square(Value(3.0)).is_leaf
        assert square(Value(3.0)).is_leaf

    def test_it_ends_with_an_exception(self) -> None:
        with pytest.raises(ZeroDivisionError), no_grad():
            raise ZeroDivisionError
        assert not (Value(1.0) * 2.0).is_leaf

    def test_another_thread_is_not_affected(self) -> None:
        leaves: list[bool] = []
        with no_grad():
            thread = threading.Thread(target=lambda: leaves.append((Value(1.0) * 2.0).is_leaf))
            thread.start()
            thread.join()
        assert leaves == [False]


def test_threads_may_differentiate_graphs_that_share_parameters() -> None:
    w = Value(0.5)

    def differentiate(results: list[float]) -> None:
        for _ in range(200):
            loss = ag.sum([(w * i).tanh() for i in range(10)])
            results.append(ag.gradients(loss, w, create_graph=False))

    results: list[list[float]] = [[] for _ in range(4)]
    threads = [threading.Thread(target=differentiate, args=(part,)) for part in results]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {x for part in results for x in part} == {results[0][0]}
    assert [len(part) for part in results] == [200] * 4


def test_dir_lists_what_is_for_users_and_what_python_asks_for() -> None:
    for x in (Value(1.0), ag.constant(1.0), Value(1.0) * 2.0):
        names = set(dir(x))
        assert names >= {
            "data",
            "grad",
            "label",
            "exp",
            "backward",
            "parents",
            "__add__",
            "__dir__",
        }
        assert names.isdisjoint({"_data", "_grad", "_recorded", "apply", "note", "record"})
        assert [name for name in names if name[0] == "_" and name[:2] != "__"] == []
