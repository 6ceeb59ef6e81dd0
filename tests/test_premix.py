"""Pre-mixes, balances beside pipettes, shuffled places: every limit kept, contents worked out here, the gate's eye."""

from __future__ import annotations

import random
from pathlib import Path
from statistics import stdev
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lab_bench import CAMPAIGN, Bench, abilities, protocol_of, shares, spec_of, trials_of

from eutectic.core.elements import element
from eutectic.core.errors import BadInput
from eutectic.core.plan import Capabilities, Dose, Plan, Sample
from eutectic.core.stock import Dispenser, PremixVessels, Stock, Vessels
from eutectic.lab_interface.compile import compile_plan, doses_of
from eutectic.lab_interface.dispense_settings import check_stocks
from eutectic.lab_interface.doses import Dispensing, Doses, spread
from eutectic.lab_interface.labs.simulated import SimulatedLab
from eutectic.lab_interface.labs.worksheet import WorksheetLab
from eutectic.lab_interface.registry import open_lab
from eutectic.lab_interface.results_import import read_results
from eutectic.lab_interface.stock_contents import Source
from eutectic.lab_interface.stock_ledger import needs

METALS = ("Fe", "Co", "Ni")


def solution(name: str, **changes: Any) -> Stock:
    return Stock.model_validate({"id": f"{name}-1", "strength": {name: 1.0}, "solvent": "water"} | changes)


def lab_of(**changes: Any) -> Capabilities:
    """A 200 uL well, 20 uL at least, and a pre-mix vessel of 1 mL of which 50 uL cannot be drawn."""
    given: dict[str, Any] = {
        "tick": "1 uL",
        "total_ticks": 200,
        "min_ticks": 20,
        "dose_sd_ticks": 0.5,
        "tolerance": 0.01,
        "stocks": tuple(solution(name) for name in METALS),
        "premix": PremixVessels.model_validate({"places": 8, "total_ticks": 1000, "dead_ticks": 50}),
    }
    return abilities(**(given | changes))


def plan_of(*fractions: dict[str, float], lab: Capabilities | None = None) -> Plan:
    trials = trials_of(*(shares(item) for item in fractions))
    return compile_plan(spec_of(METALS), CAMPAIGN, 1, 1, trials, protocol_of(), lab or lab_of())


def in_the_end(sample: Sample) -> dict[str, float]:
    """Microlitres of each metal's solution in a sample, worked out from its transfers alone."""
    found = {dose.component.split("-")[0]: float(dose.ticks) for dose in sample.doses}
    if sample.premix is not None:
        whole = sum(dose.ticks for dose in sample.premix.doses)
        for dose in sample.premix.doses:
            name = dose.component.split("-")[0]
            found[name] = found.get(name, 0.0) + dose.ticks * sample.premix.take / whole
    return found


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 1000), st.integers(0, 1000))
def test_every_limit_is_kept_and_the_composition_is_what_is_in_the_vessel(a: int, b: int) -> None:
    low, high = sorted((a, b))
    wanted = {"Fe": low / 1000, "Co": (high - low) / 1000, "Ni": (1000 - high) / 1000}
    sample = plan_of({name: share for name, share in wanted.items() if share}).samples[0]
    total = sum(dose.ticks for dose in sample.doses) + (sample.premix.take if sample.premix else 0)
    assert total == 200
    assert all(dose.ticks >= 20 for dose in sample.doses)
    if sample.premix is not None:
        assert all(dose.ticks >= 20 for dose in sample.premix.doses)
        assert sample.premix.size <= 1000
        assert 20 <= sample.premix.take <= sample.premix.size - 50
    held = in_the_end(sample)
    made = {name: amount / sum(held.values()) for name, amount in held.items()}
    assert sample.achieved.fractions == {name: pytest.approx(share, abs=1.1e-6) for name, share in made.items()}
    assert max(abs(made.get(name, 0.0) - share) for name, share in wanted.items()) <= 0.005


def test_a_mixture_is_made_only_where_direct_doses_miss_and_comes_nearer_than_they_do() -> None:
    easy, hard = {"Fe": 0.5, "Co": 0.3, "Ni": 0.2}, {"Fe": 0.93, "Co": 0.04, "Ni": 0.03}
    plan, without = plan_of(easy, hard), plan_of(easy, hard, lab=lab_of(premix=None))
    assert [sample.premix is not None for sample in plan.samples] == [False, True]
    assert plan.samples[0] == without.samples[0]

    def worst(sample: Sample) -> float:
        return max(abs(sample.achieved.fractions.get(name, 0.0) - share) for name, share in hard.items())

    assert worst(plan.samples[1]) < 0.0025 < 0.03 < worst(without.samples[1])
    assert not plan.samples[1].reasons
    assert "TOLERANCE_EXCEEDED" in without.samples[1].reasons


def test_a_composition_that_no_direct_doses_can_make_at_all_is_made_over_a_mixture() -> None:
    """Three components of at least 20 uL do not fit into a well of 50 uL."""
    spec = spec_of(METALS, space={"components": [{"name": name, "min": 0.05} for name in METALS]})
    trials = trials_of(shares({"Fe": 0.4, "Co": 0.3, "Ni": 0.3}))
    small = lab_of(total_ticks=50)
    with pytest.raises(BadInput, match="no doses of at least 20"):
        compile_plan(spec, CAMPAIGN, 1, 1, trials, protocol_of(), lab_of(total_ticks=50, premix=None))
    sample = compile_plan(spec, CAMPAIGN, 1, 1, trials, protocol_of(), small).samples[0]
    assert sample.premix is not None
    near = {name: pytest.approx(share, abs=0.005) for name, share in (("Fe", 0.4), ("Co", 0.3), ("Ni", 0.3))}
    assert sample.achieved.fractions == near


HARD = {"Fe": 0.93, "Co": 0.04, "Ni": 0.03}


class MixBench(Bench):
    def __init__(self, folder: Path, lab: Capabilities | None = None, **changes: Any) -> None:
        spec = spec_of(METALS, lab={"kind": "x", "settings": {}})
        trials = trials_of(shares(HARD), shares({"Fe": 0.9, "Co": 0.06, "Ni": 0.04}))
        super().__init__(folder, spec, trials, lab or lab_of(), **changes)

    def with_premix(self, **changes: Any) -> None:
        first = self.plan.samples[0]
        assert first.premix is not None
        mixed = first.premix.model_copy(update=changes)
        self.plan = self.plan.model_copy(
            update={"samples": (first.model_copy(update={"premix": mixed}), *self.plan.samples[1:])}
        )

    def blocked(self) -> dict[str, str]:
        return {item.name: item.detail for item in self.gate.verdict(self.data).checks if item.verdict == "block"}


def test_a_plan_with_mixtures_passes_the_gate_and_is_sent(tmp_path: Path) -> None:
    it = MixBench(tmp_path)
    assert it.blocked() == {}
    assert it.gate.submit(it.data, it.approval()).key == it.plan.key
    moves = [(move.stock, move.vessel) for move in it.plan.transfers]
    assert moves[-1] == ("P002", it.plan.samples[1].sample)
    assert moves.index(("Fe-1", "P001")) < moves.index(("P001", it.plan.samples[0].sample))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        pytest.param({"take": 5}, "5 ticks of it", id="below the least dose"),
        pytest.param({"take": 999}, "999 ticks of it", id="more than can be drawn"),
        pytest.param({"vessel": "Z9"}, "pre-mixes in Z9", id="no vessel of the lab"),
        pytest.param({"vessel": "P002"}, "pre-mixes in P002", id="two in one vessel"),
        pytest.param({"doses": (Dose(component="Fe-1", ticks=2000, tick="1 uL"),)}, "2000 ticks", id="overfilled"),
        pytest.param({"doses": (Dose(component="Fe-1", ticks=200, tick="1 mg"),)}, "of 1 mg", id="another tick"),
        pytest.param({"doses": (Dose(component="Fe-1", ticks=3, tick="1 uL"),)}, "least dose is 20", id="too small"),
        pytest.param({"doses": (Dose(component="Xy-1", ticks=200, tick="1 uL"),)}, "Xy-1", id="unknown stock"),
        pytest.param({"take": 21}, "do not make the composition", id="another share"),
    ],
)
def test_an_edited_mixture_is_blocked(tmp_path: Path, change: dict[str, Any], words: str) -> None:
    it = MixBench(tmp_path)
    it.with_premix(**change)
    assert words in " ".join(it.blocked().values())


def test_a_mixture_in_a_lab_without_vessels_for_one_is_blocked(tmp_path: Path) -> None:
    it = MixBench(tmp_path)
    it.lab._capabilities = lab_of(premix=None)
    assert {"doses", "transfers"} <= it.blocked().keys()


def test_the_whole_mixture_is_taken_from_the_stocks_and_paid_for(tmp_path: Path) -> None:
    plan = MixBench(tmp_path).plan
    drawn = {need.stock.id: need.amount for need in needs(plan)}
    moved = {name: sum(t.ticks for t in plan.transfers if t.stock == name) for name in drawn}
    assert drawn == moved
    assert drawn["Fe-1"] > sum(in_the_end(sample)["Fe"] for sample in plan.samples)


def test_what_is_only_in_the_mixture_counts_for_the_hazards(tmp_path: Path) -> None:
    stocks = (solution("Fe", solvent="ethanol"), solution("Co", chemicals=["Co(ClO4)2"]), solution("Ni"))
    it = MixBench(tmp_path, lab_of(stocks=stocks))
    assert {dose.component for dose in it.plan.samples[0].doses} == {"Fe-1"}
    assert "perchlorate" in it.blocked()["hazards"]


def test_the_uncertainty_of_a_mixture_is_that_of_drawing_the_errors() -> None:
    given = [Source("a", {"Fe": 1.0}, 0.02), Source("b", {"Co": 1.5}, 0.01), Source("c", {"Ni": 2.0})]
    made = Doses({"a": 90, "c": 40}, {"a": 300, "b": 60}, 70)
    own = {"c": Dispensing(3.0, 0.02, None)}
    told = spread(made, given, Dispensing(1.0, 0.01, 100), own)
    rng = random.Random(8)

    def dosed(count: int, name: str) -> float:
        device = own.get(name, Dispensing(1.0, 0.01, 100))
        parts = -(-count // (device.largest or count))
        one = count / parts
        return sum(
            one + rng.uniform(-0.5, 0.5) + rng.gauss(0, device.sd_ticks) + rng.gauss(0, device.sd_share * one)
            for _ in range(parts)
        )

    drawn: dict[str, list[float]] = {"Fe": [], "Co": [], "Ni": []}
    for _ in range(20_000):
        strong = {s.id: {n: x * (1 + rng.gauss(0, s.strength_sd)) for n, x in s.per_tick.items()} for s in given}
        mixed = {name: dosed(count, name) for name, count in made.mixed.items()}
        part = dosed(made.take, "") / sum(mixed.values())
        amounts = dict.fromkeys(drawn, 0.0)
        for name, count in made.direct.items():
            for what, amount in strong[name].items():
                amounts[what] += dosed(count, name) * amount
        for name, count in mixed.items():
            for what, amount in strong[name].items():
                amounts[what] += part * count * amount
        for what, amount in amounts.items():
            drawn[what].append(amount / sum(amounts.values()))
    assert told == {name: pytest.approx(stdev(values), rel=0.04) for name, values in drawn.items()}


BALANCE = Dispenser(name="balance", tick="0.1 mg", min_ticks=20, sd_ticks=1.0)


def powders(**changes: Any) -> Capabilities:
    """Iron and cobalt as powders on a balance, nickel as a solution, topped up with water."""
    stocks = (
        Stock(id="Fe-p", form="powder", strength={"Fe": 100}, unit="wt%", density=7.87, dispenser=BALANCE),
        Stock(id="Co-p", form="powder", strength={"Co": 100}, unit="wt%", density=8.9, dispenser=BALANCE),
        Stock(id="Ni-s", strength={"Ni": 1.0}, solvent="water", chemicals=("Ni(NO3)2",)),
        Stock(id="water", form="solvent", solvent="water"),
    )
    return lab_of(stocks=stocks, premix=None, least_total_ticks=100, least_amount=100.0, most_amount=400.0, **changes)


def test_powders_are_weighed_and_solutions_pipetted_in_one_plan(tmp_path: Path) -> None:
    wanted = {"Fe": 0.4, "Co": 0.33, "Ni": 0.27}
    it = Bench(tmp_path, spec_of(METALS), trials_of(shares(wanted)), powders())
    sample = it.plan.samples[0]
    ticks = {dose.component: (dose.ticks, dose.tick) for dose in sample.doses}
    assert ticks["Fe-p"][1] == ticks["Co-p"][1] == "0.1 mg"
    assert ticks["Ni-s"][1] == "1 uL"
    moles = {
        "Fe": ticks["Fe-p"][0] * 0.1 / element("Fe").mass,
        "Co": ticks["Co-p"][0] * 0.1 / element("Co").mass,
        "Ni": ticks["Ni-s"][0] * 1e-3,
    }
    made = {name: amount / sum(moles.values()) for name, amount in moles.items()}
    assert sample.achieved.fractions == {name: pytest.approx(share, abs=1.1e-6) for name, share in made.items()}
    assert max(abs(made[name] - share) for name, share in wanted.items()) < 0.005
    volume = sum(count for count, tick in ticks.values() if tick == "1 uL")
    volume += ticks["Fe-p"][0] * 0.1 / 7.87 + ticks["Co-p"][0] * 0.1 / 8.9
    assert 100 <= volume <= 200
    assert not [c for c in it.gate.verdict(it.data).checks if c.verdict == "block"]
    assert {(t.stock, t.tick) for t in it.plan.transfers} == {(name, tick) for name, (_, tick) in ticks.items()}


def test_a_powder_dosed_below_its_own_balance_is_blocked(tmp_path: Path) -> None:
    it = Bench(tmp_path, spec_of(METALS), trials_of(shares({"Fe": 0.4, "Co": 0.33, "Ni": 0.27})), powders())
    sample = it.plan.samples[0]
    doses = tuple(d.model_copy(update={"ticks": 19}) if d.component == "Fe-p" else d for d in sample.doses)
    it.plan = it.plan.model_copy(update={"samples": (sample.model_copy(update={"doses": doses}),)})
    assert "least dose is 20 of 0.1 mg" in it.detail("doses")


def test_what_is_weighed_into_a_volume_needs_a_density() -> None:
    bare = Stock(id="Fe-p", form="powder", strength={"Fe": 100}, unit="wt%", dispenser=BALANCE)
    lab = lab_of(stocks=(bare, solution("Co"), solution("Ni")))
    with pytest.raises(BadInput, match="needs its density"):
        check_stocks(spec_of(METALS).space, lab)


@pytest.mark.parametrize(
    ("premix", "words"),
    [
        pytest.param({"places": 8, "total_ticks": 60, "dead_ticks": 50}, "10 ticks can be drawn", id="too small"),
        pytest.param({"places": 3, "total_ticks": 600}, "3 pre-mix vessels for batches of up to 8", id="too few"),
        pytest.param({"places": [*"ABCDEFG", "Fe-1"], "total_ticks": 600}, "Fe-1 name", id="a stock's name"),
    ],
)
def test_pre_mix_vessels_that_cannot_serve_are_refused_at_once(premix: dict[str, Any], words: str) -> None:
    with pytest.raises(BadInput, match=words):
        check_stocks(spec_of(METALS).space, lab_of(premix=PremixVessels.model_validate(premix)))


SHUFFLED = Vessels.model_validate({"places": 24, "order": "random"})


def test_places_are_shuffled_by_a_seed_that_stands_in_the_plan(tmp_path: Path) -> None:
    lab = lab_of(vessels=SHUFFLED, premix=None)
    easy = [shares({"Fe": 0.5, "Co": 0.3, "Ni": 0.2}), shares({"Fe": 0.3, "Co": 0.5, "Ni": 0.2})]
    spec, trials = spec_of(METALS), trials_of(*easy)
    first, again, other = (compile_plan(spec, CAMPAIGN, 1, n, trials, protocol_of(), lab) for n in (1, 1, 2))
    assert first == again
    assert first.order_seed != other.order_seed
    assert [s.vessel for s in first.samples] != [s.vessel for s in other.samples]
    it = Bench(tmp_path, spec, trials, lab)
    assert it.detail("transfers").endswith("none of zero")
    swapped = tuple(
        s.model_copy(update={"vessel": o.vessel})
        for s, o in zip(it.plan.samples, reversed(it.plan.samples), strict=True)
    )
    plan = it.plan
    it.plan = plan.model_copy(update={"samples": swapped})
    assert "where the seed" in it.detail("transfers")
    it.plan = plan.model_copy(update={"order_seed": 7})
    assert "shuffled with 7" in it.detail("transfers")


def test_every_place_comes_first_equally_often() -> None:
    first = [SHUFFLED.filled(seed)[0] for seed in range(2400)]
    counts = [first.count(place) for place in SHUFFLED.places]
    assert sum((count - 100) ** 2 / 100 for count in counts) < 49.7  # chi-squared, 23 degrees, p = 0.001


def _settings(**more: Any) -> dict[str, Any]:
    stocks = [
        {"id": f"{name}-1", "strength": {name: 1.0}, "chemicals": [f"{name}Cl2"], "solvent": "water",
         "on_hand": "100 mL", "expires": "2090-01-01"} for name in METALS
    ]  # fmt: skip
    return {"tick": "1 uL", "total_ticks": 200, "min_ticks": 20, "stocks": stocks, "tolerance": 0.01,
            "premix": {"places": 24, "total_ticks": 1000}, "max_batch": 8, **more}  # fmt: skip


def test_a_sheet_shows_the_mixtures_and_reads_back_what_was_really_mixed(tmp_path: Path) -> None:
    spec = spec_of(METALS, lab={"kind": "worksheet", "settings": _settings()}, approval={"mode": "person"})
    lab = open_lab(spec, tmp_path)
    assert isinstance(lab, WorksheetLab)
    plan = compile_plan(spec, CAMPAIGN, 1, 1, trials_of(shares(HARD)), protocol_of(), lab.capabilities())
    lab.submit(plan, plan.key)
    folder = lab.folder_of(plan.key)
    sample = plan.samples[0]
    assert sample.premix is not None
    text = (folder / "worksheet.md").read_text(encoding="utf-8")
    assert "Mix beforehand" in text
    assert f"{sample.premix.take} of P001" in text
    assert "Mix beforehand" in (folder / "worksheet.html").read_text(encoding="utf-8")
    head, line = (folder / "results_template.csv").read_text(encoding="utf-8-sig").splitlines()
    columns = head.split(",")
    planned = {f"volume {d.component} [uL]": d.ticks for d in sample.doses}
    planned |= {f"volume {d.component} (pre-mix) [uL]": d.ticks for d in sample.premix.doses}
    planned["volume the pre-mix [uL]"] = sample.premix.take
    assert planned.keys() <= set(columns)
    cells = dict(zip(columns, line.split(","), strict=True))

    def read(amounts: dict[str, float]) -> Any:
        filled = cells | {name: str(value) for name, value in amounts.items()} | {"value Bs [T]": "1.5"}
        path = tmp_path / "filled.csv"
        path.write_text(f"{head}\n{','.join(filled[name] for name in columns)}\n", encoding="utf-8")
        return read_results(path, plan)

    as_planned = read(dict(planned))
    assert as_planned.refused == ()
    assert as_planned.observations[0].composition == sample.achieved
    more = read(dict(planned) | {"volume the pre-mix [uL]": planned["volume the pre-mix [uL]"] * 2})
    assert more.observations[0].composition.fractions["Co"] > sample.achieved.fractions["Co"]
    too_much = read(dict(planned) | {"volume the pre-mix [uL]": 5000})
    assert "more of the pre-mix" in too_much.refused[0].reason


def test_a_simulated_lab_makes_mixtures_with_the_errors_of_its_pipettes(tmp_path: Path) -> None:
    spec = spec_of(METALS, lab={"kind": "simulated", "settings": _settings(law="her_catalyst", weighing_sd_ticks=0.5)},
                   space={"components": [{"name": n} for n in ("Ni", "Co", "Mo")]},
                   objectives=[{"property": "current_density", "unit": "mA/cm2", "direction": "maximize"}])  # fmt: skip
    settings_ = dict(spec.lab.settings)
    settings_["stocks"] = [
        {"id": f"{n}-1", "strength": {n: 1.0}, "chemicals": [f"{n}Cl2"], "solvent": "water"} for n in ("Ni", "Co", "Mo")
    ]
    spec = spec.model_copy(update={"lab": spec.lab.model_copy(update={"settings": settings_})})
    lab = open_lab(spec, tmp_path)
    assert isinstance(lab, SimulatedLab)
    trials = trials_of(shares({"Ni": 0.93, "Co": 0.04, "Mo": 0.03}))
    plan = compile_plan(spec, CAMPAIGN, 1, 1, trials, protocol_of(), lab.capabilities())
    assert plan.samples[0].premix is not None
    ref = lab.submit(plan, plan.key)
    observation = lab.result(ref)[0]
    assert observation.composition != plan.samples[0].achieved
    assert observation.composition.fractions["Co"] == pytest.approx(0.04, abs=0.01)
    assert {use.stock: use.ticks for use in observation.stocks} == {d.component: d.ticks for d in plan.samples[0].drawn}
    assert doses_of(plan.samples[0]).contents == plan.samples[0].contents
