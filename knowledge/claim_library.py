"""Claims of a whole library: every sentence that a search may find, with the support of the documents' own records."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from eutectic.core.claim import Claim
from eutectic.knowledge.claims import Holds, Sourced, merged, sentence_claims
from eutectic.knowledge.record_store import library_records
from eutectic.knowledge.sentences import split_sentences
from eutectic.knowledge.store import Store


def library_claims(store: Store, folder: Path, holds: Holds, dated: str) -> list[Claim]:
    """The claims of every document, the most trusted first."""
    found = sentence_claims(_sentences(store), holds, dated)
    return sorted(merged(found, library_records(store, folder)), key=lambda claim: (-claim.trust, claim.id))


def _sentences(store: Store) -> Iterator[Sourced]:
    titles = {document.name: document.title for document in store.documents()}
    for chunk in store.chunks(store.chunk_ids()):
        for paragraph in chunk.text.split("\n"):
            for sentence in split_sentences(paragraph):
                yield Sourced(chunk.document, titles.get(chunk.document, ""), chunk.page, sentence)
