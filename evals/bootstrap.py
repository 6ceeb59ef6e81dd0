"""Bootstrap: where the middle 95 % of resampled figures lie (Efron 1979, doi:10.1214/aos/1176344552)."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike


def bounds(draws: ArrayLike, digits: int = 4) -> tuple[float, float]:
    """The 2.5 % and 97.5 % quantiles of figures, one of each resample, rounded."""
    low, high = np.quantile(np.asarray(draws), [0.025, 0.975])
    return round(float(low), digits), round(float(high), digits)
