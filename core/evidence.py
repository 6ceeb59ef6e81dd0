"""Evidence as it crosses the seam between the library and the agents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from pydantic import Field

from eutectic.core.record import Record


class Passage(Record):
    """A piece of a page of a document, found by a search."""

    id: str
    document: str
    title: str = ""
    page: int = Field(ge=1)
    text: str
    score: float = 0.0


class Filters(Record):
    """What a search is confined to; an empty field confines nothing."""

    elements: tuple[str, ...] = ()
    """Symbols that all stand in the passage, as elements or inside formulas."""
    property: str = ""
    """Name or symbol of a property that the passage speaks of."""
    since: int | None = None
    """First year of publication; documents without a known year are left out."""
    until: int | None = None
    documents: tuple[str, ...] = ()
    """Names of documents, any of which the passage is from."""


class Retriever(Protocol):
    """What finds passages."""

    def search(self, query: str, n: int = 8, filters: Filters | None = None) -> Sequence[Passage]:
        """The best passages, best first."""
        ...

    def holds(self, document: str, page: int, quote: str) -> bool:
        """Whether the quote stands verbatim (after normalisation) on that page of that document."""
        ...
