"""The PI's rules: a brief from the spec, a judgement of each round, and the closing words."""

from __future__ import annotations

from eutectic.agents.decisions.common import BudgetLine
from eutectic.agents.decisions.pi import Brief, CloseContext, Closing, FrameContext, Review, ReviewContext
from eutectic.agents.roles.wording import (
    clip,
    count,
    first_word,
    goal_text,
    listed,
    objective_text,
    recipe_text,
    result_text,
    show,
    units,
    values_text,
)

_STAGNANT_ROUNDS = 2
_HOPELESS_ROUNDS = 5
_HOPELESS_GAIN = 0.002
_GOAL = {True: "goal met", False: "goal not met", None: "no goal value was set"}
_CONFIRMED = 4
"""Trials of one recipe after which it needs no more confirming."""
_FAILURES_TO_ASK = 6
_FAILURES_TO_DOUBT = 3
"""Failures in a row from which a stop rule may stem from the lab and not from the space."""


def frame(context: FrameContext) -> Brief:
    """The campaign in numbers: what is wanted, where, with how much, and what may go wrong."""
    wishes = "; ".join(objective_text(line) for line in context.objectives)
    names = [first_word(line) for line in context.space.components]
    rounds = -(-context.budget.experiments // max(1, context.batch))
    summary = (
        f"{clip(context.goal, 300).rstrip('.')}. Objectives: {wishes}. "
        f"Space: {count(len(names), 'component')} in {context.space.basis} "
        f"({', '.join(context.space.components)}), {count(len(context.space.rules), 'rule')}, "
        f"{count(len(context.space.process), 'process variable')}. Budget: {_budget_text(context.budget)}, "
        f"in batches of {context.batch} ({count(rounds, 'round')}). Lab: {context.lab}"
        f"{' (simulated)' if context.simulated else ''}. Earlier observations: {context.prior_observations}."
    )
    goals = [line for line in context.objectives if line.wish not in ("maximize", "minimize")]
    success = (
        f"One trial that meets {listed(goal_text(line) for line in goals)}{' at once' if len(goals) > 1 else ''}."
        if goals
        else f"No threshold is set: the best measured trial when the budget of {context.budget.experiments} "
        "experiments is used or a stop rule holds."
    )
    return Brief(
        summary=clip(summary, 1200),
        success=clip(success, 600),
        risks=tuple(_risks(context, len(names), rounds))[:8],
        strategy=clip(_strategy(context, names), 1200),
        search_terms=_search_terms(context, names),
    )


def _budget_text(left: BudgetLine) -> str:
    parts = [count(left.experiments, "experiment")]
    parts += [f"{show(left.money)} of money"] if left.money is not None else []
    parts += [f"{show(left.hours)} lab hours"] if left.hours is not None else []
    return ", ".join(parts)


def _risks(context: FrameContext, n_components: int, rounds: int) -> list[str]:
    dimensions = max(1, n_components - 1 + len(context.space.process))
    per_dimension = context.budget.experiments / dimensions
    risks = []
    if per_dimension < 5:
        risks.append(f"{show(per_dimension)} experiments per free dimension ({dimensions}): the map stays coarse.")
    if rounds < 4:
        risks.append(f"Only {count(rounds, 'round')}: what is learned can be used {count(rounds - 1, 'time')}.")
    if not context.prior_observations:
        risks.append("No earlier observation: the first round is space-filling.")
    if not context.has_library:
        risks.append("No library: choices rest on the campaign's own data alone.")
    if len(context.objectives) > 1:
        risks.append(f"{len(context.objectives)} properties at once: the best of one may be the worst of another.")
    if context.simulated:
        risks.append("The lab is simulated: its values are not measurements of a real material.")
    risks.append("Failed or scattered samples cost experiments; noise is known only from repeats.")
    return risks


def _strategy(context: FrameContext, names: list[str]) -> str:
    dimensions = max(1, len(names) - 1 + len(context.space.process))
    start = max(context.batch, 2 * dimensions)
    first = (
        f"Begin from {context.prior_observations} earlier observations"
        if context.prior_observations
        else f"Begin with about {min(start, context.budget.experiments)} space-filling trials"
    )
    return (
        f"{first} over {', '.join(names)}, then let a surrogate choose {context.batch} trials a round by expected "
        f"improvement. Repeat the best recipe to tell noise from gain. Explore more after {_STAGNANT_ROUNDS} rounds "
        f"without gain. Stop when the goal is met, a stop rule holds, or {context.budget.experiments} experiments "
        "are used."
    )


def _search_terms(context: FrameContext, names: list[str]) -> tuple[str, ...]:
    system = " ".join(names[:6])
    properties = [line.property.replace("_", " ") for line in context.objectives]
    terms = [f"{name} {system}" for name in properties]
    terms += [f"effect of {name} on {first}" for first in properties[:1] for name in names]
    return tuple(clip(term, 160) for term in dict.fromkeys(terms))[:8]


def review(context: ReviewContext) -> Review:
    """Stop where a rule or the budget says so, ask where the lab fails, else go on and say how much to explore."""
    unit_of = units(context.objectives)
    best = result_text(context.best[0], unit_of) if context.best else "no usable value yet"
    gain = "not known yet" if context.expected_gain is None else f"{100 * context.expected_gain:.3g} % of the range"
    assessment = (
        f"Round {context.round}: best so far {best}; {_GOAL[context.goal_met]}; "
        f"{count(context.rounds_without_gain, 'round')} without gain; expected gain of the next batch {gain}; "
        f"left: {_budget_text(context.left)}; next batch costs {show(context.next_batch_cost)}."
    )
    action, explore, reason = _next_action(context, gain)
    return Review.model_validate(
        {"assessment": clip(assessment, 1200), "action": action, "explore": explore, "reason": clip(reason, 800)}
    )


def _next_action(context: ReviewContext, gain: str) -> tuple[str, str, str]:
    """Action, explore and reason, by the first rule that holds."""
    left = context.left
    failures = f"{context.failed_in_a_row} trials in a row failed: mend the lab, then go on"
    if context.stop_reasons:
        reasons = "; ".join(context.stop_reasons)
        if context.failed_in_a_row >= _FAILURES_TO_DOUBT and not context.goal_met:
            return "ask", "same", f"{failures} (stop rules: {reasons})"
        return "stop", "same", reasons
    if left.experiments == 0:
        return "stop", "same", "0 experiments are left"
    if left.money is not None and context.next_batch_cost > left.money:
        return "stop", "same", f"the next batch costs {show(context.next_batch_cost)}, {show(left.money)} is left"
    if context.failed_in_a_row >= _FAILURES_TO_ASK and not context.goal_met:
        return "ask", "same", failures
    stagnant = context.rounds_without_gain >= _STAGNANT_ROUNDS
    small = context.expected_gain is not None and context.expected_gain < _HOPELESS_GAIN
    if small and context.rounds_without_gain >= _HOPELESS_ROUNDS:
        reason = f"{context.rounds_without_gain} rounds without gain and an expected gain of {gain}"
        return "stop", "same", f"{reason}: the next batch is not worth {show(context.next_batch_cost)}"
    if stagnant:
        return "re_aim", "more", f"{context.rounds_without_gain} rounds without gain: explore more"
    if context.goal_met:
        return "re_aim", "less", f"the goal is met and {left.experiments} experiments are left: refine around the best"
    return "continue", "same", f"expected gain {gain}, {left.experiments} experiments left, no stop rule holds"


def close(context: CloseContext) -> Closing:
    """The best trial with its values and units, how sure, what to beware of and what to do next."""
    unit_of = units(context.objectives)
    measured = context.experiments - context.failed
    if context.best:
        top = context.best[0]
        end = _GOAL[context.goal_met]
        times = f", mean of {top.measured} trials" if top.measured > 1 else ""
        headline = f"{recipe_text(top.recipe)} ({top.trial}): {values_text(top, unit_of)}{times}; {end}"
    else:
        headline = f"No usable value in {count(context.experiments, 'experiment')}"
    confidence = (
        f"Rests on {measured} usable of {count(context.experiments, 'experiment')} ({context.failed} failed), "
        f"{show(context.money)} of money and {show(context.hours)} lab hours. Ended because: {context.reason}."
    )
    if context.findings:
        confidence += f" Findings: {' '.join(context.findings)}"
    return Closing(
        headline=clip(headline, 300),
        confidence=clip(confidence, 800),
        caveats=tuple(clip(line, 300) for line in _caveats(context))[:8],
        next_steps=tuple(clip(line, 300) for line in _next_steps(context))[:8],
    )


def _caveats(context: CloseContext) -> list[str]:
    measured = context.experiments - context.failed
    caveats = []
    if context.simulated:
        caveats.append("All values come from a simulated lab, none from a real material.")
    if context.best and context.best[0].measured < 2:
        caveats.append("The best recipe was measured once: one value does not tell noise from gain.")
    if measured < 10:
        caveats.append(f"{count(measured, 'usable observation')}: too few to map the space.")
    if context.failed and context.failed >= context.experiments / 4:
        caveats.append(f"{context.failed} of {context.experiments} experiments failed; failures may hide good recipes.")
    if len(context.objectives) > 1 and len(context.best) > 1:
        caveats.append(f"{len(context.best)} trials trade the properties off; the first is one choice among them.")
    return caveats


def _next_steps(context: CloseContext) -> list[str]:
    steps = []
    if context.best:
        top = context.best[0]
        if top.measured < _CONFIRMED:
            more = _CONFIRMED - top.measured
            steps.append(f"Make {recipe_text(top.recipe)} {more} more times, in separate batches, to confirm it.")
        if context.simulated:
            steps.append("Measure the best recipe in a real lab before relying on it.")
    else:
        steps.append("Find out why no trial gave a value: see the failed experiments and their causes.")
    if context.goal_met is False:
        steps.append("If the goal is worth it, fork the campaign with more experiments or wider bounds.")
    if len(context.objectives) > 1 and len(context.best) > 1:
        steps.append(f"Pick the trade-off that suits the use from {listed(r.trial for r in context.best[:6])}.")
    return steps
