"""Stepping through a pass: its events, a page that plays them, and a stepper for the terminal.

Events: `events.py`, `reverse_mode.py` (backpropagation), `layers.py` (the order in which that is
played), `forward_mode.py` (forward mode), `names.py`, `reasons.py` (why each happens) and
`sentences.py` (their sentences). The page: `player.py` and `training.py` make it of `animation.py`,
`animate.py` (changes in a drawing), `highlights.py` (highlights), `page_data.py`, `moving.py`,
`structure.py` (a training's recording), `graph_data.py`, `page_json.py`, `locate.py` (the data),
`flaws.py` (mistakes in events), `code_lines.py` (the lines of backward), `stand_ins.py` (so that no
graph is kept), `frames.py` (still pictures) and `web_page.py`. The terminal:
`terminal_stepper.py` on `terminal.py`. Nothing else in `show` needs this room.
"""
