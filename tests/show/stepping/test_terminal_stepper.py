"""The terminal stepper: what a page says, where a key leads, and the whole of it in a terminal."""

import io
import os
import pty
import select
import signal
import subprocess
import sys
import termios
import time
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

import autograd as ag
from autograd import Op, StaleGraphError, Value, constant
from autograd.cli import main as cli
from autograd.show.stepping.events import Contribute, Forward, Seed
from autograd.show.stepping.forward_mode import Push
from autograd.show.stepping.terminal import RESIZED, Lines
from autograd.show.stepping.terminal_stepper import (
    HELP,
    Run,
    State,
    _window,
    in_words,
    listing,
    page,
    place_after,
    state_after,
    step_through,
    table_after,
)

ROOT = Path(cli.__file__).parents[2]


def square() -> tuple[Value, Value]:
    """x, and y = x·x."""
    x = Value(3.0, "x")
    y = x * x
    y.label = "y"
    return x, y


def square_run() -> Run:
    return Run(square()[1])


def wide_run(count: int = 40) -> Run:
    """A sum of `count` numbers, built up one by one."""
    root = Value(0.0, "x0")
    for i in range(1, count):
        root = root + Value(float(i), f"x{i}")
    return Run(root)


# --- what is known after an event -----------------------------------------------------------


def test_a_gradient_is_unknown_then_partial_then_final() -> None:
    x, y = square()
    run = Run(y)
    states = [state_after(run.events[:count]) for count in range(len(run.events) + 1)]
    assert states[0] == State({}, {}, {})
    assert [state.found.get(x) for state in states] == [None] * 5 + [3.0, 6.0, 6.0]
    assert [state.status.get(x) for state in states[5:]] == ["1 of 2 uses", "final", "final"]
    assert [state.status.get(y) for state in states[:5]] == [None, None, None, "seed", "final"]
    assert states[-1].data == {x: 3.0, y: 9.0}


def test_the_last_state_has_the_gradients_of_backward() -> None:
    a, b = Value(2.0, "a"), Value(-3.0, "b")
    root = ag.tanh(a * b + a) * a
    found = state_after(Run(root).events).found
    root.backward()
    assert (found[a], found[b]) == (a.grad, b.grad)


def test_forward_mode_finds_tangents() -> None:
    x, y = square()
    state = state_after(Run(y, {x: 10.0}).events)
    assert (state.found, state.status) == ({x: 10.0, y: 60.0}, {x: "final", y: "final"})


def test_a_run_refuses_what_steps_refuses() -> None:
    x, y = square()
    root = y * 1.0
    with pytest.raises(TypeError, match="a Value, got float"):
        Run(3.0)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="not computed from"):
        Run(root, {Value(1.0): 1.0})
    x.data = 5.0
    ag.recompute(y)
    with pytest.raises(StaleGraphError):
        Run(root)


# --- where a key leads ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "place", "then"),
    [
        *[(key, 0, 1) for key in ("n", "enter", "space", "right")],
        *[(key, 6, 6) for key in ("n", "enter", "space", "right")],
        *[(key, 3, 2) for key in ("p", "left")],
        *[(key, 0, 0) for key in ("p", "left")],
        *[(key, 5, 0) for key in ("f", "home")],
        *[(key, 1, 6) for key in ("e", "end")],
        *[("b", place, 2) for place in range(7)],
        *[(key, 4, 4) for key in ("x", "é", RESIZED, "\x1b")],
    ],
)
def test_a_key_leads_to_an_event(key: str, place: int, then: int) -> None:
    assert place_after(key, place, square_run()) == then


def test_b_leads_to_the_seed_or_to_the_end_where_there_is_none() -> None:
    run = square_run()
    assert isinstance(run.events[place_after("b", 0, run)], Seed)
    assert place_after("b", 0, Run(constant(3.0))) == 0


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(["n", "p", "f", "b", "e", "left", "right", "?"]), max_size=30))
def test_no_key_leads_out_of_the_run(keys: list[str]) -> None:
    run, place = square_run(), 0
    for key in keys:
        place = place_after(key, place, run)
        assert 0 <= place < len(run.events)


# --- what a page says -----------------------------------------------------------------------


def test_a_page_of_the_backward_pass() -> None:
    lines, strong = page(square_run(), 4, 24)
    assert lines == [
        "y = x·x",
        "where x = 3",
        "event 5 of 7, backward pass",
        "",
        "   name  made by  data  gradient",
        "+  x     input    3     3         1 of 2 uses",
        ">  y     x·x      9     1         final",
        "",
        "y passes its gradient on to x, its operand 1: contribution 1 of 2",
        "rule                                        d(u·v)/du = v",
        "local derivative                            ∂y/∂x⁽¹⁾ = x = 3",
        "upstream × local derivative = contribution  1 × 3 = 3",
        "before + contribution = after               0 + 3 = 3",
        "why: the first of two, because x is used twice in y",
        "",
        "n next  p previous  q quit  ? help  f first  b backward pass  e end",
    ]
    assert strong == {6, 8}


def test_a_page_of_the_forward_pass_has_no_gradients_yet() -> None:
    lines, _ = page(square_run(), 0, 24)
    assert lines[2:9] == [
        "event 1 of 7, forward pass",
        "",
        "   name  made by  data  gradient",
        ">  x     input    3     –",
        "   y     x·x      –     –",
        "",
        "x = 3 is given",
    ]


def test_a_page_of_forward_mode() -> None:
    x, y = square()
    run = Run(y, {x: 2.0})
    lines, _ = page(run, 5, 24)
    assert lines[2:13] == [
        "event 6 of 7, forward mode",
        "",
        "   name  made by  data  tangent",
        ">  x     input    3     2        final",
        "+  y     x·x      9     12       final",
        "",
        "x passes its tangent on to y: contribution 2 of 2",
        "rule                                       d(u·v)/dv = u",
        "local derivative                           ∂y/∂x⁽²⁾ = x = 3",
        "tangent × local derivative = contribution  2 × 3 = 6",
        "before + contribution = after              6 + 6 = 12",
    ]
    assert in_words(run.events[2]) == ["Forward mode starts at x: its tangent is 2"]
    assert in_words(run.events[-1]) == ["The tangent of y = 12 is final"]


def test_leaves_say_what_they_are() -> None:
    parameter = Value(1.0, "w")
    parameter.mark_parameter()
    run = Run(parameter * Value(2.0, "x") + constant(3.0, "k"))
    assert [line[3:].rstrip(" –") for line in table_after(run, 0)] == [
        "name  made by    data  gradient",
        "w     parameter  1",
        "x     input",
        "t1    w·x",
        "k     constant",
        "root  t1 + k",
    ]


def test_a_zero_that_stops_an_infinite_derivative_is_said() -> None:
    x = Value(0.0, "x")
    (*_, event) = [e for e in Run(ag.sqrt(x) * 0.0).events if isinstance(e, Contribute)]
    assert in_words(event)[-2] == "(0 passes exactly 0 on here, whatever the derivative)"
    (push,) = [e for e in Run(ag.sqrt(x), {x: 0.0}).events if isinstance(e, Push)]
    assert in_words(push)[-1] == "(0 passes exactly 0 on here, whatever the derivative)"


def test_a_users_op_is_stepped_even_if_its_rule_takes_no_names() -> None:
    odd = Op("odd", lambda x: x, lambda x, out: 2.0 if x > 0.0 else 3.0)
    (event,) = [e for e in Run(odd(Value(1.0, "x"))).events if isinstance(e, Contribute)]
    assert any("∂root/∂x = 2" in line for line in in_words(event))


def test_a_tall_table_shows_what_is_around_the_event() -> None:
    run = wide_run()
    for place, event in enumerate(run.events):
        lines, _ = page(run, place, 24)
        assert len(lines) <= 24
        (marked,) = [line for line in lines if line.startswith(">")]
        assert marked.split()[1] == run.names[event.node]
        if isinstance(event, Contribute):
            (getting,) = [line for line in lines if line.startswith("+")]
            assert getting.split()[1] == run.names[event.parent]


def test_a_tall_table_says_how_much_it_leaves_out() -> None:
    run = wide_run()
    lines, _ = page(run, 40, 24)
    above, below = (int(line.split()[1]) for line in lines if line.endswith(("above", "below")))
    first, last = (place for place, line in enumerate(lines) if line.endswith(("above", "below")))
    assert above + (last - first - 1) + below == len(run.nodes)


def test_a_low_terminal_keeps_the_event_and_lets_the_formula_go() -> None:
    run = wide_run()
    for place in range(len(run.events)):
        lines, _ = page(run, place, 14)
        assert len(lines) <= 14
        assert any("event" in line for line in lines[:2])
    assert page(square_run(), 4, 13)[0][0] == "event 5 of 7, backward pass"


@pytest.mark.parametrize("height", [5, 6, 7, 8, 9, 10, 12])
def test_the_lowest_terminals_keep_the_arithmetic(height: int) -> None:
    run = square_run()
    for place, event in enumerate(run.events):
        lines, strong = page(run, place, height)
        assert len(lines) <= height
        said = in_words(event)[:height]  # the reason comes last
        assert lines[-len(said) :] == said or height > 8
        assert all(line in lines for line in said)
        assert max(strong) < len(lines)


def test_hostile_labels_take_one_line_and_send_no_escape() -> None:
    x = Value(1.0, "> +\n\x1b[2J\u202e数" + "w" * 100)
    run = Run(x * x)
    for place in range(len(run.events)):
        assert all("\n" not in line and "\x1b" not in line for line in page(run, place, 24)[0])
    assert "\x1b" not in listing(run)


def test_the_listing_has_every_event_and_then_the_gradients() -> None:
    assert listing(square_run()) == (
        "y = x·x\n"
        "where x = 3\n"
        "\n"
        "1  x = 3\n"
        "2  y = x·x = 9\n"
        "3  y.grad = 1, the seed\n"
        "4  y.grad = 1, final\n"
        "5  x.grad += 1.0 (upstream) × 3.0 (∂y/∂x) → 0 + 3 = 3, 1 of 2 uses\n"
        "6  x.grad += 1.0 (upstream) × 3.0 (∂y/∂x) → 3 + 3 = 6, final\n"
        "7  x.grad = 6, final\n"
        "\n"
        "name  made by  data  gradient\n"
        "x     input    3     6         final\n"
        "y     x·x      9     1         final"
    )


def test_a_constant_is_listed_without_a_backward_pass() -> None:
    run = Run(constant(3.0))
    assert all(isinstance(event, Forward) for event in run.events)
    assert listing(run).endswith("\nroot  constant  3     –")


def test_the_listing_has_one_minus_sign() -> None:
    x = Value(-3.0, "x")
    assert "−" not in listing(Run((x - 2.0) * -1.5))
    assert "x = -3" in listing(Run((x - 2.0) * -1.5))


# --- stepping -------------------------------------------------------------------------------


def stepped(keys: str) -> list[str]:
    """The pages shown for these lines of keys, each as one text."""
    screen = Lines(io.StringIO(keys), output := io.StringIO())
    step_through(square_run(), screen)
    return output.getvalue().split("\n\nkey and Enter: ")[:-1]


def test_each_line_of_keys_shows_a_page_until_q() -> None:
    pages = stepped("n\n\np\nb\ne\nf\nq\nn\n")
    assert [text.partition(" of 7")[0].rpartition(" ")[2] for text in pages] == list("1232371")


def test_the_end_of_the_input_quits() -> None:
    assert len(stepped("")) == 1


def test_any_key_leads_from_the_help_back_to_the_same_event() -> None:
    pages = stepped("n\n?\ne\nq\n")
    assert pages[2] == "\n".join(HELP)
    assert all(len(line) <= 80 for line in HELP)
    assert pages[1] == pages[3]
    assert len(stepped("?\nq\n")) == 2


KEYS_AND_EVENTS = (
    ("n", "event 2 of 18"),
    ("\x1b[C", "event 3 of 18"),
    ("\x1b[D", "event 2 of 18"),
    ("\r", "event 3 of 18"),
    ("b", "event 7 of 18, backward pass"),
    ("e", "event 18 of 18"),
    ("f", "event 1 of 18"),
    ("?", "Any key leads back."),
    ("n", "event 1 of 18"),
)


def read_until(fd: int, wanted: str, seconds: float = 300.0) -> str:
    """What a terminal shows, up to some text."""
    said, until = "", time.monotonic() + seconds
    while wanted not in said:
        assert time.monotonic() < until, f"no {wanted!r} in {said!r}"
        if select.select([fd], [], [], 0.1)[0]:
            said += os.read(fd, 65536).decode()
    return said


@pytest.mark.parametrize(
    ("ending", "code", "said"),
    [("q", 0, ""), ("\x04", 0, ""), (signal.SIGINT, 130, "\nautograd step: stopped\n")],
)
def test_a_person_steps_through_an_expression_in_a_terminal(
    ending: str | signal.Signals, code: int, said: str
) -> None:
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (30, 90))
    before = termios.tcgetattr(theirs)
    command = ["-m", "autograd", "step", "tanh(a*b + c)", "a=2", "b=-3", "c=10"]
    with subprocess.Popen(
        [sys.executable, "-X", "utf8", *command],
        cwd=ROOT,
        stdin=theirs,
        stdout=theirs,
        stderr=subprocess.PIPE,
        env={**os.environ, "TERM": "xterm"},
    ) as run:
        try:
            first = read_until(ours, "e end")
            assert first.startswith("\x1b[?1049h")
            assert "y = tanh(a·b + c)" in first
            assert "event 1 of 18, forward pass" in first
            for key, wanted in KEYS_AND_EVENTS:
                os.write(ours, key.encode())
                read_until(ours, wanted)
            if isinstance(ending, str):
                os.write(ours, ending.encode())
            else:
                run.send_signal(ending)
            assert read_until(ours, "\x1b[?1049l").endswith("\x1b[?25h\x1b[?1049l")
            assert run.wait(300.0) == code
            assert termios.tcgetattr(theirs) == before
            assert run.stderr is not None
            assert run.stderr.read().decode() == said
        finally:
            run.kill()
    os.close(ours)
    os.close(theirs)


@pytest.mark.parametrize("marked", range(1, 31))
@pytest.mark.parametrize("room", [8, 12, 29, 30])
def test_a_window_says_that_rows_are_left_out_only_where_two_are(marked: int, room: int) -> None:
    table = ["heading", *(f"row {number}" for number in range(1, 31))]
    found = _window(table, [marked], room)
    assert f"row {marked}" in found
    assert len(found) <= room
    said = [int(line.split()[1]) for line in found if "…" in line]
    assert all(count > 1 for count in said)
    assert sum(said) + sum("row" in line for line in found) == 30
