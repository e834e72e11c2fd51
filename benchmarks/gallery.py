"""Draws every kind of graph and takes pictures of the pages, light and dark, to be looked at.

    python benchmarks/gallery.py [--out out/gallery]

Run it from the project's folder: `make gallery`. Pictures are SVG, and PNG where a renderer is
installed that can draw them; the pages of `gallery_pages.py` are shown where Chromium is there.
`index.html` shows them all.
"""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from gallery_pages import screenshots
from shapes import SHAPES
from show import expression

import autograd
from autograd import Value
from autograd.losses import cross_entropy, mse_loss
from autograd.nn import MLP, Layer, Module, Neuron
from autograd.show import Drawing, draw
from autograd.show.rendering import RenderError

FEW, MANY = 40, 1_600  # nodes of the shapes, in full and folded: five heads of attention repeat


class Picture(NamedTuple):
    """A name, how to make the root of the graph, and the options of `draw`."""

    name: str
    make: Callable[[], Value]
    options: dict[str, Any]


class Residual(Module):
    """Two layers, with what came in added to what comes out."""

    def __init__(self) -> None:
        self.first, self.second = Layer(2, 3, rng=0), Layer(3, 2, rng=1)

    def forward(self, xs: Any) -> Any:
        return [x + y for x, y in zip(xs, self.second(self.first(xs)), strict=True)]


class Gate(Module):
    """A neuron decides how much of another's output there is."""

    def __init__(self) -> None:
        self.open, self.signal = Neuron(2, "sigmoid", rng=0), Neuron(2, "tanh", rng=1)

    def forward(self, xs: Any) -> Any:
        return self.open(xs) * self.signal(xs)


class Cell(Module):
    """One step of a recurrent network."""

    def __init__(self) -> None:
        self.neuron = Neuron(2, rng=0)

    def forward(self, h: Any, x: Any) -> Any:
        return self.neuron([h, x])


class Recurrent(Module):
    """A recurrent network: one cell, again and again."""

    def __init__(self) -> None:
        self.cell = Cell()

    def forward(self, xs: Any) -> Any:
        h = Value(0.0, "h0")
        for x in xs:
            h = self.cell(h, x)
        return h


class Attention(Module):
    """What the last of some vectors of width 2 hears from all of them."""

    def __init__(self) -> None:
        self.query, self.key, self.value = (Layer(2, 2, None, rng=seed) for seed in range(3))

    def forward(self, xs: Any) -> Any:
        query = self.query(xs[-1])
        keys, values = ([module(x) for x in xs] for module in (self.key, self.value))
        shares = autograd.softmax([autograd.dot(query, key) / 2**0.5 for key in keys])
        return [autograd.dot(shares, list(column)) for column in zip(*values, strict=True)]


def inputs(count: int = 2) -> list[Value]:
    return [Value(0.5 - 0.75 * (i % 4), f"x{i}") for i in range(count)]


def polynomial() -> Value:
    x, y = Value(3.0, "x"), Value(-2.0, "y")
    return (x * y + 1.0) ** 2 + x * 0.5 + y


def network() -> Value:
    loss: Value = mse_loss([MLP(2, [4, 4, 1], rng=0)(inputs())], [1.0])
    return loss


def batch(samples: int) -> Value:
    model = MLP(2, [2, 1], rng=0)
    rows = [[i / samples, 1.0 - i / samples] for i in range(samples)]
    loss: Value = mse_loss([model(row) for row in rows], [float(i % 2) for i in range(samples)])
    return loss


def classes() -> Value:
    loss: Value = cross_entropy([inputs(3)], [1])
    return loss


def softmax() -> Value:
    loss: Value = -autograd.log(autograd.softmax(inputs(3))[1])
    return loss


def attention(count: int) -> Value:
    xs = inputs(2 * count)
    heard: Value = autograd.sum(Attention()([xs[i : i + 2] for i in range(0, 2 * count, 2)]))
    return heard


def kinks() -> Value:
    x, y = inputs()
    left: Value = autograd.where(x > y, x.relu(), y)
    loss: Value = left + autograd.maximum([x, 0.0]) + abs(y).clip(0.0, 1.0)
    return loss


PICTURES = [
    Picture("polynomial", polynomial, {}),
    Picture("polynomial, downward", polynomial, {"rankdir": "TB"}),
    Picture("polynomial, heat", polynomial, {"heat": True}),
    Picture("kinks", kinks, {}),
    Picture("softmax", softmax, {}),
    Picture("cross entropy", classes, {}),
    Picture("network", network, {"collapse": None}),
    Picture("network, downward", network, {"collapse": None, "rankdir": "TB"}),
    Picture("network by neuron", network, {"collapse": "neuron"}),
    Picture("network by layer", network, {"collapse": "layer", "heat": True}),
    Picture("network, one box", network, {"collapse": 1}),
    Picture("batch of 3", lambda: batch(3), {"collapse": None}),
    Picture("batch of 3 by neuron", lambda: batch(3), {"collapse": "neuron"}),
    Picture("batch of 105", lambda: batch(105), {}),
    Picture("residual", lambda: autograd.sum(Residual()(inputs())), {"collapse": None}),
    Picture("residual by layer", lambda: autograd.sum(Residual()(inputs())), {"collapse": "layer"}),
    Picture("gate", lambda: Gate()(inputs()), {"collapse": None}),
    Picture("recurrent module", lambda: Recurrent()(inputs(4)), {"collapse": None}),
    Picture("recurrent module by cell", lambda: Recurrent()(inputs(4)), {"collapse": 2}),
    Picture("recurrent module of 40 steps", lambda: Recurrent()(inputs(40)), {}),
    Picture("attention of a module", lambda: attention(2), {"collapse": "layer"}),
    Picture("attention in full", lambda: attention(2), {"collapse": None}),
    Picture("attention on 30 vectors", lambda: attention(30), {}),
    Picture("expression", lambda: expression(60), {"collapse": None}),
    *(
        Picture(f"{name}{said}", lambda make=make, size=size: make(size), options)  # type: ignore[misc]
        for name, make in SHAPES.items()
        for said, size, options in (
            ("", FEW, {"collapse": None}),
            (", downward", FEW, {"collapse": None, "rankdir": "TB"}),
            (" folded", MANY, {}),
        )
    ),
]


def drawings(picture: Picture) -> dict[str, Drawing]:
    """The picture in each theme."""
    root = picture.make()
    root.backward()
    return {
        theme: draw(root, picture.name, theme=theme, **picture.options)
        for theme in ("light", "dark")
    }


def main() -> None:
    parser = argparse.ArgumentParser(description="Pictures to be looked at.")
    parser.add_argument("--out", type=Path, default=Path("out/gallery"))
    out = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    page = ["<!doctype html><meta charset=utf-8><title>Gallery</title>"]
    for picture in PICTURES:
        page.append(f"<h2>{picture.name}</h2>")
        for theme, drawing in drawings(picture).items():
            file = f"{picture.name.replace(', ', '-').replace(' ', '-')}-{theme}"
            drawing.save(out / f"{file}.svg")
            page.append(f'<p><img src="{file}.svg" style="max-width:100%">')
            try:
                drawing.save(out / f"{file}.png")
            except RenderError as error:
                print(f"{file}: {error}")
    shown = list(screenshots(out))
    page += [f'<h2>{name}</h2><p><img src="{name}" style="max-width:100%">' for name in shown]
    (out / "index.html").write_text("\n".join(page), "utf-8")
    print(f"{2 * len(PICTURES) + len(shown)} pictures in {out}")


if __name__ == "__main__":
    main()
