"""Screen or test: what a cheap assay of a recipe is worth for its price, beside testing the recipe at once.

A screen is worth the tests it saves. Recipes are ranked by the index of Weitzman 1979 (doi:10.2307/1910412) for boxes
that may be looked into before they are opened (Dumitriu, Tetali and Winkler 2003, doi:10.1137/S0895480102408341), with
the expected improvement as what a test gains (Xie et al. 2024, arXiv:2406.20062).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from eutectic.core.objective import Screen
from eutectic.core.spec import CampaignSpec
from eutectic.tools.discrepancy import usual_screen
from eutectic.tools.encoding import FloatArray
from eutectic.tools.exact_process import ExactProcess
from eutectic.tools.improvement import Improvement, log_improvement

_NODES = 24


@dataclass(frozen=True)
class Screening:
    """The screen of an objective and how much less than a test it costs."""

    screen: Screen
    saved: float
    """Money by which a screen is cheaper than a test of the same recipe."""

    def log_rates(self, acquisition: Improvement, features: FloatArray, costs: FloatArray) -> FloatArray:
        """`N` logarithms of the expected improvement per money of screening first and testing where it then pays.

        Args:
            acquisition: Of the objective.
            features: `N x d`.
            costs: `N`, money of a test of each.
        """
        sign = acquisition.goals.goals[0].sign
        low, high = acquisition.voices.process.best
        best = high if sign > 0 else -low
        mean, sd = acquisition.voices.moments(features)
        share = _told(acquisition.voices.process, features)
        nodes, weights = np.polynomial.hermite_e.hermegauss(_NODES)
        after = sign * mean[:, None] + (sd * np.sqrt(share))[:, None] * nodes
        left = np.broadcast_to((sd * np.sqrt(1 - share))[:, None], after.shape)
        gains = log_improvement(after.ravel(), left.ravel(), best).reshape(after.shape)
        return log_index(gains, weights / weights.sum(), costs - self.saved, costs)


def log_index(log_gains: FloatArray, weights: FloatArray, look: FloatArray, test: FloatArray) -> FloatArray:
    """`N` logarithms of the gain per money of looking first and testing where what was seen makes it worth most.

    Tested are the outcomes above a threshold of gain; the best threshold gives the largest
    `sum w g / (look + test sum w)`, which is the index: the price of a gain at which looking just pays.

    Args:
        log_gains: `N x K` logarithms of what a test gains after each of `K` outcomes of the look.
        weights: `K` probabilities.
        look: `N`, money.
        test: `N`, money.
    """
    order = np.argsort(-log_gains, axis=1, kind="stable")
    ordered = np.take_along_axis(log_gains, order, axis=1)
    chances = weights[order]
    top = ordered[:, :1]
    gained = np.cumsum(chances * np.exp(np.maximum(ordered - top, -700.0)), axis=1)
    spent = look[:, None] + test[:, None] * np.cumsum(chances, axis=1)
    return np.asarray(top[:, 0] + np.log((gained / spent).max(axis=1)), dtype=np.float64)


def screening_of(spec: CampaignSpec) -> Screening | None:
    """The screen that a campaign may choose; None where it has none or it is no cheaper than a test."""
    screen, test = spec.screen, spec.optimizer.trial_cost
    if screen is None or test is None or screen.price >= test:
        return None
    return Screening(screen, test - screen.price)


def _told(process: ExactProcess, features: FloatArray) -> FloatArray:
    """`N` shares of the property's variance that a screen of each recipe explains."""
    screened = [one for one in process.discrepancies if one.is_screen]
    return process.told_by(features, screened[0] if screened else usual_screen(len(process.features)))
