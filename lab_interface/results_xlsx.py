"""A filled-in workbook into rows of text: numbers as they stand, labels that became numbers and formulas found out."""

from __future__ import annotations

import io
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from eutectic.core.errors import BadTable
from eutectic.lab_interface.worksheet_tables import TEXT_COLUMNS

_MAX_UNPACKED = 100_000_000
_MAX_ROWS, _MAX_COLUMNS = 10_000, 500


class Grid(NamedTuple):
    """The cells of a sheet as texts."""

    lines: list[tuple[int, tuple[str, ...]]]
    """Line number and cells, empty lines left out; the first is the header."""
    flaws: dict[int, str]
    """Why a line cannot be taken, by its number."""


def read_workbook(data: bytes, where: str, must_have: Sequence[str]) -> Grid:
    """The first sheet whose first line holds the columns it must have.

    A label that the spreadsheet turned into a number (`1E5` into 100000), a formula, and a number that it turned into
    a date refuse their line.

    Raises:
        BadTable: not a workbook, too large when unpacked, or no such sheet.
    """
    _check_size(data, where)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _first_fitting(data, where, must_have)
    except BadTable:
        raise
    except Exception as error:  # the library raises whatever a broken file makes it stumble over
        what = f"the workbook cannot be read: {type(error).__name__}"
        raise BadTable(what, where=where, mend="save it anew, or as 'CSV UTF-8'") from error


def _check_size(data: bytes, where: str) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            size = sum(item.file_size for item in archive.infolist())
            is_workbook = "[Content_Types].xml" in archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise BadTable("this is a broken spreadsheet file", where=where, mend="save it as 'CSV UTF-8'") from error
    if not is_workbook:
        raise BadTable("this archive is no Excel workbook", where=where, mend="save it as .xlsx or 'CSV UTF-8'")
    if size > _MAX_UNPACKED:
        raise BadTable(f"{size} bytes when unpacked, at most {_MAX_UNPACKED} are read", where=where)


def _first_fitting(data: bytes, where: str, must_have: Sequence[str]) -> Grid:
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(data), read_only=True, data_only=False)
    try:
        for sheet in book.worksheets:
            rows = sheet.iter_rows(max_row=_MAX_ROWS + 1, max_col=_MAX_COLUMNS)
            head = next(rows, ())
            names = tuple(_text(cell.value).strip() for cell in head)
            if set(must_have) <= set(names):
                return _grid(_trimmed(names), rows)
    finally:
        book.close()
    raise BadTable(
        f"no sheet begins with the columns {', '.join(must_have)}", where=where, mend="use results_template.xlsx"
    )


def _trimmed(names: tuple[str, ...]) -> tuple[str, ...]:
    while names and not names[-1]:
        names = names[:-1]
    return names


def _grid(names: tuple[str, ...], rows: Iterator[tuple[Any, ...]]) -> Grid:
    lines: list[tuple[int, tuple[str, ...]]] = [(1, names)]
    flaws: dict[int, str] = {}
    for number, row in enumerate(rows, start=2):
        cells = [_text(cell.value) for cell in row]
        while len(cells) > len(names) and not cells[-1].strip():
            cells.pop()
        if not any(cell.strip() for cell in cells):
            continue
        found = [_flaw(name, cell.value, cell.data_type) for name, cell in zip(names, row, strict=False)]
        reasons = [reason for reason in found if reason]
        if reasons:
            flaws[number] = reasons[0]
        lines.append((number, (*cells, *[""] * (len(names) - len(cells)))))
    return Grid(lines, flaws)


def _flaw(name: str, value: Any, kind: str) -> str:
    """Why a cell cannot be taken, or nothing."""
    if kind == "f":
        return f"{name}: {_text(value)[:60]!r} is a formula: paste its value instead"
    if kind == "e":
        return f"{name}: the cell holds the error {value!r}"
    if name in ("sample", "plan") and value is not None and not isinstance(value, str):
        return (
            f"{name}: the spreadsheet made {_text(value)!r} of a label; "
            "format the column as text and copy the label from the sheet"
        )
    if isinstance(value, bool):
        return "" if name in TEXT_COLUMNS else f"{name}: {value!r} is not a number"
    if isinstance(value, date) and not name.startswith(("start", "end")):
        return f"{name}: the spreadsheet made the date {_text(value)} of what was typed; format the cell as text"
    return ""


def _text(value: Any) -> str:
    """A cell as a person would type it, with a decimal point."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="minutes")
    return str(value)
