"""A random forest as second opinion: its expected improvement, and how well it foretells what it was not shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from eutectic.tools.encoding import FloatArray
from eutectic.tools.exact_process import ExactProcess
from eutectic.tools.lattice import IntArray

_TREES = 30


@dataclass(frozen=True)
class Forest:
    """Trees fitted on standardised values."""

    trees: Any
    columns: IntArray
    """The feature columns it reads: the recipe's and the knowledge in use."""
    log_score: float
    """Summed log density of each value under the trees that were not shown it, less the constant that all share."""

    def moments(self, features: FloatArray, sign: float) -> tuple[FloatArray, FloatArray]:
        """Mean, turned by `sign`, and spread of the trees for recipes `N x d`, `N` each (Hutter et al. 2011, SMAC)."""
        found = _each(self.trees, features[:, self.columns])
        return sign * found.mean(axis=0), found.std(axis=0)


def fit_forest(process: ExactProcess, seed: int) -> Forest:
    """A forest (Breiman 2001, doi:10.1023/A:1010933404324) on the data of a process, at least two values."""
    from sklearn.ensemble import RandomForestRegressor

    columns = np.array([*range(process.slopes.n_plain), *process.slopes.columns], dtype=np.int64)
    measured = process.is_measured
    features, standard = process.features[measured][:, columns], process.standard[measured]
    forest = RandomForestRegressor(_TREES, random_state=seed, n_jobs=1).fit(features, standard)
    found = _each(forest, features)
    unseen = np.ones(found.shape, dtype=np.bool_)
    for shown, row in zip(forest.estimators_samples_, unseen, strict=True):
        row[shown] = False
    count = unseen.sum(axis=0)
    mean = np.where(count > 0, (found * unseen).sum(axis=0) / np.maximum(count, 1), standard.mean())
    spread = np.full(len(mean), max(float((standard - mean).std()), 1e-3))
    return Forest(forest, columns, log_density(standard, mean, spread))


def log_density(values: FloatArray, mean: FloatArray, sd: FloatArray) -> float:
    """Summed normal log density, less the constant that all share."""
    return float((-0.5 * ((values - mean) / sd) ** 2 - np.log(sd)).sum())


def _each(forest: Any, features: FloatArray) -> FloatArray:
    """What each of the `T` trees says of recipes, `T x N`."""
    single = np.ascontiguousarray(features, dtype=np.float32)
    return np.array([tree.tree_.predict(single)[:, 0] for tree in forest.estimators_])
