"""What the worksheet lab remembers: its plans, every version of every result, and an emergency stop, in SQLite."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, NamedTuple

from eutectic.core.correction import Correction
from eutectic.core.errors import PlanChanged, StorageFailed
from eutectic.core.plan import Plan
from eutectic.core.record import canonical_json
from eutectic.core.transaction import transaction
from eutectic.core.trial import Observation

Clock = Callable[[], datetime]
Ending = Literal["open", "cancelled", "aborted"]
_SCHEMA = """
CREATE TABLE IF NOT EXISTS runs (
    number INTEGER PRIMARY KEY, key TEXT UNIQUE NOT NULL, plan_sha256 TEXT NOT NULL, plan TEXT NOT NULL,
    ending TEXT NOT NULL DEFAULT 'open', note TEXT NOT NULL DEFAULT '', at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS results (
    key TEXT NOT NULL, trial TEXT NOT NULL, version INTEGER NOT NULL, observation TEXT NOT NULL,
    file_sha256 TEXT NOT NULL, reason TEXT NOT NULL, at TEXT NOT NULL, PRIMARY KEY (key, trial, version));
CREATE TABLE IF NOT EXISTS stops (number INTEGER PRIMARY KEY, reason TEXT NOT NULL, at TEXT NOT NULL,
    cleared_by TEXT NOT NULL DEFAULT '');
"""


class Source(NamedTuple):
    """Where a version of a result comes from."""

    file_sha256: str = ""
    reason: str = ""
    by: str = ""


class WorksheetStore:
    """The lab's records in `worksheet.db` of a folder; every change is one durable transaction."""

    def __init__(self, folder: Path, clock: Clock | None = None) -> None:
        self._path = folder / "worksheet.db"
        self._clock = clock or _now
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StorageFailed(f"cannot make the folder: {error.strerror}", where=str(folder)) from error
        with self._open() as database:
            database.executescript(_SCHEMA)
            if all(row[1] != "by" for row in database.execute("PRAGMA table_info(results)")):
                database.execute("ALTER TABLE results ADD COLUMN by TEXT NOT NULL DEFAULT ''")

    def _at(self) -> str:
        return self._clock().isoformat(timespec="seconds")

    def hours_since(self, key: str) -> float:
        """Hours since the sheet of a plan was written; 0 where there is none, and never negative."""
        with self._open() as database:
            row = database.execute("SELECT at FROM runs WHERE key = ?", (key,)).fetchone()
        gone = 0.0 if row is None else (self._clock() - datetime.fromisoformat(row[0])).total_seconds() / 3600
        return max(0.0, gone)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            database = sqlite3.connect(self._path, timeout=30, isolation_level=None)
            try:
                database.execute("PRAGMA synchronous=FULL")
                yield database
            finally:
                database.close()
        except sqlite3.Error as error:
            raise StorageFailed(f"the worksheet lab cannot keep its records: {error}", where=str(self._path)) from error

    @contextmanager
    def _change(self) -> Iterator[sqlite3.Connection]:
        with self._open() as database, transaction(database):
            yield database

    def add(self, key: str, plan: Plan) -> int:
        """Number of the run under a key, new or old.

        Raises:
            PlanChanged: the key is another plan's.
        """
        with self._change() as database:
            row = database.execute("SELECT number, plan_sha256 FROM runs WHERE key = ?", (key,)).fetchone()
            if row is not None and row[1] != plan.sha256:
                raise PlanChanged(f"another plan was sent as {key}", mend="raise the attempt number")
            if row is None:
                database.execute(
                    "INSERT INTO runs (key, plan_sha256, plan, at) VALUES (?, ?, ?, ?)",
                    (key, plan.sha256, canonical_json(plan), self._at()),
                )
                row = database.execute("SELECT number FROM runs WHERE key = ?", (key,)).fetchone()
        return int(row[0])

    def plan(self, key: str) -> Plan | None:
        """The plan under a key."""
        with self._open() as database:
            row = database.execute("SELECT plan FROM runs WHERE key = ?", (key,)).fetchone()
        return None if row is None else Plan.model_validate_json(row[0])

    def hours_before(self, key: str) -> float:
        """Hours of all plans that were sent before this one."""
        with self._open() as database:
            rows = database.execute(
                "SELECT plan FROM runs WHERE number < (SELECT number FROM runs WHERE key = ?)", (key,)
            ).fetchall()
        return sum(Plan.model_validate_json(row[0]).hours for row in rows)

    def ending(self, key: str) -> tuple[Ending, str]:
        """Whether a run is open or was given up, and why."""
        with self._open() as database:
            row = database.execute("SELECT ending, note FROM runs WHERE key = ?", (key,)).fetchone()
        return ("open", "") if row is None else (row[0], row[1])

    def end(self, key: str, ending: Ending, note: str) -> None:
        """Give a run up, or open it again."""
        with self._change() as database:
            database.execute("UPDATE runs SET ending = ?, note = ? WHERE key = ?", (ending, note, key))

    def results(self, key: str) -> dict[str, Observation]:
        """The newest version of each result of a run, by trial."""
        with self._open() as database:
            rows = database.execute(
                "SELECT trial, observation FROM results WHERE key = ? ORDER BY version", (key,)
            ).fetchall()
        return {trial: Observation.model_validate_json(text) for trial, text in rows}

    def history(self, key: str, trial: str) -> list[tuple[Observation, str]]:
        """Every version of a result with the reason it was changed for, oldest first."""
        with self._open() as database:
            rows = database.execute(
                "SELECT observation, reason FROM results WHERE key = ? AND trial = ? ORDER BY version", (key, trial)
            ).fetchall()
        return [(Observation.model_validate_json(text), reason) for text, reason in rows]

    def log(self, key: str) -> list[tuple[str, str, str]]:
        """Time, trial and words of what happened to a run, oldest first."""
        with self._open() as database:
            run = database.execute("SELECT at, '', 'the sheet was written' FROM runs WHERE key = ?", (key,)).fetchall()
            rows = database.execute(
                "SELECT at, trial, 'result, version ' || version FROM results WHERE key = ? ORDER BY rowid", (key,)
            ).fetchall()
        return [(str(at), str(trial), str(note)) for at, trial, note in (*run, *rows)]

    def has_file(self, key: str, file_sha256: str) -> bool:
        """Whether results of a run came in the very same file before."""
        with self._open() as database:
            row = database.execute(
                "SELECT 1 FROM results WHERE key = ? AND file_sha256 = ? LIMIT 1", (key, file_sha256)
            ).fetchone()
        return row is not None

    def corrections(self) -> tuple[Correction, ...]:
        """Every later version of a result of every run, in the order they came."""
        with self._open() as database:
            rows = database.execute(
                "SELECT trial, version, observation, reason, by, file_sha256 FROM results WHERE version > 1"
                " ORDER BY rowid"
            ).fetchall()
        return tuple(
            Correction(
                trial=trial,
                version=version,
                observation=Observation.model_validate_json(text),
                reason=reason,
                by=by,
                file_sha256=digest,
            )
            for trial, version, text, reason, by, digest in rows
        )

    def keep(self, key: str, changed: dict[str, Observation], source: Source) -> None:
        """Add a version of each changed result, all or none."""
        with self._change() as database:
            for trial, observation in changed.items():
                database.execute(
                    "INSERT INTO results (key, trial, version, observation, file_sha256, reason, by, at)"
                    " SELECT ?, ?, COALESCE(MAX(version), 0) + 1, ?, ?, ?, ?, ?"
                    " FROM results WHERE key = ? AND trial = ?",
                    (key, trial, canonical_json(observation), *source, self._at(), key, trial),
                )

    def stop(self, reason: str) -> None:
        """Latch an emergency stop."""
        with self._change() as database:
            database.execute("INSERT INTO stops (reason, at) VALUES (?, ?)", (reason, self._at()))

    def stopped(self) -> str:
        """Why the lab is stopped; empty where it is not."""
        with self._open() as database:
            row = database.execute("SELECT reason FROM stops WHERE cleared_by = '' ORDER BY number").fetchone()
        return "" if row is None else str(row[0]) or "no reason given"

    def clear(self, by: str) -> None:
        """Lift every stop, in a person's name."""
        with self._change() as database:
            database.execute("UPDATE stops SET cleared_by = ? WHERE cleared_by = ''", (by,))


def _now() -> datetime:
    return datetime.now(UTC)
