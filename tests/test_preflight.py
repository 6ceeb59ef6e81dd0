"""Preflight beside compositions and hazards: transfers, stocks, equipment, the emergency stop, rate; and its page."""

from __future__ import annotations

import json
import threading
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lab_bench import CAMPAIGN, Bench, abilities, protocol_of, shares, spec_of, trials_of

from eutectic.agents.cli.main import main
from eutectic.core.errors import BadInput, PlanRefused
from eutectic.core.estop import EmergencyStop
from eutectic.core.plan import Capabilities, Dose, Parameter, Verdict
from eutectic.core.record import canonical_json
from eutectic.core.stock import Amount, Stock, Vessels
from eutectic.core.trial import Observation
from eutectic.lab_interface.gate import Gate
from eutectic.lab_interface.gate_rules import RULES, gate_page
from eutectic.lab_interface.stock_ledger import StockLedger, needs

TODAY = date(2026, 6, 1)
COMPONENTS = ("Ni", "Co")


def stock(name: str, **changes: Any) -> Stock:
    return Stock.model_validate(
        {
            "id": f"{name}-1",
            "strength": {name: 0.5},
            "chemicals": [f"{name}(NO3)2"],
            "solvent": "water",
            "lot": "L7",
            "expires": "2026-12-31",
            "on_hand": "1 mL",
            "dead": "100 uL",
        }
        | changes
    )


def wet(*stocks: Stock, **changes: Any) -> Capabilities:
    """A real lab that pipettes 200 uL samples from two stocks of 1 mL, 0.1 mL of which cannot be drawn."""
    given: dict[str, Any] = {
        "simulated": False,
        "tick": "0.1 uL",
        "total_ticks": 2000,
        "min_ticks": 50,
        "stocks": stocks or tuple(stock(name) for name in COMPONENTS),
        "vessels": Vessels.model_validate({"places": 96, "max_c": 120}),
        "dose_sd_ticks": 1.0,
    }
    return abilities(**(given | changes))


class WetBench(Bench):
    """A bench whose gate keeps a ledger and looks at a stop of its own."""

    def __init__(self, folder: Path, lab: Capabilities | None = None, *wanted: Any, **rest: Any) -> None:
        bench = rest.pop("bench", {})
        spec = spec_of(COMPONENTS, lab={"kind": "x", "settings": bench})
        folder.mkdir(parents=True, exist_ok=True)
        rest.setdefault("protocol", protocol_of(action="mix"))
        super().__init__(folder, spec, trials_of(*(wanted or ("Ni50Co50",))), lab or wet(), **rest)
        self.ledger = StockLedger(folder.parent / "stocks.db", str(folder))
        self.stop = EmergencyStop(folder.parent)
        self.gate = Gate(spec, self.lab, self.notebook, ledger=self.ledger, stop=self.stop, today=lambda: TODAY)


def blocked(bench: Bench) -> dict[str, str]:
    return {check.name: check.detail for check in bench.gate.verdict(bench.data).checks if check.verdict == "block"}


def test_a_plan_of_stocks_passes_every_check_but_the_hazards_a_person_judges(tmp_path: Path) -> None:
    it = WetBench(tmp_path / "a")
    found = it.verdicts()
    assert {name for name, verdict in found.items() if verdict != "pass"} == {"hazards that need a person"}
    assert it.gate.submit(it.data, it.approval()).key == it.plan.key


def _doses(it: Bench, **ticks: int) -> dict[str, Any]:
    doses = tuple(Dose(component=f"{name}-1", ticks=count, tick="0.1 uL") for name, count in ticks.items())
    return {"samples": tuple(sample.model_copy(update={"doses": doses}) for sample in it.plan.samples)}


@pytest.mark.parametrize(
    ("change", "check", "words"),
    [
        pytest.param(lambda p: {"max_transfer_ticks": 7}, "transfers", "splits doses at 7", id="tip"),
        pytest.param(lambda p: {"vessels": None}, "transfers", "map of the plan", id="no-map"),
        pytest.param(
            lambda p: {"samples": (p.samples[0].model_copy(update={"vessel": "Z9"}), p.samples[1])},
            "transfers",
            "'Z9' is not on the map",
            id="off-the-map",
        ),
        pytest.param(
            lambda p: {"samples": (p.samples[0].model_copy(update={"vessel": "A2"}), p.samples[1])},
            "transfers",
            "two samples stand in one vessel",
            id="shared",
        ),
        pytest.param(
            lambda p: {"samples": (p.samples[0].model_copy(update={"vessel": ""}), p.samples[1])},
            "transfers",
            "stand on no map",
            id="nowhere",
        ),
        pytest.param(lambda p: {"stocks": p.stocks[:1]}, "doses", "not those of the lab", id="other-stocks"),
        pytest.param(
            lambda p: {"samples": (p.samples[0].model_copy(update={"achieved_sd": {}}), p.samples[1])},
            "doses",
            "uncertainty",
            id="uncertainty",
        ),
        pytest.param(
            lambda p: {"samples": (p.samples[0].model_copy(update={"achieved_from": "measured"}), p.samples[1])},
            "doses",
            "uncertainty",
            id="source",
        ),
    ],
)
def test_a_plan_changed_after_compiling_is_caught(tmp_path: Path, change: Any, check: str, words: str) -> None:
    it = WetBench(tmp_path / "a", None, "Ni50Co50", "Ni30Co70")
    it.plan = it.plan.model_copy(update=change(it.plan))
    assert words in blocked(it)[check]


def test_a_map_in_a_plan_for_a_lab_without_one_is_caught(tmp_path: Path) -> None:
    it = WetBench(tmp_path / "a", wet(vessels=None))
    it.plan = it.plan.model_copy(update={"samples": (it.plan.samples[0].model_copy(update={"vessel": "A1"}),)})
    assert "the lab has no map" in blocked(it)["transfers"]


def test_parts_of_a_split_dose_below_the_pipette_are_caught(tmp_path: Path) -> None:
    low = WetBench(tmp_path / "a", wet(max_transfer_ticks=70))
    low.plan = low.plan.model_copy(update=_doses(low, Ni=1929, Co=71))
    assert "the tip does 50 at least" in blocked(low)["transfers"]


def test_only_solvent_in_a_sample_is_caught(tmp_path: Path) -> None:
    water = Stock(id="water", form="solvent", on_hand=Amount(value=9, unit="mL"))
    it = WetBench(tmp_path / "a", wet(*(stock(n) for n in COMPONENTS), water))
    doses = (Dose(component="water", ticks=2000, tick="0.1 uL"),)
    it.plan = it.plan.model_copy(update={"samples": (it.plan.samples[0].model_copy(update={"doses": doses}),)})
    assert "nothing but solvent" in blocked(it)["doses"]


def test_an_amount_outside_its_limits_is_caught(tmp_path: Path) -> None:
    it = WetBench(tmp_path / "a")
    assert "doses" not in blocked(_with(it, most_amount=150.0))
    assert "of all components together" in blocked(_with(it, most_amount=50.0))["doses"]
    assert "of all components together" in blocked(_with(it, most_amount=None, least_amount=150.0))["doses"]


def _with(it: WetBench, **changes: Any) -> WetBench:
    """The same plan before a lab that can do less."""
    lab = it.abilities.model_copy(update=changes)
    it.lab._capabilities = lab
    return it


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"on_hand": "199 uL"}, "100 uL are needed, 99 uL are left, 100 uL cannot be drawn"),
        ({"on_hand": None}, "nobody knows how much"),
        ({"on_hand": "1 g"}, "nobody knows how much"),  # a mass of what is dosed by volume, without a density
        ({"dead": "1 g"}, "nobody knows how much"),
        ({"expires": "2026-05-31"}, "expired on 2026-05-31"),
        ({"expires": None}, "nobody knows how long it keeps"),
        ({"prepared": "2026-06-02"}, "still to come"),
    ],
)
def test_a_stock_that_does_not_suffice_or_keep_blocks(tmp_path: Path, changes: dict[str, Any], words: str) -> None:
    it = WetBench(tmp_path / "a", wet(stock("Ni", **changes), stock("Co")))
    assert words in blocked(it)["stocks"]


@pytest.mark.parametrize("changes", [{"on_hand": "200 uL"}, {"expires": "2026-06-01"}, {"prepared": "2026-06-01"}])
def test_a_stock_that_just_suffices_passes(tmp_path: Path, changes: dict[str, Any]) -> None:
    assert "stocks" not in blocked(WetBench(tmp_path / "a", wet(stock("Ni", **changes), stock("Co"))))


def test_unknown_amounts_pass_only_in_a_simulated_lab(tmp_path: Path) -> None:
    free = {"on_hand": None, "dead": None, "expires": None}
    lab = wet(stock("Ni", **free), stock("Co", **free), simulated=True)
    assert "stocks" not in blocked(WetBench(tmp_path / "a", lab))
    short = wet(stock("Ni", on_hand="150 uL"), stock("Co"), simulated=True)
    assert "are left" in blocked(WetBench(tmp_path / "b", short))["stocks"]


def test_without_a_ledger_a_real_lab_blocks_and_in_a_replay_dates_are_not_judged(tmp_path: Path) -> None:
    it = WetBench(tmp_path / "a", wet(stock("Ni", expires="2020-01-01"), stock("Co")))
    it.gate = Gate(it.spec, it.lab, it.notebook, stop=it.stop, today=lambda: None)
    assert blocked(it) == {"stocks": "there is no stock ledger; there is no stock ledger"}


def test_what_one_campaign_reserved_another_cannot_take_until_it_is_released(tmp_path: Path) -> None:
    lab = wet(stock("Ni", on_hand="250 uL"), stock("Co"))
    first, second = WetBench(tmp_path / "a", lab), WetBench(tmp_path / "b", lab)
    assert "stocks" not in blocked(second)
    first.gate.submit(first.data, first.approval())
    first.gate.submit(first.data, first.approval())  # again changes nothing
    assert "100 uL are taken by other plans" in blocked(second)["stocks"]
    with pytest.raises(PlanRefused, match="taken by other plans"):
        second.gate.submit(second.data, second.approval())
    abandoned = Observation(
        trial="r01-s01", composition=first.plan.samples[0].achieved, status="abandoned", cause="other", simulated=False
    )
    first.gate.settle(first.plan, [abandoned])
    assert second.gate.submit(second.data, second.approval())
    second.gate.settle(second.plan, [abandoned.model_copy(update={"status": "failed"})])
    first.gate.settle(first.plan, [])
    states = [(item["state"], item["amount"]) for item in second.ledger.movements()]
    assert states == [("released", 0.0)] * 2 + [("used", 100.0)] * 2


def test_a_refill_in_a_persons_name_lifts_a_shortage(tmp_path: Path) -> None:
    it = WetBench(tmp_path / "a", wet(stock("Ni", on_hand="150 uL"), stock("Co")))
    assert "stocks" in blocked(it)
    with pytest.raises(BadInput, match="named"):
        it.ledger.deposit("Ni-1", "L7", Amount(value=1, unit="mL"), " ", "more")
    it.ledger.deposit("Ni-1", "L8", Amount(value=1, unit="mL"), "Ada", "another lot")
    assert "stocks" in blocked(it)
    it.ledger.deposit("Ni-1", "L7", Amount(value=1, unit="mL"), "Ada", "more")
    assert "stocks" not in blocked(it)


def test_many_campaigns_at_once_never_reserve_more_than_there_is(tmp_path: Path) -> None:
    lab = wet(stock("Ni", on_hand="650 uL", dead=None), stock("Co"))
    plans = [WetBench(tmp_path / str(n), lab) for n in range(10)]
    won: list[int] = []

    def race(number: int) -> None:
        ledger = StockLedger(tmp_path / "stocks.db", f"owner {number}")
        try:
            ledger.reserve(plans[number].plan)
        except PlanRefused:
            return
        won.append(number)

    threads = [threading.Thread(target=race, args=(n,)) for n in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 6  # 6 times 100 uL; the other stock holds more
    need = next(item for item in needs(plans[0].plan) if item.stock.id == "Ni-1")
    assert StockLedger(tmp_path / "stocks.db", "nobody").level(need, "none").held == 600


def test_a_ledger_that_cannot_be_used_blocks(tmp_path: Path) -> None:
    it = WetBench(tmp_path / "a")
    (tmp_path / "stocks.db").write_bytes(b"not a database, and long enough to be looked at as one" * 20)
    assert "ledger" in blocked(it)["stocks"]


# equipment


def _equipment(folder: Path, name: str, bench: dict[str, Any], *parameters: tuple[str, Any, str], **lab: Any) -> str:
    steps = protocol_of(*(Parameter(name=n, value=v, unit=u) for n, v, u in parameters), action="dry")
    it = WetBench(folder / "x", wet(**lab), protocol=steps, bench=bench)
    return blocked(it).get(name, "")


@pytest.mark.parametrize(
    ("name", "bench", "parameter", "words"),
    [
        ("furnace", {}, ("T", 80.0, "degC"), "the limit of the furnace is not known"),
        ("furnace", {"furnace_max_c": 79.0}, ("T", 80.0, "degC"), "above the furnace's 79 degC"),
        ("furnace", {"furnace_max_c": 80.0}, ("T", 80.0, "degC"), ""),
        ("furnace", {}, ("T", 313.0, "K"), ""),  # 39.85 degC needs no furnace
        ("furnace", {"max_step_hours": 2.0}, ("time", 121.0, "min"), "longer than 2 h"),
        ("vessel", {"furnace_max_c": 900.0}, ("T", 121.0, "degC"), "above the vessel's 120 degC"),
        ("vessel", {"vessel_max_c": 90.0}, ("T", 100.0, "degC"), "above the vessel's 90 degC"),
        ("vessel", {}, ("T", 120.0, "degC"), ""),
        ("atmosphere", {}, ("atmosphere", "argon", ""), "its gases are not known"),
        ("atmosphere", {"atmospheres": ["nitrogen"]}, ("atmosphere", "argon", ""), "the lab has nitrogen"),
        ("atmosphere", {"atmospheres": []}, ("atmosphere", "argon", ""), "air only"),
        ("atmosphere", {"atmospheres": ["argon"]}, ("atmosphere", "Argon, gettered", ""), ""),
        ("atmosphere", {}, ("atmosphere", "air", ""), ""),
        ("ramp and pressure", {}, ("ramp", 10.0, "K/min"), "limit of the ramp is not known"),
        ("ramp and pressure", {"ramp_max_k_per_min": 9.0}, ("ramp", -10.0, "degC/min"), "above the ramp's 9"),
        ("ramp and pressure", {"ramp_max_k_per_min": 9.0}, ("ramp", 1.0, "K/s"), "above the ramp's 9"),
        ("ramp and pressure", {"ramp_max_k_per_min": 10.0}, ("ramp", 600.0, "K/h"), ""),
        ("ramp and pressure", {}, ("pressure", 2.0, "bar"), "limit of the vessel is not known"),
        ("ramp and pressure", {"pressure_max_kpa": 150.0}, ("pressure", 2.0, "bar"), "above the vessel's 150 kPa"),
        ("ramp and pressure", {}, ("pressure", 760.0, "Torr"), ""),
        ("electrode", {}, ("potential", 1.0, "V_RHE"), "limit of the electrode is not known"),
        (
            "electrode",
            {"potential_min_v": -1.0, "potential_max_v": 1.5, "current_max_a": 0.1},
            ("potential", -1200.0, "mV"),
            "above the electrode's lower end",
        ),
        (
            "electrode",
            {"potential_min_v": -1.0, "potential_max_v": 1.5, "current_max_a": 0.1},
            ("potential", 1.6, "V"),
            "above the electrode's 1.5 V",
        ),
        ("electrode", {"potential_min_v": -1.0, "potential_max_v": 1.5}, ("E", 1.0, "V"), "compliance current"),
        ("electrode", {"current_max_a": 0.1}, ("current", -200.0, "mA"), "above the compliance's 0.1 A"),
        ("electrode", {"current_max_a": 0.1}, ("current", 50_000.0, "uA"), ""),
        ("electrode", {}, ("scan rate", 10.0, "mV/s"), ""),
    ],
)
def test_equipment_limits(tmp_path: Path, name: str, bench: dict[str, Any], parameter: Any, words: str) -> None:
    said = _equipment(tmp_path, name, bench, parameter)
    assert (words in said) if words else (said == "")


def test_a_simulated_lab_is_held_only_to_limits_that_are_stated(tmp_path: Path) -> None:
    every = (("T", 1200.0, "degC"), ("atmosphere", "argon", ""), ("E", 3.0, "V"), ("ramp", 99.0, "K/s"))
    lab = {"simulated": True, "vessels": None}
    for name in ("furnace", "vessel", "atmosphere", "electrode", "ramp and pressure"):
        assert _equipment(tmp_path / name, name, {}, *every, **lab) == ""
    assert "above the furnace's" in _equipment(tmp_path / "f", "furnace", {"furnace_max_c": 900}, *every, **lab)
    assert "air only" in _equipment(tmp_path / "g", "atmosphere", {"atmospheres": []}, *every, **lab)


def test_process_values_are_held_to_the_equipment_too(tmp_path: Path) -> None:
    space = spec_of().space.model_dump() | {
        "process": [{"kind": "continuous", "name": "anneal_T", "low": 300, "high": 900, "unit": "degC"}]
    }
    spec = spec_of(space=space, lab={"kind": "x", "settings": {"furnace_max_c": 500, "vessel_max_c": 900}})
    trials = trials_of("Fe80B20", process={"anneal_T": 600.0})
    it = Bench(tmp_path, spec, trials, abilities(simulated=False))
    assert "anneal_T 600.0 degC is above the furnace's 500" in blocked(it)["furnace"]


def test_a_solution_whose_salt_nobody_stated_needs_a_person(tmp_path: Path) -> None:
    it = WetBench(tmp_path / "a", wet(stock("Ni", chemicals=[]), stock("Co")))
    assert "what is dissolved is not stated" in it.detail("hazards that need a person")


def test_what_two_stocks_bring_together_blocks(tmp_path: Path) -> None:
    lab = wet(stock("Ni", chemicals=["NiCl2"], solvent="ethanol"), stock("Co"))
    assert "oxidiser" in blocked(WetBench(tmp_path / "a", lab))["hazards"]


def test_a_liquid_that_was_dried_off_boils_no_more_in_a_later_step(tmp_path: Path) -> None:
    def steps(*hot: tuple[str, float]) -> Any:
        one = [protocol_of(Parameter(name="T", value=t, unit="degC"), action=a).steps[0] for a, t in hot]
        return protocol_of().model_copy(update={"steps": tuple(one)})

    bench = {"furnace_max_c": 500, "vessel_max_c": 500}
    lab = wet(vessels=None)
    dried = WetBench(tmp_path / "a", lab, protocol=steps(("dry", 110.0), ("melt", 400.0)), bench=bench)
    assert "hazards" not in blocked(dried)
    wet_still = WetBench(tmp_path / "b", lab, protocol=steps(("dry", 90.0), ("melt", 400.0)), bench=bench)
    assert "water boils at 100 degC, step 2 melt" in blocked(wet_still)["hazards"]


def test_a_melt_that_says_no_temperature_needs_a_person(tmp_path: Path) -> None:
    assert WetBench(tmp_path / "a", wet(), protocol=protocol_of(action="melt")).verdicts()["unstated heat"] == "warn"
    assert WetBench(tmp_path / "b", wet(), protocol=protocol_of(action="mix")).verdicts()["unstated heat"] == "pass"


# rate and stop


def test_more_samples_a_day_than_allowed_block(tmp_path: Path) -> None:
    it = WetBench(tmp_path / "a", bench={"max_samples_per_day": 1})
    assert "rate" not in blocked(it)
    it.gate.submit(it.data, it.approval())
    assert "rate" not in blocked(it)  # the plan itself does not count twice
    it.notebook.append("submission_intended", "alloy-1/r00/a1", {"plan_sha256": "0" * 64, "trials": ["r00-s01"]})
    assert "1 samples were sent within 24 hours" in blocked(it)["rate"]


def test_the_stop_of_the_machine_survives_a_restart_and_a_named_person_clears_it(tmp_path: Path) -> None:
    it = WetBench(tmp_path / "a")
    it.stop.stop("smoke")
    again = WetBench(tmp_path / "a2")
    assert "smoke" in blocked(again)["emergency stop"]
    with pytest.raises(PlanRefused, match="smoke"):
        again.gate.submit(again.data, again.approval())
    with pytest.raises(BadInput, match="named person"):
        it.stop.clear(" ", "all is well")
    with pytest.raises(BadInput, match="reason"):
        it.stop.clear("Ada", "")
    it.stop.clear("Ada", "the fire is out")
    assert again.gate.submit(again.data, again.approval())
    assert [json.loads(line)["action"] for line in (tmp_path / "estop.jsonl").read_text().splitlines()] == [
        "stop",
        "clear",
    ]


@settings(max_examples=60, deadline=None)
@given(st.binary(min_size=1, max_size=80))
def test_a_record_of_stops_that_cannot_be_read_counts_as_stopped(data: bytes) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as place:
        stop = EmergencyStop(Path(place))
        stop.clear("Ada", "calm")
        assert stop.reason() is None
        path = Path(place) / "estop.jsonl"
        path.write_bytes(path.read_bytes() + data)
        if data.strip():
            assert stop.reason() is not None
        stop.stop("smoke")
        assert stop.reason() == "smoke"
        stop.clear("Ada", "calm")
        assert stop.reason() is None


def test_a_folder_in_place_of_the_record_counts_as_stopped(tmp_path: Path) -> None:
    (tmp_path / "estop.jsonl").mkdir()
    assert "cannot be read" in str(EmergencyStop(tmp_path).reason())


def test_the_command_stops_and_clears_the_machine_and_every_lab(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("EUTECTIC_HOME", str(tmp_path / "home"))
    out = ["--out", str(tmp_path / "runs")]
    spec = Path(__file__).parent / "data" / "quick.yaml"
    assert main(["run", str(spec), *out, "--mind", "rules"]) == 0
    assert main(["estop", "--reason", "smoke", *out, "--json"]) == 0
    said = json.loads(capsys.readouterr().out.rsplit("\n{", 1)[-1].join(["{", ""]))
    assert said == {"stopped": True, "reason": "smoke", "labs": {"quick-001": "ok"}}
    assert main(["run", str(spec), *out, "--mind", "rules"]) != 0
    assert main(["estop", "--clear", "--reason", "calm", *out]) == 2
    assert main(["estop", "--clear", "--by", "Ada", "--reason", "calm", *out]) == 0
    assert "nothing is stopped" in capsys.readouterr().out
    (tmp_path / "runs" / "quick-001" / "spec.yaml").write_text("x: 1\n")
    assert main(["estop", "--reason", "again", *out]) == 1
    captured = capsys.readouterr()
    assert "STOPPED: again" in captured.out and "did not confirm" in captured.err


def test_the_refill_command_wants_an_amount_and_a_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("EUTECTIC_HOME", str(tmp_path))
    assert main(["refill", "Ni-1", "5 cups", "--by", "Ada"]) == 2
    assert main(["refill", "Ni-1", "5 mL"]) == 2
    assert main(["refill", "Ni-1", "5 mL", "--lot", "L7", "--by", "Ada"]) == 0
    assert "5 mL more of Ni-1 lot L7" in capsys.readouterr().out


# the page


def test_the_page_of_the_gate_is_up_to_date() -> None:
    page = Path(__file__).parents[1] / "docs" / "gate.md"
    assert page.read_text(encoding="utf-8") == gate_page(), (
        "run: python -m eutectic.lab_interface.gate_rules docs/gate.md"
    )


def test_the_page_lists_every_check_in_the_order_of_a_verdict(tmp_path: Path) -> None:
    told = [rule.name for rule in RULES]
    for name, simulated in (("a", False), ("b", True)):
        lab = wet(simulated=simulated)
        verdict: Verdict = WetBench(tmp_path / name, lab).gate.verdict(WetBench(tmp_path / f"{name}2", lab).data)
        seen = ["lab: ..." if check.name.startswith("lab: ") else check.name for check in verdict.checks]
        assert [item for item in told if item in seen] == seen
        missing = set(told) - set(seen)
        only = {"hazards that need a person", "known units", "unstated heat"} if simulated else {"hazards on a bench"}
        assert missing == {"preflight"} | only


def test_a_composition_that_misses_blocks_with_its_reason_and_advice(tmp_path: Path) -> None:
    lab = wet(min_ticks=700)
    it = WetBench(tmp_path / "a", lab, shares({"Ni": 0.85, "Co": 0.15}))
    assert "BELOW_MINIMUM_PIPETTE_VOLUME" in blocked(it)["achieved"]
    assert "is the limit" in blocked(it)["achieved"]


def test_the_plan_is_bound_to_its_campaign(tmp_path: Path) -> None:
    it = WetBench(tmp_path / "a")
    assert it.plan.campaign == CAMPAIGN
    it.plan = it.plan.model_copy(update={"campaign": "other-1"})
    assert "campaign" in blocked(it) and canonical_json(it.plan)
