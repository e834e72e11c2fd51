"""The driver: code in LLVM's language that calls the kernels, and their calling convention.

A program is a row of numbers: for each kernel its own number, the size of its part of the row,
how many blocks and terms it has, and its table. So compiling costs the same for any graph, and
kernels are shared by all programs.
"""

SIGNATURE = (
    "(ptr noalias %memory, ptr noalias readonly %numbers, "
    "i64 %first, i64 %stop, i64 %shift, i64 %stride)"
)
# Addresses relative to the memory: where a lookup out of range leaves the index and the count.
BAD_INDEX, BAD_COUNT = -1, -2
HEADER = 4  # numbers before a table: kind, size, blocks, terms
SLAB = 3  # numbers in the table of a loop, before its body
COUNTS = 2  # numbers in the table of a repeat, before its copies
COPY = 5  # numbers of each of these


def row_numbers(*names: str) -> str:
    """The lines that read the numbers of a row after its kind and size, and give them names."""
    return "\n".join(
        line
        for place, name in enumerate(names, 2)
        for line in (
            f"  %{name}.place = getelementptr inbounds i32, ptr %numbers, i64 {place}",
            f"  %{name}.short = load i32, ptr %{name}.place, align 4",
            f"  %{name} = zext i32 %{name}.short to i64",
        )
    )


def driver(most: int) -> str:
    """The functions that call kernels: ``run``, ``run_slab`` for a slab of samples, and the kernels
    of a loop and of a repeat; and ``functions``, the table of the addresses of kernels.

    Args:
        most: how many addresses it has room for.
    """
    outside = _RUN
    for ours, theirs in _OUTSIDE.items():
        outside = outside.replace(ours, theirs)
    return (
        (_RUN + outside + _DRIVER)
        .replace("MOST", str(most))
        .replace("NUMBERS_OF_LOOP", row_numbers("blocks", "terms", "slab", "frame", "apart"))
        .replace("NUMBERS_OF_REPEAT", row_numbers("blocks", "runs", "before", "after"))
        .replace("SIGNATURE", SIGNATURE)
        .replace("HEADER", str(HEADER))
        .replace("BODY", str(HEADER + SLAB))
        .replace("COPIES", str(HEADER + COUNTS))
        .replace("COPY", str(COPY))
        .replace("BAD_COUNT", str(BAD_COUNT))
    )


_RUN = """
define void @run_slab(ptr noalias %memory, ptr noalias %program, i64 %count,
                      i64 %first, i64 %stop, i64 %shift, i64 %stride) {
entry:
  %some = icmp ne i64 %count, 0
  br i1 %some, label %next, label %exit
next:
  %i = phi i64 [ 0, %entry ], [ %i.next, %next ]
  %numbers = phi ptr [ %program, %entry ], [ %numbers.next, %next ]
  %kind.short = load i32, ptr %numbers, align 4
  %kind = zext i32 %kind.short to i64
  %function.place = getelementptr inbounds ptr, ptr @functions, i64 %kind
  %function = load ptr, ptr %function.place, align 8
  call void %function(ptr %memory, ptr %numbers, i64 %first, i64 %stop, i64 %shift, i64 %stride)
  %size.place = getelementptr inbounds i32, ptr %numbers, i64 1
  %size.short = load i32, ptr %size.place, align 4
  %size = zext i32 %size.short to i64
  %numbers.next = getelementptr inbounds i32, ptr %numbers, i64 %size
  %i.next = add nuw i64 %i, 1
  %more = icmp ult i64 %i.next, %count
  br i1 %more, label %next, label %exit
exit:
  ret void
}
"""
_OUTSIDE = {  # of a loop no kernel reads which samples are meant
    "@run_slab": "@run",
    ",\n                      i64 %first, i64 %stop, i64 %shift, i64 %stride": "",
    "i64 %first, i64 %stop, i64 %shift, i64 %stride": "i64 undef, i64 undef, i64 undef, i64 undef",
}

_DRIVER = """
@functions = global [MOST x ptr] zeroinitializer, align 8

; blocks: how many kernels are in the body; terms: the address of the number of samples; table: how
; many of these a slab has, and the shift and the stride of its frames (`ir/frames.py`)
define void @loop_kernelSIGNATURE {
entry:
NUMBERS_OF_LOOP
  %count.place = getelementptr inbounds double, ptr %memory, i64 %terms
  %count.number = load double, ptr %count.place, align 8
  %count = fptoui double %count.number to i64
  %body = getelementptr inbounds i32, ptr %numbers, i64 BODY
  br label %test
test:
  %sample = phi i64 [ 0, %entry ], [ %sample.next, %some ]
  %more = icmp ult i64 %sample, %count
  br i1 %more, label %some, label %exit
some:
  %sample.next = add nuw i64 %sample, %slab
  %whole = icmp ule i64 %sample.next, %count
  %end = select i1 %whole, i64 %sample.next, i64 %count
  call void @run_slab(ptr %memory, ptr %body, i64 %blocks,
                      i64 %sample, i64 %end, i64 %frame, i64 %apart)
  br label %test
exit:
  ret void
}

; blocks: how many kernels are in the body; terms: how many runs there are; table: how many copies
; come before and after each run, these, and then the body (`ir/program.py`)
define void @repeat_kernelSIGNATURE {
entry:
NUMBERS_OF_REPEAT
  %copies = getelementptr inbounds i32, ptr %numbers, i64 COPIES
  %before.size = mul i64 %before, COPY
  %copies.last = getelementptr inbounds i32, ptr %copies, i64 %before.size
  %after.size = mul i64 %after, COPY
  %body = getelementptr inbounds i32, ptr %copies.last, i64 %after.size
  br label %test
test:
  %i = phi i64 [ 0, %entry ], [ %i.next, %some ]
  %more = icmp ult i64 %i, %runs
  br i1 %more, label %some, label %exit
some:
  call void @copies(ptr %memory, ptr %copies, i64 %before, i64 %i)
  call void @run(ptr %memory, ptr %body, i64 %blocks)
  call void @copies(ptr %memory, ptr %copies.last, i64 %after, i64 %i)
  %i.next = add nuw i64 %i, 1
  br label %test
exit:
  ret void
}

; the copies of run i: for each where it reads and how far apart, where it writes, and how many
define void @copies(ptr %memory, ptr %table, i64 %count, i64 %i) {
entry:
  br label %test
test:
  %n = phi i64 [ 0, %entry ], [ %n.next, %some ]
  %row = phi ptr [ %table, %entry ], [ %row.next, %some ]
  %more = icmp ult i64 %n, %count
  br i1 %more, label %some, label %exit
some:
  %numbers = load <4 x i32>, ptr %row, align 4
  %wide = sext <4 x i32> %numbers to <4 x i64>
  %source.first = extractelement <4 x i64> %wide, i64 0
  %source.apart = extractelement <4 x i64> %wide, i64 1
  %target.first = extractelement <4 x i64> %wide, i64 2
  %target.apart = extractelement <4 x i64> %wide, i64 3
  %source.shift = mul i64 %source.apart, %i
  %source.at = add i64 %source.first, %source.shift
  %source = getelementptr double, ptr %memory, i64 %source.at
  %target.shift = mul i64 %target.apart, %i
  %target.at = add i64 %target.first, %target.shift
  %target = getelementptr double, ptr %memory, i64 %target.at
  %size.place = getelementptr inbounds i32, ptr %row, i64 4
  %size.short = load i32, ptr %size.place, align 4
  %size.numbers = zext i32 %size.short to i64
  %size = shl i64 %size.numbers, 3
  call void @llvm.memmove.p0.p0.i64(ptr %target, ptr %source, i64 %size, i1 false)
  %row.next = getelementptr inbounds i32, ptr %row, i64 COPY
  %n.next = add nuw i64 %n, 1
  br label %test
exit:
  ret void
}

; run with one argument, which points to the others: half the time of a call from Python
define void @call(ptr %what) {
  %memory = load ptr, ptr %what, align 8
  %program.place = getelementptr inbounds i64, ptr %what, i64 1
  %program = load ptr, ptr %program.place, align 8
  %count.place = getelementptr inbounds i64, ptr %what, i64 2
  %count = load i64, ptr %count.place, align 8
  call void @run(ptr %memory, ptr %program, i64 %count)
  ret void
}

; run the program for each row of data, on the state that it leaves itself; gives the steps done
define i64 @repeat(ptr %memory, ptr %program, i64 %count, i64 %result, ptr %rows, ptr %results,
                   i64 %steps, i64 %state, i64 %datum, i64 %outputs) {
entry:
  %state.size = shl i64 %state, 3
  %datum.size = shl i64 %datum, 3
  %outputs.size = shl i64 %outputs, 3
  %given = getelementptr double, ptr %memory, i64 %state
  %made = getelementptr double, ptr %memory, i64 %result
  %output = getelementptr double, ptr %made, i64 %state
  %bad.place = getelementptr double, ptr %memory, i64 BAD_COUNT
  br label %test
test:
  %i = phi i64 [ 0, %entry ], [ %i.next, %good ]
  %row = phi ptr [ %rows, %entry ], [ %row.next, %good ]
  %kept = phi ptr [ %results, %entry ], [ %kept.next, %good ]
  %more = icmp ult i64 %i, %steps
  br i1 %more, label %next, label %exit
next:
  call void @llvm.memcpy.p0.p0.i64(ptr %given, ptr %row, i64 %datum.size, i1 false)
  call void @run(ptr %memory, ptr %program, i64 %count)
  %bad = load double, ptr %bad.place, align 8
  %wrong = fcmp une double %bad, 0.0
  br i1 %wrong, label %exit, label %good
good:
  call void @llvm.memcpy.p0.p0.i64(ptr %memory, ptr %made, i64 %state.size, i1 false)
  call void @llvm.memcpy.p0.p0.i64(ptr %kept, ptr %output, i64 %outputs.size, i1 false)
  %row.next = getelementptr double, ptr %row, i64 %datum
  %kept.next = getelementptr double, ptr %kept, i64 %outputs
  %i.next = add nuw i64 %i, 1
  br label %test
exit:
  ret i64 %i
}

declare void @llvm.memmove.p0.p0.i64(ptr, ptr, i64, i1)
declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)
"""
