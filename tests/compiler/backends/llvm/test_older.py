"""The code for LLVM 14 and 15: the same instructions, with types on pointers.

It ran with llvmlite 0.40 to 0.44, where all tests of the backends passed; none of these can be
installed beside a newer one, so here the text is looked at.
"""

import functools
import re

import pytest

from autograd.compiler.backends.llvm.driver import driver
from autograd.compiler.backends.llvm.kernels import IN_LOOP, KINDS, kernel
from autograd.compiler.backends.llvm.older import for_older
from autograd.engine import calculus as c
from autograd.formulas.lowering import FOLDS
from autograd.transforms.lane_sum import LANES
from tests.compiler.backends.test_backends import arity
from tests.compiler.backends.test_llvm import NATIVE

LINES = {
    "  %v1 = getelementptr inbounds i32, ptr %table, i64 2": [
        "  %v1.base = bitcast i8* %table to i32*",
        "  %v1.there = getelementptr inbounds i32, i32* %v1.base, i64 2",
        "  %v1 = bitcast i32* %v1.there to i8*",
    ],
    "  %f = getelementptr inbounds ptr, ptr inttoptr (i64 7 to ptr), i64 %kind": [
        "  %f.base = bitcast i8* inttoptr (i64 7 to i8*) to i8**",
        "  %f.there = getelementptr inbounds i8*, i8** %f.base, i64 %kind",
        "  %f = bitcast i8** %f.there to i8*",
    ],
    "  %v2 = load <8 x double>, ptr %v1, align 8": [
        "  %v2.from = bitcast i8* %v1 to <8 x double>*",
        "  %v2 = load <8 x double>, <8 x double>* %v2.from, align 8",
    ],
    "  store double 0x7FF0000000000000, ptr %v1, align 8": [
        "  %v1.to = bitcast i8* %v1 to double*",
        "  store double 0x7FF0000000000000, double* %v1.to, align 8",
    ],
    "  store <8 x double> <double 0x0, double 0x1>, ptr %v1, align 8": [
        "  %v1.to = bitcast i8* %v1 to <8 x double>*",
        "  store <8 x double> <double 0x0, double 0x1>, <8 x double>* %v1.to, align 8",
    ],
    "  call void %function(ptr %memory, ptr %numbers, i64 %first, i64 %stop)": [
        "  %function.typed = bitcast i8* %function to void (i8*, i8*, i64, i64, i64, i64)*",
        "  call void %function.typed(i8* %memory, i8* %numbers, i64 %first, i64 %stop)",
    ],
    "define void @f(ptr noalias %memory, i64 %ptrs) {": [
        "define void @f(i8* noalias %memory, i64 %ptrs) {"
    ],
    "  %row = phi ptr [ %rows, %entry ], [ %row.next, %good ]": [
        "  %row = phi i8* [ %rows, %entry ], [ %row.next, %good ]"
    ],
    "  %v4 = fadd double %v2, %v3": ["  %v4 = fadd double %v2, %v3"],
}


@pytest.mark.parametrize("line", LINES)
def test_a_pointer_is_cast_where_it_is_used(line: str) -> None:
    assert for_older(line).splitlines()[-len(LINES[line]) :] == LINES[line]


@functools.cache
def everything() -> str:
    """The driver, and kernels of all kinds and ops."""
    maps = [
        ("map", op, "rr" if op in FOLDS else "r" * arity(op), w)
        for op in NATIVE
        for w in (1, LANES)
    ]
    maps.append(("map", c.div, "rs", LANES))
    sums = [("sum", True, ((True, "rs", 0), (False, "r", 2)), w, w > 1) for w in (1, LANES)]
    sums.append(("sum", True, ((True, "rs", 1), (False, "r", 2)), LANES, True))
    tiles = [("tile", begins, True, "sr", 8, not begins, begins) for begins in (False, True)]
    others = [
        ("pack",),
        ("blend", "rs"),
        ("transpose",),
        ("gather", "r", LANES),
        ("gather_row",),
        ("scatter", "rs", LANES),
        ("scatter_vectors", "rs"),
        ("into_lanes",),
        ("out_of_lanes", "r"),
        ("rows_into_lanes",),
        ("rows_out_of_lanes",),
        ("lane_sums",),
    ]
    inside = [("add_lanes", "r"), ("products", 4, 3, True)]
    names = [*maps, *sums, *tiles, *others, *inside]
    assert {name[0] for name in names} >= KINDS.keys() - {"fold"}
    names += [(IN_LOOP, *name) for name in names]
    text = "\n".join(kernel(f"k{i}", name)[0] for i, name in enumerate(names))
    return for_older(driver(16) + text)


def test_no_pointer_is_left_without_a_type() -> None:
    lines = everything().splitlines()
    assert not [line for line in lines if re.search(r"\bptr\b", line)]
    for line in lines:
        if re.search("(?:getelementptr|load|store) ", line):
            assert re.search(r"(?:i8|i32|i64|double|>|\*)\* [%b]", line), line


def test_every_function_that_llvm_knows_is_declared_once() -> None:
    text = everything()
    declared = re.findall(r"^declare .* (@llvm\.[\w.]+)\(", text, re.MULTILINE)
    called = re.findall(r"call .*? (@llvm\.[\w.]+)\(", text)
    assert set(called) <= set(declared)
    assert len(declared) == len(set(declared))
