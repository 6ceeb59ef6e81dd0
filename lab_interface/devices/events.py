"""What happened to a run of devices, event by event, from its log."""

from __future__ import annotations

from datetime import UTC, datetime

from eutectic.core.run import RunEvent, RunState, RunStatus
from eutectic.lab_interface.devices.log import DeviceLog
from eutectic.lab_interface.run_store import StoredRun


def device_events(log: DeviceLog, run: StoredRun, status: RunStatus, since: int) -> tuple[RunEvent, ...]:
    """Accepted, taken on, the end of each command, and how the run stands; those after event number `since`."""
    labels = {item.trial: item.sample for item in run.plan.samples}
    simulated, found = run.plan.simulated, list[RunEvent]()

    def add(at: float | None, state: RunState, sample: str, note: str) -> None:
        when = "" if at is None else utc(at)
        number = len(found) + 1
        found.append(RunEvent(seq=number, at=when, state=state, sample=sample, note=note, simulated=simulated))

    add(run.accepted_s, "queued", "", "accepted")
    claimed = log.claimed_at(run.batch)
    if claimed is not None:
        add(claimed, "dispatched", "", "taken on by a process of its own")
    for item in log.commands(run.batch):
        said = f"{item.command.action} {item.command.place}".strip()
        is_in_doubt = item.done_s is None and status.state == "unknown"
        end = item.fault or ("sent, no answer" if is_in_doubt else "sent" if item.done_s is None else "done")
        add(item.done_s or item.sent_s, "running", labels.get(item.command.trial, ""), f"{said}: {end}")
    if status.state not in ("queued", "running"):
        add(None, status.state, "", status.note)
    return tuple(item for item in found if item.seq > since)


def utc(at: float) -> str:
    """Seconds since the epoch as UTC, ISO 8601."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds")
