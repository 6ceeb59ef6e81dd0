"""What all measurements of one round are off by: an offset of the round's own, a slow walk, a steady trend.

Only differences between measurements of one recipe count: that a later round is better as a whole is what a search is
for, not a shift.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from eutectic.core.trial import FIRST_PRIOR_ROUND
from eutectic.tools.encoding import FloatArray
from eutectic.tools.lattice import IntArray

_SHARES = (0.01, 0.03, 0.1, 0.2, 0.4, 0.7, 1.0, 1.5, 2.5)
"""Variances of noise and of a shift that are tried, in those of the differences between repeats."""
_CONVINCING = 2.0
"""Log likelihood by which a shift must explain the repeats better than what is simpler: about seven to one."""
_MIXES = (0.2, 0.5, 0.8)
"""Parts of one shape in two."""
_LEAST_BATCHES = 3
_LEAST_CONTRASTS = 5


_Fit = tuple[float, float, FloatArray]
"""Log likelihood, variance of the noise, variances of the shapes."""


@dataclass(frozen=True)
class RoundShift:
    """Variances of the parts of a shift; the walk and the trend are nought in the latest round, and count back from it.

    Predictions are therefore of what would be read now, which without a reference is as true as any other level.
    """

    own: float = 0.0
    """Of what each round has to itself."""
    walk: float = 0.0
    """Of the step of a random walk from one round to the next."""
    trend: float = 0.0
    """Of the change by one round, the same for all."""

    def covariance(self, batches: IntArray) -> FloatArray:
        """`N x N` of the shifts of measurements in rounds `N`; negative where the round is not known."""
        own, walk, trend = _shapes(batches)
        return self.own * own + self.walk * walk + self.trend * trend


def _shapes(batches: IntArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Covariances `N x N` of unit variance: own, walk, trend.

    Earlier data were measured at no round of the campaign, and take no part in walk and trend.
    """
    own = np.asarray((batches[:, None] == batches[None, :]) & (batches >= 0)[:, None], dtype=np.float64)
    timed = (batches >= 0) & (batches < FIRST_PRIOR_ROUND)
    ago = np.where(timed, batches[timed].max(initial=0) - batches, 0).astype(np.float64)
    return own, np.minimum(ago[:, None], ago[None, :]), np.outer(ago, ago)


def likeliest_shift(standard: FloatArray, groups: IntArray, batches: IntArray) -> tuple[RoundShift | None, float]:
    """The shift that repeats of recipes speak for, None unless they do so clearly, and the noise left beside it.

    Restricted maximum likelihood on a grid of noise and shift (Patterson and Thompson 1971,
    doi:10.1093/biomet/58.3.545): an offset of each round's own is taken where it beats none by two nats,
    a walk or a trend in its place where it beats that by as much, and two shapes where they beat the one.

    Args:
        standard: `N` standardised values.
        groups: `N` numbers, equal for replicates of one recipe.
        batches: `N` numbers of rounds; negative where unknown.
    """
    repeated = np.flatnonzero(np.bincount(groups)[groups] > 1)
    if len(np.unique(batches[repeated])) < _LEAST_BATCHES:
        return None, 0.0
    names, inverse = np.unique(groups[repeated], return_inverse=True)
    if len(repeated) - len(names) < _LEAST_CONTRASTS:
        return None, 0.0
    contrasts = np.linalg.svd(np.eye(len(names))[inverse.ravel()])[0][:, len(names) :]
    off = contrasts.T @ standard[repeated]
    parts = np.array([contrasts.T @ shape @ contrasts for shape in _shapes(batches[repeated])])
    traces = np.trace(parts, axis1=1, axis2=2) / len(off)
    units = [unit / trace for unit, trace in zip(np.eye(len(parts)), traces, strict=True) if trace > 1e-9]
    none = found = _mixed(np.zeros(len(parts)), parts, off)
    for mixes in (units[:1], units[1:]):
        found = _better([_mixed(mix, parts, off) for mix in mixes], found)
    if found is none:
        return None, 0.0
    first = found[2] / (found[2] @ traces)
    pairs = [(1 - share) * first + share * unit for unit in units for share in _MIXES]
    found = _better([_mixed(mix, parts, off) for mix in pairs], found)
    own, walk, trend = found[2].tolist()
    return RoundShift(own, walk, trend), found[1]


def _better(rivals: Sequence[_Fit], found: _Fit) -> _Fit:
    """The best of the rivals where it is better by enough, else what was found before."""
    best = max(rivals, key=lambda one: one[0], default=found)
    return best if best[0] > found[0] + _CONVINCING else found


def _mixed(mix: FloatArray, parts: FloatArray, off: FloatArray) -> _Fit:
    """Log likelihood, noise and variances of the shapes of the likeliest size of a mixture."""
    score, noise, size = _explained(np.tensordot(mix, parts, 1), off)
    return score, noise, size * mix


def _explained(shape: FloatArray, off: FloatArray) -> tuple[float, float, float]:
    """The greatest log likelihood of contrasts, the variance of the noise, and the size of the shape that is likeliest.

    The noise is its geometric mean over the grid: the likeliest beside a walk is often none.
    """
    sizes, turned = np.linalg.eigh(shape)
    squares = (turned.T @ off) ** 2
    tried = np.array(_SHARES) * max(float((off**2).mean()), 1e-12)
    scales = tried if sizes.any() else tried[:1]
    spread = tried[:, None, None] + scales[:, None] * np.maximum(sizes, 0.0)
    scores = (-0.5 * squares / spread - 0.5 * np.log(spread)).sum(axis=2)
    noise, size = np.unravel_index(int(np.argmax(scores)), scores.shape)
    weights = np.exp(scores - scores[noise, size])
    usual = float(np.exp((weights.sum(axis=1) * np.log(tried)).sum() / weights.sum()))
    return float(scores[noise, size]), usual, float(scales[size])
