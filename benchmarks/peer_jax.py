"""The problems of `problems.py` in JAX: written with arrays, and compiled by `jax.jit`."""

import importlib
from typing import Any

import problems
import tiny_gpt
from serving import serve

jax: Any = importlib.import_module("jax")
jnp: Any = importlib.import_module("jax.numpy")


def rms_norm(x: Any) -> Any:
    return x * jax.lax.rsqrt(jnp.mean(x * x, axis=-1, keepdims=True) + 1e-5)


def heads(x: Any) -> Any:
    return x.reshape(len(x), tiny_gpt.HEADS, tiny_gpt.HEAD_WIDTH)


def mean_loss(weights: Any, tokens: Any) -> Any:
    """All positions at once; a mask hides the later ones."""
    given, wanted = tokens[:-1], tokens[1:]
    positions = jnp.arange(len(given))
    x = rms_norm(weights["token_embedding"][given] + weights["position_embedding"][: len(given)])
    normed = rms_norm(x)
    query, key, value = (heads(normed @ weights[name].T) for name in ("query", "key", "value"))
    scores = jnp.einsum("ihd,jhd->hij", query, key) / tiny_gpt.HEAD_WIDTH**0.5
    scores = jnp.where(positions[:, None] >= positions, scores, -jnp.inf)
    found = jnp.einsum("hij,jhd->ihd", jax.nn.softmax(scores), value).reshape(x.shape)
    x = found @ weights["attention_output"].T + x
    hidden = jax.nn.relu(rms_norm(x) @ weights["expand"].T)
    x = hidden @ weights["contract"].T + x
    logits = jax.nn.log_softmax(x @ weights["output"].T)
    return -jnp.mean(logits[positions, wanted])


def moons_loss(layers: Any, x: Any, signs: Any) -> Any:
    decay = sum(jnp.sum(matrix**2) + jnp.sum(biases**2) for matrix, biases in layers)
    for matrix, biases in layers[:-1]:
        x = jax.nn.relu(x @ matrix.T + biases)
    matrix, biases = layers[-1]
    scores = (x @ matrix.T + biases)[:, 0]
    return jnp.mean(jax.nn.relu(1 - signs * scores)) + problems.DECAY * decay


def gpt_step() -> problems.Step:
    step = jax.jit(jax.value_and_grad(mean_loss))
    weights = jax.tree.map(jnp.asarray, problems.gpt_weights())
    tokens = jnp.asarray(problems.gpt_tokens())
    return lambda: step(weights, tokens)


def moons_step() -> problems.Step:
    step = jax.jit(jax.value_and_grad(moons_loss))
    inputs, signs, layers = jax.tree.map(jnp.asarray, tuple(problems.moons_arrays()))
    return lambda: step(layers, inputs, signs)


if __name__ == "__main__":
    jax.config.update("jax_enable_x64", True)
    serve(problems.Peer({problems.GPT: gpt_step, problems.MOONS: moons_step}))
