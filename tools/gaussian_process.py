"""One Gaussian process per property: an ARD Matern-5/2 kernel, noise informed by replicates, robust to poor data."""

from __future__ import annotations

import builtins
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from eutectic.tools.encoding import FloatArray
from eutectic.tools.exact_process import ExactProcess
from eutectic.tools.history import replicate_variance
from eutectic.tools.kernel_fit import LEAST_NOISE, NoisePrior, first_kernel, fit_kernel, matern
from eutectic.tools.knowledge_term import KnowledgeTerm, Slopes, Standing
from eutectic.tools.lattice import IntArray
from eutectic.tools.slope_kernel import standings, with_slopes
from eutectic.tools.torch_scope import tensor
from eutectic.tools.warp import Warp, fit_warp


@dataclass(frozen=True)
class PropertyModel:
    """A fitted process on the standardised scale of one property."""

    property: str
    process: ExactProcess
    warp: Warp
    note: str = ""
    """Why the fit was replaced, where it was."""

    @builtins.property
    def noise_sd(self) -> float:
        """Standard deviation of one measurement, on the standardised scale."""
        return float(self.process.kernel.noise**0.5)

    @cached_property
    def model(self) -> Any:
        """The same process as a `botorch.models.SingleTaskGP`, built when first asked for; use in a `torch_scope`."""
        return _model(self.process)

    def standard(self, features: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Mean and standard deviation of the noise-free property on the standardised scale, `N` each."""
        return self.process.moments(features)

    def predict(self, features: FloatArray, *, noisy: bool = False) -> tuple[FloatArray, FloatArray]:
        """Mean and standard deviation in the property's unit; with `noisy`, of a new measurement."""
        mean, sd = self.standard(features)
        return self.warp.moments(mean, np.hypot(sd, self.noise_sd) if noisy else sd)

    def standings(self, terms: Sequence[KnowledgeTerm]) -> list[Standing]:
        """What the data say of each knowledge term in it; `terms` are all terms, in column order."""
        if not self.process.slopes.columns:
            return []
        features = self.process.features
        covariance = matern(features[:, : self.process.slopes.n_plain], self.process.kernel.lengthscales)[0]
        covariance += self.process.kernel.noise * np.eye(len(features))
        residual = self.process.standard - self.process.kernel.mean
        known = features[:, list(self.process.slopes.columns)]
        return standings(self.property, terms, self.process.slopes, covariance, residual, known)


def fit_property(
    name: str,
    features: FloatArray,
    values: FloatArray,
    groups: IntArray,
    *,
    bend: bool,
    slopes: Slopes | None = None,
) -> PropertyModel:
    """Fit one property; call inside a `torch_scope`.

    Args:
        name: The property.
        features: `N x d`, about 0 to 1, `N >= 1`.
        values: `N` values in the property's unit.
        groups: `N` numbers, equal for replicates of one recipe.
        bend: Whether a skewed outcome may be transformed.
        slopes: Which columns are knowledge; none without.
    """
    slopes = slopes or Slopes(features.shape[1])
    plain, known = features[:, : slopes.n_plain], features[:, list(slopes.columns)]
    scaled = known * np.asarray(slopes.sds)
    expected = known @ np.asarray(slopes.means)
    warp = fit_warp(values, bend=bend)
    standard = warp.forward(values)
    prior = _noise_prior(*replicate_variance(standard, groups))
    kernel, note = first_kernel(slopes.n_plain, prior), ""
    if len(np.unique(groups)) < 3 or float(np.ptp(values)) == 0.0:
        note = f"{name}: too few different values to fit a model; standard settings stand in"
    else:
        try:
            kernel = fit_kernel(plain, standard - expected, prior, scaled @ scaled.T)
        except ArithmeticError as error:
            note = f"{name}: the fit failed ({error}); standard settings stand in"
    return PropertyModel(name, ExactProcess(features, standard, kernel, slopes), warp, note)


def _model(process: ExactProcess) -> Any:
    """A BoTorch process with fixed hyper-parameters."""
    import torch
    from botorch.models import SingleTaskGP
    from gpytorch.constraints import GreaterThan
    from gpytorch.kernels import MaternKernel
    from gpytorch.likelihoods import GaussianLikelihood

    kernel, slopes = process.kernel, process.slopes
    matern = MaternKernel(nu=2.5, ard_num_dims=slopes.n_plain, active_dims=tuple(range(slopes.n_plain)))
    matern.lengthscale = tensor(kernel.lengthscales)
    covariance, mean = with_slopes(matern, kernel.mean, slopes) if slopes.columns else (matern, None)
    model = SingleTaskGP(
        tensor(process.features),
        tensor(process.standard)[:, None],
        likelihood=GaussianLikelihood(noise_constraint=GreaterThan(LEAST_NOISE / 2, transform=None, initial_value=0.1)),
        covar_module=covariance,
        mean_module=mean,
        outcome_transform=None,
        input_transform=None,
    )
    model.likelihood.noise = torch.tensor(kernel.noise, dtype=torch.double)
    if mean is None:
        model.mean_module.constant = torch.tensor(kernel.mean, dtype=torch.double)
    return model.eval()


def _noise_prior(variance: float, freedom: int) -> NoisePrior:
    """Around the replicates' variance, as tight as their number allows; else BoTorch's default."""
    if freedom < 2 or variance <= 0:
        return NoisePrior(-4.0, 1.0)
    return NoisePrior(float(np.log(max(variance, 2 * LEAST_NOISE))), max(0.3, (2.0 / freedom) ** 0.5))
