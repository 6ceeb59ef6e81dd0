"""A Gaussian process in plain NumPy with slopes of knowledge integrated out, for meters and replays that fit often."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from eutectic.tools.kernel_fit import USUAL_NOISE, Kernel, first_kernel, fit_kernel, matern

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class QuickGP:
    """A fitted process; `d` plain features, `t` scores of knowledge."""

    kernel: Kernel
    features: FloatArray
    known: FloatArray
    slopes: FloatArray
    """`t x 2` prior means and standard deviations."""
    factor: FloatArray
    """Cholesky factor of the covariance of the measurements."""
    weights: FloatArray
    """Covariance to the minus one times the centred values."""

    def predict(self, features: FloatArray, known: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Mean and standard deviation of the property without noise at `N` recipes."""
        from scipy.linalg import solve_triangular

        cross = _cross(features / self.kernel.lengthscales, self.features / self.kernel.lengthscales)
        cross += (known * self.slopes[:, 1] ** 2) @ self.known.T
        mean = self.kernel.mean + known @ self.slopes[:, 0] + cross @ self.weights
        solved = solve_triangular(self.factor, cross.T, lower=True)
        prior = 1.0 + (known**2 @ self.slopes[:, 1] ** 2)
        return mean, np.sqrt(np.maximum(prior - (solved**2).sum(axis=0), 1e-12))


def quick_gp(
    features: FloatArray,
    values: FloatArray,
    known: FloatArray,
    slopes: Sequence[tuple[float, float]],
    kernel: Kernel | None = None,
) -> QuickGP:
    """Fit `N` standardised values; with `kernel`, on its hyper-parameters.

    Args:
        features: `N x d` of the encoder, knowledge left out.
        values: `N`, of about mean 0 and standard deviation 1.
        known: `N x t` scores of knowledge; `N x 0` without.
        slopes: Prior mean and standard deviation of each slope.
        kernel: Hyper-parameters from an earlier fit; the mean is estimated anew.

    Raises:
        ArithmeticError: the covariance is not positive definite.
    """
    prior = np.array(slopes, dtype=np.float64).reshape(-1, 2)
    expected = known @ prior[:, 0]
    extra = (known * prior[:, 1] ** 2) @ known.T
    found = kernel
    if found is None:
        few = len(values) < 3 or float(np.ptp(values)) == 0.0
        found = (
            first_kernel(features.shape[1], USUAL_NOISE)
            if few
            else fit_kernel(features, values - expected, USUAL_NOISE, extra)
        )
    covariance = matern(features, found.lengthscales)[0] + extra + (found.noise + 1e-8) * np.eye(len(values))
    try:
        factor = np.linalg.cholesky(covariance)
    except np.linalg.LinAlgError as error:
        raise ArithmeticError(str(error)) from error
    ones = np.linalg.solve(factor, np.ones(len(values)))
    off = np.linalg.solve(factor, values - expected)
    mean = float(ones @ off / (ones @ ones))
    weights = np.linalg.solve(factor.T, off - mean * ones)
    return QuickGP(
        kernel=Kernel(found.lengthscales, found.noise, mean),
        features=features,
        known=known,
        slopes=prior,
        factor=np.asarray(factor, dtype=np.float64),
        weights=np.asarray(weights, dtype=np.float64),
    )


def _cross(first: FloatArray, second: FloatArray) -> FloatArray:
    from scipy.spatial.distance import cdist

    distance = 5**0.5 * cdist(first, second)
    return np.asarray((1 + distance + distance**2 / 3) * np.exp(-distance), dtype=np.float64)
