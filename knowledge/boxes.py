"""Boxes on a page: what holds, overlaps and lies near what."""

from __future__ import annotations

from collections.abc import Sequence

from eutectic.knowledge.reader_words import Word
from eutectic.knowledge.table import Box


def holds(box: Sequence[float], word: Word) -> bool:
    """Whether the middle of a word stands in a box, give or take 2 points."""
    middle = 0.5 * (word.box[0] + word.box[2])
    return box[0] - 2 <= middle <= box[2] + 2 and box[1] - 2 <= word.middle <= box[3] + 2


def around(words: Sequence[Word]) -> Box:
    """The box around words."""
    return union([word.box for word in words])


def union(boxes: Sequence[Sequence[float]]) -> Box:
    """The box around boxes, to a tenth of a point."""
    return (
        round(min(b[0] for b in boxes), 1),
        round(min(b[1] for b in boxes), 1),
        round(max(b[2] for b in boxes), 1),
        round(max(b[3] for b in boxes), 1),
    )


def overlaps(a: Sequence[float], b: Sequence[float]) -> bool:
    """Whether two boxes share more than 30 % of the smaller one."""
    width, height = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    smaller = min((a[2] - a[0]) * (a[3] - a[1]), (b[2] - b[0]) * (b[3] - b[1]))
    return width > 0 and height > 0 and width * height > 0.3 * smaller


def distance(a: Sequence[float], b: Sequence[float]) -> float:
    """Points between two boxes, across weighed more than down the page."""
    across = max(a[0] - b[2], b[0] - a[2], 0.0)
    down = max(a[1] - b[3], b[1] - a[3], 0.0)
    return 3 * across + down
