"""The chance that a trial gives a value at all, learned from trials that failed for causes in their recipe."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from eutectic.tools.encoding import FloatArray
from eutectic.tools.history import Table

if TYPE_CHECKING:
    from sklearn.gaussian_process import GaussianProcessClassifier

_MOST = 200
_LEAST_CHANCE = 1e-3
_LEAST_WEIGHT = 0.01
_LENGTHS = (0.15, 0.4, 1.0, 2.4)
"""Length-scales that are averaged over, in root-mean-square distances of the trials."""
_LINEAR = (0.0, 2.0)
"""Variances of a linear trend: without one, and with one that carries a border on beyond the trials."""
_VARIANCE = 4.0
_CAUTION = 6.0


@dataclass(frozen=True)
class Survival:
    """Chance of a value by recipe; 1 everywhere while trials of only one kind are known."""

    models: tuple[GaussianProcessClassifier, ...] = ()
    weights: tuple[float, ...] = ()
    """Of the models, adding up to 1."""
    centre: FloatArray | None = None
    """`d` means of the plain features."""
    scale: float = 1.0

    def chance(self, features: FloatArray) -> FloatArray:
        """`N` chances between 0.001 and 1 for recipes `N x d`."""
        if self.centre is None:
            return np.ones(len(features))
        standard = (features[:, : len(self.centre)] - self.centre) / self.scale
        chance = sum(w * m.predict_proba(standard)[:, 1] for m, w in zip(self.models, self.weights, strict=True))
        return np.clip(np.asarray(chance, dtype=np.float64), _LEAST_CHANCE, 1.0)

    def log_worth(self, features: FloatArray) -> FloatArray:
        """`N` logarithms of what the chance takes from the worth of a recipe.

        A recipe that is chosen although it will rather fail was mostly chosen for an error of the model: of such trials
        in simulated alloys with chances of 0.3 to 0.5 fewer than one in ten gave a value. They count for less than
        their chance.
        """
        chance = self.chance(features)
        return np.asarray(np.log(chance) + _CAUTION * np.log(np.minimum(1.0, 2.0 * chance)), dtype=np.float64)


def fit_survival(table: Table, n_plain: int) -> Survival:
    """Classification by Gaussian processes (Rasmussen and Williams 2006, section 3.4), averaged over their settings.

    A fit of one length-scale for each component finds spurious borders in a dozen trials; so length-scales and trend
    stand on a grid, weighted by their evidence. Knowledge columns behind the `n_plain` ones say nothing of survival.
    """
    known = np.flatnonzero(~np.isnan(table.survived))
    failed = known[table.survived[known] == 0]
    survived = known[table.survived[known] == 1]
    if not len(failed) or not len(survived):
        return Survival()
    used = np.sort(np.concatenate([failed[-_MOST // 2 :], survived[-_MOST // 2 :]]))
    features, labels = table.features[used, :n_plain], table.survived[used]
    centre = features.mean(axis=0)
    scale = float(np.sqrt(((features - centre) ** 2).sum(axis=1).mean())) or 1.0
    models = [_classifier(length, linear) for length in _LENGTHS for linear in _LINEAR]
    for model in models:
        model.fit((features - centre) / scale, labels)
    kept, weights = _by_evidence([float(model.log_marginal_likelihood_value_) for model in models])
    return Survival(tuple(models[i] for i in kept), weights, centre, scale)


def _classifier(length: float, linear: float) -> GaussianProcessClassifier:
    from sklearn.gaussian_process import GaussianProcessClassifier
    from sklearn.gaussian_process.kernels import ConstantKernel, DotProduct, Matern

    kernel = ConstantKernel(_VARIANCE) * Matern(length_scale=length, nu=2.5) + ConstantKernel(1.0)
    if linear:
        kernel = kernel + ConstantKernel(linear) * DotProduct(sigma_0=1e-3)
    return GaussianProcessClassifier(kernel, optimizer=None, copy_X_train=False)


def _by_evidence(log_evidences: Sequence[float]) -> tuple[list[int], tuple[float, ...]]:
    """The models that carry weight, and their weights."""
    weights = np.exp(np.array(log_evidences) - max(log_evidences))
    weights /= weights.sum()
    kept = np.flatnonzero(weights >= _LEAST_WEIGHT)
    return kept.tolist(), tuple((weights[kept] / weights[kept].sum()).tolist())
