"""The statistical model of a drifting instrument: how likely the evidence is, given faults and sizes of what moves.

What a row of evidence reads is the level of its recipe, the shift of its round and noise. The shift is a trend, a
settling, a random walk, jumps that stay and a part of the round's own (the batch). Given which readings are outliers,
where the jumps are and how large the rest is in units of the noise, all is normal with an unknown variance, which an
inverse gamma prior integrates out: likelihoods and shifts are Student's t with the degrees of freedom that the
references give.

.. [West1997] doi:10.1007/b98971, dynamic linear models, outliers and changes of level as larger variances.
.. [GUM2008] JCGM 100:2008, annex G: standard uncertainties with effective degrees of freedom.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from eutectic.tools.encoding import FloatArray

_BATCHES = ((0.0, 0.5), (0.4, 0.27), (0.9, 0.18), (2.0, 0.05))
"""Standard deviation of the batch in those of the noise, with its prior share."""
_MOVES = (
    (0.0, 0.0, 0.0, 0.57),
    (0.1, 0.0, 0.0, 0.06),
    (0.3, 0.0, 0.0, 0.06),
    (0.8, 0.0, 0.0, 0.04),
    (2.5, 0.0, 0.0, 0.02),
    (0.0, 0.1, 0.0, 0.06),
    (0.0, 0.5, 0.0, 0.06),
    (0.1, 0.2, 0.0, 0.05),
    (0.3, 0.5, 0.0, 0.05),
    (0.0, 0.0, 4.0, 0.05),
    (0.3, 0.0, 4.0, 0.04),
)
"""Standard deviation of one step of the walk, of the trend per round and of the settling after the start, in those of
the noise, with prior share."""
_SETTLING = 3.0
"""Rounds in which an instrument that settles comes within 37 % of where it goes to."""
LOG_OUTLIER, LOG_JUMP = math.log(0.02), math.log(0.015)
"""Prior odds that a reading is an outlier, that the instrument jumps before a round."""
OUTLIER, JUMP = 10.0, 7.0
"""Size of outliers and of jumps in standard deviations of the noise."""
_LEVEL = 100.0
"""Prior standard deviation of the level of a recipe: so wide that it says nothing."""
_PRIOR_FREEDOM = 2.0
"""Readings that a noise expected beforehand is worth."""
_USUAL = tuple(2.0**i for i in range(-3, 2))
"""Times the usual noise that may be expected just as well: the instrument may be much finer."""


@dataclass(frozen=True)
class Evidence:
    """Rows of evidence on a scale on which shifts add up."""

    values: FloatArray
    """`N`, each less the mean of its recipe."""
    rounds: FloatArray
    """`N` round numbers."""
    times: FloatArray
    """`N`: when it was read, counted in rounds."""
    recipes: FloatArray
    """`N` numbers, equal for one recipe of unknown level; -1 where the true value is known."""
    variances: FloatArray
    """`N`: variance of a row in variances of one reading."""
    trials: tuple[str, ...]
    """`N`: the trial of the reading; empty for a row of several."""
    start: float
    """Round at which the walk and the trend begin."""
    usual: float
    """Noise expected before anything is read."""


class Faults(NamedTuple):
    """A hypothesis: which rows are outliers, and from which rounds on the instrument reads differently."""

    outliers: frozenset[int] = frozenset()
    jumps: frozenset[int] = frozenset()


class Sizes(NamedTuple):
    """Standard deviations of what moves the readings of a round, in those of the noise."""

    batch: float
    walk: float
    trend: float
    settling: float
    log_prior: float


SIZES = tuple(Sizes(b, w, t, c, math.log(p * q)) for b, p in _BATCHES for w, t, c, q in _MOVES)


@dataclass(frozen=True)
class Fit:
    """Evidence under one hypothesis, for every size; `H` of them."""

    inverses: FloatArray
    """`H x N x N`."""
    log_determinants: FloatArray
    squares: FloatArray
    """`H`: the sum of squares of the values, weighed by the inverse: what the noise variance is learned from."""


def fit(e: Evidence, faults: Faults, places: Sequence[int] = range(len(SIZES))) -> Fit:
    """The evidence under a hypothesis, for the sizes at some places."""
    covariance = np.stack([_covariance(e, faults, SIZES[place]) for place in places])
    inverses = np.linalg.inv(covariance)
    determinants = np.asarray(np.linalg.slogdet(covariance)[1], dtype=np.float64)
    squares: FloatArray = np.einsum("i,hij,j->h", e.values, inverses, e.values)
    return Fit(np.asarray(inverses, dtype=np.float64), determinants, squares)


def freedom(e: Evidence) -> float:
    """Rows less the levels that are estimated from them, and what the usual noise is worth."""
    return _PRIOR_FREEDOM + len(e.values) - len(np.unique(e.recipes[e.recipes >= 0]))


def freedom_of_noise(e: Evidence) -> float:
    """The degrees of freedom that repeats and certified values give, and one of what was expected."""
    known = np.array([bool(trial) for trial in e.trials], dtype=np.bool_)
    levels = np.unique(e.recipes[known & (e.recipes >= 0)])
    return max(1.0, float(known.sum()) - len(levels)) + 1.0


def log_weights(e: Evidence, found: Fit) -> FloatArray:
    """`H` (by hypotheses, where there are several): prior of the sizes times marginal likelihood, as a logarithm."""
    prior = np.array([size.log_prior for size in SIZES])
    prior = prior.reshape(-1, *[1] * (found.squares.ndim - 1))
    likelihood: FloatArray = np.logaddexp.reduce(_by_usual(e, found.squares), axis=-1) - 0.5 * found.log_determinants
    return prior + likelihood


def noise_variance(e: Evidence, squares: float) -> float:
    """The scale of the noise variance that a sum of squares tells, averaged over what may have been expected."""
    weights = _by_usual(e, np.array(squares))
    weights = np.exp(weights - np.logaddexp.reduce(weights))
    usual = (e.usual * np.array(_USUAL)) ** 2
    return float(weights @ (_PRIOR_FREEDOM * usual + squares)) / freedom(e)


def _by_usual(e: Evidence, squares: FloatArray) -> FloatArray:
    """Log-likelihood with one more axis: what noise was expected."""
    usual = _PRIOR_FREEDOM * (e.usual * np.array(_USUAL)) ** 2
    found: FloatArray = 0.5 * _PRIOR_FREEDOM * np.log(usual) - 0.5 * freedom(e) * np.log(squares[..., None] + usual)
    return found


def direction(e: Evidence, outlier: int | None, jump: int | None) -> tuple[FloatArray, float]:
    """`N`, along which a fault adds variance, and how much, in variances of one reading."""
    if jump is not None:
        return (e.rounds >= jump).astype(np.float64), JUMP**2
    return (np.arange(len(e.values)) == outlier).astype(np.float64), OUTLIER**2


def _covariance(e: Evidence, faults: Faults, sizes: Sizes) -> FloatArray:
    """`N x N` of the rows, in variances of one reading."""
    own = e.variances.copy()
    own[list(faults.outliers)] += OUTLIER**2
    same = (e.recipes[:, None] == e.recipes[None, :]) & (e.recipes[:, None] >= 0)
    here = Places(e.rounds, e.times)
    found: FloatArray = shift_covariance(here, here, faults, sizes, e.start) + _LEVEL**2 * same + np.diag(own)
    return found


class Places(NamedTuple):
    """Where shifts are asked for."""

    rounds: FloatArray
    times: FloatArray


def shift_covariance(a: Places, b: Places, faults: Faults, sizes: Sizes, start: float) -> FloatArray:
    """Of the shifts at places `a` with those at places `b`."""
    one, other = np.maximum(a.times - start, 0.0), np.maximum(b.times - start, 0.0)
    found: FloatArray = sizes.walk**2 * np.minimum(one[:, None], other[None, :])
    found += sizes.trend**2 * np.outer(one, other)
    found += sizes.settling**2 * np.outer(1 - np.exp(-one / _SETTLING), 1 - np.exp(-other / _SETTLING))
    found += sizes.batch**2 * (a.rounds[:, None] == b.rounds[None, :])
    for jump in faults.jumps:
        found += JUMP**2 * np.outer(a.rounds >= jump, b.rounds >= jump)
    return found
