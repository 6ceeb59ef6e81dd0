"""Fits the kernel of a Gaussian process by maximum a posteriori with exact gradients, much faster than autograd."""

from __future__ import annotations

from dataclasses import dataclass
from math import log, sqrt
from typing import Literal

import numpy as np

from eutectic.tools.encoding import FloatArray

LEAST_LENGTHSCALE = 0.025
LEAST_NOISE = 1e-4
_MOST_LENGTHSCALE = 1e3
_MOST_NOISE = 4.0
_ITERATIONS = 100
Family = Literal["matern", "gaussian"]
"""Matern-5/2, or the squared exponential: the one for a landscape with bends, the other for a very smooth one."""


@dataclass(frozen=True)
class NoisePrior:
    """A log-normal prior on the noise variance."""

    centre: float
    """Of the logarithm."""
    width: float


USUAL_NOISE = NoisePrior(-4.0, 1.0)
"""BoTorch's default on standardised values."""


_VAGUE = 1.5
"""Width of a prior on the noise from which the search also begins where most of the variance is noise: with outliers
among values whose uncertainty is stated, the nearest mode explains them by length-scales of nothing."""
_MUCH_NOISE = 0.3


@dataclass(frozen=True)
class Kernel:
    """Hyper-parameters of an ARD process of unit variance."""

    lengthscales: FloatArray
    noise: float
    """Variance of one measurement."""
    mean: float
    family: Family = "matern"

    def between(self, one: FloatArray, other: FloatArray) -> FloatArray:
        """The `N x M` covariance of features `N x d` with `M x d`."""
        from scipy.spatial.distance import cdist

        if self.family == "matern":
            return matern_between(one, other, self.lengthscales)
        squared = cdist(one / self.lengthscales, other / self.lengthscales, "sqeuclidean")
        return np.asarray(np.exp(-0.5 * squared), dtype=np.float64)


def first_kernel(d: int, prior: NoisePrior, family: Family = "matern") -> Kernel:
    """The hyper-parameters at the mode of their priors, for `d` features."""
    centre, _ = lengthscale_prior(d, family)
    return Kernel(np.full(d, np.exp(centre)), max(float(np.exp(prior.centre)), LEAST_NOISE), 0.0, family)


def lengthscale_prior(d: int, family: Family = "matern") -> tuple[float, float]:
    """Centre and width of the normal prior on log lengthscales, which scales with dimension.

    The form is that of Hvarfner et al. 2024 (arXiv:2402.02229), whose centre is 1 higher and width the root of 3.
    Beside it stands a normal prior of the same width on each log lengthscale about their mean: components count alike
    until the data say otherwise. `docs/optimiser-equations.md` says how both were chosen. The squared exponential has
    Hvarfner's own prior, its density taken in the lengthscale as BoTorch does, whose mode lies 3 lower.
    """
    base = sqrt(2) + log(d) / 2
    return (base - 1.0, 1.0) if family == "matern" else (base - 3.0, sqrt(3))


def fit_kernel(
    features: FloatArray,
    standard: FloatArray,
    prior: NoisePrior,
    extra: FloatArray | float = 0.0,
    n_shares: int | None = None,
    family: Family = "matern",
) -> Kernel:
    """The hyper-parameters of greatest posterior density for `N x d` features and `N` standardised values.

    Marginal likelihood and its gradient: Rasmussen and Williams 2006, equations 5.8 and 5.9. The constant mean is the
    generalised least-squares one.

    Args:
        features: `N x d`.
        standard: `N`.
        prior: On the noise.
        extra: `N x N` covariance added as it is, such as that of slopes integrated out.
        n_shares: How many of the first features are shares of components, which count alike at first; all without.
        family: Of the kernel.

    Raises:
        ArithmeticError: the covariance was not positive definite or the search found nothing finite.
    """
    from scipy.optimize import minimize

    d = features.shape[1]
    first = first_kernel(d, prior, family)
    start = np.log(np.append(np.maximum(first.lengthscales, LEAST_LENGTHSCALE), first.noise))
    starts = [start] if prior.width <= _VAGUE else [start, np.append(start[:-1], log(_MUCH_NOISE))]
    low, high = (LEAST_LENGTHSCALE, LEAST_NOISE), (_MOST_LENGTHSCALE, _MOST_NOISE)
    bounds = [(log(low[0]), log(high[0]))] * d + [(log(low[1]), log(high[1]))]
    try:
        answers = [
            minimize(
                lambda point: _loss(
                    point, features, standard, prior, extra, d if n_shares is None else n_shares, family
                ),
                start,
                jac=True,
                method="L-BFGS-B",
                bounds=bounds,
                options={"maxiter": _ITERATIONS},
            )
            for start in starts
        ]
    except np.linalg.LinAlgError as error:
        raise ArithmeticError(str(error)) from error
    answer = min(answers, key=lambda found: float(found.fun) if np.isfinite(found.fun) else np.inf)
    if not np.isfinite(answer.fun):
        raise ArithmeticError("the likelihood is not finite")
    lengthscales, noise = np.exp(answer.x[:-1]), float(np.exp(answer.x[-1]))
    inverse, _ = _inverse(_correlation(features, lengthscales, family)[0] + extra, noise)
    return Kernel(lengthscales, noise, _mean(inverse, standard), family)


def _loss(
    point: FloatArray,
    features: FloatArray,
    standard: FloatArray,
    prior: NoisePrior,
    extra: FloatArray | float,
    n_shares: int,
    family: Family,
) -> tuple[float, FloatArray]:
    """Minus the log posterior and its gradient in the logarithms of lengthscales and noise."""
    lengthscales, noise = np.exp(point[:-1]), float(np.exp(point[-1]))
    covariance, slope = _correlation(features, lengthscales, family)
    inverse, log_determinant = _inverse(covariance + extra, noise)
    residual = standard - _mean(inverse, standard)
    alpha = inverse @ residual
    centre, width = lengthscale_prior(features.shape[1], family)
    loss = 0.5 * float(residual @ alpha) + 0.5 * log_determinant
    apart = np.zeros(len(point) - 1)
    if n_shares:
        apart[:n_shares] = point[:n_shares] - point[:n_shares].mean()
    loss += float((((point[:-1] - centre) ** 2).sum() + (apart**2).sum()) / (2 * width**2))
    loss += float((point[-1] - prior.centre) ** 2) / (2 * prior.width**2)
    outer = inverse - np.outer(alpha, alpha)
    weight = outer * slope
    scaled = features / lengthscales
    pull = (weight.sum(axis=1) @ scaled**2) - np.einsum("ij,ij->j", scaled, weight @ scaled)
    gradient = np.append(pull, 0.5 * noise * np.trace(outer))
    gradient[:-1] += (point[:-1] - centre + apart) / width**2
    gradient[-1] += (point[-1] - prior.centre) / prior.width**2
    return loss, gradient


def _correlation(features: FloatArray, lengthscales: FloatArray, family: Family) -> tuple[FloatArray, FloatArray]:
    """The covariance `N x N` and its derivative by minus half the squared scaled distance."""
    if family == "matern":
        return matern(features, lengthscales)
    found = Kernel(lengthscales, 0.0, 0.0, family).between(features, features)
    return found, found


def matern(features: FloatArray, lengthscales: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The Matern-5/2 covariance `N x N` and its derivative by minus half the squared scaled distance."""
    from scipy.spatial.distance import cdist

    scaled = features / lengthscales
    distance = sqrt(5) * cdist(scaled, scaled)
    decay = np.exp(-distance)
    return (1 + distance + distance**2 / 3) * decay, 5 / 3 * (1 + distance) * decay


def matern_between(one: FloatArray, other: FloatArray, lengthscales: FloatArray) -> FloatArray:
    """The `N x M` Matern-5/2 covariance of features `N x d` with `M x d`."""
    from scipy.spatial.distance import cdist

    distance = sqrt(5) * cdist(one / lengthscales, other / lengthscales)
    return np.asarray((1 + distance + distance**2 / 3) * np.exp(-distance), dtype=np.float64)


def _inverse(covariance: FloatArray, noise: float) -> tuple[FloatArray, float]:
    """Inverse and log determinant of the covariance of measurements."""
    from scipy.linalg import cho_solve

    factor = np.linalg.cholesky(covariance + (noise + 1e-8) * np.eye(len(covariance)))
    inverse = cho_solve((factor, True), np.eye(len(covariance)))
    return np.asarray(inverse, dtype=np.float64), 2 * float(np.log(np.diag(factor)).sum())


def _mean(inverse: FloatArray, standard: FloatArray) -> float:
    weights = inverse.sum(axis=0)
    return float(weights @ standard / weights.sum())
