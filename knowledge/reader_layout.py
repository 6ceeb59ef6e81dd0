"""The second look at a PDF's pages: tables and figures, on the pages that have captions or columns of numbers."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from eutectic.knowledge.boxes import around, distance, holds, overlaps
from eutectic.knowledge.captions import Caption, read_caption
from eutectic.knowledge.reader import Picture
from eutectic.knowledge.reader_figures import PlacedCaption, figures_of, png_of
from eutectic.knowledge.reader_regions import is_tabular, parts, region_at, ruled_regions
from eutectic.knowledge.reader_rules import Rules, page_rules
from eutectic.knowledge.reader_tables import read_table
from eutectic.knowledge.reader_words import Word, join, lines_of, page_words
from eutectic.knowledge.table import Box, Table
from eutectic.knowledge.table_parts import join_parts

_MOST_PICTURES = 60
_LOW = 0.7
"""Share of the page's height below which a table may go on over the page."""
_NEAR_CAPTION = 60.0
"""Points between a table and its caption."""


@dataclass(frozen=True)
class Layout:
    """Tables and figures of a document."""

    tables: tuple[Table, ...]
    pictures: tuple[Picture, ...]
    is_cut: bool = False
    """Time ran out before the last of them."""


def read_layout(path: Path, numbers: Mapping[int, bool], cpu_s: float) -> Layout:
    """Tables and figures of the pages of a PDF to look at; stops when the processor time is used up."""
    import pymupdf

    pymupdf.TOOLS.mupdf_display_errors(False)
    pymupdf.TOOLS.mupdf_display_warnings(False)
    tables: list[Table] = []
    pictures: list[Picture] = []
    started, done = time.process_time(), 0
    wanted, waiting = dict(numbers), None
    with pymupdf.open(path, filetype="pdf") as document:
        while todo := [number for number in wanted if number > done]:
            if time.process_time() - started > cpu_s:
                break
            done = min(todo)
            page = _upright(pymupdf, document, done - 1)
            found = _page(pymupdf, page, done, wanted[done], waiting)
            tables += found.tables
            pictures += found.pictures[: _MOST_PICTURES - len(pictures)]
            waiting = found.waiting
            is_low = any(table.bbox[3] > _LOW * page.rect.height for table in found.tables)
            if done < len(document) and (is_low or waiting):
                wanted[done + 1] = True
    return Layout(tuple(join_parts(tables)), tuple(pictures), done < max(wanted, default=0))


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


class _Found(NamedTuple):
    """What a page holds."""

    tables: list[Table]
    pictures: list[Picture]
    waiting: Caption | None = None
    """The caption at its foot whose table stands on the next page."""


def _page(pymupdf: Any, page: Any, number: int, has_table: bool, waiting: Caption | None) -> _Found:
    words = page_words(pymupdf, page)
    if not words:
        return _Found([], [])
    rules = page_rules(page) if has_table else Rules()
    captions = _captions(words, rules)
    body = sorted(word.size for word in words)[len(words) // 2]
    free = [word for word in words if not any(holds(placed.box, word) for placed in captions)]
    if waiting is not None and has_table:
        top = min(word.box[1] for word in free)
        captions.append(PlacedCaption(waiting, (0.0, top - 2, page.rect.width, top - 1)))
    tables: list[Table] = []
    if has_table:
        regions = _regions(page, free, rules, captions)
        tables = [table for box in regions if (table := read_table(number, box, free, rules, body)) is not None]
    ours = [placed for placed in captions if placed.caption.kind == "table"]
    named = _with_captions(tables, ours)
    figures = figures_of(page, number, captions, [table.bbox for table in named])
    labels = {table.label for table in named}
    low = [c for c in ours if c.caption.label not in labels and c.box[3] > _LOW * page.rect.height]
    lowest = low[-1].caption if low and has_table and low[-1].caption is not waiting else None
    return _Found(named, [Picture(figure, png_of(pymupdf, page, figure.bbox)) for figure in figures], lowest)


def _captions(words: Sequence[Word], rules: Rules) -> list[PlacedCaption]:
    """The captions of a page: the paragraphs that open with a label."""
    placed: list[PlacedCaption] = []
    for group in _paragraphs(words, rules):
        caption = read_caption("\n".join(map(join, lines_of(group))))
        box = around(group)
        is_known = any(caption and caption.label == other.caption.label for other in placed)
        if caption is not None and not is_known and not any(overlaps(box, other.box) for other in placed):
            placed.append(PlacedCaption(caption, box))
    return placed


def _paragraphs(words: Sequence[Word], rules: Rules) -> list[list[Word]]:
    """Paragraphs that open with a label, without the table that may follow; a bare label takes the next one with it."""
    blocks: dict[int, list[Word]] = {}
    for word in words:
        blocks.setdefault(word.block, []).append(word)
    ordered = [piece for block in blocks.values() for piece in _opened(block)]
    groups: list[list[Word]] = []
    for i, block in enumerate(ordered):
        caption = read_caption(join(block))
        if caption is None:
            continue
        group = _without_table(block, rules)
        for below in ordered[i + 1 : i + 4] if len(group) == len(block) else ():
            whole = _without_table(below, rules)
            if not _continues(group, whole, rules, is_bare=not (read_caption(join(group)) or caption).text):
                break
            group += whole
            if len(whole) < len(below):
                break
        groups.append(group)
    return groups


def _continues(group: Sequence[Word], below: Sequence[Word], rules: Rules, *, is_bare: bool) -> bool:
    """Whether a paragraph goes on with a caption: set right below it in its type, where it has not come to an end."""
    last, first = max(group, key=lambda word: word.middle), below[0]
    gap = first.middle - last.middle
    box, other = around(group), around(below)
    is_below = 0 <= gap < (2 if is_bare else 1.5) * last.size and min(box[2], other[2]) > max(box[0], other[0])
    if not is_below or len(parts(lines_of(list(below))[0], 1.5)) > 1 or read_caption(join(list(below))) is not None:
        return False
    if any(last.middle < r[1] < first.middle and r[0] < box[2] and r[2] > box[0] for r in rules.across):
        return False
    return is_bare or (abs(first.size - last.size) < 0.2 and not join(list(group)).endswith((".", "。")))


def _opened(block: list[Word]) -> list[list[Word]]:
    """A paragraph parted where a line in another type size opens with a label."""
    pieces: list[list[Word]] = []
    size = 0.0
    for line in lines_of(block):
        mine = line[0].size
        if pieces and (abs(mine - size) < 0.3 or read_caption(join(line)) is None):
            pieces[-1] += line
        else:
            pieces.append(list(line))
        size = mine
    return pieces


def _without_table(block: list[Word], rules: Rules) -> list[Word]:
    """The lines of a caption up to the first rule, or the first that stands in columns."""
    lines = lines_of(block)
    kept = list(lines[0])
    for above, line in itertools.pairwise(lines):
        left, right = kept[0].box[0], max(word.box[2] for word in line)
        is_ruled = any(above[0].middle < r[1] < line[0].middle and r[0] < right and r[2] > left for r in rules.across)
        if is_ruled or len(parts(line, 1.5)) > 1:
            break
        kept += line
    return kept


def _regions(page: Any, words: Sequence[Word], rules: Rules, captions: Sequence[PlacedCaption]) -> list[Box]:
    """Where the tables of a page stand: ruled ones, then what stands below other captions, then what PyMuPDF finds.

    The layout model's runtime is loaded only for the last: it costs a second and 300 MB.
    """
    boxes = [placed.box for placed in captions]
    ours = [placed.box for placed in captions if placed.caption.kind == "table"]
    figures = [placed.box for placed in captions if placed.caption.kind == "figure"]
    found = [
        box
        for box in ruled_regions(words, rules, boxes)
        if any(distance(box, caption) < _NEAR_CAPTION for caption in ours)
        or (not any(distance(box, other) < _NEAR_CAPTION for other in figures) and is_tabular(words, box))
    ]
    lone = [box for box in ours if not any(distance(box, other) < _NEAR_CAPTION for other in found)]
    if len(ours) > len(found) and not lone:
        lone = ours
    missing = 0
    for caption in lone if len(ours) > len(found) else ():
        box = region_at(caption, words, page.rect.width, [*found, *boxes])
        if box is None:
            missing += 1
        else:
            found.append(box)
    if missing or (not found and not ours):
        found += [box for box in _modelled(page) if not any(overlaps(box, other) for other in found)]
    return sorted(found, key=lambda box: (box[1], box[0]))


def _modelled(page: Any) -> list[Box]:
    import pymupdf.layout

    pymupdf.layout.activate()
    return [tuple(float(x) for x in one.bbox) for one in page.find_tables().tables if one.col_count > 1]  # type: ignore[misc]


def _with_captions(tables: Sequence[Table], captions: Sequence[PlacedCaption]) -> list[Table]:
    """Tables with their captions: those of a page all stand above their tables or all below, where one side fits."""
    above = _tied(tables, captions, lambda table, box: box[1] < table[1])
    below = _tied(tables, captions, lambda table, box: box[1] >= table[1])
    best = below if len(below) > len(above) else above
    if len(best) < min(len(tables), len(captions)):
        either = _tied(tables, captions, lambda table, box: True)
        best = either if len(either) > len(best) else best
    done = []
    for i, table in enumerate(tables):
        if i in best:
            caption = captions[best[i]].caption
            table = table.model_copy(update={"label": caption.label, "caption": caption.text})
            table = table.model_copy(update={"last_page": -1}) if caption.is_continued else table
        done.append(table)
    return done


def _tied(
    tables: Sequence[Table], captions: Sequence[PlacedCaption], fits: Callable[[Box, Box], bool]
) -> dict[int, int]:
    """Which caption, by index, each table has: the nearest that fits, each used once; above is nearer than below."""
    pairs = sorted(
        (distance(table.bbox, placed.box) + (0 if placed.box[1] < table.bbox[1] else 20), i, j)
        for i, table in enumerate(tables)
        for j, placed in enumerate(captions)
        if fits(table.bbox, placed.box)
    )
    of_table: dict[int, int] = {}
    for far, i, j in pairs:
        if far < 120 and i not in of_table and j not in of_table.values():
            of_table[i] = j
    return of_table
