"""Layers of neurons, composed of Values: `Neuron`, `Linear`, `Layer`, `MLP`.

Weights start at random: uniform in ±√(6 / (nin + nout)) after Glorot and Bengio (2010), and
before an activation of the relu family uniform in ±√(6 / nin) after He et al. (2015), so that
signals neither fade nor grow from layer to layer. Biases start at 0.
"""

import math
import random
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from ..engine.arguments import are_rows, as_int, positive_int, truth, vector
from ..engine.messages import pluralize, short_repr
from ..engine.value import Scalar, Value
from ..engine.weighted_sum import weighted_sum
from .activations import RELU_FAMILY, Activation, activate, check_activation, describe
from .module import Module

Randomness = random.Random | int | None
Inputs = Scalar | Iterable[Scalar]

if TYPE_CHECKING:

    class Outputs(Value, Sequence[Value]):
        """The result of a layer: one output is a Value, several are a list of them.

        Which it is depends on the size of the layer, so to a type checker it is both.
        """

else:
    Outputs = Value | list[Value]


def generator_of(rng: Randomness) -> random.Random:
    """The generator of random numbers; without `rng` one that ``random.seed(n)`` determines."""
    if isinstance(rng, random.Random):
        return rng
    seed = random.getrandbits(64) if rng is None else as_int(rng)
    if seed is None:
        raise TypeError(
            f"rng is a random.Random, an int to seed one, or None, got {short_repr(rng)}"
        )
    return random.Random(seed)


class Neuron(Module):
    """One neuron: a = activation(w₀·x₀ + w₁·x₁ + … + b).

    Args:
        nin: how many inputs it has.
        activation: a name from `ACTIVATIONS`, a function of one value, or None for none.
        bias: whether a bias is added.
        nout: how many neurons share its inputs, which sets the size of the first weights.
        rng: a `random.Random` or an int to seed one. Without it, ``random.seed(n)`` makes the
            weights reproducible.

    Attributes:
        weights: one Value per input; also called `w`.
        bias: a Value, or None; also called `b`.
        activation: its name if it has one in `ACTIVATIONS`, else the function, or None.

    Raises:
        ValueError: for a size below 1 or an unknown activation; when called, if there is not
            one input for each weight.

    Example:
        >>> neuron = Neuron(2, "relu", rng=0)
        >>> neuron.weights[0].data, neuron.weights[1].data, neuron.bias.data = 3.0, -1.0, 0.5
        >>> neuron([1.0, 2.0]).data
        1.5
    """

    weights: list[Value]
    bias: Value  # as in PyTorch's types, though it may be None
    activation: Activation
    __call__: "Callable[[Neuron, Inputs], Value]"

    def __init__(
        self,
        nin: int,
        activation: Activation = "tanh",
        *,
        bias: bool = True,
        nout: int = 1,
        rng: Randomness = None,
    ) -> None:
        nin, nout = positive_int("nin", nin), positive_int("nout", nout)
        activation, generator = check_activation(activation), generator_of(rng)
        bound = math.sqrt(6.0 / (nin if str(activation) in RELU_FAMILY else nin + nout))
        self.weights = [Value(generator.uniform(-bound, bound), f"w{i}") for i in range(nin)]
        self.bias = Value(0.0, "b") if truth("bias", bias) else None  # type: ignore[assignment]
        self.activation = activation

    @property
    def w(self) -> list[Value]:
        """The weights."""
        return self.weights

    @property
    def b(self) -> Value:
        """The bias."""
        return self.bias

    def forward(self, inputs: Any) -> Any:
        """The output for `inputs`: a list of Values or numbers, or one alone."""
        if type(inputs) is not list:
            inputs = vector("the input of a Neuron", inputs)
        weights = self.weights
        if len(inputs) != len(weights):
            raise _misfit(len(weights), inputs)
        try:
            z = weighted_sum(weights, inputs, self.bias)
        except TypeError:
            if are_rows(inputs):
                raise _misfit(len(weights), inputs) from None
            raise
        return activate(self.activation, z)

    def extra_repr(self) -> str:
        """The number of inputs, the activation, and whether there is no bias."""
        no_bias = ", no bias" if self.bias is None else ""
        return f"{len(self.weights)}{describe(self.activation)}{no_bias}"


def _misfit(weights: int, inputs: Sequence[Any]) -> ValueError:
    """The error for inputs that are not one number for each weight."""
    has, got = f"this neuron has {pluralize(weights, 'weight')}", len(inputs)
    if are_rows(inputs):
        return ValueError(
            f"{has} and got {pluralize(got, 'row')} of inputs: of a batch of samples call the "
            "model for each, as in [model(x) for x in xs] or vmap(model)(xs)"
        )
    return ValueError(f"{has} and got {pluralize(got, 'input')}: pass one input for each weight")


class _Neurons(Module):
    """Neurons that share their inputs: what `Linear` and `Layer` have in common."""

    neurons: list[Neuron]

    def __init__(
        self, nin: int, nout: int, activation: Activation, bias: bool, rng: Randomness
    ) -> None:
        nin, nout = positive_int("nin", nin), positive_int("nout", nout)
        options: Any = {"bias": bias, "nout": nout, "rng": generator_of(rng)}
        activation = check_activation(activation)
        self.neurons = [Neuron(nin, activation, **options) for _ in range(nout)]

    def forward(self, inputs: Any) -> Any:
        """A list with the output of every neuron."""
        if type(inputs) is not list:
            inputs = vector(f"the input of a {type(self).__name__}", inputs)
        return [neuron(inputs) for neuron in self.neurons]

    def extra_repr(self) -> str:
        """The numbers of inputs and outputs, the activation, and whether there is no bias."""
        first = self.neurons[0]
        nin, _, rest = first.extra_repr().partition(",")
        return f"{nin}, {len(self.neurons)}{rest and ','}{rest}"


class Linear(_Neurons):
    """A linear layer, z = W·x + b: one sum wᵢ₀·x₀ + wᵢ₁·x₁ + … + bᵢ for each output.

    It gives a list, also of one output. Its outputs are neurons without activation, so that a
    `Layer` is a linear layer and an activation. PyTorch's Linear computes the same; there weights
    and biases start uniform in ±1 / √nin, here as those of a `Neuron`.

    Args:
        nin: how many inputs it has.
        nout: how many outputs.
        bias: whether a bias is added.
        rng: as for a `Neuron`.

    Attributes:
        neurons: one for each output, with its weights and bias.

    Example:
        >>> linear = Linear(2, 1, bias=False, rng=0)
        >>> linear
        Linear(2, 1, no bias): 2 parameters
          neurons.0: Neuron(2, no bias): 2 parameters
        >>> [z.label for z in linear.parameters()], len(linear([1.0, 2.0]))
        (['w0', 'w1'], 1)
    """

    __call__: "Callable[[Linear, Inputs], list[Value]]"

    def __init__(self, nin: int, nout: int, *, bias: bool = True, rng: Randomness = None) -> None:
        super().__init__(nin, nout, None, bias, rng)


class Layer(_Neurons):
    """Neurons that share their inputs.

    Args:
        nin: how many inputs each neuron has.
        nout: how many neurons there are.
        activation, rng: as for a `Neuron`.

    Attributes:
        neurons: the neurons.

    Example:
        >>> layer = Layer(3, 2, rng=0)
        >>> [type(out).__name__ for out in layer([1.0, 2.0, 3.0])]
        ['Value', 'Value']
    """

    __call__: "Callable[[Layer, Inputs], Outputs]"

    def __init__(
        self, nin: int, nout: int, activation: Activation = "tanh", *, rng: Randomness = None
    ) -> None:
        super().__init__(nin, nout, activation, True, rng)

    def forward(self, inputs: Any) -> Any:
        """A list with the output of every neuron; of one neuron its output alone."""
        outputs = super().forward(inputs)
        return outputs[0] if len(outputs) == 1 else outputs


class MLP(Module):
    """A multi-layer perceptron: layers one after the other, the last one linear if not told else.

    Args:
        nin: how many inputs it has.
        nouts: how many neurons each layer has; the last number is that of the outputs.
        activation: of every layer but the last, as for a `Neuron`.
        output_activation: of the last layer: None, or ``"tanh"`` for micrograd's first MLP.
        rng: as for a `Neuron`.

    Attributes:
        layers: the layers.

    Example:
        >>> MLP(2, [3, 1], rng=0)
        MLP(2, [3, 1], tanh): 13 parameters
          layers.0: Layer(2, 3, tanh): 9 parameters
            neurons.0 to neurons.2: 3 x Neuron(2, tanh): 3 parameters
          layers.1: Layer(3, 1): 4 parameters
            neurons.0: Neuron(3): 4 parameters
    """

    layers: list[Layer]
    __call__: "Callable[[MLP, Inputs], Outputs]"

    def __init__(
        self,
        nin: int,
        nouts: Sequence[int],
        activation: Activation = "tanh",
        *,
        output_activation: Activation = None,
        rng: Randomness = None,
    ) -> None:
        if not isinstance(nouts, (list, tuple)):
            raise TypeError(
                f"nouts lists the size of every layer, such as [16, 1], got {short_repr(nouts)}"
            )
        if not nouts:
            raise ValueError("nouts needs at least one size, that of the output layer")
        names = ["nin", *(f"nouts[{i}]" for i in range(len(nouts)))]
        sizes = [
            positive_int(name, given) for name, given in zip(names, [nin, *nouts], strict=True)
        ]
        hidden, output = check_activation(activation), check_activation(output_activation)
        activations, generator = [*[hidden] * (len(nouts) - 1), output], generator_of(rng)
        self.layers = [
            Layer(before, after, one, rng=generator)
            for before, after, one in zip(sizes, nouts, activations, strict=False)
        ]

    def forward(self, inputs: Any) -> Any:
        """The outputs of the last layer: a list, or one Value."""
        for layer in self.layers:
            inputs = layer(inputs)
        return inputs

    def extra_repr(self) -> str:
        """The number of inputs, the size of every layer, and the activations."""
        nouts = [len(layer.neurons) for layer in self.layers]
        first, last = self.layers[0].neurons[0], self.layers[-1].neurons[0]
        hidden = describe(first.activation) if len(nouts) > 1 else ""
        output = describe(last.activation).replace(", ", ", output ", 1)
        return f"{len(first.weights)}, {nouts}{hidden}{output}"
