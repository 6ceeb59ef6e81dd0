"""The library's own rows in SQLite: documents, pages, chunks and vectors; every index is rebuilt from them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from eutectic.core.errors import StorageFailed
from eutectic.core.record import Record
from eutectic.knowledge.chunk import Chunk
from eutectic.knowledge.reader import Flag, PageText
from eutectic.knowledge.tokens import tokenise

if TYPE_CHECKING:
    import numpy as np

SCHEMA = 1
_TABLES = (
    "CREATE TABLE documents (id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, title TEXT NOT NULL, path TEXT NOT NULL,"
    " n_pages INTEGER NOT NULL, reader TEXT NOT NULL, text_hash TEXT NOT NULL, flags TEXT NOT NULL)",
    "CREATE INDEX documents_text ON documents (text_hash)",
    "CREATE TABLE pages (document TEXT NOT NULL REFERENCES documents (id), page INTEGER NOT NULL, text TEXT NOT NULL,"
    " hidden TEXT NOT NULL, PRIMARY KEY (document, page))",
    "CREATE TABLE chunks (id TEXT PRIMARY KEY, document TEXT NOT NULL REFERENCES documents (id),"
    " page INTEGER NOT NULL, heading TEXT NOT NULL, text TEXT NOT NULL, tokens TEXT NOT NULL,"
    " suspicious INTEGER NOT NULL, reference INTEGER NOT NULL)",
    "CREATE TABLE vectors (chunk TEXT NOT NULL REFERENCES chunks (id), model TEXT NOT NULL, vector BLOB NOT NULL,"
    " PRIMARY KEY (chunk, model))",
)
_DOCUMENT = "id, name, title, path, n_pages, reader, text_hash, flags"


class Document(Record):
    """A document of the library."""

    id: str
    """SHA-256 of its bytes."""
    name: str
    """What quotes call it: the file's name, with a piece of the hash where two files share one."""
    title: str
    path: str
    """Where it was taken in from."""
    n_pages: int
    reader: str
    text_hash: str
    """SHA-256 of its text in the compared form."""
    flags: tuple[Flag, ...] = ()


class ChunkRow(NamedTuple):
    """A chunk with its keys."""

    id: str
    document: str
    page: int
    heading: str
    text: str
    tokens: list[str]


class Store:
    """The rows of one library."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "library.db"
        with self._storage():
            self._db = sqlite3.connect(self._path, timeout=30, isolation_level=None, check_same_thread=False)
            self._db.execute("PRAGMA journal_mode=TRUNCATE")
            self._db.execute("PRAGMA synchronous=FULL")
            self._db.execute("PRAGMA foreign_keys=ON")
            self._migrate()

    def close(self) -> None:
        """Give back the database."""
        self._db.close()

    def _migrate(self) -> None:
        version = int(self._db.execute("PRAGMA user_version").fetchone()[0])
        if version > SCHEMA:
            raise StorageFailed(
                f"the library has schema {version}, this Eutectic knows {SCHEMA}",
                where=str(self._path),
                mend="use a newer Eutectic",
            )
        if version < SCHEMA:
            with self._transaction():
                if not int(self._db.execute("PRAGMA user_version").fetchone()[0]):
                    for statement in _TABLES:
                        self._db.execute(statement)
                    self._db.execute(f"PRAGMA user_version = {SCHEMA}")

    def documents(self) -> list[Document]:
        """Every document, by name."""
        return self._documents("ORDER BY name")

    def document(self, name: str) -> Document | None:
        """The document of a name or a hash."""
        return next(iter(self._documents("WHERE name = ? OR id = ?", name, name)), None)

    def same_text(self, text_hash: str) -> Document | None:
        """The document that has this text already."""
        return next(iter(self._documents("WHERE text_hash = ?", text_hash)), None)

    def add(self, document: Document, pages: Sequence[PageText], chunks: Sequence[Chunk]) -> None:
        """Write a document with its pages and chunks in one transaction."""
        rows = []
        for number, chunk in enumerate(chunks):
            tokens = " ".join(tokenise(f"{chunk.heading}\n{chunk.text}"))
            key = f"{document.id[:16]}-p{chunk.page}-{number}"
            flags = (int(chunk.is_suspicious), int(chunk.is_reference))
            rows.append((key, document.id, chunk.page, chunk.heading, chunk.text, tokens, *flags))
        values = document.model_dump()
        values["flags"] = json.dumps(document.flags)
        with self._storage(), self._transaction():
            self._db.execute(f"INSERT INTO documents ({_DOCUMENT}) VALUES (?,?,?,?,?,?,?,?)", tuple(values.values()))
            self._db.executemany(
                "INSERT INTO pages VALUES (?,?,?,?)",
                [(document.id, page.number, page.text, json.dumps(page.hidden)) for page in pages],
            )
            self._db.executemany("INSERT INTO chunks VALUES (?,?,?,?,?,?,?,?)", rows)

    def page(self, name: str, number: int) -> str | None:
        """The visible text of a page."""
        rows = self._all(
            "SELECT pages.text FROM pages JOIN documents ON documents.id = pages.document"
            " WHERE (documents.name = ? OR documents.id = ?) AND pages.page = ?",
            name,
            name,
            number,
        )
        return str(rows[0][0]) if rows else None

    def chunk_ids(self) -> list[str]:
        """Ids of the chunks that a search may find, in the order they were taken in."""
        return [
            row[0] for row in self._all("SELECT id FROM chunks WHERE suspicious = 0 AND reference = 0 ORDER BY rowid")
        ]

    def count_chunks(self) -> int:
        """Number of chunks that a search may find."""
        return int(self._all("SELECT COUNT(*) FROM chunks WHERE suspicious = 0 AND reference = 0")[0][0])

    def count_vectors(self, model: str) -> int:
        """Number of chunks that have a vector of a model."""
        return int(self._all("SELECT COUNT(*) FROM vectors WHERE model = ?", model)[0][0])

    def chunk_tokens(self) -> Iterator[tuple[str, list[str]]]:
        """Id and tokens of the chunks that a search may find, in the same order."""
        for row in self._all("SELECT id, tokens FROM chunks WHERE suspicious = 0 AND reference = 0 ORDER BY rowid"):
            yield row[0], row[1].split(" ")

    def chunks(self, ids: Iterable[str]) -> list[ChunkRow]:
        """Chunks by id, in the order asked for; `document` is the document's name."""
        wanted = list(ids)
        found: dict[str, ChunkRow] = {}
        for start in range(0, len(wanted), 500):
            part = wanted[start : start + 500]
            for row in self._all(
                "SELECT chunks.id, documents.name, page, heading, text, tokens FROM chunks"
                " JOIN documents ON documents.id = chunks.document"
                f" WHERE chunks.id IN ({','.join('?' * len(part))})",
                *part,
            ):
                found[row[0]] = ChunkRow(row[0], row[1], row[2], row[3], row[4], row[5].split(" "))
        return [found[key] for key in wanted if key in found]

    def put_vectors(self, model: str, ids: Sequence[str], vectors: np.ndarray) -> None:
        """Keep the vectors of chunks under a model."""
        rows = [(key, model, vector.astype("<f4").tobytes()) for key, vector in zip(ids, vectors, strict=True)]
        with self._storage(), self._transaction():
            self._db.executemany("INSERT OR REPLACE INTO vectors VALUES (?,?,?)", rows)

    def vectors(self, model: str) -> tuple[list[str], np.ndarray]:
        """Ids of the chunks that have a vector of a model, and the vectors, `n x d`."""
        import numpy as np

        rows = self._all(
            "SELECT chunk, vector FROM vectors JOIN chunks ON chunks.id = vectors.chunk"
            " WHERE model = ? ORDER BY chunks.rowid",
            model,
        )
        data = [np.frombuffer(row[1], dtype="<f4") for row in rows]
        return [row[0] for row in rows], np.vstack(data) if data else np.zeros((0, 0), dtype=np.float32)

    def drop_vectors_except(self, model: str) -> None:
        """Forget the vectors of every other model."""
        with self._storage(), self._transaction():
            self._db.execute("DELETE FROM vectors WHERE model != ?", (model,))

    def _documents(self, clause: str, *values: str) -> list[Document]:
        return [
            Document.model_validate(
                dict(zip(_DOCUMENT.split(", "), row[:-1], strict=False)) | {"flags": json.loads(row[-1])}
            )
            for row in self._all(f"SELECT {_DOCUMENT} FROM documents {clause}", *values)
        ]

    def _all(self, statement: str, *values: str | int) -> list[Any]:
        with self._storage():
            return self._db.execute(statement, values).fetchall()

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    @contextmanager
    def _storage(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise StorageFailed(f"the library cannot be used: {error}", where=str(self._path)) from error
