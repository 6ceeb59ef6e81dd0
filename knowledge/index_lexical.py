"""The lexical index: BM25 over stems, numbers, formulas and element tokens, built in memory from the rows."""

from __future__ import annotations

from collections.abc import Iterable

from eutectic.knowledge.tokens import tokenise


class LexicalIndex:
    """BM25 (Robertson, DOI 10.1561/1500000019, k1 = 1.5, b = 0.75) over the tokens of every chunk."""

    def __init__(self, chunks: Iterable[tuple[str, list[str]]]) -> None:
        import bm25s

        self._ids: list[str] = []
        tokens: list[list[str]] = []
        for key, words in chunks:
            self._ids.append(key)
            tokens.append(words)
        self.document_frequency: dict[str, int] = {}
        for words in tokens:
            for word in set(words):
                self.document_frequency[word] = self.document_frequency.get(word, 0) + 1
        self._bm25 = bm25s.BM25(k1=1.5, b=0.75)
        if self.document_frequency:
            self._bm25.index(tokens, show_progress=False)

    def __len__(self) -> int:
        return len(self._ids)

    def search(self, query: str, n: int) -> list[str]:
        """Ids of the chunks that share a token with the query, best first."""
        words = [word for word in dict.fromkeys(tokenise(query)) if word in self.document_frequency]
        if not words or not self._ids:
            return []
        scores = self._bm25.get_scores(words)
        order = sorted(range(len(self._ids)), key=lambda i: (-float(scores[i]), i))[:n]
        return [self._ids[i] for i in order if scores[i] > 0]
