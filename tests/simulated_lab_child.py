"""Drives a simulated lab in processes that race or die, for the tests that start it: `race FOLDER` or `kill FOLDER`."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Any

from simulated_lab_builder import QUIET, make_lab, make_plan

from eutectic.core.trial import Observation

ROUNDS = 2


def drive(folder: Path, rounds: int = ROUNDS) -> list[Observation]:
    """Submit a few rounds, as a campaign that resumes would: the same keys and plans again."""
    lab, found = make_lab(folder, **QUIET, outlier_rate=0.3), []
    for round in range(1, rounds + 1):
        plan = make_plan(2, round=round)
        found += lab.result(lab.submit(plan, plan.key))
    return found


def die_at(step: int) -> None:
    """Kill this process at its so-manieth statement, commit, sync or rename."""
    left = [step]

    def watch(frame: Any, event: str, argument: Any) -> None:
        name = argument.__name__ if event in ("c_call", "c_return") else ""
        if name in ("commit", "fsync", "replace") or (name == "execute" and event == "c_return"):
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.setprofile(watch)


def kill_everywhere(folder: Path) -> None:
    """Die at every step in turn, resume, and compare with the run that was left alone."""
    wanted, step, died = drive(folder / "whole"), 0, True
    while died:
        step += 1
        place = folder / str(step)
        child = os.fork()
        if child == 0:
            die_at(step)
            drive(place)
            os._exit(0)
        died = os.WIFSIGNALED(os.waitpid(child, 0)[1])
        assert drive(place) == wanted, f"step {step}: other results"
        counts = set(make_lab(place).executions().values())
        assert counts == {1}, f"step {step}: made {counts} times"
    sys.stdout.write(str(step))


if __name__ == "__main__":
    if sys.argv[1] == "race":
        drive(Path(sys.argv[2]), 5)
    else:
        kill_everywhere(Path(sys.argv[2]))
