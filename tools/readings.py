"""What is known of each measurement beside its value: the instrument's uncertainty, a limit it ran into, its batch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from eutectic.tools.encoding import FloatArray
from eutectic.tools.lattice import BoolArray, IntArray
from eutectic.tools.warp import Warp

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
