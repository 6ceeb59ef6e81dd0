"""Faults of the simulated lab: rates as set, a cause for every failure, lost contact that waits for a person."""

from __future__ import annotations

import pytest
from simulated_lab_builder import QUIET, make_lab, make_plan

from eutectic.core.errors import BadInput, LabFailed
from eutectic.lab_interface.faults import run_contact, trial_fate
from eutectic.lab_interface.simulated_settings import SimulatedSettings

TRIALS = [f"r{r:02d}-s{s:02d}" for r in range(1, 41) for s in range(1, 51)]


def fates(**settings):
    chosen = SimulatedSettings(law="fe_soft_magnet", **settings)
    return [trial_fate(chosen, 3, trial, 1) for trial in TRIALS]


@pytest.mark.parametrize("rate", [0.0, 0.06, 0.54, 1.0])
def test_trials_are_abandoned_as_often_as_set(rate):
    share = sum(fate.abandoned is not None for fate in fates(abandoned_rate=rate)) / len(TRIALS)
    assert share == pytest.approx(rate, abs=0.03)


def test_causes_divide_by_their_weights():
    causes = [fate.abandoned for fate in fates(abandoned_rate=1.0)]
    assert causes.count("sample_prep") / len(causes) == pytest.approx(0.7, abs=0.04)
    assert set(causes) == {
        "sample_prep", "not_stabilised", "precursor_issue", "failed_connection", "test_error", "other",
    }  # fmt: skip
    only = {fate.abandoned for fate in fates(abandoned_rate=1.0, causes={"sample_prep": 0, "test_error": 0})}
    assert not only & {"sample_prep", "test_error"}


def test_one_rate_leaves_the_other_draws_alone():
    plain = [fate.outlier for fate in fates(outlier_rate=0.2)]
    assert plain == [fate.outlier for fate in fates(outlier_rate=0.2, abandoned_rate=0.5, stuck_rate=0.5)]


def test_the_defaults_are_those_of_real_campaigns():
    chosen = SimulatedSettings(law="fe_soft_magnet")
    assert (chosen.noise, chosen.abandoned_rate) == (0.08, 0.06)
    assert (chosen.lost_contact_rate, chosen.lost_reply_rate, chosen.outlier_rate, chosen.stuck_rate) == (0, 0, 0, 0)


def test_abandoned_trials_have_a_cause_and_no_value_and_are_paid_for(tmp_path):
    lab, plan = make_lab(tmp_path, abandoned_rate=1.0), make_plan(5)
    ref = lab.submit(plan, plan.key)
    for item in lab.result(ref):
        assert (item.status, item.measurements, item.artifacts) == ("abandoned", (), ())
        assert item.cause is not None
        assert item.cost > 0
    assert lab.status(ref).state == "failed"
    assert set(lab.executions().values()) == {1}


def test_a_partly_failed_run_says_so(tmp_path):
    lab, plan = make_lab(tmp_path, abandoned_rate=0.5), make_plan(12)
    ref = lab.submit(plan, plan.key)
    assert lab.status(ref).state == "partially_succeeded"
    assert {item.status for item in lab.result(ref)} == {"ok", "abandoned"}


def test_outliers_lie_ten_standard_deviations_off(tmp_path):
    quiet = QUIET | {"noise": 0.02, "seen_share": 1.0}
    plan = make_plan(10)
    plain, wild = make_lab(tmp_path / "a", **quiet), make_lab(tmp_path / "b", **quiet, outlier_rate=0.5)
    before, after = plain.result(plain.submit(plan, plan.key)), wild.result(wild.submit(plan, plan.key))
    shifts = [b.value("Dmax") / a.value("Dmax") - 1 for a, b in zip(before, after, strict=True)]
    assert {round(abs(shift), 6) for shift in shifts} == {0.0, 0.2}


def test_a_stuck_instrument_repeats_the_trial_before(tmp_path):
    lab, plan = make_lab(tmp_path, **QUIET, stuck_rate=1.0), make_plan(3)
    found = [item.value("Bs") for item in lab.result(lab.submit(plan, plan.key))]
    truth = [lab.law.true_values(sample.achieved, {})["Bs"] for sample in plan.samples]
    assert found == pytest.approx([truth[0], truth[0], truth[1]], rel=1e-8)


def test_a_dead_instrument_is_a_fault_not_a_number(tmp_path):
    lab, plan = make_lab(tmp_path, **QUIET, no_reading_rate=1.0), make_plan(2)
    assert {(i.status, i.cause) for i in lab.result(lab.submit(plan, plan.key))} == {("failed", "instrument_fault")}


def test_a_lost_answer_is_repaired_by_sending_the_same_key_again(tmp_path):
    lab, plan = make_lab(tmp_path, **QUIET, lost_reply_rate=1.0), make_plan()
    with pytest.raises(LabFailed, match="same key"):
        lab.submit(plan, plan.key)
    ref = lab.submit(plan, plan.key)
    assert lab.status(ref).state == "succeeded"
    assert set(lab.executions().values()) == {1}


def lost(tmp_path, *, ran: bool):
    """A lab and a run it lost contact to, that went on or not."""
    lab = make_lab(tmp_path, **QUIET, lost_contact_rate=1.0)
    chosen = SimulatedSettings(law="fe_soft_magnet", lost_contact_rate=1.0)
    attempt = next(n for n in range(1, 50) if run_contact(chosen, 5, 1, n).runs_anyway is ran)
    plan = make_plan(attempt=attempt)
    return lab, lab.submit(plan, plan.key)


@pytest.mark.parametrize("ran", [True, False])
def test_a_lost_run_stays_unknown_until_a_person_says_what_became_of_it(tmp_path, ran):
    lab, ref = lost(tmp_path, ran=ran)
    for again in (lab, make_lab(tmp_path, **QUIET)):
        assert again.status(ref).state == "unknown"
        assert again.result(ref) == ()
    lab.cancel(ref)
    lab.abort(ref, "try")
    assert lab.status(ref).state == "unknown"
    assert bool(lab.executions()) is ran


@pytest.mark.parametrize(
    ("ran", "outcome", "state", "statuses"),
    [
        (True, "ran", "succeeded", {"ok"}),
        (False, "ran", "failed", {"abandoned"}),
        (True, "did_not_run", "failed", set()),
        (False, "did_not_run", "failed", set()),
    ],
)
def test_reconciling_ends_the_doubt(tmp_path, ran, outcome, state, statuses):
    lab, ref = lost(tmp_path, ran=ran)
    assert lab.reconcile(ref, outcome, "Ada").state == state
    assert {item.status for item in lab.result(ref)} == statuses
    assert make_lab(tmp_path, **QUIET).status(ref).state == state
    assert lab.reconcile(ref, outcome, "Ada").state == state
    with pytest.raises(LabFailed, match="not unknown"):
        lab.reconcile(ref, "ran" if outcome == "did_not_run" else "did_not_run", "Bob")


def test_reconciling_needs_a_name_a_known_outcome_and_an_unknown_run(tmp_path):
    lab, ref = lost(tmp_path / "a", ran=True)
    for outcome, by in (("perhaps", "Ada"), ("ran", " ")):
        with pytest.raises(BadInput, match="say ran or did_not_run"):
            lab.reconcile(ref, outcome, by)
    fine, plan = make_lab(tmp_path / "b", **QUIET), make_plan()
    with pytest.raises(LabFailed, match="not unknown"):
        fine.reconcile(fine.submit(plan, plan.key), "did_not_run", "Ada")
