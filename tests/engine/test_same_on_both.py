"""On both engines the same can be seen of the classes, is pickled, and goes wrong."""

import pickle
import textwrap

import pytest

from tests.engines import ENGINES, built, run, told_by_both

pytestmark = pytest.mark.both

BEGINNING = """
import copy, inspect, pickle, sys
import autograd as ag
from autograd import Op, Value, constant, nn, optim
def attempt(action):
    try:
        return action()
    except Exception as error:
        return f"{type(error).__name__}: {error}"
x = Value(2.0, label="x")
y = x * 3.0
"""


def same(code: str) -> str:
    """What the code prints on both engines."""
    python, native = told_by_both(BEGINNING + textwrap.dedent(code))
    assert native == python
    return native


class TestWhatCanBeSeen:
    def test_names(self) -> None:
        seen = same("print(dir(Value), dir(x), dir(y), dir(ag.sin), vars(x))")
        assert "'backward'" in seen

    def test_signatures_documentation_and_names_of_methods(self) -> None:
        seen = same(
            """
            for name in dir(Value):
                if name[0] != "_":
                    found = getattr(Value, name)
                    print(name, callable(found), inspect.getdoc(found))
                    if callable(found):
                        print(inspect.signature(found), inspect.signature(getattr(x, name)))
                        print(found.__name__, found.__qualname__, found.__module__)
                        print(inspect.isroutine(found), found == getattr(Value, name))
            """
        )
        assert "(self, gradient: Any = 1.0, *, create_graph: bool = False) -> None" in seen

    def test_functions_can_be_copied_and_pickled_by_name(self) -> None:
        assert (
            same(
                """
            for f in (Value.exp, Value.backward, ag.sin, ag.gradients):
                print(copy.copy(f) is f, copy.deepcopy(f) is f, pickle.loads(pickle.dumps(f)) is f)
            print(pickle.loads(pickle.dumps(x.exp))().data == x.exp().data)
            """
            ).split()
            == ["True"] * 13
        )

    def test_classes_of_nodes(self) -> None:
        seen = same(
            """
            class Mine(Value):
                __slots__ = ("kept",)
            for v in (x, y, constant(1.0), Mine(1.0), Mine(1.0) * x, x.detach()):
                print(type(v).__name__, type(v) is Value, isinstance(v, Value), v.is_leaf, v.op)
                print(attempt(lambda: setattr(v, "other", 1)), hasattr(v, "__dict__"), callable(v))
            print(issubclass(Mine, Value), Mine.exp is Value.exp, super(Mine, Mine(1.0)).exp())
            """
        )
        assert "Mine False True True None" in seen


WRONG_CALLS = """
Value()
Value(1, 2, 3, 4, 5, 6)
Value(1.0, labl="x")
Value.exp()
Value.exp(3.0)
Value.backward()
Value.backward(3.0)
x.exp(1)
x.exp(y=1)
x.backward(1, 2)
x.backward(x=1)
x.backward("1")
x.backward(None)
x.backward(10**400)
y.backward(create_graph=1)
ag.sin()
ag.sin(1, 2)
ag.sin(x=1)
ag.sum()
ag.sum(1, 2)
ag.sum([])
ag.sum([x, None])
ag.add(1)
ag.add(x, y, x)
ag.dot([x], [1, 2])
ag.dot([x])
ag.softmax([])
ag.maximum(x)
ag.clip(x)
ag.where(x, 1)
ag.lookup([], 0)
ag.lookup([x, y], 2)
ag.lookup([x, y], 0.5)
setattr(y, "data", 1.0)
setattr(x, "data", None)
delattr(x, "data")
x + None
x ** "2"
[] * x
10**400 + x
x < "a"
x @ y
x[0]
len(x)
float(x)
hash(x) == hash(y)
y.nothing
Value.nothing
""".strip().splitlines()


def test_wrong_calls_raise_the_same() -> None:
    calls = [f"print(attempt(lambda: {call}))" for call in WRONG_CALLS]
    seen = same("\n".join(calls)).splitlines()
    assert len(seen) == len(WRONG_CALLS)
    assert sum("Error: " in line for line in seen) > 40


def test_local_derivatives_of_any_kind_give_the_same() -> None:
    seen = same(
        """
        for local in (10**400, -(10**400), 2**70 + 1, True, 1j, "1", [], None, -0.0, Value(2.0)):
            for strong in (True, False):
                f = Op("f", lambda x: x, lambda x, out: local, strong=strong)
                for seed in (1.0, 0.0, -0.0, 2):
                    z = f(x) * 2.0
                    print(str(local)[:9], strong, attempt(lambda: z.backward(seed)), x, z)
                    x.grad = 0.0
        """
    )
    assert len(seen.splitlines()) == 80


def test_a_second_import_leaves_the_classes_of_the_first_as_they_were() -> None:
    seen = same(
        """
        for module in [name for name in sys.modules if name.split(".")[0] == "autograd"]:
            del sys.modules[module]
        import autograd as again
        z = again.Value(1.0) * 2.0
        z.backward()
        w = attempt(lambda: (x * y).exp())
        print(z, w, type(w) is Value, type(z) is again.Value, attempt(lambda: w.backward()), x)
        """
    )
    assert "True True None" in seen


PICKLED = """
class Mine(Value):
    pass
sys.modules["__main__"].Mine = Mine
model = nn.MLP(2, [2, 1], rng=0)
optimizer = optim.Adam(model.parameters(), 0.1)
for _ in range(3):
    optimizer.zero_grad()
    model([1.0, 2.0]).backward()
    optimizer.step()
p = Value(-0.0, label="p")
p.velocity = [0.5]
(p * 3.0).backward()
q = Mine(float("nan"))
(q * q).backward(create_graph=True)
q.grad = None
things = [x, p, p, q, constant(4.0), Value(5.0), model, optimizer, ag.sin, Value]
"""
SHOWN = """
p, again, q = things[1:4]
print(things[:6], p is again, p.velocity, p.label, p.is_leaf, type(q).__name__, things[4].grad)
print(things[6], things[7].state_dict(), things[8] is ag.sin, things[9] is Value)
model, optimizer = things[6:8]
print([a is b for a, b in zip(model.parameters(), optimizer.parameters)])
optimizer.zero_grad()
out = model([1.0, p])
out.backward()
optimizer.step()
print(out, p, model.parameters(), [a.is_parameter for a in model.parameters()])
"""


@pytest.mark.parametrize("writer", ENGINES)
def test_what_one_engine_pickles_the_other_loads(writer: str) -> None:
    built()
    (reader,) = {*ENGINES} - {writer}
    protocols = range(pickle.HIGHEST_PROTOCOL + 1)
    write = f"""
for protocol in {protocols!r}:
    print(pickle.dumps(things, protocol).hex())
"""
    written = run(BEGINNING + PICKLED + write, writer)
    assert written.returncode == 0, written.stderr
    read = f"""
class Mine(Value):
    pass
for text in {written.stdout.split()!r}:
    things = pickle.loads(bytes.fromhex(text))
{textwrap.indent(SHOWN, "    ")}
"""
    loaded = run(BEGINNING + read, reader)
    assert loaded.returncode == 0, loaded.stderr
    expected = run(BEGINNING + PICKLED + SHOWN, reader).stdout
    assert expected.startswith("[Value(data=2.0, grad=0.0, label='x')")
    assert loaded.stdout == expected * len(protocols)
