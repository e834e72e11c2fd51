"""Engines as readers write them: right in many styles, and wrong in all the famous ways.

An engine is the text of a class, put together from a style of rules, a way through the graph and
a mistake, and then run. `WRONG` and `RIGHT` were looked at while the grader was written;
`other_engines.py` and `function_engines.py` have others, in other styles, that came later.
"""

import textwrap
from typing import Any, NamedTuple


class Engine(NamedTuple):
    """A class that somebody wrote, and the mistake in it.

    Attributes:
        name: for the test.
        source: its text.
        kind: of the mistake, as in `findings.KINDS`; empty if it is right.
        operation: that the mistake is in, if it is in one.
        where: of a missing topological order.
    """

    name: str
    source: str
    kind: str = ""
    operation: str = ""
    where: str = ""

    @property
    def value(self) -> Any:
        """The class."""
        names: dict[str, Any] = {"__name__": "written"}
        exec("import math\n" + self.source, names)
        return names["Value"]


# --- ways through the graph -----------------------------------------------------------------

# Each is a method that calls node._pass_on() for the nodes, which have operands in node._operands.
WALKS = {
    "recursion": """
        def backward(self):
            order, visited = [], set()
            def build(node):
                if node not in visited:
                    visited.add(node)
                    for operand in node._operands:
                        build(operand)
                    order.append(node)
            build(self)
            self.grad = 1.0
            for node in reversed(order):
                node._pass_on()
    """,
    "stack": """
        def backward(self):
            order, visited, stack = [], set(), [(self, False)]
            while stack:
                node, done = stack.pop()
                if done:
                    order.append(node)
                elif node not in visited:
                    visited.add(node)
                    stack.append((node, True))
                    stack.extend((operand, False) for operand in node._operands)
            self.grad = 1.0
            while order:
                order.pop()._pass_on()
    """,
    "uses": """
        def backward(self):
            uses, seen, waiting = {}, {self}, [self]
            while waiting:
                for operand in waiting.pop()._operands:
                    uses[operand] = uses.get(operand, 0) + 1
                    if operand not in seen:
                        seen.add(operand)
                        waiting.append(operand)
            self.grad = 1
            ready = [self]
            while ready:
                node = ready.pop()
                node._pass_on()
                for operand in node._operands:
                    uses[operand] -= 1
                    if not uses[operand]:
                        ready.append(operand)
    """,
    "cleared": """
        def _order(self, order, visited):
            if id(self) in visited:
                return order
            visited.add(id(self))
            for operand in self._operands:
                operand._order(order, visited)
            order.append(self)
            return order

        def backward(self):
            order = self._order([], set())
            for node in order:
                node.grad = 0.0
            self.grad = 1.0
            for node in order[::-1]:
                node._pass_on()
    """,
}
WRONG_WALKS: dict[str, tuple[str, str, str]] = {
    "recursion once": (
        """
        def backward(self, first=True, visited=None):
            visited = set() if visited is None else visited
            if first:
                self.grad = 1.0
            visited.add(self)
            self._pass_on()
            for operand in self._operands:
                if operand not in visited:
                    operand.backward(False, visited)
        """,
        "no_topological_order",
        "recursion",
    ),
    "recursion": (
        """
        def backward(self):
            self.grad = 1.0
            self._go()

        def _go(self):
            self._pass_on()
            for operand in self._operands:
                operand._go()
        """,
        "no_topological_order",
        "recursion",
    ),
    "recursion from the right": (
        """
        def backward(self):
            self.grad = 1.0
            visited = set()
            def go(node):
                if node in visited:
                    return
                visited.add(node)
                node._pass_on()
                for operand in reversed(tuple(node._operands)):
                    go(operand)
            go(self)
        """,
        "no_topological_order",
        "recursion",
    ),
    "a stack": (
        """
        def backward(self):
            self.grad = 1.0
            stack, visited = [self], set()
            while stack:
                node = stack.pop()
                if node in visited:
                    continue
                visited.add(node)
                node._pass_on()
                stack.extend(node._operands)
        """,
        "no_topological_order",
        "stack",
    ),
    "a stack, looked at early": (
        """
        def backward(self):
            self.grad = 1.0
            stack, visited = [self], {self}
            while stack:
                node = stack.pop()
                node._pass_on()
                for operand in node._operands:
                    if operand not in visited:
                        visited.add(operand)
                        stack.append(operand)
        """,
        "no_topological_order",
        "stack",
    ),
    "a stack without an end": (
        """
        def backward(self):
            self.grad = 1.0
            stack = [self]
            while stack:
                node = stack.pop()
                node._pass_on()
                stack += node._operands
        """,
        "no_topological_order",
        "stack",
    ),
    "a queue": (
        """
        def backward(self):
            self.grad = 1.0
            queue, visited = [self], {self}
            while queue:
                node = queue.pop(0)
                node._pass_on()
                for operand in node._operands:
                    if operand not in visited:
                        visited.add(operand)
                        queue.append(operand)
        """,
        "no_topological_order",
        "queue",
    ),
    "not reversed": (
        """
        def backward(self):
            order, visited = [], set()
            def build(node):
                if node not in visited:
                    visited.add(node)
                    for operand in node._operands:
                        build(operand)
                    order.append(node)
            build(self)
            self.grad = 1.0
            for node in order:
                node._pass_on()
        """,
        "not_reversed",
        "",
    ),
    "one level": (
        """
        def backward(self):
            self.grad = 1.0
            self._pass_on()
        """,
        "one_level",
        "",
    ),
    "no visited": (
        """
        def backward(self):
            order = []
            def build(node):
                for operand in node._operands:
                    build(operand)
                order.append(node)
            build(self)
            self.grad = 1.0
            for node in reversed(order):
                node._pass_on()
        """,
        "no_topological_order",
        "recursion",
    ),
    "no seed": (
        """
        def backward(self):
            order, visited = [], set()
            def build(node):
                if node not in visited:
                    visited.add(node)
                    for operand in node._operands:
                        build(operand)
                    order.append(node)
            build(self)
            for node in reversed(order):
                node._pass_on()
        """,
        "no_seed",
        "",
    ),
    "an order that is kept": (
        """
        def backward(self, order=[], visited=set()):
            def build(node):
                if node not in visited:
                    visited.add(node)
                    for operand in node._operands:
                        build(operand)
                    order.append(node)
            build(self)
            self.grad = 1.0
            for node in reversed(order):
                node._pass_on()
        """,
        "not_cleared",
        "",
    ),
    "a root that is added to": (
        WALKS["recursion"].replace("self.grad = 1.0", "self.grad += 1.0"),
        "not_cleared",
        "",
    ),
    "three calls for each node": (
        """
        def backward(self):
            order, visited = [], set()
            def build(node):
                if node not in visited:
                    visited.add(node)
                    around(node)
                    order.append(node)
            def around(node):
                every(list(node._operands))
            def every(operands):
                if operands:
                    build(operands[0])
                    every(operands[1:])
            build(self)
            self.grad = 1.0
            for node in reversed(order):
                node._pass_on()
        """,
        "too_deep",
        "",
    ),
}


# --- rules as closures ----------------------------------------------------------------------

CLOSURES = """
class Value:
    {slots}
    def __init__(self, data, operands=()):
        self.data = data
        self.grad = 0.0
        self._operands = {container}(operands)
        self._pass_on = lambda: None

    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data + other.data, (self, other))
        def pass_on():
            self.grad {add_left} out.grad
            {twice}other.grad {add_right} out.grad
        out._pass_on = pass_on
        return out

    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data * other.data, (self, other))
        def pass_on():
            self.grad {mul_left} {d_mul_left} * out.grad
            {twice}other.grad {mul_right} {d_mul_right} * out.grad
        out._pass_on = pass_on
        return out

    def __pow__(self, n):
        out = Value(self.data**n, (self,))
        def pass_on():
            self.grad {pow} {d_pow} * out.grad
        out._pass_on = pass_on
        return out

    def relu(self):
        out = Value(self.data if self.data > 0 else 0.0, (self,))
        def pass_on():
            self.grad {relu} {d_relu} * out.grad
        out._pass_on = pass_on
        return out

    def tanh(self):
        t = math.tanh(self.data)
        out = Value(t, (self,))
        def pass_on():
            self.grad {tanh} {d_tanh} * out.grad
        out._pass_on = pass_on
        return out

    def exp(self):
        out = Value(math.exp(self.data), (self,))
        def pass_on():
            self.grad += {d_exp} * out.grad
        out._pass_on = pass_on
        return out
{backward}
{operators}
"""
RIGHT_RULES = {
    "slots": "",
    "container": "set",
    "twice": "",
    "d_mul_left": "other.data",
    "d_mul_right": "self.data",
    "d_pow": "n * self.data**(n - 1)",
    "d_relu": "(out.data > 0)",
    "d_tanh": "(1 - t**2)",
    "d_exp": "out.data",
    **dict.fromkeys(
        ("add_left", "add_right", "mul_left", "mul_right", "pow", "relu", "tanh"), "+="
    ),
}
OPERATORS = """
    def __neg__(self):
        return self * -1

    def __radd__(self, other):
        return self + other

    def __rmul__(self, other):
        return self * other

    def __sub__(self, other):
        return self + (-other)

    def __rsub__(self, other):
        return other + (-self)

    def __truediv__(self, other):
        return self * other**-1

    def __rtruediv__(self, other):
        return other * self**-1
"""
EQUAL = """
    def __eq__(self, other):
        return isinstance(other, Value) and self.data == other.data

    def __hash__(self):
        return hash(self.data)
"""
SLOTS = '__slots__ = ("data", "grad", "_operands", "_pass_on")'


def _indented(text: str) -> str:
    return textwrap.indent(textwrap.dedent(text), "    ")


def closures(backward: str = WALKS["recursion"], operators: str = OPERATORS, **parts: str) -> str:
    """A class in the style of micrograd."""
    rules = RIGHT_RULES | parts
    return CLOSURES.format(backward=_indented(backward), operators=operators, **rules)


# --- rules as tuples of local gradients -------------------------------------------------------

LOCALS = """
class Value:
    {slots}
    def __init__(self, data, operands=(), locals_=()):
        self.data = float(data)
        self.grad = 0
        self._operands = operands
        self._locals = locals_

    @staticmethod
    def wrap(x):
        return x if isinstance(x, Value) else Value(x)

    def __add__(self, other):
        other = Value.wrap(other)
        return Value(self.data + other.data, (self, other), (1, {d_add}))

    def __mul__(self, other):
        other = Value.wrap(other)
        return Value(self.data * other.data, (self, other), ({d_mul}))

    def __pow__(self, n):
        return Value(self.data**n, (self,), ({d_pow},))

    def log(self):
        return Value(math.log(self.data), (self,), ({d_log},))

    def exp(self):
        return Value(math.exp(self.data), (self,), ({d_exp},))

    def relu(self):
        return Value(max(0, self.data), (self,), ({d_relu},))

    def sigmoid(self):
        s = 1 / (1 + math.exp(-self.data))
        return Value(s, (self,), ({d_sigmoid},))

    def _pass_on(self):
        for {pair} in {pairs}:
            operand.grad {plus} {contribution}
{backward}
{operators}
"""
RIGHT_LOCALS = {
    "slots": "",
    "d_add": "1",
    "d_mul": "other.data, self.data",
    "d_pow": "n * self.data**(n - 1)",
    "d_log": "1 / self.data",
    "d_exp": "math.exp(self.data)",
    "d_relu": "float(self.data > 0)",
    "d_sigmoid": "s * (1 - s)",
    "pair": "operand, local",
    "pairs": "zip(self._operands, self._locals)",
    "plus": "+=",
    "contribution": "local * self.grad",
}
DIRECT = """
    def __neg__(self):
        return Value(-self.data, (self,), ({d_neg},))

    def __sub__(self, other):
        other = Value.wrap(other)
        return Value(self.data - other.data, (self, other), (1.0, {d_sub}))

    def __truediv__(self, other):
        other = Value.wrap(other)
        return Value(self.data / other.data, (self, other), (1 / other.data, {d_div}))

    def __rsub__(self, other):
        return Value(other) - self

    def __rtruediv__(self, other):
        return Value(other) / self

    __radd__, __rmul__ = __add__, __mul__
"""
LOCAL_SLOTS = '__slots__ = ("data", "grad", "_operands", "_locals")'


def direct(**parts: str) -> str:
    """Operators with rules of their own."""
    rules = {"d_neg": "-1", "d_sub": "-1.0", "d_div": "-self.data / other.data**2"}
    return DIRECT.format(**(rules | parts))


def tuples(backward: str = WALKS["stack"], operators: str | None = None, **parts: str) -> str:
    """A class in the style of microgpt."""
    rules = RIGHT_LOCALS | parts
    operators = direct() if operators is None else operators
    return LOCALS.format(backward=_indented(backward), operators=operators, **rules)


def without(operators: str, *names: str) -> str:
    """The operators without some methods."""
    blocks = textwrap.dedent(operators).strip().split("\n\n")
    kept = [block for block in blocks if not any(f"def {name}(" in block for name in names)]
    return textwrap.indent("\n\n".join(kept), "    ")


# --- right ones -------------------------------------------------------------------------------

RIGHT = [
    *(Engine(f"closures, {name}", closures(walk)) for name, walk in WALKS.items()),
    *(Engine(f"tuples, {name}", tuples(walk)) for name, walk in WALKS.items()),
    *(
        Engine(f"closures in slots, {name}", closures(walk, slots=SLOTS, container="tuple"))
        for name, walk in WALKS.items()
    ),
    *(
        Engine(f"tuples in slots, {name}", tuples(walk, OPERATORS, slots=LOCAL_SLOTS))
        for name, walk in WALKS.items()
    ),
    *(
        Engine(f"closures and no more operators, {name}", closures(walk, _few))
        for name, walk in WALKS.items()
        for _few in ["    __radd__ = __add__\n    __rmul__ = __mul__\n"]
    ),
]


# --- wrong ones -------------------------------------------------------------------------------


def _both(name: str, kind: str, where: str, walk: str) -> list[Engine]:
    return [
        Engine(f"closures, {name}", closures(walk, container="tuple"), kind, "", where),
        Engine(f"tuples, {name}", tuples(walk), kind, "", where),
    ]


def _rule(operation: str, **parts: str) -> list[Engine]:
    """A wrong rule, in the styles that have the operation."""
    (part,) = parts
    found = []
    if part in RIGHT_RULES:
        found.append(closures(**parts))
    if part in RIGHT_LOCALS:
        found.append(tuples(**parts))
    if part in ("d_neg", "d_sub", "d_div"):
        found.append(tuples(operators=direct(**parts)))
    return [
        Engine(f"{operation} by {text}, {number}", source, "wrong_rule", operation)
        for number, source in enumerate(found)
        for text in parts.values()
    ]


_ASSIGNED = dict.fromkeys(
    ("add_left", "add_right", "mul_left", "mul_right", "pow", "relu", "tanh"), "="
)
WRONG = [
    *(
        engine
        for name, (walk, kind, where) in WRONG_WALKS.items()
        for engine in _both(name, kind, where, walk)
    ),
    Engine("closures, =", closures(**_ASSIGNED), "assign"),
    Engine("closures and a stack, =", closures(WALKS["stack"], **_ASSIGNED), "assign"),
    Engine("tuples, =", tuples(plus="="), "assign"),
    Engine("tuples, recursion, =", tuples(WALKS["recursion"], OPERATORS, plus="="), "assign"),
    Engine("= in *", closures(mul_left="=", mul_right="="), "assign", "*"),
    Engine("= in +", closures(add_left="=", add_right="="), "assign", "+"),
    Engine("= in the right of *", closures(mul_right="="), "assign", "*"),
    Engine("= in tanh", closures(tanh="="), "assign", "tanh"),
    Engine("= in relu", closures(WALKS["stack"], relu="="), "assign", "relu"),
    Engine(
        "a set in the loop",
        tuples(pairs="zip(set(self._operands), self._locals)"),
        "parent_set",
    ),
    Engine(
        "a dict in the loop",
        tuples(pairs="dict(zip(self._operands, self._locals)).items()"),
        "parent_set",
    ),
    Engine(
        "a dict in the loop, recursion",
        tuples(WALKS["recursion"], pairs="dict(zip(self._operands, self._locals)).items()"),
        "parent_set",
    ),
    Engine(
        "the other one only if it is another",
        closures(twice="if other is not self: "),
        "parent_set",
    ),
    Engine(
        "the other one only if it is another, and a stack",
        closures(WALKS["stack"], twice="if self is not other: "),
        "parent_set",
    ),
    Engine(
        "a set of pairs",
        tuples(pairs="set(zip(self._operands, self._locals))"),
        "parent_set",
    ),
    Engine("no upstream", tuples(contribution="local"), "no_upstream"),
    Engine(
        "no upstream, recursion", tuples(WALKS["recursion"], contribution="local"), "no_upstream"
    ),
    *_rule("*", d_mul="self.data, other.data"),
    *_rule("*", d_mul_left="self.data"),
    *_rule("*", d_mul_right="-self.data"),
    *_rule("a**2", d_pow="n * self.data**n"),
    *_rule("a**2", d_pow="self.data**(n - 1)"),
    *_rule("relu", d_relu="1.0"),
    *_rule("relu", d_relu="max(0, self.data)"),
    *_rule("tanh", d_tanh="(1 - t)"),
    *_rule("tanh", d_tanh="(1 - self.data**2)"),
    *_rule("exp", d_exp="self.data"),
    *_rule("log", d_log="self.data"),
    *_rule("log", d_log="-1 / self.data"),
    *_rule("sigmoid", d_sigmoid="1 - s"),
    *_rule("+", d_add="-1"),
    *_rule("-a", d_neg="1"),
    *_rule("-", d_sub="1"),
    *_rule("/", d_div="self.data / other.data**2"),
    *_rule("/", d_div="-self.data / other.data"),
    *(
        Engine(
            f"without {names}",
            closures(operators=without(OPERATORS, *names)),
            "missing_reflected",
            operation,
        )
        for names, operation in (
            (("__radd__",), "2 + a"),
            (("__rmul__",), "2 * a"),
            (("__rsub__",), "2 - a"),
            (("__rtruediv__",), "2 / a"),
            (("__radd__", "__rmul__", "__rsub__", "__rtruediv__"), "2 + a"),
        )
    ),
    Engine(
        "a reflected operator that calls itself",
        tuples(
            operators=direct().replace(
                "__radd__, __rmul__ = __add__, __mul__",
                "__rmul__ = __mul__\n\n    def __radd__(self, other):\n        return other + self",
            )
        ),
        "missing_reflected",
        "2 + a",
    ),
    *(
        Engine(
            f"{name} does not record its operands",
            source.replace(
                f"self.data {sign} other.data, (self, other)",
                f"self.data {sign} other.data, ({kept})",
            ),
            "not_connected",
            sign,
        )
        for name, sign, kept, source in (
            ("+", "+", "", closures()),
            ("*", "*", "self,", closures(WALKS["stack"])),
        )
    ),
    Engine(
        "tanh does not record its operand",
        closures().replace("Value(t, (self,))", "Value(t)"),
        "not_connected",
        "tanh",
    ),
    *(
        Engine(f"equal by data, {number}", source, "equal_nodes")
        for number, source in enumerate(
            (closures(operators=OPERATORS + EQUAL), tuples(WALKS["recursion"], OPERATORS + EQUAL))
        )
    ),
    Engine(
        "the root is left out",
        closures().replace("reversed(order)", "reversed(order[:-1])"),
        "one_level",
    ),
    Engine("an error in a rule", closures(d_tanh="tt"), "raises", "tanh"),
    Engine(
        "numbers are not wrapped",
        closures(operators="").replace(
            "other = other if isinstance(other, Value) else Value(other)", "pass"
        ),
        "missing_number",
        "a + 2",
    ),
    Engine(
        "2 - a the wrong way round",
        tuples(operators=direct().replace("Value(other) - self", "self - other")),
        "wrong_value",
        "2 - a",
    ),
    Engine(
        "no result",
        closures().replace("        return out\n", "        return None\n", 1),
        "wrong_value",
        "+",
    ),
]
