"""The `eval calibration` command: how often intervals of predictions hold what is measured next, by how many values.

Recipes of a table are drawn at random and measured; others are predicted. Campaigns choose recipes where they
expect gains, so theirs are harder than these.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

import numpy as np
import typer
from scipy.stats import norm

from eutectic.core.record import Record
from eutectic.evals.bootstrap import mean_of
from eutectic.evals.pools import TABLES, FloatArray, Pool, laws, table_pool
from eutectic.evals.table_files import data_folder
from eutectic.tools.gaussian_process import PropertyModel, fit_property
from eutectic.tools.readings import Readings
from eutectic.tools.torch_scope import torch_scope

_SIZES = (5, 8, 12, 20, 40)
_TESTED = 200
_CLIP = 8.0
"""Standard deviations up to which a miss counts in the log score."""
LEAST_COVERAGE = 0.8
"""Share of values that the 95 % intervals must hold, from 5 values on."""


class CalibrationLine(Record):
    """Means over landscapes and seeds with so many values, each with a 95 % bootstrap interval over them."""

    way: str
    values: int
    within_95: tuple[float, float, float]
    within_68: tuple[float, float, float]
    log_score: tuple[float, float, float]
    """Log density of what was measured, on the standardised scale."""


class _Held(NamedTuple):
    within_95: float
    within_68: float
    log_score: float


def run(seeds: int, data: Path | None, smoke: bool, as_json: bool) -> int:
    """Print the figures; 1 where the shipped intervals hold too little or the fitted process alone scores better."""
    lines = calibration_lines(_pools(data_folder(data), smoke), seeds)
    typer.echo(json.dumps([line.model_dump(mode="json") for line in lines], indent=2) if as_json else _text(lines))
    shipped, alone = ([line for line in lines if line.way == way] for way in ("shipped", "fitted process alone"))
    holds = all(line.within_95[0] >= LEAST_COVERAGE for line in shipped)
    return 0 if holds and all(s.log_score[0] >= a.log_score[0] for s, a in zip(shipped, alone, strict=True)) else 1


def calibration_lines(pools: list[Pool], seeds: int) -> list[CalibrationLine]:
    """The figures of the predictions as shipped and of the fitted process alone, by how many values there are."""
    found: dict[tuple[str, int], list[_Held]] = {}
    for pool in pools:
        for seed in range(seeds):
            for n in (size for size in _SIZES if size < len(pool.rows) / 2):
                for way, held in _held(pool, n, np.random.default_rng([seed, n])).items():
                    found.setdefault((way, n), []).append(held)
    return [
        CalibrationLine(
            way=way,
            values=n,
            within_95=mean_of([one.within_95 for one in some], 3),
            within_68=mean_of([one.within_68 for one in some], 3),
            log_score=mean_of([one.log_score for one in some], 3),
        )
        for (way, n), some in sorted(found.items())
    ]


def _held(pool: Pool, n: int, rng: np.random.Generator) -> dict[str, _Held]:
    order = rng.permutation(len(pool.rows))
    measured = np.array([pool.measure(int(place), rng) for place in order[: n + _TESTED]])
    none, zeros = np.zeros(n), np.zeros(n, dtype=np.int64)
    with torch_scope(0):
        model = fit_property(
            "y",
            pool.features[order[:n]],
            Readings(measured[:n], none, zeros, zeros),
            np.arange(n),
            bend=True,
            n_shares=pool.lattice.n_components,
        )
    tested = pool.features[order[n : n + _TESTED]]
    true = model.warp.forward(measured[n:])
    return {
        "shipped": _scored(true, *model.standard(tested), model),
        "fitted process alone": _scored(true, *model.process.moments(tested), model),
    }


def _scored(true: FloatArray, mean: FloatArray, sd: FloatArray, model: PropertyModel) -> _Held:
    whole = np.hypot(sd, model.noise_sd)
    off = (true - mean) / whole
    return _Held(
        float((np.abs(off) < norm.ppf(0.975)).mean()),
        float((np.abs(off) < norm.ppf(0.8413)).mean()),
        float((norm.logpdf(np.clip(off, -_CLIP, _CLIP)) - np.log(whole)).mean()),
    )


def _pools(data: Path | None, smoke: bool) -> list[Pool]:
    if data is None or smoke:
        return laws()
    return [table_pool(name, data) for name, table in TABLES.items() if (data / table.path).is_file()] or laws()


def _text(lines: list[CalibrationLine]) -> str:
    rows = ["what was measured next, held by intervals of predictions: mean [95 % bootstrap over landscapes and seeds]"]
    rows.append(f"{'way':22} {'values':>6}   {'within 95 %':22} {'within 68 %':22} log score")
    for line in lines:
        cells = (f"{m:.2f} [{low:.2f}, {high:.2f}]" for m, low, high in (line.within_95, line.within_68))
        mean, low, high = line.log_score
        rows.append(
            f"{line.way:22} {line.values:6d}   {'  '.join(f'{cell:21}' for cell in cells)} {mean:.2f} "
            f"[{low:.2f}, {high:.2f}]"
        )
    return "\n".join(rows)
