"""The programs of a dozen functions, by name; as a script it prints them, for either engine."""

from collections.abc import Callable, Iterator
from typing import Any

import autograd as ag
from autograd import Op, dot, lookup, no_grad, scan, softmax, value_and_grad, vmap
from autograd.compiler import compile
from autograd.losses import hinge_loss
from autograd.nn import MLP
from autograd.optim import SGD

W = [[0.1 * (i + 1) * (j - 2) for j in range(5)] for i in range(9)]
X = [0.5, -1.0, 2.0, 0.0, 1.5]
cube = Op("cube", lambda x: x * x * x, lambda x, out: 3.0 * x * x)


def layers(w: Any, x: Any) -> Any:
    hidden = [ag.relu(dot(row, x)) for row in w]
    return dot(hidden, hidden) - ag.sum(hidden) * 2.0


def attention(w: Any, x: Any) -> Any:
    shares = softmax([dot(row, x) for row in w])
    return ag.logsumexp([dot(shares, column) for column in zip(*w, strict=True)])


def chosen(w: Any, i: Any) -> Any:
    row = lookup(w, i)
    return ag.where(row[0] > 0.0, dot(row, row), ag.maximum(row)) - lookup(row, i)


def folded(x: Any, y: Any, z: Any) -> list[Any]:
    shared = x * y
    constants = 2.0 * (z * 1.0) - (-x) * 0.5 + 3.0 * 4.0 + 0.0
    return [shared - z - shared, -(x * y) + z - (x - y), x + x + x, x * y * z, constants]


def own(x: Any, y: Any) -> Any:
    with no_grad():
        fixed = x * y + 1.0
    return cube(x) * fixed + ag.mean([x, y, x]) + ag.hypot(x, y)


def samples(w: Any, xs: Any) -> Any:
    gradients = vmap(value_and_grad(layers), in_axes=(None, 0), reduce="mean")
    return gradients(w, xs), vmap(lambda x: dot(x, w[0]) + w[1][1], in_axes=(0,))(xs)


def step(model: Any, optimizer: Any, xs: Any, ys: Any) -> Any:
    loss = hinge_loss([model(x) for x in xs], ys)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss


def training() -> tuple[Any, ...]:
    model = MLP(2, [4, 1], rng=1)
    optimizer = SGD(model.parameters(), lr=0.1, momentum=0.9)
    return model, optimizer, [[0.0, 1.0], [1.0, 0.0], [0.5, 0.5]], [1.0, -1.0, 1.0]


def backwards(x: Any, y: Any) -> list[Any]:
    ag.tanh(x * y + x).backward()
    return [x.grad, y.grad]


def network(w: Any, xs: Any, indexes: Any) -> Any:
    """Layers by scan of samples side by side, some of which look rows up, as in a GPT."""

    def embedded(x: Any, index: Any) -> Any:
        row = lookup(w["table"], index)
        return [a * ag.where(b, b, 0.5) for a, b in zip(x, row, strict=True)]

    def layer(rows: Any, matrix: Any) -> Any:
        return vmap(lambda x: [ag.tanh(dot(column, x)) for column in matrix])(rows), None

    rows, _ = scan(layer, vmap(embedded)(xs, indexes), w["layers"])
    return vmap(lambda x: ag.logsumexp(x) - lookup(x, 1.0) * w["scale"], reduce="mean")(rows)


def tables() -> tuple[Any, ...]:
    layers = [[[0.1 * (i - j + k) for i in range(3)] for j in range(3)] for k in range(2)]
    table = [[0.25, -0.5, 0.0], [1.0, 0.5, -1.0]]
    weights = {"table": table, "layers": layers, "scale": 1.5}
    return weights, [[0.5, -1.0, 2.0], [0.1, 0.2, 0.3], [1.0, 1.0, -1.0]], [0.0, 1.0, 1.0]


DOZEN: dict[str, tuple[Callable[..., Any], tuple[Any, ...]]] = {
    "one operation": (lambda x, y: x * y, (2.0, 3.0)),
    "nothing": (lambda x: [x, 1.0], (2.0,)),
    "folded": (folded, (2.0, 3.0, 4.0)),
    "layers": (layers, (W, X)),
    "gradient of layers": (value_and_grad(layers, argnums=(0, 1)), (W, X)),
    "gradient of attention": (value_and_grad(attention), (W, X)),
    "gradient of what is chosen": (value_and_grad(chosen), (W, 2.0)),
    "second derivatives": (ag.hessian(lambda xs: ag.tanh(dot(xs, xs)) * xs[0]), (X,)),
    "an op of a user": (value_and_grad(own), (2.0, 3.0)),
    "samples": (samples, (W, [X, X[::-1], X, X, X, X, X, X, X])),
    "a network": (network, tables()),
    "gradient of a network": (value_and_grad(network), tables()),
    "a training step": (step, training()),
    "backward": (backwards, (0.5, 0.25)),
}


def programs() -> Iterator[tuple[str, str]]:
    """The name and the program of each function."""
    for name, (f, args) in DOZEN.items():
        compiled = compile(f, backend="python")
        compiled(*args)
        for recorded in compiled._recordings.values():
            yield name, repr((recorded.sizes, recorded.program))


if __name__ == "__main__":
    for name, program in programs():
        print(f"{name}: {program}")
