"""The random baseline: how the best so far would have grown had the same trials been drawn at random.

A model-based estimate: recipes are drawn uniformly from the search space and valued by the surrogate fitted to this
campaign's data, with its noise and the campaign's own share of failed experiments.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from eutectic.agents.report.intervals import bounds
from eutectic.agents.report.ledger import Ledger
from eutectic.agents.report.models import Models
from eutectic.agents.report.results import Results
from eutectic.agents.report.volume import dominated_volume
from eutectic.core.errors import EutecticError
from eutectic.core.objective import Objective
from eutectic.tools.plots import Band

N_CAMPAIGNS = 200
_POOL = 2000
_VOLUME_CAMPAIGNS, _VOLUME_STEPS = 60, 24
_MOST_CELLS = 400_000


@dataclass(frozen=True)
class Baseline:
    """Bands of the best so far by property, and of the dominated volume."""

    bands: dict[str, Band]
    volume: Band | None
    n_campaigns: int
    why_not: str = ""


def random_baseline(
    ledger: Ledger, results: Results, models: Models, *, worst: Sequence[float] = (), span: Sequence[float] = ()
) -> Baseline:
    """Random campaigns on the surrogate, as long as this one.

    Args:
        ledger: The campaign.
        results: What it measured.
        models: The fitted surrogate.
        worst: Reference score of each optimised objective for the dominated volume; none without it.
        span: Scale of each score for the dominated volume.
    """
    n = len(results.tested)
    if models.posterior is None:
        return Baseline({}, None, 0, models.no_posterior)
    rng = np.random.default_rng(ledger.spec.seed)
    lost = sum(row.values(ledger.spec.objectives) is None for row in results.tested)
    n_campaigns = max(50, min(N_CAMPAIGNS, _MOST_CELLS // max(n, 1)))
    try:
        draws = _draw(ledger, models, rng, (n_campaigns, n), lost / n)
    except (EutecticError, ValueError, RuntimeError) as error:
        return Baseline({}, None, 0, f"random recipes could not be valued: {error}")
    allowed = _allowed(draws, ledger.spec.objectives)
    bands = {o.property: _best_band(draws[o.property], allowed, o) for o in ledger.spec.optimized}
    volume = None
    if worst and len(ledger.spec.optimized) in (2, 3):
        volume = _volume_band(draws, allowed, ledger.spec.optimized, worst, span)
    return Baseline(bands, volume, n_campaigns)


def _draw(
    ledger: Ledger, models: Models, rng: np.random.Generator, shape: tuple[int, int], lost_share: float
) -> dict[str, np.ndarray]:
    """Measured values by property, `campaigns x experiments`, NaN where the experiment gives none.

    Values are the surrogate's mean plus its noise. Functions drawn from the posterior were tried and let go: where few
    data lie they run far beyond anything seen and credit random search with finds that do not exist.
    """
    from eutectic.tools.sampling import random_feasible

    recipes = random_feasible(ledger.spec.space, _POOL, ledger.spec.seed)
    values = models.predict(recipes)
    picks = rng.integers(0, len(recipes), shape)
    is_lost = rng.random(shape) < lost_share
    drawn = {}
    for name, (mean, _) in values.items():
        value = mean[picks] + (models.noise_sd(name) or 0.0) * rng.standard_normal(shape)
        drawn[name] = np.where(is_lost, np.nan, value)
    return drawn


def _allowed(draws: dict[str, np.ndarray], objectives: Sequence[Objective]) -> np.ndarray:
    kept: np.ndarray = ~np.isnan(next(iter(draws.values())))
    for objective in objectives:
        if objective.role == "constrain":
            low, high = bounds(objective)
            with np.errstate(invalid="ignore"):
                kept &= draws[objective.property] >= (-np.inf if low is None else low)
                kept &= draws[objective.property] <= (np.inf if high is None else high)
    return kept


def _best_band(values: np.ndarray, allowed: np.ndarray, objective: Objective) -> Band:
    scores = np.where(allowed, np.vectorize(objective.score, otypes=[float])(values), -np.inf)
    leaders = np.maximum.accumulate(scores, axis=1)
    low, median, high = (np.quantile(leaders, q, axis=0, method="nearest") for q in (0.05, 0.5, 0.95))
    return _band(objective, np.arange(1, values.shape[1] + 1), low, median, high)


def _band(objective: Objective, x: np.ndarray, low: np.ndarray, median: np.ndarray, high: np.ndarray) -> Band:
    """Scores turned back into values; for a target, into the distance from it."""
    known = np.isfinite(low)
    if objective.direction == "minimize" or objective.direction == "target":
        low, median, high = -high, -median, -low
    columns = [tuple(float(v) for v in column[known]) for column in (median, low, high)]
    return Band(tuple(int(v) for v in x[known]), *columns)


def _volume_band(
    draws: dict[str, np.ndarray],
    allowed: np.ndarray,
    objectives: Sequence[Objective],
    worst: Sequence[float],
    span: Sequence[float],
) -> Band:
    n_campaigns, n = allowed.shape
    steps = sorted({round(v) for v in np.linspace(1, n, min(n, _VOLUME_STEPS))})
    scores = [np.vectorize(o.score, otypes=[float])(draws[o.property]) for o in objectives]
    scaled = np.stack([(s - w) / p for s, w, p in zip(scores, worst, span, strict=True)], axis=-1)
    volumes = np.zeros((min(n_campaigns, _VOLUME_CAMPAIGNS), len(steps)))
    for campaign in range(volumes.shape[0]):
        for place, step in enumerate(steps):
            volumes[campaign, place] = dominated_volume(scaled[campaign, :step][allowed[campaign, :step]])
    low, median, high = (np.quantile(volumes, q, axis=0) for q in (0.05, 0.5, 0.95))
    return Band(tuple(steps), *(tuple(float(v) for v in column) for column in (median, low, high)))
