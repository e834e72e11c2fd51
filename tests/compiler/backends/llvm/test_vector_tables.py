"""The tables of the vector functions: powers of two, and quotients with their logarithms."""

import math
from fractions import Fraction

from autograd.compiler.backends.llvm.vector_tables import PARTS, powers, quotients


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
