"""Which of a PDF page's text is raised or set in small capitals; works on the spans PyMuPDF gives."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

_SUPERSCRIPT = 1
_SMALL_CAPITALS = (0.7, 0.88)
"""Size of small capitals beside the capitals of their line."""
_RAISED_SIZE = 0.92
"""Of the largest text of its line: superscripts are smaller."""


def is_exponent(spans: Sequence[dict[str, Any]], i: int, before: str) -> bool:
    """Whether a span is raised; equations and tall lines mark full-sized text and lone signs so without being it.

    Args:
        spans: the spans of the line, with `flags`, `size` and `text`.
        i: index of the one in question.
        before: the text of the line in front of it.
    """
    if not spans[i]["flags"] & _SUPERSCRIPT or spans[i]["size"] > _RAISED_SIZE * max(span["size"] for span in spans):
        return False
    if any(character.isdigit() for character in spans[i]["text"]):
        return True
    is_followed = i + 1 < len(spans) and bool(spans[i + 1]["flags"] & _SUPERSCRIPT)
    return is_followed or bool(before and not before[-1].isspace())


def small_capitals(spans: Sequence[dict[str, Any]]) -> frozenset[int]:
    """The spans of a line that stand for small letters: capitals a fifth smaller than capitals right before them.

    Captions are set so, and a formula's `Zr` would read `ZR`.
    """
    found: set[int] = set()
    pairs = 0
    largest = max((span["size"] for span in spans), default=0.0)
    for i, span in enumerate(spans):
        letters = [c for c in span["text"] if c.isalpha()]
        is_small = _SMALL_CAPITALS[0] < span["size"] / largest < _SMALL_CAPITALS[1] and not span["flags"] & _SUPERSCRIPT
        if not letters or not is_small or not all(c.isupper() for c in letters) or not span["text"].isascii():
            continue
        found.add(i)
        before = spans[i - 1] if i else None
        pairs += before is not None and before["size"] == largest and before["text"][-1:].isupper()
    return frozenset(found) if pairs > 1 else frozenset()
