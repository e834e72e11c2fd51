"""Graphs whose passes are played in tests, labels that mean harm, and what a page is told."""

import json
import re
import zlib
from typing import Any

import autograd as ag
from autograd import Value, constant
from autograd.losses import mse_loss
from autograd.nn import MLP
from autograd.show.stepping import page_code

# Nothing in a script may end it or begin markup.
HOSTILE = [
    "</script><script>alert(1)</script>",
    "<!--<script>",
    "\u2028\u2029",
    "${alert(1)}$$",
    "]]>&amp;\"'`",
    "\ud800",
    "{}{0}",
]


def square() -> Value:
    x = Value(3.0, "x")
    y = x * x
    y.label = "y"
    return y


def tanh_of_a_line() -> Value:
    a, b, c = Value(2.0, "a"), Value(-3.0, "b"), Value(10.0, "c")
    d = (a * b + c).tanh()
    d.label = "d"
    return d


def branching() -> Value:
    """x is used four times, in a cube and a sum."""
    x = Value(3.0, "x")
    q = x * x * x + x
    q.label = "q"
    return q


def crossing() -> Value:
    """x is used at five distances from the root, and not in the order in which they are added."""
    x, w = Value(0.1, "x"), Value(0.7, "w")
    loss = x * w + (x * 0.3 + (x * 0.9 + (x * x * w).exp()))
    loss.label = "loss"
    return loss


def network() -> Value:
    inputs = [Value(1.0, "x"), Value(-2.0, "y")]
    loss: Value = mse_loss([MLP(2, [3, 1], rng=0)(inputs)], [1.0])
    loss.label = "loss"
    return loss


def choosing() -> Value:
    """A choice, a lookup, a clip and a tie, in which constants with and without label are used."""
    a, b, k = Value(1.0, "a"), Value(-2.0, "b"), constant(3.0)
    k.label = "k"
    chosen = ag.where(ag.step(a), a * b, k * a)
    return ag.lookup([chosen, a, b], 0.0) + ag.clip(a, -1.0, 2.0) * constant(0.5) + ag.relu(b)


def two_samples() -> Value:
    """Two samples through a network: groups with many outputs, and shared parameters."""
    model = MLP(2, [3, 1], rng=1)
    return ag.sum([model([Value(0.5, f"x{i}"), Value(-1.0, f"y{i}")]) for i in range(2)])


MAKES = [square, tanh_of_a_line, branching, crossing, network, choosing, two_samples]


def unpacked(html: str) -> str:
    """What a page unpacks: all of it that there is to see."""
    found = re.search(r'encode\("([^"]*)"', html)
    assert found
    return zlib.decompress(page_code.unpacked(found[1]), wbits=-15).decode("utf-8")


def around(html: str) -> str:
    """A page without what it unpacks, which may have any signs in a row."""
    return re.sub(r'encode\("[^"]*"', "", html)


def told(html: str) -> dict[str, Any]:
    """What a page is told, which has to be JSON in the strict sense."""
    pattern = r'<script id="script" type="application/json">(.*?)</script>'
    found = re.search(pattern, unpacked(html), re.DOTALL)
    assert found

    def no_json(name: str) -> None:
        raise AssertionError(f"{name} is no JSON")

    read: dict[str, Any] = json.loads(found[1], parse_constant=no_json)
    return read
