"""`explain`: what became of a function, in sizes and steps."""

import re
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
memory        16 floats, 128 bytes
  what       addresses  floats  bytes
  arguments  0 to 1          2     16
  constants  2               1      8
  results    8               1      8
  unused     the rest       12     96
program       v is the memory, a -> b … c where results go; run by python
  v·v + v -> 8"""

WIDE = """\
recorded      5 nodes
simplified    7 operations
normal form   5 sums of products and maps
groups        2, each of them computed together
memory        24 floats, 192 bytes
  what                  addresses  floats  bytes
  arguments             0 to 3          4     32
  intermediate results  8 to 11         4     32
  results               16              1      8
  unused                the rest       15    120
program       v is the memory, a -> b … c where results go; run by python
  4 × exp(v) -> 8 to 11
  Σ4 v -> 16"""

NOTHING = """\
recorded      0 nodes
simplified    0 operations
normal form   0 sums of products and maps
groups        0, each of them computed together
memory        8 floats, 64 bytes
  what       addresses  floats  bytes
  arguments  0               1      8
  results    0               1      8
  unused     the rest        7     56
program       v is the memory, a -> b … c where results go; run by python"""


def shifted_product(x: Any, y: Any) -> Any:
    return x * y + 1.0


def sum_of_exponentials(xs: Any) -> Any:
    return ag.sum([ag.exp(x) for x in xs])


def memory_of(compiled: Any) -> dict[str, list[str]]:
    """The rows of the table of the memory: addresses, floats and bytes of each part."""
    table = compiled.explain().partition(" bytes\n")[2].partition("\nprogram ")[0]
    rows = [re.split(r"  +", line.strip()) for line in table.splitlines()[1:]]
    return {what: rest for what, *rest in rows}


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
    steps = compiled.explain().partition("\nprogram ")[2].splitlines()[1:]
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
    assert "\nmemory        2,000 floats, 16,000 bytes\n" in compiled.explain()
    assert memory_of(compiled)["results"] == ["1,000 to 1,999", "1,000", "8,000"]


def test_the_memory_of_a_batch_has_room_for_samples_and_what_each_of_them_gives() -> None:
    compiled = compile(vmap(lambda w, x: [w * x, x, x], (None, 0)), backend="python")
    compiled(2.0, [1.0] * 5)
    assert memory_of(compiled) == {
        "arguments": ["0", "1", "8"],
        "how many samples": ["1 to 2", "2", "16"],
        "1,024 samples": ["3 to 1,026", "1,024", "8,192"],
        "intermediate results": ["4,104 to 4,119", "16", "128"],
        "results": ["1,032 to 4,103", "3,072", "24,576"],
        "unused": ["the rest", "5", "40"],
    }


def test_the_memory_of_a_sum_over_samples_has_one_result() -> None:
    compiled = compile(vmap(lambda x: ag.exp(x), reduce="sum"), backend="python")
    compiled([1.0] * 5)
    assert memory_of(compiled)["results"][1] == "1"


def test_the_partial_sums_of_all_lanes_are_intermediate_results() -> None:
    compiled = compile(lambda xs: vmap(lambda x: ag.exp(x), reduce="sum")(xs), backend="python")
    compiled([1.0] * 5)
    # Of x and exp(x) eight, as many partial sums, and 4 + 2 between these and the result.
    assert memory_of(compiled)["intermediate results"][1] == f"{8 + 8 + 8 + 4 + 2}"


def test_a_batch_inside_a_function_keeps_its_samples_between_arguments_and_results() -> None:
    compiled = compile(lambda xs: ag.sum(vmap(lambda x: x * x)(xs)), backend="python")
    compiled([1.0] * 20)
    memory = memory_of(compiled)
    assert (memory["arguments"][1], memory["results"][1]) == ("20", "1")
    assert memory["intermediate results"][1] == f"{8 + 8 + 20}"  # x and x·x in lanes, all x·x


@pytest.mark.parametrize("name", EXPLAINED)
def test_the_parts_of_the_memory_add_up_to_all_of_it(name: str) -> None:
    f, args, _ = EXPLAINED[name]
    compiled = compile(f, backend="python")
    compiled(*args)
    floats = [int(row[1].replace(",", "")) for row in memory_of(compiled).values()]
    (total,) = re.findall(r"(\S+) floats, ", compiled.explain())
    returned_argument = 1 if name == "no operations" else 0  # stands in two rows
    assert sum(floats) == int(total) + returned_argument
