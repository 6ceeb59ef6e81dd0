"""Knowledge that is right up to a smooth error, made of a pool's own values: what right knowledge would save."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from eutectic.evals.pools import FloatArray, Pool

ERROR, WEAK_ERROR = 0.7, 1.5
"""Standard deviations of the error in that of the normal scores: correlations with the truth of about 0.82 and 0.55."""
_WAVES = 24
_TURNS = 4.0
"""Angular frequency along a feature, about."""


class OracleTerm:
    """A score of the pool's recipes: the normal scores of their true values with a smooth error; no true knowledge."""

    name = "oracle"
    property = "y"
    slope = (0.4, 0.5)

    def __init__(self, pool: Pool, seed: int, error: float = ERROR) -> None:
        """`seed`: of the error, `error`: its standard deviation."""
        self._pool, self._seed, self._error = pool, seed, error

    def scores(self, shares: FloatArray, process: FloatArray) -> FloatArray:
        """`N` scores, each that of the pool's recipe nearest to it."""
        from scipy.spatial import cKDTree

        lattice, features = self._pool.lattice, self._pool.features
        recipes = np.hstack([lattice.shares(self._pool.rows), features[:, lattice.n_components :]])
        return np.asarray(self._said[cKDTree(recipes).query(np.hstack([shares, process]))[1]], dtype=np.float64)

    @cached_property
    def _said(self) -> FloatArray:
        from scipy.special import ndtri
        from scipy.stats import rankdata

        n = len(self._pool.values)
        true = ndtri((rankdata(self._pool.values) - 0.5) / n)
        rng = np.random.default_rng([self._seed, 77])
        waves = _TURNS * rng.normal(size=(_WAVES, self._pool.features.shape[1]))
        phases = self._pool.features @ waves.T + rng.uniform(0, 2 * np.pi, _WAVES)
        said = true + self._error * np.sqrt(2 / _WAVES) * np.cos(phases).sum(axis=1)
        return np.asarray(said / said.std(), dtype=np.float64)
