"""The words of a PDF page with their places, raised digits as superscripts, without what nobody sees."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from eutectic.knowledge.chinese import RUN
from eutectic.knowledge.normalise import raised, visible
from eutectic.knowledge.reader_sight import Sight
from eutectic.knowledge.reader_spans import is_exponent, small_capitals
from eutectic.knowledge.table import Box

_LEVEL = 0.4
"""Of the font size: words whose middles differ by less stand on one line."""
_WORD_GAP = 0.22
"""Of the font size: a wider gap parts words even where no space is written."""

_IN_CHINESE = re.compile(rf"(?<=[{RUN}]) (?=[{RUN}])")


@dataclass(frozen=True)
class Word:
    """A run of characters without white space."""

    text: str
    box: Box
    middle: float
    """Height of the middle of the line's main text, in points from the top: raised words share their line's."""
    size: float
    line: int
    """Words of one printed line, as far as the file tells, share a number."""
    block: int = 0
    """Lines of one paragraph, as far as the file tells, share a number."""
    raised_tail: int = 0
    """How many characters at its end stand raised."""


def page_words(pymupdf: Any, page: Any) -> list[Word]:
    """The visible words of a page, in the file's order; lines that run up or down the page are left out."""
    keep = pymupdf.TEXTFLAGS_RAWDICT & ~pymupdf.TEXT_PRESERVE_IMAGES & ~pymupdf.TEXT_PRESERVE_LIGATURES
    sight = Sight(page)
    words: list[Word] = []
    number = 0
    for place, block in enumerate(page.get_text("rawdict", flags=keep)["blocks"]):
        for line in block.get("lines", ()):
            if abs(line["dir"][0]) < 0.9:
                continue
            spans = [span | {"text": "".join(c["c"] for c in span["chars"])} for span in line["spans"]]
            words += _line_words(sight.seen(spans), (number, place))
            number += 1
    return words


def _line_words(spans: list[dict[str, Any]], place: tuple[int, int]) -> Iterator[Word]:
    if not spans:
        return
    size = max(span["size"] for span in spans)
    main = [span["bbox"] for span in spans if span["size"] > 0.92 * size and span["text"].strip()]
    middle = sum(0.5 * (box[1] + box[3]) for box in main) / len(main) if main else 0.0
    letters: list[tuple[str, Box, bool]] = []
    before = ""
    small = small_capitals(spans)
    for i, span in enumerate(spans):
        is_raised = is_exponent(spans, i, before)
        before += span["text"]
        for character in span["chars"]:
            shown = visible(character["c"].lower() if i in small else character["c"])
            box = tuple(character["bbox"])
            if letters and box[0] - letters[-1][1][2] > _WORD_GAP * size:
                yield from _word(letters, middle, size, place)
                letters = []
            if not shown.strip():
                if shown and letters:
                    yield from _word(letters, middle, size, place)
                    letters = []
                continue
            letters.append((raised(shown) if is_raised else shown, box, is_raised))
    yield from _word(letters, middle, size, place)


def _word(letters: list[tuple[str, Box, bool]], middle: float, size: float, place: tuple[int, int]) -> Iterator[Word]:
    if not letters:
        return
    boxes = [box for _, box, _ in letters]
    tail = 0
    while tail < len(letters) and letters[-1 - tail][2]:
        tail += 1
    yield Word(
        "".join(text for text, _, _ in letters),
        (min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes)),
        middle or 0.5 * (boxes[0][1] + boxes[0][3]),
        size,
        *place,
        sum(len(text) for text, _, _ in letters[len(letters) - tail :]),
    )


def lines_of(words: list[Word]) -> list[list[Word]]:
    """Words by printed line, top to bottom, each left to right; a shared height makes a line, not the file's order."""
    lines: list[list[Word]] = []
    for word in sorted(words, key=lambda word: (word.middle, word.box[0])):
        if lines and abs(lines[-1][0].middle - word.middle) < _LEVEL * min(word.size, lines[-1][0].size):
            lines[-1].append(word)
        else:
            lines.append([word])
    return [sorted(line, key=lambda word: word.box[0]) for line in lines]


def join(words: list[Word]) -> str:
    """Words as running text: lines top to bottom, words left to right, one space between; none in Chinese."""
    return _IN_CHINESE.sub("", " ".join(word.text for line in lines_of(words) for word in line))
