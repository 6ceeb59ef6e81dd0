"""Intervals: how far a mean may be off, from replicates, the instrument's word or the surrogate's noise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from eutectic.agents.report.results import RecipeResult, Row
from eutectic.core.objective import Objective

Z_90 = 1.6448536269514722
"""Half-width of the central 90 % of the normal distribution, in standard deviations."""
_LEAST_DEGREES = 2


@dataclass(frozen=True)
class Noise:
    """The standard deviation of one measurement of a property and where it was learned."""

    sd: float
    degrees: int
    """Degrees of freedom of the pooled replicates; 0 where the sd is stated and not estimated."""
    source: str
    """In words, for a caption."""


@dataclass(frozen=True)
class Interval:
    """A mean with its 90 % interval."""

    mean: float
    n: int
    half: float | None
    """Half the width; None where nothing is known of the noise."""
    chance_met: float | None
    """Probability that the true value meets the goal, given this noise; None without a goal or a noise."""
    source: str


def noise_of(name: str, rows: Sequence[Row], surrogate_sd: float | None) -> Noise | None:
    """The noise of a property: pooled replicates first, then the instrument's word, then the surrogate's estimate.

    The pooled variance is the within-recipe sum of squares over its degrees of freedom (Box, Hunter and Hunter,
    Statistics for Experimenters, 2nd ed., section 3.2).
    """
    groups: dict[str, list[float]] = {}
    for row in rows:
        value = row.value(name)
        if value is not None:
            groups.setdefault(row.trial.recipe_key, []).append(value)
    degrees = sum(len(values) - 1 for values in groups.values())
    if degrees >= _LEAST_DEGREES:
        squares = sum((v - sum(values) / len(values)) ** 2 for values in groups.values() for v in values)
        repeated = sum(len(values) > 1 for values in groups.values())
        words = f"replicates of {repeated} recipe{'s' * (repeated != 1)} ({degrees} degrees of freedom)"
        return Noise(sqrt(squares / degrees), degrees, words)
    stated = [m.sd for row in rows if row.value(name) is not None and row.observation
              for m in row.observation.measurements if m.property == name and m.sd is not None]  # fmt: skip
    if stated:
        return Noise(sqrt(sum(sd**2 for sd in stated) / len(stated)), 0, "the uncertainty the instrument states")
    if surrogate_sd is not None:
        return Noise(surrogate_sd, 0, "the noise the surrogate fits")
    return None


def interval(recipe: RecipeResult, objective: Objective, noise: Noise | None) -> Interval:
    """The 90 % interval of a recipe's mean and the chance that its true value meets the goal."""
    mean, n = recipe.means[objective.property], recipe.counts[objective.property]
    if noise is None:
        return Interval(mean, n, None, None, "no interval: no replicate, and no uncertainty was stated")
    error = noise.sd / sqrt(n)
    return Interval(
        mean, n, _quantile(noise.degrees) * error, _chance(objective, mean, error, noise.degrees), noise.source
    )


def _quantile(degrees: int) -> float:
    from scipy.stats import t

    return float(t.ppf(0.95, degrees)) if degrees else Z_90


def _chance(objective: Objective, mean: float, error: float, degrees: int) -> float | None:
    from scipy.stats import norm, t

    low, high = bounds(objective)
    if low is None and high is None:
        return None
    if error == 0:
        return 1.0 if objective.is_met(mean) else 0.0
    law = t(degrees) if degrees else norm()
    above = 1.0 if high is None else float(law.cdf((high - mean) / error))
    below = 0.0 if low is None else float(law.cdf((low - mean) / error))
    return max(0.0, above - below)


def bounds(objective: Objective) -> tuple[float | None, float | None]:
    """The least and the largest value that meet the objective's goal."""
    low, high = objective.at_least, objective.at_most
    if objective.target is not None and objective.tolerance is not None:
        low = max(low if low is not None else float("-inf"), objective.target - objective.tolerance)
        high = min(high if high is not None else float("inf"), objective.target + objective.tolerance)
    return low, high
