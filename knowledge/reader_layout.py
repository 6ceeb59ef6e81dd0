"""The second look at a PDF's pages: tables and figures, on the pages that have captions or columns of numbers."""

from __future__ import annotations

import base64
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eutectic.knowledge.captions import read_caption
from eutectic.knowledge.reader import PageText
from eutectic.knowledge.reader_tables import PlacedCaption, horizontal_rules, read_table
from eutectic.knowledge.reader_words import Word, join, page_words
from eutectic.knowledge.table import Box, Figure, Table
from eutectic.knowledge.table_parts import join_parts

_NUMBER_LINE = re.compile(r"\s*[<>~≈±+−–-]?\s*\d[\d.,]*(?:\s*[±(]\s*[\d.]+\)?)?\s*%?\s*", re.ASCII)
_MANY_NUMBERS = 16
_PICTURE_DPI = 110
_MOST_PICTURES, _LARGEST_PICTURE = 60, 4_000_000
"""Pictures of a document; bytes of one."""


@dataclass(frozen=True)
class Picture:
    """A figure with its picture as PNG in base64."""

    figure: Figure
    png: str


@dataclass(frozen=True)
class Layout:
    """Tables and figures of a document."""

    tables: tuple[Table, ...]
    figures: tuple[Picture, ...]
    n_pages: int
    """Pages that were looked at."""
    is_cut: bool = False
    """Time ran out before the last of them."""


def pages_to_look_at(pages: Sequence[PageText]) -> dict[int, bool]:
    """Numbers of the pages that have a caption, or so many numbers alone on a line that a table may stand there.

    Returns:
        Whether tables are to be looked for, by page number; figures are looked for on all of them.
    """
    wanted: dict[int, bool] = {}
    for page in pages:
        lines = [line for block in page.blocks for line in block.text.split("\n")]
        kinds = {caption.kind for line in lines if (caption := read_caption(line))}
        has_table = "table" in kinds or _count_numbers(lines) >= _MANY_NUMBERS
        if has_table or kinds:
            wanted[page.number] = has_table
    return wanted


def _count_numbers(lines: Sequence[str]) -> int:
    """Lines that hold one number; the lines of a manuscript are numbered too, one after the other, and do not count."""
    numbers = [line.strip() for line in lines if _NUMBER_LINE.fullmatch(line)]
    counted = {str(int(text) + step) for text in numbers if text.isdecimal() for step in (1, -1, 5, -5)}
    return sum(not text.isdecimal() or text not in counted for text in numbers)


def read_layout(path: Path, numbers: Mapping[int, bool], cpu_s: float) -> Layout:
    """Tables and figures of the pages of a PDF to look at; stops when the processor time is used up.

    The layout model's runtime is loaded here and not where plain text is read: it costs a second and 300 MB.
    """
    import pymupdf
    import pymupdf.layout

    if pymupdf._get_layout is None:
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
    return Layout(tuple(join_parts(tables)), tuple(pictures), done, done < len(numbers))


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
    if page.layout_information is None:
        page.get_layout()
    regions = [(tuple(float(x) for x in box[:4]), box[4]) for box in page.layout_information or ()]
    captions = _captions(words, [box for box, kind in regions if kind == "caption"])
    body = sorted(word.size for word in words)[len(words) // 2]
    free = [word for word in words if not any(_holds(placed.box, word) for placed in captions)]
    rules = horizontal_rules(page)
    tables = [table for one in found if one.col_count > 1 and (table := read_table(number, one, free, rules, body)) is not None]
    pictures = [box for box, kind in regions if kind == "picture"]
    figures = _figures(number, captions, pictures, [table.bbox for table in tables])
    placed = _with_captions(tables, [c for c in captions if c.caption.kind == "table"])
    return placed, [Picture(f, _png(pymupdf, page, f.bbox)) for f in figures]


def _captions(words: Sequence[Word], regions: Sequence[Any]) -> list[PlacedCaption]:
    """The captions of a page: regions the layout calls so, else the paragraph that opens with a label."""
    placed: list[PlacedCaption] = []
    taken: list[Box] = []
    for box in regions:
        inside = [word for word in words if _holds(box, word)]
        caption = read_caption(join(inside))
        if caption is not None:
            placed.append(PlacedCaption(caption, box))
            taken.append(box)
    for group in _paragraphs(words):
        caption = read_caption(join(group))
        box = _around(group)
        is_known = any(caption and caption.label == other.caption.label for other in placed)
        if caption is not None and not is_known and not any(_overlaps(box, other) for other in taken):
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


def _figures(
    number: int, captions: Sequence[PlacedCaption], pictures: Sequence[Any], tables: Sequence[Box]
) -> list[Figure]:
    """A figure a caption: the pictures nearest to it, those of one figure taken together."""
    ours = [placed for placed in captions if placed.caption.kind == "figure"]
    owned: dict[int, list[Box]] = {}
    for picture in pictures:
        if any(_overlaps(picture, table) for table in tables) or not ours:
            continue
        nearest = min(range(len(ours)), key=lambda i: _distance(picture, ours[i].box))
        if _distance(picture, ours[nearest].box) < 400:
            owned.setdefault(nearest, []).append(picture)
    figures = []
    for i, placed in enumerate(ours):
        parts = owned.get(i, [])
        box = _union(parts) if parts else (0.0, 0.0, 0.0, 0.0)
        figures.append(Figure(page=number, label=placed.caption.label, caption=placed.caption.text, bbox=box))
    return figures


def _with_captions(tables: Sequence[Table], captions: Sequence[PlacedCaption]) -> list[Table]:
    """Tables with the captions nearest to them, each used once; a caption above is nearer than one below."""
    pairs = sorted(
        (_distance(table.bbox, placed.box) + (0 if placed.box[1] < table.bbox[1] else 20), i, j)
        for i, table in enumerate(tables)
        for j, placed in enumerate(captions)
    )
    of_table: dict[int, int] = {}
    for distance, i, j in pairs:
        if distance < 120 and i not in of_table and j not in of_table.values():
            of_table[i] = j
    done = []
    for i, table in enumerate(tables):
        if i in of_table:
            caption = captions[of_table[i]].caption
            table = table.model_copy(update={"label": caption.label, "caption": caption.text})
            table = table.model_copy(update={"last_page": -1}) if caption.is_continued else table
        done.append(table)
    return done


def _png(pymupdf: Any, page: Any, box: Box) -> str:
    """The part of a page as PNG in base64, empty where there is none or it is too large."""
    if box[2] - box[0] < 10 or box[3] - box[1] < 10:
        return ""
    clip = pymupdf.Rect(box[0] - 3, box[1] - 3, box[2] + 3, box[3] + 3) & page.rect
    dpi = min(_PICTURE_DPI, int(72 * 2_000 / max(clip.width, clip.height)))
    data = page.get_pixmap(clip=clip, dpi=max(20, dpi)).tobytes("png")
    return base64.b64encode(data).decode() if len(data) <= _LARGEST_PICTURE else ""


def _holds(box: Any, word: Word) -> bool:
    middle = 0.5 * (word.box[0] + word.box[2])
    return bool(box[0] - 2 <= middle <= box[2] + 2 and box[1] - 2 <= word.middle <= box[3] + 2)


def _around(words: Sequence[Word]) -> Box:
    return _union([word.box for word in words])


def _union(boxes: Sequence[Box]) -> Box:
    return (
        round(min(b[0] for b in boxes), 1),
        round(min(b[1] for b in boxes), 1),
        round(max(b[2] for b in boxes), 1),
        round(max(b[3] for b in boxes), 1),
    )


def _overlaps(a: Any, b: Any) -> bool:
    width, height = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    smaller = min((a[2] - a[0]) * (a[3] - a[1]), (b[2] - b[0]) * (b[3] - b[1]))
    return bool(width > 0 and height > 0 and width * height > 0.3 * smaller)


def _distance(a: Any, b: Any) -> float:
    """Points between two boxes, across weighed more than down the page."""
    across = max(a[0] - b[2], b[0] - a[2], 0.0)
    down = max(a[1] - b[3], b[1] - a[3], 0.0)
    return float(3 * across + down)
