"""The lines of a function that its operations come from."""

import os
from collections.abc import Callable
from typing import Any

from autograd import exp, grad, jvp, log_softmax, value_and_grad
from autograd.compiler.ir.program import Step
from autograd.compiler.ir.stages import Stages, stages
from autograd.compiler.source_lines import StepLines, Sweeps, described, lines_of
from autograd.compiler.verified import numbers_and_nodes

HERE = os.path.basename(__file__)


def made(f: Callable[..., Any], *args: float) -> tuple[Stages, Sweeps]:
    names = [f"argument {i}" for i in range(len(args))]
    sweeps = Sweeps()
    return stages(sweeps.watch(f), args, names, list(args), numbers_and_nodes), sweeps


def lines(f: Callable[..., Any], *args: float) -> list[str]:
    """Of all operations that a line has made."""
    found, sweeps = made(f, *args)
    return [line for line in lines_of(found.listing, found.tape, sweeps) if line]


def two_lines(x: Any, y: Any) -> Any:
    z = exp(x)
    return z * y


FIRST = two_lines.__code__.co_firstlineno + 1
Z, PRODUCT = f"{HERE}:{FIRST}: z = exp(x)", f"{HERE}:{FIRST + 1}: return z * y"


def test_each_operation_has_the_line_that_made_it() -> None:
    assert lines(two_lines, 1.0, 2.0) == [Z, PRODUCT]


def test_what_a_node_is_expanded_into_has_its_line() -> None:
    def shares(x: Any, y: Any) -> Any:
        return log_softmax([x, y])

    found = lines(shares, 1.0, 2.0)
    assert len(found) > 4
    line = shares.__code__.co_firstlineno + 1
    assert set(found) == {f"{HERE}:{line}: return log_softmax([x, y])"}


def test_derivatives_have_the_line_of_the_node_that_they_are_of() -> None:
    assert lines(value_and_grad(two_lines), 1.0, 2.0) == [Z, PRODUCT, f"∂ {Z}"]
    assert lines(lambda x: jvp(lambda x: two_lines(x, x), x, 1.0)[1], 1.0)[-1] == f"∂ {PRODUCT}"


def test_second_derivatives_have_the_line_of_the_node_at_their_beginning() -> None:
    found = lines(grad(grad(two_lines)), 1.0, 2.0)
    assert set(found) <= {Z, PRODUCT, f"∂ {Z}", f"∂ {PRODUCT}"}
    assert found[-1] == f"∂ {Z}"


def test_what_the_library_makes_besides_is_told_as_such() -> None:
    code = two_lines.__code__
    assert described(code, 0) == "the derivatives of two_lines"
    assert described(code, len(code.co_code) - 2) == "the derivatives of two_lines"


def test_a_function_without_source_is_told_as_such() -> None:
    assert described(None, 0) == "a function without source"


def test_the_lines_of_a_step_are_shared_by_its_members() -> None:
    def three(x: Any, y: Any) -> Any:
        first = exp(x)
        return first, exp(y), exp(x + 0.0)

    found, sweeps = made(three, 1.0, 2.0)
    (part,) = found.program.parts
    of = StepLines(found.listing, found.tape, found.address, sweeps)
    step = next(step for step in part if isinstance(step, Step) and step.count == 2)
    assert sorted(of.of_step(step).values()) == [0.5, 0.5]
