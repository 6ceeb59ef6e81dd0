"""The columns of a table's region: from its vertical rules, else from the gaps that its rows leave at one place."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from eutectic.knowledge.amounts import is_missing, read_amount
from eutectic.knowledge.reader_grid import Span
from eutectic.knowledge.reader_regions import parts
from eutectic.knowledge.reader_words import Word, join
from eutectic.knowledge.table import Box

Line = Sequence[Word]
_GAP = 0.55
"""Of the font size: a gap that all rows share parts columns."""
_TIGHT = (0.5, 0.4, 0.3, 0.2)
"""Of the font size: gaps that all rows share, widest first, where every piece is a number under its own header."""
_CERTAIN = 0.4
"""Of the font size: a gap wider than the space between words, where nearly every row fills every column."""
_TALL = 0.6
"""Share of the table's height that a vertical rule runs over."""
_AT = 3.0


def find_columns(lines: Sequence[Line], box: Box, down: Sequence[Box]) -> list[Span]:
    """Left and right of each column.

    Args:
        lines: printed lines of the region, top to bottom.
        box: the region.
        down: vertical rules of the page.
    """
    if ruled := _ruled(box, down):
        return ruled
    numeric = [line for line in lines if _is_numeric(line)]
    body = numeric if len(numeric) >= 2 else [line for line in lines if len(parts(line)) > 1]
    if not body:
        body = list(lines)
    columns = _covered([part for line in body for part in parts(line, _GAP)], _size(body))
    others = [line for line in lines if not any(line is other for other in body)]
    columns = _with_labels(columns, others)
    for line in others:
        columns = _with_own(columns, line)
    return _parted(columns, _rules_inside(box, down))


def split_tight(columns: Sequence[Span], body: Sequence[Line], heads: Sequence[Line]) -> list[Span]:
    """The columns with those cut that hold several numbers side by side in every row, each under its own header."""
    done: list[Span] = []
    for left, right in columns:
        cells = [[w for w in line if left - 1 <= 0.5 * (w.box[0] + w.box[2]) <= right + 1] for line in body]
        cells = [words for words in cells if len(words) > 1 and any(_is_amount(word.text) for word in words)]
        covers = (_cut(cells, gap, heads) for gap in _TIGHT)
        done += next((cover for cover in covers if cover), [(left, right)])
    return done


def _cut(cells: Sequence[Line], gap: float, heads: Sequence[Line]) -> list[Span]:
    """The columns between the gaps that all rows of a column share; none where rows or headers do not fill them."""
    if len(cells) < 2:
        return []
    cover = _covered([[word] for words in cells for word in words], gap / _GAP * _size(cells))
    if len(cover) < 2 or not _has_own_heads(cover, heads, gap):
        return []
    full = sum(len(_values(words, cover)) == len(cover) for words in cells)
    if full >= 0.8 * len(cells):
        return cover
    filled = [sum(map(bool, column)) for column in zip(*(_texts(words, cover) for words in cells), strict=True)]
    return cover if gap >= _CERTAIN and filled[0] > 1 and min(filled) >= 0.8 * filled[0] else []


def _has_own_heads(cover: Sequence[Span], heads: Sequence[Line], gap: float) -> bool:
    """Whether every stretch has a header of its own, which is no unit, and stands over it more than over the others."""
    headed: set[int] = set()
    for part in (part for line in heads for part in parts(line, gap)):
        left, right = part[0].box[0], part[-1].box[2]
        shared = [min(b, right) - max(a, left) for a, b in cover]
        if max(shared) > 0 and part[0].text[0] not in "([（/":
            headed.add(shared.index(max(shared)))
    return len(headed) == len(cover)


def _texts(words: Line, cover: Sequence[Span]) -> list[str]:
    return [join([w for w in words if a - 1 <= 0.5 * (w.box[0] + w.box[2]) <= b + 1]) for a, b in cover]


def _values(words: Line, cover: Sequence[Span]) -> list[str]:
    """The cells of one row that hold a value, between the gaps of all rows."""
    first, *rest = _texts(words, cover)
    values = [text for text in rest if text and (_is_amount(text) or text.lower().startswith("bal"))]
    is_named = bool(first) and (_is_amount(first) or any(map(str.isalpha, first)))
    return [*([first] if is_named else []), *values]


def _is_numeric(line: Line) -> bool:
    cells = parts(line)
    amounts = sum(_is_amount(join(list(cell))) for cell in cells)
    return len(cells) > 1 and amounts >= max(1, len(cells) // 3)


def _is_amount(text: str) -> bool:
    return read_amount(text) is not None or is_missing(text)


def _size(lines: Sequence[Line]) -> float:
    sizes = sorted(word.size for line in lines for word in line)
    return sizes[len(sizes) // 2]


def _covered(cells: Sequence[Line], size: float) -> list[Span]:
    """The stretches across the page that cells cover, parted by gaps that none covers."""
    spans: list[Span] = []
    for left, right in sorted((cell[0].box[0], cell[-1].box[2]) for cell in cells):
        if spans and left - spans[-1][1] < _GAP * size:
            spans[-1] = (spans[-1][0], max(spans[-1][1], right))
        else:
            spans.append((left, right))
    return spans


def _with_labels(columns: list[Span], others: Sequence[Line]) -> list[Span]:
    """The columns with those that only labels midway between the rows stand in: two or more, away from all others."""
    cells = [cell for line in others for cell in parts(line) if len(parts(line)) > 1 or not _is_inside(columns, line)]
    away = [cell for cell in cells if all(_apart(column, cell) > 0.4 * cell[0].size for column in columns)]
    if not away:
        return columns
    new = _covered(away, _size(away))
    held = [span for span in new if sum(_apart(span, cell) < 0 for cell in away) > 1]
    return sorted([*columns, *held])


def _is_inside(columns: Sequence[Span], line: Line) -> bool:
    """Whether a line stands between the first and the last column, as a title set midway over a table does."""
    return columns[0][0] < line[0].box[0] and line[-1].box[2] < columns[-1][1]


def with_heads(columns: Sequence[Span], heads: Sequence[Line]) -> list[Span]:
    """The columns with those in which only the lowest line of a header stands."""
    return _with_own(list(columns), heads[-1])


def _with_own(columns: list[Span], line: Line) -> list[Span]:
    """The columns with those in which only a header stands: its cell is away from all of them, others are not."""
    cells = parts(line)
    own = [cell for cell in cells if all(_apart(column, cell) > 0.4 * cell[0].size for column in columns)]
    own = [cell for cell in own if cell[0].text[0] not in "([（"]
    met = [cell for cell in cells if sum(_apart(column, cell) < 0 for column in columns) == 1]
    if own and len(met) + len(own) == len(cells) and len(met) >= max(1, len(columns) - 1):
        return sorted([*columns, *((cell[0].box[0], cell[-1].box[2]) for cell in own)])
    return columns


def _apart(column: Span, cell: Line) -> float:
    return max(column[0] - cell[-1].box[2], cell[0].box[0] - column[1])


def _rules_inside(box: Box, down: Sequence[Box]) -> list[float]:
    """Where tall vertical rules stand inside a region, left to right; double rules across may cut them in pieces."""
    height = box[3] - box[1]
    found: list[tuple[float, float]] = []
    for x0, top, x1, bottom in sorted(down):
        middle, run = 0.5 * (x0 + x1), min(bottom, box[3]) - max(top, box[1])
        if run <= 0 or not box[0] - _AT < middle < box[2] + _AT:
            continue
        if found and middle - found[-1][0] <= _AT:
            found[-1] = (found[-1][0], found[-1][1] + run)
        else:
            found.append((middle, run))
    return [middle for middle, run in found if run > _TALL * height]


def _ruled(box: Box, down: Sequence[Box]) -> list[Span]:
    """The columns of a table with all its vertical rules drawn; none where its sides are open."""
    edges = _rules_inside(box, down)
    is_closed = len(edges) > 2 and abs(edges[0] - box[0]) < 2 * _AT and abs(edges[-1] - box[2]) < 2 * _AT
    return list(itertools.pairwise(edges)) if is_closed else []


def _parted(columns: Sequence[Span], edges: Sequence[float]) -> list[Span]:
    """Columns cut where a vertical rule runs through them."""
    done: list[Span] = []
    for left, right in columns:
        inside = [edge for edge in edges if left + _AT < edge < right - _AT]
        done += itertools.pairwise([left, *inside, right])
    return done
