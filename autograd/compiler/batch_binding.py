"""Binding of a call of a batch: which parts of its arguments are mapped, shared or static."""

import functools
import inspect
from collections.abc import Hashable, Sequence
from typing import Any, NamedTuple

from ..transforms.axes import are_nested, axes_of, parts_of
from ..transforms.vmap import Batch
from .binding import BoundCall, Function, names_in_order, setting_of_static
from .call_structure import Piece, Places, structure
from .sample_blocks import SampleBlock, sample_at, samples_structure


class BatchCall(NamedTuple):
    """A call of a batch as it is recorded.

    Attributes:
        f: the function of one sample, of the arguments that are recorded.
        args: these, each of which is mapped as a whole or shared.
        names: what they are called.
        mapped: which of them have an entry for each sample.
        static: what tells calls with other static arguments, names or structures apart.
        fixed: the static arguments themselves.
    """

    f: Function
    args: Sequence[Any]
    names: Sequence[str]
    mapped: Sequence[bool]
    static: tuple[Hashable, ...]
    fixed: Sequence[Any]

    def structures(
        self, pieces: list[Piece], blocks: list[SampleBlock], places: Places | None = None
    ) -> tuple[Hashable, ...]:
        """The structure of each argument.

        Args:
            pieces: gets the numbers that samples share.
            blocks: gets those of each sample.
            places: as of `structure`.
        """
        return tuple(
            samples_structure(x, name, blocks) if there else structure(x, name, pieces, places)
            for x, name, there in zip(self.args, self.names, self.mapped, strict=True)
        )

    def sample(self, i: int) -> list[Any]:
        """The arguments of one sample."""
        pairs = zip(self.args, self.mapped, strict=True)
        return [sample_at(i, x) if there else x for x, there in pairs]


class _Passed:
    """How the arguments of a call go to the function of a batch.

    Attributes:
        axes: those of the arguments that are recorded, of those that are passed in order.
        args: these arguments, followed by those with a name.
        names: what they are called.
        fixed: the static arguments with their names.

    Raises:
        TypeError: if a static argument is mapped.
    """

    def __init__(
        self,
        batch: Batch,
        signature: inspect.Signature | None,
        static: Sequence[str],
        args: Sequence[Any],
        options: dict[str, Any],
    ) -> None:
        axes = axes_of(batch.in_axes, len(args))
        named = names_in_order(signature) if static else []
        self._fixed = {i: args[i] for i in range(min(len(args), len(named))) if named[i] in static}
        for i in self._fixed:
            if axes[i] is not None:
                raise TypeError(
                    f"{named[i]} is static, so all samples share it: give None for it in in_axes, "
                    f"got {axes[i]!r}, or pass it by name"
                )
        self._options = {name: x for name, x in options.items() if name in static}
        self._keywords = tuple(name for name in options if name not in static)
        self._places = [i for i in range(len(args)) if i not in self._fixed]
        self.axes = [axes[i] for i in self._places]
        self.args = [*(args[i] for i in self._places), *(options[x] for x in self._keywords)]
        self.names = [*(f"argument {i}" for i in self._places), *self._keywords]
        self.fixed = [*((named[i], x) for i, x in self._fixed.items()), *self._options.items()]

    def function(self, f: Function) -> Function:
        """A function of the arguments that are recorded, in order, with the others as they are."""
        if not (self._fixed or self._options or self._keywords):
            return f
        # These alone, for the function outlives the call and its arguments.
        fixed, options, keywords, places = self._fixed, self._options, self._keywords, self._places
        count = len(places)

        @functools.wraps(f, updated=())
        def call(*given: Any) -> Any:
            args = fixed | dict(zip(places, given, strict=False))
            named = dict(zip(keywords, given[count:], strict=True))
            return f(*(args[i] for i in range(len(args))), **named, **options)

        return call

    def key(self) -> tuple[Hashable, ...]:
        """What tells calls with other names or static arguments apart."""
        return (*self._keywords, *setting_of_static(self.fixed))


def bind_batch(
    batch: Batch,
    signature: inspect.Signature | None,
    static: Sequence[str],
    args: Sequence[Any],
    options: dict[str, Any],
) -> BatchCall:
    """The call of a batch, for the function of one sample; what has a name all samples share.

    Raises:
        TypeError: if a static argument is mapped, or is not hashable.
        ValueError: if the axes do not fit the arguments.
    """
    given = _Passed(batch, signature, static, args, options)
    f, fixed, count = given.function(batch.f), [x for _, x in given.fixed], len(given.axes)
    if not are_nested(given.axes):
        mapped = [*(axis == 0 for axis in given.axes), *[False] * (len(given.args) - count)]
        return BatchCall(f, given.args, given.names, mapped, given.key(), fixed)
    axes = [*given.axes, *[None] * (len(given.args) - count)]
    parts = parts_of(given.args, axes, given.names)
    static_key = (*given.key(), ("in parts", parts.treedef))
    names, mapped = parts.names, parts.mapped
    return BatchCall(parts.function(f), parts.parts, names, mapped, static_key, fixed)


def bind_whole_batch(
    batch: Batch,
    signature: inspect.Signature | None,
    static: Sequence[str],
    args: Sequence[Any],
    options: dict[str, Any],
) -> BoundCall:
    """The call of a batch as one of a function of all samples."""
    given = _Passed(batch, signature, static, args, options)
    return BoundCall(
        given.function(batch), given.args, given.names, given.key(), [x for _, x in given.fixed]
    )
