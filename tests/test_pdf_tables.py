"""Behaviour of tables out of PDFs: every cell of drawn tables comes back as it was drawn, and real ones as printed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("pymupdf", reason="PyMuPDF is not installed")
from table_pdfs import draw
from test_knowledge_pdf import PDFS, needs_pdfs

from eutectic.core.settings import Settings
from eutectic.knowledge.captions import read_caption
from eutectic.knowledge.library import open_library
from eutectic.knowledge.reader import Limits, ReadDocument
from eutectic.knowledge.reader_process import ReaderProcess
from eutectic.knowledge.store import Store
from eutectic.knowledge.table import Table

ROWS = [
    ["Alloy", "Bs (T)", "Hc (A/m)", "Density (g/cm^3|)"],
    ["Fe85B15", "1.60", "4.2 ± 0.3", "7.32"],
    ["Fe80Co5B15", "1.77", "< 5", "7.41"],
    ["Fe75Co10B15", "-0.05", "11.8", "-"],
    ["Fe70Co15B15", "0.68", "10^4", "7.60"],
]
PLAIN = [[cell.replace("^3|", "³").replace("10^4", "10⁴") for cell in row] for row in ROWS]


@pytest.fixture(scope="module")
def reader() -> Iterator[ReaderProcess]:
    with ReaderProcess() as process:
        yield process


def only_table(read: ReadDocument) -> Table:
    assert len(read.tables) == 1, [table.rows for table in read.tables]
    return read.tables[0]


@pytest.mark.parametrize("rules", ["three", "grid"])
@pytest.mark.parametrize("left", [60.0, 90.0])
def test_every_cell_comes_back_as_drawn(reader: ReaderProcess, tmp_path: Path, rules: str, left: float) -> None:
    table = only_table(reader.read(draw(tmp_path / "a.pdf", ROWS, rules=rules, left=left), Limits()))
    assert [list(row) for row in table.headers] == PLAIN[:1]
    assert [list(row) for row in table.rows] == PLAIN[1:]
    assert (table.label, table.caption) == ("Table 1", "Properties of the alloys.")


def test_a_header_over_several_columns_is_said_over_each(reader: ReaderProcess, tmp_path: Path) -> None:
    rows = [["Alloy", "Bs (T)", "Hc (A/m)", "YS (MPa)", "UTS (MPa)"], *(["Fe85B15", "1.60", "4.2", "980", "1100"],) * 3]
    groups = [(1, 2, "Magnetic"), (3, 4, "Mechanical")]
    table = only_table(reader.read(draw(tmp_path / "a.pdf", rows, groups=groups), Limits()))
    assert [table.header(i) for i in range(5)] == [
        "Alloy",
        "Magnetic | Bs (T)",
        "Magnetic | Hc (A/m)",
        "Mechanical | YS (MPa)",
        "Mechanical | UTS (MPa)",
    ]
    assert table.rows[0] == ("Fe85B15", "1.60", "4.2", "980", "1100")


def test_footnote_marks_are_told_from_exponents(reader: ReaderProcess, tmp_path: Path) -> None:
    rows = [["Alloy", "Bs (T)", "Rate (K/s)"], ["Fe85B15", "1.60^a", "10^5"], ["Fe80B20", "1.58", "10^6"]]
    rows += [["Fe78B22", "1.52", "10^5"]]
    path = draw(tmp_path / "a.pdf", rows, notes=["^a| Measured at 77 K."])
    table = only_table(reader.read(path, Limits()))
    assert [row[1:] for row in table.rows] == [("1.60", "10⁵"), ("1.58", "10⁶"), ("1.52", "10⁵")]
    assert [(mark.row, mark.column, mark.mark) for mark in table.marks] == [(1, 1, "a")]
    assert table.footnotes == ("a Measured at 77 K.",)


def test_lowered_numbers_stay_in_the_formula(reader: ReaderProcess, tmp_path: Path) -> None:
    rows = [["Alloy", "x", "Bs (T)"], ["(Fe_82|Co_18|)_85.5|B_14.5", "0.1-0.4", "1.77"], ["Fe_80|B_20", "0.5", "1.60"]]
    table = only_table(reader.read(draw(tmp_path / "a.pdf", rows), Limits()))
    assert [row[0] for row in table.rows] == ["(Fe82Co18)85.5B14.5", "Fe80B20"]


def test_tables_stand_in_the_library_and_survive_it_being_opened_again(tmp_path: Path) -> None:
    path = draw(tmp_path / "paper.pdf", ROWS)
    with open_library(tmp_path / "library", Settings()) as library:
        report = library.ingest([path])
        assert report.files[0].tables == 1
    path.unlink()
    store = Store(tmp_path / "library")
    (table,) = store.tables("paper.pdf")
    assert table.id.endswith("-p1-t1")
    assert table.rows[0][1] == "1.60"
    assert store.original(store.documents()[0]).read_bytes()[:5] == b"%PDF-"
    store.close()


@needs_pdfs
def test_printed_tables_come_back_to_the_last_digit(reader: ReaderProcess) -> None:
    tables = reader.read(PDFS / "metallic-glass-casting_PMC5506926.pdf", Limits()).tables
    by_label = {table.label: table for table in tables}
    assert [row[2] for row in by_label["Table 1"].rows] == ["10⁵", "10⁵", "10²–10³", "—", "—", "1–10³"]
    assert by_label["Table 3"].headers[0][2:] == ("11.63", "15", "20", "25", "30", "35")
    assert by_label["Table 3"].rows[0][2:] == ("3.24", "3.88", "3.27", "38", "39.6", "—")
    assert by_label["Table 3"].rows[2][2:] == ("497.16", "445.27", "405.11", "396.25", "395.44", "—")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Table 2. Compositions of the rods.", ("table", "Table 2", "Compositions of the rods.")),
        ("TABLE III: Moduli", ("table", "TABLE III", "Moduli")),
        ("Table S4 | Mass loss", ("table", "Table S4", "Mass loss")),
        ("表 1 合金成分", ("table", "表 1", "合金成分")),
        ("图2 磁滞回线", ("figure", "图 2", "磁滞回线")),
        ("Fig. 3 (a) XRD patterns", ("figure", "Fig 3", "(a) XRD patterns")),
        ("Table 2 shows the compositions.", None),
        ("Figure 3a,b depicts the curve", None),
        ("Figure 1a–e proves that it changes", None),
        ("Tablets 5 mg", None),
    ],
    ids=lambda value: str(value)[:24],
)
def test_captions_are_told_from_sentences(text: str, found: tuple[str, str, str] | None) -> None:
    caption = read_caption(text)
    assert (None if caption is None else caption[:3]) == found
