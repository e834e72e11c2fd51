"""The types that users see: their own code is checked with ``mypy --strict``."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("mypy")
ROOT = Path(__file__).parent.parent

GOOD = """
from autograd import (
    Value, clip, constant, dot, exp, grad, gradients, logsumexp, lookup, maximum, mean, softmax,
    sum, value_and_grad, where,
)
from autograd.losses import cross_entropy, mse_loss
from autograd.nn import (
    MLP, Dropout, Embedding, Layer, LayerNorm, Linear, Module, Neuron, RMSNorm, Sequential,
)
from autograd.optim import Adam

def f(x: Value) -> Value:
    return x**2 + exp(-x)

def functions(x: Value, xs: list[Value]) -> list[Value]:
    return [
        x.tanh(), 2.0 * x, -x, clip(x, 0.0, 1.0), maximum(x, 0.0), where(x > 0.0, 1.0, x),
        dot(xs, [1.0, 2.0]), dot([1.0, 2.0], xs), mean(xs), sum(xs), logsumexp(xs),
        lookup(xs, 1), softmax(xs)[0], softmax([x, 1.0])[0],
        grad(f)(x), gradients(f(x), x), x * constant(2.0),
    ]

def add(x: Value) -> Value:
    total = exp(constant(2.0))
    total = total + x
    return total

def numbers() -> list[float]:
    return [exp(1.0), grad(f)(2.0), value_and_grad(f)(2.0)[1], mean([1.0]), softmax([1.0])[0]]

def train(model: MLP, rows: list[list[float]], targets: list[float]) -> float:
    optimizer = Adam(model.parameters(), lr=0.1)
    loss = mse_loss([model(row) for row in rows], targets)
    optimizer.zero_grad()
    loss.backward()
    for p in model.parameters():
        p.data -= 0.1 * p.grad
    optimizer.step()
    return loss.data

def choose(layer: Layer, neuron: Neuron, x: list[float]) -> Value:
    first, *others = layer(x)
    return cross_entropy(layer(x), 0) + neuron(x) + first

def parts(x: list[Value]) -> Value:
    model = Sequential(Linear(2, 2, bias=False), "tanh", exp, Dropout(0.5), LayerNorm(2)).eval()
    ys: list[Value] = RMSNorm(2)(Linear(2, 2)(x)) + Embedding(3, 2)(1)
    report = model.freeze().load_state_dict(model.state_dict(), strict=False)
    bias = Neuron(2).bias.requires_grad and report.missing_keys == []
    outputs: list[Value] = model(x)
    return sum(ys) + sum(outputs) + float(bias)

class Line(Module):
    def __init__(self) -> None:
        self.slope = Value(2.0, label="slope")

    def forward(self, x: Value) -> Value:
        return self.slope * x
"""

BAD = {
    'Value("3")': "arg-type",
    "exp(Value(1.0)).nothing": "attr-defined",
    'Value(1.0).data = "3"': "assignment",
    "y: str = Value(1.0).grad": "assignment",
    "y: str = exp(Value(1.0))": "assignment",
    'mse_loss(1.0, "a")': "arg-type",
    "y: str = MLP(2, [1])([1.0, 2.0])": "assignment",
    "y: str = grad(exp)(1.0)": "assignment",
}


def test_a_user_s_code_is_checked_as_strictly_as_ours(tmp_path: Path) -> None:
    lines = ["from autograd import Value, exp, grad", "from autograd.losses import mse_loss"]
    lines += ["from autograd.nn import MLP", *BAD]
    text = "\n".join(line.replace("y:", f"y{i}:") for i, line in enumerate(lines))
    (tmp_path / "bad.py").write_text(text, "utf-8")
    (tmp_path / "good.py").write_text(GOOD, "utf-8")
    command = [sys.executable, "-m", "mypy", "--strict", "--no-error-summary"]
    cache = ["--cache-dir", str(ROOT / ".mypy_cache")]
    files = [str(tmp_path / name) for name in ("good.py", "bad.py")]
    told = subprocess.run(
        [*command, *cache, *files], capture_output=True, text=True, check=False, cwd=tmp_path
    ).stdout
    assert re.findall(r"good.py.*", told) == []
    found = re.findall(r"bad.py:(\d+): error: .*\[([\w-]+)\]", told)
    first = len(lines) - len(BAD) + 1
    assert found == [(str(first + i), code) for i, code in enumerate(BAD.values())], told
