"""Objectives on the standardised scale of their models: scores to push and limits to keep."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from eutectic.core.objective import Objective
from eutectic.tools.encoding import FloatArray
from eutectic.tools.gaussian_process import PropertyModel


@dataclass(frozen=True)
class Goal:
    """One objective to push: which output it reads, and how more becomes better."""

    output: int
    sign: float
    """1 or -1; for a target the distance to `target` counts instead."""
    target: float | None
    """The wanted value on the standardised scale."""
    threshold: float | None
    """The score from which the objective counts as met."""

    def score(self, values: Any) -> Any:
        """Scores of outputs `... x m` (arrays or tensors), larger is better."""
        one = values[..., self.output]
        return self.sign * one if self.target is None else -abs(one - self.target)


@dataclass(frozen=True)
class Limit:
    """One limit to keep: positive slack breaks it."""

    output: int
    sign: float
    value: float

    def slack(self, values: Any) -> Any:
        """How far outputs `... x m` stand beyond the limit; negative keeps it."""
        return self.sign * (values[..., self.output] - self.value)


@dataclass(frozen=True)
class Goals:
    """All goals and limits of a campaign."""

    goals: tuple[Goal, ...]
    limits: tuple[Limit, ...]

    def scores(self, values: FloatArray) -> FloatArray:
        """`N x k` scores of outputs `N x m`."""
        return np.stack([goal.score(values) for goal in self.goals], axis=-1)

    def kept(self, values: FloatArray) -> Any:
        """`N` booleans: whether every limit is kept."""
        good = np.ones(values.shape[:-1], dtype=np.bool_)
        for limit in self.limits:
            good &= limit.slack(values) <= 0
        return good

    @property
    def constraints(self) -> list[Callable[[Any], Any]] | None:
        """The limits as BoTorch takes them, or None."""
        return [limit.slack for limit in self.limits] or None


def goals_of(objectives: Sequence[Objective], models: Sequence[PropertyModel]) -> Goals:
    """Goals and limits for objectives whose models stand in the same order.

    A limit against the direction of an objective to push (at most 5 while it is maximized) is kept like a constraint.
    """
    goals, limits = [], []
    for output, (objective, model) in enumerate(zip(objectives, models, strict=True)):

        def z(value: float, model: PropertyModel = model) -> float:
            return float(model.warp.forward(value))

        pushed = objective.role == "optimize"
        if pushed:
            goals.append(_goal(output, objective, z))
        elif objective.target is not None and objective.tolerance is not None:
            limits.append(Limit(output, 1.0, z(objective.target + objective.tolerance)))
            limits.append(Limit(output, -1.0, z(objective.target - objective.tolerance)))
        if objective.at_most is not None and not (pushed and objective.direction == "minimize"):
            limits.append(Limit(output, 1.0, z(objective.at_most)))
        if objective.at_least is not None and not (pushed and objective.direction == "maximize"):
            limits.append(Limit(output, -1.0, z(objective.at_least)))
    return Goals(tuple(goals), tuple(limits))


def _goal(output: int, objective: Objective, z: Callable[[float], float]) -> Goal:
    if objective.target is not None and objective.tolerance is not None:
        target = z(objective.target)
        return Goal(output, 1.0, target, -abs(z(objective.target + objective.tolerance) - target))
    sign = 1.0 if objective.direction == "maximize" else -1.0
    wanted = objective.at_least if sign > 0 else objective.at_most
    return Goal(output, sign, None, None if wanted is None else sign * z(wanted))


def pareto(scores: FloatArray) -> Any:
    """Which of `N x k` scores no other beats in every objective, as `N` booleans."""
    best = np.ones(len(scores), dtype=np.bool_)
    for i, row in enumerate(scores):
        best[i] = not ((scores >= row).all(axis=1) & (scores > row).any(axis=1)).any()
    return best


def reference_point(scores: FloatArray, thresholds: Sequence[float | None]) -> FloatArray:
    """The scores that the hypervolume is counted from: a tenth below the worst of the Pareto front.

    Rule of thumb: Ishibuchi et al., doi:10.1145/3071178.3071264 and BoTorch's default. Thresholds take its place once
    one observation meets them all.
    """
    front = scores[pareto(scores)]
    ideal, worst = front.max(axis=0), front.min(axis=0)
    span = ideal - worst
    span = np.where(span > 1e-9, span, np.maximum(ideal - scores.min(axis=0), 0.1))
    point = worst - 0.1 * span
    wanted = np.array([-np.inf if value is None else value for value in thresholds])
    met = (scores >= wanted).all(axis=1).any()
    return np.asarray(np.maximum(point, wanted - 1e-3) if met else point, dtype=np.float64)
