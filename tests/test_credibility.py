"""The model card: honest splits, noise from replicates, effects that find what matters."""

from __future__ import annotations

import numpy as np
import pytest

from eutectic.core.spec import CampaignSpec
from eutectic.core.trial import Measurement, Observation
from eutectic.tools.credibility import Credibility, assess
from eutectic.tools.sampling import random_feasible
from eutectic.tools.surrogate import fit_posterior

SPEC = CampaignSpec.model_validate(
    {
        "name": "card",
        "goal": "the best",
        "space": {
            "components": [{"name": n, "step": "5%"} for n in ("Fe", "Co", "Ni", "B")],
            "process": [{"kind": "continuous", "name": "T", "low": 0, "high": 100, "step": 5}],
        },
        "objectives": [{"property": "y", "unit": "T", "direction": "maximize"}],
        "budget": {"experiments": 100},
    }
)


def measured(n: int, replicates: int, noise: float, *, structure: float = 1.0, seed: int = 0) -> list[Observation]:
    """`y` rises with Fe and a little with T, plus noise; with no structure the recipe says nothing."""
    rng = np.random.default_rng(seed)
    found = []
    for i, (composition, process) in enumerate(random_feasible(SPEC.space, n, 1)):
        truth = structure * (2 * composition.fractions.get("Fe", 0.0) + 0.004 * float(process["T"]))
        own = (1 - structure) * rng.normal()
        for copy in range(replicates):
            value = truth + own + noise * rng.normal()
            found.append(
                Observation(
                    trial=f"r{copy + 1:02d}-s{i:02d}",
                    composition=composition,
                    process=process,
                    measurements=(Measurement(property="y", unit="T", value=value),),
                    simulated=True,
                )
            )
    return found


@pytest.fixture(scope="module")
def card() -> Credibility:
    return assess(SPEC, measured(40, 2, 0.05))


def test_a_learnable_property_is_predicted_with_honest_intervals(card: Credibility) -> None:
    one = card.properties[0]
    assert one.n == len(one.pairs) == 80 and one.recipes == 40
    assert one.r2 is not None and one.r2 > 0.9
    assert one.rmse is not None and one.mae is not None and one.mae <= one.rmse < 0.12
    assert one.coverage_90 is not None and one.coverage_90 > 0.75
    assert one.noise_from == "replicates"
    assert one.noise_sd == pytest.approx(0.05, rel=0.35)
    assert "whole recipes" in one.split


def test_replicates_on_both_sides_would_flatter_and_are_not() -> None:
    """Values that belong to the recipe but not to its features: only a replicate could tell them."""
    one = assess(SPEC, measured(30, 3, 0.02, structure=0.0)).properties[0]
    assert one.r2 is not None and one.r2 < 0.4
    assert one.noise_sd == pytest.approx(0.02, rel=0.35)


def test_effects_name_what_matters_and_add_up(card: Credibility) -> None:
    shares = {effect.factor: effect for effect in card.effects}
    assert set(shares) == {"Fe", "Co", "Ni", "B", "T"}
    assert sum(effect.share for effect in card.effects) == pytest.approx(1, abs=1e-3)
    assert card.effects[0].factor == "Fe" and shares["Fe"].direction == "raises"
    assert shares["T"].direction == "raises"
    assert shares["Fe"].share > 3 * shares["T"].share


def test_the_same_observations_give_the_same_card() -> None:
    observations = measured(14, 2, 0.05)
    assert assess(SPEC, observations) == assess(SPEC, observations)


@pytest.mark.parametrize("n", [0, 1, 3])
def test_too_few_recipes_give_a_reason_and_no_figures(n: int) -> None:
    one = assess(SPEC, measured(n, 2, 0.05)).properties[0]
    assert one.rmse is one.r2 is one.coverage_90 is None
    assert f"{n} recipes" in one.reason


def test_few_recipes_are_left_out_one_by_one_and_failures_are_no_values() -> None:
    observations = measured(8, 2, 0.05)
    failed = observations[0].model_copy(update={"status": "failed", "cause": "sample_prep"})
    one = assess(SPEC, [failed, *observations[1:]]).properties[0]
    assert one.n == 15
    assert "in turn" in one.split


def test_censored_values_train_but_are_not_judged() -> None:
    observations = measured(20, 1, 0.05)
    limit = Measurement(property="y", unit="T", value=0.1, censoring="below")
    censored = observations[0].model_copy(update={"measurements": (limit,)})
    one = assess(SPEC, [censored, *observations[1:]]).properties[0]
    assert one.n == 19
    assert observations[0].trial not in {pair.trial for pair in one.pairs}


def test_the_posterior_predicts_in_the_unit_and_is_surest_where_it_measured() -> None:
    observations = measured(30, 1, 0.02)
    posterior = fit_posterior(SPEC, observations)
    recipes = [(o.composition, o.process) for o in observations]
    mean, sd = posterior.predict(recipes)["y"]
    truth = np.array([o.value("y") for o in observations])
    assert np.abs(mean - truth).mean() < 0.1
    _, noisy = posterior.predict(recipes, noisy=True)["y"]
    assert (noisy > sd).all()
    elsewhere = posterior.predict(random_feasible(SPEC.space, 200, 5))["y"][1]
    assert sd.mean() < elsewhere.mean()
    assert fit_posterior(SPEC, []).predict(recipes) == {}
