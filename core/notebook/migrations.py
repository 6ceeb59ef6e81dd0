"""The notebook's database schema and the steps that bring an older one up to date."""

from __future__ import annotations

from sqlalchemy import Connection, inspect, text

from eutectic.core.errors import NotebookCorrupt

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        "CREATE TABLE notebook_schema (version INTEGER NOT NULL)",
        "INSERT INTO notebook_schema (version) VALUES (0)",
        "CREATE TABLE events ("
        " campaign VARCHAR(64) NOT NULL, seq INTEGER NOT NULL, at VARCHAR(40) NOT NULL, kind VARCHAR(40) NOT NULL,"
        " slot VARCHAR(120) NOT NULL, payload TEXT NOT NULL, prev CHAR(64) NOT NULL, hash CHAR(64) NOT NULL,"
        " PRIMARY KEY (campaign, seq), UNIQUE (campaign, kind, slot))",
    ),
)
"""Statements that lead from version i to i + 1."""


def migrate(connection: Connection) -> int:
    """Bring the schema up to date and return its version.

    Raises:
        NotebookCorrupt: the database was written by a newer Eutectic.
    """
    version = 0
    if inspect(connection).has_table("notebook_schema"):
        version = int(connection.execute(text("SELECT version FROM notebook_schema")).scalar_one())
    if version > len(MIGRATIONS):
        raise NotebookCorrupt(
            f"the notebook has schema {version}, this Eutectic knows {len(MIGRATIONS)}",
            mend="use a newer Eutectic",
        )
    for statements in MIGRATIONS[version:]:
        for statement in statements:
            connection.execute(text(statement))
        version += 1
        connection.execute(text("UPDATE notebook_schema SET version = :v"), {"v": version})
    return version
