"""Drift of an instrument, estimated from a reference, from repeats and from residuals, with its uncertainty.

A round's readings are off by a random walk (the drift), by jumps that stay, and by a part of its own (the batch). All
are Gaussian given their sizes, and the sizes are averaged over by their marginal likelihood, so that what is not known
of them widens the result. Outliers and jumps are found one at a time by how much more likely they make the readings.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from typing import NamedTuple

import numpy as np

from eutectic.core.drift import Drift, Shift
from eutectic.core.record import significant
from eutectic.tools.encoding import FloatArray

USUAL_NOISE = 0.05
"""Relative noise that the estimate begins from; the data soon outweigh it."""
_NOISES = tuple(0.1 * 1.6**i for i in range(10))
_BATCHES = (0.0, 0.3, 0.7, 1.5)
_WALKS = (0.0, 0.05, 0.15, 0.4, 1.0, 3.0)
_SHARED = 0.5
"""Share of the surrogate's variance that the errors of one round's predictions are taken to have in common."""
_ODDS_OUTLIER, _ODDS_JUMP = 4.0, 4.5
"""Gain in log-likelihood from which a reading counts as an outlier, a round as one with a jump: 1 in 50 and 1 in 90."""
_TIE = 2.0
_FAR = 10.0
"""Size of outliers and jumps in standard deviations of a reading."""
_MOST_FAULTS = 12


class Reading(NamedTuple):
    """One measured value of one property."""

    trial: str
    round: int
    recipe: str
    value: float
    expected: float | None = None
    """What the surrogate predicted before."""
    expected_sd: float | None = None


@dataclass(frozen=True)
class _Evidence:
    """Rows of evidence on a scale on which shifts add up."""

    values: FloatArray
    """`N`."""
    rounds: FloatArray
    """`N` round numbers."""
    recipes: FloatArray
    """`N` numbers, equal for one recipe of unknown value; -1 where the value is known or predicted."""
    noise_share: FloatArray
    """`N`: variance of a row in variances of one reading."""
    extra: FloatArray
    """`N`: variance beside the noise."""
    trials: tuple[str, ...]


@dataclass(frozen=True)
class _Faults:
    outliers: tuple[int, ...] = ()
    jumps: tuple[int, ...] = ()


@dataclass(frozen=True)
class _Sizes:
    noise: float
    batch: float
    walk: float
    weight: float = field(default=0.0)
    """Logarithm of likelihood times prior."""


class _Shifts(NamedTuple):
    means: FloatArray
    """`B`, one a round."""
    sds: FloatArray
    noise: float
    level_sd: float
    """Standard deviation of the mean of all shifts."""


def estimate_drift(name: str, readings: Sequence[Reading], certified: Mapping[str, float] | None = None) -> Drift:
    """The shift of every round in which something was read.

    Args:
        name: The property.
        readings: Usable readings of all rounds, in order.
        certified: Known true values by recipe; without one shifts count from the first round.
    """
    known = dict(certified or {})
    is_ratio = all(r.value > 0 and (r.expected is None or r.expected > 0) for r in readings)
    is_ratio = is_ratio and all(value > 0 for value in known.values())
    unit = 1.0 if is_ratio else _unit([r.value for r in readings])
    evidence = _evidence(readings, known, is_ratio, unit)
    rounds = np.array(sorted({r.round for r in readings}), dtype=np.float64)
    start = float(rounds[0]) if not known else float(rounds[0]) - 1
    faults, sizes = _Faults(), _weighed(evidence, _Faults(), start)
    for _ in range(_MOST_FAULTS):
        more = _next_fault(evidence, faults, sizes[0], start)
        if more is None:
            break
        faults, sizes = more, _weighed(evidence, more, start)
    found = _shifts(evidence, faults, sizes, rounds, start)
    return Drift(
        property=name,
        scale="ratio" if is_ratio else "difference",
        noise=significant(found.noise * unit, 6),
        level_sd=significant(found.level_sd * unit, 6),
        shifts=tuple(
            Shift(round=int(number), shift=significant(float(m) * unit, 6), sd=significant(float(s) * unit, 6))
            for number, m, s in zip(rounds, found.means, found.sds, strict=True)
        ),
        outliers=tuple(evidence.trials[i] for i in sorted(faults.outliers) if evidence.trials[i]),
        jumps=tuple(sorted(faults.jumps)),
    )


def _unit(values: Sequence[float]) -> float:
    """The size of usual values, in which differences are counted."""
    found = float(np.median(np.abs(values)))
    return found if found > 1e-100 and found > 1e-9 * max(map(abs, values)) else max(max(map(abs, values)), 1e-100)


def _evidence(readings: Sequence[Reading], known: Mapping[str, float], is_ratio: bool, unit: float) -> _Evidence:
    """Repeats and certified values one by one, the other readings against their predictions, a row a round."""
    scale = (lambda value: math.log(value)) if is_ratio else (lambda value: value / unit)
    counts = Counter(r.recipe for r in readings)
    numbers = {recipe: float(i) for i, recipe in enumerate(dict.fromkeys(r.recipe for r in readings))}
    rows: list[tuple[float, float, float, float, float, str]] = []
    predicted: dict[int, list[tuple[float, float]]] = {}
    for r in readings:
        if r.recipe in known:
            rows.append((scale(r.value) - scale(known[r.recipe]), r.round, -1.0, 1.0, 0.0, r.trial))
        elif counts[r.recipe] > 1:
            rows.append((scale(r.value), r.round, numbers[r.recipe], 1.0, 0.0, r.trial))
        elif r.expected is not None and r.expected_sd is not None:
            sd = r.expected_sd / (abs(r.expected) if is_ratio else unit)
            predicted.setdefault(r.round, []).append((scale(r.value) - scale(r.expected), sd))
    for number, pairs in predicted.items():
        rows.append(_residual_row(pairs, number))
    columns = list(zip(*rows, strict=True)) if rows else [()] * 6
    values, rounds, recipes, share, extra = (np.array(column, dtype=np.float64) for column in columns[:5])
    return _Evidence(values, rounds, recipes, share, extra, tuple(columns[5]))


def _residual_row(pairs: Sequence[tuple[float, float]], number: int) -> tuple[float, float, float, float, float, str]:
    """The mean residual of a round without those far from the middle, and how far it may be off."""
    middle = float(np.median([residual for residual, _ in pairs]))
    kept = [(r, sd) for r, sd in pairs if abs(r - middle) <= 4 * math.hypot(USUAL_NOISE, sd)] or list(pairs)
    n, variance = len(kept), float(np.mean([sd**2 for _, sd in kept]))
    mean = float(np.mean([residual for residual, _ in kept]))
    return mean, float(number), -1.0, 1 / n, variance * (_SHARED + (1 - _SHARED) / n), ""


def _covariance(e: _Evidence, faults: _Faults, sizes: _Sizes, start: float) -> FloatArray:
    """`N x N` of the rows."""
    own = sizes.noise**2 * e.noise_share + e.extra
    own[list(faults.outliers)] += (_FAR * sizes.noise) ** 2
    same = (e.recipes[:, None] == e.recipes[None, :]) & (e.recipes[:, None] >= 0)
    level = (100 * USUAL_NOISE) ** 2
    found: FloatArray = _shift_covariance(e.rounds, e.rounds, faults, sizes, start) + level * same + np.diag(own)
    return found


def _shift_covariance(a: FloatArray, b: FloatArray, faults: _Faults, sizes: _Sizes, start: float) -> FloatArray:
    """Of the shifts of rounds `a` with those of rounds `b`."""
    steps = np.minimum(a[:, None], b[None, :]) - start
    found: FloatArray = sizes.walk**2 * steps + sizes.batch**2 * (a[:, None] == b[None, :])
    for jump in faults.jumps:
        found += (_FAR * sizes.noise) ** 2 * ((a[:, None] >= jump) & (b[None, :] >= jump))
    return found


def _weighed(e: _Evidence, faults: _Faults, start: float) -> list[_Sizes]:
    """Sizes of noise, batch and walk on a grid with their weights, the heaviest first."""
    found = []
    for share, batch, walk in product(_NOISES, _BATCHES, _WALKS):
        noise = share * USUAL_NOISE
        sizes = _Sizes(noise, batch * noise, walk * noise)
        weight = -0.5 * (math.log(share) / 1.2) ** 2 - walk
        if len(e.values):
            factor = np.linalg.cholesky(
                _covariance(e, faults, sizes, start) + 1e-12 * USUAL_NOISE**2 * np.eye(len(e.values))
            )
            half = np.linalg.solve(factor, e.values - _level(e))
            weight += -0.5 * float(half @ half) - float(np.log(np.diag(factor)).sum())
        found.append(replace(sizes, weight=weight))
    return sorted(found, key=lambda item: -item.weight)


def _level(e: _Evidence) -> FloatArray:
    """`N`: the mean of each recipe's rows, which keeps numbers small; 0 where the value is known."""
    found = np.zeros(len(e.values))
    for recipe in np.unique(e.recipes[e.recipes >= 0]):
        found[e.recipes == recipe] = e.values[e.recipes == recipe].mean()
    return found


def _next_fault(e: _Evidence, faults: _Faults, sizes: _Sizes, start: float) -> _Faults | None:
    """The outlier or jump that makes the readings likelier by most, where one is worth it.

    Where one reading alone tells of both, both are allowed for: the next round tells them apart.
    """
    if len(e.values) < 3:
        return None
    inverse = np.linalg.inv(_covariance(e, faults, sizes, start))
    pull = inverse @ (e.values - _level(e))
    size = (_FAR * sizes.noise) ** 2
    single = np.array([_gain(size, inverse[i, i], pull[i]) for i in range(len(pull))]) - _ODDS_OUTLIER
    single[list(faults.outliers)] = -np.inf
    rounds = [int(b) for b in np.unique(e.rounds)[1:] if int(b) not in faults.jumps]
    steps = [(e.rounds >= b).astype(np.float64) for b in rounds]
    jumps = np.array([_gain(size, float(h @ inverse @ h), float(pull @ h)) for h in steps]) - _ODDS_JUMP
    best, jump = int(np.argmax(single)), int(np.argmax(jumps)) if len(jumps) else -1
    high = jumps[jump] if len(jumps) else -np.inf
    if max(single[best], high) <= 0:
        return None
    takes_outlier = single[best] > high - (_TIE if high > 0 and _tells_alone(e, best, rounds, jump) else 0)
    takes_jump = high > 0 and high > single[best] - (_TIE if _tells_alone(e, best, rounds, jump) else 0)
    return _Faults(
        (*faults.outliers, best) if takes_outlier else faults.outliers,
        (*faults.jumps, rounds[jump]) if takes_jump else faults.jumps,
    )


def _tells_alone(e: _Evidence, row: int, rounds: Sequence[int], jump: int) -> bool:
    """Whether a row is of the last round with evidence, in which the jump would be."""
    return jump >= 0 and e.rounds[row] == rounds[jump] == e.rounds.max()


def _gain(size: float, precision: float, pull: float) -> float:
    """Gain in log-likelihood from a variance that is added along one direction (a rank-one update)."""
    grown = 1 + size * precision
    return -0.5 * math.log(grown) + 0.5 * size * pull**2 / grown


def _shifts(e: _Evidence, faults: _Faults, grid: Sequence[_Sizes], rounds: FloatArray, start: float) -> _Shifts:
    """The shifts and the noise, averaged over the grid."""
    weights = np.exp(np.array([item.weight for item in grid]) - grid[0].weight)
    kept = [(item, w) for item, w in zip(grid, weights / weights.sum(), strict=True) if w > 1e-3]
    total = sum(w for _, w in kept)
    n = len(rounds)
    mean, second, noise = np.zeros(n), np.zeros((n, n)), 0.0
    for sizes, weight in kept:
        covariance = _shift_covariance(rounds, rounds, faults, sizes, start)
        at = np.zeros(n)
        if len(e.values):
            cross = _shift_covariance(rounds, e.rounds, faults, sizes, start)
            solved = np.linalg.solve(_covariance(e, faults, sizes, start), np.c_[e.values - _level(e), cross.T])
            at = cross @ solved[:, 0]
            covariance = covariance - cross @ solved[:, 1:]
        share = weight / total
        mean += share * at
        second += share * (covariance + np.outer(at, at))
        noise += share * sizes.noise**2
    spread = second - np.outer(mean, mean)
    sds: FloatArray = np.sqrt(np.maximum(np.diag(spread), 0.0))
    return _Shifts(mean, sds, math.sqrt(noise), math.sqrt(max(0.0, float(spread.mean()))))
