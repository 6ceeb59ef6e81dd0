"""A random forest as one more surrogate: the mean of its trees and their spread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from eutectic.tools.encoding import FloatArray
from eutectic.tools.exact_process import ExactProcess
from eutectic.tools.lattice import IntArray

_TREES = 60


@dataclass(frozen=True)
class ForestVoice:
    """Trees fitted on standardised values."""

    trees: Any
    columns: IntArray
    """The feature columns it reads: the recipe's and the knowledge in use."""
    seed: int
    seen: int
    """How many values it was fitted on."""

    def moments(self, features: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Mean and spread of the trees for recipes `N x d`, `N` each (Hutter et al. 2011, SMAC)."""
        single = np.ascontiguousarray(features[:, self.columns], dtype=np.float32)
        found = np.array([tree.tree_.predict(single)[:, 0] for tree in self.trees.estimators_])
        return found.mean(axis=0), found.std(axis=0)


def fit_forest(process: ExactProcess, seed: int) -> ForestVoice:
    """A forest (Breiman 2001, doi:10.1023/A:1010933404324) on the measured values of a process, at least two."""
    from sklearn.ensemble import RandomForestRegressor

    columns = np.array([*range(process.slopes.n_plain), *process.slopes.columns], dtype=np.int64)
    measured = process.is_measured
    forest = RandomForestRegressor(_TREES, random_state=seed, n_jobs=1)
    trees = forest.fit(process.features[measured][:, columns], process.standard[measured])
    return ForestVoice(trees, columns, seed, int(measured.sum()))
