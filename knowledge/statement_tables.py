"""Table cells as statements: the row's label, the column's header and the value, with the caption around them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from eutectic.knowledge.statement import Statement
from eutectic.knowledge.table import Table
from eutectic.knowledge.units import read_unit

_MOST_CELLS = 600
"""Cells of one table that are looked at."""
_HEADER_UNIT = re.compile(r"[(\[（]([^()\[\]（）]{1,24})[)\]）]|\bin\s+(\S+)$|/\s*(\S+)$")
_VALUE = re.compile(r"\d|^[A-Z][a-z]?[A-Z\d]")


def table_statements(table: Table, chunk: str) -> Iterator[Statement]:
    """A statement for each filled cell that is not a row's label."""
    title = f"{table.label} {table.caption}".strip()
    seen = 0
    for number, row in enumerate(table.rows):
        label = _label(row)
        for column, cell in enumerate(row):
            if not cell or column == 0 or seen >= _MOST_CELLS or not _VALUE.search(cell):
                continue
            seen += 1
            header = table.header(column)
            parts = [part for part in (label, header) if part]
            yield Statement(
                chunk=chunk,
                document=table.document,
                page=table.page,
                quotes=tuple(dict.fromkeys(filter(None, (" ".join(filter(None, row)), label, cell)))),
                around="\n".join([title, _group(table, number), *table.footnotes]),
                is_row=True,
                said=f"{', '.join(parts)}: {_with_unit(cell, header, title)}",
                shown=f"{table.label or 'Table'}, {', '.join(parts)}: {cell}",
                last_page=table.last_page,
            )


def _label(row: tuple[str, ...]) -> str:
    """What names a row: its first cell and the other words in it."""
    words = [cell for cell in row[1:] if cell and not any(c.isdigit() for c in cell) and any(map(str.isalpha, cell))]
    return ", ".join(dict.fromkeys(filter(None, (row[0], *words))))


def _group(table: Table, number: int) -> str:
    """The last label above a row whose own first cell is empty, as merged cells leave it."""
    above = [row[0] for row in table.rows[: number + 1] if row[0]]
    return above[-1] if above else ""


def _with_unit(cell: str, header: str, title: str) -> str:
    """A cell with the unit that its header, else its caption, writes for it."""
    for text in (header, title):
        for match in _HEADER_UNIT.finditer(text):
            unit = next((part for part in match.groups() if part), "")
            if unit and read_unit(unit) is not None:
                return f"{cell} {unit}"
    return cell
