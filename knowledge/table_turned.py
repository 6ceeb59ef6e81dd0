"""Which way a table lies: properties, elements or compounds down its first column, or along its header."""

from __future__ import annotations

import re
from collections.abc import Sequence

from eutectic.knowledge.amounts import is_missing, read_amount
from eutectic.knowledge.formula_text import read_formula
from eutectic.knowledge.table_headers import read_header
from eutectic.knowledge.table_written import Cells

_NAMED = re.compile(r"(?:[A-Za-z]+\s*)?(?:no\.?|nr\.?|#)?\s*[A-Z]?-?\d+(?:\.\d+)?[a-zA-Z]?|[A-Z]", re.IGNORECASE)
"""A sample's name: `Glass 0.1`, `No. 3`, `S2`, `A`."""
_COMPOUND = re.compile(r"(?:[A-Z][a-z]?\d{0,2}){1,3}")
_WHOLE = (98.0, 102.0)
_FITS = 1.0
"""How much better a table must read turned than as it lies, where its first column names few properties."""


def is_turned(headers: Sequence[Sequence[str]], rows: Sequence[Sequence[str]]) -> bool:
    """Whether properties or elements stand down the first column and materials or conditions along the header."""
    width = len(headers[-1])
    top = [cell for cell in headers[-1][1:] if cell.strip()]
    side = [row[0] for row in rows if row[0].strip()]
    if width < 2 or not side:
        return False
    corner = _is_field(headers[-1][0]) or not headers[-1][0].strip()
    across = sum(map(_is_field, top)) / max(1, len(top))
    down = sum(map(_is_field, side)) / len(side)
    if down >= 0.6 and across < 0.5 and (corner or down == 1.0 or across == 0.0):
        return True
    if across > 0.0:
        return False
    leans = down + _named(top) - _named(side)
    return (down > 0.0 and leans >= _FITS) or _are_shares_down(rows)


def _is_field(text: str) -> bool:
    column = read_header(text)
    return column.kind in ("element", "property", "condition", "variable") and bool(text.strip())


def _named(cells: Sequence[str]) -> float:
    """The share of cells that are names of samples, or formulas."""
    found = [read_formula(cell) is not None or _NAMED.fullmatch(cell.strip()) is not None for cell in cells]
    return sum(found) / max(1, len(found))


def _are_shares_down(rows: Sequence[Sequence[str]]) -> bool:
    """Whether compounds stand down the first column whose shares, below each header, add up to a whole."""
    shares = [row for row in rows if _COMPOUND.fullmatch(row[0].strip())]
    if len(shares) < 3 or len(shares) < 0.8 * len(rows):
        return False
    wholes = []
    for column in range(1, len(shares[0])):
        cells = [row[column] for row in shares if row[column].strip() and not is_missing(row[column])]
        amounts = [amount.value for cell in cells if (amount := read_amount(cell)) and amount.value is not None]
        total = sum(amounts)
        wholes.append(len(amounts) > 1 and (_WHOLE[0] <= total <= _WHOLE[1] or _WHOLE[0] <= 100 * total <= _WHOLE[1]))
    return sum(wholes) >= 0.6 * len(wholes)


def with_errors(headers: Cells, rows: Cells) -> tuple[Cells, Cells]:
    """The table with uncertainties of columns of their own put behind the values; those columns are left empty."""
    errors = [j for j, cell in enumerate(headers[-1]) if j > 1 and read_header(cell).kind == "error"]
    lines = [list(row) for row in (*headers, *rows)]
    for j in errors:
        for i, line in enumerate(lines):
            if (
                i >= len(headers)
                and (read_amount(line[j - 1]) is not None or is_missing(line[j - 1]))
                and read_amount(line[j]) is not None
            ):
                line[j - 1] = f"{line[j - 1]} ± {line[j].strip(' ±')}"
            line[j] = ""
    done = tuple(map(tuple, lines))
    return done[: len(headers)], done[len(headers) :]
