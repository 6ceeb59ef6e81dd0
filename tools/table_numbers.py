"""Numbers as tables write them: decimal points or commas, thousands marks, detection limits and missing values."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable
from typing import Literal, NamedTuple

from eutectic.core.errors import BadTable
from eutectic.core.trial import Censoring

Decimal = Literal[".", ","]
_MISSING_CODES = ("n.d.", "n.d", "N.D.", "nd", "ND", "#N/A", "#NULL!", "无", "缺失", "未测", "未检出")
MISSING = frozenset(
    (
        "",
        "-",
        "--",
        "---",
        "–",
        "—",
        "/",
        "NA",
        "N/A",
        "n/a",
        "N.A.",
        "n.a.",
        "NaN",
        "nan",
        "NAN",
        "null",
        "NULL",
        "None",
    )
).union(_MISSING_CODES)
"""Texts that stand for a value that is not there."""
SPREADSHEET_ERRORS = frozenset(("#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "###", "####", "#####"))
_SIGN = {"<": "below", "≤": "below", "<=": "below", ">": "above", "≥": "above", ">=": "above"}
_SHAPE = re.compile(
    r"(?P<sign><=|>=|[<>≤≥])?\s*(?P<body>[+-]?(?:\d[\d.,' ]*|[.,]\d+))(?P<power>[eE][+-]?\d{1,3})?"
    r"(?:\s*(?:±|\+/-)\s*(?P<sd>\d[\d.,]*(?:[eE][+-]?\d{1,3})?|[.,]\d+))?\s*(?P<percent>%)?"
)
_MONTH = r"(?:jan|feb|mar|mär|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez)[a-z]*\.?"
_DATE = re.compile(
    rf"\d{{1,4}}[-/.]\d{{1,2}}[-/.]\d{{1,4}}(?:[ T]\d{{1,2}}:.*)?|\d{{1,2}}[-/. ]{{1,2}}{_MONTH}(?:[-/. ]\d{{2,4}})?"
    rf"|{_MONTH}[-/. ]\d{{1,4}}|\d{{1,2}}/\d{{1,4}}|\d{{1,4}}年\d{{1,2}}月(?:\d{{1,2}}日)?|\d{{1,2}}月\d{{1,2}}日",
    re.IGNORECASE,
)


class Number(NamedTuple):
    """A cell read as a number."""

    value: float
    sd: float | None
    """What stands behind a ± sign."""
    censoring: Censoring
    is_percent: bool


class Seen(NamedTuple):
    """A number-like cell and its place, for the messages."""

    line: int
    column: str
    text: str


def plain(text: str) -> str:
    """A cell with wide digits, odd spaces and odd minus signs turned into plain ones."""
    return unicodedata.normalize("NFKC", text).replace("−", "-").replace("–", "-").replace("’", "'").strip()


def looks_like_number(text: str) -> bool:
    """Whether a cell has the shape of a number, in whatever notation."""
    return _SHAPE.fullmatch(plain(text)) is not None and not looks_like_date(text)


def looks_like_date(text: str) -> bool:
    """Whether a cell is a date, as spreadsheets make them of 5.1 or 3-4."""
    text = plain(text)
    if re.fullmatch(r"\d{1,3}(?:\.\d{3}){2}", text):
        return False
    return _DATE.fullmatch(text) is not None


def keeps_zeros(text: str) -> bool:
    """Whether a cell is a label such as 007 rather than a number."""
    return re.fullmatch(r"[+-]?0\d+", plain(text)) is not None


def decimal_mark(cells: Iterable[Seen], separator: str, name: str) -> Decimal:
    """Which mark splits off decimals in this file, by the evidence of all its number-like cells.

    Raises:
        BadTable: the evidence contradicts itself, or a cell such as 1,234 can be read in two ways.
    """
    proof: dict[Decimal, Seen] = {}
    open_cells: dict[Decimal, Seen] = {}
    for cell in cells:
        match = _SHAPE.fullmatch(plain(cell.text))
        if match is None:
            continue
        for part in (match["body"], match["sd"]):
            mark, is_sure = _evidence(part or "", bool(match["power"]))
            if mark is not None:
                (proof if is_sure else open_cells).setdefault(mark, cell)
    if len(proof) == 2:
        later, earlier = sorted(proof.values(), key=lambda seen: seen.line, reverse=True)
        raise BadTable(
            f"{later.text!r} and {earlier.text!r} on line {earlier.line} use different decimal marks",
            where=f"{name}:{later.line}: {later.column}",
            mend="use one decimal mark in the whole file",
        )
    if proof:
        return next(iter(proof))
    doubtful = open_cells.get(",") or (open_cells.get(".") if separator == ";" else None)
    if doubtful is not None:
        raise BadTable(
            f"{doubtful.text!r} can be read in two ways and nothing in the file says which",
            where=f"{name}:{doubtful.line}: {doubtful.column}",
            mend="write it with a decimal point and without thousands marks",
        )
    return "."


def _evidence(body: str, has_power: bool) -> tuple[Decimal | None, bool]:
    """The decimal mark a number speaks for, and whether it leaves no doubt."""
    body = body.lstrip("+-").replace(" ", "").replace("'", "")
    dots, commas = body.count("."), body.count(",")
    if dots and commas:
        return ("." if body.rfind(".") > body.rfind(",") else ","), True
    if dots + commas == 0:
        return None, False
    mark: Decimal = "." if dots else ","
    if dots + commas > 1:
        return ("," if mark == "." else "."), True
    whole, _, decimals = body.partition(mark)
    is_group = len(decimals) == 3 and 1 <= len(whole) <= 3 and not whole.startswith("0") and not has_power
    return mark, not is_group


def read_number(text: str, decimal: Decimal) -> Number | None:
    """A cell as a number in the file's notation; None where it is not one."""
    match = _SHAPE.fullmatch(plain(text))
    if match is None:
        return None
    value = _float(match["body"], match["power"] or "", decimal)
    sd = _float(match["sd"], "", decimal) if match["sd"] else None
    if value is None or (match["sd"] and sd is None):
        return None
    censoring: Censoring = "none"
    if match["sign"]:
        censoring = "below" if _SIGN[match["sign"]] == "below" else "above"
    return Number(value, sd, censoring, match["percent"] is not None)


def _float(body: str, power: str, decimal: Decimal) -> float | None:
    group = re.escape("," if decimal == "." else ".")
    point = re.escape(decimal)
    grouped = rf"[+-]?\d{{1,3}}(?:(?:{group}\d{{3}})+|(?: \d{{3}})+|(?:'\d{{3}})+)"
    match = re.fullmatch(rf"({grouped}|[+-]?\d*)(?:{point}(\d*))?([eE][+-]?\d{{1,3}})?", body.strip())
    if match is None:
        return None
    whole = re.sub(r"[., ']", "", match[1])
    value = float(
        f"{whole or '0'}.{match[2] or '0'}{match[3] or power}" if whole not in ("+", "-") else f"{whole}0.{match[2]}"
    )
    return value if math.isfinite(value) else None
