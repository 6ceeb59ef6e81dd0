"""Words put into the cells of a table whose rows and columns are known: spanning headers, wrapped and merged cells."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from eutectic.knowledge.reader_words import Word, join, lines_of
from eutectic.knowledge.table import Box

Span = tuple[float, float]
_BORDER_GAP, _GAP = 0.45, 0.9
"""Of the font size: gaps that part two cells, where a column border lies in the gap and where none does."""
_HEAD_GAP, _OFF = 0.3, 0.45
"""Of the font size: the least gap at which header cells set close together are parted, and how far off their column."""
_WIDER = 1.08
"""How much wider the gaps between header cells are than those between their words."""
_MOST_HEADS, _MOST_GAPS = 8, 14
_CELL_SPACE = 0.34
"""Of the font size: more than the space between words."""
_MIDWAY = 3.0
"""Points by which a header may be off the middle of the columns it groups."""
_SLACK = 2.0
"""Points a text may stand over the border of its column."""


@dataclass(frozen=True)
class Grid:
    """Rows and columns of a table on a page."""

    rows: tuple[Span, ...]
    """Top and bottom of each."""
    columns: tuple[Span, ...]
    """Left and right of each."""
    merged: tuple[tuple[int, int, int, int], ...] = ()
    """Row, column, number of rows and number of columns of the cells that rules join."""

    def row_of(self, height: float) -> int:
        """The row that holds a height, or the nearest one."""
        return min(range(len(self.rows)), key=lambda i: max(self.rows[i][0] - height, height - self.rows[i][1], 0.0))

    def overlap(self, column: int, left: float, right: float) -> float:
        """Width in points that a text shares with a column."""
        return min(right, self.columns[column][1]) - max(left, self.columns[column][0])

    def column_of(self, left: float, right: float) -> int:
        """The column that a text shares most with."""
        return max(range(len(self.columns)), key=lambda j: self.overlap(j, left, right))


def fill(grid: Grid, words: Sequence[Word], n_header: int, rules: Sequence[Box]) -> list[list[str]]:
    """The text of every cell, header rows first.

    Args:
        grid: rows and columns.
        words: the words inside the table.
        n_header: how many rows from the top are header rows.
        rules: horizontal rules as boxes; one under a part of the header groups the columns it runs over.
    """
    cells: list[list[list[Word]]] = [[[] for _ in grid.columns] for _ in grid.rows]
    spans: dict[tuple[int, int], set[int]] = {}
    by_row: dict[int, list[Word]] = {}
    for word in words:
        by_row.setdefault(grid.row_of(word.middle), []).append(word)
    for row, inside in by_row.items():
        segments = [segment for line in lines_of(inside) for segment in _segments(grid, line)]
        if row < n_header:
            segments = [piece for segment in segments for piece in _behind_units(grid, segment)]
            segments = [
                piece for segment in segments for piece in _by_column(grid, segment, is_lowest=row + 1 == n_header)
            ]
        for segment in segments:
            left, right = segment[0].box[0], segment[-1].box[2]
            home = grid.column_of(left, right)
            over = _columns_under(grid, left, right)
            if len(over) < 2:
                cells[row][home].extend(segment)
            elif row < n_header:
                cells[row][over[0]].extend(segment)
                spans.setdefault((row, over[0]), set()).update(over)
            elif len(segments) == 1 and not stands_in_columns(grid, segment):
                cells[row][0].extend(segment)
            else:
                for word in segment:
                    cells[row][grid.column_of(word.box[0], word.box[2])].append(word)
    texts = [[join(cell) for cell in row] for row in cells]
    for row in reversed(range(n_header)):
        _spread(grid, texts, row, n_header, cells[row], rules)
    for (row, column), beneath in spans.items():
        for other in beneath:
            texts[row][other] = texts[row][other] or texts[row][column]
    for row, column, n_rows, n_columns in grid.merged:
        text = " ".join(filter(None, (texts[i][column] for i in range(row, row + n_rows))))
        for i in range(row, row + n_rows):
            for j in range(column, column + (n_columns if row < n_header else 1)):
                texts[i][j] = text
    return texts


def _segments(grid: Grid, line: Sequence[Word]) -> list[list[Word]]:
    """A printed line cut where its gaps part cells."""
    borders = [0.5 * (a[1] + b[0]) for a, b in zip(grid.columns, grid.columns[1:], strict=False)]
    segments: list[list[Word]] = []
    for word in line:
        if segments:
            end, start = segments[-1][-1].box[2], word.box[0]
            is_border = any(end - _SLACK <= border <= start + _SLACK for border in borders)
            if start - end < (_BORDER_GAP if is_border else _GAP) * word.size:
                segments[-1].append(word)
                continue
        segments.append([word])
    return segments


def _behind_units(grid: Grid, segment: list[Word]) -> list[list[Word]]:
    """A header's run of words cut behind a unit in brackets, where what follows stands over columns of its own."""
    for i, (word, behind) in enumerate(itertools.pairwise(segment), 1):
        is_end = word.text[-1] in ")]）" and behind.text[0] not in "([（/"
        if not is_end or behind.box[0] - word.box[2] < _HEAD_GAP * word.size:
            continue
        first = _columns_under(grid, segment[0].box[0], word.box[2])
        rest = _columns_under(grid, behind.box[0], segment[-1].box[2])
        if first and rest and not set(first) & set(rest):
            return [segment[:i], *_behind_units(grid, segment[i:])]
    return [segment]


def _by_column(grid: Grid, segment: list[Word], *, is_lowest: bool) -> list[list[Word]]:
    """A header's run of words cut into one cell a column, where each piece then lines up with its column.

    Above another header row it may head all those columns, so there its gaps must be wider than those in its pieces.
    """
    under = _columns_under(grid, segment[0].box[0], segment[-1].box[2])
    n = len(under)
    if not 1 < n <= min(_MOST_HEADS, len(segment)) or under != list(range(under[0], under[0] + n)):
        return [segment]
    gaps = [b.box[0] - a.box[2] for a, b in itertools.pairwise(segment)]
    wide = [i + 1 for i, gap in enumerate(gaps) if gap > _HEAD_GAP * segment[0].size]
    best: list[list[Word]] = []
    least = _OFF * segment[0].size
    for cuts in itertools.combinations(wide, n - 1) if len(wide) <= _MOST_GAPS else ():
        inner = max((gap for i, gap in enumerate(gaps) if i + 1 not in cuts), default=0.0)
        if not is_lowest and min(gaps[cut - 1] for cut in cuts) < max(_WIDER * inner, _BORDER_GAP * segment[0].size):
            continue
        pieces = [segment[a:b] for a, b in itertools.pairwise((0, *cuts, len(segment)))]
        off = max(_off(grid.columns[j], piece) for j, piece in zip(under, pieces, strict=True))
        if off < least:
            best, least = pieces, off
    return best or [segment]


def _off(column: Span, piece: Sequence[Word]) -> float:
    """How far a header cell is from lining up with its column: left, right or midway."""
    left, right = piece[0].box[0], piece[-1].box[2]
    middle = 0.5 * (left + right) - 0.5 * (column[0] + column[1])
    return min(abs(left - column[0]), abs(right - column[1]), abs(middle))


def stands_in_columns(grid: Grid, segment: Sequence[Word]) -> bool:
    """Whether every word of a run lies inside one column, parted from the next column's, as tightly set cells are."""
    homes = [
        next((j for j, (a, b) in enumerate(grid.columns) if a - 1 <= word.box[0] and word.box[2] <= b + 1), None)
        for word in segment
    ]
    return None not in homes and all(
        right.box[0] - left.box[2] > _CELL_SPACE * left.size
        for (left, a), (right, b) in itertools.pairwise(zip(segment, homes, strict=True))
        if a != b
    )


def _columns_under(grid: Grid, left: float, right: float) -> list[int]:
    """The columns a text stands over, by more than a little."""
    least = [min(3 * _SLACK, 0.4 * (end - start)) for start, end in grid.columns]
    return [j for j in range(len(grid.columns)) if grid.overlap(j, left, right) > least[j]]


def _spread(
    grid: Grid, texts: list[list[str]], row: int, n_header: int, cells: Sequence[Sequence[Word]], rules: Sequence[Box]
) -> None:
    """Repeat a header cell in the columns it groups: those of the rule below it, else those it stands midway over."""
    if row + 1 >= n_header:
        return
    heads = {
        column: (min(w.box[0] for w in words), max(w.box[2] for w in words))
        for column, words in enumerate(cells)
        if words
    }
    for column, (left, right) in heads.items():
        group = _ruled(grid, row, heads, column, rules) or _midway(grid, texts, row, column, 0.5 * (left + right))
        for other in group:
            texts[row][other] = texts[row][other] or texts[row][column]


def _ruled(grid: Grid, row: int, heads: Mapping[int, Span], column: int, rules: Sequence[Box]) -> list[int]:
    """The columns over which the rule below a header cell runs, shared among the cells above one rule."""
    top, bottom = 0.5 * sum(grid.rows[row]), 0.5 * sum(grid.rows[row + 1])
    width = grid.columns[-1][1] - grid.columns[0][0]
    left, right = heads[column]
    for rule in rules:
        is_part = rule[2] - rule[0] < 0.85 * width or rule[0] > grid.columns[0][1]
        if is_part and top < rule[1] < bottom and rule[0] <= left + _SLACK and rule[2] >= right - _SLACK:
            group = [j for j, (a, b) in enumerate(grid.columns) if rule[0] <= 0.5 * (a + b) <= rule[2]]
            over = {j: span for j, span in heads.items() if rule[0] <= 0.5 * (span[0] + span[1]) <= rule[2]}
            return _share_of(grid, group, over, column)
    return []


def _share_of(grid: Grid, group: Sequence[int], heads: Mapping[int, Span], column: int) -> list[int]:
    """The run of columns that is a header cell's own, where several stand over one rule: each midway over its run."""
    if not 1 < len(heads) <= _MOST_HEADS or len(group) < len(heads) or len(group) > 2 * _MOST_HEADS:
        return list(group)
    middles = [0.5 * (left + right) for left, right in heads.values()]

    def off(cuts: Sequence[int]) -> float:
        runs = [group[a:b] for a, b in itertools.pairwise((0, *cuts, len(group)))]
        centres = [0.5 * (grid.columns[run[0]][0] + grid.columns[run[-1]][1]) for run in runs]
        return sum(abs(a - b) for a, b in zip(centres, middles, strict=True))

    cuts = min(itertools.combinations(range(1, len(group)), len(heads) - 1), key=off)
    place = list(heads).index(column)
    edges = (0, *cuts, len(group))
    return list(group[edges[place] : edges[place + 1]])


def _midway(grid: Grid, texts: list[list[str]], row: int, column: int, middle: float) -> list[int]:
    """The run of empty cells around a header cell whose middle is nearest the text's, where they are headed below."""

    def is_free(j: int) -> bool:
        return 0 <= j < len(grid.columns) and not texts[row][j] and bool(texts[row + 1][j])

    if not texts[row + 1][column]:
        return []
    first = last = column
    while is_free(first - 1):
        first -= 1
    while is_free(last + 1):
        last += 1
    runs = [(a, b) for a in range(first, column + 1) for b in range(column, last + 1)]
    off = {run: abs(0.5 * (grid.columns[run[0]][0] + grid.columns[run[1]][1]) - middle) for run in runs}
    least = min(off.values())
    a, b = max((run for run in runs if off[run] < least + _MIDWAY), key=lambda run: (run[1] - run[0], -off[run]))
    return list(range(a, b + 1)) if b > a else []
