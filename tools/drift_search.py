"""Shifts of an instrument, averaged over which readings are outliers, where it jumps and how much it moves.

Sets of outliers and jumps are searched best first and averaged within Occam's window; none is chosen.

.. [Madigan1994] doi:10.1080/01621459.1994.10476894, averaging over the models of Occam's window.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from eutectic.tools.drift_model import (
    JUMP,
    LOG_JUMP,
    LOG_OUTLIER,
    OUTLIER,
    SIZES,
    Evidence,
    Faults,
    Fit,
    Places,
    direction,
    fit,
    freedom_of_noise,
    log_weights,
    noise_variance,
    shift_covariance,
)
from eutectic.tools.encoding import FloatArray

_WINDOW = 5.0
"""Hypotheses whose logarithm of probability is further below the best are left out: less likely than 1 to 150."""
_MOST_KEPT, _MOST_OPENED, _LEAST_OPENED = 16, 40, 12
_ROWS_OPENED = 4000
"""Rows times opened hypotheses that a long history is searched with."""
_SLIGHT = 1e-3
"""Pairs of hypothesis and sizes less likely than this are left out of averages."""


class Shifts(NamedTuple):
    """What the evidence says, averaged over hypotheses and sizes."""

    means: FloatArray
    """`B`, one a round."""
    sds: FloatArray
    """`B` standard uncertainties."""
    noise: float
    """Standard uncertainty of one reading within a round."""
    freedom: float
    """Degrees of freedom of all of them."""
    level_sd: float
    """Standard uncertainty of the mean of all shifts."""
    outliers: dict[int, float]
    """Probability of being an outlier by row, where it is not negligible."""
    jumps: dict[int, float]
    """Probability of a jump by round, where it is not negligible."""


def infer_shifts(evidence: Evidence, places: Places) -> Shifts:
    """The shifts at `B` places."""
    found = _search(evidence)
    weights = np.exp(np.stack([item for _, item in found]) - max(float(item.max()) for _, item in found))
    return _averaged(evidence, places, [faults for faults, _ in found], weights / weights.sum())


def _search(e: Evidence) -> list[tuple[Faults, FloatArray]]:
    """Hypotheses with the logarithms of their weights by sizes, best first: Occam's window of [Madigan1994]_."""
    last = Faults(), fit(e, Faults())
    known = {last[0]: log_weights(e, last[1])}
    opened = set[Faults]()
    most = max(_LEAST_OPENED, min(_MOST_OPENED, _ROWS_OPENED // max(1, len(e.values))))
    while len(opened) < most:
        following = next((faults for faults, _ in _kept(known) if faults not in opened), None)
        if following is None:
            break
        opened.add(following)
        last = following, _fitted(e, following, *last)
        known.update(_children(e, *last))
    return _kept(known)


def _kept(known: dict[Faults, FloatArray]) -> list[tuple[Faults, FloatArray]]:
    scores = {faults: float(np.logaddexp.reduce(item)) for faults, item in known.items()}
    best = max(scores.values())
    near = [faults for faults, score in scores.items() if score >= best - _WINDOW]
    near.sort(key=lambda faults: (-scores[faults], sorted(faults.outliers), sorted(faults.jumps)))
    return [(faults, known[faults]) for faults in near[:_MOST_KEPT]]


def _fitted(e: Evidence, wanted: Faults, last: Faults, known: Fit) -> Fit:
    """The fit of a hypothesis: by one update where it has one fault more than the last, else anew."""
    outliers, jumps = wanted.outliers - last.outliers, wanted.jumps - last.jumps
    if not (last.outliers <= wanted.outliers and last.jumps <= wanted.jumps) or len(outliers) + len(jumps) > 1:
        return fit(e, wanted)
    if not outliers and not jumps:
        return known
    along, size = direction(e, next(iter(outliers), None), next(iter(jumps), None))
    pulled = known.inverses @ along
    grown = 1 + size * (pulled @ along)
    inverses = known.inverses - (size / grown)[:, None, None] * pulled[:, :, None] * pulled[:, None, :]
    return _grown(Fit(inverses, known.log_determinants, known.squares), size * (pulled @ e.values) ** 2, grown)


def _grown(known: Fit, pulled: FloatArray, grown: FloatArray) -> Fit:
    least = 1e-12 * known.squares
    return Fit(
        known.inverses, known.log_determinants + np.log(grown), np.maximum(known.squares - pulled / grown, least)
    )


def _children(e: Evidence, faults: Faults, known: Fit) -> dict[Faults, FloatArray]:
    """Every hypothesis with one more fault, by updates of rank one."""
    rows = [i for i in range(len(e.values)) if i not in faults.outliers and e.trials[i]]
    rounds = [b for b in _jump_rounds(e) if b not in faults.jumps]
    steps = np.array([(e.rounds >= b) for b in rounds], dtype=np.float64).reshape(len(rounds), len(e.values))
    pulls = known.inverses @ e.values
    stepped = known.inverses @ steps.T
    precisions = [np.diagonal(known.inverses, axis1=1, axis2=2)[:, rows], np.einsum("hib,bi->hb", stepped, steps)]
    sizes = np.array([OUTLIER**2] * len(rows) + [JUMP**2] * len(rounds))
    grown = 1 + sizes * np.concatenate(precisions, axis=1)
    pulled = sizes * np.concatenate([pulls[:, rows], pulls @ steps.T], axis=1) ** 2
    whole = Fit(known.inverses, known.log_determinants[:, None], known.squares[:, None])
    prior = len(faults.outliers) * LOG_OUTLIER + len(faults.jumps) * LOG_JUMP
    weights = log_weights(e, _grown(whole, pulled, grown)) + prior
    more = [Faults(faults.outliers | {row}, faults.jumps) for row in rows]
    more += [Faults(faults.outliers, faults.jumps | {number}) for number in rounds]
    odds = [LOG_OUTLIER] * len(rows) + [LOG_JUMP] * len(rounds)
    return {item: weights[:, place] + odds[place] for place, item in enumerate(more)}


def _jump_rounds(e: Evidence) -> list[int]:
    """Rounds that a jump may come before: any but the first, and that too where a true value is known."""
    rounds = [int(b) for b in np.unique(e.rounds)]
    return rounds if (e.recipes < 0).any() else rounds[1:]


@dataclass
class _Sum:
    """Moments of the shifts and of the noise, summed over hypotheses and sizes."""

    mean: FloatArray
    second: FloatArray
    variance: float = 0.0
    weight: float = 0.0

    def add(self, weight: float, at: FloatArray, covariance: FloatArray, variance: float) -> None:
        self.mean += weight * at
        self.second += weight * (covariance + np.outer(at, at))
        self.variance += weight * variance
        self.weight += weight


def _averaged(e: Evidence, places: Places, hypotheses: list[Faults], weights: FloatArray) -> Shifts:
    found = _Sum(np.zeros(len(places.rounds)), np.zeros((len(places.rounds), len(places.rounds))))
    outliers, jumps = dict[int, float](), dict[int, float]()
    for faults, by_size in zip(hypotheses, weights, strict=True):
        for row in faults.outliers:
            outliers[row] = outliers.get(row, 0.0) + float(by_size.sum())
        for jump in faults.jumps:
            jumps[jump] = jumps.get(jump, 0.0) + float(by_size.sum())
        sizes = np.flatnonzero(by_size > _SLIGHT * weights.max()).tolist()
        if sizes:
            _add(e, places, faults, {size: float(by_size[size]) for size in sizes}, found)
    mean = found.mean / found.weight
    spread = found.second / found.weight - np.outer(mean, mean)
    sds: FloatArray = np.sqrt(np.maximum(np.diag(spread), 0.0))
    level = math.sqrt(max(0.0, float(spread.mean())))
    return Shifts(mean, sds, math.sqrt(found.variance / found.weight), freedom_of_noise(e), level, outliers, jumps)


def _add(e: Evidence, places: Places, faults: Faults, weights: dict[int, float], found: _Sum) -> None:
    """The shifts under one hypothesis and some sizes, with their weights."""
    known = fit(e, faults, list(weights))
    for i, (size, weight) in enumerate(weights.items()):
        cross = shift_covariance(places, Places(e.rounds, e.times), faults, SIZES[size], e.start)
        gain = cross @ known.inverses[i]
        unit = noise_variance(e, float(known.squares[i]))
        left = shift_covariance(places, places, faults, SIZES[size], e.start) - gain @ cross.T
        found.add(weight, gain @ e.values, unit * left, unit)
