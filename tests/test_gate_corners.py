"""The last corners of the gate's modules: what only a damaged record or a wrong setting reaches."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
from lab_bench import CAMPAIGN, Bench, abilities, protocol_of, shares, spec_of, trials_of
from pydantic import ValidationError

from eutectic.core.errors import BadInput
from eutectic.core.plan import Parameter, Sample
from eutectic.core.stock import Dispenser, PremixVessels, Stock, Vessels, place_names
from eutectic.lab_interface.compile import compile_plan
from eutectic.lab_interface.stock_contents import per_tick, ticks_filled
from eutectic.lab_interface.stock_ledger import StockLedger

BALANCE = Dispenser(tick="0.1 mg", min_ticks=10)


def test_a_number_that_is_not_finite_blocks_even_where_the_record_let_it_in(tmp_path: Path) -> None:
    """Records refuse NaN; the check looks again, for a record may be built past its own rules."""
    it = Bench(tmp_path, spec_of(), trials_of("Fe80B20"))
    wrong = Parameter.model_construct(name="temperature", value=math.nan, unit="degC")
    step = it.plan.protocol.steps[0].model_copy(update={"parameters": (wrong,)})
    plan = it.plan.model_copy(update={"protocol": it.plan.protocol.model_copy(update={"steps": (step,)})})
    found = {check.name: check for check in it.gate._checks(plan)}
    assert found["units"].verdict == "block"
    assert "not finite" in found["units"].detail


@pytest.mark.parametrize(
    ("make", "words"),
    [
        pytest.param(
            lambda: Sample(trial="r01-s01", sample="x", doses=(), achieved={"Fe": 1.0}), "", id="empty sample"
        ),  # type: ignore[arg-type]
        pytest.param(
            lambda: Dispenser(tick="1 uL", min_ticks=10, max_transfer_ticks=12), "could not be split", id="small tip"
        ),
        pytest.param(
            lambda: PremixVessels.model_validate({"places": 0, "total_ticks": 9}), "write 1 to", id="no place"
        ),
        pytest.param(lambda: PremixVessels(places=("A", "A"), total_ticks=9), "the same name", id="twice"),
        pytest.param(lambda: PremixVessels(places=("A",), total_ticks=9, dead_ticks=9), "is all that", id="all dead"),
        pytest.param(lambda: place_names(0, "well"), "write 1 to 1536", id="no well"),
        pytest.param(lambda: Vessels.model_validate({"places": 96, "order": "zigzag"}), "order", id="unknown order"),
    ],
)
def test_settings_that_make_no_sense_are_refused_when_they_are_read(make: Any, words: str) -> None:
    with pytest.raises((ValidationError, ValueError), match=words or "Field required|valid|nothing"):
        make()


def test_a_sample_into_which_nothing_goes_is_no_sample() -> None:
    made = compile_plan(spec_of(), CAMPAIGN, 1, 1, trials_of("Fe80B20"), protocol_of(), abilities()).samples[0]
    with pytest.raises(ValidationError, match="nothing is dosed into it"):
        Sample.model_validate(made.model_dump() | {"doses": ()})


@pytest.mark.parametrize(
    ("trials", "words"),
    [
        pytest.param([], "at least one trial", id="none"),
        pytest.param(trials_of(shares({"Fe": 0.5, "B": 0.5}, "wt%")), "is in wt%", id="another basis"),
        pytest.param(trials_of("Fe50Au50"), "not components of the space", id="another component"),
    ],
)
def test_trials_that_no_plan_can_be_made_of(trials: Any, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        compile_plan(spec_of(), CAMPAIGN, 1, 1, trials, protocol_of(), abilities())


def test_what_a_tick_of_a_weighed_stock_fills() -> None:
    powder = Stock(id="Fe", form="powder", strength={"Fe": 100}, unit="wt%", density=7.87, dispenser=BALANCE)
    assert ticks_filled(powder, "1 mg") == pytest.approx(0.1)
    assert ticks_filled(powder, "0.1 uL") == pytest.approx(0.1 / 7.87 / 0.1)
    wet = Stock(id="s", strength={"Fe": 1.0}, density=1.2, dispenser=Dispenser(tick="1 uL", min_ticks=5))
    assert ticks_filled(wet, "1 mg") == pytest.approx(1.2)
    assert ticks_filled(powder.model_copy(update={"dispenser": None}), "1 mg") == 1.0


def test_volumes_of_a_volume_stock_in_every_basis() -> None:
    half = Stock(id="h", strength={"Fe": 50.0}, unit="vol%")
    assert per_tick(half, "1 uL", "vol%") == {"Fe": 0.5}
    assert per_tick(half, "1 uL", "wt%")["Fe"] == pytest.approx(0.5 * 7.874, rel=1e-3)
    strange = Stock(id="q", strength={"quillium": 50.0}, unit="vol%")
    with pytest.raises(BadInput, match="no density is known of 'quillium'"):
        per_tick(strange, "1 uL", "wt%")


def test_settling_a_plan_without_stocks_writes_nothing(tmp_path: Path) -> None:
    ledger = StockLedger(tmp_path / "stocks.db", "me")
    plan = compile_plan(spec_of(), CAMPAIGN, 1, 1, trials_of("Fe80B20"), protocol_of(), abilities())
    ledger.reserve(plan)
    ledger.settle(plan, lambda _: True)
    assert not (tmp_path / "stocks.db").exists()


def test_a_released_plan_may_reserve_again_and_a_used_one_keeps_its_row(tmp_path: Path) -> None:
    stock = Stock(id="Fe-1", form="powder", strength={"Fe": 100}, unit="wt%", on_hand="3 g")  # type: ignore[arg-type]
    boron = Stock(id="B-1", form="powder", strength={"B": 100}, unit="wt%", on_hand="3 g")  # type: ignore[arg-type]
    lab = abilities(stocks=(stock, boron))
    plan = compile_plan(spec_of(("Fe", "B")), CAMPAIGN, 1, 1, trials_of("Fe80B20"), protocol_of(), lab)
    ledger = StockLedger(tmp_path / "stocks.db", "me")
    for action in (ledger.reserve, ledger.release, ledger.reserve):
        action(plan)
    assert {row["state"] for row in ledger.movements()} == {"reserved"}
    ledger.settle(plan, lambda _: True)
    used = ledger.movements()
    for action in (ledger.reserve, ledger.release):
        action(plan)
    assert ledger.movements() == used
    assert {row["state"] for row in used} == {"used"}
