"""The library: documents in, passages, checked quotes and extractive answers out; the facade of `knowledge`."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from eutectic.core.claim import Claim
from eutectic.core.errors import BadInput, EndpointFailed, IndexBroken, StorageFailed
from eutectic.core.evidence import Filters, Passage
from eutectic.core.settings import Settings, home, load_settings
from eutectic.knowledge.ask import Reply, answer, passage
from eutectic.knowledge.ask_records import from_records, with_records
from eutectic.knowledge.claim_library import library_claims
from eutectic.knowledge.dense import DenseRetriever
from eutectic.knowledge.document import Document
from eutectic.knowledge.evidence import find_quote
from eutectic.knowledge.glossary import in_english
from eutectic.knowledge.ingest import IngestProgress, IngestReport, ingest_files
from eutectic.knowledge.lexical import LexicalRetriever
from eutectic.knowledge.library_lock import WriterLock
from eutectic.knowledge.question import read_question
from eutectic.knowledge.question_words import tidy
from eutectic.knowledge.reader import Limits
from eutectic.knowledge.reader_process import ReaderProcess
from eutectic.knowledge.record import LiteratureRecord
from eutectic.knowledge.record_store import library_records, sources
from eutectic.knowledge.records import Source
from eutectic.knowledge.search import OVERFETCH, allowed, fuse, weights, without_older
from eutectic.knowledge.searching import NOTHING, Candidates, Ranking, rank
from eutectic.knowledge.store import ChunkRow, Store

if TYPE_CHECKING:
    import numpy as np

_LONGEST_QUESTION = 2_000
_WAIT_S = 2.0
"""How long an ingest waits for the lock."""


class Library:
    """One folder of documents and its indexes; a `Retriever`.

    Any number of processes may search; one at a time ingests. The lock is held only for the length of a call.
    """

    def __init__(self, folder: Path, settings: Settings) -> None:
        self.folder = folder
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StorageFailed(f"the library folder cannot be made: {error.strerror}", where=str(folder)) from error
        self._store = Store(folder)
        self._pdf_reader = settings.pdf_reader
        self._lock = WriterLock(folder)
        self._dense = DenseRetriever(folder, self._store, settings)
        self._words = LexicalRetriever(folder, self._store, self._lock)
        self._known: tuple[tuple[int, int], list[Document]] | None = None
        self._claims: tuple[tuple[tuple[int, int], str], list[Claim]] | None = None

    def __enter__(self) -> Library:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give back the database."""
        self._store.close()

    @property
    def notes(self) -> tuple[str, ...]:
        """What went wrong with the indexes since the library was opened, and what was done about it."""
        return tuple(self._dense.notes)

    def document(self, name: str) -> Document | None:
        """The document of a name or a hash."""
        return self._store.document(name)

    def page(self, name: str, number: int) -> str | None:
        """The visible text of a page."""
        return self._store.page(name, number)

    @property
    def embedder_id(self) -> str:
        """Name and version of what embeds this library; empty where there is none yet."""
        return self._dense.embedder_id

    def documents(self) -> list[Document]:
        """Every document, by name."""
        stamp = self._store.stamp()
        if self._known is None or self._known[0] != stamp:
            self._known = (stamp, self._store.documents())
        return list(self._known[1])

    def count_chunks(self) -> int:
        """Number of passages that a search may find."""
        return self._store.count_chunks()

    def ingest(
        self,
        paths: Sequence[Path],
        progress: Callable[[IngestProgress], None] | None = None,
        limits: Limits | None = None,
    ) -> IngestReport:
        """Take in files and folders; killed at any time, it goes on where it was when it is run again.

        Raises:
            LibraryBusy: another process ingests into this library.
            StorageFailed: the disk refused; what was reported before is kept.
        """
        begun = time.monotonic()
        with self._lock.held(_WAIT_S), ReaderProcess(self._pdf_reader) as reader:
            files = ingest_files(self._store, reader, paths, progress, limits or Limits())
            notes: tuple[str, ...] = ()
            try:
                self._dense.sync()
            except (EndpointFailed, IndexBroken) as error:
                notes = (f"the text is in, its vectors are not: {error}; the next ingest or search makes them",)
            self._words.sync()
        pages = sum(file.pages for file in files if file.status == "ingested")
        seconds = time.monotonic() - begun
        return IngestReport(
            files=tuple(files),
            pages=pages,
            seconds=round(seconds, 3),
            pages_per_second=round(pages / seconds, 2) if seconds > 0 else 0.0,
            notes=(*notes, *self.notes),
        )

    def search(self, query: str, n: int = 8, filters: Filters | None = None) -> list[Passage]:
        """The best passages, best first; instructions in them are only text."""
        ranking, titles = self._rank(query, max(n, OVERFETCH), filters)
        return [
            passage(row, titles.get(row.document, ""), score)
            for row, score in zip(ranking.rows[:n], ranking.scores, strict=False)
        ]

    def holds(self, document: str, page: int, quote: str) -> bool:
        """Whether the quote stands verbatim (see `normalise`) on that page of that document."""
        return self.quote(document, page, quote) is not None

    def quote(self, document: str, page: int, quote: str) -> str | None:
        """The page's own words for a quote, with superscripts; None where it does not stand there."""
        text = self._store.page(document, page)
        return None if text is None else find_quote(text, quote)

    def records(self) -> list[LiteratureRecord]:
        """What the documents say of properties of compositions, verified, flagged and refused (see `record`)."""
        return library_records(self._store, self.folder)

    def sources(self) -> list[Source]:
        """What records are read from, document by document."""
        return sources(self._store)

    def claims(self) -> list[Claim]:
        """The testable statements of the documents, each with its checked quotes, the most trusted first."""
        key = (self._store.stamp(), datetime.now(UTC).date().isoformat())
        if self._claims is None or self._claims[0] != key:
            self._claims = (key, library_claims(self._store, self.folder, self.holds, key[1]))
        return list(self._claims[1])

    def ask(self, question: str, filters: Filters | None = None) -> Reply:
        """Answer from the library in its own sentences, each with document, page and a checked quote.

        Raises:
            BadInput: the question is empty or longer than 2,000 characters.
        """
        if not 1 <= len(question.strip()) <= _LONGEST_QUESTION:
            raise BadInput("the question is empty or too long", mend=f"ask in at most {_LONGEST_QUESTION} characters")
        if not len(self._words.index()):
            return Reply(
                question=question,
                answered=False,
                reason="not in the library: it is empty; take documents in with `eutectic ingest PATH`",
            )
        ranking, titles = self._rank(question, OVERFETCH, filters)
        reply = answer(question, ranking, titles, self.quote)
        if filters is None:
            said = from_records(question, ranking.question, self.records, titles, self.quote)
            reply = with_records(reply, said)
        return reply.model_copy(update={"notes": self.notes})

    def rank(self, query: str, filters: Filters | None = None) -> Ranking:
        """The graded statements of a search, best first, as answers are made of."""
        return self._rank(query, OVERFETCH, filters)[0]

    def rankings(self, query: str, n: int = OVERFETCH) -> tuple[list[str], list[str], list[str]]:
        """Ids of the chunks that the words, the vectors and both fused find, best first, before statements count."""
        words, meaning = weights(query, self._dense.known_id)
        lexical, nearest = self.lexical(query, n), [key for key, _ in self.nearest(query, n)]
        return lexical, nearest, [key for key, _ in fuse([(lexical, words), (nearest, meaning)])]

    def lexical(self, query: str, n: int = OVERFETCH) -> list[str]:
        """Ids of the chunks that BM25 finds."""
        return self._words.index().search(query, n)

    def nearest(self, query: str, n: int = OVERFETCH) -> list[tuple[str, float]]:
        """Ids of the chunks nearest in meaning with their cosines."""
        return self._nearest(query, n, None)

    def vector(self, query: str) -> np.ndarray:
        """The vector of a query, `d`."""
        return self._dense.vector(query)

    def rows(self, ids: Sequence[str]) -> list[ChunkRow]:
        """Chunks by id."""
        return self._store.chunks(ids)

    def mentions(self, token: str) -> bool:
        """Whether any passage holds a search token."""
        return token in self._words.index().frequency()

    def _rank(self, query: str, n: int, filters: Filters | None) -> tuple[Ranking, dict[str, str]]:
        lexical = self._words.index()
        documents = self.documents()
        titles = {document.name: document.title for document in documents}
        if not len(lexical) or not query.strip():
            return NOTHING, titles
        query = tidy(query)
        said = query if query.isascii() else f"{query} {in_english(query)}"
        mask = None if filters is None else allowed(filters, lexical, documents)
        mask = without_older(mask, filters, lexical, documents)
        keys = None if mask is None else {lexical.ids[i] for i in mask.nonzero()[0]}
        nearest = self._nearest(said, n, keys)
        words, meaning = weights(query, self._dense.known_id)
        fused = fuse([(lexical.search(said, n, mask), words), ([key for key, _ in nearest], meaning)])
        rows = self._store.chunks(key for key, _ in fused)
        question = read_question(query, lexical.frequency(), len(lexical), lexical.spellings, lexical.roots())
        places = dict.fromkeys((row.document, row.page) for row in rows)
        tables = {place: self._store.tables_on(*place) for place in places}
        return rank(question, Candidates(rows, dict(nearest), titles, tables), lexical), titles

    def _nearest(self, query: str, n: int, allowed: set[str] | None) -> list[tuple[str, float]]:
        """The dense ranking; the lock is asked for only where Chroma is used or an index has to be mended."""
        if self._dense.is_settled():
            return self._dense.search(query, n, is_owner=False, allowed=allowed)
        with self._lock.if_free() as is_owner:
            return self._dense.search(query, n, is_owner=is_owner, allowed=allowed)


def open_library(folder: Path | None = None, settings: Settings | None = None) -> Library:
    """The library of a folder (`EUTECTIC_HOME/library` by default), made where there is none.

    Raises:
        StorageFailed: the folder cannot be written, or was written by a newer Eutectic.
    """
    return Library(folder or home() / "library", settings or load_settings())
