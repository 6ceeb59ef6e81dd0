"""Counterfactual campaigns on a campaign's own trials: in which order would other arms have made the same experiments?

Each arm starts from the same few trials and picks the next among those that were made, whose values are known. It tells
how soon the best of them would have come, nothing of recipes that no arm measured; and the trials were chosen by one of
the arms, which favours that one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from eutectic.core.record import Record, significant
from eutectic.tools.quick_gp import quick_gp
from eutectic.tools.warp import fit_warp

FloatArray = NDArray[np.float64]
_STARTS = 3
_MOST = 80
_NEAR_BEST = 0.05


class Replayed(Record):
    """Mean experiments until one comes within 5 % of the range from the best that was measured, by arm."""

    trials: int
    replays: int
    random: float
    plain: float
    knowledge: float
    shuffled: float
    saved: tuple[float, float, float]
    """Experiments that knowledge saved against the plain surrogate, with a paired 95 % bootstrap interval."""


class _Arm(NamedTuple):
    known: FloatArray
    slopes: Sequence[tuple[float, float]]


def replay_own(
    features: FloatArray,
    scores: FloatArray,
    known: FloatArray,
    placebo: FloatArray,
    slopes: Sequence[tuple[float, float]],
    replays: int = 12,
) -> Replayed | None:
    """Replays on `N` trials; None with fewer than ten.

    Args:
        features: `N x d` plain features.
        scores: `N` values turned so that more is better.
        known: `N x t` knowledge, turned likewise.
        placebo: `N x t` shuffled knowledge.
        slopes: Prior of each slope.
        replays: How many, each with other starts.
    """
    if len(scores) < 10 or float(np.ptp(scores)) == 0.0:
        return None
    if len(scores) > _MOST:
        kept = np.sort(np.random.default_rng(0).choice(len(scores), _MOST, replace=False))
        kept = np.unique(np.append(kept, scores.argmax()))
        features, scores, known, placebo = features[kept], scores[kept], known[kept], placebo[kept]
    arms = (_Arm(np.zeros((len(scores), 0)), ()), _Arm(known, slopes), _Arm(placebo, slopes))
    goal = scores.max() - _NEAR_BEST * np.ptp(scores)
    found = []
    for seed in range(replays):
        order = np.random.default_rng([seed, 23]).permutation(len(scores))
        row = [int(np.flatnonzero(scores[order] >= goal)[0]) + 1]
        row += [_until(features, scores, arm, order[:_STARTS].tolist(), goal) for arm in arms]
        found.append(row)
    table = np.array(found, dtype=np.float64)
    saved = table[:, 1] - table[:, 2]
    draws = saved[np.random.default_rng(0).integers(replays, size=(2000, replays))].mean(axis=1)
    low, high = np.quantile(draws, [0.025, 0.975])
    means = [significant(float(v), 3) for v in table.mean(axis=0)]
    return Replayed(
        trials=len(scores),
        replays=replays,
        random=means[0],
        plain=means[1],
        knowledge=means[2],
        shuffled=means[3],
        saved=(significant(float(saved.mean()), 3), significant(float(low), 3), significant(float(high), 3)),
    )


def _until(features: FloatArray, scores: FloatArray, arm: _Arm, start: list[int], goal: float) -> int:
    """Experiments until the goal is reached."""
    from scipy.special import ndtr

    seen = list(start)
    while scores[seen].max() < goal:
        rest = np.setdiff1d(np.arange(len(scores)), seen)
        standard = fit_warp(scores[seen]).forward(scores[seen])
        model = quick_gp(features[seen], standard, arm.known[seen], arm.slopes)
        mean, sd = model.predict(features[rest], arm.known[rest])
        z = (mean - standard.max()) / sd
        worth = sd * (z * ndtr(z) + np.exp(-0.5 * z**2) / np.sqrt(2 * np.pi))
        seen.append(int(rest[int(np.argmax(worth))]))
    return len(seen)
