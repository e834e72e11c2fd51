"""A GPT of 16 tokens as scalar code: four heads, RMSNorm, relu; the loss and all gradients.

Not the file of `tiny_gpt.py`, which has one size: this one has any width and number of layers.
"""

from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np

import autograd
from autograd import dot, logsumexp, lookup, relu, scan, softmax, value_and_grad, vmap, where
from autograd.compiler import compile

from .case import Call, Case, Scalar, Vector, jax_with_doubles, ready

HEADS = 4
VOCABULARY = 27
TOKENS = 16


def weights(width: int, layers: int) -> dict[str, Any]:
    rng = np.random.default_rng(0)
    shapes = dict.fromkeys(("query", "key", "value", "mix"), (width, width))
    shapes |= {"expand": (4 * width, width), "contract": (width, 4 * width)}
    return {
        "token": rng.normal(0, 0.08, (VOCABULARY, width)),
        "position": rng.normal(0, 0.08, (TOKENS, width)),
        "output": rng.normal(0, 0.08, (VOCABULARY, width)),
        "layers": [
            {name: rng.normal(0, 0.08, shape) for name, shape in shapes.items()}
            for _ in range(layers)
        ],
    }


def tokens() -> Any:
    return np.random.default_rng(1).integers(0, VOCABULARY, TOKENS + 1)


def linear(matrix: Sequence[Vector], x: Vector) -> Vector:
    return [dot(row, x) for row in matrix]


def plus(x: Vector, y: Vector) -> Vector:
    return [a + b for a, b in zip(x, y, strict=True)]


def normed(x: Vector) -> Vector:
    scale = (dot(x, x) / len(x) + 1e-5) ** -0.5
    return [scale * xi for xi in x]


def attend(
    query: Vector,
    keys: list[Vector],
    values: list[Vector],
    softmax: Callable[[Vector], Vector] = softmax,
) -> Vector:
    """What each head, with its own part of the numbers, reads out of the tokens so far."""
    size = len(query) // HEADS
    read: Vector = []
    for head in (slice(i, i + size) for i in range(0, len(query), size)):
        shares = softmax([dot(query[head], key[head]) / size**0.5 for key in keys])
        columns = zip(*(value[head] for value in values), strict=True)
        read += [dot(shares, column) for column in columns]
    return read


def loss(w: dict[str, Any], text: Sequence[Scalar]) -> Scalar:
    """The mean cross-entropy of each token after those before it."""
    keys: list[list[Vector]] = [[] for _ in w["layers"]]
    values: list[list[Vector]] = [[] for _ in w["layers"]]
    losses = []
    for position, (token, wanted) in enumerate(pairwise(text)):
        x = normed(plus(lookup(w["token"], token), w["position"][position]))
        for layer, past_keys, past_values in zip(w["layers"], keys, values, strict=True):
            z = normed(x)
            past_keys.append(linear(layer["key"], z))
            past_values.append(linear(layer["value"], z))
            heard = attend(linear(layer["query"], z), past_keys, past_values)
            x = after_attention(layer, x, heard)
        losses.append(cross_entropy(w, x, wanted))
    return autograd.mean(losses)


def after_attention(layer: dict[str, Any], x: Vector, heard: Vector) -> Vector:
    x = plus(x, linear(layer["mix"], heard))
    hidden = [relu(h) for h in linear(layer["expand"], normed(x))]
    return plus(x, linear(layer["contract"], hidden))


def cross_entropy(w: dict[str, Any], x: Vector, wanted: Scalar) -> Scalar:
    logits = linear(w["output"], x)
    return logsumexp(logits) - lookup(logits, wanted)


def loss_by_scan(w: dict[str, Any], text: Sequence[Scalar]) -> Scalar:
    """The same: all tokens side by side, one layer after the other."""
    given, wanted = list(text[:-1]), list(text[1:])
    # For each token 1 for those up to it; what comes later has no share.
    past = [[float(other <= own) for other in range(TOKENS)] for own in range(TOKENS)]

    def embedded(token: Scalar, position: Vector) -> Vector:
        return normed(plus(lookup(w["token"], token), position))

    def run_layer(xs: list[Vector], layer: dict[str, Any]) -> tuple[list[Vector], None]:
        def asked(x: Vector) -> tuple[Vector, ...]:
            z = normed(x)
            return tuple(linear(layer[name], z) for name in ("query", "key", "value"))

        def answered(x: Vector, query: Vector, past: Vector) -> Vector:
            def shares(scores: Vector) -> Vector:
                pairs = zip(past, scores, strict=True)
                return softmax([where(there, score, -1e30) for there, score in pairs])

            return after_attention(layer, x, attend(query, keys, values, shares))

        queries, keys, values = vmap(asked)(xs)
        return vmap(answered)(xs, queries, past), None

    xs, _ = scan(run_layer, vmap(embedded)(given, w["position"]), w["layers"])
    return vmap(partial(cross_entropy, w), reduce="mean")(xs, wanted)


def ours(width: int, layers: int, loss: Callable[..., Scalar] = loss) -> Call:
    step = compile(value_and_grad(loss))
    return partial(step, weights(width, layers), tokens())


def theirs(width: int, layers: int) -> Call:
    jax, jnp = jax_with_doubles()
    size = width // HEADS

    def normed(x: Any) -> Any:
        return x * jax.lax.rsqrt(jnp.mean(x * x, axis=-1, keepdims=True) + 1e-5)

    def loss(w: dict[str, Any], text: Any) -> Any:
        given, wanted = text[:-1], text[1:]
        positions = jnp.arange(TOKENS)
        hidden = positions[:, None] < positions  # what comes later
        x = normed(w["token"][given] + w["position"])
        for layer in w["layers"]:
            z = normed(x)
            query, key, value = (
                (z @ layer[name].T).reshape(TOKENS, HEADS, size)
                for name in ("query", "key", "value")
            )
            scores = jnp.einsum("ihd,jhd->hij", query, key) / size**0.5
            shares = jax.nn.softmax(jnp.where(hidden, -jnp.inf, scores))
            heard = jnp.einsum("hij,jhd->ihd", shares, value).reshape(TOKENS, width)
            x = x + heard @ layer["mix"].T
            x = x + jax.nn.relu(normed(x) @ layer["expand"].T) @ layer["contract"].T
        likelihoods = jax.nn.log_softmax(x @ w["output"].T)
        return -jnp.mean(likelihoods[positions, wanted])

    return ready(jax, jax.jit(jax.value_and_grad(loss)), weights(width, layers), tokens())


def case(
    width: int,
    layers: int,
    at_least: float,
    aim: float,
    seconds: tuple[float, float] | None = None,
    megabytes: float | None = None,
) -> Case:
    name = f"GPT, width {width}, {layers} layer{'s' * (layers > 1)}"
    both = partial(ours, width, layers), partial(theirs, width, layers)
    return Case(name, *both, at_least, aim, seconds=seconds, megabytes=megabytes)


BY_SCAN = Case(
    "GPT, width 32, 2 layers, by scan",
    partial(ours, 32, 2, loss_by_scan),
    partial(theirs, 32, 2),
    0.2,
    0.4,
    seconds=(0.6, 0.3),
)
CASES = [
    case(16, 1, 2.0, 3.0),
    case(32, 2, 1.3, 2.0, seconds=(4.0, 2.0), megabytes=600.0),
    BY_SCAN,
    case(64, 1, 0.7, 1.0),
]
