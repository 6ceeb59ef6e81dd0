"""The tables of the made papers drawn into PDFs in several styles, and which of their cells the reader gives back."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
import unicodedata
from collections import Counter
from importlib.resources import files
from pathlib import Path
from typing import Any

from eutectic.core.errors import EutecticError
from eutectic.core.record import Record
from eutectic.knowledge.reader import Limits
from eutectic.knowledge.reader_process import ReaderProcess

STYLES = ("three rules", "grid", "row rules", "no rules", "tight")
_DRAW = r"""
import json, sys
sys.modules["onnxruntime"] = None
import pymupdf
SIZE = 9
font = pymupdf.Font("cjk")
def drawn(path, table, style):
    document = pymupdf.open()
    page = document.new_page(width=842, height=595)
    writer = pymupdf.TextWriter(page.rect)
    lines = [*table["headers"], *table["rows"]]
    pad = 3.0 if style == "tight" else 7.0
    widths = [max(font.text_length(line[j], SIZE) for line in lines) + 2 * pad for j in range(len(lines[0]))]
    left, y = 60.0, 90.0
    writer.append((left, y), f"{table['label']}. {table['caption'] or 'Results of this work.'}", font=font, fontsize=10)
    y += 12
    top, right, pitch = y, left + sum(widths), 15.0
    rules = [(left, right, y)] if style in ("three rules", "grid", "tight") else []
    for number, line in enumerate(lines):
        x, y, j = left, y + pitch, 0
        while j < len(line):
            n = 1
            while number < len(table["headers"]) - 1 and line[j] and j + n < len(line) and line[j + n] == line[j]:
                n += 1
            wide = sum(widths[j:j + n])
            at = x + (wide - font.text_length(line[j], SIZE)) / 2 if j else x + pad
            writer.append((at, y - 4), line[j], font=font, fontsize=SIZE)
            if n > 1 and style != "no rules":
                rules.append((x + pad, x + wide - pad, y))
            x, j = x + wide, j + n
        is_edge = number + 1 in (len(table["headers"]), len(lines))
        is_row = style in ("grid", "row rules") and number + 1 >= len(table["headers"])
        if is_row or style in ("three rules", "tight") and is_edge:
            rules.append((left, right, y))
    for start, end, height in rules:
        page.draw_line((start, height), (end, height), width=0.6)
    if style == "grid":
        edges = [left + sum(widths[:j]) for j in range(len(widths) + 1)]
        for edge in edges:
            page.draw_line((edge, top), (edge, y), width=0.6)
    writer.append((left, y + 30), "The samples were prepared as described before and measured in air.", font=font)
    writer.write_text(page)
    document.save(path)
for path, table, style in json.load(sys.stdin):
    drawn(path, table, style)
"""


class Cells(Record):
    """Cells given back as they were drawn."""

    name: str
    tables: int
    cells: int
    exact: int
    wrong: tuple[str, ...] = ()
    """Some of the cells that were not, with style and paper."""


def drawn_cells(smoke: bool = False) -> list[Cells]:
    """The cells of every made table in every style.

    Raises:
        EutecticError: PyMuPDF cannot draw them.
    """
    tables = _tables()[:: 4 if smoke else 1]
    with tempfile.TemporaryDirectory() as place, ReaderProcess() as reader:
        jobs = [(str(Path(place) / f"{i}-{j}.pdf"), table, style) for i, table in enumerate(tables)
                for j, style in enumerate(STYLES)]  # fmt: skip
        done = subprocess.run(
            [sys.executable, "-c", _DRAW], input=json.dumps(jobs), capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise EutecticError(f"the tables cannot be drawn: {(done.stderr.splitlines() or [''])[-1][:200]}")
        return [_score(style, [job for job in jobs if job[2] == style], reader) for style in STYLES]


def _tables() -> list[dict[str, Any]]:
    lines = files("eutectic.evals").joinpath("record_papers.jsonl").read_text(encoding="utf-8").splitlines()
    papers = [json.loads(line) for line in lines if line.strip()]
    return [
        {"label": "Table 1", **table, "paper": paper["name"]} | {"label": _label(table)}
        for paper in papers
        for table in paper["tables"]
        if table["headers"]
    ]


def _label(table: dict[str, Any]) -> str:
    return str(table.get("label") or "Table 1")


def _score(style: str, jobs: list[tuple[str, dict[str, Any], str]], reader: ReaderProcess) -> Cells:
    total = exact = 0
    wrong: list[str] = []
    for path, table, _ in jobs:
        read = reader.read(Path(path), Limits()).tables
        wanted = Counter(_plain(c) for line in (*table["headers"], *table["rows"]) for c in line if c)
        have = Counter(_plain(c) for one in read for line in (*one.headers, *one.rows) for c in line if c)
        total += sum(wanted.values())
        exact += sum(min(n, have[cell]) for cell, n in wanted.items())
        wrong += [f"{style}, {table['paper']}: {cell}" for cell, n in wanted.items() if have[cell] < n]
    return Cells(name=style, tables=len(jobs), cells=total, exact=exact, wrong=tuple(wrong[:12]))


def _plain(cell: str) -> str:
    """A cell without white space, compatible forms folded, as drawing and reading may not keep them."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", cell))
