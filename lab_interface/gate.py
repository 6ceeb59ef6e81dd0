"""The gate: the only way to a lab. Strict bytes in, a verdict bound to their hash out; any exception is a refusal."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta

from eutectic.core.errors import LabFailed, PlanChanged, PlanRefused
from eutectic.core.estop import EmergencyStop
from eutectic.core.lab import Lab
from eutectic.core.notebook import CampaignView, Event, Notebook
from eutectic.core.plan import Approval, Check, Plan, Verdict
from eutectic.core.record import sha256
from eutectic.core.run import RunRef
from eutectic.core.spec import CampaignSpec
from eutectic.core.trial import Observation
from eutectic.lab_interface.checks import CHECKS, Subject
from eutectic.lab_interface.hazards import hazard_table
from eutectic.lab_interface.limits import limits_of
from eutectic.lab_interface.stock_ledger import StockLedger
from eutectic.lab_interface.strict_json import parse_plan

POLICY = "policy"
"""Who approves (`Approval.by`) where the spec's approval policy lets a plan pass without a person."""


class Gate:
    """Checks plans and hands them to one lab, once each. No model and no network stands behind it.

    Whoever submits holds the campaign's driver lock.
    """

    def __init__(
        self,
        spec: CampaignSpec,
        lab: Lab,
        notebook: Notebook,
        view: CampaignView | None = None,
        *,
        ledger: StockLedger | None = None,
        stop: EmergencyStop | None = None,
        today: Callable[[], date | None] = lambda: datetime.now(UTC).date(),
    ) -> None:
        """A gate to one lab; `view`, where given, is one that listens to the same notebook, and saves a second copy.

        Without a ledger a real lab's stocks block. `today` gives None in a replay, where dates are not judged anew.
        """
        self._ledger, self._today, self._stop = ledger, today, stop or EmergencyStop()
        self._recent: list[tuple[datetime, str, int]] = []
        self._spec = spec
        self._lab = lab
        self._notebook = notebook
        self._shares_view = view is not None
        self._view = view or CampaignView()
        self._seen = 0
        self._sent: dict[str, str] = {}

    def verdict(self, plan_bytes: bytes) -> Verdict:
        """What the gate says of these bytes; never raises for a bad plan."""
        try:
            plan = parse_plan(plan_bytes, self._spec.batch)
        except Exception as error:
            digest = sha256(plan_bytes) if isinstance(plan_bytes, bytes) else ""
            return Verdict(plan_sha256=digest, checks=(_refusal("bytes", error),))
        said = f"{len(plan_bytes)} bytes of strict JSON"
        return Verdict(
            plan_sha256=plan.sha256, checks=(Check(name="bytes", verdict="pass", detail=said), *self._checks(plan))
        )

    def _checks(self, plan: Plan) -> list[Check]:
        try:
            subject = self._subject(plan)
        except Exception as error:
            return [_refusal("preflight", error)]
        found: list[Check] = []
        for name, check in CHECKS:
            try:
                found += check(subject)
            except Exception as error:
                found.append(_refusal(name, error))
        return found

    def submit(self, plan_bytes: bytes, approval: Approval) -> RunRef:
        """Send an approved plan to the lab, once: the intent is durable before the lab hears of it.

        Called again with the same bytes it returns the first run; after a crash in between it sends again only to a
        lab that is idempotent by key.

        Raises:
            PlanRefused: not these bytes were approved, or the verdict, made anew, blocks.
            PlanChanged: another plan was sent under this key.
            LabFailed: the lab refused or is stopped, or the outcome of an earlier try is unknown.
        """
        plan = parse_plan(plan_bytes, self._spec.batch)
        intended = self._notebook.get("submission_intended", plan.key)
        if intended is not None and intended["plan_sha256"] != plan.sha256:
            raise PlanChanged(f"another plan was sent as {plan.key}", mend="raise the attempt number")
        accepted = self._notebook.get("submission_accepted", plan.key)
        if accepted is not None:
            return RunRef.model_validate(accepted)
        self._admit(plan, plan_bytes, approval)
        if self._ledger is not None:
            self._ledger.reserve(plan)
        if intended is None:
            self._notebook.append("submission_intended", plan.key, _intent(plan))
        elif not self._lab.capabilities().idempotent:
            raise LabFailed(
                f"whether {plan.key} reached the lab is unknown", mend="ask the lab, then reconcile it by hand"
            )
        ref = self._lab.submit(plan, plan.key)
        if (ref.key, ref.plan_sha256) != (plan.key, plan.sha256):
            raise LabFailed(f"the lab answered for {ref.key!r}, not for {plan.key!r}", mend="reconcile it by hand")
        self._notebook.append("submission_accepted", plan.key, ref)
        return ref

    def settle(self, plan: Plan, observations: Iterable[Observation]) -> None:
        """A run is over: what went into samples that gave anything is used up, the rest of the reservation released."""
        if self._ledger is not None:
            made = {item.trial for item in observations if item.status != "abandoned"}
            self._ledger.settle(plan, made.__contains__)

    def _admit(self, plan: Plan, plan_bytes: bytes, approval: Approval) -> None:
        """Raise `PlanRefused` unless exactly this plan is approved by one who may, and nothing blocks it."""
        if approval.plan_sha256 != plan.sha256:
            raise PlanRefused("the approval is for another plan", where=plan.key, mend="approve this plan's hash")
        if approval.decision != "approve":
            raise PlanRefused(f"the answer was {approval.decision!r}", where=plan.key)
        verdict = self.verdict(plan_bytes)
        blocking = [f"{check.name}: {check.detail}" for check in verdict.checks if check.verdict == "block"]
        if verdict.is_blocked or verdict.plan_sha256 != plan.sha256:
            raise PlanRefused(f"the gate blocks the plan: {'; '.join(blocking)}", where=plan.key)
        if approval.by == POLICY and not policy_passes(self._spec, plan, verdict):
            raise PlanRefused(
                "the approval policy does not let this plan pass alone", where=plan.key, mend="approve it"
            )

    def _subject(self, plan: Plan) -> Subject:
        for item in self._notebook.events(self._seen):
            self._fold(item)
        return Subject(
            plan=plan,
            spec=self._spec,
            lab=self._lab,
            capabilities=self._lab.capabilities(),
            limits=limits_of(self._spec.lab.settings),
            hazards=hazard_table(),
            campaign=self._notebook.campaign,
            view=self._view,
            sent=self._sent,
            sent_lately=self._sent_lately(plan.key),
            stop=self._stop,
            ledger=self._ledger,
            today=self._today(),
        )

    def _sent_lately(self, key: str) -> int:
        since = datetime.now(UTC) - timedelta(hours=24)
        self._recent = [item for item in self._recent if item[0] > since]
        return sum(count for _, other, count in self._recent if other != key)

    def _fold(self, item: Event) -> None:
        if not self._shares_view:
            self._view.fold(item)
        self._seen = item.seq
        if item.kind == "submission_intended":
            trials = item.payload.get("trials", ())
            self._sent |= dict.fromkeys(trials, item.slot)
            self._recent.append((datetime.fromisoformat(item.at), item.slot, len(trials)))
        elif item.kind == "run_finished":
            self._sent = {trial: key for trial, key in self._sent.items() if key != item.slot}


def policy_passes(spec: CampaignSpec, plan: Plan, verdict: Verdict) -> bool:
    """Whether the approval policy lets a plan pass without a person: nothing blocks or warns, within its cost."""
    policy = spec.approval
    if policy.mode != "auto" or verdict.is_blocked or verdict.has_warnings or verdict.plan_sha256 != plan.sha256:
        return False
    if policy.max_cost is None:
        return plan.simulated
    return plan.cost <= policy.max_cost


def _intent(plan: Plan) -> dict[str, object]:
    return {"plan_sha256": plan.sha256, "lab": plan.lab, "trials": [trial.id for trial in plan.trials]}


def _refusal(name: str, error: Exception) -> Check:
    text = " ".join(str(error).split())[:500]
    return Check(name=name, verdict="block", detail=text or type(error).__name__)
