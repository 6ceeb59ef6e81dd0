"""The optimiser against uniform random search, on tables of real measurements and closed-form landscapes."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import process_time

import numpy as np

from eutectic.core.record import Record
from eutectic.core.spec import CampaignSpec
from eutectic.core.trial import Measurement, Observation
from eutectic.evals.pools import TABLES, FloatArray, Pool, peak_pool, synergy_pool, table_pool
from eutectic.tools.lattice import IntArray
from eutectic.tools.optimizer import open_optimizer

_BATCH = 4
_NOISE = 0.02
"""Measurement noise as a share of the pool's range."""
_CHECKPOINTS = (12, 20, 40, 60)


class Comparison(Record):
    """One pool: the optimiser beside uniform random search, paired over seeds."""

    pool: str
    about: str
    seeds: int
    batch: int
    trials: int
    noise: float
    trials_to_95: tuple[float, float]
    """Mean trials to come within 5 % of the range of the best: ours, random; not reached counts as the whole budget."""
    reached_95: tuple[float, float]
    speed_up_95: tuple[float, float, float]
    """Ratio random over ours of those means, with a paired bootstrap 95 % interval."""
    trials_to_top1: tuple[float, float]
    speed_up_top1: tuple[float, float, float]
    best_so_far: dict[int, tuple[float, float]]
    """Mean best true score (0 worst to 1 best of the pool) after so many trials: ours, random."""
    lead: dict[int, tuple[float, float, float]]
    """Mean of ours minus random at those trials, with a paired bootstrap 95 % interval."""
    infeasible: int
    cpu_seconds_per_trial: float


@dataclass(frozen=True)
class _Run:
    scores: FloatArray
    """True score of each trial in order."""
    infeasible: int
    seconds: float


def run(
    smoke: bool = False, seeds: int | None = None, data: Path | None = None, json: bool = False
) -> list[Comparison]:
    """Run the benchmark and print a table, or JSON.

    Args:
        smoke: Three landscapes, two seeds, 40 trials: about a minute.
        seeds: How many paired seeds; 10 by default.
        data: Folder of the tables; `EUTECTIC_DATA` by default. Without one only closed forms are run.
        json: Print JSON.

    Raises:
        BadInput: a table is missing from the folder.
    """
    import typer

    folder = data or (Path(os.environ["EUTECTIC_DATA"]) if "EUTECTIC_DATA" in os.environ else None)
    names = [name for name in TABLES if not smoke or name in ("oer-3496", "p3ht")] if folder else []
    pools = [table_pool(name, folder) for name in names] if folder else []
    pools += [synergy_pool()] if smoke else [synergy_pool(), peak_pool()]
    count, trials = seeds or (2 if smoke else 10), 40 if smoke else 60
    found = []
    for pool in pools:
        found.append(compare(pool, range(count), trials))
        if not json:
            typer.echo(describe(found[-1]))
    if json:
        typer.echo("[" + ",\n".join(item.model_dump_json() for item in found) + "]")
    return found


def compare(pool: Pool, seeds: Sequence[int], trials: int) -> Comparison:
    """Ours and random on one pool, the same seeds for both."""
    ours = [campaign(pool, "botorch", seed, trials) for seed in seeds]
    random = [campaign(pool, "random", seed, trials) for seed in seeds]
    top = float(np.quantile(pool.scores, 0.99))
    to_95 = np.array([[_first(one.scores, 0.95, trials) for one in runs] for runs in (ours, random)])
    to_top = np.array([[_first(one.scores, top, trials) for one in runs] for runs in (ours, random)])
    best = np.array([[np.maximum.accumulate(one.scores) for one in runs] for runs in (ours, random)])
    checks = [check for check in _CHECKPOINTS if check <= trials]
    return Comparison(
        pool=pool.name,
        about=pool.about,
        seeds=len(seeds),
        batch=_BATCH,
        trials=trials,
        noise=_NOISE,
        trials_to_95=_pair(np.minimum(to_95, trials).mean(axis=1)),
        reached_95=_pair((to_95 <= trials).mean(axis=1)),
        speed_up_95=_ratio(np.minimum(to_95, trials)),
        trials_to_top1=_pair(np.minimum(to_top, trials).mean(axis=1)),
        speed_up_top1=_ratio(np.minimum(to_top, trials)),
        best_so_far={check: _pair(best[:, :, check - 1].mean(axis=1)) for check in checks},
        lead={check: _difference(best[:, :, check - 1]) for check in checks},
        infeasible=sum(one.infeasible for one in (*ours, *random)),
        cpu_seconds_per_trial=round(sum(one.seconds for one in ours) / (trials * len(seeds)), 3),
    )


def campaign(pool: Pool, kind: str, seed: int, trials: int) -> _Run:
    """One campaign of batches on a pool with noisy measurements; every proposal is checked against the space."""
    spec = _spec(pool, kind, seed, trials)
    place = {row.tobytes(): i for i, row in enumerate(np.ascontiguousarray(pool.rows))}
    optimizer = open_optimizer(spec)
    noise = np.random.default_rng([seed, 7])
    scores: list[float] = []
    infeasible, start = 0, process_time()
    while len(scores) < trials:
        number = len(scores) // _BATCH + 1
        batch = optimizer.ask(min(_BATCH, trials - len(scores)), round=number).batch
        seen = []
        for slot, proposal in enumerate(batch):
            infeasible += bool(spec.space.violations(proposal.composition, proposal.process))
            row: IntArray = pool.lattice.nearest(proposal.composition, {})
            i = place[row.tobytes()]
            value = float(pool.values[i] + noise.normal() * _NOISE * np.ptp(pool.values))
            seen.append(
                Observation(
                    trial=f"r{number:02d}-s{slot:02d}",
                    composition=proposal.composition,
                    measurements=(Measurement(property="y", unit=pool.unit, value=value),),
                    simulated=True,
                )
            )
            scores.append(float(pool.scores[i]))
        optimizer.tell(seen)
    return _Run(np.array(scores), infeasible, process_time() - start)


def describe(item: Comparison) -> str:
    """A comparison in a few lines."""
    curve = "  ".join(
        f"{check}: {ours:.3f} / {random:.3f} (lead {item.lead[check][0]:+.3f} [{item.lead[check][1]:+.3f}, "
        f"{item.lead[check][2]:+.3f}])"
        for check, (ours, random) in item.best_so_far.items()
    )
    return (
        f"{item.pool}: {item.about}\n"
        f"  {item.seeds} seeds, {item.trials} trials in batches of {item.batch}, noise {item.noise:.0%} of the range, "
        f"baseline uniform random\n"
        f"  trials to within 5% of the range: {item.trials_to_95[0]:.1f} / {item.trials_to_95[1]:.1f}, reached by "
        f"{item.reached_95[0]:.0%} / {item.reached_95[1]:.0%}, speed-up {_interval(item.speed_up_95)}\n"
        f"  trials to the top 1%: {item.trials_to_top1[0]:.1f} / {item.trials_to_top1[1]:.1f}, speed-up "
        f"{_interval(item.speed_up_top1)}\n"
        f"  best so far (0 to 1): {curve}\n"
        f"  infeasible proposals: {item.infeasible}; {item.cpu_seconds_per_trial} CPU s per trial\n"
    )


def _spec(pool: Pool, kind: str, seed: int, trials: int) -> CampaignSpec:
    return CampaignSpec.model_validate(
        {
            "name": "bench",
            "goal": "the best of the pool",
            "space": pool.lattice.space,
            "objectives": [{"property": "y", "unit": pool.unit, "direction": pool.direction}],
            "budget": {"experiments": trials},
            "batch": _BATCH,
            "optimizer": {"kind": kind},
            "seed": seed,
        }
    )


def _first(scores: FloatArray, wanted: float, trials: int) -> int:
    hits = np.flatnonzero(scores >= wanted)
    return int(hits[0]) + 1 if len(hits) else trials + 1


def _pair(two: FloatArray) -> tuple[float, float]:
    return round(float(two[0]), 4), round(float(two[1]), 4)


def _draws(n: int) -> IntArray:
    return np.random.default_rng(0).integers(n, size=(4000, n))


def _ratio(two: FloatArray) -> tuple[float, float, float]:
    drawn = two[:, _draws(two.shape[1])].mean(axis=2)
    low, high = np.quantile(drawn[1] / drawn[0], [0.025, 0.975])
    return round(float(two[1].mean() / two[0].mean()), 3), round(float(low), 3), round(float(high), 3)


def _difference(two: FloatArray) -> tuple[float, float, float]:
    gap = two[0] - two[1]
    low, high = np.quantile(gap[_draws(len(gap))].mean(axis=1), [0.025, 0.975])
    return round(float(gap.mean()), 4), round(float(low), 4), round(float(high), 4)


def _interval(three: tuple[float, float, float]) -> str:
    return f"{three[0]:.2f}x [{three[1]:.2f}, {three[2]:.2f}]"
