"""The thread from a result back to the bench: who did it and when, which lots went in, which raw files came out."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from eutectic.core.errors import BadTable, StorageFailed
from eutectic.core.plan import Plan, Sample
from eutectic.core.record import sha256
from eutectic.core.stock import StockUse
from eutectic.lab_interface.readings import keep_raw
from eutectic.lab_interface.worksheet_tables import (
    DEVIATION_COLUMN,
    END_COLUMN,
    FILES_COLUMN,
    LOTS_COLUMN,
    OPERATOR_COLUMN,
    START_COLUMN,
)

_ISO = re.compile(r"(\d{4})[-/.年] ?(\d{1,2})[-/.月] ?(\d{1,2})(?:日?[T ]+(.+)|日(.+)?)?")
_DOTS = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})(?:[ ,]+(.+))?")
_SLASHES = re.compile(r"(\d{1,2})[/-](\d{1,2})[/-](\d{4})(?:[ ,]+(.+))?")
_TIME = re.compile(r"(\d{1,2})[:.h](\d{2})(?:[:.](\d{2})(?:\.\d+)?)?\s*(am|pm)?\s*(Z|[+-]\d{2}:?\d{2})?", re.IGNORECASE)
_LOT = re.compile(r"\s*([^=:]+?)\s*[=:]\s*(.+?)\s*")
_MOST_BYTES = 200_000_000


def read_time(text: str) -> str:
    """A date, or a date and time, as ISO 8601 in UTC; a time without a zone is that of this computer.

    `2026-03-01 14:30`, `1.3.2026 14:30`, `13/3/2026` and `2026年3月1日` are read; `3/4/2026` has two readings.

    Raises:
        BadTable: not a date, or one with two readings.
    """
    flat = " ".join(text.split())
    if not flat:
        return ""
    day, clock = _day(flat)
    if not clock:
        return day.isoformat()
    match = _TIME.fullmatch(clock)
    if match is None:
        raise BadTable(f"{text!r} is not a date and time", mend="write 2026-03-01 14:30")
    hour = int(match[1]) % 12 + 12 * (match[4].lower() == "pm") if match[4] else int(match[1])
    zone = (match[5] or "").upper().replace("Z", "+00:00")
    try:
        local = datetime.fromisoformat(f"{day.isoformat()}T{hour:02d}:{match[2]}:{match[3] or '00'}{zone}")
    except ValueError as error:
        raise BadTable(f"{text!r} is not a date and time: {error}", mend="write 2026-03-01 14:30") from None
    return local.astimezone(UTC).isoformat(timespec="seconds")


def _day(text: str) -> tuple[date, str]:
    for pattern, order in ((_ISO, (1, 2, 3)), (_DOTS, (3, 2, 1)), (_SLASHES, (3, 2, 1))):
        match = pattern.fullmatch(text)
        if match is None:
            continue
        year, month, day = (int(match[place]) for place in order)
        if pattern is _SLASHES and month <= 12 and day <= 12 and month != day:
            raise BadTable(f"{text!r} may be day/month or month/day", mend="write 2026-03-01")
        if pattern is _SLASHES and month > 12:
            month, day = day, month
        try:
            return date(year, month, day), next((clock.strip() for clock in match.groups()[3:] if clock), "")
        except ValueError as error:
            raise BadTable(f"{text!r} is not a date: {error}", mend="write 2026-03-01") from None
    raise BadTable(f"{text!r} is not a date", mend="write 2026-03-01 or 2026-03-01 14:30")


def thread_of(cells: Mapping[str, str], sample: Sample, plan: Plan, attached: Mapping[str, str]) -> dict[str, Any]:
    """The fields of an observation that say who, when, of which lots and with which files.

    Args:
        cells: Texts of a line by column.
        sample: The sample of the line.
        plan: Its plan.
        attached: Hashes of the attached files by name.

    Raises:
        BadTable: a date with no or two readings, an unknown stock, or a file that was not attached.
    """
    start, end = (read_time(cells.get(column, "")) for column in (START_COLUMN, END_COLUMN))
    if start and end and end[: len(start)] < start[: len(end)]:
        raise BadTable(f"it ends ({end}) before it starts ({start})", where=END_COLUMN)
    return {
        "sample": sample.sample,
        "vessel": sample.vessel,
        "operator": cells.get(OPERATOR_COLUMN, "").strip()[:80],
        "started_at": start,
        "ended_at": end,
        "stocks": lots_of(cells.get(LOTS_COLUMN, ""), sample, plan),
        "deviation": cells.get(DEVIATION_COLUMN, "").strip()[:2000],
        "artifacts": _files(cells.get(FILES_COLUMN, ""), attached),
    }


def lots_of(text: str, sample: Sample, plan: Plan) -> tuple[StockUse, ...]:
    """Lots by stock as written, such as `Fe=A12; B=77`; else those of the plan."""
    lots = {stock.id: stock.lot for stock in plan.stocks if stock.lot}
    names = {dose.component for dose in sample.drawn}
    for part in filter(str.strip, re.split(r"[;\n]", text)):
        match = _LOT.fullmatch(part)
        if match is None or match[1] not in names:
            raise BadTable(
                f"{part.strip()!r} is not a lot of {sorted(names)}", where=LOTS_COLUMN, mend="write Fe=A12; B=77"
            )
        lots[match[1]] = match[2]
    return tuple(
        StockUse(stock=dose.component, lot=lots[dose.component], ticks=dose.ticks, tick=dose.tick)
        for dose in sample.drawn
        if dose.component in lots
    )


def _files(text: str, attached: Mapping[str, str]) -> tuple[str, ...]:
    names = [name.strip() for name in re.split(r"[;\n]", text) if name.strip()]
    missing = [name for name in names if name not in attached]
    if missing:
        raise BadTable(f"{missing} are not attached", where=FILES_COLUMN, mend="add --attach FILE for each")
    return tuple(dict.fromkeys(attached[name] for name in names))


def hash_files(paths: Sequence[Path]) -> dict[str, str]:
    """Hashes of files by name.

    Raises:
        BadTable: one cannot be read, is too large, or two have the same name.
    """
    found: dict[str, str] = {}
    for path in paths:
        try:
            size = path.stat().st_size
            if size > _MOST_BYTES:
                raise BadTable(f"{size} bytes, at most {_MOST_BYTES} are attached", where=str(path))
            digest = sha256(path.read_bytes())
        except OSError as error:
            raise BadTable(f"the file cannot be attached: {error.strerror}", where=str(path)) from error
        if found.setdefault(path.name, digest) != digest:
            raise BadTable(f"two attached files are named {path.name!r}", where=str(path), mend="rename one")
    return found


def keep_files(folder: Path, paths: Sequence[Path]) -> None:
    """Copy raw files into a campaign's artifacts, each named by its hash and whole or not there.

    Raises:
        StorageFailed: the folder cannot be written.
    """
    for path in paths:
        try:
            data = path.read_bytes()
        except OSError as error:
            raise StorageFailed(f"a raw file cannot be read: {error.strerror}", where=str(path)) from error
        keep_raw(folder, data, re.sub(r"[^A-Za-z0-9.]", "", path.suffix)[:12])
