"""Stepping through a pass: its events, the page that plays them, the terminal that lists them.

`events` and `tangents` are the events of the two modes, `telling` has their words. `player` and
`training` write web pages out of them, `stepper` steps through them in a terminal. Nothing else
in `show` needs this room.
"""
