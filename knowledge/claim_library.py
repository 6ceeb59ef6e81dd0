"""Claims of a whole library: of every sentence that a search may find, and of the series in its documents' tables."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from eutectic.core.claim import Claim
from eutectic.knowledge.claim_tables import table_claims
from eutectic.knowledge.claims import Holds, Sourced, merged, sentence_claims
from eutectic.knowledge.record_store import library_records
from eutectic.knowledge.sentences import split_sentences
from eutectic.knowledge.store import Store


def library_claims(store: Store, folder: Path, holds: Holds, dated: str) -> list[Claim]:
    """The claims of every document, the most trusted first."""
    records = library_records(store, folder)
    found = [*sentence_claims(_sentences(store), holds, dated), *table_claims(records, holds, dated)]
    return sorted(merged(found, records), key=lambda claim: (-claim.trust, claim.id))


def _sentences(store: Store) -> Iterator[Sourced]:
    titles = {document.name: document.title for document in store.documents()}
    for chunk in store.chunks(store.chunk_ids()):
        for paragraph in chunk.text.split("\n"):
            for sentence in split_sentences(paragraph):
                yield Sourced(chunk.document, titles.get(chunk.document, ""), chunk.page, sentence)
