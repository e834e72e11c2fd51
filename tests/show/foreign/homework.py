"""Values as they are written elsewhere: in lectures, scripts and homework. Each is unmodified."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any


class Lecture:
    """As in the lecture that builds micrograd: a set of parents, an op, a label, a closure."""

    def __init__(
        self, data: float, _children: Sequence["Lecture"] = (), _op: str = "", label: str = ""
    ) -> None:
        self.data, self.grad = data, 0.0
        self._backward: Callable[[], None] = lambda: None
        self._prev, self._op, self.label = set(_children), _op, label

    def __add__(self, other: "Lecture") -> "Lecture":
        out = Lecture(self.data + other.data, (self, other), "+")

        def _backward() -> None:
            self.grad += 1.0 * out.grad
            other.grad += 1.0 * out.grad

        out._backward = _backward
        return out

    def __mul__(self, other: "Lecture") -> "Lecture":
        out = Lecture(self.data * other.data, (self, other), "*")

        def _backward() -> None:
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad

        out._backward = _backward
        return out

    def tanh(self) -> "Lecture":
        x = self.data
        t = (math.exp(2 * x) - 1) / (math.exp(2 * x) + 1)
        out = Lecture(t, (self,), "tanh")

        def _backward() -> None:
            self.grad += (1 - t**2) * out.grad

        out._backward = _backward
        return out

    def backward(self) -> None:
        order: list[Lecture] = []
        visited = set()

        def build(v: Lecture) -> None:
            if v not in visited:
                visited.add(v)
                for child in v._prev:
                    build(child)
                order.append(v)

        build(self)
        self.grad = 1.0
        for node in reversed(order):
            node._backward()


class Slotted:
    """As in microgpt: slots, children and a local derivative for each, and no op."""

    __slots__ = ("_children", "_local_grads", "data", "grad")

    def __init__(
        self, data: float, children: tuple[Any, ...] = (), local_grads: tuple[float, ...] = ()
    ) -> None:
        self.data, self.grad = data, 0.0
        self._children, self._local_grads = children, local_grads

    def __add__(self, other: "Slotted") -> "Slotted":
        return Slotted(self.data + other.data, (self, other), (1, 1))

    def __mul__(self, other: "Slotted") -> "Slotted":
        return Slotted(self.data * other.data, (self, other), (other.data, self.data))

    def __pow__(self, n: float) -> "Slotted":
        return Slotted(self.data**n, (self,), (n * self.data ** (n - 1),))

    def relu(self) -> "Slotted":
        return Slotted(max(0.0, self.data), (self,), (float(self.data > 0),))


@dataclass
class Record:
    """A dataclass, which compares by its numbers and has no hash."""

    data: float
    parents: list[Any] = field(default_factory=list)
    op: str = ""
    grad: float = 0.0
    name: str = ""

    def __add__(self, other: "Record") -> "Record":
        return Record(self.data + other.data, [self, other], "add")

    def __sub__(self, other: "Record") -> "Record":
        return Record(self.data - other.data, [self, other], "sub")

    def __mul__(self, other: "Record") -> "Record":
        return Record(self.data * other.data, [self, other], "mul")


class Bare:
    """A number, a gradient and parents: what made it is not said."""

    def __init__(self, data: float, parents: Sequence[Any] | None = None) -> None:
        self.data, self.grad, self.parents = data, 0.0, parents
