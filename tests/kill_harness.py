"""Runs campaigns in forked children that are killed at a chosen point, resumes them, and tells what differs.

A script of its own, so that the heavy imports are paid once and children are cheap:
`python kill_harness.py SPEC FOLDER MODE` prints one JSON object.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from eutectic.agents.campaign import Campaign, Collaborators
from eutectic.agents.minds.rules import RulesMind
from eutectic.agents.runs import opening
from eutectic.agents.spec_file import dump_spec, load_spec
from eutectic.core.notebook import Event, Notebook
from eutectic.core.plan import Plan
from eutectic.core.run import RunRef
from eutectic.core.settings import Settings
from eutectic.core.spec import CampaignSpec
from eutectic.lab_interface.labs.simulated import SimulatedLab
from eutectic.lab_interface.registry import open_lab

NAME = "killed-001"


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def kill_at_event(number: int) -> Callable[[Event], None]:
    def listener(event: Event) -> None:
        if event.seq == number:
            die()

    return listener


class DyingLab:
    """A lab whose driver dies right after, or right before, the lab took a plan."""

    def __init__(self, inner: SimulatedLab, at: int, *, before: bool) -> None:
        self._inner, self._left, self._before = inner, at, before

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def submit(self, plan: Plan, key: str) -> RunRef:
        self._left -= 1
        if self._left == 0 and self._before:
            die()
        ref = self._inner.submit(plan, key)
        if self._left == 0:
            die()
        return ref


def drive(
    spec: CampaignSpec, folder: Path, listeners: tuple[Callable[[Event], None], ...] = (), lab: Any = None
) -> None:
    (folder / "artifacts").mkdir(parents=True, exist_ok=True)
    if not (folder / "spec.yaml").exists():
        (folder / "spec.yaml").write_text(dump_spec(spec))
    with_ = Collaborators(settings=Settings(), mind=RulesMind(), lab=lab, listeners=listeners)
    with Campaign(folder, NAME, with_) as campaign:
        if campaign.context is None:
            campaign.begin(opening(spec, NAME))
        assert campaign.advance().state == "done"


def child(work: Callable[[], None], kill_after_s: float | None = None) -> int:
    """Run in a fork; the exit status as `waitpid` tells it."""
    pid = os.fork()
    if pid == 0:
        try:
            work()
        except BaseException as error:  # the child must never go on as a second parent
            sys.stderr.write(f"{type(error).__name__}: {error}\n")
            os._exit(1)
        os._exit(0)
    if kill_after_s is not None:
        time.sleep(kill_after_s)
        os.kill(pid, signal.SIGKILL)
    return os.waitpid(pid, 0)[1]


def contents(folder: Path) -> list[tuple[str, str, str]]:
    with Notebook(folder / "notebook.db", NAME, read_only=True) as notebook:
        notebook.verify()
        return [event.content for event in notebook.events()]


def verdict(spec: CampaignSpec, folder: Path, wanted: list[tuple[str, str, str]], killed: int) -> dict[str, Any] | None:
    """What is wrong with a campaign that was killed and resumed; None when nothing is."""
    resumed = child(lambda: drive(spec, folder))
    found = contents(folder)
    lab = open_lab(spec, folder)
    assert isinstance(lab, SimulatedLab)
    doubled = {trial: times for trial, times in lab.executions().items() if times != 1}
    if resumed == 0 and found == wanted and not doubled:
        return None
    first = next((pair for pair in zip(wanted, found, strict=False) if pair[0] != pair[1]), None)
    return {"folder": folder.name, "killed": killed, "resumed": resumed, "doubled": doubled, "first": first}


def main() -> None:
    spec, place, mode = load_spec(Path(sys.argv[1])), Path(sys.argv[2]), sys.argv[3]
    drive(spec, place / "whole")  # here, not in a child: the imports are paid once
    wanted = contents(place / "whole")
    wrong, kills = [], 0

    def case(name: str, killed: int) -> None:
        nonlocal kills
        kills += os.WIFSIGNALED(killed)
        found = verdict(spec, place / name, wanted, killed)
        if found is not None:
            wrong.append(found)

    if mode == "events":
        for number in range(1, len(wanted) + 1):
            folder = place / f"event-{number}"
            case(folder.name, child(lambda f=folder, n=number: drive(spec, f, (kill_at_event(n),))))
    elif mode == "tools":
        ends = ("optimizer/ask", "/images", "/meter")
        for number, (kind, slot, _) in enumerate(wanted, start=1):
            if kind == "tool" and slot.endswith(ends) and not slot.startswith("r01"):
                folder = place / f"tool-{number}"
                case(folder.name, child(lambda f=folder, n=number: drive(spec, f, (kill_at_event(n),))))
    elif mode == "submission":
        for at in (1, 2, 3):
            for before in (True, False):
                folder = place / f"submit-{at}-{before}"
                folder.mkdir()
                work = lambda f=folder, a=at, b=before: drive(  # noqa: E731
                    spec,
                    f,
                    lab=DyingLab(open_lab(spec, f), a, before=b),  # type: ignore[arg-type]
                )
                case(folder.name, child(work))
    else:
        chance = random.Random(int(mode))
        for number in range(12):
            folder = place / f"time-{number}"
            for _ in range(3):
                killed = child(lambda f=folder: drive(spec, f), kill_after_s=chance.uniform(0.02, 0.6))
            case(folder.name, killed)
    print(json.dumps({"events": len(wanted), "kills": kills, "wrong": wrong}))  # noqa: T201


if __name__ == "__main__":
    main()
