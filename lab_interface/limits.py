"""Bench limits: what the equipment around a lab can do, and the units protocol steps may speak."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field, JsonValue, ValidationError

from eutectic.core.errors import BadInput
from eutectic.core.record import Record

KELVIN = 273.15
_CELSIUS = ("degC", "°C", "C", "celsius")
_KELVIN = ("K", "kelvin")
_UNIT_TEXT = """
s min h d ms g mg kg ug µg uL µL mL L rpm rps 1 % at% wt% mol% vol% ppm mm cm m um µm nm
K/s K/min K/h degC/s degC/min degC/h °C/min °C/h Pa kPa MPa hPa bar mbar Torr V mV A mA uA A/m kA/m
T mT Oe Hz kHz MHz GHz W kW J mol mmol M mM mol/L mmol/L mA/cm2 mg/cm2 V/s mV/s sccm mL/min L/min
uL/s m/s N kN HV S/cm ohm kohm pH count counts times readings cycles deg V_RHE mW/cm2 lx g/cm3 mg/mL g/L
"""
UNITS = frozenset((*_CELSIUS, *_KELVIN, *_UNIT_TEXT.split()))
"""Units that the gate understands in a protocol."""


class BenchLimits(Record):
    """What a real bench is limited to; a limit that is not stated blocks what would need it."""

    furnace_max_c: float | None = Field(default=None, gt=0, le=3500)
    """Hottest the furnace goes, in degC."""
    max_step_hours: float | None = Field(default=None, gt=0)
    """Longest a single step may last."""


def limits_of(settings: Mapping[str, JsonValue]) -> BenchLimits:
    """The limits among a lab's settings.

    Raises:
        BadInput: a limit has a wrong value.
    """
    try:
        return BenchLimits.model_validate({name: settings.get(name) for name in BenchLimits.model_fields})
    except ValidationError as error:
        first = error.errors()[0]
        raise BadInput(f"lab setting {first['loc'][0]!r}: {first['msg']}", where="lab.settings") from None


def celsius(value: float, unit: str) -> float | None:
    """A temperature in degC, or None where the unit is not one of temperature."""
    if unit in _CELSIUS:
        return value
    return value - KELVIN if unit in _KELVIN else None


def hours(value: float, unit: str) -> float | None:
    """A duration in hours, or None where the unit is not one of time."""
    factor = {"s": 1 / 3600, "ms": 1 / 3.6e6, "min": 1 / 60, "h": 1.0, "d": 24.0}.get(unit)
    return None if factor is None else value * factor
