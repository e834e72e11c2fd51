"""Stepping through a pass: its events, a page that plays them, and a stepper for the terminal.

Events: `events.py`, `steps.py` (backpropagation), `tangents.py` (forward mode), `names.py`,
`reasons.py` (why each happens) and `telling.py` (their sentences). The page: `player.py` and
`training.py` make it of `film.py`, `camera.py` (changes in a drawing), `marks.py` (highlights),
`script.py`, `moving.py`, `structure.py` (the data of a recording), `graph_data.py`, `live.py` (that
of a live graph), `stand_ins.py` (so that no graph is kept), `slides.py` (still pictures) and
`web_page.py`. The terminal: `stepper.py` on `terminal.py`. Nothing else in `show` needs this room.
"""
