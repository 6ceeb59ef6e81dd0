"""kill -9 against a lab: at each transition of the process that submits and of the one that works."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Sequence
from pathlib import Path

from eutectic.core.plan import Plan
from eutectic.core.run import FINISHED
from eutectic.evals.lab_bench_rig import SUBMITTER, Bench, bench
from eutectic.evals.lab_outcome import Broken, Outcome, made_once
from eutectic.lab_interface.devices.device_lab import DeviceLab
from eutectic.lab_interface.devices.run_lock import try_lock
from eutectic.lab_interface.devices.worker import MARK


def killed(
    name: str,
    folder: Path,
    submitter: Sequence[int] = (1, 2, 3),
    worker: Sequence[int] = (1, 2, 3, 4, 6, 8, 12, 20, 36),
) -> Outcome:
    """kill -9 before (odd numbers) and after commits, in the process that submits and in the one that works."""
    kills = 0
    with bench(name, folder) as rig:
        for who, at in ((SUBMITTER, submitter), (MARK, worker)):
            if who == MARK and not isinstance(rig.lab(), DeviceLab):
                continue
            for number in at:
                plan = rig.plan(1, round=1 + kills + 100 * (who == MARK))
                process = rig.submit_apart(plan, at=number, who=who)
                process.communicate(timeout=60)
                lab = rig.lab()
                died = _died(rig, plan, process.returncode, who)
                if not died:
                    break
                kills += 1
                ref = lab.submit(plan, plan.key)
                _ends_once(rig, plan, rig.settled(ref).state)
        return Outcome("held", f"{kills} kills, no sample twice, none without an end")


def _died(rig: Bench, plan: Plan, code: int | None, who: str) -> bool:
    """Whether the saboteur struck: the submitter's code tells, the worker's log does."""
    if who == SUBMITTER:
        return code == -signal.SIGKILL
    lab = rig.lab()
    if not isinstance(lab, DeviceLab):
        return False
    run = lab.store.find(plan.key)
    until = time.monotonic() + 30
    while run is not None and not _is_free(lab, run.batch) and time.monotonic() < until:
        time.sleep(0.05)
    return run is not None and lab.log.ending(run.batch) is None


def _is_free(lab: DeviceLab, batch: int) -> bool:
    held = try_lock(lab.folder / "runs" / f"{batch:06d}.lock")
    if held is not None:
        os.close(held)
    return held is not None


def _ends_once(rig: Bench, plan: Plan, state: str) -> None:
    """An unknown run stays so until a person speaks; then every trial has one end."""
    ref = rig.lab().submit(plan, plan.key)
    if state == "unknown":
        if rig.lab().status(ref).state != "unknown":
            raise Broken("an unknown run left that state by itself")
        rig.lab().reconcile(ref, "ran", "Ada")
    after = rig.lab().status(ref)
    if after.state not in (*FINISHED, "awaiting_person"):
        raise Broken(f"the run is {after.state} after all")
    found = [item.trial for item in rig.lab().result(ref)]
    if after.state in FINISHED and found != [trial.id for trial in plan.trials]:
        raise Broken(f"results of {found}")
    made_once(rig)
