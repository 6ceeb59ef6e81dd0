"""Parts of tables put together: those cut in two on a page, and those that go on over pages."""

from __future__ import annotations

from collections.abc import Sequence

from eutectic.knowledge.amounts import is_missing, read_amount
from eutectic.knowledge.table import Table

_GAP = 24.0
"""Points between two parts of one table on a page."""
_EDGE = 4.0
CONTINUED = -1
"""`last_page` of a table whose caption says that it goes on from the page before."""


def join_parts(tables: Sequence[Table]) -> list[Table]:
    """Tables in the order of the pages, parts joined; a repeated header is said once."""
    whole: list[Table] = []
    for table in tables:
        at = _begun(whole, table)
        if at is None:
            whole.append(table.model_copy(update={"last_page": 0}) if table.last_page == CONTINUED else table)
        else:
            whole[at] = _joined(whole[at], table)
    return whole


def _begun(whole: Sequence[Table], part: Table) -> int | None:
    """Index of the table that a part goes on from."""
    for at in range(len(whole) - 1, -1, -1):
        table = whole[at]
        end = table.last_page or table.page
        if table.n_columns != part.n_columns:
            continue
        if part.page == end:
            is_below = 0 <= part.bbox[1] - table.bbox[3] < _GAP and abs(part.bbox[0] - table.bbox[0]) < 12
            if is_below and not part.label and _is_headless(part) and abs(part.bbox[2] - table.bbox[2]) < 12:
                return at
        elif part.page == end + 1:
            is_same = part.label == table.label and part.label and part.headers == table.headers
            if is_same or (part.last_page == CONTINUED and part.label in ("", table.label)):
                return at
            is_last = all(other.page < part.page or other is table for other in whole[at:])
            is_lowest = all(other.page != end or other.bbox[3] <= table.bbox[3] for other in whole)
            is_repeat = table.headers == part.headers and any(map(any, part.headers)) and is_last
            if not part.label and (is_repeat or (is_lowest and _is_headless(part) and _has_its_edges(table, part))):
                return at
    return None


def _is_headless(part: Table) -> bool:
    """Whether what was taken for a header is a row of values, as where a table goes on without one."""
    return not part.headers or any(
        read_amount(cell) is not None or is_missing(cell) for row in part.headers for cell in row[1:] if cell
    )


def _has_its_edges(table: Table, part: Table) -> bool:
    """Whether a part without a header of its own is as wide as the table and stands at the same place."""
    return abs(table.bbox[0] - part.bbox[0]) < _EDGE and abs(table.bbox[2] - part.bbox[2]) < _EDGE


def _joined(table: Table, part: Table) -> Table:
    head = part.headers if part.headers != table.headers[: len(part.headers)] else ()
    offset = len(table.headers) + len(table.rows) - (0 if head else len(part.headers))
    marks = [mark.model_copy(update={"row": mark.row + offset}) for mark in part.marks if mark.row + offset >= 0]
    kept = [mark for mark in marks if head or mark.row >= len(table.headers) + len(table.rows)]
    update = {
        "rows": (*table.rows, *head, *part.rows),
        "footnotes": (*table.footnotes, *(note for note in part.footnotes if note not in table.footnotes)),
        "marks": (*table.marks, *kept),
        "last_page": part.page if part.page != table.page else table.last_page,
    }
    return table.model_copy(update=update)
