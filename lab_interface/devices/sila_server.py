"""A simulated SiLA 2 server of the Sample Maker feature: the far end that tests start, and a pattern for a real one.

`python -m eutectic.lab_interface.devices.sila_server --record DIR --law NAME --stock Fe=15000 ...` serves on loopback,
prints its port, and keeps every key in `DIR/sila-server.db`: a key that was used before makes nothing again.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sqlite3
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from eutectic.core.composition import Composition
from eutectic.core.record import sha256
from eutectic.lab_interface.faults import stream
from eutectic.lab_interface.registry import open_law

FEATURE = Path(__file__).with_name("sila_sample_maker.xml")
_SCHEMA = """
CREATE TABLE IF NOT EXISTS samples (
  key TEXT PRIMARY KEY, asked TEXT NOT NULL, began REAL NOT NULL, result TEXT, error TEXT);
CREATE TABLE IF NOT EXISTS made (number INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS stop (id INTEGER PRIMARY KEY CHECK (id = 1), reason TEXT NOT NULL);
"""


class Refusal(Exception):
    """One of the feature's defined errors, by its identifier."""

    def __init__(self, error: str, what: str) -> None:
        self.error = error
        super().__init__(what)


class SampleMaker:
    """The device: makes each key once, counts its stocks down, and forgets nothing when it dies."""

    def __init__(self, options: argparse.Namespace) -> None:
        self._options = options
        self._law = open_law(options.law)
        self._stocks = {name: float(volume) for name, volume in (item.split("=") for item in options.stock)}
        self._path = Path(options.record) / "sila-server.db"
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._begun = 0
        with self._open() as database:
            database.executescript(_SCHEMA)

    def _open(self) -> sqlite3.Connection:
        database = sqlite3.connect(self._path, timeout=30)
        database.execute("PRAGMA synchronous=FULL")
        return database

    @property
    def measures(self) -> list[tuple[str, str]]:
        """Property and unit."""
        return [(item.name, item.unit) for item in self._law.properties]

    def make(self, key: str, plan: str, vessel: str, doses: Sequence[tuple[str, float]]) -> dict[str, Any]:
        """Make a sample once; the same key again waits for, or gives, what the first call gave.

        Raises:
            Refusal: as the feature defines.
        """
        asked = sha256({"plan": plan, "vessel": vessel, "doses": [list(item) for item in doses]})
        with self._lock, self._open() as database:
            row = database.execute("SELECT asked FROM samples WHERE key = ?", (key,)).fetchone()
            if row is not None and row[0] != asked:
                raise Refusal("KeyTaken", f"{key} was used for something else")
            if row is None:
                if self.stop_reason():
                    raise Refusal("Stopped", self.stop_reason())
                self._check(database, vessel, doses)
                database.execute("INSERT INTO samples (key, asked, began) VALUES (?, ?, ?)", (key, asked, time.time()))
                database.execute("INSERT INTO made (key) VALUES (?)", (key,))
        if row is None:
            self._begun += 1
            if self._begun == self._options.die_at:
                os.kill(os.getpid(), signal.SIGKILL)
            self._carry_out(key, doses)
        return self._ended(key)

    def _check(self, database: sqlite3.Connection, vessel: str, doses: Sequence[tuple[str, float]]) -> None:
        used: dict[str, float] = {}
        for (text,) in database.execute("SELECT result FROM samples WHERE result IS NOT NULL").fetchall():
            for name, volume in json.loads(text)["dispensed"]:
                used[name] = used.get(name, 0.0) + volume
        for name, volume in doses:
            left = self._stocks.get(name, 0.0) - used.get(name, 0.0)
            used[name] = used.get(name, 0.0) + volume
            if volume > left:
                raise Refusal("SourceOverdrawn", f"{volume:g} uL of {name}, {left:g} are left")
        total = sum(volume for _, volume in doses)
        if total > self._options.vessel:
            raise Refusal("VesselOverfilled", f"{total:g} uL into {vessel}, it holds {self._options.vessel:g}")

    def _carry_out(self, key: str, doses: Sequence[tuple[str, float]]) -> None:
        error, result = None, None
        if self._stopping.wait(self._options.seconds):
            error = ["Stopped", self.stop_reason() or "stopped"]
        else:
            result = {"dispensed": [list(item) for item in doses], "readings": self._readings(key, dict(doses))}
        with self._open() as database:
            row = (None if result is None else json.dumps(result), None if error is None else json.dumps(error), key)
            database.execute("UPDATE samples SET result = ?, error = ? WHERE key = ?", row)

    def _readings(self, key: str, doses: dict[str, float]) -> list[list[Any]]:
        composition = Composition.of(doses, self._law.basis, normalise=True)
        draws = stream(self._options.seed, "sila", key)
        truth = self._law.true_values(composition, {item.name: item.default for item in self._law.process})
        noisy = {name: [value * (1 + draws.gauss(0, 0.02)) for _ in range(3)] for name, value in truth.items()}
        units = dict(self.measures)
        broken = self._options.reading
        if broken is not None:
            noisy = {name: [float(broken)] * 3 for name in noisy}
        entries = [[name, units[name], values] for name, values in noisy.items()]
        return entries * (2 if self._options.twice else 1)

    def _ended(self, key: str) -> dict[str, Any]:
        while True:
            state, result, error = self.recall(key)
            if error is not None:
                raise Refusal(error[0], error[1])
            if result is not None:
                return result
            if state == "lost":
                raise Refusal("NotMade", f"{key} was begun before this server last started; look at the vessel")
            time.sleep(0.02)

    def recall(self, key: str) -> tuple[str, dict[str, Any] | None, list[str] | None]:
        """State of a key (`never`, `begun`, `lost`, `done`) with its result or error."""
        with self._open() as database:
            row = database.execute("SELECT began, result, error FROM samples WHERE key = ?", (key,)).fetchone()
        if row is None:
            return "never", None, None
        if row[1] is None and row[2] is None:
            return ("lost" if row[0] < self._options.began else "begun"), None, None
        return "done", None if row[1] is None else json.loads(row[1]), None if row[2] is None else json.loads(row[2])

    def stop(self, reason: str) -> None:
        """Latch a stop and give up what is being made."""
        with self._open() as database:
            database.execute("INSERT OR IGNORE INTO stop (id, reason) VALUES (1, ?)", (reason,))
        self._stopping.set()

    def clear(self) -> None:
        """Lift the stop."""
        with self._open() as database:
            database.execute("DELETE FROM stop")
        self._stopping.clear()

    def stop_reason(self) -> str:
        """Why it is stopped; empty where it is not."""
        with self._open() as database:
            row = database.execute("SELECT reason FROM stop").fetchone()
        return "" if row is None else str(row[0])


def times_made(record: Path) -> dict[str, int]:
    """How often the device of a record really began each key: what a test of doubling must ask."""
    with sqlite3.connect(record / "sila-server.db") as database:
        return dict(database.execute("SELECT key, count(*) FROM made GROUP BY key").fetchall())


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve until killed; the first line printed is the port."""
    parser = argparse.ArgumentParser(description="A simulated SiLA 2 server of the Sample Maker feature, on loopback.")
    parser.add_argument("--record", required=True, help="folder of its database")
    parser.add_argument("--law", default="fe_soft_magnet")
    parser.add_argument("--stock", action="append", default=[], help="ID=MICROLITRES, once for each")
    parser.add_argument("--vessel", type=float, default=360.0, help="working volume of a vessel, uL")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=0.0, help="time a sample takes")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--reading", default=None, help="what every instrument reads, such as nan: a broken one")
    parser.add_argument("--die-at", type=int, default=0, help="die in the middle of the so manyth sample")
    parser.add_argument("--twice", action="store_true", help="give every reading twice")
    options = parser.parse_args(arguments)
    options.began = time.time()
    from eutectic.lab_interface.devices.sila_serving import serve

    serve(SampleMaker(options), options.port, lambda port: sys.stdout.write(f"{port}\n"))


if __name__ == "__main__":
    from eutectic.lab_interface.devices.sila_server import main as as_imported  # else its refusals are another class

    as_imported()
