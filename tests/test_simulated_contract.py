"""The contract of every lab: each file of `labs/` is found and tested here without touching this test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import get_args

import pytest
from pydantic import JsonValue
from simulated_lab_builder import make_plan, make_spec

from eutectic.core.errors import BadInput, EutecticError, LabFailed, MissingExtra, NotSupported, PlanChanged
from eutectic.core.lab import Lab
from eutectic.core.plan import Plan
from eutectic.core.run import RunState
from eutectic.lab_interface.examples import example_lab
from eutectic.lab_interface.registry import lab_names, open_lab

LABS = pytest.mark.parametrize("name", lab_names())


@pytest.fixture
def example(name: str, tmp_path: Path) -> Iterator[dict[str, JsonValue]]:
    """Settings its file gives as an example, with what they need running; skipped where they cannot be had."""
    with ExitStack() as stack:
        try:
            given = stack.enter_context(example_lab(name, tmp_path / "devices"))
            open_lab(make_spec(given, kind=name), tmp_path / "probe")
        except (NotSupported, MissingExtra) as error:
            pytest.skip(f"{name} cannot be opened here: {error}")
        yield given


def opened(name: str, settings: dict[str, JsonValue], folder: Path) -> Lab:
    return open_lab(make_spec(settings, kind=name), folder)


def plan_for(lab: Lab) -> Plan:
    """A plan the lab takes, in its ticks."""
    abilities = lab.capabilities()
    return make_plan(lab=abilities.name, tick=abilities.tick).model_copy(update={"simulated": abilities.simulated})


def test_the_simulated_lab_is_there():
    assert "simulated" in lab_names()


def test_an_unknown_lab_is_refused_with_those_there_are(tmp_path):
    with pytest.raises(BadInput, match=r"lab\.kind: .*simulated"):
        open_lab(make_spec(kind="no_such_lab"), tmp_path)


@LABS
def test_a_spec_opens_the_lab_or_is_told_why_not(name, tmp_path):
    try:
        lab = open_lab(make_spec({}, kind=name), tmp_path)
    except EutecticError as error:
        assert error.where.startswith("lab")
        assert "\n" not in str(error)
    else:
        assert lab.capabilities().name


@LABS
def test_an_unknown_setting_is_refused_with_its_place(name, example, tmp_path):
    with pytest.raises(BadInput, match="no_such_setting"):
        open_lab(make_spec(example | {"no_such_setting": 1}, kind=name), tmp_path)


@LABS
def test_checks_have_no_effect(name, example, tmp_path):
    lab = opened(name, example, tmp_path / "lab")
    plan = plan_for(lab)
    before = sorted(tmp_path.rglob("*"))
    assert lab.validate(plan) == lab.validate(plan)
    assert sorted(tmp_path.rglob("*")) == before


@LABS
def test_one_key_is_one_run(name, example, tmp_path):
    lab = opened(name, example, tmp_path / "lab")
    capabilities = lab.capabilities()
    plan = plan_for(lab)
    ref = lab.submit(plan, plan.key)
    assert (ref.key, ref.plan_sha256) == (plan.key, plan.sha256)
    status = lab.status(ref)
    assert status.state in get_args(RunState)
    assert status.total == len(plan.samples)
    known = [trial.id for trial in plan.trials]
    found = [item.trial for item in lab.result(ref)]
    assert found == [name for name in known if name in found]
    assert all(item.simulated == capabilities.simulated for item in lab.result(ref))
    if capabilities.idempotent:
        assert lab.submit(plan, plan.key) == ref
        assert opened(name, example, tmp_path / "lab").submit(plan, plan.key) == ref
        with pytest.raises(PlanChanged):
            lab.submit(plan.model_copy(update={"cost": 2.0}), plan.key)


@LABS
def test_an_emergency_stop_outlives_the_process(name, example, tmp_path):
    lab = opened(name, example, tmp_path / "lab")
    lab.capabilities()
    plan = plan_for(lab)
    lab.estop("smoke")
    with pytest.raises(LabFailed, match="smoke"):
        lab.submit(plan, plan.key)
    with pytest.raises(LabFailed, match="smoke"):
        opened(name, example, tmp_path / "lab").submit(plan, plan.key)
