"""Axes of a batch: which parts of its arguments have an entry for each sample."""

from typing import Any, NamedTuple

import pytest

from autograd import vmap
from autograd.transforms.axes import are_nested, axes_of, check_axes, parts_of


class Pair(NamedTuple):
    a: Any
    b: Any


def test_one_axis_is_for_all_arguments() -> None:
    assert axes_of(0, 2) == (0, 0)
    assert axes_of([0, None], 2) == [0, None]


@pytest.mark.parametrize(
    ("axes", "end"),
    [
        (1, "got 1. For samples at another axis pass list(zip(*x)), or x.T of an array"),
        ((0, 2), "got (0, 2). For samples at another axis pass list(zip(*x)), or x.T of an array"),
        ("x", "got 'x'"),
        (True, "got True"),
        ((0, 1.5), "got (0, 1.5)"),
        (
            {"a": 0},
            "got {'a': 0}. For the parts of the only argument write in_axes=({'a': 0},)",
        ),
    ],
)
def test_other_axes_are_refused_with_what_helps(axes: Any, end: str) -> None:
    with pytest.raises(ValueError, match=r"^in_axes is 0, ") as caught:
        check_axes(axes)
    assert str(caught.value).endswith(end)


@pytest.mark.parametrize("axes", [({"x": 0},), [None, (0, None)], ((),), (0, Pair(0, None))])
def test_axes_of_parts_are_nested(axes: Any) -> None:
    assert are_nested(axes)
    assert not any(map(are_nested, (0, None, (0, None), [0])))


def test_arguments_are_taken_apart_as_far_as_their_axes_are() -> None:
    args = [{"x": [1.0], "w": {"a": 2.0}}, Pair([3.0], (4.0, [5.0]))]
    found = parts_of(args, ({"w": None, "x": 0}, (0, (None, 0))))
    assert found.parts == [[1.0], {"a": 2.0}, [3.0], 4.0, [5.0]]
    assert found.mapped == [True, False, True, False, True]
    assert found.names == [
        "argument 0['x']",
        "argument 0['w']",
        "argument 1[0]",
        "argument 1[1][0]",
        "argument 1[1][1]",
    ]


def test_a_function_of_the_parts_puts_them_together_again() -> None:
    args = [{"x": [1.0], "w": 2.0}, Pair([3.0], 4.0), 5.0]
    found = parts_of(args, ({"w": None, "x": 0}, (0, None), None))
    given = found.function(lambda *args, k: (args, k))(*found.parts, k=6.0)
    assert repr(given) == repr((tuple(args), 6.0))


def test_parts_of_one_structure_have_one_treedef_whatever_their_numbers() -> None:
    axes = ({"x": 0, "w": None},)
    first, second, other = (
        parts_of([x], axes).treedef
        for x in ({"x": [1.0], "w": 2.0}, {"x": [3.0, 4.0], "w": 5.0}, {"w": 2.0, "x": [1.0]})
    )
    assert first == second != other


@pytest.mark.parametrize(
    ("axes", "given"),
    [({0: 0, 1: 0}, [[1.0, 2.0], [3.0, 4.0]]), ([0, 0], {0: [1.0, 2.0], 1: [3.0, 4.0]})],
)
def test_a_dict_of_axes_is_for_a_dict_alone_whatever_its_keys(axes: Any, given: Any) -> None:
    with pytest.raises(ValueError, match="in_axes for argument 0 is"):
        vmap(lambda x: x[0] * x[1], (axes,))(given)
