"""Cells of a results table: bytes into rows of text, and text into values, never guessed."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from eutectic.core.errors import BadTable
from eutectic.core.record import sha256
from eutectic.core.trial import Censoring
from eutectic.lab_interface.results_xlsx import read_workbook

_MAX_BYTES = 10_000_000
_DELIMITERS = (",", ";", "\t")
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_COMMA_NUMBER = re.compile(r"[+-]?(?:\d+,?\d*|,\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:[.,]\d{3})+", re.ASCII)
_NOT_READ = frozenset(("n.d.", "n.d", "nd", "n/d", "na", "n/a", "-", "--", "–"))
_HIGH_BYTES = re.compile(rb"[\x80-\xff]+")
_SPACES = re.compile(r"[\s\u00a0\u202f]+")


class Table(NamedTuple):
    """A table of texts as it stood in the file."""

    header: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    """Line number in the file and cells, empty lines left out."""
    has_decimal_comma: bool
    """Whether a comma cannot be what separates cells, so that it may stand in numbers."""
    file_sha256: str
    note: str
    flaws: Mapping[int, str] = {}
    """Why a line cannot be taken, by its number, where the file itself shows it."""


class Reading(NamedTuple):
    """What a cell says: a value with its censoring, or that nothing could be read."""

    value: float | None
    censoring: Censoring = "none"


def read_table(path: Path, must_have: Sequence[str]) -> Table:
    """An XLSX workbook or a CSV as texts.

    A CSV may be UTF-8 or UTF-16 with or without BOM, else GB 18030 or Windows-1252, with comma, semicolon or tab.

    Raises:
        BadTable: it cannot be read, is too large, is an old spreadsheet, or has no header with the columns it must
            have.
    """
    where = str(path)
    try:
        data = path.read_bytes()
    except OSError as error:
        what = f"the results cannot be read: {error.strerror}"
        raise BadTable(what, where=where, mend="name the filled-in results_template.csv") from error
    if len(data) > _MAX_BYTES:
        raise BadTable(f"{len(data)} bytes, at most {_MAX_BYTES} are read", where=where)
    if data[:4] == b"PK\x03\x04":
        grid = read_workbook(data, where, must_have)
        header = _header(grid.lines[0][1], where)
        return Table(header, tuple(grid.lines[1:]), False, sha256(data), "", grid.flaws)
    if data[:4] == b"\xd0\xcf\x11\xe0":
        raise BadTable("this is a spreadsheet of the old format", where=where, mend="save it as .xlsx or 'CSV UTF-8'")
    text, note = _decoded(data, where)
    for delimiter in _DELIMITERS:
        lines = _split(text, delimiter, where)
        if lines and set(must_have) <= {cell.strip() for cell in lines[0][1]}:
            header = _header(lines[0][1], where)
            return Table(header, tuple(lines[1:]), delimiter != ",", sha256(data), note)
    raise BadTable(
        f"the first line must name the columns {', '.join(must_have)}", where=f"{where}:1", mend="use the template"
    )


def _header(cells: Sequence[str], where: str) -> tuple[str, ...]:
    header = tuple(cell.strip() for cell in cells)
    double = sorted({name for name in header if name and header.count(name) > 1})
    if double:
        raise BadTable(f"columns {double} stand twice", where=f"{where}:1")
    return header


def _decoded(data: bytes, where: str) -> tuple[str, str]:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding, note = "utf-16", "read as UTF-16"
    else:
        encoding, note = "utf-8-sig", ""
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        try:
            chinese = _chinese(data)
            text, note = (
                (data.decode("cp1252"), "not UTF-8: read as Windows-1252")
                if chinese is None
                else (chinese, "not UTF-8: read as GB 18030 (Chinese)")
            )
        except UnicodeDecodeError as error:
            raise BadTable(f"unreadable letter at byte {error.start}", where=where, mend="save as CSV UTF-8") from None
    if "\0" in text:
        raise BadTable("a zero byte stands in the file", where=where, mend="save as CSV UTF-8")
    return text, note


def _chinese(data: bytes) -> str | None:
    """The text if it is Chinese in GB 18030, which spreadsheets in China save; None where Windows-1252 is likelier.

    Letters of the west stand alone among ASCII; common Chinese characters are pairs of high bytes, B0 to D7 first.
    """
    runs = _HIGH_BYTES.findall(data)
    if any(len(run) % 2 for run in runs):
        return None
    pairs = [run[place] for run in runs for place in range(0, len(run), 2)]
    if sum(0xB0 <= first <= 0xD7 for first in pairs) < max(2, 0.6 * len(pairs)):
        return None
    try:
        return data.decode("gb18030")
    except UnicodeDecodeError:
        return None


def _split(text: str, delimiter: str, where: str) -> list[tuple[int, tuple[str, ...]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows = []
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                rows.append((reader.line_num, tuple(row)))
    except csv.Error as error:
        raise BadTable(f"not a CSV: {error}", where=f"{where}:{reader.line_num}") from error
    return rows


def read_cell(text: str, *, has_decimal_comma: bool) -> Reading | None:
    """The reading of a cell, or None where it is empty.

    `<0.1` is below 0.1, `>5` above 5, `n.d.` not read.

    Raises:
        BadTable: anything that has more than one reading or none.
    """
    flat = _SPACES.sub("", text)
    if not flat:
        return None
    if flat.casefold() in _NOT_READ:
        return Reading(None)
    if flat[0] in "<>≤≥":
        censoring: Censoring = "below" if flat[0] in "<≤" else "above"
        return Reading(read_number(flat[1:], has_decimal_comma=has_decimal_comma), censoring)
    return Reading(read_number(flat, has_decimal_comma=has_decimal_comma))


def read_number(text: str, *, has_decimal_comma: bool) -> float:
    """A finite number with a decimal point, or a decimal comma.

    Raises:
        BadTable: not a number, or `1,234`, which is one and a bit here and a thousand there.
    """
    flat = _SPACES.sub("", text)
    if flat.startswith("="):
        raise BadTable(f"{text!r} is a formula", mend="paste its value")
    if _NUMBER.fullmatch(flat):
        if has_decimal_comma and _THOUSANDS.fullmatch(flat):
            raise BadTable(f"{text!r} may be a thousand or one and a bit", mend="write 1234 or 1,2340")
        value = float(flat)
    elif _COMMA_NUMBER.fullmatch(flat):
        if not has_decimal_comma and _THOUSANDS.fullmatch(flat):
            raise BadTable(f"{text!r} may be a thousand or one and a bit", mend="write 1234 or 1.2340")
        value = float(flat.replace(",", "."))
    else:
        raise BadTable(f"{text!r} is not a number", mend="write 12.5, <0.1, >5 or n.d.")
    if not math.isfinite(value):
        raise BadTable(f"{text!r} is too large")
    return value
