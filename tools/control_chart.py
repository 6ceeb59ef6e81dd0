"""Control charts of a reference sample: Shewhart, EWMA and CUSUM on self-starting statistics, with their run lengths.

.. [Quesenberry1991] doi:10.1080/00224065.1991.11979326, SPC Q charts for start-up processes.
.. [Hawkins1987] doi:10.2307/2348827, self-starting CUSUM charts.
.. [Lucas1990] doi:10.1080/00401706.1990.10484583, EWMA control schemes.
.. [Brook1972] doi:10.1093/biomet/59.3.539, run lengths as an absorbing Markov chain.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from functools import cache
from typing import Literal, NamedTuple

import numpy as np

SHEWHART_LIMIT = 3.0
EWMA_WEIGHT, EWMA_LIMIT = 0.2, 2.962
CUSUM_SLACK, CUSUM_LIMIT = 0.5, 5.0
_GROSS = 4.5
"""A point further out is no longer taken for one of the process; seldom enough (7 in a million) to leave run lengths
as they are."""
_STATES = 201
Chart = Literal["shewhart", "ewma", "cusum"]


class Point(NamedTuple):
    """One measurement of the reference, in order."""

    value: float
    q: float | None
    """What it is worth against those before it, standard normal while nothing changes; None for the first two."""
    ewma: float
    """In units of its own long-run standard deviation."""
    cusum_up: float
    cusum_down: float
    signals: tuple[Chart, ...]


def control_chart(values: Sequence[float], left_out: Collection[int] = ()) -> list[Point]:
    """The three charts of a series, each point judged by the earlier ones alone.

    Points at the indices of `left_out`, such as those set aside for another reason, are judged but not learned from.

    The statistic is the Q of [Quesenberry1991]_ for unknown mean and variance: independent standard normal numbers
    while the process is in control, from the third point on, so that the run lengths below hold without a trial phase.
    A gross outlier does not enter mean and variance. EWMA and CUSUM begin anew after a signal.
    """
    from scipy.stats import norm, t

    points, base = [], list[float]()
    ewma = up = down = 0.0
    long_run = math.sqrt(EWMA_WEIGHT / (2 - EWMA_WEIGHT))
    for place, value in enumerate(values):
        q, n = None, len(base)
        if n >= 2:
            spread = float(np.std(base, ddof=1)) or max(abs(base[0]), 1e-300) * 1e-12
            ratio = math.sqrt(n / (n + 1)) * (value - float(np.mean(base))) / spread
            tail = float(t.logsf(abs(ratio), n - 1))
            q = math.copysign(float(-norm.ppf(math.exp(tail))) if tail > -700 else 37.0, ratio)
        signals: list[Chart] = []
        if q is not None and place not in left_out:
            ewma = EWMA_WEIGHT * q + (1 - EWMA_WEIGHT) * ewma
            up, down = max(0.0, up + q - CUSUM_SLACK), max(0.0, down - q - CUSUM_SLACK)
            signals += ["ewma"] if abs(ewma) > EWMA_LIMIT * long_run else []
            signals += ["cusum"] if max(up, down) > CUSUM_LIMIT else []
        if q is not None and abs(q) > SHEWHART_LIMIT:
            signals.insert(0, "shewhart")
        points.append(Point(value, q, ewma / long_run, up, down, tuple(signals)))
        if "ewma" in signals:
            ewma = 0.0
        if "cusum" in signals:
            up = down = 0.0
        if place not in left_out and (q is None or abs(q) < _GROSS):
            base.append(value)
    return points


@cache
def run_length(chart: Chart, shift: float = 0.0) -> float:
    """Mean number of points until a signal when the mean is off by `shift` standard deviations; 0 for in control."""
    from scipy.stats import norm

    if chart == "shewhart":
        return float(1 / (norm.sf(SHEWHART_LIMIT - shift) + norm.cdf(-SHEWHART_LIMIT - shift)))
    if chart == "cusum":
        sides = [_markov_cusum(shift), _markov_cusum(-shift)]
        return 1 / sum(1 / side for side in sides)
    return _markov_ewma(shift)


def _markov_cusum(shift: float) -> float:
    """Run length of the upper side by [Brook1972]_; the two sides together as of Van Dobben de Bruyn."""
    from scipy.stats import norm

    width = 2 * CUSUM_LIMIT / (2 * _STATES - 1)
    places = np.arange(_STATES) * width
    upper = norm.cdf(places[None, :] + width / 2 - places[:, None] + CUSUM_SLACK - shift)
    lower = norm.cdf(places[None, :] - width / 2 - places[:, None] + CUSUM_SLACK - shift)
    lower[:, 0] = 0.0
    return float(np.linalg.solve(np.eye(_STATES) - (upper - lower), np.ones(_STATES))[0])


def _markov_ewma(shift: float) -> float:
    from scipy.stats import norm

    limit = EWMA_LIMIT * math.sqrt(EWMA_WEIGHT / (2 - EWMA_WEIGHT))
    width = 2 * limit / _STATES
    places = -limit + (np.arange(_STATES) + 0.5) * width
    kept = (1 - EWMA_WEIGHT) * places[:, None]
    upper = norm.cdf((places[None, :] + width / 2 - kept) / EWMA_WEIGHT - shift)
    lower = norm.cdf((places[None, :] - width / 2 - kept) / EWMA_WEIGHT - shift)
    return float(np.linalg.solve(np.eye(_STATES) - (upper - lower), np.ones(_STATES))[_STATES // 2])
