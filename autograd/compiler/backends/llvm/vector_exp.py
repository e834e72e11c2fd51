"""e to a power, for vectors: what exp, pow and erf have in common.

It is that of the optimized routines of Arm (2018, MIT licence), as glibc has it: see
`vector_functions.py`.
"""

from ....formulas.symbol import Symbol
from .vector_code import bits, fma
from .vector_tables import PARTS, powers

WHOLE = 1.5 * 2.0**52  # added to a float, it leaves its nearest integer in the lowest bits
INVERSE_OF_LN2 = 1.4426950408889634


def power_of_e(x: Symbol, low: Symbol | None = None) -> Symbol:
    """2^(k/128) · e^r, where k is the nearest integer to 128·x / ln 2; of x + low, if it is given.

    From 512 on the last step is another.
    """
    shifted = fma(x, PARTS * INVERSE_OF_LN2, WHOLE)
    k, words = shifted - WHOLE, bits(shifted)
    r = fma(k, -0x162E42FEFA0000 * 2.0**-60, x)
    r = fma(k, -0x1CF79ABC9E3B3A * 2.0**-99, r)
    r = r if low is None else r + low
    rounded, missing = powers()
    place = words & (PARTS - 1)
    scale = (bits(place.entries(rounded)) + ((words >> 7) << 52)).floats()
    squared = r * r
    more = fma(r, 0.16666666666665886, 0.49999999999996786)
    rest = fma(more, squared, r + place.entries(missing))
    more = fma(r, 0.008333335853059549, 0.0416666808410674)
    rest = fma(squared * squared, more, rest)
    return fma(scale, rest, scale)
