"""Tables of a PDF page: rows, columns and cells of a region, read from the page's own words and rules.

`Table.extract()` of PyMuPDF 2.0 loses decimal points (`1.60` becomes `1 60`), so it is never called.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from eutectic.knowledge.amounts import is_missing, read_amount
from eutectic.knowledge.conditions import is_treatment
from eutectic.knowledge.formula_text import read_formula
from eutectic.knowledge.reader_columns import find_columns, split_tight, with_heads
from eutectic.knowledge.reader_grid import Grid, fill
from eutectic.knowledge.reader_regions import parts
from eutectic.knowledge.reader_rows import (
    Printed,
    body_rows,
    head_levels,
    is_value,
    printed,
)
from eutectic.knowledge.reader_rules import Rules
from eutectic.knowledge.reader_spanning import ruled_spans, spanning_labels
from eutectic.knowledge.reader_words import Word, join, lines_of
from eutectic.knowledge.reader_wrapped import whole_heads, whole_labels
from eutectic.knowledge.table import Box, CellMark, Table

_MARK = re.compile(r"(?:[*†‡§¶#]+|[⁰¹²³⁴⁵⁶⁷⁸⁹]+|[a-z][).]?|\([a-z\d]\)|\d[).])(?=\s|[A-Z(])")
_NOTE = re.compile(r"(?:Notes?|NOTE|Source|注)\s*[.:：]|[*†‡§¶#]|[⁰¹²³⁴⁵⁶⁷⁸⁹]")
_NOTE_INSIDE = re.compile(r"(?<=[.;,]\s)([a-z])\)?\s(?=[A-Z])")
"""The mark of a further note on the line of another: `a From this work. b Measured on ribbons.`"""
_LETTER_MARK = re.compile(r"[a-z*†‡§¶#⁰¹²³⁴⁵⁶⁷⁸⁹,]{1,3}")
_MOST_HEAD_LINES, _MOST_SUBHEADS = 6, 4
_NOTE_GAP = 1.7
"""Of the type size, beyond its height: manuscripts are set with double space."""
_NEAR = 14.0
"""Points between a table and the footnotes below it."""


def read_table(number: int, box: Box, words: Sequence[Word], rules: Rules, body_size: float) -> Table | None:
    """The table of a region, its cells filled from the words; None where it holds fewer than two cells.

    Args:
        number: the page's number.
        box: where it stands.
        words: the words of the page that are no caption.
        rules: the page's rules.
        body_size: font size of the page's running text.
    """
    inside = [word for word in words if _is_in(word, box)]
    notes = footnotes(words, box, body_size)
    inside, own = _without_notes(inside, body_size)
    if not inside:
        return None
    grid, n_header = _grid(inside, box, rules)
    if len(grid.columns) < 2:
        return None
    cells, n_header = whole_heads(fill(grid, inside, n_header, rules.across), n_header)
    cells = [*cells[:n_header], *whole_labels(cells[n_header:])]
    marks: list[CellMark] = []
    notes = (*own, *notes)
    kept = [i for i, row in enumerate(cells) if any(row)]
    while len(kept) > n_header + 1 and _is_note(cells[kept[-1]]):
        notes = (cells[kept.pop()][0], *notes)
    columns = [j for j in range(len(grid.columns)) if any(cells[i][j] for i in kept)]
    if not kept or len(kept) * len(columns) < 2:
        return None
    rows = [tuple(cells[i][j] for j in columns) for i in kept]
    head = sum(i < n_header for i in kept)
    rows = _without_marks(rows, inside, notes, marks)
    return Table(
        page=number,
        headers=tuple(rows[:head]),
        rows=tuple(rows[head:]),
        footnotes=notes,
        marks=tuple(marks),
        bbox=tuple(round(x, 1) for x in box),
    )


def _without_notes(words: Sequence[Word], body_size: float) -> tuple[list[Word], tuple[str, ...]]:
    """The words of a region without the notes at its end: lines of running text that open with a mark."""
    lines = lines_of(list(words))
    for place in range(2, len(lines)):
        text = join(lines[place])
        tail = lines[place:]
        is_text = all(len(parts(line, 1.5)) == 1 for line in tail)
        if is_text and len(lines[place]) > 2 and (_NOTE.match(text) or _MARK.match(text)):
            return [word for line in lines[:place] for word in line], tuple(join(line) for line in tail)
    return list(words), ()


def _grid(words: Sequence[Word], box: Box, rules: Rules) -> tuple[Grid, int]:
    """Rows and columns of a region, and how many of the rows are header rows."""
    lines = lines_of(list(words))
    head_cut = _head_cut(lines, box, rules.across)
    n_head = sum(line[0].middle < head_cut for line in lines) if head_cut else 0
    columns = find_columns(lines[n_head:] or lines, box, rules.down)
    if n_head:
        columns = split_tight(with_heads(columns, lines[:n_head]), lines[n_head:], lines[:n_head])
    elif n_free := _lines_without_values(lines):
        columns = split_tight(columns, lines[n_free:], lines[:n_free])
    given = printed(lines, columns)
    inner = [rule for rule in rules.across if box[1] + 4 < rule[1] < box[3] - 4 and _share(rule, box) > 0]
    cuts = sorted(rule[1] for rule in inner if _share(rule, box) > 0.5 * (box[2] - box[0]))
    is_ruled = _is_every_row_ruled(given[n_head:], cuts)
    while n_head > 1 and (_is_row(given[n_head - 1]) or _is_title(given[n_head - 1])):
        n_head -= 1
    n_head += _subheads(given[n_head:]) if n_head else 0
    if not n_head and cuts:
        first = [line for line in given if line.height < cuts[0]]
        n_head = next((i for i, line in enumerate(first) if _is_row(line)), 0)
    if not n_head:
        rows = body_rows(given, cuts, is_ruled=is_ruled)
        n_head = _header_lines([[_joined(row, j) for j in range(len(columns))] for row in rows])
        n_head = sum(len(row) for row in rows[:n_head])
    levels = head_levels(given[:n_head], columns, inner)
    body, spans = spanning_labels(body_rows(given[n_head:], cuts, is_ruled=is_ruled), len(columns))
    if is_ruled:
        spans = ruled_spans([_extent(row) for row in body], columns, inner) or spans
    heights = [_extent(row) for row in (*levels, *body)]
    merged = tuple((start + len(levels), column, count, 1) for start, column, count in spans)
    return Grid(_bands(heights), tuple(columns), merged), len(levels)


def _lines_without_values(lines: Sequence[Sequence[Word]]) -> int:
    """How many of the first lines, header lines where no rule says so, come before the first line that holds values."""
    n = next((i for i, line in enumerate(lines) if _holds_values(line) or any(_amounts(line))), len(lines))
    return n if n <= _MOST_HEAD_LINES else 0


def _amounts(line: Sequence[Word]) -> list[bool]:
    return [is_value(word.text) and word.text[:1].isdigit() for word in line[1:]]


def _is_row(line: Printed) -> bool:
    """Whether a line is one of the body: half of the cells behind its first hold a value."""
    return sum(map(is_value, line.cells[1:])) >= max(1, 0.5 * (len(line.cells) - 1))


def _is_title(line: Printed) -> bool:
    """Whether a line names the material of the rows below it, and nothing else."""
    return len(line.filled) == 1 and read_formula(line.cells[min(line.filled)]) is not None


def _subheads(lines: Sequence[Printed]) -> int:
    """How many lines right below a header's rule are header too: no label, no number, several words, then a row."""
    n = 0
    while n < len(lines) and not lines[n].cells[0] and not any(cell[:1].isdigit() for cell in lines[n].cells):
        if any(map(is_value, lines[n].cells)):
            break
        n += 1
    is_header = 0 < n <= _MOST_SUBHEADS and n < len(lines) and any(len(line.filled) > 1 for line in lines[:n])
    return n if is_header else 0


def _is_every_row_ruled(lines: Sequence[Printed], cuts: Sequence[float]) -> bool:
    """Whether rules stand between nearly all rows: two lines with numbers are hardly ever between the same two."""
    slabs: dict[int, int] = {}
    for line in lines:
        if line.has_number:
            place = sum(cut < line.height for cut in cuts)
            slabs[place] = slabs.get(place, 0) + 1
    return len(slabs) > 1 and sum(count == 1 for count in slabs.values()) >= 0.8 * len(slabs)


def _joined(row: Sequence[Printed], column: int) -> str:
    return " ".join(filter(None, (line.cells[column] for line in row)))


def _extent(row: Sequence[Printed]) -> tuple[float, float]:
    return min(line.height for line in row), max(line.height for line in row)


def _bands(extents: Sequence[tuple[float, float]]) -> tuple[tuple[float, float], ...]:
    """Rows as touching bands around the heights of their lines."""
    edges = [0.5 * (a[1] + b[0]) for a, b in itertools.pairwise(extents)]
    tops = [extents[0][0] - 1, *edges]
    return tuple(zip(tops, [*edges, extents[-1][1] + 1], strict=True))


def _head_cut(lines: Sequence[Sequence[Word]], box: Box, across: Sequence[Box]) -> float | None:
    """Height of the first rule that parts the table, where it parts a header from a body."""
    width = box[2] - box[0]
    whole = [rule for rule in across if _share(rule, box) > 0.8 * width and rule[0] < box[0] + 0.05 * width]
    heights = sorted({round(rule[1]) for rule in whole if box[1] + 4 < rule[1] < box[3] - 4})
    separate = [y for i, y in enumerate(heights) if i == 0 or y - heights[i - 1] > 3]
    if not separate or len(separate) >= max(2, len(lines) // 2):
        return None
    above = sum(line[0].middle < separate[0] for line in lines)
    if any(_holds_values(line) for line in lines[1:above]):
        return None
    return separate[0] if 0 < above <= _MOST_HEAD_LINES and above < len(lines) else None


def _holds_values(line: Sequence[Word]) -> bool:
    """Whether half of a line's cells are values, so that it is no header."""
    cells = [join(part) for part in parts(line)]
    return len(cells) > 1 and sum(map(is_value, cells)) >= 0.5 * len(cells)


def _header_lines(cells: Sequence[Sequence[str]]) -> int:
    """Number of rows before the first number, where no rule says it."""
    n, n_rows = 1, len(cells)
    while n < min(4, n_rows - 1) and not _numbers(cells[n]) and _continues_header(cells, n):
        n += 1
    return n if n_rows > 1 else 0


def _continues_header(cells: Sequence[Sequence[str]], n: int) -> bool:
    """Whether row n belongs to the header: its first cell is empty, or the row above has gaps, and numbers follow."""
    filled = [cell for cell in cells[n] if cell]
    if len(filled) == 1 and all(cells[n - 1]) and (read_formula(filled[0]) or is_treatment(filled[0])):
        return False
    is_open = not cells[n][0] or sum(not cell for cell in cells[n - 1][1:]) > 0
    return is_open and any(_numbers(row) for row in cells[n + 1 :])


def _numbers(row: Sequence[str]) -> int:
    return sum(bool(cell) and (read_amount(cell) is not None or is_missing(cell)) for cell in row[1:])


def _share(rule: Box, box: Box) -> float:
    return min(rule[2], box[2]) - max(rule[0], box[0])


def _is_in(word: Word, box: Box) -> bool:
    middle = 0.5 * (word.box[0] + word.box[2])
    return box[0] - 3 <= middle <= box[2] + 3 and box[1] - 1 <= word.middle <= box[3] + 1


def _is_note(row: Sequence[str]) -> bool:
    return not any(row[1:]) and len(row[0]) > 12 and bool(_NOTE.match(row[0]) or _MARK.match(row[0]))


def footnotes(words: Sequence[Word], box: Box, body_size: float) -> tuple[str, ...]:
    """The notes right below a table: lines that open with a mark, and small lines that go on from them."""
    below = [w for w in words if box[3] < w.middle < box[3] + 150 and box[0] - 12 < w.box[2] and w.box[0] < box[2] + 12]
    notes: list[str] = []
    end = box[3] + _NEAR
    for line in lines_of(below):
        text, size = join(line), max(word.size for word in line)
        if line[0].middle > end + (_NOTE_GAP if notes else 1.0) * size:
            break
        is_small = size < body_size - 0.4
        if _NOTE.match(text) or (is_small and _MARK.match(text)):
            notes.append(text)
        elif notes and is_small:
            notes[-1] = f"{notes[-1]} {text}"
        else:
            break
        end = line[0].middle + size
    return tuple(notes)


def _without_marks(
    rows: Sequence[tuple[str, ...]], words: Sequence[Word], notes: Sequence[str], marks: list[CellMark]
) -> list[tuple[str, ...]]:
    """Rows whose raised footnote marks are taken off; a raised digit is one only where a footnote opens with it."""
    opened = {match[0].strip("().") for note in notes if (match := _MARK.match(note) or _LETTER_MARK.match(note))}
    opened |= {match[1] for note in notes for match in _NOTE_INSIDE.finditer(note)}
    tails: dict[str, str] = {}
    for word in words:
        mark = word.text[len(word.text) - word.raised_tail :]
        if (
            word.raised_tail > 1
            and mark[-1:] in opened
            and not mark[-1:].isdigit()
            and not _LETTER_MARK.fullmatch(mark)
        ):
            mark = mark[-1:]
        if 0 < word.raised_tail < len(word.text) and _LETTER_MARK.fullmatch(mark):
            is_letter = not any(character.isdigit() for character in mark)
            if mark in opened or (is_letter and (not opened or set(mark.split(",")) <= opened)):
                tails[word.text] = mark
    clean = []
    for i, row in enumerate(rows):
        cells = list(row)
        for j, cell in enumerate(cells):
            last = cell.rpartition(" ")[2]
            if last in tails:
                cells[j] = cell[: len(cell) - len(tails[last])].rstrip()
                marks.append(CellMark(row=i, column=j, mark=tails[last]))
        clean.append(tuple(cells))
    return clean
