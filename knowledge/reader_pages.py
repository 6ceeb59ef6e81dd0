"""Which pages are looked at a second time: those with captions or columns of numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence

from eutectic.knowledge.captions import read_caption
from eutectic.knowledge.reader import PageText

_NUMBER_LINE = re.compile(r"\s*[<>~≈±+−–-]?\s*\d[\d.,]*(?:\s*[±(]\s*[\d.]+\)?)?\s*%?\s*", re.ASCII)
_MANY_NUMBERS = 16


def pages_to_look_at(pages: Sequence[PageText]) -> dict[int, bool]:
    """Numbers of the pages that have a caption, or so many numbers alone on a line that a table may stand there.

    Returns:
        Whether tables are to be looked for, by page number; figures are looked for on all of them.
    """
    wanted: dict[int, bool] = {}
    for page in pages:
        lines = [line for block in page.blocks for line in block.text.split("\n")]
        kinds = {caption.kind for line in lines if (caption := read_caption(line))}
        has_table = "table" in kinds or _count_numbers(lines) >= _MANY_NUMBERS
        if has_table or kinds:
            wanted[page.number] = has_table
    return wanted


def _count_numbers(lines: Sequence[str]) -> int:
    """Lines that hold one number; the lines of a manuscript are numbered too, one after the other, and do not count."""
    numbers = [line.strip() for line in lines if _NUMBER_LINE.fullmatch(line)]
    counted = {str(int(text) + step) for text in numbers if text.isdecimal() for step in (1, -1, 5, -5)}
    return sum(not text.isdecimal() or text not in counted for text in numbers)
