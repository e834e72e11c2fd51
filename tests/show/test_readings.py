"""All readings of a graph have the same names: pictures, tables, words, steps, pages, mistakes."""

import re
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

import pytest

import autograd as ag
from autograd import Value, constant
from autograd.engine.graph import topological_order
from autograd.engine.node import Node
from autograd.nn import MLP, Module, Neuron
from autograd.show import (
    draw,
    explain,
    formula,
    play,
    steps,
    summary,
    tangent_steps,
    to_dot,
)
from autograd.show.stepping.terminal_stepper import Run, listing
from autograd.show.words.naming import names_of
from autograd.teach.faults import compare

SVG = "{http://www.w3.org/2000/svg}"


class Cell(Module):
    """h ← tanh(w · x + u · h + b), with another cell for every other step."""

    def __init__(self) -> None:
        self.cells = [Neuron(2, rng=0), Neuron(2, rng=1)]

    def forward(self, xs: Any) -> Any:
        h: Any = Value(0.0, "h")
        for i, x in enumerate(xs):
            h = self.cells[i % 2]([x, h])
        return h


class Tied(Module):
    """Two neurons with one weight between them, whose label a third has too."""

    def __init__(self) -> None:
        self.parts = [Neuron(1, rng=i) for i in range(3)]
        self.parts[1].weights = self.parts[0].weights

    def forward(self, x: Any) -> Any:
        for part in self.parts:
            x = part([x])
        return x


def plain() -> Value:
    a, b = Value(2.0, "a"), Value(-3.0, "b")
    root = (a * b + 10.0).tanh()
    root.label = "out"
    return root


def unlabelled() -> Value:
    x, y = Value(2.0), Value(3.0)
    return (x * y + x).exp() * y


def shared_labels() -> Value:
    one, two, three = (Value(x, "w") for x in (1.0, 2.0, 3.0))
    return one * two + two * three + one


def with_constants() -> Value:
    x = Value(2.0, "x")
    return x * constant(0.5, "half") + constant(3.0) * x


def network() -> Value:
    loss: Value = (MLP(2, [3, 1], rng=0)([Value(1.0, "x"), Value(-2.0, "y")]) - 1.0) ** 2
    loss.label = "loss"
    return loss


def batch() -> Value:
    model = MLP(1, [2, 1], rng=0)
    return ag.sum([(model([x]) - x) ** 2 for x in (0.5, 1.0)])


def frozen() -> Value:
    model = MLP(1, [2, 1], rng=0)
    model.layers[0].freeze()
    root: Value = model([Value(1.0, "x")])
    return root


def recurrent() -> Value:
    root: Value = Cell()([Value(1.0, "x"), Value(2.0, "x"), 0.5, 0.25])
    return root


def tied() -> Value:
    root: Value = Tied()(Value(0.5, "x"))
    return root


def same_name_as_an_input() -> Value:
    b = Value(2.0, "b")
    root: Value = MLP(1, [1], rng=0)([b]) * b
    return root


GRAPHS = [
    plain,
    unlabelled,
    shared_labels,
    with_constants,
    network,
    batch,
    frozen,
    recurrent,
    tied,
    same_name_as_an_input,
]


# --- what each reading names: the nodes that it tells, by their names --------------------------


def in_the_table(root: Value) -> set[str]:
    heading, *lines = draw(root, collapse=None).text.split("\n")
    start, end = heading.index("name"), heading.index("kind")
    return {line[start:end].strip() for line in lines} - {""}


def in_titles(root: Value) -> set[str]:
    picture = ElementTree.fromstring(draw(root, collapse=None).svg)
    titles = [str(box.findtext(f"{SVG}title", "")) for box in picture.iter(f"{SVG}g")]
    told = {re.split(r" \(| = |, again", title)[0] for title in titles}
    return told - {"", "constant"}


def in_steps(root: Value) -> set[str]:
    told = {re.split(r"\.grad| = ", str(event))[0] for event in steps(root)}
    return {name.removeprefix("the constant ") for name in told}


def in_a_page(root: Value) -> set[str]:
    return {node["name"] for node in play(root).data()["graph"]["nodes"]}


def in_the_terminal(root: Value) -> set[str]:
    _, *lines = listing(Run(root)).split("\n\n")[-1].split("\n")
    return {line.split("  ")[0] for line in lines}


READINGS: list[tuple[Callable[[Value], set[str]], bool]] = [
    (in_the_table, False),
    (in_titles, False),
    (in_steps, True),
    (in_a_page, True),
    (in_the_terminal, True),
]


def names(root: Value, *, numbers: bool = True) -> dict[Node, str]:
    """The names of the nodes, without the constants that go by their numbers if so asked."""
    found = names_of(topological_order(root))
    return {x: name for x, name in found.items() if numbers or x.label or not x.is_constant}


@pytest.mark.parametrize("make", GRAPHS)
@pytest.mark.parametrize(("reading", "numbers"), READINGS)
def test_every_reading_of_all_nodes_has_the_same_names(
    make: Callable[[], Value], reading: Callable[[Value], set[str]], numbers: bool
) -> None:
    root = make()
    assert reading(root) == set(names(root, numbers=numbers).values())


@pytest.mark.parametrize("make", GRAPHS)
def test_words_have_these_names_too(make: Callable[[], Value]) -> None:
    root = make()
    known = names(root)
    for x, name in known.items():
        if x.is_constant or x is root:
            continue
        told = explain(root, x, most=1000)
        trails = re.findall(r"path \d+ +((?:\S+ ← )+\S+)", told.text)
        for trail, path in zip(trails, told.paths, strict=True):
            if "…" not in trail:
                assert trail.split(" ← ") == [known[node] for node in path.nodes], name
    leaves = re.search(r"where (.*)$", str(formula(root)).split("\n")[-1])
    assert leaves
    written = {part.rpartition(" = ")[0] for part in leaves[1].split(", ")} - {"", "…"}
    assert written <= set(known.values())
    widest = summary(root).widest
    assert widest
    assert widest[0] in known.values()


@pytest.mark.parametrize("make", GRAPHS)
def test_mistakes_and_forward_mode_have_these_names_too(make: Callable[[], Value]) -> None:
    root = make()
    known = names(root)
    found = compare(root, "assign")
    assert {node: found._names[node] for node in known} == known
    wrt = next(x for x in known if x.op is None and not x.is_constant)
    assert {event.names[event.node] for event in tangent_steps(root, {wrt: 1.0})} <= set(
        known.values()
    )


@pytest.mark.parametrize("make", GRAPHS)
def test_what_a_picture_shows_of_a_name_is_its_end_and_its_frame_tells_the_rest(
    make: Callable[[], Value],
) -> None:
    root = make()
    known = set(names(root).values())
    shown = re.findall(r'class="name" y="\d+">([^<]*)<', draw(root, collapse=None).svg)
    assert {name for name in shown if not any(x.endswith(name) for x in known)} == set()
    labels = re.findall(r'(?m)^\s*n\d+ \[label="([^"\\(]*)', to_dot(root))
    for label in labels:
        name = label.strip()
        assert any(x.endswith(name) for x in known) or re.fullmatch(r"−?[\d.]+", name)
