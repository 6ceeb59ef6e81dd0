"""The lexical ranking of a library: its BM25 index, read from disk, built anew by whoever may write."""

from __future__ import annotations

from pathlib import Path

from eutectic.knowledge.index_lexical import LexicalIndex
from eutectic.knowledge.library_lock import WriterLock
from eutectic.knowledge.store import Store
from eutectic.knowledge.tokens import TOKENISER


class LexicalRetriever:
    """Keeps one BM25 index in step with the rows.

    While another process takes documents in, the last whole index is used: it is one ingest behind, and no search has
    to build one for rows that change under it.
    """

    def __init__(self, folder: Path, store: Store, lock: WriterLock) -> None:
        self._folder, self._store, self._lock = folder / "bm25", store, lock
        self._index: LexicalIndex | None = None
        self._seen: tuple[int, int] | None = None
        """Stamp of the rows that the index was last found to fit."""

    def index(self) -> LexicalIndex:
        """The index of the rows as they are."""
        seen = self._store.stamp()
        if self._index is None or seen != self._seen:
            stamp = self._stamp()
            if self._index is None or self._index.stamp != stamp:
                self._index = LexicalIndex.load(self._folder, stamp) or self._anew(stamp)
            self._seen = seen if self._index.stamp == stamp else None
        return self._index

    def sync(self) -> None:
        """Build the index of the rows where there is none on disk; hold the library's lock."""
        stamp = self._stamp()
        if LexicalIndex.load(self._folder, stamp) is None:
            self._index = self._built(stamp)

    def _anew(self, stamp: str) -> LexicalIndex:
        with self._lock.if_free() as is_owner:
            if is_owner:
                return self._built(stamp)
        older = self._index or LexicalIndex.load(self._folder, f"{TOKENISER}:", is_beginning=True)
        return older or LexicalIndex.build(self._store.chunk_tokens(), stamp)

    def _built(self, stamp: str) -> LexicalIndex:
        found = LexicalIndex.build(self._store.chunk_tokens(), stamp)
        if len(found):
            found.save(self._folder)
        return found

    def _stamp(self) -> str:
        return f"{TOKENISER}:{self._store.count_chunks()}:{self._store.last_chunk()}"
