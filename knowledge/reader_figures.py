"""Figures of a PDF page: what is drawn near a figure's caption, cut out as a picture."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from eutectic.knowledge.boxes import distance, overlaps, union
from eutectic.knowledge.captions import Caption
from eutectic.knowledge.table import Box, Figure

_CELL = 6.0
"""Points; what is drawn within about two cells of each other is one picture."""
_LEAST_WIDTH, _LEAST_HEIGHT = 40.0, 25.0
_FARTHEST = 90.0
"""Points between a picture and its caption."""
_DPI = 110
_LARGEST = 3_000_000
"""Bytes of one picture."""


class PlacedCaption(NamedTuple):
    """A caption with its place on the page."""

    caption: Caption
    box: Box


def figures_of(page: Any, number: int, captions: Sequence[PlacedCaption], tables: Sequence[Box]) -> list[Figure]:
    """A figure a caption, with the box of what is drawn near it; the box is empty where nothing is."""
    ours = [placed for placed in captions if placed.caption.kind == "figure"]
    if not ours:
        return []
    owned: dict[int, list[Box]] = {}
    for drawn in _drawn(page):
        if any(overlaps(drawn, table) for table in tables):
            continue
        nearest = min(range(len(ours)), key=lambda i: _reach(drawn, ours[i].box))
        if _reach(drawn, ours[nearest].box) < _FARTHEST:
            owned.setdefault(nearest, []).append(drawn)
    for i, parts in owned.items():
        _take_panels(page, parts, [box for j, other in owned.items() if j != i for box in other])
    return [
        Figure(
            page=number,
            label=placed.caption.label,
            caption=placed.caption.text,
            bbox=union(owned[i]) if i in owned else (0.0, 0.0, 0.0, 0.0),
        )
        for i, placed in enumerate(ours)
    ]


def png_of(pymupdf: Any, page: Any, box: Box) -> str:
    """A part of a page as PNG in base64; empty where there is none or its bytes are too many."""
    if box[2] - box[0] < _LEAST_WIDTH or box[3] - box[1] < _LEAST_HEIGHT:
        return ""
    clip = pymupdf.Rect(box[0] - 10, box[1] - 6, box[2] + 10, box[3] + 6) & page.rect
    dpi = max(20, min(_DPI, int(72 * 1_600 / max(clip.width, clip.height))))
    data = page.get_pixmap(clip=clip, dpi=dpi).tobytes("png")
    return base64.b64encode(data).decode() if len(data) <= _LARGEST else ""


def _reach(drawn: Box, caption: Box) -> float:
    """How far a caption is from what is drawn; one below it is nearer than one above or beside it."""
    return distance(drawn, caption) + (0.0 if caption[1] > drawn[1] else 30.0)


def _take_panels(page: Any, parts: list[Box], others: Sequence[Box]) -> None:
    """Add the panels that stand beside or above what a caption has already, as those of one figure do."""
    free = [box for box in _drawn(page) if box not in parts and box not in others]
    is_growing = True
    while is_growing:
        is_growing = False
        whole = union(parts)
        for box in list(free):
            if distance(box, whole) < 25:
                parts.append(box)
                free.remove(box)
                is_growing = True


def _drawn(page: Any) -> list[Box]:
    """Boxes of the pictures and drawings of a page, near ones put together."""
    width, height = page.rect.width, page.rect.height
    boxes = []
    for kind, raw in page.get_bboxlog():
        box = (max(0.0, raw[0]), max(0.0, raw[1]), min(width, raw[2]), min(height, raw[3]))
        is_page = (box[2] - box[0]) * (box[3] - box[1]) > 0.85 * width * height
        if "text" not in kind and "ignore" not in kind and box[2] >= box[0] and box[3] >= box[1] and not is_page:
            boxes.append(box)
    found = _components(boxes)
    return [b for b in found if b[2] - b[0] >= _LEAST_WIDTH and b[3] - b[1] >= _LEAST_HEIGHT]


def _components(boxes: Sequence[Box]) -> list[Box]:
    """Boxes put together where the cells they cover touch; its cost goes with the page, not with the square of them."""
    covering: dict[tuple[int, int], int] = {}
    owner = list(range(len(boxes)))

    def root(i: int) -> int:
        while owner[i] != i:
            owner[i] = owner[owner[i]]
            i = owner[i]
        return i

    for i, box in enumerate(boxes):
        for cell in _cells(box):
            if cell in covering:
                owner[root(i)] = root(covering[cell])
            else:
                covering[cell] = i
    for (x, y), i in covering.items():
        for near in ((x + 1, y), (x, y + 1), (x + 1, y + 1), (x - 1, y + 1)):
            if near in covering:
                owner[root(i)] = root(covering[near])
    groups: dict[int, list[Box]] = {}
    for i, box in enumerate(boxes):
        groups.setdefault(root(i), []).append(box)
    return [union(group) for group in groups.values()]


def _cells(box: Box) -> Iterator[tuple[int, int]]:
    for x in range(int(box[0] // _CELL), int(box[2] // _CELL) + 1):
        for y in range(int(box[1] // _CELL), int(box[3] // _CELL) + 1):
            yield x, y
