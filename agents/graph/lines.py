"""Typed state put into the lines that a role reads: objectives, space, budget, recipes and results."""

from __future__ import annotations

from collections.abc import Sequence

from eutectic.agents.decisions.common import (
    SCREEN_WISH,
    BudgetLine,
    CandidateLine,
    NamedValue,
    ObjectiveLine,
    Recipe,
    Result,
    SpaceLine,
)
from eutectic.agents.graph.ranking import Leaderboard, meets_goal
from eutectic.core.composition import Composition, Part
from eutectic.core.notebook import CampaignView
from eutectic.core.objective import Objective
from eutectic.core.optimizer import Advice
from eutectic.core.record import significant
from eutectic.core.space import Categorical, LinearRule, SearchSpace, Value
from eutectic.core.spec import CampaignSpec
from eutectic.core.trial import Observation, Prediction


def objective_lines(spec: CampaignSpec) -> tuple[ObjectiveLine, ...]:
    """Objectives in words."""
    return tuple(ObjectiveLine(property=item.property, unit=item.unit, wish=_wish(item)) for item in spec.objectives)


def screen_lines(spec: CampaignSpec) -> tuple[ObjectiveLine, ...]:
    """What the samples of purpose `screen` are measured for, in words."""
    return tuple(ObjectiveLine(property=name, unit=unit, wish=SCREEN_WISH) for name, unit in spec.asked("screen"))


def _wish(item: Objective) -> str:
    words: list[str] = [] if item.role == "constrain" else [item.direction]
    if item.direction == "target":
        words = [f"{item.target:g} +- {item.tolerance:g}"]
    if item.at_least is not None:
        words.append(f"{'keep ' if item.role == 'constrain' else ''}at least {item.at_least:g}")
    if item.at_most is not None:
        words.append(f"{'keep ' if item.role == 'constrain' else ''}at most {item.at_most:g}")
    return ", ".join(words)


def space_line(space: SearchSpace) -> SpaceLine:
    """The search space in words."""
    components = tuple(
        f"{item.name} {item.min * 100:g}-{item.max * 100:g} % in steps of {item.step * 100:g} %"
        + (f", at least {item.min_dose * 100:g} % when present" if item.min_dose else "")
        for item in space.components
    )
    rules = tuple(_rule(rule) for rule in space.rules)
    if space.max_components is not None:
        rules += (f"at most {space.max_components} components",)
    if space.min_components is not None:
        rules += (f"at least {space.min_components} components",)
    rules += tuple(rule.words() for rule in space.presence)
    if space.max_price is not None:
        rules += (f"at most {space.max_price:g} per kg",)
    process = tuple(
        f"{item.name}: one of {', '.join(item.choices)}"
        if isinstance(item, Categorical)
        else f"{item.name} {item.low:g}-{item.high:g} {item.unit}".strip()
        for item in space.process
    )
    return SpaceLine(basis=space.basis, components=components, rules=rules, process=process)


def _rule(rule: LinearRule) -> str:
    """A rule with its content, whatever it is called."""
    factors = [f"{name}" if factor == 1 else f"{factor:g} {name}" for name, factor in rule.terms.items()]
    words = f"{' + '.join(factors)} {rule.relation} {rule.value * 100:g} %"
    return words if rule.name.endswith(f"{rule.relation} {rule.value:g}") else f"{rule.name}: {words}"


def budget_left(view: CampaignView) -> BudgetLine:
    """What is left of the budget."""
    budget, spent = view.spec.budget, view.spent
    return BudgetLine(
        experiments=max(0, budget.experiments - spent.experiments),
        money=None if budget.money is None else round(max(0.0, budget.money - spent.money), 2),
        hours=None if budget.hours is None else round(max(0.0, budget.hours - spent.hours), 2),
        model_calls=max(0, budget.model_calls - spent.model_calls),
        tokens=max(0, budget.tokens - spent.tokens),
    )


def recipe(composition: Composition, process: dict[str, Value]) -> Recipe:
    """A recipe as lists, for a reader."""
    return Recipe(
        formula=composition.formula(),
        parts=tuple(Part(component=p.component, fraction=round(p.fraction, 6)) for p in composition.parts),
        process=tuple(NamedValue(name=name, value=value) for name, value in sorted(process.items())),
    )


def ranked_lines(spec: CampaignSpec, board: Leaderboard, limit: int = 5) -> tuple[Result, ...]:
    """The best recipes, best first, replicates pooled."""
    return tuple(result_line(spec, row.pooled, row.measured) for row in board.best(limit))


def result_line(spec: CampaignSpec, item: Observation, measured: int = 1) -> Result:
    """A measured recipe in one line."""
    values = []
    for objective in spec.objectives:
        value = item.value(objective.property)
        if value is not None:
            values.append(NamedValue(name=objective.property, value=significant(value)))
    return Result(
        trial=item.trial,
        recipe=recipe(item.composition, item.process),
        values=tuple(values),
        measured=measured,
        meets_goal=meets_goal(spec, item),
    )


def candidate_lines(advice: Advice) -> tuple[CandidateLine, ...]:
    """The optimiser's batch and alternatives as numbered candidates."""
    offers = [(item, True) for item in advice.batch] + [(item, False) for item in advice.alternatives]
    return tuple(
        CandidateLine(
            id=f"c{number:02d}",
            recipe=recipe(item.composition, item.process),
            predictions=_rounded(item.predictions),
            merit=None if item.merit is None else significant(item.merit),
            in_batch=in_batch,
            why=item.why,
        )
        for number, (item, in_batch) in enumerate(offers, start=1)
    )


def _rounded(predictions: Sequence[Prediction]) -> tuple[Prediction, ...]:
    return tuple(
        Prediction(property=item.property, mean=significant(item.mean), sd=significant(item.sd)) for item in predictions
    )
