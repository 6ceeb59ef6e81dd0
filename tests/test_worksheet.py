"""The worksheet lab: a sheet a person can carry, results as they were really done, nothing guessed or taken twice."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lab_bench import CAMPAIGN, protocol_of, spec_of, trials_of

from eutectic.core.composition import Composition
from eutectic.core.errors import BadInput, BadTable, LabFailed, PlanChanged, PlanRefused
from eutectic.core.notebook import Notebook
from eutectic.core.plan import Approval, Parameter, Plan
from eutectic.core.record import canonical_json
from eutectic.core.run import RunRef
from eutectic.lab_interface.compile import compile_plan
from eutectic.lab_interface.gate import Gate
from eutectic.lab_interface.labs.worksheet import WorksheetLab
from eutectic.lab_interface.registry import open_lab
from eutectic.lab_interface.results_cells import Reading, read_cell, read_number
from eutectic.lab_interface.results_import import ImportReport, read_results
from eutectic.lab_interface.worksheet_tables import neutral, unneutral


class Desk:
    """A worksheet lab with one plan on it."""

    def __init__(self, folder: Path, title: str = "as cast") -> None:
        process = [{"kind": "continuous", "name": "anneal_T", "low": 500, "high": 900, "unit": "K"}]
        space = spec_of().space.model_dump() | {"process": process}
        lab = {
            "kind": "worksheet",
            "settings": {"furnace_max_c": 1500, "vessel_max_c": 1500, "atmospheres": ["Ar"], "cost_per_trial": 10},
        }
        self.spec = spec_of(space=space, lab=lab)
        self.folder = folder
        opened = open_lab(self.spec, folder)
        assert isinstance(opened, WorksheetLab)
        self.lab = opened
        trials = trials_of("Fe80B20", "Fe70Co10B15Si5", "Fe90Si10", process={"anneal_T": 700.0})
        protocol = protocol_of(Parameter(name="atmosphere", value="Ar", unit="")).model_copy(update={"title": title})
        self.plan: Plan = compile_plan(self.spec, CAMPAIGN, 1, 1, trials, protocol, self.lab.capabilities())
        self.ref: RunRef = self.lab.submit(self.plan, self.plan.key)

    @property
    def sheets(self) -> Path:
        return self.lab.folder_of(self.plan.key)

    def rows(self) -> list[dict[str, str]]:
        """The template's rows."""
        text = (self.sheets / "results_template.csv").read_text(encoding="utf-8-sig")
        return list(csv.DictReader(io.StringIO(text)))

    def filled(self, *changes: dict[str, str], delimiter: str = ",", encoding: str = "utf-8") -> Path:
        """The template with its first rows filled in."""
        rows = self.rows()
        for row, change in zip(rows, changes, strict=False):
            row.update(change)
        out = io.StringIO()
        writer = csv.DictWriter(out, list(rows[0]), delimiter=delimiter)
        writer.writeheader()
        writer.writerows(rows)
        path = self.folder / "results.csv"
        path.write_bytes(out.getvalue().encode(encoding))
        return path

    def read(self, *changes: dict[str, str], **how: Any) -> ImportReport:
        return read_results(self.filled(*changes, **how), self.plan)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_the_sheets_name_the_plan_and_hold_every_dose(desk: Desk) -> None:
    assert desk.lab.status(desk.ref).state == "awaiting_person"
    assert Plan.model_validate_json((desk.sheets / "plan.json").read_bytes()) == desk.plan
    for name in ("worksheet.md", "worksheet.html"):
        text = (desk.sheets / name).read_text(encoding="utf-8")
        assert desk.plan.sha256 in text
        assert all(sample.sample in text for sample in desk.plan.samples)
        assert "hood" in text
    for name in ("transfers.csv", "results_template.csv"):
        assert f"plan-{desk.plan.sha256[:16]}" in (desk.sheets / name).read_text(encoding="utf-8")
    html = (desk.sheets / "worksheet.html").read_text(encoding="utf-8")
    assert "src=" not in html
    assert "http" not in html
    with (desk.sheets / "transfers.csv").open(encoding="utf-8-sig", newline="") as file:
        doses = {(row["sample"], row["component"]): int(row["amount"]) for row in csv.DictReader(file)}
    assert doses == {(s.sample, d.component): d.ticks for s in desk.plan.samples for d in s.doses}


def test_text_from_a_model_stays_text_on_the_sheet(tmp_path: Path) -> None:
    desk = Desk(tmp_path, title="<script>alert(1)</script> | `x` [a](http://b)")
    assert "<script>" not in (desk.sheets / "worksheet.html").read_text(encoding="utf-8")
    markdown = (desk.sheets / "worksheet.md").read_text(encoding="utf-8")
    assert "<script>" not in markdown.replace("\\<", "")
    assert "\\[a\\](http" in markdown


def test_submitting_again_changes_nothing_and_another_plan_is_refused(desk: Desk) -> None:
    (desk.sheets / "worksheet.md").unlink()
    again = open_lab(desk.spec, desk.folder)
    assert again.submit(desk.plan, desk.plan.key) == desk.ref
    assert (desk.sheets / "worksheet.md").is_file()
    with pytest.raises(PlanChanged):
        again.submit(desk.plan.model_copy(update={"cost": 1.0}), desk.plan.key)


def test_what_was_really_weighed_is_what_counts(desk: Desk) -> None:
    report = desk.read(
        {"mass Fe [mg]": "1900", "mass B [mg]": "100", "value Bs [T]": "1.52", "sd Bs [T]": "0.02", "note": "=pale"}
    )
    (found,) = report.observations
    assert found.achieved_from == "weighed"
    wanted = Composition.of({"Fe": 1900.0, "B": 100.0}, "wt%", normalise=True).to("at%")
    assert found.composition.fractions["B"] == pytest.approx(wanted.fractions["B"], abs=1e-6)
    assert (found.value("Bs"), found.measurements[0].sd, found.simulated) == (1.52, 0.02, False)
    assert found.process == {"anneal_T": 700.0}
    assert found.note == "=pale"
    assert "in place of" in report.text()
    assert report.missing == tuple(s.sample for s in desk.plan.samples[1:])


def test_process_values_are_taken_as_done(desk: Desk) -> None:
    report = desk.read({"process anneal_T [K]": "688.5", "value Bs [T]": "1"})
    assert report.observations[0].process == {"anneal_T": 688.5}
    assert "688.5 in place of 700.0" in report.text()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"], ids=["comma", "semicolon", "tab"])
def test_every_common_file_reads_the_same(desk: Desk, encoding: str, delimiter: str) -> None:
    report = desk.read({"value Bs [T]": "1,52", "note": "größer"}, delimiter=delimiter, encoding=encoding)
    assert report.refused == ()
    assert report.observations[0].value("Bs") == 1.52
    assert report.observations[0].note == "größer"


@pytest.mark.parametrize(
    ("note", "encoding"),
    [("样品正常", "gb18030"), ("prêt à 20 °C, 5 µm", "cp1252"), ("größer als öß", "cp1252"), ("王伟说", "gb18030")],
)
def test_files_that_are_not_unicode_are_read_as_what_they_are(desk: Desk, note: str, encoding: str) -> None:
    report = desk.read({"value Bs [T]": "1.5", "note": note}, encoding=encoding)
    assert report.observations[0].note == note
    assert any("not UTF-8" in line for line in report.notes)


@pytest.mark.parametrize(
    ("text", "comma", "value", "censoring"),
    [
        ("1.5", False, 1.5, "none"), ("1,5", True, 1.5, "none"), ("1,5", False, 1.5, "none"),
        ("<0.1", False, 0.1, "below"), ("< 0,1", True, 0.1, "below"), (">5", False, 5.0, "above"),
        ("≤2", False, 2.0, "below"), ("n.d.", False, None, "none"), ("N.D.", False, None, "none"),
        ("1e-3", False, 1e-3, "none"), ("-4", False, -4.0, "none"), ("1 234.5", False, 1234.5, "none"),
    ],
)  # fmt: skip
def test_cells_say_what_they_say(text: str, comma: bool, value: float | None, censoring: Any) -> None:
    assert read_cell(text, has_decimal_comma=comma) == Reading(value, censoring)


@pytest.mark.parametrize(
    "text", ["1,234", "1.234,5", "abc", "1e999", "nan", "inf", "=1+1", "1 to 2", "2024-01-02", "１"]
)
def test_cells_with_more_than_one_reading_or_none_are_refused(text: str) -> None:
    with pytest.raises(BadTable):
        read_number(text, has_decimal_comma=False)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=20), st.booleans())
def test_a_cell_gives_a_finite_number_or_a_refusal(text: str, comma: bool) -> None:
    try:
        found = read_cell(text, has_decimal_comma=comma)
    except BadTable:
        return
    assert found is None or found.value is None or abs(found.value) < float("inf")


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=30))
def test_exported_text_is_never_a_formula_and_comes_back(text: str) -> None:
    cell = neutral(text)
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    assert unneutral(cell) == text or text.startswith("'")


def test_doubtful_lines_are_refused_each_with_its_line_and_reason(desk: Desk) -> None:
    report = desk.read(
        {"value Bs [T]": "1.5?"},
        {"value Bs [T]": "1.5", "mass Fe [mg]": "1000"},
        {"done": "failed", "cause": "gremlins"},
    )
    assert report.observations == ()
    assert [item.line for item in report.refused] == [2, 3, 4]
    text = report.text()
    assert all(word in text for word in ("1.5?", "no amount of", "gremlins", "line 3"))


@pytest.mark.parametrize(
    ("change", "why"),
    [
        pytest.param({"sample": "1E5"}, "no sample '1E5'", id="a number for a label"),
        pytest.param({"plan": "plan-0000000000000000"}, "is of plan-000", id="another plan"),
        pytest.param({"done": "maybe"}, "not yes, failed", id="unclear status"),
        pytest.param({"done": "yes"}, "nothing was measured", id="done without a value"),
        pytest.param({"sd Bs [T]": "0.1", "done": "yes"}, "without a value", id="sd alone"),
        pytest.param({"mass Fe [mg]": "-5", "value Bs [T]": "1"}, "negative", id="negative mass"),
        pytest.param({"value Bs [T]": "1,234"}, "thousand", id="a thousand or one and a bit"),
    ],
)
def test_a_wrong_line_is_refused_with_the_reason(desk: Desk, change: dict[str, str], why: str) -> None:
    report = desk.read(change)
    assert report.observations == ()
    assert why in report.refused[0].reason


def test_the_same_sample_twice_is_refused(desk: Desk) -> None:
    first = desk.plan.samples[0].sample
    report = desk.read({"value Bs [T]": "1"}, {"sample": first, "value Bs [T]": "2"})
    assert [item.sample for item in report.refused] == [first, first]


def test_failed_and_censored_samples_are_kept_with_their_cause(desk: Desk) -> None:
    report = desk.read({"done": "failed", "cause": "sample_prep"}, {"done": "abandoned"}, {"value Bs [T]": "<0.05"})
    failed, abandoned, censored = report.observations
    assert (failed.status, failed.cause) == ("failed", "sample_prep")
    assert (abandoned.status, abandoned.cause) == ("abandoned", "other")
    assert censored.measurements[0].censoring == "below"
    assert desk.lab.record(report) == 3
    assert desk.lab.status(desk.ref).state == "partially_succeeded"


def test_results_come_in_over_days_and_the_same_file_is_nothing_new(desk: Desk) -> None:
    assert desk.lab.record(desk.read({"value Bs [T]": "1.5"})) == 1
    assert desk.lab.status(desk.ref).state == "awaiting_person"
    again = open_lab(desk.spec, desk.folder)
    assert isinstance(again, WorksheetLab)
    assert again.record(desk.read({"value Bs [T]": "1.5"})) == 0
    full = desk.read(*[{"value Bs [T]": value} for value in ("1.5", "1.4", "1.3")])
    assert again.record(full) == 2
    assert again.status(desk.ref).state == "succeeded"
    assert [item.value("Bs") for item in again.result(desk.ref)] == [1.5, 1.4, 1.3]


def test_a_correction_needs_a_reason_and_is_a_new_version(desk: Desk) -> None:
    desk.lab.record(desk.read({"value Bs [T]": "1.5"}))
    other = desk.read({"value Bs [T]": "1.6"})
    with pytest.raises(BadInput, match="--reason"):
        desk.lab.record(other)
    assert desk.lab.record(other, reason="read the wrong line") == 1
    history = desk.lab.history(desk.ref, "r01-s01")
    assert [(item.value("Bs"), reason) for item, reason in history] == [(1.5, ""), (1.6, "read the wrong line")]


def test_values_in_another_unit_or_of_another_property_are_refused(desk: Desk) -> None:
    path = desk.filled({"value Bs [T]": "1.5"})
    for new in ("value Bs [kG]", "value Hc [T]"):
        path.write_text(path.read_text().replace("value Bs [T]", new))
        with pytest.raises(BadTable):
            desk.lab.record(read_results(path, desk.plan))
        path.write_text(path.read_text().replace(new, "value Bs [T]"))


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"PK\x03\x04....", id="spreadsheet"),
        pytest.param(b"a,b\n1,2\n", id="no header"),
        pytest.param(b"sample,plan,plan\n", id="column twice"),
        pytest.param(b'sample,plan\n"open', id="open quote"),
        pytest.param(b"sample,plan\n\x00,\x00\n", id="zero bytes"),
        pytest.param(b"\xff\xfe\x00", id="broken utf-16"),
    ],
)
def test_a_file_that_is_no_table_is_refused_whole(desk: Desk, data: bytes) -> None:
    path = desk.folder / "results.csv"
    path.write_bytes(data)
    with pytest.raises(BadTable):
        read_results(path, desk.plan)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=400))
def test_any_bytes_give_a_report_or_a_refusal(desk: Desk, data: bytes) -> None:
    path = desk.folder / "results.csv"
    path.write_bytes(b"sample,plan,value Bs [T]\n" + data)
    try:
        assert read_results(path, desk.plan).observations == ()
    except BadTable:
        return


def test_a_stop_survives_a_restart_until_a_person_clears_it(desk: Desk) -> None:
    desk.lab.estop("smoke")
    again = open_lab(desk.spec, desk.folder)
    assert isinstance(again, WorksheetLab)
    gate = Gate(desk.spec, again, Notebook(desk.folder / "notebook.db", CAMPAIGN))
    data = canonical_json(desk.plan).encode()
    approval = Approval(plan_sha256=desk.plan.sha256, decision="approve", by="Ada", reason="")
    with pytest.raises(PlanRefused, match="smoke"):
        gate.submit(data, approval)
    with pytest.raises(LabFailed, match="smoke"):
        again.submit(desk.plan, desk.plan.key)
    with pytest.raises(BadInput):
        again.clear_estop(" ")
    again.clear_estop("Ada")
    assert gate.submit(data, approval).key == desk.plan.key


def test_cancel_and_reconcile(desk: Desk) -> None:
    desk.lab.record(desk.read({"value Bs [T]": "1.5"}))
    desk.lab.cancel(desk.ref)
    assert desk.lab.status(desk.ref).state == "partially_succeeded"
    assert desk.lab.reconcile(desk.ref, "ran", "Ada").state == "awaiting_person"
    unknown = desk.ref.model_copy(update={"key": "alloy-1/r09/a1"})
    assert desk.lab.status(unknown).state == "unknown"
    with pytest.raises(BadInput):
        desk.lab.reconcile(desk.ref, "perhaps", "Ada")


@pytest.mark.parametrize(
    ("lab", "place"),
    [
        pytest.param({"tick": "1 g"}, "lab.settings.tick", id="tick"),
        pytest.param({"furnace": 900}, "lab.settings.furnace", id="unknown key"),
        pytest.param({"total_ticks": 10, "min_ticks": 20}, "lab.settings", id="least dose above the sample"),
    ],
)
def test_wrong_settings_are_refused_with_their_place(tmp_path: Path, lab: dict[str, Any], place: str) -> None:
    with pytest.raises(BadInput, match=place):
        open_lab(spec_of(lab={"kind": "worksheet", "settings": lab}), tmp_path)


def test_the_report_is_data(desk: Desk) -> None:
    report = desk.read({"value Bs [T]": "1.5"})
    assert ImportReport.model_validate_json(json.dumps(report.model_dump(mode="json"))) == report
