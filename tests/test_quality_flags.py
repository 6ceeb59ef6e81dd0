"""Flags on fresh values: far from prediction or replicate, not physical, a shifted batch; and the noise in words."""

import pytest

from eutectic.agents.graph.quality import quality_lines, replicate_cv
from eutectic.core.composition import Composition
from eutectic.core.notebook import CampaignView
from eutectic.core.trial import Measurement, Observation, Prediction, Trial


def view(rows: list[tuple[str, float, float, float | None]], unit: str = "HV") -> CampaignView:
    """Rows of trial, iron share, value and predicted mean; equal iron shares are replicates."""
    found = CampaignView()
    for name, iron, value, expected in rows:
        composition = Composition.of({"Fe": iron, "Al": round(1 - iron, 6)})
        repeated = any(other.composition == composition for other in found.trials.values())
        trial = Trial(
            id=name,
            composition=composition,
            source="optimizer",
            why="",
            purpose="replicate" if repeated else "data",
            predictions=() if expected is None else (Prediction(property="HV", mean=expected, sd=1.0),),
        )
        seen = Observation(
            trial=name,
            composition=composition,
            measurements=(Measurement(property="HV", unit=unit, value=value),),
            simulated=True,
        )
        found._on_trial(name, trial.model_dump(mode="json"))
        found._on_observation(name, seen.model_dump(mode="json"))
    return found


def flags(rows: list[tuple[str, float, float, float | None]], unit: str = "HV") -> dict[str, tuple[str, ...]]:
    found = view(rows, unit)
    return {line.trial: line.flags for line in quality_lines(found, list(found.trials.values()))[0]}


def test_a_value_far_from_its_prediction_is_flagged_and_a_near_one_is_not() -> None:
    found = flags([("r02-s01", 0.5, 104, 100), ("r02-s02", 0.6, 160, 100)])
    assert found == {"r02-s01": (), "r02-s02": ("far_from_prediction",)}


def test_a_replicate_that_disagrees_is_flagged() -> None:
    rows = [("r01-s01", 0.5, 100, None), ("r01-s02", 0.6, 100, None), ("r01-s03", 0.6, 101, None)]
    found = flags([*rows, ("r02-s01", 0.6, 99, None), ("r02-s02", 0.5, 300, None)])
    assert found["r02-s02"] == ("far_from_replicate",) and found["r02-s01"] == ()


@pytest.mark.parametrize(("unit", "wrong"), [("HV", True), ("eV", False)])
def test_a_negative_amount_is_not_physical(unit: str, wrong: bool) -> None:
    assert ("non_physical" in flags([("r01-s01", 0.5, -3, None)], unit)["r01-s01"]) is wrong


def test_a_batch_that_shifts_as_a_whole_is_flagged() -> None:
    shifted = flags([(f"r02-s0{i}", 0.1 * i, 125, 100) for i in (1, 2, 3)])
    assert all("batch_shift" in found for found in shifted.values())
    mixed = flags([("r02-s01", 0.1, 125, 100), ("r02-s02", 0.2, 75, 100), ("r02-s03", 0.3, 125, 100)])
    assert not any("batch_shift" in found for found in mixed.values())


def test_the_noise_comes_from_replicates_that_were_not_set_aside() -> None:
    found = view([("r01-s01", 0.5, 100, None), ("r01-s02", 0.5, 110, None), ("r01-s03", 0.5, 500, None)])
    assert replicate_cv(found)["HV"] > 0.5
    found.excluded["r01-s03"] = "cracked"
    assert replicate_cv(found)["HV"] == pytest.approx(0.0673, abs=0.001)
    assert replicate_cv(view([("r01-s01", 0.5, 100, None)])) == {}
