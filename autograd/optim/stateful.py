"""`Stateful`: what optimizers and schedules have in common, numbers that change from step to step.

These numbers have names in a state dict. A compiled function takes them as arguments, and gives
them back when it has run: so a training step is written once, interpreted or compiled.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any

from ..engine.commit import Changes, commit
from ..nn.state_dict import match_names
from ..transforms.strict import refuse_recorded


class Stateful(ABC):
    """The base class of what has numbers that change as it is used.

    Attributes:
        is_traced: whether it stands for an argument of a function that is being recorded.
        needs: what has to be an argument of such a function too.
        changing: the attributes that hold these numbers, or what `refers_to` gives.
    """

    is_traced = False
    needs = ""
    changing: frozenset[str] = frozenset()

    @abstractmethod
    def number_names(self) -> tuple[str, ...]:
        """The names in a state dict of the numbers that change."""

    @abstractmethod
    def numbers(self) -> list[Any]:
        """The numbers that change, in the order of their names; while recorded, nodes."""

    @abstractmethod
    def changes(self, numbers: Sequence[Any]) -> Changes:
        """What `commit` has to do to give it these numbers."""

    def fixed_parts(self) -> dict[str, Any]:
        """The settings by name, which do not change from step to step."""
        hidden = self.changing | {"is_traced"}
        return {name: x for name, x in vars(self).items() if name not in hidden}

    @abstractmethod
    def refers_to(self) -> list[Any]:
        """The objects whose numbers it changes besides its own."""

    @abstractmethod
    def refer_to(self, others: Sequence[Any]) -> None:
        """Refer to others in the place of these objects."""

    @abstractmethod
    def check_numbers(self, numbers: Mapping[str, float]) -> None:
        """Raise a StateDictError for impossible numbers."""

    def take_numbers(self, nodes: Sequence[Any]) -> None:
        """Become what stands for an argument, with nodes in the place of the numbers."""
        commit([*self.changes(nodes), (self, "is_traced", True)])

    def refuse_outside(self, method: str) -> None:
        """Raise in a function that is being recorded, unless this is an argument of it.

        Raises:
            TracedValueError: which says so.
        """
        if not self.is_traced:
            name = type(self).__name__
            refuse_recorded(
                f"{name}.{method}",
                f"pass model and {name} as arguments, as in compile(step)(model, optimizer, x, y) "
                "or compile(step).scan((model, optimizer), data)",
            )

    def state_dict(self) -> dict[str, float]:
        """The state by name: all that changes from step to step, for another one to go on with.

        The other settings are those that it is made with.
        """
        return dict(zip(self.number_names(), map(float, self.numbers()), strict=True))

    def load_state_dict(self, state: Mapping[str, float]) -> None:
        """Go on from where the one was whose state this is.

        Raises:
            StateDictError: naming every missing, extra or misshapen entry. Nothing has changed.
        """
        refuse_recorded(f"{type(self).__name__}.load_state_dict()")
        numbers = match_names(type(self).__name__, self.number_names(), state)
        self.check_numbers(numbers)
        commit(self.changes(list(numbers.values())))
