"""Mixtures on a robot's deck: what a program moves is what the plan says, and the ledger and simulator look at it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lab_bench import CAMPAIGN, abilities, protocol_of, shares, spec_of, trials_of
from pydantic import JsonValue

from eutectic.core.plan import Plan
from eutectic.core.run import FINISHED
from eutectic.core.stock import PremixVessels
from eutectic.evals.lab_bench_rig import bench
from eutectic.lab_interface.compile import compile_plan
from eutectic.lab_interface.devices.ledger import check_program, taken_ul
from eutectic.lab_interface.devices.observing import Finished
from eutectic.lab_interface.devices.opentrons_protocol import Ot2Settings, protocol_text, strokes
from eutectic.lab_interface.devices.program import Command, Deck, pipetting
from eutectic.lab_interface.devices.settings import PipettingDeviceSettings, dispensing
from eutectic.lab_interface.devices.software import installed

METALS = ("Fe", "Co", "Ni")
GIVEN: dict[str, Any] = {
    "total_ticks": 2000,
    "min_ticks": 200,
    "vessel_ul": 360,
    "tip_ul": 300,
    "tips": 480,
    "stocks": [
        {"id": f"{name}-1", "strength": {name: 0.1}, "unit": "mol/L", "on_hand": "15 mL", "dead": "500 uL"}
        for name in METALS
    ],
    "premix": {"places": 8, "total_ticks": 10_000, "dead_ticks": 200},
}


def settings_of(**changes: Any) -> PipettingDeviceSettings:
    return PipettingDeviceSettings.model_validate(GIVEN | changes)


def plan_of(*fractions: dict[str, float]) -> Plan:
    lab = abilities(
        tick="0.1 uL", total_ticks=2000, min_ticks=200, tolerance=0.01, dose_sd_ticks=None, **dispensing(settings_of())
    )
    return compile_plan(
        spec_of(METALS), CAMPAIGN, 1, 1, trials_of(*(shares(item) for item in fractions)), protocol_of(), lab
    )


SMALL = {"Fe": 0.97, "Co": 0.02, "Ni": 0.01}
"""2 and 1 % of a 200 uL well: far below a dose of 20 uL."""


@settings(max_examples=15, deadline=None)
@given(st.integers(1, 999), st.integers(1, 999))
def test_what_a_program_moves_is_what_the_plan_says(a: int, b: int) -> None:
    low, high = sorted((a, b))
    wanted = {"Fe": low / 1000, "Co": (high - low) / 1000, "Ni": (1000 - high) / 1000}
    plan = plan_of({name: share for name, share in wanted.items() if share}, SMALL)
    program, deck = pipetting(plan), settings_of().deck
    assert check_program(program, deck) == []
    done = {sample.trial: Finished(started_s=0.0) for sample in plan.samples}
    for command in program:
        done[command.trial] = done[command.trial].took(command, {}, 1.0)
    drawn = taken_ul([(command, {}) for command in program])
    for sample in plan.samples:
        state = done[sample.trial]
        assert state.contents_ul(state.vessel) == pytest.approx({k: v / 10 for k, v in sample.contents.items()})
        assert state.total_ul() == pytest.approx({dose.component: dose.ticks / 10 for dose in sample.drawn})
    total = {
        name: sum(dose.ticks / 10 for sample in plan.samples for dose in sample.drawn if dose.component == name)
        for name in drawn
    }
    assert drawn == pytest.approx(total)


def test_a_small_share_goes_through_a_mixture_that_is_mixed_before_it_is_taken() -> None:
    plan = plan_of(SMALL)
    mixture = plan.samples[0].premix
    assert mixture is not None
    actions = [(command.action, command.place) for command in pipetting(plan) if command.place == mixture.vessel]
    into = [item for item in actions if item[0] == "dispense"]
    assert actions[: len(into)] == into
    assert actions[len(into) : len(into) + 2] == [("mix", mixture.vessel), ("aspirate", mixture.vessel)]
    assert plan.samples[0].achieved.fractions["Ni"] == pytest.approx(0.01, abs=1e-3)


def stroke(source: str, vessel: str, volume: float, tip: int, mix: float = 0.0) -> list[Command]:
    mixing = [Command(trial="t", action="mix", place=source, volume_ul=mix)] if mix else []
    return [
        Command(trial="t", action="pick_up_tip", place=str(tip)),
        *mixing,
        Command(trial="t", action="aspirate", place=source, volume_ul=volume),
        Command(trial="t", action="dispense", place=vessel, volume_ul=volume),
        Command(trial="t", action="drop_tip"),
    ]


@pytest.mark.parametrize(
    ("program", "fault"),
    [
        pytest.param(
            stroke("Fe-1", "P001", 100, 1) + stroke("P001", "A1", 81, 2), "source overdrawn", id="dead volume"
        ),
        pytest.param(stroke("P001", "A1", 30, 1), "source overdrawn", id="never filled"),
        pytest.param(stroke("Fe-1", "P001", 100, 1) + stroke("P001", "A1", 50, 2, mix=150), "empty source", id="mix"),
        pytest.param(stroke("Fe-1", "A1", 100, 1) + stroke("A1", "A2", 50, 2), "empty source", id="out of a sample"),
        pytest.param(
            [one for tip in range(1, 5) for one in stroke("Fe-1", "P001", 280, tip)], "well overfilled", id="too much"
        ),
    ],
)
def test_the_ledger_catches_what_a_mixture_cannot_give_or_take(program: list[Command], fault: str) -> None:
    assert fault in [problem.fault for problem in check_program(program, settings_of().deck)]


def test_no_setting_names_more_mixtures_than_a_plate_has_wells() -> None:
    with pytest.raises(ValueError, match="one plate of 96"):
        settings_of(premix={"places": 97, "total_ticks": 10_000})
    assert isinstance(settings_of().premix, PremixVessels)


def test_an_opentrons_protocol_mixes_on_a_plate_of_its_own() -> None:
    plan, deck, robot = plan_of(SMALL), settings_of().deck, Ot2Settings()
    found = strokes(pipetting(plan), robot, deck)
    taken = [item for item in found if item.source == "mixtures"]
    assert taken and taken[0].mixings > 0 and {item.target for item in taken} == {"plate"}
    assert all(item.mixings == 0 for item in found if item.source == "reservoir")
    assert {item.well for item in found if item.target == "mixtures"} == {"A1"}
    text = protocol_text(plan, found, robot, deck)
    compile(text, "protocol.py", "exec")
    assert text.count('"3")') == 1
    plain = Deck.model_validate(deck.model_dump() | {"premix": None})
    assert '"3")' not in protocol_text(plan, (), robot, plain)


needs_robot = pytest.mark.skipif(not installed("pylabrobot"), reason="pip install 'eutectic[pylabrobot]'")


@needs_robot
def test_pylabrobots_simulator_carries_a_mixture_out() -> None:
    from eutectic.lab_interface.devices.pylabrobot_robot import PylabrobotRobot, RobotSettings

    plan, deck = plan_of(SMALL), settings_of().deck
    robot = PylabrobotRobot(RobotSettings(), deck)
    assert robot.dry_run(plan, pipetting(plan), {}) == ""
    program = pipetting(plan)
    unfilled = [one for one in program if not (one.action == "dispense" and one.place == "P001")]
    assert "TooLittle" in robot.dry_run(plan, unfilled, {})


@needs_robot
def test_a_stock_that_runs_out_leaves_what_was_dispensed_whatever_the_stock_is_called(tmp_path: Path) -> None:
    stocks: JsonValue = [
        {"id": f"{name}-1", "strength": {name: 1}, "on_hand": "15 mL", "dead": "500 uL", "expires": "2099-12-31"}
        for name in ("Fe", "Co", "B")
    ]
    dry: JsonValue = {"rehearse": {"short_ul": {"Co-1": 14_500}}}
    with bench("pylabrobot", tmp_path, stocks=stocks, robot=dry) as found:
        plan = found.plan(1)
        ref = found.lab().submit(plan, plan.key)
        assert found.settled(ref).state in FINISHED
        (made,) = found.lab().result(ref)
    assert (made.status, made.cause, made.achieved_from) == ("failed", "precursor_issue", "dispensed")
    assert "Co" not in made.composition.fractions
    assert {use.stock for use in made.stocks} <= {"Fe-1", "B-1"}
