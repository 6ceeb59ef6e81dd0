"""Tables of measurements as people keep them: read with certainty or refused with file, line and column."""

from __future__ import annotations

import unicodedata
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from eutectic.core.errors import BadTable
from eutectic.core.trial import Censoring
from eutectic.tools.table_numbers import (
    MISSING,
    SPREADSHEET_ERRORS,
    Decimal,
    Number,
    Seen,
    decimal_mark,
    keeps_zeros,
    looks_like_date,
    looks_like_number,
    read_number,
)
from eutectic.tools.table_text import TextRow, read_sheet


@dataclass(frozen=True)
class Cell:
    """One cell: its text as it stands, and its number where the whole column holds numbers."""

    text: str
    value: float | None = None
    censoring: Censoring = "none"
    sd: float | None = None
    """What stands behind a ± sign."""
    is_percent: bool = False

    @property
    def is_missing(self) -> bool:
        """Whether the cell is empty or says that there is no value."""
        return self.text in MISSING or self.text in SPREADSHEET_ERRORS


@dataclass(frozen=True)
class Row:
    """One record with the line (from 1) on which it begins."""

    line: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Table:
    """A table as it was read; `notes` list everything that was assumed."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...]

    def cell(self, row: Row, column: str) -> Cell:
        """The cell of a row in a column."""
        return row.cells[self.columns.index(column)]

    def place(self, row: Row, column: str) -> str:
        """Where a cell stands, as messages say it."""
        return f"{self.name}:{row.line}: {column}"

    def require_numbers(self, column: str) -> None:
        """Refuse a column that holds something else than numbers and missing values.

        Raises:
            BadTable: naming the first such cell.
        """
        for row in self.rows:
            cell = self.cell(row, column)
            if cell.value is None and not cell.is_missing and not looks_like_number(cell.text):
                what = "is a date" if looks_like_date(cell.text) else "is not a number"
                mend = (
                    "a spreadsheet may have turned a number into a date" if "date" in what else "units go to the header"
                )
                raise BadTable(f"{cell.text[:40]!r} {what}", where=self.place(row, column), mend=mend)
        for row in self.rows:
            cell = self.cell(row, column)
            if cell.value is None and not cell.is_missing:
                raise BadTable(
                    f"{cell.text[:40]!r} cannot be read as a number with certainty",
                    where=self.place(row, column),
                    mend="write it plainly, such as 1234.5",
                )


def read_table(path: Path) -> Table:
    """A CSV or TSV file as a table.

    Encoding (UTF-8, UTF-16, else GB2312 or Windows-1252 with a note), separator and decimal mark are taken from the
    evidence in the file; what can be read in two ways is refused.

    Raises:
        BadTable: the file or a cell cannot be read with certainty; the message holds file, line and column.
    """
    sheet = read_sheet(path)
    header, body = sheet.rows[0], sheet.rows[1:]
    columns = _header(header, path.name)
    if not body:
        raise BadTable("the table has a header and no rows", where=f"{path.name}:{header.line}", mend="add rows")
    numeric = [_is_numeric([row.cells[index] for row in body]) for index in range(len(columns))]
    seen = (
        Seen(row.line, columns[index], row.cells[index])
        for row in body
        for index, is_number in enumerate(numeric)
        if is_number and row.cells[index] not in MISSING
    )
    decimal = decimal_mark(seen, sheet.separator, path.name)
    notes = list(sheet.notes)
    if decimal == ",":
        notes.append("the decimal mark is a comma")
    rows = tuple(
        Row(row.line, tuple(_cell(text, number, decimal) for text, number in zip(row.cells, numeric, strict=True)))
        for row in body
    )
    _check_columns(columns, body, rows, path.name)
    group = "," if decimal == "." else "."
    grouped = [cell.text for row in rows for cell in row.cells if cell.value is not None and group in cell.text]
    if grouped:
        notes.append(f"{len(grouped)} numbers such as {grouped[0]} were read with {group!r} as a thousands mark")
    errors = [cell.text for row in rows for cell in row.cells if cell.text in SPREADSHEET_ERRORS]
    if errors:
        notes.append(f"{len(errors)} cells hold a spreadsheet error such as {errors[0]}; they count as missing")
    return Table(path.name, columns, rows, tuple(notes))


def _header(row: TextRow, name: str) -> tuple[str, ...]:
    where = f"{name}:{row.line}"
    columns = tuple(" ".join(unicodedata.normalize("NFC", cell).split()) for cell in row.cells)
    for index, column in enumerate(columns, start=1):
        if not column:
            raise BadTable(f"column {index} has no name", where=where, mend="name every column in the first line")
    double = [column for column, count in Counter(columns).items() if count > 1]
    if double:
        raise BadTable(f"two columns are called {double[0]!r}", where=where, mend="rename or remove one")
    if all(looks_like_number(column) for column in columns):
        raise BadTable("the first line holds numbers, not names", where=where, mend="add a line that names the columns")
    return columns


def _is_numeric(texts: list[str]) -> bool:
    """Whether a column holds numbers: all its cells have the shape of one and none is a label such as 007."""
    present = [text for text in texts if text not in MISSING and text not in SPREADSHEET_ERRORS]
    return bool(present) and all(looks_like_number(text) and not keeps_zeros(text) for text in present)


def _cell(text: str, is_number: bool, decimal: Decimal) -> Cell:
    number: Number | None = read_number(text, decimal) if is_number and text not in MISSING else None
    if number is None:
        return Cell(text)
    return Cell(text, number.value, number.censoring, number.sd, number.is_percent)


def _check_columns(columns: tuple[str, ...], body: list[TextRow], rows: tuple[Row, ...], name: str) -> None:
    """Refuse numbers among dates (a spreadsheet made 5-Jan of 5.1) and percent signs on some cells only."""
    for index, column in enumerate(columns):
        present = [(row.line, row.cells[index]) for row in body if row.cells[index] not in MISSING]
        dates = [(line, text) for line, text in present if looks_like_date(text)]
        if dates and len(dates) < len(present) and all(looks_like_date(t) or looks_like_number(t) for _, t in present):
            line, text = dates[0]
            raise BadTable(
                f"{text!r} is a date among numbers",
                where=f"{name}:{line}: {column}",
                mend="a spreadsheet turned a number into a date; restore it",
            )
        percent = [row for row in rows if row.cells[index].is_percent]
        bare = [row for row in rows if row.cells[index].value not in (None, 0.0) and not row.cells[index].is_percent]
        if percent and bare:
            raise BadTable(
                f"{bare[0].cells[index].text!r} has no percent sign, others in this column have",
                where=f"{name}:{bare[0].line}: {column}",
                mend="write all of them alike",
            )
