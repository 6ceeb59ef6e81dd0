"""Two objectives at once: how fast the optimiser fills the hypervolume of a table's front, beside random draws."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from eutectic.core.record import Record
from eutectic.core.spec import CampaignSpec
from eutectic.core.trial import Measurement, Observation
from eutectic.evals.bootstrap import bounds
from eutectic.evals.pools import FloatArray, Pool, synergy_pool, table_pool
from eutectic.evals.table_files import TABLES, data_folder
from eutectic.tools.goals import pareto
from eutectic.tools.optimizer_bayes import BayesOptimizer

_AT = (10, 20, 40)
_DRAWS = 2000
_STARTS = 5
_PRICES = (5.0, 6.0, 1.0, 1.5, 3.0, 0.1)


class FrontLine(Record):
    """One table."""

    pool: str
    recipes: int
    """With a value of both objectives."""
    seeds: int
    batch: int
    trials: tuple[int, ...]
    random: tuple[float, ...]
    """Mean hypervolume after so many trials, as a share of that of all recipes."""
    ours: tuple[float, ...]
    gain: tuple[float, float, float]
    """Ours less random in mean hypervolume over all trials, paired by seed, with a 95 % bootstrap interval."""


def two_objective_pools(data: Path | None) -> list[Pool]:
    """The tables with a second value, their recipes that have both, and a closed form with its price."""
    names = [] if data is None else [name for name, table in TABLES.items() if table.second]
    return [*(_both(table_pool(name, data)) for name in names if data is not None), _priced()]


def _priced() -> Pool:
    """The synergy law against the price of the metals, whose best recipes are dear."""
    pool = synergy_pool()
    prices = pool.lattice.shares(pool.rows) @ np.array(_PRICES)
    return replace(pool, name="synergy-price", second=prices, second_direction="minimize")


def _both(pool: Pool) -> Pool:
    assert pool.second is not None
    known = np.flatnonzero(~np.isnan(pool.second))
    return replace(pool, rows=pool.rows[known], values=pool.values[known], second=pool.second[known], readings=None)


def scaled(pool: Pool) -> FloatArray:
    """`N x 2` values turned so that more is better, 0 for the worst of the table and 1 for the best."""
    assert pool.second is not None
    columns = []
    for values, direction in ((pool.values, pool.direction), (pool.second, pool.second_direction)):
        turned = values if direction == "maximize" else -values
        columns.append((turned - turned.min()) / np.ptp(turned))
    return np.column_stack(columns)


def hypervolume(points: FloatArray) -> float:
    """Area that `N x 2` points not below 0 dominate, counted from 0 (the table's worst of each)."""
    front = points[pareto(points)]
    front = np.unique(front[np.argsort(-front[:, 0], kind="stable")], axis=0)[::-1]
    heights = np.diff(np.maximum.accumulate(np.append(0.0, front[:, 1])))
    return float((front[:, 0] * heights).sum())


def run_fronts(data: Path | None, seeds: int, batch: int, trials: int) -> list[FrontLine]:
    """The figures of every table: the same random starts for both methods, values as they stand."""
    found = []
    for pool in two_objective_pools(data):
        whole = hypervolume(scaled(pool))
        curves = np.array(
            [[_curve(pool, seed, batch, trials, how) for how in ("random", "ours")] for seed in range(seeds)]
        )
        curves = curves / whole
        area = curves.mean(axis=2)
        gains = area[:, 1] - area[:, 0]
        draws = gains[np.random.default_rng(0).integers(seeds, size=(_DRAWS, seeds))].mean(axis=1)
        at = tuple(t for t in _AT if t <= trials) or (trials,)
        low, high = bounds(draws)
        found.append(
            FrontLine(
                pool=pool.name,
                recipes=len(pool.rows),
                seeds=seeds,
                batch=batch,
                trials=at,
                random=tuple(round(float(curves[:, 0, t - 1].mean()), 4) for t in at),
                ours=tuple(round(float(curves[:, 1, t - 1].mean()), 4) for t in at),
                gain=(round(float(gains.mean()), 4), low, high),
            )
        )
    return found


def _curve(pool: Pool, seed: int, batch: int, trials: int, how: str) -> list[float]:
    """Hypervolume after each trial."""
    order = np.random.default_rng([seed, 13]).permutation(len(pool.rows)).tolist()
    points = scaled(pool)
    places = order[:trials] if how == "random" else _ours(pool, seed, batch, trials, order[:_STARTS])
    return [hypervolume(points[places[: i + 1]]) for i in range(min(trials, len(places)))]


def _ours(pool: Pool, seed: int, batch: int, trials: int, starts: Sequence[int]) -> list[int]:
    assert pool.second is not None
    spec = CampaignSpec.model_validate(
        {
            "name": "front",
            "goal": "the front of the table",
            "space": pool.lattice.space,
            "objectives": [
                {"property": "one", "unit": "1", "direction": pool.direction},
                {"property": "two", "unit": "1", "direction": pool.second_direction},
            ],
            "budget": {"experiments": 1000},
            "batch": batch,
            "optimizer": {"replicates": 0, "initial": len(starts)},
            "seed": seed,
        }
    )
    optimizer = BayesOptimizer(spec, domain=pool.domain())
    where = {row.tobytes(): i for i, row in enumerate(pool.rows)}
    places: list[int] = []
    new, number = list(starts), 0
    while True:
        optimizer.tell([_observation(pool, place, f"r{number + 1}-s{i}") for i, place in enumerate(new)])
        places += new
        if len(places) >= trials:
            return places[:trials]
        number += 1
        asked = optimizer.ask(min(batch, trials - len(places)), round=number).batch
        new = [where[pool.lattice.nearest(p.composition, p.process).tobytes()] for p in asked]


def _observation(pool: Pool, place: int, trial: str) -> Observation:
    assert pool.second is not None
    composition, process = pool.lattice.recipe(pool.rows[place])
    values = {"one": float(pool.values[place]), "two": float(pool.second[place])}
    return Observation(
        trial=trial,
        composition=composition,
        process=process,
        measurements=tuple(Measurement(property=name, unit="1", value=value) for name, value in values.items()),
        simulated=True,
    )


def describe_fronts(lines: Sequence[FrontLine]) -> str:
    """The figures as text."""
    words = [
        f"hypervolume of the front found, as a share of that of all recipes; {_STARTS} random starts, the same for both"
    ]
    for line in lines:
        words.append(
            f"{line.pool}: {line.recipes} recipes, {line.seeds} seeds, batches of {line.batch}\n"
            f"  trials{''.join(f'{t:>8}' for t in line.trials)}\n"
            f"  random{''.join(f'{v:>8.3f}' for v in line.random)}\n"
            f"  ours  {''.join(f'{v:>8.3f}' for v in line.ours)}\n"
            f"  ours less random, mean over all trials: {line.gain[0]:+.3f} [{line.gain[1]:+.3f}, {line.gain[2]:+.3f}]"
        )
    return "\n".join(words)


def print_fronts(data: Path | None, seeds: int, trials: int, *, as_json: bool) -> int:
    """Run and print; batches of four. Without a folder of tables only the closed form."""
    import typer

    lines = run_fronts(data_folder(data), seeds, 4, trials)
    typer.echo(json.dumps([line.model_dump(mode="json") for line in lines]) if as_json else describe_fronts(lines))
    return 0
