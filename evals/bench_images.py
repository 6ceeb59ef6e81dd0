"""What microstructure images add to a campaign: none, those of the samples, and those of other recipes as a placebo."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal, get_args

import numpy as np
import typer

from eutectic.agents.campaign import Campaign, Collaborators
from eutectic.agents.minds.rules import RulesMind
from eutectic.agents.runs import opening
from eutectic.core.composition import Composition
from eutectic.core.record import Record
from eutectic.core.settings import Settings
from eutectic.core.space import Value
from eutectic.core.spec import CampaignSpec
from eutectic.evals.bootstrap import mean_of
from eutectic.evals.pools import FloatArray
from eutectic.lab_interface.labs.simulated import SimulatedLab
from eutectic.lab_interface.laws.cemented_carbide import CementedCarbide
from eutectic.lab_interface.microstructure import Microstructure
from eutectic.lab_interface.simulated_settings import read_settings
from eutectic.tools.sampling import domain_of

Arm = Literal["none", "images", "placebo"]
Case = Literal["hardness", "hardness with toughness"]
_ARMS: tuple[Arm, ...] = get_args(Arm)
_CASES: tuple[Case, ...] = get_args(Case)
_LEAST_TOUGHNESS = 9.0
_NOISE = 0.1
"""Relative standard deviation of the hardness between samples; the toughness has 8 %."""
_COLD, _HOT = 1360.0, 1460.0
"""Sintering, degC."""
_AMONG = 20_000
"""Recipes drawn, the best of which stands for the best there is."""


class ImageLine(Record):
    """One case and arm."""

    case: Case
    arm: Arm
    seeds: int
    trials: int
    shortfall: float
    """What the best recipe tried falls short of the best there is, in percent of it; mean over all trials and seeds."""
    at_end: float
    """The same after the last trial."""
    less_none: tuple[float, float, float]
    """`shortfall` less that without images, paired by seed, with a 95 % bootstrap interval; below 0 is better."""


@dataclass(frozen=True)
class _Other(CementedCarbide):
    """The same law whose pictures are of a recipe with Co and Ni, VC and Cr3C2, high and low sintering exchanged."""

    def microstructure(self, composition: Composition, process: Mapping[str, Value]) -> Microstructure:
        """Of that other recipe: as easily foretold from the recipe, and no part of what decides its hardness."""
        given = composition.fractions
        co, ni = 0.03 + 1.7 * given.get("Ni", 0.0), max(given.get("Co", 0.0) - 0.03, 0.0) / 1.7
        vc, cr = given.get("Cr3C2", 0.0), given.get("VC", 0.0)
        amounts = {"Co": co, "Ni": ni, "VC": vc, "Cr3C2": cr, "WC": 1 - co - ni - vc - cr}
        mirrored = _HOT + _COLD - float(process["sinter_C"])
        return super().microstructure(Composition.of(amounts, "wt%", normalise=True), {"sinter_C": mirrored})


def print_images(seeds: int, trials: int, *, as_json: bool) -> int:
    """Run every case, arm and seed and print what came of it."""
    lines = run_images(seeds, trials)
    if as_json:
        typer.echo(json.dumps([line.model_dump(mode="json") for line in lines], indent=2))
        return 0
    typer.echo(
        f"law cemented_carbide, {seeds} seeds, {trials} trials in batches of 4, hardness with {_NOISE:.0%} of noise"
    )
    typer.echo(
        "shortfall: how far the best recipe tried is below the best there is, %, mean over all trials (at the end)"
    )
    for line in lines:
        mean, low, high = line.less_none
        beside = "" if line.arm == "none" else f"   less none {mean:+.2f} [{low:+.2f}, {high:+.2f}]"
        typer.echo(f"{line.case:24} {line.arm:8} {line.shortfall:6.2f} ({line.at_end:5.2f}){beside}")
    return 0


def run_images(seeds: int, trials: int) -> list[ImageLine]:
    """Whole campaigns with the rules, as a user runs them, on the same seeds."""
    found = []
    for case in _CASES:
        best = _best(case)
        curves = {arm: np.array([_curve(case, arm, seed, trials, best) for seed in range(seeds)]) for arm in _ARMS}
        none = curves["none"].mean(axis=1)
        for arm in _ARMS:
            less = curves[arm].mean(axis=1) - none
            found.append(
                ImageLine(
                    case=case, arm=arm, seeds=seeds, trials=trials,
                    shortfall=round(float(curves[arm].mean()), 4), at_end=round(float(curves[arm][:, -1].mean()), 4),
                    less_none=mean_of(less),
                )
            )  # fmt: skip
    return found


def _curve(case: Case, arm: Arm, seed: int, trials: int, best: float) -> FloatArray:
    """Shortfall after each of `trials` trials in percent."""
    spec, law = _spec(case, arm, seed, trials), _Other() if arm == "placebo" else CementedCarbide()
    with TemporaryDirectory() as place:
        folder = Path(place)
        lab = SimulatedLab(spec, read_settings(spec), law, "cemented_carbide", folder)
        given = Collaborators(settings=Settings(), lab=lab, mind=RulesMind())
        with Campaign(folder, f"{spec.name}-001", given) as campaign:
            campaign.begin(opening(spec, f"{spec.name}-001"))
            campaign.advance()
            seen = [item.composition for item in campaign.view.observations.values()]
            process = [item.process for item in campaign.view.observations.values()]
    values = np.array([_worth(case, one, how) for one, how in zip(seen, process, strict=True)])[:trials]
    so_far = np.maximum.accumulate(values)
    so_far = np.append(so_far, np.full(trials - len(so_far), so_far[-1]))
    return np.asarray(100 * (1 - so_far / best), dtype=np.float64)


def _worth(case: Case, composition: Composition, process: Mapping[str, Value]) -> float:
    """True hardness; nothing where it cannot be made or is not tough enough."""
    law = CementedCarbide()
    if law.feasible(composition, process) is not None:
        return 0.0
    values = law.true_values(composition, process)
    is_tough = case == "hardness" or values["toughness"] >= _LEAST_TOUGHNESS
    return values["hardness"] if is_tough else 0.0


def _best(case: Case) -> float:
    """The best of many recipes drawn from the space."""
    domain = domain_of(_spec(case, "none", 0, 8).space)
    rows = domain.random(_AMONG, np.random.default_rng(0))
    return max(_worth(case, *domain.lattice.recipe(row)) for row in rows)


def _spec(case: Case, arm: Arm, seed: int, trials: int) -> CampaignSpec:
    shares = {"WC": (0.70, 0.95), "Co": (0.03, 0.20), "Ni": (0.0, 0.10), "VC": (0.0, 0.015), "Cr3C2": (0.0, 0.015)}
    objectives: list[dict[str, object]] = [{"property": "hardness", "unit": "HV30", "direction": "maximize"}]
    if case != "hardness":
        objectives.append(
            {"property": "toughness", "unit": "MPa m^0.5", "direction": "maximize", "role": "constrain",
             "at_least": _LEAST_TOUGHNESS}
        )  # fmt: skip
    sinter = {"name": "sinter_C", "kind": "continuous", "unit": "degC", "low": _COLD, "high": _HOT, "step": 10}
    return CampaignSpec.model_validate(
        {
            "name": "images",
            "goal": "A hard metal",
            "space": {
                "basis": "wt%",
                "components": [{"name": n, "min": a, "max": b, "step": 0.001} for n, (a, b) in shares.items()],
                "process": [sinter],
            },
            "objectives": objectives,
            "knowledge": {"sources": {"images": arm != "none"}},
            "budget": {"experiments": trials},
            "batch": 4,
            "approval": {"mode": "auto"},
            "lab": {
                "kind": "simulated",
                "settings": {
                    "law": "cemented_carbide", "noise_of": {"hardness": _NOISE}, "abandoned_rate": 0, "micrograph": {},
                },
            },
            "seed": seed,
        }
    )  # fmt: skip
