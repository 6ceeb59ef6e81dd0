"""The problem of dosing: sources, limits and a wanted composition, and how near doses of any size could come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from eutectic.lab_interface.stock_contents import Source

FLOOR = 2e-5
"""A worst deviation below 0.002 % of the whole is as good as none; the solver need not prove it to be the least."""
SLACK = 1e-6
"""Relative; an amount this far over its limit is on it."""
SUM_WEIGHT = 1e-3
"""What the mean deviation counts beside the worst one."""
Array = np.ndarray[Any, np.dtype[np.float64]]


class Limits(NamedTuple):
    """What a dose and a vessel may be."""

    least: int
    """Smallest dose in ticks."""
    total_low: int
    """Ticks that fill a vessel: at least so many ..."""
    total_high: int
    """... and at most so many."""
    amount_low: float = 0.0
    """Least sum of all components, in the unit of the sources."""
    amount_high: float = float("inf")


class Mix(NamedTuple):
    """Sources from an index on that are mixed beforehand, and the ticks of them together."""

    first: int
    total: int


def filled_low(limits: Limits, given: Sequence[Source]) -> float:
    """Least filling of a vessel; where something is dosed in ticks of its own, a fixed size is met to within a tick."""
    is_exact = all(source.fill == 1.0 for source in given) or limits.total_low < limits.total_high
    return float(limits.total_low - (not is_exact))


class Problem:
    """One composition to make from sources; arrays in the order of `components` and `sources`."""

    def __init__(
        self,
        wanted: Mapping[str, float],
        given: Sequence[Source],
        limits: Limits,
        needed: frozenset[str],
        mix: Mix | None = None,
    ) -> None:
        named = {name for source in given for name in source.per_tick}
        self.components = sorted(named | wanted.keys())
        self.sources = list(given)
        self.limits, self.mix = limits, mix
        self.share = np.array([wanted.get(name, 0.0) for name in self.components])
        self.matrix = np.array([[source.per_tick.get(name, 0.0) for source in given] for name in self.components])
        self.needed = [i for i, name in enumerate(self.components) if name in needed and self.share[i] > 0]
        self.strong = self.matrix.sum(axis=0)
        self.fill = np.array([source.fill for source in given])
        self.least = np.array([float(source.least or limits.least) for source in given])
        self.most = np.floor(limits.total_high / self.fill)
        """Largest dose of each source in its ticks."""
        if mix is not None:
            self.most[mix.first :] = mix.total
        self.total_low = filled_low(limits, given if mix is None else given[: mix.first])

    def worst(self, ticks: Array) -> float:
        """The worst deviation of a share from the wanted one; 1 where nothing is dosed."""
        amounts = self.matrix @ ticks
        total = amounts.sum()
        return float(np.abs(amounts / total - self.share).max()) if total > 0 else 1.0

    def score(self, many: Array) -> Array:
        """For each row of ticks: worst deviation plus a little of the mean one; infinity where a limit is broken."""
        limits = self.limits
        amounts = many @ self.matrix.T
        total = amounts.sum(axis=1)
        with np.errstate(divide="ignore", invalid="ignore"):
            miss = np.abs(amounts / total[:, None] - self.share)
        value = miss.max(axis=1) + SUM_WEIGHT * miss.mean(axis=1)
        ticks = many @ self.fill  # what is mixed beforehand fills a part of a tick each: whole together
        ticks = ticks if self.mix is None else np.round(ticks, 6)
        bad = (total <= 0) | (ticks < self.total_low) | (ticks > limits.total_high)
        bad |= ((many != 0) & (many < self.least)).any(axis=1)
        bad |= (total < limits.amount_low * (1 - SLACK)) | (total > limits.amount_high * (1 + SLACK))
        for i in self.needed:
            bad |= amounts[:, i] <= 0
        if self.mix is not None:
            bad |= many[:, self.mix.first :].sum(axis=1) != self.mix.total
        return np.where(bad, np.inf, np.nan_to_num(value, nan=np.inf))


def reach(problem: Problem, *, is_bounded: bool = True) -> tuple[Array, float]:
    """Doses of any size, however small, that come nearest, and their worst deviation.

    Solved as a linear program in amounts per amount made; without bounds only the direction counts.
    """
    from scipy.optimize import linprog

    m, n = len(problem.sources), len(problem.components)
    limits = problem.limits
    # Charnes-Cooper: x = t / S and s = 1 / S, so that shares are linear: A x, with 1'A x = 1.
    eye = np.ones((n, 1))
    rows = [
        np.hstack([problem.matrix, np.zeros((n, 1)), -eye]),
        np.hstack([-problem.matrix, np.zeros((n, 1)), -eye]),
    ]
    right = [problem.share, -problem.share]
    if is_bounded:
        fill = problem.fill[None, :]
        rows += [
            np.hstack([fill, [[-float(limits.total_high)]], [[0.0]]]),
            np.hstack([-fill, [[problem.total_low]], [[0.0]]]),
        ]
        right += [np.zeros(1), np.zeros(1)]
    low = 0.0 if limits.amount_high == float("inf") else 1.0 / limits.amount_high
    high = None if limits.amount_low <= 0 or not is_bounded else 1.0 / limits.amount_low
    scale = np.concatenate([np.zeros(m + 1), [1.0]])
    answer = linprog(
        scale,
        A_ub=np.vstack(rows),
        b_ub=np.concatenate(right),
        A_eq=np.concatenate([problem.strong, [0.0, 0.0]])[None, :],
        b_eq=[1.0],
        bounds=[(0, None)] * m + [(low if is_bounded else 0.0, high), (0, None)],
        method="highs",
    )
    if answer.x is None or answer.status != 0:
        return np.zeros(m), 1.0
    inverse = answer.x[m] if answer.x[m] > 0 else float(problem.fill @ answer.x[:m]) / limits.total_high
    ticks = answer.x[:m] / inverse if inverse > 0 else np.zeros(m)
    return ticks, max(0.0, float(answer.x[m + 1]))
