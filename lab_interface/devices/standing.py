"""Where a run of devices stands, from its record, its log and the people who work with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from eutectic.core.trial import Observation
from eutectic.lab_interface.devices.by_hand import Standing
from eutectic.lab_interface.run_progress import run_state
from eutectic.lab_interface.run_store import StoredRun

if TYPE_CHECKING:
    from eutectic.lab_interface.devices.device_lab import DeviceLab


def standing(lab: DeviceLab, run: StoredRun, made: Sequence[Observation]) -> Standing:
    """The state of a run with the reason, and what that means for samples without a result."""
    ending = lab.log.ending(run.batch)
    usable = any(item.status == "ok" for item in made)
    if run.state == "lost":
        return Standing("unknown", run.reason, "unknown")
    if run.state == "did_not_run" or (ending is not None and ending[0] == "failed"):
        note = run.reason or (ending[1] if ending else "")
        return Standing("partially_succeeded" if usable else "failed", note, "abandoned")
    if ending is None and run.state == "accepted" and waits_for_samples(lab, run):
        note = f"samples are to be made and mounted: {lab.prepared_by.place(run)}; then eutectic prepared"
        return Standing("awaiting_person", note, "running")
    if ending is None and run.state == "aborted" and lab.stop_reason() is not None:
        return Standing("estopped", run.reason, "unknown")
    if ending is None:
        return Standing("running" if lab.log.is_claimed(run.batch) else "queued", run.reason, "running")
    if waits_for_results(lab, run) and len(made) < len(run.plan.samples):
        return lab.by_hand.standing(run)
    return Standing(run_state(run, made), run.reason, "abandoned")


def waits_for_samples(lab: DeviceLab, run: StoredRun) -> bool:
    """Whether a person has yet to make the samples."""
    return lab.prepared_by.is_asked and lab.log.prepared(run.batch) is None


def waits_for_results(lab: DeviceLab, run: StoredRun) -> bool:
    """Whether a person is to measure what the devices made."""
    if not lab.by_hand.is_asked or run.state != "accepted":
        return False
    return any(item.status == "ok" for item in lab.store.observations(run.batch, len(run.plan.samples)))
