"""The outlook: a goal that was met is in reach, an absurd one is not, and too few trials give none."""

from __future__ import annotations

import numpy as np
import pytest

from eutectic.core.composition import Composition
from eutectic.core.spec import CampaignSpec
from eutectic.core.trial import Measurement, Observation
from eutectic.tools.outlook import outlook

NAMES = ("Fe", "Co", "B")


def spec(goal: float) -> CampaignSpec:
    return CampaignSpec.model_validate(
        {
            "name": "outlook",
            "goal": "as high as can be",
            "space": {"components": [{"name": name, "step": "5%"} for name in NAMES]},
            "objectives": [{"property": "Bs", "unit": "T", "direction": "maximize", "at_least": goal}],
            "budget": {"experiments": 40},
        }
    )


def measured(n: int) -> list[Observation]:
    """Values of a smooth law between 0 and about 1."""
    found = []
    for i, shares in enumerate(np.random.default_rng(5).dirichlet(np.ones(3), n)):
        shares = np.round(shares[:2] * 20) / 20
        fractions = {"Fe": shares[0], "Co": shares[1], "B": max(0.0, 1 - shares.sum())}
        value = float(1 - (fractions["Fe"] - 0.6) ** 2 - (fractions["Co"] - 0.3) ** 2)
        found.append(
            Observation(
                trial=f"r{i + 1:02d}-s00",
                composition=Composition.of(fractions, normalise=True),
                measurements=(Measurement(property="Bs", unit="T", value=value),),
                simulated=True,
            )
        )
    return found


BATCH = [(Composition.of({"Fe": 0.6, "Co": 0.3, "B": 0.1}), {})]


@pytest.mark.parametrize(("goal", "low", "high"), [(0.5, 0.95, 1.0), (50.0, 0.0, 0.02)], ids=["met", "absurd"])
def test_the_chance_follows_the_goal(goal: float, low: float, high: float) -> None:
    found = outlook(spec(goal), measured(16), BATCH)
    assert found is not None and found.chance is not None and low <= found.chance <= high
    words = found.words(spec(goal))
    assert "Repeat or new?" in words and ("above" in words or "below" in words or "%" in words)


def test_the_best_left_covers_the_truth_and_few_trials_give_none() -> None:
    found = outlook(spec(0.5), measured(16), BATCH)
    assert found is not None and found.best_left is not None
    assert found.best_left[0] < 1.05 and found.best_left[1] > 0.95
    assert outlook(spec(0.5), measured(4), BATCH) is None
