"""The replay lab: hands out what another lab recorded, and refuses what was never recorded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from eutectic.core.errors import BadInput, LabFailed, NotSupported, PlanChanged
from eutectic.core.lab import Lab
from eutectic.core.plan import Capabilities, Check, Plan
from eutectic.core.run import RunEvent, RunRef, RunState, RunStatus, SampleStatus
from eutectic.core.spec import CampaignSpec
from eutectic.core.trial import Observation

NAME = "replay"


class ReplayLab:
    """Recorded observations as a lab; it stands in for the lab they come from, under its name and capabilities."""

    def __init__(
        self,
        recorded: Sequence[Observation],
        capabilities: Capabilities,
        *,
        is_whole: bool = True,
        held_back: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        """`is_whole` is False for a recording that ends in mid-campaign: what it lacks counts as still running.

        `held_back` names, by key, trials without a result when the campaign went on: they count as still running too.
        """
        self._held_back = {key: frozenset(trials) for key, trials in (held_back or {}).items()}
        self._is_whole = is_whole
        self._recorded = {item.trial: item for item in recorded}
        self._capabilities = capabilities.model_copy(update={"idempotent": True})
        self._plans: dict[str, Plan] = {}
        self._stopped = ""

    def capabilities(self) -> Capabilities:
        """Those of the recorded lab."""
        return self._capabilities

    def validate(self, plan: Plan) -> tuple[Check, ...]:
        """Whether every trial of the plan was recorded, with the same recipe."""
        problems = self._problems(plan)
        if self._stopped:
            problems.insert(0, f"stopped: {self._stopped}")
        if problems:
            return (Check(name="recorded", verdict="block", detail="; ".join(problems)),)
        return (Check(name="recorded", verdict="pass", detail=f"{len(plan.trials)} recorded observations"),)

    def _problems(self, plan: Plan) -> list[str]:
        problems = []
        for trial in plan.trials:
            known = self._recorded.get(trial.id)
            if known is None:
                problems += [f"trial {trial.id} was never recorded"] if self._is_whole else []
            elif known.composition.basis != trial.composition.basis:
                problems.append(f"trial {trial.id} was recorded in {known.composition.basis}")
            elif known.simulated != plan.simulated:
                problems.append(f"trial {trial.id} was recorded in a {'simulated' if known.simulated else 'real'} lab")
        return problems

    def submit(self, plan: Plan, key: str) -> RunRef:
        """Take the plan; the same key with the same plan gives the same run.

        Raises:
            PlanChanged: the key was used for another plan.
            LabFailed: stopped, or a trial was never recorded.
        """
        known = self._plans.get(key)
        if known is not None and known.sha256 != plan.sha256:
            raise PlanChanged(f"another plan was sent as {key}")
        blocked = [check.detail for check in self.validate(plan) if check.verdict == "block"]
        if blocked:
            raise LabFailed(blocked[0], where=key, mend="replay the campaign this recording was made of")
        self._plans[key] = plan
        return RunRef(lab=self._capabilities.name, key=key, plan_sha256=plan.sha256, run=key)

    def status(self, ref: RunRef) -> RunStatus:
        """Succeeded at once, or partly where a recorded trial failed; `unknown` for a run it never got."""
        plan = self._plans.get(ref.key)
        if plan is None:
            return RunStatus(state="unknown", done=0, total=0, note="this replay never got the plan")
        found = {item.trial: item for item in self.result(ref)}
        samples = tuple(
            SampleStatus(
                trial=item.trial,
                sample=item.sample,
                state=found[item.trial].status if item.trial in found else "pending",
            )
            for item in plan.samples
        )
        done, total = len(found), len(plan.trials)
        if done < total:
            is_left = ref.key in self._held_back
            note = "the campaign went on without the rest" if is_left else "the recording ends here"
            return RunStatus(state="running", done=done, total=total, note=note, samples=samples, may_go_on=is_left)
        is_whole = all(item.status == "ok" for item in found.values())
        state: RunState = "succeeded" if is_whole else "partially_succeeded"
        return RunStatus(state=state, done=done, total=total, samples=samples)

    def events(self, ref: RunRef, since: int = 0) -> tuple[RunEvent, ...]:
        """One event for the run and one for each recorded sample; a recording keeps no times."""
        status = self.status(ref)
        found = [RunEvent(seq=1, at="", state=status.state, note=status.note)]
        found += [
            RunEvent(seq=n, at="", state=status.state, sample=item.sample, note=item.state)
            for n, item in enumerate(status.samples, start=2)
        ]
        return tuple(item for item in found if item.seq > since)

    def result(self, ref: RunRef) -> tuple[Observation, ...]:
        """The recorded observations, in the order of the plan's trials."""
        plan, later = self._plans.get(ref.key), self._held_back.get(ref.key, frozenset())
        trials = [] if plan is None else [trial.id for trial in plan.trials if trial.id not in later]
        return tuple(self._recorded[trial] for trial in trials if trial in self._recorded)

    def cancel(self, ref: RunRef) -> None:
        """Nothing is under way that could be given up."""

    def abort(self, ref: RunRef, reason: str) -> None:
        """Nothing is under way that could be stopped."""

    def estop(self, reason: str) -> None:
        """Refuse every plan from here on; it lasts as long as this replay."""
        self._stopped = reason or "no reason given"

    def clear_estop(self, by: str) -> None:
        """Lift the stop, in a person's name.

        Raises:
            BadInput: nobody is named.
        """
        if not by.strip():
            raise BadInput("a person must be named who clears the stop")
        self._stopped = ""

    def stop_reason(self) -> str | None:
        """Why this replay is stopped, or None."""
        return self._stopped or None

    def reconcile(self, ref: RunRef, outcome: str, by: str) -> RunStatus:
        """The outcome of a recorded run is what was recorded."""
        return self.status(ref)


def open(spec: CampaignSpec, folder: Path) -> Lab:
    """A recording is opened by its campaign, not by a spec.

    Raises:
        NotSupported: always; the replay command makes a `ReplayLab` of a recorded campaign.
    """
    raise NotSupported("a spec cannot name the replay lab", where="lab.kind", mend="use 'eutectic replay ID'")
