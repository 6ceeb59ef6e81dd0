"""The shape of a table: one record a row whichever way it lies, stacked ones taken apart."""

from __future__ import annotations

import re
from collections.abc import Container, Sequence
from dataclasses import dataclass, replace

from eutectic.knowledge.amounts import is_missing, read_amount
from eutectic.knowledge.formula_text import read_formula
from eutectic.knowledge.table import Table
from eutectic.knowledge.table_headers import read_header
from eutectic.knowledge.table_long import unfolded
from eutectic.knowledge.table_states import is_state
from eutectic.knowledge.table_turned import is_turned, with_errors
from eutectic.knowledge.table_written import Cells, written_out
from eutectic.knowledge.units import read_unit


@dataclass(frozen=True)
class Grid:
    """A part of a table with one record a row."""

    headers: tuple[tuple[str, ...], ...]
    rows: tuple[tuple[str, ...], ...]
    first_row: int
    """Place of the first row in the table's body as written out."""
    is_turned: bool = False
    first_column: int = 0
    """Place of its first column in the table, where it is not turned."""
    n_side: int = 0
    """Leading columns that became header rows, where it is turned."""
    n_skipped: int = 0
    """Rows of the table's body in front of the first that holds values."""
    row_at: tuple[int, ...] = ()
    """Place in the table's body, behind the skipped rows, of each row as written out."""
    column_at: tuple[int, ...] = ()
    """Place in the table of each column as written out."""

    @property
    def n_columns(self) -> int:
        """Number of columns."""
        return len(self.rows[0]) if self.rows else 0

    def header(self, column: int) -> str:
        """The header cells over a column, parted by ` | `, each said once."""
        parts: list[str] = []
        for row in self.headers:
            cell = row[column].strip()
            if cell and cell not in parts:
                parts.append(cell)
        return " | ".join(parts)

    def place(self, row: int, column: int) -> tuple[int, int]:
        """Row and column in the table's body of a cell of the grid."""
        at, beside = row + self.first_row, column + self.first_column
        if self.is_turned:
            at, beside = column - 1, row + self.n_side
        return self.row_at[at] + self.n_skipped if at >= 0 else at, self.column_at[beside]


def grids(table: Table, names: Container[str] = ()) -> list[Grid]:
    """The parts of a table, each with one record a row; `names` are those the document gives its materials."""
    if not table.rows or not table.n_columns:
        return []
    headers, rows, skipped = _with_header(table)
    if rows and _are_numbers_of_columns(rows[0]):
        rows, skipped = rows[1:], skipped + 1
    if len(rows) > 1 and _are_units(rows[0]):
        headers, rows, skipped = (*headers, rows[0]), rows[1:], skipped + 1
    if not rows:
        return []
    if _is_titled(headers, rows):
        below = tuple(_leading(row) if _names_property(row) else row for row in (headers[-1], *rows))
        headers, rows, skipped = headers[:-1], below, skipped - 1
    long = unfolded(headers, rows)
    headers, rows, row_at, column_at = written_out(*(long[:2] if long else _with_units(headers, rows)))
    column_at = tuple(long.column_at[place] for place in column_at) if long else column_at
    parts = _parts(headers, rows, names)
    return [replace(grid, n_skipped=skipped, row_at=row_at, column_at=column_at) for grid in parts]


def _parts(headers: Cells, rows: Cells, names: Container[str]) -> list[Grid]:
    if half := _folded(headers):
        halves = ((0, half), (half, 2 * half))
        return [
            Grid(tuple(h[a:b] for h in headers), _carried(tuple(row[a:b] for row in rows)), 0, first_column=a)
            for a, b in halves
        ]
    if is_turned(headers, rows):
        return [_turned(*with_errors(headers, rows))]
    if _is_crossed(headers, rows, names):
        unit = read_header(headers[-1][0]).unit
        measured = tuple((f"{row[0]} {unit.text}" if unit else row[0], *row[1:]) for row in rows)
        return [_turned((*headers[:-1], ("Material", *headers[-1][1:])), measured)]
    return [Grid(top, _carried(part), start) for top, part, start in _stacked(headers, rows) if part]


def _is_titled(headers: Cells, rows: Cells) -> bool:
    """Whether the lowest header row is a title of the rows below: one cell that is no name of its column's values.

    A property over several columns is one where another stands in a row of its own further down.
    """
    filled = [place for place, cell in enumerate(headers[-1]) if cell.strip()]
    if len(headers) > 1 and filled and all(headers[-2]) and _names_property(headers[-1]):
        return any(_names_property(row) for row in rows)
    if (
        len(headers) < 2
        or len(set(headers[-1])) > 2
        or not filled
        or not all(any(c) for c in zip(*headers[:-1], strict=True))
    ):
        return False
    title = read_header(headers[-1][filled[0]])
    return len(filled) in (1, len(headers[-1])) and title.kind in ("text", "material") and title.unit is None


def _names_property(row: Sequence[str]) -> bool:
    """Whether a row holds nothing but the name of one property, once or over several columns."""
    said = {cell.strip() for cell in row if cell.strip()}
    return len(said) == 1 and not all(row) and read_header(next(iter(said))).property is not None


def _leading(row: Sequence[str]) -> tuple[str, ...]:
    """A row of one text with it in the first cell alone."""
    return (next(cell for cell in row if cell.strip()), *("" for _ in row[1:]))


def _are_numbers_of_columns(row: Sequence[str]) -> bool:
    """Whether the first row only counts the columns: (1), (2), (3)."""
    return len(row) > 2 and all(cell.strip() in (f"({i})", f"[{i}]") for i, cell in enumerate(row, 1))


def _are_units(row: Sequence[str]) -> bool:
    """Whether the first row only says units behind its first cell, each in brackets, a dash where there is none."""
    filled = [cell.strip() for cell in row[1:] if cell.strip()]
    units = [cell for cell in filled if cell.strip(" -–—")]
    return (
        bool(units)
        and len(filled) > 1
        and all(cell[0] in "([（" and read_unit(cell.strip("()[]（）")) is not None for cell in units)
    )


def _with_header(table: Table) -> tuple[Cells, Cells, int]:
    """Header rows and body; where none was marked, the first row of words is one."""
    if table.headers:
        return table.headers, table.rows, 0
    first = table.rows[0]
    numeric = sum(read_amount(cell) is not None for cell in first)
    if len(table.rows) > 1 and numeric <= len(first) // 3:
        return (first,), table.rows[1:], 1
    return (tuple("" for _ in first),), table.rows, 0


def _folded(headers: Cells) -> int:
    """Columns of one half, where a long table was set as two halves side by side under the same headers; else 0."""
    half = len(headers[-1]) // 2
    is_same = all(row[:half] == row[half:] for row in headers) and len(headers[-1]) == 2 * half
    is_named = half > 1 and read_header(headers[-1][0]).kind in ("material", "element", "label")
    return half if is_same and is_named and any(map(str.strip, headers[-1])) else 0


_UNITS = re.compile(r"(?:units?|dimensions?|单位)\s*[.:]?", re.IGNORECASE)


def _with_units(headers: Cells, rows: Cells) -> tuple[Cells, Cells]:
    """The table with the units of a column of their own put behind the names in front; that column is left empty."""
    for place in range(1, len(headers[-1])):
        if not _UNITS.fullmatch(headers[-1][place].strip()):
            continue
        is_behind = sum(read_amount(row[place - 1]) is not None for row in rows) > len(rows) // 2
        at = 0 if is_behind else place - 1
        done = []
        for row in rows:
            unit = row[place].strip()
            named = f"{row[at]} ({unit})" if unit and not is_missing(unit) and unit != "1" else row[at]
            done.append((*row[:at], named, *row[at + 1 : place], "", *row[place + 1 :]))
        blank = tuple((*row[:place], "", *row[place + 1 :]) for row in headers)
        return blank, tuple(done)
    return headers, rows


def _is_crossed(headers: Cells, rows: Cells, names: Container[str]) -> bool:
    """Whether materials stand along the header and temperatures or states down the side, all of one property."""
    top = [cell.strip() for cell in headers[-1][1:]]
    are_materials = len(top) > 1 and all(cell in names or read_formula(cell) is not None for cell in top)
    if not are_materials or read_header(headers[-1][0]).kind not in ("condition", "variable", "text"):
        return False
    side = [row[0] for row in rows if any(cell.strip() for cell in row[1:])]
    return bool(side) and all(read_amount(cell) is not None or is_state(cell) for cell in side)


def _turned(headers: Cells, rows: Cells) -> Grid:
    """Columns become rows; leading columns of words become header rows."""
    n_side = 1
    while (
        n_side < len(rows[0]) - 1
        and all(
            (read_amount(row[n_side]) is None and not is_missing(row[n_side])) or not row[n_side].strip()
            for row in rows
        )
        and any(row[n_side].strip() for row in rows)
    ):
        n_side += 1
    side = _grouped(rows) if n_side > 1 else _carried(tuple(row[:1] for row in rows))
    lines = (headers[-1], *rows)
    names = (headers[-1][0], *(cell[0] for cell in side))
    further = tuple(tuple(line[place] for line in lines) for place in range(1, n_side))
    body = tuple(tuple(line[place] for line in lines) for place in range(n_side, len(lines[0])))
    above = tuple(tuple(row[0] if i == 0 else "" for i in range(len(lines))) for row in headers[:-1])
    grid_headers = (*above, names, *further)
    return Grid(tuple(row[:1] + row[1:] for row in grid_headers), body, 0, True, n_side)


def _grouped(rows: Cells) -> Cells:
    """First cells of rows whose second cells repeat (CP, OSP, CP, OSP): one cell over each turn, its lines together."""
    groups: list[list[int]] = []
    for place, row in enumerate(rows):
        seen = {rows[other][1] for other in groups[-1]} if groups else set()
        if not groups or row[1] in seen:
            groups.append([])
        groups[-1].append(place)
    if len(groups) < 2 or len({len(group) for group in groups}) > 1:
        return _carried(tuple(row[:1] for row in rows))
    texts = [" ".join(rows[place][0] for place in group if rows[place][0].strip()) for group in groups]
    return tuple((text,) for text, group in zip(texts, groups, strict=True) for _ in group)


def _stacked(headers: Cells, rows: Cells) -> list[tuple[Cells, Cells, int]]:
    """A body row of element symbols or headers opens a table of its own below; a title right above it is its own."""
    parts: list[tuple[Cells, Cells, int]] = []
    top, start = headers, 0
    current: list[tuple[str, ...]] = []
    for index, row in enumerate(rows):
        if _opens_part(row, "element", 2) or _is_header_again(row, headers):
            title = tuple(current[-1:]) if current and _is_alone(current[-1]) else ()
            parts.append((top, tuple(current[: len(current) - len(title)]), start))
            said = tuple(tuple(max(line) for _ in line) for line in title)
            kind = "element" if _opens_part(row, "element", 2) else "property"
            top, current, start = (*_titles(headers, kind), *said, row), [], index + 1
        else:
            current.append(row)
    return [*parts, (top, tuple(current), start)]


def _opens_part(row: Sequence[str], kind: str, least: int) -> bool:
    """Whether most cells of a row are headers of a kind."""
    filled = [cell for cell in row if cell.strip()]
    fields = sum(read_header(cell).kind == kind for cell in filled)
    return len(filled) >= 2 and fields >= 0.6 * len(filled) and fields >= least


def _is_header_again(row: Sequence[str], headers: Cells) -> bool:
    """Whether a body row names materials and, of all other columns, properties or conditions, as a header does."""
    first = row[0].strip()
    is_named = read_header(first).kind == "material" or first in {line[0].strip() for line in headers}
    rest = [read_header(cell) for cell in row[1:] if cell.strip()]
    if not is_named or not rest or any(_is_value(cell) for cell in row if cell.strip()):
        return False
    told = sum(column.property is not None or column.kind in ("condition", "variable") for column in rest)
    return told >= max(1, 0.6 * len(rest)) and (bool(first) or told > 1)


def _is_alone(row: Sequence[str]) -> bool:
    """Whether a row holds one text and nothing else."""
    filled = {cell.strip() for cell in row if cell.strip()}
    return len(filled) == 1 and read_amount(next(iter(filled))) is None


def _titles(headers: Cells, kind: str) -> Cells:
    """Header rows that hold for stacked parts too: those without elements, or properties, of their own."""
    own = ("element",) if kind == "element" else ("element", "property", "condition", "material")
    return tuple(row for row in headers if not any(read_header(cell).kind in own for cell in row if cell.strip()))


def _is_value(cell: str) -> bool:
    return read_amount(cell) is not None or is_missing(cell)


def _carried(rows: Cells) -> Cells:
    """A first cell that spans rows is said once: the rows below it take it over."""
    above = ""
    done = []
    for row in rows:
        filled = [cell for cell in row[1:] if cell.strip()]
        has_more = len(filled) > 1 or len(row) == 1 or any(map(_is_value, filled))
        if row[0].strip():
            above = row[0]
        elif above and has_more and not re.search(r"^\s*$", above):
            row = (above, *row[1:])
        done.append(row)
    return tuple(done)


def headings(grid: Grid) -> list[str]:
    """For each row the heading row above it: one with nothing but a single text, as a title of the rows below."""
    current, found = "", []
    is_open = len(grid.rows[0]) > 1 and not grid.is_turned
    for place, row in enumerate(grid.rows):
        filled = [cell.strip() for cell in row if cell.strip()]
        is_heading = (
            is_open and len(set(filled)) == 1 and len(filled) in (1, len(row)) and read_amount(filled[0]) is None
        )
        if is_heading and place + 1 < len(grid.rows):
            current = filled[0]
        found.append("" if is_heading else current)
    return found
