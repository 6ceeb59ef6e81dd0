"""The table of a document as it is kept: caption, header rows, body cells, footnotes, page and place."""

from __future__ import annotations

from pydantic import model_validator

from eutectic.core.record import Record

Box = tuple[float, float, float, float]
"""Left, top, right, bottom in points from the top left corner of the page."""


class CellMark(Record):
    """A footnote mark that stood raised on a cell and was taken off its text."""

    row: int
    """0-based, header rows counted first."""
    column: int
    mark: str


class Table(Record):
    """A table; cells are the page's own words on one line, superscript digits as the Unicode superscripts."""

    id: str = ""
    """Set by the store: `<first 16 of the document's hash>-p<page>-t<number on the page>`."""
    document: str = ""
    """Set by the store: name of the document."""
    page: int
    """1-based page on which it begins."""
    last_page: int = 0
    """Page on which it ends, where it goes on over pages; 0 for the page it begins on."""
    label: str = ""
    """As printed: `Table 2`, `TABLE III`, `表 1`; empty where it has none."""
    caption: str = ""
    """Without the label."""
    headers: tuple[tuple[str, ...], ...] = ()
    """Header rows; a cell over several columns is repeated in each of them."""
    rows: tuple[tuple[str, ...], ...]
    """Body rows; an empty cell is an empty string."""
    footnotes: tuple[str, ...] = ()
    """Each with its mark in front where it has one."""
    marks: tuple[CellMark, ...] = ()
    bbox: Box = (0.0, 0.0, 0.0, 0.0)
    """Of the part on the first page."""

    @model_validator(mode="after")
    def _is_rectangular(self) -> Table:
        widths = {len(row) for row in (*self.headers, *self.rows)}
        if len(widths) > 1:
            raise ValueError(f"the rows of a table have one length, not {sorted(widths)}")
        return self

    @property
    def n_columns(self) -> int:
        """Number of columns."""
        return len(self.rows[0]) if self.rows else len(self.headers[0]) if self.headers else 0

    def header(self, column: int) -> str:
        """The header cells over a column, top to bottom, parted by ` | `, each said once."""
        parts: list[str] = []
        for row in self.headers:
            if row[column] and row[column] not in parts:
                parts.append(row[column])
        return " | ".join(parts)


class Figure(Record):
    """A figure with its caption; its picture, where one was cut out, stands in the library's folder."""

    id: str = ""
    """Set by the store: `<first 16 of the document's hash>-p<page>-f<number on the page>`."""
    document: str = ""
    """Set by the store: name of the document."""
    page: int
    label: str = ""
    """As printed: `Figure 3`, `Fig. S1`, `图 2`."""
    caption: str = ""
    """Without the label."""
    bbox: Box = (0.0, 0.0, 0.0, 0.0)
    image: str = ""
    """File below the library's folder; empty where none was cut out."""
