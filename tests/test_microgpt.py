"""A training script in the style of microgpt, on this library's Value, finds microgpt's losses."""

import pytest
import tiny_gpt

from autograd import Value

NAMES = ["yuheng", "diondre", "xavien", "jori", "juanluis", "erandi"]
LOSSES = [3.3660, 3.4243, 3.1778, 3.0664, 3.2209, 2.9452]


def train(names: list[str]) -> list[float]:
    """The loss of each step of Adam, one name a step."""
    weights = tiny_gpt.initial_weights(Value, tiny_gpt.rng_after_shuffling_names())
    parameters = tiny_gpt.parameters(weights)
    assert len(parameters) == 4192
    rate, beta1, beta2, epsilon = 0.01, 0.85, 0.99, 1e-8
    first = [0.0] * len(parameters)
    second = [0.0] * len(parameters)
    losses = []
    for step, name in enumerate(names):
        loss = tiny_gpt.mean_loss(weights, tiny_gpt.tokens(name))
        loss.backward()
        losses.append(loss.data)
        falling_rate = rate * (1 - step / 1000)
        for i, p in enumerate(parameters):
            first[i] = beta1 * first[i] + (1 - beta1) * p.grad
            second[i] = beta2 * second[i] + (1 - beta2) * p.grad**2
            unbiased_first = first[i] / (1 - beta1 ** (step + 1))
            unbiased_second = second[i] / (1 - beta2 ** (step + 1))
            p.data -= falling_rate * unbiased_first / (unbiased_second**0.5 + epsilon)
            p.grad = 0
    return losses


def test_the_losses_of_the_first_six_steps_are_microgpts() -> None:
    assert train(NAMES) == pytest.approx(LOSSES, rel=0, abs=1e-4)
