"""`Module`: a part of a network that finds its parameters and groups the nodes it makes.

A module is any object with parameters in its attributes and a `forward` method. Calling it runs
`forward`, and every node made inside remembers the `Call`, so that a drawing can show a thousand
nodes as a few neurons or layers.
"""

import os
from collections.abc import Callable, Mapping
from typing import Any, Self
from weakref import ref

from ..engine.arguments import truth
from ..engine.commit import assign_gradients, clear_gradients, commit
from ..engine.errors import StateDictError
from ..engine.messages import describe_type
from ..engine.nesting import explaining_depth, far_inside
from ..engine.node import UNREACHED
from ..engine.protocols import displays
from ..engine.value import Value
from ..engine.watching import begin_outermost, end_outermost, running
from ..transforms.strict import refuse_recorded
from . import state_dict as states
from .calls import Call, call_inside
from .state_dict import IncompatibleKeys
from .structure import Structure, parameters_in, walk

_called: dict[int, "ref[Module]"] = {}  # those whose parameters are marked, by their ids


_INNERMOST_FIRST = "innermost first"  # marks the state of a deep Module


def _no_forward(self: "Module", *args: Any, **kwargs: Any) -> Any:
    # Not an abstract class: a Module that only holds others needs no forward.
    raise NotImplementedError(
        f"{type(self).__name__} has no forward(): define one, it is what a call runs"
    )


class Module(Structure):
    """A part of a network: subclass it, keep Values in attributes, define ``forward``.

    Attributes may hold Values and modules directly, or in lists, tuples and dicts: plain ones do
    what ParameterList, ModuleList and ModuleDict do in PyTorch. There is no ``super().__init__()``
    to call. A subclass may override ``__call__`` instead of ``forward``; its nodes then belong to
    no group.

    Attributes:
        training: whether the module is being trained, which `Dropout` asks: see `train`, `eval`.

    Example:
        >>> from autograd import Value
        >>> class Line(Module):
        ...     def __init__(self):
        ...         self.slope, self.offset = Value(2.0), Value(1.0)
        ...     def forward(self, x):
        ...         return self.slope * x + self.offset
        >>> y = Line()(3.0)
        >>> y.data, y.call.kind
        (7.0, 'Line')
    """

    forward: Callable[..., Any] = _no_forward
    training: bool = True

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """The result of ``forward``; the nodes made inside carry this call."""
        caller = running.get()
        if caller is None:
            return self._call_from_outside(args, kwargs)
        return call_inside(self, caller, args, kwargs)

    def _call_from_outside(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """A call that no other Module makes."""
        if id(self) not in _called:
            self._mark_parameters()
        call = Call(self)
        begun = begin_outermost(call)
        try:
            return self.forward(*args, **kwargs)
        except RecursionError:
            with explaining_depth(self, type(self).__name__):
                raise
        finally:
            end_outermost(begun)
            call.end()

    def _mark_parameters(self) -> None:
        """Mark the parameters as such, which is done at the first call."""
        key = id(self)
        _called[key] = ref(self, lambda _: _called.pop(key, None))
        for _ in parameters_in(self):
            pass

    def __reduce_ex__(self, protocol: Any) -> Any:
        """Support for `copy` and `pickle`; of a deep Module they get the innermost first."""
        made: Any = super().__reduce_ex__(protocol)
        plain = type(self).__setstate__ is Module.__setstate__
        inner = far_inside(self) if plain else []
        return (*made[:2], (_INNERMOST_FIRST, inner, made[2])) if inner else made

    def __setstate__(self, state: Any) -> None:
        """Take over attributes."""
        if isinstance(state, tuple) and state[0] == _INNERMOST_FIRST:
            state = state[2]
        attributes, slots = state if isinstance(state, tuple) else (state, None)
        vars(self).update(attributes or {})
        for name, x in (slots or {}).items():
            setattr(self, name, x)

    def named_parameters(self) -> list[tuple[str, Value]]:
        """The parameters, each once, with dotted names: all leaves but constants.

        Frozen ones are among them, as in PyTorch.

        Raises:
            ValueError: if two have one name, as with the dict keys ``1`` and ``"1"``.
            TypeError: for Values in a set, a deque or an array, where they have no names.

        Example:
            >>> from autograd.nn import Neuron
            >>> [name for name, _ in Neuron(2).named_parameters()]
            ['weights.0', 'weights.1', 'bias']
        """
        named: dict[str, Value] = {}
        for name, x in parameters_in(self):
            if named.setdefault(name, x) is not x:
                raise ValueError(
                    f"{type(self).__name__} has two parameters named {name!r}: rename the "
                    "attribute or the dict key of one"
                )
        return list(named.items())

    def parameters(self) -> list[Value]:
        """The parameters, each once, in the order of definition."""
        return [parameter for _, parameter in self.named_parameters()]

    def zero_grad(self) -> None:
        """Set the gradient of every parameter to 0."""
        clear_gradients(self.parameters())

    def set_gradients(self, gradients: Mapping[str, Any]) -> None:
        """Give each parameter the gradient with its name, of those that `value_and_grad` gives.

        So an optimizer can step with the gradients of a batch, in a compiled function too::

            mean_loss = vmap(value_and_grad(loss), in_axes=(None, 0, 0), reduce="mean")
            loss, gradients = mean_loss(model, xs, ys)
            model.set_gradients(gradients)
            optimizer.step()

        Raises:
            StateDictError: naming every missing or extra entry. Nothing has changed.
            TypeError: for gradients that are in no dict, or no numbers.

        Example:
            >>> from autograd import value_and_grad
            >>> from autograd.nn import Neuron
            >>> neuron = Neuron(1, None, rng=0)
            >>> value, gradients = value_and_grad(lambda neuron: neuron([3.0]))(neuron)
            >>> neuron.set_gradients(gradients)
            >>> [parameter.grad for parameter in neuron.parameters()]
            [3.0, 1.0]
        """
        if not isinstance(gradients, Mapping):
            raise TypeError(
                f"set_gradients takes gradients by name, got {describe_type(gradients)}: pass what "
                "value_and_grad or grad gives of the Module, or assign each parameter's grad"
            )
        parameters = dict(self.named_parameters())
        unfit = states.compare_names(parameters, gradients)
        states.check_fit(f"the gradients do not fit the {type(self).__name__}", unfit)
        assign_gradients((parameters[name], gradient) for name, gradient in gradients.items())

    def train(self, *, mode: bool = True) -> Self:
        """Set this module and those it holds to training, and return it.

        Args:
            mode: False does what `eval` does.
        """
        mode, name = truth("mode", mode), "train" if mode else "eval"
        refuse_recorded(f"{type(self).__name__}.{name}()")
        held = [x for _, x in walk(self) if isinstance(x, Module)]
        commit([(module, "training", mode) for module in (self, *held)])
        return self

    def eval(self) -> Self:
        """Set this module and those it holds to evaluation, and return it.

        Example:
            >>> from autograd.nn import Dropout
            >>> Dropout(0.5).eval()([1.0, 2.0])
            [1.0, 2.0]
        """
        return self.train(mode=False)

    def freeze(self) -> Self:
        """Let no gradient flow to the parameters until `unfreeze`, and return the module.

        As with ``requires_grad_(False)`` in PyTorch they stay among the parameters and in the
        state dict, and optimizers pass over them, whether they are made before or after. In a
        drawing they are constants. A parameter that another module holds too is frozen there too.

        Example:
            >>> from autograd.nn import Neuron
            >>> neuron = Neuron(1, rng=0).freeze()
            >>> neuron
            Neuron(1, tanh): 2 parameters, frozen
            >>> neuron.unfreeze()
            Neuron(1, tanh): 2 parameters
        """
        return self._set_frozen("freeze", True)

    def unfreeze(self) -> Self:
        """Let gradients flow to the parameters again, and return the module."""
        return self._set_frozen("unfreeze", False)

    def _set_frozen(self, name: str, frozen: bool) -> Self:
        refuse_recorded(f"{type(self).__name__}.{name}()")
        changing = [x for x in self.parameters() if x.is_constant is not frozen]
        for x in changing:
            if not hasattr(x, "__dict__"):
                raise TypeError(
                    f"{x.describe()} is a {type(x).__name__} without a __dict__, which has no room "
                    f"for a mark: {name} takes Values, or a subclass without __slots__"
                )
        grad = None if frozen else UNREACHED
        changes = [
            (x, *change) for x in changing for change in (("is_constant", frozen), ("_grad", grad))
        ]
        commit(changes)
        return self

    def state_dict(self) -> dict[str, float]:
        """The number of every parameter, by dotted name."""
        return {name: parameter.data for name, parameter in self.named_parameters()}

    def load_state_dict(
        self, state: Mapping[str, float], *, strict: bool = True
    ) -> IncompatibleKeys:
        """Give every parameter the number that `state` has for it.

        Args:
            state: a mapping from name to number.
            strict: False loads what fits, and leaves other parameters as they are.

        Returns:
            The names of parameters that the state lacks, as `missing_keys`, and of entries that
            are of no parameter, as `unexpected_keys`; both are empty if `strict`.

        Raises:
            StateDictError: naming every misshapen entry and, if `strict`, every missing or extra
                one. Nothing has changed.

        Example:
            >>> from autograd.nn import Neuron
            >>> Neuron(1, rng=0).load_state_dict({"bias": 1.0, "scale": 2.0}, strict=False)
            IncompatibleKeys(missing_keys=['weights.0'], unexpected_keys=['scale'])
        """
        refuse_recorded(f"{type(self).__name__}.load_state_dict()")
        parameters = dict(self.named_parameters())
        unfit = states.compare_names(parameters, state)
        if not truth("strict", strict):
            state = {name: x for name, x in state.items() if name in parameters}
        wanted = parameters if strict else state
        numbers = states.match_names(type(self).__name__, wanted, state)
        commit([(parameters[name], "_data", x) for name, x in numbers.items()])
        return unfit

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the state dict to a JSON file, which is replaced as a whole or not at all."""
        states.write(path, self.state_dict())

    def load(self, path: str | os.PathLike[str], *, strict: bool = True) -> IncompatibleKeys:
        """Read the state dict that `save` wrote. Reading runs no code from the file.

        Args:
            path: the file.
            strict: as for `load_state_dict`, and the same is returned.

        Raises:
            StateDictError: if it is no JSON file, or does not fit. Nothing has changed.
        """
        try:
            return self.load_state_dict(states.read(path), strict=strict)
        except StateDictError as error:
            error.add_note(f"while loading {os.fspath(path)}")
            raise

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return displays["module"](self)
