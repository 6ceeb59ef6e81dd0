"""The replay lab: what was recorded comes back, what was not is an error."""

from __future__ import annotations

from pathlib import Path

import pytest
from lab_bench import CAMPAIGN, Bench, abilities, protocol_of, spec_of, trials_of

from eutectic.core.errors import LabFailed, NotSupported, PlanChanged, PlanRefused
from eutectic.core.spec import LabSpec
from eutectic.core.trial import Observation
from eutectic.lab_interface.compile import compile_plan
from eutectic.lab_interface.labs.replay import ReplayLab
from eutectic.lab_interface.registry import lab_names, open_lab


def test_recorded_observations_come_back_in_the_plans_order(tmp_path: Path) -> None:
    it = Bench(tmp_path, spec_of(), trials_of("Fe80B20", "Fe70B30"))
    failed = Observation(
        trial="r01-s01", composition=it.plan.trials[0].composition, simulated=True, status="failed", cause="other"
    )
    good = Observation(trial="r01-s02", composition=it.plan.trials[1].composition, simulated=True)
    lab = ReplayLab([good, failed], it.abilities)
    ref = lab.submit(it.plan, it.plan.key)
    assert lab.submit(it.plan, it.plan.key) == ref
    assert lab.result(ref) == (failed, good)
    assert lab.status(ref).state == "partially_succeeded"


def test_a_trial_that_was_never_recorded_is_refused_by_gate_and_lab(tmp_path: Path) -> None:
    it = Bench(tmp_path, spec_of(), trials_of("Fe80B20"))
    more = compile_plan(it.spec, CAMPAIGN, 1, 1, trials_of("Fe80B20", "Fe60B40"), protocol_of(), it.abilities)
    with pytest.raises(LabFailed, match="r01-s02 was never recorded"):
        it.lab.submit(more, more.key)
    it.plan = more
    with pytest.raises(PlanRefused, match="never recorded"):
        it.gate.submit(it.data, it.approval())


def test_simulated_observations_never_stand_for_real_ones(tmp_path: Path) -> None:
    it = Bench(tmp_path, spec_of(), trials_of("Fe80B20"), abilities(simulated=False))
    made_up = Observation(trial="r01-s01", composition=it.plan.trials[0].composition, simulated=True)
    with pytest.raises(LabFailed, match="simulated"):
        ReplayLab([made_up], it.abilities).submit(it.plan, it.plan.key)


def test_another_plan_under_the_same_key_is_refused(tmp_path: Path) -> None:
    it = Bench(tmp_path, spec_of(), trials_of("Fe80B20"))
    it.lab.submit(it.plan, it.plan.key)
    with pytest.raises(PlanChanged):
        it.lab.submit(it.plan.model_copy(update={"cost": 1.0}), it.plan.key)
    assert ReplayLab([], it.abilities).status(it.lab.submit(it.plan, it.plan.key)).state == "unknown"


def test_a_spec_cannot_name_it(tmp_path: Path) -> None:
    assert "replay" in lab_names()
    with pytest.raises(NotSupported, match="eutectic replay"):
        open_lab(spec_of(lab=LabSpec(kind="replay").model_dump()), tmp_path)
