"""Captions: text that opens with the label of a table or a figure."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from eutectic.knowledge.normalise import readable

_NUMBER = r"(?:S\s?)?\d{1,3}(?:[.\-]\d{1,2})?[a-z]?(?![\w%])|S?[IVXL]{1,6}(?![\w])|[A-Z]\.?\d{1,2}(?!\w)"
_LABEL = re.compile(
    rf"\s*((?P<table>Tables?|TABLES?|Tab\.|表)|(?P<figure>Figures?|FIGURES?|FIGs?\.?|Figs?\.?|Schemes?|SCHEMES?|图|圖))"
    rf"\s*(?P<number>{_NUMBER})\s*(?P<close>[.:：|)\]]|[—–-](?=\s))?\s*"
)
_RUNNING = re.compile(
    r"(?:shows?|lists?|gives?|presents?|summari[sz]es?|compares?|illustrates?|displays?|depicts?|and|to|in|is|are|we|it|"
    r"was|were|contains?|reports?|provides?|demonstrates?|reveals?|indicates?|represents?|that|as|for which|of)\b"
    r"|所示|中|给出|列出|为"
)
_CONTINUED = re.compile(r"[(（\[]?\s*(?:continued|cont['’]?d\.?|cont\.|续)\s*[)）\]]?\.?\s*", re.IGNORECASE)


_CONTINUED_END = re.compile(
    r"\s*[(（\[]\s*(?:continued|cont['’]?d\.?|cont\.|续)[^()（）\[\]]{0,30}[)）\]]\.?$", re.IGNORECASE
)


class Caption(NamedTuple):
    """A caption taken apart."""

    kind: Literal["table", "figure"]
    label: str
    text: str
    is_continued: bool = False
    """It heads the rest of a table that began on a page before."""


def read_caption(text: str) -> Caption | None:
    """The caption a block of text is, or None: sentences that open with `Table 2 shows` are not captions."""
    line = readable(text)
    match = _LABEL.match(line)
    if match is None:
        return None
    rest = line[match.end() :]
    if not match["close"] and (rest[:1] in (",", ";", "–", "—", "-") or _RUNNING.match(rest)):
        return None
    if rest[:1] in (",", ";"):
        return None
    if not match["close"] and rest and not (rest[0].isupper() or rest[0] in "([（‘“'" or not rest[0].isascii()):
        return None
    kind: Literal["table", "figure"] = "table" if match["table"] else "figure"
    label = f"{match[1].rstrip('.')} {match['number']}"
    continued = _CONTINUED.match(rest)
    text = _CONTINUED_END.sub("", rest[continued.end() :] if continued else rest)
    return Caption(kind, label, text, continued is not None or text != rest)
