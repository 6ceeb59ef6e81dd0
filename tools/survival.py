"""The chance that a trial gives a value at all, learned from trials that failed for causes in their recipe."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from eutectic.tools.encoding import FloatArray
from eutectic.tools.gaussian_process import PropertyModel, fit_property
from eutectic.tools.history import Table
from eutectic.tools.knowledge_term import Slopes
from eutectic.tools.readings import plain_readings

_MOST = 400
_LEAST_CHANCE = 1e-3
_STEEPNESS = 0.15
"""Width of the step from failing to surviving, in units of the label."""


@dataclass(frozen=True)
class Survival:
    """Chance of a value by recipe; 1 everywhere while trials of only one kind are known."""

    model: PropertyModel | None = None

    def chance(self, features: FloatArray) -> FloatArray:
        """`N` chances between 0.001 and 1 for recipes `N x d`; use inside a `torch_scope`."""
        if self.model is None:
            return np.ones(len(features))
        from scipy.special import ndtr

        mean, sd = self.model.standard(features)
        spread = np.hypot(sd * self.model.warp.sd * self.model.warp.scale, _STEEPNESS)
        chance: FloatArray = ndtr((self.model.warp.inverse(mean) - 0.5) / spread)
        return np.clip(chance, _LEAST_CHANCE, 1.0)


def fit_survival(table: Table, n_plain: int) -> Survival:
    """Least-squares classification by a Gaussian process (Rasmussen and Williams 2006, section 6.5).

    Far from the data it returns to the share of trials that survived, so it does not shy away from the unexplored.
    Knowledge columns behind the `n_plain` ones say nothing of it.
    """
    known = np.flatnonzero(~np.isnan(table.survived))
    failed = known[table.survived[known] == 0]
    survived = known[table.survived[known] == 1]
    if not len(failed) or not len(survived):
        return Survival()
    used = np.sort(np.concatenate([failed[-_MOST // 2 :], survived[-_MOST // 2 :]]))
    kept = table.take(used)
    return Survival(
        fit_property(
            "survival", kept.features, plain_readings(kept.survived), kept.groups, bend=False, slopes=Slopes(n_plain)
        )
    )
