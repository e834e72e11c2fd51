"""The tables of the vector functions: powers of two, and quotients with their logarithms.

They are those of the optimized routines of Arm (2018, MIT licence), which glibc has had since 2.28.
Almost everything is computed here; only the quotients of log, which were found by search, are
listed.
"""

import functools
import math
from decimal import Decimal, localcontext

from .vector_code import as_float

PARTS = 128  # into which each table divides an octave
MIDDLE_BITS = 0x3FE6955500000000  # the bits of 0.7057, where the octave of pow begins
DIGITS = 36

# About 1/z in the middle of each part of [0.6875, 1.375), in 2^-53, a little off it so that the
# logarithm is nearly a multiple of 2^-43.
_QUOTIENTS = """
2e69e187c1bd3e 2e26f0d459d23e 2de4c011f56b40 2da34c3e2718fa 2d6292178b69a2 2d228e665e1974
2ce33e30448446 2ca49f334a3db2 2c66ad551e4988 2c2966d73bb828 2becc8a58cb898 2bb0cf6b22589e
2b757996b721bc 2b3ac3e5b234f0 2b00ac248cad0e 2ac72f9dced7a6 2a8e4bc54eff26 2a55fe840c8b06
2a1e45b7657bbe 29e71e8e69bdae 29b0879fbc5080 297a7d80f14790 2944ff87c04b14 29100a49a90868
28db9c36325a16 28a7b3a67230a8 28744e896908b4 28416a822bf1f6 280f05b47de962 27dd1ebaaffd1e
27abb3401699d2 277ac180218256 274a4856ebb570 271a459b3fa004 26eab78b08f438 26bb9c935a6dc4
268cf3309ba880 265eb99dff9648 2630eeeb421a92 2603906e7c7320 25d69d772bf082 25aa14043353a2
257df3516ffa54 255238f4183756 2526e4c0296a60 24fbf4aeaf43ea 24d167363a777e 24a73b071feb7a
247d6f55921076 2454025752816c 242af32d988264 2402403ba5f936 23d9e8929a9016 23b1eaa51ecad2
238a4622aefcf8 2362f8e9964dd2 233c021858356c 231560f76ce17a 22ef144bdf796c 22c91a6a9863b4
22a373204ebfba 227e1d4865a498 225916e421f3b4 22346051d96a62 220ff7b508695e 21ebdc1e9cd766
21c80cba553f9c 21a488c6594a42 21814ef9c53034 215e5f078c6da2 213bb731402672 2119575ea5cfbe
20f73e5e9c51f6 20d56b186b1e32 20b3dd4bd9f258 2092939ba25920 20718d8de15b52 2050ca26f26552
2030484fd4e690 2010080c29632a 1fe01ff726fa1a 1fa11cc261ea74 1f6310b081992e 1f25f63ceeadcd
1ee9c8039113e7 1eae8078cbb1ab 1e741aa29d0c9b 1e3a91830a99b5 1e01e009609a56 1dca01e577bb98
1d92f20b7c9103 1d5cac66fb5cce 1d272caa5ede9d 1cf26e3e6b2ccd 1cbe6da2a77902 1c8b266d37086d
1c5894bd5d5804 1c26b533bb9f8c 1bf583eeece73f 1bc4fd75db96c1 1b951e0c864a28 1b65e2c5ef3e2c
1b374867c9888b 1b094b211d304a 1adbe885f2ef7e 1aaf1d31603da2 1a82e63fd358a7 1a5740ef09738b
1a2c2a90ab4b27 1a01a01393f2d1 19d79f24db3c1b 19ae2505c7b190 19852ef297ce2f 195cbaeea44b75
1934c69de74838 190d4f2f6752e6 18e6528effd79d 18bfce9fcc007c 1899c0dabec30e 187427aa2317fb
184f00acb39a08 182a49e8653e55 18060195f40260 17e22563e0a329 17beb377dcb5ad 179baa679725c2
177907f2170657 1756cadbd6130c
"""


@functools.cache
def powers() -> tuple[tuple[float, ...], tuple[float, ...]]:
    """2^(i/128) for i below 128, and by how much of itself each is too small."""
    with localcontext() as context:
        context.prec = DIGITS
        step, power = Decimal(2) ** (1 / Decimal(PARTS)), Decimal(1)
        rounded, missing = [], []
        for _ in range(PARTS):
            rounded.append(float(power))
            missing.append(float(power / Decimal(rounded[-1]) - 1))
            power *= step
    return tuple(rounded), tuple(missing)


@functools.cache
def quotients() -> tuple[tuple[float, ...], tuple[float, ...]]:
    """1/c for a c in each of 128 parts of [0.6875, 1.375), and log(c) to 43 bits."""
    found = tuple(int(word, 16) / 2**53 for word in _QUOTIENTS.split())
    # No logarithm is near the middle between two multiples, so any library's rounds to the same.
    return found, tuple(round(-math.log(x) * 2**43) / 2**43 for x in found)


@functools.cache
def short_quotients() -> tuple[tuple[float, ...], ...]:
    """1/c of eight bits for a c near the middle of each part of [0.7057, 1.4114), and log(c).

    The logarithm is in two parts, one of 43 bits and what is missing. With so few bits z/c - 1 of
    any z in a part is a float.
    """
    found, logarithms, missing = [], [], []
    for part in range(PARTS):
        middle = as_float(MIDDLE_BITS + (part << 45) + (1 << 44))
        finest = PARTS if middle < 1.0 else 2 * PARTS
        found.append(round(finest / middle) / finest)
        with localcontext() as context:
            context.prec = DIGITS
            logarithm = -Decimal(found[-1]).ln()
            logarithms.append(float(round(logarithm * 2**43)) / 2**43)
            missing.append(float(logarithm - Decimal(logarithms[-1])))
    return tuple(found), tuple(logarithms), tuple(missing)
