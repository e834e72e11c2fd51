"""Every loss with every way to call it: numbers that are far from a kink, and what it is given."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from autograd.losses import (
    binary_cross_entropy,
    cross_entropy,
    hinge_loss,
    huber_loss,
    kl_div,
    l1_loss,
    mse_loss,
    nll_loss,
    smooth_l1_loss,
)

LINE = [0.3, -1.2, 2.0]
ROWS = [[0.3, -1.2, 2.0], [0.0, 0.7, -0.4], [1.5, -2.0, 0.1]]
LOGS = [[-0.3, -1.2, -2.0], [-0.1, -0.7, -0.4], [-1.5, -2.0, -0.2]]
SHARES = [[0.5, 0.25, 0.25], [0.1, 0.9, 0.0], [1.0, 0.0, 0.0]]
LOG_SHARES = [[-0.7, -1.4, -1.4], [-2.3, -0.1, -5.0], [-0.5, -1.0, -3.0]]


class Case(NamedTuple):
    """A loss, what it is given, and options of numbers and of settings."""

    loss: Callable[..., Any]
    outputs: Any
    targets: Any
    numbers: Mapping[str, Any] = MappingProxyType({})
    settings: Mapping[str, Any] = MappingProxyType({})

    def of(self, outputs: Any, targets: Any = None, **options: Any) -> Any:
        """The loss of these outputs, with all else as it is, if not given."""
        targets = self.targets if targets is None else targets
        return self.loss(outputs, targets, **{**self.numbers, **self.settings, **options})

    @property
    def weighs_the_mean(self) -> bool:
        """Whether the mean is another than that over the number of samples."""
        classes = not isinstance(self.targets[0], Sequence)
        of_classes = self.loss in (cross_entropy, nll_loss) and classes
        return of_classes and ("weight" in self.numbers or -100 in self.targets)


WEIGHTS = {"weight": [0.5, 2.0, 1.0]}
SMOOTH = {"label_smoothing": 0.1}
EVERY_LOSS = [
    Case(mse_loss, LINE, [1.0, 2.0, 3.0]),
    Case(l1_loss, LINE, [1.0, 2.0, 3.0]),
    Case(huber_loss, LINE, [1.0, 2.0, 3.0], {}, {"delta": 0.8}),
    Case(smooth_l1_loss, LINE, [1.0, 2.0, 3.0], {}, {"beta": 0.8}),
    Case(hinge_loss, LINE, [1, -1, -1]),
    Case(binary_cross_entropy, LINE, [1, 0, 0.3]),
    Case(binary_cross_entropy, LINE, [1, 0, 0.3], {**WEIGHTS, "pos_weight": 3.0}),
    Case(cross_entropy, ROWS, [1, 0, 2]),
    Case(cross_entropy, ROWS, [1, -100, 2]),
    Case(cross_entropy, ROWS, [1, 0, 2], WEIGHTS),
    Case(cross_entropy, ROWS, [1, -100, 2], WEIGHTS, SMOOTH),
    Case(cross_entropy, ROWS, [1, 0, 2], {}, SMOOTH),
    Case(cross_entropy, ROWS, SHARES),
    Case(cross_entropy, ROWS, SHARES, WEIGHTS, SMOOTH),
    Case(nll_loss, LOGS, [1, 0, 2]),
    Case(nll_loss, LOGS, [1, -100, 2], WEIGHTS),
    Case(kl_div, LOGS[0], SHARES[0]),
    Case(kl_div, LOGS, SHARES),
    Case(kl_div, LOGS, LOG_SHARES, {}, {"log_target": True}),
]


def case_of(case: Case) -> str:
    """The name of a case in a report of tests."""
    kind = "rows" if isinstance(case.targets[0], list) else "classes"
    return "-".join([case.loss.__name__, kind, *case.numbers, *case.settings])
