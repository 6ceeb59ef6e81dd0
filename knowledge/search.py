"""Reciprocal-rank fusion of the lexical and the dense ranking, weighted by the kind of query; and filters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from eutectic.core.elements import is_element
from eutectic.core.errors import BadInput
from eutectic.core.evidence import Filters
from eutectic.knowledge.concepts import token_of
from eutectic.knowledge.document import Document
from eutectic.knowledge.index_lexical import LexicalIndex
from eutectic.knowledge.properties import find_property
from eutectic.knowledge.tokens import is_exact_query

if TYPE_CHECKING:
    import numpy as np

RANK_CONSTANT = 60
"""The k of reciprocal-rank fusion (Cormack, Clarke and Buettcher, DOI 10.1145/1571941.1572114)."""
OVERFETCH = 50
"""Chunks taken from each ranking before they are fused."""


LATENT_SHARE = 0.3
"""Weight of the dense ranking of the latent-semantic embedder beside that of a language model's.

On known items it loses to BM25 at any weight (`eutectic bench literature`); it stays for passages that share no word.
"""


def weights(query: str, embedder: str = "") -> tuple[float, float]:
    """Weight of the lexical and of the dense ranking; numbers, formulas and codes are matched as written."""
    meaning = LATENT_SHARE if embedder.startswith("latent:") else 1.0
    return (2.0, meaning) if is_exact_query(query) else (1.0, meaning)


def fuse(rankings: Sequence[tuple[Sequence[str], float]]) -> list[tuple[str, float]]:
    """Ids with their fused scores, best first, from rankings with their weights."""
    scores: dict[str, float] = {}
    for ranking, weight in rankings:
        for rank, key in enumerate(ranking, start=1):
            scores[key] = scores.get(key, 0.0) + weight / (RANK_CONSTANT + rank)
    return sorted(scores.items(), key=lambda item: (-item[1], item[0]))


def allowed(filters: Filters, lexical: LexicalIndex, documents: Sequence[Document]) -> np.ndarray | None:
    """Which chunks a filter lets through, as a mask over the lexical index; None where it confines nothing.

    Raises:
        BadInput: an element, property or document that does not exist.
    """
    if filters == Filters():
        return None
    import numpy as np

    mask = np.ones(len(lexical), dtype=bool)
    for symbol in filters.elements:
        if not is_element(symbol):
            raise BadInput(f"{symbol!r} is no element", mend="give symbols such as Fe")
        mask &= lexical.mask([f"el:{symbol}"])
    if filters.property:
        found = find_property(filters.property)
        if found is None:
            raise BadInput(f"no property is called {filters.property!r}", mend="such as coercivity or Tg")
        mask &= lexical.mask([token_of(found.name)])
    if filters.documents or filters.since is not None or filters.until is not None:
        keys = {document.id[:16] for document in _documents(filters, documents)}
        mask &= np.fromiter((key[:16] in keys for key in lexical.ids), bool, len(lexical))
    return mask


def without_older(
    mask: np.ndarray | None, filters: Filters | None, lexical: LexicalIndex, documents: Sequence[Document]
) -> np.ndarray | None:
    """The mask without the chunks of older versions of documents, but for those that the filter names."""
    named = filters.documents if filters is not None else ()
    older = {document.id[:16] for document in documents if document.newer and document.name not in named}
    if not older:
        return mask
    import numpy as np

    is_new = np.fromiter((key[:16] not in older for key in lexical.ids), bool, len(lexical))
    return is_new if mask is None else mask & is_new


def _documents(filters: Filters, documents: Sequence[Document]) -> list[Document]:
    names = {document.name for document in documents}
    for name in filters.documents:
        if name not in names:
            raise BadInput(f"there is no document {name!r} in the library", mend="eutectic library list shows them")
    return [
        document
        for document in documents
        if (not filters.documents or document.name in filters.documents)
        and (filters.since is None or (document.year is not None and document.year >= filters.since))
        and (filters.until is None or (document.year is not None and document.year <= filters.until))
    ]
