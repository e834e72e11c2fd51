"""Pictures of computation graphs.

`draw.py` is `draw`: `folding.py`, `module_calls.py` and `repetition.py` fold a graph, `content.py`,
`boxes.py` and `op_text.py` make the content of each box, `arrange.py` repeats far-used boxes and
makes rows, the room `layout` places everything, `graph_svg.py` and `box_svg.py` write the SVG in
the colours of `theme.py`. `facts.py` reads a graph once for all this, `view.py` chooses what is
shown, `table.py` writes the same as text, `dot.py` and `graphviz.py` hand the graph to Graphviz.
"""
