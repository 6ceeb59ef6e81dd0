"""The stock ledger: what is left of every lot, less what plans of any campaign have reserved or used, in SQLite."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, NamedTuple

from eutectic.core.errors import BadInput, PlanRefused, StorageFailed
from eutectic.core.plan import Plan
from eutectic.core.stock import Amount, Stock
from eutectic.core.transaction import transaction

_SCHEMA = """
CREATE TABLE IF NOT EXISTS movements (
  owner TEXT NOT NULL, key TEXT NOT NULL, stock TEXT NOT NULL, lot TEXT NOT NULL, unit TEXT NOT NULL,
  amount REAL NOT NULL, state TEXT NOT NULL, at TEXT NOT NULL, PRIMARY KEY (owner, key, stock, lot));
CREATE TABLE IF NOT EXISTS deposits (
  number INTEGER PRIMARY KEY, stock TEXT NOT NULL, lot TEXT NOT NULL, unit TEXT NOT NULL, amount REAL NOT NULL,
  by TEXT NOT NULL, reason TEXT NOT NULL, at TEXT NOT NULL);
"""
_RESERVE = """
INSERT INTO movements VALUES (?, ?, ?, ?, ?, ?, 'reserved', ?)
ON CONFLICT DO UPDATE SET amount = excluded.amount, state = 'reserved', at = excluded.at WHERE state = 'released'
"""
"""A plan that has reserved or used keeps its row; one whose reservation was given back may reserve again."""
_SLACK = 1e-9


class Need(NamedTuple):
    """What a plan takes of one stock, in mg or uL."""

    stock: Stock
    amount: float
    unit: str


class Level(NamedTuple):
    """What there is of a lot, in mg or uL."""

    on_hand: float | None
    """None where nobody stated it, or stated a mass of what is dosed by volume without a density."""
    held: float
    """Reserved or used by other plans."""
    dead: float


def needs(plan: Plan) -> list[Need]:
    """What a plan takes of each of its stocks, in their order; those it does not use are left out."""
    found = []
    for stock in plan.stocks:
        doses = [dose for sample in plan.samples for dose in sample.drawn if dose.component == stock.id]
        if doses:
            size, unit = doses[0].tick.split()
            found.append(Need(stock, sum(dose.ticks for dose in doses) * float(size), unit))
    return found


class StockLedger:
    """Reservations of one owner (a campaign's folder) beside those of all others that share the file.

    A plan reserves when it is approved, in one transaction that looks at the level again, so that no two plans are
    approved on the same drop. What was made is used up, what never was is released.
    """

    def __init__(self, path: Path, owner: str) -> None:
        self._path, self._owner = path, owner

    def level(self, need: Need, key: str) -> Level:
        """What there is of a lot for the plan of this key."""
        with self._open() as database:
            return self._level(database, need, key)

    def reserve(self, plan: Plan) -> None:
        """Reserve what a plan takes; the same plan again changes nothing.

        Raises:
            PlanRefused: another plan took it since the preflight; nothing is reserved.
            StorageFailed: the ledger cannot be used.
        """
        wanted = needs(plan)
        if not wanted:
            return
        with self._change() as database:
            for need in wanted:
                short = shortage(need, self._level(database, need, plan.key), is_simulated=plan.simulated)
                if short is not None:
                    raise PlanRefused(short, where=plan.key, mend="prepare more, or reject the plan")
                row = (self._owner, plan.key, need.stock.id, need.stock.lot, need.unit, need.amount, _now())
                database.execute(_RESERVE, row)

    def release(self, plan: Plan) -> None:
        """A plan will not be sent: what it reserved is free again."""
        self.settle(plan, lambda _: False)

    def settle(self, plan: Plan, made: Callable[[str], bool]) -> None:
        """A plan is over: what went into samples that were made is used, the rest released; again changes nothing."""
        if not plan.stocks:
            return
        with self._change() as database:
            for stock in plan.stocks:
                used = sum(
                    dose.ticks * float(dose.tick.split()[0])
                    for sample in plan.samples
                    if made(sample.trial)
                    for dose in sample.drawn
                    if dose.component == stock.id
                )
                state = "used" if used else "released"
                database.execute(
                    "UPDATE movements SET state = ?, amount = ?, at = ?"
                    " WHERE owner = ? AND key = ? AND stock = ? AND lot = ? AND state = 'reserved'",
                    (state, used, _now(), self._owner, plan.key, stock.id, stock.lot),
                )

    def deposit(self, stock: str, lot: str, amount: Amount, by: str, reason: str) -> None:
        """More of a lot was prepared (or, with a person's reason, found).

        Raises:
            BadInput: nobody is named.
        """
        if not by.strip():
            raise BadInput("a person must be named who fills a stock up", mend="give --by")
        milli = amount.ticks("1 uL" if amount.is_volume else "1 mg") or 0.0
        with self._change() as database:
            database.execute(
                "INSERT INTO deposits (stock, lot, unit, amount, by, reason, at) VALUES (?, ?, ?, ?, ?, ?, ?)",
                (stock, lot, "uL" if amount.is_volume else "mg", milli, by, reason, _now()),
            )

    def movements(self) -> Sequence[Mapping[str, str | float]]:
        """Every reservation and use, oldest first."""
        with self._open() as database:
            rows = database.execute(
                "SELECT owner, key, stock, lot, unit, amount, state, at FROM movements ORDER BY rowid"
            ).fetchall()
        names = ("owner", "key", "stock", "lot", "unit", "amount", "state", "at")
        return [dict(zip(names, row, strict=True)) for row in rows]

    def _level(self, database: sqlite3.Connection, need: Need, key: str) -> Level:
        stock, unit = need.stock, need.unit
        tick: Literal["1 uL", "1 mg"] = "1 uL" if unit == "uL" else "1 mg"
        on_hand = None if stock.on_hand is None else stock.on_hand.ticks(tick, stock.density)
        dead = 0.0 if stock.dead is None else stock.dead.ticks(tick, stock.density)
        if dead is None:
            on_hand = None
        of = (stock.id, stock.lot, unit)
        added = database.execute(
            "SELECT COALESCE(SUM(amount), 0) FROM deposits WHERE stock = ? AND lot = ? AND unit = ?", of
        ).fetchone()[0]
        held = database.execute(
            "SELECT COALESCE(SUM(amount), 0) FROM movements WHERE stock = ? AND lot = ? AND unit = ?"
            " AND state != 'released' AND NOT (owner = ? AND key = ?)",
            (*of, self._owner, key),
        ).fetchone()[0]
        return Level(None if on_hand is None else on_hand + float(added), float(held), dead or 0.0)

    @contextmanager
    def _change(self) -> Iterator[sqlite3.Connection]:
        with self._open() as database, transaction(database):
            yield database

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            database = sqlite3.connect(self._path, timeout=30, isolation_level=None)
            try:
                database.execute("PRAGMA synchronous=FULL")
                database.executescript(_SCHEMA)
                yield database
            finally:
                database.close()
        except (OSError, sqlite3.Error) as error:
            what = f"the stock ledger cannot be used: {error}"
            raise StorageFailed(
                what, where=str(self._path), mend="free the disk or mend the folder's rights"
            ) from error


def shortage(need: Need, level: Level, *, is_simulated: bool) -> str | None:
    """Why a stock does not suffice, in words, or None; an amount that nobody knows does not in a real lab."""
    name = f"stock {need.stock.id}" + (f" lot {need.stock.lot}" if need.stock.lot else "")
    if level.on_hand is None:
        return None if is_simulated else f"{name}: nobody knows how much there is (set on_hand)"
    left = level.on_hand - level.held - level.dead
    if need.amount <= left + _SLACK:
        return None
    told = f", {level.held:g} {need.unit} are taken by other plans" if level.held else ""
    dead = f", {level.dead:g} {need.unit} cannot be drawn" if level.dead else ""
    return f"{name}: {need.amount:g} {need.unit} are needed, {max(0.0, left):g} {need.unit} are left{told}{dead}"


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
