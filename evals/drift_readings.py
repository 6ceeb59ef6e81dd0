"""Whether corrected values and their intervals hold on made readings: coverage, error, false alarms and power."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from eutectic.agents.report.intervals import Z_90
from eutectic.core.drift import Drift
from eutectic.core.record import Record
from eutectic.evals.drift_cases import REFERENCE, Case, Truth, certified_values, made
from eutectic.tools.control_chart import control_chart
from eutectic.tools.drift import Reading, estimate_drift, interval

SHARES = (0.5, 0.8, 0.9, 0.95)
BANDS = {0.5: (0.445, 0.578), 0.8: (0.738, 0.873), 0.9: (0.85, 0.95), 0.95: (0.914, 0.98)}
"""Where the coverage of intervals must lie: 0.85 to 0.95 for 90 % ones is a standard deviation 12 % too small to 19 %
too large, and so are the others."""
CHANCE = 2.0
"""Standard errors between campaigns by which chance may put a coverage outside its band."""
MOST_LOST = 1.06
"""Times the error of values as measured that the corrected ones may have where there is nothing to correct."""


class Kept(Record):
    """One case over all seeds; errors of means are those between campaigns."""

    case: str
    seeds: int
    values: int
    is_normal: bool
    """Whether the noise is normal."""
    coverage: tuple[float, ...]
    """Of intervals of 50, 80, 90 and 95 %."""
    coverage_se: tuple[float, ...]
    raw_coverage: float
    """Of 90 % intervals around values as measured, with the scatter of the reference for a standard deviation."""
    error: tuple[float, float]
    """Root mean square error: corrected, as measured."""
    gain_se: float
    """Standard error of the difference of the mean squares."""
    jumps: tuple[int, int, int]
    """Jumps of at least four standard deviations: found within a round, made, and named where there was none."""
    outliers: tuple[int, int, int]
    """Outliers among references: found, made, and named where there was none."""
    signals: tuple[int, int]
    """Charts' signals at references, and references."""

    @property
    def is_covered(self) -> bool:
        """Whether every coverage lies in its band; that of 50 % intervals is asked of normal noise alone."""
        shares = [s for s in SHARES if s > 0.5 or self.is_normal]
        return all_covered(shares, self.coverage[-len(shares) :], self.coverage_se[-len(shares) :])

    @property
    def is_no_worse(self) -> bool:
        """Whether the correction does not make values worse, beyond what chance or a small premium explains."""
        corrected, raw = self.error
        return corrected <= MOST_LOST * raw or corrected**2 - raw**2 <= 2 * self.gain_se


class _Campaign(NamedTuple):
    hits: tuple[float, ...]
    raw_hits: float
    squares: tuple[float, float]
    values: int
    jumps: tuple[int, int, int]
    outliers: tuple[int, int, int]
    signals: tuple[int, int]


def all_covered(shares: Sequence[float], coverage: Sequence[float], errors: Sequence[float]) -> bool:
    """Whether each coverage lies in its band, or so little outside that chance explains it."""
    return all(
        BANDS[share][0] - CHANCE * se <= held <= BANDS[share][1] + CHANCE * se
        for share, held, se in zip(shares, coverage, errors, strict=True)
    )


def run_cases(cases: Mapping[str, Case], seeds: Sequence[int]) -> list[Kept]:
    """Each case over all seeds: one campaign a seed, judged at its end."""
    return [_kept(name, case, [_campaign(case, seed, name) for seed in seeds]) for name, case in cases.items()]


def _kept(name: str, case: Case, found: Sequence[_Campaign]) -> Kept:
    n = len(found)
    hits = np.array([one.hits for one in found])
    corrected, raw = (np.array([one.squares[i] for one in found]) for i in range(2))
    return Kept(
        case=name,
        seeds=n,
        values=sum(one.values for one in found),
        is_normal=case.is_normal,
        coverage=tuple(round(float(c), 4) for c in hits.mean(axis=0)),
        coverage_se=tuple(round(float(c), 4) for c in hits.std(axis=0, ddof=1) / math.sqrt(n)),
        raw_coverage=round(float(np.mean([one.raw_hits for one in found])), 4),
        error=(round(math.sqrt(corrected.mean()), 5), round(math.sqrt(raw.mean()), 5)),
        gain_se=round(float((corrected - raw).std(ddof=1) / math.sqrt(n)), 8),
        jumps=_sum([one.jumps for one in found]),
        outliers=_sum([one.outliers for one in found]),
        signals=_sum([(*one.signals, 0) for one in found])[:2],
    )


def _sum(rows: Sequence[tuple[int, int, int]]) -> tuple[int, int, int]:
    a, b, c = (sum(column) for column in zip(*rows, strict=True))
    return a, b, c


def _campaign(case: Case, seed: int, name: str) -> _Campaign:
    readings, truths = made(case, seed, name)
    drift = estimate_drift("y", readings, certified_values(case))
    references = [r for r in readings if r.recipe == REFERENCE]
    scatter = _scatter(references, case)
    hits, raw_hits, squares, raw_squares = [], [], [], []
    for reading, truth in zip(readings, truths, strict=True):
        if reading.recipe == REFERENCE or truth.is_wrong:
            continue
        hits.append([_holds(interval(drift, reading.value, reading.round, share), truth.value) for share in SHARES])
        middle = interval(drift, reading.value, reading.round, 0.0)[0]
        squares.append(_off(case, middle, truth) ** 2)
        raw = _off(case, reading.value, truth)
        raw_squares.append(raw**2)
        raw_hits.append(abs(raw) <= Z_90 * scatter)
    points = control_chart([r.value for r in references])
    return _Campaign(
        tuple(np.mean(hits, axis=0)),
        float(np.mean(raw_hits)),
        (float(np.mean(squares)), float(np.mean(raw_squares))),
        len(hits),
        _jumps(drift, readings, truths, case),
        _outliers(drift, readings, truths),
        (sum(bool(point.signals) for point in points), len(points)),
    )


def _holds(bounds: tuple[float, float], value: float) -> bool:
    return bounds[0] <= value <= bounds[1]


def _off(case: Case, value: float, truth: Truth) -> float:
    return value - truth.value if case.is_signed else math.log(value / truth.value)


def _scatter(references: Sequence[Reading], case: Case) -> float:
    values = np.array([r.value if case.is_signed else math.log(r.value) for r in references])
    return float(values.std(ddof=1))


def _jumps(drift: Drift, readings: Sequence[Reading], truths: Sequence[Truth], case: Case) -> tuple[int, int, int]:
    """Steps of the shift of at least four standard deviations of noise and batch, and what was named."""
    shifts = {reading.round: truth.shift for reading, truth in zip(readings, truths, strict=True)}
    least = 4 * math.hypot(case.noise, case.batch)
    true = [b for b in shifts if b > 1 and abs(shifts[b] - shifts[b - 1]) >= least]
    found = sum(any(abs(b - named) <= 1 for named in drift.jumps) for b in true)
    half = [b for b in shifts if b > 1 and abs(shifts[b] - shifts[b - 1]) >= least / 4]
    false = sum(all(abs(b - named) > 1 for b in half) for named in drift.jumps if named > 1)
    return found, len(true), false


def _outliers(drift: Drift, readings: Sequence[Reading], truths: Sequence[Truth]) -> tuple[int, int, int]:
    wrong = {
        r.trial for r, truth in zip(readings, truths, strict=True) if r.recipe == REFERENCE and truth.is_wrong
    }  # fmt: skip
    named = set(drift.outliers)
    return len(wrong & named), len(wrong), len(named - wrong)


def cases_table(rows: Sequence[Kept]) -> str:
    """The rows as text."""
    lines = [
        f"{'case':16s}{'values':>7s}{'50 %':>8s}{'80 %':>7s}{'90 %':>7s}{'95 %':>7s}  {'(se 90 %; raw 90 %)':22s}"
        f"{'error, raw':>16s}{'jumps':>12s}{'false':>6s}{'outliers':>10s}{'false':>6s}{'signals':>11s}"
    ]
    for row in rows:
        shares = "".join(f"{c:7.3f}" for c in row.coverage)
        mark = "" if row.is_covered and row.is_no_worse else "  FAILS"
        lines.append(
            f"{row.case:16s}{row.values:7d} {shares}  ({row.coverage_se[2]:.3f}; {row.raw_coverage:.3f})"
            f"{'':8s}{row.error[0]:8.4f}{row.error[1]:8.4f}{_of(row.jumps):>12s}{row.jumps[2]:6d}"
            f"{_of(row.outliers):>10s}{row.outliers[2]:6d}{_of(row.signals):>11s}{mark}"
        )
    return "\n".join(lines)


def _of(pair: Sequence[int]) -> str:
    return f"{pair[0]}/{pair[1]}"
