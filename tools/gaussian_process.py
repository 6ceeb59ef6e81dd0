"""One Gaussian process per property: an ARD Matern-5/2 kernel, noise informed by replicates, robust to poor data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from eutectic.tools.encoding import FloatArray
from eutectic.tools.history import replicate_variance
from eutectic.tools.lattice import IntArray
from eutectic.tools.torch_scope import tensor
from eutectic.tools.warp import Warp, fit_warp

_CHUNK = 512
_LEAST_NOISE = 1e-4
_ITERATIONS = 75


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
    from botorch.exceptions.errors import ModelFittingError
    from botorch.fit import fit_gpytorch_mll
    from gpytorch.mlls import ExactMarginalLogLikelihood
    from linear_operator.utils.errors import NanError, NotPSDError

    warp = fit_warp(values, bend=bend)
    standard = warp.forward(values)
    note = ""
    model = _model(features, standard, *replicate_variance(standard, groups))
    if len(np.unique(groups)) < 3 or float(np.ptp(values)) == 0.0:
        note = f"{name}: too few different values to fit a model; standard settings stand in"
    else:
        try:
            options = {"options": {"maxiter": _ITERATIONS}}
            fit_gpytorch_mll(ExactMarginalLogLikelihood(model.likelihood, model), optimizer_kwargs=options)
        except (ModelFittingError, NotPSDError, NanError, RuntimeError) as error:
            note = f"{name}: the fit failed ({type(error).__name__}); standard settings stand in"
            model = _model(features, standard, *replicate_variance(standard, groups))
    model.eval()
    noise = float(model.likelihood.noise.detach().mean().sqrt())
    return PropertyModel(name, model, warp, noise, note)


def lengthscales(model: PropertyModel) -> FloatArray:
    """The `d` fitted lengthscales."""
    found: FloatArray = model.model.covar_module.lengthscale.detach().numpy().ravel()
    return found


def _model(features: FloatArray, standard: FloatArray, variance: float, freedom: int) -> Any:
    """A process with the dimension-scaled lengthscale prior of Hvarfner et al. 2024, arXiv:2402.02229."""
    from botorch.models import SingleTaskGP
    from botorch.models.utils.gpytorch_modules import get_covar_module_with_dim_scaled_prior

    return SingleTaskGP(
        tensor(features),
        tensor(standard)[:, None],
        likelihood=_likelihood(variance, freedom),
        covar_module=get_covar_module_with_dim_scaled_prior(ard_num_dims=features.shape[1], use_rbf_kernel=False),
        outcome_transform=None,
        input_transform=None,
    )


def _likelihood(variance: float, freedom: int) -> Any:
    """Gaussian noise with a log-normal prior: around the replicates' variance, as tight as their number allows."""
    from gpytorch.constraints import GreaterThan
    from gpytorch.likelihoods import GaussianLikelihood
    from gpytorch.priors import LogNormalPrior

    known = freedom >= 2 and variance > 0
    centre = float(np.log(max(variance, 2 * _LEAST_NOISE))) if known else -4.0
    width = max(0.3, (2.0 / freedom) ** 0.5) if known else 1.0
    return GaussianLikelihood(
        noise_prior=LogNormalPrior(centre, width),
        noise_constraint=GreaterThan(_LEAST_NOISE, transform=None, initial_value=float(np.exp(centre))),
    )


def _chunks(features: FloatArray) -> Iterator[FloatArray]:
    for start in range(0, len(features), _CHUNK):
        yield features[start : start + _CHUNK]
