"""Slopes of knowledge terms inside a Gaussian process: their part of kernel and mean, and what the data say of each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from eutectic.tools.encoding import FloatArray
from eutectic.tools.knowledge_term import KnowledgeTerm, Slopes, Standing
from eutectic.tools.torch_scope import tensor


def with_slopes(kernel: Any, constant: float, slopes: Slopes) -> tuple[Any, Any]:
    """A GPyTorch kernel and mean to which the slopes' `sum_j s_j^2 p_j p_j^T` and `sum_j b0_j p_j` are added."""
    from gpytorch.kernels import Kernel
    from gpytorch.means import Mean

    columns, sds = list(slopes.columns), tensor(slopes.sds)

    class SlopedKernel(Kernel):  # type: ignore[misc]  # gpytorch is untyped
        """The kernel plus the slopes' part as one dense matrix: a lazy sum of low rank is factored less stably."""

        def __init__(self) -> None:
            super().__init__()
            self.plain = kernel

        def forward(self, x1: Any, x2: Any, diag: bool = False, **params: Any) -> Any:
            """Covariance of features `... x N x d` with `... x M x d`."""
            one, two = x1[..., columns] * sds, x2[..., columns] * sds
            plain = self.plain(x1, x2, diag=diag, **params)
            if diag:
                return plain + (one * two).sum(dim=-1)
            return plain.to_dense() + one @ two.transpose(-1, -2)

    class SlopedMean(Mean):  # type: ignore[misc]  # gpytorch is untyped
        """A constant and the expected slopes times the scores."""

        def forward(self, features: Any) -> Any:
            """Means `... x N` of features `... x N x d`."""
            return constant + features[..., columns] @ tensor(slopes.means)

    return SlopedKernel(), SlopedMean()


def standings(
    property: str,
    terms: Sequence[KnowledgeTerm],
    slopes: Slopes,
    covariance: FloatArray,
    residual: FloatArray,
    known: FloatArray,
) -> list[Standing]:
    """Posterior slope and evidence of each term (Rasmussen and Williams 2006, equations 2.42 and 5.8).

    Args:
        property: The property fitted.
        terms: All terms in column order.
        slopes: Those that speak of the property.
        covariance: `N x N` of the measurements without any slope: kernel and noise.
        residual: `N` standardised values less the constant mean.
        known: `N x t` scores of the slopes' columns.
    """
    sds, means = np.asarray(slopes.sds), np.asarray(slopes.means)
    whole = covariance + (known * sds**2) @ known.T
    off = residual - known @ means
    solved = np.linalg.solve(whole, np.column_stack([off, known]))
    slope = means + sds**2 * (known.T @ solved[:, 0])
    variance = sds**2 - sds**4 * np.einsum("ij,ij->j", known, solved[:, 1:])
    evidence = _log_density(whole, off)
    found = []
    for i, column in enumerate(slopes.columns):
        less = whole - sds[i] ** 2 * np.outer(known[:, i], known[:, i])
        found.append(
            Standing(
                name=terms[column - slopes.n_plain].name,
                property=property,
                n=len(residual),
                slope=(float(slope[i]), float(np.sqrt(max(variance[i], 0.0)))),
                log_evidence=evidence - _log_density(less, off + means[i] * known[:, i]),
            )
        )
    return found


def _log_density(covariance: FloatArray, residual: FloatArray) -> float:
    """Log density of a normal vector, less the constant that all share."""
    factor = np.linalg.cholesky(covariance + 1e-8 * np.eye(len(covariance)))
    scaled = np.linalg.solve(factor, residual)
    return float(-0.5 * scaled @ scaled - np.log(np.diag(factor)).sum())
