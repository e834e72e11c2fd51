"""The lines of a function that its operations come from."""

import os
from collections.abc import Callable
from typing import Any

from autograd import exp, log_softmax, value_and_grad
from autograd.compiler.ir.program import Step
from autograd.compiler.ir.stages import Stages, stages
from autograd.compiler.source_lines import StepLines, described, lines_of
from autograd.compiler.verified import numbers_and_nodes

HERE = os.path.basename(__file__)


def made(f: Callable[..., Any], *args: float) -> Stages:
    names = [f"argument {i}" for i in range(len(args))]
    return stages(f, args, names, list(args), numbers_and_nodes)


def two_lines(x: Any, y: Any) -> Any:
    z = exp(x)
    return z * y


def test_each_operation_has_the_line_that_made_it() -> None:
    found = made(two_lines, 1.0, 2.0)
    first = two_lines.__code__.co_firstlineno + 1
    assert lines_of(found.listing, found.tape) == [
        "",
        "",
        f"{HERE}:{first}: z = exp(x)",
        f"{HERE}:{first + 1}: return z * y",
    ]


def test_what_a_node_is_expanded_into_has_its_line() -> None:
    def shares(x: Any, y: Any) -> Any:
        return log_softmax([x, y])

    found = made(shares, 1.0, 2.0)
    made_by_line = [x for x in lines_of(found.listing, found.tape) if x]
    assert len(made_by_line) > 4
    assert set(made_by_line) == {
        f"{HERE}:{shares.__code__.co_firstlineno + 1}: return log_softmax([x, y])"
    }


def test_derivatives_that_are_taken_afterwards_are_told_as_such() -> None:
    found = made(value_and_grad(two_lines), 1.0, 2.0)
    assert lines_of(found.listing, found.tape)[-1] == "the derivatives of two_lines"


def test_a_function_without_source_is_told_as_such() -> None:
    assert described(None, 0) == "a function without source"


def test_the_lines_of_a_step_are_shared_by_its_members() -> None:
    def three(x: Any, y: Any) -> Any:
        first = exp(x)
        return first, exp(y), exp(x + 0.0)

    found = made(three, 1.0, 2.0)
    (part,) = found.program.parts
    of = StepLines(found.listing, found.tape, found.address)
    step = next(step for step in part if isinstance(step, Step) and step.count == 2)
    assert sorted(of.of_step(step).values()) == [0.5, 0.5]
