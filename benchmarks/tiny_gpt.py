"""A tiny GPT out of single numbers, for any `Value` with + - * / **, and exp, log and relu.

One layer, four heads, 4,192 parameters: it reads a name letter by letter and predicts the next
one. The benchmarks time a step of it, a test trains it.
"""

from collections.abc import Callable, Sequence
from operator import attrgetter, getitem, methodcaller
from random import Random
from typing import Any, NamedTuple

Scalar = Any  # a Value of whichever engine
Vector = list[Scalar]
Matrix = list[Vector]
Weights = dict[str, Matrix]

BOUNDARY = 26  # the token before and after a name; a-z are 0 to 25
VOCABULARY = 27
WIDTH = 16  # of an embedding
HEADS = 4
HEAD_WIDTH = WIDTH // HEADS
LONGEST = 16  # positions
HIDDEN = 64  # width of the relu layer

SHAPES = {  # rows and columns, in the order in which the weights are drawn
    "token_embedding": (VOCABULARY, WIDTH),
    "position_embedding": (LONGEST, WIDTH),
    "output": (VOCABULARY, WIDTH),
    "query": (WIDTH, WIDTH),
    "key": (WIDTH, WIDTH),
    "value": (WIDTH, WIDTH),
    "attention_output": (WIDTH, WIDTH),
    "expand": (HIDDEN, WIDTH),
    "contract": (WIDTH, HIDDEN),
}


class Functions(NamedTuple):
    """What an engine may do in a way of its own, as one does that traces numbers.

    Attributes:
        softmax: of a list.
        choose: the entry of a list, or of a list of rows, that has this index.
        log: of one Value; a method of it, if nothing else is said.
        relu: likewise.
    """

    softmax: Callable[[Vector], Vector]
    choose: Callable[[Sequence[Any], Any], Any]
    log: Callable[[Scalar], Scalar] = methodcaller("log")
    relu: Callable[[Scalar], Scalar] = methodcaller("relu")


def initial_weights(make_value: Callable[[float], Scalar], rng: Random) -> Weights:
    """The weights from N(0, 0.08), each matrix row by row."""
    return {
        name: [[make_value(rng.gauss(0, 0.08)) for _ in range(columns)] for _ in range(rows)]
        for name, (rows, columns) in SHAPES.items()
    }


def rng_after_shuffling_names() -> Random:
    """The generator of seed 42 once it has shuffled the 32,033 names of the original data."""
    rng = Random(42)
    rng.shuffle(list(range(32033)))
    return rng


def parameters(weights: Weights) -> list[Scalar]:
    return [parameter for matrix in weights.values() for row in matrix for parameter in row]


def tokens(name: str) -> list[int]:
    return [BOUNDARY, *(ord(letter) - ord("a") for letter in name), BOUNDARY]


def linear(matrix: Matrix, x: Vector) -> Vector:
    return [sum(w * xi for w, xi in zip(row, x, strict=True)) for row in matrix]


def softmax(
    logits: Vector,
    exp: Callable[[Scalar], Scalar] = methodcaller("exp"),
    number: Callable[[Scalar], float] = attrgetter("data"),
) -> Vector:
    largest = max(map(number, logits))
    exponentials = [exp(logit - largest) for logit in logits]
    total = sum(exponentials)
    return [e / total for e in exponentials]


def rms_norm(x: Vector) -> Vector:
    mean_square = sum(xi * xi for xi in x) / len(x)
    scale = (mean_square + 1e-5) ** -0.5
    return [xi * scale for xi in x]


def plus(x: Vector, y: Vector) -> Vector:
    return [xi + yi for xi, yi in zip(x, y, strict=True)]


def attend(query: Vector, keys: Matrix, values: Matrix, functions: Functions) -> Vector:
    """What all heads, each with its own columns, read out of the positions so far."""
    found: Vector = []
    for start in range(0, WIDTH, HEAD_WIDTH):
        columns = range(start, start + HEAD_WIDTH)
        scores = [sum(query[j] * key[j] for j in columns) / HEAD_WIDTH**0.5 for key in keys]
        attention = functions.softmax(scores)
        for j in columns:
            found.append(sum(a * value[j] for a, value in zip(attention, values, strict=True)))
    return found


def next_logits(
    weights: Weights,
    token: Scalar,
    position: int,
    keys: Matrix,
    values: Matrix,
    functions: Functions,
) -> Vector:
    """The logits of the next token; this position's key and value are added to the lists."""
    embedding = functions.choose(weights["token_embedding"], token)
    x = rms_norm(plus(embedding, weights["position_embedding"][position]))
    normed = rms_norm(x)
    keys.append(linear(weights["key"], normed))
    values.append(linear(weights["value"], normed))
    found = attend(linear(weights["query"], normed), keys, values, functions)
    x = plus(linear(weights["attention_output"], found), x)
    hidden = [functions.relu(h) for h in linear(weights["expand"], rms_norm(x))]
    x = plus(linear(weights["contract"], hidden), x)
    return linear(weights["output"], x)


def token_losses(
    weights: Weights, name: Sequence[Scalar], functions: Functions | None = None
) -> Vector:
    """The cross-entropy of each token of `name`, given those before it."""
    functions = functions or Functions(softmax, getitem)
    keys: Matrix = []
    values: Matrix = []
    losses: Vector = []
    for position in range(len(name) - 1):
        logits = next_logits(weights, name[position], position, keys, values, functions)
        likelihood = functions.choose(functions.softmax(logits), name[position + 1])
        losses.append(-functions.log(likelihood))
    return losses


def mean_loss(
    weights: Weights, name: Sequence[Scalar], functions: Functions | None = None
) -> Scalar:
    """The mean of the token losses."""
    losses = token_losses(weights, name, functions)
    return sum(losses) * (1 / len(losses))
