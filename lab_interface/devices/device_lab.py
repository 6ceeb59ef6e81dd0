"""A lab of devices: durable runs, each carried out by a process of its own that outlives whoever asked for it."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

from eutectic.core.correction import Correction
from eutectic.core.errors import BadInput, LabFailed, PlanChanged, PlanRefused
from eutectic.core.plan import Capabilities, Check, Plan
from eutectic.core.run import RunEvent, RunRef, RunStatus
from eutectic.core.spec import CampaignSpec
from eutectic.core.trial import Observation
from eutectic.lab_interface.devices.by_hand import ByHand, Standing, nobody
from eutectic.lab_interface.devices.driver import Rig
from eutectic.lab_interface.devices.events import device_events
from eutectic.lab_interface.devices.log import SCHEMA, DeviceLog, begun
from eutectic.lab_interface.devices.recalling import settle
from eutectic.lab_interface.devices.run_lock import device_lock, try_lock
from eutectic.lab_interface.devices.settings import DeviceSettings, dispensing
from eutectic.lab_interface.devices.standing import standing, waits_for_results, waits_for_samples
from eutectic.lab_interface.devices.stopping import clear_everything, stop_everything, why_stopped
from eutectic.lab_interface.devices.worker import Worker, start
from eutectic.lab_interface.plan_checks import check_shape
from eutectic.lab_interface.run_progress import sample_statuses, unmade
from eutectic.lab_interface.run_store import (
    RunStore,
    StoredRun,
    find_run,
    insert_run,
    next_slot,
    require,
    stopped,
    update_run,
)

_STARTS = 3
"""Processes started for a run before it counts as one that cannot begin."""


class DeviceLab:
    """The lab contract for any rig of devices. All state is in `lab.db` of the folder; an instance holds none."""

    def __init__(
        self,
        name: str,
        spec: CampaignSpec,
        folder: Path,
        settings: DeviceSettings,
        rig: Rig,
        by_hand: ByHand | None = None,
        prepared_by: ByHand | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.name, self.spec, self.folder, self.settings, self.rig = name, spec, folder, settings, rig
        self.by_hand, self.prepared_by = by_hand or nobody(), prepared_by or nobody()
        """Who measures what the devices made, and who makes what they measure."""
        self.store = RunStore(folder / "lab.db", SCHEMA)
        self.log = DeviceLog(self.store)
        self._clock = clock

    @property
    def people(self) -> tuple[ByHand, ByHand]:
        """Who works with the devices."""
        return self.by_hand, self.prepared_by

    def is_over(self, key: str) -> bool:
        """Whether nobody works on a run any more, or nobody can know."""
        run = self._settled(key)
        return run.state == "lost" or self.log.ending(run.batch) is not None

    def capabilities(self) -> Capabilities:
        """What the settings and the devices say."""
        given = self.settings
        return Capabilities(
            name=self.name,
            simulated=self.rig.simulated,
            idempotent=True,
            properties=tuple(self.rig.units),
            max_batch=given.max_batch,
            tick=given.tick,
            total_ticks=given.total_ticks,
            min_ticks=given.min_ticks,
            cost_per_trial=given.cost_per_trial,
            hours_per_trial=given.hours_per_trial,
            hours_per_batch=given.hours_per_batch,
            devices=self.rig.devices,
            **dispensing(given),
        )

    def validate(self, plan: Plan) -> tuple[Check, ...]:
        """The stop, the plan's shape, then the rig's own checks, its simulator last; no effect on any device."""
        reason = self.stop_reason()
        said = f"stopped: {reason}" if reason is not None else "no emergency stop"
        checks = [
            Check(name="lab_stop", verdict="pass" if reason is None else "block", detail=said),
            *check_shape(plan, self.capabilities()),
        ]
        if any(check.verdict == "block" for check in checks):
            return tuple(checks)
        return (*checks, *self.rig.check(plan, self.log.used_ul() if self.store.exists() else {}))

    def submit(self, plan: Plan, key: str) -> RunRef:
        """Record the run, then start its process; the same key with the same plan returns the first run again.

        Raises:
            PlanChanged: the key was used for another plan.
            PlanRefused: the lab's own checks block it.
            LabFailed: the lab is stopped.
        """
        known = self.store.find(key)
        if known is None:
            self._admit(plan, key)
            with self.store.writing() as connection:
                known = find_run(connection, key) or self._insert(connection, plan, key)
        if known.plan_sha256 != plan.sha256:
            raise PlanChanged(f"{key!r} was used for another plan", mend="raise the attempt number")
        self._settled(key)
        return RunRef(lab=self.name, key=key, plan_sha256=known.plan_sha256, run=f"run-{known.batch:06d}")

    def _admit(self, plan: Plan, key: str) -> None:
        reason = self.stop_reason()
        if reason is not None:
            raise LabFailed(f"the lab is stopped: {reason}", mend="a person must clear the emergency stop")
        blocked = [check for check in self.validate(plan) if check.verdict == "block"]
        if blocked:
            raise PlanRefused(f"{blocked[0].name}: {blocked[0].detail}", where=key)

    def _insert(self, connection: sqlite3.Connection, plan: Plan, key: str) -> StoredRun:
        reason = stopped(connection)
        if reason is not None:
            raise LabFailed(f"the lab is stopped: {reason}", mend="a person must clear the emergency stop")
        now = self._clock()
        batch, free_h = next_slot(connection)
        first = connection.execute("SELECT min(accepted_s) FROM runs").fetchone()[0]
        passed_h = 0.0 if first is None or plan.simulated else (now - first) / 3600
        begins = max(free_h, passed_h)
        n = len(plan.samples)
        run = StoredRun(
            batch=batch, key=key, plan_sha256=plan.sha256, plan=plan, state="accepted", reason="", said="",
            was_made=True, cap=n, kept=n, begins_h=begins, ends_h=begins, accepted_s=now,
        )  # fmt: skip
        insert_run(connection, run)
        return run

    def _settled(self, key: str) -> StoredRun:
        """The run as it stands; one that nobody works on is begun, or, where it was begun before, is in doubt."""
        run = self.log.run(key)
        if run.state not in ("accepted", "cancelled", "aborted") or self.log.ending(run.batch) is not None:
            return run
        held = try_lock(self.folder / "runs" / f"{run.batch:06d}.lock")
        if held is None:
            return run
        try:
            run = self.log.run(key)
            if self.log.ending(run.batch) is None:
                self._take_up(run, held)
        finally:
            os.close(held)
        return self.log.run(key)

    def _take_up(self, run: StoredRun, held: int) -> None:
        if self.log.is_claimed(run.batch):
            self.lose(run.key, "the process at work died")
        elif run.state != "accepted":
            self.log.end(run.batch, "aborted", run.reason, 0.0, {}, self._clock())
        elif waits_for_samples(self, run):
            self.prepared_by.sheet(run)
        elif self.log.count_start(run.batch) > _STARTS:
            note = f"its process could not begin: see {self.folder / 'device-runs.log'}"
            self.log.end(run.batch, "failed", note, 0.0, {}, self._clock())
        else:
            start(self.spec, self.folder, run.key, held)

    def carry_out(self, key: str) -> None:
        """Carry the run out in this process, once ever; does nothing where another process took it on."""
        run = self.log.run(key)
        with device_lock(self.rig.address, lambda: self.log.run(key).state == "accepted") as is_mine:
            if is_mine and self.log.claim(run.batch, self._clock()):
                Worker(self, run, self._clock).work()

    def status(self, ref: RunRef) -> RunStatus:
        """Where a run stands; `unknown` where the process at work died or lost contact, until a person reconciles."""
        run = self._settled(ref.key)
        made, (state, note, others) = self._at_once(run)
        samples = sample_statuses(run, made, others)
        return RunStatus(state=state, done=len(made), total=len(run.plan.samples), note=note, samples=samples)

    def events(self, ref: RunRef, since: int = 0) -> tuple[RunEvent, ...]:
        """Accepted, taken on, each command's end as it was logged, and how the run stands now."""
        run = self._settled(ref.key)
        return device_events(self.log, run, self.status(ref), since)

    def result(self, ref: RunRef) -> tuple[Observation, ...]:
        """Observations so far, in the order of the plan's trials; one for every trial once the run is closed."""
        run = self._settled(ref.key)
        made, stands = self._at_once(run)
        is_open = self.log.ending(run.batch) is None and run.state != "did_not_run"
        if not is_open:
            made, stands = self._at_once(run)
        waits = waits_for_results(self, run) and stands.state == "awaiting_person"
        found = {item.trial: item for item in (made if is_open or waits else [*made, *unmade(run, made)])}
        return tuple(found[trial.id] for trial in run.plan.trials if trial.id in found)

    def _at_once(self, run: StoredRun) -> tuple[list[Observation], Standing]:
        """Results and standing that belong together: one that ends while it is looked at must lose none of its last."""
        while True:
            ended = self.log.ending(run.batch)
            made = self._made(run)
            stands = standing(self, run, made)
            if self.log.ending(run.batch) == ended:
                return made, stands

    def _made(self, run: StoredRun) -> list[Observation]:
        made = self.store.observations(run.batch, len(run.plan.samples))
        return self.by_hand.merged(run, made) if self.by_hand.is_asked else made

    def cancel(self, ref: RunRef) -> None:
        """Give up samples that have not begun; those that have will finish."""
        with self.store.writing() as connection:
            run = require(find_run(connection, ref.key), ref.key)
            n = begun(connection, run.batch)
            if run.state == "accepted" and n < run.cap:
                update_run(connection, run._replace(state="cancelled", cap=n, kept=n, reason="cancelled"))
        for person in self.people:
            person.cancel(ref)

    def is_given_up(self, key: str, trial: str) -> bool:
        """Whether a sample that has not begun must not begin any more."""
        run = self.log.run(key)
        return run.state == "cancelled" and trial not in {item.trial for item in run.plan.samples[: run.cap]}

    def abort(self, ref: RunRef, reason: str) -> None:
        """Stop the run before its next command and make the devices safe."""
        with self.store.writing() as connection:
            run = require(find_run(connection, ref.key), ref.key)
            if run.state in ("accepted", "cancelled"):
                update_run(connection, run._replace(state="aborted", reason=reason or "no reason given"))
        for person in self.people:
            person.abort(ref, reason)
        self._settled(ref.key)

    def estop(self, reason: str) -> None:
        """Stop every run before its next command, accept none until `clear_estop`; survives a restart.

        Waits for the processes at work to confirm; what is not confirmed in time is recorded with the run. This
        replaces no red button.
        """
        stop_everything(self, reason or "no reason given")

    def clear_estop(self, by: str) -> None:
        """Allow runs again, on the word of a person.

        Raises:
            BadInput: no name is given.
        """
        if not by.strip():
            raise BadInput("only a named person clears an emergency stop", mend="give a name")
        clear_everything(self, by)

    def stop_reason(self) -> str | None:
        """Why the lab, or the device that it shares with others, is stopped, or None."""
        return why_stopped(self)

    def lose(self, key: str, reason: str) -> None:
        """Mark a run whose outcome cannot be known."""
        with self.store.writing() as connection:
            run = require(find_run(connection, key), key)
            if run.state in ("accepted", "cancelled", "aborted"):
                update_run(connection, run._replace(state="lost", reason=f"{run.reason}; {reason}".strip("; ")))

    def reconcile(self, ref: RunRef, outcome: str, by: str) -> RunStatus:
        """A person says what became of an unknown run: `ran` or `did_not_run`.

        After `ran` a device that keeps results by key is asked for them; what nothing is known of is abandoned.

        Raises:
            BadInput: another outcome, or no name.
            LabFailed: the run is not unknown, or something else was said before.
        """
        if outcome not in ("ran", "did_not_run") or not by.strip():
            raise BadInput(f"outcome {outcome!r} by {by!r}", mend="say ran or did_not_run, with a name")
        run = self._settled(ref.key)
        if run.state != "lost":
            if run.said != outcome:
                raise LabFailed(f"run {ref.key!r} is not unknown", mend="ask for its status")
            return self.status(ref)
        settle(self, run, outcome, by)
        return self.status(ref)

    def corrections(self) -> tuple[Correction, ...]:
        """Later versions of results that a person gave; devices correct nothing."""
        bench = self.by_hand.bench
        return () if bench is None else bench.corrections()

    def say_prepared(self, key: str, by: str) -> None:
        """A person says that the samples of a run are made and mounted; its devices begin.

        Raises:
            BadInput: no name is given, or the run waits for nobody to make its samples.
        """
        run = self.log.run(key)
        if not self.prepared_by.is_asked or self.log.ending(run.batch) is not None:
            raise BadInput(f"run {key!r} waits for no samples", mend="see eutectic status")
        if not by.strip():
            raise BadInput("somebody must say so", mend="give a name")
        self.log.say_prepared(run.batch, by, self._clock())
        self._settled(key)

    def executions(self) -> dict[str, int]:
        """How often each trial was begun on a device."""
        return self.log.times_made()
