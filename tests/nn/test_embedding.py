"""An embedding: a row of parameters for each index."""

import copy
import math
import pickle
from typing import Any

import numpy as np
import pytest

import autograd as ag
from autograd import Value, check_grads, compile, nn, value_and_grad, vmap
from autograd.engine.graph import topological_order
from autograd.losses import cross_entropy

any_nn: Any = nn  # takes wrong arguments


def total(embedding: Any, index: Any) -> Any:
    return ag.sum([x * x for x in embedding(index)])


def numbers_of(row: Any) -> list[float]:
    return [x.data for x in row]


def test_an_index_gives_its_row_in_nodes() -> None:
    embedding = nn.Embedding(3, 2, rng=0)
    index: Any = np.int64(2)
    assert numbers_of(embedding(1)) == numbers_of(embedding.weights[1])
    for same in (2, 2.0, index, Value(2.0)):
        assert numbers_of(embedding(same)) == numbers_of(embedding.weights[2])
        assert [x.op and x.op.name for x in embedding(same)] == ["lookup"] * 2


def test_an_index_that_is_a_number_gives_the_bits_of_a_compiled_one() -> None:
    """With the weights used elsewhere too, and to the second order: the graph is the same."""

    def loss(m: Any, i: Any, j: Any) -> Any:
        h = [ag.tanh(x + y * y) for x, y in zip(m(i), m(j), strict=True)]
        return cross_entropy([ag.dot(h, row) for row in m.weights], j)

    def slopes(m: Any, i: Any, j: Any) -> Any:
        found = ag.grad(loss)(m, i, j)
        return ag.sum([ag.sin(found[name]) for name, _ in m.named_parameters()])

    first, second = (compile(value_and_grad(f)) for f in (loss, slopes))
    for seed in range(10):
        embedding = nn.Embedding(3, 2, rng=seed)
        first.verify(embedding, seed % 3, seed % 2)
        second.verify(embedding, seed % 2, seed % 3)


def test_a_gradient_goes_to_the_row_taken_and_a_node_knows_its_call() -> None:
    embedding = nn.Embedding(3, 2, rng=0)
    for index in (1, Value(1.0)):
        embedding.zero_grad()
        total(embedding, index).backward()
        row = embedding.weights[1]
        assert [x.grad for x in row] == [2.0 * x.data for x in row]
        assert [x.grad for x in (*embedding.weights[0], *embedding.weights[2])] == [0.0] * 4
    y = total(embedding, Value(1.0))
    made = [node for node in topological_order(y) if node.op and node.op.name == "lookup"]
    assert [(x.call.kind, x.call.path) for x in made] == [("Embedding", "")] * 2


def test_rows_start_with_mean_0_and_variance_1_and_have_names() -> None:
    embedding = nn.Embedding(100, 10, rng=0)
    numbers = [x.data for x in embedding.parameters()]
    assert abs(math.fsum(numbers)) / 1000 < 0.1
    assert math.fsum(x * x for x in numbers) / 1000 == pytest.approx(1.0, rel=0.1)
    assert list(nn.Embedding(1, 2, rng=0).state_dict()) == ["weights.0.0", "weights.0.1"]
    assert nn.Embedding(2, 2, rng=5).state_dict() == nn.Embedding(2, 2, rng=5).state_dict()
    assert repr(embedding) == "Embedding(100, 10): 1,000 parameters"


def test_derivatives_to_the_second_order() -> None:
    check_grads(lambda m: total(m, 1) * m(0)[0], (nn.Embedding(2, 2, rng=0),), order=2)


def test_compiled_it_gives_the_same_bits_in_batches_and_scans_too() -> None:
    embedding = nn.Embedding(4, 2, rng=0)
    f: Any = compile(value_and_grad(total), backend="python")
    for index in range(4):
        assert f(embedding, index) == value_and_grad(total)(embedding, index)
    f.verify(embedding, 3)
    batch: Any = compile(vmap(total, in_axes=(None, 0)), backend="python")
    batch.verify(embedding, [0.0, 3.0, 1.0])

    def step(state: Any, index: Any) -> Any:
        return state + total(frozen, index), index * 1.0

    frozen = copy.deepcopy(embedding).freeze()
    scanned: Any = compile(step, backend="python")
    assert scanned.scan(0.0, [2.0, 1.0])[0] == total(frozen, 2).data + total(frozen, 1).data


def test_copies_and_pickles_have_the_same_numbers() -> None:
    embedding = nn.Embedding(2, 2, rng=0)
    for twin in (copy.deepcopy(embedding), pickle.loads(pickle.dumps(embedding))):
        assert twin.state_dict() == embedding.state_dict()


@pytest.mark.parametrize(
    ("call", "kind", "message"),
    [
        (lambda: any_nn.Embedding(0, 1), ValueError, "count is at least 1, got 0"),
        (lambda: any_nn.Embedding(1, 1.5), TypeError, "size is a positive int, got 1.5"),
        (lambda: any_nn.Embedding(3, 1)(3), IndexError, "has rows 0 to 2, and no row 3"),
        (lambda: any_nn.Embedding(3, 1)(-1), IndexError, "has rows 0 to 2, and no row -1"),
        (lambda: any_nn.Embedding(3, 1)(0.5), IndexError, "has rows 0 to 2, and no row 0.5"),
        (lambda: any_nn.Embedding(3, 1)(math.nan), IndexError, "no row nan"),
        (lambda: any_nn.Embedding(3, 1)(Value(3.0)), IndexError, "has rows 0 to 2, and no row 3"),
        (lambda: any_nn.Embedding(3, 1)(1e300), IndexError, "and no row 1e+300: pass a whole"),
        (lambda: any_nn.Embedding(3, 1)([0, 1]), TypeError, "[embedding(i) for i in indexes]"),
        (lambda: any_nn.Embedding(3, 1)("a"), TypeError, "the index of an Embedding"),
        (lambda: any_nn.Embedding(3, 1)("1"), TypeError, "convert it first, with float(text)"),
        (lambda: any_nn.Embedding(3, 1)(True), TypeError, "got bool: write int(flag)"),
        (lambda: any_nn.Embedding(3, 1)(None), TypeError, "got NoneType: pass a number"),
    ],
)
def test_what_is_wrong_is_named(call: Any, kind: type[Exception], message: str) -> None:
    with pytest.raises(kind) as caught:
        call()
    assert message in str(caught.value)
