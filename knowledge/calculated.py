"""Calculated materials: entries of databases and their dumps with their provenance, kept for work without a network."""

from __future__ import annotations

import csv
import json
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from eutectic.core.errors import BadInput, EndpointFailed, StorageFailed
from eutectic.core.record import Record
from eutectic.knowledge.optimade import Query, Structure, base_url, fetch, is_calculated, read_structure

_FILE = "calculated.db"
_TABLES = (
    "CREATE TABLE IF NOT EXISTS entries (database TEXT NOT NULL, id TEXT NOT NULL, content TEXT NOT NULL,"
    " PRIMARY KEY (database, id))",
    "CREATE TABLE IF NOT EXISTS answers (database TEXT NOT NULL, query TEXT NOT NULL, position INTEGER NOT NULL,"
    " id TEXT NOT NULL, PRIMARY KEY (database, query, position))",
)
_FUNCTIONAL = ("functional", "xc", "dft_type", "xc_functional", "run_type")
_LARGEST = 500_000_000


class Entry(Record):
    """A material of a database, with its provenance."""

    database: str
    """Short name or base URL of the database, or the file's name for a dump."""
    id: str
    formula: str
    values: dict[str, float]
    """Numbers by the database's own names."""
    functional: str = ""
    """Of the density-functional calculation, as the database names it; empty where it does not say."""
    is_calculated: bool = True
    version: str = ""
    url: str = ""
    fetched: str = ""
    """Day, ISO 8601, UTC."""


class Fetched(NamedTuple):
    """Entries, and what the user should know about them."""

    entries: list[Entry]
    notes: list[str]


class Cache:
    """The entries of one library's folder, in a SQLite file of their own."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / _FILE
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(self._path, timeout=30)
            with self._db:
                for statement in _TABLES:
                    self._db.execute(statement)
        except (OSError, sqlite3.Error) as error:
            raise StorageFailed(f"calculated data cannot be kept: {error}", where=str(self._path)) from error

    def close(self) -> None:
        """Give back the file."""
        self._db.close()

    def put(self, entries: Iterable[Entry], database: str, query: str) -> None:
        """Keep an answer whole, in place of an earlier one to the same query."""
        rows = [(entry.database, entry.id, entry.model_dump_json()) for entry in entries]
        with self._db:
            self._db.execute("DELETE FROM answers WHERE database = ? AND query = ?", (database, query))
            self._db.executemany("INSERT OR REPLACE INTO entries VALUES (?,?,?)", rows)
            numbered = [(database, query, position, row[1]) for position, row in enumerate(rows)]
            self._db.executemany("INSERT INTO answers VALUES (?,?,?,?)", numbered)

    def answer(self, database: str, query: str) -> list[Entry]:
        """What an earlier fetch got for the same query; empty where there was none."""
        rows = self._db.execute(
            "SELECT content FROM answers JOIN entries USING (database, id)"
            " WHERE database = ? AND query = ? ORDER BY position",
            (database, query),
        )
        return [Entry.model_validate_json(row[0]) for row in rows]

    def entries(self) -> list[Entry]:
        """Every entry that was ever fetched, by database and id."""
        rows = self._db.execute("SELECT content FROM entries ORDER BY database, id")
        return [Entry.model_validate_json(row[0]) for row in rows]


def fetch_entries(
    folder: Path,
    provider: str,
    query: Query,
    *,
    most: int,
    is_offline: bool,
    functional: str,
    wait: Callable[[float], None] = time.sleep,
) -> Fetched:
    """The entries of a provider, kept in the folder; where it cannot be reached, those of the same query before.

    Raises:
        EndpointFailed: it cannot be reached and the query was never answered.
        BadInput: the provider or the query is wrong.
    """
    text, base = query.text(), base_url(provider)
    key = f"{text} [{most}]"
    with closing(Cache(folder)) as cache:
        if is_offline:
            kept = cache.answer(provider, key)
            if not kept:
                raise EndpointFailed("this query was not fetched before", where=provider, mend="leave out --offline")
            return Fetched(kept, ["from the library's own copy"])
        found: list[Entry] = []
        n_broken = 0
        try:
            for page in fetch(provider, query, most=most, wait=wait):
                n_broken += page.n_broken
                for one in page.structures:
                    url = f"{base}/v1/structures/{one.id}"
                    found.append(entry_of(one, provider, page.version, url, functional, is_calculated(provider)))
        except EndpointFailed as error:
            kept = cache.answer(provider, key)
            if not kept:
                raise
            return Fetched(kept, [f"{error}; these are from the library's own copy"])
        cache.put(found, provider, key)
    return Fetched(found, [f"{n_broken} entries without id or formula were left out"] if n_broken else [])


def load_dump(folder: Path, path: Path, *, functional: str = "") -> Fetched:
    """The entries of a dump (.json, .jsonl or .csv), kept in the folder like fetched ones.

    Raises:
        BadInput: the file is missing, too large, broken or holds no entry.
    """
    if not path.is_file():
        raise BadInput("there is no such file", where=str(path))
    if path.stat().st_size > _LARGEST:
        raise BadInput(f"it is larger than {_LARGEST} bytes", where=str(path), mend="split it")
    raw = list(_raw_entries(path))
    entries = []
    for item in raw:
        structure = read_structure(item)
        if structure is not None:
            entries.append(entry_of(structure, path.name, "", path.resolve().as_uri(), functional, True))
    if not entries:
        raise BadInput("it holds no entry with an id and a formula", where=str(path), mend="give each `id`, `formula`")
    with closing(Cache(folder)) as cache:
        cache.put(entries, path.name, str(path.resolve()))
    left = len(raw) - len(entries)
    return Fetched(entries, [f"{left} entries without id or formula were left out"] if left else [])


def entry_of(one: Structure, database: str, version: str, url: str, functional: str, calculated: bool) -> Entry:
    """An entry with the provenance of its structure; booleans and words are not values."""
    values = {
        name: float(value)
        for name, value in one.properties.items()
        if isinstance(value, (int, float)) and not isinstance(value, bool)
    }
    said = next((str(one.properties[name]) for name in sorted(one.properties) if _is_functional(name)), "")
    return Entry(
        database=database,
        id=one.id,
        formula=one.formula,
        values=values,
        functional=functional or (said if calculated else ""),
        is_calculated=calculated,
        version=version,
        url=url,
        fetched=datetime.now(UTC).date().isoformat(),
    )


def _is_functional(name: str) -> bool:
    plain = name.lower()
    return any(plain == word or plain.endswith(f"_{word}") for word in _FUNCTIONAL)


def _raw_entries(path: Path) -> Iterator[Any]:
    try:
        text = path.read_text(encoding="utf-8-sig")
        if path.suffix.lower() == ".csv":
            for row in csv.DictReader(text.splitlines()):
                yield {key: _number(value) for key, value in row.items() if key and isinstance(value, str) and value}
        elif path.suffix.lower() in (".jsonl", ".ndjson"):
            yield from (json.loads(line) for line in text.splitlines() if line.strip())
        else:
            whole = json.loads(text)
            items = whole.get("data", whole) if isinstance(whole, dict) else whole
            yield from items.values() if isinstance(items, dict) else items if isinstance(items, list) else ()
    except (UnicodeDecodeError, ValueError, csv.Error, RecursionError) as error:
        raise BadInput(
            f"it cannot be read: {str(error)[:150]}", where=str(path), mend="give JSON, JSONL or CSV"
        ) from error


def _number(text: str) -> float | str:
    try:
        value = float(text)
    except ValueError:
        return text
    return value if abs(value) < 1e300 else text
