"""After a run in doubt: what the log and a device that keeps results by key still know of samples without a result."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from eutectic.core.errors import LabFailed
from eutectic.core.trial import Observation
from eutectic.lab_interface.devices.ledger import taken_ul
from eutectic.lab_interface.devices.observing import Finished, observed
from eutectic.lab_interface.devices.program import Command
from eutectic.lab_interface.run_store import StoredRun, StoredState, record_sample, update_run

if TYPE_CHECKING:
    from eutectic.lab_interface.devices.device_lab import DeviceLab


def recalled(lab: DeviceLab, run: StoredRun, by: str) -> list[tuple[int, Observation]]:
    """An observation, with its position, for every sample without one: what is known of it, or that it is lost."""
    logged = {item.number: item for item in lab.log.commands(run.batch)}
    known = len(lab.store.observations(run.batch, len(run.plan.samples)))
    states: dict[str, Finished] = {}
    lost: dict[str, str] = {}
    for number, command in enumerate(lab.rig.program(run.plan)):
        state = states.setdefault(command.trial, Finished(started_s=0.0))
        entry = logged.get(number)
        if entry is not None and entry.fault:
            states[command.trial] = state.failed("instrument_fault", entry.fault, 0.0)
            continue
        reply = entry.reply if entry is not None and entry.reply is not None else _asked(lab, run, command)
        if reply is not None:
            states[command.trial] = state.took(command, reply, 0.0)
        elif lab.rig.units:
            lost[command.trial] = (
                f"the run went through, says {by}, but what this sample gave was lost with the contact"
            )
    found = []
    for position, sample in enumerate(run.plan.samples[known:], start=known):
        made = observed(lab, run, sample, states.get(sample.trial, Finished(started_s=0.0)))
        if sample.trial in lost and made.status != "ok":
            update = {"status": "abandoned", "cause": "failed_connection", "note": lost[sample.trial]}
            made = made.model_copy(update=update)
        found.append((position, made))
    return found


def settle(lab: DeviceLab, run: StoredRun, outcome: str, by: str) -> None:
    """Give a run in doubt its end, on a person's word."""
    missing = recalled(lab, run, by) if outcome == "ran" else []
    with lab.store.writing() as connection:
        for position, item in missing:
            record_sample(connection, run.batch, position, item)
        state: StoredState = "accepted" if outcome == "ran" else "did_not_run"
        update_run(connection, run._replace(state=state, said=outcome, reason=by))
    done = [(item.command, item.reply or {}) for item in lab.log.commands(run.batch) if not item.fault]
    lab.log.end(run.batch, "finished", f"{outcome}, says {by}", 0.0, taken_ul(done), time.time())


def _asked(lab: DeviceLab, run: StoredRun, command: Command) -> dict[str, object] | None:
    try:
        return lab.rig.recall(run.plan, command)
    except LabFailed as error:
        raise LabFailed(
            f"the device cannot be asked what became of it: {error}", mend="bring it back, then reconcile"
        ) from error
