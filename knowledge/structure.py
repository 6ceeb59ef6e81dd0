"""The parts of a document: its sections and the entries of its list of references."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from eutectic.knowledge.bibtex import find_doi
from eutectic.knowledge.document import Cited, Section
from eutectic.knowledge.headings import is_references
from eutectic.knowledge.normalise import readable
from eutectic.knowledge.reader import Block, PageText

_ENTRY = re.compile(r"^\s*(?:\[\d{1,3}\]|\(\d{1,3}\)|\d{1,3}[.)](?=\s)|\d{1,3}(?=\s+[A-Z]))\s*")
_LONGEST = 1_500
_MOST = 2_000


def sections(pages: Sequence[PageText]) -> list[Section]:
    """The headings of a document in order."""
    found = [
        Section(page.number, readable(block.text)[:300])
        for page in pages
        for block in page.blocks
        if block.is_heading and block.text.strip()
    ]
    return found[:_MOST]


def cited(pages: Sequence[PageText]) -> list[Cited]:
    """The entries of the list of references, each on one line, with its DOI."""
    blocks = list(_reference_blocks(pages))
    lines = [line for block in blocks for line in block.text.split("\n") if line.strip()]
    starts = sum(_ENTRY.match(line) is not None for line in lines)
    entries: list[str] = []
    if starts >= 3:
        for line in lines:
            if _ENTRY.match(line) or not entries:
                entries.append(line)
            else:
                entries[-1] = f"{entries[-1]}\n{line}"
    else:
        entries = [block.text for block in blocks]
    texts = [readable(entry)[:_LONGEST] for entry in entries if len(entry.strip()) > 10]
    return [Cited(text, find_doi(re.sub(r"(?<=[/.])\s+", "", text))) for text in texts[:_MOST]]


def _reference_blocks(pages: Sequence[PageText]) -> Iterator[Block]:
    is_inside = False
    for page in pages:
        for block in page.blocks:
            if block.is_heading and not _ENTRY.match(block.text):
                is_inside = is_references(block.text)
            elif is_inside:
                yield block
