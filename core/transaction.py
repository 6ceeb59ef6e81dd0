"""One SQLite transaction that excludes every other writer: all of it happens or none."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def transaction(database: sqlite3.Connection) -> Iterator[None]:
    """Begin at once, commit at the end, roll back on any exception; for connections with `isolation_level=None`.

    Raises:
        sqlite3.Error: the disk refused, or another writer holds the file for too long.
    """
    database.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        if database.in_transaction:
            database.rollback()
        raise
    database.commit()
