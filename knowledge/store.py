"""The library's own rows in SQLite: documents, pages, chunks and vectors; every index is rebuilt from them."""

from __future__ import annotations

import base64
import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from sys import intern
from typing import TYPE_CHECKING, Any, NamedTuple

from eutectic.core.errors import StorageFailed
from eutectic.core.transaction import transaction
from eutectic.knowledge.document import Cited, Content, Document, Section, keep_file, rows
from eutectic.knowledge.reader import Picture
from eutectic.knowledge.schema import SCHEMA, upgrade, version
from eutectic.knowledge.table import Figure, Table

if TYPE_CHECKING:
    import numpy as np

_DOCUMENT = tuple(Document.model_fields)
_LISTS = ("flags", "authors")


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
        self.folder = folder
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
        found = version(self._db)
        if found > SCHEMA:
            raise StorageFailed(
                f"the library has schema {found}, this Eutectic knows {SCHEMA}",
                where=str(self._path),
                mend="use a newer Eutectic",
            )
        if found < SCHEMA:
            with transaction(self._db):
                upgrade(self._db)

    def stamp(self) -> tuple[int, int]:
        """Changes with every change of the rows, by this process or by another: what was read holds while it stays."""
        return int(self._all("PRAGMA data_version")[0][0]), self._db.total_changes

    def documents(self) -> list[Document]:
        """Every document, by name."""
        return self._documents("ORDER BY name")

    def document(self, name: str) -> Document | None:
        """The document of a name or a hash."""
        return next(iter(self._documents("WHERE name = ? OR id = ?", name, name)), None)

    def same_text(self, text_hash: str) -> Document | None:
        """The document that has this text already."""
        return next(iter(self._documents("WHERE text_hash = ?", text_hash)), None)

    def same_doi(self, doi: str) -> list[Document]:
        """The documents that have this DOI."""
        return self._documents("WHERE doi = ?", doi)

    def add(self, document: Document, content: Content, older: Sequence[Document] = ()) -> None:
        """Write a document with all it holds in one transaction; its older versions point to it from then on."""
        values = document.model_dump()
        row = [json.dumps(values[name]) if name in _LISTS else values[name] for name in _DOCUMENT]
        with self._storage(), transaction(self._db):
            for other in older:
                self._db.execute("UPDATE documents SET newer = ? WHERE id = ?", (document.name, other.id))
            self._db.execute(f"INSERT INTO documents ({', '.join(_DOCUMENT)}) VALUES ({_marks(len(row))})", row)
            for table, lines in rows(document, content).items():
                if lines:
                    self._db.executemany(f"INSERT INTO {table} VALUES ({_marks(len(lines[0]))})", lines)

    def keep_original(self, document: Document, path: Path) -> None:
        """Copy a document's bytes into the library, so that its pages can be shown when the file has gone."""
        keep_file(self.original(document), path.read_bytes(), self._path)

    def original(self, document: Document) -> Path:
        """The library's copy of a document's bytes."""
        return self.folder / "originals" / f"{document.id}{Path(document.name).suffix.lower()}"

    def keep_pictures(self, document: Document, pictures: Sequence[Picture]) -> list[Figure]:
        """Write the pictures of figures into the library's folder; the figures, with their files."""
        figures: list[Figure] = []
        for number, picture in enumerate(pictures, start=1):
            name = f"figures/{document.id[:16]}-p{picture.figure.page}-{number}.png" if picture.png else ""
            if name:
                keep_file(self.folder / name, base64.b64decode(picture.png), self._path)
            figures.append(picture.figure.model_copy(update={"image": name}))
        return figures

    def tables(self, name: str = "") -> list[Table]:
        """The tables of a document by name or hash, or of every document, in the order of the pages."""
        return [_table(row) for row in self._parts("tables", name)]

    def tables_on(self, name: str, page: int) -> list[Table]:
        """The tables of one page of a document."""
        rows = self._all(
            "SELECT tables.id, documents.name, content FROM tables JOIN documents ON documents.id = document"
            " WHERE documents.name = ? AND page = ? ORDER BY tables.rowid",
            name,
            page,
        )
        return [_table(row) for row in rows]

    def figures(self, name: str = "") -> list[Figure]:
        """The figures of a document by name or hash, or of every document, in the order of the pages."""
        return [
            Figure.model_validate_json(row[2]).model_copy(update={"id": row[0], "document": row[1]})
            for row in self._parts("figures", name)
        ]

    def sections(self, name: str) -> list[Section]:
        """The headings of a document in order."""
        return [
            Section(*row)
            for row in self._all(
                "SELECT sections.page, heading FROM sections JOIN documents ON documents.id = sections.document"
                " WHERE documents.name = ? OR documents.id = ? ORDER BY number",
                name,
                name,
            )
        ]

    def cited(self, name: str) -> list[Cited]:
        """The list of references of a document in order."""
        return [
            Cited(*row)
            for row in self._all(
                "SELECT text, cited.doi FROM cited JOIN documents ON documents.id = cited.document"
                " WHERE documents.name = ? OR documents.id = ? ORDER BY number",
                name,
                name,
            )
        ]

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

    def last_chunk(self) -> str:
        """Id of the chunk that was taken in last; empty where there is none."""
        rows = self._all("SELECT id FROM chunks ORDER BY rowid DESC LIMIT 1")
        return str(rows[0][0]) if rows else ""

    def count_vectors(self, model: str) -> int:
        """Number of chunks that have a vector of a model."""
        return int(self._all("SELECT COUNT(*) FROM vectors WHERE model = ?", model)[0][0])

    def chunk_tokens(self) -> Iterator[tuple[str, list[str]]]:
        """Id and tokens of the chunks that a search may find, in the same order; equal tokens are one object."""
        with self._storage():
            for row in self._db.execute(
                "SELECT id, tokens FROM chunks WHERE suspicious = 0 AND reference = 0 ORDER BY rowid"
            ):
                yield row[0], [intern(token) for token in row[1].split(" ")]

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
        with self._storage(), transaction(self._db):
            self._db.executemany("INSERT OR REPLACE INTO vectors VALUES (?,?,?)", rows)

    def vectors(self, model: str) -> tuple[list[str], np.ndarray]:
        """Ids of the chunks that have a vector of a model, and the vectors, `n x d`."""
        import numpy as np

        ids: list[str] = []
        data = bytearray()
        with self._storage():
            for key, vector in self._db.execute(
                "SELECT chunk, vector FROM vectors JOIN chunks ON chunks.id = vectors.chunk"
                " WHERE model = ? ORDER BY chunks.rowid",
                (model,),
            ):
                ids.append(key)
                data += vector
        return ids, np.frombuffer(data, dtype="<f4").reshape(len(ids), -1 if ids else 0)

    def vector_ids(self, model: str) -> set[str]:
        """Ids of the chunks that have a vector of a model."""
        return {row[0] for row in self._all("SELECT chunk FROM vectors WHERE model = ?", model)}

    def drop_vectors_except(self, model: str) -> None:
        """Forget the vectors of every other model."""
        with self._storage(), transaction(self._db):
            self._db.execute("DELETE FROM vectors WHERE model != ?", (model,))

    def _documents(self, clause: str, *values: str) -> list[Document]:
        found = []
        for row in self._all(f"SELECT {', '.join(_DOCUMENT)} FROM documents {clause}", *values):
            read = dict(zip(_DOCUMENT, row, strict=True))
            found.append(Document.model_validate(read | {name: json.loads(read[name]) for name in _LISTS}))
        return found

    def _parts(self, table: str, name: str) -> list[Any]:
        return self._all(
            f"SELECT {table}.id, documents.name, content FROM {table} JOIN documents ON documents.id = document"
            f" WHERE ? IN ('', documents.name, documents.id) ORDER BY documents.name, page, {table}.rowid",
            name,
        )

    def _all(self, statement: str, *values: str | int) -> list[Any]:
        with self._storage():
            return self._db.execute(statement, values).fetchall()

    @contextmanager
    def _storage(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise StorageFailed(f"the library cannot be used: {error}", where=str(self._path)) from error


def _table(row: Sequence[str]) -> Table:
    return Table.model_validate_json(row[2]).model_copy(update={"id": row[0], "document": row[1]})


def _marks(n: int) -> str:
    return ",".join("?" * n)
