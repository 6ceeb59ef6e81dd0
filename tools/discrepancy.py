"""Values that stand for measured ones: calculated or of a cheap assay, and what they are off by, in the surrogate."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from eutectic.tools.encoding import FloatArray
from eutectic.tools.kernel_fit import matern
from eutectic.tools.lattice import BoolArray

if TYPE_CHECKING:
    from eutectic.tools.exact_process import ExactProcess

_OFFSETS = (0.03, 0.3, 3.0)
_LOCAL = (0.003, 0.03, 0.3, 1.0)
"""Variances that are tried, in those of the property: of one shift for all, and of what differs from place to place."""
_SCALES = (0.3, 0.55, 1.0, 1.8)
"""Slopes of a screen's readings on the property that are tried, of either sign, both standardised."""
_NOISES = (0.01, 0.1, 0.4, 0.9)
"""Variances of one reading of a screen that are tried, in those of all its readings."""
_AGAINST = 2.0
"""Log odds against a screen that falls where the property rises."""
_UNRELATED = 1e4
"""Variance of readings that say nothing of the property."""
_SPREAD = 0.7
"""Standard deviation of the logarithm of the slope beforehand, about one."""


@dataclass(frozen=True)
class Discrepancy:
    """Stand-in = measured + shift + a process with the property's length-scales + noise of its own.

    The additive form of Kennedy and O'Hagan 2001 (doi:10.1111/1467-9868.00294). Their scale is one for calculated
    values; a screen's readings are divided by it before they come here.
    """

    rows: BoolArray
    """`N`: which values it is about."""
    offset: float
    local: float
    noise: float = 0.0
    is_screen: bool = False
    """Whether a screen read them; else they were calculated."""

    def covariance(self, features: FloatArray, lengthscales: FloatArray) -> FloatArray:
        """`N x N` covariance of what these values are off by, for plain features `N x d`."""
        found = np.zeros((len(features), len(features)))
        places = np.flatnonzero(self.rows)
        part = self.offset + self.local * matern(features[places], lengthscales)[0]
        found[np.ix_(places, places)] = part + self.noise * np.eye(len(places))
        return found

    def longer(self, n: int) -> Discrepancy:
        """The same with `n` measured values more."""
        return replace(self, rows=np.append(self.rows, np.zeros(n, dtype=np.bool_)))


def usual_screen(n: int) -> Discrepancy:
    """What a screen is taken to be off by before anything is known of it, beside `n` values of which it read none."""
    return Discrepancy(np.zeros(n, dtype=np.bool_), _OFFSETS[1], _LOCAL[1], _NOISES[1], is_screen=True)


def likeliest_discrepancy(process: ExactProcess, calculated: BoolArray) -> ExactProcess:
    """The process with the discrepancy of largest marginal likelihood on a grid, hyper-parameters held.

    Args:
        process: Fitted, without a discrepancy of these values.
        calculated: `N`: which of its values were calculated.
    """
    tried = (Discrepancy(calculated, offset, local) for offset in _OFFSETS for local in _LOCAL)
    return max(
        (replace(process, discrepancies=(*process.discrepancies, one)) for one in tried),
        key=lambda one: one.log_likelihood,
    )


def likeliest_screen(
    process: ExactProcess, alone: ExactProcess, screened: BoolArray, readings: FloatArray
) -> ExactProcess:
    """The process with a screen's readings on the scale of the property, and what they are off by.

    The slope (of either sign), the noise and the discrepancy are those of largest posterior probability on a grid,
    slope and noise first, hyper-parameters held. Readings that are likelier to have nothing to do with the property
    count for nothing.

    Args:
        process: Fitted, without a discrepancy of these values.
        alone: The same without these values.
        screened: `N`: which of its values a screen read.
        readings: As many standardised readings as there are such values.
    """

    def at(scale: float, noise: float, local: float, offset: float) -> tuple[ExactProcess, float]:
        standard = process.standard.copy()
        standard[screened] = readings / scale
        squared = scale**2
        one = Discrepancy(screened, offset / squared, local / squared, noise / squared, is_screen=True)
        made = replace(process, standard=standard, shown=standard, discrepancies=(*process.discrepancies, one))
        prior = -0.5 * (np.log(abs(scale)) / _SPREAD) ** 2 - (_AGAINST if scale < 0 else 0.0)
        return made, made.log_likelihood - len(readings) * float(np.log(abs(scale))) + float(prior)

    signed = (*_SCALES, *(-scale for scale in _SCALES))
    settings = max(product(signed, _NOISES, (0.03,), (0.3,)), key=lambda one: at(*one)[1])
    settings = max(product(settings[:1], _NOISES, _LOCAL, _OFFSETS[:2]), key=lambda one: at(*one)[1])
    settings = max(product(signed, settings[1:2], settings[2:3], settings[3:]), key=lambda one: at(*one)[1])
    related, likelihood = at(*settings)
    if likelihood > alone.log_likelihood + _unrelated(process, screened, readings):
        return related
    return at(1.0, _UNRELATED, 0.0, 0.0)[0]


def _unrelated(process: ExactProcess, screened: BoolArray, readings: FloatArray) -> float:
    """Log marginal likelihood of readings that have nothing to do with the property, but may differ by place."""
    plain = process.features[screened][:, : process.slopes.n_plain]
    alike, same = matern(plain, process.kernel.lengthscales)[0], np.eye(len(readings))

    def at(local: float, noise: float) -> float:
        factor = np.linalg.cholesky(local * alike + (noise + process.kernel.noise) * same + _OFFSETS[0])
        solved = np.linalg.solve(factor, readings)
        return float(-0.5 * solved @ solved - np.log(np.diag(factor)).sum())

    return max(at(local, noise) for local in _LOCAL for noise in _NOISES)
