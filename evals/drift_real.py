"""The drift model on real tables in the order of their rows: does it make repeats agree that it did not see?"""

from __future__ import annotations

import csv
import math
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np

from eutectic.core.drift import Drift
from eutectic.core.record import Record
from eutectic.evals.drift_readings import SHARES
from eutectic.tools.drift import Reading, estimate_drift

TABLES = {
    "P3HT-CNT conductivity": ("p3ht_cnt_conductivity/p3ht.csv", "conductivity_S_cm"),
    "perovskite instability": ("perovskite_stability/perovskite.csv", "instability_index"),
}
_ROUND, _FOLDS = 8, 5


class Repeats(Record):
    """One table: pairs of readings of one recipe that the estimate did not see."""

    table: str
    pairs: int
    coverage: tuple[float, ...]
    """Share of pairs whose difference the intervals of 50, 80, 90 and 95 % hold."""
    error: tuple[float, float]
    """Root mean square of the relative differences of pairs: corrected, as measured."""
    gain_se: float
    """Standard error of the difference of the mean squares."""
    noise: float
    """Relative, as estimated."""
    outliers: int
    jumps: int

    @property
    def is_no_worse(self) -> bool:
        """Whether the correction does not make repeats disagree more, beyond chance."""
        return self.error[0] ** 2 - self.error[1] ** 2 <= 2 * self.gain_se


class _Pair(NamedTuple):
    hits: tuple[bool, ...]
    corrected: float
    raw: float


def run_tables(folder: Path) -> list[Repeats]:
    """Every table of the folder: rounds of eight rows in their order, the most repeated recipe as the reference."""
    data = folder / "data" if (folder / "data").is_dir() else folder
    return [
        _table(name, _readings(data / path, column))
        for name, (path, column) in TABLES.items()
        if (data / path).is_file()
    ]


def _readings(path: Path, column: str) -> list[Reading]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    found = []
    for place, row in enumerate(rows):
        number = place // _ROUND + 1
        recipe = "|".join(f"{float(text):.6g}" for name, text in row.items() if name != column)
        found.append(Reading(f"r{number:02d}-s{place % _ROUND + 1:02d}", number, recipe, float(row[column])))
    return [one for one in found if one.value > 0]


def _table(name: str, readings: Sequence[Reading]) -> Repeats:
    counts = Counter(one.recipe for one in readings)
    reference = counts.most_common(1)[0][0]
    repeated = [recipe for recipe, n in counts.items() if n > 1 and recipe != reference]
    pairs: list[_Pair] = []
    for fold in range(_FOLDS):
        held = set(repeated[fold::_FOLDS])
        drift = estimate_drift(name, [one for one in readings if one.recipe not in held])
        for recipe in sorted(held):
            mates = [one for one in readings if one.recipe == recipe]
            pairs += [_pair(drift, one, other) for one, other in pairwise(mates)]
    whole = estimate_drift(name, readings)
    corrected, raw = np.array([p.corrected**2 for p in pairs]), np.array([p.raw**2 for p in pairs])
    return Repeats(
        table=name,
        pairs=len(pairs),
        coverage=tuple(round(float(c), 4) for c in np.mean([p.hits for p in pairs], axis=0)),
        error=(round(math.sqrt(corrected.mean()), 4), round(math.sqrt(raw.mean()), 4)),
        gain_se=round(float((corrected - raw).std(ddof=1) / math.sqrt(len(pairs))), 6),
        noise=round(whole.noise, 4),
        outliers=len(whole.outliers),
        jumps=len(whole.jumps),
    )


def _pair(drift: Drift, one: Reading, other: Reading) -> _Pair:
    from scipy.stats import t

    shifts = {item.round: item for item in drift.shifts}
    a, b = shifts.get(one.round), shifts.get(other.round)
    raw = math.log(one.value / other.value)
    off = raw - (0.0 if a is None else a.shift) + (0.0 if b is None else b.shift)
    own = 2 * drift.noise**2
    sd = math.sqrt(own) if one.round == other.round else math.sqrt(own + sum(x.sd**2 for x in (a, b) if x is not None))
    factors = [float(t.ppf(0.5 + share / 2, drift.freedom or 1e9)) for share in SHARES]
    corrected = raw if one.round == other.round else off
    return _Pair(tuple(abs(corrected) <= factor * sd for factor in factors), corrected, raw)


def tables_text(rows: Sequence[Repeats]) -> str:
    """The rows as text."""
    lines = [
        f"{'table':24s}{'pairs':>6s}{'50 %':>8s}{'80 %':>7s}{'90 %':>7s}{'95 %':>7s}{'error, raw':>18s}"
        f"{'noise':>8s}{'outliers':>9s}{'jumps':>6s}"
    ]
    for row in rows:
        shares = "".join(f"{c:7.3f}" for c in row.coverage)
        lines.append(
            f"{row.table:24s}{row.pairs:6d} {shares}{row.error[0]:10.4f}{row.error[1]:8.4f}{row.noise:8.3f}"
            f"{row.outliers:9d}{row.jumps:6d}" + ("" if row.is_no_worse else "  FAILS")
        )
    return "\n".join(lines)
