"""Repeats by value, never and always: the true value of the recipe that a campaign ends with, on made landscapes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Literal

import numpy as np

from eutectic.core.record import Record
from eutectic.core.spec import CampaignSpec
from eutectic.core.trial import Measurement, Observation
from eutectic.evals.bootstrap import mean_of
from eutectic.evals.pools import FloatArray
from eutectic.tools.history import History
from eutectic.tools.incumbent import measured_recipes
from eutectic.tools.optimizer_bayes import BayesOptimizer
from eutectic.tools.sampling import Domain, domain_of

Arm = Literal["never", "by_value", "always"]
_ARMS: dict[Arm, int | Literal["by_value"]] = {"never": 0, "by_value": "by_value", "always": 1}
_RUGGED = 0.5
"""Standard deviation of what is each recipe's own on the rugged landscapes, in that of the smooth part."""
_HILLS = 6
_BATCH = 4
_NOISES = (0.0, 0.5)


class RepeatLine(Record):
    """One landscape, noise and rule."""

    landscape: Literal["smooth", "rugged", "both"]
    noise: float
    """Standard deviation of a measurement, in that of the landscape over the space."""
    rule: Arm
    seeds: int
    trials: int
    repeats: float
    """Mean number in a campaign."""
    regret: float
    """True value of the best recipe less that of the one recommended at the end, in standard deviations; mean."""
    less_never: tuple[float, float, float]
    """Regret less that of never repeating, paired by seed, with a 95 % bootstrap interval; below 0 is better."""


def run_repeats(seeds: int, trials: int) -> list[RepeatLine]:
    """Every landscape, noise and rule, on the same landscapes and seeds, then both kinds of landscape together."""
    found: dict[tuple[str, float, Arm], tuple[FloatArray, FloatArray]] = {}
    for noise in _NOISES:
        for arm in _ARMS:
            for kind in ("smooth", "rugged"):
                each = [_campaign(arm, kind == "rugged", noise, seed, trials) for seed in range(seeds)]
                found[kind, noise, arm] = np.array([r for r, _ in each]), np.array([float(n) for _, n in each])
            pair = found["smooth", noise, arm], found["rugged", noise, arm]
            found["both", noise, arm] = np.concatenate([p[0] for p in pair]), np.concatenate([p[1] for p in pair])
    return [
        _line(kind, noise, arm, found[kind, noise, arm], found[kind, noise, "never"][0], seeds, trials)
        for kind in ("smooth", "rugged", "both")
        for noise in _NOISES
        for arm in _ARMS
    ]


def _line(
    kind: Literal["smooth", "rugged", "both"],
    noise: float,
    arm: Arm,
    own: tuple[FloatArray, FloatArray],
    never: FloatArray,
    seeds: int,
    trials: int,
) -> RepeatLine:
    regrets, made = own
    return RepeatLine(
        landscape=kind,
        noise=noise,
        rule=arm,
        seeds=seeds,
        trials=trials,
        repeats=round(float(made.mean()), 2),
        regret=round(float(regrets.mean()), 4),
        less_never=mean_of(regrets - never),
    )


def _campaign(arm: Arm, rugged: bool, noise: float, seed: int, trials: int) -> tuple[float, int]:
    """Regret of the recipe with the best mean of its measurements, and how many repeats were made."""
    spec = _spec(arm, seed)
    domain = domain_of(spec.space)
    assert domain.every is not None
    truth = _truth(domain, rugged, seed)
    where = {row.tobytes(): i for i, row in enumerate(domain.every)}
    rng = np.random.default_rng([seed, 7])
    optimizer, history, repeats = BayesOptimizer(spec), History(domain.lattice, domain.encoder, spec.objectives), 0
    for number in range(1, trials // _BATCH + 1):
        told = []
        for slot, proposal in enumerate(optimizer.ask(_BATCH, round=number).batch):
            row = domain.lattice.nearest(proposal.composition, proposal.process)
            value = float(truth[where[row.tobytes()]] + noise * rng.normal())
            repeats += proposal.purpose == "replicate"
            told.append(
                Observation(
                    trial=f"r{number:02d}-s{slot:02d}",
                    composition=proposal.composition,
                    measurements=(Measurement(property="y", unit="1", value=value),),
                    simulated=True,
                )
            )
        optimizer.tell(told)
        history.add(told)
    best = measured_recipes(history.table(), spec.objectives).rows[0]
    return float(truth.max() - truth[where[best.tobytes()]]), repeats


def _spec(arm: Arm, seed: int) -> CampaignSpec:
    return CampaignSpec.model_validate(
        {
            "name": "repeats",
            "goal": "the best recipe of a made landscape",
            "space": {"components": [{"name": name, "step": "5%"} for name in ("Fe", "Ni", "Co", "Cr")]},
            "objectives": [{"property": "y", "unit": "1", "direction": "maximize"}],
            "budget": {"experiments": 1000},
            "batch": _BATCH,
            "optimizer": {"replicates": _ARMS[arm]},
            "seed": seed,
        }
    )


def _truth(domain: Domain, rugged: bool, seed: int) -> FloatArray:
    """The highest of random hills at each recipe, standardised; on a rugged one with something of each recipe's own."""
    assert domain.every is not None
    rng = np.random.default_rng([seed, 5])
    shares = domain.lattice.shares(domain.every)
    tops = rng.dirichlet(np.ones(shares.shape[1]), _HILLS)
    heights, widths = rng.uniform(0.5, 1.5, _HILLS), rng.uniform(0.02, 0.12, _HILLS)
    distances = ((shares[:, None, :] - tops) ** 2).sum(axis=-1)
    values = (heights * np.exp(-distances / widths)).max(axis=1)
    values = (values - values.mean()) / values.std()
    return np.asarray(values + _RUGGED * rng.normal(size=len(values)) if rugged else values, dtype=np.float64)


def describe_repeats(lines: Sequence[RepeatLine]) -> str:
    """The figures as text."""
    words = [
        f"true value of the best of 1,771 recipes less that of the recipe recommended after {lines[0].trials} trials "
        f"in batches of {_BATCH}, {lines[0].seeds} seeds; in standard deviations of the landscape; random hills, "
        f"rugged ones with {_RUGGED:g} of each recipe's own",
        f"{'landscape':>10}{'noise':>7}{'repeats':>10}{'made':>6}{'regret':>8}   less never repeating [95 %]",
    ]
    for line in lines:
        middle, low, high = line.less_never
        beside = "" if line.rule == "never" else f"   {middle:+.3f} [{low:+.3f}, {high:+.3f}]"
        words.append(
            f"{line.landscape:>10}{line.noise:>7g}{line.rule:>10}{line.repeats:>6.1f}{line.regret:>8.3f}{beside}"
        )
    return "\n".join(words)


def print_repeats(seeds: int, trials: int, *, as_json: bool) -> int:
    """Run and print."""
    import typer

    lines = run_repeats(seeds, trials)
    typer.echo(json.dumps([line.model_dump(mode="json") for line in lines]) if as_json else describe_repeats(lines))
    return 0
