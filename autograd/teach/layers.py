"""Part of an audit: layers whose gradients are far larger or smaller than those of the last."""

import math
from collections.abc import Iterator, Mapping

from autograd.module import Module, walk
from autograd.show.text import cleaned, decimal
from autograd.teach.findings import Finding
from autograd.teach.sample import Sample
from autograd.value import Value

RATIO = 1e3  # of the mean |gradient| of a layer to that of the last layer


class Layers:
    """How large the gradients are, layer by layer in the order of definition."""

    def __init__(self, model: Module, named: Mapping[str, Value]) -> None:
        self._layers = layers_of(model, named)
        self._sizes = dict.fromkeys(named.values(), 0.0)

    def look(self, sample: Sample) -> None:
        """Add up |d loss / d parameter|."""
        for x in self._sizes:
            self._sizes[x] += abs(sample.gradients.get(x, 0.0))

    def findings(self) -> Iterator[Finding]:
        """The layers whose mean |gradient| is more than `RATIO` off that of the last."""
        means: dict[str, float] = {}
        for name, parameters in self._layers.items():
            sizes = [self._sizes[x] for x in parameters if self._sizes[x] != 0.0]
            if sizes and all(map(math.isfinite, sizes)):
                means[name] = math.fsum(sizes) / len(sizes)
        for name, mean in means.items():
            last = next(reversed(means))
            ratio = mean / means[last]
            if ratio > RATIO:
                kind, much = "exploding", f"{decimal(ratio)} times"
                advice = "start with smaller weights, normalise, or clip the gradients"
            elif ratio < 1.0 / RATIO:
                kind, much = "vanishing", f"1/{decimal(1.0 / ratio)} of" if ratio else "0 of"
                advice = "use relu, larger first weights, fewer layers, or connections that skip"
            else:
                continue
            what = f"its mean |gradient| is {much} that of {last}"
            yield Finding(kind, cleaned(name), what, advice)


def layers_of(model: Module, named: Mapping[str, Value]) -> dict[str, list[Value]]:
    """The parameters of each layer: of the module that holds them, or that holds the neuron."""
    kinds = {"": type(model).__name__}
    kinds |= {name: type(x).__name__ for name, x in walk(model) if isinstance(x, Module)}
    layers: dict[str, list[Value]] = {}
    for name, x in named.items():
        path = _holder(name, kinds)
        if kinds[path].endswith("Neuron") and path:
            path = _holder(path, kinds)
        layers.setdefault(path or kinds[""], []).append(x)
    return layers


def _holder(name: str, kinds: Mapping[str, str]) -> str:
    """The name of the innermost module that holds what has this name."""
    while name:
        name = name.rpartition(".")[0]
        if name in kinds:
            break
    return name
