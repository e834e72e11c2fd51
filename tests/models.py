"""Models, losses and data that an audit looks at, and how its findings are picked out."""

from collections.abc import Callable
from typing import Any

from autograd import Value
from autograd.nn import Module
from autograd.teach import Audit, Finding

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
