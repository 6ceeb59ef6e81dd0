"""The straight lines drawn on a PDF page: what rules a table, whole again where it was drawn in pieces."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from eutectic.knowledge.table import Box

_THIN = 2.5
"""Points; a filled box lower than this is a rule."""
_SHORTEST = 8.0
_SAME, _GAP = 1.5, 3.0
"""Points: pieces at one height, and between pieces of one rule."""


class Rules(NamedTuple):
    """The rules of a page."""

    across: tuple[Box, ...] = ()
    """Top to bottom."""
    down: tuple[Box, ...] = ()
    """Left to right."""


def page_rules(page: Any) -> Rules:
    """The rules drawn on a page; also the edges of drawn boxes."""
    across: list[Box] = []
    down: list[Box] = []
    for drawing in page.get_cdrawings():
        is_stroked = "s" in drawing["type"]
        for item in drawing["items"]:
            for box in _edges(item, is_stroked):
                wide, high = box[2] - box[0], box[3] - box[1]
                if high < _THIN and wide > _SHORTEST:
                    across.append(box)
                elif wide < _THIN and high > 0.5 * _SHORTEST:
                    down.append(box)
    turned = _whole((b[1], b[0], b[3], b[2]) for b in down)
    return Rules(tuple(_whole(across)), tuple((b[1], b[0], b[3], b[2]) for b in turned))


def _edges(item: Sequence[Any], is_stroked: bool) -> list[Box]:
    if item[0] == "l":
        (x0, y0), (x1, y1) = item[1], item[2]
        return [(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))]
    if item[0] != "re":
        return []
    x0, y0, x1, y1 = item[1]
    if not is_stroked or y1 - y0 < _THIN or x1 - x0 < _THIN:
        return [(x0, y0, x1, y1)]
    return [(x0, y0, x1, y0), (x0, y1, x1, y1), (x0, y0, x0, y1), (x1, y0, x1, y1)]


def _whole(pieces: Iterable[Box]) -> list[Box]:
    """Horizontal rules with the pieces of one put together."""
    whole: list[Box] = []
    level: list[Box] = []
    for box in [*sorted(pieces, key=lambda b: b[1]), None]:
        if level and (box is None or box[1] - level[-1][1] > _SAME):
            whole += _joined(level)
            level = []
        if box is not None:
            level.append(box)
    return whole


def _joined(level: Sequence[Box]) -> list[Box]:
    done: list[Box] = []
    for box in sorted(level):
        if done and box[0] - done[-1][2] < _GAP and not _is_repeat_gap(done[-1], box):
            last = done[-1]
            done[-1] = (last[0], min(last[1], box[1]), max(last[2], box[2]), max(last[3], box[3]))
        else:
            done.append(box)
    return done


def _is_repeat_gap(left: Box, right: Box) -> bool:
    """Whether two pieces leave a gap on purpose, as rules under neighbouring groups of a header do."""
    return right[0] - left[2] > 1.0
