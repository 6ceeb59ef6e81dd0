"""A process of one length-scale for all features, averaged over fixed settings by their evidence.

With a dozen values the length-scale of each feature is fitted to chance; here nothing is fitted, so that it errs where
the processes beside it do not.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from eutectic.tools.encoding import FloatArray
from eutectic.tools.exact_process import ExactProcess
from eutectic.tools.kernel_fit import Kernel

LENGTHS = (0.15, 0.35, 0.8, 1.8, 4.0)
"""Length-scales, in roots of the number of features."""
NOISES = (0.01, 0.06, 0.3)
"""Variances of one measurement, of standardised values."""
_LEAST_WEIGHT = 0.02


@dataclass(frozen=True)
class SettingsVoice:
    """Processes with fixed hyper-parameters, and how much the values speak for each."""

    processes: tuple[ExactProcess, ...]
    weights: tuple[float, ...]
    """Adding up to one."""

    def moments(self, features: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Weighted means of the means and of the standard deviations of recipes `N x d`, `N` each."""
        means, sds = zip(*(process.moments(features) for process in self.processes), strict=True)
        return np.average(means, axis=0, weights=self.weights), np.average(sds, axis=0, weights=self.weights)

    def means(self, features: FloatArray) -> FloatArray:
        """The weighted means alone, `N`, at a fraction of the work."""
        found = [process.means(features) for process in self.processes]
        return np.asarray(np.average(found, axis=0, weights=self.weights), dtype=np.float64)

    def believing(self, features: FloatArray, means: FloatArray) -> SettingsVoice:
        """The same with recipes `q x d` taken to be measured at `q` values; the weights stay."""
        return replace(self, processes=tuple(process.believing(features, means) for process in self.processes))


def settings_voice(process: ExactProcess) -> SettingsVoice | None:
    """The voice on the values of a fitted process, without settings that matter little; None where none is solved."""
    d = process.slopes.n_plain
    tried = [_with(process, Kernel(np.full(d, length * d**0.5), noise, 0.0)) for length in LENGTHS for noise in NOISES]
    found = [one for one in tried if one is not None]
    if not found:
        return None
    evidence = np.array([one.log_likelihood for one in found])
    weights = np.exp(evidence - evidence.max())
    weights = np.where(weights < _LEAST_WEIGHT * weights.sum(), 0.0, weights)
    kept = np.flatnonzero(weights).tolist()
    total = float(weights.sum())
    return SettingsVoice(tuple(found[i] for i in kept), tuple(float(weights[i]) / total for i in kept))


def _with(process: ExactProcess, kernel: Kernel) -> ExactProcess | None:
    """The process with another kernel about the generalised least-squares mean; None where it cannot be solved."""
    from scipy.linalg import cho_factor, cho_solve

    process = replace(process, kernel=kernel)
    plain = process.features[:, : process.slopes.n_plain]
    own = kernel.noise * np.eye(len(plain))
    off = process.standard - process.slope_means
    try:
        factor = cho_factor(kernel.between(plain, plain) + process.beside_kernel + own, lower=True)
        solved = cho_solve(factor, np.column_stack([off, np.ones(len(off))])).sum(axis=0)
    except (np.linalg.LinAlgError, ValueError):
        return None
    return replace(process, kernel=replace(kernel, mean=float(solved[0] / solved[1])))
