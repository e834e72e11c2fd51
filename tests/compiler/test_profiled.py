"""The report of a profile: by line, by kernels, by group, the longest first."""

from autograd.compiler.profiled import SHOWN, Profile, ProfiledGroup

LOSS, STEP = "moons.py:12: return tanh(z)", "∂ moons.py:12: return tanh(z)"
PROFILE = Profile(
    24e-6,
    12e-6,
    [
        ProfiledGroup(6e-6, "160 × tanh(v)", "tanh", {LOSS: 1.0}),
        ProfiledGroup(3e-6, "16 × Σ2 v·v", "sum, pack", {LOSS: 0.25, STEP: 0.75}),
        ProfiledGroup(1e-6, "tanh(v)", "tanh", {STEP: 1.0}),
    ],
    "llvm",
)
REPORT = """\
a call takes 24.0 µs, 12.0 µs of it its program, run by llvm
3 groups, each timed by itself: 10.0 µs

        µs     %  line, or ∂ and the line whose derivatives it is
      6.75  67.5  moons.py:12: return tanh(z)
      3.25  32.5  ∂ moons.py:12: return tanh(z)

        µs     %  kernels
      7.00  70.0  tanh
      3.00  30.0  sum, pack

        µs     %  group, and the line that has most of it
      6.00  60.0  160 × tanh(v)  moons.py:12: return tanh(z)
      3.00  30.0  16 × Σ2 v·v    ∂ moons.py:12: return tanh(z)
      1.00  10.0  tanh(v)        ∂ moons.py:12: return tanh(z)"""


def test_the_report_has_a_table_by_line_by_kernels_and_by_group() -> None:
    assert str(PROFILE) == REPORT


def test_of_many_groups_the_longest_are_shown_and_the_others_added_up() -> None:
    groups = [ProfiledGroup(1e-6, "v·v", "sum", {LOSS: 1.0})] * (SHOWN + 5)
    *_, before, last = str(Profile(1.0, 1.0, groups, "python")).splitlines()
    assert before.split() == ["1.00", "4.0", "v·v", *LOSS.split()]
    assert last.split() == ["5.00", "20.0", "5", "more"]


def test_the_report_of_a_function_that_computes_nothing_has_no_rows() -> None:
    assert str(Profile(1e-6, 0.0, [], "python")).splitlines()[1] == (
        "0 groups, each timed by itself: 0.0 µs"
    )
