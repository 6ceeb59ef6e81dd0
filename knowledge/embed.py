"""Embedders: texts to vectors, by the configured endpoint or by latent semantics fitted on the library itself."""

from __future__ import annotations

import hashlib
import json
import math
import os
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from eutectic.core.errors import EndpointFailed
from eutectic.core.settings import Settings

if TYPE_CHECKING:
    import numpy as np

DIMENSION = 256
"""Of the latent-semantic vectors; fewer where the library is smaller."""
GROWTH = 0.2
"""Share by which the library may grow before the latent-semantic model is fitted again."""
SAMPLE = 20_000
"""Chunks, evenly spaced, that the latent-semantic model is fitted on where a library holds more."""
_MOST_WORDS = 50_000


class Embedder(Protocol):
    """Turns texts into vectors of unit length."""

    id: str
    """Name and version: vectors of different ids are not comparable."""

    def embed(self, texts: Sequence[str], tokens: Sequence[Sequence[str]]) -> np.ndarray:
        """Vectors `n x d`; `tokens` are the search tokens of the same texts."""
        ...


class EndpointEmbedder:
    """Asks an OpenAI-compatible endpoint."""

    def __init__(self, settings: Settings) -> None:
        if settings.embedding_model is None:
            raise EndpointFailed("no embedding model is set", mend="set EUTECTIC_EMBEDDING_MODEL")
        self.id = f"endpoint:{settings.embedding_model}"
        self._settings = settings

    def embed(self, texts: Sequence[str], tokens: Sequence[Sequence[str]]) -> np.ndarray:
        """See `Embedder.embed`.

        Raises:
            EndpointFailed: the endpoint refused, timed out or is not there.
        """
        import numpy as np
        import openai

        key = self._settings.api_key.get_secret_value() if self._settings.api_key else "none"
        rows: list[list[float]] = []
        with openai.OpenAI(
            api_key=key, base_url=self._settings.base_url, timeout=self._settings.timeout_s, max_retries=1
        ) as client:
            for start in range(0, len(texts), 64):
                try:
                    part = list(texts[start : start + 64])
                    answer = client.embeddings.create(
                        model=str(self._settings.embedding_model), input=part, encoding_format="float"
                    )
                    rows += [item.embedding for item in sorted(answer.data, key=lambda item: item.index)]
                except (openai.OpenAIError, ValueError) as error:
                    raise EndpointFailed(
                        f"no embeddings came back: {type(error).__name__}",
                        where=str(self._settings.base_url),
                        mend="check EUTECTIC_EMBEDDING_MODEL and EUTECTIC_BASE_URL",
                    ) from error
        vectors = np.asarray(rows, dtype=np.float32)
        if vectors.ndim != 2 or len(vectors) != len(texts) or not np.isfinite(vectors).all():
            raise EndpointFailed(
                "the endpoint answered with vectors that do not fit", where=str(self._settings.base_url)
            )
        return _unit(vectors)


class LatentSemantic:
    """Latent semantic analysis: TF-IDF (log counts) times a truncated SVD.

    DOI 10.1002/(SICI)1097-4571(199009)41:6<391::AID-ASI1>3.0.CO;2-9 (Deerwester et al. 1990).

    Needs no model file and no network; the same chunks give the same vectors.
    """

    def __init__(self, vocabulary: Sequence[str], idf: np.ndarray, axes: np.ndarray, n_fitted: int) -> None:
        self._column = {word: i for i, word in enumerate(vocabulary)}
        self._idf, self.n_fitted = idf, n_fitted
        self._axes = axes.T.copy()
        """`V x d`, a row for each word, so that a query reads only the rows of its words."""
        self.id = f"latent:{axes.shape[0]}:{hashlib.sha256(axes.tobytes()).hexdigest()[:12]}"

    @classmethod
    def fit(cls, chunks: Iterable[Sequence[str]], n_chunks: int) -> LatentSemantic:
        """Fit on the tokens of every chunk, or of at most `SAMPLE` of the `n_chunks`, evenly spaced."""
        import numpy as np
        from sklearn.decomposition import TruncatedSVD

        tokens = list(islice(chunks, 0, None, -(-n_chunks // SAMPLE) or 1))
        counts: Counter[str] = Counter()
        for words in tokens:
            counts.update(set(words))
        least = 2 if len(tokens) > 50 else 1
        common = sorted((w for w, n in counts.items() if n >= least), key=lambda w: (-counts[w], w))[:_MOST_WORDS]
        vocabulary = sorted(common)
        idf = np.array([np.log((1 + len(tokens)) / (1 + counts[w])) + 1 for w in vocabulary])
        model = cls(vocabulary, idf, np.zeros((1, len(vocabulary)), dtype=np.float32), n_chunks)
        size = min(DIMENSION, len(tokens) - 1, len(vocabulary) - 1)
        if size < 2:
            return cls(vocabulary, idf, np.eye(max(1, len(vocabulary)), dtype=np.float32)[: len(vocabulary)], n_chunks)
        svd = TruncatedSVD(n_components=size, algorithm="randomized", n_iter=7, random_state=0)
        svd.fit(model._weights(tokens))
        return cls(vocabulary, idf, np.ascontiguousarray(svd.components_, dtype=np.float32), n_chunks)

    def embed(self, texts: Sequence[str], tokens: Sequence[Sequence[str]]) -> np.ndarray:
        """See `Embedder.embed`."""
        return _unit(self._weights(tokens).astype("float32") @ self._axes)

    def is_outgrown(self, n_chunks: int) -> bool:
        """Whether the library has grown (or shrunk) by more than a fifth since the fit."""
        return abs(n_chunks - self.n_fitted) > GROWTH * self.n_fitted

    def save(self, path: Path) -> None:
        """Write the model, all of it or nothing."""
        import numpy as np

        words = np.frombuffer(json.dumps(list(self._column), ensure_ascii=False).encode(), dtype=np.uint8)
        part = path.with_suffix(".part")
        with part.open("wb") as stream:
            np.savez(stream, words=words, idf=self._idf, axes=self._axes.T, n=np.array([self.n_fitted]))
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(path)

    @classmethod
    def load(cls, path: Path) -> LatentSemantic | None:
        """The model of a file, or None where there is none that can be read (it is then fitted again)."""
        import zipfile

        import numpy as np

        try:
            with np.load(path, allow_pickle=False) as data:
                words = json.loads(data["words"].tobytes().decode())
                return cls(words, data["idf"], data["axes"], int(data["n"][0]))
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            return None

    def _weights(self, tokens: Sequence[Sequence[str]]) -> Any:
        import numpy as np
        from scipy.sparse import csr_matrix

        rows, columns, values = [], [], []
        for i, words in enumerate(tokens):
            for word, count in Counter(words).items():
                column = self._column.get(word)
                if column is not None:
                    rows.append(i)
                    columns.append(column)
                    values.append((1 + math.log(count)) * self._idf[column])
        return csr_matrix((values, (rows, columns)), shape=(len(tokens), len(self._column)), dtype=np.float64)


def _unit(vectors: Any) -> np.ndarray:
    import numpy as np

    dense = np.asarray(vectors, dtype=np.float32)
    lengths = np.linalg.norm(dense, axis=1, keepdims=True)
    return np.asarray(dense / np.where(lengths > 0, lengths, 1.0), dtype=np.float32)
