"""`audit`: finds faults in the gradients of a model, from its losses on some data.

Each loss is differentiated once, and four inspectors look at its graph: `not_finite.py`,
`reach.py`, `activations.py`, `layer_gradients.py`. An inspector keeps counts and not graphs, so the
number of samples is limited only by time.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from ...engine.arguments import loss_value
from ...engine.graph import gradients, topological_order
from ...engine.node import Node
from ...engine.value import Value
from ...nn.module import Module
from ...show.stepping.names import Names
from ...show.text import clean
from .activations import Activations
from .findings import KINDS, Audit
from .layer_gradients import Layers
from .not_finite import NotFinite
from .reach import Parameters
from .sample import Sample, kinds_of, paths_of_calls


def audit(
    model: Module,
    loss: Value | Callable[..., Value],
    data: Iterable[Any] | None = None,
) -> Audit:
    """Find faults in the gradients of a model. No `grad` changes.

    Found are: parameters that no gradient reaches, and why; relus that give 0 for every input;
    tanh and sigmoid with a slope below 1/1000 for every input; layers of which the parameters,
    or the outputs, have gradients a thousand times larger or smaller than those of the layer
    that is computed last; a nan or inf, with the way from the node that made it to the loss. An
    activation is judged from two inputs on, and is known by the module that made it. Frozen
    parameters do not count.

    Args:
        model: a Module.
        loss: the loss, as a Value; or a function that gives it, of nothing, or with `data` of
            one sample.
        data: the samples to call `loss` with, one after the other.

    Raises:
        TypeError: if `model` is no Module or `loss` gives no Value.
        ValueError: if `data` is empty.

    Example:
        >>> from autograd.nn import MLP
        >>> model = MLP(2, [3, 1], rng=0)
        >>> print(audit(model, lambda sample: model(sample) ** 2, data=[[1.0, 2.0], [3.0, -1.0]]))
        MLP: 13 parameters, 2 losses, 60 nodes
        everything reached: 13 of 13 get a gradient
        no finding
    """
    if not isinstance(model, Module):
        raise TypeError(
            f"audit takes a Module, got {type(model).__name__}: pass the network itself"
        )
    named, kinds = dict(model.named_parameters()), kinds_of(model)
    names: dict[Node, str] = {x: name for name, x in named.items()}
    named = {name: x for name, x in named.items() if not x.is_constant}
    parameters = Parameters(named, kinds)
    inspectors = (NotFinite(), parameters, Activations(kinds), Layers(named, kinds))
    samples = nodes = 0
    for root in _losses(loss, data):
        order = topological_order(root)
        found = gradients(root)
        paths = paths_of_calls(order, names, kinds)
        sample = Sample(order, {node: found.get(node, 0.0) for node in order}, paths, Names(order))
        for inspector in inspectors:
            inspector.look(sample)
        samples, nodes = samples + 1, nodes + len(order)
    if not samples:
        raise ValueError("audit needs at least one sample, and data is empty")
    findings = [finding for inspector in inspectors for finding in inspector.findings()]
    findings.sort(key=lambda finding: KINDS.index(finding.kind))
    return Audit(
        clean(type(model).__name__),
        len(named),
        parameters.reached,
        samples,
        nodes,
        tuple(findings),
    )


def _losses(loss: Any, data: Iterable[Any] | None) -> Iterator[Value]:
    """The loss, or that of each sample."""
    if isinstance(loss, Value):
        if data is not None:
            raise TypeError(
                "with data, loss is a function of one sample, and here it is a Value: pass "
                "lambda sample: ..."
            )
        yield loss
        return
    if not callable(loss):
        raise TypeError(f"loss is a Value or a function that gives one, got {type(loss).__name__}")
    for arguments in [()] if data is None else ((sample,) for sample in data):
        yield loss_value(loss(*arguments))
