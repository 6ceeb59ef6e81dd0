"""The reader of plain text, Markdown and HTML files; a form feed starts a new page, else a file is one page."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from eutectic.knowledge.headings import looks_like_heading
from eutectic.knowledge.normalise import raised, visible
from eutectic.knowledge.reader import Block, Limits, PageText, ReadDocument, Refusal
from eutectic.knowledge.reader_markup import VOID, html_tables, is_hidden, markdown_tables

_BREAKING = (
    "p div section article header footer h1 h2 h3 h4 h5 h6 li ul ol table tr br hr blockquote pre figure "
    "figcaption dt dd caption title"
)
_BREAKS = frozenset(_BREAKING.split())
_SILENT = frozenset(("script", "style", "noscript", "template", "svg", "iframe", "object", "textarea", "select"))


_HEADING = re.compile(r" {0,3}#{1,6}\s+(?P<text>.*?)\s*#*\s*$")
_UNDERLINE = re.compile(r"={3,}|-{3,}")
_ITEM = re.compile(r"\s{0,6}(?:[-*+•]|\d{1,2}[.)])\s+\S")


class TextReader:
    """Reads .txt, .md and .html."""

    def read(self, path: Path, limits: Limits) -> ReadDocument:
        """See `Reader.read`."""
        text = _decode(path.read_bytes())
        is_cut = len(text) > limits.characters
        text = text[: limits.characters]
        title, hidden = path.stem, ""
        tables = markdown_tables(text) if path.suffix.lower() == ".md" else []
        if path.suffix.lower() in (".html", ".htm"):
            tables = html_tables(text)
            parser = _Html()
            parser.feed(text)
            parser.close()
            text, hidden = "".join(parser.shown), " ".join("".join(parser.hidden).split())
            title = " ".join("".join(parser.title).split()) or title
        pages = tuple(
            PageText(number, _blocks(page), (hidden,) if hidden and number == 1 else ())
            for number, page in enumerate(text.split("\f"), start=1)
        )
        if not any(page.blocks for page in pages):
            raise Refusal("no_text", "there is no text in it")
        if len(pages) > limits.pages:
            raise Refusal("too_many_pages", f"{len(pages)} pages, at most {limits.pages} are read")
        flags = (("hidden_text",) if hidden else ()) + (("text_cut",) if is_cut else ())
        return ReadDocument("text 3", title, pages, flags, tuple(tables))  # type: ignore[arg-type]


def _decode(data: bytes) -> str:
    encoding = "utf-8-sig"
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise Refusal("bad_encoding", f"byte {error.start} is not {encoding.removesuffix('-sig').upper()}") from error
    if "\0" in text:
        raise Refusal("bad_encoding", "it holds zero bytes, so it is not text")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _blocks(page: str) -> tuple[Block, ...]:
    blocks = []
    for raw in re.split(r"\n\s*\n", visible(page.replace("\f", "\n"))):
        for text, is_marked in _parted(raw.strip("\n")):
            if text.strip():
                blocks.append(Block(text, is_marked or looks_like_heading(text)))
    return tuple(blocks)


def _parted(block: str) -> Iterator[tuple[str, bool]]:
    """A block cut at the headings and list items that Markdown marks, with whether each piece is a heading."""
    kept: list[str] = []
    for line in block.split("\n"):
        if _UNDERLINE.fullmatch(line.strip()) and len(kept) == 1:
            yield kept.pop(), True
        elif match := _HEADING.match(line):
            yield "\n".join(kept), False
            kept = []
            yield match["text"], True
        else:
            if _ITEM.match(line):
                yield "\n".join(kept), False
                kept = []
            kept.append(line)
    yield "\n".join(kept), False


class _Html(HTMLParser):
    """Splits a page into the text that is shown and the text that is styled away."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.shown: list[str] = []
        self.hidden: list[str] = []
        self.title: list[str] = []
        self._open: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BREAKS:
            self.shown.append("\n" if tag == "br" else "\n\n")
        if tag in VOID:
            return
        given = dict(attrs)
        kind = "shown"
        if tag == "title":
            kind = "title"
        elif tag in _SILENT:
            kind = "silent"
        elif is_hidden(given):
            kind = "hidden"
        elif tag == "sup":
            kind = "raised"
        self._open.append((tag, kind))

    def handle_endtag(self, tag: str) -> None:
        for i in range(len(self._open) - 1, -1, -1):
            if self._open[i][0] == tag:
                del self._open[i:]
                break
        if tag in _BREAKS:
            self.shown.append("\n\n")
        elif tag in ("td", "th"):
            self.shown.append(" ")

    def handle_data(self, data: str) -> None:
        kinds = {kind for _, kind in self._open}
        if "title" in kinds:
            self.title.append(data)
        elif "silent" in kinds:
            return
        elif "hidden" in kinds:
            self.hidden.append(data)
        else:
            self.shown.append(raised(data) if "raised" in kinds else data)
