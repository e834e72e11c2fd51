"""What the native engine takes over of `Op` and `Value`, once the heart is defined.

The operators and methods of the classes go to where C finds them when it does not know what it was
given, and C's own take their place.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from . import calculus as c, graph, uncleared, watching
from .commit import add_gradients
from .native import native
from .node import Node
from .numbers import UNREACHED
from .op import ONE, Op

INFIX = ("add", "sub", "mul", "div", "mod", "floordiv", "pow")
PREFIX = ("neg", "abs")


# What writes the programs of ops of many operands. The room of formulas stands above the engine, so
# the package's __init__.py hands it in.
programs: list[Callable[[Op, int], Any]] = []


def take_over(value: Any, leaf: Any, constant: Any) -> None:
    """Let C compute what it knows of the ops, and of these classes, of which the first is made."""
    if native is None:
        return
    handed_in = {
        "value": value,
        "leaf": leaf,
        "constant": constant,
        "unreached": UNREACHED,
        "one": ONE,
        "sum": c.sum,
        "product": graph.product,
        "flow_back": graph.flow_back,
        "watchers": watching.watchers,
        "here": watching._here,
        "state": watching._Here,
        "running": watching.running,
        "watching_names": vars(watching),
        "used_gradients": uncleared.used,
        "may_warn": uncleared.may_warn,
        "add_gradients": add_gradients,
        "write_programs": lambda op, count: programs[0](op, count),
        "data_property": value.data,
        "grad_property": Node.grad,
    }
    for name, given in handed_in.items():
        native.connect(name, given)
    for name, op in vars(c).items():
        if isinstance(op, Op) and name == op.__name__:
            native.bind(name, op, _form(op), *_take_methods(value, name))
    del Op.__call__, Node.grad, value.data
    native.start()


def call_natively(op: Op, method: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The method for ``op(value)``, or one that calls the op, where that is C's."""

    @wraps(method)
    def through_c(self: Any) -> Any:
        return op(self) if isinstance(self, Node) else method(self)

    return method if native is None else through_c


def take_over_tracing(traced: Any, outlived: Any) -> None:
    """Let C record what is computed of values of the first class, until they are of the second."""
    if native is None:
        return
    native.connect("traced", traced)
    native.connect("outlived", outlived)
    for name in INFIX:
        _take_methods(traced, name)


def _form(op: Op) -> int:
    """How a call of the op gives its operands, where there may be many: see `_native.c`."""
    if op.derivatives is None:
        return 0
    in_lists = {c._one_per_operand: 1, c._at_least_one: 1, c._pairs: 2}
    return in_lists.get(op.arrange, 3)


def _take_methods(value: Any, name: str) -> list[Any]:
    """The methods of the operator of an op, from the left and the right, taken from the class."""
    python = "truediv" if name == "div" else name
    names = [f"__{python}__", f"__r{python}__"] if name in INFIX + PREFIX else []
    found = [vars(value).get(x) for x in names]
    for x in vars(value).keys() & names:
        delattr(value, x)
    return [*found, None, None][:2]
