"""Which recipes are best: replicates pooled, feasible ones by score, or the Pareto front for several objectives."""

from __future__ import annotations

import math
import sys
from bisect import insort
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from eutectic.core.spec import CampaignSpec
from eutectic.core.trial import Measurement, Observation

Scores = tuple[float, ...]
RecipeKey = Callable[[str], str]
"""The recipe of a trial, by the trial's id."""


class Ranked(NamedTuple):
    """A recipe with its measurements pooled."""

    scores: Scores
    pooled: Observation
    """The first observation of the recipe, with the mean of every property."""
    measured: int
    """How many trials of the recipe gave values."""


def scores(spec: CampaignSpec, item: Observation) -> Scores | None:
    """Scores of the optimised objectives, more is better; None where a value is missing."""
    if item.status != "ok" or any(item.value(objective.property) is None for objective in spec.objectives):
        return None
    return tuple(objective.score(item.value(objective.property) or 0.0) for objective in spec.optimized)


def within_limits(spec: CampaignSpec, item: Observation) -> bool:
    """Whether every objective of role `constrain` keeps its limits."""
    limits = [objective for objective in spec.objectives if objective.role == "constrain"]
    values = [(objective, item.value(objective.property)) for objective in limits]
    return all(value is not None and objective.is_met(value) for objective, value in values)


def has_goal(spec: CampaignSpec) -> bool:
    """Whether any objective that is pushed has a value at which it counts as met."""
    return any(objective.has_goal for objective in spec.optimized)


def meets_goal(spec: CampaignSpec, item: Observation) -> bool:
    """Whether an observation meets every objective that has a goal; False where no pushed objective has one."""
    if not has_goal(spec) or item.status != "ok":
        return False
    values = [(objective, item.value(objective.property)) for objective in spec.objectives if objective.has_goal]
    return all(value is not None and objective.is_met(value) for objective, value in values)


def pool(observations: Sequence[Observation]) -> Observation:
    """Several observations of one recipe as one, with the mean and its standard error for every property."""
    first = observations[0]
    if len(observations) == 1:
        return first
    merged = []
    for item in first.measurements:
        values = [value for one in observations if (value := one.value(item.property)) is not None]
        merged.append(_mean(item, values) if len(values) > 1 else item)
    return first.model_copy(update={"measurements": tuple(merged)})


def _mean(item: Measurement, values: list[float]) -> Measurement:
    mean = math.fsum(values) / len(values)
    variance = math.fsum((value - mean) ** 2 for value in values) / (len(values) - 1)
    return item.model_copy(update={"value": mean, "sd": math.sqrt(variance / len(values)), "censoring": "none"})


class _Row(NamedTuple):
    """What the boards keep of a recipe; its pooled observation is made anew when it is asked for."""

    scores: Scores
    trial: str
    """The first of the recipe, which names it."""
    recipe: str
    inside: bool
    """Whether it keeps every limit."""
    goals: int
    """How many goals it meets."""


class Leaderboard:
    """The best recipes so far, kept up to date one observation at a time.

    Replicates of a recipe are pooled. Recipes that keep every limit come before those that do not. With one optimised
    objective recipes are ranked by score, with several the Pareto front is kept.
    """

    def __init__(
        self,
        spec: CampaignSpec,
        recipe_key: RecipeKey,
        observations: Iterable[Observation] = (),
        known: Callable[[str], Observation] | None = None,
    ) -> None:
        """`known` gives every observation that is added, by trial; without it the board keeps them itself."""
        self._spec, self._key = spec, recipe_key
        self._own: dict[str, Observation] = {}
        self._keeps, self._known = known is None, known or self._own.__getitem__
        self._several: dict[str, tuple[str, ...]] = {}
        """Trials with values by recipe, where there is more than one."""
        self._rows: dict[str, _Row] = {}
        self._inside: list[_Row] = []
        self._outside: list[_Row] = []
        self._met: dict[str, str] = {}
        for item in observations:
            self.add(item)

    @property
    def goal_met(self) -> str | None:
        """First trial of the first recipe whose pooled values meet every goal."""
        return next(iter(self._met.values()), None)

    def add(self, item: Observation) -> bool:
        """Take an observation in; whether a better recipe came to the top, or one joined the front."""
        if scores(self._spec, item) is None:
            return False
        if self._keeps:
            self._own[item.trial] = item
        key = self._key(item.trial)
        mates = (*self._mates(key), item.trial)
        if len(mates) > 1:
            self._several[key] = mates
        pooled = self._pooled(mates)
        mine = scores(self._spec, pooled)
        assert mine is not None
        if meets_goal(self._spec, pooled):
            self._met.setdefault(key, pooled.trial)
        else:
            self._met.pop(key, None)
        is_first = len(mates) == 1
        row = _Row(mine, sys.intern(pooled.trial), key, within_limits(self._spec, pooled), self._goals(pooled))
        self._rows[key] = row
        before = self._inside[0].scores if self._inside else None
        if not is_first:
            self._drop(row)
        joined = self._insert(row)
        if len(mine) > 1:
            return joined and row.inside and is_first
        return row.inside and self._inside[0].trial == row.trial and (before is None or mine > before)

    def best(self, limit: int = 5) -> list[Ranked]:
        """The best, best first.

        A front begins with the compromise the report suggests: the recipe that meets most goals and lies closest to
        the best value of every objective at once, each scaled by its spread on the front.
        """
        board = self._inside or self._outside
        if board and len(board[0].scores) > 1:
            board = sorted(board, key=lambda row: (-row.goals, _distance(board, row.scores), row.trial))
        ranked = [(row.scores, self._mates(row.recipe)) for row in board[:limit]]
        return [Ranked(mine, self._pooled(mates), len(mates)) for mine, mates in ranked]

    def _mates(self, recipe: str) -> tuple[str, ...]:
        """Trials of a recipe that gave values."""
        known = self._rows.get(recipe)
        return self._several.get(recipe, () if known is None else (known.trial,))

    def _pooled(self, trials: Sequence[str]) -> Observation:
        return pool([self._known(trial) for trial in trials])

    def _goals(self, pooled: Observation) -> int:
        wanted = [objective for objective in self._spec.objectives if objective.has_goal]
        return sum(objective.is_met(pooled.value(objective.property) or 0.0) for objective in wanted)

    def _insert(self, entry: _Row) -> bool:
        board = self._inside if entry.inside else self._outside
        if len(entry.scores) == 1:
            insort(board, entry, key=lambda row: (-row.scores[0], row.trial))
            return True
        if any(_dominates(row.scores, entry.scores) or row.scores == entry.scores for row in board):
            return False
        board[:] = [row for row in board if not _dominates(entry.scores, row.scores)]
        board.append(entry)
        return True

    def _drop(self, gone: _Row) -> None:
        """Take a recipe off the boards; a front is built anew, for others may step into its place."""
        several = len(self._spec.optimized) > 1
        for board, inside in ((self._inside, True), (self._outside, False)):
            kept = [row for row in board if row.trial != gone.trial]
            if len(kept) == len(board):
                continue
            board[:] = kept
            for row in self._rows.values() if several else ():
                if row.trial != gone.trial and row.inside == inside:
                    self._insert(row)


def _dominates(a: Scores, b: Scores) -> bool:
    return all(x >= y for x, y in zip(a, b, strict=True)) and a != b


def _distance(board: list[_Row], mine: Scores) -> float:
    """Squared distance to the best of every objective, in spreads of the front."""
    total = 0.0
    for k, value in enumerate(mine):
        column = [row.scores[k] for row in board]
        spread = max(column) - min(column)
        total += ((max(column) - value) / spread) ** 2 if spread > 0 else 0.0
    return total
