"""Results: trials joined with what came back, replicates pooled into recipes, and which recipes are best."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean

from eutectic.agents.report.ledger import Ledger, round_of
from eutectic.core.composition import Composition
from eutectic.core.notebook import CampaignView
from eutectic.core.objective import Objective
from eutectic.core.space import Value
from eutectic.core.spec import CampaignSpec
from eutectic.core.trial import Observation, Trial


@dataclass(frozen=True)
class Row:
    """One trial in the order of its proposal, with its observation where there is one."""

    number: int
    """Experiment number, from 1, among trials that came back; 0 for those that did not."""
    trial: Trial
    observation: Observation | None
    excluded: str = ""
    """Why the analyst set it aside."""
    raw: Observation | None = None
    """As it was measured, before the correction for drift."""

    @property
    def round(self) -> int:
        """The round of the trial."""
        return round_of(self.trial.id)

    @property
    def composition(self) -> Composition:
        """Achieved where something came back, else asked for."""
        return self.observation.composition if self.observation else self.trial.composition

    def value(self, name: str) -> float | None:
        """The uncensored value of a property that models and rankings may use."""
        if self.observation is None or self.excluded or self.observation.status != "ok":
            return None
        return self.observation.value(name)

    def values(self, objectives: Sequence[Objective]) -> tuple[float, ...] | None:
        """The values of all these objectives, or None where one is missing."""
        found = [self.value(objective.property) for objective in objectives]
        return tuple(v for v in found if v is not None) if None not in found else None


@dataclass(frozen=True)
class RecipeResult:
    """All measurements of one recipe, pooled."""

    key: str
    rows: tuple[Row, ...]
    means: Mapping[str, float]
    """Mean of the uncensored values by property."""
    counts: Mapping[str, int]

    @property
    def trial(self) -> str:
        """Id of the first trial of the recipe."""
        return self.rows[0].trial.id

    @property
    def composition(self) -> Composition:
        """The achieved composition of the first trial that gave a value."""
        return self.rows[0].composition

    @property
    def process(self) -> dict[str, Value]:
        """Process values as they were done."""
        first = self.rows[0]
        return (
            dict(first.observation.process or first.trial.process) if first.observation else dict(first.trial.process)
        )


@dataclass(frozen=True)
class Results:
    """What the campaign measured."""

    rows: tuple[Row, ...]
    measured: tuple[Row, ...]
    """Rows with an observation, in experiment order."""
    recipes: tuple[RecipeResult, ...]
    """Recipes with a value of every objective."""
    front: tuple[RecipeResult, ...] = field(default=())
    """Best recipes: the Pareto set among those that keep the limits; one recipe for one objective."""
    best: RecipeResult | None = None
    """The best recipe, or the suggested compromise of several objectives."""
    best_keeps_limits: bool = True

    @property
    def tested(self) -> tuple[Row, ...]:
        """Rows with an observation that had more than a screen, in experiment order."""
        return tuple(row for row in self.measured if row.trial.purpose != "screen")


def gather(ledger: Ledger) -> Results:
    """Join trials and observations and rank the recipes by the mean of their replicates."""
    spec, view = ledger.spec, ledger.view
    order = {trial: number for number, trial in enumerate(view.observations, start=1)}
    rows = tuple(_row(order.get(key, 0), trial, view) for key, trial in view.trials.items())
    measured = tuple(sorted((row for row in rows if row.observation), key=lambda row: row.number))
    recipes = _pool(measured, spec)
    allowed = [recipe for recipe in recipes if keeps_limits(recipe.means, spec)]
    front = tuple(pareto(allowed or _least_broken(recipes, spec), spec.optimized))
    best = compromise(front, spec)
    return Results(rows, measured, recipes, front, best, best is None or keeps_limits(best.means, spec))


def _row(number: int, trial: Trial, view: CampaignView) -> Row:
    raw = view.observations.get(trial.id)
    return Row(number, trial, raw and view.corrected(raw), view.excluded.get(trial.id, ""), raw)


def _pool(rows: Sequence[Row], spec: CampaignSpec) -> tuple[RecipeResult, ...]:
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(row.trial.recipe_key, []).append(row)
    found = []
    for key, members in groups.items():
        lists = {
            o.property: [v for row in members if (v := row.value(o.property)) is not None] for o in spec.objectives
        }
        if all(lists.values()):
            kept = tuple(row for row in members if any(row.value(name) is not None for name in lists))
            means = {name: fmean(values) for name, values in lists.items()}
            found.append(RecipeResult(key, kept, means, {name: len(values) for name, values in lists.items()}))
    return tuple(found)


def keeps_limits(values: Mapping[str, float], spec: CampaignSpec) -> bool:
    """Whether every objective of role `constrain` is met."""
    return all(o.is_met(values[o.property]) for o in spec.objectives if o.role == "constrain")


def goals_met(values: Mapping[str, float], spec: CampaignSpec) -> int:
    """How many objectives with a goal are met."""
    return sum(o.is_met(values[o.property]) for o in spec.objectives if o.has_goal)


def _least_broken(recipes: Sequence[RecipeResult], spec: CampaignSpec) -> list[RecipeResult]:
    counts = [goals_met(recipe.means, spec) for recipe in recipes]
    return [recipe for recipe, count in zip(recipes, counts, strict=True) if count == max(counts)]


def pareto(recipes: Sequence[RecipeResult], objectives: Sequence[Objective]) -> list[RecipeResult]:
    """Recipes that no other beats in every objective, best in the first objective first."""
    scores = [tuple(o.score(recipe.means[o.property]) for o in objectives) for recipe in recipes]
    order = sorted(range(len(recipes)), key=lambda i: scores[i], reverse=True)
    kept: list[int] = []
    for i in order:
        beaten = any(all(a >= b for a, b in zip(scores[j], scores[i], strict=True)) for j in kept)
        if not beaten:
            kept.append(i)
    return [recipes[i] for i in kept]


def compromise(front: Sequence[RecipeResult], spec: CampaignSpec) -> RecipeResult | None:
    """The recipe of the front that meets most goals and lies closest to the best of every objective (scaled)."""
    if not front:
        return None
    met = [goals_met(recipe.means, spec) for recipe in front]
    kept = [recipe for recipe, count in zip(front, met, strict=True) if count == max(met)]
    columns = [[o.score(recipe.means[o.property]) for recipe in front] for o in spec.optimized]

    def distance(recipe: RecipeResult) -> float:
        total = 0.0
        for objective, column in zip(spec.optimized, columns, strict=True):
            span = max(column) - min(column)
            gap = max(column) - objective.score(recipe.means[objective.property])
            total += (gap / span) ** 2 if span > 0 else 0.0
        return total

    return min(kept, key=distance)
