"""Layer normalization and that by the root mean square, as PyTorch documents them."""

import copy
import math
import pickle
from typing import Any

import pytest

from autograd import Value, check_grads, compile, nn, value_and_grad, vmap

any_nn: Any = nn  # takes wrong arguments
KINDS = [nn.LayerNorm, nn.RMSNorm]
X = [0.5, -2.0, 1.25]


def documented(kind: Any, xs: list[float], w: list[float], b: list[float], eps: float) -> Any:
    """The formulas of PyTorch's pages, in plain numbers."""
    count = len(xs)
    if kind is nn.RMSNorm:
        root = math.sqrt(sum(x * x for x in xs) / count + eps)
        return [x / root * wi for x, wi in zip(xs, w, strict=True)]
    mean = sum(xs) / count
    variance = sum((x - mean) ** 2 for x in xs) / count  # biased
    root = math.sqrt(variance + eps)
    return [(x - mean) / root * wi + bi for x, wi, bi in zip(xs, w, b, strict=True)]


def made(kind: Any, size: int, **options: Any) -> Any:
    """One with weights and biases that are no longer 1 and 0."""
    norm = kind(size, **options)
    for i, parameter in enumerate(norm.parameters()):
        parameter.data += 0.25 * i - 0.5
    return norm


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("eps", [1e-5, 0.0, 0.5])
@pytest.mark.parametrize("xs", [X, [3.0, 4.0], [1e-3, 2e-3, 4e-3, -1.0]])
def test_it_is_the_documented_formula(kind: Any, eps: float, xs: list[float]) -> None:
    norm = made(kind, len(xs), eps=eps)
    w, b = [p.data for p in norm.weights], [p.data for p in getattr(norm, "biases", [])]
    assert [y.data for y in norm(xs)] == pytest.approx(documented(kind, xs, w, b, eps), rel=1e-14)
    assert [y.data for y in norm(map(Value, xs))] == [y.data for y in norm(xs)]


def test_exact_numbers() -> None:
    assert [y.data for y in nn.LayerNorm(2, eps=0.0)([1.0, 5.0])] == [-1.0, 1.0]
    assert [y.data for y in nn.RMSNorm(4, eps=0.0)([2.0, -2.0, 2.0, 2.0])] == [1.0, -1.0, 1.0, 1.0]
    assert [y.data for y in nn.RMSNorm(1, eps=9.0)([4.0])] == [0.8]


@pytest.mark.parametrize("kind", KINDS)
def test_equal_elements_and_zeros_are_finite(kind: Any) -> None:
    norm = kind(3)
    expected = [0.0] * 3 if kind is nn.LayerNorm else [pytest.approx(1.0, rel=1e-5)] * 3
    assert [y.data for y in norm([1.0] * 3)] == expected
    assert [y.data for y in norm([0.0] * 3)] == [0.0] * 3


def test_parameters_start_at_1_and_0_and_have_names() -> None:
    assert nn.LayerNorm(2).state_dict() == {
        "weights.0": 1.0,
        "weights.1": 1.0,
        "biases.0": 0.0,
        "biases.1": 0.0,
    }
    assert nn.RMSNorm(2).state_dict() == {"weights.0": 1.0, "weights.1": 1.0}
    assert [p.label for p in nn.LayerNorm(1).parameters()] == ["w0", "b0"]


@pytest.mark.parametrize("kind", KINDS)
def test_derivatives_to_the_second_order(kind: Any) -> None:
    check_grads(lambda m, x: m(x), (made(kind, 3), X), order=2)


@pytest.mark.parametrize("kind", KINDS)
def test_compiled_it_gives_the_same_bits_in_batches_and_scans_too(kind: Any) -> None:
    norm = made(kind, 3)

    def f(m: Any, x: Any) -> Any:
        return m(x)[1]

    compile(value_and_grad(f, argnums=(0, 1)), backend="python").verify(norm, X)
    compile(vmap(f, in_axes=(None, 0)), backend="python").verify(norm, [X, X[::-1]])

    def step(x: Any, datum: Any) -> Any:
        return norm_of(x), datum * 1.0

    frozen = copy.deepcopy(norm).freeze()
    norm_of = frozen.__call__
    scanned: Any = compile(step, backend="python")
    state, _ = scanned.scan(X, [1.0, 2.0])
    expected = X
    for _ in range(2):
        expected = [y.data for y in frozen(expected)]
    assert list(state) == expected


@pytest.mark.parametrize("kind", KINDS)
def test_nodes_belong_to_its_call_and_copies_do_the_same(kind: Any) -> None:
    norm = made(kind, 3)
    y = norm(X)[0]
    assert (y.call.kind, y.call.path) == (kind.__name__, "")
    for twin in (copy.deepcopy(norm), pickle.loads(pickle.dumps(norm))):
        assert [y.data for y in twin(X)] == [y.data for y in norm(X)]


def test_a_repr_tells_size_and_eps() -> None:
    assert repr(nn.LayerNorm(3)) == "LayerNorm(3, eps=1e-05): 6 parameters"
    assert repr(nn.RMSNorm(3, eps=0.5)) == "RMSNorm(3, eps=0.5): 3 parameters"


@pytest.mark.parametrize(
    ("call", "kind", "message"),
    [
        (lambda: any_nn.LayerNorm(0), ValueError, "size is at least 1, got 0"),
        (lambda: any_nn.RMSNorm(2.0), TypeError, "size is a positive int, got 2.0"),
        (lambda: any_nn.RMSNorm(2, eps=-1.0), ValueError, "eps is finite and at least 0, got -1.0"),
        (
            lambda: any_nn.LayerNorm(2)([1.0]),
            ValueError,
            "LayerNorm has size 2 and got 1 element:",
        ),
        (lambda: any_nn.RMSNorm(2)([]), ValueError, "RMSNorm has size 2 and got 0 elements"),
        (
            lambda: any_nn.RMSNorm(2)(1.0),
            ValueError,
            "RMSNorm has size 2 and got 1 element:",
        ),
        (lambda: any_nn.RMSNorm(2)([[1.0, 2.0]] * 2), ValueError, "got 2 rows: call it for each"),
        (lambda: any_nn.LayerNorm(2)(["a", "b"]), TypeError, "str"),
    ],
)
def test_what_is_wrong_is_named(call: Any, kind: type[Exception], message: str) -> None:
    with pytest.raises(kind) as caught:
        call()
    assert message in str(caught.value)
