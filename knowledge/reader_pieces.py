"""Lines whose signs a PDF draws one by one, away from their numbers, put together by where each character stands.

Some typesetters draw the decimal point, the minus and the equals sign of a formula in a line each: `5.471` then reads
as `.` and `5 471`. A block that holds such a lone point is read character by character.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

from eutectic.knowledge.normalise import raised, visible

_POINTS = frozenset(".,·")
_SMALL = 0.85
"""Size of an index beside the largest text of its row."""
_REACH = 0.65
"""Of the font size: how far from a row's baseline its indices stand."""
_RAISED = 0.12
"""Of the font size: how far above the baseline a raised index stands at least."""
_SHARED = 4.0
"""Points of height that two blocks share where they share a row."""
_GAP = 0.18
"""Of the font size: the distance between two characters that is a blank."""


class _Glyph(NamedTuple):
    """A character and where it stands, in points."""

    text: str
    left: float
    right: float
    baseline: float
    size: float


def holds_lone_point(lines: Sequence[Sequence[dict[str, Any]]]) -> bool:
    """Whether a line of the block is nothing but a point.

    Args:
        lines: the spans of each line, with `text`.
    """
    return any("".join(span["text"] for span in line).strip() in _POINTS for line in lines if line)


def interlocked(blocks: Sequence[dict[str, Any]], lines: Sequence[Sequence[Sequence[dict[str, Any]]]]) -> list[range]:
    """Runs of blocks that share rows of text, at least one of each two neighbours holding a lone point; else one each.

    Args:
        blocks: as PyMuPDF gives them, with `bbox`.
        lines: the spans of each line of each block.
    """
    runs: list[range] = []
    for i, block in enumerate(blocks):
        if runs and (holds_lone_point(lines[i]) or holds_lone_point(lines[i - 1])) and _overlap(blocks[i - 1], block):
            runs[-1] = range(runs[-1].start, i + 1)
        else:
            runs.append(range(i, i + 1))
    return runs


def _overlap(above: dict[str, Any], below: dict[str, Any]) -> bool:
    left, top, right, bottom = above["bbox"]
    return bool(
        below["bbox"][1] < bottom - _SHARED
        and below["bbox"][3] > top + _SHARED
        and below["bbox"][0] < right
        and below["bbox"][2] > left
    )


def rebuilt(lines: Sequence[Sequence[dict[str, Any]]]) -> list[str]:
    """The text of each row of a block, from left to right and top to bottom, indices raised where they stand higher.

    Args:
        lines: the spans of each line as PyMuPDF's `rawdict` gives them, with `size` and `chars`.
    """
    glyphs = [glyph for line in lines for span in line for glyph in _glyphs(span)]
    if not glyphs:
        return []
    size = Counter(glyph.size for glyph in glyphs).most_common(1)[0][0]
    rows: list[list[_Glyph]] = []
    for glyph in sorted((one for one in glyphs if one.size >= _SMALL * size), key=lambda one: one.baseline):
        if rows and glyph.baseline - rows[-1][0].baseline < 0.3 * size:
            rows[-1].append(glyph)
        else:
            rows.append([glyph])
    for glyph in glyphs:
        if glyph.size < _SMALL * size:
            nearest = min(rows, key=lambda row: abs(row[0].baseline - glyph.baseline))
            if abs(nearest[0].baseline - glyph.baseline) > _REACH * size:
                rows.append([glyph])
            else:
                nearest.append(glyph)
    return [_row_text(row, size) for row in sorted(rows, key=lambda row: row[0].baseline)]


def _glyphs(span: dict[str, Any]) -> list[_Glyph]:
    """The characters of a span, none farther left than one behind it: the second letter of a ligature has no place."""
    found: list[_Glyph] = []
    for c in reversed(span["chars"]):
        left = min(c["bbox"][0], found[-1].left) if found else c["bbox"][0]
        found.append(_Glyph(c["c"], left, c["bbox"][2], c["origin"][1], span["size"]))
    return found[::-1]


def _row_text(row: Sequence[_Glyph], size: float) -> str:
    baseline = row[0].baseline
    marks = sorted((one for one in row if one.text.strip()), key=lambda one: one.left)
    blanks = [one for one in row if not one.text.strip()]
    text, end = "", marks[0].left if marks else 0.0
    for mark in marks:
        is_apart = mark.left - end > _GAP * size or any(
            end - 0.5 <= (blank.left + blank.right) / 2 <= mark.left + 0.5 for blank in blanks
        )
        shown = visible(mark.text)
        is_raised = mark.size < _SMALL * size and baseline - mark.baseline > _RAISED * size
        text += (" " if is_apart and text else "") + (raised(shown) if is_raised else shown)
        end = max(end, mark.right)
    return text
