"""The engines that are compared, each as the functions that the workloads need of it.

`native` and `python` are both this package, with AUTOGRAD_ENGINE set where their process starts.
"""

import importlib
import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

Scalar = Any  # a number of whichever engine


class Engine(NamedTuple):
    """What a workload does with numbers, besides + - * / ** and the builtin sum.

    Attributes:
        leaf: makes a number that gets a gradient.
        constant: makes one that may do without, as the data.
        register: is told all leaves, once.
        clear: forgets the gradients of all leaves, before each step but the first.
        backward: goes back from a loss.
        number: the float of a number.
        gradient: the float that went to a leaf; None if there are no gradients.
        exp, log, relu: functions of one number.
    """

    leaf: Callable[[float], Scalar]
    constant: Callable[[float], Scalar]
    register: Callable[[Sequence[Scalar]], None]
    clear: Callable[[Sequence[Scalar]], None]
    backward: Callable[[Scalar], None]
    number: Callable[[Scalar], float]
    gradient: Callable[[Scalar], float] | None
    exp: Callable[[Scalar], Scalar]
    log: Callable[[Scalar], Scalar]
    relu: Callable[[Scalar], Scalar]


def nothing(_: Any) -> None:
    pass


def zero_gradients(leaves: Sequence[Scalar]) -> None:
    for leaf in leaves:
        leaf.grad = 0


def gradient_or_zero(leaf: Scalar) -> float:
    """That of a leaf which has none before the first pass."""
    return float(leaf.grad) if leaf.grad is not None else 0.0


def of_values(value_class: Any) -> Engine:
    """The engine of a class with `data`, `grad`, `backward`, `exp`, `log` and `relu`."""
    return Engine(
        leaf=value_class,
        constant=value_class,
        register=nothing,
        clear=zero_gradients,
        backward=value_class.backward,
        number=lambda value: value.data,
        gradient=lambda leaf: leaf.grad,
        exp=value_class.exp,
        log=value_class.log,
        relu=value_class.relu,
    )


def ours() -> Engine:
    return of_values(importlib.import_module("autograd").Value)


def tuple_value() -> Engine:
    return of_values(importlib.import_module("tuple_value").Value)


def micrograd() -> Engine:
    """micrograd's Value, given the exp and log that the tiny GPT needs, in its own style."""
    value_class: Any = importlib.import_module("micrograd.engine").Value

    def exp(self: Any) -> Any:
        out = value_class(math.exp(self.data), (self,), "exp")

        def _backward() -> None:
            self.grad += out.data * out.grad

        out._backward = _backward
        return out

    def log(self: Any) -> Any:
        out = value_class(math.log(self.data), (self,), "log")

        def _backward() -> None:
            self.grad += (1 / self.data) * out.grad

        out._backward = _backward
        return out

    value_class.exp, value_class.log = exp, log
    return of_values(value_class)


def xad() -> Engine:
    """XAD's tape in C++, as its manual uses it from Python.

    Data are floats, which it does not record. New leaves empty the tape; for the same leaves a
    new recording is enough. Of ways to write relu a comparison is the fastest, by far.
    """
    adjoint: Any = importlib.import_module("xad.adj_1st")
    functions: Any = importlib.import_module("xad.math")
    number, tape = adjoint.Real.getValue, adjoint.Tape()
    tape.activate()

    def register(leaves: Sequence[Scalar]) -> None:
        tape.clearAll()
        tape.registerInputs(leaves)
        tape.newRecording()

    def clear(leaves: Sequence[Scalar]) -> None:
        tape.newRecording()

    def backward(loss: Scalar) -> None:
        tape.registerOutput(loss)
        loss.setDerivative(1.0)
        tape.computeAdjoints()

    return Engine(
        leaf=adjoint.Real,
        constant=float,
        register=register,
        clear=clear,
        backward=backward,
        number=number,
        gradient=adjoint.Real.getDerivative,
        exp=functions.exp,
        log=functions.log,
        relu=lambda x: x if number(x) > 0.0 else 0.0,
    )


def mygrad() -> Engine:
    """MyGrad's tensors of no dimension, of doubles."""
    package: Any = importlib.import_module("mygrad")

    def clear(leaves: Sequence[Scalar]) -> None:
        for leaf in leaves:
            leaf.null_grad()

    return Engine(
        leaf=package.tensor,
        constant=float,
        register=nothing,
        clear=clear,
        backward=package.Tensor.backward,
        number=lambda x: float(x),
        gradient=gradient_or_zero,
        exp=package.exp,
        log=package.log,
        relu=lambda x: package.maximum(x, 0.0),
    )


def torch() -> Engine:
    """PyTorch's tensors of no dimension, of doubles, on one thread."""
    package: Any = importlib.import_module("torch")
    package.set_num_threads(1)

    def clear(leaves: Sequence[Scalar]) -> None:
        for leaf in leaves:
            leaf.grad = None

    return Engine(
        leaf=lambda x: package.tensor(x, dtype=package.float64, requires_grad=True),
        constant=float,
        register=nothing,
        clear=clear,
        backward=package.Tensor.backward,
        number=float,
        gradient=gradient_or_zero,
        exp=package.exp,
        log=package.log,
        relu=package.relu,
    )


def floats() -> Engine:
    """Python's floats: what the same program takes without any gradient."""
    return Engine(
        leaf=float,
        constant=float,
        register=nothing,
        clear=nothing,
        backward=nothing,
        number=float,
        gradient=None,
        exp=math.exp,
        log=math.log,
        relu=lambda x: x if x > 0.0 else 0.0,
    )


ENGINES = {
    "native": ours,
    "python": ours,
    "tuple": tuple_value,
    "micrograd": micrograd,
    "xad": xad,
    "mygrad": mygrad,
    "torch": torch,
    "floats": floats,
}
