"""The JavaScript of a program, in a real browser: arithmetic to the bit, all else to 1e-12."""

import json
import math
import random
import re
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from playwright.sync_api import Page

import autograd as ag
from autograd import Op, compile, grad, lookup, to_js, value_and_grad, vmap
from autograd.compiler.backends.javascript import RESERVED, STATEMENTS, program_to_js
from autograd.compiler.ir.program import Program, Terms
from autograd.losses import mse_loss
from autograd.nn import MLP
from autograd.transforms.trees import flatten
from tests.bits import bits
from tests.browser import chromium, exported, new_page, run_on_floats
from tests.compiler.backends.test_c import (
    LOOKUPS,
    batch,
    chain,
    every_op,
    one_step,
    random_program,
    reference,
    slab_by_slab,
    tiny_gpt_step,
)
from tests.compiler.table_steps import CASES, Case
from tests.scans import SCANS, derivatives

INF, NAN = math.inf, math.nan
in_a_browser = pytest.mark.needs("chromium")


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with chromium() as browser:
        yield new_page(browser)


def run(page: Page, text: str, inputs: Sequence[float], name: str = "compiled") -> list[float]:
    [found] = run_on_floats(page, exported(text, name), [inputs])
    return found


def check(found: Sequence[float], wanted: Sequence[float]) -> None:
    """The same numbers to 1e-12 of themselves."""
    assert len(found) == len(wanted)
    for x, y in zip(found, wanted, strict=True):
        assert repr(x) == repr(y) or math.isclose(x, y, rel_tol=1e-12, abs_tol=1e-321), (x, y)


@in_a_browser
def test_every_op_has_the_numbers_of_its_forward_function(page: Page) -> None:
    for program, inputs in every_op():
        check(run(page, program_to_js(program), inputs), reference(program, inputs))


@in_a_browser
def test_sums_and_maps_of_any_shape_are_those_of_the_reference(page: Page) -> None:
    draw = random.Random(1)
    for seed in range(40):
        program = random_program(seed)
        inputs = [draw.gauss(0.0, 1.0) for _ in range(100)]
        found, wanted = run(page, program_to_js(program), inputs), reference(program, inputs)
        for x, y in zip(found, wanted, strict=True):
            assert math.isclose(x, y, rel_tol=1e-9) or x != x, program


@in_a_browser
@pytest.mark.parametrize("factors", [1, 2])
@pytest.mark.parametrize("terms", [[1], [3], [40], [2, 40], [40, 2, 40]])
def test_sums_are_added_from_left_to_right_to_the_bit(
    page: Page, factors: int, terms: list[int]
) -> None:
    draw = random.Random(f"{factors} {terms}")
    runs = [Terms(bool(i % 2), factors, count) for i, count in enumerate(terms)]
    columns = [[draw.randrange(100) for _ in range(5)] for _ in range(factors * sum(terms))]
    program = one_step(None, runs, columns, 100)
    inputs = [draw.choice((0.0, -0.0, draw.gauss(0.0, 1.0))) for _ in range(100)]
    assert bits(run(page, program_to_js(program), inputs)) == bits(reference(program, inputs))


@in_a_browser
def test_a_deep_program_is_in_parts(page: Page) -> None:
    program, inputs = chain(3 * STATEMENTS), [0.5, 0.9999, 0.25]
    text = program_to_js(program)
    assert text.count("const part") == 3
    assert bits(run(page, text, inputs)) == bits(reference(program, inputs))


@in_a_browser
def test_constants_are_kept_to_the_bit(page: Page) -> None:
    numbers = [0.1, -0.0, INF, -INF, NAN, 5e-324, -1.7976931348623157e308, 0.0]
    program = Program(8, 0, list(enumerate(numbers)), [[]], range(8))
    assert bits(run(page, program_to_js(program), [])) == bits(numbers)


@in_a_browser
def test_samples_are_taken_in_turn_and_added_up_as_elsewhere(page: Page) -> None:
    program = batch(19)
    inputs = [0.1 * i for i in range(program.inputs)]
    inputs[2:-2:3] = [float(i % 3) for i in range(19)]
    check(run(page, program_to_js(program), inputs), reference(program, inputs))


@in_a_browser
@pytest.mark.parametrize("case", CASES.values(), ids=list(CASES))
def test_what_comes_for_the_places_of_a_table_is_added_in_order(page: Page, case: Case) -> None:
    assert bits(run(page, program_to_js(case.program), case.inputs)) == bits(case.results)


@in_a_browser
def test_slabs_are_added_up_in_the_order_of_the_interpreted_function(page: Page) -> None:
    program, inputs, wanted = slab_by_slab()
    assert run(page, program_to_js(program), inputs) == wanted


@in_a_browser
def test_a_lookup_out_of_range_and_another_count_are_range_errors(page: Page) -> None:
    def thrown(program: Program, inputs: Sequence[float]) -> Any:
        caught = "catch (error) { return [error.name, error.message]; }"
        code = exported(program_to_js(program), "compiled")
        return page.evaluate(
            f"async () => {{ const f = await {code}; try {{ f({json.dumps(inputs)}); }} {caught} }}"
        )

    for program in LOOKUPS:
        inputs = [1.0, *[10.0 + i for i in range(19)]]
        assert run(page, program_to_js(program), inputs) == reference(program, inputs)
        name, message = thrown(program, [-1e300] * program.inputs)
        assert name == "RangeError"
        assert message.startswith("lookup index -1e+300 is not one of 0 to ")
    assert thrown(chain(1), [1.0, 2.0]) == ["RangeError", "compiled takes 3 numbers, got 2"]


@in_a_browser
@pytest.mark.slow
def test_the_step_of_the_tiny_gpt_has_its_loss_and_gradients(page: Page) -> None:
    program, inputs, wanted = tiny_gpt_step()
    found = run(page, program_to_js(program), inputs)
    size = max(map(abs, wanted))
    assert all(abs(x - y) <= 1e-12 * size for x, y in zip(found, wanted, strict=True))


@in_a_browser
def test_loss_and_gradient_of_a_model_are_those_of_python(page: Page) -> None:
    model = MLP(2, [4, 1], rng=0)
    xs, ys = [[0.5, -1.0], [2.0, 0.25], [-0.5, 0.0]], [1.0, -1.0, 0.5]

    def loss(model: Any, xs: Any, ys: Any) -> Any:
        return mse_loss([model(x) for x in xs], ys)

    step = value_and_grad(loss)
    text = to_js(step, model, xs, ys, name="step")
    given = [*(p.data for p in model.parameters()), *flatten(xs)[0], *ys]
    wanted, gradient = step(model, xs, ys)
    check(run(page, text, given, "step"), [wanted, *flatten(gradient)[0]])


@in_a_browser
@pytest.mark.parametrize("name", SCANS)
def test_a_scan_has_the_numbers_of_python(page: Page, name: str) -> None:
    f, arguments = SCANS[name]
    check(run(page, to_js(f, *arguments), flatten(arguments)[0]), flatten(f(*arguments))[0])


@in_a_browser
@pytest.mark.parametrize("name", ["pendulum", "lookups", "conditions in a step"])
def test_the_derivatives_of_a_scan_are_those_of_python(page: Page, name: str) -> None:
    f, xs = derivatives(name)
    check(run(page, to_js(f, xs), xs), flatten(f(xs))[0])


@in_a_browser
def test_a_users_op_in_the_functions_of_the_library_runs_there(page: Page) -> None:
    double = Op("softer", lambda x: ag.tanh(x) * 0.5, lambda x, out: 0.5 - 2.0 * out * out)
    text = to_js(value_and_grad(lambda x: double(x * x)), 1.0)
    check(run(page, text, [0.7]), list(value_and_grad(lambda x: double(x * x))(0.7)))


def test_the_text_is_the_same_every_time_and_whatever_the_numbers() -> None:
    assert to_js(lambda x, y: x * y, 2.0, 3.0) == to_js(lambda x, y: x * y, -1, NAN)
    for seed in range(5):
        assert program_to_js(random_program(seed)) == program_to_js(random_program(seed))


def test_wide_results_with_affine_addresses_are_a_loop_and_no_table() -> None:
    rows = [[i + 16 * t for i in range(16)] for t in range(9)]
    text = program_to_js(one_step(None, [Terms(False, 1, 9)], rows, 300))
    assert "PLACES" not in text
    assert "for (let t = 0; t < 8; t++) x = x + v[16 + 16 * t + i];" in text


@pytest.mark.parametrize("name", sorted(RESERVED))
def test_a_word_of_the_language_is_refused_as_a_name(name: str) -> None:
    with pytest.raises(ValueError, match=f"the name '{name}' is a word of JavaScript"):
        to_js(abs, 1.0, name=name)


@pytest.mark.parametrize("name", ["", "1x", "a b", "a-b", "x;", "x\n", "é"])
def test_what_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="a JavaScript function has a name of letters"):
        to_js(abs, 1.0, name=name)


@pytest.mark.parametrize("name", [None, 3, b"step"])
def test_a_name_that_is_no_text_is_refused(name: Any) -> None:
    with pytest.raises(TypeError, match="the name of a JavaScript function is a str"):
        to_js(abs, 1.0, name=name)


@in_a_browser
@pytest.mark.parametrize("name", ["v", "pow", "inputs", "PLACES", "Math", "f_map_0", "$", "part0"])
def test_other_names_are_taken_as_they_are(page: Page, name: str) -> None:
    text = to_js(lambda x: ag.relu(x) ** 2.0, 1.0, name=name)
    assert run(page, text, [3.0], name) == [9.0]


NO_VMAP = "to_js takes no vmap: export the function of one sample, and loop over it"


@pytest.mark.parametrize(
    ("export", "error", "message"),
    [
        (lambda: to_js(vmap(abs), [1.0]), TypeError, NO_VMAP),
        (lambda: to_js(compile(vmap(abs)), [1.0]), TypeError, NO_VMAP),
        (lambda: to_js(3.0, 1.0), TypeError, "to_js takes a function, got a float"),  # type: ignore[arg-type]
        (lambda: to_js(abs, "a"), TypeError, "argument 0 is a str"),
        (
            lambda: to_js(Op("own", lambda x: math.sin(x), 1.0), 1.0),
            ValueError,
            "the op 'own' has no JavaScript: write its forward function with the functions of this",
        ),
        (lambda: to_js(lambda x: lookup([x, x], 2), 1.0), IndexError, "lookup index 2"),
        (
            lambda: program_to_js(Program(8, 0, [], [[], []], range(0))),
            ValueError,
            "export the function of one sample",
        ),
        (lambda: compile(lambda x: to_js(grad(abs), x) and x)(1.0), TypeError, "to_js makes a"),
    ],
)
def test_what_cannot_be_javascript_is_refused(
    export: Any, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=re.escape(message)):
        export()
