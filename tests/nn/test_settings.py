"""train() and eval(), freeze() and unfreeze(): settings of a module and of all that it holds."""

import copy
import pickle
from typing import Any

import pytest

import autograd as ag
from autograd import (
    TracedValueError,
    Value,
    check_grads,
    compile,
    constant,
    grad,
    nn,
    value_and_grad,
)
from autograd.optim import SGD, Adam, AdamW, clip_grad_norm_
from autograd.show import draw, explain
from autograd.show.words.naming import kind_of
from autograd.teach import audit

X = [0.3, -0.7]


class Holds(nn.Module):
    """A module that keeps whatever it is given as attributes."""

    def __init__(self, **held: Any) -> None:
        vars(self).update(held)


class Asks(nn.Module):
    """Doubles in training, and does nothing else."""

    def forward(self, x: Any) -> Any:
        return x * 2.0 if self.training else x * 1.0


def loss(model: Any, x: Any) -> Any:
    return ag.sum([y * y for y in model(x)])


def network() -> nn.Sequential:
    return nn.Sequential(nn.Linear(2, 3, rng=0), "tanh", nn.Linear(3, 2, rng=1))


class TestTraining:
    def test_a_module_trains_until_it_is_told_else_without_a_call_of_super(self) -> None:
        module = Holds()
        assert module.training
        assert vars(module) == {}

    def test_train_and_eval_reach_all_modules_inside_and_return_the_module(self) -> None:
        deep = Asks()
        module = Holds(a=[Holds(b={"k": (deep,)})], again=deep)
        assert module.eval() is module
        assert (module.training, module.a[0].training, deep.training) == (False,) * 3  # type: ignore[attr-defined]
        assert module.train() is module
        assert (module.training, deep.training) == (True, True)
        assert not module.train(mode=False).training

    def test_a_part_may_be_set_alone(self) -> None:
        module = Holds(part=Asks())
        module.part.eval()  # type: ignore[attr-defined]
        assert module.training

    @pytest.mark.parametrize("wrong", [None, 1, "eval"])
    def test_a_mode_is_true_or_false(self, wrong: Any) -> None:
        with pytest.raises(TypeError, match="mode is True or False"):
            Asks().train(mode=wrong)

    def test_copies_and_pickles_keep_it(self) -> None:
        model = network().eval()
        for twin in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
            assert not twin.training
            assert not twin[0].training

    def test_compiled_functions_notice(self) -> None:
        module = Holds(inner=Asks())
        by_argument: Any = compile(lambda m, x: m.inner(x), backend="python")
        by_name: Any = compile(lambda x: module.inner(x), backend="python")  # type: ignore[attr-defined]
        found = []
        for change in (module.train, module.eval, module.train):
            change()
            found.append((by_argument(module, 3.0), by_name(3.0)))
        assert found == [(6.0, 6.0), (3.0, 3.0), (6.0, 6.0)]

    @pytest.mark.parametrize("name", ["train", "eval", "freeze", "unfreeze"])
    def test_while_a_function_is_recorded_nothing_can_be_set(self, name: str) -> None:
        model = network()

        def f(x: Any) -> Any:
            getattr(model, name)()
            return x

        with pytest.raises(TracedValueError, match=rf"Sequential\.{name}\(\) inside a compiled"):
            compile(f, backend="python")(1.0)


class TestFreezing:
    def test_no_gradient_flows_to_frozen_parameters_and_others_get_the_same(self) -> None:
        model, other = network(), network()
        assert model[0].freeze() is model[0]
        for one in (model, other):
            loss(one, X).backward()
        assert [p.grad for p in model[0].parameters()] == [None] * 9
        assert [p.grad for p in model[2].parameters()] == [p.grad for p in other[2].parameters()]

    def test_parameters_stay_the_same_objects_numbers_and_names(self) -> None:
        model = network()
        before, state = model.named_parameters(), model.state_dict()
        model.freeze()
        assert all(x is y for (_, x), (_, y) in zip(before, model.named_parameters(), strict=True))
        assert (model.state_dict(), [name for name, _ in before]) == (state, list(state))

    def test_frozen_numbers_can_be_loaded_and_assigned(self) -> None:
        model = network().freeze()
        model.load_state_dict(dict.fromkeys(model.state_dict(), 0.5))
        assert set(model.state_dict().values()) == {0.5}
        assert [y.data for y in model(X)] == pytest.approx([0.5 * 3 * 0.2913126 + 0.5] * 2)

    def test_unfreeze_gives_them_gradients_again_from_0_on(self) -> None:
        model = network()
        loss(model, X).backward()
        expected = [p.grad for p in model.parameters()]
        model.freeze()
        assert model.unfreeze() is model
        assert [p.grad for p in model.parameters()] == [0.0] * 17
        loss(model, X).backward()
        assert [p.grad for p in model.parameters()] == expected

    def test_constants_of_a_module_are_no_parameters_before_or_after(self) -> None:
        module = Holds(k=constant(2.0), w=Value(3.0))
        for _ in "twice":
            assert [name for name, _ in module.freeze().named_parameters()] == ["w"]
            assert [name for name, _ in module.unfreeze().named_parameters()] == ["w"]
        assert module.k.is_constant  # type: ignore[attr-defined]

    def test_a_shared_parameter_is_frozen_in_all_modules(self) -> None:
        shared = Value(2.0)
        one, two = Holds(w=shared), Holds(w=shared, b=Value(1.0))
        one.freeze()
        assert [p.is_constant for p in two.parameters()] == [True, False]

    def test_a_graph_made_before_gives_no_gradient_either(self) -> None:
        model = network()
        y = loss(model, X)
        model.freeze()
        y.backward()
        assert {p.grad for p in model.parameters()} == {None}

    def test_requires_grad_tells_and_cannot_be_set(self) -> None:
        neuron = nn.Neuron(1, rng=0)
        assert neuron.bias.requires_grad
        assert not neuron.freeze().bias.requires_grad
        assert not constant(1.0).requires_grad
        with pytest.raises(AttributeError, match=r"module\.freeze\(\) and unfreeze\(\) set it"):
            neuron.bias.requires_grad = True

    def test_copies_and_pickles_are_frozen_too(self) -> None:
        model = network()
        model[0].freeze()
        for twin in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
            assert [p.is_constant for p in twin.parameters()] == [True] * 9 + [False] * 8
            assert twin[0].parameters()[0].grad is None
            assert twin[0].unfreeze().parameters()[0].grad == 0.0
        assert model[0].parameters()[0].is_constant

    def test_a_repr_tells_what_is_frozen(self) -> None:
        model = network()
        model[2].freeze()
        assert repr(model).splitlines() == [
            "Sequential(0, tanh, 2): 17 parameters, 8 frozen",
            "  parts.0: Linear(2, 3): 9 parameters",
            "    neurons.0 to neurons.2: 3 x Neuron(2): 3 parameters",
            "  parts.2: Linear(3, 2): 8 parameters, frozen",
            "    neurons.0 to neurons.1: 2 x Neuron(3): 4 parameters, frozen",
        ]

    def test_a_drawing_shows_a_frozen_parameter_as_a_constant(self) -> None:
        neuron = nn.Neuron(1, None, rng=0)
        pictures = [str(draw(neuron([Value(2.0, "x")]), collapse=None))]
        kinds = [kind_of(neuron.bias)]
        neuron.freeze()
        pictures.append(str(draw(neuron([Value(2.0, "x")]), collapse=None)))
        kinds.append(kind_of(neuron.bias))
        assert kinds == ["parameter", "constant"]
        assert pictures[0] != pictures[1]

    def test_an_explanation_says_that_a_parameter_is_frozen(self) -> None:
        model = network().freeze()
        with pytest.raises(ValueError, match=r"wrt is a frozen parameter \(leaf 'b'\)"):
            explain(loss(model, X), model[0].neurons[0].bias)

    def test_a_table_in_a_notebook_tells_what_is_frozen(self) -> None:
        model = network()
        model[2].freeze()
        html = model._repr_mimebundle_()["text/html"]
        assert (html.count("8, frozen"), html.count("17, 8 frozen")) == (1, 1)

    def test_an_audit_does_not_miss_their_gradients(self) -> None:
        model = network()
        model[0].freeze()
        found = audit(model, lambda x: loss(model, x), [X, [1.0, 0.5]])
        assert (found.parameters, found.reached, found.findings) == (8, 8, ())

    def test_check_grads_looks_at_their_derivatives_too(self) -> None:
        check_grads(lambda m, x: m(x), (network().freeze(), X), order=2)

    def test_a_value_without_room_for_a_mark_is_named(self) -> None:
        class Slim(Value):
            __slots__ = ()

        module = Holds(w=Slim(1.0, label="w"))
        with pytest.raises(TypeError, match="leaf 'w' is a Slim without a __dict__"):
            module.freeze()
        assert module.parameters()[0].grad == 0.0

    @pytest.mark.parametrize("make", [SGD, Adam, AdamW])
    @pytest.mark.parametrize("before", [True, False])
    def test_optimizers_pass_over_them_whether_made_before_or_after(
        self, make: Any, before: bool
    ) -> None:
        model = network()
        state = model.state_dict()
        if before:
            optimizer = make(model, lr=0.1)
            loss(model, X).backward()
            optimizer.step()
            optimizer.zero_grad()
            state = model.state_dict()
            model[0].freeze()
        else:
            model[0].freeze()
            optimizer = make(model, lr=0.1)
        memory = optimizer.state_dict()
        optimizer.zero_grad()
        loss(model, X).backward()
        optimizer.step()
        frozen = [name for name in state if name.startswith("parts.0.")]
        changed = {name for name, x in model.state_dict().items() if x != state[name]}
        assert changed == state.keys() - set(frozen)
        after = optimizer.state_dict()
        assert all(after[k] == x for k, x in memory.items() if ".parts.0." in k)
        model.unfreeze()
        optimizer.zero_grad()
        loss(model, X).backward()
        optimizer.step()
        assert all(model.state_dict()[name] != state[name] for name in frozen)

    def test_optimizers_still_refuse_constants(self) -> None:
        with pytest.raises(TypeError, match="is a constant"):
            SGD([constant(1.0)], lr=0.1)

    def test_the_norm_of_the_gradient_is_that_of_the_others(self) -> None:
        model = network()
        model[0].freeze()
        loss(model, X).backward()
        others = [p.grad for p in model[2].parameters()]
        assert clip_grad_norm_(model, 1e9) == pytest.approx(sum(g * g for g in others) ** 0.5)

    def test_grad_gives_0_for_them_interpreted_and_compiled(self) -> None:
        model = network()
        model[0].freeze()
        f = value_and_grad(loss)
        compiled: Any = compile(f, backend="python")
        found = f(model, X)
        assert compiled(model, X) == found
        assert {x for name, x in found[1].items() if name.startswith("parts.0.")} == {0.0}
        compiled.verify(model, X)

    def test_compiled_functions_notice_in_arguments(self) -> None:
        model = network()
        compiled: Any = compile(grad(loss), backend="python")
        for change in (model.freeze, model.unfreeze, model[0].freeze, model.unfreeze):
            change()
            assert compiled(model, X) == grad(loss)(model, X)

    def test_compiled_functions_notice_in_closures(self) -> None:
        model = network().freeze()
        compiled: Any = compile(lambda x: model(x), backend="python")
        assert compiled(X) == [y.data for y in model(X)]
        model[0].neurons[0].bias.data = 2.0
        assert compiled(X) == [y.data for y in model(X)]
        model.unfreeze()
        with pytest.raises(TracedValueError, match="comes from outside"):
            compiled(X)
