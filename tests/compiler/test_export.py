"""`to_c`: which functions become C, and how the text begins. That it has the same bits:
`backends/test_c.py`."""

import math
import re
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pytest

import autograd as ag
from autograd import Op, TracedValueError, Value, compile, grad, lookup, to_c, vmap
from autograd.nn import Neuron


def product(x: Any, y: Any) -> Any:
    return x * y


class Pair(NamedTuple):
    a: Any
    b: Any


BODY = """
#define COMPILED_INPUTS 2
#define COMPILED_OUTPUTS 1
#define COMPILED_MEMORY 16

int compiled(const double *inputs, double *outputs, double *memory)
{
    for (int i = 0; i < 2; i++)
        memory[i] = inputs[i];
    memory[8] = memory[0] * memory[1];
    for (int i = 0; i < 1; i++)
        outputs[i] = memory[8 + i];
    return 0;
}
"""


def test_a_function_is_its_arithmetic_between_inputs_and_outputs() -> None:
    text = to_c(product, 2.0, 3.0)
    assert text.startswith("/* 2 inputs, 1 outputs, 16 doubles of memory")
    assert text.endswith(BODY)


TAKEN = {
    **dict.fromkeys(("int", "inline", "class", "constexpr", "bool", "xor"), "a word of C or C++"),
    **dict.fromkeys(("sin", "sinf", "fmal", "pow", "y1", "tgammaf64"), "a function of math.h"),
    **dict.fromkeys(("main", "abs", "printf", "NAN", "isnormal"), "a name of the C library"),
    "a__b": "reserved for C++",
}


@pytest.mark.parametrize("name", TAKEN)
def test_a_name_that_means_something_in_c_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=f"the name '{name}' is {re.escape(TAKEN[name])}.*my_"):
        to_c(product, 2.0, 3.0, name=name)


@pytest.mark.parametrize("name", ["", "_x", "__x", "_X", "1x", "a b", "a-b", "x;", "x\n", "é"])
def test_what_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="a C function has a name of letters, digits and _"):
        to_c(product, 2.0, 3.0, name=name)


@pytest.mark.parametrize("name", [None, 3, b"step", ["step"]])
def test_a_name_that_is_no_text_is_refused(name: Any) -> None:
    with pytest.raises(TypeError, match="the name of a C function is a str"):
        to_c(product, 2.0, 3.0, name=name)


@pytest.mark.parametrize("name", ["inputs", "memory", "i", "sine", "int_", "X", "logistic"])
def test_other_names_are_taken_as_they_are(name: str) -> None:
    assert f"int {name}(const double *inputs" in to_c(product, 2.0, 3.0, name=name)


def test_the_numbers_of_the_example_do_not_matter() -> None:
    assert to_c(product, 2.0, 3.0) == to_c(product, -1, float("nan"))


def test_a_compiled_function_is_exported_as_the_function_itself() -> None:
    assert to_c(compile(product), 2.0, 3.0) == to_c(product, 2.0, 3.0)


def test_a_function_with_another_name() -> None:
    text = to_c(product, 2.0, 3.0, name="step")
    assert "int step(const double *inputs, double *outputs, double *memory)" in text
    assert "#define STEP_INPUTS 2" in text


SIZES: dict[str, tuple[Callable[..., Any], tuple[Any, ...], int, int]] = {
    "lists": (lambda x: [x[0], x[1], x[0]], ([1.0, 2.0],), 2, 3),
    "dicts": (lambda x: {"y": x["a"]}, ({"a": 1.0, "b": [1.0]},), 2, 1),
    "named tuples": (lambda x: Pair(x.a, x.b), (Pair(1.0, 2.0),), 2, 2),
    "arrays": (lambda x: x, (np.ones((2, 3)),), 6, 6),
    "modules": (grad(lambda m, x: m([x])), (Neuron(1), 1.0), 3, 2),
    "nothing": (lambda: [1.0, 2.0], (), 0, 2),
    "a batch inside": (lambda xs: vmap(lambda x: x * x, 0, "sum")(xs), ([1.0, 2.0],), 2, 1),
    "ints": (lambda x: [x, 3, {"n": 1}], (2,), 1, 3),
    "a default": (lambda x, n=3: x * n, (1.0,), 1, 1),
}


@pytest.mark.parametrize("name", SIZES)
def test_inputs_and_outputs_are_the_numbers_in_order(name: str) -> None:
    f, example, inputs, outputs = SIZES[name]
    text = to_c(f, *example)
    assert f"#define COMPILED_INPUTS {inputs}\n#define COMPILED_OUTPUTS {outputs}\n" in text


def test_static_arguments_of_a_compiled_function_stay_static() -> None:
    def power(x: Any, n: int, how: str = "plain") -> Any:
        return x if n == 1 else x * power(x, n - 1)

    compiled = compile(power, static=("n", "how"))
    assert to_c(compiled, 2.0, 2) == to_c(lambda x: x * x, 2.0)
    assert to_c(compiled, 2.0, 2, "any") == to_c(lambda x: x * x, 2.0)


NO_VMAP = "to_c takes no vmap: export the function of one sample, and loop over it"
REFUSED: dict[str, tuple[Callable[[], Any], type[Exception], str]] = {
    "a batch": (lambda: to_c(vmap(abs), [1.0]), TypeError, NO_VMAP),
    "a compiled batch": (lambda: to_c(compile(vmap(abs)), [1.0]), TypeError, NO_VMAP),
    "a Value": (lambda: to_c(product, Value(1.0), 2.0), TypeError, "argument 0 is a Value"),
    "a text": (lambda: to_c(product, 1.0, "a"), TypeError, "argument 1 is a str"),
    "a choice": (lambda: to_c(lambda x: max(x, 0.0), 1.0), TracedValueError, "write where("),
    "a name that C has not": (
        lambda: to_c(product, 1.0, 2.0, name="a b"),
        ValueError,
        "a C function has a name of letters, digits and _, not 'a b'",
    ),
    "an op with a forward of math": (
        lambda: to_c(Op("own", lambda x: math.sin(x), 1.0), 1.0),
        ValueError,
        "the op 'own' has no C: write its forward function with the functions of this library",
    ),
    "an op with a forward by methods of floats": (
        lambda: to_c(Op("own", lambda x: float.fromhex(x.hex()), 1.0), 1.0),
        ValueError,
        "the op 'own' has no C: write its forward function with the functions of this library",
    ),
    "no function": (lambda: to_c(3.0, 1.0), TypeError, "to_c takes a function, got a float"),  # type: ignore[arg-type]
    "a lookup with no such index": (
        lambda: to_c(lambda x: lookup([x, x], 2), 1.0),
        IndexError,
        "lookup index 2 is not one of 0 to 1",
    ),
    "while another is recorded": (
        lambda: compile(lambda x: to_c(ag.exp, x) and x)(1.0),
        TypeError,
        "to_c",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_c_is_refused(name: str) -> None:
    export, error, message = REFUSED[name]
    with pytest.raises(error) as caught:
        export()
    assert message in str(caught.value)


def test_gradients_from_before_the_call_are_no_inputs() -> None:
    def f(model: Any, x: Any, *, clears: bool) -> Any:
        if clears:
            model.zero_grad()
        y = model([x])
        y.backward()
        return y

    model = Neuron(1, rng=0)
    for export in (ag.to_c, ag.to_js):
        assert "2 outputs" not in export(lambda model, x: f(model, x, clears=True), model, 1.0)
        with pytest.raises(TypeError, match=r"call zero_grad\(\) in it, before backward"):
            export(lambda model, x: f(model, x, clears=False), model, 1.0)
