"""What the optimiser makes of trials that fail: it learns the border, and knowledge that leads across it pays."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from eutectic.agents.knowledge_freeze import terms_of
from eutectic.agents.spec_file import load_spec
from eutectic.core.trial import Measurement, Observation
from eutectic.knowledge.claim_file import load_claims
from eutectic.lab_interface.laws.fe_soft_magnet import law
from eutectic.tools.encoding import encoder_of
from eutectic.tools.floor_padding import floor_padded
from eutectic.tools.history import History
from eutectic.tools.lattice import lattice_of
from eutectic.tools.optimizer import open_optimizer
from eutectic.tools.sampling import domain_of
from eutectic.tools.source_term import judge_of
from eutectic.tools.survival import fit_survival

EXAMPLE = Path(__file__).parent.parent / "examples" / "informed-magnet.yaml"
SPEC = load_spec(EXAMPLE)


def observe(trial: str, composition: object, process: dict[str, object] | None = None) -> Observation:
    """What the magnet law says of a recipe, without noise."""
    parts = {"trial": trial, "composition": composition, "process": process or {}, "simulated": True}
    cause = law().feasible(composition, {})  # type: ignore[arg-type]
    if cause is not None:
        return Observation.model_validate({**parts, "status": "failed", "cause": cause})
    value = law().true_values(composition, {})["Bs"]  # type: ignore[arg-type]
    return Observation.model_validate({**parts, "measurements": (Measurement(property="Bs", value=value, unit="T"),)})


def failures(seed: int, *, is_informed: bool) -> int:
    """Failed trials of 24 in batches of 4."""
    spec = SPEC.model_copy(update={"seed": seed})
    claims = load_claims(Path(str(spec.knowledge.claims)))
    terms = terms_of(spec, claims, (), {})[0] if is_informed else []
    optimizer = open_optimizer(spec, terms, judge_of(terms) if terms else None)
    failed = 0
    for number in range(1, 7):
        batch = optimizer.ask(4, round=number).batch
        seen = [observe(f"r{number}-{i}", item.composition, dict(item.process)) for i, item in enumerate(batch)]
        failed += sum(item.status == "failed" for item in seen)
        optimizer.tell(seen)
    return failed


@pytest.mark.parametrize("seed", [1, 7])
def test_knowledge_of_a_property_does_not_lead_a_campaign_into_recipes_that_cannot_be_made(seed: int) -> None:
    assert failures(seed, is_informed=True) <= 10


def test_survival_is_likelier_on_the_side_that_gave_values_and_unsure_far_away() -> None:
    lattice = lattice_of(SPEC.space)
    history = History(lattice, encoder_of(lattice), SPEC.objectives)
    rng = np.random.default_rng(5)
    domain = domain_of(SPEC.space, [])
    rows = domain.random(60, rng)
    seen = [observe(f"t{i}", lattice.recipe(row)[0]) for i, row in enumerate(rows)]
    history.add(seen[:40])
    table = history.table()
    assert 5 < (table.survived == 0).sum() < 35
    survival = fit_survival(table, history.encoder.n_plain)
    fresh = History(lattice, history.encoder, SPEC.objectives)
    fresh.add(seen[40:])
    held = fresh.table()
    chance = survival.chance(held.features)
    assert chance[held.survived == 1].mean() > chance[held.survived == 0].mean() + 0.2
    assert (survival.log_worth(held.features) <= np.log(chance) + 1e-12).all()


def test_failed_trials_stand_at_the_worst_value_of_each_objective() -> None:
    lattice = lattice_of(SPEC.space)
    history = History(lattice, encoder_of(lattice), SPEC.objectives)
    rows = domain_of(SPEC.space, []).random(30, np.random.default_rng(2))
    history.add([observe(f"t{i}", lattice.recipe(row)[0]) for i, row in enumerate(rows)])
    table = history.table()
    padded = floor_padded(table, SPEC.objectives)
    failed = table.survived == 0
    assert failed.any() and np.isnan(table.values[failed]).all()
    assert (padded.values[failed, 0] == np.nanmin(table.values[:, 0])).all()
    assert np.array_equal(padded.values[~failed], table.values[~failed], equal_nan=True)
