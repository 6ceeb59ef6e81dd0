"""Reciprocal-rank fusion of the lexical and the dense ranking, weighted by the kind of query."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from eutectic.knowledge.terms import TermWeights
from eutectic.knowledge.tokens import is_exact_query

RANK_CONSTANT = 60
"""The k of reciprocal-rank fusion (Cormack, Clarke and Buettcher, DOI 10.1145/1571941.1572114)."""
OVERFETCH = 50
"""Chunks taken from each ranking before they are fused."""

COVERAGE_SHARE = 0.65
"""How much the share of the query that a chunk holds counts against its fused rank."""


def weights(query: str) -> tuple[float, float]:
    """Weight of the lexical and of the dense ranking; numbers, formulas and codes are matched as written."""
    return (2.0, 1.0) if is_exact_query(query) else (1.0, 1.0)


def fuse(rankings: Sequence[tuple[Sequence[str], float]]) -> list[tuple[str, float]]:
    """Ids with their fused scores, best first, from rankings with their weights."""
    scores: dict[str, float] = {}
    for ranking, weight in rankings:
        for rank, key in enumerate(ranking, start=1):
            scores[key] = scores.get(key, 0.0) + weight / (RANK_CONSTANT + rank)
    return sorted(scores.items(), key=lambda item: (-item[1], item[0]))


def rerank(
    fused: Sequence[tuple[str, float]], tokens: Mapping[str, Collection[str]], terms: TermWeights
) -> list[tuple[str, float]]:
    """Fused ids ordered anew by their rank score and by how much of the query the tokens of each hold."""
    best = max((score for _, score in fused), default=1.0)
    scored = [
        (key, (1 - COVERAGE_SHARE) * score / best + COVERAGE_SHARE * terms.share(tokens[key])) for key, score in fused
    ]
    return sorted(scored, key=lambda item: (-item[1], item[0]))
