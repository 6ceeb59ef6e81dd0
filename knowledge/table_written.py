"""A table with what print leaves to the reader written out: ditto marks, decimal commas, two properties a column."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from eutectic.knowledge.amounts import is_missing, read_amount
from eutectic.knowledge.table_headers import read_header

Cells = tuple[tuple[str, ...], ...]
_DITTO = re.compile(
    r"(?:[-–—−]\s?)?(?:″|〃|[\"”“„]|[’‘'′,]{2}|''|do\.|ditto|idem|id\.|同上)(?:\s?[-–—−])?", re.IGNORECASE
)
_DECIMAL_COMMA = re.compile(r"(?<![\d.,])(?:\d+,\d{1,2}|\d+,\d{4,}|0,\d+)(?![\d.,])")
_COMMA = re.compile(r"(?<=\d),(?=\d)")
_POINT = re.compile(r"\d\.\d")
_SEPARATOR = re.compile(r"\s*(?:[/;|]|／|；)\s*(?![^(\[（]*[)\]）])")
"""Between two properties or two values; not inside brackets."""
_MOST_PARTS = 3


class Written(NamedTuple):
    """A table's cells, and where each row and column stands in the table as printed."""

    headers: Cells
    rows: Cells
    row_at: tuple[int, ...]
    column_at: tuple[int, ...]


def written_out(headers: Cells, rows: Cells) -> Written:
    """The table with ditto marks replaced, decimal commas as points, and one property a column or row."""
    plain = _without_ditto(_with_points(headers, rows))
    down, row_at = _parted(headers[-1:] + plain)
    if len(row_at) > len(plain) + 1:
        return Written(headers, down[1:], tuple(place - 1 for place in row_at[1:]), tuple(range(len(headers[-1]))))
    lines = tuple(zip(*headers, *plain, strict=True))
    parted, column_at = _parted(lines, n_head=len(headers))
    across = tuple(zip(*parted, strict=True))
    return Written(across[: len(headers)], across[len(headers) :], tuple(range(len(plain))), column_at)


def _without_ditto(rows: Cells) -> Cells:
    done: list[tuple[str, ...]] = []
    for row in rows:
        above = done[-1] if done else row
        done.append(
            tuple(over if _DITTO.fullmatch(cell.strip()) else cell for over, cell in zip(above, row, strict=True))
        )
    return tuple(done)


def _with_points(headers: Cells, rows: Cells) -> Cells:
    """The rows with decimal commas as points, where a number can only be meant so and none is written with a point."""
    cells = [cell for row in rows for cell in row[1:]]
    has_commas = any(_DECIMAL_COMMA.search(cell) for cell in cells if _is_number_like(cell))
    if not has_commas or any(_POINT.search(cell) for cell in cells):
        return rows
    return tuple(
        (row[0], *(_COMMA.sub(".", cell) if _is_number_like(cell) else cell for cell in row[1:])) for row in rows
    )


def _is_number_like(cell: str) -> bool:
    """Whether a cell holds numbers and signs, not words or a list of references."""
    return not re.search(r"[\[A-Za-z]{2,}|\[", cell.replace("E", "").replace("e", ""))


def _parted(lines: Cells, n_head: int = 1) -> tuple[Cells, tuple[int, ...]]:
    """Lines with those cut into several that hold several properties, `Hc (A/m) / Bs (T)` over `3.2 / 1.62`.

    Args:
        lines: each with its header cells in front.
        n_head: how many of the cells are header.
    """
    done: list[tuple[str, ...]] = []
    places: list[int] = []
    for place, line in enumerate(lines):
        named = next((i for i in reversed(range(n_head)) if line[i].strip()), 0)
        names = _names(line[named])
        cells = [_pieces(cell, len(names)) for cell in line[n_head:]] if names else []
        whole = sum(len(cell) == len(names) and any(cell) for cell in cells)
        filled = sum(bool(cell.strip()) and not is_missing(cell) for cell in line[n_head:])
        if not names or not whole or whole < 0.6 * filled:
            done.append(line)
            places.append(place)
            continue
        for k, name in enumerate(names):
            head = tuple(name if i == named else cell for i, cell in enumerate(line[:n_head]))
            done.append((*head, *(cell[k] if len(cell) == len(names) else "" for cell in cells)))
            places.append(place)
    return tuple(done), tuple(places)


def _names(header: str) -> list[str]:
    """The properties of a header that names several; a unit behind the last one only holds for all."""
    names = _SEPARATOR.split(header)
    if not 1 < len(names) <= _MOST_PARTS or not all(re.search(r"[^\W\d]", name) for name in names):
        return []
    read = [read_header(name) for name in names]
    if read[-1].unit is not None and not any(column.unit for column in read[:-1]):
        behind = names[-1][len(read[-1].name) :] if names[-1].startswith(read[-1].name) else ""
        names = [f"{name}{behind}" for name in names[:-1]] + names[-1:]
        read = [read_header(name) for name in names]
    return names if all(column.kind == "property" and column.property is not None for column in read) else []


def _pieces(cell: str, n: int) -> Sequence[str]:
    if not cell.strip() or is_missing(cell):
        return [cell] * n
    pieces = _SEPARATOR.split(cell)
    return pieces if all(read_amount(piece) is not None or is_missing(piece) for piece in pieces) else [cell]
