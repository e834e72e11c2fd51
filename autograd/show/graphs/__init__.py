"""Pictures of computation graphs.

`draw.py` is `draw`: `folding.py` and `module_calls.py` fold a graph, `content.py` and `boxes.py`
make the content of each box, the room `layout` places them, `graph_svg.py` and `box_svg.py` write
the SVG in the colours of `theme.py`. `view.py` chooses what is shown, `table.py` writes the same as
text, `dot.py` and `graphviz.py` hand the graph to Graphviz.
"""
