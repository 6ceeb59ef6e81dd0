"""A stock that runs out in the middle of a plate: refused where it can be known, kept well by well where it cannot."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from eutectic.core.errors import NotSupported
from eutectic.core.plan import Plan
from eutectic.core.record import canonical_json
from eutectic.core.run import FINISHED, RunStatus
from eutectic.core.trial import Observation
from eutectic.evals.lab_bench_rig import Bench, bench
from eutectic.evals.lab_outcome import Broken, Outcome, made_once
from eutectic.lab_interface.devices.device_lab import DeviceLab
from eutectic.lab_interface.labs.worksheet import WorksheetLab
from eutectic.lab_interface.results_import import read_results

_PLATE = 8
_CAUSE = "precursor_issue"


def runs_dry(name: str, folder: Path) -> Outcome:
    """What the ledger knows is too little is refused before anything is sent; what nobody could know spoils samples.

    Then the samples made before keep their values, each spoilt one has an end with its cause, and none is made twice.
    """
    refused = _refused_beforehand(name, folder / "known")
    try:
        with bench(name, folder / "spilt", "dry") as rig:
            return _spoilt(rig, refused)
    except NotSupported as error:
        by_person = _by_person(name, folder / "sheet", refused)
        if by_person is None:
            raise NotSupported(error.what) from error
        return by_person


def _refused_beforehand(name: str, folder: Path) -> str:
    """The gate's word on a plate of which the declared stock lasts for half; empty where nothing is declared."""
    with bench(name, folder / "probe") as rig:
        stocks, plan = rig.settings.get("stocks"), rig.plan(_PLATE)
    if not isinstance(stocks, list):
        return ""
    first = str(stocks[0]["id"])  # type: ignore[index,call-overload]
    doses = [dose for sample in plan.samples for dose in sample.doses if dose.component == first]
    half = sum(dose.ticks * float(dose.tick.split()[0]) for dose in doses) / 2
    poor = dict(stocks[0]) | {"on_hand": f"{half:.0f} uL", "dead": "0 uL"}  # type: ignore[arg-type]
    folder.mkdir(parents=True, exist_ok=True)
    with bench(name, folder, stocks=[poor, *stocks[1:]]) as rig:
        verdict = rig.verdict(canonical_json(rig.plan(_PLATE)).encode())
    blocking = [check.name for check in verdict.checks if check.verdict == "block"]
    if "stocks" not in blocking:
        raise Broken(f"a plate was let through of which {first} lasts for half; blocked by {blocking}")
    return "half a plate's stock is refused; "


def _spoilt(rig: Bench, refused: str) -> Outcome:
    plan = rig.plan(_PLATE)
    ref = rig.lab().submit(plan, plan.key)
    status = rig.settled(ref)
    if status.state not in FINISHED:
        raise Broken(f"the run is {status.state} after a stock ran out")
    found = _judged(plan, status, rig.lab().result(ref))
    made_once(rig)
    return Outcome("held", f"{refused}a spilt stock spoils {len(plan.trials) - found} of {_PLATE}, {found} keep values")


def _judged(plan: Plan, status: RunStatus, results: tuple[Observation, ...]) -> int:
    """How many samples kept their values; raises where one has no end, or no cause."""
    if [item.trial for item in results] != [trial.id for trial in plan.trials]:
        raise Broken(f"results of {[item.trial for item in results]}, the plate has {_PLATE}")
    good = [item for item in results if item.status == "ok"]
    causes = {item.cause for item in results if item.status != "ok"}
    if not good or _CAUSE not in causes or None in causes:
        said = next((item.note for item in results if item.status != "ok"), "")
        raise Broken(f"{len(good)} of {len(results)} good, causes {causes}: {said}")
    if status.state != "partially_succeeded":
        raise Broken(f"the run is {status.state} with {len(good)} of {len(results)} good")
    states = {item.trial: item.state for item in status.samples}
    if any((states.get(item.trial) == "ok") != (item.status == "ok") for item in results):
        raise Broken(f"the samples stand as {states}, results {[item.status for item in results]}")
    return len(good)


def _by_person(name: str, folder: Path, refused: str) -> Outcome | None:
    """The same told on a sheet, where a person makes or measures the samples; None where nobody does."""
    with bench(name, folder) as rig:
        plan = rig.plan(_PLATE)
        ref = rig.lab().submit(plan, plan.key)
        if rig.settled(ref).state != "awaiting_person":
            return None
        lab = rig.lab()
        sheet = lab if isinstance(lab, WorksheetLab) else lab.by_hand.bench if isinstance(lab, DeviceLab) else None
        if sheet is None:
            return None
        path = folder / "filled.csv"
        path.write_bytes(_filled(sheet.folder_of(plan.key) / "results_template.csv"))
        report = read_results(path, plan)
        if report.refused:
            raise Broken(f"the filled sheet is refused: {report.refused[0].reason}")
        sheet.record(report)
        found = _judged(plan, rig.settled(ref), rig.lab().result(ref))
        return Outcome(
            "held", f"{refused}on the sheet {_PLATE - found} of {_PLATE} say {_CAUSE}, {found} keep their values"
        )


def _filled(template: Path) -> bytes:
    """The first half measured, the second failed for want of stock."""
    rows = list(csv.DictReader(io.StringIO(template.read_text(encoding="utf-8-sig"))))
    value = next(name for name in rows[0] if name.startswith("value "))
    for number, row in enumerate(rows):
        row |= {value: "1.5"} if number < len(rows) // 2 else {"done": "failed", "cause": _CAUSE}
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()
