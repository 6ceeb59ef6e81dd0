"""What trials are chosen by beside their promise: their cost, and whether a repeat tells more than a new recipe."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from eutectic.core.errors import BadInput
from eutectic.core.optimizer import Proposal
from eutectic.core.spec import CampaignSpec
from eutectic.core.trial import Observation
from eutectic.tools.optimizer import open_optimizer
from eutectic.tools.trial_cost import trial_cost_of


def spec_of(**optimizer: Any) -> CampaignSpec:
    return CampaignSpec.model_validate(
        {
            "name": "t",
            "goal": "g",
            "space": {
                "basis": "wt%",
                "components": [
                    {"name": name, "step": "2%", "price": price}
                    for name, price in (("Fe", 1), ("Ni", 15), ("Au", 60_000))
                ],
            },
            "objectives": [{"property": "y", "unit": "1", "direction": "maximize"}],
            "budget": {"experiments": 200},
            "optimizer": {"initial": 4, **optimizer},
        }
    )


def shares(proposal: Proposal) -> np.ndarray:
    return np.array(proposal.composition.vector(("Fe", "Ni", "Au")))


def observed(proposal: Proposal, trial: str, value: float) -> Observation:
    return Observation.model_validate(
        {
            "trial": trial,
            "composition": proposal.composition,
            "measurements": [{"property": "y", "unit": "1", "value": value}],
            "simulated": True,
        }
    )


def campaign(spec: CampaignSpec, rounds: int, noise: float = 0.0) -> list[list[Proposal]]:
    """Two tops of equal height, one with a third of gold, one with none."""
    optimizer, rng, batches = open_optimizer(spec), np.random.default_rng(0), []
    for number in range(1, rounds + 1):
        batch = list(optimizer.ask(4, round=number).batch)
        batches.append(batch)
        told = []
        for i, p in enumerate(batch):
            x = shares(p)
            heights = [np.exp(-((x - top) ** 2).sum() / 0.08) for top in ([0.7, 0.3, 0.0], [0.3, 0.3, 0.4])]
            told.append(observed(p, f"r{number:02d}-s{i:02d}", float(max(heights) + noise * rng.normal())))
        optimizer.tell(told)
    return batches


def test_cheap_recipes_are_chosen_where_they_promise_as_much() -> None:
    def gold(spec: CampaignSpec) -> float:
        return float(np.mean([shares(p)[2] for batch in campaign(spec, 4)[1:] for p in batch]))

    blind, aware = gold(spec_of(replicates=0)), gold(spec_of(replicates=0, trial_cost=5.0, sample_kg=0.01))
    assert aware < 0.5 * blind, (aware, blind)


def test_cost_counts_masses_and_is_asked_for_whole() -> None:
    cost = trial_cost_of(spec_of(trial_cost=5.0, sample_kg=0.01))
    assert cost is not None
    assert cost.of(np.array([[0.5, 0.0, 0.5], [1.0, 0.0, 0.0]])) == pytest.approx([5 + 300.005, 5.01])
    assert trial_cost_of(spec_of()) is None
    spec = spec_of(trial_cost=5.0, sample_kg=0.01)
    bare = spec.space.components[0].model_copy(update={"price": None})
    space = spec.space.model_copy(update={"components": (bare, *spec.space.components[1:])})
    with pytest.raises(BadInput, match="price of every component"):
        trial_cost_of(spec.model_copy(update={"space": space}))


def repeats_asked_for(noise: float, seed: int) -> int:
    """All but three of 21 rugged recipes measured once, three twice: repeats in the next batch of two."""
    spec = spec_of(replicates="by_value")
    components = tuple(item.model_copy(update={"step": 0.2}) for item in spec.space.components)
    spec = spec.model_copy(update={"space": spec.space.model_copy(update={"components": components})})
    optimizer, rng = open_optimizer(spec), np.random.default_rng(seed)
    everything = optimizer.ask(21, round=1).batch
    assert len(everything) == 21
    kept = [p for p in everything if shares(p)[2] < 0.75]
    heights = rng.normal(size=len(kept))
    told = [(p, float(height + noise * rng.normal())) for p, height in zip(kept, heights, strict=True)]
    told += [(p, float(height + noise * rng.normal())) for p, height in zip(kept[:3], heights[:3], strict=True)]
    optimizer.tell([observed(p, f"r01-s{i:02d}", value) for i, (p, value) in enumerate(told)])
    return sum(p.purpose == "replicate" for p in optimizer.ask(2, round=4).batch)


def test_repeats_come_where_noise_may_have_made_the_leader_and_never_without_noise() -> None:
    assert sum(repeats_asked_for(0.0, seed) for seed in range(6)) == 0
    assert sum(repeats_asked_for(0.5, seed) for seed in range(6)) >= 2


def test_a_leader_far_ahead_is_not_repeated_and_two_close_ones_are() -> None:
    """The worth of a repeat by hand: what it may change, with a noise that repeats have shown."""
    from eutectic.tools.goals import Goal, Goals
    from eutectic.tools.repeat_pays import Choice

    rng = np.random.default_rng(0)
    truth = np.array([0.5, 0.45, -2.0]) + 0.5 * rng.normal(size=(20_000, 3))
    reading = (truth + 0.5 * rng.normal(size=truth.shape))[..., None]
    goals = Goals((Goal(0, 1.0, None, None),), ())
    once = np.ones(2, dtype=np.int64)
    close = Choice(goals, truth[..., None], reading, np.array([[1.0], [0.9]]), once)
    # Chosen again is what the mean of 1.0 and the new reading leaves above 0.9: f1 - f0 where it falls below 0.8.
    falls = reading[:, 0, 0] < 0.8
    assert close.repeat(0) == pytest.approx(float(((truth[:, 1] - truth[:, 0]) * falls).mean()), abs=1e-9)
    assert close.repeat(0) > 0.08
    far = Choice(goals, truth[..., None], reading, np.array([[9.0], [0.9]]), once)
    assert far.repeat(0) == 0.0
    assert close.new(2) < close.repeat(0), "a recipe that promises nothing is worth less"
