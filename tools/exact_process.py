"""An exact Gaussian process posterior in NumPy, with recipes on their way taken for granted at their mean."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from eutectic.tools.encoding import FloatArray
from eutectic.tools.kernel_fit import Kernel, matern_between
from eutectic.tools.knowledge_term import Slopes

_CHUNK = 2048
_JITTER = 1e-8


@dataclass(frozen=True)
class ExactProcess:
    """The posterior for fixed hyper-parameters: Rasmussen and Williams 2006, algorithm 2.1; `N` points, `d` columns."""

    features: FloatArray
    standard: FloatArray
    """`N` standardised values."""
    kernel: Kernel
    slopes: Slopes

    def moments(self, features: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Mean and standard deviation of the noise-free property, `M` each."""
        from scipy.linalg import solve_triangular

        factor, weights = self._solved
        means, sds = np.empty(len(features)), np.empty(len(features))
        for start in range(0, len(features), _CHUNK):
            part = features[start : start + _CHUNK]
            cross = self._covariance(part, self.features)
            scaled = solve_triangular(factor, cross.T, lower=True, check_finite=False)
            known = self._known(part)
            variance = 1.0 + (known**2).sum(axis=1) - np.einsum("ij,ij->j", scaled, scaled)
            means[start : start + len(part)] = self._expected(part) + cross @ weights
            sds[start : start + len(part)] = np.sqrt(np.maximum(variance, 1e-12))
        return means, sds

    def believing(self, features: FloatArray) -> ExactProcess:
        """The process after measuring recipes at exactly their mean: the kriging believer (Ginsbourger et al. 2010)."""
        means, _ = self.moments(features)
        return ExactProcess(
            np.vstack([self.features, features]), np.append(self.standard, means), self.kernel, self.slopes
        )

    def left_out(self) -> tuple[FloatArray, FloatArray]:
        """Mean and standard deviation of each measurement from all the others, hyper-parameters held (eq. 5.12)."""
        from scipy.linalg import cho_solve

        factor, weights = self._solved
        precision = np.diag(cho_solve((factor, True), np.eye(len(self.features))))
        return self.standard - weights / precision, np.sqrt(1.0 / precision)

    @cached_property
    def _solved(self) -> tuple[FloatArray, FloatArray]:
        from scipy.linalg import cho_solve

        noisy = self._covariance(self.features, self.features)
        noisy[np.diag_indices_from(noisy)] += self.kernel.noise + _JITTER
        factor = np.asarray(np.linalg.cholesky(noisy), dtype=np.float64)
        off = self.standard - self._expected(self.features)
        return factor, np.asarray(cho_solve((factor, True), off), dtype=np.float64)

    def _covariance(self, one: FloatArray, other: FloatArray) -> FloatArray:
        n = self.slopes.n_plain
        plain = matern_between(one[:, :n], other[:, :n], self.kernel.lengthscales)
        return plain + self._known(one) @ self._known(other).T if self.slopes.columns else plain

    def _known(self, features: FloatArray) -> FloatArray:
        return np.asarray(features[:, list(self.slopes.columns)] * np.asarray(self.slopes.sds), dtype=np.float64)

    def _expected(self, features: FloatArray) -> FloatArray:
        slopes = features[:, list(self.slopes.columns)] @ np.asarray(self.slopes.means)
        return np.asarray(self.kernel.mean + slopes, dtype=np.float64)
