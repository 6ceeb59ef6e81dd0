"""Bench limits: what the equipment around a lab can do, and the units protocol steps may speak."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field, JsonValue, ValidationError

from eutectic.core.errors import BadInput
from eutectic.core.record import Record

KELVIN = 273.15
WARM_C = 40.0
"""Up to here no furnace is needed."""
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
    vessel_max_c: float | None = Field(default=None, gt=0, le=3500)
    """Hottest a crucible, mould or vial may get, in degC; `vessels.max_c` counts too, the lower of the two."""
    atmospheres: tuple[str, ...] | None = None
    """Gases and vacuum that the lab has beside air, such as `[argon, vacuum]`."""
    ramp_max_k_per_min: float | None = Field(default=None, gt=0)
    pressure_max_kpa: float | None = Field(default=None, gt=0)
    potential_min_v: float | None = None
    """Lower end of the electrode's window, in V."""
    potential_max_v: float | None = None
    current_max_a: float | None = Field(default=None, gt=0)
    """Compliance of the source, in A."""
    max_samples_per_day: int | None = Field(default=None, ge=1)
    """Samples that may be sent within 24 hours; as many as the budget allows where it is left out."""


def limits_of(settings: Mapping[str, JsonValue]) -> BenchLimits:
    """The limits among a lab's settings.

    Raises:
        BadInput: a limit has a wrong value.
    """
    try:
        return BenchLimits.model_validate(
            {name: settings[name] for name in BenchLimits.model_fields if name in settings}
        )
    except ValidationError as error:
        first = error.errors()[0]
        raise BadInput(f"lab setting {first['loc'][0]!r}: {first['msg']}", where="lab.settings") from None


def celsius(value: float, unit: str) -> float | None:
    """A temperature in degC, or None where the unit is not one of temperature."""
    if unit in _CELSIUS:
        return value
    return value - KELVIN if unit in _KELVIN else None


def kelvin_per_minute(value: float, unit: str) -> float | None:
    """A rate of heating or cooling in K/min, or None where the unit is not one."""
    degrees, _, time = unit.partition("/")
    per = {"s": 60.0, "min": 1.0, "h": 1 / 60}.get(time)
    return value * per if per is not None and degrees in (*_CELSIUS, *_KELVIN) else None


def kilopascals(value: float, unit: str) -> float | None:
    """A pressure in kPa, or None where the unit is not one of pressure (1 Torr is 101.325/760 kPa)."""
    factor = {"Pa": 1e-3, "hPa": 0.1, "mbar": 0.1, "kPa": 1.0, "bar": 100.0, "MPa": 1e3, "Torr": 101.325 / 760}
    return value * factor[unit] if unit in factor else None


def volts(value: float, unit: str) -> float | None:
    """A potential in V, or None where the unit is not one; a scale such as `V_RHE` counts as V."""
    return {"V": value, "V_RHE": value, "mV": value * 1e-3}.get(unit)


def amperes(value: float, unit: str) -> float | None:
    """A current in A, or None where the unit is not one."""
    return {"A": value, "mA": value * 1e-3, "uA": value * 1e-6}.get(unit)


def hours(value: float, unit: str) -> float | None:
    """A duration in hours, or None where the unit is not one of time."""
    factor = {"s": 1 / 3600, "ms": 1 / 3.6e6, "min": 1 / 60, "h": 1.0, "d": 24.0}.get(unit)
    return None if factor is None else value * factor
