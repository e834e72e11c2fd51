"""The parameters of an optimizer: by name, and in groups that have settings of their own."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from itertools import islice
from typing import Any

from ..engine.messages import describe_type, list_few, pluralize, short_repr
from ..engine.value import Constant, Value
from ..nn.module import Module
from ..transforms.strict import refuse_recorded

Named = Module | Iterable[Value] | Iterable[tuple[str, Value]]
Parameters = Named | Sequence[Mapping[str, Any]]
Checks = Mapping[str, Callable[[str, Any], Any]]  # from a setting to what it is, or an error


def named_leaves(parameters: Named) -> dict[str, Value]:
    """The parameters by name, each checked to be a leaf that gets a gradient.

    Args:
        parameters: a Module or pairs of a name and a Value, which gives the names; or Values in
            order, whose names are their positions: "0", "1", ….
    """
    return _checked(_pairs(parameters, 0))


def _pairs(parameters: Any, start: int) -> Iterator[tuple[Any, Any]]:
    """The parameters with their names, or with positions from `start`."""
    if isinstance(parameters, Module):
        parameters = parameters.named_parameters()
    if not isinstance(parameters, Iterable) or isinstance(parameters, (Set, Mapping, str)):
        kind = type(parameters).__name__
        why = ", which has no order to know them by" if isinstance(parameters, Set) else ""
        raise TypeError(
            f"parameters is a list of Values, such as model.parameters(), got {kind}{why}"
        )
    for position, given in enumerate(parameters, start):
        is_pair = isinstance(given, tuple) and len(given) == 2
        yield given if is_pair else (str(position), given)


def _checked(pairs: Iterable[tuple[Any, Any]]) -> dict[str, Value]:
    found: dict[str, Value] = {}
    places: dict[Value, str] = {}
    for position, (name, x) in enumerate(pairs):
        if not isinstance(name, str):
            kind = describe_type(name)
            raise TypeError(f"the name of parameter {position} should be a str, is {kind}")
        if not isinstance(x, Value):
            advice = ": pass [p for m in models for p in m.parameters()]"
            raise TypeError(
                f"parameter {name} should be a Value, is {describe_type(x)}"
                f"{advice if isinstance(x, Module) else ''}"
            )
        constant = isinstance(x, Constant)  # and no parameter that is frozen, which may change
        if constant or not x.is_leaf:
            why = "a constant" if constant else x.describe()
            raise TypeError(f"parameter {name} should be a leaf with a gradient, is {why}")
        if x in places:
            raise ValueError(f"parameters {places[x]} and {name} are the same Value")
        if name in found:
            raise ValueError(f"two parameters have the name {short_repr(name)}")
        found[name], places[x] = x, name
    if not found:
        raise ValueError("there is no parameter to change: the list is empty")
    return found


class ParameterGroup:
    """Some of the parameters of an optimizer, and the settings for them.

    A setting is an attribute, or an item as in PyTorch, ``group["lr"]``, and may be assigned.

    Args:
        named: the parameters by name.
        settings: all settings.
        own: the names of the settings that are not those of the optimizer.
        checks: for each setting a function of its name and what was given.

    Attributes:
        names: the names of the parameters.
        parameters: the Values.
        own: the names of its own settings.
        checks: as given.
        is_traced: whether it stands for an argument of a function that is being recorded.
    """

    names: tuple[str, ...]
    parameters: tuple[Value, ...]
    own: frozenset[str]
    checks: Checks
    is_traced: bool

    def __init__(
        self,
        named: Mapping[str, Value],
        settings: Mapping[str, Any],
        own: Iterable[str],
        checks: Checks,
    ) -> None:
        vars(self).update(names=tuple(named), parameters=tuple(named.values()), checks=checks)
        vars(self).update(own=frozenset(own), is_traced=False)
        vars(self).update((name, checks[name](name, x)) for name, x in settings.items())

    @property
    def settings(self) -> dict[str, Any]:
        """All settings by name."""
        return {name: getattr(self, name) for name in self.checks}

    def __setattr__(self, name: str, x: Any) -> None:
        if name not in self.checks:
            raise self._absent(name)
        if not self.is_traced:
            refuse_recorded(f"{name} = …", "pass the optimizer as an argument")
        object.__setattr__(self, name, self.checks[name](name, x))

    def __getattr__(self, name: str) -> Any:
        raise self._absent(name)

    def __getitem__(self, name: str) -> Any:
        return self.parameters if name == "params" else getattr(self, name)

    def __setitem__(self, name: str, x: Any) -> None:
        setattr(self, name, x)

    def __iter__(self) -> Iterator[str]:
        return iter(["params", *self.checks])

    def __contains__(self, name: object) -> bool:
        return name in list(self)

    def keys(self) -> list[str]:
        """The names of the items: ``"params"`` and the settings."""
        return list(self)

    def _absent(self, name: str) -> AttributeError:
        known = list_few(vars(self).get("checks", ()), str)
        return AttributeError(f"there is no setting {name!r} here: there are {known}")

    def __repr__(self) -> str:
        told = [f"{name}={x!r}" for name, x in self.settings.items()]
        count = pluralize(len(self.parameters), "parameter")
        return f"ParameterGroup({', '.join([count, *told])})"


def parameter_groups(
    parameters: Any, settings: Mapping[str, Any], checks: Checks
) -> list[ParameterGroup]:
    """The groups that an optimizer was given; parameters without groups are one.

    Args:
        parameters: as an optimizer takes them.
        settings: what is set where a group does not say otherwise.
        checks: as for a `ParameterGroup`.
    """
    is_list = isinstance(parameters, (list, tuple))
    if not is_list or not any(isinstance(one, Mapping) for one in parameters):
        return [ParameterGroup(named_leaves(parameters), settings, (), checks)]
    parts: list[list[tuple[Any, Any]]] = []
    own = []
    for position, given in enumerate(parameters):
        if not isinstance(given, Mapping) or "params" not in given:
            raise TypeError(
                f"group {position} of the parameters should be a dict with the entry 'params', "
                f"such as {{'params': model.parameters(), 'lr': 0.01}}, got {short_repr(given)}"
            )
        own.append({name: x for name, x in given.items() if name != "params"})
        if unknown := own[-1].keys() - checks.keys():
            raise TypeError(
                f"group {position} of the parameters has no setting {list_few(sorted(unknown))}: "
                f"there are {list_few(checks, str)}"
            )
        parts.append(list(_pairs(given["params"], sum(map(len, parts)))))
        if not parts[-1]:
            raise ValueError(f"group {position} of the parameters is empty")
    named = iter(_checked(_told_apart(parts)).items())
    return [
        ParameterGroup(dict(islice(named, len(part))), {**settings, **one}, one, checks)
        for part, one in zip(parts, own, strict=True)
    ]


def _told_apart(parts: Sequence[Sequence[tuple[Any, Any]]]) -> list[tuple[Any, Any]]:
    """All parameters; if two groups have a name in common, the group is a part of every name."""
    names = [{name for name, _ in part} for part in parts]
    if len(set().union(*names)) == sum(map(len, names)):
        return [pair for part in parts for pair in part]
    return [(f"{i}.{name}", x) for i, part in enumerate(parts) for name, x in part]
