"""Records that grew: old bytes and hashes stay, new fields are told; stocks, transfers and run states."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lab_bench import CAMPAIGN, abilities, protocol_of, spec_of, trials_of
from pydantic import ValidationError

from eutectic.core.composition import Composition
from eutectic.core.plan import Plan, Sample
from eutectic.core.record import canonical_json, sha256
from eutectic.core.run import FINISHED, FOLLOWS, may_follow
from eutectic.core.stock import Amount, Stock, Vessels, place_names
from eutectic.core.trial import Observation
from eutectic.lab_interface.compile import compile_plan

BY_HAND = Path(__file__).parent / "data" / "by-hand" / "events.jsonl"


def _plan() -> Plan:
    return compile_plan(spec_of(), CAMPAIGN, 1, 1, trials_of("Fe80B20", "Fe70B30"), protocol_of(), abilities())


def test_plans_and_observations_of_an_older_notebook_keep_their_bytes() -> None:
    import json

    lines = [json.loads(line) for line in BY_HAND.read_text(encoding="utf-8").splitlines()]
    plans = [line["payload"] for line in lines if line["kind"] == "plan"]
    seen = [line["payload"] for line in lines if line["kind"] == "observation"]
    assert len(plans) == 3 and len(seen) == 9
    assert [canonical_json(Plan.model_validate(item)) for item in plans] == [canonical_json(item) for item in plans]
    assert [canonical_json(Observation.model_validate(item)) for item in seen] == [canonical_json(i) for i in seen]


def test_a_field_that_is_told_changes_the_hash_and_comes_back() -> None:
    plan = _plan()
    told = plan.model_copy(update={"vessels": Vessels.model_validate({"places": 96})})
    assert told.sha256 != plan.sha256 and told.sha256 == sha256(told)
    assert Plan.model_validate_json(canonical_json(told)) == told
    assert "vessels" not in canonical_json(plan)


@settings(deadline=None)
@given(ticks=st.integers(1, 5000), most=st.integers(1, 700))
def test_transfers_carry_every_tick_once_and_none_is_above_the_tip(ticks: int, most: int) -> None:
    plan = _plan()
    doses = tuple(dose.model_copy(update={"ticks": ticks}) for dose in plan.samples[0].doses)
    samples = tuple(sample.model_copy(update={"doses": doses}) for sample in plan.samples)
    plan = plan.model_copy(update={"samples": samples, "max_transfer_ticks": most})
    assert all(0 < item.ticks <= most for item in plan.transfers)
    assert [item.number for item in plan.transfers] == list(range(1, len(plan.transfers) + 1))
    for sample in plan.samples:
        for dose in sample.doses:
            moved = [t.ticks for t in plan.transfers if (t.stock, t.sample) == (dose.component, sample.sample)]
            assert sum(moved) == dose.ticks and max(moved) - min(moved) <= 1


@pytest.mark.parametrize(
    ("text", "tick", "density", "ticks"),
    [
        ("50 mL", "1 uL", None, 50_000),
        ("0.5 mL", "0.1 uL", None, 5_000),
        ("2 g", "0.1 mg", None, 20_000),
        ("1 g", "1 uL", 2.0, 500),
        ("1 mL", "1 mg", 2.0, 2000),
        ("1 mL", "1 mg", None, None),
        ("1 g", "1 uL", None, None),
    ],
)
def test_amounts_become_ticks_and_need_a_density_between_mass_and_volume(text, tick, density, ticks) -> None:
    found = Amount.model_validate(text).ticks(tick, density)
    assert found == (None if ticks is None else pytest.approx(ticks))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"strength": {"Fe": 0}}, "above 0"),
        ({"strength": {"Fe": float("nan")}}, "finite"),
        ({"unit": "wt%", "strength": {"Fe": 60, "B": 41}}, "more than the whole"),
        ({"form": "solvent"}, "only a solvent"),
        ({"strength": {}}, "only a solvent"),
        ({"prepared": "2026-05-02", "expires": "2026-05-01"}, "before it was prepared"),
        ({"on_hand": "-5 mL"}, "not an amount"),
        ({"on_hand": "5 cups"}, "unit|Input"),
        ({"id": "=cmd()"}, "pattern"),
    ],
)
def test_a_stock_that_makes_no_sense_is_refused_with_words(change: dict[str, object], message: str) -> None:
    given: dict[str, object] = {"id": "Fe-1", "strength": {"Fe": 0.5}}
    with pytest.raises(ValidationError, match=message):
        Stock.model_validate(given | change)


def test_what_a_stock_holds_is_its_chemicals_and_its_solvent() -> None:
    stock = Stock(id="Ni-1", strength={"Ni": 0.5}, chemicals=("Ni(NO3)2",), solvent="water", expires=date(2027, 1, 1))
    assert stock.holds == ("Ni(NO3)2", "water")
    assert Stock(id="water", form="solvent").holds == ("water",)
    assert Stock(id="top-up", form="solvent", solvent="ethanol").holds == ("ethanol",)
    assert Stock.model_validate_json(canonical_json(stock)) == stock


def test_places_are_named_as_on_the_plate() -> None:
    assert place_names(96, "well")[:2] == ("A1", "A2") and place_names(96, "well")[-1] == "H12"
    assert place_names(3, "crucible") == ("C01", "C02", "C03")
    with pytest.raises(ValidationError, match="same name"):
        Vessels(places=("A1", "A1"))


def test_ends_are_final_and_unknown_never_goes_back_to_the_queue() -> None:
    assert all(not FOLLOWS.get(state) for state in FINISHED)
    assert not may_follow("unknown", "queued") and not may_follow("unknown", "dispatched")
    assert not may_follow("estopped", "dispatched") and may_follow("running", "unknown")
    assert may_follow("running", "running") and not may_follow("succeeded", "running")


def test_a_sample_with_an_uncertainty_says_so() -> None:
    sample = Sample(
        trial="r01-s01",
        sample="K7-0101-A",
        doses=_plan().samples[0].doses,
        achieved=Composition.from_formula("FeB"),
        achieved_sd={"Fe": 0.01, "B": 0.01},
    )
    assert Sample.model_validate_json(canonical_json(sample)) == sample
