"""The log of a device lab: who carries a run out, every command before it is sent and after, and how it ended."""

from __future__ import annotations

import json
import sqlite3
from typing import Literal, NamedTuple

from eutectic.core.record import canonical_json
from eutectic.lab_interface.devices.driver import Reply
from eutectic.lab_interface.devices.program import Command
from eutectic.lab_interface.run_store import RunStore, StoredRun, require, stopped

Ending = Literal["finished", "aborted", "failed"]
SCHEMA = """
CREATE TABLE IF NOT EXISTS starts (batch INTEGER PRIMARY KEY, times INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS claims (batch INTEGER PRIMARY KEY, at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS prepared (batch INTEGER PRIMARY KEY, by TEXT NOT NULL, at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS commands (
  batch INTEGER NOT NULL, number INTEGER NOT NULL, trial TEXT NOT NULL, command TEXT NOT NULL,
  sent_s REAL NOT NULL, done_s REAL, reply TEXT, fault TEXT, PRIMARY KEY (batch, number));
CREATE TABLE IF NOT EXISTS ends (batch INTEGER PRIMARY KEY, ending TEXT NOT NULL, note TEXT NOT NULL, at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS stocks (batch INTEGER NOT NULL, stock TEXT NOT NULL, used_ul REAL NOT NULL,
  PRIMARY KEY (batch, stock));
"""


class Logged(NamedTuple):
    """One command with what became of it."""

    number: int
    command: Command
    reply: Reply | None
    """None where it failed, or where no answer was recorded."""
    fault: str
    """Why it failed, in words; empty where it did not."""
    sent_s: float
    done_s: float | None


class DeviceLog:
    """Reads and writes the log beside the runs; every change is one durable transaction."""

    def __init__(self, store: RunStore) -> None:
        self._store = store

    def claim(self, batch: int, at: float) -> bool:
        """Take the run on, once ever; False where another process did before, or it must not begin."""
        with self._store.writing() as connection:
            if stopped(connection) is not None:
                return False
            row = connection.execute("SELECT state FROM runs WHERE batch = ?", (batch,)).fetchone()
            if row is None or row[0] != "accepted":
                return False
            done = connection.execute("INSERT OR IGNORE INTO claims (batch, at) VALUES (?, ?)", (batch, at))
            return done.rowcount == 1

    def is_claimed(self, batch: int) -> bool:
        """Whether a process took the run on, so that commands may have been sent."""
        return self._one("SELECT 1 FROM claims WHERE batch = ?", batch) is not None

    def claimed_at(self, batch: int) -> float | None:
        """When a process took the run on."""
        row = self._one("SELECT at FROM claims WHERE batch = ?", batch)
        return None if row is None else float(row[0])

    def say_prepared(self, batch: int, by: str, at: float) -> None:
        """Record that a person has made the samples; the first word counts."""
        with self._store.writing() as connection:
            connection.execute("INSERT OR IGNORE INTO prepared (batch, by, at) VALUES (?, ?, ?)", (batch, by, at))

    def prepared(self, batch: int) -> str | None:
        """Who made the samples of a run; None while nobody has."""
        row = self._one("SELECT by FROM prepared WHERE batch = ?", batch)
        return None if row is None else str(row[0])

    def count_start(self, batch: int) -> int:
        """Count one more process started for a run, and return how many that makes."""
        with self._store.writing() as connection:
            connection.execute(
                "INSERT INTO starts (batch, times) VALUES (?, 1) ON CONFLICT (batch) DO UPDATE SET times = times + 1",
                (batch,),
            )
            return int(connection.execute("SELECT times FROM starts WHERE batch = ?", (batch,)).fetchone()[0])

    def send(self, batch: int, number: int, command: Command, at: float) -> str | None:
        """Record that a command is about to be sent; why it must not be, or None.

        A command is recorded once: a second try to record it is refused by the table itself.
        """
        with self._store.writing() as connection:
            reason = stopped(connection)
            if reason is not None:
                return f"emergency stop: {reason}"
            row = connection.execute("SELECT state, reason FROM runs WHERE batch = ?", (batch,)).fetchone()
            if row[0] not in ("accepted", "cancelled"):
                return str(row[1]) or str(row[0])
            connection.execute(
                "INSERT INTO commands (batch, number, trial, command, sent_s) VALUES (?, ?, ?, ?, ?)",
                (batch, number, command.trial, canonical_json(command), at),
            )
        return None

    def done(self, batch: int, number: int, reply: Reply, at: float) -> None:
        """Record what a command gave."""
        self._settle(batch, number, at, json.dumps(reply, sort_keys=True), None)

    def failed(self, batch: int, number: int, fault: str, at: float) -> None:
        """Record that a command failed for certain."""
        self._settle(batch, number, at, None, fault)

    def _settle(self, batch: int, number: int, at: float, reply: str | None, fault: str | None) -> None:
        with self._store.writing() as connection:
            connection.execute(
                "UPDATE commands SET done_s = ?, reply = ?, fault = ? WHERE batch = ? AND number = ?",
                (at, reply, fault, batch, number),
            )

    def end(self, batch: int, ending: Ending, note: str, hours: float, used_ul: dict[str, float], at: float) -> None:
        """Record how the run ended, how long it took and what it used up; the first word counts."""
        with self._store.writing() as connection:
            done = connection.execute(
                "INSERT OR IGNORE INTO ends (batch, ending, note, at) VALUES (?, ?, ?, ?)", (batch, ending, note, at)
            )
            if done.rowcount == 1:
                connection.execute("UPDATE runs SET ends_h = begins_h + ? WHERE batch = ?", (hours, batch))
                rows = [(batch, stock, volume) for stock, volume in used_ul.items()]
                connection.executemany("INSERT INTO stocks (batch, stock, used_ul) VALUES (?, ?, ?)", rows)

    def ending(self, batch: int) -> tuple[Ending, str] | None:
        """How a run ended and why; None while it has not."""
        row = self._one("SELECT ending, note FROM ends WHERE batch = ?", batch)
        return None if row is None else (row[0], row[1])

    def commands(self, batch: int) -> list[Logged]:
        """Every command of a run that was about to be sent, in order."""
        with self._store.reading() as connection:
            rows = connection.execute(
                "SELECT number, command, reply, fault, sent_s, done_s FROM commands WHERE batch = ? ORDER BY number",
                (batch,),
            ).fetchall()
        return [
            Logged(
                number=row[0],
                command=Command.model_validate_json(row[1]),
                reply=None if row[2] is None else json.loads(row[2]),
                fault=row[3] or "",
                sent_s=row[4],
                done_s=row[5],
            )
            for row in rows
        ]

    def used_ul(self) -> dict[str, float]:
        """Microlitres that ended runs took from each stock."""
        with self._store.reading() as connection:
            return dict(connection.execute("SELECT stock, sum(used_ul) FROM stocks GROUP BY stock").fetchall())

    def times_made(self) -> dict[str, int]:
        """How often each trial's first command was sent."""
        with self._store.reading() as connection:
            rows = connection.execute(
                "SELECT trial, count(DISTINCT batch) FROM commands WHERE trial != '' GROUP BY trial"
            ).fetchall()
        return dict(rows)

    def run(self, key: str) -> StoredRun:
        """The run of a key.

        Raises:
            LabFailed: there is none.
        """
        return require(self._store.find(key), key)

    def _one(self, query: str, batch: int) -> sqlite3.Row | None:
        with self._store.reading() as connection:
            found: sqlite3.Row | None = connection.execute(query, (batch,)).fetchone()
            return found


def begun(connection: sqlite3.Connection, batch: int) -> int:
    """How many samples of a run have begun, inside a transaction."""
    row = connection.execute("SELECT count(DISTINCT trial) FROM commands WHERE batch = ?", (batch,)).fetchone()
    return int(row[0])
