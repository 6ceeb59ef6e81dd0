"""One Gaussian process per property: an ARD Matern-5/2 kernel, noise informed by replicates, robust to poor data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from eutectic.tools.encoding import FloatArray
from eutectic.tools.history import replicate_variance
from eutectic.tools.kernel_fit import LEAST_NOISE, Kernel, NoisePrior, first_kernel, fit_kernel
from eutectic.tools.lattice import IntArray
from eutectic.tools.torch_scope import tensor
from eutectic.tools.warp import Warp, fit_warp

_CHUNK = 512


@dataclass(frozen=True)
class PropertyModel:
    """A fitted process on the standardised scale of one property."""

    property: str
    model: Any
    """A `botorch.models.SingleTaskGP`."""
    warp: Warp
    noise_sd: float
    """Standard deviation of one measurement, on the standardised scale."""
    note: str = ""
    """Why the fit was replaced, where it was."""

    def standard(self, features: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Mean and standard deviation of the noise-free property on the standardised scale, `N` each."""
        means, sds = [np.zeros(0)], [np.zeros(0)]
        for part in _chunks(features):
            posterior = self.model.posterior(tensor(part))
            means.append(posterior.mean.detach().numpy().ravel())
            sds.append(posterior.variance.detach().clamp_min(1e-12).sqrt().numpy().ravel())
        return np.concatenate(means), np.concatenate(sds)

    def predict(self, features: FloatArray, *, noisy: bool = False) -> tuple[FloatArray, FloatArray]:
        """Mean and standard deviation in the property's unit; with `noisy`, of a new measurement."""
        mean, sd = self.standard(features)
        return self.warp.moments(mean, np.hypot(sd, self.noise_sd) if noisy else sd)


def fit_property(name: str, features: FloatArray, values: FloatArray, groups: IntArray, *, bend: bool) -> PropertyModel:
    """Fit one property; call inside a `torch_scope`.

    Args:
        name: The property.
        features: `N x d`, about 0 to 1, `N >= 1`.
        values: `N` values in the property's unit.
        groups: `N` numbers, equal for replicates of one recipe.
        bend: Whether a skewed outcome may be transformed.
    """
    warp = fit_warp(values, bend=bend)
    standard = warp.forward(values)
    prior = _noise_prior(*replicate_variance(standard, groups))
    kernel, note = first_kernel(features.shape[1], prior), ""
    if len(np.unique(groups)) < 3 or float(np.ptp(values)) == 0.0:
        note = f"{name}: too few different values to fit a model; standard settings stand in"
    else:
        try:
            kernel = fit_kernel(features, standard, prior)
        except ArithmeticError as error:
            note = f"{name}: the fit failed ({error}); standard settings stand in"
    return PropertyModel(name, _model(features, standard, kernel), warp, kernel.noise**0.5, note)


def lengthscales(model: PropertyModel) -> FloatArray:
    """The `d` fitted lengthscales."""
    found: FloatArray = model.model.covar_module.lengthscale.detach().numpy().ravel()
    return found


def _model(features: FloatArray, standard: FloatArray, kernel: Kernel) -> Any:
    """A BoTorch process with fixed hyper-parameters."""
    import torch
    from botorch.models import SingleTaskGP
    from gpytorch.constraints import GreaterThan
    from gpytorch.kernels import MaternKernel
    from gpytorch.likelihoods import GaussianLikelihood

    model = SingleTaskGP(
        tensor(features),
        tensor(standard)[:, None],
        likelihood=GaussianLikelihood(noise_constraint=GreaterThan(LEAST_NOISE / 2, transform=None, initial_value=0.1)),
        covar_module=MaternKernel(nu=2.5, ard_num_dims=features.shape[1]),
        outcome_transform=None,
        input_transform=None,
    )
    model.covar_module.lengthscale = tensor(kernel.lengthscales)
    model.likelihood.noise = torch.tensor(kernel.noise, dtype=torch.double)
    model.mean_module.constant = torch.tensor(kernel.mean, dtype=torch.double)
    return model.eval()


def _noise_prior(variance: float, freedom: int) -> NoisePrior:
    """Around the replicates' variance, as tight as their number allows; else BoTorch's default."""
    if freedom < 2 or variance <= 0:
        return NoisePrior(-4.0, 1.0)
    return NoisePrior(float(np.log(max(variance, 2 * LEAST_NOISE))), max(0.3, (2.0 / freedom) ** 0.5))


def _chunks(features: FloatArray) -> Iterator[FloatArray]:
    for start in range(0, len(features), _CHUNK):
        yield features[start : start + _CHUNK]
