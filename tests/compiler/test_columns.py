"""Columns: the same results as sample by sample."""

from typing import Any, NamedTuple

import pytest

from autograd import Value
from autograd.compiler.columns import list_builder
from autograd.compiler.results import result_builder
from autograd.compiler.workspace import ArrayRows, ListRows
from autograd.nn import Linear

np = pytest.importorskip("numpy")


class Pair(NamedTuple):
    x: Any
    y: Any


class Empty(NamedTuple):
    pass


RESULTS: dict[str, Any] = {
    "a Jacobian by three arguments": [([1.0] * 3, [2.0], 3.0)] * 2,
    "a matrix in a tuple in a list": [([[1.0, 2.0], [3.0, 4.0]], Value(5.0)), ()],
    "rows of different lengths": [[1.0, 2.0], [3.0]],
    "a dict in a list": [{"b": 1.0, "a": [2.0]}, {"b": 3.0, "a": [4.0]}],
    "a named tuple in a list": [Pair(1.0, [2.0, 3.0]), Empty(), [[], [1.0]]],
    "a Module in a list": [Linear(2, 1, rng=0), 1.0],
    "empty ones": [(), {}, ([],), 1.0],
}


@pytest.mark.parametrize("name", RESULTS)
@pytest.mark.parametrize("arrays", [True, False])
@pytest.mark.parametrize("samples", [1, 3])
def test_columns_give_what_a_function_for_each_sample_gives(
    name: str, samples: int, arrays: bool
) -> None:
    given = RESULTS[name]
    leaves: list[Any] = [0.0]
    other: list[Any] = [0.0]
    by_column = list_builder(given, leaves, arrays, "the result")
    by_sample = result_builder(given, other, arrays)
    assert leaves == other
    numbers = np.random.default_rng(0).normal(size=(samples, len(leaves)))
    wanted = [by_sample(row) for row in (numbers if arrays else numbers.tolist())]
    lists = ListRows(memoryview(numbers.ravel()), *numbers.shape)
    found = by_column(ArrayRows(numbers) if arrays else lists)
    assert described(found) == described(wanted)
    assert len({id(x) for x in found}) == samples


def described(x: Any) -> Any:
    """The structure, with the types and bytes of what is inside."""
    if isinstance(x, np.ndarray):
        return x.shape, x.dtype, x.tobytes(), x.flags.writeable
    if isinstance(x, dict):
        return dict, [(key, described(item)) for key, item in x.items()]
    if isinstance(x, (list, tuple)):
        return type(x), [described(item) for item in x]
    return type(x), x.hex()


def test_an_error_names_the_place() -> None:
    with pytest.raises(TypeError, match=r"the result\[1\] is a str"):
        list_builder([1.0, "a"], [], True, "the result")
