"""Calculated values beside measured ones: they teach the shape, never count as results, and may be measured."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from eutectic.core.optimizer import Proposal
from eutectic.core.spec import CampaignSpec
from eutectic.core.trial import Observation
from eutectic.tools.encoding import FloatArray
from eutectic.tools.gaussian_process import PropertyModel, fit_property
from eutectic.tools.optimizer import open_optimizer
from eutectic.tools.prior_data import prior_trial_id
from eutectic.tools.readings import plain_readings
from eutectic.tools.sampling import random_feasible
from eutectic.tools.torch_scope import tensor, torch_scope


def surface(features: FloatArray) -> FloatArray:
    return np.asarray(np.sin(5 * features[:, 0]) * np.cos(4 * features[:, 1]), dtype=np.float64)


def models(seed: int, wrong: float) -> dict[str, PropertyModel]:
    """Eight measured and forty calculated values, these off by 1.5 and a wave of size `wrong`."""
    rng = np.random.default_rng(seed)
    features = rng.random((48, 2))
    calculated = np.arange(48) >= 8
    off = 1.5 + wrong * np.sin(9 * features.sum(axis=1))
    readings = plain_readings(surface(features) + 0.02 * rng.normal(size=48) + off * calculated)
    both = replace(readings, calculated=calculated)

    def fitted(rows: np.ndarray, told: bool) -> PropertyModel:
        with torch_scope(0):
            part = (both if told else readings).take(rows)
            return fit_property("y", features[rows], part, np.arange(len(rows)), bend=False)

    every = np.arange(48)
    return {"both": fitted(every, True), "as measured": fitted(every, False), "measured only": fitted(every[:8], False)}


@pytest.mark.parametrize("wrong", [0.0, 0.2])
def test_calculations_teach_the_shape_and_not_the_level(wrong: float) -> None:
    probe = np.random.default_rng(9).random((300, 2))
    errors: dict[str, list[float]] = {}
    for seed in range(4):
        for name, model in models(seed, wrong).items():
            errors.setdefault(name, []).append(float(np.sqrt(((model.predict(probe)[0] - surface(probe)) ** 2).mean())))
    found = {name: float(np.mean(values)) for name, values in errors.items()}
    assert found["both"] < 0.6 * found["measured only"], found
    assert found["both"] < 0.4 * found["as measured"], found


def test_botorch_is_given_the_same_mean() -> None:
    model = models(0, 0.2)["both"]
    probe = np.random.default_rng(1).random((50, 2))
    with torch_scope(0):
        mean = model.model.posterior(tensor(probe)).mean.detach().numpy().ravel()
        np.testing.assert_allclose(mean, model.process.moments(probe)[0], atol=1e-3)


def test_calculated_recipes_are_no_results_and_may_be_measured() -> None:
    spec = CampaignSpec.model_validate(
        {
            "name": "t",
            "goal": "g",
            "space": {"components": [{"name": n, "step": "10%"} for n in ("Fe", "Co", "Ni")]},
            "objectives": [{"property": "y", "unit": "1", "direction": "maximize"}],
            "budget": {"experiments": 60},
            "optimizer": {"initial": 3, "replicates": 0},
        }
    )

    def height(recipe: Proposal | Observation) -> float:
        shares = np.array(recipe.composition.vector(("Fe", "Co", "Ni")))
        return float(np.exp(-((shares - [0.6, 0.3, 0.1]) ** 2).sum() / 0.05))

    def told(trial: str, recipe: object, value: float) -> Observation:
        composition = getattr(recipe, "composition", recipe)
        measurements = [{"property": "y", "unit": "1", "value": value}]
        return Observation.model_validate(
            {"trial": trial, "composition": composition, "measurements": measurements, "simulated": True}
        )

    optimizer = open_optimizer(spec)
    every = [composition for composition, _ in random_feasible(spec.space, 66, 0)]
    prior = [told(prior_trial_id(i), composition, 0.0) for i, composition in enumerate(every)]
    prior = [told(item.trial, item, height(item) + 2.0) for item in prior]
    optimizer.tell(prior)
    assert len(every) == 66, "all recipes are calculated, and all can still be measured"
    best = 0.0
    for number in range(1, 4):
        batch = optimizer.ask(3, round=number).batch
        best = max(best, *(height(p) for p in batch))
        optimizer.tell([told(f"r{number:02d}-s{i:02d}", p, height(p)) for i, p in enumerate(batch)])
    assert best == pytest.approx(1.0), "the top that the calculation shows is measured in the second round"
