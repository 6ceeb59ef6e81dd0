"""The emergency stop of a device: every campaign that uses it sees it, at work and after a restart."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import JsonValue

from eutectic.core.errors import LabFailed
from eutectic.core.run import FINISHED
from eutectic.evals.lab_bench_rig import Bench
from eutectic.lab_interface.devices.software import installed
from eutectic.lab_interface.devices.visa_example import example_meter
from eutectic.lab_interface.devices.visa_server import instrument_on_socket

pytestmark = pytest.mark.skipif(
    len(installed("pymeasure", "pyvisa-py", "pyvisa-sim").split(", ")) < 3, reason="pip install 'eutectic[visa]'"
)


@pytest.fixture
def two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Bench, Bench]]:
    """Two campaigns in folders of their own that measure on one instrument, many readings a sample."""
    monkeypatch.setenv("EUTECTIC_HOME", str(tmp_path / "home"))
    with instrument_on_socket(lost_at=1_000_000) as address:
        meter: JsonValue = example_meter(None, "slow") | {"address": address, "library": "@py"}
        settings: dict[str, JsonValue] = {"samples": "in_place", "meter": meter}
        yield Bench("visa", tmp_path / "a", settings), Bench("visa", tmp_path / "b", settings)


def test_a_device_that_is_stopped_is_stopped_for_every_campaign_until_a_person_clears_it(
    two: tuple[Bench, Bench],
) -> None:
    first, second = two
    first.lab().estop("smoke")
    assert "smoke" in (second.lab().stop_reason() or "")
    plan = second.plan()
    with pytest.raises(LabFailed, match="smoke"):
        second.lab().submit(plan, plan.key)
    assert [check.verdict for check in second.lab().validate(plan) if check.name == "lab_stop"] == ["block"]
    first.lab().clear_estop("Ada")
    assert second.lab().stop_reason() is None
    assert second.settled(second.lab().submit(plan, plan.key)).state == "succeeded"


def test_the_run_of_another_campaign_stops_before_its_next_command(two: tuple[Bench, Bench]) -> None:
    first, second = two
    for round, size in enumerate((8, 32, 32), start=1):
        plan = first.plan(size, round=round)
        ref = first.lab().submit(plan, plan.key)
        until = time.monotonic() + 30
        while first.lab().status(ref).done < 1 and time.monotonic() < until:
            time.sleep(0.05)
        second.lab().estop("smoke")
        status = first.settled(ref)
        assert status.state in FINISHED
        if status.done < size:
            break
        second.lab().clear_estop("Ada")
    assert 1 <= status.done < size
    found = first.lab().result(ref)
    assert [item.trial for item in found] == [trial.id for trial in plan.trials]
    assert "smoke" in " ".join(item.note for item in found)
