"""Whatever came back from the lab, the optimiser proposes something sensible, the same for the same notebook."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from eutectic.core.errors import InfeasibleSpace
from eutectic.core.optimizer import Advice, Pending
from eutectic.core.spec import CampaignSpec
from eutectic.core.trial import Observation
from eutectic.tools.optimizer import open_optimizer
from eutectic.tools.sampling import random_feasible

SPACE = {
    "components": [
        {"name": "Fe", "min": "30%", "step": "5%", "price": 1},
        {"name": "Co", "step": "5%", "min_dose": "10%", "price": 30},
        {"name": "Ni", "step": "5%", "price": 15},
        {"name": "B", "max": "20%", "step": "5%", "price": 4},
    ],
    "presence": [{"never": ["Co", "Ni"]}],
    "max_price": 15,
    "process": [{"kind": "categorical", "name": "gas", "choices": ["Ar", "N2"]}],
}
ONE = [{"property": "y", "unit": "1", "direction": "maximize"}]
GOALS: dict[str, list[dict[str, Any]]] = {
    "one": ONE,
    "a target": [{"property": "y", "unit": "1", "direction": "target", "target": 1.0, "tolerance": 0.1}],
    "two and a limit": [
        *ONE,
        {"property": "z", "unit": "1", "direction": "minimize"},
        {"property": "w", "unit": "1", "direction": "minimize", "role": "constrain", "at_most": 1.0},
    ],
}
_PHASES = (Phase.explicit, Phase.reuse, Phase.generate)
"""Without shrinking, which takes minutes where each example fits models."""
NUMBERS = st.floats(-1e300, 1e300) | st.sampled_from([0.0, 1.0, 1.0, 1e-300, -1e12, 3.0]) | st.floats(-2, 2)


def spec_of(goals: str) -> CampaignSpec:
    return CampaignSpec.model_validate(
        {
            "name": "t",
            "goal": "g",
            "space": SPACE,
            "objectives": GOALS[goals],
            "budget": {"experiments": 100},
            "batch": 3,
        }
    )


@st.composite
def histories(draw: st.DrawFn) -> list[Observation]:
    """None to twelve results of few recipes: repeats, constants, gaps, limits, failures, absurd numbers."""
    recipes = random_feasible(spec_of("one").space, 6, draw(st.integers(0, 3)))
    found = []
    for i in range(draw(st.integers(0, 12))):
        composition, process = recipes[draw(st.integers(0, len(recipes) - 1))]
        status = draw(st.sampled_from(["ok", "ok", "ok", "failed", "abandoned"]))
        measurements = [
            {
                "property": name,
                "unit": "1",
                "value": draw(st.none() | NUMBERS),
                "sd": draw(st.none() | st.sampled_from([0.0, 0.1, 1e300])),
                "censoring": draw(st.sampled_from(["none", "none", "below", "above"])),
            }
            for name in ("y", "z", "w")
            if draw(st.booleans())
        ]
        found.append(
            Observation.model_validate(
                {
                    "trial": f"r{i // 3 + 1:02d}-s{i % 3:02d}",
                    "composition": composition,
                    "process": process,
                    "measurements": measurements if status == "ok" else [],
                    "status": status,
                    "cause": None if status == "ok" else draw(st.sampled_from(["not_stabilised", "test_error"])),
                    "simulated": True,
                }
            )
        )
    return found


def answer(spec: CampaignSpec, observations: list[Observation], *, at_once: bool = True) -> Advice:
    optimizer = open_optimizer(spec)
    if at_once:
        optimizer.tell(observations)
    else:
        for observation in observations:
            optimizer.tell([observation])
    return optimizer.ask(3, round=5, alternatives=2)


def test_none_at_all() -> None:
    assert len(answer(spec_of("two and a limit"), []).batch) == 3


@pytest.mark.parametrize("goals", GOALS)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow], phases=_PHASES)
@given(observations=histories())
def test_any_history_gives_a_sensible_proposal_and_the_same_twice(goals: str, observations: list[Observation]) -> None:
    spec = spec_of(goals)
    advice = answer(spec, observations)
    assert len(advice.batch) == 3
    for proposal in (*advice.batch, *advice.alternatives):
        assert spec.space.violations(proposal.composition, proposal.process) == []
        assert all(np.isfinite(p.mean) and np.isfinite(p.sd) for p in proposal.predictions)
    new = [(p.composition, tuple(p.process.items())) for p in advice.batch if p.purpose == "data"]
    assert len(set(new)) == len(new)
    told = {(o.composition, tuple(o.process.items())) for o in observations}
    assert not told & set(new)
    assert answer(spec, observations, at_once=False) == advice, "state is what was told, however it was told"


def test_a_batch_of_96_has_no_near_duplicates_and_no_repeats() -> None:
    spec = CampaignSpec.model_validate(
        {
            "name": "t",
            "goal": "g",
            "space": {"components": [{"name": n, "step": "0.1%"} for n in ("Fe", "Co", "Ni", "B")]},
            "objectives": ONE,
            "budget": {"experiments": 500},
            "batch": 96,
            "optimizer": {"replicates": 0},
        }
    )
    optimizer = open_optimizer(spec)
    rng = np.random.default_rng(0)
    first = optimizer.ask(96, round=1).batch
    optimizer.tell(
        [
            Observation.model_validate(
                {
                    "trial": f"r01-s{i:02d}",
                    "composition": p.composition,
                    "measurements": [
                        {
                            "property": "y",
                            "unit": "1",
                            "value": p.composition.fractions.get("Fe", 0.0) + 0.02 * rng.normal(),
                        }
                    ],
                    "simulated": True,
                }
            )
            for i, p in enumerate(first)
        ]
    )
    for batch in (first, optimizer.ask(96, round=2).batch):
        shares = np.array([p.composition.vector(("Fe", "Co", "Ni", "B")) for p in batch])
        assert len(shares) == 96
        apart = np.abs(shares[:, None] - shares[None]).sum(axis=-1) / 2
        apart[np.diag_indices(96)] = 1.0
        assert np.quantile(apart.min(axis=1), 0.1) >= 0.005, "nine in ten differ from the nearest by five steps or more"


def test_recipes_on_their_way_count_to_the_last() -> None:
    spec = CampaignSpec.model_validate(
        {
            "name": "t",
            "goal": "g",
            "space": {"components": [{"name": n, "step": "25%"} for n in ("Fe", "Co", "Ni")]},
            "objectives": ONE,
            "budget": {"experiments": 50},
            "optimizer": {"replicates": 0},
        }
    )
    optimizer = open_optimizer(spec)
    waiting: list[Pending] = []
    for _ in range(15):
        (proposal,) = optimizer.ask(1, round=1, pending=waiting).batch
        waiting.append(Pending(composition=proposal.composition, process=proposal.process))
    assert len({item.composition for item in waiting}) == 15
    with pytest.raises(InfeasibleSpace, match="measured or on its way"):
        optimizer.ask(1, round=1, pending=waiting)
