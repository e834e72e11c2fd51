"""What a user may write, and has types for under ``mypy --strict``.

`test_types.py` checks it against the files of the project, `.ci/wheels.py` against what it has
installed.
"""

from autograd import (
    Value,
    clip,
    constant,
    dot,
    exp,
    grad,
    gradients,
    logsumexp,
    lookup,
    maximum,
    mean,
    softmax,
    sum,
    value_and_grad,
    where,
)
from autograd.losses import cross_entropy, mse_loss
from autograd.nn import (
    MLP,
    Dropout,
    Embedding,
    Layer,
    LayerNorm,
    Linear,
    Module,
    Neuron,
    RMSNorm,
    Sequential,
)
from autograd.optim import Adam


def f(x: Value) -> Value:
    return x**2 + exp(-x)


def functions(x: Value, xs: list[Value]) -> list[Value]:
    return [
        x.tanh(),
        2.0 * x,
        -x,
        clip(x, 0.0, 1.0),
        maximum(x, 0.0),
        where(x > 0.0, 1.0, x),
        dot(xs, [1.0, 2.0]),
        dot([1.0, 2.0], xs),
        mean(xs),
        sum(xs),
        logsumexp(xs),
        lookup(xs, 1),
        softmax(xs)[0],
        softmax([x, 1.0])[0],
        grad(f)(x),
        gradients(f(x), x),
        x * constant(2.0),
    ]


def add(x: Value) -> Value:
    total = exp(constant(2.0))
    for _ in range(2):
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
    first, *_ = layer(x)
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
