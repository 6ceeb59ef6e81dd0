"""How sure the answer is, in words and numbers, by a rule that is printed beside it."""

from __future__ import annotations

from collections.abc import Mapping

from eutectic.agents.report.blocks import Block, Bullets
from eutectic.agents.report.intervals import Z_90, Interval
from eutectic.agents.report.ledger import Ledger
from eutectic.agents.report.models import Models
from eutectic.agents.report.results import Results, keeps_limits
from eutectic.agents.report.wording import number, percent, plural, plus_minus, with_unit

_RULE = (
    "High: measured at least twice and a 95 % chance or more of each goal. Medium: an 80 % chance or more of each goal "
    "(without goals: measured at least twice). Low: all else."
)


def certainty(ledger: Ledger, results: Results, found: Mapping[str, Interval], models: Models) -> list[Block]:
    """The level of confidence and every number it rests on."""
    level = confidence_level(ledger, found)
    lines = [*_chances(ledger, found), *_repeats(ledger, results, found)]
    lines += _surrogate(ledger, results, models)
    lines += _coverage(models)
    trust = [entry for entry in ledger.answers("analyst", "findings") if entry.answer.get("trust")]
    if trust:
        lines.append(f"The analyst ({trust[-1].mind}) puts its trust in the surrogate at: {trust[-1].answer['trust']}.")
    lines.append(f"The rule behind the word: {_RULE}")
    goals = sum(objective.has_goal for objective in ledger.spec.objectives)
    of_what = "that every goal is met" if goals > 1 else "that the goal is met" if goals else "of these values"
    return [Bullets(tuple(lines), f"How sure {of_what}: {level}")]


def confidence_level(ledger: Ledger, found: Mapping[str, Interval]) -> str:
    """`high`, `medium` or `low`, by the printed rule."""
    least_n = min(item.n for item in found.values())
    chances = [found[o.property].chance_met for o in ledger.spec.objectives if o.has_goal]
    if not chances:
        return "medium" if least_n >= 2 else "low"
    known = [chance for chance in chances if chance is not None]
    if len(known) < len(chances) or min(known) < 0.8:
        return "low"
    return "high" if min(known) >= 0.95 and least_n >= 2 else "medium"


def _chances(ledger: Ledger, found: Mapping[str, Interval]) -> list[str]:
    lines = []
    for objective in ledger.spec.objectives:
        chance = found[objective.property].chance_met
        if chance is not None:
            what = "keeps its limit" if objective.role == "constrain" else "meets its goal"
            lines.append(
                f"The chance that the true {objective.property} {what} is {percent(chance)}, from the noise alone."
            )
    return lines


def _repeats(ledger: Ledger, results: Results, found: Mapping[str, Interval]) -> list[str]:
    least = min(item.n for item in found.values())
    if least >= 2:
        return [f"The recipe was measured {least} times or more; its mean is what is reported."]
    if len(results.recipes) < 5:
        return ["The recipe was measured once; a repeat would tell more than a new recipe."]
    lines = [
        f"The recipe was measured once and picked as the best of {len(results.recipes)}: such a value flatters, "
        "because luck helped to pick it. Measure it again before you rely on it."
    ]
    repeated = [r for r in results.recipes if min(r.counts.values()) >= 2 and keeps_limits(r.means, ledger.spec)]
    if repeated and len(ledger.spec.optimized) == 1:
        objective = ledger.spec.optimized[0]
        second = max(repeated, key=lambda r: objective.score(r.means[objective.property]))
        mean = with_unit(number(second.means[objective.property]), objective.unit)
        times = second.counts[objective.property]
        lines.append(f"The best recipe measured more than once is {second.trial}: {mean}, mean of {times}.")
    return lines


def _surrogate(ledger: Ledger, results: Results, models: Models) -> list[str]:
    best = results.best
    if best is None:
        return []
    predicted = models.predict([(best.composition, best.process)])
    parts = []
    for objective in ledger.spec.objectives:
        if objective.property in predicted:
            mean, sd = (float(values[0]) for values in predicted[objective.property])
            parts.append(f"{objective.property} {with_unit(plus_minus(mean, Z_90 * sd), objective.unit)}")
    if not parts:
        return []
    return [
        "The surrogate, which has seen all recipes and discounts a lucky reading, puts it at "
        f"{', '.join(parts)} (90 %)."
    ]


def _coverage(models: Models) -> list[str]:
    lines = []
    for line in models.credibility.properties if models.credibility else ():
        if line.coverage_90 is not None and line.r2 is not None:
            lines.append(
                f"On recipes it had not seen ({plural(line.n, 'value')}), the surrogate's 90 % intervals held "
                f"{percent(line.coverage_90)} of the {line.property} values; R² {number(line.r2, 2)}."
            )
    return lines
