"""Query time of a library of made-up passages: each index by itself and the whole search."""

from __future__ import annotations

import hashlib
import tempfile
import time
from pathlib import Path

from eutectic.core.settings import Settings
from eutectic.evals.bench_literature import Speed, synthetic_texts, timed
from eutectic.knowledge.chunk import Chunk
from eutectic.knowledge.document import Content, Document
from eutectic.knowledge.index_dense import ChromaIndex
from eutectic.knowledge.library import Library, open_library
from eutectic.knowledge.reader import Block, PageText
from eutectic.knowledge.store import Store

_PER_DOCUMENT = 50
_QUERIES = 15


def query_speed(n: int, seed: int, *, with_chroma: bool = True) -> Speed:
    """Fill a library with `n` passages and time queries in it."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        began = time.perf_counter()
        queries = _fill(folder, n, seed)
        with open_library(folder, Settings(embedding_model="latent")) as library:
            library.search(queries[0])
            built = time.perf_counter() - began
            lexical, dense, chroma, size = _indexes(library, folder, queries, with_chroma=with_chroma)
            whole = timed(lambda query: library.search(query, 8), queries)
    return Speed(
        chunks=n,
        dimensions=size,
        lexical_ms=lexical,
        exact_ms=dense,
        chroma_ms=chroma,
        whole_ms=whole,
        build_s=round(built, 1),
    )


def _fill(folder: Path, n: int, seed: int) -> list[str]:
    texts = list(synthetic_texts(n, seed))
    store = Store(folder)
    try:
        for start in range(0, n, _PER_DOCUMENT):
            part = texts[start : start + _PER_DOCUMENT]
            key = hashlib.sha256(f"{seed}:{start}".encode()).hexdigest()
            document = Document(
                id=key, name=f"made{start}.txt", title="made up", path="", n_pages=1, reader="bench", text_hash=key
            )
            page = PageText(1, (Block("\n".join(part)),))
            store.add(document, Content([page], [Chunk(1, "", text) for text in part]))
    finally:
        store.close()
    step = max(1, n // _QUERIES)
    return [" ".join(text.split()[8:14]) for text in texts[::step]][:_QUERIES]


def _indexes(
    library: Library, folder: Path, queries: list[str], *, with_chroma: bool
) -> tuple[float, float, float | None, int]:
    """Times of BM25, of the exact vectors and of Chroma kept open, and the size of the vectors."""
    lexical = timed(library.lexical, queries)
    exact = timed(library.nearest, queries)
    vectors = {query: library.vector(query) for query in queries}
    size = len(next(iter(vectors.values())))
    if not with_chroma:
        return lexical, exact, None, size
    with ChromaIndex(folder, library.embedder_id, size) as index:
        index.search(vectors[queries[0]], 10)
        chroma = timed(lambda query: index.search(vectors[query], 50), queries)
    return lexical, exact, chroma, size
