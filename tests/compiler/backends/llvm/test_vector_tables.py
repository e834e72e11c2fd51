"""The tables of the vector functions: powers of two, and quotients with their logarithms."""

import math
from fractions import Fraction

from autograd.compiler.backends.llvm.vector_code import as_float
from autograd.compiler.backends.llvm.vector_tables import (
    MIDDLE_BITS,
    PARTS,
    powers,
    quotients,
    short_quotients,
)


def test_powers_of_two_have_twice_the_digits_of_a_float() -> None:
    for i, (rounded, missing) in enumerate(zip(*powers(), strict=True)):
        exact = Fraction(rounded) * (1 + Fraction(missing))
        assert abs(exact**PARTS / 2**i - 1) < 2**-90


def test_quotients_are_of_the_middle_of_each_part() -> None:
    for i, quotient in enumerate(quotients()[0]):
        number = (0x3FE6 << 48) + (i << 45) + (1 << 44)  # the bits of the middle
        exponent, fraction = number >> 52, number % 2**52
        middle = (1 + fraction / 2**52) * 2.0 ** (exponent - 1023)
        assert abs(quotient * middle - 1) < 2.0**-20


def test_logarithms_have_43_bits_and_belong_to_the_quotients() -> None:
    for quotient, logarithm in zip(*quotients(), strict=True):
        assert logarithm * 2**43 == round(logarithm * 2**43)
        assert abs(logarithm + math.log(quotient)) <= 2.0**-44


def test_short_quotients_leave_a_float_of_every_number_of_their_part() -> None:
    for i, quotient in enumerate(short_quotients()[0]):
        for end in (MIDDLE_BITS + (i << 45), MIDDLE_BITS + ((i + 1) << 45) - 1):
            rest = Fraction(as_float(end)) * Fraction(quotient) - 1
            assert Fraction(float(rest)) == rest
            assert abs(rest) < Fraction(1, PARTS)


def test_both_parts_of_a_logarithm_have_its_digits() -> None:
    for quotient, logarithm, missing in zip(*short_quotients(), strict=True):
        assert logarithm * 2**43 == round(logarithm * 2**43)
        assert abs(missing) <= 2.0**-44
        assert logarithm + missing == -math.log(quotient)
