"""The conformance suite of labs: every fault of a plan, a program, a process, a line and a clock, against any lab."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from eutectic.core.errors import BadInput, EutecticError, MissingExtra, NotSupported, PlanChanged
from eutectic.core.plan import Plan
from eutectic.core.record import canonical_json
from eutectic.core.run import FINISHED, RunRef, RunStatus
from eutectic.evals.lab_bench_rig import Bench, bench, edited
from eutectic.evals.lab_dry import runs_dry
from eutectic.evals.lab_kills import killed
from eutectic.evals.lab_outcome import Broken, Outcome, made_once
from eutectic.lab_interface.devices.device_lab import DeviceLab
from eutectic.lab_interface.examples import Injected


def _dose_fault(**changes: object) -> Callable[[str, Path], Outcome]:
    def check(name: str, folder: Path) -> Outcome:
        with bench(name, folder) as rig:
            plan = rig.plan()
            clean = rig.verdict(canonical_json(plan).encode())
            if clean.is_blocked:
                said = [f"{check.name}: {check.detail}" for check in clean.checks if check.verdict == "block"]
                raise Broken(f"the plan without the fault is blocked: {said}")
            given = {key: value(rig, plan) if callable(value) else value for key, value in changes.items()}
            return _caught(rig, edited(plan, **given))

    return check


def _caught(rig: Bench, data: bytes) -> Outcome:
    verdict = rig.verdict(data)
    return Outcome("caught", _blocking(verdict)) if verdict.is_blocked else Outcome("missed", "the gate lets it pass")


def _blocking(verdict: object) -> str:
    names = [check.name for check in verdict.checks if check.verdict == "block"]  # type: ignore[attr-defined]
    if names[:1] == ["bytes"]:
        return "strict bytes"
    return f"gate: {names[0]}" if names else ""


def _stock_fault(amount: str) -> Callable[[str, Path], Outcome]:
    """The first stock holds so little."""

    def check(name: str, folder: Path) -> Outcome:
        with bench(name, folder / "probe") as rig:
            stocks = rig.settings.get("stocks")
            if not isinstance(stocks, list):
                return Outcome("n/a", "its example doses from no stocks")
        poor = [dict(stocks[0]) | {"on_hand": amount}, *stocks[1:]]  # type: ignore[arg-type]
        with bench(name, folder, stocks=poor) as rig:
            return _caught(rig, canonical_json(rig.plan()).encode())

    return check


def _tip_fault(name: str, folder: Path) -> Outcome:
    with bench(name, folder) as rig:
        lab = rig.lab()
        if not isinstance(lab, DeviceLab) or lab.capabilities().max_transfer_ticks is None:
            return Outcome("n/a", "it has no tips")
        if name == "sila":
            return Outcome("n/a", "the server splits strokes itself; above 1000 uL its own constraint refuses")
        plan = rig.plan().model_copy(update={"max_transfer_ticks": None})
        samples = tuple(
            sample.model_copy(
                update={"doses": tuple(d.model_copy(update={"ticks": d.ticks * 5}) for d in sample.doses)}
            )
            for sample in plan.samples
        )
        return _caught(rig, canonical_json(plan.model_copy(update={"samples": samples})).encode())


def one_key(name: str, folder: Path) -> Outcome:
    """The same key twice is one run; the same key with another plan is refused."""
    with bench(name, folder) as rig:
        plan = rig.plan()
        first = rig.lab().submit(plan, plan.key)
        if rig.lab().submit(plan, plan.key) != first:
            raise Broken("a second run was begun under one key")
        try:
            rig.lab().submit(plan.model_copy(update={"cost": plan.cost + 1}), plan.key)
        except PlanChanged:
            rig.settled(first)
            return Outcome("held", "one run; another plan is refused")
        raise Broken("another plan was taken under the same key")


def two_workers(name: str, folder: Path) -> Outcome:
    """Two processes submit one key at the same time: each sample is begun once."""
    with bench(name, folder) as rig:
        plan = rig.plan()
        both = [rig.submit_apart(plan), rig.submit_apart(plan)]
        said = {process.communicate(timeout=60)[0].strip() for process in both}
        if len(said) != 1 or not said.copy().pop():
            raise Broken(f"the two got {said}")
        rig.settled(rig.lab().submit(plan, plan.key))
        made_once(rig)
        return Outcome("held", "one run, every sample once")


def stopped_during(name: str, folder: Path) -> Outcome:
    """An emergency stop during a run, and after a restart; a run that ended before the stop was given is none."""
    with bench(name, folder, "slow") as rig:
        plan, ref, status, seconds = _stopped_run(rig, 8, 1)
        if status.done == 8:
            rig.lab().clear_estop("Ada")
            plan, ref, status, seconds = _stopped_run(rig, 32, 2)
        size = len(plan.trials)
        if status.state != "aborted" or not 1 <= status.done < size:
            raise Broken(f"{status.state} with {status.done} of {size} done")
        if [item.trial for item in rig.lab().result(ref)] != [trial.id for trial in plan.trials]:
            raise Broken("a trial has no end")
        try:
            rig.lab().submit(rig.plan(1, round=3), rig.plan(1, round=3).key)
        except EutecticError as error:
            if "smoke" not in str(error):
                raise Broken(f"refused, but for another reason: {error}") from error
        else:
            raise Broken("a stopped lab took a plan after a restart")
        return Outcome("held", f"stopped after {status.done} of {size} in {seconds:.1f} s; latched after a restart")


def _stopped_run(rig: Bench, size: int, round: int) -> tuple[Plan, RunRef, RunStatus, float]:
    """A run of so many samples that is stopped once one is done: its plan, ref, last status, seconds to stop."""
    plan = rig.plan(size, round=round)
    ref = rig.lab().submit(plan, plan.key)
    until = time.monotonic() + 60
    while rig.lab().status(ref).done < 1 and time.monotonic() < until:
        time.sleep(0.05)
    began = time.monotonic()
    rig.lab().estop("smoke")
    seconds = time.monotonic() - began
    return plan, ref, rig.settled(ref), seconds


def broken_line(name: str, folder: Path) -> Outcome:
    """Contact is lost during a run: unknown until a person reconciles, nothing made twice."""
    with bench(name, folder, "lost") as rig:
        plan = rig.plan(6)
        ref = rig.lab().submit(plan, plan.key)
        status = rig.settled(ref)
        if status.state != "unknown" or rig.lab().status(ref).state != "unknown":
            raise Broken(f"the run is {status.state}, it should be unknown")
        rig.lab().submit(plan, plan.key)
        after = rig.lab().reconcile(ref, "did_not_run", "Ada")
        if after.state not in FINISHED:
            raise Broken(f"{after.state} after a person spoke")
        made_once(rig)
        return Outcome("held", f"unknown, then {after.state} on a person's word")


def no_number(name: str, folder: Path) -> Outcome:
    """The instrument gives NaN: the trial fails with a cause and is kept."""
    with bench(name, folder, "nan") as rig:
        plan = rig.plan()
        ref = rig.lab().submit(plan, plan.key)
        rig.settled(ref)
        found = rig.lab().result(ref)
        if [item.trial for item in found] != [trial.id for trial in plan.trials]:
            raise Broken("a trial has no result")
        if any(item.status == "ok" or item.cause is None for item in found):
            raise Broken("a trial without a number passes as measured")
        return Outcome("caught", f"kept as failed: {found[0].cause}")


def twice(name: str, folder: Path) -> Outcome:
    """Results come twice: one observation for each trial, the first."""
    fault: Injected = "twice"
    with bench(name, folder, fault) as rig:
        plan = rig.plan()
        ref = rig.lab().submit(plan, plan.key)
        rig.settled(ref)
        one, two = rig.lab().result(ref), rig.lab().result(ref)
        if one != two or [item.trial for item in one] != [trial.id for trial in plan.trials]:
            raise Broken("results differ, or come more than once")
        return Outcome("held", "one result each")


def clock(name: str, folder: Path) -> Outcome:
    """The clock runs a day ahead, then jumps back, between two runs: the lab's own hours never go backwards."""
    with bench(name, folder) as rig:
        ends: list[float] = []
        for round, shift_s in enumerate((86_400.0, 0.0), start=1):
            plan = rig.plan(1, round=round)
            rig.submit_apart(plan, shift_s=shift_s).communicate(timeout=60)
            ref = rig.lab().submit(plan, plan.key)
            status = rig.settled(ref)
            if status.state not in (*FINISHED, "awaiting_person"):
                raise Broken(f"{status.state} after the clock changed")
            ends += [item.started_h for item in rig.lab().result(ref)]
        if ends != sorted(ends):
            raise Broken(f"lab hours go backwards: {ends}")
        made_once(rig)
        return Outcome("held", "every run ended, hours in order")


Scenario = Callable[[str, Path], Outcome]
PLAN_FAULTS: dict[str, Scenario] = {
    "source overdrawn": _stock_fault("600 uL"),
    "empty source": _stock_fault("500 uL"),
    "well overfilled": _dose_fault(ticks=lambda rig, plan: 10 * rig.lab().capabilities().total_ticks),
    "above tip capacity": _tip_fault,
    "negative volume": _dose_fault(ticks=-50),
    "NaN volume": _dose_fault(ticks=float("nan")),
    "infinite volume": _dose_fault(ticks=float("inf")),
    "zero volume": _dose_fault(ticks=0),
    "half a tick": _dose_fault(ticks=100.5),
    "below minimum": _dose_fault(ticks=lambda rig, plan: max(0, rig.lab().capabilities().min_ticks - 1)),
}
LIFE: dict[str, Scenario] = {
    "one key twice": one_key,
    "two workers, one key": two_workers,
    "kill -9 at transitions": killed,
    "e-stop during a run": stopped_during,
    "lost connection": broken_line,
    "stock runs out mid-plate": runs_dry,
    "NaN results": no_number,
    "duplicate results": twice,
    "clock changes": clock,
}
SCENARIOS: dict[str, Scenario] = PLAN_FAULTS | LIFE


def tried(scenario: str, name: str, folder: Path) -> Outcome:
    """The outcome of one fault against one lab; what does not apply says why.

    Raises:
        MissingExtra: the lab's optional package is not installed.
    """
    try:
        return SCENARIOS[scenario](name, folder)
    except MissingExtra:
        raise
    except NotSupported as error:
        return Outcome("n/a", error.what)
    except BadInput as error:
        return Outcome("caught", f"settings: {error.what}")
    except Broken as error:
        return Outcome("missed", str(error))
