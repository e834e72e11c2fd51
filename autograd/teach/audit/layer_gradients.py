"""An inspector of an audit: finds layers with far larger or smaller gradients than the last one.

The last layer is the one whose parameters are used last, which is the one next to the loss.
Both the parameters and the outputs are looked at: where the activations shrink as the gradients of
the outputs grow, those of the parameters, which are products of both, stay as they are.
"""

import math
from collections.abc import Iterator, Mapping

from ...engine.node import Node
from ...engine.value import Value
from ...show.text import clean, decimal
from .findings import Finding
from .sample import Sample, holder

RATIO = 1e3  # of the mean |gradient| of a layer to that of the last one


class Mean:
    """The mean |gradient| of a layer; gradients of 0 do not count."""

    def __init__(self) -> None:
        self._total, self._count = 0.0, 0

    def add(self, gradient: float) -> None:
        """Count one more gradient."""
        if gradient != 0.0:
            self._total, self._count = self._total + abs(gradient), self._count + 1

    @property
    def value(self) -> float:
        """The mean, or 0 if nothing was counted."""
        return self._total / self._count if self._count else 0.0


Means = dict[str, Mean]


class Layers:
    """Finds layers with exploding or vanishing gradients."""

    def __init__(self, named: Mapping[str, Value], kinds: Mapping[str, str]) -> None:
        self._kinds, self._layers = kinds, layers_of(named, kinds)
        self._parameters: Means = {name: Mean() for name in self._layers}
        self._outputs: Means = {name: Mean() for name in self._layers}
        self._layer_of_path: dict[str, str] = {}
        self._layer_of_parameter = {x: name for name, xs in self._layers.items() for x in xs}
        self._before_loss: dict[str, int] = {}

    def look(self, sample: Sample) -> None:
        """Add d loss / d parameter and d loss / d output of this sample to the means."""
        for name, parameters in self._layers.items():
            for x in parameters:
                self._parameters[name].add(sample.gradients.get(x, 0.0))
        self._before_loss |= self._distances(sample)
        homes = {node: self._home(node, sample) for node in sample.order}
        left = {x: None for node in sample.order for x in node.parents if homes[x] != homes[node]}
        for node in (*left, sample.order[-1]):
            layer = homes[node]
            if layer in self._outputs:
                self._outputs[layer].add(sample.gradients[node])

    def _distances(self, sample: Sample) -> dict[str, int]:
        """The number of nodes between the last use of each layer's parameters and the loss."""
        distances: dict[str, int] = {}
        for distance, node in enumerate(reversed(sample.order)):
            for x in node.parents:
                if x in self._layer_of_parameter:
                    distances.setdefault(self._layer_of_parameter[x], distance)
        return distances

    def _home(self, node: Node, sample: Sample) -> str | None:
        """The layer that made a node, or None."""
        if node.call is None:
            return None
        path = sample.paths[node.call]
        if path not in self._layer_of_path:
            known = path if path in self._kinds else holder(path, self._kinds)
            self._layer_of_path[path] = layer_at(known, self._kinds)
        return self._layer_of_path[path]

    def findings(self) -> Iterator[Finding]:
        """The layers whose mean |gradient| is off that of the last by more than `RATIO`."""
        found: dict[str, Finding] = {}
        for what, means in (("its", self._parameters), ("its outputs'", self._outputs)):
            values = {name: mean.value for name, mean in means.items()}
            ordered = sorted(values, key=lambda name: -self._before_loss.get(name, math.inf))
            for finding in _odd(what, {name: values[name] for name in ordered}):
                found.setdefault(finding.where, finding)
        yield from found.values()


def _odd(what: str, means: Mapping[str, float]) -> Iterator[Finding]:
    """The layers whose mean is far larger or smaller than that of the last layer."""
    judged = {name: mean for name, mean in means.items() if mean and math.isfinite(mean)}
    for name, mean in judged.items():
        last = next(reversed(judged))
        ratio = mean / judged[last]
        if ratio > RATIO:
            kind, much = "exploding", f"{decimal(ratio)} times"
            advice = "start with smaller weights, normalise, or clip the gradients"
        elif ratio < 1.0 / RATIO:
            kind, much = "vanishing", f"1/{decimal(1.0 / ratio)} of" if ratio else "0 of"
            advice = "use relu, larger first weights, fewer layers, or connections that skip"
        else:
            continue
        yield Finding(
            kind,
            clean(name),
            f"{what} mean |gradient|, zeros left out, is {much} that of {clean(last)}",
            advice,
        )


def layers_of(named: Mapping[str, Value], kinds: Mapping[str, str]) -> dict[str, list[Value]]:
    """The parameters of each layer."""
    layers: dict[str, list[Value]] = {}
    for name, x in named.items():
        layers.setdefault(layer_at(holder(name, kinds), kinds), []).append(x)
    return layers


def layer_at(path: str, kinds: Mapping[str, str]) -> str:
    """The layer that a module belongs to: itself, or its parent if it is a neuron."""
    if kinds[path].endswith("Neuron") and path:
        path = holder(path, kinds)
    return path or kinds[""]
