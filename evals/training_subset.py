"""What fitting the surrogate on a part of a large campaign costs the next batch, by how many observations and which."""

from __future__ import annotations

import json
import time
from typing import Literal, NamedTuple, get_args

import numpy as np

from eutectic.core.record import Record
from eutectic.core.spec import CampaignSpec
from eutectic.core.trial import Measurement, Observation
from eutectic.evals.bootstrap import mean_of
from eutectic.evals.pools import FloatArray
from eutectic.evals.suggestion_speed import SpeedCase, spec_of
from eutectic.tools.optimizer_bayes import BayesOptimizer
from eutectic.tools.sampling import random_feasible

Way = Literal["shipped", "random", "best", "nearest"]
_WAYS: tuple[Way, ...] = get_args(Way)
_SIZES = (150, 300, 600, 1200)
_SHIPPED = 600
_HILLS = 8
_NOISE = 0.3
_BATCH = 8
_NEAREST_TO = 10
"""Best values whose mean recipe is what the nearest are near to."""


class SubsetLine(Record):
    """One way to choose the observations that the surrogate is fitted on."""

    way: Way
    kept: int
    gain: float
    """True value of the best recipe of the next batch less that of the best one measured, in standard deviations of the
    landscape over the space; mean over seeds."""
    mean_gain: float
    """The same for the mean recipe of the batch."""
    less_shipped: tuple[float, float, float]
    """`gain` less that of the shipped way, paired by seed, with a 95 % bootstrap interval."""
    processor_s: float
    """Of one suggestion."""


class _Campaign(NamedTuple):
    spec: CampaignSpec
    observations: list[Observation]
    shares: FloatArray
    measured: FloatArray
    centres: FloatArray
    heights: FloatArray
    widths: FloatArray

    def true(self, shares: FloatArray) -> FloatArray:
        """True values of recipes `N x n`: hills over the simplex."""
        away = ((shares[:, None, :] - self.centres[None]) ** 2).sum(axis=2)
        return np.asarray((self.heights * np.exp(-away / (2 * self.widths**2))).sum(axis=1), dtype=np.float64)


def subset_lines(seeds: int, n: int, components: int = 10) -> list[SubsetLine]:
    """The figures of every way, on campaigns of `n` random recipes with a noise of 0.3 standard deviations."""
    asked = [("shipped", size) for size in _SIZES if size < n] + [(way, _SHIPPED) for way in _WAYS[1:]]
    found: dict[tuple[str, int], list[tuple[float, float, float]]] = {key: [] for key in asked}
    for seed in range(seeds):
        campaign = _campaign(seed, n, components)
        for way, size in asked:
            found[way, size].append(_asked(campaign, way, size, seed))
    shipped = np.array(found["shipped", min(_SHIPPED, max(s for w, s in asked if w == "shipped"))])[:, 0]
    lines = []
    for (way, size), rows in found.items():
        gain, mean, used = np.array(rows).T
        lines.append(
            SubsetLine(
                way=way, kept=size, gain=round(float(gain.mean()), 4), mean_gain=round(float(mean.mean()), 4),
                less_shipped=mean_of(gain - shipped), processor_s=round(float(used.mean()), 2),
            )
        )  # fmt: skip
    return lines


def print_subsets(seeds: int, n: int, *, as_json: bool) -> int:
    """Print what came of it; the exit code, 0."""
    import typer

    lines = subset_lines(seeds, n)
    if as_json:
        typer.echo(json.dumps([line.model_dump(mode="json") for line in lines], indent=2))
        return 0
    typer.echo(
        f"{n} random recipes of 10 components, noise {_NOISE}, made landscapes, {seeds} seeds, batch of {_BATCH}"
    )
    typer.echo("gain: of the next batch over the best measured, in standard deviations, its best recipe (its mean)")
    for line in lines:
        less, low, high = line.less_shipped
        typer.echo(
            f"{line.way:8} {line.kept:5}  {line.gain:6.3f} ({line.mean_gain:6.3f})  less shipped {less:+.3f} "
            f"[{low:+.3f}, {high:+.3f}]  {line.processor_s:5.2f} s"
        )
    return 0


def _campaign(seed: int, n: int, components: int) -> _Campaign:
    spec = spec_of(SpeedCase(observations=n, components=components, at_most=components, batch=_BATCH), seed)
    recipes = list(random_feasible(spec.space, n, seed))
    shares = np.array([composition.vector(spec.space.component_names) for composition, _ in recipes])
    rng = np.random.default_rng([seed, 5])
    made = _Campaign(
        spec, [], shares, np.empty(0), rng.dirichlet(np.full(components, 0.7), _HILLS), rng.uniform(0.3, 1.0, _HILLS),
        rng.uniform(0.15, 0.35, _HILLS),
    )  # fmt: skip
    true = made.true(shares)
    measured = true + _NOISE * float(true.std()) * rng.normal(size=n)
    observations = [
        Observation(
            trial=f"r{i // 96 + 1}-s{i % 96}",
            composition=composition,
            process=process,
            measurements=(Measurement(property="y0", unit="1", value=float(value)),),
            simulated=True,
        )
        for i, ((composition, process), value) in enumerate(zip(recipes, measured, strict=True))
    ]
    return made._replace(observations=observations, measured=measured)


def _asked(campaign: _Campaign, way: str, size: int, seed: int) -> tuple[float, float, float]:
    """Gain of the best and of the mean recipe of the next batch, and processor seconds."""
    optimizer = BayesOptimizer(campaign.spec, most=max(size, _SHIPPED) if way != "shipped" else size)
    optimizer.tell([campaign.observations[i] for i in _kept(campaign, way, size, seed)])
    began = time.process_time()
    advice = optimizer.ask(_BATCH, round=len(campaign.observations) // 96 + 2)
    used = time.process_time() - began
    names = campaign.spec.space.component_names
    there = campaign.true(np.array([item.composition.vector(names) for item in advice.batch]))
    true = campaign.true(campaign.shares)
    best, sd = float(true.max()), float(true.std())
    return (float(there.max()) - best) / sd, (float(there.mean()) - best) / sd, used


def _kept(campaign: _Campaign, way: str, size: int, seed: int) -> list[int]:
    n = len(campaign.observations)
    if way == "random":
        return sorted(np.random.default_rng(seed).choice(n, size, replace=False).tolist())
    order = np.argsort(-campaign.measured, kind="stable")
    if way == "best":
        return sorted(order[:size].tolist())
    if way == "nearest":
        away = ((campaign.shares - campaign.shares[order[:_NEAREST_TO]].mean(axis=0)) ** 2).sum(axis=1)
        return sorted(np.argsort(away, kind="stable")[:size].tolist())
    return list(range(n))
