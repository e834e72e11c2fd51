"""Stepping through a pass: its events, a page that plays them, and a stepper for the terminal.

Events: `events.py`, `reverse_mode.py` (backpropagation), `forward_mode.py` (forward mode),
`names.py`, `reasons.py` (why each happens) and `sentences.py` (their sentences). The page:
`player.py` and `training.py` make it of `animation.py`, `animate.py` (changes in a drawing),
`highlights.py`, `text_places.py` (highlights, and where their texts stand), `page_data.py`,
`moving.py`, `structure.py` (the data of a recording), `graph_data.py`, `live.py` (that of a live
graph), `stand_ins.py` (so that no graph is kept), `frames.py` (still pictures), `web_page.py` and
`page_code.py` (its scripts in little room).
The terminal: `terminal_stepper.py` on `terminal.py`. Nothing else in `show` needs this room.
"""
