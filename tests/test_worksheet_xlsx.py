"""The results template as a workbook: filled in as a spreadsheet does it, with all that spreadsheets do to data."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from test_worksheet import Desk

from eutectic.core.errors import BadTable
from eutectic.lab_interface.results_import import ImportReport, read_results


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def filled(desk: Desk, *changes: dict[str, Any], each: Callable[[Any], None] | None = None) -> ImportReport:
    """The workbook with its first rows filled in as typed values, read again."""
    book = load_workbook(desk.sheets / "results_template.xlsx")
    sheet = book["results"]
    places = {cell.value: cell.column for cell in sheet[1]}
    for line, change in enumerate(changes, start=2):
        for name, value in change.items():
            sheet.cell(row=line, column=places[name]).value = value
    if each is not None:
        each(book)
    path = desk.folder / "results.xlsx"
    book.save(path)
    return read_results(path, desk.plan)


def test_the_workbook_holds_the_template_and_the_plan(desk: Desk) -> None:
    book = load_workbook(desk.sheets / "results_template.xlsx")
    rows = [[cell.value or "" for cell in row] for row in book["results"].iter_rows()]
    assert rows[0] == list(desk.rows()[0])
    assert [row[0] for row in rows[1:]] == [sample.sample for sample in desk.plan.samples]
    assert desk.plan.sha256 in book["how to"]["A1"].value
    assert all(cell.number_format == "@" for cell in book["results"]["A"][1:])


def test_typed_numbers_and_texts_read_as_a_csv_does(desk: Desk) -> None:
    report = filled(
        desk,
        {"mass Fe [mg]": 1900, "mass B [mg]": 100.5, "value Bs [T]": 1.52, "note": "=pale"[1:]},
        {"value Bs [T]": "<0.1"},
        {"value Bs [T]": "1,44"},
    )
    assert report.refused == ()
    first, second, third = report.observations
    assert (first.value("Bs"), first.achieved_from) == (1.52, "weighed")
    assert (second.measurements[0].censoring, third.value("Bs")) == ("below", 1.44)


def test_a_label_that_became_a_number_is_refused_with_its_line(desk: Desk) -> None:
    report = filled(desk, {"sample": float("1E5"), "value Bs [T]": 1.5})
    (refused,) = report.refused
    assert refused.line == 2 and "made '100000' of a label" in refused.reason
    assert report.observations == ()


@pytest.mark.parametrize(
    ("change", "why"),
    [
        pytest.param({"value Bs [T]": "=1+0.5"}, "is a formula", id="formula for a value"),
        pytest.param({"note": "=HYPERLINK(1)", "value Bs [T]": 1.5}, "is a formula", id="formula in a note"),
        pytest.param({"value Bs [T]": datetime(2026, 5, 1)}, "made the date 2026-05-01", id="1.5 turned into a date"),
        pytest.param({"value Bs [T]": True}, "True is not a number", id="truth value"),
        pytest.param({"value Bs [T]": "#DIV/0!"}, "holds the error", id="error"),
    ],
)
def test_what_a_spreadsheet_made_of_a_cell_refuses_its_line(desk: Desk, change: dict[str, Any], why: str) -> None:
    report = filled(desk, change, {"value Bs [T]": 1.4})
    assert [item.line for item in report.refused] == [2] and why in report.refused[0].reason
    assert [item.value("Bs") for item in report.observations] == [1.4]


def test_results_on_another_sheet_and_empty_lines_are_found(desk: Desk) -> None:
    def shuffled(book: Any) -> None:
        book.move_sheet("how to", offset=-1)
        book["results"].insert_rows(3, amount=2)

    report = filled(desk, {"value Bs [T]": 1.5}, each=shuffled)
    assert report.refused == () and len(report.observations) == 1


def test_an_archive_that_is_no_workbook_is_refused(desk: Desk) -> None:
    path = desk.folder / "r.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.txt", "hello")
    with pytest.raises(BadTable, match="no Excel workbook"):
        read_results(path, desk.plan)


def test_a_workbook_that_unpacks_to_too_much_is_refused(desk: Desk) -> None:
    path = desk.folder / "r.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", b" " * 101_000_000)
    with pytest.raises(BadTable, match="when unpacked"):
        read_results(path, desk.plan)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 6000), st.integers(0, 255))
def test_a_damaged_workbook_gives_a_report_or_a_refusal(desk: Desk, place: int, byte: int) -> None:
    data = bytearray((desk.sheets / "results_template.xlsx").read_bytes())
    data[place % len(data)] = byte
    path = desk.folder / "r.xlsx"
    path.write_bytes(bytes(data))
    try:
        assert read_results(path, desk.plan).observations == ()
    except BadTable:
        return


def test_a_workbook_cut_short_is_refused(desk: Desk) -> None:
    whole = (desk.sheets / "results_template.xlsx").read_bytes()
    path = desk.folder / "r.xlsx"
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(BadTable):
        read_results(path, desk.plan)
    assert zipfile.is_zipfile(io.BytesIO(whole))
