"""The record of a simulated lab: runs by key, what was made of them, and the latched stop, in one SQLite file."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, NamedTuple

from eutectic.core.errors import LabFailed, StorageFailed
from eutectic.core.plan import Plan
from eutectic.core.record import canonical_json
from eutectic.core.transaction import transaction
from eutectic.core.trial import Observation

_MEND = "free the disk or mend the folder's rights, then eutectic resume"
StoredState = Literal["accepted", "cancelled", "aborted", "lost", "did_not_run"]
_SCHEMA = """
CREATE TABLE IF NOT EXISTS runs (
  batch INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, plan_sha256 TEXT NOT NULL, plan TEXT NOT NULL,
  state TEXT NOT NULL, reason TEXT NOT NULL DEFAULT '', said TEXT NOT NULL DEFAULT '',
  was_made INTEGER NOT NULL, cap INTEGER NOT NULL, kept INTEGER NOT NULL,
  begins_h REAL NOT NULL, ends_h REAL NOT NULL, accepted_s REAL NOT NULL);
CREATE TABLE IF NOT EXISTS samples (
  batch INTEGER NOT NULL, position INTEGER NOT NULL, trial TEXT NOT NULL, observation TEXT NOT NULL,
  PRIMARY KEY (batch, position));
CREATE TABLE IF NOT EXISTS executions (
  id INTEGER PRIMARY KEY AUTOINCREMENT, batch INTEGER NOT NULL, trial TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS stop (id INTEGER PRIMARY KEY CHECK (id = 1), reason TEXT NOT NULL);
"""


class StoredRun(NamedTuple):
    """One run as the lab recorded it."""

    batch: int
    """Count of runs before it."""
    key: str
    plan_sha256: str
    plan: Plan
    state: StoredState
    reason: str
    said: str
    """What a person said became of it, while contact was lost."""
    was_made: bool
    """Whether samples are really made, whatever the caller can see of it."""
    cap: int
    """Samples that may begin; fewer than the plan's after a cancel."""
    kept: int
    """Samples that may finish; fewer than `cap` after an abort."""
    begins_h: float
    ends_h: float
    accepted_s: float
    """Wall time of the submission, seconds since the epoch."""


_COLUMNS = ", ".join(StoredRun._fields)


class RunStore:
    """Reads and writes the record; every change is one transaction, durable before it is acknowledged."""

    def __init__(self, path: Path, schema: str = "") -> None:
        """`schema` makes the tables that a kind of lab keeps beside the runs."""
        self._path, self._schema = path, _SCHEMA + schema

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction that excludes every other writer; all of it happens or none.

        Raises:
            StorageFailed: the disk refused.
        """
        with self._connected() as connection, transaction(connection):
            yield connection

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection to read by.

        Raises:
            StorageFailed: the disk refused.
        """
        with self._connected() as connection:
            yield connection

    def exists(self) -> bool:
        """Whether anything was recorded yet."""
        return self._path.is_file()

    def find(self, key: str) -> StoredRun | None:
        """The run of a key."""
        if not self._path.is_file():
            return None
        with self._connected() as connection:
            return find_run(connection, key)

    def observations(self, batch: int, count: int) -> list[Observation]:
        """The first so many samples of a run."""
        with self._connected() as connection:
            rows = connection.execute(
                "SELECT observation FROM samples WHERE batch = ? AND position < ? ORDER BY position", (batch, count)
            ).fetchall()
        return [Observation.model_validate_json(row[0]) for row in rows]

    def executions(self) -> dict[str, int]:
        """How often each trial was really made."""
        if not self._path.is_file():
            return {}
        with self._connected() as connection:
            return dict(connection.execute("SELECT trial, count(*) FROM executions GROUP BY trial").fetchall())

    def stop_reason(self) -> str | None:
        """Why everything is stopped, or None."""
        if not self._path.is_file():
            return None
        with self._connected() as connection:
            return stopped(connection)

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(self._path, timeout=30, isolation_level=None)
        except (OSError, sqlite3.Error) as error:
            what = f"the lab's record cannot be opened: {error}"
            raise StorageFailed(what, where=str(self._path), mend=_MEND) from error
        try:
            connection.execute("PRAGMA journal_mode=TRUNCATE")
            connection.execute("PRAGMA synchronous=FULL")
            connection.executescript(self._schema)
            yield connection
        except sqlite3.DatabaseError as error:
            what = f"the lab's record cannot be used: {error}"
            raise StorageFailed(what, where=str(self._path), mend=_MEND) from error
        finally:
            connection.close()


def find_run(connection: sqlite3.Connection, key: str) -> StoredRun | None:
    """The run of a key, inside a transaction."""
    row = connection.execute(f"SELECT {_COLUMNS} FROM runs WHERE key = ?", (key,)).fetchone()
    if row is None:
        return None
    values = dict(zip(StoredRun._fields, row, strict=True))
    values |= {"plan": Plan.model_validate_json(values["plan"]), "was_made": bool(values["was_made"])}
    return StoredRun(**values)


def next_slot(connection: sqlite3.Connection) -> tuple[int, float]:
    """Number of the next run and the lab hour at which it can begin."""
    row = connection.execute("SELECT batch, ends_h FROM runs ORDER BY batch DESC LIMIT 1").fetchone()
    return (0, 0.0) if row is None else (int(row[0]) + 1, float(row[1]))


def insert_run(connection: sqlite3.Connection, run: StoredRun) -> None:
    """Record a new run."""
    values = run._asdict() | {"plan": canonical_json(run.plan), "was_made": int(run.was_made)}
    marks = ", ".join("?" for _ in StoredRun._fields)
    connection.execute(f"INSERT INTO runs ({_COLUMNS}) VALUES ({marks})", tuple(values.values()))


def update_run(connection: sqlite3.Connection, run: StoredRun) -> None:
    """Record a changed state."""
    connection.execute(
        "UPDATE runs SET state = ?, reason = ?, said = ?, cap = ?, kept = ? WHERE batch = ?",
        (run.state, run.reason, run.said, run.cap, run.kept, run.batch),
    )


def unfinished_runs(connection: sqlite3.Connection) -> list[str]:
    """Keys of runs that were accepted or cancelled, and not aborted."""
    return [
        row[0]
        for row in connection.execute("SELECT key FROM runs WHERE state IN ('accepted', 'cancelled') ORDER BY batch")
    ]


def count_made(connection: sqlite3.Connection, batch: int) -> int:
    """Samples of a run that have begun."""
    return int(connection.execute("SELECT count(*) FROM samples WHERE batch = ?", (batch,)).fetchone()[0])


def record_sample(connection: sqlite3.Connection, batch: int, position: int, observation: Observation) -> None:
    """Record that a sample was made, with what it gave."""
    connection.execute(
        "INSERT INTO samples (batch, position, trial, observation) VALUES (?, ?, ?, ?)",
        (batch, position, observation.trial, canonical_json(observation)),
    )
    connection.execute("INSERT INTO executions (batch, trial) VALUES (?, ?)", (batch, observation.trial))


def latch(connection: sqlite3.Connection, reason: str) -> None:
    """Stop everything until a person clears it; the first reason stays."""
    connection.execute("INSERT OR IGNORE INTO stop (id, reason) VALUES (1, ?)", (reason,))


def unlatch(connection: sqlite3.Connection) -> None:
    """Allow runs again."""
    connection.execute("DELETE FROM stop")


def stopped(connection: sqlite3.Connection) -> str | None:
    """Why everything is stopped, or None."""
    row = connection.execute("SELECT reason FROM stop").fetchone()
    return None if row is None else str(row[0])


def require(run: StoredRun | None, key: str) -> StoredRun:
    """The run, which must be there.

    Raises:
        LabFailed: the lab has no run of that key.
    """
    if run is None:
        raise LabFailed(f"this lab has no run {key!r}", mend="submit the plan first")
    return run
