"""Dense retrieval: keeps vectors and Chroma in step with the rows, and goes on without Chroma where it must."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from eutectic.core.errors import EndpointFailed, IndexBroken
from eutectic.core.settings import Settings
from eutectic.knowledge.embed import Embedder, EndpointEmbedder, LatentSemantic
from eutectic.knowledge.index_dense import ChromaIndex
from eutectic.knowledge.store import Store
from eutectic.knowledge.tokens import tokenise

if TYPE_CHECKING:
    import numpy as np

_BATCH = 512


class DenseRetriever:
    """The dense ranking of a library; what goes wrong on the way ends in `notes`, never in silence."""

    def __init__(self, folder: Path, store: Store, settings: Settings) -> None:
        self._folder, self._store, self._settings = folder, store, settings
        self._model = folder / "latent.npz"
        self._embedder: Embedder | None = None
        self._is_compared = False
        """Whether Chroma was found to hold as many vectors as the rows since the library was opened."""
        self.notes: list[str] = []

    def sync(self) -> None:
        """Embed what has no vector yet and make Chroma hold the vectors of the rows; hold the library's lock.

        Raises:
            EndpointFailed: the embedding endpoint is configured and fails; the rows are safe, run it again.
        """
        ids = self._store.chunk_ids()
        if not ids:
            return
        embedder = self._fitted(ids)
        have = set(self._store.vectors(embedder.id)[0])
        missing = [key for key in ids if key not in have]
        for start in range(0, len(missing), _BATCH):
            rows = self._store.chunks(missing[start : start + _BATCH])
            vectors = embedder.embed([f"{row.heading}\n{row.text}" for row in rows], [row.tokens for row in rows])
            self._store.put_vectors(embedder.id, [row.id for row in rows], vectors)
        if missing:
            self._store.drop_vectors_except(embedder.id)
        try:
            self._fill_chroma(embedder.id)
        except IndexBroken as error:
            self._note(f"the Chroma index could not be rebuilt: {error}; searches read the vectors from the rows")

    def search(self, query: str, n: int, *, is_owner: bool) -> list[str]:
        """Ids of the nearest chunks; empty, with a note, where no vectors can be had.

        With `is_owner` the caller holds the library's lock and Chroma answers; else the rows' own vectors do.
        """
        try:
            if is_owner and self._is_behind():
                self.sync()
            embedder = self._current()
            if embedder is None:
                return []
            vector = embedder.embed([query], [tokenise(query)])[0]
        except EndpointFailed as error:
            self._note(f"no embedding of the question: {error}; the answer rests on words alone")
            return []
        if not vector.any():
            return []
        if is_owner:
            try:
                return self._search_chroma(embedder.id, vector, n)
            except IndexBroken as error:
                self._note(f"{error}; the vectors were read from the rows instead")
        return self._search_rows(embedder.id, vector, n)

    def _search_chroma(self, model: str, vector: np.ndarray, n: int) -> list[str]:
        n_vectors = self._store.count_vectors(model)
        with ChromaIndex(self._folder, model, len(vector)) as index:
            if index.was_rebuilt:
                self._note("the Chroma index was damaged or missing and was rebuilt from the rows")
            if index.was_rebuilt or (not self._is_compared and index.count() != n_vectors):
                index.put(*self._store.vectors(model))
            self._is_compared = True
            return index.search(vector, min(n, n_vectors))

    def _search_rows(self, model: str, vector: np.ndarray, n: int) -> list[str]:
        ids, vectors = self._store.vectors(model)
        if not ids or vectors.shape[1] != len(vector):
            return []
        scores = vectors @ vector
        return [ids[i] for i in sorted(range(len(ids)), key=lambda i: (-float(scores[i]), i))[:n]]

    def _fill_chroma(self, model: str) -> None:
        ids, vectors = self._store.vectors(model)
        with ChromaIndex(self._folder, model, vectors.shape[1]) as index:
            index.put(ids, vectors)

    def _is_behind(self) -> bool:
        embedder = self._current()
        n_chunks = self._store.count_chunks()
        return n_chunks > 0 and (embedder is None or self._store.count_vectors(embedder.id) != n_chunks)

    def _current(self) -> Embedder | None:
        """The embedder that the library's vectors were made with, or None where there is none yet."""
        if self._embedder is None:
            if self._settings.embedding_model is not None:
                self._embedder = EndpointEmbedder(self._settings)
            else:
                self._embedder = LatentSemantic.load(self._model)
        return self._embedder

    def _fitted(self, ids: list[str]) -> Embedder:
        current = self._current()
        if current is not None and not (isinstance(current, LatentSemantic) and current.is_outgrown(len(ids))):
            return current
        model = LatentSemantic.fit([tokens for _, tokens in self._store.chunk_tokens()])
        model.save(self._model)
        self._embedder = model
        return model

    def _note(self, text: str) -> None:
        if text not in self.notes:
            self.notes.append(text)
