"""Stepping through a pass: its events, a page that plays them, and a stepper for the terminal.

Events: `events.py`, `reverse_mode.py` (backpropagation), `layers.py` (the order in which that is
played), `forward_mode.py` (forward mode), `names.py` (names, and why each event happens),
`flaws.py` (what is wrong with it) and `sentences.py`. The page: `player.py` goes from the graph to
`picture.py` (drawings with room for a pass), with `text_places.py` (where the texts of highlights
stand), and with `graph_data.py` (the graph and the events as data) and `code_lines.py` (the lines
of backward) to `web_page.py`, with `page_kinds.py` (what all pages of a kind have in common) and
`page_code.py` (texts in little room); `notebook_frame.py` shows it in a notebook. Still pictures:
`changes.py` (what each event changes) and `frames.py`. The page that trains: `training.py`, of
`samples.py`, `columns.py`, `one_graph.py` and `training_data.py`. The terminal:
`terminal_stepper.py` on `terminal.py`. Nothing else in `show` needs this room.
"""
