"""`explain`: what became of a function, in sizes and steps."""

from typing import Any

import pytest

import autograd as ag
from autograd import compile, vmap
from autograd.compiler.backends.choose import MODULES

SMALL = """\
recorded      2 nodes
simplified    2 operations
normal form   1 sums of products and maps
groups        1, each of them computed together
memory        16 floats: inputs 0 to 1, 1 constants, results 8 to 8
program       v is the memory, a -> b … c where results go; run by python
  v·v + v -> 8"""

WIDE = """\
recorded      5 nodes
simplified    7 operations
normal form   5 sums of products and maps
groups        2, each of them computed together
memory        24 floats: inputs 0 to 3, 0 constants, results 16 to 16
program       v is the memory, a -> b … c where results go; run by python
  4 × exp(v) -> 8 to 11
  Σ4 v -> 16"""

NOTHING = """\
recorded      0 nodes
simplified    0 operations
normal form   0 sums of products and maps
groups        0, each of them computed together
memory        8 floats: inputs 0 to 0, 0 constants, results 0 to 0
program       v is the memory, a -> b … c where results go; run by python"""


def shifted_product(x: Any, y: Any) -> Any:
    return x * y + 1.0


def sum_of_exponentials(xs: Any) -> Any:
    return ag.sum([ag.exp(x) for x in xs])


EXPLAINED: dict[str, tuple[Any, tuple[Any, ...], str]] = {
    "one group": (shifted_product, (2.0, 3.0), SMALL),
    "several in a group": (sum_of_exponentials, ([1.0] * 4,), WIDE),
    "no operations": (lambda x: x, (2.0,), NOTHING),
}


@pytest.mark.parametrize("name", EXPLAINED)
def test_a_small_function_is_explained_stage_by_stage(name: str) -> None:
    f, args, expected = EXPLAINED[name]
    compiled = compile(f, backend="python")
    compiled(*args)
    assert compiled.explain() == expected


def test_before_the_first_call_there_is_nothing_to_explain() -> None:
    compiled = compile(shifted_product)
    assert compiled.explain() == "nothing is recorded yet: call the function first"


def test_every_recording_is_explained() -> None:
    compiled = compile(sum_of_exponentials, backend="python")
    compiled([1.0])
    compiled([1.0] * 4)
    first, second = compiled.explain().split("\n\n")
    assert first.startswith("recorded      2 nodes")
    assert second == WIDE


@pytest.mark.parametrize("backend", MODULES)
def test_it_says_what_runs_the_program(backend: str) -> None:
    compiled = compile(shifted_product, backend=backend)
    compiled(2.0, 3.0)
    assert f"; run by {backend}\n" in compiled.explain()
    assert ("\ncode  " in compiled.explain()) == (backend == "llvm")


def test_a_long_program_is_cut_in_the_middle() -> None:
    def chain(x: Any) -> Any:
        for i in range(50):
            x = ag.sin(x) if i % 2 else ag.exp(x)
        return x

    compiled = compile(chain, backend="python")
    compiled(1.0)
    steps = [line for line in compiled.explain().splitlines() if line.startswith("  ")]
    assert (len(steps), steps[20]) == (41, "  … 10 more …")
    assert steps[0].startswith("  exp(v) -> ")
    assert steps[-1].startswith("  sin(v) -> ")


def test_the_loop_of_a_batch_is_shown_with_its_body_below() -> None:
    compiled = compile(vmap(lambda x: ag.exp(x), 0, "mean"), backend="python")
    compiled([1.0, 2.0])
    lines = compiled.explain().splitlines()
    start = lines.index("  for the samples, 8 at a time:")
    assert lines[start + 1].startswith("    exp(v) -> ")


def test_a_scan_is_explained_too() -> None:
    compiled = compile(lambda total, x: (total + x, total * x), backend="python")
    compiled.scan(0.0, [1.0, 2.0])
    assert compiled.explain().startswith("recorded      2 nodes")


def test_large_numbers_are_told_in_thousands() -> None:
    compiled = compile(lambda xs: [ag.exp(x) for x in xs], backend="python")
    compiled([1.0] * 1000)
    assert compiled.explain().startswith("recorded      1,000 nodes")
    assert "\nmemory        2,000 floats: inputs 0 to 999, " in compiled.explain()
