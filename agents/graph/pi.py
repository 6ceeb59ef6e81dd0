"""The PI's nodes: frame the campaign, review each round, close."""

from __future__ import annotations

from typing import Any, Literal

from langgraph.runtime import Runtime
from langgraph.types import Command, interrupt

from eutectic.agents.decisions.pi import Brief, CloseContext, Closing, FrameContext, Review, ReviewContext
from eutectic.agents.graph.context import CampaignContext
from eutectic.agents.graph.designer import ask_optimizer
from eutectic.agents.graph.knowing import read_round
from eutectic.agents.graph.lines import budget_left, objective_lines, ranked_lines, space_line
from eutectic.agents.graph.ranking import has_goal
from eutectic.agents.graph.state import RoundState
from eutectic.agents.graph.stopping import next_batch_cost, stop_reasons, worth_reasons
from eutectic.core.decision import Decision
from eutectic.core.errors import InfeasibleSpace
from eutectic.core.record import significant


def frame(state: RoundState, runtime: Runtime[CampaignContext]) -> Command[Literal["evidence", "choose"]]:
    """Put the campaign into the PI's words."""
    ctx = runtime.context
    context = FrameContext(
        goal=ctx.spec.goal,
        objectives=objective_lines(ctx.spec),
        space=space_line(ctx.spec.space),
        budget=budget_left(ctx.view),
        batch=ctx.spec.batch,
        lab=ctx.lab.capabilities().name,
        simulated=ctx.lab.capabilities().simulated,
        prior_observations=len(ctx.view.prior),
        has_library=ctx.spec.library is not None,
    )
    ctx.journal.decide(ctx.mind, Decision("pi", "frame", "r00/pi/frame", context, Brief))
    return Command(goto="choose" if ctx.spec.library is None else "evidence")


def brief(ctx: CampaignContext) -> Brief:
    """The brief as it stands in the notebook."""
    payload = ctx.journal.payload("decision", "r00/pi/frame")
    assert payload is not None
    return Brief.model_validate(payload["answer"])


def review(state: RoundState, runtime: Runtime[CampaignContext]) -> Command[Literal["close", "__end__"]]:
    """Judge the round and decide whether and how to go on."""
    ctx, number = runtime.context, state["round"]
    slot = f"r{number:02d}"
    hard, soft = stop_reasons(ctx)
    if hard:
        _await_pending(ctx, slot)
    advice = None
    read_round(ctx, number)
    if not hard:
        try:
            advice = ask_optimizer(ctx, number + 1)
        except InfeasibleSpace as error:
            hard.append(f"nothing is left to propose: {error}")
    gain = None if advice is None or advice.expected_gain is None else significant(advice.expected_gain, 3)
    least = ctx.spec.stop.least_gain
    if least is not None and gain is not None and gain < least:
        soft.append(f"the next batch is expected to gain {gain:.3g} of the range, less than {least:g}")
    soft += worth_reasons(ctx, number, advice)
    answer = ctx.journal.decide(
        ctx.mind, Decision("pi", "review", f"{slot}/pi/review", _review_context(ctx, number, gain, hard + soft), Review)
    )
    action = "stop" if hard else answer.action
    _close_round(ctx, number, action, answer, gain)
    if action == "stop":
        return Command(goto="close", update={"outcome": "closed"})
    if action == "ask" and ctx.journal.payload("approval", f"{slot}/pi/ask") is None:
        ctx.journal.step("paused", f"{slot}/pi/ask", lambda: {"reason": answer.reason})
        interrupt({"kind": "question", "slot": f"{slot}/pi/ask", "reason": answer.reason})
    said = ctx.journal.payload("approval", f"{slot}/pi/ask")
    if said is not None and said["decision"] == "reject":
        return Command(goto="close", update={"outcome": "closed"})
    return Command(goto="__end__", update={"outcome": "next_round"})


def _await_pending(ctx: CampaignContext, slot: str) -> None:
    """Wait for results that runs were left open for, before a spent budget ends the campaign without them."""
    pending = ctx.view.pending
    if pending and ctx.journal.payload("decision", f"{slot}/pi/review") is None:
        key = next(iter(ctx.view.open_runs))
        total = sum(map(len, ctx.view.open_runs.values()))
        interrupt(
            {"kind": "lab", "slot": key, "state": "awaiting_person", "done": total - len(pending), "total": total}
        )


def _review_context(ctx: CampaignContext, number: int, gain: float | None, stops: list[str]) -> ReviewContext:
    return ReviewContext(
        round=number,
        objectives=objective_lines(ctx.spec),
        best=ranked_lines(ctx.spec, ctx.board),
        goal_met=ctx.goal_met is not None if has_goal(ctx.spec) else None,
        rounds_without_gain=ctx.rounds_without_gain,
        expected_gain=gain,
        failed_in_a_row=ctx.failed_in_a_row(),
        findings=ctx.findings(number),
        left=budget_left(ctx.view),
        next_batch_cost=round(next_batch_cost(ctx), 2),
        stop_reasons=tuple(stops),
    )


def _close_round(ctx: CampaignContext, number: int, action: str, answer: Review, gain: float | None) -> None:
    payload: dict[str, Any] = {
        "round": number,
        "action": action,
        "explore": answer.explore,
        "expected_gain": gain,
        "goal_met": ctx.goal_met is not None,
        "rounds_without_gain": ctx.rounds_without_gain,
        "best": [row.pooled.trial for row in ctx.board.best()],
        "repeat": ctx.to_repeat(number),
    }
    ctx.journal.step("round_closed", f"r{number:02d}", lambda: payload)


def close(state: RoundState, runtime: Runtime[CampaignContext]) -> Command[Literal["__end__"]]:
    """Say the last word and close the campaign."""
    ctx, number = runtime.context, state["round"]
    reason = _stop_reason(ctx, number)
    spent = ctx.view.spent
    context = CloseContext(
        goal=ctx.spec.goal,
        reason=reason,
        objectives=objective_lines(ctx.spec),
        best=ranked_lines(ctx.spec, ctx.board, 12),
        goal_met=ctx.goal_met is not None if has_goal(ctx.spec) else None,
        experiments=spent.experiments,
        failed=sum(item.status != "ok" for item in ctx.view.observations.values()),
        money=round(spent.money, 2),
        hours=round(spent.hours, 2),
        findings=ctx.findings(number),
        simulated=ctx.lab.capabilities().simulated,
    )
    ctx.journal.decide(ctx.mind, Decision("pi", "close", "end/pi/close", context, Closing))
    state_word = "met" if ctx.goal_met is not None else "stopped"
    ctx.journal.step("campaign_closed", "campaign", lambda: {"state": state_word, "reason": reason})
    return Command(goto="__end__", update={"outcome": "closed"})


def _stop_reason(ctx: CampaignContext, number: int) -> str:
    payload = ctx.journal.payload("decision", f"r{number:02d}/pi/review")
    if payload is None:
        return "the campaign was stopped"
    return "; ".join(payload["context"]["stop_reasons"]) or str(payload["answer"]["reason"])
