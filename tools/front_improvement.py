"""Expected improvement of the hypervolume of two objectives in closed form, with chance where the surrogate is blind.

.. [Emmerich2011] doi:10.1109/CEC.2011.5949880, the expected hypervolume improvement as a sum over strips.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from eutectic.tools.acquisition import Acquisition
from eutectic.tools.encoding import FloatArray
from eutectic.tools.exact_process import ExactProcess
from eutectic.tools.gaussian_process import PropertyModel
from eutectic.tools.goals import Goal, pareto

_SEES = 2.0
"""Log density by which a process must foretell left-out values better than their mean does; else it is blind."""
_EVERY = 4
"""While an objective is not foretold, one pick in so many is the surrogate's; the others are drawn at random."""
_LEAST = 3
_LOW = 0.05
"""Share of measured recipes that may lie below the reference point."""


@dataclass
class FrontImprovement(Acquisition):
    """The acquisition of a campaign with two properties to push up or down and no limit.

    The front is that of the posterior means at what was measured, the hypervolume is counted in the properties' units.
    A recipe on its way is believed at its mean.
    """

    climb: ClassVar[tuple[int, int]] = (24, 64)

    seen: FloatArray
    """`N x d` features of everything measured."""
    processes: list[ExactProcess] = field(init=False)
    blind: tuple[str, ...] = field(init=False)
    """Properties of which the surrogate foretells nothing yet."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What to say of how the batch was chosen."""
        if not self.blind:
            return ()
        share = f"{_EVERY - 1} picks in {_EVERY} are drawn at random"
        return (f"the surrogate foretells {' and '.join(self.blind)} no better than the mean does: {share}",)

    def await_also(self, features: FloatArray) -> None:
        """Count recipes `q x d` as on their way."""
        if len(features):
            self.processes = [process.believing(features) for process in self.processes]
            self.seen = np.vstack([self.seen, features])
            self._settle()

    def log_merit(self, features: FloatArray) -> FloatArray:
        """`N` logarithms of the expected hypervolume improvement of recipes `N x d`, or of nothing but chance."""
        if self.blind and len(self.processes[0].standard) % _EVERY:
            return self._chance.random(len(features))
        nodes, weights = np.polynomial.hermite_e.hermegauss(24)
        scores = []
        for model, process, goal in zip(self.models, self.processes, self.goals.goals, strict=True):
            mean, sd = process.moments(features)
            scores.append(_raw(model, goal, goal.sign * (mean[:, None] + sd[:, None] * nodes)))
        gains = front_gain(scores[0], scores[1], weights / weights.sum(), self._front, self._worst)
        return np.asarray(np.log(np.maximum(gains, 1e-300)), dtype=np.float64)

    def _build(self) -> None:
        self.processes = [model.process for model in self.models]
        self.blind = tuple(model.property for model in self.models if not sees(model.process))
        self._chance = np.random.default_rng([self.seed, 17])
        self._settle()

    def _settle(self) -> None:
        """The front as it stands, and the point that hypervolume is counted from."""
        columns = [
            _raw(model, goal, goal.sign * process.moments(self.seen)[0])
            for model, process, goal in zip(self.models, self.processes, self.goals.goals, strict=True)
        ]
        scores = np.column_stack(columns)
        low = np.quantile(scores, _LOW, axis=0)
        span = np.maximum(scores.max(axis=0) - low, 1e-9)
        worst = low - 0.1 * span
        wanted = np.array(
            [
                -np.inf if goal.threshold is None else float(_raw(model, goal, np.array([goal.threshold]))[0])
                for model, goal in zip(self.models, self.goals.goals, strict=True)
            ]
        )
        met = (scores >= wanted).all(axis=1).any()
        self._worst = np.maximum(worst, wanted - 1e-3 * span) if met else worst
        front = scores[pareto(scores)]
        front = np.unique(front[(front > self._worst).all(axis=1)], axis=0)
        self._front = front[np.argsort(front[:, 0], kind="stable")]


def _raw(model: PropertyModel, goal: Goal, scores: FloatArray) -> FloatArray:
    """Scores on the standardised scale as scores in the property's unit."""
    return np.asarray(goal.sign * model.warp.inverse(goal.sign * scores), dtype=np.float64)


def sees(process: ExactProcess) -> bool:
    """Whether a process foretells left-out values better than their mean and spread do, hyper-parameters held."""
    values = process.standard[process.is_measured]
    n = len(values)
    if n < _LEAST:
        return False
    mean, sd = process.left_out()
    own = _log_density(values, mean[process.is_measured], sd[process.is_measured])
    others = (values.sum() - values) / (n - 1)
    squares = ((values**2).sum() - values**2) / (n - 1) - others**2
    spread = np.sqrt(np.maximum(squares * (n - 1) / max(n - 2, 1), 1e-6) * (1 + 1 / (n - 1)))
    return own > _log_density(values, others, spread) + _SEES


def _log_density(values: FloatArray, mean: FloatArray, sd: FloatArray) -> float:
    """Summed normal log density, less the constant that all share."""
    return float((-0.5 * ((values - mean) / sd) ** 2 - np.log(sd)).sum())


def front_gain(
    one: FloatArray, other: FloatArray, weights: FloatArray, front: FloatArray, worst: FloatArray
) -> FloatArray:
    """Expected hypervolume `N` that recipes add to a front, from quadrature nodes of two independent scores.

    The area that a point adds is cut into strips between neighbours of the front: in each the expected width times the
    expected height above the front [Emmerich2011]_.

    Args:
        one: `N x Q` nodes of the first score, larger is better.
        other: `N x Q` of the second.
        weights: `Q` weights of the nodes, their sum 1.
        front: `F x 2` scores that none of them beats in both, by the first, all above `worst`.
        worst: 2 scores that hypervolume is counted from.
    """
    starts = np.append(worst[0], front[:, 0])
    floors = np.append(front[:, 1], worst[1])
    gains = np.zeros(len(one))
    above = [np.maximum(one - start, 0.0) @ weights for start in starts] + [np.zeros(len(one))]
    for strip, floor in enumerate(floors):
        gains += (above[strip] - above[strip + 1]) * (np.maximum(other - floor, 0.0) @ weights)
    return gains
