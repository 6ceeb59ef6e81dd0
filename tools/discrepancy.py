"""Calculated values beside measured ones: what the calculation is off by, as a process of its own in the surrogate."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from eutectic.tools.encoding import FloatArray
from eutectic.tools.kernel_fit import matern
from eutectic.tools.lattice import BoolArray

if TYPE_CHECKING:
    from eutectic.tools.exact_process import ExactProcess

_OFFSETS = (0.03, 0.3, 3.0)
_LOCAL = (0.003, 0.03, 0.3, 1.0)
"""Variances that are tried, in those of the property: of one shift for all, and of what differs from place to place."""


@dataclass(frozen=True)
class Discrepancy:
    """Calculated = measured + shift + a process with the property's length-scales.

    The additive form of Kennedy and O'Hagan 2001 (doi:10.1111/1467-9868.00294) with a scale of one.
    """

    calculated: BoolArray
    """`N`: which values were calculated."""
    offset: float
    local: float

    def covariance(self, features: FloatArray, lengthscales: FloatArray) -> FloatArray:
        """`N x N` covariance of what the calculated values are off by, for plain features `N x d`."""
        found = np.zeros((len(features), len(features)))
        places = np.flatnonzero(self.calculated)
        part = self.offset + self.local * matern(features[places], lengthscales)[0]
        found[np.ix_(places, places)] = part
        return found

    def longer(self, n: int) -> Discrepancy:
        """The same with `n` measured values more."""
        return replace(self, calculated=np.append(self.calculated, np.zeros(n, dtype=np.bool_)))


def likeliest_discrepancy(process: ExactProcess, calculated: BoolArray) -> Discrepancy:
    """The discrepancy of largest marginal likelihood on a grid, hyper-parameters held.

    Args:
        process: Fitted, without a discrepancy.
        calculated: `N`: which of its values were calculated.
    """
    tried = [Discrepancy(calculated, offset, local) for offset in _OFFSETS for local in _LOCAL]
    return max(tried, key=lambda one: replace(process, discrepancy=one).log_likelihood)
