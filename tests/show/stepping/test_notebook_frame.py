"""A page in a frame of a notebook, and the picture that stands there where frames are removed."""

import html
import re

from autograd.show.stepping.player import play
from tests.played import square, tanh_of_a_line


def test_a_notebook_gets_a_sandboxed_page_and_a_picture_that_hides_behind_it() -> None:
    player = play(square())
    bundle = player._repr_mimebundle_()
    found = re.fullmatch(
        r'<div style="overflow-x:auto">'
        r"<style>iframe\.(\w+)\+\.\1\{display:none\}(?:body[^{}]*\{color-scheme:\w+\}){2}</style>"
        r'<iframe class="\1" sandbox="allow-scripts" title="[^"]*" style="[^"]*" '
        r'srcdoc="([^"]*)"></iframe>'
        r'<img class="\1" alt="[^"]*" style="max-width:none" '
        r'src="data:image/svg\+xml;base64,[^"]*"></div>',
        bundle["text/html"],
        re.S,
    )
    assert found
    assert html.unescape(found[2]) == player.html
    assert bundle["text/plain"] == repr(player)


def test_several_players_share_a_page() -> None:
    kinds = {
        re.search(r"iframe\.(\w+)\+", play(make())._repr_mimebundle_()["text/html"])[1]  # type: ignore[index]
        for make in (square, tanh_of_a_line)
    }
    assert len(kinds) == 2
