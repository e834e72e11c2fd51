"""The problems of `problems.py` in PyTorch: written with tensors, and run eagerly."""

import importlib
from collections.abc import Callable, Sequence
from typing import Any

import problems
import tiny_gpt
from serving import serve

torch: Any = importlib.import_module("torch")
F: Any = torch.nn.functional


def rms_norm(x: Any) -> Any:
    return F.rms_norm(x, (tiny_gpt.WIDTH,), eps=1e-5)


def heads(x: Any) -> Any:
    return x.view(len(x), tiny_gpt.HEADS, tiny_gpt.HEAD_WIDTH).transpose(0, 1)


def mean_loss(weights: Any, tokens: Any) -> Any:
    """All positions at once; attention is causal."""
    given, wanted = tokens[:-1], tokens[1:]
    x = rms_norm(weights["token_embedding"][given] + weights["position_embedding"][: len(given)])
    normed = rms_norm(x)
    query, key, value = (
        heads(F.linear(normed, weights[name])) for name in ("query", "key", "value")
    )
    found = F.scaled_dot_product_attention(query, key, value, is_causal=True)
    x = F.linear(found.transpose(0, 1).reshape(x.shape), weights["attention_output"]) + x
    x = F.linear(F.linear(rms_norm(x), weights["expand"]).relu(), weights["contract"]) + x
    return F.cross_entropy(F.linear(x, weights["output"]), wanted)


def moons_loss(layers: Any, x: Any, signs: Any) -> Any:
    decay = sum((matrix**2).sum() + (biases**2).sum() for matrix, biases in layers)
    for matrix, biases in layers[:-1]:
        x = F.linear(x, matrix, biases).relu()
    scores = F.linear(x, *layers[-1])[:, 0]
    return (1 - signs * scores).relu().mean() + problems.DECAY * decay


def training_step(
    parameters: Sequence[Any], compute_loss: Callable[[], Any], gradients: Callable[[], Any]
) -> problems.Step:
    def step() -> tuple[Any, Any]:
        for p in parameters:
            p.grad = None
        loss = compute_loss()
        loss.backward()
        return loss.detach(), gradients()

    return step


def parameter(array: problems.Array) -> Any:
    return torch.tensor(array, requires_grad=True)


def gpt_step() -> problems.Step:
    weights = {name: parameter(matrix) for name, matrix in problems.gpt_weights().items()}
    tokens = torch.tensor(problems.gpt_tokens())
    return training_step(
        list(weights.values()),
        lambda: mean_loss(weights, tokens),
        lambda: {name: matrix.grad for name, matrix in weights.items()},
    )


def moons_step() -> problems.Step:
    data = problems.moons_arrays()
    inputs, signs = torch.tensor(data.inputs), torch.tensor(data.signs)
    layers = [(parameter(matrix), parameter(biases)) for matrix, biases in data.layers]
    return training_step(
        [p for layer in layers for p in layer],
        lambda: moons_loss(layers, inputs, signs),
        lambda: [(matrix.grad, biases.grad) for matrix, biases in layers],
    )


if __name__ == "__main__":
    torch.set_num_threads(1)  # for so small tensors more threads make no step faster
    serve(problems.Peer({problems.GPT: gpt_step, problems.MOONS: moons_step}))
