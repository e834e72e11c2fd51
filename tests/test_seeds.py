"""Two texts on local gradients and on backpropagation, which the lessons follow.

They compute with arrays; here every number that their examples print comes out of Values.
"""

from typing import Any

import numpy as np
import pytest

from autograd import Value, dot, gradients, relu, sigmoid

Array = np.ndarray[Any, np.dtype[np.float64]]


def logistic(z: Array) -> Array:
    result: Array = 1.0 / (1.0 + np.exp(-z))
    return result


def logistic_slope(z: Array) -> Array:
    return logistic(z) * (1.0 - logistic(z))


def relu_slope(z: Array) -> Array:
    return np.where(z > 0.0, 1.0, 0.0)


def values(numbers: Any) -> Any:
    """The Values of a vector or matrix, as nested lists."""
    return [values(x) if np.ndim(x) else Value(x) for x in numbers]


def data(nodes: Any) -> Any:
    """The numbers of nested lists of Values."""
    return [data(x) for x in nodes] if isinstance(nodes, list) else nodes.data


def grads(nodes: Any) -> Any:
    return [grads(x) for x in nodes] if isinstance(nodes, list) else nodes.grad


def affine(weights: Any, inputs: Any, biases: Any) -> list[Value]:
    """The preactivations of a layer: one for each row of weights."""
    return [dot(row, inputs) + bias for row, bias in zip(weights, biases, strict=True)]


def same(found: Any, expected: Any) -> None:
    np.testing.assert_allclose(np.asarray(found, float), expected, rtol=0.0, atol=1e-12)


# --- local gradients ------------------------------------------------------------------------


def test_the_local_gradients_of_a_neuron() -> None:
    inputs, weights, bias = np.array([0.5, 0.3, 0.8]), np.array([0.2, -0.1, 0.4]), 0.1
    x, w, b = values(inputs), values(weights), Value(bias)
    z: Value = dot(w, x) + b
    a = sigmoid(z)
    same(a.local_derivatives[0](), logistic_slope(np.dot(weights, inputs) + bias))  # da/dz
    z.backward()
    same(grads(w), inputs)  # dz/dw
    same(b.grad, 1.0)  # dz/db
    same(grads(x), weights)  # dz/dx


ROWS = np.array([[0.2, -0.1, 0.4], [0.3, 0.2, -0.5]])
BIASES = np.array([0.1, -0.2])


@pytest.mark.parametrize(
    ("inputs", "activation", "slope"),
    [
        (np.array([0.5, 0.3, 0.8]), sigmoid, logistic_slope),
        (np.array([0.5, 0.3, -0.8]), relu, relu_slope),
    ],
)
def test_the_local_gradients_of_a_layer(inputs: Array, activation: Any, slope: Any) -> None:
    x, w, b = values(inputs), values(ROWS), values(BIASES)
    z = affine(w, x, b)
    da_dz = [activation(one).local_derivatives[0]() for one in z]
    same(da_dz, slope(ROWS @ inputs + BIASES))
    shared_row = np.expand_dims(inputs, axis=0)
    for j, one in enumerate(z):
        dz_dw, dz_db, dz_dx = gradients(one, [w, b, x], create_graph=False)
        own = np.arange(2) == j
        same(dz_dw[j : j + 1], shared_row)
        same(dz_dw, np.outer(own, inputs))  # in full: 0 for the weights of the other neuron
        same(dz_db[j], 1.0)
        same(dz_db, own)
        same(dz_dx, ROWS[j])


def test_the_local_gradients_of_the_relu_layer_are_the_numbers_printed() -> None:
    x, w, b = values([0.5, 0.3, -0.8]), values(ROWS), values(BIASES)
    z = affine(w, x, b)
    assert [relu(one).local_derivatives[0]() for one in z] == [0.0, 1.0]  # da/dz
    for j, one in enumerate(z):
        dz_dw, dz_db, dz_dx = gradients(one, [w[j], b[j], x], create_graph=False)
        assert dz_dw == [0.5, 0.3, -0.8]
        assert dz_db == 1.0
        assert dz_dx == [[0.2, -0.1, 0.4], [0.3, 0.2, -0.5]][j]


def test_one_neuron_of_the_relu_layer_passes_nothing_back() -> None:
    w, b = values(ROWS), values(BIASES)
    z = affine(w, values([0.5, 0.3, -0.8]), b)
    same(data(z), [-0.15, 0.41])
    for one in z:
        relu(one).backward()
    same(grads(w), [[0.0, 0.0, 0.0], [0.5, 0.3, -0.8]])
    same(grads(b), [0.0, 1.0])


# --- backpropagation ------------------------------------------------------------------------

A_PREV = np.array([[0.5], [0.2]])
WEIGHTS = np.array([[0.1, 0.3], [0.2, 0.4]])
BIAS = np.array([[0.1], [0.1]])
DELTA = np.array([[0.1], [0.2]])
Z = WEIGHTS @ A_PREV + BIAS


def column(nodes: Any) -> list[list[Value]]:
    return [[node] for node in nodes]


def test_the_forward_pass() -> None:
    z = affine(values(WEIGHTS), values(A_PREV.ravel()), values(BIAS.ravel()))
    same(data(column(z)), Z)
    same(data(column(map(sigmoid, z))), logistic(Z))


def test_the_error_and_the_gradients_of_a_layer_come_from_the_next_one() -> None:
    w, b = values(WEIGHTS), values(BIAS.ravel())
    z = affine(w, values(A_PREV.ravel()), b)
    z_next = affine(values(WEIGHTS), [sigmoid(one) for one in z], [0.0, 0.0])
    for one, delta in zip(z_next, DELTA.ravel(), strict=True):
        one.backward(delta)
    delta = (WEIGHTS.T @ DELTA) * logistic_slope(Z)
    same(grads(column(z)), delta)
    same(grads(w), delta @ A_PREV.T)
    same(grads(column(b)), delta)


def test_the_gradients_of_weights_and_biases_are_the_error_times_inputs_and_the_error() -> None:
    w, b = values(WEIGHTS), values(BIAS.ravel())
    z = affine(w, values(A_PREV.ravel()), b)
    for one, delta in zip(z, DELTA.ravel(), strict=True):
        one.backward(delta)
    same(grads(w), DELTA @ A_PREV.T)
    same(grads(column(b)), DELTA)


def test_the_error_of_the_last_layer_is_the_slope_of_the_loss_times_that_of_the_sigmoid() -> None:
    z = affine(values(WEIGHTS), values(A_PREV.ravel()), values(BIAS.ravel()))
    targets = np.array([[1.0], [0.0]])
    differences = [sigmoid(one) - target for one, target in zip(z, targets.ravel(), strict=True)]
    loss: Value = 0.5 * dot(differences, differences)
    loss.backward()
    same(grads(column(z)), (logistic(Z) - targets) * logistic_slope(Z))


# --- what the examples print ----------------------------------------------------------------

BACK = (WEIGHTS.T @ DELTA) * logistic_slope(Z)


@pytest.mark.parametrize(
    ("formula", "printed"),
    [
        (logistic_slope(np.array(0.49)), 0.23557444490981472),
        (logistic_slope(np.array([0.49, -0.39])), [0.23557444, 0.24072964]),
        (relu_slope(np.array([-0.15, 0.41])), [0, 1]),
        (np.expand_dims([0.5, 0.3, 0.8], axis=0), [[0.5, 0.3, 0.8]]),
        (np.expand_dims([0.5, 0.3, -0.8], axis=0), [[0.5, 0.3, -0.8]]),
        (ROWS, [[0.2, -0.1, 0.4], [0.3, 0.2, -0.5]]),
        (Z, [[0.21], [0.28]]),
        (logistic(Z), [[0.55230791], [0.56954622]]),
        (BACK, [[0.01236319], [0.02696797]]),
        (BACK @ A_PREV.T, [[0.0061816, 0.00247264], [0.01348398, 0.00539359]]),
        (DELTA @ A_PREV.T, [[0.05, 0.02], [0.1, 0.04]]),
    ],
)
def test_the_formulas_here_give_the_digits_that_the_examples_print(
    formula: Array, printed: Any
) -> None:
    np.testing.assert_allclose(formula, printed, rtol=0.0, atol=0.5000001e-8)
