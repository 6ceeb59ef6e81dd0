"""An exact Gaussian process posterior in NumPy, with recipes on their way taken for granted at their mean."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from eutectic.tools.discrepancy import Discrepancy
from eutectic.tools.encoding import FloatArray
from eutectic.tools.kernel_fit import Kernel, matern_between
from eutectic.tools.knowledge_term import Slopes
from eutectic.tools.lattice import BoolArray, IntArray
from eutectic.tools.readings import censored_sites, same_batch

_CHUNK = 2048
_JITTER = 1e-8
_SURE = 1e-5
"""Variance of a value that is taken for known, for the factor's sake."""


@dataclass(frozen=True)
class ExactProcess:
    """The posterior for fixed hyper-parameters: Rasmussen and Williams 2006, algorithm 2.1; `N` points, `d` columns."""

    features: FloatArray
    standard: FloatArray
    """`N` standardised values; a censored one stands where a normal measurement would that says the same."""
    kernel: Kernel
    slopes: Slopes
    extra: FloatArray | None = None
    """`N` variances beside the kernel's noise: what the instrument stated, what a censored value leaves open."""
    shown: FloatArray | None = None
    """`N` values as they were read, limits among them, where they differ from `standard`."""
    batches: IntArray | None = None
    """`N` numbers of batches."""
    batch_variance: float = 0.0
    """Variance of an offset that all measurements of one batch share."""
    discrepancies: tuple[Discrepancy, ...] = ()
    """What calculated or screened values among them are off by; none where all were measured."""

    @property
    def best(self) -> tuple[float, float]:
        """Least and largest value as they were read."""
        read = self.standard if self.shown is None else self.shown
        if self.is_measured.any():
            read = read[self.is_measured]
        return float(read.min()), float(read.max())

    @property
    def is_measured(self) -> BoolArray:
        """`N`: which values were measured, neither calculated nor of a screen."""
        found = np.ones(len(self.features), dtype=np.bool_)
        for one in self.discrepancies:
            found &= ~one.rows
        return found

    @property
    def log_likelihood(self) -> float:
        """Log marginal likelihood of the values, less the constant that all share."""
        factor, weights = self._solved
        off = self.standard - self._expected(self.features)
        return float(-0.5 * off @ weights - np.log(np.diag(factor)).sum())

    @property
    def usual_variance(self) -> float:
        """Variance that the instrument usually states; 0 where it states none or a value is censored."""
        if self.extra is None or not len(self.extra):
            return 0.0
        return float(np.median(self.extra[self.is_measured])) if self.is_measured.any() else 0.0

    @property
    def slope_means(self) -> FloatArray:
        """`N` expected parts of the knowledge."""
        return np.asarray(self.features[:, list(self.slopes.columns)] @ np.asarray(self.slopes.means), dtype=np.float64)

    @property
    def beside_kernel(self) -> FloatArray:
        """`N x N` covariance beside that of the kernel and its noise: slopes, stated variances, batches."""
        known = self._known(self.features)
        return known @ known.T + self.noise - self.kernel.noise * np.eye(len(self.features))

    def opened(self, sides: IntArray, stated: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Values and variances beside the kernel's noise that say what the censored values say; `shown` are the limits.

        A batch's offset is taken at its expectation there.
        """
        read = self.standard if self.shown is None else self.shown
        offsets, noise = replace(self, standard=read, extra=stated)._offsets()
        covariance = self._covariance(self.features, self.features)
        opened, variances = censored_sites(covariance, self._expected(self.features), read - offsets, noise, sides)
        return (
            np.where(sides == 0, read, opened + offsets),
            np.where(sides == 0, stated, np.maximum(variances - self.kernel.noise, 0.0)),
        )

    @property
    def noise(self) -> FloatArray:
        """`N x N` covariance of the measurements beside that of the property."""
        n = len(self.features)
        found = np.diag(np.full(n, self.kernel.noise) + (0.0 if self.extra is None else self.extra))
        if self.batch_variance > 0 and self.batches is not None:
            found = found + self.batch_variance * same_batch(self.batches)
        for one in self.discrepancies:
            plain = self.features[:, : self.slopes.n_plain]
            found = found + one.covariance(plain, self.kernel.lengthscales)
        return found

    def moments(self, features: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Mean and standard deviation of the noise-free property, `M` each."""
        means, sds, _ = self.shifted_moments(features, np.zeros((len(self.features), 0)))
        return means, sds

    def means(self, features: FloatArray) -> FloatArray:
        """Mean of the noise-free property alone, `M`."""
        _, weights = self._solved
        return np.asarray(
            self._expected(features) + self._covariance(features, self.features) @ weights, dtype=np.float64
        )

    def shifted_moments(self, features: FloatArray, shifts: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """The same, and what shifts of the weights `N x S` move the means by, `M x S`."""
        from scipy.linalg import solve_triangular

        factor, weights = self._solved
        means, sds, moved = np.empty(len(features)), np.empty(len(features)), np.empty((len(features), shifts.shape[1]))
        for start in range(0, len(features), _CHUNK):
            part = features[start : start + _CHUNK]
            cross = self._covariance(part, self.features)
            scaled = solve_triangular(factor, cross.T, lower=True, check_finite=False)
            known = self._known(part)
            variance = 1.0 + (known**2).sum(axis=1) - np.einsum("ij,ij->j", scaled, scaled)
            means[start : start + len(part)] = self._expected(part) + cross @ weights
            sds[start : start + len(part)] = np.sqrt(np.maximum(variance, 1e-12))
            moved[start : start + len(part)] = cross @ shifts
        return means, sds, moved

    def told_by(self, features: FloatArray, one: Discrepancy) -> FloatArray:
        """`M` shares of the variance of the property at `M x d` that one more value of a discrepancy's kind explains.

        Such a value is off by the shift and the local part that is already partly known from others of its kind.
        """
        from scipy.linalg import solve_triangular

        n, factor = self.slopes.n_plain, self._solved[0]
        explained = np.empty(len(features))
        for start in range(0, len(features), _CHUNK):
            part = features[start : start + _CHUNK]
            cross = self._covariance(part, self.features)
            off = one.offset + one.local * matern_between(part[:, :n], self.features[:, :n], self.kernel.lengthscales)
            of_property = solve_triangular(factor, cross.T, lower=True, check_finite=False)
            of_value = solve_triangular(factor, (cross + off * one.rows).T, lower=True, check_finite=False)
            prior = 1.0 + (self._known(part) ** 2).sum(axis=1)
            variance = prior - np.einsum("ij,ij->j", of_property, of_property)
            both = prior - np.einsum("ij,ij->j", of_property, of_value)
            whole = prior + one.offset + one.local + one.noise + self.kernel.noise
            whole -= np.einsum("ij,ij->j", of_value, of_value)
            share = both**2 / np.maximum(variance * whole, 1e-12)
            explained[start : start + len(part)] = np.clip(share, 0.0, 1.0 - 1e-9)
        return explained

    def weights_of(self, values: FloatArray) -> FloatArray:
        """The inverse of the measurements' covariance times values `N x S`."""
        from scipy.linalg import cho_solve

        return np.asarray(cho_solve((self._solved[0], True), values, check_finite=False), dtype=np.float64)

    def believing(self, features: FloatArray, values: FloatArray | None = None, *, sure: bool = False) -> ExactProcess:
        """The process after measuring recipes at exactly some values: the kriging believer (Ginsbourger et al. 2010).

        Without `values` at their mean; `sure` leaves out the noise of a measurement. The factor of the covariance is
        extended, not found anew.
        """
        means = self.moments(features)[0] if values is None else values
        more = np.full(len(features), _SURE - self.kernel.noise if sure else 0.0)
        extra = np.zeros(len(self.features)) if self.extra is None else self.extra
        grown = replace(
            self,
            features=np.vstack([self.features, features]),
            standard=np.append(self.standard, means),
            extra=np.append(extra, more),
            shown=None if self.shown is None else np.append(self.shown, means),
            batches=None if self.batches is None else np.append(self.batches, np.full(len(features), -1)),
            discrepancies=tuple(one.longer(len(features)) for one in self.discrepancies),
        )
        vars(grown)["_solved"] = grown._weighed(self._extended(features, more))
        return grown

    def left_out(self) -> tuple[FloatArray, FloatArray]:
        """Mean and standard deviation of each measurement from all the others, hyper-parameters held (eq. 5.12)."""
        from scipy.linalg import cho_solve

        factor, weights = self._solved
        precision = np.diag(cho_solve((factor, True), np.eye(len(self.features))))
        return self.standard - weights / precision, np.sqrt(1.0 / precision)

    def independent(self) -> tuple[FloatArray, FloatArray]:
        """Values and variances `N` of independent measurements that give the same mean everywhere.

        For models that know no offsets of batches or calculations: variances are those that an offset leaves after its
        expectation is taken off, times a factor that makes the mean variance of the property at the measurements the
        same; values are such that the weights of the kernel's columns, hence all means, are the same.
        """
        _, variances = self._offsets()
        if self.batch_variance == 0 and not self.discrepancies:
            return self.standard, variances
        weights = self._solved[1]
        covariance = self._covariance(self.features, self.features)
        wanted = float((self.moments(self.features)[1] ** 2).mean())
        low, high = 0.0, 8.0
        for _ in range(12):
            middle = 0.5 * (low + high)
            solved = np.linalg.solve(covariance + np.diag(np.exp(middle) * variances), covariance)
            left = float(np.mean(np.diag(covariance) - np.einsum("ij,ji->i", covariance, solved)))
            low, high = (middle, high) if left < wanted else (low, middle)
        variances = np.exp(low) * variances
        return self._expected(self.features) + covariance @ weights + variances * weights, variances

    def _offsets(self) -> tuple[FloatArray, FloatArray]:
        """Expected offset of each measurement's batch, and the variance of noise and what is left of the offset."""
        from scipy.linalg import cho_solve

        noise = self.noise
        variances = np.diag(noise).copy()
        if self.batch_variance == 0 and not self.discrepancies:
            return np.zeros(len(variances)), variances
        factor, weights = self._solved
        own = self.kernel.noise + (0.0 if self.extra is None else self.extra)
        shared = noise - np.diag(np.broadcast_to(own, variances.shape))
        known = np.diag(shared @ cho_solve((factor, True), shared))
        return shared @ weights, np.asarray(np.maximum(variances - known, 1e-9), dtype=np.float64)

    @cached_property
    def _solved(self) -> tuple[FloatArray, FloatArray]:
        noisy = self._covariance(self.features, self.features)
        noisy += self.noise
        noisy[np.diag_indices_from(noisy)] += _JITTER
        return self._weighed(np.asarray(np.linalg.cholesky(noisy), dtype=np.float64))

    def _weighed(self, factor: FloatArray) -> tuple[FloatArray, FloatArray]:
        """The factor of the covariance, and its inverse times what the values are off by."""
        from scipy.linalg import cho_solve

        off = self.standard - self._expected(self.features)
        return factor, np.asarray(cho_solve((factor, True), off, check_finite=False), dtype=np.float64)

    def _extended(self, features: FloatArray, extra: FloatArray) -> FloatArray:
        """The factor with rows for measurements of `q x d` that share no offset with others (block Cholesky)."""
        from scipy.linalg import solve_triangular

        factor, (n, q) = self._solved[0], (len(self.features), len(features))
        beside = solve_triangular(factor, self._covariance(self.features, features), lower=True, check_finite=False)
        own = self._covariance(features, features) - beside.T @ beside
        own[np.diag_indices(q)] += self.kernel.noise + extra + _JITTER
        extended = np.zeros((n + q, n + q))
        extended[:n, :n] = factor
        extended[n:, :n] = beside.T
        extended[n:, n:] = np.linalg.cholesky(own)
        return extended

    def _covariance(self, one: FloatArray, other: FloatArray) -> FloatArray:
        n = self.slopes.n_plain
        plain = self.kernel.between(one[:, :n], other[:, :n])
        return plain + self._known(one) @ self._known(other).T if self.slopes.columns else plain

    def _known(self, features: FloatArray) -> FloatArray:
        return np.asarray(features[:, list(self.slopes.columns)] * np.asarray(self.slopes.sds), dtype=np.float64)

    def _expected(self, features: FloatArray) -> FloatArray:
        slopes = features[:, list(self.slopes.columns)] @ np.asarray(self.slopes.means)
        return np.asarray(self.kernel.mean + slopes, dtype=np.float64)
