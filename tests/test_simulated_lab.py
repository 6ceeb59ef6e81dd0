"""The simulated lab: keys, repeatability, noise, failures, limits, time, cost, cancel, abort, stop, reconcile."""

from __future__ import annotations

import itertools
import subprocess
import sys
from pathlib import Path
from statistics import fmean, pstdev

import pytest
from simulated_lab_builder import QUIET, make_lab, make_plan, make_spec

from eutectic.core.composition import Composition
from eutectic.core.errors import BadInput, LabFailed, PlanChanged, PlanRefused, StorageFailed
from eutectic.core.plan import Protocol, ProtocolStep
from eutectic.core.run import RunRef
from eutectic.core.spec import CampaignSpec
from eutectic.core.trial import Observation, Trial
from eutectic.lab_interface.compile import compile_plan
from eutectic.lab_interface.labs.simulated import SimulatedLab
from eutectic.lab_interface.readings import readings
from eutectic.lab_interface.registry import open_lab

CHILD = Path(__file__).with_name("simulated_lab_child.py")


class Hand:
    """A clock turned by hand."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def run(lab: SimulatedLab, n: int = 4, **given: int) -> tuple[Observation, ...]:
    plan = make_plan(n, **given)
    return lab.result(lab.submit(plan, plan.key))


def ref_of(plan) -> RunRef:
    return RunRef(lab="simulated", key=plan.key, plan_sha256=plan.sha256, run="run")


def values(observations, name: str) -> list[float]:
    return [item.value(name) for item in observations if item.value(name) is not None]


def test_a_key_is_made_once(tmp_path):
    lab, plan = make_lab(tmp_path), make_plan()
    first = lab.submit(plan, plan.key)
    assert lab.submit(plan, plan.key) == first == make_lab(tmp_path).submit(plan, plan.key)
    assert lab.executions() == {trial.id: 1 for trial in plan.trials}
    with pytest.raises(PlanChanged, match="another plan"):
        lab.submit(make_plan(boron=410), plan.key)


def test_a_raised_attempt_is_a_new_run(tmp_path):
    lab = make_lab(tmp_path, **(QUIET | {"noise": 0.08}))
    first, second = run(lab), run(lab, attempt=2)
    assert set(lab.executions().values()) == {2}
    assert not set(values(first, "Dmax")) & set(values(second, "Dmax"))


def test_results_do_not_depend_on_the_process_or_the_folder(tmp_path):
    whole = make_lab(tmp_path / "a")
    wanted = [*run(whole, 5), *run(whole, 5, round=2)]
    found = [*run(make_lab(tmp_path / "b"), 5), *run(make_lab(tmp_path / "b"), 5, round=2)]
    assert found == wanted
    assert [*run(make_lab(tmp_path / "c", seed=6), 5)] != wanted[:5]


def test_without_noise_the_lab_says_what_the_law_says(tmp_path):
    lab = make_lab(tmp_path, **QUIET)
    for item in run(lab):
        truth = lab.law.true_values(item.composition, {})
        for measured in item.measurements:
            assert measured.value == pytest.approx(truth[measured.property], rel=1e-8)
            assert measured.sd == 0


def test_observations_say_where_they_come_from(tmp_path):
    for item in run(make_lab(tmp_path, abandoned_rate=0)):
        assert item.simulated
        assert item.instrument == "simulated:fe_soft_magnet"
        assert item.achieved_from == "weighed"
        assert {m.property: m.unit for m in item.measurements} == {
            "Bs": "T",
            "Dmax": "mm",
            "Hc": "A/m",
            "cost": "USD/kg",
        }


def test_raw_readings_give_the_values_and_are_guarded_by_their_hash(tmp_path):
    item = run(make_lab(tmp_path, abandoned_rate=0, readings=4), 1)[0]
    raw = readings(tmp_path, item)
    assert all(len(found) == 4 for found in raw.values())
    assert {m.property: m.value for m in item.measurements} == pytest.approx({k: fmean(v) for k, v in raw.items()})
    path = tmp_path / "artifacts" / f"{item.artifacts[0]}.json"
    path.write_text(path.read_text().replace("1", "2", 1))
    with pytest.raises(LabFailed, match="were changed"):
        readings(tmp_path, item)
    path.unlink()
    with pytest.raises(LabFailed, match="missing"):
        readings(tmp_path, item)


def test_replicates_scatter_by_the_noise_that_was_set(tmp_path):
    quiet = QUIET | {"noise": 0.08}
    lab = make_lab(tmp_path, **quiet)
    found = []
    for number in range(1, 7):
        plan = make_plan(40, round=number)
        same = plan.samples[0]
        samples = tuple(s.model_copy(update={"doses": same.doses, "achieved": same.achieved}) for s in plan.samples)
        plan = plan.model_copy(update={"samples": samples})
        found += lab.result(lab.submit(plan, plan.key))
    dmax = values(found, "Dmax")
    assert pstdev(dmax) / fmean(dmax) == pytest.approx(0.08, rel=0.15)
    stated = [m.sd for item in found for m in item.measurements if m.property == "Dmax"]
    seen = (fmean(sd**2 for sd in stated)) ** 0.5
    assert seen / fmean(dmax) == pytest.approx(0.08 * 0.5**0.5, rel=0.15)
    assert pstdev(values(found, "cost")) == 0


def test_batches_shift_and_time_drifts(tmp_path):
    truth = values(run(make_lab(tmp_path / "q", **QUIET), 4), "Dmax")
    batchy = make_lab(tmp_path / "b", **(QUIET | {"batch_sd": 0.1}))
    first = [a / b for a, b in zip(values(run(batchy, 4), "Dmax"), truth, strict=True)]
    second = [a / b for a, b in zip(values(run(batchy, 4, round=2), "Dmax"), truth, strict=True)]
    assert first == pytest.approx([first[0]] * 4)
    assert second == pytest.approx([second[0]] * 4)
    assert abs(first[0] - second[0]) > 1e-3
    drifting = run(make_lab(tmp_path / "d", **(QUIET | {"drift_per_day": 0.24, "hours_per_batch": 10})), 4)
    ratio = [a / b for a, b in zip(values(drifting, "Dmax"), truth, strict=True)]
    assert ratio == pytest.approx([1 + 0.01 * item.started_h for item in drifting])


def test_weighing_errors_are_small_and_what_was_weighed_is_what_is_measured(tmp_path):
    plan = make_plan(20)
    lab = make_lab(tmp_path, **(QUIET | {"weighing_sd_ticks": 2.0}))
    found = lab.result(lab.submit(plan, plan.key))
    errors = [
        abs(item.composition.fractions["B"] - sample.achieved.fractions["B"])
        for item, sample in zip(found, plan.samples, strict=True)
    ]
    assert 0 < max(errors) < 0.03
    for item in found:
        assert item.value("Bs") == pytest.approx(lab.law.true_values(item.composition, {})["Bs"], rel=1e-8)


def test_time_and_cost_add_up(tmp_path):
    lab = make_lab(
        tmp_path, hours_per_trial=0.5, hours_per_batch=2, instruments=2, cost_per_trial=10, prices={"Co": 1000}
    )
    first, second = run(lab, 5), run(lab, 2, round=2)
    assert [item.started_h for item in first] == [2.0, 2.0, 2.5, 2.5, 3.0]
    assert [item.started_h for item in second] == [5.5, 5.5]
    cobalt = {dose.component: dose.ticks for dose in make_plan(5).samples[0].doses}["Co"]
    assert first[0].cost == pytest.approx(10 + 1000 * cobalt * 1e-6)


def test_what_cannot_be_cast_fails_with_its_cause(tmp_path):
    plan = make_plan(1, boron=100)
    item = make_lab(tmp_path, abandoned_rate=0).submit(plan, plan.key)
    found = make_lab(tmp_path).result(item)[0]
    assert (found.status, found.cause, found.measurements) == ("failed", "not_stabilised", ())
    assert make_lab(tmp_path).status(item).state == "failed"


def test_values_off_the_scale_are_censored_at_its_end(tmp_path):
    limits = {"Bs": {"above": 1.0}, "Dmax": {"below": 50.0}}
    item = run(make_lab(tmp_path, **QUIET, limits=limits), 1)[0]
    found = {m.property: (m.value, m.censoring) for m in item.measurements}
    assert found["Bs"] == (1.0, "above")
    assert found["Dmax"] == (50.0, "below")
    assert item.value("Bs") is None
    assert max(readings(tmp_path, item)["Bs"]) == 1.0


def test_results_appear_as_time_passes_and_nothing_is_made_before(tmp_path):
    clock, plan = Hand(), make_plan(4)
    lab = make_lab(tmp_path, clock, **QUIET, latency_s=8.0)
    ref = lab.submit(plan, plan.key)
    assert (lab.status(ref).state, lab.status(ref).done, len(lab.executions())) == ("running", 0, 1)
    clock.now += 5
    assert (lab.status(ref).done, len(lab.result(ref)), len(lab.executions())) == (2, 2, 3)
    clock.now -= 100
    assert lab.status(ref).done == 0
    clock.now += 200
    assert (lab.status(ref).state, len(lab.result(ref))) == ("succeeded", 4)
    assert lab.result(ref) == run(make_lab(tmp_path / "at-once", **QUIET), 4)
    assert set(lab.executions().values()) == {1}


def test_cancel_finishes_what_began_and_gives_up_the_rest(tmp_path):
    clock, plan = Hand(), make_plan(4)
    lab = make_lab(tmp_path, clock, **QUIET, latency_s=8.0)
    ref = lab.submit(plan, plan.key)
    clock.now += 3
    lab.cancel(ref)
    assert lab.status(ref).state == "running"
    clock.now += 100
    assert (lab.status(ref).state, lab.status(ref).done) == ("cancelled", 2)
    found = lab.result(ref)
    assert [item.status for item in found] == ["ok", "ok", "abandoned", "abandoned"]
    assert len(lab.executions()) == 2
    lab.cancel(ref)
    assert lab.result(ref) == found


def test_a_lab_may_ignore_a_cancel(tmp_path):
    clock, plan = Hand(), make_plan(3)
    lab = make_lab(tmp_path, clock, **QUIET, latency_s=8.0, ignores_cancel=True)
    ref = lab.submit(plan, plan.key)
    lab.cancel(ref)
    clock.now += 100
    assert lab.status(ref).state == "succeeded"


def test_abort_stops_what_runs(tmp_path):
    clock, plan = Hand(), make_plan(4)
    lab = make_lab(tmp_path, clock, **QUIET, latency_s=8.0)
    ref = lab.submit(plan, plan.key)
    clock.now += 3
    lab.abort(ref, "smoke")
    clock.now += 100
    status = lab.status(ref)
    assert (status.state, status.done, status.note) == ("aborted", 1, "smoke")
    assert [item.status for item in lab.result(ref)] == ["ok", "abandoned", "abandoned", "abandoned"]
    assert len(lab.executions()) == 2


def test_a_finished_run_can_neither_be_cancelled_nor_aborted(tmp_path):
    lab, plan = make_lab(tmp_path, **QUIET), make_plan()
    ref = lab.submit(plan, plan.key)
    lab.cancel(ref)
    lab.abort(ref, "late")
    assert lab.status(ref).state == "succeeded"


def test_an_emergency_stop_aborts_and_latches_until_a_person_clears_it(tmp_path):
    clock, plan = Hand(), make_plan(4)
    lab = make_lab(tmp_path, clock, **QUIET, latency_s=8.0)
    ref = lab.submit(plan, plan.key)
    lab.estop("smoke")
    clock.now += 100
    assert lab.status(ref).state == "aborted"
    again = make_lab(tmp_path, clock, **QUIET)
    assert again.submit(plan, plan.key) == ref
    with pytest.raises(LabFailed, match="smoke"):
        again.submit(make_plan(round=2), "probe-1/r02/a1")
    with pytest.raises(BadInput, match="named person"):
        again.clear_estop(" ")
    again.clear_estop("Ada")
    assert again.stop_reason() is None
    assert len(run(again, 2, round=2)) == 2


@pytest.mark.parametrize(
    "change",
    [{"simulated": False}, {"lab": "furnace"}, {"samples": make_plan(3).samples}],
    ids=["not marked", "other lab", "sample missing"],
)
def test_a_wrong_plan_is_blocked_and_refused(tmp_path, change):
    lab, plan = make_lab(tmp_path), make_plan(4).model_copy(update=change)
    assert any(check.verdict == "block" for check in lab.validate(plan))
    with pytest.raises(PlanRefused):
        lab.submit(plan, plan.key)
    assert lab.executions() == {}


def test_a_run_the_lab_never_got_is_said_to_be_missing(tmp_path):
    with pytest.raises(LabFailed, match="no run"):
        make_lab(tmp_path).status(ref_of(make_plan()))


@pytest.mark.parametrize(
    ("settings", "place"),
    [
        ({"law": "fe_soft_magnet", "nois": 1}, r"lab\.settings\.nois"),
        ({"law": "fe_soft_magnet", "noise": -1}, r"lab\.settings\.noise"),
        ({"law": "fe_soft_magnet", "causes": {"gremlins": 1}}, r"lab\.settings\.causes\.gremlins"),
        ({"law": "no_such_law"}, r"lab\.settings\.law"),
        ({}, r"lab\.settings: give either law, or table"),
        ({"table": "x.csv"}, r"lab\.settings"),
        ({"law": "her_catalyst"}, r"space\.components"),
        ({"law": "soda_lime_glass"}, r"space\.basis"),
    ],
)
def test_bad_settings_are_refused_with_their_place(tmp_path, settings, place):
    with pytest.raises(BadInput, match=place):
        open_lab(make_spec(settings), tmp_path)


def test_an_objective_the_law_does_not_give_is_refused(tmp_path):
    spec = make_spec()
    wrong = spec.objectives[0].model_copy(update={"property": "hardness"})
    with pytest.raises(BadInput, match=r"objectives\.0\.property.*Bs in T"):
        open_lab(spec.model_copy(update={"objectives": (wrong,)}), tmp_path)
    wrong = spec.objectives[0].model_copy(update={"unit": "G"})
    with pytest.raises(BadInput, match=r"objectives\.0\.unit.*'T'"):
        open_lab(spec.model_copy(update={"objectives": (wrong,)}), tmp_path)


def test_a_record_that_is_no_database_is_said_to_be(tmp_path):
    (tmp_path / "lab.db").write_bytes(b"not a database" * 100)
    with pytest.raises(StorageFailed, match="lab's record"):
        run(make_lab(tmp_path))


def test_processes_that_race_with_the_same_keys_make_everything_once(tmp_path):
    workers = [subprocess.Popen([sys.executable, str(CHILD), "race", str(tmp_path)]) for _ in range(3)]
    assert [worker.wait(60) for worker in workers] == [0, 0, 0]
    counts = make_lab(tmp_path).executions()
    assert (len(counts), set(counts.values())) == (10, {1})


@pytest.mark.skipif(sys.platform == "win32", reason="needs fork and SIGKILL")
def test_a_kill_at_any_step_loses_nothing_and_makes_nothing_twice(tmp_path):
    done = subprocess.run(
        [sys.executable, str(CHILD), "kill", str(tmp_path)], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 60


def test_a_spread_slopes_across_the_plate_and_every_film_is_measured(tmp_path: Path) -> None:
    """Films of one recipe differ along the plate as far as the spread says, and what is told is what was made."""
    settings = {
        "law": "thin_film_resistor",
        "spread": 0.2,
        "weighing_sd_ticks": 0,
        "abandoned_rate": 0,
        "vessels": {"kind": "substrate", "places": [f"S{n}" for n in range(11)]},
    }
    spec = CampaignSpec.model_validate(
        {
            "name": "films",
            "goal": "films",
            "space": {"components": [{"name": "Ni"}, {"name": "Cr"}, {"name": "Cu"}]},
            "objectives": [{"property": "resistivity", "unit": "uOhm cm", "direction": "maximize"}],
            "budget": {"experiments": 11},
            "batch": 11,
            "lab": {"kind": "simulated", "settings": settings},
            "mind": {"kind": "rules"},
        }
    )
    lab = open_lab(spec, tmp_path)
    wanted = Composition.of({"Ni": 0.5, "Cr": 0.3, "Cu": 0.2}, "at%")
    trials = [Trial(id=f"r01-s{n:02d}", composition=wanted, source="initial", why="spread") for n in range(1, 12)]
    step = ProtocolStep(action="deposit", parameters=(), note="")
    protocol = Protocol(title="films", steps=(step,), analysis_code="")
    plan = compile_plan(spec, "films-001", 1, 1, trials, protocol, lab.capabilities())
    made = [item.composition.fractions for item in lab.result(lab.submit(plan, plan.key)) or ()]
    assert {item.achieved_from for item in lab.result(lab.submit(plan, plan.key)) or ()} == {"measured"}
    middle = made[5]
    assert middle == {
        name: pytest.approx(share, abs=1e-3) for name, share in plan.samples[5].achieved.fractions.items()
    }
    ratios = [one["Ni"] / one["Cr"] for one in made]
    steps = [after - before for before, after in itertools.pairwise(ratios)]
    assert all(step > 0 for step in steps) or all(step < 0 for step in steps)
    ends = [max(abs(made[end][name] / middle[name] - 1) for name in wanted.fractions) for end in (0, -1)]
    assert all(0.01 < end < 0.2 for end in ends)
