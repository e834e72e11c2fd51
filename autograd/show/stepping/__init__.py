"""Stepping through a pass: its events, a page that plays them, and a stepper for the terminal.

Events: `events.py`, `reverse_mode.py` (backpropagation), `layers.py` (the order in which that is
played), `forward_mode.py` (forward mode), `names.py`, `reasons.py` (why each happens), `flaws.py`
(what is wrong with it) and `sentences.py` (their sentences). The page: `player.py` makes it of
`graph_data.py` (the graph and the events as data), `locate.py` (where a drawing shows them),
`code_lines.py` (the lines of backward), `page_json.py` and `web_page.py`; `stand_ins.py` is there
so that no graph is kept. Still pictures: `animation.py`, `animate.py` (changes in a drawing),
`highlights.py` and `frames.py`. A training: `training.py`, with `moving.py`, `structure.py` and
`page_data.py`. The terminal: `terminal_stepper.py` on `terminal.py`. Nothing else in `show` needs
this room.
"""
