"""The canvas all plots share: palette, type, and figures as SVG that follows the page's light or dark theme."""

from __future__ import annotations

import io
import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from html import escape
from typing import Any

INK, MUTED, LINE, SHADE, PAPER = "#16202a", "#5b6774", "#d9dfe6", "#eef2f6", "#fefefe"
BLUE, ORANGE, GREEN, PURPLE = "#0067a5", "#c85a00", "#00805e", "#8f4a92"
THEME: dict[str, str] = {
    INK: "ink",
    MUTED: "muted",
    LINE: "line",
    SHADE: "shade",
    PAPER: "paper",
    BLUE: "blue",
    ORANGE: "orange",
    GREEN: "green",
    PURPLE: "purple",
}
"""Colours that become CSS variables of the page; the four hues are told apart with any colour vision."""
_PIXELS_PER_POINT = 1.6
"""Widest a figure is shown, so that its text is as large as the page's."""
_RC: dict[str, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "eutectic",
    "font.family": "DejaVu Sans",
    "font.size": 9.5,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": MUTED,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.titlesize": 10,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.facecolor": "none",
    "axes.unicode_minus": True,
    "axes.formatter.useoffset": False,
    "figure.facecolor": "none",
    "grid.color": LINE,
    "grid.linewidth": 0.6,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "legend.frameon": False,
    "legend.fontsize": 9,
    "lines.linewidth": 1.8,
}


@contextmanager
def style() -> Iterator[None]:
    """The house style, for making and rendering figures; matplotlib's own settings come back afterwards."""
    import matplotlib as mpl

    with mpl.rc_context(_RC):
        yield


def new_figure(width: float, height: float) -> Any:
    """A figure of a size in inches that needs no display and no global state."""
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasSVG(figure)
    return figure


def to_svg(figure: Any, name: str, alt: str, titles: Mapping[str, Sequence[str]] | None = None) -> str:
    """The figure as one `<svg>` element.

    Args:
        figure: A matplotlib figure made by `new_figure`.
        name: Prefix of every id inside, so that many figures share one page.
        alt: What a reader who cannot see it should know.
        titles: Tooltips of the markers of an artist, by the artist's gid, in drawing order.
    """
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    text = buffer.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.S)
    for gid, lines in (titles or {}).items():
        text = _with_titles(text, gid, lines)
    for colour, variable in THEME.items():
        text = text.replace(colour, f"var(--{variable})")
    text = re.sub(r"font: (?:\w+ )*?(?:bold |700 )([\d.]+)px [^;\"]*", r"font-size: \1px; font-weight: 700", text)
    text = re.sub(r"font: ([\d.]+)px [^;\"]*", r"font-size: \1px", text)
    text = re.sub(r'\bid="', f'id="{name}-', text)
    text = re.sub(r"url\(#", f"url(#{name}-", text)
    text = re.sub(r'href="#', f'href="#{name}-', text)
    head = re.search(r'viewBox="([^"]+)"', text)
    box = head[1] if head else "0 0 100 100"
    width = round(_PIXELS_PER_POINT * float(box.split()[2]))
    body = text[text.index(">") + 1 :]
    return (
        f'<svg class="plot" role="img" aria-label="{escape(alt, quote=True)}" viewBox="{box}" '
        f'style="max-width:{width}px;min-width:min(34rem,{round(0.72 * width)}px)" '
        f'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">{body}'
    )


def _with_titles(text: str, gid: str, lines: Sequence[str]) -> str:
    start = text.find(f'<g id="{gid}">')
    if start < 0:
        return text
    defs = text.find("</defs>", start)
    end = text.find("<g id=", start + 5)
    end = len(text) if end < 0 else end
    begin = defs if 0 <= defs < end else start
    waiting = iter(lines)

    def name(match: re.Match[str]) -> str:
        title = next(waiting, None)
        return match[0] if title is None else f"<{match[1]} {match[2]}><title>{escape(title)}</title></{match[1]}>"

    return text[:begin] + re.sub(r"<(use|path) ([^>]*?)/>", name, text[begin:end]) + text[end:]


def wrapped(text: str, width: int = 30) -> str:
    """Text on as many lines as it needs, for an axis that is short."""
    return "\n".join(textwrap.wrap(text, width, break_long_words=False))
