"""What a document is: title, DOI, year, authors and journal, from the bibliography beside it or from itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from eutectic.core.record import Record
from eutectic.knowledge.bibtex import BibEntry, find_doi, parse_bibtex
from eutectic.knowledge.headings import is_references
from eutectic.knowledge.normalise import normalise, readable
from eutectic.knowledge.reader import ReadDocument
from eutectic.knowledge.suspicion import is_suspicious
from eutectic.knowledge.titles import choose_title

_YEAR = re.compile(
    r"(?:published|accepted|received|available online|©|\(c\)|copyright)[^\n]{0,40}?\b(19[5-9]\d|20[0-4]\d)\b"
    r"|\b(?:vol\.?|volume)\s*\d+[^\n]{0,20}\((19[5-9]\d|20[0-4]\d)\)"
    r"|\b[A-Z][A-Za-z.]+\s+(19[5-9]\d|20[0-4]\d)\s*,\s*\d+\s*[,(]"
    r"|\((19[5-9]\d|20[0-4]\d)\)\s*\d+\s*[:,]",
    re.IGNORECASE,
)
_FIRST_PAGES = 2
_LEAST_TITLE = 20
"""Characters of a title in the compared form that are enough to know a document by it."""


class Facts(Record):
    """What is known of a document beside its text."""

    title: str
    doi: str = ""
    year: int | None = None
    authors: tuple[str, ...] = ()
    journal: str = ""


class Bibliography:
    """The entries of the .bib files beside some documents, found by file name, DOI, key or title."""

    def __init__(self, entries: Iterable[BibEntry] = ()) -> None:
        self._by_name: dict[str, BibEntry] = {}
        self._by_doi: dict[str, BibEntry] = {}
        self._by_title: dict[str, BibEntry] = {}
        for entry in entries:
            for name in (*entry.files, entry.key):
                self._by_name.setdefault(Path(name).stem.lower(), entry)
            if entry.doi:
                self._by_doi.setdefault(entry.doi, entry)
            title = normalise(entry.title).lower()
            if len(title) >= _LEAST_TITLE:
                self._by_title.setdefault(title, entry)

    def find(self, stem: str, doi: str, first_page: str) -> BibEntry | None:
        """The entry that describes a document.

        Args:
            stem: its file name without the ending.
            doi: the DOI it gives itself, or an empty string.
            first_page: the text of its first page.
        """
        entry = self._by_doi.get(doi) if doi else None
        entry = entry or self._by_name.get(stem.lower())
        if entry is not None or not self._by_title:
            return entry
        page = normalise(first_page).lower()
        return next((entry for title, entry in self._by_title.items() if title in page), None)


def read_bibliography(paths: Iterable[Path]) -> tuple[Bibliography, list[tuple[Path, str]]]:
    """The entries of .bib files, and the files that cannot be read with the reason."""
    entries: list[BibEntry] = []
    failed: list[tuple[Path, str]] = []
    for path in paths:
        try:
            text = path.read_bytes().decode("utf-8-sig", errors="replace")
        except OSError as error:
            failed.append((path, f"it cannot be opened: {error.strerror}"))
            continue
        found = parse_bibtex(text)
        if not found:
            failed.append((path, "no BibTeX entry is in it"))
        entries += found
    return Bibliography(entries), failed


def describe(read: ReadDocument, path: Path, bibliography: Bibliography) -> Facts:
    """What is known of a document; a bibliography goes before what the document says of itself."""
    doi = own_doi(read)
    entry = bibliography.find(path.stem, doi, read.pages[0].text if read.pages else "")
    said = own_facts(read, path.stem, doi)
    if entry is None:
        return said
    return Facts(
        title=(entry.title or said.title)[:300],
        doi=entry.doi or said.doi,
        year=entry.year or said.year,
        authors=entry.authors or said.authors,
        journal=entry.journal or said.journal,
    )


def own_facts(read: ReadDocument, stem: str, doi: str) -> Facts:
    """What a document says of itself; what orders its reader about is left out."""
    said: Mapping[str, str] = {key: text for key, text in read.metadata.items() if not is_suspicious(text)}
    authors = [name.strip() for name in re.split(r"\s*;\s*|\s+and\s+|,\s+(?=[A-Z])", said.get("authors", ""))]
    year = re.search(r"\b(19[5-9]\d|20[0-4]\d)\b", said.get("year", ""))
    return Facts(
        title=choose_title(read, stem),
        doi=doi,
        year=int(year[1]) if year else _year(read),
        authors=tuple(name for name in authors if 2 <= len(name) <= 80)[:100],
        journal=readable(said.get("journal", ""))[:200],
    )


def own_doi(read: ReadDocument) -> str:
    """The DOI of a document: of its metadata, else the first on its first two pages outside the references."""
    for key in ("doi", "about"):
        doi = find_doi(read.metadata.get(key, ""))
        if doi:
            return doi
    for page in read.pages[:_FIRST_PAGES]:
        for block in page.blocks:
            if block.is_heading and is_references(block.text):
                return ""
            doi = find_doi(re.sub(r"(?<=[/.\-])\s*\n\s*", "", block.text))
            if doi:
                return doi
    return ""


def _year(read: ReadDocument) -> int | None:
    pages: Sequence[str] = [page.text for page in read.pages[:1]]
    years = [int(year) for text in pages for match in _YEAR.findall(text) for year in match if year]
    return max(years) if years else None
