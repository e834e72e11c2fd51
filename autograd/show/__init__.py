"""Seeing it: computation graphs and learning curves as drawings, on the standard library alone.

`draw` lays a graph out (`layout.py`) and writes it as SVG (`graph_svg.py`); `learning_curve`
charts a training run (`chart.py`). Both give a `Drawing` (`drawing.py`). This room knows the
heart and nothing else of the package.
"""

from autograd.show.chart import learning_curve
from autograd.show.drawing import Drawing
from autograd.show.graph_svg import draw

__all__ = ["Drawing", "draw", "learning_curve"]
