"""A document's title: from its metadata where that is a title, else from its first page, else its file name."""

from __future__ import annotations

import re

from eutectic.knowledge.normalise import readable
from eutectic.knowledge.reader import ReadDocument
from eutectic.knowledge.suspicion import is_suspicious

_NO_TITLE = re.compile(
    r"^(?:untitled|microsoft word|document\d*|doi:|\S+\.(?:pdf|docx?|tex|dvi|indd)\b)", re.IGNORECASE
)
_LONGEST = 300


def choose_title(read: ReadDocument, fallback: str) -> str:
    """A title of at most 300 characters; text that orders its reader about is not one."""
    title = readable(read.title)
    if len(title) >= 8 and not _NO_TITLE.match(title) and not is_suspicious(title):
        return title[:_LONGEST]
    for block in read.pages[0].blocks[:6]:
        line = readable(block.text)
        if block.is_heading and 20 <= len(line) <= _LONGEST and not is_suspicious(line):
            return line
    return fallback[:_LONGEST]
