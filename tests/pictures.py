"""Every kind of picture that the library writes, for tests of what viewers make of them."""

from collections.abc import Callable, Sequence
from random import Random
from typing import Any

from autograd import Value, constant
from autograd.anatomy import draw_groups
from autograd.losses import mse_loss
from autograd.nn import MLP
from autograd.show import (
    draw,
    draw_contours,
    draw_outer_product,
    draw_slope,
    learning_curve,
    play,
    scatter,
)
from autograd.show.charts import axis
from autograd.show.charts.contours import CONTOUR_THEME
from autograd.show.charts.outer_product import OUTER_THEME
from autograd.show.charts.scatter import SCATTER_THEME
from autograd.show.charts.slope import SLOPE_THEME
from autograd.show.graphs import theme as graph_theme
from autograd.show.svg import Theme
from autograd.show.text_page import THEME as WORDS


def polynomial() -> Value:
    x, y = Value(3.0, "x"), Value(-2.0, "y")
    root = (x * y + 1.0) * x + constant(0.5, "half") * y
    root.label = "root"
    root.backward()
    return root


def network() -> Value:
    output = MLP(2, [2, 1], rng=1)([Value(1.0, "a"), 2.0])
    loss: Value = mse_loss([output], [1.0])
    loss.backward()
    return loss


def products(x: Sequence[Any], y: Sequence[Any]) -> Any:
    return sum(a * b for a, b in zip(x, y, strict=True))


def curve() -> str:
    panels = {"accuracy": {"test": [0.1, 0.5, 0.8]}}
    series = {f"run {i}": [3.0 + i, 1.0 + i, 0.5 + i] for i in range(6)}
    return learning_curve(series, title="Loss", panels=panels).svg


def points() -> str:
    rng = Random(0)
    places = [(rng.gauss(c, 0.3), rng.gauss(-c, 0.3)) for c in range(6) for _ in range(3)]
    classes = [c for c in range(6) for _ in range(3)]
    return scatter(places, classes, title="Points", decide=lambda p: int(p[0] > 1.0)).svg


def slope() -> str:
    return draw_slope(lambda x: x * x * x - x, 0.8, -1.5, 1.5, title="A slope").svg


def valley() -> str:
    ways = {f"way {i}": [(i - 2.0, -1.0), (0.0, 0.0)] for i in range(6)}
    return draw_contours(lambda p: p[0] ** 2 + p[1], (-2, 2), (-2, 2), ways, title="A valley").svg


def in_words(theme: str) -> str:
    root = sum((Value(float(i)) * 2.0 for i in range(2001)), Value(0.0))
    return draw(root, collapse=None, theme=theme).svg


GRAPH = graph_theme.THEME
VECTORS = [1.0] * 20, [2.0] * 20
# The pictures that take a theme.
THEMED: dict[str, tuple[Callable[[str], str], Theme]] = {
    "graph": (lambda theme: draw(polynomial(), "A title", theme=theme).svg, GRAPH),
    "network": (lambda theme: draw(network(), theme=theme).svg, GRAPH),
    "downward": (lambda theme: draw(network(), rankdir="TB", theme=theme).svg, GRAPH),
    "layers": (lambda theme: draw(network(), collapse="layer", theme=theme).svg, GRAPH),
    "heat": (lambda theme: draw(network(), heat=True, theme=theme).svg, GRAPH),
    "words": (in_words, WORDS),
    "groups": (lambda theme: draw_groups(products, *VECTORS, theme=theme).svg, GRAPH),
}
# Those that follow the reader's.
OTHERS: dict[str, tuple[Callable[[], str], Theme]] = {
    "a frame": (lambda: play(network()).frames()[-8], GRAPH),
    "the first frame": (lambda: play(polynomial()).frames()[0], GRAPH),
    "a frame of neurons": (lambda: play(network(), collapse="neuron").frames()[-8], GRAPH),
    "learning curve": (curve, axis.THEME),
    "scatter": (points, SCATTER_THEME),
    "slope": (slope, SLOPE_THEME),
    "contours": (valley, CONTOUR_THEME),
    "outer product": (
        lambda: draw_outer_product([1.0, 2.0], [3.0], title="A product").svg,
        OUTER_THEME,
    ),
}
