"""Composition to doses: limits always kept, the achieved composition recomputed here, exact against brute force."""

from __future__ import annotations

import itertools
import random
from datetime import date
from math import sqrt
from statistics import stdev
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lab_bench import CAMPAIGN, abilities, protocol_of, shares, spec_of, trials_of

from eutectic.core.elements import element
from eutectic.core.errors import BadInput
from eutectic.core.plan import Capabilities, Plan
from eutectic.core.spec import CampaignSpec
from eutectic.core.stock import Stock
from eutectic.lab_interface.compile import compile_plan
from eutectic.lab_interface.dispense import Limits, Problem, reach
from eutectic.lab_interface.dispense_exact import exact
from eutectic.lab_interface.dispense_reasons import diagnose
from eutectic.lab_interface.dispense_settings import check_stocks
from eutectic.lab_interface.dispense_snap import snap
from eutectic.lab_interface.doses import Dispensing, Doses, doses_for, spread
from eutectic.lab_interface.spec_check import check_served
from eutectic.lab_interface.stock_contents import Source, per_tick

METALS = ("Fe", "Co", "Ni", "Cu")


def solution(name: str, molar: float, **changes: Any) -> Stock:
    return Stock.model_validate({"id": f"{name}-{molar:g}", "strength": {name: molar}, "solvent": "water"} | changes)


def pipettes(**changes: Any) -> Capabilities:
    given: dict[str, Any] = {
        "tick": "0.1 uL",
        "total_ticks": 2000,
        "min_ticks": 50,
        "least_total_ticks": 1000,
        "dose_sd_ticks": 1.0,
        "stocks": tuple(solution(name, 0.5) for name in METALS),
    }
    return abilities(**(given | changes))


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    """Up to three components in up to five stocks of any strength, some mixed, a solvent, tight or loose limits."""
    n = draw(st.integers(2, 3))
    names = METALS[:n]
    cuts = sorted(draw(st.lists(st.integers(0, 50), min_size=n - 1, max_size=n - 1)))
    parts = [b - a for a, b in zip([0, *cuts], [*cuts, 50], strict=True)]
    wanted = {name: part / 50 for name, part in zip(names, parts, strict=True)}
    strengths = st.sampled_from([0.0, 0.1, 0.25, 1.0])
    given = [
        Source(f"s{i}", {name: value for name in names if (value := draw(strengths))})
        for i in range(draw(st.integers(1, 3)))
    ]
    if draw(st.booleans()):
        given.append(Source("solvent", {}))
    high = draw(st.integers(4, 12))
    low = draw(st.integers(1, high))
    least = draw(st.integers(1, 4))
    amount_low = draw(st.sampled_from([0.0, 0.5, 2.0]))
    return Problem(wanted, given, Limits(least, low, high, amount_low, 6.0), frozenset())


def brute(problem: Problem) -> float | None:
    """The best score over every allowed choice of ticks."""
    limits = problem.limits
    options = [0, *range(limits.least, limits.total_high + 1)]
    rows = np.array(list(itertools.product(options, repeat=len(problem.sources))), dtype=float)
    best = float(problem.score(rows).min())
    return best if np.isfinite(best) else None


@settings(max_examples=60, deadline=None)
@given(problems())
def test_the_exact_doses_are_as_good_as_trying_all(problem: Problem) -> None:
    found, best = exact(problem), brute(problem)
    if best is None:
        assert found is None
        return
    assert found is not None
    assert float(problem.score(found[None, :])[0]) <= best * 1.01 + 3e-5


@settings(max_examples=80, deadline=None)
@given(problems())
def test_quick_doses_keep_every_limit_and_no_doses_beat_the_bound(problem: Problem) -> None:
    ticks = snap(problem)
    _, bound = reach(problem)
    if ticks is None:
        return
    limits = problem.limits
    whole = [round(x) for x in ticks.tolist()]
    assert all(x == 0 or x >= limits.least for x in whole)
    assert limits.total_low <= sum(whole) <= limits.total_high
    amount = sum(sum(s.per_tick.values()) * x for s, x in zip(problem.sources, whole, strict=True))
    assert limits.amount_low - 1e-6 <= amount <= limits.amount_high + 1e-6
    assert problem.worst(ticks) >= bound - 1e-6


def test_snap_and_exact_beat_rounding_and_dropping_on_every_composition() -> None:
    rng = random.Random(3)
    given = [Source(name, {name: 1.0}) for name in METALS]
    limits = Limits(20, 150, 205)
    for _ in range(25):
        cuts = sorted(rng.random() for _ in range(3))
        wanted = {n: b - a for n, a, b in zip(METALS, [0, *cuts], [*cuts, 1], strict=True)}
        rounded = {name: round(200 * share) for name, share in wanted.items() if round(200 * share) >= 20}
        naive = max(abs(rounded.get(n, 0) / sum(rounded.values()) - share) for n, share in wanted.items())
        problem = Problem(wanted, given, limits, frozenset())
        best = exact(problem)
        assert best is not None and problem.worst(best) <= naive + 1e-9


@pytest.mark.parametrize(
    ("stock", "tick", "basis", "held"),
    [
        pytest.param({"strength": {"Fe": 0.5}}, "0.1 uL", "at%", {"Fe": 0.05}, id="mol/L-in-micromoles"),
        pytest.param({"strength": {"Fe": 0.5}}, "1 uL", "wt%", {"Fe": 0.5 * 55.845e-3}, id="mol/L-in-mg"),
        pytest.param({"strength": {"Fe": 2.0}, "unit": "g/L"}, "1 uL", "wt%", {"Fe": 2e-3}, id="g/L"),
        pytest.param(
            {"strength": {"Fe": 10.0}, "unit": "wt%", "density": 1.2}, "1 uL", "wt%", {"Fe": 0.12}, id="wt%-by-volume"
        ),
        pytest.param(
            {"strength": {"Fe": 50.0, "B": 50.0}, "unit": "at%", "form": "master_alloy"},
            "1 mg",
            "at%",
            {"Fe": 0.5e3 / ((55.845 + 10.81) / 2), "B": 0.5e3 / ((55.845 + 10.81) / 2)},
            id="alloy-by-mass",
        ),
        pytest.param(
            {"strength": {"Fe2O3": 1.0}, "unit": "mol/L", "density": 2.0},
            "1 mg",
            "mol%",
            {"Fe2O3": 0.5},
            id="solution-by-mass",
        ),
    ],
)
def test_a_tick_holds_what_its_strength_says(stock, tick, basis, held) -> None:
    found = per_tick(Stock.model_validate({"id": "s"} | stock), tick, basis)
    assert found == {name: pytest.approx(value, rel=1e-4) for name, value in held.items()}


@pytest.mark.parametrize(
    ("stock", "tick", "basis", "message"),
    [
        ({"strength": {"Fe": 10.0}, "unit": "wt%"}, "1 uL", "wt%", "density"),
        ({"strength": {"Fe": 0.1}}, "1 mg", "at%", "density"),
        ({"strength": {"P3HT": 0.1}}, "1 uL", "wt%", "molar mass"),
        ({"strength": {"Fe": 40.0}, "unit": "at%"}, "1 mg", "at%", "not 100"),
        ({"strength": {"N": 0.1}}, "1 uL", "vol%", "no density"),
    ],
)
def test_a_strength_that_cannot_be_turned_into_amounts_says_what_is_missing(stock, tick, basis, message) -> None:
    with pytest.raises(BadInput, match=message):
        per_tick(Stock.model_validate({"id": "s"} | stock), tick, basis)


def _plan(lab: Capabilities, *wanted: Any, components: tuple[str, ...] = METALS) -> Plan:
    return compile_plan(spec_of(components), CAMPAIGN, 1, 1, trials_of(*wanted), protocol_of(), lab)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 40), min_size=4, max_size=4).filter(lambda x: sum(x) > 0), st.booleans())
def test_a_compiled_sample_keeps_the_pipette_and_the_well_and_says_what_it_makes(parts: list[int], weak: bool) -> None:
    stocks = tuple(solution(name, 0.5) for name in METALS)
    if weak:
        stocks += (*(solution(name, 0.05) for name in METALS), Stock(id="water", form="solvent"))
    lab = pipettes(stocks=stocks)
    plan = _plan(lab, shares({n: p / sum(parts) for n, p in zip(METALS, parts, strict=True) if p}))
    sample = plan.samples[0]
    assert all(dose.ticks >= 50 for dose in sample.doses)
    assert 1000 <= sum(dose.ticks for dose in sample.doses) <= 2000
    moles: dict[str, float] = {}
    for dose in sample.doses:
        if dose.component == "water":
            continue
        name, molar = dose.component.split("-")
        moles[name] = moles.get(name, 0.0) + float(molar) * dose.ticks
    made = {name: amount / sum(moles.values()) for name, amount in moles.items()}
    assert sample.achieved.fractions == {name: pytest.approx(share, abs=1e-6) for name, share in made.items()}
    assert (set(sample.achieved_sd) == set(made) and all(value > 0 for n, value in sample.achieved_sd.items())) or (
        len(made) == 1
    )


def test_the_uncertainty_is_that_of_drawing_the_errors() -> None:
    given = [
        Source("a", {"Fe": 1.0}, 0.02),
        Source("b", {"Co": 0.4, "Ni": 0.1}, 0.01),
        Source("c", {"Ni": 2.0}),
    ]
    ticks = {"a": 300, "b": 500, "c": 60}
    told = spread(Doses(ticks), given, Dispensing(2.0, 0.01, 200), {})
    rng = random.Random(5)
    drawn: dict[str, list[float]] = {"Fe": [], "Co": [], "Ni": []}
    for _ in range(20_000):
        amounts = dict.fromkeys(drawn, 0.0)
        for source in given:
            count, parts = ticks[source.id], -(-ticks[source.id] // 200)
            dosed = sum(
                count / parts + rng.uniform(-0.5, 0.5) + rng.gauss(0, 2.0) + rng.gauss(0, 0.01 * count / parts)
                for _ in range(parts)
            )
            for name, amount in source.per_tick.items():
                amounts[name] += dosed * amount * (1 + rng.gauss(0, source.strength_sd))
        for name in drawn:
            drawn[name].append(amounts[name] / sum(amounts.values()))
    for name, values in drawn.items():
        assert told[name] == pytest.approx(stdev(values), rel=5 / sqrt(2 * 20_000) + 0.01)


def _diagnosis(wanted: dict[str, float], given: list[Source], limits: Limits, tolerance: float = 0.01) -> Any:
    problem = Problem(wanted, given, limits, frozenset())
    ticks = exact(problem)
    if ticks is None:
        ticks = np.zeros(len(given))
    return diagnose(problem, ticks, tolerance)


FE, CO, NI = Source("Fe", {"Fe": 0.5}), Source("Co", {"Co": 0.5}), Source("Ni", {"Ni": 0.5})


def test_a_composition_within_the_tolerance_needs_no_reason() -> None:
    assert _diagnosis({"Fe": 0.5, "Co": 0.5}, [FE, CO], Limits(10, 100, 100)) == ((), "")


def test_a_component_that_no_stock_holds_is_named() -> None:
    found = _diagnosis({"Fe": 0.5, "Co": 0.5}, [FE], Limits(10, 100, 100))
    assert found.reasons[0] == "MISSING_STOCK_COMPONENT" and "Co" in found.advice


def test_a_component_that_only_comes_with_another_is_named() -> None:
    given = [FE, Source("alloy", {"Co": 0.3, "Ni": 0.3})]
    found = _diagnosis({"Fe": 0.5, "Co": 0.5}, given, Limits(1, 100, 100))
    assert found.reasons[:2] == ("TARGET_OUTSIDE_REACHABLE_COMPOSITIONS", "UNWANTED_STOCK_COMPONENT")
    assert "every stock of Co also holds Ni" in found.advice


def test_a_composition_outside_what_master_alloys_span_is_told_from_the_least_dose() -> None:
    given = [Source("a", {"Fe": 0.8, "Co": 0.2}), Source("b", {"Fe": 0.5, "Co": 0.5})]
    found = _diagnosis({"Fe": 0.95, "Co": 0.05}, given, Limits(1, 100, 100))
    assert found.reasons == ("TARGET_OUTSIDE_REACHABLE_COMPOSITIONS", "TOLERANCE_EXCEEDED")


def test_a_dose_below_the_pipette_says_that_a_weaker_stock_is_the_limit_and_it_is() -> None:
    wanted, limits = {"Fe": 0.975, "Co": 0.025}, Limits(50, 1000, 1000)
    found = _diagnosis(wanted, [FE, CO], limits)
    assert found.reasons[0] == "BELOW_MINIMUM_PIPETTE_VOLUME"
    assert "your stock strength, not the optimiser, is the limit" in found.advice
    weak = [Source("Co-weak", {"Co": 0.05}), Source("Fe-weak", {"Fe": 0.05}), Source("water", {})]
    assert _diagnosis(wanted, [FE, CO, *weak], limits).reasons == ()


def test_a_sample_too_small_says_that_the_vessel_is_the_limit_and_it_is() -> None:
    # So much material is wanted that nothing can be diluted: only a larger sample makes room for a small share.
    given = [Source("Fe", {"Fe": 1.0}), Source("Co", {"Co": 1.0})]
    wanted, limits = {"Fe": 0.9, "Co": 0.1}, Limits(20, 60, 60, amount_low=60.0)
    found = _diagnosis(wanted, given, limits, tolerance=0.02)
    assert found.reasons == ("BELOW_MINIMUM_PIPETTE_VOLUME", "VESSEL_TOO_SMALL", "TOLERANCE_EXCEEDED")
    assert "four times as large" in found.advice and "your vessel, not the optimiser, is the limit" in found.advice
    assert _diagnosis(wanted, given, Limits(20, 240, 240, amount_low=60.0), tolerance=0.02).reasons == ()


def test_where_neither_stocks_nor_vessels_help_a_finer_dose_is_asked_for() -> None:
    given = [Source("Fe", {"Fe": 1.0}), Source("Co", {"Co": 1.0})]
    found = _diagnosis({"Fe": 0.998, "Co": 0.002}, given, Limits(50, 100, 100, amount_low=99.0), tolerance=0.001)
    assert found.advice == "a smaller least dose is needed"


def test_amounts_that_no_strength_within_ten_times_brings_say_so() -> None:
    found = _diagnosis({"Fe": 0.5, "Co": 0.5}, [FE, CO], Limits(1, 100, 100, amount_low=9000.0))
    assert found.reasons[0] == "STOCK_CONCENTRATION_TOO_LOW" and "look at the amounts" in found.advice


@pytest.mark.parametrize(
    ("limits", "code", "word"),
    [
        (Limits(1, 100, 100, amount_low=80.0), "STOCK_CONCENTRATION_TOO_LOW", "strong"),
        (Limits(60, 100, 100, amount_high=10.0), "STOCK_CONCENTRATION_TOO_HIGH", "weak"),
    ],
)
def test_amounts_that_do_not_fit_the_well_name_the_strength(limits: Limits, code: str, word: str) -> None:
    found = _diagnosis({"Fe": 0.5, "Co": 0.5}, [FE, CO], limits)
    assert found.reasons[0] == code and f"times as {word}" in found.advice


def test_the_plan_carries_reasons_and_advice_and_the_map() -> None:
    from eutectic.core.stock import Vessels

    lab = pipettes(least_total_ticks=None, min_ticks=200, vessels=Vessels.model_validate({"places": 96}))
    plan = _plan(lab, shares({"Fe": 0.95, "Co": 0.05}), "Fe50Co50")
    assert [sample.vessel for sample in plan.samples] == ["A1", "A2"]
    assert "BELOW_MINIMUM_PIPETTE_VOLUME" in plan.samples[0].reasons and plan.samples[1].reasons == ()
    assert plan.stocks == lab.stocks


def test_a_batch_larger_than_the_plate_is_refused() -> None:
    from eutectic.core.stock import Vessels

    lab = pipettes(vessels=Vessels(places=("A1",)))
    with pytest.raises(BadInput, match="2 samples, 1 vessels"):
        _plan(lab, "Fe50Co50", "Fe60Co40")


def test_doses_that_fit_no_sample_are_refused_in_words() -> None:
    with pytest.raises(BadInput, match="at least 80 ticks make a sample of 100"):
        doses_for({"Fe": 0.5, "Co": 0.5}, [FE, CO], Limits(80, 100, 100), frozenset({"Fe", "Co"}))


def test_stocks_have_a_price_of_their_own_or_that_of_what_they_hold() -> None:
    dear = solution("Fe", 0.5, price=1000.0)
    lab = pipettes(stocks=(dear, solution("Co", 0.5)), cost_per_trial=0.0, least_total_ticks=None)
    plan = _plan(lab, "Fe50Co50", components=("Fe", "Co"))
    assert plan.cost == pytest.approx(1000 * 100e-6 + 20 * 50 * element("Co").mass * 1e-9, abs=1e-6)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"stocks": (solution("Fe", 0.5),)}, "MISSING_STOCK_COMPONENT: no stock holds Co, Ni, Cu"),
        ({"stocks": (*(solution(n, 0.5) for n in METALS), solution("Zn", 1.0))}, "Zn, which no sample"),
        ({"least_total_ticks": 3000}, "above total_ticks"),
        ({"max_transfer_ticks": 60}, "less than twice min_ticks"),
        ({"tick": "1 mg"}, "density"),
    ],
)
def test_stocks_that_cannot_serve_the_space_are_refused_before_the_campaign(changes, message) -> None:
    with pytest.raises(BadInput, match=message):
        check_stocks(spec_of(METALS).space, pipettes(**changes))


def test_a_spec_with_stocks_opens_and_its_typos_are_named(tmp_path) -> None:
    from eutectic.lab_interface.registry import open_lab

    stocks = [{"id": n, "strength": {n: 0.5}, "expires": "2030-01-01", "on_hand": "50 mL"} for n in ("Fe", "Co")]
    settings_: dict[str, Any] = {"tick": "0.1 uL", "total_ticks": 2000, "min_ticks": 50, "stocks": stocks}
    given = {"lab": {"kind": "worksheet", "settings": settings_}}
    spec = CampaignSpec.model_validate(spec_of(("Fe", "Co")).model_dump() | given)
    lab = open_lab(spec, tmp_path).capabilities()
    check_served(spec, lab)
    assert [item.id for item in lab.stocks] == ["Fe", "Co"] and lab.stocks[0].expires == date(2030, 1, 1)
    stocks[0]["strenght"] = {"Fe": 1}
    spec = CampaignSpec.model_validate(spec_of(("Fe", "Co")).model_dump() | given)
    with pytest.raises(BadInput, match=r"strenght.*strength"):
        open_lab(spec, tmp_path)
