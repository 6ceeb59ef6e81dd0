"""Drift of an instrument, estimated from a reference, from repeats and from residuals, with its uncertainty."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from eutectic.core.drift import Drift, Shift
from eutectic.core.record import significant
from eutectic.tools.drift_model import Evidence, Places
from eutectic.tools.drift_search import infer_shifts

USUAL_NOISE = 0.05
"""Relative noise of a reading where the instrument states none; the data soon outweigh it."""
_STATED = 1.5
"""Times the uncertainty an instrument states that repeats are expected to scatter: it seldom knows all of it."""
_SHARED = 0.5
"""Share of the surrogate's variance that the errors of one round's predictions are taken to have in common."""
_IS = 0.5
"""Probability from which a reading is named an outlier, a round one with a jump."""
_ENOUGH = 3
"""Readings of references and repeats from which the noise is learned before predictions are weighed against it."""


class Reading(NamedTuple):
    """One measured value of one property."""

    trial: str
    round: int
    recipe: str
    value: float
    expected: float | None = None
    """What the surrogate predicted before."""
    expected_sd: float | None = None
    sd: float | None = None
    """Standard uncertainty that the instrument states."""
    is_drawn: bool = False
    """Whether its recipe was drawn before anything was known, and so is as good as that of any other such reading."""
    hours: float | None = None
    """When it was read, on the lab's clock."""


class _Row(NamedTuple):
    value: float
    round: int
    time: float
    """Counted in rounds."""
    recipe: float
    variance: float
    """Beside the noise of the reading, on the scale of the shifts."""
    share: float
    """Variance in variances of one reading."""
    trial: str


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
    rounds = np.array(sorted({r.round for r in readings}), dtype=np.float64)
    times = _times(readings)
    start = min(times.values()) - (1.0 if known else 0.0)
    usual = _usual(readings, is_ratio, unit)
    repeats, others = _rows(readings, times, known, is_ratio, unit)
    usual_times = _usual_times(readings, times)
    others = [row._replace(time=usual_times[row.round]) for row in others]
    places = Places(rounds, np.array([usual_times[int(number)] for number in rounds]))
    noise = usual
    if len(repeats) >= _ENOUGH and others:
        noise = infer_shifts(_evidence(repeats, start, usual, usual), places).noise
    evidence = _evidence([*repeats, *others], start, usual, noise)
    found = infer_shifts(evidence, places)
    return Drift(
        property=name,
        scale="ratio" if is_ratio else "difference",
        noise=significant(found.noise * unit, 6),
        level_sd=significant(found.level_sd * unit, 6),
        freedom=significant(found.freedom, 6),
        shifts=tuple(
            Shift(round=int(number), shift=significant(float(m) * unit, 6), sd=significant(float(s) * unit, 6))
            for number, m, s in zip(rounds, found.means, found.sds, strict=True)
        ),
        outliers=tuple(evidence.trials[i] for i, chance in sorted(found.outliers.items()) if chance > _IS),
        jumps=tuple(number for number, chance in sorted(found.jumps.items()) if chance > _IS),
    )


def interval(drift: Drift, value: float, round: int, share: float = 0.9) -> tuple[float, float]:
    """The interval that holds the true value of a reading with probability `share`; of width 0 at 0, its middle.

    On the scale on which shifts add up.
    """
    shift = next((one for one in drift.shifts if one.round == round), Shift(round=round, shift=0.0, sd=0.0))
    half = half_width(drift, math.hypot(drift.noise, shift.sd), share)
    if drift.scale == "ratio":
        return value * math.exp(-shift.shift - half), value * math.exp(-shift.shift + half)
    return value - shift.shift - half, value - shift.shift + half


def half_width(drift: Drift, sd: float, share: float = 0.9) -> float:
    """Half of the interval of a standard uncertainty, by Student's t with the drift's degrees of freedom."""
    from scipy.stats import norm, t

    place = 0.5 + share / 2
    return float(norm.ppf(place) if drift.freedom is None else t.ppf(place, drift.freedom)) * sd


def _unit(values: Sequence[float]) -> float:
    """The size of usual values, in which differences are counted."""
    found = float(np.median(np.abs(values)))
    return found if found > 1e-100 and found > 1e-9 * max(map(abs, values)) else max(max(map(abs, values)), 1e-100)


def _usual(readings: Sequence[Reading], is_ratio: bool, unit: float) -> float:
    """The noise that is expected before repeats tell."""
    stated = [r.sd / (r.value if is_ratio else unit) for r in readings if r.sd]
    return max(_STATED * float(np.median(stated)), 1e-6) if stated else USUAL_NOISE


def _times(readings: Sequence[Reading]) -> dict[str, float]:
    """When each was read, in rounds: its round, and how far from the middle of it where the lab's clock tells."""
    by_round: dict[int, list[Reading]] = {}
    for reading in readings:
        by_round.setdefault(reading.round, []).append(reading)
    middles = {
        number: float(np.mean([r.hours for r in found if r.hours is not None]))
        for number, found in by_round.items()
        if any(r.hours is not None for r in found)
    }
    lasted = float(np.median(np.diff(list(middles.values())))) if len(middles) > 1 else 0.0
    return {
        r.trial: r.round
        if r.hours is None or lasted <= 0
        else r.round + min(0.5, max(-0.5, (r.hours - middles[r.round]) / lasted))
        for r in readings
    }


def _usual_times(readings: Sequence[Reading], times: Mapping[str, float]) -> dict[int, float]:
    """When the readings of each round that stand alone were made: those that a shift is for."""
    counts = Counter(r.recipe for r in readings)
    found: dict[int, list[float]] = {}
    alone: dict[int, list[float]] = {}
    for r in readings:
        found.setdefault(r.round, []).append(times[r.trial])
        if counts[r.recipe] == 1:
            alone.setdefault(r.round, []).append(times[r.trial])
    return {number: float(np.mean(alone.get(number, here))) for number, here in found.items()}


def _rows(
    readings: Sequence[Reading], times: Mapping[str, float], known: Mapping[str, float], is_ratio: bool, unit: float
) -> tuple[list[_Row], list[_Row]]:
    """Repeats and certified values one by one; of the other readings of a round one row of those with a prediction,
    one of those that were drawn."""
    scale = (lambda value: math.log(value)) if is_ratio else (lambda value: value / unit)
    counts = Counter(r.recipe for r in readings)
    numbers = {recipe: float(i) for i, recipe in enumerate(dict.fromkeys(r.recipe for r in readings), start=2)}
    rows: list[_Row] = []
    predicted, drawn = dict[int, list[tuple[float, float]]](), dict[int, list[float]]()
    for r in readings:
        if r.recipe in known:
            rows.append(_Row(scale(r.value) - scale(known[r.recipe]), r.round, times[r.trial], -1.0, 0.0, 1.0, r.trial))
        elif counts[r.recipe] > 1:
            rows.append(_Row(scale(r.value), r.round, times[r.trial], numbers[r.recipe], 0.0, 1.0, r.trial))
        elif r.expected is not None and r.expected_sd is not None:
            sd = r.expected_sd / (abs(r.expected) if is_ratio else unit)
            predicted.setdefault(r.round, []).append((scale(r.value) - scale(r.expected), sd))
        elif r.is_drawn:
            drawn.setdefault(r.round, []).append(scale(r.value))
    return rows, [*(_residual_row(pairs, number) for number, pairs in predicted.items()), *_drawn_rows(drawn)]


def _drawn_rows(drawn: Mapping[int, Sequence[float]]) -> list[_Row]:
    """The mean of the recipes drawn in a round, as sure as recipes within one round are alike."""
    squares = sum((v - float(np.mean(values))) ** 2 for values in drawn.values() for v in values)
    freedom = sum(len(values) - 1 for values in drawn.values())
    if freedom < _ENOUGH:
        return []
    spread = squares / freedom
    return [
        _Row(float(np.mean(values)), number, number, 1.0, spread / len(values), 0.0, "")
        for number, values in drawn.items()
    ]


def _residual_row(pairs: Sequence[tuple[float, float]], number: int) -> _Row:
    """The mean residual of a round without those far from the middle, and how far it may be off.

    All of them share one unknown level: recipes are chosen where the surrogate promises much, so it promises too much.
    """
    middle = float(np.median([residual for residual, _ in pairs]))
    kept = [(r, sd) for r, sd in pairs if abs(r - middle) <= 4 * math.hypot(USUAL_NOISE, sd)] or list(pairs)
    n, variance = len(kept), float(np.mean([sd**2 for _, sd in kept]))
    mean = float(np.mean([residual for residual, _ in kept]))
    return _Row(mean, number, number, 0.0, variance * (_SHARED + (1 - _SHARED) / n), 1 / n, "")


def _evidence(rows: Sequence[_Row], start: float, usual: float, noise: float) -> Evidence:
    values, rounds, times, recipes = (np.array([row[i] for row in rows], dtype=np.float64) for i in range(4))
    for recipe in np.unique(recipes[recipes >= 0]):
        values[recipes == recipe] -= values[recipes == recipe].mean()
    variances = np.array([row.share + row.variance / noise**2 for row in rows], dtype=np.float64)
    return Evidence(values, rounds, times, recipes, variances, tuple(row.trial for row in rows), start, usual)
