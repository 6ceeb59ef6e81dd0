"""Tables of a PDF page: PyMuPDF finds where they stand, their cells are read from the page's own words.

`Table.extract()` of PyMuPDF 2.0 loses decimal points (`1.60` becomes `1 60`), so it is never called.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from eutectic.knowledge.amounts import is_missing, read_amount
from eutectic.knowledge.reader_grid import Grid, fill, refine
from eutectic.knowledge.reader_words import Word, join, lines_of
from eutectic.knowledge.table import Box, CellMark, Table

_MARK = re.compile(r"(?:[*†‡§¶#]+|[⁰¹²³⁴⁵⁶⁷⁸⁹]+|[a-z][).]?|\([a-z\d]\)|\d[).])(?=\s|[A-Z(])")
_NOTE = re.compile(r"(?:Notes?|NOTE|Source|注)\s*[.:：]|[*†‡§¶#]|[⁰¹²³⁴⁵⁶⁷⁸⁹]")
_LETTER_MARK = re.compile(r"[a-z*†‡§¶#⁰¹²³⁴⁵⁶⁷⁸⁹,]{1,3}")
_RULE = 2.5
"""Points; a filled box lower than this is a rule."""
_NEAR = 14.0
"""Points between a table and the footnotes below it."""


def horizontal_rules(page: Any) -> list[Box]:
    """The horizontal lines drawn on a page."""
    rules: list[Box] = []
    for drawing in page.get_drawings():
        for item in drawing["items"]:
            if item[0] == "l":
                box = (min(item[1].x, item[2].x), item[1].y, max(item[1].x, item[2].x), item[2].y)
            elif item[0] == "re":
                box = tuple(item[1])
            else:
                continue
            if abs(box[3] - box[1]) < _RULE and box[2] - box[0] > 8:
                rules.append(box)
    return rules


def read_table(number: int, found: Any, words: Sequence[Word], rules: Sequence[Box], body_size: float) -> Table | None:
    """A table PyMuPDF found, its cells filled from the words; None where it holds fewer than two cells.

    Args:
        number: the page's number.
        found: PyMuPDF's table, of which only the cells' places are used.
        words: the words of the page that are no caption.
        rules: its horizontal lines.
        body_size: font size of the page's running text.
    """
    grid = _grid(found)
    if grid is None:
        return None
    box: Box = tuple(float(x) for x in found.bbox)  # type: ignore[assignment]
    inside = [word for word in words if _is_in(word, box)]
    grid = refine(grid, inside, _header_rows(grid, fill(grid, inside, 0, rules), box, rules))
    n_header = _header_rows(grid, fill(grid, inside, 0, rules), box, rules)
    cells = fill(grid, inside, n_header, rules)
    marks: list[CellMark] = []
    notes = footnotes(words, box, body_size)
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


def _grid(found: Any) -> Grid | None:
    n = found.col_count
    lefts: list[list[float]] = [[] for _ in range(n)]
    rights: list[list[float]] = [[] for _ in range(n)]
    for row in found.rows:
        present = [j for j, cell in enumerate(row.cells) if cell is not None]
        for j in present:
            lefts[j].append(row.cells[j][0])
            if j + 1 == n or row.cells[j + 1] is not None:
                rights[j].append(row.cells[j][2])
    if not found.rows or any(not side for side in lefts):
        return None
    starts = [sorted(side)[len(side) // 2] for side in lefts]
    ends = [sorted(rights[j])[len(rights[j]) // 2] if rights[j] else (*starts, found.bbox[2])[j + 1] for j in range(n)]
    rows, merged = [], []
    for row in found.rows:
        heights = [cell[3] for cell in row.cells if cell is not None]
        if not heights:
            return None
        rows.append((min(cell[1] for cell in row.cells if cell is not None), min(heights)))
    for i, row in enumerate(found.rows):
        for j, cell in enumerate(row.cells):
            if cell is not None:
                high = sum(top >= cell[1] - 1 and top < cell[3] - 2 for top, _ in rows[i:])
                wide = 1
                while j + wide < n and row.cells[j + wide] is None and starts[j + wide] < cell[2] - 2:
                    wide += 1
                if high > 1 or wide > 1:
                    merged.append((i, j, max(high, 1), wide))
    return Grid(tuple(rows), tuple(zip(starts, ends, strict=True)), tuple(merged))


def _header_rows(grid: Grid, cells: Sequence[Sequence[str]], box: Box, rules: Sequence[Box]) -> int:
    """Number of header rows: those over the first rule that parts the table, else those before the first number."""
    width = box[2] - box[0]
    heights = sorted(
        {round(rule[1]) for rule in rules if _share(rule, box) > 0.8 * width and box[1] + 4 < rule[1] < box[3] - 4}
    )
    separate = [y for i, y in enumerate(heights) if i == 0 or y - heights[i - 1] > 3]
    n_rows = len(grid.rows)
    if separate and len(separate) < max(2, n_rows // 2):
        above = sum(0.5 * (top + bottom) < separate[0] for top, bottom in grid.rows)
        if 0 < above < n_rows and above <= 4:
            return above
    n = 1
    while n < min(4, n_rows - 1) and not _numbers(cells[n]) and _continues_header(cells, n):
        n += 1
    return n if n_rows > 1 else 0


def _continues_header(cells: Sequence[Sequence[str]], n: int) -> bool:
    """Whether row n belongs to the header: its first cell is empty, or the row above has gaps, and numbers follow."""
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
        if line[0].middle > end + size:
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
    tails: dict[str, str] = {}
    for word in words:
        mark = word.text[len(word.text) - word.raised_tail :]
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
