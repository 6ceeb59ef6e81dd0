"""The process that carries a run out: one command at a time, each recorded before it is sent and after."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from eutectic.core.errors import EutecticError, LabFailed
from eutectic.core.plan import Plan
from eutectic.core.record import canonical_json
from eutectic.core.spec import CampaignSpec
from eutectic.lab_interface.devices.driver import DeviceFault, DeviceLost, Driver
from eutectic.lab_interface.devices.ledger import taken_ul
from eutectic.lab_interface.devices.log import DeviceLog
from eutectic.lab_interface.devices.observing import Finished, observed
from eutectic.lab_interface.devices.program import Command
from eutectic.lab_interface.devices.stopping import device_reason, mark_stopped
from eutectic.lab_interface.run_store import StoredRun, record_sample

if TYPE_CHECKING:
    from eutectic.lab_interface.devices.device_lab import DeviceLab

_CODE = (
    "import os; os.fork() and os._exit(0); os.setsid(); from eutectic.lab_interface.devices.worker import main; main()"
)
MARK = "eutectic-device-run"
"""How the process is named in a list of processes."""


def start(spec: CampaignSpec, folder: Path, key: str, lock: int) -> None:
    """Start the process of a run; it holds the run's lock (an open file) until it ends, however it ends.

    It forks away at once, so that it outlives the command that began it and nobody has to wait for it.

    Raises:
        LabFailed: the process could not be started.
    """
    task = canonical_json({"spec": spec.model_dump(mode="json"), "folder": str(folder.resolve()), "key": key})
    with (folder / "device-runs.log").open("ab") as log:
        try:
            subprocess.run(
                [sys.executable, "-c", _CODE, MARK, key],
                input=task.encode(),
                stdout=log,
                stderr=log,
                pass_fds=(lock,),
                check=True,
                timeout=60,
            )
        except (OSError, subprocess.SubprocessError) as error:
            raise LabFailed(f"the run's process could not be started: {error}", where=key) from error


def main() -> None:
    """Carry out the run whose task stands on the standard input."""
    from eutectic.lab_interface.registry import open_lab

    task = json.loads(sys.stdin.read())
    spec = CampaignSpec.model_validate(task["spec"])
    try:
        lab = open_lab(spec, Path(task["folder"]))
        lab.carry_out(task["key"])  # type: ignore[attr-defined]
    except EutecticError as error:
        sys.stderr.write(f"{task['key']}: {type(error).__name__}: {error}\n")
        os._exit(1)


class Worker:
    """Carries one claimed run out for a lab."""

    def __init__(self, lab: DeviceLab, run: StoredRun, clock: Callable[[], float]) -> None:
        self._lab, self._run, self._clock = lab, run, clock
        self._log: DeviceLog = lab.log
        self._began = time.monotonic()
        self._done: dict[str, Finished] = {}
        self._replies: list[tuple[Command, dict[str, object]]] = []
        self._recorded = 0

    def work(self) -> None:
        """From the connection to the end; a loss of contact leaves the run without an end, which makes it unknown."""
        plan = self._run.plan
        try:
            driver = self._lab.rig.open(plan, self._log.used_ul())
        except EutecticError as error:
            self._end("failed", f"nothing was sent: {error}")
            return
        try:
            reason = self._carry_out(plan, driver)
            if reason is not None:
                driver.stop()
                mark_stopped(self._lab, self._run.key, reason)
                self._end("aborted", reason)
            else:
                self._record_rest(plan)
                self._end("finished", "")
        except DeviceLost as error:
            self._lab.lose(self._run.key, str(error))
        finally:
            driver.close()

    def _carry_out(self, plan: Plan, driver: Driver) -> str | None:
        """Why the run was stopped, or None when it went through."""
        program = self._lab.rig.program(plan)
        last = {command.trial: number for number, command in enumerate(program)}
        skipped: set[str] = set()
        for number, command in enumerate(program):
            trial = command.trial
            if trial in skipped or (trial not in self._done and self._lab.is_given_up(self._run.key, trial)):
                skipped.add(trial)
                continue
            reason = device_reason(self._lab) or self._log.send(self._run.batch, number, command, self._clock())
            if reason is not None:
                return reason
            state = self._done.setdefault(trial, Finished(started_s=time.monotonic() - self._began))
            try:
                reply = driver.do(command)
            except DeviceFault as fault:
                self._log.failed(self._run.batch, number, str(fault), self._clock())
                self._done[trial] = state.failed(fault.cause, str(fault), time.monotonic() - self._began)
                skipped.add(trial)
                driver.recover()
            else:
                self._log.done(self._run.batch, number, reply, self._clock())
                self._replies.append((command, reply))
                self._done[trial] = state.took(command, reply, time.monotonic() - self._began)
            if number == last[trial] or trial in skipped:
                self._record_ready(plan, last, number)
        return None

    def _record_ready(self, plan: Plan, last: dict[str, int], number: int) -> None:
        """Record, in the order of the plan, every sample that is over, so that results can be seen as they come."""
        while self._recorded < len(plan.samples):
            trial = plan.samples[self._recorded].trial
            state = self._done.get(trial)
            if state is None or not (state.is_failed or last.get(trial, -1) <= number):
                return
            self._record(plan)

    def _record_rest(self, plan: Plan) -> None:
        while self._recorded < len(plan.samples) and plan.samples[self._recorded].trial in self._done:
            self._record(plan)

    def _record(self, plan: Plan) -> None:
        sample = plan.samples[self._recorded]
        made = observed(self._lab, self._run, sample, self._done[sample.trial])
        with self._lab.store.writing() as connection:
            record_sample(connection, self._run.batch, self._recorded, made)
        self._recorded += 1

    def _end(self, ending: str, note: str) -> None:
        plan, given = self._run.plan, self._lab.settings
        planned = given.hours_per_batch + given.hours_per_trial * len(plan.samples)
        hours = planned if plan.simulated else (time.monotonic() - self._began) / 3600
        self._log.end(self._run.batch, ending, note, hours, taken_ul(self._replies), self._clock())  # type: ignore[arg-type]
