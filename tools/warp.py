"""Outcome transforms: skewed values made near to normal by a Yeo-Johnson power, then standardised."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]
_LEAST_SKEW = 0.75
_LEAST_N = 10
_MOST_RATIO = 1e9
"""Largest deviation in quartile ranges; beyond it the deviation itself is the scale, so that nothing overflows."""


@dataclass(frozen=True)
class Warp:
    """A monotone map from values in their unit to the standardised scale a model is fitted on.

    Power transform: Yeo and Johnson, doi:10.1093/biomet/87.4.954, with the power held to 0..2 so that it inverts
    everywhere.
    """

    centre: float = 0.0
    scale: float = 1.0
    power: float = 1.0
    """1 leaves the shape as it is."""
    mean: float = 0.0
    sd: float = 1.0

    def forward(self, values: ArrayLike) -> FloatArray:
        """Standardised values."""
        return (
            _power((np.asarray(values, dtype=np.float64) - self.centre) / self.scale, self.power) - self.mean
        ) / self.sd

    def inverse(self, standard: ArrayLike) -> FloatArray:
        """Values in their unit."""
        bent = np.asarray(standard, dtype=np.float64) * self.sd + self.mean
        return _unpower(bent, self.power) * self.scale + self.centre

    def moments(self, mean: ArrayLike, sd: ArrayLike) -> tuple[FloatArray, FloatArray]:
        """Mean and standard deviation, in the unit, of a normal variable on the standardised scale (quadrature)."""
        nodes, weights = np.polynomial.hermite_e.hermegauss(24)
        weights = weights / weights.sum()
        values = self.inverse(np.asarray(mean)[..., None] + np.asarray(sd)[..., None] * nodes)
        first = values @ weights
        second = ((values - first[..., None]) ** 2) @ weights
        return first, np.sqrt(np.maximum(second, 0.0))


def fit_warp(values: FloatArray, *, bend: bool = True) -> Warp:
    """The transform for a sample of values; with `bend`, a power where they are clearly skewed."""
    if not len(values):
        return Warp()
    quartiles = np.percentile(values, [25, 75])
    scale = float(quartiles[1] - quartiles[0]) / 1.35 or float(values.std()) or max(abs(float(values.mean())), 1.0)
    centre = float(np.median(values))
    farthest = float(np.abs(values - centre).max())
    if farthest > _MOST_RATIO * scale:
        scale = farthest
    standard = (values - centre) / scale
    power = _best_power(standard) if bend and len(values) >= _LEAST_N and abs(_skew(standard)) > _LEAST_SKEW else 1.0
    bent = _power(standard, power)
    return Warp(centre, scale, power, float(bent.mean()), float(bent.std()) or 1.0)


def _best_power(values: FloatArray) -> float:
    """The power of greatest normal likelihood on a grid."""
    slope = np.sign(values) * np.log1p(np.abs(values))
    scores = []
    grid = np.linspace(0.0, 2.0, 21)
    for power in grid:
        bent = _power(values, power)
        scores.append(-0.5 * len(values) * np.log(max(bent.var(), 1e-300)) + (power - 1) * slope.sum())
    return float(grid[int(np.argmax(scores))])


def _skew(values: FloatArray) -> float:
    sd = values.std()
    return float((((values - values.mean()) / sd) ** 3).mean()) if sd > 0 else 0.0


def _power(values: FloatArray, power: float) -> FloatArray:
    if power == 1.0:
        return values
    up, down = np.maximum(values, 0.0), np.maximum(-values, 0.0)
    high = np.log1p(up) if power == 0 else ((1 + up) ** power - 1) / power
    low = np.log1p(down) if power == 2 else ((1 + down) ** (2 - power) - 1) / (2 - power)
    return np.where(values >= 0, high, -low)


def _unpower(values: FloatArray, power: float) -> FloatArray:
    if power == 1.0:
        return values
    up, down = np.maximum(values, 0.0), np.maximum(-values, 0.0)
    high = np.expm1(np.minimum(up, 50.0)) if power == 0 else (1 + power * up) ** (1 / power) - 1
    low = np.expm1(np.minimum(down, 50.0)) if power == 2 else (1 + (2 - power) * down) ** (1 / (2 - power)) - 1
    return np.where(values >= 0, high, -low)
