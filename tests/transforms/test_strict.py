"""`strict()` raises where a nan or an inf is first made, and says where that is."""

import dis
import linecache
import math
import re
import threading
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import autograd as ag
from autograd import NonFiniteError, Value, grad, hessian, no_grad, strict
from autograd.engine.watching import watchers
from autograd.transforms.strict import levels_to_user, line_number

INF, NAN = math.inf, math.nan


@pytest.mark.parametrize(
    ("compute", "said"),
    [
        (lambda: Value(0.0).log(), "log(0.0) made -inf"),
        (lambda: 1.0 / Value(0.0), "/(1.0, 0.0) made inf"),
        (lambda: Value(-1.0).sqrt(), "sqrt(-1.0) made nan"),
        (lambda: Value(1000.0).exp(), "exp(1000.0) made inf"),
        (lambda: Value(1e308) * 10, "*(1e+308, 10.0) made inf"),
        (lambda: Value(INF) - Value(INF), "-(inf, inf) made nan"),
        (lambda: Value(INF) * 0.0, "*(inf, 0.0) made nan"),
        (lambda: Value(-8.0) ** (1 / 3), "**(-8.0, 0.3333333333333333) made nan"),
        (lambda: ag.sum([Value(1e308), 1e308, 3.0]), "sum(1e+308, 1e+308, 3.0) made inf"),
        (lambda: ag.hypot(3.0, Value(INF)) - INF, "-(inf, inf) made nan"),
        (lambda: ag.atanh(Value(1.0, label="x")), "atanh(x = 1.0) made inf"),
        (lambda: Value(2.0, label="a") / Value(0.0, label="b"), "/(a = 2.0, b = 0.0) made inf"),
    ],
)
def test_it_names_the_op_and_its_operands(compute: Callable[[], Any], said: str) -> None:
    with strict(), pytest.raises(NonFiniteError) as caught:
        compute()
    assert str(caught.value).startswith(f"{said} at ")


@pytest.mark.parametrize(
    "compute",
    [
        lambda: Value(INF) + 1.0,
        lambda: Value(INF) * 2.0,
        lambda: Value(-INF).exp(),
        lambda: Value(INF).exp(),
        lambda: 1.0 / Value(INF),
        lambda: Value(NAN) + 1.0,
        lambda: Value(NAN) * INF,
        lambda: ag.maximum(Value(NAN), 1.0),
        lambda: ag.where(True, Value(1.0), NAN),
        lambda: ag.sum([Value(INF), 1.0]),
        lambda: Value(NAN),
        lambda: Value(1e308) + 1.0,
    ],
)
def test_what_is_handed_on_is_not_made(compute: Callable[[], Any]) -> None:
    with strict():
        compute()


def test_it_stops_at_the_first() -> None:
    made: list[str] = []

    def compute(x: Value) -> Value:
        made.append("x")
        y = x.log()
        made.append("y")
        return (y - y).sqrt()

    with pytest.raises(NonFiniteError, match=r"^log\(0\.0\) "), strict():
        compute(Value(0.0))
    assert made == ["x"]


def test_it_gives_file_line_and_source_of_the_users_code() -> None:
    with pytest.raises(NonFiniteError) as caught, strict():
        ag.softplus(Value(0.0).log())  # this line
    found = re.search(r"at (.+):(\d+): (.+)$", str(caught.value))
    assert found is not None
    path, line, text = found.groups()
    assert path == __file__
    assert linecache.getline(path, int(line)).strip() == text
    assert text.endswith("# this line")


def test_deep_in_the_library_it_still_gives_the_users_line() -> None:
    one: Any = ag.softmax
    with pytest.raises(NonFiniteError) as caught, strict():
        grad(lambda x: one([x, x])[0].log() + (x - x).log())(1.0)  # here
    assert str(caught.value).endswith("# here")
    with pytest.raises(NonFiniteError) as caught, strict():
        hessian(ag.sqrt)(0.0)  # there
    assert str(caught.value).endswith("# there")


def run_as(path: str) -> None:
    source = "from autograd import Value\nValue(0.0).log()\n"
    exec(compile(source, path, "exec"), {})


def test_without_source_it_gives_file_and_line() -> None:
    with strict(), pytest.raises(NonFiniteError, match=r"at <console>:2$"):
        run_as("<console>")


def test_a_users_file_may_stand_beside_the_library_with_a_name_like_it() -> None:
    neighbour = f"{Path(ag.__file__).parent}_demo.py"
    with strict(), pytest.raises(NonFiniteError, match=rf"at {re.escape(neighbour)}:2"):
        run_as(neighbour)


def test_the_line_of_an_instruction_is_that_of_its_part_of_the_code() -> None:
    module = compile("\n\ndef f(x):\n    y = (x +\n         1)\n    return y\n", "f", "exec")
    code = module.co_consts[0]
    instructions = list(dis.get_instructions(code))
    lines = [one.positions.lineno for one in instructions if one.positions]
    assert [line_number(code, one.offset) for one in instructions] == lines
    assert {*lines} == {3, 4, 5, 6}
    assert line_number(code, instructions[-1].offset + 1) == 6
    assert line_number(code, instructions[-1].offset + 2) == 3  # beyond the end
    assert line_number(module, 0) == module.co_firstlineno == 1  # where Python says line 0


def test_a_warning_of_the_library_is_at_the_line_of_the_user_however_deep_it_is_made() -> None:
    made = """
def warn():
    warnings.warn("a hint", stacklevel=levels_to_user())

def deeper():
    warn()
"""
    names: Any = {"warnings": warnings, "levels_to_user": levels_to_user}
    exec(compile(made, str(Path(ag.__file__).parent / "made_up.py"), "exec"), names)
    for name in ("warn", "deeper"):
        with pytest.warns(UserWarning, match="a hint") as caught:
            names[name]()  # at this line
        (warning,) = caught
        line = linecache.getline(warning.filename, warning.lineno)
        assert (warning.filename, line.strip()) == (__file__, "names[name]()  # at this line")


class TestWhereItHolds:
    def test_outside_nothing_is_raised(self) -> None:
        assert Value(0.0).log().data == -INF
        with strict():
            pass
        assert math.isnan(Value(-1.0).sqrt().data)

    def test_it_ends_with_an_exception(self) -> None:
        with pytest.raises(NonFiniteError), strict():
            Value(0.0).log()
        assert Value(0.0).log().data == -INF

    def test_an_error_that_is_kept_keeps_no_block_in_force(self) -> None:
        kept = []
        try:
            with strict():
                Value(0.0).log()
        except NonFiniteError as error:
            kept.append(error)
        assert watchers == []

    def test_it_is_a_decorator_too(self) -> None:
        @strict()
        def f(x: Value) -> Value:
            return x.log()

        for _ in range(2):
            assert f(Value(1.0)).data == 0.0
            with pytest.raises(NonFiniteError):
                f(Value(0.0))
        assert Value(0.0).log().data == -INF

    def test_it_may_be_nested(self) -> None:
        with strict():
            with strict():
                pass
            with pytest.raises(NonFiniteError):
                Value(0.0).log()

    def test_another_thread_is_not_affected(self) -> None:
        found: list[float] = []
        with strict():
            thread = threading.Thread(target=lambda: found.append(Value(0.0).log().data))
            thread.start()
            thread.join()
        assert found == [-INF]

    def test_it_holds_inside_no_grad_in_either_order(self) -> None:
        with strict(), no_grad(), pytest.raises(NonFiniteError, match=r"log\(0.0\)"):
            Value(0.0).log()
        with no_grad(), strict(), pytest.raises(NonFiniteError, match=r"log\(0.0\)"):
            Value(0.0).log()

    def test_it_holds_inside_transforms(self) -> None:
        with strict():
            assert grad(lambda x: x.log())(2.0) == 0.5
            with pytest.raises(NonFiniteError):
                grad(lambda x: x.log())(0.0)

    def test_numbers_alone_are_no_nodes(self) -> None:
        with strict():
            assert ag.log(0.0) == -INF

    def test_the_error_is_an_arithmetic_error(self) -> None:
        assert issubclass(NonFiniteError, ArithmeticError)
