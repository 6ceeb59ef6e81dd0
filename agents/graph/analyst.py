"""The analyst's nodes: judge the round's data, fit and state the findings."""

from __future__ import annotations

from typing import Literal

from langgraph.runtime import Runtime
from langgraph.types import Command

from eutectic.agents.decisions.analyst import EffectLine, Findings, FindingsContext, ModelLine, Quality, QualityContext
from eutectic.agents.graph.context import CampaignContext
from eutectic.agents.graph.lines import objective_lines, ranked_lines, result_line
from eutectic.agents.graph.quality import quality_lines
from eutectic.agents.graph.state import RoundState
from eutectic.core.decision import Decision
from eutectic.core.notebook.view import ASSESS_SUFFIX
from eutectic.core.record import significant
from eutectic.tools.credibility import Credibility, assess

_LEAST = 8
"""Usable observations before a surrogate is worth assessing."""
_GROWTH = 2.0
"""The surrogate is assessed again when there are this many times more observations."""
_EFFECTS = 12


def quality(state: RoundState, runtime: Runtime[CampaignContext]) -> Command[Literal["findings"]]:
    """Judge the round's values; what is set aside stays in the notebook with the reason."""
    ctx, number = runtime.context, state["round"]
    trials = ctx.view.round_trials(number)
    late = [ctx.view.trials[key] for key in ctx.view.unjudged if ctx.view.trials[key] not in trials]
    lines, noise = quality_lines(ctx.view, [*trials, *late])
    question = QualityContext(round=number, lines=lines, noise=noise)
    slot = f"r{number:02d}/analyst/quality"
    answer = ctx.journal.decide(ctx.mind, Decision("analyst", "quality", slot, question, Quality))
    asked = ctx.journal.payload("decision", slot)
    flagged = {line["trial"] for line in (asked["context"]["lines"] if asked else ()) if line["flags"]}
    entries = []
    for item in answer.judgements:
        if item.trial not in ctx.view.observations or item.verdict == "keep":
            continue
        allowed = item.verdict != "exclude" or item.trial in flagged
        verdict = item.verdict if allowed else "keep"
        reason = item.reason if allowed else f"kept: no flag stands on it ({item.reason})"
        versions = ctx.view.corrections.get(item.trial)
        place = f"{item.trial}/v{versions[-1].version}" if versions else item.trial
        entries.append((place, {"verdict": verdict, "reason": reason, "round": number}))
    ctx.journal.missing("observation_judged", dict(entries).items())
    return Command(goto="findings")


def findings(state: RoundState, runtime: Runtime[CampaignContext]) -> Command[Literal["review"]]:
    """State what was learned, with how far the surrogate can be trusted."""
    ctx, number = runtime.context, state["round"]
    card = _card(ctx, number)
    trials = ctx.view.round_trials(number)
    known = [ctx.view.observations[trial.id] for trial in trials if trial.id in ctx.view.observations]
    context = FindingsContext(
        round=number,
        objectives=objective_lines(ctx.spec),
        best=ranked_lines(ctx.spec, ctx.board),
        results=tuple(result_line(ctx.spec, item) for item in known if item.status == "ok")[:12],
        models=_model_lines(card),
        effects=_effect_lines(card),
        measured=sum(item.status == "ok" for item in known),
        failed=sum(item.status != "ok" for item in known),
        improved=ctx.rounds_without_gain == 0,
    )
    slot = f"r{number:02d}/analyst/findings"
    ctx.journal.decide(ctx.mind, Decision("analyst", "findings", slot, context, Findings))
    return Command(goto="review")


def _card(ctx: CampaignContext, number: int) -> Credibility | None:
    """The newest assessment of the surrogate; made anew when the data have grown by half."""
    last_round, seen = ctx.view.assessed
    training = [*ctx.view.prior, *ctx.view.training()]
    n_ok = sum(item.status == "ok" for item in training)
    if last_round != number and n_ok >= _LEAST and len(training) >= _GROWTH * seen:
        return ctx.journal.tool(f"r{number:02d}{ASSESS_SUFFIX}", Credibility, lambda: assess(ctx.spec, training))
    payload = ctx.journal.payload("tool", f"r{last_round:02d}{ASSESS_SUFFIX}")
    return None if payload is None else Credibility.model_validate(payload["result"])


def _model_lines(card: Credibility | None) -> tuple[ModelLine, ...]:
    def short(value: float | None) -> float | None:
        return None if value is None else significant(value, 3)

    return tuple(
        ModelLine(
            property=item.property,
            unit=item.unit,
            n=item.n,
            rmse=short(item.rmse),
            r2=short(item.r2),
            coverage_90=short(item.coverage_90),
            noise_sd=short(item.noise_sd),
        )
        for item in (card.properties if card else ())
    )


def _effect_lines(card: Credibility | None) -> tuple[EffectLine, ...]:
    ordered = sorted(card.effects if card else (), key=lambda item: (-item.share, item.property, item.factor))
    return tuple(
        EffectLine(
            property=item.property, factor=item.factor, share=significant(item.share, 3), direction=item.direction
        )
        for item in ordered[:_EFFECTS]
    )
