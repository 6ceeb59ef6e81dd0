"""One Gaussian process per property: an ARD Matern-5/2 kernel, noise informed by replicates, robust to poor data."""

from __future__ import annotations

import builtins
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from eutectic.tools.blended_voices import BlendedVoices, weight_of
from eutectic.tools.discrepancy import likeliest_discrepancy, likeliest_screen
from eutectic.tools.encoding import FloatArray
from eutectic.tools.exact_process import ExactProcess
from eutectic.tools.history import replicate_variance
from eutectic.tools.kernel_fit import LEAST_NOISE, USUAL_NOISE, NoisePrior, first_kernel, fit_kernel, matern
from eutectic.tools.knowledge_term import KnowledgeTerm, Slopes, Standing
from eutectic.tools.lattice import BoolArray, IntArray
from eutectic.tools.left_out_gain import left_out_gain
from eutectic.tools.predictive_mixture import Part, PredictiveMixture
from eutectic.tools.readings import Readings, batch_variance
from eutectic.tools.slope_kernel import standings, with_slopes
from eutectic.tools.torch_scope import tensor
from eutectic.tools.voices import Voices, voices_of
from eutectic.tools.warp import Warp, fit_warp

_OPENINGS = 2
"""Times that censored values are opened and the kernel fitted anew."""

_RELATIONS = 2
"""Times that what a screen reads is related to the property and the kernel fitted anew."""


@dataclass(frozen=True)
class PropertyModel:
    """A fitted process on the standardised scale of one property."""

    property: str
    process: ExactProcess
    warp: Warp
    note: str = ""
    """Why the fit was replaced, where it was."""
    n_shares: int | None = None
    """How many of the first columns are shares of components; all where None."""
    noise_prior: NoisePrior = USUAL_NOISE

    def voices(self, seed: int, towards: float = 0.0) -> Voices | BlendedVoices:
        """The process with the surrogates that have a say in what is measured next, with knowledge and without.

        Args:
            seed: Of the forest.
            towards: 1 where greater values are better, -1 where lesser: there knowledge has to foretell.
        """
        if self.note:
            return Voices(self.process)
        if self._plain is None:
            return voices_of(self.process, self.noise_prior, self.n_shares, seed)
        return BlendedVoices(
            voices_of(self._plain, self.noise_prior, self.n_shares, seed),
            voices_of(self.process, self.noise_prior, self.n_shares, None),
            weight_of(left_out_gain(self._plain, self.process.slopes, towards)),
        )

    @cached_property
    def _plain(self) -> ExactProcess | None:
        """The process fitted without knowledge; None where there is none in it."""
        if self.note or not self.process.slopes.columns:
            return None
        plain = replace(self.process, slopes=Slopes(self.process.slopes.n_plain))
        try:
            return _kernel_fitted(plain, self.noise_prior, self.n_shares)
        except ArithmeticError:
            return plain

    @builtins.property
    def noise_sd(self) -> float:
        """Standard deviation of one usual measurement, on the standardised scale."""
        return float((self.process.kernel.noise + self.process.usual_variance) ** 0.5)

    @cached_property
    def model(self) -> Any:
        """The same process as a `botorch.models.SingleTaskGP`, built when first asked for; use in a `torch_scope`."""
        return _model(self.process)

    def standard(self, features: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Mean and standard deviation of the noise-free property on the standardised scale, `N` each.

        Those of a mixture over length-scales, and with knowledge over the process with and without it, by how well it
        foretold all values.
        """
        return self.process.moments(features) if self.note else self._mixture.moments(features)

    @cached_property
    def _mixture(self) -> PredictiveMixture:
        if self._plain is None:
            return PredictiveMixture([Part(self.process, 1.0)])
        say = weight_of(left_out_gain(self._plain, self.process.slopes, 0.0))
        return PredictiveMixture([Part(self.process, say), Part(self._plain, 1 - say)])

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
        covariance += self.process.noise
        residual = self.process.standard - self.process.kernel.mean
        known = features[:, list(self.process.slopes.columns)]
        return standings(self.property, terms, self.process.slopes, covariance, residual, known)


def fit_property(
    name: str,
    features: FloatArray,
    readings: Readings,
    groups: IntArray,
    *,
    bend: bool,
    slopes: Slopes | None = None,
    n_shares: int | None = None,
) -> PropertyModel:
    """Fit one property; call inside a `torch_scope`.

    Args:
        name: The property.
        features: `N x d`, about 0 to 1, `N >= 1`.
        readings: `N` measurements in the property's unit.
        groups: `N` numbers, equal for replicates of one recipe.
        bend: Whether a skewed outcome may be transformed.
        slopes: Which columns are knowledge; none without.
        n_shares: How many of the first columns are shares of components; all without.
    """
    slopes = slopes or Slopes(features.shape[1])
    screened = readings.is_screened
    warp = fit_warp(readings.values[~screened], bend=bend)
    shown, stated = _standardised(readings, screened, warp)
    is_read = (readings.sides == 0) & readings.is_measured
    prior = _noise_prior(shown, groups, stated, is_read)
    offset = batch_variance(shown[is_read], groups[is_read], readings.batches[is_read])
    first, batches = first_kernel(slopes.n_plain, prior), np.where(screened, -1, readings.batches)
    start = ExactProcess(features, shown, first, slopes, stated, shown, batches, offset)
    if len(np.unique(groups[~screened])) < 3 or float(np.ptp(shown[~screened])) == 0.0:
        start = _only(start, ~screened)
        return PropertyModel(
            name, start, warp, f"{name}: too few different values to fit a model; standard settings stand in"
        )
    try:
        fitted = _fitted(start, prior, readings, stated, n_shares)
        return PropertyModel(name, fitted, warp, n_shares=n_shares, noise_prior=prior)
    except ArithmeticError as error:
        start = _only(start, ~screened)
        return PropertyModel(name, start, warp, f"{name}: the fit failed ({error}); standard settings stand in")


def _standardised(readings: Readings, screened: BoolArray, warp: Warp) -> tuple[FloatArray, FloatArray]:
    """Standardised values and the variances stated of them; a screen's by their own mean and deviation, none stated."""
    shown, stated = warp.forward(readings.values), readings.variances(warp)
    if screened.any():
        read = readings.values[screened]
        shown[screened] = (read - read.mean()) / (float(read.std()) or 1.0)
        stated[screened] = 0.0
    return shown, stated


def _only(process: ExactProcess, rows: BoolArray) -> ExactProcess:
    """The process of some of its values, none of which is a stand-in."""
    if rows.all():
        return process
    return replace(
        process,
        features=process.features[rows],
        standard=process.standard[rows],
        extra=None if process.extra is None else process.extra[rows],
        shown=None if process.shown is None else process.shown[rows],
        batches=None if process.batches is None else process.batches[rows],
    )


def _fitted(
    process: ExactProcess, prior: NoisePrior, readings: Readings, stated: FloatArray, n_shares: int | None
) -> ExactProcess:
    """Hyper-parameters fitted, again with what stand-ins are off by and with censored values opened, if any."""
    screened, read = readings.is_screened, process.standard[readings.is_screened]
    process = replace(process, kernel=_kernel_fitted(_only(process, ~screened), prior, n_shares).kernel)
    try:
        for _ in range(_RELATIONS if len(read) else 0):
            process = replace(process, discrepancies=())
            process = likeliest_screen(process, _only(process, ~screened), screened, read)
            process = _kernel_fitted(process, prior, n_shares)
        if readings.calculated is not None and readings.calculated.any():
            process = likeliest_discrepancy(process, readings.calculated)
            process = _kernel_fitted(process, prior, n_shares)
        for _ in range(_OPENINGS if readings.sides.any() else 0):
            values, variances = process.opened(readings.sides, stated)
            process = _kernel_fitted(replace(process, standard=values, extra=variances), prior, n_shares)
    except np.linalg.LinAlgError as error:
        raise ArithmeticError(str(error)) from error
    return process


def _kernel_fitted(process: ExactProcess, prior: NoisePrior, n_shares: int | None) -> ExactProcess:
    plain = process.features[:, : process.slopes.n_plain]
    kernel = fit_kernel(plain, process.standard - process.slope_means, prior, process.beside_kernel, n_shares)
    return replace(process, kernel=kernel)


def _model(process: ExactProcess) -> Any:
    """A BoTorch process with fixed hyper-parameters and a noise of each measurement."""
    import torch
    from botorch.models import SingleTaskGP
    from gpytorch.kernels import MaternKernel

    kernel, slopes = process.kernel, process.slopes
    matern = MaternKernel(nu=2.5, ard_num_dims=slopes.n_plain, active_dims=tuple(range(slopes.n_plain)))
    matern.lengthscale = tensor(kernel.lengthscales)
    covariance, mean = with_slopes(matern, kernel.mean, slopes) if slopes.columns else (matern, None)
    values, variances = process.independent()
    model = SingleTaskGP(
        tensor(process.features),
        tensor(values)[:, None],
        train_Yvar=tensor(variances)[:, None],
        covar_module=covariance,
        mean_module=mean,
        outcome_transform=None,
        input_transform=None,
    )
    if mean is None:
        model.mean_module.constant = torch.tensor(kernel.mean, dtype=torch.double)
    return model.eval()


def _noise_prior(standard: FloatArray, groups: IntArray, stated: FloatArray, is_read: BoolArray) -> NoisePrior:
    """Around what the replicates vary beyond what the instrument states, as tight as that difference is known.

    Without replicates BoTorch's default.
    """
    whole, freedom = replicate_variance(standard[is_read], groups[is_read])
    usual = float(stated[is_read].mean()) if is_read.any() else 0.0
    if freedom < 2:
        return USUAL_NOISE
    beyond = max(whole - usual, 0.1 * whole, 2 * LEAST_NOISE)
    known = float((2.0 / freedom) ** 0.5 * max(whole / beyond, 1.0))
    return NoisePrior(float(np.log(beyond)), max(0.3, known))
