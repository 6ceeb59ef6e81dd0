"""The results template as a workbook: labels kept as text, choices to pick from, instructions on a second sheet."""

from __future__ import annotations

import io
from typing import get_args

from eutectic.core.plan import Plan
from eutectic.core.trial import CauseCode
from eutectic.lab_interface.worksheet_tables import (
    CAUSE_COLUMN,
    NOTE_COLUMN,
    STATUS_COLUMN,
    TEXT_COLUMNS,
    Grid,
    neutral,
)

RESULTS_SHEET = "results"
_HOW = (
    "One line per sample. Leave what you have not done yet empty and import the file again later.",
    "Amounts: what you really weighed or dispensed, of every component or of none.",
    "Process values: what was really done; empty means as planned.",
    "Values: a number, <0.1 below the detection limit, >5 above the scale, n.d. where nothing could be read.",
    f"{STATUS_COLUMN}: yes, failed or abandoned; a failed sample needs a {CAUSE_COLUMN}.",
    "start, end: such as 2026-03-01 14:30. lots: such as Fe=A12; B=77. raw files: names of files, separated by ;",
    f"deviation, {NOTE_COLUMN}: what went otherwise than planned, in your words.",
    "Formulas are not read: paste their values. Do not change sample and plan.",
)


def results_xlsx(plan: Plan, table: Grid) -> bytes:
    """The results template of a plan as an XLSX file."""
    from openpyxl import Workbook
    from openpyxl.styles import Font, PatternFill
    from openpyxl.utils import get_column_letter

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = RESULTS_SHEET
    for row in (table.header, *table.rows):
        sheet.append([neutral(cell) for cell in row])
    fill, last = PatternFill("solid", fgColor="E8EEF4"), len(table.rows) + 1
    for place, name in enumerate(table.header, start=1):
        letter = get_column_letter(place)
        head = sheet[f"{letter}1"]
        head.font, head.fill = Font(bold=True), fill
        sheet.column_dimensions[letter].width = max(12, min(40, len(name) + 3))
        for line in range(2, last + 1):
            cell = sheet.cell(row=line, column=place)
            cell.number_format = "@" if name in TEXT_COLUMNS else "General"
    sheet.freeze_panes = "B2"
    for name, choices in ((STATUS_COLUMN, ("yes", "failed", "abandoned")), (CAUSE_COLUMN, get_args(CauseCode))):
        _offer(sheet, get_column_letter(table.header.index(name) + 1), last, choices)
    notes = book.create_sheet("how to")
    for text in (f"Plan {plan.key}, sha256 {plan.sha256}", *_HOW):
        notes.append([text])
    notes.column_dimensions["A"].width = 110
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _offer(sheet: object, letter: str, last: int, choices: tuple[str, ...]) -> None:
    """A drop-down list for a column; other texts are allowed and refused with a reason when they come in."""
    from openpyxl.worksheet.datavalidation import DataValidation
    from openpyxl.worksheet.worksheet import Worksheet

    assert isinstance(sheet, Worksheet)
    rule = DataValidation(type="list", formula1='"' + ",".join(choices) + '"', allow_blank=True, showErrorMessage=False)
    rule.add(f"{letter}2:{letter}{last}")
    sheet.add_data_validation(rule)
