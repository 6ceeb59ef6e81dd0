"""Tables of HTML and Markdown documents: cells over rows and columns spread out, header rows told from the body."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from html.parser import HTMLParser

from eutectic.knowledge.captions import read_caption
from eutectic.knowledge.normalise import raised, visible
from eutectic.knowledge.table import Table

_MOST_SPAN = 60
_MOST_CELLS = 20_000
"""Of one table; a span written by a prankster must not fill the memory."""
_PIPES = re.compile(r"^\s*\|?(.*\|.*?)\|?\s*$")
_DASHES = re.compile(r"^\s*\|?\s*:?-{2,}:?\s*(?:\|\s*:?-{2,}:?\s*)*\|?\s*$")
_SILENT = frozenset(("script", "style", "noscript", "template"))

VOID = frozenset(("br", "hr", "img", "input", "meta", "link", "wbr", "col", "area", "base", "embed", "source", "track"))
_HIDING = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|opacity\s*:\s*0(?![.\d])|font-size\s*:\s*[0-2](?!\d)")


def is_hidden(given: Mapping[str, str | None]) -> bool:
    """Whether an element's attributes keep it from being shown."""
    return "hidden" in given or given.get("aria-hidden") == "true" or bool(_HIDING.search(given.get("style") or ""))


class _Cell:
    def __init__(self, *, is_head: bool, rows: int, columns: int) -> None:
        self.is_head, self.rows, self.columns = is_head, rows, columns
        self.text: list[str] = []


class _Tables(HTMLParser):
    """Collects the tables of a page, and what stands right before each."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[list[list[_Cell]], str]] = []
        self._rows: list[list[_Cell]] = []
        self._caption: list[str] = []
        self._last: list[str] = []
        self._open: list[tuple[str, bool]] = []
        self._depth = 0
        self._where = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag not in VOID:
            self._open.append((tag, tag in _SILENT or is_hidden(given)))
        if any(is_out for _, is_out in self._open):
            return
        if tag == "table":
            self._depth += 1
            if self._depth == 1:
                self._rows, self._where = [], ""
                self._caption = [] if "".join(self._caption).strip() else list(self._last)
        elif self._depth == 1 and tag == "tr":
            self._rows.append([])
        elif self._depth == 1 and tag in ("td", "th") and self._rows:
            spans = [_span(given.get(name)) for name in ("rowspan", "colspan")]
            self._rows[-1].append(_Cell(is_head=tag == "th", rows=spans[0], columns=spans[1]))
            self._where = "cell"
        elif tag in ("caption", "figcaption"):
            self._caption, self._where = [], "caption"
        elif self._depth == 0 and tag in ("p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "li", "section"):
            self._last, self._where = [], "before"
        elif tag == "br":
            self.handle_data(" ")

    def handle_endtag(self, tag: str) -> None:
        is_out = any(out for _, out in self._open)
        for i in range(len(self._open) - 1, -1, -1):
            if self._open[i][0] == tag:
                del self._open[i:]
                break
        if is_out:
            return
        if tag == "table" and self._depth:
            self._depth -= 1
            if self._depth == 0:
                self.found.append((self._rows, " ".join("".join(self._caption).split())))
                self._caption, self._last, self._where = [], [], ""
        elif tag in ("td", "th", "caption", "figcaption") and self._depth <= 1:
            self._where = ""

    def handle_data(self, data: str) -> None:
        if any(is_out for _, is_out in self._open):
            return
        text = raised(data) if any(tag == "sup" for tag, _ in self._open) else data
        if self._where == "cell" and self._rows and self._rows[-1]:
            self._rows[-1][-1].text.append(text)
        elif self._where == "caption":
            self._caption.append(text)
        elif self._where == "before":
            self._last.append(text)


def html_tables(text: str) -> list[Table]:
    """The tables of a HTML page, on page 1 as it is read, without what is hidden; one column alone is none."""
    parser = _Tables()
    parser.feed(text)
    parser.close()
    return [table for rows, caption in parser.found if (table := _html_table(rows, caption)) is not None]


def _html_table(rows: Sequence[Sequence[_Cell]], caption: str) -> Table | None:
    texts: list[list[str]] = []
    open_cells: dict[int, tuple[int, str]] = {}
    n_header = 0
    for number, row in enumerate(rows):
        line: list[str] = []
        waiting = list(row)
        while waiting or len(line) in open_cells:
            left, said = open_cells.pop(len(line), (0, ""))
            if left:
                if left > 1:
                    open_cells[len(line)] = (left - 1, said)
                line.append(said)
                continue
            cell = waiting.pop(0)
            said = " ".join(visible("".join(cell.text)).split())
            for _ in range(cell.columns):
                if cell.rows > 1:
                    open_cells[len(line)] = (cell.rows - 1, said)
                line.append(said)
        texts.append(line)
        is_head = bool(row) and all(cell.is_head for cell in row)
        n_header += is_head and n_header == number
        if sum(map(len, texts)) > _MOST_CELLS:
            return None
    return _table(texts, n_header, caption, 1)


def _span(written: str | None) -> int:
    return min(_MOST_SPAN, max(1, int(written))) if written and written.strip().isdecimal() else 1


def markdown_tables(text: str) -> list[Table]:
    """The tables of a Markdown document (rows of pipes with a line of dashes), with the pages that form feeds make."""
    return [table for number, page in enumerate(text.split("\f"), start=1) for table in _on_page(page, number)]


def _on_page(page: str, number: int) -> Iterator[Table]:
    lines = page.split("\n")
    at = 1
    while at < len(lines):
        if not (_DASHES.match(lines[at]) and "|" in lines[at - 1]):
            at += 1
            continue
        end = at + 1
        while end < len(lines) and _PIPES.match(lines[end]):
            end += 1
        rows = [_cells(lines[at - 1]), *map(_cells, lines[at + 1 : end])]
        before = [line.strip(" *_#") for line in lines[: at - 1] if line.strip()]
        behind = [line.strip(" *_#") for line in lines[end:] if line.strip()]
        near = [line for line in (*before[-1:], *behind[:1]) if read_caption(line) is not None]
        table = _table(rows, 1, near[0] if near else "", number)
        if table is not None:
            yield table
        at = end + 1


def _cells(line: str) -> list[str]:
    parts = re.split(r"(?<!\\)\|", line.strip().removeprefix("|").removesuffix("|"))
    return [" ".join(re.sub(r"[*_`]{1,2}(\S.*?)[*_`]{1,2}", r"\1", part).replace("\\|", "|").split()) for part in parts]


def _table(texts: Sequence[Sequence[str]], n_header: int, caption: str, page: int) -> Table | None:
    """A table of rows made equally long; None where it has fewer than two rows or columns."""
    width = max((len(row) for row in texts), default=0)
    if len(texts) < 2 or width < 2:
        return None
    rows = [(*row, *[""] * (width - len(row))) for row in texts if any(row)]
    found = read_caption(caption)
    return Table(
        page=page,
        label=found.label if found else "",
        caption=found.text if found else caption,
        headers=tuple(rows[:n_header]),
        rows=tuple(rows[n_header:]),
    )
