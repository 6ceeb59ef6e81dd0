"""Chunks: pieces of one page, at most 1,000 characters with their heading, which the indexes hold."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from eutectic.knowledge.furniture import edge, form, furniture
from eutectic.knowledge.headings import is_references
from eutectic.knowledge.normalise import readable
from eutectic.knowledge.reader import Block, PageText
from eutectic.knowledge.sentences import split_sentences
from eutectic.knowledge.suspicion import is_suspicious

LONGEST = 1_000
"""Characters of heading and text together; local embedding models see no more than this."""
_OPEN_END = re.compile(r"[^.!?:;。！？)\]]\s*$")
_OPEN_START = re.compile(r"^\s*[a-z(\d]")


@dataclass(frozen=True)
class Chunk:
    """A piece of a page in running text; line ends part its paragraphs."""

    page: int
    heading: str
    text: str
    is_suspicious: bool = False
    """It orders its reader about; kept in the rows, never given out by a search."""
    is_reference: bool = False
    """It stands in the list of references."""


def chunk_pages(pages: Sequence[PageText]) -> list[Chunk]:
    """The chunks of a document in order; none spans two pages, headings carry over from page to page.

    What stands at the edge of most pages is a chunk of its own where it stands first, and left out on later pages.
    """
    chunks: list[Chunk] = []
    heading = ""
    repeated, told = furniture(pages), set[str]()
    for page in pages:
        running: list[str] = []
        edges = edge(page)
        for i, block in enumerate((*page.blocks, None)):
            if block is not None and i in edges and (shape := form(block)) in repeated:
                if shape not in told:
                    chunks += _pack(page.number, heading, [block.text])
                told.add(shape)
                continue
            if block is None or block.is_heading:
                chunks += _pack(page.number, heading, running)
                running = []
                heading = readable(block.text)[: LONGEST // 4] if block is not None else heading
                continue
            _add(running, block)
    return chunks


def _add(running: list[str], block: Block) -> None:
    """Add a paragraph; one that a column or figure cut in two is joined again."""
    if running and _OPEN_END.search(running[-1]) and _OPEN_START.match(block.text) and len(running[-1]) > 80:
        running[-1] = f"{running[-1]}\n{block.text}"
    else:
        running.append(block.text)


def _pack(page: int, heading: str, paragraphs: Iterable[str]) -> Iterator[Chunk]:
    room = LONGEST - len(heading) - 1
    in_references = is_references(heading)
    text = ""
    for paragraph in paragraphs:
        if is_suspicious(paragraph):
            yield from (Chunk(page, heading, piece, is_suspicious=True) for piece in _cut([readable(paragraph)], room))
            continue
        gap = "\n"
        for sentence in _cut(split_sentences(readable(paragraph)), room):
            if text and len(text) + 1 + len(sentence) > room:
                yield Chunk(page, heading, text, is_reference=in_references)
                text = ""
            text = f"{text}{gap}{sentence}" if text else sentence
            gap = " "
    if text:
        yield Chunk(page, heading, text, is_reference=in_references)


def _cut(sentences: Iterable[str], room: int) -> Iterator[str]:
    """Sentences, with those longer than a chunk cut at white space."""
    for sentence in sentences:
        rest = sentence
        while len(rest) > room:
            at = rest.rfind(" ", room // 2, room)
            at = room if at < 0 else at
            yield rest[:at].strip()
            rest = rest[at:].strip()
        if rest:
            yield rest
