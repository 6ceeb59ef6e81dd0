"""What the guard hands on: values with uncertainty to the surrogate, a chart to the report, reminders to a person."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from eutectic.agents.cli.main import main
from eutectic.agents.waiting import waits
from eutectic.core.drift import Drift, Drifts, Shift
from eutectic.core.notebook import CampaignView, Notebook
from eutectic.tools.drift import Reading, estimate_drift, interval
from eutectic.tools.encoding import encoder_of
from eutectic.tools.history import History
from eutectic.tools.lattice import lattice_of

QUICK = Path(__file__).parent / "data" / "quick.yaml"


def run(folder: Path, **changes: Any) -> tuple[int, Path]:
    given = yaml.safe_load(QUICK.read_text()) | changes
    (folder / "spec.yaml").write_text(yaml.safe_dump(given))
    return main(["run", str(folder / "spec.yaml"), "--out", str(folder / "runs"), "--json"]), folder / "runs"


def view_of(out: Path) -> CampaignView:
    with Notebook(out / "quick-001" / "notebook.db", "quick-001", read_only=True) as notebook:
        return CampaignView(notebook.events())


def test_the_surrogate_sees_corrected_values_with_their_uncertainty_and_the_report_shows_the_chart(
    tmp_path: Path,
) -> None:
    lab = {"kind": "simulated", "settings": {"law": "fe_soft_magnet", "drift_per_day": 0.4, "noise_of": {"Bs": 0.01},
                                             "abandoned_rate": 0, "batch_sd": 0}}  # fmt: skip
    reference = {"parts": {"Fe": "80%", "B": "14%", "Si": "6%"}}
    code, out = run(tmp_path, lab=lab, reference=reference, batch=4, budget={"experiments": 24})
    view = view_of(out)
    assert code == 0 and view.drift is not None
    drift = next(one for one in view.drift.properties if one.property == "Bs")
    lattice = lattice_of(view.spec.space)
    history = History(lattice, encoder_of(lattice), view.spec.objectives)
    history.add(view.training())
    table = history.table()
    column = [item.property for item in view.spec.objectives].index("Bs")
    shifts = {one.round: one for one in drift.shifts}
    for trial, value, sd in zip(table.trials, table.values[:, column], table.sds[:, column], strict=True):
        raw, shift = view.observations[trial].value("Bs"), shifts[int(trial[1:3])]
        if raw is None:
            continue
        assert value == pytest.approx(raw * math.exp(-shift.shift), rel=1e-6)
        assert sd == pytest.approx(value * math.hypot(drift.noise, shift.sd), rel=1e-4)
    page = (out / "quick-001" / "report.html").read_text(encoding="utf-8")
    assert "Can the data be trusted" in page and "control-Bs" in page and "EWMA" in page
    assert "the reference is in control" not in page, "it drifts by 40 % a day"


def test_what_waits_says_since_when_and_is_spoken_of_again_as_often_as_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    lab = {"kind": "worksheet", "settings": {"properties": ["Bs"], "remind_after_h": 10}}
    code, out = run(tmp_path, lab=lab, approval={"mode": "person"})
    assert code == 3
    view = view_of(out)
    (asked,) = waits(view)
    begun = datetime.fromisoformat(asked.since)
    assert [item.reminders for item in waits(view, begun + timedelta(hours=25))] == [2]
    assert [item.hours for item in waits(view, begun - timedelta(days=400))] == [0.0]
    assert main(["approve", "quick-001", "--by", "Ada", "--out", str(out)]) == 3
    (sheet,) = waits(view_of(out), datetime.now(UTC) + timedelta(hours=50))
    assert "results of r01-s01" in sheet.text and "2.1 days" in sheet.text and sheet.reminders == 5
    capsys.readouterr()
    assert main(["status", "quick-001", "--out", str(out), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert "results of r01-s01" in json.dumps(told)


def test_an_interval_is_as_wide_as_its_degrees_of_freedom_ask() -> None:
    shift = Shift(round=1, shift=math.log(2), sd=0.04)
    few = Drift(property="y", scale="ratio", noise=0.03, freedom=4, shifts=(shift,))
    low, high = interval(few, 3.0, 1)
    assert math.log(high / low) == pytest.approx(2 * 2.1318 * 0.05, rel=1e-3)
    assert interval(few, 3.0, 1, 0.0) == pytest.approx((1.5, 1.5))
    many = few.model_copy(update={"freedom": None})
    assert math.log(interval(many, 3.0, 1)[1] / 1.5) == pytest.approx(1.6449 * 0.05, rel=1e-3)
    old = Drifts.model_validate({"round": 1, "properties": [few.model_dump(exclude={"freedom"})]})
    assert old.properties[0].freedom is None


def test_a_reference_that_fails_first_does_not_shift_a_whole_campaign() -> None:
    rng = np.random.default_rng(4)
    readings = []
    for number in range(1, 16):
        for slot in range(6):
            trial, is_reference = f"r{number:02d}-s{slot + 1:02d}", slot == 0
            value = 1.5 if is_reference else 1.5 * math.exp(rng.normal() * 0.1)
            value *= math.exp(rng.normal() * 0.02) * (0.75 if trial == "r01-s01" else 1.0)
            readings.append(Reading(trial, number, "ref" if is_reference else trial, value, is_drawn=not is_reference))
    found = estimate_drift("y", readings)
    assert found.outliers == ("r01-s01",) and found.jumps == ()
    assert all(abs(shift.shift) < 0.03 for shift in found.shifts)


def test_time_within_a_batch_counts() -> None:
    """The reference is read first; what is read hours later has drifted further."""
    rng = np.random.default_rng(5)
    readings, truth = [], {}
    for number in range(1, 16):
        for slot in range(6):
            hours = 24.0 * number + 4 * slot
            trial = f"r{number:02d}-s{slot + 1:02d}"
            truth[number] = 0.02 * (24 * number + 12 - 24) / 24
            value = 1.5 * math.exp(0.02 * (hours - 24) / 24 + rng.normal() * 0.004)
            readings.append(Reading(trial, number, trial if slot else "ref", value, hours=hours))
    found = {shift.round: shift for shift in estimate_drift("y", readings).shifts}
    errors = [found[number].shift - shift for number, shift in truth.items()]
    assert abs(float(np.mean(errors))) < 0.006
