"""How a paper's pages are read: columns in order, formulas cut by a line, references apart, BibTeX beside, Chinese."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from table_pdfs import Writer, draw

from eutectic.core.settings import Settings
from eutectic.knowledge.library import Library, open_library

pymupdf = pytest.importorskip("pymupdf", reason="PyMuPDF is not installed")
LEFT = (
    "The ribbons of Fe80B20 were melt spun in argon at a wheel speed of 40 m/s and cut into pieces. ",
    "Their coercivity after annealing was 8.1 A/m, which is low for a binary alloy of this kind. ",
)
RIGHT = (
    "The bulk rods of Zr50Cu50 were cast into a copper mould under a low pressure of helium. ",
    "Their fracture strength in compression was 1790 MPa, and the plastic strain was below one percent. ",
)


def two_columns(path: Path) -> Path:
    document = pymupdf.open()
    page = document.new_page()
    writer = Writer(page, "helv")
    # Written right column first and line by line across, as some files are.
    writer.paragraph(315, 120, "".join(RIGHT) * 2, 235)
    writer.paragraph(50, 120, "".join(LEFT) * 2, 235)
    document.save(path)
    document.close()
    return path


def cut_formula(path: Path) -> Path:
    document = pymupdf.open()
    page = document.new_page()
    writer = Writer(page, "helv")
    writer.text(60, 100, "The saturation induction measured at room temperature for the alloy", 10)
    x = writer.text(60, 114, "(Fe", 10)
    for piece in ("_0.8|Co_0.2|)_85|B_15", " is 1.81 T, the highest of"):
        writer.cell(x, 114, piece, 10)
        x += 45
    writer.text(60, 128, "all, while the density of the sample Zr41.2Ti13.8Cu12.5Ni10-", 10)
    writer.text(60, 142, "Be22.5 is 6.12 g/cm3 as measured by the method of Archimedes.", 10)
    document.save(path)
    document.close()
    return path


def with_references(path: Path, *, doi: str = "10.1234/example.2024.7", value: str = "1.62") -> Path:
    document = pymupdf.open()
    page = document.new_page()
    writer = Writer(page, "helv")
    writer.text(60, 70, "Soft magnetic ribbons of iron and boron", 16)
    writer.text(60, 90, f"doi: {doi}", 8)
    end = writer.paragraph(60, 120, f"The saturation induction of Fe85B15 is {value} T at room temperature. " * 2, 460)
    page.insert_text((60, end + 40), "References", fontname="hebo", fontsize=12)
    writer.text(
        60, end + 60, "[1] A. Author, B. Writer, Crystallisation of Fe60Ni20B20 at 650 K, J. Tests 12 (2001) 34.", 9
    )
    writer.text(60, end + 74, "[2] C. Other, The Curie temperature of Fe75B25 is 760 K, Acta Examples 3 (1999) 5.", 9)
    document.save(path)
    document.close()
    return path


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with open_library(tmp_path / "library", Settings()) as opened:
        yield opened


def page_text(library: Library, name: str) -> str:
    return next(source.pages[1] for source in library.sources() if source.name == name)


def test_two_columns_are_read_one_after_the_other(library: Library, tmp_path: Path) -> None:
    library.ingest([two_columns(tmp_path / "columns.pdf")])
    text = " ".join(page_text(library, "columns.pdf").split())
    for column in (LEFT, RIGHT):
        assert "".join(column).strip() in text
    assert {(r.material, r.property, r.value) for r in library.records()} == {
        ("Fe80B20", "coercivity", 8.1), ("Zr50Cu50", "fracture strength", 1790.0),
    }  # fmt: skip


def test_formulas_lowered_or_cut_by_a_line_are_whole(library: Library, tmp_path: Path) -> None:
    library.ingest([cut_formula(tmp_path / "formula.pdf")])
    found = {
        (r.composition.formula(), r.property, r.value)
        for r in library.records()
        if r.status == "verified" and r.composition is not None
    }
    assert ("Fe68Co17B15", "saturation induction", 1.81) in found
    assert ("Zr41.2Be22.5Ti13.8Cu12.5Ni10", "density", 6.12) in found


def test_the_list_of_references_gives_neither_records_nor_answers(library: Library, tmp_path: Path) -> None:
    library.ingest([with_references(tmp_path / "paper.pdf")])
    assert {(r.material, r.value) for r in library.records()} == {("Fe85B15", 1.62)}
    assert not library.ask("What is the Curie temperature of Fe75B25?").sentences
    assert library.ask("What is the saturation induction of Fe85B15?").sentences


def test_bibtex_beside_a_paper_gives_its_year_and_its_authors(library: Library, tmp_path: Path) -> None:
    pdf = with_references(tmp_path / "paper.pdf")
    entry = "@article{a, title={Soft magnetic ribbons}, author={Author, Anna and Writer, Bo}, year={2024}, "
    (tmp_path / "refs.bib").write_text(entry + "doi={10.1234/example.2024.7}}", encoding="utf-8")
    library.ingest([pdf, tmp_path / "refs.bib"])
    (document,) = library.documents()
    assert (document.year, document.doi) == (2024, "10.1234/example.2024.7")
    assert document.authors == ("Anna Author", "Bo Writer")


def test_one_doi_in_two_files_is_one_paper_in_two_versions(library: Library, tmp_path: Path) -> None:
    library.ingest([with_references(tmp_path / "preprint.pdf", value="1.60")])
    library.ingest([with_references(tmp_path / "published.pdf", value="1.62")])
    assert [r.value for r in library.records()] == [1.62]


def test_a_chinese_table_gives_records(library: Library, tmp_path: Path) -> None:
    rows = [
        ("合金", "饱和磁感应强度/T", "矫顽力/(A/m)"),
        ("Fe80B20", "1.60", "8.1"),
        ("Fe85B15", "1.66", "9.2"),
        ("Fe78Co7B15", "1.74", "7.5"),
    ]
    draw(tmp_path / "zh.pdf", rows, caption="表1 合金的软磁性能", font="china-s")
    library.ingest([tmp_path / "zh.pdf"])
    found = {(r.material, r.property, r.value) for r in library.records() if r.status == "verified"}
    assert found == {
        (alloy, name, float(value))
        for alloy, *cells in rows[1:]
        for name, value in zip(("saturation induction", "coercivity"), cells, strict=True)
    }
