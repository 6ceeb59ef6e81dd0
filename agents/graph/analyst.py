"""The analyst's nodes: judge the round's data, fit and state the findings."""

from __future__ import annotations

from itertools import chain, islice
from typing import Any, Literal

from langgraph.runtime import Runtime
from langgraph.types import Command

from eutectic.agents.decisions.analyst import (
    EffectLine,
    Findings,
    FindingsContext,
    Judgement,
    ModelLine,
    Quality,
    QualityContext,
)
from eutectic.agents.graph.context import CampaignContext
from eutectic.agents.graph.guard import drifts
from eutectic.agents.graph.lines import objective_lines, ranked_lines, result_line
from eutectic.agents.graph.quality import quality_lines
from eutectic.agents.graph.state import RoundState
from eutectic.core.decision import Decision
from eutectic.core.drift import Drifts
from eutectic.core.notebook.view import ASSESS_SUFFIX, DRIFT_SUFFIX
from eutectic.core.optimizer import Advice
from eutectic.core.record import significant
from eutectic.tools.credibility import Credibility, assess

_LEAST = 8
"""Usable observations before a surrogate is worth assessing."""
_GROWTH = 2.0
"""The surrogate is assessed again when there are this many times more observations."""
_EFFECTS = 12
_MOST_LIKELY = 0.9
"""Probability of being wrong from which a value is out of the models until its repeat is in."""


def quality(state: RoundState, runtime: Runtime[CampaignContext]) -> Command[Literal["findings"]]:
    """Judge the round's values; what is set aside stays in the notebook with the reason."""
    ctx, number = runtime.context, state["round"]
    if ctx.spec.reference is not None:
        ctx.journal.tool(f"r{number:02d}{DRIFT_SUFFIX}", Drifts, lambda: drifts(ctx.view, number))
    trials = ctx.view.round_trials(number)
    late = [ctx.view.trials[key] for key in ctx.view.unjudged if ctx.view.trials[key] not in trials]
    lines, noise = quality_lines(ctx.view, [*trials, *late], _gain_of_one(ctx, number))
    question = QualityContext(round=number, lines=lines, noise=noise)
    slot = f"r{number:02d}/analyst/quality"
    answer = ctx.journal.decide(ctx.mind, Decision("analyst", "quality", slot, question, Quality))
    asked = ctx.journal.payload("decision", slot)
    context = QualityContext.model_validate(asked["context"]) if asked else question
    entries = [
        (_place(ctx, item.trial, number), payload)
        for item, payload in judged(answer, context)
        if item.trial in ctx.view.observations
    ]
    ctx.journal.missing("observation_judged", entries)
    return Command(goto="findings")


def judged(answer: Quality, context: QualityContext) -> list[tuple[Judgement, dict[str, Any]]]:
    """What becomes of each value that is not simply kept, with the codes of doubt that stand on it.

    Nothing is set aside without a flag. A value that is to be repeated stays out of the models meanwhile where it is
    most likely wrong; one that a repeat bears out comes back.
    """
    found = {}
    for item in answer.judgements:
        lines = [line for line in context.lines if line.trial == item.trial]
        codes = list(dict.fromkeys(code for line in lines for code in line.flags))
        allowed = item.verdict != "exclude" or bool(codes)
        verdict = item.verdict if allowed else "keep"
        if item.verdict == "keep" and "confirmed" not in codes:
            continue
        reason = item.reason if allowed else f"kept: no flag stands on it ({item.reason})"
        payload: dict[str, Any] = {"verdict": verdict, "reason": reason, "round": context.round}
        wrong = max((line.wrong for line in lines if line.wrong is not None), default=None)
        if wrong is not None or "confirmed" in codes or "not_reproduced" in codes:
            payload |= {"codes": codes, "wrong": wrong}
            payload["set_aside"] = verdict == "repeat" and wrong is not None and wrong > _MOST_LIKELY
        found[item.trial] = (item, payload)
    return list(found.values())


def _place(ctx: CampaignContext, trial: str, number: int) -> str:
    """A free slot for a judgement: a value may be judged again in a later round, or after a correction."""
    versions = ctx.view.corrections.get(trial)
    place = f"{trial}/v{versions[-1].version}" if versions else trial
    taken = ctx.journal.payload("observation_judged", place)
    return place if taken is None or taken["round"] == number else f"{place}/r{number:02d}"


def _gain_of_one(ctx: CampaignContext, number: int) -> float | None:
    """What one new trial is expected to gain, as a share of the range seen: the price of a place given to a repeat."""
    payload = ctx.journal.payload("tool", f"r{number:02d}/optimizer/ask")
    if payload is None:
        return None
    advice = Advice.model_validate(payload["result"])
    return None if advice.expected_gain is None else advice.expected_gain / max(1, len(advice.batch))


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
        results=tuple(
            result_line(ctx.spec, item)
            for item in known
            if item.status == "ok" and ctx.view.trials[item.trial].purpose != "screen"
        )[:12],
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
    if last_round != number and _is_due(ctx, seen):
        training = chain(ctx.view.prior, ctx.view.each_training())
        return ctx.journal.tool(f"r{number:02d}{ASSESS_SUFFIX}", Credibility, lambda: assess(ctx.spec, training))
    payload = ctx.journal.payload("tool", f"r{last_round:02d}{ASSESS_SUFFIX}")
    return None if payload is None else Credibility.model_validate(payload["result"])


def _is_due(ctx: CampaignContext, seen: int) -> bool:
    """Whether there are enough more observations, and enough of them usable; looks at values only then."""
    n = len(ctx.view.prior) + ctx.view.n_training
    if n < max(_LEAST, _GROWTH * seen):
        return False
    usable = (item for item in chain(ctx.view.prior, ctx.view.each_training()) if item.status == "ok")
    return sum(1 for _ in islice(usable, _LEAST)) == _LEAST


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
