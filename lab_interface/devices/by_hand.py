"""Samples that devices make and a person measures: a worksheet for what was made, its results merged with the log."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal, NamedTuple

from eutectic.core.errors import NotSupported
from eutectic.core.run import RunRef, RunState
from eutectic.core.spec import CampaignSpec, LabSpec
from eutectic.core.trial import Observation
from eutectic.lab_interface.devices.settings import DeviceSettings
from eutectic.lab_interface.labs.worksheet import WorksheetLab
from eutectic.lab_interface.run_store import StoredRun
from eutectic.lab_interface.worksheet_settings import WorksheetSettings

_SHARED = sorted(WorksheetSettings.model_fields.keys() & DeviceSettings.model_fields.keys())


class Standing(NamedTuple):
    """Where a run stands, in words, and what that means for samples without a result."""

    state: RunState
    note: str
    others: Literal["running", "abandoned", "unknown"]


class ByHand:
    """A person at the end of the line; `lab` is None where devices measure by themselves."""

    def __init__(self, lab: WorksheetLab | None) -> None:
        self._lab = lab

    @property
    def is_asked(self) -> bool:
        """Whether a person measures."""
        return self._lab is not None

    def standing(self, run: StoredRun) -> Standing:
        """Where a run stands whose samples were made and lack results; writes the sheet the first time it is asked."""
        inner = self._asked().status(self.sheet(run))
        if inner.state in ("cancelled", "aborted", "partially_succeeded"):
            return Standing(inner.state, inner.note, "abandoned")
        note = f"the devices are done; results are to be filled in: {self.place(run)}"
        return Standing("awaiting_person", note, "running")

    def merged(self, run: StoredRun, prepared: Sequence[Observation]) -> list[Observation]:
        """Failed samples as the devices left them, the others with what the person measured of what was dispensed."""
        known = {item.trial: item for item in prepared}
        results = {item.trial: item for item in self._asked().result(_ref(run))}
        found = []
        for trial in run.plan.trials:
            device, person = known.get(trial.id), results.get(trial.id)
            if device is not None and device.status != "ok":
                found.append(device)
            elif person is not None:
                update: dict[str, object] = {"simulated": run.plan.simulated}
                if device is not None and person.achieved_from == "planned":
                    update |= {"composition": device.composition, "achieved_from": device.achieved_from}
                found.append(person.model_copy(update=update))
        return found

    @property
    def bench(self) -> WorksheetLab | None:
        """The worksheet lab that takes the person's results in; None where devices measure."""
        return self._lab

    def cancel(self, ref: RunRef) -> None:
        """Give up the samples without a result."""
        if self._lab is not None:
            self._lab.cancel(ref)

    def abort(self, ref: RunRef, reason: str) -> None:
        """Give the sheet up."""
        if self._lab is not None:
            self._lab.abort(ref, reason)

    def estop(self, reason: str) -> None:
        """Stop the bench as well."""
        if self._lab is not None:
            self._lab.estop(reason)

    def clear_estop(self, by: str) -> None:
        """Lift the bench's stop."""
        if self._lab is not None:
            self._lab.clear_estop(by)

    def sheet(self, run: StoredRun) -> RunRef:
        """Write the worksheet of a run, or find it."""
        return self._asked().submit(run.plan, run.key)

    def place(self, run: StoredRun) -> Path:
        """Where the sheet of a run lies."""
        return self._asked().folder_of(run.key)

    def _asked(self) -> WorksheetLab:
        if self._lab is None:
            raise NotSupported("the devices of this lab measure by themselves", mend="wait for them")
        return self._lab


def nobody() -> ByHand:
    """No person: the devices measure."""
    return ByHand(None)


def a_person(spec: CampaignSpec, folder: Path, settings: DeviceSettings, doser: str = "") -> ByHand:
    """A person with a worksheet for what the devices of these settings make; `doser` names the machine that doses."""
    shared = {name: value for name, value in settings.model_dump(mode="json").items() if name in _SHARED}
    lab = LabSpec(kind="worksheet", settings={name: value for name, value in shared.items() if value is not None})
    return ByHand(WorksheetLab(spec.model_copy(update={"lab": lab}), folder, doser=doser))


def _ref(run: StoredRun) -> RunRef:
    return RunRef(lab="worksheet", key=run.key, plan_sha256=run.plan_sha256, run=run.key)
