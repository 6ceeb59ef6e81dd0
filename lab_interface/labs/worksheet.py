"""The worksheet lab: a person at a bench, with a sheet to carry out and a table to fill in."""

from __future__ import annotations

import os
from pathlib import Path

from eutectic.core.correction import Correction
from eutectic.core.errors import BadInput, BadTable, LabFailed, PlanChanged, StorageFailed
from eutectic.core.lab import Lab
from eutectic.core.plan import Capabilities, Check, Plan
from eutectic.core.record import canonical_json
from eutectic.core.run import RunEvent, RunRef, RunState, RunStatus, SampleState, SampleStatus
from eutectic.core.spec import CampaignSpec
from eutectic.core.trial import Observation
from eutectic.lab_interface.hazards import hazard_table
from eutectic.lab_interface.results_diff import Review, review, with_thread
from eutectic.lab_interface.results_import import ImportReport
from eutectic.lab_interface.results_rows import abandoned
from eutectic.lab_interface.results_thread import lots_of
from eutectic.lab_interface.worksheet_settings import read_settings
from eutectic.lab_interface.worksheet_sheet import asked_of, make_sheet, to_html, to_markdown
from eutectic.lab_interface.worksheet_store import Clock, Source, WorksheetStore
from eutectic.lab_interface.worksheet_tables import results_table, table_csv, transfers_table
from eutectic.lab_interface.worksheet_xlsx import results_xlsx

NAME = "worksheet"


class WorksheetLab:
    """A real lab without devices: a plan becomes a sheet in `plans/`, results come back as a filled-in table."""

    def __init__(self, spec: CampaignSpec, folder: Path, clock: Clock | None = None, doser: str = "") -> None:
        """`doser`: the machine that makes the samples a person then measures; empty where the person makes them."""
        self._spec, self._doser = spec, doser
        self._settings = read_settings(spec)
        self._folder = folder
        self._store = WorksheetStore(folder, clock)

    def capabilities(self) -> Capabilities:
        """What the settings say a person can weigh and measure here."""
        given = self._settings
        return Capabilities(
            name=NAME,
            simulated=False,
            idempotent=True,
            properties=given.properties,
            max_batch=given.max_batch,
            tick=given.tick,
            total_ticks=given.total_ticks,
            min_ticks=given.min_ticks,
            cost_per_trial=given.cost_per_trial,
            hours_per_trial=given.hours_per_trial,
            hours_per_batch=given.hours_per_batch,
            can_screen=True,
            **given.told(),
        )

    def validate(self, plan: Plan) -> tuple[Check, ...]:
        """Whether the lab is stopped, and whether a sheet can be written of the plan."""
        stopped = self._store.stopped()
        checks = [
            Check(name="stop", verdict="block", detail=f"stopped: {stopped}")
            if stopped
            else Check(name="stop", verdict="pass", detail="no emergency stop")
        ]
        make_sheet(plan, self._spec, hazard_table(), self._doser)
        checks.append(Check(name="sheet", verdict="pass", detail=f"a sheet of {len(plan.samples)} samples"))
        return tuple(checks)

    def submit(self, plan: Plan, key: str) -> RunRef:
        """Write the sheet and its tables; the same key and plan give the same run and write missing files again.

        Raises:
            PlanChanged: the key was used for another plan.
            LabFailed: the lab is stopped.
            StorageFailed: the folder cannot be written.
        """
        stopped = self._store.stopped()
        if stopped:
            raise LabFailed(f"the lab is stopped: {stopped}", mend="a person must clear the stop first")
        number = self._store.add(key, plan)
        sheet = make_sheet(plan, self._spec, hazard_table(), self._doser)
        folder, results = self.folder_of(key), results_table(plan, asked_of(plan, self._spec), self._spec.space.process)
        for name, data in (
            ("plan.json", canonical_json(plan).encode()),
            ("transfers.csv", table_csv(transfers_table(plan))),
            ("results_template.csv", table_csv(results)),
            ("results_template.xlsx", results_xlsx(plan, results)),
            ("worksheet.md", to_markdown(sheet).encode()),
            ("worksheet.html", to_html(sheet).encode()),
        ):
            _write(folder / name, data)
        return RunRef(lab=NAME, key=key, plan_sha256=plan.sha256, run=f"worksheet-{number}")

    def folder_of(self, key: str) -> Path:
        """Where the sheet of a plan lies."""
        return self._folder / "plans" / key.replace("/", "_")

    def status(self, ref: RunRef) -> RunStatus:
        """Waiting for a person until every sample has a result; `unknown` where the plan never came here."""
        plan = self._store.plan(ref.key)
        if plan is None:
            return RunStatus(state="unknown", done=0, total=0, note="no sheet was written for this plan")
        self._expire(ref.key, plan)
        found = self._store.results(ref.key)
        ending, note = self._store.ending(ref.key)
        done, total = len(found), len(plan.samples)
        n_ok = sum(item.status == "ok" for item in found.values())
        state: RunState
        if ending != "open":
            state = "partially_succeeded" if done else ending
        elif done < total:
            state, note = "awaiting_person", f"sheet in {self.folder_of(ref.key)}"
        else:
            state, note = "succeeded" if n_ok == total else "partially_succeeded" if n_ok else "failed", ""
        waiting: SampleState = "awaiting_person" if ending == "open" else "abandoned"
        samples = tuple(
            SampleStatus(
                trial=item.trial,
                sample=item.sample,
                state=found[item.trial].status if item.trial in found else waiting,
                note=found[item.trial].note if item.trial in found else "",
            )
            for item in plan.samples
        )
        may_go_on = state == "awaiting_person" and self._may_go_on(ref.key, done, total)
        return RunStatus(state=state, done=done, total=total, note=note, samples=samples, may_go_on=may_go_on)

    def events(self, ref: RunRef, since: int = 0) -> tuple[RunEvent, ...]:
        """The sheet written, then every version of every result as it was taken in."""
        plan = self._store.plan(ref.key)
        labels = {} if plan is None else {item.trial: item.sample for item in plan.samples}
        found = [
            RunEvent(seq=n, at=at, state="awaiting_person", sample=labels.get(trial, ""), note=note)
            for n, (at, trial, note) in enumerate(self._store.log(ref.key), start=1)
        ]
        return tuple(item for item in found if item.seq > since)

    def result(self, ref: RunRef) -> tuple[Observation, ...]:
        """The newest version of each result, in the order of the plan's trials."""
        plan = self._store.plan(ref.key)
        if plan is not None:
            self._expire(ref.key, plan)
        found = self._store.results(ref.key)
        return () if plan is None else tuple(found[trial.id] for trial in plan.trials if trial.id in found)

    def _may_go_on(self, key: str, done: int, total: int) -> bool:
        """Whether enough results are in, and enough time has passed, to plan the next batch without the rest."""
        given = self._settings
        if given.go_on_with is None or done < given.go_on_with * total - 1e-9:
            return False
        return self._store.hours_since(key) >= given.go_on_after_h

    def _expire(self, key: str, plan: Plan) -> None:
        """Count samples without a result as abandoned once the sheet is too old; a later result corrects that."""
        limit = self._settings.expire_after_h
        if limit is None or self._store.ending(key)[0] != "open" or self._store.hours_since(key) < limit:
            return
        found = self._store.results(key)
        missing = [sample for sample in plan.samples if sample.trial not in found]
        note = f"no result came within {limit:g} h (lab.settings.expire_after_h)"
        given_up = {sample.trial: self._placed(abandoned(sample, plan, note), key) for sample in missing}
        self._store.keep(key, given_up, Source())

    def review(self, report: ImportReport) -> Review:
        """What taking a results file in would change, without any effect.

        Raises:
            PlanChanged: the results are of a plan that never came here.
            BadTable: a value is in another unit than the objective's, or of a property nobody asked for.
        """
        plan = self._store.plan(report.key)
        if plan is None or plan.sha256 != report.plan_sha256:
            raise PlanChanged(f"no sheet was written for {report.key}", where=report.file)
        self._check_units(report)
        known, samples = self._store.results(report.key), {sample.trial: sample for sample in plan.samples}
        placed = {item.trial: self._placed(item, report.key) for item in report.observations}
        for trial in placed.keys() & known.keys():
            placed[trial] = with_thread(placed[trial], known[trial], lots_of("", samples[trial], plan))
        is_known_file = self._store.has_file(report.key, report.file_sha256)
        return review(known, placed, is_known_file=is_known_file)

    def record(self, report: ImportReport, reason: str = "", by: str = "") -> int:
        """Take the accepted lines of a results file in and return how many were new or changed.

        The same file twice is nothing new, whatever was corrected since; a result that differs from the one before is
        a correction.

        Raises:
            PlanChanged: the results are of a plan that never came here.
            BadTable: a value is in another unit than the objective's, or of a property nobody asked for.
            BadInput: a correction without a reason.
        """
        found = self.review(report)
        if found.corrected and not reason.strip():
            names = ", ".join(item.trial for item in found.corrected)
            raise BadInput(f"results of {names} were taken in before", mend="give --reason to correct")
        self._store.keep(report.key, found.changed, Source(report.file_sha256, reason.strip(), by.strip()))
        return len(found.changed)

    def corrections(self) -> tuple[Correction, ...]:
        """Every later version of a result of every plan, in the order they came."""
        return self._store.corrections()

    def history(self, ref: RunRef, trial: str) -> list[tuple[Observation, str]]:
        """Every version of a result with the reason it was changed for, oldest first."""
        return self._store.history(ref.key, trial)

    def _check_units(self, report: ImportReport) -> None:
        plan = self._store.plan(report.key)
        screened = {trial.id for trial in plan.trials if trial.purpose == "screen"} if plan is not None else set()
        screens = dict(self._spec.asked("screen"))
        for observation in report.observations:
            units = screens if observation.trial in screened else {**dict(self._spec.asked("data")), **screens}
            for item in observation.measurements:
                if item.property not in units:
                    raise BadTable(f"nobody asked for {item.property!r} of {observation.trial}", where=report.file)
                if item.unit != units[item.property]:
                    wanted = units[item.property]
                    raise BadTable(
                        f"{item.property} is in {item.unit!r}, the campaign in {wanted!r}", where=report.file
                    )

    def _placed(self, item: Observation, key: str) -> Observation:
        """The observation on the lab's clock, which counts the hours of the plans one after the other."""
        return item.model_copy(update={"started_h": round(self._store.hours_before(key), 6)})

    def cancel(self, ref: RunRef) -> None:
        """Give up the samples without a result."""
        self._store.end(ref.key, "cancelled", "cancelled")

    def abort(self, ref: RunRef, reason: str) -> None:
        """Give the sheet up, with a reason; whoever holds it must be told."""
        self._store.end(ref.key, "aborted", reason)

    def estop(self, reason: str) -> None:
        """Refuse every plan until a person clears the stop; it survives a restart and replaces no red button."""
        self._store.stop(reason)

    def clear_estop(self, by: str) -> None:
        """Lift the stop, in a person's name.

        Raises:
            BadInput: nobody is named.
        """
        if not by.strip():
            raise BadInput("a person must be named who clears the stop")
        self._store.clear(by)

    def stop_reason(self) -> str | None:
        """Why the lab is stopped, or None."""
        return self._store.stopped() or None

    def reconcile(self, ref: RunRef, outcome: str, by: str) -> RunStatus:
        """A person says whether the sheet was carried out: `ran` keeps it open for results, `did_not_run` ends it.

        Raises:
            BadInput: another word, or nobody is named.
        """
        if outcome not in ("ran", "did_not_run") or not by.strip():
            raise BadInput(f"outcome {outcome!r} by {by!r}", mend="say 'ran' or 'did_not_run', and who says so")
        self._store.end(ref.key, "open" if outcome == "ran" else "cancelled", f"{outcome}, says {by}")
        return self.status(ref)


def open(spec: CampaignSpec, folder: Path) -> Lab:
    """The worksheet lab of a campaign, with its records in the campaign's folder."""
    return WorksheetLab(spec, folder)


def _write(path: Path, data: bytes) -> None:
    """Write beside and rename, so that a sheet is whole or not there."""
    part = path.with_suffix(f"{path.suffix}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        raise StorageFailed(f"the sheet cannot be written: {error.strerror}", where=str(path)) from error
