"""Bootstrap: where the middle 95 % of resampled figures lie (Efron 1979, doi:10.1214/aos/1176344552)."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

_DRAWS = 4000


def bounds(draws: ArrayLike, digits: int = 4) -> tuple[float, float]:
    """The 2.5 % and 97.5 % quantiles of figures, one of each resample, rounded."""
    low, high = np.quantile(np.asarray(draws), [0.025, 0.975])
    return round(float(low), digits), round(float(high), digits)


def mean_of(figures: ArrayLike, digits: int = 4) -> tuple[float, float, float]:
    """The mean of figures, one of each seed, and the bounds of its bootstrap over seeds."""
    given = np.asarray(figures, dtype=np.float64)
    draws = np.random.default_rng(0).integers(len(given), size=(_DRAWS, len(given)))
    return round(float(given.mean()), digits), *bounds(given[draws].mean(axis=1), digits)
