"""The simulated lab: a law or a table measured with noise, drift and failures, durable and repeatable."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import JsonValue

from eutectic.core.errors import BadInput, LabFailed, NotSupported, PlanChanged, PlanRefused
from eutectic.core.plan import Capabilities, Check, Plan
from eutectic.core.run import RunEvent, RunRef, RunStatus
from eutectic.core.spec import CampaignSpec
from eutectic.core.trial import Observation
from eutectic.lab_interface.emulator import open_emulator
from eutectic.lab_interface.examples import Injected
from eutectic.lab_interface.faults import run_contact
from eutectic.lab_interface.law import Law
from eutectic.lab_interface.registry import open_law
from eutectic.lab_interface.run_progress import Progress, progress, run_events, run_state, sample_statuses, unmade
from eutectic.lab_interface.run_store import (
    RunStore,
    StoredRun,
    StoredState,
    count_made,
    find_run,
    insert_run,
    latch,
    next_slot,
    record_sample,
    require,
    stopped,
    unfinished_runs,
    unlatch,
    update_run,
)
from eutectic.lab_interface.screened_law import with_screen
from eutectic.lab_interface.simulated_checks import check_micrograph, check_plan, check_spec
from eutectic.lab_interface.simulated_settings import Causes, SimulatedSettings, read_settings
from eutectic.lab_interface.workbench import Slot, Workbench

NAME = "simulated"
Clock = Callable[[], float]


def open(spec: CampaignSpec, folder: Path) -> SimulatedLab:
    """The simulated lab of a spec; its record is `lab.db` in the folder.

    Raises:
        BadInput: settings it does not know, no such law, or a space or objective that the law cannot serve.
        BadTable: the table of an emulator is wrong.
    """
    settings = read_settings(spec)
    base, name = _law(settings)
    law = with_screen(base, spec, settings.screen)
    check_spec(spec, law)
    check_micrograph(law, settings)
    return SimulatedLab(spec, settings, law, name, folder)


@contextmanager
def example(folder: Path, fault: Injected = "none") -> Iterator[dict[str, JsonValue]]:
    """Settings under which this lab opens with a space of Fe and B."""
    faults: dict[Injected, dict[str, JsonValue]] = {
        "none": {},
        "nan": {"no_reading_rate": 1, "abandoned_rate": 0},
        "slow": {"latency_s": 2.0},
        "lost": {"lost_contact_rate": 1},
        "dry": {"abandoned_rate": 0.5, "causes": {**dict.fromkeys(Causes.model_fields, 0), "precursor_issue": 1}},
    }
    if fault not in faults:
        raise NotSupported(f"{fault!r} cannot be injected into the simulated lab")
    yield {"law": "fe_soft_magnet", **faults[fault]}


def _law(settings: SimulatedSettings) -> tuple[Law, str]:
    if settings.law is not None:
        return open_law(settings.law), settings.law
    table, card = Path(settings.table or "").expanduser(), Path(settings.card or "").expanduser()
    return open_emulator(table, card), table.stem


class SimulatedLab:
    """A lab that measures a law.

    What a trial gives depends on the seed, the trial and its place in the lab's own order, never on the clock, so a
    campaign that was killed and resumed sees the same values. All state is in `lab.db`; an instance holds none.
    Without latency a run is made whole in the transaction that accepts it.
    """

    def __init__(
        self,
        spec: CampaignSpec,
        settings: SimulatedSettings,
        law: Law,
        name: str,
        folder: Path,
        clock: Clock = time.time,
    ) -> None:
        self._settings, self._law, self._folder, self._clock = settings, law, folder, clock
        self._seed = spec.seed
        self._workbench = Workbench(law, settings, spec, f"simulated:{name}")
        self._store = RunStore(folder / "lab.db")

    @property
    def law(self) -> Law:
        """What it measures."""
        return self._law

    def capabilities(self) -> Capabilities:
        """What this lab can do."""
        settings = self._settings
        return Capabilities(
            name=NAME,
            simulated=True,
            idempotent=True,
            properties=tuple(item.name for item in self._law.properties),
            max_batch=settings.max_batch,
            tick=settings.tick,
            total_ticks=settings.total_ticks,
            min_ticks=settings.min_ticks,
            cost_per_trial=settings.cost_per_trial,
            hours_per_trial=settings.hours_per_trial,
            instruments=settings.instruments,
            hours_per_batch=settings.hours_per_batch,
            can_screen=True,
            **settings.told(),
        )

    def validate(self, plan: Plan) -> tuple[Check, ...]:
        """The lab's own checks, without any effect."""
        return check_plan(plan, self.capabilities(), self._law)

    def submit(self, plan: Plan, key: str) -> RunRef:
        """Start the plan; the same key with the same plan returns the first run again.

        Raises:
            PlanChanged: the key was used for another plan.
            PlanRefused: the lab's own checks block it.
            LabFailed: the lab is stopped, or the answer was lost on the way (send it again with the same key).
        """
        contact = run_contact(self._settings, self._seed, plan.round, plan.attempt)
        with self._store.writing() as connection:
            known = find_run(connection, key)
            if known is None:
                self._accept(connection, plan, key)
        if known is None and not contact.is_answered:
            raise LabFailed(f"no answer to {key!r} came back", mend="send it again with the same key")
        if known is not None and known.plan_sha256 != plan.sha256:
            raise PlanChanged(f"{key!r} was used for another plan", mend="raise the attempt number")
        run = known or require(self._store.find(key), key)
        return RunRef(lab=NAME, key=key, plan_sha256=run.plan_sha256, run=f"run-{run.batch:06d}")

    def status(self, ref: RunRef) -> RunStatus:
        """Where a run stands; `unknown` while contact to it is lost."""
        run, counts = self._advanced(ref)
        total = len(run.plan.samples)
        if run.state == "lost":
            note, samples = "contact was lost after it was sent", sample_statuses(run, (), "unknown")
            return RunStatus(state="unknown", done=0, total=total, note=note, samples=samples)
        made = self._store.observations(run.batch, counts.finished)
        if run.state == "did_not_run":
            note, samples = f"did not run, says {run.reason}", sample_statuses(run, (), "abandoned")
            return RunStatus(state="failed", done=0, total=total, note=note, samples=samples)
        samples = sample_statuses(run, made, "running" if counts.is_open else "abandoned")
        state = "running" if counts.is_open else run_state(run, made)
        return RunStatus(state=state, done=counts.finished, total=total, note=run.reason, samples=samples)

    def events(self, ref: RunRef, since: int = 0) -> tuple[RunEvent, ...]:
        """Accepted, then each sample as it was finished, then the end; times only in lab hours, in the note."""
        status = self.status(ref)
        run = require(self._store.find(ref.key), ref.key)
        return run_events(run, status, self._store.observations(run.batch, status.done), since)

    def result(self, ref: RunRef) -> tuple[Observation, ...]:
        """Observations so far, in the order of the plan's trials; one for every trial once the run is closed."""
        run, counts = self._advanced(ref)
        if run.state in ("lost", "did_not_run"):
            return ()
        made = self._store.observations(run.batch, counts.finished)
        found = {item.trial: item for item in (made if counts.is_open else [*made, *unmade(run, made)])}
        return tuple(found[trial.id] for trial in run.plan.trials if trial.id in found)

    def cancel(self, ref: RunRef) -> None:
        """Give up samples that have not begun; those that have will finish."""
        if self._settings.ignores_cancel:
            return
        with self._store.writing() as connection:
            run = self._advance(connection, ref.key)
            if run.state == "accepted" and run.cap > (begun := count_made(connection, run.batch)):
                update_run(connection, run._replace(state="cancelled", cap=begun, kept=begun, reason="cancelled"))

    def abort(self, ref: RunRef, reason: str) -> None:
        """Stop the run: samples that are not finished give nothing."""
        with self._store.writing() as connection:
            self._abort(connection, ref.key, reason)

    def estop(self, reason: str) -> None:
        """Stop every run and accept none until `clear_estop`; survives a restart."""
        with self._store.writing() as connection:
            latch(connection, reason)
            for key in unfinished_runs(connection):
                self._abort(connection, key, f"emergency stop: {reason}")

    def clear_estop(self, by: str) -> None:
        """Allow runs again, on the word of a person.

        Raises:
            BadInput: no name is given.
        """
        if not by.strip():
            raise BadInput("only a named person clears an emergency stop", mend="give a name")
        with self._store.writing() as connection:
            unlatch(connection)

    def reconcile(self, ref: RunRef, outcome: str, by: str) -> RunStatus:
        """A person says what became of an unknown run: `ran` or `did_not_run`.

        Raises:
            BadInput: another outcome, or no name.
            LabFailed: the run is not unknown, or something else was said before.
        """
        if outcome not in ("ran", "did_not_run") or not by.strip():
            raise BadInput(f"outcome {outcome!r} by {by!r}", mend="say ran or did_not_run, with a name")
        with self._store.writing() as connection:
            run = require(find_run(connection, ref.key), ref.key)
            if run.state == "lost":
                state: StoredState = "accepted" if outcome == "ran" else "did_not_run"
                update_run(connection, run._replace(state=state, said=outcome, reason=by))
            elif run.said != outcome:
                raise LabFailed(f"run {ref.key!r} is not unknown", mend="ask for its status")
        return self.status(ref)

    def executions(self) -> dict[str, int]:
        """How often each trial was really made, lost runs included."""
        return self._store.executions()

    def stop_reason(self) -> str | None:
        """Why the lab is stopped, or None."""
        return self._store.stop_reason()

    def _accept(self, connection: sqlite3.Connection, plan: Plan, key: str) -> None:
        reason = stopped(connection)
        if reason is not None:
            raise LabFailed(f"the lab is stopped: {reason}", mend="a person must clear the emergency stop")
        blocked = [check for check in self.validate(plan) if check.verdict == "block"]
        if blocked:
            raise PlanRefused(f"{blocked[0].name}: {blocked[0].detail}", where=key)
        batch, begins = next_slot(connection)
        n = len(plan.samples)
        rows = -(-n // self._settings.instruments)
        ends = begins + self._settings.hours_per_batch + rows * self._settings.hours_per_trial
        contact = run_contact(self._settings, self._seed, plan.round, plan.attempt)
        insert_run(
            connection,
            StoredRun(
                batch=batch,
                key=key,
                plan_sha256=plan.sha256,
                plan=plan,
                state="lost" if contact.is_lost else "accepted",
                reason="",
                said="",
                was_made=contact.runs_anyway or not contact.is_lost,
                cap=n,
                kept=n,
                begins_h=begins,
                ends_h=ends,
                accepted_s=self._clock(),
            ),
        )
        self._advance(connection, key)

    def _advanced(self, ref: RunRef) -> tuple[StoredRun, Progress]:
        run = require(self._store.find(ref.key), ref.key)
        if self._settings.latency_s:
            with self._store.writing() as connection:
                run = self._advance(connection, ref.key)
        return run, self._progress(run)

    def _advance(self, connection: sqlite3.Connection, key: str) -> StoredRun:
        """Make every sample whose time has come."""
        run = require(find_run(connection, key), key)
        for position in range(count_made(connection, run.batch), self._progress(run).due):
            made = self._workbench.make(run.plan, position, Slot(run.batch, run.begins_h), self._folder)
            record_sample(connection, run.batch, position, made)
        return run

    def _progress(self, run: StoredRun) -> Progress:
        return progress(run, self._settings.latency_s, self._clock())

    def _abort(self, connection: sqlite3.Connection, key: str, reason: str) -> None:
        run = self._advance(connection, key)
        counts = self._progress(run)
        if run.state in ("accepted", "cancelled") and counts.is_open:
            begun = count_made(connection, run.batch)
            kept = min(counts.finished, begun)
            update_run(connection, run._replace(state="aborted", cap=begun, kept=kept, reason=reason))
