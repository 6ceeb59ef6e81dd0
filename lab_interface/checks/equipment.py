"""Checks of steps against furnace, vessel, atmosphere, ramp, pressure and electrode; an unknown limit blocks."""

from __future__ import annotations

from collections.abc import Iterator

from eutectic.core.plan import Check
from eutectic.lab_interface.checks.process import Setting, hottest_c, settings_of
from eutectic.lab_interface.checks.subject import Subject, outcome
from eutectic.lab_interface.limits import WARM_C, amperes, celsius, hours, kelvin_per_minute, kilopascals, volts

AMBIENT_KPA = 110.0
"""Up to here a pressure is that of the room or a vacuum."""
_HOT = ("melt", "cast", "anneal")
_AIR = ("", "air", "none")


def check_equipment(subject: Subject) -> list[Check]:
    """Every setting lies within what the equipment is stated to do; what nobody stated blocks a real lab."""
    settings = settings_of(subject.plan, subject.spec.space)
    parts = (
        ("furnace", _furnace, "temperatures and times within the furnace's"),
        ("vessel", _vessel, "nothing hotter than the vessel takes"),
        ("atmosphere", _atmosphere, "every atmosphere is one the lab has"),
        ("ramp and pressure", _ramp, "within the limits"),
        ("electrode", _electrode, "potentials in the window, currents below compliance"),
    )
    checks = [outcome(name, list(look(subject, settings)), passed) for name, look, passed in parts]
    if not subject.plan.simulated:
        checks.append(outcome("unstated heat", _unstated(subject), "hot steps say how hot", verdict="warn"))
    return checks


def _unstated(subject: Subject) -> Iterator[str]:
    """Steps that are hot by their nature, in a plan that nowhere says how hot."""
    if hottest_c(subject.plan, subject.spec.space) is None:
        for number, step in enumerate(subject.plan.protocol.steps, start=1):
            if step.action in _HOT:
                yield f"step {number} {step.action}: no temperature is stated, so that none could be checked"


def _beyond(
    subject: Subject, item: Setting, value: float, limit: float | None, what: str, key: str, unit: str
) -> Iterator[str]:
    """Nothing, or why a value is above a limit, or that the limit is not known."""
    said = f"{item.where}: {item.name} {item.value} {item.unit}"
    if limit is None:
        if not subject.plan.simulated:
            yield f"{said}: the limit of the {what} is not known (set lab.settings.{key})"
    elif value > limit:
        yield f"{said} is above the {what}'s {limit:g} {unit}"


def _furnace(subject: Subject, settings: list[Setting]) -> Iterator[str]:
    limits = subject.limits
    for item in settings:
        if isinstance(item.value, str):
            continue
        hot, long = celsius(item.value, item.unit), hours(item.value, item.unit)
        if hot is not None and hot > WARM_C:
            yield from _beyond(subject, item, hot, limits.furnace_max_c, "furnace", "furnace_max_c", "degC")
        if long is not None and limits.max_step_hours is not None and long > limits.max_step_hours:
            yield f"{item.where}: {item.name} {item.value:g} {item.unit} is longer than {limits.max_step_hours:g} h"


def _vessel(subject: Subject, settings: list[Setting]) -> Iterator[str]:
    vessels = subject.plan.vessels
    known = [subject.limits.vessel_max_c, None if vessels is None else vessels.max_c]
    limit = min((value for value in known if value is not None), default=None)
    for item in settings:
        hot = None if isinstance(item.value, str) else celsius(item.value, item.unit)
        if hot is not None and hot > WARM_C:
            yield from _beyond(subject, item, hot, limit, "vessel", "vessel_max_c", "degC")


def _atmosphere(subject: Subject, settings: list[Setting]) -> Iterator[str]:
    known = subject.limits.atmospheres
    for item in settings:
        if not isinstance(item.value, str) or "atmosphere" not in item.name.casefold():
            continue
        named = item.value.strip().casefold()
        if named in _AIR or (known is None and subject.plan.simulated):
            continue
        if known is None:
            yield f"{item.where}: {item.name} {item.value}: its gases are not known (set lab.settings.atmospheres)"
        elif not any(named == name.casefold() or named.startswith(f"{name.casefold()},") for name in known):
            yield f"{item.where}: {item.name} {item.value}: the lab has {', '.join(known) or 'air only'}"


def _ramp(subject: Subject, settings: list[Setting]) -> Iterator[str]:
    limits = subject.limits
    for item in settings:
        if isinstance(item.value, str):
            continue
        rate, pressure = kelvin_per_minute(item.value, item.unit), kilopascals(item.value, item.unit)
        if rate is not None:
            yield from _beyond(
                subject, item, abs(rate), limits.ramp_max_k_per_min, "ramp", "ramp_max_k_per_min", "K/min"
            )
        if pressure is not None and pressure > AMBIENT_KPA:
            yield from _beyond(subject, item, pressure, limits.pressure_max_kpa, "vessel", "pressure_max_kpa", "kPa")


def _electrode(subject: Subject, settings: list[Setting]) -> Iterator[str]:
    limits, has_potential = subject.limits, False
    for item in settings:
        if isinstance(item.value, str):
            continue
        potential, current = volts(item.value, item.unit), amperes(item.value, item.unit)
        if potential is not None:
            has_potential = True
            yield from _beyond(subject, item, potential, limits.potential_max_v, "electrode", "potential_max_v", "V")
            low = None if limits.potential_min_v is None else -limits.potential_min_v
            yield from _beyond(subject, item, -potential, low, "electrode's lower end", "potential_min_v", "V")
        if current is not None:
            yield from _beyond(subject, item, abs(current), limits.current_max_a, "compliance", "current_max_a", "A")
    if has_potential and limits.current_max_a is None and not subject.plan.simulated:
        yield "a potential is set and the compliance current is not known (set lab.settings.current_max_a)"
