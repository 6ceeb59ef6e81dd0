"""kill -9 anywhere, then resume: nothing lost, nothing measured twice, the rest as it would have been."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs fork and SIGKILL")


def harness(tmp_path: Path, mode: str, spec: str = "faulty.yaml") -> dict:
    command = [sys.executable, "-W", "ignore", str(HERE / "kill_harness.py"), str(HERE / "data" / spec)]
    done = subprocess.run([*command, str(tmp_path), mode], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


def test_killed_after_every_event(tmp_path: Path) -> None:
    found = harness(tmp_path, "events")
    assert found["wrong"] == []
    assert found["kills"] == found["events"] > 40


def test_killed_before_and_after_the_lab_took_the_plan(tmp_path: Path) -> None:
    found = harness(tmp_path, "submission")
    assert found["wrong"] == []
    assert found["kills"] == 6


def test_killed_at_random_times(tmp_path: Path) -> None:
    found = harness(tmp_path, "11")
    assert found["wrong"] == []
    assert found["kills"] > 0


def test_killed_between_the_choice_of_a_round_and_the_meter_that_judges_its_knowledge(tmp_path: Path) -> None:
    found = harness(tmp_path, "tools", "pictured.yaml")
    assert found["wrong"] == []
    assert found["kills"] >= 6
