"""Whether intervals hold under a drifting instrument: whole simulated campaigns, with and without the guard."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from eutectic.agents.report.intervals import Z_90
from eutectic.core.drift import Drift
from eutectic.core.notebook import CampaignView
from eutectic.core.record import Record
from eutectic.core.spec import CampaignSpec
from eutectic.core.trial import Observation, round_of
from eutectic.evals.drift_readings import SHARES, all_covered
from eutectic.tools.drift import interval
from eutectic.tools.encoding import FloatArray

_NOISE, _ROUNDS, _BATCH = 0.03, 20, 6
SCENARIOS: dict[str, dict[str, float]] = {
    "steady": {"batch_sd": 0.0},
    "batches": {"batch_sd": 0.03},
    "drift": {"batch_sd": 0.01, "drift_per_day": 0.05},
    "jumps": {"batch_sd": 0.01, "jump_rate": 0.1},
    "outliers": {"batch_sd": 0.01, "outlier_rate": 0.05},
    "everything": {"batch_sd": 0.02, "drift_per_day": 0.03, "jump_rate": 0.05, "outlier_rate": 0.03},
}


class Covered(Record):
    """One scenario over all seeds."""

    scenario: str
    settings: dict[str, float]
    seeds: int
    values: int
    """Measured values that were asked about, references and outliers apart."""
    coverage: tuple[float, ...]
    """Share of corrected intervals of 50, 80, 90 and 95 % that hold the true value ..."""
    coverage_se: tuple[float, ...]
    """... and its standard error between campaigns."""
    raw_coverage: float
    """The same of 90 % intervals as measured."""
    half_width: tuple[float, float]
    """Mean half width of those intervals relative to the value: corrected, as measured."""
    error: tuple[float, float]
    """Root mean square of the relative error: corrected, as measured."""
    predicted: tuple[float, float]
    """Share of the surrogate's 90 % intervals that hold the true value of 60 new recipes: corrected, as measured."""
    predicted_error: tuple[float, float]
    """Root mean square of the surrogate's relative error on them: corrected, as measured."""

    @property
    def is_covered(self) -> bool:
        """Whether every corrected coverage lies in its band."""
        return all_covered(SHARES, self.coverage, self.coverage_se)


class _Seen(NamedTuple):
    coverage: list[FloatArray]
    """Share of a campaign's corrected intervals that hold, one a campaign."""
    hits: tuple[list[list[bool]], list[bool]]
    widths: tuple[list[float], list[float]]
    errors: tuple[list[float], list[float]]
    new_hits: tuple[list[bool], list[bool]]
    new_errors: tuple[list[float], list[float]]


def run(seeds: Sequence[int], smoke: bool = False) -> list[Covered]:
    """Campaigns of 20 batches of 6, one place of each for the reference, recipes drawn at random, Bs of Fe-Co-B-Si.

    The baseline is what a campaign without a reference has: the values as measured, with the relative noise that its
    repeats (here: of the reference) show.
    """
    names = ["steady", "drift", "everything"] if smoke else list(SCENARIOS)
    return [_scenario(name, seeds) for name in names]


def _scenario(name: str, seeds: Sequence[int]) -> Covered:
    found = _Seen([], *(([], []) for _ in range(5)))
    for seed in seeds:
        _campaign(SCENARIOS[name], seed, found)
    return Covered(
        scenario=name,
        settings=SCENARIOS[name],
        seeds=len(seeds),
        values=len(found.hits[0]),
        coverage=tuple(round(float(c), 4) for c in np.mean(found.hits[0], axis=0)),
        coverage_se=tuple(round(float(c), 4) for c in np.std(found.coverage, axis=0, ddof=1) / math.sqrt(len(seeds))),
        raw_coverage=round(float(np.mean(found.hits[1])), 4),
        half_width=_pair([float(np.mean(w)) for w in found.widths]),
        error=_pair([float(np.sqrt(np.mean(np.square(e)))) for e in found.errors]),
        predicted=_pair([float(np.mean(hits)) for hits in found.new_hits]),
        predicted_error=_pair([float(np.sqrt(np.mean(np.square(e)))) for e in found.new_errors]),
    )


def _pair(values: Sequence[float]) -> tuple[float, float]:
    return round(values[0], 4), round(values[1], 4)


def _spec(lab: dict[str, float], seed: int) -> CampaignSpec:
    settings: dict[str, Any] = {
        "law": "fe_soft_magnet",
        "noise_of": {"Bs": _NOISE},
        "noise": _NOISE,
        "abandoned_rate": 0.0,
        "hours_per_trial": 1.0,
    }
    given = {
        "name": "drift",
        "goal": "intervals under a drifting instrument",
        "space": {
            "basis": "at%",
            "components": [
                {"name": "Fe", "min": "65%", "max": "80%", "step": "0.5%"},
                {"name": "Co", "max": "15%", "step": "0.5%"},
                {"name": "B", "min": "12%", "max": "20%", "step": "0.5%"},
                {"name": "Si", "max": "10%", "step": "0.5%"},
            ],
        },
        "objectives": [{"property": "Bs", "unit": "T", "direction": "maximize"}],
        "budget": {"experiments": _ROUNDS * _BATCH},
        "batch": _BATCH,
        "approval": {"mode": "auto"},
        "lab": {"kind": "simulated", "settings": settings | lab},
        "mind": {"kind": "rules"},
        "optimizer": {"kind": "random"},
        "reference": {"parts": {"Fe": "76%", "Co": "4%", "B": "14%", "Si": "6%"}},
        "seed": seed,
    }
    return CampaignSpec.model_validate(given)


def _campaign(lab: dict[str, float], seed: int, found: _Seen) -> None:
    from eutectic.agents.runs import create_campaign
    from eutectic.core.settings import Settings
    from eutectic.lab_interface.registry import open_law

    spec, law = _spec(lab, seed), open_law("fe_soft_magnet")
    with tempfile.TemporaryDirectory() as name, create_campaign(spec, Path(name), Settings()) as campaign:
        campaign.advance()
        view = campaign.view
    true = {key: law.true_values(item.composition, item.process)["Bs"] for key, item in view.observations.items()}
    _measured(view, true, spec, found)
    _predicted(view, spec, found)


def _measured(view: CampaignView, true: dict[str, float], spec: CampaignSpec, found: _Seen) -> None:
    """Intervals of single values; readings that the simulated lab made wrong are no measurements of the truth."""
    from eutectic.lab_interface.faults import trial_fate
    from eutectic.lab_interface.simulated_settings import read_settings

    settings, noise = read_settings(spec), _repeats(view)
    before = len(found.hits[0])
    for key, item in view.observations.items():
        raw = item.value("Bs") if item.status == "ok" else None
        if raw is None or view.trials[key].purpose == "reference":
            continue
        if trial_fate(settings, spec.seed, key, 1).outlier:
            continue
        number, drift = round_of(key), _drift_of(view)
        low, high = interval(drift, raw, number)
        middle = interval(drift, raw, number, 0.0)[0]
        spans = [interval(drift, raw, number, share) for share in SHARES]
        found.hits[0].append([one <= true[key] <= other for one, other in spans])
        found.hits[1].append(abs(raw - true[key]) <= Z_90 * noise * raw)
        for k, (value, half) in enumerate(((middle, (high - low) / 2), (raw, Z_90 * noise * raw))):
            found.widths[k].append(half / true[key])
            found.errors[k].append(value / true[key] - 1)
    found.coverage.append(np.mean(found.hits[0][before:], axis=0))


def _drift_of(view: CampaignView) -> Drift:
    assert view.drift is not None
    return view.drift.properties[0]


def _repeats(view: CampaignView) -> float:
    """Relative standard deviation of the reference as it was measured: the noise that repeats show."""
    values = [item.value("Bs") for key, item in view.observations.items() if view.trials[key].purpose == "reference"]
    known = np.array([value for value in values if value is not None])
    return float(known.std(ddof=1) / known.mean())


def _predicted(view: CampaignView, spec: CampaignSpec, found: _Seen) -> None:
    """Intervals of the surrogate for the property itself, on recipes that were not measured."""
    from eutectic.lab_interface.registry import open_law
    from eutectic.tools.optimizer import open_optimizer
    from eutectic.tools.surrogate import fit_posterior

    law = open_law("fe_soft_magnet")
    other = spec.model_copy(update={"seed": spec.seed + 10_000})
    recipes = [(p.composition, p.process) for p in open_optimizer(other).ask(60, round=1).batch]
    truth: FloatArray = np.array([law.true_values(*recipe)["Bs"] for recipe in recipes])
    raw: list[Observation] = list(view.observations.values())
    for k, observations in enumerate((view.training(), raw)):
        mean, sd = fit_posterior(spec, list(observations)).predict(recipes)["Bs"]
        if k == 0 and view.drift is not None:
            drift = view.drift.properties[0]
            sd = np.array([drift.widened(float(m), float(s)) for m, s in zip(mean, sd, strict=True)])
        found.new_hits[k].extend((np.abs(mean - truth) <= Z_90 * sd).tolist())
        found.new_errors[k].extend((mean / truth - 1).tolist())


def table(rows: Sequence[Covered], seeds: Sequence[int]) -> str:
    """The rows as text, with what they were made from."""
    lines = [
        f"Bs of Fe-Co-B-Si, {_ROUNDS} batches of {_BATCH} with a reference, noise {_NOISE:.0%}, seeds {list(seeds)}",
        f"{'scenario':12s}{'values':>7s}{'50 %':>8s}{'80 %':>7s}{'90 %':>7s}{'95 %':>7s}{'raw 90 %':>10s}"
        f"{'half width, raw':>18s}{'error, raw':>18s}{'new recipes':>18s}{'error, raw':>18s}",
    ]
    for row in rows:
        shares = "".join(f"{c:7.3f}" for c in row.coverage)
        lines.append(
            f"{row.scenario:12s}{row.values:7d} {shares}{row.raw_coverage:10.3f}"
            f"{row.half_width[0]:10.4f} {row.half_width[1]:7.4f}{row.error[0]:10.4f} {row.error[1]:7.4f}"
            f"{row.predicted[0]:10.3f} {row.predicted[1]:7.3f}"
            f"{row.predicted_error[0]:10.4f} {row.predicted_error[1]:7.4f}" + ("" if row.is_covered else "  FAILS")
        )
    return "\n".join(lines)
