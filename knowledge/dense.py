"""Dense retrieval: keeps vectors and their indexes in step with the rows, and goes on without Chroma where it must."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

from eutectic.core.errors import EndpointFailed, IndexBroken
from eutectic.core.settings import Settings
from eutectic.knowledge.embed import Embedder, EndpointEmbedder, LatentSemantic
from eutectic.knowledge.embed_minilm import MiniLmEmbedder, is_set_up, model_folder
from eutectic.knowledge.index_dense import ChromaIndex
from eutectic.knowledge.index_exact import ExactIndex
from eutectic.knowledge.store import Store
from eutectic.knowledge.tokens import tokenise

if TYPE_CHECKING:
    import numpy as np

CHROMA_FROM = 200_000
"""Vectors above which Chroma's approximate search is faster than comparing every one (`eutectic bench literature`)."""
_BATCH = 512


class DenseRetriever:
    """The dense ranking of a library; what goes wrong on the way ends in `notes`, never in silence."""

    def __init__(self, folder: Path, store: Store, settings: Settings) -> None:
        self._folder, self._store, self._settings = folder, store, settings
        self._model = folder / "latent.npz"
        self._embedder: Embedder | None = None
        self._matrix: tuple[str, ExactIndex] | None = None
        self._level: tuple[int, int] | None = None
        """Stamp of the rows at which every chunk was found to have a vector."""
        self._files: tuple[tuple[int, int], ...] = ()
        """Size and time of the latent model and of the exact index when they were read."""
        self._is_compared = False
        """Whether Chroma was found to hold as many vectors as the rows since the library was opened."""
        self.notes: list[str] = []

    @property
    def embedder_id(self) -> str:
        """Name and version of the embedder; empty where there is none yet."""
        current = self._current()
        return "" if current is None else current.id

    @property
    def known_id(self) -> str:
        """The embedder's name and version where it was opened already; empty where it was not, or cannot be."""
        return "" if self._embedder is None else self._embedder.id

    def sync(self) -> None:
        """Embed what has no vector yet and make Chroma hold the vectors of the rows; hold the library's lock.

        Raises:
            EndpointFailed: the embedding endpoint is configured and fails; the rows are safe, run it again.
            IndexBroken: the local model is not set up or damaged; the rows are safe.
        """
        ids = self._store.chunk_ids()
        if not ids:
            return
        embedder = self._fitted(ids)
        have = self._store.vector_ids(embedder.id)
        missing = [key for key in ids if key not in have]
        for start in range(0, len(missing), _BATCH):
            rows = self._store.chunks(missing[start : start + _BATCH])
            vectors = embedder.embed([f"{row.heading}\n{row.text}" for row in rows], [row.tokens for row in rows])
            self._store.put_vectors(embedder.id, [row.id for row in rows], vectors)
        if missing:
            self._store.drop_vectors_except(embedder.id)
        elif ExactIndex.load(self._folder, embedder.id, len(ids)) is not None:
            return
        try:
            self._fill(embedder.id)
        except IndexBroken as error:
            self._note(f"the Chroma index could not be rebuilt: {error}; searches read the vectors from the rows")

    def is_settled(self) -> bool:
        """Whether a search needs neither Chroma nor a mended index, so that it can do without the lock."""
        self._reread()
        try:
            embedder = None if self._is_behind() else self._current()
        except (EndpointFailed, IndexBroken):
            return False
        if embedder is None or self._wants_chroma(embedder.id):
            return False
        n_vectors = self._store.count_vectors(embedder.id)
        if self._matrix is not None and self._matrix[0] == embedder.id and len(self._matrix[1]) == n_vectors:
            return True
        found = ExactIndex.load(self._folder, embedder.id, n_vectors)
        self._matrix = (embedder.id, found) if found is not None else self._matrix
        return found is not None

    def search(
        self, query: str, n: int, *, is_owner: bool, allowed: Collection[str] | None = None
    ) -> list[tuple[str, float]]:
        """The nearest chunks with their cosines; empty, with a note, where no vectors can be had.

        With `is_owner` the caller holds the library's lock and may mend the indexes. Chroma is asked where the
        settings or the size of the library say so and nothing is filtered; else every vector is compared.
        """
        try:
            if is_owner:
                self._reread()
                if self._is_behind():
                    self.sync()
            embedder = self._current()
            if embedder is None:
                return []
            vector = embedder.embed([query], [tokenise(query)])[0]
        except (EndpointFailed, IndexBroken) as error:
            self._note(f"no embedding of the question: {error}; the answer rests on words alone")
            return []
        if not vector.any():
            return []
        if is_owner and allowed is None and self._wants_chroma(embedder.id):
            try:
                return self._search_chroma(embedder.id, vector, n)
            except IndexBroken as error:
                self._note(f"{error}; the vectors were read from the rows instead")
        return self._exact(embedder.id, is_owner).search(vector, n, allowed)

    def vector(self, query: str) -> np.ndarray:
        """The vector of a query, `d`; a library that was never searched is embedded first."""
        embedder = self._current()
        if embedder is None:
            self.sync()
            embedder = self._current()
        if embedder is None:
            raise IndexBroken("the library is empty", where=str(self._folder))
        vectors = embedder.embed([query], [tokenise(query)])
        return vectors.reshape(-1)

    def _wants_chroma(self, model: str) -> bool:
        wish = self._settings.dense_index
        return wish == "chroma" or (wish == "auto" and self._store.count_vectors(model) > CHROMA_FROM)

    def _search_chroma(self, model: str, vector: np.ndarray, n: int) -> list[tuple[str, float]]:
        n_vectors = self._store.count_vectors(model)
        with ChromaIndex(self._folder, model, len(vector)) as index:
            if index.was_rebuilt:
                self._note("the Chroma index was damaged or missing and was rebuilt from the rows")
            if index.was_rebuilt or (not self._is_compared and index.count() != n_vectors):
                index.put(*self._store.vectors(model))
            self._is_compared = True
            return index.search(vector, min(n, n_vectors))

    def _exact(self, model: str, is_owner: bool) -> ExactIndex:
        """The exact index, read again from the rows where the file does not fit them.

        While another process writes, the last whole index of the model is good enough: it is one ingest behind.
        """
        n_vectors = self._store.count_vectors(model)
        if self._matrix is None or self._matrix[0] != model or len(self._matrix[1]) != n_vectors:
            found = ExactIndex.load(self._folder, model, n_vectors)
            if found is None and not is_owner:
                older = self._matrix[1] if self._matrix is not None and self._matrix[0] == model else None
                older = older or ExactIndex.load(self._folder, model, None)
                if older is not None:
                    return older
            if found is None:
                found = ExactIndex(*self._store.vectors(model))
                if is_owner:
                    found.save(self._folder, model)
            self._matrix = (model, found)
        return self._matrix[1]

    def _fill(self, model: str) -> None:
        ids, vectors = self._store.vectors(model)
        ExactIndex(ids, vectors).save(self._folder, model)
        self._matrix = None
        with ChromaIndex(self._folder, model, vectors.shape[1]) as index:
            index.put(ids, vectors)

    def _is_behind(self) -> bool:
        stamp = self._store.stamp()
        if self._level == stamp:
            return False
        embedder = self._current()
        n_chunks = self._store.count_chunks()
        is_behind = n_chunks > 0 and (embedder is None or self._store.count_vectors(embedder.id) != n_chunks)
        self._level = None if is_behind else stamp
        return is_behind

    def _reread(self) -> None:
        """Drop the latent model and the exact index where another process has put others in their place."""
        files = tuple(_size_and_time(path) for path in (self._model, self._folder / "exact.json"))
        if files != self._files:
            if isinstance(self._embedder, LatentSemantic):
                self._embedder = None
            self._files, self._matrix, self._level = files, None, None

    def _current(self) -> Embedder | None:
        """The embedder that the library's vectors were made with, or None where there is none yet."""
        if self._embedder is None:
            wish = self._settings.embedding_model or ("minilm" if is_set_up() else "latent")
            if wish == "minilm":
                self._embedder = MiniLmEmbedder(model_folder())
            elif wish == "latent":
                self._embedder = LatentSemantic.load(self._model)
            else:
                self._embedder = EndpointEmbedder(self._settings)
        return self._embedder

    def _fitted(self, ids: list[str]) -> Embedder:
        current = self._current()
        if current is not None and not (isinstance(current, LatentSemantic) and current.is_outgrown(len(ids))):
            return current
        model = LatentSemantic.fit((tokens for _, tokens in self._store.chunk_tokens()), len(ids))
        model.save(self._model)
        self._embedder = model
        return model

    def _note(self, text: str) -> None:
        if text not in self.notes:
            self.notes.append(text)


def _size_and_time(path: Path) -> tuple[int, int]:
    try:
        found = path.stat()
    except OSError:
        return 0, 0
    return found.st_size, found.st_mtime_ns
