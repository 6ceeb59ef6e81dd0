"""The dense index: vectors in Chroma, one process at a time, probed after an unclean end and rebuilt from the rows."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from eutectic.core.errors import IndexBroken

if TYPE_CHECKING:
    import numpy as np

COLLECTION = "chunks"
_BATCH = 2_000
_PROBE_S = 120.0


class ChromaIndex:
    """A Chroma collection of our own vectors, open between `__enter__` and `__exit__`; hold the library's lock.

    Chroma can hang or kill its process on a store that another process spoiled, so a store that was not closed by
    this class (its seal does not fit its files) is first opened by a child process with a time-out.

    Raises:
        IndexBroken: on entering, where the store cannot be opened and cannot be made anew.
    """

    def __init__(self, folder: Path, model: str, dimension: int) -> None:
        self._folder = folder / "chroma"
        self._seal = folder / "chroma.seal"
        self._metadata = {"model": model, "dimension": dimension, "hnsw:space": "cosine"}
        self._client: Any = None
        self._collection: Any = None
        self.was_rebuilt = False
        """Whether the store was missing or thrown away on entering; its vectors have to be put in again."""

    def __enter__(self) -> ChromaIndex:
        self.was_rebuilt = not self._folder.exists()
        if self._folder.exists() and not self._is_sealed() and not _probe(self._folder):
            self._discard()
        self._seal.unlink(missing_ok=True)
        try:
            self._open()
        except IndexBroken:
            self._discard()
            self._open()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._client is not None:
            self._client.close()
            self._client = self._collection = None
            self._seal.write_text(json.dumps(self._files()), encoding="utf-8")

    def search(self, vector: np.ndarray, n: int) -> list[tuple[str, float]]:
        """The nearest chunks with their cosines, nearest first; `n` is at most the number of vectors."""
        if n < 1:
            return []
        answer = self._call(self._collection.query, query_embeddings=[vector], n_results=n, include=["distances"])
        pairs = zip(answer["ids"][0], answer["distances"][0], strict=True)
        return [(str(key), 1 - float(distance)) for key, distance in pairs]

    def count(self) -> int:
        """Number of vectors."""
        return int(self._call(self._collection.count))

    def put(self, ids: Sequence[str], vectors: np.ndarray) -> None:
        """Make the index hold exactly these vectors."""
        there: set[str] = set()
        if self.count():
            there = set(self._call(self._collection.get, include=[])["ids"])
        if stale := sorted(there - set(ids)):
            self._call(self._collection.delete, ids=stale)
        missing = [i for i, key in enumerate(ids) if key not in there]
        for start in range(0, len(missing), _BATCH):
            part = missing[start : start + _BATCH]
            self._call(self._collection.upsert, ids=[ids[i] for i in part], embeddings=vectors[part])

    def _open(self) -> None:
        self._call(self._folder.mkdir, parents=True, exist_ok=True)
        self._client = self._call(client, self._folder)
        metadata = self._metadata
        collection = self._call(self._client.get_or_create_collection, COLLECTION, None, None, metadata, None)
        if {key: (collection.metadata or {}).get(key) for key in metadata} != metadata:
            self._call(self._client.delete_collection, COLLECTION)
            collection = self._call(self._client.get_or_create_collection, COLLECTION, None, None, metadata, None)
        self._collection = collection

    def _discard(self) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None
        if self._folder.is_dir() and not self._folder.is_symlink():
            shutil.rmtree(self._folder, ignore_errors=True)
        self.was_rebuilt = True

    def _call(self, function: Any, *arguments: Any, **options: Any) -> Any:
        """Call Chroma, whose Rust core raises every kind of error, as one kind of ours."""
        try:
            return function(*arguments, **options)
        except Exception as error:  # Chroma documents no base class; the caller rebuilds or does without
            what = (str(error).splitlines() or [""])[0][:160]
            raise IndexBroken(f"Chroma failed: {type(error).__name__} {what}", where=str(self._folder)) from error

    def _files(self) -> dict[str, list[int]]:
        return {
            str(path.relative_to(self._folder)): [path.stat().st_size, path.stat().st_mtime_ns]
            for path in sorted(self._folder.rglob("*"))
            if path.is_file()
        }

    def _is_sealed(self) -> bool:
        try:
            return bool(json.loads(self._seal.read_text(encoding="utf-8")) == self._files())
        except (OSError, ValueError):
            return False


def client(folder: Path) -> Any:
    """A Chroma client on a folder, without telemetry."""
    import chromadb
    from chromadb.config import Settings

    return chromadb.PersistentClient(str(folder), settings=Settings(anonymized_telemetry=False))


def _probe(folder: Path) -> bool:
    """Whether another process can open, count and query the store in time."""
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-W", "ignore", "-m", "eutectic.knowledge.index_probe", str(folder)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=_PROBE_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0
