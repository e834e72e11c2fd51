"""Which numbers a Value takes."""

import enum
import math
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from autograd import Value, constant
from autograd.compiler.tracing.outlived import outlive
from autograd.compiler.tracing.traced import traced_leaf
from autograd.engine.numbers import INSTEAD, ROUNDING, alike, number, same
from autograd.transforms.arrays import ArrayOfScalars


class Size(enum.IntEnum):
    THREE = 3


class Metres(float):
    pass


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (2, 2.0),
        (-(2**1000), -(2.0**1000)),
        (2**53 + 1, 2.0**53),
        (Size.THREE, 3.0),
        (Metres(2.5), 2.5),
        (np.float64(0.1), 0.1),
        (np.float32(0.5), 0.5),
        (np.float16(0.5), 0.5),
        (np.int8(-3), -3.0),
        (np.uint64(2**63), 2.0**63),
        (math.inf, math.inf),
    ],
)
def test_ints_floats_and_real_numpy_scalars_become_floats(given: Any, expected: float) -> None:
    assert number(given) == expected
    assert type(number(given)) is float


def test_a_float_is_itself() -> None:
    x = 0.1
    assert number(x) is x
    assert math.isnan(number(math.nan))
    assert math.copysign(1.0, number(-0.0)) == -1.0


def outlived() -> Any:
    kept = traced_leaf(1.0)
    outlive(kept, (None, 0))
    return kept


INSTEAD_OF: dict[str, Any] = {
    "Value": Value(1.0),
    "Constant": constant(1.0),
    "TracedValue": traced_leaf(1.0),
    "OutlivedValue": outlived(),
    "ArrayOfScalars": ArrayOfScalars([1.0], (1,)),
    "str": "1",
    "NoneType": None,
    "bool": True,
    "complex": 1j,
    "Decimal": Decimal(1),
    "Fraction": Fraction(1),
    "list": [1.0],
    "tuple": (1.0,),
    "ndarray": np.array([1.0]),
}


def test_every_advice_has_an_example_here() -> None:
    assert INSTEAD_OF.keys() == INSTEAD.keys()


@pytest.mark.parametrize("name", INSTEAD_OF)
def test_anything_else_is_a_type_error_with_the_advice_for_it(name: str) -> None:
    with pytest.raises(TypeError) as caught:
        number(INSTEAD_OF[name])
    told = {
        "ArrayOfScalars": "an array",
        "TracedValue": "a traced Value",
        "OutlivedValue": "a Value kept from a recording",
    }.get(name, name)
    assert str(caught.value) == f"a Value holds one real number, got {told}: {INSTEAD[name]}"


@pytest.mark.parametrize("given", [Value(1.0), constant(1.0), Value(1.0) * 2.0])
def test_where_a_plain_number_is_wanted_a_value_is_asked_for_its_data(given: Value) -> None:
    with pytest.raises(TypeError, match=r"^lr holds one real number, got \w+: pass its \.data$"):
        number(given, "lr")


class Lines(list[float]):
    pass


class Steps(Value):
    pass


OF_A_KIND = {
    "list": Lines([1.0]),
    "Value": Steps(1.0),
    "bool": np.bool_(True),
    "complex": np.complex64(1j),
}


@pytest.mark.parametrize("name", OF_A_KIND)
def test_a_class_made_of_another_has_the_advice_for_that(name: str) -> None:
    given = OF_A_KIND[name]
    with pytest.raises(TypeError) as caught:
        number(given)
    kind = type(given).__name__
    assert str(caught.value) == f"a Value holds one real number, got {kind}: {INSTEAD[name]}"


ELEMENTS, ONE = "make one Value per element", "pass one number"


@pytest.mark.parametrize(
    ("given", "of_a_value", "of_another"),
    [
        ({1.0}, ELEMENTS, ONE),
        (b"1", ELEMENTS, ONE),
        ([1.0], INSTEAD["list"], ONE),
        (np.array([1.0]), INSTEAD["ndarray"], ONE),
        ("1", INSTEAD["str"], INSTEAD["str"]),
        (None, INSTEAD["NoneType"], INSTEAD["NoneType"]),
        (object(), "pass an int or a float", "pass an int or a float"),
        (np.complex128(1j), INSTEAD["complex"], INSTEAD["complex"]),
        (np.array(1.0), "pass its number, array.item()", "pass its number, array.item()"),
        (len, *["pass the number that it gives, not the function"] * 2),
    ],
)
def test_the_advice_depends_on_what_was_given_and_for_what(
    given: Any, of_a_value: str, of_another: str
) -> None:
    told = f"holds one real number, got {type(given).__name__}:"
    for name, advice in (("a Value", of_a_value), ("lr", of_another), ("x", of_another)):
        with pytest.raises(TypeError) as caught:
            number(given, name)
        assert str(caught.value) == f"{name} {told} {advice}"
    with pytest.raises(TypeError, match=f"^lr {told} ask again$"):
        number(given, "lr", "ask again")


@pytest.mark.parametrize("given", [10**400, -(10**400)])
def test_an_int_beyond_the_floats_is_a_value_error_that_does_not_print_it(given: int) -> None:
    with pytest.raises(ValueError, match=r"an int of 1329 bits is beyond 1\.8e308"):
        number(given)


@pytest.mark.parametrize(
    ("x", "y", "equal", "close"),
    [
        (1.0, 1.0, True, True),
        (0.0, -0.0, False, True),
        (-0.0, -0.0, True, True),
        (math.nan, math.nan, True, True),
        (math.inf, math.inf, True, True),
        (math.inf, -math.inf, False, False),
        (math.inf, 1e308, False, False),
        (math.nan, 1.0, False, False),
        (1.0, 1.0 + ROUNDING / 2.0, False, True),
        (1.0, 1.0 + ROUNDING * 2.0, False, False),
        (0.0, 5e-324, False, False),
    ],
)
def test_equal_numbers_and_those_that_differ_by_rounding(
    x: float, y: float, equal: bool, close: bool
) -> None:
    assert (same(x, y), same(y, x), alike(x, y), alike(y, x)) == (equal, equal, close, close)
