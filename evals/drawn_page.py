"""Draws made papers into PDFs with PyMuPDF; run as a program, it reads papers as JSON and writes one file each."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

_PIECE = re.compile(
    r"\^\{(?P<over>[^}]*)\}_\{(?P<under>[^}]*)\}|\^\{(?P<up>[^}]*)\}|_\{(?P<down>[^}]*)\}|(?P<text>[^_^]+|[_^])"
)
_SMALL, _UP, _DOWN = 0.66, 0.36, 0.2
_WIDE = 470.0
_ABOVE = "\N{NULL}"
PROSE = (
    "The samples were prepared by arc melting under argon and their structure was confirmed by diffraction. "
    "All measurements were repeated on at least three pieces, and the scatter is discussed in the last section. "
)
PROSE_ZH = "样品由电弧熔炼制备，其结构由衍射确认。所有测量至少在三个样品上重复进行，其离散性在最后一节讨论。"


class Pen:
    """Writes marked-up text and rules on one page, upright or a quarter turned."""

    def __init__(self, page: Any, face: str, is_turned: bool) -> None:
        import pymupdf

        self.page, self.is_turned = page, is_turned
        self.mu = pymupdf
        self.fonts = [pymupdf.Font(face), pymupdf.Font("cjk")]
        self.writer = pymupdf.TextWriter(page.rect)
        self.lines: list[tuple[float, float, float, float]] = []

    def width(self, text: str, size: float) -> float:
        """Of marked-up text, in points."""
        return self._run(0, 0, text, size, is_written=False)

    def write(self, x: float, y: float, text: str, size: float) -> float:
        """Write marked-up text from a baseline point on; returns where it ends."""
        return self._run(x, y, text, size, is_written=True)

    def _run(self, x: float, y: float, text: str, size: float, *, is_written: bool) -> float:
        for match in _PIECE.finditer(text):
            small = _SMALL * size
            if match["over"] is not None:
                ends = (self._plain(x, y - _UP * size, match["over"], small, is_written=is_written),
                        self._plain(x, y + _DOWN * size, match["under"], small, is_written=is_written))  # fmt: skip
                x = max(ends)
            elif match["up"] is not None:
                x = self._plain(x, y - _UP * size, match["up"], small, is_written=is_written)
            elif match["down"] is not None:
                x = self._plain(x, y + _DOWN * size, match["down"], small, is_written=is_written)
            else:
                x = self._plain(x, y, match["text"], size, is_written=is_written)
        return x

    def _plain(self, x: float, y: float, text: str, size: float, *, is_written: bool) -> float:
        for font, piece in self._by_font(text):
            if is_written:
                self.writer.append((x, y), piece, font=font, fontsize=size)
            x += font.text_length(piece, size)
        return x

    def _by_font(self, text: str) -> list[tuple[Any, str]]:
        pieces: list[tuple[Any, str]] = []
        for letter in text:
            font = self.fonts[0] if self.fonts[0].has_glyph(ord(letter)) else self.fonts[1]
            if pieces and pieces[-1][0] is font:
                pieces[-1] = (font, pieces[-1][1] + letter)
            else:
                pieces.append((font, letter))
        return pieces

    def rule(self, x0: float, y0: float, x1: float, y1: float) -> None:
        """A rule."""
        self.lines.append((x0, y0, x1, y1))

    def paragraph(self, x: float, y: float, text: str, width: float, size: float = 10) -> float:
        """Text broken into lines; returns the height below it."""
        line = ""
        parts = re.findall(r"[㐀-鿿，。；、（）]|[^\s㐀-鿿，。；、（）]+\s*|\s+", text)
        for part in parts:
            if line and self.width(line + part.rstrip(), size) > width:
                self.write(x, y, line.rstrip(), size)
                line, y = "", y + 1.25 * size
            line += part
        if line.strip():
            self.write(x, y, line.rstrip(), size)
        return y + 1.25 * size

    def done(self) -> None:
        """Put all on the page."""
        middle = self.mu.Point(self.page.rect.width / 2, self.page.rect.width / 2)
        turn = self.mu.Matrix(0, -1, 1, 0, 0, 0)
        morph = (middle, turn) if self.is_turned else None
        shape = self.page.new_shape()
        for x0, y0, x1, y1 in self.lines:
            shape.draw_line((x0, y0), (x1, y1))
            shape.finish(width=0.6, morph=morph)
        shape.commit()
        self.writer.write_text(self.page, morph=morph)


class Plan:
    """Where the columns and lines of a sheet stand."""

    def __init__(self, pen: Pen, sheet: dict[str, Any], look: dict[str, Any], room: float) -> None:
        self.sheet, self.look, self.pen = sheet, look, pen
        self.size, self.pad = float(look["size"]), float(look["pad"])
        self.n = sum(span for _, span in sheet["heads"][-1])
        self.widths = self._widths()
        while sum(self.widths) > room and self.size > 6.5:
            self.size, self.pad = self.size - 0.5, max(3.0, self.pad - 1)
            self.widths = self._widths()
        self.pitch = self.size * float(look["pitch"])

    def _widths(self) -> list[float]:
        widths = [0.0] * self.n
        for row in [*self.sheet["rows"], *self._single_heads()]:
            if len(row) == self.n:
                for j, cell in enumerate(row):
                    for line in self.cut(cell):
                        widths[j] = max(widths[j], self.pen.width(line, self.size) + 2 * self.pad)
        for row in self.sheet["heads"]:
            at = 0
            for text, span in row:
                need = self.pen.width(text, self.size) + 2 * self.pad - sum(widths[at : at + span])
                for j in range(at, at + span) if span > 1 and need > 0 else ():
                    widths[j] += need / span
                at += span
        return widths

    def _single_heads(self) -> list[list[str]]:
        return [[text if span == 1 else "" for text, span in row for _ in range(span)] for row in self.sheet["heads"]]

    def cut(self, cell: str) -> list[str]:
        """The lines of a cell."""
        return cell.replace(_ABOVE, "").split("\n")


def _draw_sheet(pen: Pen, plan: Plan, x: float, y: float, rows: list[list[str]], *, is_headed: bool) -> float:
    """Draw header and rows from a height on; returns the height below."""
    style, right = plan.look["rules"], x + sum(plan.widths)
    top = y
    if style in ("three", "grid", "double"):
        pen.rule(x, y, right, y)
        if style == "double":
            pen.rule(x, y + 2, right, y + 2)
    for level, row in enumerate(plan.sheet["heads"] if is_headed else ()):
        y = _draw_head(pen, plan, x, y, row, is_last=level + 1 == len(plan.sheet["heads"]))
    if is_headed and style in ("three", "grid", "double", "rows"):
        pen.rule(x, y, right, y)
    body = y
    for number, row in enumerate(rows):
        y = _draw_row(pen, plan, x, y, row, _depth(rows, number))
        is_joined = number + 1 < len(rows) and _ABOVE in rows[number + 1]
        if style in ("grid", "rows") and number + 1 < len(rows):
            pen.rule(x + (plan.widths[0] if is_joined else 0), y, right, y)
    if style in ("three", "grid", "double", "rows"):
        pen.rule(x, y, right, y)
    if style == "grid":
        for j in range(plan.n + 1):
            edge = x + sum(plan.widths[:j])
            pen.rule(edge, top if j in (0, plan.n) else body, edge, y)
    return y


def _depth(rows: list[list[str]], number: int) -> int:
    """Rows that the first cell of a row runs over."""
    depth = 1
    while number + depth < len(rows) and rows[number + depth][0] == _ABOVE:
        depth += 1
    return depth


def _draw_head(pen: Pen, plan: Plan, x: float, y: float, row: list[Any], *, is_last: bool) -> float:
    lines = max(len(plan.cut(text)) for text, _ in row)
    height, at = plan.pitch + (lines - 1) * 1.15 * plan.size, 0
    for text, span in row:
        wide = sum(plan.widths[at : at + span])
        _draw_cell(pen, plan, x, y, wide, text, plan.look["align"] if at else "left", span > 1)
        if span > 1 and text and plan.look["rules"] != "none" and not is_last:
            pen.rule(x + 3, y + height - 1, x + wide - 3, y + height - 1)
        x, at = x + wide, at + span
    return y + height


def _draw_row(pen: Pen, plan: Plan, x: float, y: float, row: list[str], depth: int) -> float:
    lines = max(len(plan.cut(cell)) for cell in row)
    height = plan.pitch + (lines - 1) * 1.15 * plan.size
    if len(row) == 1:
        middle = x + (sum(plan.widths) - pen.width(row[0], plan.size)) / 2
        pen.write(x + plan.pad if plan.look["titles"] == "left" else middle, y + 0.72 * plan.pitch, row[0], plan.size)
        return y + height
    for j, cell in enumerate(row):
        down = (depth - 1) * height / 2 if j == 0 and plan.look["merged"] == "middle" else 0.0
        _draw_cell(pen, plan, x, y + down, plan.widths[j], cell, plan.look["align"] if j else "left", False)
        x += plan.widths[j]
    return y + height


def _draw_cell(pen: Pen, plan: Plan, x: float, y: float, wide: float, cell: str, align: str, is_span: bool) -> None:
    for i, line in enumerate(plan.cut(cell)):
        width = pen.width(line, plan.size)
        left = {"left": x + plan.pad, "right": x + wide - plan.pad - width, "centre": x + (wide - width) / 2}
        at = left["centre"] if is_span else left[align]
        if line:
            pen.write(at, y + 0.72 * plan.pitch + i * 1.15 * plan.size, line, plan.size)


def draw(path: str, paper: dict[str, Any], look: dict[str, Any]) -> None:
    """Write a paper into a PDF."""
    import pymupdf

    document = pymupdf.open()
    prose = PROSE_ZH if paper["is_chinese"] else PROSE
    text = [prose, *paper["sentences"]]
    pen = _page(document, look, False)
    y = 70.0
    for paragraph in text:
        y = pen.paragraph(62, y, paragraph, _WIDE) + 5
    for sheet in paper["sheets"]:
        is_apart = sheet["is_sideways"] or sheet["breaks_at"]
        need = 90 + 16 * (len(sheet["rows"]) + len(sheet["heads"]) + len(sheet["notes"]))
        if is_apart or y + need > 770:
            pen.done()
            pen, y = _page(document, look, sheet["is_sideways"]), 80.0
            if sheet["breaks_at"]:
                y = pen.paragraph(62, y, prose * 3, _WIDE)
                y = 735 - float(look["pitch"]) * float(look["size"]) * (sheet["breaks_at"] + len(sheet["heads"]))
        pen, y = _with_sheet(document, pen, sheet, look, y + 14)
        if is_apart:
            pen.done()
            pen, y = _page(document, look, False), 70.0
        y = pen.paragraph(62, y + 26, prose, _WIDE) + 6
    pen.done()
    document.save(path)


def _page(document: Any, look: dict[str, Any], is_turned: bool) -> Pen:
    return Pen(document.new_page(width=595, height=842), look["face"], is_turned)


def _with_sheet(document: Any, pen: Pen, sheet: dict[str, Any], look: dict[str, Any], y: float) -> tuple[Pen, float]:
    x, room = 62.0, 690.0 if sheet["is_sideways"] else _WIDE
    plan = Plan(pen, sheet, look, room)
    cut = sheet["breaks_at"]
    title = f"{sheet['label']}{look['stop']} {sheet['caption']}"
    if look["caption"] == "above" or cut:
        y = pen.paragraph(x, y, title, room, 9) - 3
    y = _draw_sheet(pen, plan, x, y, sheet["rows"][:cut] if cut else sheet["rows"], is_headed=True)
    if cut:
        pen.done()
        pen, y = _page(document, look, False), 70.0
        if sheet["is_headed_again"]:
            pen.write(x, y, f"{sheet['label']} (continued)", 9)
            y += 6
        plan.pen = pen
        y = _draw_sheet(pen, plan, x, y, sheet["rows"][cut:], is_headed=sheet["is_headed_again"])
    for note in sheet["notes"]:
        y += 10
        pen.write(x, y, note, 7.5)
    if look["caption"] == "below" and not cut:
        y = pen.paragraph(x, y + 16, title, room, 9) - 3
    return pen, y


if __name__ == "__main__":
    sys.modules["onnxruntime"] = None  # type: ignore[assignment]
    for job in json.load(sys.stdin):
        Path(job["path"]).parent.mkdir(parents=True, exist_ok=True)
        draw(job["path"], job["paper"], job["look"])
