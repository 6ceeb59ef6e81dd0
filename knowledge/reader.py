"""The reader seam: what a document reader gives back, and the reasons for which a file is refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

from pydantic import Field

from eutectic.core.record import Record
from eutectic.knowledge.table import Figure, Table

RefusalCode = Literal[
    "missing",
    "unsupported",
    "empty",
    "not_a_pdf",
    "damaged",
    "encrypted",
    "needs_ocr",
    "no_text",
    "bad_encoding",
    "too_large",
    "too_many_pages",
    "too_slow",
    "out_of_memory",
    "crashed",
    "unreadable",
]
Flag = Literal["hidden_text", "suspicious_text", "broken_glyphs", "repaired", "text_cut", "tables_unread"]
MENDS: dict[RefusalCode, str] = {
    "missing": "check the path",
    "unsupported": "give .pdf, .txt, .md, .html or .bib files, or a folder of them",
    "empty": "download it again",
    "not_a_pdf": "open it: it is often a log-in page saved as .pdf",
    "damaged": "download it again",
    "encrypted": "save a copy without the password",
    "needs_ocr": "run an OCR program over it and ingest its result",
    "no_text": "open it: there may be only pictures in it",
    "bad_encoding": "save it as UTF-8",
    "too_large": "split it",
    "too_many_pages": "split it",
    "too_slow": "print it to a new PDF and ingest that",
    "out_of_memory": "print it to a new PDF and ingest that",
    "crashed": "print it to a new PDF and ingest that",
    "unreadable": "print it to a new PDF and ingest that",
}


class Refusal(Exception):
    """A file cannot be taken in; a reader raises it and ingest turns it into a line of its report."""

    def __init__(self, code: RefusalCode, what: str) -> None:
        self.code, self.what = code, what
        super().__init__(what)


class Limits(Record):
    """What a file may cost before it is refused."""

    bytes: int = Field(default=200_000_000, ge=1)
    pages: int = Field(default=2_000, ge=1)
    characters: int = Field(default=8_000_000, ge=1)
    """Text kept of one file; the rest is cut off and flagged."""
    memory_bytes: int = Field(default=2 << 30, ge=256 << 20)
    """Address space of the reading process."""
    cpu_s: int = Field(default=20, ge=1)
    """Processor seconds, before the allowance per page."""
    cpu_s_per_page: float = Field(default=0.1, ge=0)
    cpu_s_per_table_page: float = Field(default=2.0, ge=0)
    """Allowance for the second look, at pages with tables and figures."""
    wall_s: float = Field(default=300.0, gt=0)


@dataclass(frozen=True)
class Block:
    """A paragraph, heading or table cell group, in reading order, its lines parted by line ends."""

    text: str
    is_heading: bool = False


@dataclass(frozen=True)
class PageText:
    """The visible text of one page; superscript digits and signs stand as the Unicode superscripts."""

    number: int
    """1-based."""
    blocks: tuple[Block, ...]
    hidden: tuple[str, ...] = ()
    """Text no reader of the page can see: left out of the blocks, kept for the record."""

    @property
    def text(self) -> str:
        """The blocks, parted by empty lines."""
        return "\n\n".join(block.text for block in self.blocks)


@dataclass(frozen=True)
class Picture:
    """A figure, and its picture as PNG in base64 where one was cut out."""

    figure: Figure
    png: str = ""


@dataclass(frozen=True)
class ReadDocument:
    """What a reader got out of a file."""

    reader: str
    """Name and version of what read it."""
    title: str
    pages: tuple[PageText, ...]
    flags: tuple[Flag, ...] = ()
    tables: tuple[Table, ...] = ()
    pictures: tuple[Picture, ...] = ()
    metadata: Mapping[str, str] = field(default_factory=dict)
    """What the file says of itself: `doi`, `authors` (parted by `;`), `year`, `journal`."""


class Reader(Protocol):
    """Reads one kind of file; extension point for other parsers."""

    def read(self, path: Path, limits: Limits) -> ReadDocument:
        """The text of a file, page by page.

        Raises:
            Refusal: the file is empty, locked, damaged, scanned, of another kind or past a limit.
        """
        ...
