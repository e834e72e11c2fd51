"""The graph and the events as data for other front ends: what README.md of the room promises."""

import json
import math
from pathlib import Path
from typing import Any

import pytest

import autograd
from autograd import Op, Value, constant
from autograd.nn import MLP
from autograd.show.stepping.player import play
from autograd.show.stepping.reverse_mode import steps
from tests.played import network, square

README = Path(autograd.__file__).parent / "show" / "stepping" / "README.md"


def keys(data: Any) -> set[str]:
    """All keys, at any depth."""
    if isinstance(data, dict):
        return set(data).union(*map(keys, data.values()))
    return set().union(*map(keys, data)) if isinstance(data, list) else set()


def test_the_data_of_a_square() -> None:
    data = play(square()).data()
    x, y = data["graph"]["nodes"]
    assert data["version"] == 1
    assert (x["name"], x["kind"], x["data"], "op" in x) == ("x", "input", 3.0, False)
    assert (y["kind"], y["data"], y["op"], y["operands"]) == ("op", 9.0, 0, [0, 0])
    assert data["graph"]["ops"] == [{"name": "*", "operands": 2}]
    assert y["edges"][1] == {
        "rule": "d(u·v)/dv = u",
        "local": "x",
        "sentence": ["{} passes its gradient on to {}, its operand 2", "y", "x", "⁽²⁾"],
    }
    assert y["forward"] == ["{} = {} = {}", "y", "x·x"]
    assert [event["kind"] for event in data["events"]] == [
        *("forward", "forward", "seed", "final", "contribute", "contribute", "final")
    ]
    second = {"upstream": 1.0, "local": 3.0, "contribution": 3.0, "before": 3.0, "after": 6.0}
    place = {"kind": "contribute", "node": 1, "slot": 1, "parent": 0, "use": 2, "uses": 2}
    assert data["events"][5] == place | second


def test_every_key_is_in_the_documentation() -> None:
    told = README.read_text("utf-8")
    found = keys(play(network()).data()) | keys(play(constant(2.0) * Value(1.0, "x")).data())
    assert {key for key in found if f"`{key}`" not in told and f"`graph.{key}`" not in told} <= {
        "graph",
        "number",
    }


def test_it_is_json_whatever_the_numbers() -> None:
    root = Value(math.inf, "x") * math.nan + constant(-math.inf)
    data = json.loads(json.dumps(play(root).data(), allow_nan=False))
    assert [node["data"] for node in data["graph"]["nodes"]] == ["inf", "nan", "-inf", "nan"]
    assert data["graph"]["nodes"][1]["operands"] == [0, {"number": "nan"}]


def test_a_leaf_that_moved_on_has_the_number_that_was_used() -> None:
    x = Value(2.0, "x")
    y = x * 3.0
    x.data = 5.0
    assert play(y).data()["graph"]["nodes"][0]["data"] == 2.0


def test_a_recording_has_data_too() -> None:
    root = Op("own", lambda x: math.sin(x), 1.0)(Value(0.5))
    assert play(root).data()["graph"]["ops"] == [{"name": "own", "operands": 1}]
    other = square()
    assert len(play(other, events=list(steps(other))[:3]).data()["events"]) == 3


@pytest.mark.parametrize("gradient", [1.0, -2.5, math.nan])
def test_the_seed_is_the_gradient_that_was_asked_for(gradient: float) -> None:
    data = play(square(), gradient=gradient).data()
    wanted = gradient if gradient == gradient else "nan"
    assert data["graph"]["seed"] == data["events"][2]["grad"] == wanted


def test_module_calls_are_the_homes_of_nodes() -> None:
    homes = {x.get("home") for x in play(MLP(1, [2, 1], rng=0)([1.0])).data()["graph"]["nodes"]}
    assert {"layers.0.neurons.1", "layers.1.neurons.0"} <= homes
