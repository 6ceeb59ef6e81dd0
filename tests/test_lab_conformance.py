"""The conformance suite over every lab: each file of `labs/` is found and put through every fault as it stands."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from eutectic.core.errors import MissingExtra
from eutectic.evals.lab_conformance import PLAN_FAULTS, SCENARIOS, tried
from eutectic.evals.lab_kills import killed
from eutectic.evals.lab_outcome import Outcome
from eutectic.evals.lab_programs import PROGRAM_FAULTS, caught_by_ledger
from eutectic.lab_interface.registry import lab_names

LABS = pytest.mark.parametrize("name", [name for name in lab_names() if name != "replay"])
SCENARIOS["kill -9 at transitions"] = partial(killed, submitter=(2,), worker=(4,))


def outcome(scenario: str, name: str, folder: Path) -> Outcome:
    try:
        found = tried(scenario, name, folder)
    except MissingExtra as error:
        pytest.skip(f"{name}: {error}")
    if found.verdict == "n/a":
        pytest.skip(f"{name}: {found.by}")
    return found


@LABS
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_fault_never_gets_through(scenario: str, name: str, tmp_path: Path) -> None:
    found = outcome(scenario, name, tmp_path)
    assert found.verdict in ("caught", "held"), found.by
    if scenario in PLAN_FAULTS:
        assert found.verdict == "caught"


@pytest.mark.parametrize("fault", PROGRAM_FAULTS)
def test_the_ledger_catches_what_simulators_let_through(fault: str) -> None:
    assert caught_by_ledger(fault)


def test_a_sound_program_passes_the_ledger() -> None:
    assert caught_by_ledger("none") == ""
