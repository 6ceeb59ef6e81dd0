"""Which spans of a PDF page can be seen: not too small, not transparent, not of their ground's colour, not covered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from eutectic.knowledge.table import Box

_LEAST_SIZE = 3.0
"""Points; smaller text cannot be read on the page."""
_SCRIPT, _SCRIPT_LENGTH = 0.5, 12
"""Share of its line's type size that a raised or lowered piece has at least, and its most characters."""
_LEAST_ALPHA = 30
"""Of 255; render mode 3 (invisible) is reported as alpha 0."""
_LIGHT = 240
"""Of 255 in each colour channel: white or nearly so."""
_SCALE = 2
"""Pixels a point of the drawing that doubtful spans are looked up in."""
_CONTRAST = 25
"""Of 255 in any channel, by which text stands out from its ground."""
_PAINTS = frozenset(("fill-path", "fill-image", "fill-shade"))


class Sight:
    """Tells the spans of one page that a reader of it sees; the page is drawn only where one is doubtful."""

    def __init__(self, page: Any) -> None:
        self._page = page
        self._log: list[tuple[str, Box]] | None = None
        self._drawn: Any = None
        self._opaque: list[Box] = []

    def seen(self, spans: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """The spans of a line that can be read; raised and lowered digits of small print are small, and seen."""
        largest = max((span["size"] for span in spans), default=0.0)
        script = _SCRIPT * largest if largest >= _LEAST_SIZE else _LEAST_SIZE
        return [
            span
            for span in spans
            if self._sees(span, min(_LEAST_SIZE, script) if len(span["text"]) <= _SCRIPT_LENGTH else _LEAST_SIZE)
        ]

    def _sees(self, span: dict[str, Any], least: float) -> bool:
        if span["alpha"] < _LEAST_ALPHA or span["size"] < least:
            return False
        if self._log is None:
            self._log = [(kind, tuple(box)) for kind, box, *_ in self._page.get_bboxlog()]
            self._opaque = [
                tuple(item["bbox"]) for item in self._page.get_image_info() if not item.get("has-mask", False)
            ]
        box: Box = tuple(span["bbox"])
        if self._is_behind_image(box):
            return False
        is_doubtful = _is_light(span["color"]) or any(
            kind in _PAINTS and _covers(ground, box) for kind, ground in self._log
        )
        return not is_doubtful or self._stands_out(box)

    def _is_behind_image(self, box: Box) -> bool:
        """Whether an opaque image is painted over a place after the last text there."""
        if not self._opaque or self._log is None:
            return False
        places = [at for at, (kind, ground) in enumerate(self._log) if kind.endswith("-text") and _touches(ground, box)]
        later = self._log[places[-1] + 1 :] if places else []
        return any(
            kind == "fill-image" and _covers(ground, box) and any(_covers(image, ground) for image in self._opaque)
            for kind, ground in later
        )

    def _stands_out(self, box: Box) -> bool:
        """Whether a place shows more than one colour as the page is drawn."""
        import pymupdf

        if self._drawn is None:
            zoom = pymupdf.Matrix(_SCALE, _SCALE)
            self._drawn = self._page.get_pixmap(matrix=zoom, colorspace=pymupdf.csRGB, alpha=False, annots=False)
        drawn = self._drawn
        shown = pymupdf.Rect(box) * self._page.rotation_matrix * _SCALE
        inset = 0.15 * (shown.y1 - shown.y0)
        left, right = max(0, int(shown.x0)), min(drawn.width, int(shown.x1) + 1)
        top, bottom = max(0, int(shown.y0 + inset)), min(drawn.height, int(shown.y1 - inset) + 1)
        if right <= left or bottom <= top:
            return False
        low, high = [255] * 3, [0] * 3
        for y in range(top, bottom):
            row = drawn.samples_mv[y * drawn.stride + 3 * left : y * drawn.stride + 3 * right]
            for channel in range(3):
                values = bytes(row[channel::3])
                low[channel] = min(low[channel], *values)
                high[channel] = max(high[channel], *values)
        return any(high[channel] - low[channel] >= _CONTRAST for channel in range(3))


def _is_light(color: int) -> bool:
    return all((color >> shift & 255) > _LIGHT for shift in (0, 8, 16))


def _touches(ground: Box, box: Box) -> bool:
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return ground[0] <= x <= ground[2] and ground[1] <= y <= ground[3]


def _covers(ground: Box, box: Box) -> bool:
    slack = 0.25 * (box[3] - box[1])
    return (
        ground[0] <= box[0] + slack
        and ground[1] <= box[1] + slack
        and ground[2] >= box[2] - slack
        and ground[3] >= box[3] - slack
    )
