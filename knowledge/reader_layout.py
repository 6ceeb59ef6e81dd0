"""The second look at a PDF's pages: tables and figures, on the pages that have captions or columns of numbers."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eutectic.knowledge.boxes import around, distance, holds, overlaps
from eutectic.knowledge.captions import read_caption
from eutectic.knowledge.reader import Picture
from eutectic.knowledge.reader_figures import PlacedCaption, figures_of, png_of
from eutectic.knowledge.reader_tables import horizontal_rules, read_table
from eutectic.knowledge.reader_words import Word, join, page_words
from eutectic.knowledge.table import Box, Table
from eutectic.knowledge.table_parts import join_parts

_MOST_PICTURES = 60


@dataclass(frozen=True)
class Layout:
    """Tables and figures of a document."""

    tables: tuple[Table, ...]
    pictures: tuple[Picture, ...]
    is_cut: bool = False
    """Time ran out before the last of them."""


def read_layout(path: Path, numbers: Mapping[int, bool], cpu_s: float) -> Layout:
    """Tables and figures of the pages of a PDF to look at; stops when the processor time is used up.

    The layout model's runtime is loaded here and not where plain text is read: it costs a second and 300 MB.
    """
    import pymupdf

    if any(numbers.values()):
        import pymupdf.layout

        pymupdf.layout.activate()
    pymupdf.TOOLS.mupdf_display_errors(False)
    pymupdf.TOOLS.mupdf_display_warnings(False)
    tables: list[Table] = []
    pictures: list[Picture] = []
    started, done = time.process_time(), 0
    with pymupdf.open(path, filetype="pdf") as document:
        for number, has_table in numbers.items():
            if time.process_time() - started > cpu_s:
                break
            page = _upright(pymupdf, document, number - 1)
            page_tables, page_pictures = _page(pymupdf, page, number, has_table)
            tables += page_tables
            pictures += page_pictures[: _MOST_PICTURES - len(pictures)]
            done += 1
    return Layout(tuple(join_parts(tables)), tuple(pictures), done < len(numbers))


def _upright(pymupdf: Any, document: Any, index: int) -> Any:
    """The page, turned where most of its lines run up or down, as tables printed sideways do."""
    page = document[index]
    turns = {1: 0, -1: 0, 0: 0}
    for block in page.get_text("dict", flags=pymupdf.TEXTFLAGS_TEXT)["blocks"]:
        for line in block.get("lines", ()):
            turns[round(line["dir"][1]) if abs(line["dir"][0]) < 0.5 else 0] += 1
    up, down = turns[-1], turns[1]
    if max(up, down) <= turns[0]:
        return page
    turned = pymupdf.open()
    box = page.cropbox
    new = turned.new_page(width=box.height, height=box.width)
    page.set_rotation(0)
    new.show_pdf_page(new.rect, document, index, rotate=-90 if up > down else 90)
    return new


def _page(pymupdf: Any, page: Any, number: int, has_table: bool) -> tuple[list[Table], list[Picture]]:
    words = page_words(pymupdf, page)
    if not words:
        return [], []
    found = page.find_tables().tables if has_table else ()
    regions = [tuple(float(x) for x in box[:4]) for box in page.layout_information or () if box[4] == "caption"]
    captions = _captions(words, regions)
    body = sorted(word.size for word in words)[len(words) // 2]
    free = [word for word in words if not any(holds(placed.box, word) for placed in captions)]
    rules = horizontal_rules(page) if found else []
    tables = [
        table
        for one in found
        if one.col_count > 1 and (table := read_table(number, one, free, rules, body)) is not None
    ]
    placed = _with_captions(tables, [c for c in captions if c.caption.kind == "table"])
    figures = figures_of(page, number, captions, [table.bbox for table in tables])
    return placed, [Picture(figure, png_of(pymupdf, page, figure.bbox)) for figure in figures]


def _captions(words: Sequence[Word], regions: Sequence[Any]) -> list[PlacedCaption]:
    """The captions of a page: regions the layout calls so, else the paragraph that opens with a label."""
    placed: list[PlacedCaption] = []
    taken: list[Box] = []
    for box in regions:
        inside = [word for word in words if holds(box, word)]
        caption = read_caption(join(inside))
        if caption is not None:
            placed.append(PlacedCaption(caption, box))
            taken.append(box)
    for group in _paragraphs(words):
        caption = read_caption(join(group))
        box = around(group)
        is_known = any(caption and caption.label == other.caption.label for other in placed)
        if caption is not None and not is_known and not any(overlaps(box, other) for other in taken):
            placed.append(PlacedCaption(caption, box))
            taken.append(box)
    return placed


def _paragraphs(words: Sequence[Word]) -> list[list[Word]]:
    """Paragraphs that open with a label; one that holds nothing else takes the next one with it."""
    blocks: dict[int, list[Word]] = {}
    for word in words:
        blocks.setdefault(word.block, []).append(word)
    ordered = list(blocks.values())
    groups: list[list[Word]] = []
    for i, block in enumerate(ordered):
        caption = read_caption(join(block))
        if caption is None:
            continue
        is_near = i + 1 < len(ordered) and 0 <= ordered[i + 1][0].middle - block[-1].middle < 2 * block[-1].size
        groups.append(block + ordered[i + 1] if not caption.text and is_near else block)
    return groups


def _with_captions(tables: Sequence[Table], captions: Sequence[PlacedCaption]) -> list[Table]:
    """Tables with the captions nearest to them, each used once; a caption above is nearer than one below."""
    pairs = sorted(
        (distance(table.bbox, placed.box) + (0 if placed.box[1] < table.bbox[1] else 20), i, j)
        for i, table in enumerate(tables)
        for j, placed in enumerate(captions)
    )
    of_table: dict[int, int] = {}
    for far, i, j in pairs:
        if far < 120 and i not in of_table and j not in of_table.values():
            of_table[i] = j
    done = []
    for i, table in enumerate(tables):
        if i in of_table:
            caption = captions[of_table[i]].caption
            table = table.model_copy(update={"label": caption.label, "caption": caption.text})
            table = table.model_copy(update={"last_page": -1}) if caption.is_continued else table
        done.append(table)
    return done
