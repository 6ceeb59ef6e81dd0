"""The plain-text twin: the same blocks as the page, in Markdown that reads well as text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import unescape

from eutectic.agents.report.blocks import (
    Block,
    Bullets,
    Cards,
    Chapter,
    Code,
    Entry,
    Gallery,
    Picture,
    Proofs,
    Section,
    Table,
    Text,
    Timeline,
)

_MARKS = re.compile(r"([\\`*_\[\]<>|#])")


def escape(text: str) -> str:
    """Text that Markdown and HTML leave as it is, on one line."""
    return _MARKS.sub(r"\\\1", " ".join(unescape(text).split())).replace("\\<", "&lt;").replace("\\>", "&gt;")


def render_markdown(title: str, banner: str, sections: Sequence[Section]) -> str:
    """The whole report as text."""
    lines = [f"# {escape(title)}", ""]
    if banner:
        lines += [f"**{escape(banner)}**", ""]
    for section in sections:
        lines += [f"## {escape(section.title)}", ""]
        for block in section.blocks:
            lines += [*_block(block), ""]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).rstrip() + "\n"


def _block(block: Block) -> list[str]:
    match block:
        case Text():
            return [f"**{escape(block.text)}**" if block.tone in ("lead", "warn", "bad") else escape(block.text)]
        case Bullets():
            title = [f"{escape(block.title)}:", ""] if block.title else []
            return [*title, *(f"- {escape(item)}" for item in block.items)]
        case Cards():
            return [f"- {escape(c.label)}: **{escape(c.value)}** ({escape(c.detail)})" for c in block.items]
        case Table():
            return _table(block)
        case Picture():
            if block.missing:
                return [f"No figure: {escape(block.missing)}."]
            return [f"Figure ({escape(block.name)}, in report.html): {escape(block.caption)}"]
        case Gallery():
            return [f"{escape(block.title or 'Pictures')} (in report.html):", "", *_captions(block)]
        case Code():
            return [*([f"{escape(block.fold)}:", ""] if block.fold else []), *_fence(block.text)]
        case Proofs():
            return [
                f"- {p.id}: “{escape(p.text)}” ({escape(p.place)}{f'; used for {escape(p.used)}' if p.used else ''})"
                for p in block.items
            ]
        case Timeline():
            return [line for chapter in block.chapters for line in _chapter(chapter)]


def _captions(gallery: Gallery) -> list[str]:
    return [f"- {escape(item.caption)}" for item in gallery.items]


def _fence(text: str) -> list[str]:
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    ticks = "`" * max(3, longest + 1)
    return [ticks, text.rstrip(), ticks]


def _table(table: Table) -> list[str]:
    caption = " ".join(part for part in (f"{table.fold}." if table.fold else "", table.caption) if part)
    head = [escape(caption), ""] if caption else []
    rule = ["---:" if i in table.numeric else "---" for i in range(len(table.head))]
    rows = [table.head, tuple(rule), *table.rows]
    return head + ["| " + " | ".join(cell if row is rows[1] else escape(cell) for cell in row) + " |" for row in rows]


def _chapter(chapter: Chapter) -> list[str]:
    lines = [f"### {escape(chapter.title)}", "", f"{escape(chapter.summary)}.", ""]
    for entry in chapter.entries:
        lines += _entry(entry)
    if chapter.trials is not None:
        lines += ["", *_table(chapter.trials), ""]
    return lines


def _entry(entry: Entry) -> list[str]:
    mind = f"{entry.mind}, {entry.model}" if entry.model else entry.mind
    lines = [f"- **{escape(entry.who)}: {escape(entry.what)}** ({escape(mind)})"]
    lines += [f"  - {escape(name)}: {escape(text)}" for name, text in entry.lines]
    lines += [
        f"  - quote: “{escape(q.text)}” ({escape(q.place)}){f'. {escape(q.detail)}' if q.detail else ''}"
        for q in entry.quotes
    ]
    lines += [f"  - trouble: {escape(text)}" for text in entry.troubles]
    lines += [f"  - tool: {escape(text)}" for text in entry.tools]
    if entry.code:
        lines += ["", *("    " + line for line in entry.code.rstrip().splitlines()), ""]
    return lines
