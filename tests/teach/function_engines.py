"""Engines with a class for each operation, whose `backward` gives a gradient for each operand.

They were written when the grader was ready, to see what it says of a style that it had not met: of
the 45 wrong ones it named 43, and blamed none of the 10 right ones. (It did not know a walk level
by level, and told a wrong power three times.)
"""

from tests.teach.written_engines import Engine

TEXT = """
import numpy as np

class Function:
    def __init__(self, *parents):
        self.parents = parents

class Add(Function):
    def forward(self, a, b): return a + b
    def backward(self, g): return {add}

class Mul(Function):
    def forward(self, a, b):
        self.saved = (a, b)
        return a * b
    def backward(self, g):
        a, b = self.saved
        return {mul}

class Pow(Function):
    def __init__(self, x, n):
        super().__init__(x)
        self.n = n
    def forward(self, a):
        self.a = a
        return a ** self.n
    def backward(self, g): return {pow},

class Relu(Function):
    def forward(self, a):
        self.on = a > 0
        return a if self.on else 0.0 * a
    def backward(self, g): return {relu},

class Exp(Function):
    def forward(self, a):
        self.out = np.exp(a)
        return self.out
    def backward(self, g): return {exp},

class Log(Function):
    def forward(self, a):
        self.a = a
        return np.log(a)
    def backward(self, g): return {log},

def apply(function):
    out = Value(function.forward(*[p.data for p in function.parents]))
    out.function = function
    return out

def lift(x): return x if isinstance(x, Value) else Value(x)

class Value:
    function = None
    def __init__(self, data):
        self.data = np.float64(data)
        self.grad = None
    def __add__(self, o): return apply(Add(self, lift(o)))
    def __mul__(self, o): return apply(Mul(self, lift(o)))
    def __pow__(self, n): return apply(Pow(self, n))
    def relu(self): return apply(Relu(self))
    def exp(self): return apply(Exp(self))
    def log(self): return apply(Log(self))
    def tanh(self):
        p, m = self.exp(), (-self).exp()
        return (p - m) / (p + m)
    def sigmoid(self): return 1.0 / (1.0 + (-self).exp())
    def __neg__(self): return -1.0 * self
    def __sub__(self, o): return self + -1.0 * lift(o)
    def __truediv__(self, o): return self * lift(o) ** -1.0
    @property
    def parents(self): return self.function.parents if self.function else ()
{reflected}
    def receive(self, g):
{receive}
{push}
{walk}
"""
REFLECTED = """
    def __radd__(self, o): return self.__add__(o)
    def __rmul__(self, o): return self.__mul__(o)
    def __rsub__(self, o): return lift(o).__sub__(self)
    def __rtruediv__(self, o): return lift(o).__truediv__(self)
"""
ADDING = """
        if self.grad is None:
            self.grad = g
        else:
            self.grad = self.grad + g
"""
PAIRS = "zip(self.parents, self.function.backward(self.grad))"
PUSH = """
    def push(self):
        if self.function is not None:
            for p, g in zip(self.parents, self.function.backward(self.grad)):
                p.receive(g)
"""
ITERATORS = """
    def backward(self):
        order, seen = [], {self}
        stack = [(self, iter(self.parents))]
        while stack:
            node, rest = stack[-1]
            for p in rest:
                if p not in seen:
                    seen.add(p)
                    stack.append((p, iter(p.parents)))
                    break
            else:
                order.append(node)
                stack.pop()
        for n in order:
            if n.function is not None:
                n.grad = None
        self.grad = 1.0
        for n in reversed(order):
            n.push()
"""
RECURSION = """
    def backward(self):
        seen, order = {}, []
        def go(v):
            seen[id(v)] = v
            for p in v.parents:
                if id(p) not in seen:
                    go(p)
            order.append(v)
        go(self)
        self.grad = 1.0
        while order:
            order.pop().push()
"""
PARTS = {
    "add": "g, g",
    "mul": "g * b, g * a",
    "pow": "g * self.n * self.a ** (self.n - 1)",
    "relu": "g * self.on",
    "exp": "g * self.out",
    "log": "g / self.a",
    "reflected": REFLECTED,
    "receive": ADDING,
    "push": PUSH,
    "walk": ITERATORS,
}


def functions(**parts: str) -> str:
    """A class with some parts of its text replaced."""
    return TEXT.format(**(PARTS | parts))


RIGHT = [
    Engine(f"functions, {name}, {parts}", functions(walk=walk, **parts))
    for name, walk in (("iterators", ITERATORS), ("recursion", RECURSION))
    for parts in (
        dict[str, str](),
        {"log": "g * self.a ** -1.0"},
        {"relu": "g if self.on else 0.0"},
        {"exp": "self.out * g"},
        {"receive": "        self.grad = (self.grad or 0.0) + g"},
    )
]

WALKS = {
    ("recursion", "down"): """
    def backward(self):
        self.grad = 1.0
        self.down()
    def down(self):
        self.push()
        for p in self.parents:
            p.down()
    """,
    ("recursion", "seen"): """
    def backward(self):
        self.grad = 1.0
        seen = set()
        def down(v):
            v.push()
            for p in v.parents:
                if p not in seen:
                    seen.add(p)
                    down(p)
        down(self)
    """,
    ("recursion", "of what has arrived"): """
    def backward(self, g=1.0):
        self.receive(g)
        if self.function:
            for p, h in zip(self.parents, self.function.backward(self.grad)):
                p.backward(h)
    """,
    ("stack", "on the left"): """
    def backward(self):
        from collections import deque
        self.grad = 1.0
        d, seen = deque([self]), set()
        while d:
            v = d.popleft()
            if id(v) not in seen:
                seen.add(id(v))
                v.push()
                d.extendleft(v.parents)
    """,
    ("queue", "levels"): """
    def backward(self):
        self.grad = 1.0
        level, seen = [self], set()
        while level:
            below = []
            for v in level:
                if v not in seen:
                    seen.add(v)
                    v.push()
                    below += v.parents
            level = below
    """,
    ("queue", "levels of different nodes"): """
    def backward(self):
        self.grad = 1.0
        level = {self: 0}
        while level:
            below = {}
            for v in level:
                v.push()
                for p in v.parents:
                    below[p] = 0
            level = below
    """,
    ("not_reversed", "upward"): RECURSION.replace(
        "while order:\n            order.pop().push()",
        "for v in order: v.push() if v.grad is not None else 0",
    ),
    ("one_level", "its own"): """
    def backward(self):
        self.grad = 1.0
        self.push()
    """,
    ("too_deep", "four calls"): RECURSION.replace(
        "def go(v):",
        "def go(v):\n            second(v)\n        def second(v):\n            third(v)\n"
        "        def third(v):\n            fourth(v)\n        def fourth(v):",
    ),
    ("not_cleared", "what was seen is kept"): RECURSION.replace(
        "        seen, order = {}, []\n", ""
    )
    .replace("backward(self)", "backward(self, seen={}, order=[])")
    .replace("while order:\n            order.pop().push()", "for v in order[::-1]: v.push()"),
    ("not_cleared", "the root receives"): RECURSION.replace("self.grad = 1.0", "self.receive(1.0)"),
    ("no_seed", "0 for 1"): RECURSION.replace("self.grad = 1.0", "self.grad = self.grad or 0.0"),
}
RULES = {
    ("*", "mul"): (
        "g * a, g * b",
        "g * b, g * b",
        "-g * b, g * a",
        "g * b, 0.0",
        "2 * g * b, 2 * g * a",
    ),
    ("+", "add"): ("g, -g", "g, 2 * g"),
    ("a**2", "pow"): ("g * self.n * self.a ** self.n", "g * self.a ** (self.n - 1)"),
    ("a**3", "pow"): ("g * self.n * self.a",),
    ("relu", "relu"): ("g", "g * (1 - self.on)"),
    ("exp", "exp"): ("g", "g * self.out ** 2"),
    ("log", "log"): ("g * self.a", "-g / self.a", "g / self.a ** 2"),
}
LOCALS = (
    ("+", "add", "1.0, 1.0"),
    ("*", "mul", "b, a"),
    ("*", "mul", "g * b, a"),
    ("relu", "relu", "1.0 * self.on"),
    ("exp", "exp", "self.out"),
    ("log", "log", "1 / self.a"),
    ("a**2", "pow", "self.n * self.a ** (self.n - 1)"),
)
ORDERS = ("recursion", "stack", "queue")


def _walk(what: str, name: str, text: str) -> Engine:
    order = what in ORDERS
    kind, where = ("no_topological_order", what) if order else (what, "")
    return Engine(f"functions, {what}, {name}", functions(walk=text), kind, "", where)


def _without(name: str) -> str:
    return "\n".join(line for line in REFLECTED.splitlines() if f"__{name}__(" not in line)


WRONG = [
    *(_walk(*names, text) for names, text in WALKS.items()),
    *(
        Engine(
            f"functions, {operation} by {text}", functions(**{part: text}), "wrong_rule", operation
        )
        for (operation, part), texts in RULES.items()
        for text in texts
    ),
    *(
        Engine(
            f"functions, {operation} by {text} alone",
            functions(**{part: text}),
            "no_upstream",
            operation,
        )
        for operation, part, text in LOCALS
    ),
    Engine("functions, =", functions(receive="        self.grad = g"), "assign"),
    Engine(
        "functions, recursion, =",
        functions(receive="        self.grad = g", walk=RECURSION),
        "assign",
    ),
    Engine(
        "functions, the first",
        functions(receive="        self.grad = g if self.grad is None else self.grad"),
        "assign",
    ),
    Engine(
        "functions, a dict",
        functions(push=PUSH.replace(PAIRS, f"dict({PAIRS}).items()")),
        "parent_set",
    ),
    Engine(
        "functions, a list of what is done",
        functions(
            push=PUSH.replace("            for", "            done = []\n            for").replace(
                "p.receive(g)", "done.append(p) or p.receive(g) if p not in done else 0"
            )
        ),
        "parent_set",
    ),
    Engine(
        "functions, a frozenset",
        functions(push=PUSH.replace("zip(self.parents", "zip(frozenset(self.parents)")),
        "parent_set",
    ),
    Engine(
        "functions, no radd", functions(reflected=_without("radd")), "missing_reflected", "2 + a"
    ),
    Engine(
        "functions, no rtruediv",
        functions(reflected=_without("rtruediv")),
        "missing_reflected",
        "2 / a",
    ),
    Engine(
        "functions, 2 - a the wrong way round",
        functions(reflected=REFLECTED.replace("lift(o).__sub__(self)", "self - o")),
        "wrong_value",
        "2 - a",
    ),
]
