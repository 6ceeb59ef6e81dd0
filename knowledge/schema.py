"""The library's tables in SQLite, as numbered steps: a new library takes them all, an older one those it lacks."""

from __future__ import annotations

import sqlite3

STEPS: tuple[tuple[str, ...], ...] = (
    (
        "CREATE TABLE documents (id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, title TEXT NOT NULL,"
        " path TEXT NOT NULL, n_pages INTEGER NOT NULL, reader TEXT NOT NULL, text_hash TEXT NOT NULL,"
        " flags TEXT NOT NULL)",
        "CREATE INDEX documents_text ON documents (text_hash)",
        "CREATE TABLE pages (document TEXT NOT NULL REFERENCES documents (id), page INTEGER NOT NULL,"
        " text TEXT NOT NULL, hidden TEXT NOT NULL, PRIMARY KEY (document, page))",
        "CREATE TABLE chunks (id TEXT PRIMARY KEY, document TEXT NOT NULL REFERENCES documents (id),"
        " page INTEGER NOT NULL, heading TEXT NOT NULL, text TEXT NOT NULL, tokens TEXT NOT NULL,"
        " suspicious INTEGER NOT NULL, reference INTEGER NOT NULL)",
        "CREATE TABLE vectors (chunk TEXT NOT NULL REFERENCES chunks (id), model TEXT NOT NULL, vector BLOB NOT NULL,"
        " PRIMARY KEY (chunk, model))",
    ),
    (
        "ALTER TABLE documents ADD COLUMN doi TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE documents ADD COLUMN year INTEGER",
        "ALTER TABLE documents ADD COLUMN authors TEXT NOT NULL DEFAULT '[]'",
        "ALTER TABLE documents ADD COLUMN journal TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE documents ADD COLUMN newer TEXT NOT NULL DEFAULT ''",
        "CREATE INDEX documents_doi ON documents (doi)",
        "CREATE TABLE tables (id TEXT PRIMARY KEY, document TEXT NOT NULL REFERENCES documents (id),"
        " page INTEGER NOT NULL, content TEXT NOT NULL)",
        "CREATE INDEX tables_document ON tables (document)",
        "CREATE TABLE figures (id TEXT PRIMARY KEY, document TEXT NOT NULL REFERENCES documents (id),"
        " page INTEGER NOT NULL, content TEXT NOT NULL)",
        "CREATE INDEX figures_document ON figures (document)",
        "CREATE TABLE sections (document TEXT NOT NULL REFERENCES documents (id), number INTEGER NOT NULL,"
        " page INTEGER NOT NULL, heading TEXT NOT NULL, PRIMARY KEY (document, number))",
        "CREATE TABLE cited (document TEXT NOT NULL REFERENCES documents (id), number INTEGER NOT NULL,"
        " text TEXT NOT NULL, doi TEXT NOT NULL, PRIMARY KEY (document, number))",
    ),
    (
        "CREATE INDEX chunks_found ON chunks (suspicious, reference)",
        "CREATE INDEX vectors_model ON vectors (model)",
    ),
)
"""A step that has been released is never changed; what comes new is a step of its own."""
SCHEMA = len(STEPS)


def version(db: sqlite3.Connection) -> int:
    """How many steps a database has taken."""
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def upgrade(db: sqlite3.Connection) -> None:
    """Take the steps a database lacks; its caller holds the transaction."""
    for statements in STEPS[version(db) :]:
        for statement in statements:
            db.execute(statement)
    db.execute(f"PRAGMA user_version = {SCHEMA}")
