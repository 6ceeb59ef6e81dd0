"""Bytes of a delimited text file into rows of cells: encoding and separator found by evidence, never by guess."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import NamedTuple

from eutectic.core.errors import BadTable

MAX_BYTES = 200_000_000
MAX_COLUMNS = 5_000
_SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab"}


class TextRow(NamedTuple):
    """The cells of one record and the line (from 1) on which it begins."""

    line: int
    cells: list[str]


class Sheet(NamedTuple):
    """A file as rows of text cells; `notes` say what had to be assumed."""

    rows: list[TextRow]
    separator: str
    notes: list[str]


def read_sheet(path: Path) -> Sheet:
    """The rows of a delimited text file, header included, blank lines left out.

    Raises:
        BadTable: unreadable, binary, empty or ragged; the message names the line.
    """
    notes: list[str] = []
    text = _decode(_bytes(path), path.name, notes)
    forced, skipped = None, 0
    first, _, rest = text.partition("\n")
    if first.strip().lower().startswith("sep=") and len(first.strip()) == 5:
        forced, text, skipped = first.strip()[4], rest, 1
    elif path.suffix.lower() == ".tsv":
        forced = "\t"
    separator = forced or _separator(text, path.name)
    rows = [TextRow(line + skipped, cells) for line, cells in _records(text, separator, path.name, skipped)]
    if not rows:
        raise BadTable("the table is empty", where=f"{path.name}:1", mend="the first line names the columns")
    if len(rows[0].cells) > MAX_COLUMNS:
        raise BadTable(
            f"more than {MAX_COLUMNS} columns", where=f"{path.name}:{rows[0].line}", mend="is it transposed?"
        )
    return Sheet(_rectangle(rows, path.name, notes), separator, notes)


def _bytes(path: Path) -> bytes:
    if path.is_dir():
        raise BadTable("this is a folder, not a table", where=str(path), mend="name a .csv file in it")
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise BadTable("there is no such file", where=str(path), mend="check the path") from None
    except OSError as error:
        raise BadTable(f"cannot be read: {error.strerror}", where=str(path), mend="check its permissions") from error
    if len(data) > MAX_BYTES:
        raise BadTable(f"more than {MAX_BYTES} bytes", where=path.name, mend="split the table")
    if not data.strip():
        raise BadTable("the file is empty", where=f"{path.name}:1", mend="the first line names the columns")
    return data


def _decode(data: bytes, name: str, notes: list[str]) -> str:
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise BadTable("this is a spreadsheet, not a text table", where=name, mend="save the sheet as CSV UTF-8")
    try:
        if data.startswith((b"\xff\xfe", b"\xfe\xff")):
            notes.append("read as UTF-16")
            return _plain(data.decode("utf-16"), name)
        return _plain(data.decode("utf-8-sig"), name)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
    if b"\x00" in data:
        raise BadTable("this is not a text file", where=f"{name}:{line}", mend="save the table as CSV UTF-8")
    # In GB2312 every high byte has a high partner; Western text in cp1252 (degree signs, µ) has lone ones.
    for encoding in ("gb2312", "cp1252"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        notes.append(f"line {line} is not UTF-8; the file was read as {encoding}: check its special characters")
        return _plain(text, name)
    raise BadTable("the encoding is not known", where=f"{name}:{line}", mend="save the table as CSV UTF-8")


def _plain(text: str, name: str) -> str:
    text = text.removeprefix("\ufeff")
    for line, content in enumerate(text.split("\n"), start=1):
        if any(ord(mark) < 32 and mark not in "\t\r" for mark in content):
            raise BadTable("this is not a text file", where=f"{name}:{line}", mend="save the table as CSV UTF-8")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _records(text: str, separator: str, name: str, skipped: int = 0) -> list[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True, skipinitialspace=True)
    found, begin = [], 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                found.append((begin, [cell.strip() for cell in cells]))
            begin = reader.line_num + 1
    except csv.Error as error:
        what = "a quote is opened and never closed" if "unexpected end" in str(error) else f"cannot be read: {error}"
        raise BadTable(what, where=f"{name}:{begin + skipped}", mend="check the quotes on this line") from None
    return found


def _separator(text: str, name: str) -> str:
    """The separator under which the header has most columns and every row as many as the header."""
    fitting: dict[str, int] = {}
    present: dict[str, int] = {}
    for mark in _SEPARATORS:
        try:
            rows = _records(text, mark, name)
        except BadTable:
            continue
        width = len(rows[0][1]) if rows else 0
        present[mark] = width
        if all(_width(cells) <= width for _, cells in rows) and any(len(cells) == width for _, cells in rows[1:]):
            fitting[mark] = width
    wide = [mark for mark, width in fitting.items() if width > 1]
    if len(wide) == 1:
        return wide[0]
    if len(wide) > 1:
        names = " and ".join(_SEPARATORS[mark] for mark in wide)
        raise BadTable(f"{names} both look like the separator", where=f"{name}:1", mend="put texts in quotes")
    header = text.lstrip().partition("\n")[0]
    likely = max(_SEPARATORS, key=header.count)
    if header.count(likely) and likely not in present:
        return likely
    widest = max(present, key=lambda mark: present[mark]) if present else ","
    return widest if present.get(widest, 0) > 1 or not fitting else next(iter(fitting))


def _width(cells: list[str]) -> int:
    """Columns up to the last that holds something."""
    return max((index + 1 for index, cell in enumerate(cells) if cell), default=0)


def _rectangle(rows: list[TextRow], name: str, notes: list[str]) -> list[TextRow]:
    """Every row as wide as the header, without columns at the end that hold nothing at all."""
    given = len(rows[0].cells)
    width = _width(rows[0].cells)
    for row in rows[1:]:
        if len(row.cells) != given and (len(row.cells) < width or _width(row.cells) > width):
            raise BadTable(
                f"{len(row.cells)} cells, but the header has {given}",
                where=f"{name}:{row.line}",
                mend="check separators, decimal commas and quotes on this line",
            )
        if _width(row.cells) > width:
            raise BadTable(
                f"column {_width(row.cells)} holds {row.cells[_width(row.cells) - 1]!r} and has no name",
                where=f"{name}:{row.line}",
                mend="name it in the first line",
            )
    if width < given:
        notes.append(f"{given - width} empty columns at the end were left out")
    return [TextRow(row.line, row.cells[:width]) for row in rows]
