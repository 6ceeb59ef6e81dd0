"""The lexical index: BM25 over stems, numbers, formulas and element tokens; kept on disk, rebuilt from the rows."""

from __future__ import annotations

import json
import shutil
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eutectic.knowledge.roots import by_root
from eutectic.knowledge.tokens import tokenise
from eutectic.knowledge.variants import near_formulas

if TYPE_CHECKING:
    import numpy as np

_NO_SHARES = str.maketrans("", "", "0123456789.")


class LexicalIndex:
    """BM25 (Robertson, DOI 10.1561/1500000019, k1 = 1.5, b = 0.75) over the tokens of every chunk."""

    def __init__(self, ids: list[str], bm25: Any, stamp: str) -> None:
        self.ids = ids
        self.stamp = stamp
        """Names the rows it was built from."""
        self._bm25 = bm25
        self._columns: dict[str, int] = bm25.vocab_dict if ids else {}
        self._order: dict[str, int] | None = None
        self._documents: tuple[list[str], np.ndarray, np.ndarray] | None = None
        """Keys of the documents, the number of that of each chunk, and how many chunks each has."""
        self._roots: Mapping[str, frozenset[str]] | None = None
        self._formulas: dict[str, list[str]] | None = None

    @classmethod
    def build(cls, chunks: Iterable[tuple[str, list[str]]], stamp: str) -> LexicalIndex:
        """Index the tokens of every chunk; the stamp names the rows they are of."""
        import bm25s

        ids: list[str] = []
        tokens: list[list[str]] = []
        for key, words in chunks:
            ids.append(key)
            tokens.append(words)
        bm25 = bm25s.BM25(k1=1.5, b=0.75)
        if any(tokens):
            bm25.index(tokens, show_progress=False)
        return cls(ids if any(tokens) else [], bm25, stamp)

    def save(self, folder: Path) -> None:
        """Write the index, all of it or nothing; hold the library's lock."""
        part, old = folder.with_name(f"{folder.name}.part"), folder.with_name(f"{folder.name}.old")
        for leftover in (part, old):
            shutil.rmtree(leftover, ignore_errors=True)
        part.mkdir(parents=True)
        self._bm25.save(str(part), show_progress=False)
        (part / "ids.json").write_text(json.dumps(self.ids), encoding="utf-8")
        (part / "stamp").write_text(self.stamp, encoding="utf-8")
        if folder.exists():
            folder.rename(old)
        part.rename(folder)
        shutil.rmtree(old, ignore_errors=True)

    @classmethod
    def load(cls, folder: Path, stamp: str, *, is_beginning: bool = False) -> LexicalIndex | None:
        """The index of a folder, or None where there is none of this stamp (or one that begins so) that can be read."""
        import bm25s

        try:
            found_stamp = (folder / "stamp").read_text(encoding="utf-8")
            if found_stamp != stamp and not (is_beginning and found_stamp.startswith(stamp)):
                return None
            ids = json.loads((folder / "ids.json").read_text(encoding="utf-8"))
            found = bm25s.BM25.load(str(folder), mmap=True, show_progress=False)
        except (OSError, ValueError, KeyError, EOFError):
            return None
        return cls(ids, found, found_stamp) if int(found.scores["num_docs"]) == len(ids) else None

    def __len__(self) -> int:
        return len(self.ids)

    def search(self, query: str, n: int, allowed: np.ndarray | None = None) -> list[str]:
        """Ids of the chunks that share a token with the query, best first; `allowed` is a mask over `ids`."""
        import numpy as np

        words = [word for word in dict.fromkeys(self._spelled(tokenise(query))) if word in self._columns]
        if not words or not self.ids:
            return []
        scores = np.asarray(self._bm25.get_scores(words))
        if allowed is not None:
            scores = np.where(allowed, scores, 0.0)
        order = np.lexsort((np.arange(len(scores)), -scores))[:n] if len(scores) <= 2 * n else _top(scores, n)
        return [self.ids[i] for i in order if scores[i] > 0]

    def frequency(self) -> Mapping[str, int]:
        """In how many chunks a token stands."""
        return _Frequency(self._columns, self._bm25.scores["indptr"] if self.ids else [0])

    def roots(self) -> Mapping[str, frozenset[str]]:
        """The words of the library by their root."""
        if self._roots is None:
            self._roots = by_root(self._columns)
        return self._roots

    def order(self) -> Mapping[str, int]:
        """The place of each id; chunks of a document stand in its order."""
        if self._order is None:
            self._order = {key: place for place, key in enumerate(self.ids)}
        return self._order

    def places(self, token: str) -> np.ndarray:
        """Places in `ids` of the chunks that hold a token, in order."""
        import numpy as np

        column = self._columns.get(token)
        if column is None:
            return np.zeros(0, dtype=np.int64)
        first, last = self._bm25.scores["indptr"][column], self._bm25.scores["indptr"][column + 1]
        return np.unique(np.asarray(self._bm25.scores["indices"][first:last], dtype=np.int64))

    def shares(self, token: str) -> dict[str, float]:
        """By key of a document: in which share of its chunks a token stands."""
        import numpy as np

        if self._documents is None:
            keys, numbers = np.unique(np.array([key[:16] for key in self.ids] or [""]), return_inverse=True)
            self._documents = (keys.tolist(), numbers, np.bincount(numbers))
        keys_, numbers, sizes = self._documents
        counts = np.bincount(numbers[self.places(token)], minlength=len(keys_)) if self.ids else sizes * 0
        return {keys_[i]: float(counts[i] / sizes[i]) for i in np.flatnonzero(counts)}

    def mask(self, tokens: Collection[str]) -> np.ndarray:
        """Which chunks hold any of some tokens."""
        import numpy as np

        found = np.zeros(len(self.ids), dtype=bool)
        for token in tokens:
            found[self.places(token)] = True
        return found

    def _spelled(self, words: Iterable[str]) -> Iterator[str]:
        """Tokens with, behind each formula, those of the library that round to it."""
        for word in words:
            yield word
            yield from self.spellings(word)

    def spellings(self, token: str) -> list[str]:
        """The other formula tokens of the library that a formula token rounds to; none for another token."""
        if not token.startswith("f:"):
            return []
        return near_formulas(token, self._alloys().get(token.translate(_NO_SHARES), ()))

    def _alloys(self) -> dict[str, list[str]]:
        """The formula tokens of the library by their elements."""
        if self._formulas is None:
            self._formulas = {}
            for token in self._columns:
                if token.startswith("f:"):
                    self._formulas.setdefault(token.translate(_NO_SHARES), []).append(token)
        return self._formulas


class _Frequency(Mapping[str, int]):
    def __init__(self, columns: Mapping[str, int], pointers: Any) -> None:
        self._columns, self._pointers = columns, pointers

    def __getitem__(self, token: str) -> int:
        column = self._columns[token]
        return int(self._pointers[column + 1] - self._pointers[column])

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)


def _top(scores: np.ndarray, n: int) -> np.ndarray:
    """Places of the n largest scores, largest first, the earlier place first among equals."""
    import numpy as np

    edge = np.partition(scores, len(scores) - n)[len(scores) - n]
    places = np.flatnonzero(scores >= max(float(edge), 1e-12))
    return np.asarray(places[np.lexsort((places, -scores[places]))][:n])
