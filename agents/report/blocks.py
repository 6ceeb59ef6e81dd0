"""The blocks a report is made of; the page and the plain-text twin render the same ones."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Tone = Literal["", "lead", "good", "warn", "bad", "muted"]


@dataclass(frozen=True)
class Text:
    """A paragraph."""

    text: str
    tone: Tone = ""


@dataclass(frozen=True)
class Bullets:
    """A list with a heading line."""

    items: tuple[str, ...]
    title: str = ""


@dataclass(frozen=True)
class Card:
    """One number that matters, with its label and what to know about it."""

    label: str
    value: str
    detail: str = ""
    tone: Tone = ""


@dataclass(frozen=True)
class Cards:
    """A row of cards."""

    items: tuple[Card, ...]


@dataclass(frozen=True)
class Table:
    """Rows of text cells; numeric columns are set flush right."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    caption: str = ""
    numeric: frozenset[int] = frozenset()
    fold: str = ""
    """Where given, the table is folded away under this summary."""
    is_sortable: bool = False
    anchors: bool = False
    """Whether the first cell is a trial id that other parts of the page link to."""


@dataclass(frozen=True)
class Picture:
    """A figure with the caption that states its finding, or the reason why it cannot be drawn."""

    name: str
    svg: str
    caption: str
    missing: str = ""


@dataclass(frozen=True)
class Thumbnail:
    """A small raster picture."""

    trial: str
    caption: str
    uri: str
    """Data URI."""


@dataclass(frozen=True)
class Gallery:
    """Small pictures in rows."""

    items: tuple[Thumbnail, ...]
    title: str = ""


@dataclass(frozen=True)
class Code:
    """Text to be kept as it is."""

    text: str
    fold: str = ""


@dataclass(frozen=True)
class QuoteLine:
    """Words of a document with their place."""

    text: str
    place: str
    detail: str = ""


@dataclass(frozen=True)
class Entry:
    """One decision or approval in the timeline."""

    who: str
    what: str
    at: str
    mind: str
    """`rules`, `model`, `person`, `replay` or `gate`."""
    model: str
    lines: tuple[tuple[str, str], ...]
    """Label and text; the label may be empty."""
    quotes: tuple[QuoteLine, ...] = ()
    troubles: tuple[str, ...] = ()
    """Failed attempts and fallbacks."""
    tools: tuple[str, ...] = ()
    code: str = ""


@dataclass(frozen=True)
class Chapter:
    """The entries of one round."""

    title: str
    summary: str
    entries: tuple[Entry, ...]
    trials: Table | None = None
    is_open: bool = False


@dataclass(frozen=True)
class Timeline:
    """The chapters in order."""

    chapters: tuple[Chapter, ...]


@dataclass(frozen=True)
class Proof:
    """A quote that stands on its page, and the picture that shows it there."""

    id: str
    """`E3`, to which `[E3]` links."""
    text: str
    place: str
    used: str
    """What rests on it."""
    picture: str
    """Data URI of the part of the page; empty where there is none."""
    missing: str
    """Why there is none."""


@dataclass(frozen=True)
class Proofs:
    """Quotes in the order of their numbers."""

    items: tuple[Proof, ...]


Block = Text | Bullets | Cards | Table | Picture | Gallery | Code | Timeline | Proofs


@dataclass(frozen=True)
class Section:
    """A titled part of the report."""

    id: str
    title: str
    blocks: tuple[Block, ...] = field(default=())
