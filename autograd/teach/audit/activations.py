"""An inspector of an audit: finds dead relus, and saturated tanh and sigmoid units.

A unit is judged when it has had some inputs, because one relu in two gives 0 for any one input.
It is known by the module call that made it, so it is the same unit for every sample.
"""

import math
from collections.abc import Iterator, Mapping
from typing import Any

from ...engine import calculus as c
from ...engine.op import Op
from ...show.text import clean, decimal
from .findings import Finding
from .sample import Sample

FEWEST = 2  # inputs before a unit is judged
SATURATED = 1e-3  # the slope of tanh beyond |z| = 4.1, and of sigmoid beyond |z| = 6.9
WATCHED: dict[Op, float] = {c.relu: 0.0, c.tanh: SATURATED, c.sigmoid: SATURATED}

Unit = tuple[Op, str, int]


class Activations:
    """Finds dead relus, and saturated tanh and sigmoid units."""

    def __init__(self, kinds: Mapping[str, str]) -> None:
        self._model = kinds[""]
        self._largest: dict[Unit, float] = {}
        self._inputs: dict[Unit, int] = {}

    def look(self, sample: Sample) -> None:
        """Note the slopes. Units are the same if their ops are the same in calls of one path.

        Where a path is not known, the ops of all modules of a kind are counted together.
        """
        counts: dict[tuple[Any, Op], int] = {}
        for node in sample.order:
            op = node.op
            if op is None or op not in WATCHED:
                continue
            where, within = self._maker(sample, node.call)
            number = counts[within, op] = counts.get((within, op), 0) + 1
            unit = (op, where, number)
            slope = abs(node.locals()[0])
            known = self._largest.get(unit, 0.0)
            self._largest[unit] = math.inf if slope != slope else max(known, slope)
            self._inputs[unit] = self._inputs.get(unit, 0) + 1

    def _maker(self, sample: Sample, call: Any) -> tuple[str, Any]:
        """The name of the module that a call is of, and the scope to count its ops in."""
        if call is None:
            return "", None
        path = sample.paths[call]
        known = path or call.kind == self._model
        return path or call.kind, call if known else call.kind

    def findings(self) -> Iterator[Finding]:
        """The units whose slope was too small for every input."""
        for unit, largest in self._largest.items():
            op, path, number = unit
            count = self._inputs[unit]
            if count < FEWEST or largest > WATCHED[op]:
                continue
            which = f" number {number}" if number > 1 or not path else ""
            where = clean(f"{op.name}{which} in {path}" if path else f"{op.name}{which}")
            if op is c.relu:
                what = f"gives 0 for all of {count:,} inputs, so nothing flows back through it"
                advice = "take smaller steps, other first weights, or leaky_relu"
                yield Finding("dead", where, what, advice, module=clean(path))
            else:
                what = f"its slope is at most {decimal(largest)} for all of {count:,} inputs"
                advice = "scale the inputs, or start with smaller weights"
                yield Finding("saturated", where, what, advice, module=clean(path))
