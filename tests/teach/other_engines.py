"""Engines in other styles than those of `written_engines.py`, written after the grader.

Nodes keep edges, pairs of an operand and its local derivative or a function of the upstream; the
names, the orders and the ways of writing operators differ too.
"""

import itertools
import textwrap
from collections.abc import Iterator

from tests.teach.written_engines import Engine

# --- edges with local derivatives, found by the name of the op --------------------------------

NAMED = """
class Value:
    def __init__(self, data, inputs=None, op=""):
        self.data = data
        self.grad = {zero}
        self.inputs = inputs or []
        self.op = op

    def _derivatives(self):
        v = [x.data for x in self.inputs]
        if self.op == "add":
            return [1.0, {add}]
        if self.op == "sub":
            return [1.0, {sub}]
        if self.op == "mul":
            return [{mul}]
        if self.op == "div":
            return [1.0 / v[1], {div}]
        if self.op == "exp":
            return [{exp}]
        if self.op == "log":
            return [{log}]
        if self.op == "relu":
            return [{relu}]
        if self.op == "tanh":
            return [{tanh}]
        if self.op == "sigmoid":
            return [{sigmoid}]
        if self.op == "neg":
            return [-1.0]
        if self.op.startswith("pow"):
            n = float(self.op[3:])
            return [{pow}]
        return []

    def __add__(self, y): return Value(self.data + lift(y).data, [self, lift(y)], "add")
    def __sub__(self, y): return Value(self.data - lift(y).data, [self, lift(y)], "sub")
    def __mul__(self, y): return Value(self.data * lift(y).data, [self, lift(y)], "mul")
    def __truediv__(self, y): return Value(self.data / lift(y).data, [self, lift(y)], "div")
    def __neg__(self): return Value(-self.data, [self], "neg")
    def __pow__(self, n): return Value(self.data ** n, [self], "pow" + str(n))
    def exp(self): return Value(math.exp(self.data), [self], "exp")
    def log(self): return Value(math.log(self.data), [self], "log")
    def tanh(self): return Value(math.tanh(self.data), [self], "tanh")
    def relu(self): return Value(max(self.data, 0.0), [self], "relu")
    def sigmoid(self): return Value(1 / (1 + math.exp(-self.data)), [self], "sigmoid")
{reflected}
{backward}

def lift(y):
    return y if isinstance(y, Value) else Value(y)
"""
NAMED_RULES = {
    "zero": "0.0",
    "add": "1.0",
    "sub": "-1.0",
    "mul": "v[1], v[0]",
    "div": "-v[0] / v[1] ** 2",
    "exp": "self.data",
    "log": "1 / v[0]",
    "relu": "1.0 if v[0] > 0 else 0.0",
    "tanh": "1 - self.data ** 2",
    "sigmoid": "self.data * (1 - self.data)",
    "pow": "n * v[0] ** (n - 1)",
}
REFLECTED = """
    def __radd__(self, y): return lift(y) + self
    def __rsub__(self, y): return lift(y) - self
    def __rmul__(self, y): return lift(y) * self
    def __rtruediv__(self, y): return lift(y) / self
"""

NAMED_WALKS = {
    "by depth": """
        def backward(self):
            depth, waiting = {{}}, [(self, 0)]
            while waiting:
                node, d = waiting.pop()
                if d >= depth.get(node, -1):
                    if node in depth and depth[node] == d:
                        continue
                    depth[node] = d
                    waiting += [(x, d + 1) for x in node.inputs]
            self.grad = 1.0
            for node in sorted(depth, key=depth.get):
                for x, d in zip(node.inputs, node._derivatives()):
                    x.grad {plus} node.grad * d
    """,
    "nested": """
        def backward(self):
            visited, tape = set(), []
            def visit(v):
                if id(v) not in visited:
                    visited.add(id(v))
                    [visit(x) for x in v.inputs]
                    tape.insert(0, v)
            visit(self)
            self.grad = 1
            for v in tape:
                if v.inputs:
                    for i, d in enumerate(v._derivatives()):
                        x = v.inputs[i]
                        x.grad {plus} d * v.grad
    """,
    "adjoints of its own": """
        def backward(self):
            order, seen, stack = [], set(), [self]
            while stack:
                node = stack[-1]
                fresh = [x for x in node.inputs if x not in seen]
                if node in seen:
                    stack.pop()
                elif fresh:
                    stack.extend(fresh)
                else:
                    seen.add(node)
                    order.append(stack.pop())
            adjoint = dict.fromkeys(order, 0.0)
            adjoint[self] = 1.0
            for node in order[::-1]:
                for x, d in zip(node.inputs, node._derivatives()):
                    adjoint[x] {plus} adjoint[node] * d
            for node, g in adjoint.items():
                node.grad += g
    """,
}


def _code(text: str, **parts: str) -> str:
    return textwrap.indent(textwrap.dedent(text.format(**parts)), "    ")


def named(walk: str = "nested", plus: str = "+=", reflected: str = REFLECTED, **rules: str) -> str:
    """A class whose rules stand in one method."""
    backward = _code(NAMED_WALKS[walk], plus=plus)
    return NAMED.format(backward=backward, reflected=reflected, **(NAMED_RULES | rules))


def named_with(backward: str) -> str:
    """The same, with another backward pass."""
    return NAMED.format(backward=_code(backward), reflected=REFLECTED, **NAMED_RULES)


# --- edges with functions, on a tape ----------------------------------------------------------

PULLING = """
from dataclasses import dataclass, field
import itertools

_numbers = itertools.count()

@dataclass(eq=False)
class Value:
    data: float
    edges: {edges} = field(default_factory={edges}, repr=False)
    grad: float = 0.0
    number: int = field(default_factory=lambda: next(_numbers))

    @classmethod
    def of(cls, x):
        return x if isinstance(x, cls) else cls(x)

    def __add__(self, o):
        o = Value.of(o)
        edges = {open}(self, lambda g: {add_left}), (o, lambda g: {add_right}){close}
        return Value(self.data + o.data, edges)

    def __mul__(self, o):
        o = Value.of(o)
        edges = {open}(self, lambda g: {mul_left}), (o, lambda g: {mul_right}){close}
        return Value(self.data * o.data, edges)

    def __neg__(self):
        return Value(-self.data, {open}(self, lambda g: {neg}){close})

    def __sub__(self, o):
        return self + -Value.of(o)

    def inverse(self):
        y = 1 / self.data
        return Value(y, {open}(self, lambda g: {inverse}){close})

    def __truediv__(self, o):
        return self * Value.of(o).inverse()

    def __pow__(self, n):
        y = self.data ** n
        return Value(y, {open}(self, lambda g: {pow}){close})

    def relu(self):
        return Value(self.data * (self.data > 0), {open}(self, lambda g: {relu}){close})

    def exp(self):
        y = math.exp(self.data)
        return Value(y, {open}(self, lambda g: {exp}){close})

    def tanh(self):
        e = (self * 2).exp()
        return (e - 1) / (e + 1)

{reflected}
{backward}
"""
PULLING_RULES = {
    "edges": "list",
    "open": "[",
    "close": "]",
    "add_left": "g",
    "add_right": "g",
    "mul_left": "g * o.data",
    "mul_right": "g * self.data",
    "neg": "-g",
    "inverse": "-g * y * y",
    "pow": "g * n * self.data ** (n - 1)",
    "relu": "g if self.data > 0 else 0.0",
    "exp": "g * y",
}
PULLING_REFLECTED = """
    __radd__ = __add__
    __rmul__ = __mul__

    def __rsub__(self, o):
        return Value(o) - self

    def __rtruediv__(self, o):
        return Value(o) * self.inverse()
"""
PULLING_WALKS = {
    "by number": """
        def backward(self):
            nodes, waiting = {{self}}, [self]
            while waiting:
                for node, _ in waiting.pop().edges:
                    if node not in nodes:
                        nodes.add(node)
                        waiting.append(node)
            self.grad = 1.0
            for node in sorted(nodes, key=lambda node: -node.number):
                for operand, pull in node.edges:
                    operand.grad {plus} pull(node.grad)
    """,
    "by a heap": """
        def backward(self):
            import heapq
            self.grad = 1.0
            heap, inside = [(-self.number, self)], {{self.number}}
            while heap:
                _, node = heapq.heappop(heap)
                for operand, pull in node.edges:
                    operand.grad {plus} pull(node.grad)
                    if operand.number not in inside:
                        inside.add(operand.number)
                        heapq.heappush(heap, (-operand.number, operand))
    """,
    "path by path": """
        def backward(self, upstream=1.0):
            self.grad += upstream
            for operand, pull in self.edges:
                operand.backward(pull(upstream))
    """,
    "generated": """
        def _nodes(self, seen):
            if self not in seen:
                seen.add(self)
                for operand, _ in self.edges:
                    yield from operand._nodes(seen)
                yield self

        def backward(self):
            nodes = list(self._nodes(set()))
            nodes.reverse()
            nodes[0].grad = 1.0
            for node in nodes:
                for operand, pull in node.edges:
                    operand.grad {plus} pull(node.grad)
    """,
}


def pulling(
    walk: str = "by number", plus: str = "+=", reflected: str = PULLING_REFLECTED, **rules: str
) -> str:
    """A class whose edges hold functions from upstream to contribution."""
    backward = _code(PULLING_WALKS[walk], plus=plus)
    return PULLING.format(backward=backward, reflected=reflected, **(PULLING_RULES | rules))


def pulling_with(backward: str) -> str:
    """The same, with another backward pass."""
    return PULLING.format(backward=_code(backward), reflected=PULLING_REFLECTED, **PULLING_RULES)


# --- right ones -------------------------------------------------------------------------------

FEW = "    __radd__, __rmul__ = __add__, __mul__\n    __rsub__ = lambda self, y: -self + y\n"
FEW += "    __rtruediv__ = lambda self, y: self ** -1 * y\n"
RIGHT = [
    *(Engine(f"named, {walk}", named(walk)) for walk in NAMED_WALKS),
    *(Engine(f"named, few, {walk}", named(walk, reflected=FEW)) for walk in NAMED_WALKS),
    *(Engine(f"named, None, {walk}", named(walk, zero="0")) for walk in NAMED_WALKS),
    *(Engine(f"pulling, {walk}", pulling(walk)) for walk in PULLING_WALKS),
    *(Engine(f"pulling, few, {walk}", pulling(walk, reflected=FEW)) for walk in PULLING_WALKS),
    *(
        Engine(f"pulling, tuples, {walk}", pulling(walk, edges="tuple", open="(", close=",)"))
        for walk in PULLING_WALKS
    ),
    *(
        Engine(
            f"named, other formulas, {walk}",
            named(
                walk,
                tanh="1 / math.cosh(v[0]) ** 2",
                pow="n * self.data / v[0]",
                div="-self.data / v[1]",
                relu="v[0] > 0",
            ),
        )
        for walk in NAMED_WALKS
    ),
]


# --- wrong ones -------------------------------------------------------------------------------

NAMED_STEP = """
                    for x, d in zip(node.inputs, node._derivatives()):
                        x.grad += node.grad * d"""
PULLING_STEP = """
                    for operand, pull in node.edges:
                        operand.grad += pull(node.grad)"""

# A step of the walk is `{step}`, and `{inputs}` are the operands of a node.
WRONG_ORDERS = {
    ("stack", "from a list"): """
        def backward(self):
            self.grad = 1.0
            todo, done = [self], []
            while len(todo) > 0:
                node = todo[-1]
                del todo[-1]
                if not any(node is x for x in done[-60:]):
                    done.append(node){step}
                    for x in {inputs}:
                        todo.append(x)
    """,
    ("queue", "from a deque"): """
        def backward(self):
            from collections import deque
            self.grad = 1.0
            todo, done = deque([self]), set()
            while todo:
                node = todo.popleft()
                if node not in done:
                    done.add(node){step}
                    todo.extend({inputs})
    """,
    ("queue", "level by level, each time"): """
        def backward(self):
            self.grad = 1.0
            level = [self]
            while level:
                for node in level:{step}
                level = [x for node in level for x in {inputs}]
    """,
    ("recursion", "inside"): """
        def backward(self, start=True):
            if start:
                self.grad = 1.0
            for node in [self]:
                if True:{step}
            for x in {inputs}:
                x.backward(start=False)
    """,
    ("recursion", "with a set of ids"): """
        def backward(self):
            def down(node, ids):
                if id(node) in ids:
                    return ids
                ids |= {{id(node)}}
                if True:{step}
                for x in {inputs}[::-1]:
                    ids = down(x, ids)
                return ids
            self.grad = 1.0
            down(self, set())
    """,
    ("recursion", "before its operands"): """
        def backward(self):
            order, ids = [], set()
            def down(node):
                if id(node) not in ids:
                    ids.add(id(node))
                    order.append(node)
                    for x in {inputs}:
                        down(x)
            down(self)
            self.grad = 1.0
            for node in order:
                if True:{step}
    """,
    ("not_reversed", "sorted"): """
        def backward(self):
            order, ids = [], set()
            def down(node):
                if id(node) not in ids:
                    ids.add(id(node))
                    for x in {inputs}:
                        down(x)
                    order.append(node)
            down(self)
            self.grad = 1.0
            for node in order:
                if True:{step}
    """,
    ("not_reversed", "turned twice"): """
        def backward(self):
            order, seen, todo = [], set(), [self]
            while todo:
                node = todo.pop()
                if node not in seen:
                    seen.add(node)
                    order.append(node)
                    todo += {inputs}
            self.grad = 1.0
            for node in reversed(order):
                if True:{step}
    """,
    ("one_level", "its own edges"): """
        def backward(self):
            self.grad = 1.0
            for node in [self]:
                if True:{step}
    """,
    ("no_seed", "forgotten"): """
        def backward(self):
            order, ids = [], set()
            def down(node):
                if id(node) not in ids:
                    ids.add(id(node))
                    for x in {inputs}:
                        down(x)
                    order.append(node)
            down(self)
            for node in reversed(order):
                if True:{step}
    """,
    ("not_cleared", "a list of the class"): """
        order = []
        def backward(self):
            def down(node):
                if not any(node is x for x in Value.order):
                    for x in {inputs}:
                        down(x)
                    Value.order.append(node)
            down(self)
            self.grad = 1.0
            for node in reversed(Value.order):
                if True:{step}
    """,
    ("not_cleared", "gradients of the class"): """
        kept = {{}}
        def backward(self):
            order, ids = [], set()
            def down(node):
                if id(node) not in ids:
                    ids.add(id(node))
                    for x in {inputs}:
                        down(x)
                    order.append(node)
            down(self)
            self.grad = 1.0
            for node in reversed(order):
                if True:{step}
            for node in order:
                if not ({inputs}):
                    Value.kept[node] = Value.kept.get(node, 0.0) + node.grad
                    node.grad = Value.kept[node]
    """,
    ("too_deep", "four calls for each node"): """
        def backward(self):
            order, ids = [], set()
            def first(node):
                second(node)
            def second(node):
                third(node)
            def third(node):
                if id(node) not in ids:
                    ids.add(id(node))
                    fourth(node)
            def fourth(node):
                for x in {inputs}:
                    first(x)
                order.append(node)
            first(self)
            self.grad = 1.0
            for node in reversed(order):
                if True:{step}
    """,
    ("parent_set", "a step for each operand"): """
        def backward(self):
            order, ids = [], set()
            def down(node):
                if id(node) not in ids:
                    ids.add(id(node))
                    for x in {inputs}:
                        down(x)
                    order.append(node)
            down(self)
            self.grad = 1.0
            for node in reversed(order):
                before = {{x: x.grad for x in {inputs}}}
                if True:{step}
                for x in set({inputs}):
                    uses = len([y for y in {inputs} if y is x])
                    x.grad = before[x] + (x.grad - before[x]) / uses
    """,
}


def _orders() -> Iterator[Engine]:
    for (what, name), backward in WRONG_ORDERS.items():
        order = what in ("stack", "queue", "recursion")
        kind, where = ("no_topological_order", what) if order else (what, "")
        for style, with_, step, inputs in (
            ("named", named_with, NAMED_STEP, "node.inputs"),
            ("pulling", pulling_with, PULLING_STEP, "[operand for operand, _ in node.edges]"),
        ):
            text = backward
            if name == "inside":
                text = text.replace("for x in {inputs}", "for x in {inputs_of_self}")
            text = text.replace("{inputs_of_self}", inputs.replace("node", "self"))
            text = text.replace("{step}", step).replace("{inputs}", inputs)
            yield Engine(f"{style}, {what} {name}", with_(text), kind, "", where)


def _rules() -> Iterator[Engine]:
    rules = {
        ("*", "mul"): ("v[0], v[1]", "v[1], 1.0", "v[1], -v[0]"),
        ("+", "add"): ("0.0", "2.0"),
        ("-", "sub"): ("1.0",),
        ("/", "div"): ("-1 / v[1] ** 2", "v[0] / v[1] ** 2", "-v[0] / v[1]"),
        ("a**2", "pow"): ("v[0] ** (n - 1)", "(n - 1) * v[0] ** n", "n * self.data"),
        ("exp", "exp"): ("1.0", "v[0] * self.data"),
        ("log", "log"): ("v[0]", "1 / v[0] ** 2"),
        ("relu", "relu"): ("1.0", "0.0", "1.0 if v[0] < 0 else 0.0"),
        ("tanh", "tanh"): ("1 - self.data", "self.data ** 2", "1 + self.data ** 2"),
        ("sigmoid", "sigmoid"): ("self.data", "v[0] * (1 - v[0])"),
    }
    walks = itertools.cycle(NAMED_WALKS)
    for (operation, part), texts in rules.items():
        for text in texts:
            source = named(next(walks), **{part: text})
            yield Engine(f"named, {operation} by {text}", source, "wrong_rule", operation)
    for part, text, operation in (
        ("mul_left", "g * self.data", "*"),
        ("neg", "g", "-a"),
        ("inverse", "-g * y", "/"),
        ("pow", "g * n * self.data ** n", "a**2"),
        ("relu", "g", "relu"),
        ("exp", "g * self.data", "exp"),
    ):
        source = pulling("generated", **{part: text})
        yield Engine(f"pulling, {operation} by {text}", source, "wrong_rule", operation)
    for part, text, operation in (
        ("mul_right", "self.data", "*"),
        ("relu", "1.0 if self.data > 0 else 0.0", "relu"),
        ("exp", "y", "exp"),
        ("pow", "n * self.data ** (n - 1)", "a**2"),
    ):
        source = pulling("by a heap", **{part: text})
        yield Engine(f"pulling, {operation} by {text}", source, "no_upstream", operation)


def _without(*names: str) -> str:
    """The reflected operators but for some."""
    lines = REFLECTED.splitlines()
    return "\n".join(line for line in lines if not any(f"{x}(" in line for x in names))


WRONG = [
    *_orders(),
    *_rules(),
    *(Engine(f"named, =, {walk}", named(walk, plus="="), "assign") for walk in NAMED_WALKS),
    *(
        Engine(f"pulling, =, {walk}", pulling(walk, plus="="), "assign")
        for walk in ("by number", "by a heap", "generated")
    ),
    Engine(
        "pulling, a dict of edges",
        pulling("generated").replace("in node.edges", "in dict(node.edges).items()"),
        "parent_set",
    ),
    Engine(
        "named, a dict of inputs",
        named("by depth").replace(
            "in zip(node.inputs, node._derivatives())",
            "in {x: d for x, d in zip(node.inputs, node._derivatives())}.items()",
        ),
        "parent_set",
    ),
    Engine(
        "named, a set of inputs",
        named("adjoints of its own").replace("in zip(node.inputs,", "in zip(set(node.inputs),"),
        "parent_set",
    ),
    *(
        Engine(
            f"named, without {names}",
            named(reflected=_without(*names)),
            "missing_reflected",
            operation,
        )
        for names, operation in (
            (("__radd__",), "2 + a"),
            (("__rsub__", "__rtruediv__"), "2 - a"),
            (("__rmul__",), "2 * a"),
            (("__rtruediv__",), "2 / a"),
        )
    ),
    Engine("pulling, without any", pulling(reflected=""), "missing_reflected", "2 + a"),
    Engine(
        "named, 2 / a the wrong way round",
        named(reflected=REFLECTED.replace("lift(y) / self", "self / lift(y)")),
        "wrong_value",
        "2 / a",
    ),
]
