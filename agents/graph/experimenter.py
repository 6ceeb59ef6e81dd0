"""The experimenter's nodes: compile and preflight, approval, submission, and watching the run."""

from __future__ import annotations

from typing import Any, Literal

from langgraph.runtime import Runtime
from langgraph.types import Command, interrupt

from eutectic.agents.decisions.experimenter import FailedLine, PlannedLine, Release, ReleaseContext, Watch, WatchContext
from eutectic.agents.graph.context import CampaignContext
from eutectic.agents.graph.lines import budget_left, recipe
from eutectic.agents.graph.measured import analysed
from eutectic.agents.graph.state import RoundState
from eutectic.core.decision import Decision
from eutectic.core.errors import PlanRefused
from eutectic.core.notebook.view import UNKNOWN_SUFFIX
from eutectic.core.plan import Approval, Plan, Verdict
from eutectic.core.record import canonical_json
from eutectic.core.run import FINISHED, RunRef
from eutectic.lab_interface.compile import compile_plan
from eutectic.lab_interface.gate import POLICY, policy_passes


def plan_key(ctx: CampaignContext, state: RoundState) -> str:
    """The idempotency key of the round's current plan."""
    return f"{ctx.view.id}/r{state['round']:02d}/a{state.get('attempt', 1)}"


def stored_plan(ctx: CampaignContext, key: str) -> Plan:
    """The plan as its bytes stand in the notebook."""
    if key not in ctx.plans:
        ctx.plans = {key: Plan.model_validate(ctx.journal.payload("plan", key))}
    return ctx.plans[key]


def compile_(state: RoundState, runtime: Runtime[CampaignContext]) -> Command[Literal["approve"]]:
    """Compile the round's trials into a plan, have the gate look at it, decide whether to release it."""
    ctx, key = runtime.context, plan_key(runtime.context, state)
    attempt = state.get("attempt", 1)
    struck = {trial.id for trial in ctx.view.rejected}
    trials = [trial for trial in ctx.view.round_trials(state["round"]) if trial.id not in struck]
    protocol = ctx.view.protocol
    assert protocol is not None
    ctx.journal.step(
        "plan",
        key,
        lambda: compile_plan(ctx.spec, ctx.view.id, state["round"], attempt, trials, protocol, ctx.lab.capabilities()),
    )
    plan = stored_plan(ctx, key)
    data = canonical_json(plan).encode()
    verdict = Verdict.model_validate(ctx.journal.step("verdict", key, lambda: ctx.gate.verdict(data)))
    context = ReleaseContext(
        round=state["round"],
        lab=plan.lab,
        simulated=plan.simulated,
        samples=tuple(
            PlannedLine(
                trial=trial.id,
                wanted=recipe(trial.composition, trial.process),
                achieved=recipe(sample.achieved, sample.process),
            )
            for trial, sample in zip(plan.trials, plan.samples, strict=True)
        ),
        checks=tuple(check for check in verdict.checks if check.verdict != "pass"),
        cost=round(plan.cost, 2),
        hours=round(plan.hours, 2),
        left=budget_left(ctx.view),
        needs_person=_person_reason(ctx, plan, verdict) is not None,
    )
    slot = f"r{state['round']:02d}/experimenter/release" + (f"-{attempt}" if attempt > 1 else "")
    ctx.journal.decide(ctx.mind, Decision("experimenter", "release", slot, context, Release))
    return Command(goto="approve", update={"attempt": attempt})


def _person_reason(ctx: CampaignContext, plan: Plan, verdict: Verdict) -> str | None:
    if policy_passes(ctx.spec, plan, verdict):
        return None
    policy = ctx.spec.approval
    if verdict.is_blocked:
        first = next((check for check in verdict.checks if check.verdict == "block"), None)
        return "the gate blocks this plan" + (f": {first.name}: {first.detail}" if first else "")
    if policy.mode == "person":
        return "the approval policy asks for a person"
    if verdict.has_warnings:
        return "the preflight warns"
    if policy.max_cost is None:
        return "a real lab without a cost limit for automatic approval"
    return f"the plan costs {plan.cost:.2f}, more than {policy.max_cost:.2f}"


def approve(state: RoundState, runtime: Runtime[CampaignContext]) -> Command[Literal["submit", "compile", "review"]]:
    """Wait for the approval the policy asks for; nothing is sent without one bound to the plan's hash."""
    ctx, key = runtime.context, plan_key(runtime.context, state)
    plan = stored_plan(ctx, key)
    said = (
        ctx.journal.payload("approval", key) or _said_with_edit(ctx, state, plan) or ctx.journal.recall("approval", key)
    )
    if said is None:
        reason = _wants_person(ctx, state, plan, key)
        if reason is None:
            approval = Approval(
                plan_sha256=plan.sha256, decision="approve", by=POLICY, reason="no warning, within limits"
            )
            said = ctx.journal.step("approval", key, lambda: approval)
        else:
            request: dict[str, Any] = {
                "kind": "plan",
                "plan_sha256": plan.sha256,
                "reason": reason,
                "trials": [trial.id for trial in plan.trials],
                "cost": plan.cost,
                "hours": plan.hours,
            }
            ctx.journal.step("approval_requested", key, lambda: request)
            interrupt({"slot": key, **request})
            said = ctx.journal.payload("approval", key)
            if said is None:
                raise PlanRefused(
                    "the graph was resumed without an answer", where=key, mend="eutectic approve or reject"
                )
    answer = Approval.model_validate(said)
    if answer.decision == "approve":
        return Command(goto="submit")
    if answer.decision == "edit" and len(answer.struck) < len(plan.trials):
        return Command(goto="compile", update={"attempt": state.get("attempt", 1) + 1})
    return Command(goto="review")


def _said_with_edit(ctx: CampaignContext, state: RoundState, plan: Plan) -> dict[str, Any] | None:
    """The approval that a person's edit of the former attempt is for the plan made from it."""
    attempt, key = state.get("attempt", 1), plan_key(ctx, state)
    if attempt == 1 or Verdict.model_validate(ctx.journal.payload("verdict", key)).is_blocked:
        return None
    former = ctx.journal.payload("approval", f"{ctx.view.id}/r{state['round']:02d}/a{attempt - 1}")
    if former is None or former["decision"] != "edit":
        return None
    approval = Approval(
        plan_sha256=plan.sha256, decision="approve", by=former["by"], reason=f"edited: {former['reason']}"[:2000]
    )
    if ctx.ledger is not None:
        try:
            ctx.ledger.reserve(plan)
        except PlanRefused:
            return None  # another plan was approved on the stock: the person is asked again
    return ctx.journal.step("approval", key, lambda: approval)


def _wants_person(ctx: CampaignContext, state: RoundState, plan: Plan, key: str) -> str | None:
    verdict = Verdict.model_validate(ctx.journal.payload("verdict", key))
    reason = _person_reason(ctx, plan, verdict)
    slot = f"r{state['round']:02d}/experimenter/release"
    slot += f"-{state['attempt']}" if state.get("attempt", 1) > 1 else ""
    payload = ctx.journal.payload("decision", slot)
    if reason is None and payload is not None and payload["answer"]["action"] == "hold":
        return f"the experimenter holds it: {payload['answer']['note']}"
    return reason


def submit(state: RoundState, runtime: Runtime[CampaignContext]) -> Command[Literal["watch"]]:
    """Hand the stored plan bytes to the gate, which records the intent before the lab hears of it."""
    ctx, key = runtime.context, plan_key(runtime.context, state)
    if ctx.journal.payload("run_finished", key) is None:
        payload = ctx.journal.payload("approval", key)
        approval = Approval.model_validate(payload)
        ctx.gate.submit(canonical_json(stored_plan(ctx, key)).encode(), approval)
    return Command(goto="watch")


def watch(state: RoundState, runtime: Runtime[CampaignContext]) -> Command[Literal["quality"]]:
    """Take in what the lab has, wait until it is done, and decide what failed trials are made again."""
    ctx, key = runtime.context, plan_key(runtime.context, state)
    if all(ctx.journal.payload(kind, key) is None for kind in ("run_finished", "run_left_open")):
        _collect(ctx, key)
    plan = stored_plan(ctx, key)
    known = [ctx.view.observations.get(trial.id) for trial in plan.trials]
    failed = [item for item in known if item is not None and item.status != "ok"]
    if failed:
        context = WatchContext(
            round=state["round"],
            failed=tuple(
                FailedLine(
                    trial=item.trial,
                    status=item.status,
                    cause=item.cause or "other",
                    note=item.note,
                    times_tried=_times_tried(ctx, item.trial),
                )
                for item in failed
            ),
            measured=len(plan.trials) - len(failed),
            left=budget_left(ctx.view),
        )
        slot = f"r{state['round']:02d}/experimenter/watch"
        ctx.journal.decide(ctx.mind, Decision("experimenter", "watch", slot, context, Watch))
    return Command(goto="quality")


def _times_tried(ctx: CampaignContext, trial: str) -> int:
    mates = ctx.view.trials_of(ctx.view.recipe_of[trial])
    return sum(mate in ctx.view.observations for mate in mates)


def _collect(ctx: CampaignContext, key: str) -> None:
    """Take in what there is; go on when all is there, or where the lab says that the rest may come later."""
    ref = RunRef.model_validate(ctx.journal.payload("submission_accepted", key))
    status = ctx.lab.status(ref)
    if status.state == "unknown":
        reason = f"the lab cannot tell what became of {key}"
        ctx.journal.step("paused", f"{key}{UNKNOWN_SUFFIX}", lambda: {"reason": reason})
        interrupt({"kind": "unknown_run", "slot": key, "reason": reason})
    observations = ctx.lab.result(ref) if ctx.is_replay else analysed(ctx, ctx.lab.result(ref))
    ctx.journal.missing("observation", [(item.trial, item) for item in observations])
    ends = [item.started_h + item.hours for item in observations]
    hours = max(ends, default=ctx.view.spent.hours)
    if status.state not in FINISHED:
        left = {**status.model_dump(mode="json"), "hours": hours, "pending": _without_result(ctx, key)}
        if status.may_go_on:
            ctx.journal.step("run_left_open", key, lambda: left)
            return
        interrupt({"kind": "lab", "slot": key, "state": status.state, "done": status.done, "total": status.total})
    ctx.gate.settle(stored_plan(ctx, key), observations)
    payload = {**status.model_dump(mode="json"), "hours": hours}
    ctx.journal.step("run_finished", key, lambda: payload)


def _without_result(ctx: CampaignContext, key: str) -> list[str]:
    return [trial.id for trial in stored_plan(ctx, key).trials if trial.id not in ctx.view.observations]
