"""Graphs of other libraries, such as micrograd's, for everything that shows or tells a graph.

`conversion.py` makes Values of the nodes of such a graph, `reading.py` reads what an object says of
itself, and `operation.py` finds the op that made it, if its name, its number and its local
derivatives agree on one. Only attributes are read: nothing of the reader's runs or changes.
"""
