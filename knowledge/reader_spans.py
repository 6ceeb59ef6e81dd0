"""What of a PDF page's text can be seen, and which of it is raised; works on the spans PyMuPDF gives."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from eutectic.knowledge.table import Box

_SUPERSCRIPT = 1
_LEAST_SIZE = 3.0
"""Points; smaller text cannot be read on the page."""
_LEAST_ALPHA = 30
"""Of 255; render mode 3 (invisible) is reported as alpha 0."""
_LIGHT = 240
"""Of 255 in each colour channel: white or nearly so."""
_SMALL_CAPITALS = (0.7, 0.88)
"""Size of small capitals beside the capitals of their line."""
_RAISED_SIZE = 0.92
"""Of the largest text of its line: superscripts are smaller."""


class Sight:
    """Tells the spans of one page that a reader of it sees; filled shapes are looked up only where one is light."""

    def __init__(self, page: Any) -> None:
        self._page = page
        self._grounds: list[Box] | None = None

    def sees(self, span: dict[str, Any]) -> bool:
        """Whether a span can be read on the page."""
        if span["alpha"] < _LEAST_ALPHA or span["size"] < _LEAST_SIZE:
            return False
        if not _is_light(span["color"]):
            return True
        if self._grounds is None:
            self._grounds = list(_dark_grounds(self._page))
        return any(_covers(ground, span["bbox"]) for ground in self._grounds)


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


def _is_light(color: int) -> bool:
    return all((color >> shift & 255) > _LIGHT for shift in (0, 8, 16))


def _dark_grounds(page: Any) -> Iterator[Box]:
    """Filled shapes that light text can be read on."""
    for drawing in page.get_drawings():
        fill = drawing.get("fill")
        if fill and min(fill) < 0.8 and (drawing.get("fill_opacity") or 0) > 0.3:
            yield tuple(drawing["rect"])


def _covers(ground: Box, box: Box) -> bool:
    slack = 0.25 * (box[3] - box[1])
    return (
        ground[0] <= box[0] + slack
        and ground[1] <= box[1] + slack
        and ground[2] >= box[2] - slack
        and ground[3] >= box[3] - slack
    )
