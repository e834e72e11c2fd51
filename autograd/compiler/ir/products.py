"""Products of a body that are added to partial sums, as those of the gradient of a matrix are:

    P[o][i] += g[o]·x[i]   for each o and i

A tile has up to four factors of either side and all products of these. Its partial sums stay in
registers for a whole slab of samples, and each factor is loaded once for four products. For eight
products there are then three loads, where one product after another takes four loads and a store
for each.
"""

from collections.abc import Sequence
from typing import NamedTuple

from .kernel import Kernel

SIDE = 4  # factors of either side of a tile: 16 sums and 8 factors fit into 32 registers


class Product(NamedTuple):
    """Two rows of which the product is added to eight partial sums.

    Attributes:
        sums: the address of these.
        left: the address of one factor.
        right: the address of the other.
    """

    sums: int
    left: int
    right: int


def product_kernels(products: Sequence[Product], subtracted: bool) -> list[Kernel]:
    """The kernels for these products, one for each shape of tiles.

    The table of a call holds for each tile the addresses of the factors of the left side, of those
    of the right side, and of the partial sums, for one left factor after another.
    """
    sums: dict[int, dict[int, list[int]]] = {}
    for product in products:
        sums.setdefault(product.left, {}).setdefault(product.right, []).append(product.sums)
    alike: dict[tuple[int, ...], list[int]] = {}  # left factors by what they are multiplied with
    for left, others in sums.items():
        alike.setdefault(tuple(x for x in sorted(others) for _ in others[x]), []).append(left)
    tables: dict[tuple[int, int], list[int]] = {}
    for rights, lefts in alike.items():
        for start in range(0, len(lefts), SIDE):
            some = lefts[start : start + SIDE]
            outs = [[x for right in sorted(sums[left]) for x in sums[left][right]] for left in some]
            for first in range(0, len(rights), SIDE):
                part = slice(first, first + SIDE)
                table = tables.setdefault((len(some), len(rights[part])), [])
                table += [*some, *rights[part], *(x for row in outs for x in row[part])]
    return [
        Kernel(("products", rows, columns, subtracted), len(table) // size, 0, table, [])
        for (rows, columns), table in tables.items()
        for size in [rows + columns + rows * columns]
    ]
