"""PDFs drawn for the tests: ruled, three-rule, merged-header, two-column and sideways tables with known cells."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pymupdf

Rows = Sequence[Sequence[str]]
PROSE = (
    "The ribbons were melt spun in argon and annealed in vacuum before their magnetic properties were measured at room "
    "temperature in a vibrating sample magnetometer. The results are given below together with those of earlier work. "
)


def draw(
    path: Path,
    rows: Rows,
    *,
    caption: str = "Table 1. Properties of the alloys.",
    rules: str = "three",
    header: int = 1,
    widths: Sequence[float] = (),
    notes: Sequence[str] = (),
    left: float = 70,
    groups: Sequence[tuple[int, int, str]] = (),
    font: str = "helv",
) -> Path:
    """One page with prose, a caption, a table and notes; `^x` at a cell's end is written raised.

    Args:
        groups: first column, last column and text of cells of a header row above, each over a rule of its own.
    """
    document = pymupdf.open()
    page = document.new_page()
    writer = Writer(page, font)
    bottom = writer.paragraph(left, 70, PROSE, 460)
    writer.text(left, bottom + 24, caption, 10)
    widths = list(widths) or [460 / len(rows[0])] * len(rows[0])
    edges = [left]
    for width in widths:
        edges.append(edges[-1] + width)
    top = y = bottom + 34
    lines = [top]
    if groups:
        y += 16
        for first, last, text in groups:
            middle = 0.5 * (edges[first] + edges[last + 1])
            writer.text(middle - 0.5 * writer.width(text, 9), y - 4, text, 9)
            writer.rule(edges[first] + 4, edges[last + 1] - 8, y)
    for number, row in enumerate(rows):
        y += 16
        for column, cell in enumerate(row):
            writer.cell(edges[column] + 4, y - 4, cell, 9)
        if rules == "grid" or number + 1 in (header, len(rows)):
            lines.append(y)
    for line in lines:
        writer.rule(edges[0], edges[-1], line)
    if rules == "grid":
        for edge in edges:
            page.draw_line((edge, top), (edge, y), width=0.6)
    for note in notes:
        y += 12
        writer.cell(left, y, note, 7)
    writer.paragraph(left, y + 40, PROSE, 460)
    document.save(path)
    document.close()
    return path


class Writer:
    """Writes on a page with raised and lowered text."""

    def __init__(self, page: Any, font: str) -> None:
        self.page, self.font = page, font

    def width(self, text: str, size: float) -> float:
        return float(pymupdf.get_text_length(text, self.font, size))

    def text(self, x: float, y: float, text: str, size: float) -> float:
        self.page.insert_text((x, y), text, fontname=self.font, fontsize=size)
        return x + self.width(text, size)

    def cell(self, x: float, y: float, text: str, size: float) -> None:
        """Text in which `^` raises and `_` lowers the word piece behind it, up to `|`."""
        for piece in text.replace("^", "|^").replace("_", "|_").split("|"):
            if piece[:1] == "^":
                x = self.text(x, y - 0.35 * size, piece[1:], 0.65 * size)
            elif piece[:1] == "_":
                x = self.text(x, y + 0.2 * size, piece[1:], 0.65 * size)
            elif piece:
                x = self.text(x, y, piece, size)

    def rule(self, x0: float, x1: float, y: float) -> None:
        self.page.draw_line((x0, y), (x1, y), width=0.6)

    def paragraph(self, x: float, y: float, text: str, width: float) -> float:
        line = ""
        for word in text.split():
            if self.width(f"{line} {word}", 10) > width:
                self.text(x, y, line, 10)
                line, y = word, y + 12
            else:
                line = f"{line} {word}".strip()
        self.text(x, y, line, 10)
        return y
