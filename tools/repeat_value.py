"""What measuring a suspicious recipe again is worth, beside what a new recipe is expected to bring.

.. [Frazier2008] doi:10.1137/070693424, the value of information of one more measurement (knowledge gradient).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from eutectic.tools.encoding import FloatArray

USUAL_OUTLIERS = 0.05
"""Share of readings that are wrong before anything is known of a lab; a choice, below CRESt's share of failed tests."""
SURPRISES = 0.1
"""Share of recipes for which the surrogate is wrong by as much as scores differ: what 90 % intervals miss."""
_FAR = 10.0
"""Standard deviations by which a wrong reading is off."""
_POINTS = 401


class Suspect(NamedTuple):
    """A reading that does not fit, in scores: more is better."""

    read: float
    mean: float
    """What the surrogate, or the other repeats, expected."""
    sd: float
    """Standard deviation of that expectation, without noise."""
    noise: float
    """Standard deviation of one reading."""
    best: float
    """Best of the other recipes."""
    spread: float
    """Standard deviation of the scores seen."""


class RepeatValue(NamedTuple):
    """What is known of a suspicious reading."""

    probability: float
    """That it is wrong."""
    value: float
    """Expected gain in score of measuring it again before choosing the best recipe."""


class _Case(NamedTuple):
    weight: float
    mean: float
    """Of the recipe's score, the reading taken into account."""
    variance: float


def repeat_value(suspect: Suspect, outliers: float = USUAL_OUTLIERS) -> RepeatValue:
    """The probability that a reading is wrong, and what a repeat is worth, by integration over what it may show.

    The reading is right or wrong, and the surrogate was right or surprised; a wrong reading says nothing of the recipe.
    A repeat moves the weights of these cases and what each expects. Its value is how much better the best recipe is
    expected to be when it is chosen after the repeat instead of before.
    """
    right = [_right(suspect, sd, (1 - outliers) * share) for sd, share in _beliefs(suspect)]
    far = _FAR * suspect.noise
    wrong = [
        _Case(outliers * share * _density(suspect.read, suspect.mean, math.hypot(sd, far)), suspect.mean, sd**2)
        for sd, share in _beliefs(suspect)
    ]
    total = sum(case.weight for case in (*right, *wrong))
    probability = sum(case.weight for case in wrong) / total if total > 0 else 1.0
    cases = [case._replace(weight=case.weight / total) for case in (*right, *wrong)] if total > 0 else wrong
    return RepeatValue(probability, _worth(cases, suspect))


def _beliefs(suspect: Suspect) -> tuple[tuple[float, float], tuple[float, float]]:
    """Standard deviations of what was expected, with their shares: as the surrogate says, or surprised."""
    return (suspect.sd, 1 - SURPRISES), (max(suspect.spread, suspect.sd), SURPRISES)


def _right(suspect: Suspect, sd: float, prior: float) -> _Case:
    total = math.hypot(sd, suspect.noise)
    gain = sd**2 / total**2 if total > 0 else 0.0
    mean = suspect.mean + gain * (suspect.read - suspect.mean)
    return _Case(prior * _density(suspect.read, suspect.mean, total), mean, sd**2 * (1 - gain))


def _worth(cases: Sequence[_Case], suspect: Suspect) -> float:
    """The knowledge gradient of one more reading [Frazier2008]_, for a mixture."""
    weights, means, variances = (np.array(column) for column in zip(*cases, strict=True))
    spreads = np.sqrt(variances + suspect.noise**2)
    low, high = float((means - 8 * spreads).min()), float((means + 8 * spreads).max())
    shown = np.unique(
        np.concatenate([m + s * np.linspace(-8, 8, _POINTS) for m, s in zip(means, spreads, strict=True)])
    )
    density = weights[:, None] * _densities(shown, means, spreads)
    later = means[:, None] + (variances / np.maximum(spreads**2, 1e-300))[:, None] * (shown[None, :] - means[:, None])
    mass, expected = density.sum(axis=0), (density * later).sum(axis=0)
    after = _area(np.maximum(expected, mass * suspect.best), shown)
    always = _area(mass, shown), _area(expected, shown)
    now = max(always[1], always[0] * suspect.best)
    return max(0.0, after - now) if high > low else 0.0


def _area(heights: FloatArray, at: FloatArray) -> float:
    return float((0.5 * (heights[1:] + heights[:-1]) * np.diff(at)).sum())


def _density(at: float, mean: float, sd: float) -> float:
    return float(_densities(np.array([at]), np.array([mean]), np.array([max(sd, 1e-300)]))[0, 0])


def _densities(at: FloatArray, means: FloatArray, sds: FloatArray) -> FloatArray:
    z = (at[None, :] - means[:, None]) / sds[:, None]
    found: FloatArray = np.exp(-0.5 * z**2) / (sds[:, None] * math.sqrt(2 * math.pi))
    return found
