"""What is known of each measurement beside its value: the instrument's uncertainty, a limit it ran into, its batch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from eutectic.tools.encoding import FloatArray
from eutectic.tools.lattice import BoolArray, IntArray
from eutectic.tools.warp import Warp

_SHARES = (0.01, 0.03, 0.1, 0.2, 0.4, 0.7, 1.0, 1.5, 2.5)
"""Variances of noise and of a batch's offset that are tried, in those of the differences between repeats."""
_CONVINCING = 2.0
"""Log likelihood by which a batch effect must explain the repeats better than none: about seven to one."""
_LEAST_BATCHES = 3
_LEAST_CONTRASTS = 5
_ROUNDS = 30
_DAMPING = 0.7
_MOST_SD = 1e3
"""Standardised; a value less certain than this says nothing anyway."""
_VAGUE = 1e-6
"""Least precision of a censored value's site."""


@dataclass(frozen=True)
class Readings:
    """`N` measurements of one property."""

    values: FloatArray
    """In the property's unit; a censored one stands at its limit."""
    sds: FloatArray
    """Standard uncertainties that the instrument stated, in the unit; NaN where it stated none."""
    sides: IntArray
    """1 where the true value lies above `values`, -1 below, 0 where it was read."""
    batches: IntArray
    """Numbers of batches; negative where the batch is not known."""
    calculated: BoolArray | None = None
    """Which values were calculated, not measured; None where all were measured."""
    screened: BoolArray | None = None
    """Which values a screen read, in its own unit; None where it read none."""

    @property
    def is_measured(self) -> BoolArray:
        """`N`: which values were measured."""
        return ~self.is_screened if self.calculated is None else ~self.calculated & ~self.is_screened

    @property
    def is_screened(self) -> BoolArray:
        """`N`: which values a screen read."""
        return np.zeros(len(self.values), dtype=np.bool_) if self.screened is None else self.screened

    def take(self, index: IntArray | BoolArray) -> Readings:
        """The measurements of an index or mask."""
        calculated, screened = (None if one is None else one[index] for one in (self.calculated, self.screened))
        return Readings(
            self.values[index], self.sds[index], self.sides[index], self.batches[index], calculated, screened
        )

    def variances(self, warp: Warp) -> FloatArray:
        """`N` variances that the instrument stated, on the standardised scale; 0 where it stated none."""
        sds = np.nan_to_num(self.sds, nan=0.0, posinf=0.0, neginf=0.0)
        with np.errstate(over="ignore", invalid="ignore"):
            half = 0.5 * np.abs(warp.forward(self.values + sds) - warp.forward(self.values - sds))
        return np.asarray(np.minimum(np.nan_to_num(half, nan=_MOST_SD, posinf=_MOST_SD), _MOST_SD) ** 2)


def plain_readings(values: FloatArray) -> Readings:
    """Values of which nothing else is known."""
    n = len(values)
    return Readings(values, np.full(n, np.nan), np.zeros(n, dtype=np.int64), np.full(n, -1, dtype=np.int64))


def same_batch(batches: IntArray) -> FloatArray:
    """`N x N`: 1 where two measurements stand in one known batch."""
    return np.asarray((batches[:, None] == batches[None, :]) & (batches >= 0)[:, None], dtype=np.float64)


def batch_variance(standard: FloatArray, groups: IntArray, batches: IntArray) -> float:
    """Variance of the offset that measurements of one batch share, 0 unless repeats of recipes speak for one clearly.

    Only differences between measurements of one recipe count: that a later batch is better as a whole is what a
    search is for, not an offset. Restricted maximum likelihood on a grid of noise and offset (Patterson and Thompson
    1971, doi:10.1093/biomet/58.3.545), taken where an offset beats none by two nats.

    Args:
        standard: `N` standardised values.
        groups: `N` numbers, equal for replicates of one recipe.
        batches: `N` numbers.
    """
    repeated = np.flatnonzero(np.bincount(groups)[groups] > 1)
    if len(np.unique(batches[repeated])) < _LEAST_BATCHES:
        return 0.0
    names, inverse = np.unique(groups[repeated], return_inverse=True)
    if len(repeated) - len(names) < _LEAST_CONTRASTS:
        return 0.0
    contrasts = np.linalg.svd(np.eye(len(names))[inverse.ravel()])[0][:, len(names) :]
    off = contrasts.T @ standard[repeated]
    sizes, turned = np.linalg.eigh(contrasts.T @ same_batch(batches[repeated]) @ contrasts)
    off = turned.T @ off
    pooled = max(float((off**2).mean()), 1e-12)

    def best(offset: float) -> float:
        spread = offset * sizes + pooled * np.array(_SHARES)[:, None]
        return float((-0.5 * off**2 / spread - 0.5 * np.log(spread)).sum(axis=1).max())

    scores = [best(share * pooled) for share in _SHARES]
    most = int(np.argmax(scores))
    return _SHARES[most] * pooled if scores[most] > best(0.0) + _CONVINCING else 0.0


def censored_sites(
    covariance: FloatArray, mean: FloatArray, standard: FloatArray, noise: FloatArray, sides: IntArray
) -> tuple[FloatArray, FloatArray]:
    """Values and variances `N` of normal measurements that stand in for censored ones (read ones stay as they are).

    Expectation propagation for the likelihood `P(value beyond the limit) = Phi(side (f - limit) / sd)`, the Tobit model
    (Tobin 1958, doi:10.2307/1907382): Rasmussen and Williams 2006, section 3.6, with damped parallel updates.

    Args:
        covariance: `N x N` prior covariance of the property.
        mean: `N` prior means.
        standard: `N` standardised values, limits among them.
        noise: `N` variances of the measurements.
        sides: As in `Readings`.
    """
    places = np.flatnonzero(sides)
    precision = np.where(sides == 0, 1.0 / noise, 0.0)
    natural = precision * (standard - mean)
    for _ in range(_ROUNDS):
        root = np.sqrt(precision)
        inner = np.eye(len(standard)) + root[:, None] * covariance * root
        half = np.linalg.solve(np.linalg.cholesky(inner), root[:, None] * covariance)
        posterior = covariance - half.T @ half
        variances, means = np.diag(posterior)[places], (posterior @ natural)[places]
        cavity = 1.0 / np.maximum(1.0 / variances - precision[places], 1e-9)
        centre = cavity * (means / variances - natural[places])
        one, two = _truncated(centre, cavity, (standard - mean)[places], noise[places], sides[places])
        new = np.maximum(1.0 / two - 1.0 / cavity, _VAGUE)
        change = new - precision[places]
        precision[places] += _DAMPING * change
        natural[places] += _DAMPING * (one / two - centre / cavity - natural[places])
        if np.abs(change).max() < 1e-6:
            break
    values, variances = standard.copy(), noise.copy()
    values[places] = mean[places] + natural[places] / precision[places]
    variances[places] = 1.0 / precision[places]
    return values, variances


def _truncated(
    centre: FloatArray, variance: FloatArray, limit: FloatArray, noise: FloatArray, sides: IntArray
) -> tuple[FloatArray, FloatArray]:
    """Mean and variance of a normal variable given that its noisy reading lies beyond the limit (eqs. 3.85, 3.87)."""
    from scipy.special import log_ndtr

    spread = np.sqrt(variance + noise)
    z = sides * (centre - limit) / spread
    ratio = np.exp(-0.5 * z**2 - 0.5 * np.log(2 * np.pi) - log_ndtr(z))
    mean = centre + sides * variance * ratio / spread
    less = variance**2 * ratio * (z + ratio) / spread**2
    return mean, np.maximum(variance - less, 1e-9)
