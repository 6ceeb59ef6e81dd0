"""What a calculation is off by: measured = offset + slope x calculated, learned where both are known.

Bayesian linear regression with a normal prior on the slope around 1 (no bias), and Huber weights against outliers
(Huber 1964, doi:10.1214/aoms/1177703732).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from eutectic.core.errors import BadInput
from eutectic.core.record import Record

LEAST_PAIRS = 5
_SLOPE_SD = 0.5
"""Prior standard deviation of the slope around 1."""
_HUBER = 1.345
"""95 % efficiency on normal errors."""
_ROUNDS = 50


class BiasCorrection(Record):
    """A learned correction; values in the unit of the property."""

    offset: float
    offset_sd: float
    slope: float
    slope_sd: float
    covariance: float
    """Of offset and slope."""
    noise: float
    """Standard deviation of a measured value around the line."""
    n_pairs: int
    error_before: float
    """Root mean square of measured minus calculated."""
    error_after: float
    """The same after correction, each pair left out of the fit that corrects it."""

    @property
    def helps(self) -> bool:
        """Whether the left-out error is smaller than the uncorrected one."""
        return self.error_after < self.error_before

    def correct(self, calculated: float) -> tuple[float, float]:
        """The expected measured value and its standard uncertainty."""
        variance = (
            self.offset_sd**2 + 2 * calculated * self.covariance + (calculated * self.slope_sd) ** 2 + self.noise**2
        )
        return self.offset + self.slope * calculated, float(np.sqrt(max(variance, 0.0)))


def learn_bias(calculated: Sequence[float], measured: Sequence[float]) -> BiasCorrection:
    """The correction that pairs of calculated and measured values teach.

    Args:
        calculated: `n` values.
        measured: `n` values of the same materials.

    Raises:
        BadInput: fewer than five pairs, or the calculated values are all the same.
    """
    x, y = np.asarray(calculated, dtype=float), np.asarray(measured, dtype=float)
    if len(x) != len(y):
        raise BadInput(f"{len(x)} calculated values, {len(y)} measured ones")
    if len(x) < LEAST_PAIRS:
        raise BadInput(
            f"{len(x)} materials are both calculated and measured, at least {LEAST_PAIRS} are needed",
            mend="measure more of them, or use the calculated values as a source of their own",
        )
    if float(np.std(x)) <= 1e-12 * max(1.0, float(np.max(np.abs(x)))):
        raise BadInput("the calculated values are all the same, so no slope can be learned")
    mean, covariance, noise = _fit(x, y)
    left_out = []
    for i in range(len(x)):
        rest = np.arange(len(x)) != i
        part, _, _ = _fit(x[rest], y[rest])
        left_out.append(y[i] - part[0] - part[1] * x[i])
    return BiasCorrection(
        offset=float(mean[0]),
        offset_sd=float(np.sqrt(covariance[0, 0])),
        slope=float(mean[1]),
        slope_sd=float(np.sqrt(covariance[1, 1])),
        covariance=float(covariance[0, 1]),
        noise=noise,
        n_pairs=len(x),
        error_before=float(np.sqrt(np.mean((y - x) ** 2))),
        error_after=float(np.sqrt(np.mean(np.square(left_out)))),
    )


def _fit(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    """Posterior mean and covariance of offset and slope, and the noise; iteratively re-weighted."""
    center = float(np.mean(x))
    design = np.column_stack([np.ones_like(x), x - center])
    scale = float(np.std(y - x)) or float(np.std(y)) or 1.0
    weights, noise = np.ones_like(x), scale
    mean = np.zeros(2)
    inverse = np.eye(2)
    for _ in range(_ROUNDS):
        precision = design.T @ (weights[:, None] * design) / noise**2 + np.diag([0.0, 1 / _SLOPE_SD**2])
        inverse = np.linalg.inv(precision)
        before = mean
        mean = inverse @ (design.T @ (weights * y) / noise**2 + np.array([0.0, 1 / _SLOPE_SD**2]))
        residual = y - design @ mean
        robust = 1.4826 * float(np.median(np.abs(residual))) * len(x) / max(1, len(x) - 2)
        noise = max(robust, 1e-9 * scale)
        weights = np.minimum(1.0, _HUBER * noise / np.maximum(np.abs(residual), 1e-300))
        if np.allclose(mean, before, rtol=1e-9, atol=1e-12 * scale):
            break
    shift = np.array([[1.0, -center], [0.0, 1.0]])
    return shift @ mean, shift @ inverse @ shift.T, noise
