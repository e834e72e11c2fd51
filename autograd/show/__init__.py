"""Seeing it: graphs as pictures, formulas and explanations, training as learning curves.

`draw` (`picture.py`) folds a graph into boxes, places them, and writes SVG, which `rendering.py`
turns into PNG and PDF. `formula` and `derivation` run the rules of the calculus on names,
`explain` tells the chain rule with the numbers of a graph, `summary` counts what is in it. The
room `stepping` goes through a pass event by event: `steps`, and the pages of `play` and
`play_training`. All this knows the heart, and nothing of what is built on it.
"""

from autograd.show.chart import learning_curve
from autograd.show.digraph import draw_dot, to_dot, to_graphviz
from autograd.show.drawing import Drawing
from autograd.show.picture import draw
from autograd.show.rendering import RenderError
from autograd.show.scatter import scatter
from autograd.show.stepping.events import Contribute, Final, Forward, Seed
from autograd.show.stepping.player import play
from autograd.show.stepping.steps import steps
from autograd.show.stepping.tangents import tangent_steps
from autograd.show.stepping.training import play_training
from autograd.show.words.derivation import derivation
from autograd.show.words.explain import explain
from autograd.show.words.explanation import Explanation
from autograd.show.words.formula import formula
from autograd.show.words.summary import Summary, summary

__all__ = [
    "Contribute",
    "Drawing",
    "Explanation",
    "Final",
    "Forward",
    "RenderError",
    "Seed",
    "Summary",
    "derivation",
    "draw",
    "draw_dot",
    "explain",
    "formula",
    "learning_curve",
    "play",
    "play_training",
    "scatter",
    "steps",
    "summary",
    "tangent_steps",
    "to_dot",
    "to_graphviz",
]
