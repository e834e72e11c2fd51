"""Products that are added to partial sums, in tiles of four by four factors."""

import random

import pytest

from autograd.compiler.ir.kernel import Kernel
from autograd.compiler.ir.products import Product, product_kernels


def matrix(rows: int, columns: int) -> list[Product]:
    return [Product(1000 * i + j, 100 + i, 200 + j) for i in range(rows) for j in range(columns)]


def test_table_has_the_factors_of_either_side_and_then_the_sums() -> None:
    table = [100, 101, 200, 201, 202, 0, 1, 2, 1000, 1001, 1002]
    assert product_kernels(matrix(2, 3), False) == [
        Kernel(("products", 2, 3, False), 1, 0, table, [])
    ]


@pytest.mark.parametrize(
    ("rows", "columns", "shapes"),
    [
        (8, 4, {(4, 4): 2}),
        (4, 9, {(4, 4): 2, (4, 1): 1}),
        (5, 6, {(4, 4): 1, (4, 2): 1, (1, 4): 1, (1, 2): 1}),
        (1, 1, {(1, 1): 1}),
    ],
)
def test_matrix_is_cut_into_tiles(
    rows: int, columns: int, shapes: dict[tuple[int, int], int]
) -> None:
    made = product_kernels(matrix(rows, columns), True)
    assert {kernel.name[1:3]: kernel.blocks for kernel in made} == shapes
    assert all(kernel.name[3] for kernel in made)


def products_of(kernel: Kernel) -> list[Product]:
    """What a kernel computes."""
    _, rows, columns, _ = kernel.name
    found, table = [], iter(kernel.table)
    for _ in range(kernel.blocks):
        left = [next(table) for _ in range(rows)]
        right = [next(table) for _ in range(columns)]
        found += [Product(next(table), x, y) for x in left for y in right]
    return found


@pytest.mark.parametrize("seed", range(5))
def test_each_product_is_added_once_whatever_factors_it_has(seed: int) -> None:
    draw = random.Random(seed)
    products = [
        Product(1000 + i, draw.randrange(100, 107), draw.randrange(200, 206)) for i in range(60)
    ]
    made = [x for kernel in product_kernels(products, False) for x in products_of(kernel)]
    assert sorted(made) == sorted(products)
