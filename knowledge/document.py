"""What the library knows of one document, and its rows in the database."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from eutectic.core.errors import StorageFailed
from eutectic.core.record import Record
from eutectic.knowledge.chunk import Chunk
from eutectic.knowledge.reader import Flag, PageText
from eutectic.knowledge.table import Figure, Table
from eutectic.knowledge.tokens import tokenise


class Document(Record):
    """A document of the library."""

    id: str
    """SHA-256 of its bytes."""
    name: str
    """What quotes call it: the file's name, with a piece of the hash where two files share one."""
    title: str
    path: str
    """Where it was taken in from."""
    n_pages: int
    reader: str
    text_hash: str
    """SHA-256 of its text in the compared form."""
    flags: tuple[Flag, ...] = ()
    doi: str = ""
    """Lower case, without `https://doi.org/`."""
    year: int | None = None
    authors: tuple[str, ...] = ()
    journal: str = ""
    newer: str = ""
    """Name of the version with the same DOI that was taken in after it; empty for the one to use."""


class Cited(NamedTuple):
    """An entry of a document's list of references."""

    text: str
    doi: str = ""


class Section(NamedTuple):
    """A heading and the page it stands on."""

    page: int
    heading: str


@dataclass(frozen=True)
class Content:
    """What a document holds beside its metadata."""

    pages: Sequence[PageText]
    chunks: Sequence[Chunk]
    tables: Sequence[Table] = ()
    figures: Sequence[Figure] = ()
    sections: Sequence[Section] = ()
    cited: Sequence[Cited] = ()


def rows(document: Document, content: Content) -> dict[str, list[tuple[object, ...]]]:
    """The rows of a document, by database table."""
    key, short = document.id, document.id[:16]
    chunks: list[tuple[object, ...]] = []
    for number, chunk in enumerate(content.chunks):
        tokens = " ".join(tokenise(f"{chunk.heading}\n{chunk.text}"))
        flags = (int(chunk.is_suspicious), int(chunk.is_reference))
        chunks.append((f"{short}-p{chunk.page}-{number}", key, chunk.page, chunk.heading, chunk.text, tokens, *flags))
    return {
        "pages": [(key, page.number, page.text, json.dumps(page.hidden)) for page in content.pages],
        "chunks": chunks,
        "tables": _numbered(document, "t", content.tables),
        "figures": _numbered(document, "f", content.figures),
        "sections": [(key, number, *section) for number, section in enumerate(content.sections)],
        "cited": [(key, number, *cited) for number, cited in enumerate(content.cited)],
    }


def _numbered(document: Document, letter: str, parts: Sequence[Table | Figure]) -> list[tuple[object, ...]]:
    """Tables or figures with their ids: the page, and the number on it."""
    rows: list[tuple[object, ...]] = []
    count: dict[int, int] = {}
    for part in parts:
        count[part.page] = count.get(part.page, 0) + 1
        name = f"{document.id[:16]}-p{part.page}-{letter}{count[part.page]}"
        rows.append((name, document.id, part.page, part.model_dump_json()))
    return rows


def keep_file(target: Path, data: bytes, where: Path) -> None:
    """Write a file whole or not at all; one that stands there already is kept.

    Raises:
        StorageFailed: the disk refused.
    """
    if target.exists():
        return
    part = target.with_suffix(".part")
    try:
        target.parent.mkdir(exist_ok=True)
        part.write_bytes(data)
        part.replace(target)
    except OSError as error:
        raise StorageFailed(f"the library cannot be written: {error.strerror}", where=str(where)) from error
