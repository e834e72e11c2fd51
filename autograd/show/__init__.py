"""Pictures and words: graphs as drawings, formulas and explanations, training as charts.

The room `graphs` draws graphs, `charts` learning curves, points, slopes and contours, `layout`
places boxes, `words` writes formulas and sentences, `stepping` goes through a pass event by event,
and `foreign` makes Values of the graphs of other libraries. What they share: `drawing.py` (a
picture in hand), `rendering.py` (PNG and PDF), `svg.py` and `text.py` (safe text), `text_page.py`,
`moved_on.py` (numbers that changed since), `source_lines.py` (the line of code that made a node),
`notebook.py` (the display of a Value). All this uses the engine, and nothing that is built on it.
"""

from .charts.contours import draw_contours
from .charts.learning_curve import learning_curve
from .charts.outer_product import draw_outer_product
from .charts.scatter import scatter
from .charts.slope import draw_slope
from .drawing import Drawing
from .graphs.draw import draw
from .graphs.graphviz import draw_dot, to_dot, to_graphviz
from .rendering import RenderError
from .source_lines import source_lines
from .stepping.events import Contribute, Final, Forward, Given, Seed
from .stepping.forward_mode import tangent_steps
from .stepping.player import play
from .stepping.reverse_mode import steps
from .stepping.training import play_training
from .words.derivation import derivation
from .words.explain import explain
from .words.explanation import Explanation
from .words.formula import formula
from .words.summary import Summary, summary

__all__ = [
    "Contribute",
    "Drawing",
    "Explanation",
    "Final",
    "Forward",
    "Given",
    "RenderError",
    "Seed",
    "Summary",
    "derivation",
    "draw",
    "draw_contours",
    "draw_dot",
    "draw_outer_product",
    "draw_slope",
    "explain",
    "formula",
    "learning_curve",
    "play",
    "play_training",
    "scatter",
    "source_lines",
    "steps",
    "summary",
    "tangent_steps",
    "to_dot",
    "to_graphviz",
]
