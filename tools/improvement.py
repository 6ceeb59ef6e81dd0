"""Expected improvement of one objective in closed form, in logarithms, with recipes on their way believed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from eutectic.tools.acquisition import Acquisition
from eutectic.tools.encoding import FloatArray
from eutectic.tools.exact_process import ExactProcess
from eutectic.tools.forest import Forest, fit_forest, log_density

_EVERY = 3
"""Where the forest leads, one pick in so many is the process's, so that a wrong choice between the two ends."""
_CLEARLY = 3.0
"""Log density by which the forest must foretell left-out values better to lead."""
_LEAST = 4


@dataclass
class Improvement(Acquisition):
    """The acquisition of a campaign with one property to push up or down and no limit.

    The process decides, until a forest gives the campaign's own values clearly the larger density when they are left
    out; then the forest takes two picks in three. The best is the best single measurement, not the best mean.
    """

    climb: ClassVar[tuple[int, int]] = (24, 64)

    process: ExactProcess = field(init=False)

    def await_also(self, features: FloatArray) -> None:
        """Count recipes `q x d` as on their way."""
        if len(features):
            self.process = self.process.believing(features)
            self._turn()

    def log_merit(self, features: FloatArray) -> FloatArray:
        """`N` logarithms of the expected improvement of each recipe `N x d`, by the surrogate whose turn it is."""
        sign = self.goals.goals[0].sign
        if self.forest is not None:
            return log_improvement(*self.forest.moments(features, sign), self._best)
        mean, sd = self.process.moments(features)
        return log_improvement(sign * mean, sd, self._best)

    def _build(self) -> None:
        self.process = self.models[0].process
        measured = self.process.is_measured
        self._measured = int(measured.sum())
        first = fit_forest(self.process, self.seed) if self._measured >= _LEAST else None
        mean, sd = self.process.left_out()
        own = log_density(self.process.standard[measured], mean[measured], sd[measured])
        self._prefers_forest = first is not None and first.log_score > own + _CLEARLY
        self._turn()

    @property
    def _best(self) -> float:
        low, high = self.process.best
        return high if self.goals.goals[0].sign > 0 else -low

    def _turn(self) -> None:
        """Whose pick comes next; a forest is fitted for it, recipes on their way at their mean."""
        is_other = len(self.process.standard) % _EVERY == 0
        wanted = self._prefers_forest and not is_other
        self.forest: Forest | None = fit_forest(self.process, self.seed) if wanted else None


def log_improvement(mean: FloatArray, sd: FloatArray, best: float) -> FloatArray:
    """Logarithm of the expected improvement over `best`, stable far below it (Ament et al. 2023, arXiv:2310.20708)."""
    from scipy.special import erfcx

    sd = np.maximum(sd, 1e-9)
    u = (mean - best) / sd
    low = np.minimum(u, 0.0)
    ratio = np.sqrt(np.pi / 2) * erfcx(-low / np.sqrt(2)) * low
    tail = -0.5 * low**2 - 0.5 * np.log(2 * np.pi) + np.log(np.maximum(1.0 + ratio, 0.3 / (1.0 + low**2)))
    return np.asarray(np.log(sd) + np.where(u > -1, np.log(_plain(np.maximum(u, -1.0))), tail), dtype=np.float64)


def _plain(u: FloatArray) -> FloatArray:
    from scipy.special import ndtr

    return np.asarray(np.exp(-0.5 * u**2) / np.sqrt(2 * np.pi) + u * ndtr(u), dtype=np.float64)
