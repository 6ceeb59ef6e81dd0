"""Records of a library: made from its rows once a document, kept beside them, made anew when a rule changes."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path

from pydantic import TypeAdapter

from eutectic.knowledge.document import Document
from eutectic.knowledge.record import LiteratureRecord
from eutectic.knowledge.record_sentences import Sentence
from eutectic.knowledge.records import EXTRACTOR, Source, document_records
from eutectic.knowledge.sentences import split_sentences
from eutectic.knowledge.store import Store

_RECORDS = TypeAdapter(list[LiteratureRecord])
_FILE = "records.db"


def library_records(store: Store, folder: Path) -> list[LiteratureRecord]:
    """Every record of every document that has no newer version, by document and in reading order.

    What was read of a document is kept in `records.db`, a cache that may be deleted at any time.
    """
    documents = [document for document in store.documents() if not document.newer]
    kept = _read(folder, documents)
    missing = [document for document in documents if document.id not in kept]
    if missing:
        new = {
            document.id: document_records(source)
            for document, source in zip(missing, _sources(store, missing), strict=True)
        }
        _write(folder, new)
        kept |= new
    return [record for document in documents for record in kept[document.id]]


def sources(store: Store) -> list[Source]:
    """What is read of every document."""
    return _sources(store, store.documents())


def _sources(store: Store, documents: Sequence[Document]) -> list[Source]:
    """What is read of documents: pages, sentences of the chunks a search may find, tables."""
    wanted = {document.name for document in documents}
    sentences: dict[str, list[Sentence]] = {name: [] for name in wanted}
    for chunk in store.chunks(store.chunk_ids()):
        if chunk.document in wanted:
            for paragraph in chunk.text.split("\n"):
                sentences[chunk.document] += [Sentence(chunk.page, text) for text in split_sentences(paragraph)]
    sources = []
    for document in documents:
        pages = {number: store.page(document.name, number) or "" for number in range(1, document.n_pages + 1)}
        sources.append(Source(document.name, pages, sentences[document.name], tuple(store.tables(document.name))))
    return sources


def _read(folder: Path, documents: Iterable[Document]) -> dict[str, list[LiteratureRecord]]:
    wanted = {document.id for document in documents}
    try:
        with closing(_open(folder)) as db:
            rows = db.execute("SELECT document, content FROM records WHERE extractor = ?", (EXTRACTOR,)).fetchall()
    except sqlite3.Error:
        return {}
    return {key: _RECORDS.validate_json(content) for key, content in rows if key in wanted}


def _write(folder: Path, records: dict[str, list[LiteratureRecord]]) -> None:
    """Keep what was read; a folder that cannot be written only costs the time of reading again."""
    rows = [
        (key, EXTRACTOR, json.dumps([item.model_dump(mode="json") for item in items])) for key, items in records.items()
    ]
    try:
        with closing(_open(folder)) as db, db:
            db.execute("DELETE FROM records WHERE extractor != ?", (EXTRACTOR,))
            db.executemany("INSERT OR REPLACE INTO records VALUES (?,?,?)", rows)
    except sqlite3.Error:
        return


def _open(folder: Path) -> sqlite3.Connection:
    db = sqlite3.connect(folder / _FILE, timeout=30)
    db.execute(
        "CREATE TABLE IF NOT EXISTS records (document TEXT PRIMARY KEY, extractor TEXT NOT NULL, content TEXT NOT NULL)"
    )
    return db
