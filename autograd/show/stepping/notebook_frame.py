"""A page in a frame of a notebook, in the theme of the page around it."""

import hashlib

from ..drawing import scrolling
from ..svg import escape

HIDING = "hidden-behind-the-frame"  # a CSS class
NARROW = 310  # pixels that it would be higher with no width at all
# The theme of a notebook's page, as it says it: a frame, which sees nothing of that page, takes the
# theme of the element that it is in.
DARK = ("[data-jp-theme-light=false]", ".vscode-dark", ".vscode-high-contrast")
LIGHT = ("[data-jp-theme-light=true]", ".vscode-light", ".vscode-high-contrast-light")


def framed(page: str, title: str, height: float, instead: str) -> str:
    """A page in an iframe, and what is shown where iframes are removed.

    Args:
        page: the page.
        title: what the frame is called.
        height: of the frame, in pixels.
        instead: HTML of one element with the class `HIDING`, which stands in the place of its own.
    """
    page = page.replace("&", "&amp;").replace('"', "&quot;")
    kind = "p" + hashlib.sha256(page.encode("utf-8")).hexdigest()[:12]
    high, other = round(height), instead.replace(HIDING, kind, 1)
    # On a narrow page the controls and the sums take more lines.
    size = f"width:100%;height:max({high}px,{high + NARROW}px - 30vw);border:0"
    return scrolling(
        f"<style>iframe.{kind}+.{kind}{{display:none}}{_host_themes(kind)}</style>"
        f'<iframe class="{kind}" sandbox="allow-scripts" title="{escape(title)}" '
        f'style="{size}" srcdoc="{page}"></iframe>{other}'
    )


def _host_themes(kind: str) -> str:
    """The CSS that gives a frame, and its picture, the theme of JupyterLab or VS Code around it."""
    return "".join(
        f"{','.join(f'body{host} .{kind}' for host in hosts)}{{color-scheme:{theme}}}"
        for theme, hosts in (("dark", DARK), ("light", LIGHT))
    )
