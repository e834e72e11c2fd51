"""What the native engine takes over of `Op` and `Value`, once the heart is defined.

The operators and methods of the classes go to where C finds them when it does not know what it was
given, and C's own take their place.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from . import calculus as c, graph, hints, watching
from .commit import add_gradients
from .native import native, natively as natively
from .node import Node
from .note import Note
from .numbers import UNREACHED
from .op import ONE, Op

INFIX = ("add", "sub", "mul", "div", "mod", "floordiv", "pow")
PREFIX = ("neg", "abs")

_taken_over: set[type] = set()  # classes whose objects C makes
_taken_methods: dict[str, Any] = {}  # those of Value, by their names

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
        "dot": c.dot,
        "product": graph.product,
        "flow_back": graph.flow_back,
        "watchers": watching.watchers,
        "here": watching._here,
        "state": watching._Here,
        "running": watching.running,
        "watching_names": vars(watching),
        "hints": hints.hints,
        "nodes_looked_at": hints.nodes_looked_at,
        "look": hints.look,
        "add_gradients": add_gradients,
        "write_programs": lambda op, count: programs[0](op, count),
        "data_property": _property(value.data),
        "grad_property": _property(Node.grad),
        "method_code": vars(value)["exp"].__code__,
    }
    for name, given in handed_in.items():
        native.connect(name, given)
    for name, op in vars(c).items():
        if isinstance(op, Op) and name == op.__name__:
            native.bind(name, op, _form(op))
    _take_methods(value, traced=False)
    del Op.__call__
    value.data = handed_in["data_property"]
    Node.grad = handed_in["grad_property"]  # type: ignore[method-assign]
    _taken_over.update((value, leaf, constant))
    native.start()


def call_natively(op: Op, method: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The method for ``op(value)``, or one that calls the op, where that is C's."""

    @wraps(method)
    def through_c(self: Any) -> Any:
        return op(self) if type(self) in _taken_over else method(self)

    return method if native is None else through_c


def take_over_tracing(traced: Any, outlived: Any) -> None:
    """Let C record what is computed of values of the first class, until they are of the second."""
    if native is None:
        return
    native.connect("traced", traced)
    native.connect("outlived", outlived)
    native.connect("note", Note)
    _take_methods(traced, traced=True)
    _taken_over.add(traced)


def _form(op: Op) -> int:
    """How a call of the op gives its operands, where there may be many: see `_native.c`."""
    if op.derivatives is None:
        return 0
    in_lists = {c._one_per_operand: 1, c._at_least_one: 1, c._pairs: 2}
    return in_lists.get(op.arrange, 3)


def method_in_python(value: Any, name: str) -> Any:
    """The method of Value, whose class it is, that C's stands in the place of."""
    return _taken_methods.get(name) or getattr(value, name)


def _property(of_python: Any) -> Any:
    """A property as it is in Python, which C reads and writes faster."""
    made = native.Property(of_python.fget, of_python.fset, None, of_python.__doc__)
    made.__set_name__(None, of_python.fget.__name__)
    return made


def _take_methods(value: Any, *, traced: bool) -> None:
    """Hand in the methods of the operators, and let the class have those of C in their place."""
    for name in INFIX + PREFIX:
        python = "truediv" if name == "div" else name
        names = (f"__{python}__", f"__r{python}__")
        found = [vars(value).get(x) for x in names]
        if any(found):
            native.methods(name, traced, *found)
        for x in vars(value).keys() & set(names):
            _taken_methods.setdefault(x, vars(value)[x])
            delattr(value, x)
