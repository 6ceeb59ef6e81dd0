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
from eutectic.tools.fantasies import Fantasies
from eutectic.tools.gaussian_process import PropertyModel
from eutectic.tools.goals import Goal, pareto
from eutectic.tools.lattice import IntArray

_SEES = 2.0
"""Log density by which a process must foretell left-out values better than their mean does; else it is blind."""
_EVERY = 4
"""While an objective is not foretold, one pick in so many is the surrogate's; the others are drawn at random."""
_LEAST = 3
_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(24)
_WEIGHTS = _WEIGHTS / _WEIGHTS.sum()
_DRAWS = 16
"""Joint draws of what may stand on the front, under each of which the gain is counted."""
_MOST_HOPEFUL = 40
_LOW = 0.05
"""Share of measured recipes that may lie below the reference point."""


@dataclass
class FrontImprovement(Acquisition):
    """The acquisition of a campaign with two properties to push up, down or to a target, and no limit.

    The gain is the mean over joint draws of what may stand on the front and of what is on its way, each with a front of
    its own (Daulton et al. 2021, arXiv:2105.08195); the hypervolume is counted in the properties' units.
    """

    climb: ClassVar[tuple[int, int]] = (24, 64)

    seen: FloatArray
    """`N x d` features of everything measured."""
    fantasies: list[Fantasies] = field(init=False)
    """Of each objective, about what may stand on the front and what is on its way."""
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
            self.fantasies = [one.drawing(features, self._normals(len(features))) for one in self.fantasies]
            self._settle()

    def log_merit(self, features: FloatArray) -> FloatArray:
        """`N` logarithms of the expected hypervolume improvement of recipes `N x d`, or of nothing but chance."""
        if self.blind and len(self.fantasies[0].process.standard) % _EVERY:
            return self._chance.random(len(features))
        scores = []
        for model, one, goal in zip(self.models, self.fantasies, self.goals.goals, strict=True):
            means, sds = one.moments(features)
            scores.append(raw_scores(model, goal, means[..., None] + sds[:, None, None] * _NODES))
        gains = [
            front_gain(scores[0][:, s], scores[1][:, s], _WEIGHTS, front, self._worst)
            for s, front in enumerate(self._fronts)
        ]
        return np.asarray(np.log(np.maximum(np.mean(gains, axis=0), 1e-300)), dtype=np.float64)

    def _build(self) -> None:
        self.blind = tuple(model.property for model in self.models if not sees(model.process))
        self._chance = np.random.default_rng([self.seed, 17])
        self._draw = np.random.default_rng([self.seed, 19])
        self._worst = self._reference()
        near = self.seen[self._hopeful()]
        self.fantasies = [
            Fantasies.of(model.process, _DRAWS).drawing(near, self._normals(len(near))) for model in self.models
        ]
        self._settle()

    def _normals(self, n: int) -> FloatArray:
        """`n x S` standard normal numbers, of mean 0 and variance 1 in each row."""
        drawn = self._draw.standard_normal((n, _DRAWS))
        drawn -= drawn.mean(axis=1, keepdims=True)
        return np.asarray(drawn / drawn.std(axis=1, keepdims=True), dtype=np.float64)

    def _reference(self) -> FloatArray:
        """The point that hypervolume is counted from."""
        columns = [
            raw_scores(model, goal, model.process.moments(self.seen)[0])
            for model, goal in zip(self.models, self.goals.goals, strict=True)
        ]
        scores = np.column_stack(columns)
        low = np.quantile(scores, _LOW, axis=0)
        span = np.maximum(scores.max(axis=0) - low, 1e-9)
        worst = low - 0.1 * span
        wanted = np.array([_threshold(*pair) for pair in zip(self.models, self.goals.goals, strict=True)])
        met = (scores >= wanted).all(axis=1).any()
        return np.asarray(np.maximum(worst, wanted - 1e-3 * span) if met else worst, dtype=np.float64)

    def _hopeful(self) -> IntArray:
        """Places of what was measured that may stand on the front: two deviations better, the means do not beat it."""
        columns = []
        for model, goal in zip(self.models, self.goals.goals, strict=True):
            mean, sd = model.process.moments(self.seen)
            tried = raw_scores(model, goal, mean[:, None] + sd[:, None] * np.linspace(-2, 2, 9))
            columns.append((raw_scores(model, goal, mean), tried.max(axis=1)))
        means, best = (np.column_stack([column[i] for column in columns]) for i in range(2))
        front = means[pareto(means)]
        beaten = (front[None] > best[:, None]).all(axis=2).any(axis=1)
        hopeful = np.flatnonzero(~beaten)
        spread = np.maximum(means.std(axis=0), 1e-9)
        return np.sort(hopeful[np.argsort(-(best[hopeful] / spread).sum(axis=1), kind="stable")[:_MOST_HOPEFUL]])

    def _settle(self) -> None:
        """The front under each draw."""
        scores = np.stack(
            [
                raw_scores(model, goal, one.draws)
                for model, goal, one in zip(self.models, self.goals.goals, self.fantasies, strict=True)
            ],
            axis=-1,
        )
        self._fronts = []
        for s in range(_DRAWS):
            front = scores[:, s][pareto(scores[:, s])]
            front = np.unique(front[(front > self._worst).all(axis=1)], axis=0)
            self._fronts.append(front[np.argsort(front[:, 0], kind="stable")])


def raw_scores(model: PropertyModel, goal: Goal, values: FloatArray) -> FloatArray:
    """Scores in the property's unit of standardised values: themselves turned, or how far from a target."""
    raw = model.warp.inverse(values)
    if goal.target is None:
        return np.asarray(goal.sign * raw, dtype=np.float64)
    return np.asarray(-np.abs(raw - model.warp.inverse(np.array([goal.target]))), dtype=np.float64)


def _threshold(model: PropertyModel, goal: Goal) -> float:
    """The score in the property's unit from which a goal counts as met; minus infinity without one."""
    if goal.threshold is None:
        return -np.inf
    met = goal.sign * goal.threshold if goal.target is None else goal.target - goal.threshold
    return float(raw_scores(model, goal, np.array([met]))[0])


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
