"""`audit`: every planted problem is found where it is, and a healthy model has none."""

import math
from collections.abc import Callable
from random import Random
from typing import Any

import pytest

import autograd as ag
from autograd import Value, constant
from autograd.graph import topological_order
from autograd.nn import MLP, Layer, Module, Neuron
from autograd.teach import Audit, Finding, audit
from autograd.teach.activations import FEWEST, SATURATED, WATCHED
from autograd.teach.findings import KINDS, MOST_ROWS
from autograd.teach.layers import RATIO

DATA = [[0.5, -1.0], [1.0, 2.0], [-1.5, 0.5], [-2.0, -1.0]]


def squared(model: Module) -> Callable[[Any], Value]:
    def loss(sample: Any) -> Value:
        return (model(sample) - 1.0) ** 2  # type: ignore[no-any-return]

    return loss


def of_kind(found: Audit, kind: str) -> list[Finding]:
    return [finding for finding in found.findings if finding.kind == kind]


def kinds(found: Audit) -> set[str]:
    return {finding.kind for finding in found.findings}


class Two(Module):
    """Two parameters, put together by a function."""

    def __init__(self, function: Callable[[Any, Any], Any], a: float = 2.0, b: float = 3.0) -> None:
        self.a, self.b, self.function = Value(a, "a"), Value(b, "b"), function

    def forward(self) -> Any:
        return self.function(self.a, self.b)


@pytest.mark.parametrize("activation", ["tanh", "sigmoid", "relu", "gelu"])
def test_a_healthy_model_has_no_finding(activation: str) -> None:
    model, random = MLP(2, [8, 1], activation, rng=0), Random(0)
    xs = [[random.uniform(-1.0, 1.0), random.uniform(-1.0, 1.0)] for _ in range(20)]
    found = audit(model, squared(model), xs)
    assert found.findings == ()
    assert found.ok
    assert (found.parameters, found.reached, found.samples) == (33, 33, 20)
    assert found.text.splitlines() == [
        f"MLP: 33 parameters, 20 losses, {found.nodes:,} nodes",
        "everything reached: 33 of 33 get a gradient",
        "no finding",
    ]


def test_the_loss_is_a_value_or_a_function_of_nothing_or_of_each_sample() -> None:
    model = MLP(2, [3, 1], rng=0)
    loss = squared(model)

    def batch() -> Value:
        total: Value = ag.sum([loss(sample) for sample in DATA])
        return total

    once, called, each = audit(model, batch()), audit(model, batch), audit(model, loss, iter(DATA))
    assert (once.samples, called.samples, each.samples) == (1, 1, len(DATA))
    assert once.ok
    assert called.ok
    assert each.ok


def test_nobody_s_grad_changes() -> None:
    model = MLP(2, [3, 1], rng=0)
    loss = squared(model)(DATA[0])
    loss.backward()
    nodes = topological_order(loss)
    before = [node.grad for node in nodes]
    audit(model, loss)
    assert [node.grad for node in nodes] == before


def test_parameters_that_take_no_part_are_unused() -> None:
    model = MLP(2, [2, 1], rng=0)
    model.spare = Value(1.0)  # type: ignore[attr-defined]
    found = audit(model, squared(model), DATA)
    assert found.findings == (
        Finding(
            "unused",
            "spare",
            "takes no part in 4 losses",
            "use it in forward, not through .data, detach() or no_grad(); or remove it",
        ),
    )
    assert (found.parameters, found.reached, found.ok) == (10, 9, False)


@pytest.mark.parametrize(
    ("function", "where", "reason"),
    [
        (lambda a, b: a + b.step(), ["b"], "step in Two is flat: its derivative is 0 everywhere"),
        (lambda a, b: a + (-b).relu(), ["b"], "relu in Two has the local derivative 0 at relu(−3)"),
        (lambda a, b: a + 0.0 * b, ["b"], "* in Two multiplies it by 0"),
        (lambda a, b: a + ag.dot([b], [constant(0.0)]), ["b"], "dot in Two multiplies it by 0"),
        (lambda a, b: ag.where(1.0, a, b), ["b"], "where in Two takes another operand"),
        (lambda a, b: ag.lookup([a, b.exp()], 0), ["b"], "lookup in Two takes another operand"),
        (lambda a, b: a + (b - b), ["b"], "the contributions to leaf 'b' add up to 0"),
        (
            lambda a, b: a + 1e-200 * (1e-200 * b),
            ["b"],
            "* in Two passes back 1e−200 · 1e−200, too small for a float",
        ),
        (lambda a, b: (a + b).tanh().floor(), ["a", "b"], "floor in Two is flat"),
        (
            lambda a, b: a + ag.clip(b * b, 0.0, 1.0),
            ["b"],
            "clip in Two has the local derivative 0",
        ),
    ],
)
def test_unreached_parameters_say_where_the_flow_stops(
    function: Callable[[Any, Any], Any], where: list[str], reason: str
) -> None:
    model = Two(function)
    found = of_kind(audit(model, model), "unreached")
    assert [finding.where for finding in found] == where
    assert all(f.what.startswith(f"gradient 0 from 1 loss: {reason}") for f in found)
    assert all(f.advice.endswith("one loss says little: pass data=") for f in found)


def test_a_parameter_that_any_sample_reaches_is_reached() -> None:
    model = Two(lambda a, b: None)

    def loss(sample: float) -> Value:
        return ag.where(sample, model.a, model.b)  # type: ignore[no-any-return]

    assert audit(model, loss, [0.0, 1.0]).ok
    assert [f.where for f in audit(model, loss, [1.0, 1.0]).findings] == ["b"]


def test_dead_relus_are_known_by_their_module_across_samples() -> None:
    model = MLP(2, [3, 1], "relu", rng=0)
    for neuron in model.layers[0].neurons:
        neuron.bias.data = 10.0
    model.layers[0].neurons[1].bias.data = -100.0
    found = audit(model, squared(model), DATA)
    assert of_kind(found, "dead") == [
        Finding(
            "dead",
            "relu in layers.0.neurons.1",
            "gives 0 for all of 4 inputs, so nothing flows back through it",
            "take smaller steps, other first weights, or leaky_relu",
        )
    ]
    assert [f.where for f in of_kind(found, "unreached")] == [
        *(f"layers.0.neurons.1.{name}" for name in ("weights.0", "weights.1", "bias")),
        "layers.1.neurons.0.weights.1",
    ]
    batch: Value = ag.sum([squared(model)(sample) for sample in DATA])
    assert of_kind(audit(model, batch), "dead") == of_kind(found, "dead")


def test_a_relu_that_one_sample_wakes_is_not_dead() -> None:
    neuron = Neuron(1, "relu", rng=0)
    neuron.weights[0].data, neuron.bias.data = 1.0, 0.5
    assert audit(neuron, neuron, [[-5.0], [-4.0], [3.0]]).ok
    assert kinds(audit(neuron, neuron, [[-5.0], [-4.0]])) == {"unreached", "dead"}


def test_one_input_is_too_few_to_call_a_relu_dead() -> None:
    neuron = Neuron(1, "relu", rng=0)
    neuron.weights[0].data = -1.0
    assert FEWEST == 2
    assert kinds(audit(neuron, neuron, [[1.0]])) == {"unreached"}


def test_relus_outside_of_modules_are_counted() -> None:
    model = Two(lambda a, b: None)

    def loss(sample: float) -> Value:
        awake = (model.a * sample).relu()
        asleep = (model.b * -sample).relu()
        return awake + asleep

    found = audit(model, loss, [1.0, 2.0])
    assert [f.where for f in of_kind(found, "dead")] == ["relu number 2"]


@pytest.mark.parametrize(("activation", "op"), [("tanh", ag.tanh), ("sigmoid", ag.sigmoid)])
def test_saturated_units(activation: str, op: Any) -> None:
    assert WATCHED[op] == SATURATED == 1e-3
    neuron = Neuron(1, activation, rng=0)
    neuron.weights[0].data, neuron.bias.data = 0.1, 20.0
    found = of_kind(audit(neuron, neuron, [[0.0], [1.0]]), "saturated")
    assert [f.where for f in found] == [f"{activation} in Neuron"]
    assert "for all of 2 inputs" in found[0].what
    neuron.bias.data = 0.0
    assert audit(neuron, neuron, [[0.5], [1.0]]).ok


def test_vanishing_layers() -> None:
    model = MLP(2, [3, 3, 1], rng=0)
    for neuron in model.layers[1].neurons:
        for weight in neuron.weights:
            weight.data *= 1e-5
    found = audit(model, squared(model), DATA)
    assert [(f.kind, f.where) for f in found.findings] == [("vanishing", "layers.0")]
    assert found.findings[0].what.endswith(" of that of layers.2")
    assert RATIO == 1000.0


def test_exploding_layers() -> None:
    model = MLP(2, [3, 1], None, rng=0)
    for weight in model.layers[1].neurons[0].weights:
        weight.data = 1e6
    for neuron in model.layers[0].neurons:
        for weight in neuron.weights:
            weight.data = 1e-6
    found = audit(model, squared(model), DATA)
    assert [(f.kind, f.where) for f in found.findings] == [("exploding", "layers.0")]


@pytest.mark.parametrize("model", [Neuron(2, rng=0), Layer(2, 1, rng=0)])
def test_one_layer_has_nothing_to_be_compared_with(model: Module) -> None:
    assert audit(model, squared(model), DATA).ok


def test_an_inf_has_its_way_from_the_op_that_made_it_to_the_loss() -> None:
    model = Two(lambda a, b: ((a - 2.0).log() + b) * 3.0)
    found = audit(model, model)
    loss = found.findings[0].nodes[-1]
    assert found.findings[0][:3] == (
        "inf",
        "log in Two",
        "log(0) made −inf, which reached the loss: t2 = log(t1) → t3 = t2 + b → root = t3·3 "
        "(in 1 loss)",
    )
    assert [node.op.name for node in found.findings[0].nodes if node.op] == ["log", "+", "*"]
    assert loss._data == -math.inf


def test_a_nan_is_followed_to_where_it_was_made() -> None:
    model = Two(lambda a, b: ((-a).sqrt() * b).exp() + 1.0)
    finding = audit(model, model).findings[0]
    assert (finding.kind, finding.where) == ("nan", "sqrt in Two")
    assert finding.what.startswith("√(−2) made nan, which reached the loss: t2 = √t1 → ")


def test_a_nan_that_was_given_is_a_leaf() -> None:
    model = Two(lambda a, b: a + b, a=math.nan)
    finding = audit(model, model).findings[0]
    assert (finding.kind, finding.where) == ("nan", "leaf 'a'")
    assert (
        finding.what == "it was given as nan, which reached the loss: a → root = a + b (in 1 loss)"
    )


def test_a_long_way_of_a_nan_is_abridged_and_needs_no_recursion() -> None:
    model = Two(lambda a, b: b)

    def loss() -> Value:
        x = (-model.a).log() + model.b
        for _ in range(5_000):
            x = x + 1.0
        return x

    finding = audit(model, loss).findings[0]
    assert len(finding.nodes) == 5_002
    assert "→ … 4,994 more … →" in finding.what


def test_an_inf_in_the_gradients_alone_is_found_too() -> None:
    model = Two(lambda a, b: (a - 2.0).sqrt() + b)
    finding = audit(model, model).findings[0]
    assert finding[:3] == (
        "inf",
        "the gradient at sqrt in Two",
        "√0 has the local derivative inf by t1, which gets 1 · inf = inf (in 1 loss)",
    )


def test_gradients_that_overflow_in_their_sum() -> None:
    model = Two(lambda a, b: a * 1e-300 * 1e308 + a * 1.7e308 * 1.0 + b, a=1e-10)

    def loss() -> Value:
        return model.a * 1.7e308 + model.a * 1.7e308 + model.b

    finding = audit(model, loss).findings[0]
    assert finding[:2] == ("inf", "the gradient at leaf 'a'")
    assert finding.what == "the contributions to a add up to inf (in 1 loss)"


def test_an_inf_that_does_no_harm_is_no_finding() -> None:
    model = Two(lambda a, b: ag.logsumexp([a, b, constant(-math.inf)]))
    assert audit(model, model).ok


def test_findings_come_in_order_of_importance() -> None:
    model = MLP(2, [3, 1], "relu", rng=0)
    model.spare = Value(1.0)  # type: ignore[attr-defined]
    model.layers[0].neurons[1].bias.data = -100.0
    found = [KINDS.index(f.kind) for f in audit(model, squared(model), DATA).findings]
    assert found == sorted(found)
    assert len(set(found)) == 3


def test_the_tables_say_the_same_once_for_several() -> None:
    model = MLP(2, [2, 1], rng=0)

    def loss() -> Value:
        return (model([1.0, 2.0]) * 1.0).sign()  # type: ignore[no-any-return]

    found = audit(model, loss)
    assert len(found.findings) == 9
    assert found.text.splitlines() == [
        f"MLP: 9 parameters, 1 loss, {found.nodes} nodes",
        "not everything reached: 0 of 9 get a gradient",
        "9 findings",
        "",
        "unreached: layers.0.neurons.0.weights.0 and 8 more",
        "  gradient 0 from 1 loss: sign is flat: its derivative is 0 everywhere",
        "  advice: put a smooth function in its place, such as sigmoid for step; one loss says "
        "little: pass data=",
    ]
    assert str(found) == repr(found) == found.text
    assert found._repr_markdown_() == found.markdown
    assert found.markdown.count("\n| ") == 2


def test_a_long_table_is_cut_and_says_so() -> None:
    class Many(Module):
        def __init__(self) -> None:
            self.relus = [Value(-1.0 - i, f"p{i}") for i in range(MOST_ROWS + 3)]

        def forward(self) -> Value:
            return ag.sum([x.relu() for x in self.relus])  # type: ignore[no-any-return]

    model = Many()
    found = audit(model, model)
    assert len(found.findings) == MOST_ROWS + 3
    assert found.text.splitlines()[-1] == "… and 3 findings more"
    assert found.markdown.splitlines()[-1].endswith("3 findings more")


def test_hostile_labels_and_names_stay_text() -> None:
    model = Two(lambda a, b: a + b.step())
    model.parts = {"|<b>\n": Value(1.0)}  # type: ignore[attr-defined]
    model.b.label = "<script>|"
    found = audit(model, model)
    assert "<" not in found.markdown.replace("\\<", "")
    assert all("\n" not in finding.where for finding in found.findings)


WRONG: Any = 3.0


def gives_a_float() -> Any:
    return 3.0


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda m: audit(WRONG, m), TypeError, "audit takes a Module, got float"),
        (lambda m: audit(m, WRONG), TypeError, "loss is a Value or a function"),
        (lambda m: audit(m, gives_a_float), TypeError, "loss is to give a Value, and gave float"),
        (lambda m: audit(m, Value(1.0), [1.0]), TypeError, "with data, loss is a function"),
        (lambda m: audit(m, m, []), ValueError, "data is empty"),
    ],
)
def test_errors_say_what_is_wanted(
    call: Callable[[Any], object], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        call(Neuron(1, rng=0))
