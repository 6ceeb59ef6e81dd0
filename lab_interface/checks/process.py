"""Checks of process values and protocol steps: as the trials say, finite, and with units."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

from eutectic.core.plan import Check, Plan
from eutectic.core.space import SearchSpace, Value
from eutectic.lab_interface.checks.subject import Subject, outcome
from eutectic.lab_interface.limits import KELVIN, UNITS, celsius, hours


class Setting(NamedTuple):
    """A value with its unit and where it stands."""

    where: str
    name: str
    value: Value
    unit: str


def settings_of(plan: Plan, space: SearchSpace) -> list[Setting]:
    """Every process value and protocol parameter of a plan."""
    units = {variable.name: variable.unit for variable in space.process}
    found = [
        Setting(sample.sample, name, value, units.get(name, ""))
        for sample in plan.samples
        for name, value in sorted(sample.process.items())
    ]
    for number, step in enumerate(plan.protocol.steps, start=1):
        found += [Setting(f"step {number} {step.action}", p.name, p.value, p.unit) for p in step.parameters]
    return found


def hottest_c(plan: Plan, space: SearchSpace) -> float | None:
    """The highest temperature of the plan in degC, or None where none is stated."""
    found = [
        temperature
        for item in settings_of(plan, space)
        if isinstance(item.value, int | float) and (temperature := celsius(item.value, item.unit)) is not None
    ]
    return max(found, default=None)


def check_process(subject: Subject) -> list[Check]:
    """Each sample is treated as its trial says."""
    wanted = {trial.id: trial.process for trial in subject.plan.trials}
    problems = [
        f"{sample.sample}: process values differ from those of trial {sample.trial}"
        for sample in subject.plan.samples
        if sample.process != wanted.get(sample.trial)
    ]
    return [outcome("process", problems, "samples are treated as their trials say")]


def check_protocol(subject: Subject) -> list[Check]:
    """Settings are finite and have units; a unit that the gate does not know needs a person in a real lab."""
    settings = settings_of(subject.plan, subject.spec.space)
    checks = [outcome("units", _unit_problems(settings), f"{len(settings)} settings, finite and with units")]
    strange = [f"{s.where}: unit {s.unit!r} of {s.name!r} is not known" for s in settings if _is_strange(s)]
    if not subject.plan.simulated:
        checks.append(outcome("known units", strange, "every unit is known", verdict="warn"))
    return checks


def _unit_problems(settings: list[Setting]) -> Iterator[str]:
    for item in settings:
        if isinstance(item.value, str):
            continue
        if not math.isfinite(item.value):
            yield f"{item.where}: {item.name} is not finite"
        in_protocol = item.where.startswith("step ")
        if in_protocol and not item.unit:
            yield f"{item.where}: {item.name} {item.value:g} has no unit (write '1' for a plain number)"
        temperature = celsius(item.value, item.unit)
        if temperature is not None and temperature < -KELVIN:
            yield f"{item.where}: {item.name} {item.value:g} {item.unit} is below absolute zero"
        if hours(item.value, item.unit) is not None and item.value < 0:
            yield f"{item.where}: {item.name} {item.value:g} {item.unit} is a negative time"


def _is_strange(item: Setting) -> bool:
    return not isinstance(item.value, str) and bool(item.unit) and item.unit not in UNITS
