"""Stepping through a pass: its events, a page that plays them, and a stepper for the terminal.

Events: `events.py`, `reverse_mode.py` (backpropagation), `forward_mode.py` (forward mode),
`names.py`, `reasons.py` (why each happens) and `sentences.py` (their sentences). The page:
`player.py` makes it of `animation.py`, `animate.py` (changes in a drawing), `highlights.py`
(highlights), `page_data.py` (the data of a recording), `graph_data.py`, `live.py` (that of a live
graph), `stand_ins.py` (so that no graph is kept), `frames.py` (still pictures) and `web_page.py`.
The page that trains: `training.py`, of `samples.py`, `one_graph.py` and `training_data.py`. The
terminal: `terminal_stepper.py` on `terminal.py`. Nothing else in `show` needs this room.
"""
