"""Tables as papers set them: drawn ones come back whatever the rules, with labels over rows and parts over pages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("pymupdf", reason="PyMuPDF is not installed")
import pymupdf
from table_pdfs import Writer, draw

from eutectic.core.evidence import Filters
from eutectic.core.settings import Settings
from eutectic.evals.drawn_tables import drawn_cells
from eutectic.evals.ingest_kills import run_kills
from eutectic.knowledge.library import open_library
from eutectic.knowledge.reader import Limits, ReadDocument
from eutectic.knowledge.reader_process import ReaderProcess
from eutectic.knowledge.records import Source, document_records
from eutectic.knowledge.table import Table

Placed = Sequence[tuple[float, float, str]]
LEFT, WIDE = 70.0, 90.0


@pytest.fixture(scope="module")
def reader() -> Iterator[ReaderProcess]:
    with ReaderProcess() as process:
        yield process


def page_with(document: Any, words: Placed, rules: Sequence[tuple[float, float, float]], font: str = "helv") -> None:
    """A page with words at their places (x, y, text) and rules (from, to, y)."""
    page = document.new_page()
    writer = Writer(page, font)
    for x, y, text in words:
        writer.cell(x, y, text, 9)
    for start, end, y in rules:
        writer.rule(start, end, y)


def saved(document: Any, path: Path) -> Path:
    document.save(path)
    document.close()
    return path


def cells(y: float, *texts: str) -> list[tuple[float, float, str]]:
    return [(LEFT + i * WIDE, y, text) for i, text in enumerate(texts) if text]


def read(reader: ReaderProcess, path: Path) -> ReadDocument:
    return reader.read(path, Limits())


def test_every_cell_of_the_made_tables_comes_back_in_every_style() -> None:
    for style in drawn_cells():
        assert style.wrong == ()
        assert style.exact == style.cells > 50


def test_a_label_midway_over_its_rows_is_said_in_each(reader: ReaderProcess, tmp_path: Path) -> None:
    document = pymupdf.open()
    words = [(LEFT, 100, "Table 1. Annealing."), *cells(124, "Alloy", "Ta (K)", "Hc (A/m)")]
    words += [*cells(140, "", "600", "4.2"), *cells(154, "", "650", "3.1"), *cells(147, "Fe85B15")]
    words += [*cells(168, "", "600", "9.8"), *cells(182, "Fe80B20", "650", "7.7"), *cells(196, "", "700", "8.1")]
    page_with(document, words, [(66, 330, y) for y in (112, 128, 201)])
    (table,) = read(reader, saved(document, tmp_path / "a.pdf")).tables
    assert [row[0] for row in table.rows] == ["Fe85B15"] * 2 + ["Fe80B20"] * 3
    assert [row[2] for row in table.rows] == ["4.2", "3.1", "9.8", "7.7", "8.1"]


def test_wrapped_cells_and_headers_are_one_cell(reader: ReaderProcess, tmp_path: Path) -> None:
    document = pymupdf.open()
    words = [(LEFT, 100, "Table 1. Catalysts."), *cells(124, "Property", "Ni3Fe", "Ni2Fe")]
    words += [*cells(140, "Tafel slope"), *cells(145.5, "", "41", "52"), *cells(151, "(mV/dec)")]
    words += [*cells(170, "Overpotential (mV)", "231", "244")]
    page_with(document, words, [(66, 330, y) for y in (112, 128, 176)])
    (table,) = read(reader, saved(document, tmp_path / "a.pdf")).tables
    assert table.rows == (("Tafel slope (mV/dec)", "41", "52"), ("Overpotential (mV)", "231", "244"))


def test_two_tables_of_one_width_stay_two(reader: ReaderProcess, tmp_path: Path) -> None:
    document = pymupdf.open()
    words: list[tuple[float, float, str]] = []
    rules = []
    for top, name in ((100.0, "1"), (200.0, "2")):
        words += [(LEFT, top, f"Table {name}. Series {name}."), *cells(top + 20, "Alloy", f"Bs (T) {name}")]
        words += [*cells(top + 36, "Fe85B15", f"1.6{name}"), *cells(top + 50, "Fe80B20", f"1.5{name}")]
        rules += [(66.0, 240.0, top + y) for y in (9, 25, 55)]
    page_with(document, words, rules)
    tables = read(reader, saved(document, tmp_path / "a.pdf")).tables
    assert [(table.label, table.rows[0][1]) for table in tables] == [("Table 1", "1.61"), ("Table 2", "1.62")]


def test_a_table_goes_on_over_the_page_without_its_header(reader: ReaderProcess, tmp_path: Path) -> None:
    document = pymupdf.open()
    rows = [cells(650 + 14 * i, f"Fe{90 - i}B{10 + i}", f"1.{60 - i}") for i in range(7)]
    words = [(LEFT, 618, "Table 1. Screening."), *cells(638, "Alloy", "Bs (T)"), *(c for row in rows for c in row)]
    page_with(document, words, [(66, 240, 628), (66, 240, 641), (66, 240, 740)])
    more = [cells(90 + 14 * i, f"Fe{80 - i}B{20 + i}", f"1.{40 - i}") for i in range(5)]
    page_with(document, [c for row in more for c in row], [(66, 240, 78), (66, 240, 152)])
    path = saved(document, tmp_path / "long.pdf")
    (table,) = read(reader, path).tables
    assert (table.page, table.last_page, len(table.rows)) == (1, 2, 12)
    with open_library(tmp_path / "library", Settings()) as library:
        library.ingest([path])
        found = {r.material: (r.page, r.status) for r in library.records()}
    assert (found["Fe90B10"], found["Fe76B24"]) == ((1, "verified"), (2, "verified"))


def test_a_caption_at_the_foot_belongs_to_the_table_on_the_next_page(reader: ReaderProcess, tmp_path: Path) -> None:
    document = pymupdf.open()
    page_with(document, [(LEFT, 780, "Table 4. Melting data.")], [])
    page_with(document, [*cells(90, "Alloy", "Tm (K)"), *cells(106, "Fe85B15", "1450"), *cells(120, "Fe80B20", "1448")],
              [(66, 240, 78), (66, 240, 94), (66, 240, 126)])  # fmt: skip
    (table,) = read(reader, saved(document, tmp_path / "a.pdf")).tables
    assert (table.label, table.page, table.rows[1]) == ("Table 4", 2, ("Fe80B20", "1448"))


def test_small_capitals_keep_the_spelling_of_formulas(reader: ReaderProcess, tmp_path: Path) -> None:
    document = pymupdf.open()
    page = document.new_page()
    writer = Writer(page, "helv")
    x = 70.0
    pieces = (
        ("T", 10),
        ("HE ", 8),
        ("Z", 10),
        ("R", 8),
        ("60", 10),
        ("C", 10),
        ("U", 8),
        ("40", 10),
        (" G", 10),
        ("LASS", 8),
    )
    for text, size in pieces:
        x = writer.text(x, 100, text, size)
    read_back = read(reader, saved(document, tmp_path / "a.pdf"))
    assert "The Zr60Cu40 Glass" in read_back.pages[0].text


def test_chinese_tables_and_columns_set_close_are_read(reader: ReaderProcess, tmp_path: Path) -> None:
    document = pymupdf.open()
    words = [(LEFT, 100, "表 1 合金的磁性能"), *cells(124, "合金成分", "矫顽力 (A/m)")]
    words += [*cells(140, "Fe85B15", "4.2"), *cells(154, "Fe80B20", "6.1")]
    page_with(document, words, [(66, 260, y) for y in (112, 128, 160)], "china-s")
    rows = (("C", "0.38", "1.00"), ("Mn", "0.51", "0.71"), ("Cr", "0.21", "0.41"))
    words = [(LEFT, 100, "Table 2. Composition (wt.%)."), (LEFT, 124, "Element"), (110, 124, "P91"), (131, 124, "T22")]
    words += [(x, 140 + 14 * i, row[j]) for i, row in enumerate(rows) for j, x in enumerate((LEFT, 110, 130))]
    page_with(document, words, [(66, 152, y) for y in (112, 128, 174)])
    first, second = read(reader, saved(document, tmp_path / "a.pdf")).tables
    assert first.headers[0] == ("合金成分", "矫顽力 (A/m)")
    assert first.rows[0] == ("Fe85B15", "4.2")
    assert second.rows == rows


def test_kills_of_an_ingest_lose_and_double_nothing(tmp_path: Path) -> None:
    for name, word in (("a", "iron"), ("b", "cobalt"), ("c", "nickel")):
        (tmp_path / f"{name}.txt").write_text(f"The {word} ribbon has a coercivity of 4.2 A/m.\fSecond page of {word}.")
    found = run_kills(sorted(tmp_path.glob("*.txt")), kills=3, seed=1)
    assert found.problems == ()
    assert (found.kills, found.documents) == (3, 3)


HTML = """<p>Table 2. Ribbons.</p><table><tr><th rowspan=2>Alloy</th><th colspan=2>As-cast</th><th>Annealed</th></tr>
<tr><th>B<sub>s</sub> (T)</th><th>H<sub>c</sub> (A/m)</th><th>H<sub>c</sub> (A/m)</th></tr><tr><td>Fe<sub>85</sub>B
<sub>15</sub></td><td>1.60</td><td>4.2 ± 0.3</td><td>10<sup>1</sup><span style='display:none'>9.9</span></td></tr>
</table>
<table><tr><td>menu</td></tr><tr><td>home</td></tr></table>"""
MARKDOWN = """Table 1. Conductivity.

| Electrolyte | σ (S/cm) |
|:--|--:|
| Li6.9La3Zr1.9Ta0.1O12 | 4.5 × 10^-4 |
"""


def test_tables_of_web_pages_and_markdown_become_records(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(HTML, encoding="utf-8")
    (tmp_path / "notes.md").write_text(MARKDOWN, encoding="utf-8")
    with open_library(tmp_path / "library", Settings()) as library:
        library.ingest([tmp_path / "page.html", tmp_path / "notes.md"])
        found = {(r.table, r.property_written, r.value, r.conditions.sample, r.status) for r in library.records()}
    assert found == {
        ("Table 1", "σ", 4.5e-4, "", "verified"),
        ("Table 2", "Bs", 1.6, "As-cast", "verified"),
        ("Table 2", "Hc", 4.2, "As-cast", "verified"),
        ("Table 2", "Hc", 10.0, "Annealed", "verified"),
    }


def test_an_older_version_is_kept_but_neither_searched_nor_counted(tmp_path: Path) -> None:
    words = "The ribbons were melt spun in argon and measured at room temperature in a vibrating sample magnetometer."
    for name, value in (("preprint", "1.58"), ("paper", "1.62")):
        text = f"# Ribbons\n\ndoi: 10.1234/magnets.2020\n\n{words} The Bs of Fe85B15 is {value} T."
        (tmp_path / f"{name}.md").write_text(text, encoding="utf-8")
    question = "What is the Bs of Fe85B15?"
    with open_library(tmp_path / "library", Settings()) as library:
        library.ingest([tmp_path / "preprint.md"])
        library.ingest([tmp_path / "paper.md"])
        assert {d.name: d.newer for d in library.documents()} == {"preprint.md": "paper.md", "paper.md": ""}
        assert {passage.document for passage in library.search(question)} == {"paper.md"}
        older = library.search(question, filters=Filters(documents=("preprint.md",)))
        assert "1.58" in older[0].text
        assert [record.value for record in library.records()] == [1.62]


@pytest.mark.parametrize("turn", [90, -90])
def test_a_table_printed_sideways_is_read_upright(reader: ReaderProcess, tmp_path: Path, turn: int) -> None:
    rows = [["Alloy", "Bs (T)"], ["Fe85B15", "1.60"], ["Fe80B20", "1.55"]]
    upright = pymupdf.open(draw(tmp_path / "upright.pdf", rows))
    document = pymupdf.open()
    box = upright[0].rect
    page = document.new_page(width=box.height, height=box.width)
    page.show_pdf_page(page.rect, upright, 0, rotate=turn)
    (table,) = read(reader, saved(document, tmp_path / "sideways.pdf")).tables
    assert table.rows == (("Fe85B15", "1.60"), ("Fe80B20", "1.55"))


def test_two_halves_side_by_side_are_one_list() -> None:
    rows = (("Fe85B15", "1.60", "Fe80B20", "1.55"), ("Fe75B25", "1.48", "Fe70B30", "1.40"))
    table = Table(page=1, label="Table 1", headers=(("Alloy", "Bs (T)") * 2,), rows=rows)
    page = "\n".join(cell for row in rows for cell in row)
    found = document_records(Source("paper.pdf", {1: page}, (), (table,)))
    assert [(r.material, r.value, r.status) for r in found] == [
        ("Fe85B15", 1.6, "verified"),
        ("Fe75B25", 1.48, "verified"),
        ("Fe80B20", 1.55, "verified"),
        ("Fe70B30", 1.4, "verified"),
    ]
    assert [r.column for r in found] == [1, 1, 3, 3]


def test_a_shared_site_is_open_until_the_document_says_its_ratio() -> None:
    table = Table(page=1, label="Table 1", headers=(("Alloy", "Bs (T)"),), rows=(("(Fe,Co)85B15", "1.80"),))
    cells = "(Fe,Co)85B15 1.80"
    (alone,) = document_records(Source("a.pdf", {1: cells}, (), (table,)))
    assert (alone.composition, alone.status, alone.material) == (None, "flagged", "(Fe,Co)85B15")
    said = f"Ribbons of (Fe0.8Co0.2)85B15 were cast.\n{cells}"
    known = [r for r in document_records(Source("a.pdf", {1: said}, (), (table,))) if r.source == "table"]
    assert known[0].composition is not None
    assert known[0].composition.fractions["Co"] == pytest.approx(0.17)
