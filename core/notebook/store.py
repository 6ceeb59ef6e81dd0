"""The notebook's store: append-only, hash-chained events in SQLite, or PostgreSQL by URL."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from eutectic.core.errors import NotebookCorrupt, SlotTaken, StorageFailed
from eutectic.core.notebook.events import GENESIS, Event, Kind, link
from eutectic.core.notebook.migrations import migrate
from eutectic.core.record import Record, canonical_json

Entry = tuple[Kind, str, Any]
"""Kind, slot and payload (a record or a JSON-safe mapping) of an event to append."""
Listener = Callable[[Event], None]
_COLUMNS = "seq, at, kind, slot, payload, prev, hash"


class Notebook:
    """The durable record of one campaign: the truth everything else is derived from.

    One writer at a time: hold `eutectic.core.lock.DriverLock` while appending. SQLite runs with a rollback journal
    and `synchronous=FULL`, so that an event that was appended survives the loss of power.
    """

    def __init__(self, database: Path | str, campaign: str, *, read_only: bool = False) -> None:
        self.campaign = campaign
        self._listeners: list[Listener] = []
        self._engine = _engine(database, read_only)
        self._head = (0, GENESIS)
        self._connection: Connection | None = None
        self._shown = self._engine.url.render_as_string(hide_password=True) if "://" in str(database) else str(database)
        try:
            with _storage(self._shown):
                self._connection = self._engine.connect()
                if not read_only:
                    migrate(self._connection)
                    self._connection.commit()
                row = self._connection.execute(
                    text("SELECT seq, hash FROM events WHERE campaign = :c ORDER BY seq DESC LIMIT 1"),
                    {"c": campaign},
                ).first()
                self._connection.commit()
            if row is not None:
                self._head = (int(row[0]), str(row[1]))
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Notebook:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give back the database."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        self._engine.dispose()

    def __len__(self) -> int:
        return self._head[0]

    def listen(self, listener: Listener) -> None:
        """Call `listener` with every event after it is durable."""
        self._listeners.append(listener)

    def append(self, kind: Kind, slot: str, payload: Record | dict[str, Any]) -> Event:
        """Write one event durably and return it.

        Raises:
            SlotTaken: this kind and slot is written already.
            StorageFailed: the disk refused; nothing was written.
        """
        return self.append_all([(kind, slot, payload)])[0]

    def append_all(self, entries: Sequence[Entry]) -> list[Event]:
        """Write several events in one transaction: all of them or none.

        Raises:
            SlotTaken: a kind and slot is written already.
            StorageFailed: the disk refused; nothing was written.
        """
        seq, prev = self._head
        at = datetime.now(UTC).isoformat(timespec="microseconds")
        events, rows = [], []
        for kind, slot, payload in entries:
            seq += 1
            body = canonical_json(payload)
            digest = link(prev, seq, at, kind, slot, body)
            rows.append(
                {
                    "c": self.campaign,
                    "seq": seq,
                    "at": at,
                    "kind": kind,
                    "slot": slot,
                    "p": body,
                    "prev": prev,
                    "h": digest,
                }
            )
            events.append(Event(seq=seq, at=at, kind=kind, slot=slot, payload=json.loads(body), prev=prev, hash=digest))
            prev = digest
        self._insert(rows)
        self._head = (seq, prev)
        for item in events:
            for listener in self._listeners:
                listener(item)
        return events

    def _insert(self, rows: list[dict[str, Any]]) -> None:
        connection = self._open()
        try:
            connection.execute(
                text(
                    "INSERT INTO events (campaign, seq, at, kind, slot, payload, prev, hash)"
                    " VALUES (:c, :seq, :at, :kind, :slot, :p, :prev, :h)"
                ),
                rows,
            )
            connection.commit()
        except DBAPIError as error:
            connection.rollback()
            if "unique" in str(error.orig).lower():
                raise SlotTaken(f"{rows[0]['kind']} {rows[0]['slot']!r} is written already") from error
            what = f"the notebook cannot be written: {error.orig}"
            raise StorageFailed(what, where=self._shown, mend="free the disk, then eutectic resume") from error

    def get(self, kind: Kind, slot: str) -> dict[str, Any] | None:
        """The payload of an event, or None."""
        with _storage(self._shown):
            connection = self._open()
            row = connection.execute(
                text("SELECT payload FROM events WHERE campaign = :c AND kind = :k AND slot = :s"),
                {"c": self.campaign, "k": kind, "s": slot},
            ).first()
            connection.commit()
        return None if row is None else json.loads(row[0])

    def events(self, since: int = 0) -> Iterator[Event]:
        """Every event after sequence number `since`, in order, read in pages."""
        while True:
            with _storage(self._shown):
                connection = self._open()
                rows = connection.execute(
                    text(f"SELECT {_COLUMNS} FROM events WHERE campaign = :c AND seq > :s ORDER BY seq LIMIT 500"),
                    {"c": self.campaign, "s": since},
                ).all()
                connection.commit()
            for row in rows:
                try:
                    yield Event(
                        seq=row[0],
                        at=row[1],
                        kind=row[2],
                        slot=row[3],
                        payload=json.loads(row[4]),
                        prev=row[5],
                        hash=row[6],
                    )
                except ValueError as error:
                    what = f"event {row[0]} of campaign {self.campaign!r} cannot be read: {error}"
                    raise NotebookCorrupt(what, mend="restore a back-up") from error
            if not rows:
                return
            since = rows[-1][0]

    def verify(self) -> int:
        """Check the whole hash chain and return the number of events.

        Raises:
            NotebookCorrupt: an event was changed, removed or put elsewhere.
        """
        prev, expected = GENESIS, 1
        for item in self.events():
            body = canonical_json(item.payload)
            if (
                item.seq != expected
                or item.prev != prev
                or item.hash != link(prev, item.seq, item.at, item.kind, item.slot, body)
            ):
                raise NotebookCorrupt(
                    f"event {expected} of campaign {self.campaign!r} does not fit the chain",
                    mend="restore a back-up",
                )
            prev, expected = item.hash, expected + 1
        return expected - 1

    def _open(self) -> Connection:
        if self._connection is None:
            raise StorageFailed("the notebook is closed")
        return self._connection


@contextmanager
def _storage(where: str) -> Iterator[None]:
    try:
        yield
    except SQLAlchemyError as error:
        reason = getattr(error, "orig", None) or error
        mend = "check the disk and the folder's rights, or restore a back-up"
        raise StorageFailed(f"the notebook cannot be used: {reason}", where=where, mend=mend) from error


def _engine(database: Path | str, read_only: bool) -> Engine:
    if isinstance(database, str) and "://" in database:
        return create_engine(database.replace("postgresql://", "postgresql+psycopg://", 1))
    path = Path(database)
    if read_only:
        if not path.is_file():
            raise StorageFailed("there is no notebook here", where=str(path), mend="restore a back-up")
        return create_engine(f"sqlite:///file:{path}?mode=ro&uri=true", connect_args={"timeout": 30})
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": 30})

    @event.listens_for(engine, "connect")
    def _durable(connection: Any, _: Any) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=TRUNCATE")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.close()
        connection.isolation_level = None  # else sqlite3 commits each CREATE TABLE by itself, and a kill leaves half

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN")

    return engine
